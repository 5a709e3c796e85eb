"""The one count of windows, against windows that are laid out and counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcalc import Conv1D, Conv2D, ConvTranspose, Pool, ShapeError, Window
from paramcalc.windows import count, transposed_count

sizes = st.integers(1, 40)
kernels = st.integers(1, 7)
strides = st.integers(1, 5)
dilations = st.integers(1, 4)
sides = st.integers(0, 5)


def laid_out(first: int, last: int, span: int, stride: int) -> int:
    """How many windows of this span fit between two positions, both counted, when each starts a stride further on."""
    return sum(1 for start in range(first, last + 1, stride) if start + span - 1 <= last)


class TestExplicitPadding:
    """The count is ⌊(n + before + after − span) / stride⌋ + 1, span = dilation × (kernel − 1) + 1."""

    @given(sizes, kernels, strides, dilations, sides, sides)
    def test_counts_the_windows_that_fit(
        self, size: int, kernel: int, stride: int, dilation: int, before: int, after: int
    ) -> None:
        cells = [dilation * cell for cell in range(kernel)]
        last = size - 1 + after
        expected = sum(1 for start in range(-before, last + 1, stride) if start + cells[-1] <= last)
        actual = count(size, kernel, stride, dilation, (before, after), ceil_mode=False)
        assert expected == max(actual, 0)

    @given(sizes, kernels, strides, dilations)
    def test_valid_is_no_padding(self, size: int, kernel: int, stride: int, dilation: int) -> None:
        assert count(size, kernel, stride, dilation, (0, 0), ceil_mode=False) == count(
            size, kernel, stride, dilation, "valid", ceil_mode=False
        )


class TestSame:
    """`same` is ⌈n / stride⌉, whatever the kernel: as many windows as there are strides that begin inside the axis."""

    @given(sizes, kernels, strides, dilations)
    def test_counts_the_strides(self, size: int, kernel: int, stride: int, dilation: int) -> None:
        expected = len(range(0, size, stride))
        assert expected == count(size, kernel, stride, dilation, "same", ceil_mode=False)

    @given(sizes, kernels, strides, dilations)
    def test_is_the_padding_that_tensorflow_adds(self, size: int, kernel: int, stride: int, dilation: int) -> None:
        """TensorFlow pads by max((⌈n / stride⌉ − 1) × stride + span − n, 0), the smaller half of it before."""
        span = Window(kernel, stride, dilation).span
        whole = max((len(range(0, size, stride)) - 1) * stride + span - size, 0)
        padded = (whole // 2, whole - whole // 2)
        assert count(size, kernel, stride, dilation, padded, ceil_mode=False) == count(
            size, kernel, stride, dilation, "same", ceil_mode=False
        )


class TestCausal:
    """`causal` pads span − 1 positions before: a window ends at every stride, and sees nothing that comes after."""

    @given(sizes, kernels, strides, dilations)
    def test_counts_the_windows_by_where_they_end(self, size: int, kernel: int, stride: int, dilation: int) -> None:
        expected = len(range(0, size, stride))
        assert expected == count(size, kernel, stride, dilation, "causal", ceil_mode=False)


class TestCeilMode:
    """`ceil_mode` counts a last window that is cut off, if it starts inside the input or the padding before it."""

    @given(sizes, kernels, strides, st.data())
    def test_counts_the_windows_by_where_they_start(
        self, size: int, kernel: int, stride: int, data: st.DataObject
    ) -> None:
        before, after = (data.draw(st.integers(0, kernel // 2)) for _ in range(2))
        whole = laid_out(-before, size - 1 + after, kernel, stride)
        cut_off = -before + whole * stride
        reaches_the_end = cut_off <= size - 1 + after and size + before + after > kernel + (whole - 1) * stride
        expected = whole + (1 if reaches_the_end and cut_off < size else 0)
        assert expected == max(count(size, kernel, stride, 1, (before, after), ceil_mode=True), 0)

    def test_rounds_up_where_floor_leaves_a_rest(self) -> None:
        assert Pool(2, ceil_mode=True).output_shape((41, 64)) == (21, 64)
        assert Pool(2).output_shape((41, 64)) == (20, 64)


class TestTransposed:
    """The transposed count is (n − 1) × stride + span − before − after + extra; its words are Keras's."""

    @given(sizes, kernels, strides, dilations, sides, sides)
    def test_reaches_to_the_last_cell_that_is_written(
        self, size: int, kernel: int, stride: int, dilation: int, before: int, after: int
    ) -> None:
        written = {stride * position + dilation * cell for position in range(size) for cell in range(kernel)}
        expected = len(range(before, max(written) + 1 - after))
        assert expected == max(transposed_count(size, kernel, stride, dilation, (before, after), None), 0)

    @given(sizes, kernels, strides, dilations, sides, sides, st.data())
    def test_is_undone_by_the_count(
        self, size: int, kernel: int, stride: int, dilation: int, before: int, after: int, data: st.DataObject
    ) -> None:
        """As many windows as positions, whichever of the lengths that a stride leaves open `extra` picks."""
        extra = data.draw(st.integers(0, stride - 1))
        length = transposed_count(size, kernel, stride, dilation, (before, after), extra)
        assert size == count(length, kernel, stride, dilation, (before, after), ceil_mode=False)

    @given(sizes, kernels, strides, dilations, st.sampled_from(["valid", "same"]))
    def test_is_undone_by_the_count_with_the_same_word(
        self, size: int, kernel: int, stride: int, dilation: int, padding: str
    ) -> None:
        length = transposed_count(size, kernel, stride, dilation, padding, None)
        assert size == count(length, kernel, stride, dilation, padding, ceil_mode=False)

    @given(sizes, kernels, strides, dilations, st.data())
    def test_same_cuts_half_of_the_kernel_off_either_side_where_an_extra_is_given(
        self, size: int, kernel: int, stride: int, dilation: int, data: st.DataObject
    ) -> None:
        extra = data.draw(st.integers(0, stride - 1))
        half = Window(kernel, stride, dilation).span // 2
        expected = transposed_count(size, kernel, stride, dilation, (half, half), extra)
        assert expected == transposed_count(size, kernel, stride, dilation, "same", extra)

    @given(sizes, kernels, strides)
    def test_says_that_the_last_window_is_filled_up_where_the_stride_is_larger(
        self, size: int, kernel: int, stride: int
    ) -> None:
        notes = ConvTranspose(1, kernel, stride).explain((size, 1)).steps[0].notes
        assert (stride > kernel) == any("filled up to a whole stride" in note for note in notes)


class TestAnAxisThatIsNotKnown:
    @pytest.mark.parametrize("unknown", [0, 1])
    @pytest.mark.parametrize("layer", [Conv2D(4, 3, 2), Pool(3, 2), ConvTranspose(4, 3, 2)])
    def test_stays_so_and_hides_no_other(self, layer: Conv2D | Pool | ConvTranspose, unknown: int) -> None:
        in_shape: list[int | None] = [9, 12, 5]
        expected: list[int | None] = list(layer.output_shape((9, 12, 5)))
        in_shape[unknown] = expected[unknown] = None
        assert tuple(expected) == layer.output_shape(in_shape)


class TestAWindowThatDoesNotFit:
    @pytest.mark.parametrize(
        ("layer", "in_shape", "message"),
        [
            (
                Conv2D(8, 5),
                (28, 4, 1),
                (
                    "kernel_size[1] (width) must be at most 4, the size of its axis, got 5, on (28, 4, 1); "
                    'padding="same" lets every window fit'
                ),
            ),
            (
                Conv1D(8, 3, dilation_rate=4, padding=1),
                (6, 1),
                (
                    "kernel_size[0] (length) must be at most 8, the size of its axis with the padding, got 3, which "
                    'reaches over 9 with dilation_rate 4, on (6, 1); padding="same" lets every window fit'
                ),
            ),
            (
                Conv1D(8, 3, dilation_rate=2),
                (4, 1),
                (
                    "kernel_size[0] (length) must be at most 4, the size of its axis, got 3, which reaches over 5 with "
                    'dilation_rate 2, on (4, 1); padding="same" lets every window fit'
                ),
            ),
            *(
                (
                    Conv2D(8, 5),
                    (channels, 28, 28),
                    (
                        f"kernel_size[0] (height) must be at most {channels}, the size of its axis, got 5, on "
                        f'({channels}, 28, 28); the channels come last, or say data_format="channels_first"'
                    ),
                )
                for channels in (1, 3)
            ),
            (
                Pool(3),
                (2, 8),
                (
                    "pool_size[0] (length) must be at most 2, the size of its axis, got 3, on (2, 8); "
                    'padding="same" lets every window fit'
                ),
            ),
        ],
    )
    def test_is_refused_with_its_axis_and_the_way_out(
        self, layer: Conv2D | Conv1D | Pool, in_shape: tuple[int, ...], message: str
    ) -> None:
        for question in (layer.output_shape, layer.params, layer.explain, layer.macs):
            with pytest.raises(ShapeError) as caught:
                question(in_shape)
            assert message == str(caught.value)

    @pytest.mark.parametrize(
        ("layer", "in_shape", "message"),
        [
            (
                ConvTranspose(4, 3, padding=2),
                (9, 2, 3),
                (
                    "padding[1] (width) must be less than 4 together, the size of its axis without the padding, got "
                    "(2, 2) on (9, 2, 3)"
                ),
            ),
            (
                ConvTranspose(4, 2, 2, "same", output_padding=0),
                (1, 3),
                (
                    "padding[0] (length) must be less than 2 together, the size of its axis without the padding, got "
                    "'same' on (1, 3); without output_padding the axis becomes strides times as long"
                ),
            ),
        ],
    )
    def test_is_refused_where_the_padding_leaves_nothing_of_the_transposed(
        self, layer: ConvTranspose, in_shape: tuple[int, ...], message: str
    ) -> None:
        with pytest.raises(ShapeError) as caught:
            layer.output_shape(in_shape)
        assert message == str(caught.value)
