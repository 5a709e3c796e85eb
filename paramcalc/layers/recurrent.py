"""Recurrent layers: the same weights at every step of a sequence.

Knows: gates, and the matrices from the input and from the step before. Must not know: other families.

Weights are as in Keras: one bias a gate, where PyTorch has two; a GRU with `reset_after` has two as well.
"""

from __future__ import annotations

from typing import ClassVar

import attrs

from paramcalc.arguments import activation, flag, return_sequences, return_state, units, use_bias
from paramcalc.errors import ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.sequences import over_steps
from paramcalc.shapes import Shapes, are_several, known, one_by_one, product
from paramcalc.weights import Weight


def _reset_after(value: bool) -> bool:
    return flag("reset_after", value)


@attrs.frozen(repr=False)
class Recurrent(Layer):
    """What `SimpleRNN`, `LSTM` and `GRU` share: `(steps, features)` becomes `(units,)`, or `(steps, units)`.

    Arguments: `units`, the size of the state; `activation`, a name; by keyword `use_bias`; `return_sequences`, which
    gives the output of every step and not of the last alone; `return_state`, which gives the output and behind it the
    states after the last step. A tuple of the sequence and its initial states is taken too.

    Weights, for g gates: kernel (features, g × units), recurrent_kernel (units, g × units), bias (g × units).
    Raises `ConfigError` for a wrong argument, `ShapeError` for a sequence of other than two axes and for initial states
    that do not fit.
    """

    several_inputs = True
    states: ClassVar[int] = 1

    units: int = attrs.field(converter=units)
    activation: str | None = attrs.field(default="tanh", converter=activation)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    return_sequences: bool = attrs.field(default=False, converter=return_sequences, kw_only=True)
    return_state: bool = attrs.field(default=False, converter=return_state, kw_only=True)
    gates: int = attrs.field(init=False, default=1, eq=False)

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        sequence = one_by_one(in_shape)[0]
        if len(sequence) != 2:  # noqa: PLR2004 (steps and features)
            hint = "give every step its features: an Embedding, or one feature" if len(sequence) == 1 else ""
            subject = "in_shape[0]" if are_several(in_shape) else "in_shape"
            raise ShapeError(subject, "2 axes (steps, features)", shown(sequence), hint)
        state = (self.units,)
        return over_steps(
            in_shape,
            state,
            (state,) * self.states,
            return_sequences=self.return_sequences,
            return_state=self.return_state,
        )

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        width = ("gates × units", self.gates * self.units)
        matrices = (
            Weight("kernel", (("features", known(one_by_one(in_shape)[0], -1)), width)),
            Weight("recurrent_kernel", (("units", self.units), width)),
        )
        return (*matrices, Weight("bias", self._bias_axes(width))) if self.use_bias else matrices

    def _bias_axes(self, width: tuple[str, int]) -> tuple[tuple[str, int], ...]:
        return (width,)

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        return product((one_by_one(in_shape)[0][0], weights[0].size + weights[1].size))


@attrs.frozen(repr=False)
class SimpleRNN(Recurrent):
    """The plain recurrent layer (Elman, 1990): its state, which is its output, is a dense layer of input and state.

    The arguments and weights are those of `Recurrent`, with one gate.

    >>> SimpleRNN(50).params((None, 1)), SimpleRNN(50).output_shape((None, 1))
    (2600, (50,))
    """


@attrs.frozen(repr=False)
class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): four gates, in the order input, forget, cell, output.

    The arguments and weights are those of `Recurrent`, with four gates and two states, the output and the carry.

    >>> print(LSTM(32).explain((10, 16)))
    LSTM(32) on (10, 16)
      output features  = units = 32
      kernel           = input channels × gates × units = 16 × 4 × 32 = 2048
      recurrent_kernel = units × gates × units = 32 × 4 × 32 = 4096
      bias             = gates × units = 4 × 32 = 128
      params           = kernel + recurrent_kernel + bias = 2048 + 4096 + 128 = 6272
    """

    states = 2

    gates: int = attrs.field(init=False, default=4, eq=False)


@attrs.frozen(repr=False)
class GRU(Recurrent):
    """Gated recurrent units (Cho et al., 2014): three gates, in the order update, reset, candidate.

    The arguments and weights are those of `Recurrent`, with three gates; by keyword also `reset_after`, as in CuDNN and
    in Keras by default: the reset gate works behind the matrix, and there is a second bias for that.

    >>> GRU(32).params((10, 16)), GRU(32, reset_after=False).params((10, 16))
    (4800, 4704)
    """

    gates: int = attrs.field(init=False, default=3, eq=False)
    reset_after: bool = attrs.field(default=True, converter=_reset_after, kw_only=True)

    def _bias_axes(self, width: tuple[str, int]) -> tuple[tuple[str, int], ...]:
        return (("biases", 2), width) if self.reset_after else (width,)
