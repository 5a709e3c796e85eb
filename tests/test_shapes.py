"""Shapes: what counts as one, and what its axes are."""

from __future__ import annotations

import pytest

from paramcalc import ShapeError
from paramcalc.shapes import as_shape, require_fit

LARGEST = 2**63 - 1


def refusal(value: object) -> str:
    with pytest.raises(ShapeError) as refused:
        as_shape(value)
    return str(refused.value)


class TestAShape:
    @pytest.mark.parametrize("shape", [(), (1,), (LARGEST, None), (1,) * 64])
    def test_is_kept(self, shape: tuple[int | None, ...]) -> None:
        assert shape == as_shape(shape) == as_shape(list(shape))

    @pytest.mark.parametrize("shape", [(0,), (-1,), (LARGEST + 1,), (1,) * 65])
    def test_has_axes_within_limits(self, shape: tuple[int, ...]) -> None:
        assert refusal(shape).startswith("in_shape")

    @pytest.mark.parametrize("size", [1, 3, LARGEST])
    def test_that_is_a_bare_int_is_refused_with_the_way_out(self, size: int) -> None:
        assert refusal(size).endswith(f"; write ({size},)")

    @pytest.mark.parametrize("size", [0, -1, LARGEST + 1, True, 3.0])
    def test_that_no_tuple_would_mend_is_refused_without_one(self, size: float) -> None:
        assert "write" not in refusal(size)


class TestTheBatchAxis:
    """It is left out; who writes it is told so, and nobody else is."""

    @pytest.mark.parametrize(
        ("in_shape", "told"),
        [((None, 3, 4), True), ((None, 4, 3), False), ((8, 3, 4), False), ((None, 3), False), ((4, 3), False)],
    )
    def test_is_spoken_of_where_it_was_written(self, in_shape: tuple[int | None, ...], told: bool) -> None:
        with pytest.raises(ShapeError) as refused:
            require_fit(in_shape, (3, 4), "as Input says")
        assert told == str(refused.value).endswith("; leave out the batch axis")
