"""The layers of a model and of all models in it, in one row, and what each of their calls takes.

Knows: calls, and where what they take comes from. Must not know: any family of layers but `Input`, counts, tables.

A model in a model is a way to write its layers down: what is left of it here is their path. Nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import attrs

from paramcalc.errors import ConfigError, shown
from paramcalc.evaluation import order
from paramcalc.layers.base import Layer
from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.shapes import one_by_one

MOST_CALLS = 1_000_000
"""How many calls of layers there may be: a model nested in itself a few times is endless when it is opened."""

OUTSIDE = -1
"""The place of what comes into a model that does not say what it takes."""

Position: TypeAlias = tuple[int, ...]
"""Where a layer stands: its position in its model, after that of this model in the one around it, and so on."""


class Wire(NamedTuple):
    """What goes into a call: the output of a call of a leaf.

    >>> Wire(leaf=2, call=0)
    Wire(leaf=2, call=0, output=0)
    """

    leaf: int
    call: int
    output: int = 0


class Tie(NamedTuple):
    """A weight that is the same array as one of a leaf before it; an empty name stands for all weights.

    >>> Tie("kernel", 1, "embeddings")
    Tie(weight='kernel', leaf=1, of='embeddings')
    """

    weight: str
    leaf: int
    of: str


class Leaf(NamedTuple):
    """A layer that is no model.

    Attributes: `path`, its name behind those of the models that it is in; `own_names`, the same without those names
    that were given by number; `layer`; `trainable`, False where a model around it is frozen, too; `calls`, for each
    what goes into it; `ties`.

    >>> from paramcalc import Dense
    >>> Opened(Model([Model([Dense(4)], name="head")])).leaves[0].path
    'head/dense'
    """

    path: str
    own_names: tuple[str | None, ...]
    layer: Layer
    trainable: bool
    calls: list[tuple[Wire, ...]]
    ties: list[Tie]


class Opened:
    """A model as one row of leaves.

    Attributes: `leaves`, the inputs first, also that of a chain which begins without one and knows its input shape;
    `calls`, each as the position of a leaf and the number of its call, in the order in which they happen; `outputs`;
    `order`, the positions of the leaves in the order that follows from the connections alone: what goes into a leaf
    stands before it; `rows`, for each row of the model's `summary(depth=None)` the position of its leaf, None for the
    input of a model in the model.

    Raises `ConfigError` for a model of more than a million calls.

    >>> from paramcalc import Add, Dense
    >>> x = Input((4,))()
    >>> opened = Opened(Model(inputs=x, outputs=Add()(Dense(4)(x), x)))
    >>> [leaf.path for leaf in opened.leaves], opened.leaves[2].calls
    (['input', 'dense', 'add'], [(Wire(leaf=1, call=0, output=0), Wire(leaf=0, call=0, output=0))])
    """

    def __init__(self, model: Model) -> None:
        if _calls_in(model, {}) > MOST_CALLS:
            raise ConfigError(shown(model), f"of at most {MOST_CALLS} calls of layers, models in it opened", "more")
        self.leaves: list[Leaf] = []
        self.calls: list[tuple[int, int]] = []
        self.rows: list[int | None] = []
        self._spans: dict[Position, range] = {}
        inputs = self._inputs(model)
        self.outputs = self._run(model, inputs, (), "", (), trainable=True)
        self.order = self._in_order(inputs)

    def _inputs(self, model: Model) -> list[Wire]:
        if model.in_shape is None:
            return [Wire(OUTSIDE, 0)]
        shapes = one_by_one(model.in_shape)
        starts = [model.calls[call].layer for call in model.inputs] or [0] * len(shapes)
        for start, shape in zip(starts, shapes, strict=True):
            layer = model.layers[start]
            if isinstance(layer, Input):
                leaf = self._add(model.names[start], (layer.name,), attrs.evolve(layer, shape=shape), trainable=True)
            else:
                leaf = self._add(Input.automatic_name, (None,), Input(shape), trainable=True)
            self._called(leaf, ())
        return [Wire(leaf, 0) for leaf in range(len(shapes))]

    def _add(self, path: str, own_names: tuple[str | None, ...], layer: Layer, *, trainable: bool) -> int:
        self.leaves.append(Leaf(path, own_names, layer, trainable, [], []))
        return len(self.leaves) - 1

    def _called(self, leaf: int, inputs: tuple[Wire, ...]) -> int:
        calls = self.leaves[leaf].calls
        calls.append(inputs)
        self.calls.append((leaf, len(calls) - 1))
        return len(calls) - 1

    def _run(
        self,
        model: Model,
        given: Sequence[Wire],
        position: Position,
        prefix: str,
        own_names: tuple[str | None, ...],
        *,
        trainable: bool,
    ) -> list[Wire]:
        """What comes out of one call of a model; its calls are added, and its leaves where it is the first call."""
        is_first = position not in self._spans
        begin = len(self.leaves) if position else 0
        trainable = trainable and model.trainable
        starts = dict(zip(model.inputs, given, strict=False))
        names = model.names
        results: list[Wire | list[Wire]] = []
        for number, (index, sources) in enumerate(order(model)):
            layer, at = model.layers[index], (*position, index)
            if sources is None:
                taken = _all(results[-1]) if results else list(given)
            elif sources:
                taken = [_output(results[call], output) for call, output in sources]
            else:
                taken = [starts.get(number, Wire(OUTSIDE, 0))]
            path, own = f"{prefix}{names[index]}", (*own_names, layer.name)
            if isinstance(layer, Input):
                if is_first:
                    self.rows.append(None if position else taken[0].leaf)
                results.append(taken)
            elif isinstance(layer, Model):
                results.append(self._run(layer, taken, at, f"{path}/", own, trainable=trainable))
            else:
                if at not in self._spans:
                    leaf = self._add(path, own, layer, trainable=trainable and layer.trainable)
                    self._spans[at] = range(leaf, leaf + 1)
                    self.rows.append(leaf)
                leaf = self._spans[at].start
                results.append(Wire(leaf, self._called(leaf, tuple(taken))))
        if is_first:
            self._spans[position] = range(begin, len(self.leaves))
            self._tie(model, position)
        if not model.outputs:
            return _all(results[-1])
        return [_output(results[call], output) for call, output in model.outputs]

    def _in_order(self, inputs: Sequence[Wire]) -> list[int]:
        """The inputs, the leaves that the outputs hang on, from the first on, and then those that nothing hangs on."""
        found = dict.fromkeys(wire.leaf for wire in inputs if wire.leaf != OUTSIDE)
        visited: set[tuple[int, int]] = set()
        pending = [(wire, False) for wire in reversed(self.outputs)]
        while pending:
            wire, is_done = pending.pop()
            call = (wire.leaf, wire.call)
            if is_done:
                found.setdefault(wire.leaf)
            elif wire.leaf != OUTSIDE and call not in visited:
                visited.add(call)
                pending.append((wire, True))
                pending += [(each, False) for each in reversed(self.leaves[wire.leaf].calls[wire.call])]
        return list(found | dict.fromkeys(range(len(self.leaves))))

    def _tie(self, model: Model, position: Position) -> None:
        for group in model.tied:
            spans, weights = zip(*(self._of(model, position, path) for path in group), strict=True)
            for leaves in zip(*spans, strict=False):
                (first, of), *others = sorted(zip(leaves, weights, strict=True))
                for leaf, weight in others:
                    self.leaves[leaf].ties.append(Tie(weight, first, of))

    def _of(self, model: Model, position: Position, path: str) -> tuple[range, str]:
        """The leaves that a path of weights leads to, and what is left of it: the name of the weight in the leaf."""
        index = model._position_in(path)
        layer, at = model.layers[index], (*position, index)
        rest = path[len(model.names[index]) + 1 :]
        return self._of(layer, at, rest) if isinstance(layer, Model) and rest else (self._spans[at], rest)


def _all(result: Wire | list[Wire]) -> list[Wire]:
    return [result] if isinstance(result, Wire) else result


def _output(result: Wire | list[Wire], output: int) -> Wire:
    return result._replace(output=output) if isinstance(result, Wire) else result[output]


def _calls_in(model: Model, known: dict[int, int]) -> int:
    """How many calls of leaves there are; a model that stands in others many times is looked at once."""
    if id(model) not in known:
        layers = [model.layers[index] for index, _ in order(model)]
        known[id(model)] = sum(_calls_in(layer, known) if isinstance(layer, Model) else 1 for layer in layers)
    return known[id(model)]
