"""The networks that the field names, each a short function that can be read beside its paper.

>>> from paramcalc import zoo
>>> zoo.resnet50().params()
25636712

Knows: the names, and the file that each is in. Must not load one before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from paramcalc.arguments import text
from paramcalc.errors import ConfigError, nearest, shown

if TYPE_CHECKING:
    from paramcalc.model import Model
    from paramcalc.zoo.densenet import densenet121
    from paramcalc.zoo.efficientnet import (
        efficientnet_b0,
        efficientnet_b1,
        efficientnet_b2,
        efficientnet_b3,
        efficientnet_b4,
        efficientnet_b5,
        efficientnet_b6,
        efficientnet_b7,
    )
    from paramcalc.zoo.extreme_inception import xception
    from paramcalc.zoo.inception import inception_v3
    from paramcalc.zoo.mobilenets import mobilenet, mobilenet_v2
    from paramcalc.zoo.resnet import resnet50, resnet101, resnet152
    from paramcalc.zoo.vgg import vgg16, vgg19

__all__ = [
    "densenet121",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "get",
    "inception_v3",
    "mobilenet",
    "mobilenet_v2",
    "names",
    "resnet50",
    "resnet101",
    "resnet152",
    "vgg16",
    "vgg19",
    "xception",
]
# No file is named as a network: loading it would put it in the network's place
_HOMES = {
    "densenet": ("densenet121",),
    "efficientnet": tuple(f"efficientnet_b{number}" for number in range(8)),
    "extreme_inception": ("xception",),
    "inception": ("inception_v3",),
    "mobilenets": ("mobilenet", "mobilenet_v2"),
    "resnet": ("resnet50", "resnet101", "resnet152"),
    "vgg": ("vgg16", "vgg19"),
}


def names() -> tuple[str, ...]:
    """The names of all networks, in alphabetical order.

    >>> "resnet50" in names()
    True
    """
    return tuple(sorted(name for home in _HOMES.values() for name in home))


def get(name: str, **options: Any) -> Model:
    """The network of this name; the options are those of its function.

    Raises `ConfigError` for a name that is not known, with those that are nearest to it.

    >>> get("resnet50", classes=10).output_shape()
    (10,)
    """
    plain = text("name", name)
    if plain not in names():
        raise ConfigError("name", "that of a network in the zoo", shown(plain), nearest(plain, names()))
    model: Model = __getattr__(plain)(**options)
    return model


def __getattr__(name: str) -> Any:
    for home, own in _HOMES.items():
        if name in own:
            value = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
