"""Which boxes of a picture fold into one where there are too many.

Knows: boxes and what takes from what. Must not know: how a box is drawn.

Up to `MOST_BOXES` every layer has a box. Above, one step after the other until there are no more than that:

1. what only passes on what it gets, such as an activation, joins the box before it;
2. branches become one box with the box that everything goes through behind them, as in a residual block;
3. of more than `LONGEST_RUN` boxes in a row, `ENDS_OF_RUN` stay at either end, and those between become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from paramcalc.render.boxes import Box, passes_on

MOST_BOXES = 100
LONGEST_RUN = 12
ENDS_OF_RUN = 4


def folded(boxes: Sequence[Box], most: int = MOST_BOXES) -> list[Box]:
    """The boxes that a picture of these has, as few as it takes.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.render.boxes import boxes_of
    >>> [box.name for box in folded(boxes_of(Model([Dense(4)] * 200).summary((4,))))][3:6]
    ['dense_3', '192 layers', 'dense_196']
    """
    steps: tuple[Callable[[Sequence[Box]], Iterator[Sequence[int]]], ...] = (_passed_on, _between, _runs)
    found = list(boxes)
    for step in steps:
        if len(found) > most:
            found = _joined(found, list(step(found)))
    return found


def takers(boxes: Sequence[Box]) -> list[list[int]]:
    """For each box, those that take from it.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.render.boxes import boxes_of
    >>> takers(boxes_of(Model([Dense(4), Dense(2)]).summary((3,))))
    [[1], []]
    """
    found: list[list[int]] = [[] for _ in boxes]
    for position, box in enumerate(boxes):
        for source in box.sources:
            found[source].append(position)
    return found


def _rows_of_boxes(boxes: Sequence[Box]) -> list[list[int]]:
    """The boxes in rows without a branch: in each, one takes from the one before it alone, which gives to it alone."""
    taken_by = takers(boxes)
    rows: list[list[int]] = []
    row_of: dict[int, list[int]] = {}
    for position, box in enumerate(boxes):
        source = box.sources[0] if len(box.sources) == 1 else position
        if source < position and len(taken_by[source]) == 1 and row_of[source][-1] == source:
            row = row_of[source]
        else:
            row = []
            rows.append(row)
        row.append(position)
        row_of[position] = row
    return rows


def _passed_on(boxes: Sequence[Box]) -> Iterator[Sequence[int]]:
    for row in _rows_of_boxes(boxes):
        group: list[int] = []
        for position in row:
            box = boxes[position]
            joins = group and not boxes[group[0]].is_input and box.models == boxes[group[0]].models
            if joins and all(map(passes_on, box.rows)):
                group.append(position)
            else:
                yield group
                group = [position]
        yield group


def _between(boxes: Sequence[Box]) -> Iterator[Sequence[int]]:
    reach = 0
    group: list[int] = []
    furthest = [max([position, *taken]) for position, taken in enumerate(takers(boxes))]
    for position, box in enumerate(boxes):
        backward = any(source > position for source in box.sources)
        closes = reach <= position and not backward
        if box.is_input or (closes and not group):
            yield group
            group = []
        else:
            group.append(position)
        if closes:
            yield group
            group = []
        reach = max(reach, furthest[position])
    yield group


def _runs(boxes: Sequence[Box]) -> Iterator[Sequence[int]]:
    for row in _rows_of_boxes(boxes):
        if len(row) > LONGEST_RUN:
            yield row[ENDS_OF_RUN:-ENDS_OF_RUN]


def _joined(boxes: Sequence[Box], groups: Sequence[Sequence[int]]) -> list[Box]:
    """The boxes, of which those in a group are one, where the last of them stood."""
    leader = list(range(len(boxes)))
    members: dict[int, Sequence[int]] = {}
    for group in groups:
        for position in group:
            leader[position] = group[-1]
            members[group[-1]] = group
    kept = sorted(set(leader))
    number = {position: index for index, position in enumerate(kept)}
    found = []
    for position in kept:
        group = members.get(position, (position,))
        inside = {*group}
        sources = dict.fromkeys(
            number[leader[source]] for one in group for source in boxes[one].sources if source not in inside
        )
        found.append(
            attrs.evolve(
                boxes[position],
                rows=tuple(row for one in group for row in boxes[one].rows),
                sources=tuple(sources),
                models=_around([boxes[one].models for one in group]),
            )
        )
    return found


def _around(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The models that are around all of these."""
    common = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        common.append(names[0])
    return tuple(common)
