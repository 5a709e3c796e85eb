"""What a person may write for a count or a shape, and what is no answer."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import plain
from test_errors import Hostile, Loud

from paramcalc.grading.answers import (
    Unreadable,
    given_for,
    read_answer,
    read_count,
    read_shape,
    same_shape,
    without_batch,
)
from paramcalc.grading.outcomes import About

ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


class TestACount:
    @pytest.mark.parametrize(
        "written",
        [
            50828751,
            np.int64(50828751),
            np.uint32(50828751),
            np.array(50828751),
            "50828751",
            "50,828,751",
            "50 828 751",
            "50\u00a0828\u00a0751",
            "50\u202f828\u202f751",
            "50'828'751",
            "50’828’751",
            "50.828.751",
            "50_828_751",
            " +50828751\n",
            "(50828751)",
            "[50,828,751]",
            "50828751,",
            "(50828751,)",
            Loud("50,828,751"),
        ],
        ids=repr,
    )
    def test_is_read_however_it_is_written(self, written: object) -> None:
        count = read_count(written)
        assert count == 50_828_751
        assert type(count) is int

    @given(st.integers(), st.sampled_from(["", "_", ","]))
    def test_is_read_whatever_it_is(self, number: int, mark: str) -> None:
        assert read_count(f"{number:{mark}}") == number == read_count(number)

    @pytest.mark.parametrize(
        "written",
        [
            None,
            True,
            np.True_,
            896.0,
            float("nan"),
            float("inf"),
            1e300,
            np.float64(896),
            np.array([896, 1]),
            "",
            "896.0",
            "50.828",
            "5,0828",
            "50,828 751",
            "eight",
            "8e2",
            "0x380",
            "٨٩٦",
            "-",
            "9" * 1001,
            b"896",
            [896],
            {},
            ENDLESS,
            Hostile(),
        ],
        ids=lambda written: type(written).__name__,
    )
    def test_that_cannot_be_read_says_why(self, written: object) -> None:
        unread = read_count(written)
        assert isinstance(unread, Unreadable)
        assert unread.reason.startswith("the answer must be a whole number, such as 896 or 50,828,751, got ")
        assert len(unread.reason) < 600
        assert unread.reason.isprintable()

    def test_that_is_a_float_has_a_way_out(self) -> None:
        assert isinstance(read_count(896.0), Unreadable)
        assert "; write 896" in str(read_count(896.0))
        assert "; write" not in str(read_count(896.5))

    def test_that_is_a_float_is_taken_for_an_int_where_floats_tell_ints_apart(self) -> None:
        assert "; write 999999999999999" in str(read_count(1e15 - 1))
        assert "; write" not in str(read_count(1e15))

    def test_may_be_as_long_as_a_thousand_characters(self) -> None:
        assert read_count("7".zfill(1_000)) == 7
        assert isinstance(read_count("7".zfill(1_001)), Unreadable)


class TestAShape:
    @pytest.mark.parametrize(
        "written",
        [
            (28, 28, 8),
            [28, 28, 8],
            (np.int32(28), "28", 8),
            "(28, 28, 8)",
            "[28, 28, 8]",
            "(28,28,8,)",
            "28, 28, 8",
            "28,28,8",
            "28 28 8",
            "28x28x8",
            "28 × 28 × 8",
            "28*28*8",
            "28;28;8",
            "28X28X8",
            "((28, 28, 8))",
            "torch.Size([28, 28, 8])",
            "TensorShape([28, 28, 8])",
            Loud("28x28x8"),
        ],
        ids=repr,
    )
    def test_is_read_however_it_is_written(self, written: object) -> None:
        shape = read_shape(written, (28, 28, 8))
        assert shape == (28, 28, 8)
        assert isinstance(shape, tuple)
        assert [type(axis) for axis in shape] == [int] * 3

    @pytest.mark.parametrize(
        "written", [(None, 28, 8), "(None, 28, 8)", "[null, 28, 8]", "? x 28 x 8", ["none", 28, 8]]
    )
    def test_may_hold_the_batch(self, written: object) -> None:
        assert read_shape(written) == (None, 28, 8)

    @pytest.mark.parametrize("written", [(-1, 28, 8), "(-1, 28, 8)", "[-1, 28, 8]"])
    def test_may_hold_the_batch_as_it_is_printed_elsewhere(self, written: object) -> None:
        assert read_shape(written, (28, 8)) == (None, 28, 8)
        assert read_shape(written, (2, 28, 8)) == (-1, 28, 8)

    def test_of_one_axis_may_be_an_int(self) -> None:
        assert [read_shape(written, (1280,)) for written in (1280, "1280", "1,280", [1280], "(1280,)")] == [(1280,)] * 5
        assert read_shape("128,128", (128, 128)) == (128, 128)

    def test_of_no_axes_has_brackets(self) -> None:
        written: list[object] = [(), [], "()", "[ ]"]
        assert {read_shape(each) for each in written} == {()}

    def test_may_have_sixty_four_axes(self) -> None:
        for written in ((1,) * 64, [1] * 64, "1 " * 64):
            assert read_shape(written) == (1,) * 64

    def test_of_several_outputs_is_a_list_of_shapes(self) -> None:
        right = ((20, 64), (64,), (64,))
        assert read_shape([(20, 64), 64, "64"], right) == Unreadable(
            "the answer must be ints and None, such as (28, 28, 8), got [(20, 64), 64, '64']"
        )
        assert read_shape([(20, 64), [64], (64,)], right) == right

    @pytest.mark.parametrize(
        "written",
        [
            None,
            True,
            1.5,
            (28.0, 28),
            (28, True),
            "",
            "28 by 28",
            "x",
            "(,)",
            "(28, 28",
            "none of them",
            "28" * 501,
            {28: 8},
            {28, 8},
            [[[28]]],
            [[28], None],
            (28,) * 65,
            [28] * 1_000_000,
            "1 " * 65,
            ENDLESS,
            Hostile(),
            [Hostile()],
        ],
        ids=lambda written: type(written).__name__,
    )
    def test_that_cannot_be_read_says_why(self, written: object) -> None:
        unread = read_shape(written)
        assert isinstance(unread, Unreadable)
        assert unread.reason.startswith("the answer must be ints and None, such as (28, 28, 8), got ")
        assert len(unread.reason) < 600

    def test_is_the_right_one_with_the_batch_or_without(self) -> None:
        assert same_shape((None, 32), (32,))
        assert same_shape((None, None, 32), (None, 32))
        assert same_shape((None, 32), (None, 32))
        assert not same_shape((1, 32), (32,))
        assert same_shape(((None, 20, 64), (64,)), ((20, 64), (64,)))
        assert not same_shape(((20, 64),), ((20, 64), (64,)))
        assert not same_shape((20, 64), ((20, 64), (64,)))
        assert not same_shape(((20, 64), (64,)), (20, 64))


axes = st.lists(st.none() | st.integers(1, 9), max_size=4).map(tuple)


class TestTheBatch:
    """A None before a shape that is more than the right one begins with."""

    @given(axes, axes)
    def test_is_left_out(self, answer: tuple[Any, ...], right: tuple[Any, ...]) -> None:
        assert without_batch((None, *right), right) == without_batch(right, right) == right
        if right[:1] != (None,):
            assert without_batch((None, *answer), right) == answer

    @given(st.lists(axes, min_size=1, max_size=4).map(tuple), st.data())
    def test_is_left_out_of_each_of_several_shapes(self, rights: tuple[Any, ...], data: st.DataObject) -> None:
        written = tuple(data.draw(st.sampled_from([right, (None, *right)])) for right in rights)
        assert without_batch(written, rights) == rights

    @given(st.lists(axes, min_size=1, max_size=4).map(tuple), axes)
    def test_is_left_out_of_more_shapes_than_are_right(self, written: tuple[Any, ...], right: tuple[Any, ...]) -> None:
        first, *others = without_batch(written, right)
        assert first == without_batch(written[0], right)
        assert others == [shape[1:] if shape[:1] == (None,) else shape for shape in written[1:]]


def test_what_is_given_is_kept_as_an_int_of_256_bits_and_else_as_a_text() -> None:
    largest = 2**256 - 1
    assert given_for("params", largest, 896).plain == largest
    assert given_for("output_shape", (None, largest), (None, 3)).plain == (None, largest)
    assert isinstance(given_for("params", largest + 1, 896).plain, str)
    assert isinstance(given_for("output_shape", (largest + 1,), (3,)).plain, str)


@pytest.mark.parametrize("about", ["params", "output_shape"])
def test_what_raises_is_refused_like_anything_else_that_is_no_answer(about: About) -> None:
    class Leaving:
        def __index__(self) -> int:
            raise SystemExit

    refused, expected = read_answer(about, Leaving(), (896,)), read_answer(about, "x", (896,))
    assert refused.reason.partition(", got")[0] == expected.reason.partition(", got")[0]


nested: st.SearchStrategy[Any] = st.recursive(st.integers() | st.text(), lambda inner: st.tuples(inner, inner))


@given(plain | nested)
def test_whatever_is_written_is_read_or_not(written: object) -> None:
    count, shape = read_count(written), read_shape(written)
    assert type(count) is int or isinstance(count, Unreadable)
    assert isinstance(shape, tuple | Unreadable)


@pytest.mark.parametrize(
    "written", ["9" * 10**6, 10**100_000, [1] * 10**6, " " * 10**6, "1," * 499], ids=["9s", "int", "list", " ", ","]
)
def test_what_is_huge_is_read_at_once(written: Any) -> None:
    """The time does not hang on the size: a thousandth of what looking through all of it would take."""
    began = time.perf_counter()
    assert isinstance(read_count(written), int | Unreadable)
    assert isinstance(read_shape(written), tuple | Unreadable)
    assert time.perf_counter() - began < 0.5
