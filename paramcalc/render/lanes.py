"""Where the boxes of a picture stand: in columns by depth, and in lanes beside each other.

Knows: which box takes from which. Must not know: what a box is, how large it is drawn.

A box stands one column behind the last that it takes from. It keeps the lane of what it takes from, the longest way on
first; other branches take the next lane that is free. An arrow over several columns has a lane of its own between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple


class Arrow(NamedTuple):
    """What one box takes from another, and the lane on the columns between them.

    >>> Arrow(0, 1, 0).lane
    0
    """

    source: int
    taker: int
    lane: int


class Lanes(NamedTuple):
    """Where everything stands.

    Attributes: `columns` and `lanes`, for each box; `arrows`; `backward`, pairs of a box and one that takes from it,
    where that would lead back, as it does where a layer is called again behind itself.

    >>> Lanes([0], [0], [], []).columns
    [0]
    """

    columns: list[int]
    lanes: list[int]
    arrows: list[Arrow]
    backward: list[tuple[int, int]]


def lanes_of(sources: Sequence[Sequence[int]]) -> Lanes:
    """Where boxes stand that take from these boxes each.

    >>> found = lanes_of([(), (0,), (1,), (0, 2)])
    >>> found.columns, found.lanes, found.arrows[-2:]
    ([0, 1, 2, 3], [0, 0, 0, 0], [Arrow(source=2, taker=3, lane=0), Arrow(source=0, taker=3, lane=1)])
    """
    order, forward, backward = _ordered(sources)
    columns = [0] * len(sources)
    for box in order:
        columns[box] = max((columns[source] + 1 for source in forward[box]), default=0)
    ahead = [1] * len(sources)
    for box in reversed(order):
        for source in forward[box]:
            ahead[source] = max(ahead[source], ahead[box] + 1)
    lanes = [0] * len(sources)
    used: set[tuple[int, int]] = set()
    for box in sorted(order, key=lambda box: (columns[box], -ahead[box], box)):
        wished = min((lanes[source] for source in forward[box]), default=0)
        lanes[box] = next(lane for lane in _nearest(wished) if (columns[box], lane) not in used)
        used.add((columns[box], lanes[box]))
    pairs = sorted(
        ((source, box) for box in order for source in forward[box]),
        key=lambda pair: (columns[pair[1]] - columns[pair[0]], columns[pair[1]], pair),
    )
    arrows = []
    for source, taker in pairs:
        between = range(columns[source] + 1, columns[taker])
        wished = max(lanes[source], lanes[taker]) if between else lanes[taker]
        lane = next(lane for lane in _nearest(wished) if not any((column, lane) in used for column in between))
        used.update((column, lane) for column in between)
        arrows.append(Arrow(source, taker, lane))
    return Lanes(columns, lanes, arrows, backward)


def _nearest(wished: int) -> Iterator[int]:
    """All lanes, those near this one first."""
    return (lane for distance in count() for lane in (wished + distance, wished - distance) if lane >= 0)


def _ordered(sources: Sequence[Sequence[int]]) -> tuple[list[int], list[list[int]], list[tuple[int, int]]]:
    """The boxes, each after those it takes from; what it takes from; and the pairs for which that cannot be."""
    takers: list[list[int]] = [[] for _ in sources]
    for box, taken in enumerate(sources):
        for source in taken:
            takers[source].append(box)
    open_sources = [set(taken) for taken in sources]
    forward: list[list[int]] = [[] for _ in sources]
    backward: list[tuple[int, int]] = []
    ready = [box for box, taken in enumerate(open_sources) if not taken]
    heapify(ready)
    waiting = dict.fromkeys(range(len(sources)))
    order: list[int] = []
    while waiting:
        if ready:
            box = heappop(ready)
        else:
            # What waits is in a circle: the first that has something to take begins
            box = next((one for one in waiting if forward[one]), next(iter(waiting)))
            backward += sorted((source, box) for source in open_sources[box])
            open_sources[box].clear()
        del waiting[box]
        order.append(box)
        for taker in takers[box]:
            if box in open_sources[taker]:
                open_sources[taker].remove(box)
                forward[taker].append(box)
                if not open_sources[taker]:
                    heappush(ready, taker)
    return order, [[s for s in sources[box] if s in forward[box]] for box in range(len(sources))], backward
