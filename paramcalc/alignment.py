"""Which items of two sequences belong together, in order.

Knows: items that are equal, or of one kind, and how long to look. Must not know: layers, models.

Short sequences are aligned in the best way that there is. Long ones are cut first, at what they have in common, by
the algorithm of Myers ("An O(ND) difference algorithm and its variations", 1986), whose time is the length times the
differences; after some differences it settles for the way that got furthest, so that no two sequences take long.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import accumulate, takewhile
from operator import eq
from typing import NamedTuple, TypeAlias

Pair: TypeAlias = tuple[int, int]
"""A position in the first sequence and one in the second."""
Likeness: TypeAlias = Callable[[int, int], int]
"""How like two values of one kind are that are not equal, from 0 to `MOST_ALIKE`."""

OF_ONE_KIND, MOST_ALIKE, EQUAL, NAMED_ALIKE = 8, 8, 16, 3
"""What makes a pair worth more: each is added, but `EQUAL` for the likeness of equal values."""

_LEVELS: tuple[Callable[[Item], Hashable], ...] = (lambda item: item, lambda item: item.value, lambda item: item.kind)
"""By what long sequences are cut: first by what is equal with its name."""

MOST_LOOKS = 1_000_000
"""How many pairs of items are looked at, in all, in search of the best alignment."""

MOST_DIFFERENCES = 64
"""After how many differences the search for what is common settles for what it has, and begins again there."""


class Item(NamedTuple):
    """What is compared of one item: its `kind`, its `value`, which implies the kind, and its `name`, each a number.

    >>> Item(kind=1, value=5, name=0)
    Item(kind=1, value=5, name=0)
    """

    kind: int
    value: int
    name: int


def aligned(first: Sequence[Item], second: Sequence[Item], likeness: Likeness) -> list[Pair]:
    """The pairs of items that belong together, in order: all are of one kind, and an item may stay alone.

    Equal items count more than those of one kind, and these more than none.

    >>> conv, pool, larger = Item(0, 0, 0), Item(1, 1, 0), Item(0, 2, 0)
    >>> aligned([conv, pool, conv], [larger, pool], lambda one, other: 0)
    [(0, 0), (1, 1)]
    """
    pairs: list[Pair] = []
    looks = MOST_LOOKS
    gaps = [(0, len(first), 0, len(second))]
    for level in _LEVELS:
        later: list[tuple[int, int, int, int]] = []
        for start, end, other_start, other_end in gaps:
            one, other = first[start:end], second[other_start:other_end]
            shorter = min(len(one), len(other))
            if len(one) * len(other) <= looks:
                looks -= len(one) * len(other)
                found = best(one, other, likeness)
            else:
                found = common(list(map(level, one)), list(map(level, other)))
                if 2 * len(found) < shorter and level is not _LEVELS[-1]:
                    found = []  # a few that are equal by chance would keep apart what is alike
                later += _between(found, end - start, other_end - other_start, start, other_start)
            pairs += [(start + i, other_start + j) for i, j in found]
        gaps = later
    return sorted(pairs)


def _between(
    pairs: Sequence[Pair], length: int, other_length: int, shift: int, other_shift: int
) -> Iterator[tuple[int, int, int, int]]:
    """The gaps around pairs: where each begins and ends in the two sequences, which are parts of longer ones."""
    start = other_start = 0
    for i, j in (*pairs, (length, other_length)):
        if start < i and other_start < j:
            yield shift + start, shift + i, other_shift + other_start, other_shift + j
        start, other_start = i + 1, j + 1


# The best alignment of short sequences


def best(first: Sequence[Item], second: Sequence[Item], likeness: Likeness) -> list[Pair]:
    """The alignment that is worth most, by a table of what the beginnings are worth.

    >>> small, large, pool = Item(0, 0, 0), Item(0, 1, 0), Item(1, 2, 0)
    >>> best([small, pool, large], [large, pool], lambda one, other: 4)
    [(0, 0), (1, 1)]
    """
    # Equal items at either end are worth most with each other, whatever is between
    before = _equal(first, second)
    after = _equal(first[before:][::-1], second[before:][::-1])
    ends = [(i, i) for i in range(before)] + [(len(first) - i, len(second) - i) for i in range(after, 0, -1)]
    one, other = first[before : len(first) - after], second[before : len(second) - after]
    table = [[0] * (len(other) + 1)]
    for item in one:
        above = table[-1]
        with_item = (
            worth + _worth(item, another, likeness) if item.kind == another.kind else 0
            for worth, another in zip(above, other, strict=False)
        )
        table.append(list(accumulate(map(max, with_item, above[1:]), max, initial=0)))
    i, j = len(one), len(other)
    while i and j:
        if table[i][j] == table[i][j - 1]:
            j -= 1
        elif table[i][j] == table[i - 1][j]:
            i -= 1
        else:
            i, j = i - 1, j - 1
            ends.append((before + i, before + j))
    return sorted(ends)


def _equal(first: Sequence[Item], second: Sequence[Item]) -> int:
    """How many items are equal from the beginning on."""
    return sum(takewhile(bool, map(eq, first, second)))


def _worth(one: Item, other: Item, likeness: Likeness) -> int:
    alike = EQUAL if one.value == other.value else likeness(one.value, other.value)
    return OF_ONE_KIND + alike + NAMED_ALIKE * (one.name == other.name)


# What long sequences have in common


def common(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Pair]:
    """A common subsequence: the longest where the sequences differ little, and a long one where they differ much.

    >>> common("abcabba", "cbabac")
    [(2, 0), (3, 2), (4, 3), (6, 4)]
    """
    shared = set(first).intersection(second)
    at, other_at = ([i for i, item in enumerate(items) if item in shared] for items in (first, second))
    one, other = [first[i] for i in at], [second[j] for j in other_at]
    pairs: list[Pair] = []
    x = y = 0
    while x < len(one) and y < len(other):
        found, x, y = _furthest(one, other, x, y)
        pairs += [(at[i], other_at[j]) for i, j in found]
    return pairs


def _furthest(first: Sequence[Hashable], second: Sequence[Hashable], x: int, y: int) -> tuple[list[Pair], int, int]:
    """The pairs on the way from (x, y) that gets furthest with few differences, and where it ends.

    A way goes through the grid of both sequences: along the first, along the second, or, where items are equal, along
    both at once. `reached[k]` is how far along the first the ways get that have gone k further in it.
    """
    width, height = len(first), len(second)
    reached = {1: x}
    history: list[dict[int, int]] = []
    for steps in range(MOST_DIFFERENCES + 1):
        history.append(dict(reached))
        for k in range(-steps, steps + 1, 2):
            i = _aside(reached, k, steps)[1]
            j = y + i - x - k
            while i < width and j < height and first[i] == second[j]:
                i, j = i + 1, j + 1
            reached[k] = i
            if i >= width and j >= height:
                return _walked(history, k, i, x, y), i, j
    last = range(-MOST_DIFFERENCES, MOST_DIFFERENCES + 1, 2)
    k = max(
        (k for k in last if reached[k] <= width and y + reached[k] - x - k <= height), key=lambda k: 2 * reached[k] - k
    )
    return _walked(history, k, reached[k], x, y), reached[k], y + reached[k] - x - k


def _aside(reached: Mapping[int, int], k: int, steps: int) -> tuple[int, int]:
    """The diagonal from which a step leads furthest on this one, and how far along the first sequence it leads."""
    if k == -steps or (k != steps and reached[k - 1] < reached[k + 1]):
        return k + 1, reached[k + 1]
    return k - 1, reached[k - 1] + 1


def _walked(history: Sequence[Mapping[int, int]], k: int, i: int, x: int, y: int) -> list[Pair]:
    """The pairs of equal items on a way, from where it ends back to (x, y)."""
    pairs: list[Pair] = []
    for steps in range(len(history) - 1, -1, -1):
        came_from, start = _aside(history[steps], k, steps)
        pairs += [(at, y + at - x - k) for at in range(i - 1, start - 1, -1)]
        k, i = came_from, history[steps][came_from]
    return pairs[::-1]
