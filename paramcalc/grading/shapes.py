"""Mistakes in shapes.

Knows: what people forget, add and mix up when they follow a shape through a layer. Must not know: which answer is
asked about.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from paramcalc.errors import ShapeError
from paramcalc.grading.counts import PLAIN
from paramcalc.grading.mistakes import mistake
from paramcalc.grading.outcomes import Example, Outcome, Reading
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv, Conv1D, Conv2D
from paramcalc.layers.dropout import AlphaDropout, Dropout, GaussianDropout, SpatialDropout
from paramcalc.layers.merge import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from paramcalc.layers.passing import Identity
from paramcalc.layers.pool import GAP, Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.layers.separable import DepthwiseConv, SeparableConv
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.shapes import DATA_FORMATS, Shape, are_several, joined, parted, product
from paramcalc.windows import count, spread_padding

CONVOLUTIONS = (Conv, ConvTranspose, DepthwiseConv, SeparableConv)
WINDOWED = (Conv, DepthwiseConv, SeparableConv, Pool)
RGB = (32, 32, 3)
BATCHES = (1, 8, 10, 16, 20, 32, 50, 64, 100, 128, 256)
"""How large people make a batch."""


def _with_positions(layer: Any, in_shape: Shape, change: Callable[[int], int]) -> Shape:
    """The right output shape with another number on each axis that a window slides over."""
    positions, channels = parted(layer.output_shape(in_shape), layer.data_format)
    return joined(tuple(each and change(each) for each in positions), channels, layer.data_format)


def _moves_by_one(layer: Any) -> bool:
    strides = layer.pool_size if layer.strides is None else layer.strides
    return bool(strides == 1 if isinstance(strides, int) else max(strides) == 1)


# Windows


@mistake(
    "output_shape",
    on=WINDOWED,
    examples=(
        Example(Pool(2), (41, 64), (21, 64)),
        Example(Conv2D(8, 3, 2), RGB, (16, 16, 8)),
    ),
    spreads=True,
)
def rounded_up(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A last window that is cut off counts."""
    if layer.padding == "same" or _moves_by_one(layer):
        return
    if isinstance(layer, Pool):
        yield Reading(attrs.evolve(layer, ceil_mode=True), in_shape)
        return
    sizes, _ = parted(in_shape, layer.data_format)
    sides = spread_padding("padding", layer.padding, len(sizes), ShapeError)
    each = (sides,) * len(sizes) if isinstance(sides, str) else sides
    positions = tuple(
        size and count(size, window.kernel, window.stride, window.dilation, padding, ceil_mode=True)
        for size, window, padding in zip(sizes, layer.compute_windows(in_shape), each, strict=True)
    )
    yield joined(positions, parted(layer.output_shape(in_shape), layer.data_format)[1], layer.data_format)


@mistake(
    "output_shape",
    on=WINDOWED,
    examples=(
        Example(Pool(2, padding="same"), (41, 64), (20, 64)),
        Example(Pool(2, ceil_mode=True), (41, 64), (20, 64)),
        Example(Conv2D(8, 3, 2, "same"), (41, 41, 3), (20, 20, 8)),
    ),
    spreads=True,
)
def rounded_down(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A last window that is cut off does not count, though here it does."""
    if isinstance(layer, Pool) and layer.ceil_mode:
        yield Reading(attrs.evolve(layer, ceil_mode=False), in_shape)
    elif layer.padding == "same" and not _moves_by_one(layer):
        strides = tuple(axis.stride for axis in layer.compute_windows(in_shape))
        floored = Pool(strides, data_format=layer.data_format).output_shape(in_shape)
        positions = parted(floored, layer.data_format)[0]
        yield joined(positions, parted(layer.output_shape(in_shape), layer.data_format)[1], layer.data_format)


@mistake(
    "output_shape",
    on=(*WINDOWED, ConvTranspose),
    examples=(
        Example(Conv2D(32, 3), RGB, (32, 32, 32)),
        Example(Conv2D(32, 3, padding="same"), RGB, (30, 30, 32)),
        Example(Conv1D(8, 3, padding="causal"), (28, 3), (26, 8)),
        Example(ConvTranspose(8, 3, 2), (14, 14, 16), (28, 28, 8)),
    ),
    spreads=True,
)
def valid_and_same_mixed_up(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """No padding where there is some, or as much as keeps the size where there is none."""
    exact = {"ceil_mode": False} if isinstance(layer, Pool) else {}
    if layer.padding != "same":
        yield Reading(attrs.evolve(layer, padding="same", **exact), in_shape)
    if layer.padding in ("same", "causal"):
        yield Reading(attrs.evolve(layer, padding="valid"), in_shape)


@mistake(
    "output_shape",
    on=(*WINDOWED, ConvTranspose),
    examples=(
        Example(Conv2D(8, 3, padding=1), RGB, (30, 30, 8)),
        Example(Pool(3, 2, 1), (41, 64), (20, 64)),
        Example(ConvTranspose(8, 4, 2, 1), (14, 14, 16), (30, 30, 8)),
    ),
    spreads=True,
)
def padding_left_out(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """No padding where there is a number of it."""
    if not isinstance(layer.padding, str):
        yield Reading(attrs.evolve(layer, padding="valid"), in_shape)


@mistake(
    "output_shape",
    on=(*WINDOWED, ConvTranspose),
    examples=(
        Example(Conv2D(8, 5, padding=2), RGB, (30, 30, 8)),
        Example(ConvTranspose(8, 4, 2, 1), (14, 14, 16), (29, 29, 8)),
    ),
    spreads=True,
)
def padding_on_one_side(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """N + p where it is n + 2p."""
    sides = spread_padding("padding", layer.padding, len(in_shape) - 1, ShapeError)
    if not isinstance(sides, str):
        yield Reading(attrs.evolve(layer, padding=tuple((before, 0) for before, _ in sides)), in_shape)
        yield Reading(attrs.evolve(layer, padding=tuple((0, after) for _, after in sides)), in_shape)


@mistake(
    "output_shape",
    on=WINDOWED,
    examples=(Example(Conv2D(32, 3), RGB, (29, 29, 32)), Example(Pool(2), (28, 28, 8), (13, 13, 8))),
    spreads=True,
)
def plus_one_forgotten(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """(n − f + 2p) / s, without the first window."""
    if layer.padding != "same":
        yield _with_positions(layer, in_shape, lambda positions: positions - 1)


@mistake(
    "output_shape",
    on=(*WINDOWED, ConvTranspose),
    examples=(Example(Conv2D(8, 3, 2), RGB, (30, 30, 8)), Example(Pool(2), (28, 28, 8), (27, 27, 8))),
    spreads=True,
)
def stride_ignored(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A window at every position."""
    if not _moves_by_one(layer):
        yield Reading(attrs.evolve(layer, strides=1), in_shape)


@mistake("output_shape", on=(Conv,), examples=(Example(Conv2D(8, 5, 2), RGB, (12, 12, 8)),))
def strides_first(layer: Conv, in_shape: Shape) -> Iterator[Outcome]:
    """Divided by the strides, and then shortened by the kernel."""
    sizes, channels = parted(in_shape, layer.data_format)
    windows = layer.compute_windows(in_shape)
    divided = tuple(size and size // window.stride for size, window in zip(sizes, windows, strict=True))
    yield Reading(attrs.evolve(layer, strides=1), joined(divided, channels, layer.data_format))


MERGING = (Add, Subtract, Multiply, Average, Maximum, Minimum)


@mistake("output_shape", on=MERGING, examples=(Example(Add(), ((7, 7, 8), (7, 7, 8)), (7, 7, 16)),), spreads=True)
def concatenated(_layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """The inputs put behind each other."""
    yield Reading(Concatenate(), in_shape)


@mistake("output_shape", on=(Pool,), examples=(Example(Pool(3, 2), RGB, (10, 10, 3)),))
def pool_size_for_stride(layer: Pool, in_shape: Shape) -> Iterator[Outcome]:
    """Windows that do not overlap."""
    if layer.strides is not None:
        yield Reading(attrs.evolve(layer, strides=None), in_shape)


@mistake(
    "output_shape", on=CONVOLUTIONS, examples=(Example(Conv2D(8, 3, dilation_rate=2), RGB, (30, 30, 8)),), spreads=True
)
def dilation_ignored(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A kernel without gaps."""
    if layer.dilation_rate not in (1, (1,) * (len(in_shape) - 1)):
        yield Reading(attrs.evolve(layer, dilation_rate=1), in_shape)


@mistake(
    "output_shape",
    on=(ConvTranspose,),
    examples=(
        Example(ConvTranspose(8, 3, 2, "same"), (14, 14, 16), (7, 7, 8)),
        Example(ConvTranspose(8, 3), (14, 14, 16), (12, 12, 8)),
    ),
)
def transposed_as_conv(layer: ConvTranspose, in_shape: Shape) -> Iterator[Outcome]:
    """A convolution the ordinary way round, which makes smaller and not larger."""
    if len(in_shape) - 1 in PLAIN:
        plain = PLAIN[len(in_shape) - 1]
        same = {name: getattr(layer, name) for name in ("strides", "padding", "dilation_rate", "data_format")}
        yield Reading(plain(layer.filters, layer.kernel_size, **same), in_shape)


# Channels and the batch


@mistake(
    "output_shape",
    on=(Conv, ConvTranspose, SeparableConv),
    examples=(Example(Conv2D(32, 3), RGB, (30, 30, 3)),),
)
def input_channels_kept(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """As many channels as went in."""
    positions, _ = parted(layer.output_shape(in_shape), layer.data_format)
    yield joined(positions, parted(in_shape, layer.data_format)[1], layer.data_format)


@mistake(
    "output_shape",
    on=(Conv, ConvTranspose, SeparableConv),
    examples=(Example(Conv2D(32, 3), (227, 227, 3), (225, 225, 96)),),
)
def filters_for_each_channel(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """Every filter gives a picture for each input channel."""
    positions, filters = parted(layer.output_shape(in_shape), layer.data_format)
    yield joined(positions, product((filters, parted(in_shape, layer.data_format)[1])), layer.data_format)


@mistake(
    "output_shape",
    on=(*CONVOLUTIONS, Pool),
    examples=(Example(Conv2D(32, 3), RGB, (30, 30)), Example(Pool(2), (28, 28, 8), (14, 14))),
)
def channels_left_out(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """The picture's size alone."""
    yield parted(layer.output_shape(in_shape), layer.data_format)[0]


@mistake(
    "params",
    "output_shape",
    on=(*CONVOLUTIONS, Pool),
    examples=(
        Example(Conv2D(32, 3), RGB, (32, 30, 30)),
        Example(Conv2D(8, 3), (5, 32, 32), (8, 30, 30)),
        Example(Conv2D(8, 3, data_format="channels_first"), (3, 32, 32), 2_312),
    ),
)
def channels_first_and_last_mixed_up(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """The channels of the input, or of the output, at the other end."""
    others = {DATA_FORMATS[0]: DATA_FORMATS[1], DATA_FORMATS[1]: DATA_FORMATS[0]}
    other = others[layer.data_format]
    yield Reading(attrs.evolve(layer, data_format=other), in_shape)
    positions, channels = parted(layer.output_shape(in_shape), layer.data_format)
    yield joined(positions, channels, other)


@mistake("output_shape", on=(Pool,), examples=(Example(Pool(2), (28, 28, 8), (14, 14, 4)),))
def channels_pooled(layer: Pool, in_shape: Shape) -> Iterator[Outcome]:
    """Windows over the channels too."""
    positions, channels = parted(layer.output_shape(in_shape), layer.data_format)
    window = layer.compute_windows(in_shape)[0]
    pooled, _ = Pool(window.kernel, window.stride, ceil_mode=layer.ceil_mode).output_shape((channels, 1))
    yield joined(positions, pooled, layer.data_format)


@mistake("output_shape", examples=(Example(Conv2D(32, 3), RGB, (32, 30, 30, 32)),))
def batch_counted(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """The number of examples as an axis."""
    output_shape = layer.output_shape(in_shape)
    if not are_several(output_shape):
        for batch in BATCHES:
            yield (batch, *output_shape)


# All axes at once


@mistake("output_shape", on=(Flatten,), examples=(Example(Flatten(), (5, 5, 16), (25,)),), spreads=True)
def flattened_without_channels(layer: Flatten, in_shape: Shape) -> Iterator[Outcome]:
    """The positions alone."""
    if len(in_shape) > 1:
        yield (product(parted(in_shape, layer.data_format)[0]),)


@mistake("output_shape", on=(Flatten,), examples=(Example(Flatten(), (5, 10), (5, 10)),), spreads=True)
def not_flattened(_layer: Flatten, in_shape: Shape) -> Iterator[Outcome]:
    """The input as it is."""
    yield Reading(Identity(), in_shape)


@mistake("output_shape", on=(GAP,), examples=(Example(GAP(), (7, 7, 512), (7, 7)), Example(GAP(), (16, 8, 256), (16,))))
def pooled_over_wrong_axes(layer: GAP, in_shape: Shape) -> Iterator[Outcome]:
    """The channels averaged, and not the positions; or one axis too many, or too few."""
    positions, channels = parted(in_shape, layer.data_format)
    yield positions
    for position in dict.fromkeys(positions):
        yield (position,)
        yield joined((position,), channels, layer.data_format)


@mistake(
    "output_shape",
    on=(GAP,),
    examples=(Example(GAP(), (7, 7, 512), (1, 1, 512)), Example(GAP(keepdims=True), (7, 7, 512), (512,))),
)
def pooled_axes_kept(layer: GAP, in_shape: Shape) -> Iterator[Outcome]:
    """Axes of size 1 where there are none, or none where they are kept."""
    yield Reading(attrs.evolve(layer, keepdims=not layer.keepdims), in_shape)


@mistake("output_shape", on=(GAP,), examples=(Example(GAP(), (7, 7, 512), (25_088,)),), spreads=True)
def gap_flattens(_layer: GAP, in_shape: Shape) -> Iterator[Outcome]:
    """All numbers in a row."""
    yield Reading(Flatten(), in_shape)


@mistake(
    "output_shape",
    on=(Dropout, SpatialDropout, AlphaDropout, GaussianDropout),
    examples=(Example(Dropout(0.5), (128,), (64,)), Example(Dropout(0.25), (5, 10), (5, 7))),
    spreads=True,
)
def dropout_removes_units(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """Only the part that is kept."""
    if in_shape and in_shape[-1] is not None:
        kept = (1 - layer.rate) * in_shape[-1]
        for size in dict.fromkeys((math.floor(kept), math.ceil(kept))):
            yield (*in_shape[:-1], size)
