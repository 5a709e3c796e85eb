"""The facts of a model's layers, one row each.

Knows: what a row says, and how the rows of models inside models are gathered. Must not know: totals, columns, formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import attrs

from paramcalc.errors import ConfigError, ParamcalcError, shown
from paramcalc.evaluation import Placement, placed, repeats_in
from paramcalc.layers.base import LAST, Layer, Memo, frozen
from paramcalc.model import Model
from paramcalc.shapes import Shapes, one_by_one
from paramcalc.tied import Repeats
from paramcalc.weights import Weight
from paramcalc.windows import Window


@attrs.frozen
class Row:
    """The facts of one layer of a model.

    Attributes: `name`; `type`, the name of the layer's class; `in_shape` and `output_shape`, without the batch axis,
    each a tuple of shapes where there are several; `params`; `trainable_params`; `macs`, or None where not known;
    `layer` itself; `inputs`, the names of the rows that it takes from; `calls`, how often it is called. The shapes and
    `inputs` are those of its first call, `macs` of all. `repeats` are the names of its weights that are tied to some of
    an earlier row, where they are counted. `sources` are the positions of all rows that it takes from, in any call, and
    `models` the names of the models that were opened around it, the outermost first.

    >>> from paramcalc import Dense
    >>> row = Model([Dense(4)]).summary((3,)).rows[0]
    >>> row.name, row.output_shape, row.params, row.macs
    ('dense', (4,), 16, 12)
    """

    name: str
    type: str
    in_shape: Shapes
    output_shape: Shapes
    params: int
    trainable_params: int
    macs: int | None
    layer: Layer = attrs.field(repr=False)
    inputs: tuple[str, ...] = ()
    calls: int = 1
    repeats: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    models: tuple[str, ...] = ()

    @property
    def own_name(self) -> str:
        """The name without those of the models around it.

        >>> from paramcalc import Dense
        >>> Model([Model([Dense(4)], name="head")]).summary((3,), depth=2).rows[0].own_name
        'dense'
        """
        return self.name[sum(len(model) + 1 for model in self.models) :]

    @property
    def non_trainable_params(self) -> int:
        """The parameters that are not trained.

        >>> from paramcalc import Dense
        >>> Model([Dense(4, trainable=False)]).summary((3,)).rows[0].non_trainable_params
        16
        """
        return self.params - self.trainable_params

    @property
    def weights(self) -> tuple[Weight, ...]:
        """The arrays of the layer, or of all layers inside it, that no earlier row has.

        >>> from paramcalc import Dense
        >>> [weight.shape for weight in Model([Dense(4)]).summary((3,)).rows[0].weights]
        [(3, 4), (4,)]
        """
        weights = tuple(weight for weight in self.layer.weights(self.in_shape) if weight.name not in self.repeats)
        # A model that is frozen as a whole freezes layers that do not know of it
        return weights if self.trainable_params else frozen(weights)

    @property
    def windows(self) -> tuple[Window, ...] | None:
        """The window that one output sees on each spatial axis, as `Layer.windows` says it.

        >>> from paramcalc import Conv1D
        >>> Model([Conv1D(4, 3)]).summary((9, 1)).rows[0].windows
        (Window(kernel=3, stride=1, dilation=1),)
        """
        return self.layer.windows(self.in_shape)

    @property
    def sliding(self) -> tuple[Window, ...]:
        """The same where it slides over spatial axes; features in a row are none, and a model has no kernel of its own.

        >>> from paramcalc import Conv1D, Dense
        >>> [row.sliding for row in Model([Conv1D(4, 3), Dense(2)]).summary((9, 1)).rows]
        [(Window(kernel=3, stride=1, dilation=1),), ()]
        """
        windows = () if isinstance(self.layer, Model) else self.windows or ()
        return windows if len(windows) == len(self.in_shape) - 1 else ()


MOST_OPENED = 1_000_000
"""How many layers there may be in models that are opened: one that holds itself a few times over is endless then."""


def check_opened(model: Model, depth: int | None) -> None:
    """Raises `ConfigError` where models in a model, opened as deep as `depth` says, hold too many layers.

    >>> from paramcalc import Dense
    >>> check_opened(Model([Model([Dense(4)])]), None)
    """
    if _opened_in(model, depth, {}) > MOST_OPENED:
        raise ConfigError(shown(model), f"of at most {MOST_OPENED} layers in the models in it that are opened", "more")


def _opened_in(model: Model, levels: int | None, known: dict[tuple[int, int | None], int]) -> int:
    """How many layers the opened models have; one that stands in others many times is looked at once for each level."""
    key = (id(model), levels)
    if key not in known:
        further = None if levels is None else levels - 1
        opened = [layer for layer in model.layers if isinstance(layer, Model)] if levels != 1 else []
        known[key] = sum(len(inner) + _opened_in(inner, further, known) for inner in opened)
    return known[key]


def rows_of(model: Model, in_shape: Shapes, depth: int | None) -> tuple[Row, ...]:
    """The rows of a model for this input shape; models inside it are opened as deep as `depth` says, None all.

    Raises `ConfigError` where that is too many.

    >>> from paramcalc import Dense
    >>> [row.name for row in rows_of(Model([Model([Dense(4)], name="head")]), (3,), 2)]
    ['head/dense']
    """
    check_opened(model, depth)
    opening = _Opening()
    outside: list[_Feed] = [[] for _ in one_by_one(in_shape)]
    opening.open(model, (), {in_shape: 1}, outside, levels=depth, trainable=True, repeats={})
    return opening.settled_rows()


_Feed: TypeAlias = "list[int | _Feed]"
"""What one input takes: positions of rows, and what other inputs take, to which later calls may still add."""


def _positions(feeds: Sequence[_Feed]) -> tuple[int, ...]:
    """The rows that these inputs take from, each once."""
    found: dict[int, None] = {}
    seen: set[int] = set()
    pending: list[int | _Feed] = []
    for feed in feeds:
        if len(feed) != 1 or not isinstance(feed[0], int):
            pending += feeds[::-1]
            break
        found[feed[0]] = None  # as by far the most take from one row
    while pending:
        each = pending.pop()
        if isinstance(each, int):
            found[each] = None
        elif id(each) not in seen:
            seen.add(id(each))
            pending += each[::-1]
    return tuple(found)


def _counted(found: Iterable[Placement], often: Iterable[int]) -> dict[Shapes, int]:
    """How often a layer is called on each input shape, in models that are called so often themselves."""
    called_on: dict[Shapes, int] = {}
    for each, times in zip(found, often, strict=True):
        for shape in each.in_shapes:
            called_on[shape] = called_on.get(shape, 0) + times
    return called_on


class _Opening:
    """The rows of one summary as they come, and what its evaluations have found."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.memo: Memo = {LAST: None}
        self.feeds: list[list[_Feed]] = []
        self.settled = True

    def open(
        self,
        model: Model,
        models: tuple[str, ...],
        in_shapes: Mapping[Shapes, int],
        fed_by: Sequence[_Feed],
        *,
        levels: int | None,
        trainable: bool,
        repeats: Repeats,
    ) -> list[_Feed]:
        """Adds the rows of a model's layers, and returns for each of its outputs the rows that it comes from.

        `in_shapes` are those of all its calls, each with how often it occurs, for of calls there are endless many where
        models stand in each other: a row has the shapes of the first and the MACs of all. `fed_by` is what each of its
        inputs takes, and `repeats` what models around it have counted elsewhere.
        """
        memo, rows = self.memo, self.rows
        prefix = "".join(f"{name}/" for name in models)
        entries = {model.calls[call].layer: [feed] for call, feed in zip(model.inputs, fed_by, strict=False)}
        entries = entries or {0: list(fed_by)}
        ends: list[list[_Feed]] = []
        again: list[tuple[list[_Feed], Sequence[Sequence[tuple[int, int]]]]] = []
        repeats = {**repeats, **repeats_in(model, next(iter(in_shapes)), memo)}
        following = [placed(model, shape, memo, repeats) for shape in in_shapes]
        often = tuple(in_shapes.values())
        for position, found in enumerate(zip(*following, strict=True)):
            name, layer, in_shape, (output_shape, params, trained), _, sources, later_sources, tied = found[0]
            called_on = {in_shape: often[0]}
            if len(found) > 1 or later_sources:
                called_on = _counted(found, often)
            taken = [ends[source][output] for source, output in sources] or entries[position]
            if later_sources:
                taken = [[feed] for feed in taken]
                again.append((taken, later_sources))
            if isinstance(layer, Model) and levels != 1:
                ends.append(self.open(
                    layer, (*models, name), called_on, taken, levels=None if levels is None else levels - 1,
                    trainable=trainable and model.trainable, repeats=tied,
                ))  # fmt: skip
                continue
            before = _positions(taken)
            ends.append([[len(rows)]] * len(one_by_one(output_shape)))
            self.feeds.append(taken)
            rows.append(Row(
                prefix + name, type(layer).__name__, in_shape, output_shape, params, trained if trainable else 0,
                self.macs(model, position, called_on), layer, tuple([rows[source].name for source in before]),
                sum(called_on.values()), tuple(tied), before, models,
            ))  # fmt: skip
        for taken, later_sources in again:
            for sources_of_call in later_sources:
                for number, (layer, output) in enumerate(sources_of_call):
                    taken[min(number, len(taken) - 1)].append(ends[layer][output])
            self.settled = False
        if not model.outputs:
            return ends[-1]
        return [ends[model.calls[call].layer][output] for call, output in model.outputs]

    def macs(self, model: Model, position: int, called_on: Mapping[Shapes, int]) -> int | None:
        """The multiply-adds of all calls of a layer, on each input shape as often as it occurs."""
        total: int | None = 0
        for shape, times in called_on.items():
            try:
                macs = model.layers[position]._cost("compute_macs", shape, self.memo)
            except ParamcalcError as error:
                model._locate(error, position, shape)
                raise
            total = None if total is None or macs is None else total + times * macs
        return total

    def settled_rows(self) -> tuple[Row, ...]:
        """The rows, with the sources of later calls."""
        if self.settled:
            return tuple(self.rows)
        # Many layers may take what comes into their model, which may come from many others
        found: dict[tuple[int, ...], tuple[int, ...]] = {}
        for feeds in self.feeds:
            key = tuple(map(id, feeds))
            if key not in found:
                found[key] = _positions(feeds)
        return tuple(
            attrs.evolve(row, sources=found[tuple(map(id, feeds))])
            for row, feeds in zip(self.rows, self.feeds, strict=True)
        )
