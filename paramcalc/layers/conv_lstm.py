"""A recurrent layer of convolutions (Shi et al., 2015, "Convolutional LSTM network").

Knows: gates, and kernels that slide over what comes in and over the state. Must not know: other families.
"""

from __future__ import annotations

from typing import Literal, cast

import attrs

from paramcalc.arguments import (
    DataFormat,
    activation,
    choice,
    data_format,
    dilation_rate,
    filters,
    kernel_size,
    return_sequences,
    return_state,
    strides,
    use_bias,
)
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError, shown
from paramcalc.layers.base import STEM, Layer
from paramcalc.sequences import over_steps
from paramcalc.shapes import (
    Shape,
    Shapes,
    are_several,
    axis_labels,
    axis_names,
    joined,
    known,
    one_by_one,
    parted,
    product,
)
from paramcalc.weights import Weight
from paramcalc.windows import counts, rank_said, spread

_MOST_AXES = 3


def _padding(value: Literal["valid", "same"]) -> Literal["valid", "same"]:
    return cast("Literal['valid', 'same']", choice("padding", value, ("valid", "same")))


@attrs.frozen(eq=False, repr=False)
class ConvLSTM(Layer):
    """An LSTM whose matrices are convolutions: `(steps, ..., channels)` becomes `(windows ..., filters)`.

    Arguments: `filters`, the channels of the state; `kernel_size` and `strides`, an int for every axis or one for each;
    `padding`, `"valid"` or `"same"`. By keyword: `data_format`; `dilation_rate`, the distance of a kernel's cells;
    `activation`, a name; `use_bias`; `return_sequences`, which gives the output of every step and not of the last
    alone; `return_state`, which gives the output and behind it the two states after the last step. It takes one to
    three axes between the steps and the channels. A tuple of the sequence and its initial states is taken too.

    Weights, for four gates: kernel (kernel size ..., input channels, 4 × filters), recurrent_kernel (kernel size ...,
    filters, 4 × filters), bias (4 × filters). The kernel slides over the input as the arguments say; the recurrent one
    over the state, which keeps its size.

    Raises `ConfigError` for a wrong argument, and for strides and dilation both above 1 (as Keras); `ShapeError` for a
    sequence that has other axes, for a window that does not fit and for initial states that do not fit.

    >>> ConvLSTM(40, 3, padding="same", return_sequences=True).output_shape((10, 64, 64, 1))
    (10, 64, 64, 40)
    >>> print(ConvLSTM(40, 3).explain((10, 64, 64, 1)))
    ConvLSTM(40, 3) on (10, 64, 64, 1)
      output height    = input height − kernel height + 1 = 64 − 3 + 1 = 62
      output width     = input width − kernel width + 1 = 64 − 3 + 1 = 62
      output channels  = filters = 40
      kernel           = kernel height × kernel width × input channels × gates × filters = 3 × 3 × 1 × 4 × 40 = 1440
      recurrent_kernel = kernel height × kernel width × filters × gates × filters = 3 × 3 × 40 × 4 × 40 = 57600
      bias             = gates × filters = 4 × 40 = 160
      params           = kernel + recurrent_kernel + bias = 1440 + 57600 + 160 = 59200
    """

    several_inputs = True

    filters: int = attrs.field(converter=filters)
    kernel_size: int | tuple[int, ...] = attrs.field(converter=kernel_size, metadata={STEM: "kernel"})
    strides: int | tuple[int, ...] = attrs.field(default=1, converter=strides, metadata={STEM: "stride"})
    padding: Literal["valid", "same"] = attrs.field(default="valid", converter=_padding)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)
    dilation_rate: int | tuple[int, ...] = attrs.field(
        default=1, converter=dilation_rate, kw_only=True, metadata={STEM: "dilation"}
    )
    activation: str | None = attrs.field(default="tanh", converter=activation, kw_only=True)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    return_sequences: bool = attrs.field(default=False, converter=return_sequences, kw_only=True)
    return_state: bool = attrs.field(default=False, converter=return_state, kw_only=True)
    gates: int = attrs.field(init=False, default=4, eq=False)

    def __attrs_post_init__(self) -> None:
        rank = rank_said(self.kernel_size, self.strides, self.dilation_rate)
        kernel, strides, dilation = self._resolved(rank, ConfigError)
        if rank > _MOST_AXES:
            raise ConfigError("kernel_size", f"for at most {_MOST_AXES} axes", shown(kernel))
        if max(strides) > 1 and max(dilation) > 1:
            got = f"strides {shown(self.strides)} with dilation_rate {shown(self.dilation_rate)}"
            raise ConfigError("strides or dilation_rate", "1 on every axis (Keras has no layer with both)", got)

    def _resolved(
        self, rank: int, refused: type[ParamcalcError] = ShapeError
    ) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The kernel size, the strides and the dilation for each of the input's axes."""
        return (
            spread("kernel_size", self.kernel_size, rank, "kernel", refused),
            spread("strides", self.strides, rank, "stride", refused),
            spread("dilation_rate", self.dilation_rate, rank, "dilation", refused),
        )

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        sequence = one_by_one(in_shape)[0]
        if not 3 <= len(sequence) <= _MOST_AXES + 2:  # noqa: PLR2004 (steps, one axis, channels)
            subject = "in_shape[0]" if are_several(in_shape) else "in_shape"
            raise ShapeError(subject, f"3 to {_MOST_AXES + 2} axes (steps, one to three, channels)", shown(sequence))
        spatial, _ = parted(sequence[1:], self.data_format)
        settings = self._resolved(len(spatial))
        windows = counts(spatial, *settings, self.padding, argument="kernel_size", in_shape=sequence)
        state = joined(windows, self.filters, self.data_format)
        returned = {"return_sequences": self.return_sequences, "return_state": self.return_state}
        return over_steps(in_shape, state, (state, state), **returned)

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        sequence = one_by_one(in_shape)[0]
        rank = len(sequence) - 2
        channels = known(sequence, -1 if self.data_format == "channels_last" else 1, self.data_format, steps=1)
        kernel = tuple(zip(axis_labels("kernel", rank), self._resolved(rank)[0], strict=True))
        width = ("gates × filters", self.gates * self.filters)
        kernels = (
            Weight("kernel", (*kernel, ("input channels", channels), width)),
            Weight("recurrent_kernel", (*kernel, ("filters", self.filters), width)),
        )
        return (*kernels, Weight("bias", (width,))) if self.use_bias else kernels

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        output = one_by_one(output_shape)[0]
        state = output[1:] if self.return_sequences else output
        windows = parted(state, self.data_format)[0]
        return product((one_by_one(in_shape)[0][0], *windows, weights[0].size + weights[1].size))

    def _axis_names(self, shape: Shape, in_shape: Shapes, data_format: str) -> tuple[str, ...]:
        if len(shape) < len(one_by_one(in_shape)[0]):
            return axis_names(len(shape), data_format)  # a state, or an output like it
        return ("steps", *axis_names(len(shape) - 1, data_format))
