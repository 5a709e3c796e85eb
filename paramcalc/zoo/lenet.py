"""LeNet-5 (LeCun et al., "Gradient-based learning applied to document recognition", 1998, figure 2).

Knows: the figure, and what is taught under its name. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import integer
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.pool import Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.model import Model
from paramcalc.shapes import Shape

MAPS_SEEN = (3,) * 6 + (4,) * 9 + (6,)
"""Of the six maps of S2, six filters of C3 see three, nine see four, and one sees all (table I)."""


def lenet5(in_shape: Shape = (32, 32, 3), classes: int = 10) -> Model:
    """LeNet-5 as it is taught today: maximum pooling, rectifiers, and filters that see all maps.

    The layers are called as those of 1998 in whose place they stand.

    >>> lenet5().params()
    62958
    """
    classes = integer("classes", classes)
    return Model(
        [
            Input(in_shape),
            Conv2D(8, 5, activation="relu", name="C1"),
            Pool(2, name="S2"),
            Conv2D(16, 5, activation="relu", name="C3"),
            Pool(2, name="S4"),
            Flatten(),
            Dense(120, activation="relu", name="C5"),
            Dense(84, activation="relu", name="F6"),
            Dense(classes, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def lenet5_1998() -> Model:
    """LeNet-5 as published. Its 60 000 parameters are trained; the 840 of the output are fixed codes, 84 a class.

    Four things set it apart from what is taught: the input has one channel; subsampling has a coefficient and a bias
    for each map; most filters of C3 see only some maps; and the output compares its input with the codes.

    >>> lenet5_1998().summary().trainable_params, lenet5_1998().params(), lenet5_1998().connections()
    (60000, 60840, 340908)
    """
    return Model(
        [
            Input((32, 32, 1)),
            Conv2D(6, 5, activation="tanh", name="C1"),
            Pool(2, mode="average", use_scale=True, use_bias=True, name="S2"),
            Conv2D(16, 5, activation="tanh", connection_table=MAPS_SEEN, name="C3"),
            Pool(2, mode="average", use_scale=True, use_bias=True, name="S4"),
            Conv2D(120, 5, activation="tanh", name="C5"),
            Flatten(),
            Dense(84, activation="tanh", name="F6"),
            Dense(10, use_bias=False, trainable=False, name="output"),
        ],
        name="lenet5_1998",
    )
