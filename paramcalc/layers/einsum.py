"""A dense layer over whichever axes an equation names.

Knows: equations of one input and one kernel, in the notation of einsum. Must not know: other families.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, SupportsIndex

import attrs

from paramcalc.arguments import activation, integer, lora_alpha, lora_rank, text
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, as_int, as_tuple, known, product
from paramcalc.traced import named
from paramcalc.weights import Weight, adapted

_LETTERS = "[a-zA-Z]+"
_FORM = re.compile(
    rf"{_LETTERS},{_LETTERS}->{_LETTERS}|\.\.\.{_LETTERS},{_LETTERS}->\.\.\.{_LETTERS}|"
    rf"[a-zA-Z]{_LETTERS}\.\.\.,{_LETTERS}->{_LETTERS}\.\.\."
)


def _equation(value: str) -> str:
    equation = text("equation", value)
    if not _FORM.fullmatch(equation):
        forms = "of the form 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'"
        raise ConfigError("equation", forms, shown(value), "write it without spaces" if " " in equation else "")
    return equation


def _output_shape(value: SupportsIndex | Sequence[SupportsIndex | None]) -> tuple[int | None, ...]:
    axes = as_tuple(value)
    if axes is None:
        if as_int(value) is None:
            raise ConfigError("output_shape", "an int, or an int or None for each axis of the output", shown(value))
        return (integer("output_shape", value),)
    return tuple(axis if axis is None else integer(f"output_shape[{index}]", axis) for index, axis in enumerate(axes))


def _bias_axes(value: str | None) -> str | None:
    return None if value is None else text("bias_axes", value)


class _Letters(NamedTuple):
    """An equation taken apart: its letters without the batch's, and where its ellipsis has more axes than the batch."""

    inputs: str
    kernel: str
    outputs: str
    elided: str


def _taken_apart(equation: str, entries: int) -> _Letters:
    """The parts of an equation for an output shape of so many entries, which says whether the batch has a letter."""
    inputs, kernel, outputs = equation.replace("->", ",").split(",")
    left, right = inputs.startswith("."), inputs.endswith(".")
    inputs, outputs = inputs.strip("."), outputs.strip(".")
    if left and entries == len(outputs):
        return _Letters(inputs, kernel, outputs, "front")
    if entries != len(outputs) - 1:
        letters = ", ".join(outputs if left else outputs[1:]) or "none"
        without = "the ellipsis holds the batch" if left else f"{outputs[0]} is the batch"
        expected = f"one size for each axis of the output ({letters}; {without})"
        raise ConfigError("output_shape", expected, f"{entries} of them")
    if inputs[0] != outputs[0] or inputs[0] in inputs[1:] + kernel + outputs[1:]:
        expected = "one whose first letter, the batch, comes first in the output too and nowhere else"
        raise ConfigError("equation", expected, shown(equation))
    return _Letters(inputs[1:], kernel, outputs[1:], "back" if right else "")


@attrs.frozen(eq=False, repr=False)
class EinsumDense(Layer):
    """A dense layer over the axes that an equation names: an input and a kernel give the output.

    Arguments: `equation`, in the notation of einsum, with a letter for every axis, the batch first, or with an ellipsis
    for all axes before or behind (`"ab,bc->ac"`, `"...ab,bc->...ac"`, `"ab...,bc->ac..."`); `output_shape`, the size of
    each axis of the output that has a letter, without the batch, None where it is the input's; `activation`, a name;
    `bias_axes`, the letters of the output's axes that the bias has. By keyword `lora_rank`, which freezes the kernel
    and trains two narrow arrays whose product, scaled by `lora_alpha`, is added to it (Hu et al., 2021). The attribute
    for `output_shape` is `partial_output_shape`.

    Weights: kernel (its letters ...), bias (its letters ..., and 1 for every other axis behind its first),
    lora_kernel_a, lora_kernel_b. Raises `ConfigError` for a wrong argument and for letters that say nothing;
    `ShapeError` for an input of other axes than the equation's, and of other sizes than the output shape's.

    >>> print(EinsumDense("abc,cde->abde", (None, 8, 64), bias_axes="de").explain((128, 512)))  # heads of attention
    EinsumDense('abc,cde->abde', (None, 8, 64), bias_axes='de') on (128, 512)
      output height   = input length = 128
      output width    = axis d = 8
      output channels = axis e = 64
      kernel          = input channels × axis d × axis e = 512 × 8 × 64 = 262144
      bias            = axis d × axis e = 8 × 64 = 512
      params          = (input channels + 1) × axis d × axis e = (512 + 1) × 8 × 64 = 262656
    """

    equation: str = attrs.field(converter=_equation)
    partial_output_shape: tuple[int | None, ...] = attrs.field(alias="output_shape", converter=_output_shape)
    activation: str | None = attrs.field(default=None, converter=activation)
    bias_axes: str | None = attrs.field(default=None, converter=_bias_axes)
    lora_rank: int | None = attrs.field(default=None, converter=lora_rank, kw_only=True)
    lora_alpha: float | None = attrs.field(default=None, converter=lora_alpha, kw_only=True)
    _letters: _Letters = attrs.field(init=False, eq=False)

    def _settle(self) -> None:
        letters = _taken_apart(self.equation, len(self.partial_output_shape))
        entries = zip(letters.outputs, self.partial_output_shape, strict=True)
        sizes = tuple(size if size is None else named(size, f"axis {letter}") for letter, size in entries)
        object.__setattr__(self, "_letters", letters)
        object.__setattr__(self, "partial_output_shape", sizes)

    def __attrs_post_init__(self) -> None:
        self._settle()
        inputs, kernel, outputs, _ = self._letters
        for letter in outputs + kernel:
            if letter not in inputs + (kernel if letter in outputs else outputs):
                part, other = ("output", "kernel") if letter in outputs else ("kernel", "output")
                expected = f"one whose {letter!r} of the {part} is in the input or the {other} too"
                raise ConfigError("equation", expected, shown(self.equation))
        if len(set(outputs)) < len(outputs):
            raise ConfigError("equation", "one that has each letter of the output once", shown(self.equation))
        if self.bias_axes is not None and not set(self.bias_axes) <= set(outputs):
            raise ConfigError("bias_axes", f"letters of the output's axes, {outputs!r}", shown(self.bias_axes))
        for index, letter in enumerate(outputs):
            if self.partial_output_shape[index] is None and letter in kernel + (self.bias_axes or ""):
                raise ConfigError(f"output_shape[{index}] (axis {letter})", "known to count the weights", "None")

    def _sizes(self, in_shape: Shape) -> tuple[dict[str, int | None], Shape, Shape]:
        """How long the axis of each letter is, and the axes that stand before them and behind."""
        inputs, _, outputs, elided = self._letters
        more = len(in_shape) - len(inputs)
        if more < 0 or (more and not elided):
            many = f"{'at least ' * bool(elided)}{len(inputs)} axes"
            hint = "leave out the batch axis" if more == 1 and in_shape[0] is None else ""
            raise ShapeError("in_shape", f"{many} ({', '.join(inputs)}), as the equation says", shown(in_shape), hint)
        start = more if elided == "front" else 0
        sizes: dict[str, int | None] = {}
        for index, letter in enumerate(inputs, start):
            size, seen = in_shape[index], sizes.get(letter)
            if None not in (size, seen) and size != seen:
                raise ShapeError(f"in_shape[{index}] (axis {letter})", f"{shown(seen)}, as before", shown(in_shape))
            sizes[letter] = size if seen is None else seen
        for index, letter in enumerate(outputs):
            size, seen = self.partial_output_shape[index], sizes.get(letter)
            if None not in (size, seen) and size != seen:
                expected = f"{shown(seen)}, the input's size, or None"
                got = f"{shown(size)} on {shown(in_shape)}"
                raise ShapeError(f"output_shape[{index}] (axis {letter})", expected, got)
            sizes[letter] = seen if size is None else size
        return sizes, in_shape[:start], in_shape[start + len(inputs) :]

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        sizes, before, behind = self._sizes(in_shape)
        return (*before, *(sizes[letter] for letter in self._letters.outputs), *behind)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        sizes, before, behind = self._sizes(in_shape)
        inputs, letters, outputs, _ = self._letters
        axes = []
        for letter in letters:
            size = sizes[letter]
            axes.append(
                (f"axis {letter}", known(in_shape, len(before) + inputs.index(letter)) if size is None else size)
            )
        weights = [Weight("kernel", axes)]
        if self.bias_axes is not None:
            first = min(map(outputs.index, self.bias_axes))
            biases = [
                (f"axis {letter}", sizes[letter]) if letter in self.bias_axes else ("1", 1)
                for letter in outputs[first:]
            ]
            weights.append(Weight("bias", [*biases, *[("1", 1)] * len(behind)]))
        return adapted(tuple(weights), self.lora_rank)

    def _summed(self, in_shape: Shape) -> int | None:
        """How many products are summed for each number of the output."""
        inputs, _, outputs, _ = self._letters
        sizes = self._sizes(in_shape)[0]
        return product(sizes[letter] for letter in dict.fromkeys(inputs) if letter not in outputs)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*output_shape, self._summed(in_shape)))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        summed = self._summed(in_shape)
        return product((*output_shape, summed if summed is None or self.bias_axes is None else summed + 1))
