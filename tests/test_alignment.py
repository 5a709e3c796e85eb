"""Which items of two sequences belong together: the best pairs for short ones, and many, soon, for long ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcalc import alignment
from paramcalc.alignment import EQUAL, MOST_ALIKE, NAMED_ALIKE, OF_ONE_KIND, Item, Pair, aligned, best, common

values = st.integers(0, 5)
items = st.lists(st.builds(lambda value, name: Item(value % 3, value, name), values, st.integers(0, 1)), max_size=8)


def likeness(one: int, other: int) -> int:
    return MOST_ALIKE // (1 + abs(one - other))


def worth(first: Sequence[Item], second: Sequence[Item], pairs: Sequence[Pair]) -> int:
    total = 0
    for i, j in pairs:
        one, other = first[i], second[j]
        total += OF_ONE_KIND + (EQUAL if one.value == other.value else likeness(one.value, other.value))
        total += NAMED_ALIKE if one.name == other.name else 0
    return total


def most(first: Sequence[Item], second: Sequence[Item]) -> int:
    """What the best of all alignments is worth, by trying them all."""

    @cache
    def of(i: int, j: int) -> int:
        if i == len(first) or j == len(second):
            return 0
        alone = max(of(i + 1, j), of(i, j + 1))
        if first[i].kind != second[j].kind:
            return alone
        return max(alone, of(i + 1, j + 1) + worth(first[i:], second[j:], [(0, 0)]))

    return of(0, 0)


def are_in_order(pairs: Sequence[Pair]) -> bool:
    return all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(pairs))


def longest_common(first: Sequence[int], second: Sequence[int]) -> int:
    """The length of the longest common subsequence, by the table of the textbook."""
    row = [0] * (len(second) + 1)
    for item in first:
        diagonal = 0
        for j, other in enumerate(second):
            diagonal, row[j + 1] = row[j + 1], diagonal + 1 if item == other else max(row[j], row[j + 1])
    return row[-1]


class TestShortSequences:
    @given(items, items)
    def test_are_aligned_in_the_best_way(self, first: list[Item], second: list[Item]) -> None:
        pairs = best(first, second, likeness)
        assert are_in_order(pairs)
        assert all(first[i].kind == second[j].kind for i, j in pairs)
        assert most(first, second) == worth(first, second, pairs)
        assert pairs == aligned(first, second, likeness)

    def test_a_whole_network_of_larger_layers_is_one_of_changed_layers(self) -> None:
        """An equal layer in another place is worth less than all layers in their places."""
        small, large, largest, pool = (Item(0, 1, 0), Item(0, 2, 0), Item(0, 3, 0), Item(1, 0, 0))
        pairs = best([small, pool, large, pool], [large, pool, largest, pool], lambda *_: 4)
        assert pairs == [(0, 0), (1, 1), (2, 2), (3, 3)]

    def test_of_equal_layers_those_with_equal_names_belong_together(self) -> None:
        first = [Item(0, 1, 10), Item(0, 1, 11)]
        assert best(first, [Item(0, 1, 11)], likeness) == [(1, 0)]


class TestWhatIsCommon:
    @given(st.lists(values), st.lists(values))
    def test_is_the_longest_where_little_differs(self, first: list[int], second: list[int]) -> None:
        pairs = common(first, second)
        assert are_in_order(pairs)
        assert all(first[i] == second[j] for i, j in pairs)
        assert longest_common(first, second) == len(pairs)

    @given(st.lists(values, max_size=60), st.lists(values, max_size=60), st.integers(1, 8))
    def test_is_common_where_the_search_settles_for_less(self, first: list[int], second: list[int], most: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alignment, "MOST_DIFFERENCES", most)
            pairs = common(first, second)
        assert are_in_order(pairs)
        assert all(first[i] == second[j] for i, j in pairs)
        assert bool(pairs) == bool(set(first) & set(second))


class TestLongSequences:
    @given(items, items)
    def test_are_cut_at_what_they_have_in_common(self, first: list[Item], second: list[Item]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(alignment, "MOST_LOOKS", 6)
            pairs = aligned(first, second, likeness)
        assert are_in_order(pairs)
        assert all(first[i].kind == second[j].kind for i, j in pairs)
        kinds = [[item.kind for item in each] for each in (first, second)]
        assert bool(pairs) == bool(set(kinds[0]).intersection(kinds[1]))

    @pytest.mark.parametrize("kinds", [1, 4, 100_000])
    def test_that_differ_much_are_aligned(self, kinds: int) -> None:
        """A search that tried everything would take hours here."""
        draw = random.Random(kinds)  # noqa: S311 (any numbers will do)
        first, second = ([draw.randrange(kinds) for _ in range(100_000)] for _ in range(2))
        pairs = aligned([Item(0, x, 0) for x in first], [Item(0, x + kinds // 2, 0) for x in second], likeness)
        assert are_in_order(pairs)
        assert len(pairs) > 50_000

    def test_that_differ_little_are_aligned_exactly(self) -> None:
        draw = random.Random(1)  # noqa: S311 (any numbers will do)
        first = [Item(0, draw.randrange(9), 0) for _ in range(100_000)]
        second = [*first[:10], Item(1, 99, 0), *first[10:50_000], *first[50_001:]]
        pairs = aligned(first, second, likeness)
        assert len(pairs) == 99_999
        assert all(first[i] == second[j] for i, j in pairs)
