"""What a picture of a network shows: boxes, and which of them takes from which.

Knows: how rows become boxes. Must not know: where a box stands, how it is drawn.

An `Input` inside a model that was opened is where the model's own input comes in, and has no box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.render.table import cell, count_text
from paramcalc.rows import Row
from paramcalc.shapes import Shape, Shapes, added_up, one_by_one
from paramcalc.summary import Summary


@attrs.frozen
class Box:
    """One box: a row of a summary, or several that are folded into one.

    Attributes: `rows`; `sources`, the positions of the boxes that it takes from; `models`, the names of the models
    around it; `data_format`, where the channels of its output are.

    >>> from paramcalc import Dense
    >>> boxes_of(Model([Dense(4), Dense(2)]).summary((3,)))[1].sources
    (0,)
    """

    rows: tuple[Row, ...]
    sources: tuple[int, ...]
    models: tuple[str, ...]
    data_format: str

    @property
    def first(self) -> Row:
        """The row that a box of several is drawn as.

        >>> from paramcalc import Dense
        >>> boxes_of(Model([Dense(4)]).summary((3,)))[0].first.type
        'Dense'
        """
        return self.rows[0]

    @property
    def output_shape(self) -> Shapes:
        """What comes out of the last of its rows.

        >>> from paramcalc import Dense
        >>> boxes_of(Model([Dense(4)]).summary((3,)))[0].output_shape
        (4,)
        """
        return self.rows[-1].output_shape

    @property
    def params(self) -> int:
        """The parameters of all its rows.

        >>> from paramcalc import Dense
        >>> boxes_of(Model([Dense(4)]).summary((3,)))[0].params
        16
        """
        return sum(row.params for row in self.rows)

    @property
    def macs(self) -> int | None:
        """The multiply-adds of all its rows, or None where those of one are not known.

        >>> from paramcalc import Dense
        >>> boxes_of(Model([Dense(4)]).summary((3,)))[0].macs
        12
        """
        return added_up(row.macs for row in self.rows)

    @property
    def is_input(self) -> bool:
        """Whether the network begins here.

        >>> [box.is_input for box in boxes_of(Model([Input((3,))]).summary())]
        [True]
        """
        return isinstance(self.first.layer, Input)

    @property
    def is_folded(self) -> bool:
        """Whether there is more in it than one layer.

        >>> from paramcalc import Dense
        >>> [box.is_folded for box in boxes_of(Model([Dense(4), Model([Dense(2)])]).summary((3,)))]
        [False, True]
        """
        return len(self.rows) > 1 or isinstance(self.first.layer, Model)

    @property
    def name(self) -> str:
        """The name of its layer in its own model; for several, how many they are.

        >>> from paramcalc import Dense
        >>> boxes_of(Model([Dense(4)]).summary((3,)))[0].name
        'dense'
        """
        return self._inner(self.first) if self.is_led else f"{count_text(len(self.rows))} layers"

    def _inner(self, row: Row) -> str:
        """The name of a row without those of the models that are around all rows."""
        return row.name[sum(len(model) + 1 for model in self.models) :]

    @property
    def is_led(self) -> bool:
        """Whether the rows behind the first only pass on what it gives, position by position.

        >>> from paramcalc import Dense, Dropout
        >>> rows = Model([Dense(4), Dropout(0.5)]).summary((3,)).rows
        >>> Box(rows, (), (), "channels_last").is_led, Box(rows[::-1], (), (), "channels_last").is_led
        (True, False)
        """
        return all(map(passes_on, self.rows[1:]))

    @property
    def kind(self) -> str:
        """What it is: the type of its layer with its kernel, and how many more there are in it; or from where to where.

        >>> from paramcalc import Conv2D
        >>> boxes_of(Model([Conv2D(4, 3, 2)]).summary((8, 8, 3)))[0].kind
        'Conv2D 3 × 3 / 2'
        """
        row, more = self.first, len(self.rows) - 1
        if not self.is_led:
            return f"{self._inner(row)} … {self._inner(self.rows[-1])}"
        kind = f"{row.type}, {count_text(len(row.layer))} layers" if isinstance(row.layer, Model) else row.type
        strides = [window.stride for window in row.sliding]
        if strides:
            kind += " " + " × ".join(count_text(window.kernel) for window in row.sliding)
        if any(stride > 1 for stride in strides):
            kind += " / " + " × ".join(map(count_text, strides[:1] if len(set(strides)) == 1 else strides))
        if more:
            kind += f" + {count_text(more)} more"
        return f"{kind}, {count_text(row.calls)} calls" if row.calls > 1 else kind


def costs_text(number: int | None, unit: str) -> str:
    """What something costs, with what is counted.

    >>> costs_text(608, "params"), costs_text(None, "MACs")
    ('608 params', 'unknown MACs')
    """
    return f"{cell('count', number)} {unit}"


def sizes_text(shape: Shape) -> str:
    """A shape as a picture says it, without the batch axis.

    >>> sizes_text((28, None, 8)), sizes_text(())
    ('28 × None × 8', 'one number')
    """
    return " × ".join(str(None) if size is None else count_text(size) for size in shape) or "one number"


def label_of(box: Box) -> list[str]:
    """What is said of a box: its name and kind, what comes out of it, and what it costs.

    >>> from paramcalc import Dense
    >>> label_of(boxes_of(Model([Dense(4)]).summary((3,)))[0])
    ['dense', 'Dense', '4', '16 params', '12 MACs']
    """
    said = [box.name, box.kind, " and ".join(map(sizes_text, one_by_one(box.output_shape)))]
    return said if box.is_input else [*said, costs_text(box.params, "params"), costs_text(box.macs, "MACs")]


class Entry(NamedTuple):
    """A model that opens, with its name, or that closes, without; or the box at a position.

    >>> Entry(0, position=3).name is None
    True
    """

    level: int
    name: str | None = None
    position: int | None = None


def nested(boxes: Sequence[Box]) -> Iterator[Entry]:
    """The boxes in order, each between the openings and the closings of the models around it.

    >>> from paramcalc import Dense
    >>> for entry in nested(boxes_of(Model([Dense(3), Model([Dense(4)], name="head")]).summary((3,), depth=2))):
    ...     print(entry)
    Entry(level=0, name=None, position=0)
    Entry(level=0, name='head', position=None)
    Entry(level=1, name=None, position=1)
    Entry(level=0, name=None, position=None)
    """
    around: tuple[str, ...] = ()
    for position, models in [*enumerate(box.models for box in boxes), (None, ())]:
        while models[: len(around)] != around:
            around = around[:-1]
            yield Entry(len(around))
        for name in models[len(around) :]:
            yield Entry(len(around), name)
            around = (*around, name)
        if position is not None:
            yield Entry(len(around), position=position)


def passes_on(row: Row) -> bool:
    """Whether a layer keeps the shape and multiplies nothing, position by position, as an activation does.

    >>> from paramcalc import Activation, Dense
    >>> [passes_on(row) for row in Model([Dense(3), Activation("relu")]).summary((3,)).rows]
    [False, True]
    """
    return row.output_shape == row.in_shape and row.macs == 0 and row.windows == () and not isinstance(row.layer, Input)


def boxes_of(summary: Summary) -> list[Box]:
    """A box for each row, in order, but for the inputs of models that were opened.

    >>> from paramcalc import Dense
    >>> inner = Model([Input((3,)), Dense(4)], name="head")
    >>> [(box.name, box.models, box.sources) for box in boxes_of(Model([Dense(3), inner]).summary((3,), depth=2))]
    [('dense', (), ()), ('dense', ('head',), (0,))]
    """
    formats: list[str] = []
    for position, row in enumerate(summary.rows):
        before = next((formats[source] for source in row.sources if source < position), None)
        formats.append(row.layer.layout(row.in_shape, before))
    for row, data_format in zip(summary.rows[::-1], formats[::-1], strict=True):
        for source in row.sources:
            if isinstance(summary.rows[source].layer, Input):
                formats[source] = data_format  # an input itself says nothing of it
    hidden = {
        position: row.sources
        for position, row in enumerate(summary.rows)
        if row.models and isinstance(row.layer, Input)
    }
    drawn = [position for position in range(len(summary.rows)) if position not in hidden]
    number = {position: index for index, position in enumerate(drawn)}
    return [
        Box(
            (row := summary.rows[position],),
            tuple(number[source] for source in _seen_through(hidden, row.sources)),
            row.models,
            formats[position],
        )
        for position in drawn
    ]


def _seen_through(hidden: dict[int, tuple[int, ...]], sources: Sequence[int]) -> tuple[int, ...]:
    """The sources, with those of hidden rows in their place."""
    found: dict[int, None] = {}
    seen: set[int] = set()
    pending = list(sources[::-1])
    while pending:
        source = pending.pop()
        if source not in hidden:
            found[source] = None
        elif source not in seen:
            seen.add(source)
            pending += hidden[source][::-1]
    return tuple(found)
