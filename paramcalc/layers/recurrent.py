"""Recurrent layers: the same weights at every step of a sequence.

Knows: gates, and the matrices from the input and from the step before. Must not know: other families.

What happens in one step is a cell, which owns the weights; a recurrent layer runs its cell over a sequence. Weights are
as in Keras: one bias a gate, where PyTorch has two; a GRU with `reset_after` has two as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import attrs

from paramcalc.arguments import activation, flag, return_sequences, return_state, units, use_bias
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer, depth_around, frozen
from paramcalc.sequences import over_steps, require_states
from paramcalc.shapes import Shape, Shapes, are_several, as_tuple, known, one_by_one, product
from paramcalc.traced import named
from paramcalc.weights import Weight

MOST_CELLS = 1_000
"""How many cells may be stacked, those within stacks counted: one that stands in another twice doubles them."""


def _reset_after(value: bool) -> bool:
    return flag("reset_after", value)


def _require_axes(in_shape: Shapes, *axes: str, hint: str = "") -> None:
    """Raises `ShapeError` unless the first input has these axes; `hint` is for one that has one axis less."""
    first = one_by_one(in_shape)[0]
    if len(first) != len(axes):
        subject = "in_shape[0]" if are_several(in_shape) else "in_shape"
        expected = f"{len(axes)} {'axis' if len(axes) == 1 else 'axes'} ({', '.join(axes)})"
        raise ShapeError(subject, expected, shown(first), hint if len(first) == len(axes) - 1 else "")


# Cells


class Cell(Layer):
    """What happens in one step: `(features,)`, or that and the states, become a tuple of the output and the new states.

    A cell of one's own is a subclass that writes `compute_output_shape` so, and `compute_weights`.
    """

    __slots__ = ()
    several_inputs = True
    _count = 1  # how many cells it is; a stack has a field of this name


@attrs.frozen(eq=False, repr=False)
class GatedCell(Cell):
    """What `SimpleRNNCell`, `LSTMCell` and `GRUCell` share: `(features,)` becomes the output and the states.

    Arguments: `units`, the size of the output and of each state; `activation`, a name; by keyword `use_bias`. A tuple
    of the features and the states before is taken too.

    Weights, for g gates: kernel (features, g × units), recurrent_kernel (units, g × units), bias (g × units).
    Raises `ConfigError` for a wrong argument, `ShapeError` for features of other than one axis and for states that do
    not fit.
    """

    states: ClassVar[int] = 1

    units: int = attrs.field(converter=units)
    activation: str | None = attrs.field(default="tanh", converter=activation)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    gates: int = attrs.field(init=False, default=1, eq=False)

    def compute_output_shape(self, in_shape: Shapes) -> tuple[Shape, ...]:
        _require_axes(in_shape, "features")
        states = ((self.units,),) * self.states
        require_states(in_shape, states)
        return ((self.units,), *states)

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        width = ("gates × units", self.gates * self.units)
        matrices = (
            Weight("kernel", (("features", known(one_by_one(in_shape)[0], -1)), width)),
            Weight("recurrent_kernel", (("units", self.units), width)),
        )
        return (*matrices, Weight("bias", self._bias_axes(width))) if self.use_bias else matrices

    def _bias_axes(self, width: tuple[str, int]) -> tuple[tuple[str, int], ...]:
        return (width,)

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int:
        return weights[0].size + weights[1].size


class SimpleRNNCell(GatedCell):
    """One step of a `SimpleRNN`.

    The arguments and weights are those of `paramcalc.layers.recurrent.GatedCell`, with one gate and one state.

    >>> SimpleRNNCell(50).output_shape((1,)), SimpleRNNCell(50).params((1,))
    (((50,), (50,)), 2600)
    """

    __slots__ = ()


@attrs.frozen(eq=False, repr=False)
class LSTMCell(GatedCell):
    """One step of an `LSTM`.

    The arguments and weights are those of `paramcalc.layers.recurrent.GatedCell`, with four gates and two states, the
    output and the carry.

    >>> LSTMCell(32).output_shape(((16,), (32,), (32,))), LSTMCell(32).params((16,))
    (((32,), (32,), (32,)), 6272)
    """

    states = 2

    gates: int = attrs.field(init=False, default=4, eq=False)


@attrs.frozen(eq=False, repr=False)
class GRUCell(GatedCell):
    """One step of a `GRU`.

    The arguments and weights are those of `paramcalc.layers.recurrent.GatedCell`, with three gates and one state; by
    keyword also `reset_after`, which gives a second bias.

    >>> GRUCell(32).output_shape((16,)), GRUCell(32).params((16,)), GRUCell(32, reset_after=False).params((16,))
    (((32,), (32,)), 4800, 4704)
    """

    gates: int = attrs.field(init=False, default=3, eq=False)
    reset_after: bool = attrs.field(default=True, converter=_reset_after, kw_only=True)

    def _bias_axes(self, width: tuple[str, int]) -> tuple[tuple[str, int], ...]:
        return (("biases", 2), width) if self.reset_after else (width,)


def _cells(value: Sequence[Cell]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for index, cell in enumerate(as_tuple(value) or ()):
        if not isinstance(cell, Cell):
            raise _no_cell(f"cells[{index}]", "", cell)
        cells.append(cell)
    if not cells:
        raise ConfigError("cells", "a list of one or more cells", shown(value))
    return tuple(cells)


def _no_cell(name: str, or_else: str, value: object) -> ConfigError:
    return ConfigError(name, f"a cell, such as LSTMCell or GRUCell{or_else}", shown(value))


@attrs.frozen(eq=False, repr=False)
class StackedRNNCells(Cell):
    """Cells of which each works on the output of the one before it, in the same step.

    Argument: `cells`, a list. What comes out is the output of the last, and the states of all; a tuple of the features
    and the states before is taken too.

    Weights: those of all cells, each under `cell/weight` as its name. Raises `ConfigError` for no cells, for what is no
    cell and for more than 1 000; `ShapeError` as the cells do.

    >>> StackedRNNCells([LSTMCell(64), GRUCell(32)]).output_shape((16,))
    ((32,), (64,), (64,), (32,))
    >>> [weight.name for weight in StackedRNNCells([GRUCell(8, use_bias=False)] * 2).weights((16,))]
    ['gru_cell/kernel', 'gru_cell/recurrent_kernel', 'gru_cell_1/kernel', 'gru_cell_1/recurrent_kernel']
    """

    cells: tuple[Cell, ...] = attrs.field(converter=_cells)
    _depth: int = attrs.field(init=False, eq=False)
    _count: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_depth", depth_around(*self.cells))
        object.__setattr__(self, "_count", sum(cell._count for cell in self.cells))
        if self._count > MOST_CELLS:
            raise ConfigError("cells", f"at most {MOST_CELLS}, those in stacks within it counted", str(self._count))

    def _leaves(self, trained: bool = True) -> Iterator[tuple[str, Cell, bool]]:
        """Each cell in order, those of stacks within it among them: its name, itself, whether its stack is trained."""
        for name, cell in zip(_numbered(self.cells), self.cells, strict=True):
            if isinstance(cell, StackedRNNCells):
                for inner, leaf, leaf_trained in cell._leaves(trained and cell.trainable):
                    yield f"{name}/{inner}", leaf, leaf_trained
            else:
                yield name, cell, trained

    def _placed(self, in_shape: Shapes) -> Iterator[tuple[str, Cell, bool, Shape, tuple[Shape, ...]]]:
        """Those, with their features and what comes out of them."""
        features = one_by_one(in_shape)[0]
        for name, cell, trained in self._leaves():
            outputs = tuple(_sized_by(name, shape) for shape in one_by_one(cell.output_shape(features)))
            yield name, cell, trained, features, outputs
            features = outputs[0]

    def compute_output_shape(self, in_shape: Shapes) -> tuple[Shape, ...]:
        outputs = [outputs for *_, outputs in self._placed(in_shape)]
        states = tuple(state for _, *of_cell in outputs for state in of_cell)
        require_states(in_shape, states)
        return (outputs[-1][0], *states)

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        return tuple(
            attrs.evolve(weight, name=f"{name}/{weight.name}")
            for name, cell, trained, features, _ in self._placed(in_shape)
            for weight in (cell.weights(features) if trained else frozen(cell.weights(features)))
        )

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        macs = [(name, cell.macs(features)) for name, cell, _, features, _ in self._placed(in_shape)]
        known = [named(number, f"MACs of {name}") for name, number in macs if number is not None]
        return sum(known) if len(known) == len(macs) else None


def _numbered(cells: Sequence[Cell]) -> dict[str, None]:
    """The name of each cell: its own or its class's, with a number when taken."""
    names: dict[str, None] = {}
    for cell in cells:
        base = name = cell.name or cell.automatic_name
        number = 0
        while name in names:
            number += 1
            name = f"{base}_{number}"
        names[name] = None
    return names


def _sized_by(cell: str, shape: Shape) -> Shape:
    """What comes out of a cell: its size is called by it, for others of the stack have theirs."""
    return tuple(size if size is None else named(size, f"units of {cell}") for size in shape)


# Layers


class OverSteps(Layer):
    """A cell that is run over a sequence; the class says where its `cell` comes from."""

    __slots__ = ()
    several_inputs = True

    cell: Cell
    return_sequences: bool
    return_state: bool

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        _require_axes(in_shape, "steps", "features", hint="give every step its features: an Embedding, or one feature")
        output, *states = one_by_one(self.cell.output_shape(_step(in_shape)))
        returned = {"return_sequences": self.return_sequences, "return_state": self.return_state}
        return over_steps(in_shape, output, tuple(states), **returned)

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        known(one_by_one(in_shape)[0], -1)
        return self.cell.weights(_step(in_shape))

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        return product((one_by_one(in_shape)[0][0], self.cell.macs(_step(in_shape))))


def _step(in_shape: Shapes) -> Shape:
    """What one step of the sequence is."""
    return one_by_one(in_shape)[0][1:]


def _cell(value: Cell | Sequence[Cell]) -> Cell:
    if isinstance(value, (tuple, list)):
        return StackedRNNCells(value)
    if not isinstance(value, Cell):
        raise _no_cell("cell", ", or a list of them", value)
    return value


@attrs.frozen(eq=False, repr=False)
class RNN(OverSteps):
    """A cell that is run over a sequence: `(steps, features)` becomes what the cell gives out at the last step.

    Arguments: `cell`, or a list of cells, which are stacked; `return_sequences`, which gives the output of every step
    and not of the last alone; `return_state`, which gives the output and behind it the states after the last step. A
    tuple of the sequence and its initial states is taken too.

    Weights: those of the cell. Raises `ConfigError` for a wrong argument, `ShapeError` for a sequence of other than two
    axes and for initial states that do not fit.

    >>> RNN(LSTMCell(32)).params((10, 16)) == LSTM(32).params((10, 16))
    True
    >>> RNN([LSTMCell(32), GRUCell(8)], return_sequences=True, return_state=True).output_shape((10, 16))
    ((10, 8), (32,), (32,), (8,))
    """

    cell: Cell = attrs.field(converter=_cell)
    return_sequences: bool = attrs.field(default=False, converter=return_sequences)
    return_state: bool = attrs.field(default=False, converter=return_state)
    _depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_depth", depth_around(self.cell))


def _own_cell(layer: Recurrent) -> GatedCell:
    return layer.kind(layer.units, layer.activation, use_bias=layer.use_bias)


def _gru_cell(layer: GRU) -> GatedCell:
    return GRUCell(layer.units, layer.activation, use_bias=layer.use_bias, reset_after=layer.reset_after)


@attrs.frozen(eq=False, repr=False)
class Recurrent(OverSteps):
    """What `SimpleRNN`, `LSTM` and `GRU` share: `(steps, features)` becomes `(units,)`, or `(steps, units)`.

    Arguments: `units`, the size of the state; `activation`, a name; by keyword `use_bias`; `return_sequences`, which
    gives the output of every step and not of the last alone; `return_state`, which gives the output and behind it the
    states after the last step. A tuple of the sequence and its initial states is taken too. `cell` is what is run.

    Weights, for g gates: kernel (features, g × units), recurrent_kernel (units, g × units), bias (g × units).
    Raises `ConfigError` for a wrong argument, `ShapeError` for a sequence of other than two axes and for initial states
    that do not fit.
    """

    kind: ClassVar[type[GatedCell]]

    units: int = attrs.field(converter=units)
    activation: str | None = attrs.field(default="tanh", converter=activation)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    return_sequences: bool = attrs.field(default=False, converter=return_sequences, kw_only=True)
    return_state: bool = attrs.field(default=False, converter=return_state, kw_only=True)
    cell: Cell = attrs.field(init=False, eq=False, default=attrs.Factory(_own_cell, takes_self=True))


class SimpleRNN(Recurrent):
    """The plain recurrent layer (Elman, 1990): the state is one dense layer of the input and the state before.

    The arguments and weights are those of `paramcalc.layers.recurrent.Recurrent`, with one gate.

    >>> SimpleRNN(50).params((None, 1)), SimpleRNN(50).output_shape((None, 1))
    (2600, (50,))
    """

    __slots__ = ()
    kind = SimpleRNNCell


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): four gates, in the order input, forget, cell, output.

    The arguments and weights are those of `paramcalc.layers.recurrent.Recurrent`, with four gates and two states, the
    output and the carry.

    >>> print(LSTM(32).explain((10, 16)))
    LSTM(32) on (10, 16)
      output features  = units = 32
      kernel           = input channels × gates × units = 16 × 4 × 32 = 2048
      recurrent_kernel = units × gates × units = 32 × 4 × 32 = 4096
      bias             = gates × units = 4 × 32 = 128
      params           = kernel + recurrent_kernel + bias = 2048 + 4096 + 128 = 6272
    """

    __slots__ = ()
    kind = LSTMCell


@attrs.frozen(eq=False, repr=False)
class GRU(Recurrent):
    """Gated recurrent units (Cho et al., 2014): three gates, in the order update, reset, candidate.

    The arguments and weights are those of `paramcalc.layers.recurrent.Recurrent`, with three gates; by keyword also
    `reset_after`, as in CuDNN and in Keras by default: the reset gate works behind the matrix, and there is a second
    bias for that.

    >>> GRU(32).params((10, 16)), GRU(32, reset_after=False).params((10, 16))
    (4800, 4704)
    """

    reset_after: bool = attrs.field(default=True, converter=_reset_after, kw_only=True)
    cell: Cell = attrs.field(init=False, eq=False, default=attrs.Factory(_gru_cell, takes_self=True))
