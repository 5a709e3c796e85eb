"""Where on a page the columns and lanes of a picture are.

Knows: sizes, columns and lanes. Must not know: what stands there, how it is drawn.

Columns stand beside each other as far as the page is wide, and then go on below, as the lines of a text do. A strip
ends where a part of the network does, if that leaves it half full.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from paramcalc.render.lanes import Lanes

PAGE = 1360
"""The widest that a picture becomes."""
MARGIN = 24
APART = 32
"""The room between columns."""
PASSING = 18
"""The height of a lane in which nothing but arrows pass."""
UNDER = 16
"""The room under a lane, and under a strip."""
FRAME = 9
"""The room that each frame takes beside what is in it, and under it."""
FRAME_LABEL = 20
"""The room that it takes above, where its name stands."""


class Size(NamedTuple):
    """How wide something is, and how far it reaches above and below the middle of its lane.

    >>> Size(90, 60, 80).width
    90
    """

    width: int
    above: int
    below: int


class Strip(NamedTuple):
    """Columns beside each other, from `first` to before `end`.

    Attributes: `middles`, the middle of each column; `widths` of columns; `lines`, the middle of each lane; `tops` and
    `bottoms` of lanes, frames and all; `firsts` and `lasts`, where what is in a lane begins and ends; `right`, where
    the last column ends; `bottom`, where the strip does.

    >>> strips_of(Lanes([0], [0], [], []), [Size(90, 60, 80)], 0, (), top=0)[0].right
    114
    """

    first: int
    end: int
    middles: Mapping[int, int]
    widths: Mapping[int, int]
    lines: Mapping[int, int]
    tops: Mapping[int, int]
    bottoms: Mapping[int, int]
    firsts: Mapping[int, int]
    lasts: Mapping[int, int]
    right: int
    bottom: int


def strips_of(
    lanes: Lanes, sizes: Sequence[Size], levels: int, beginnings: Collection[int], *, top: int
) -> list[Strip]:
    """The strips of a picture with so many frames in one another, as few as the page takes and as even as they come.

    `beginnings` are the columns where a part of the network begins.

    >>> lanes = Lanes([0, 1, 2], [0, 0, 0], [], [])
    >>> [(strip.first, strip.end) for strip in strips_of(lanes, [Size(500, 60, 80)] * 3, 0, (), top=0)]
    [(0, 2), (2, 3)]
    """
    widths = [0] * (max(lanes.columns) + 1)
    for column, size in zip(lanes.columns, sizes, strict=True):
        widths[column] = max(widths[column], size.width)
    apart = APART + 2 * FRAME * levels
    narrow, room = max(widths), PAGE - 2 * (MARGIN + FRAME * levels)
    number = len(_broken(widths, apart, room, beginnings))
    while narrow < room:
        middle = (narrow + room) // 2
        if len(_broken(widths, apart, middle, beginnings)) <= number:
            room = middle
        else:
            narrow = middle + 1
    strips: list[Strip] = []
    for first, end in _broken(widths, apart, room, beginnings):
        strips.append(_strip(lanes, sizes, levels, widths, first, end, strips[-1].bottom if strips else top))
    return strips


def _broken(widths: Sequence[int], apart: int, room: int, beginnings: Collection[int]) -> list[tuple[int, int]]:
    """The first column of each strip, and the one behind its last."""
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(widths):
        end, used, good = first + 1, widths[first], 0
        while end < len(widths) and used + apart + widths[end] <= room:
            used += apart + widths[end]
            end += 1
            if end in beginnings and 2 * used >= room:
                good = end
        if good and end < len(widths):
            end = good
        found.append((first, end))
        first = end
    return found


def _strip(
    lanes: Lanes, sizes: Sequence[Size], levels: int, widths: Sequence[int], first: int, end: int, top: int
) -> Strip:
    middles: dict[int, int] = {}
    right = MARGIN + FRAME * levels
    for column in range(first, end):
        middles[column] = right + widths[column] // 2
        right += widths[column] + APART + 2 * FRAME * levels
    here = [number for number, column in enumerate(lanes.columns) if first <= column < end]
    passing = [
        arrow.lane
        for arrow in lanes.arrows
        if lanes.columns[arrow.source] < end and lanes.columns[arrow.taker] >= first
    ]
    lines: dict[int, int] = {}
    tops: dict[int, int] = {}
    bottoms: dict[int, int] = {}
    firsts: dict[int, int] = {}
    lasts: dict[int, int] = {}
    bottom = top
    for lane in range(max([0, *passing, *(lanes.lanes[number] for number in here)]) + 1):
        inside = [sizes[number] for number in here if lanes.lanes[number] == lane]
        tops[lane] = bottom
        if inside:
            firsts[lane] = bottom + FRAME_LABEL * levels
            lines[lane] = firsts[lane] + max(size.above for size in inside)
            lasts[lane] = lines[lane] + max(size.below for size in inside)
            bottom = lasts[lane] + FRAME * levels + UNDER
        else:
            lines[lane] = bottom + PASSING // 2
            bottom += PASSING
        bottoms[lane] = bottom
    right += FRAME * levels - APART - 2 * FRAME * levels
    shown = {column: widths[column] for column in range(first, end)}
    return Strip(first, end, middles, shown, lines, tops, bottoms, firsts, lasts, right, bottom + UNDER)
