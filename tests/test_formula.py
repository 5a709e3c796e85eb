"""Numbers that remember, and how their expressions are written."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from operator import add, floordiv, mul, sub
from typing import Any

import pytest
from evaluation import evaluated
from hypothesis import given
from hypothesis import strategies as st

from paramcalc import Layer, Shape, Weight
from paramcalc.formula import latex, numbers, remarks, simplified, total, words
from paramcalc.traced import Traced, largest, named, noted, quotient, smallest

plain = st.integers(-30, 30)
positive = st.integers(1, 9)
labels = st.sampled_from(["height", "stride", "padding top"])
leaves = st.builds(Traced.leaf, plain, labels, idle=st.booleans())


def divided(whole: int, below: int) -> int:
    return quotient(whole * below, below)


def extended(inner: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    either = inner | plain
    below = st.builds(Traced.leaf, positive, labels, idle=st.booleans()) | positive
    return st.one_of(
        st.builds(lambda a, b: a + b, either, either),
        st.builds(lambda a, b: a - b, either, either),
        st.builds(lambda a, b: a * b, either, either),
        st.builds(lambda a, b: a // b, either, below),
        st.builds(lambda a, b: -(-a // b), either, below),
        st.builds(lambda a, b: b // (a * a + 1), either, plain),
        st.builds(divided, either, below),
        st.builds(smallest, either, either),
        st.builds(largest, either, either),
        st.builds(lambda a: -a, inner),
        st.builds(lambda a: +a, inner),
        st.builds(lambda *summands: sum(summands), either, either, either),
    )


expressions = st.recursive(leaves, extended, max_leaves=12)


class TestTracing:
    """An int that remembers is an int: the same arithmetic gives the same number."""

    @given(expressions)
    def test_the_numbers_evaluated_give_the_value(self, expression: int) -> None:
        assert evaluated(numbers(expression)) == int(expression)

    @given(plain, plain)
    def test_an_operation_is_that_of_ints_whichever_side_remembers(self, left: int, right: int) -> None:
        operations: list[Callable[[int, int], int]] = [add, sub, mul, smallest, largest]
        for operation in operations + [floordiv] * (right != 0):
            for one, other in [(1, 1), (1, 0), (0, 1)]:
                remembered = operation(*(Traced.leaf(side, "n") if is_leaf else side
                                         for side, is_leaf in ((left, one), (right, other))))  # fmt: skip
                assert isinstance(remembered, Traced)
                assert remembered == operation(left, right) == evaluated(numbers(remembered))

    @given(expressions)
    def test_so_do_the_numbers_without_what_does_nothing(self, expression: int) -> None:
        assert simplified(expression) == expression
        assert evaluated(numbers(simplified(expression))) == int(expression)

    @given(expressions)
    def test_simplifying_twice_changes_nothing(self, expression: int) -> None:
        once = simplified(expression)
        assert words(once) == words(simplified(once))

    @given(expressions)
    def test_latex_balances_its_braces_and_brackets(self, expression: int) -> None:
        for text in (latex(expression), latex(expression, with_numbers=True)):
            assert text.count("{") == text.count("}")
            assert text.count(r"\left") == text.count(r"\right")
            assert text.isprintable()

    @given(expressions)
    def test_it_survives_pickle(self, expression: int) -> None:
        again = pickle.loads(pickle.dumps(expression))  # noqa: S301 (made here)
        assert words(expression) == words(again)

    @given(expressions, plain)
    def test_it_compares_as_an_int(self, expression: int, number: int) -> None:
        assert (expression == number) == (int(expression) == number)
        assert (expression < number) == (int(expression) < number)
        assert hash(expression) == hash(int(expression))

    @pytest.mark.parametrize("other", ["a", None, [1]])
    def test_it_adds_to_nothing_that_an_int_does_not_add_to(self, other: Any) -> None:
        leaf: Any = Traced.leaf(3, "n")
        operations: list[Callable[[], object]] = [
            lambda: leaf + other, lambda: other + leaf, lambda: leaf - other, lambda: other - leaf,
            lambda: leaf // other, lambda: other // leaf, lambda: leaf * {}, lambda: {} * leaf,
        ]  # fmt: skip
        for operation in operations:
            with pytest.raises(TypeError):
                operation()

    def test_floats_are_floats(self) -> None:
        assert Traced.leaf(3, "n") * 0.5 == 1.5

    def test_plain_ints_stay_plain(self) -> None:
        for number in (quotient(8, 2), smallest(4, 5), largest(4, 3), named(4, "n"), noted(4, "n")):
            assert type(number) is int
            assert number == 4


height, kernel = Traced.leaf(33, "height"), Traced.leaf(4, "kernel")
stride, channels = Traced.leaf(2, "stride"), Traced.leaf(8, "channels")
one = Traced.leaf(1, "stride", idle=True)


class TestWriting:
    @pytest.mark.parametrize(
        ("expression", "in_words", "in_numbers", "in_short"),
        [
            ((height - kernel) // stride + 1, "⌊(height − kernel) / stride⌋ + 1", "⌊(33 − 4) / 2⌋ + 1", None),
            ((height - kernel) // one + 1, "⌊(height − kernel) / stride⌋ + 1", "⌊(33 − 4) / 1⌋ + 1", "33 − 4 + 1"),
            (-(-height // stride), "⌈height / stride⌉", "⌈33 / 2⌉", None),
            (-(-height // one), "⌈height / stride⌉", "⌈33 / 1⌉", "33"),
            (-(height // stride), "−⌊height / stride⌋", "−⌊33 / 2⌋", None),
            (height - (kernel + 1), "height − (kernel + 1)", "33 − (4 + 1)", "33 − 4 − 1"),
            (height - (kernel - 1), "height − (kernel − 1)", "33 − (4 − 1)", "33 − 4 + 1"),
            ((kernel + 1) * channels, "(kernel + 1) × channels", "(4 + 1) × 8", None),
            (kernel * (channels * stride), "kernel × channels × stride", "4 × 8 × 2", None),
            (kernel * quotient(channels, stride), "kernel × (channels / stride)", "4 × (8 / 2)", None),
            (quotient(channels, one), "channels / stride", "8 / 1", "8"),
            (one * (kernel - 1) + 1, "stride × (kernel − 1) + 1", "1 × (4 − 1) + 1", "4"),
            (one * one, "stride × stride", "1 × 1", "1"),
            (kernel - kernel, "kernel − kernel", "4 − 4", None),
            (height + 0, "height + 0", "33 + 0", "33"),
            (Traced.leaf(0, "padding") + 0, "padding + 0", "0 + 0", "0"),
            (-kernel, "−kernel", "−4", None),
            (kernel - 6 - Traced.leaf(-2, "offset"), "kernel − 6 − offset", "4 − 6 − (−2)", "4 − (−2) − 6"),
            (smallest(kernel, channels), "min(kernel, channels)", "min(4, 8)", None),
            (largest(kernel + 1, 3), "max(kernel + 1, 3)", "max(4 + 1, 3)", None),
            (named(kernel * channels, "entries"), "entries", "32", None),
            (height * named(kernel - 3, "rest"), "height × rest", "33 × 1", None),
        ],
    )  # fmt: skip
    def test_in_words_numbers_and_short(
        self, expression: int, in_words: str, in_numbers: str, in_short: str | None
    ) -> None:
        assert words(expression) == in_words
        assert numbers(expression) == in_numbers
        assert numbers(simplified(expression)) == (in_short or in_numbers)

    def test_in_latex(self) -> None:
        assert latex(-(-height // stride)) == r"\left\lceil \frac{\text{height}}{\text{stride}} \right\rceil"
        assert latex(smallest(kernel, -kernel), with_numbers=True) == r"\min\left( 4, -4 \right)"
        assert latex(Traced.leaf(2, "a_b $x$")) == r"\text{a\_b \$x\$}"

    def test_remarks_name_the_roundings_that_round(self) -> None:
        assert remarks(height // stride) == ("33 / 2 is rounded down to 16",)
        assert remarks(-(-height // stride)) == ("33 / 2 is rounded up to 17",)
        assert remarks(channels // stride) == ()
        assert remarks(noted(channels, "by hand")) == ("by hand",)
        assert remarks(8) == ()


class TestTotals:
    NAMES = ("a", "b", "c", "d", "e")

    @given(st.lists(st.builds(lambda *factors: factors[0] * factors[1], leaves, leaves) | leaves, max_size=5))
    def test_are_the_sums(self, sizes: list[int]) -> None:
        added = total(self.NAMES[: len(sizes)], sizes)
        assert added == sum(map(int, sizes))
        assert evaluated(numbers(added)) == Fraction(int(added))

    def test_bracket_out_what_two_weights_share(self) -> None:
        assert words(total(("a", "b"), [kernel * channels, channels])) == "(kernel + 1) × channels"
        assert words(total(("a", "b"), [kernel * channels * channels, channels * channels])) == (
            "(kernel + 1) × channels × channels"
        )
        assert words(total(("a", "b"), [kernel, channels])) == "kernel + channels"
        assert words(total(("a", "b"), [kernel * channels, stride * channels])) == "(kernel + stride) × channels"

    def test_count_equal_terms(self) -> None:
        assert words(total(("a", "b", "c", "d"), [channels] * 4)) == "4 × channels"
        assert words(total(("a", "b"), [kernel * channels] * 2)) == "2 × kernel × channels"

    def test_call_more_weights_by_their_names(self) -> None:
        assert words(total(("a", "b", "c"), [kernel, channels, stride])) == "a + b + c"
        assert words(total(self.NAMES, [channels] * 5)) == "a + b + c + d + e"

    def test_split_what_is_trained_from_what_is_not(self) -> None:
        class Statistics(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                return tuple(Weight(name, {"channels": in_shape[-1]}, name < "c") for name in "abcd")

        steps = {step.what: step for step in Statistics().explain((5, 8)).short.steps}
        assert steps["params"].words == "4 × input channels"
        assert steps["trainable params"].words == steps["non-trainable params"].words == "2 × input channels"
        assert Statistics(trainable=False).explain((5, 8)).short.steps[-1].words == "4 × input channels"
