"""Windows that slide over axes: how many positions there are, and the padding that makes room for them.

Knows: the one count of windows, its transpose, and how a padding is spread over axes. Must not know: layers, channels,
models.

The count is `⌊(n + before + after − span) / stride⌋ + 1` with `span = dilation × (kernel − 1) + 1` (Dumoulin and
Visin, "A guide to convolution arithmetic for deep learning", 2016, relationships 6 and 15). `same` padding is defined
by its result, ⌈n / stride⌉, as Keras has it; `causal` padding puts `span − 1` zeros before the axis; `ceil_mode` is
PyTorch's. The transposed count, `(n − 1) × stride + span − before − after + extra` (relationship 14 there), is the
size of an axis on which n windows were counted; its words are Keras's too.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from paramcalc.arguments import OpenPadding, OpenSides, PaddingWord
from paramcalc.errors import ParamcalcError, ShapeError, shown
from paramcalc.shapes import Shape, axis_labels, sides, spatial_axes
from paramcalc.traced import Traced, named, noted, smallest

Padding: TypeAlias = PaddingWord | tuple[tuple[int, int], ...]

_CHANNELS_OF_IMAGES = (1, 3)


class Window(NamedTuple):
    """What one output sees along one axis: the kernel's size, and how far apart windows and the kernel's cells are.

    >>> Window(kernel=3, stride=1, dilation=2).span
    5
    """

    kernel: int
    stride: int = 1
    dilation: int = 1

    @property
    def span(self) -> int:
        """The positions from the window's first to its last, both counted.

        >>> Window(3).span
        3
        """
        return span(self.kernel, self.dilation)


def span(kernel: int, dilation: int) -> int:
    """How many positions of an axis a kernel reaches over.

    >>> span(3, 2)
    5
    """
    return dilation * (kernel - 1) + 1


def count(
    size: int, kernel: int, stride: int, dilation: int | None, padding: str | tuple[int, int], ceil_mode: bool
) -> int:
    """How many positions a window has on an axis; less than 1 where it does not fit.

    >>> count(32, 5, 1, 1, "valid", False), count(41, 2, 2, 1, "same", False), count(41, 2, 2, 1, "valid", True)
    (28, 21, 21)
    """
    reach = kernel if dilation is None else span(kernel, dilation)
    room = start = size
    if type(padding) is tuple:
        before, after = padding
        start = size + before
        room = start + after
    elif padding == "same":
        return noted(-(-size // stride), "same padding: the size of the kernel does not matter")
    elif padding == "causal":
        room = size + named(reach - 1, "causal padding", "causal padding: dilation × (kernel − 1) zeros, all before")
    if ceil_mode:
        rounded_up = -(-(room - reach) // stride) + 1
        starts = -(-start // stride)
        if rounded_up > starts:
            return noted(smallest(rounded_up, starts), "ceil_mode: no window starts in the padding behind the input")
        return noted(smallest(rounded_up, starts), "ceil_mode: a last window that is cut off counts")
    return (room - reach) // stride + 1


def counts(
    sizes: Shape,
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...] | None,
    padding: Padding,
    *,
    argument: str,
    in_shape: Shape,
    ceil_mode: bool = False,
) -> Shape:
    """The count of windows on every axis. An axis that is not known stays None.

    Raises `ShapeError`, which names the kernel's `argument`, where a window does not fit into its axis.

    >>> counts((32, None), (5, 5), (1, 1), (1, 1), "valid", argument="kernel_size", in_shape=(32, None, 3))
    (28, None)
    """
    positions: list[int | None] = []
    one_for_all = padding if isinstance(padding, str) else None
    for axis, size in enumerate(sizes):  # plain indexing: twice as fast as zip, in the innermost loop of all
        if size is None:
            positions.append(None)
            continue
        on_axis = one_for_all or padding[axis]
        apart = None if dilation is None else dilation[axis]
        number = count(size, kernel[axis], strides[axis], apart, on_axis, ceil_mode)
        if number < 1:
            more = strides[axis] - 1 if ceil_mode else 0
            raise _too_large(argument, axis, sizes, kernel[axis], apart or 1, on_axis, more, in_shape)
        positions.append(number)
    return tuple(positions)


def _too_large(
    argument: str,
    axis: int,
    sizes: Shape,
    kernel: int,
    dilation: int,
    padding: str | tuple[int, int],
    more: int,
    in_shape: Shape,
) -> ShapeError:
    """`more` is how many positions of a window may hang over in ceil_mode."""
    room = (sizes[axis] or 0) + (0 if isinstance(padding, str) else sum(padding)) + more
    why = "the size of its axis" + ("" if padding == "valid" else " with the padding")
    dilated = f", which reaches over {span(kernel, dilation)} with dilation_rate {dilation}" if dilation > 1 else ""
    hint = "" if more else 'padding="same" lets every window fit'
    if in_shape[:-1] == sizes and axis == 0 and sizes[0] in _CHANNELS_OF_IMAGES and len(sizes) > 1:
        hint = 'the channels come last, or say data_format="channels_first"'
    return ShapeError(
        f"{argument}[{axis}] ({spatial_axes(len(sizes))[axis]})",
        f"at most {room}, {why}" + (f" and {more} more in ceil_mode" if more else ""),
        f"{kernel}{dilated}, on {shown(in_shape)}",
        hint,
    )


def transposed_count(
    size: int, kernel: int, stride: int, dilation: int, padding: str | tuple[int, int], extra: int | None
) -> int:
    """How long an axis becomes when a window is laid at each of its positions; less than 1 where nothing is left.

    >>> [transposed_count(14, 3, 2, 1, padding, None) for padding in ("valid", "same", (1, 1))]
    [29, 28, 27]
    >>> transposed_count(14, 3, 2, 1, (1, 1), 1)
    28
    """
    reach = span(kernel, dilation)
    if padding == "same" and extra is None:
        return noted(size * stride, "same padding: the size of the kernel does not matter")
    if padding == "valid" and extra is None and stride > reach:
        reach = noted(stride, "the stride is larger than the kernel: the last window is filled up to a whole stride")
    length = (size - 1) * stride + reach
    if padding == "same":
        half = named(
            reach // 2, "same padding", "same padding: half of the kernel's reach, rounded down, is cut off either side"
        )
        length = length - half - half
    elif type(padding) is tuple:
        before, after = padding
        length = length - before - after
    return length if extra is None else length + extra


def transposed_counts(
    sizes: Shape,
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: Padding,
    extra: tuple[int, ...] | None,
    in_shape: Shape,
) -> Shape:
    """The transposed count on every axis. An axis that is not known stays None.

    Raises `ShapeError` where the padding cuts everything off.

    >>> transposed_counts((14, None), (3, 3), (2, 2), (1, 1), "same", None, (14, None, 8))
    (28, None)
    """
    lengths: list[int | None] = []
    for axis, size in enumerate(sizes):
        if size is None:
            lengths.append(None)
            continue
        on_axis = padding if isinstance(padding, str) else padding[axis]
        more = None if extra is None else extra[axis]
        length = transposed_count(size, kernel[axis], strides[axis], dilation[axis], on_axis, more)
        if length < 1:
            whole = transposed_count(size, kernel[axis], strides[axis], dilation[axis], (0, 0), more)
            subject = f"padding[{axis}] ({spatial_axes(len(sizes))[axis]})"
            expected = f"less than {int(whole)} together, the size of its axis without the padding"
            hint = "without output_padding the axis becomes strides times as long" if padding == "same" else ""
            raise ShapeError(subject, expected, f"{shown(on_axis)} on {shown(in_shape)}", hint)
        lengths.append(length)
    return tuple(lengths)


def rank_said(*arguments: object) -> int:
    """How many axes the arguments speak of, where one of them has a number for each; else 1.

    >>> rank_said(3, (2, 2)), rank_said(3, "same")
    (2, 1)
    """
    return next((len(each) for each in arguments if isinstance(each, tuple)), 1)


def spread(
    name: str, value: int | tuple[int, ...], rank: int, stem: str, refused: type[ParamcalcError]
) -> tuple[int, ...]:
    """One number for each axis, from one for all of them or one for each.

    Raises `refused` when there are not as many as axes.

    >>> spread("pool_size", 2, 2, "pool", ShapeError)
    (2, 2)
    """
    if type(value) is int:
        return (value,) * rank  # as most are
    values = (value,) * rank if isinstance(value, int) else value
    if len(values) != rank:
        raise refused(name, f"an int, or an int for each axis ({_named(rank)})", shown(values))
    if isinstance(values[0], Traced):
        return tuple(map(named, values, axis_labels(stem, rank)))
    return values


def spread_padding(name: str, value: OpenPadding, rank: int, refused: type[ParamcalcError]) -> Padding:
    """A padding word as it is, or one (before, after) pair for each axis.

    Raises `refused` when there are not as many as axes.

    >>> spread_padding("padding", 1, 2, ShapeError)
    ((1, 1), (1, 1))
    """
    return value if isinstance(value, str) else spread_sides(name, value, rank, refused, "a word, ")


def spread_sides(
    name: str, value: OpenSides, rank: int, refused: type[ParamcalcError], or_else: str = ""
) -> tuple[tuple[int, int], ...]:
    """One (before, after) pair for each axis. Raises `refused` when there are not as many as axes.

    >>> spread_sides("cropping", (1, (0, 2)), 2, ShapeError)
    ((1, 1), (0, 2))
    """
    if type(value) is int:
        return ((value, value),) * rank  # as most are
    sides = (value,) * rank if isinstance(value, int) else value
    if len(sides) != rank:
        hint = ""
        if rank == 1 and all(isinstance(side, int) for side in sides):
            hint = f"write ({shown(sides)},) for the pair of the one axis"
        expected = f"{or_else}an int, or an int or a (before, after) pair for each axis ({_named(rank)})"
        raise refused(name, expected, shown(value), hint)
    pairs = tuple([(side, side) if isinstance(side, int) else side for side in sides])
    if isinstance(pairs[0][0], Traced):
        return tuple(
            (named(pair[0], labels[0]), named(pair[1], labels[1]))
            for pair, labels in zip(pairs, side_labels(name, rank), strict=True)
        )
    return pairs


def side_labels(stem: str, rank: int) -> tuple[tuple[str, str], ...]:
    """What an argument with a number for each side is called on the two sides of each axis.

    >>> side_labels("padding", 2)
    (('padding top', 'padding bottom'), ('padding left', 'padding right'))
    """
    return tuple((f"{stem} {start}", f"{stem} {end}") for start, end in map(sides, spatial_axes(rank)))


def _named(rank: int) -> str:
    return ", ".join(spatial_axes(rank))
