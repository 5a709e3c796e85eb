"""The layers that every network has around its convolutions.

Knows: inputs, dense layers and activation functions. Must not know: other families.
"""

from __future__ import annotations

import attrs

from paramcalc.arguments import activation, lora_alpha, lora_rank, text, units, use_bias
from paramcalc.errors import ConfigError, ShapeError
from paramcalc.layers.base import Layer, Passing
from paramcalc.shapes import Shape, ShapeLike, as_shape, known, product, require_fit
from paramcalc.weights import Weight, adapted
from paramcalc.windows import Window


def _shape(value: ShapeLike) -> Shape:
    return as_shape(value, "shape", ConfigError)


def _function(value: str) -> str:
    return text("function", value)


@attrs.frozen(eq=False, repr=False)
class Input(Passing):
    """The shape of a network's input, without the batch axis; None where an axis is not known yet.

    Weights: none. Raises `ConfigError` for what is no shape, and `ShapeError` for an input shape that is another.

    >>> Input((32, 32, 3)).output_shape((32, 32, 3))
    (32, 32, 3)
    >>> Input((None, None, 3)).output_shape((64, 64, 3))
    (64, 64, 3)
    """

    shape: Shape = attrs.field(converter=_shape)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        require_fit(in_shape, self.shape, "as Input says")
        return in_shape


@attrs.frozen(eq=False, repr=False)
class Dense(Layer):
    """A fully connected layer on the last axis: `(..., inputs)` becomes `(..., units)`, as in Keras.

    Arguments: `units`, the size of the output; `activation`, a name; by keyword `use_bias`, and `lora_rank`, which
    freezes the kernel and trains two narrow arrays whose product, scaled by `lora_alpha`, is added to it (Hu et
    al., 2021). On an input of more than one axis the same weights serve every position: put `Flatten()` before it to
    connect everything.

    Weights: kernel (inputs, units), bias (units), lora_kernel_a (inputs, lora rank), lora_kernel_b (lora rank, units).
    Raises `ConfigError` for a wrong argument, `ShapeError` for a shape without axes.

    >>> Dense(250).params((50, 50, 100)), Dense(250).output_shape((50, 50, 100))
    (25250, (50, 50, 250))
    >>> print(Dense(768, lora_rank=8).explain((768,)))
    Dense(768, lora_rank=8) on (768,)
      output features      = units = 768
      kernel               = input features × units = 768 × 768 = 589824
      bias                 = units = 768
      lora_kernel_a        = input features × lora rank = 768 × 8 = 6144
      lora_kernel_b        = lora rank × units = 8 × 768 = 6144
      params               = kernel + bias + lora_kernel_a + lora_kernel_b = 589824 + 768 + 6144 + 6144 = 602880
      trainable params     = bias + lora_kernel_a + lora_kernel_b = 768 + 6144 + 6144 = 13056
      non-trainable params = input features × units = 768 × 768 = 589824
    """

    units: int = attrs.field(converter=units)
    activation: str | None = attrs.field(default=None, converter=activation)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    lora_rank: int | None = attrs.field(default=None, converter=lora_rank, kw_only=True)
    lora_alpha: float | None = attrs.field(default=None, converter=lora_alpha, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if not in_shape:
            raise ShapeError("in_shape", "at least one axis, the features", "()")
        return (*in_shape[:-1], self.units)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (("inputs", known(in_shape, -1)), ("units", self.units)))
        weights = (kernel, Weight("bias", (("units", self.units),))) if self.use_bias else (kernel,)
        return adapted(weights, self.lora_rank)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*in_shape[:-1], weights[0].size))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*in_shape[:-1], sum(weight.size for weight in weights[: 1 + self.use_bias])))

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        if len(in_shape) != 1:
            return ()
        return None if in_shape[0] is None else (Window(in_shape[0]),)


@attrs.frozen(eq=False, repr=False)
class Activation(Passing):
    """An activation function as a layer of its own: the same shape, no weights.

    Argument: `function`, its name.

    >>> Activation("relu").output_shape((28, 28, 8))
    (28, 28, 8)
    """

    function: str = attrs.field(converter=_function)
