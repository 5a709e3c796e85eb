"""A part of a network, drawn by a function, as a model of its own.

Knows: that a model is drawn between its inputs and outputs. Must not know: any family of layers but `Input`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import takewhile
from typing import Any

from paramcalc.errors import ConfigError, ParamcalcError, Place, shown
from paramcalc.graph import Output
from paramcalc.layers.core import Input
from paramcalc.model import Model


def block(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function that draws a part of a network into one whose part is a model in the network around it.

    What comes out of other layers is given by position and comes first; the function draws on inputs of these shapes
    and returns what comes out, one or a tuple. All else is handed on, but for `name`, the model's name. In a summary
    the part is one row, which opens.

    Raises `ConfigError` where nothing that comes out of a layer is given.

    >>> from paramcalc import Add, Conv2D
    >>> @block
    ... def residual(x, kernel_size):
    ...     return Add()(x, Conv2D(x.shape[-1], kernel_size, padding="same")(x))
    >>> inputs = Input((32, 32, 8))()
    >>> model = Model(inputs=inputs, outputs=residual(residual(inputs, 3, name="first"), 5, name="second"))
    >>> model.names, model.params()
    (('input', 'first', 'second'), 2192)
    """

    @wraps(draw)
    def drawn(*arguments: Any, name: str | None = None, **options: Any) -> Any:
        given = list(takewhile(lambda argument: isinstance(argument, Output), arguments))
        if not given or any(isinstance(argument, Output) for argument in arguments[len(given) :]):
            subject, expected = f"what {draw.__name__} is called on", "first, what layers in a graph gave out"
            raise ConfigError(subject, expected, shown(arguments), "begin with Input(...)()")
        inside = [Input(output.shape)() for output in given]
        try:
            outputs = draw(*inside, *arguments[len(inside) :], **options)
            model = Model(inputs=inside, outputs=outputs, name=name)
        except ParamcalcError as error:
            shapes = tuple(output.shape for output in given)
            in_shape = shapes[0] if len(shapes) == 1 else shapes
            error.inside(Place(None, name or draw.__name__, "Model", in_shape))
            raise
        return model(*given)

    return drawn
