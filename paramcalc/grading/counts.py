"""Mistakes in counts of parameters.

Knows: what people forget, add and mix up when they count. Must not know: which answer is asked about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import attrs

from paramcalc.grading.mistakes import mistake
from paramcalc.grading.outcomes import Example, Outcome, Reading
from paramcalc.grading.sentences import kernels_and_biases
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv, Conv1D, Conv2D, Conv3D
from paramcalc.layers.core import Dense
from paramcalc.layers.embedding import Embedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.layers.norm import BatchNorm, GroupNorm
from paramcalc.layers.pool import GAP, AdaptivePool, Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.layers.separable import DepthwiseConv, SeparableConv
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.layers.wrappers import TimeDistributed
from paramcalc.shapes import (
    Shape,
    are_several,
    axis_positions,
    joined,
    known,
    known_channels,
    one_by_one,
    parted,
    product,
)

RGB = (32, 32, 3)


def _sizes(layer: Layer, in_shape: Any) -> tuple[int, int]:
    """How large the kernels are together, and the biases."""
    kernels, biases = kernels_and_biases(layer, in_shape)
    return sum(weight.size for weight in kernels), sum(weight.size for weight in biases)


# What is left out


@mistake("params", examples=(Example(Conv2D(32, 3), RGB, 864), Example(Dense(10), (84,), 840)), spreads=True)
def no_bias(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """The kernel alone."""
    if hasattr(attrs.fields(type(layer)), "use_bias") and layer.use_bias:
        yield Reading(attrs.evolve(layer, use_bias=False), in_shape)
        return
    kernels, biases = _sizes(layer, in_shape)
    if biases:
        yield kernels


@mistake(
    "params",
    on=(Conv, ConvTranspose),
    examples=(Example(Conv2D(32, 3), RGB, 320), Example(Conv2D(5, 3), (10, 10, 3), 50)),
    spreads=True,
)
def no_input_channels(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A kernel as flat as its picture."""
    flat = joined(parted(in_shape, layer.data_format)[0], 1, layer.data_format)
    yield Reading(attrs.evolve(layer, groups=1) if getattr(layer, "groups", 1) > 1 else layer, flat)


@mistake(
    "params",
    on=(Conv, ConvTranspose, DepthwiseConv, SeparableConv, Dense),
    examples=(Example(Conv2D(100, 5), (32, 32, 1), 2_501), Example(Dense(10), (84,), 841)),
    spreads=True,
)
def one_bias(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """One bias for all outputs."""
    kernels, biases = _sizes(layer, in_shape)
    if biases:
        yield kernels + 1


@mistake("params", examples=(Example(Conv2D(32, 3), RGB, 32), Example(Dense(10), (84,), 10)))
def biases_alone(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """The biases, without what they are added to."""
    _, biases = _sizes(layer, in_shape)
    if biases:
        yield biases


@mistake("params", examples=(Example(Dense(10), (84,), 0),))
def no_weights(_layer: Layer, _in_shape: Any) -> Iterator[Outcome]:
    """A layer with weights, taken for one without."""
    yield 0


@mistake("params", on=(BatchNorm,), examples=(Example(BatchNorm(), (14, 14, 64), 128),), spreads=True)
def moving_statistics_forgotten(layer: BatchNorm, in_shape: Any) -> Iterator[Outcome]:
    """What is learnt by descent alone."""
    yield sum(weight.size for weight in layer.weights(in_shape) if weight.name in ("gamma", "beta"))


# What is counted too often


@mistake(
    "params",
    on=(Conv, DepthwiseConv),
    examples=(
        Example(Conv2D(128, 7, padding="same"), (256, 256, 3), 18_816 * 256**2 + 128),
        Example(Conv2D(128, 7, padding="same"), (256, 256, 3), 18_944 * 256**2),
    ),
)
def no_weight_sharing(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """A kernel for each position, as if the layer were locally connected; the bias shared or not."""
    macs, connections = layer.macs(in_shape), layer.connections(in_shape)
    if macs is not None and connections is not None:
        yield macs + _sizes(layer, in_shape)[1]
        yield connections


@mistake("params", on=(Conv, ConvTranspose, Dense), examples=(Example(Conv2D(32, 3), RGB, 1_728),))
def bias_for_each_weight(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """As many biases as weights. In two groups, that is also the count of one, without biases, which is likelier."""
    kernels, biases = _sizes(layer, in_shape)
    if biases and getattr(layer, "groups", 1) != 2:  # noqa: PLR2004 (see above)
        yield 2 * kernels


@mistake("params", on=(Conv,), examples=(Example(Conv2D(32, 3), RGB, 29_664), Example(Conv2D(32, 3), RGB, 1_764)))
def bias_for_each_position(layer: Conv, in_shape: Any) -> Iterator[Outcome]:
    """A bias for each number that comes out, or for each position."""
    kernels, biases = _sizes(layer, in_shape)
    positions = product(parted(layer.output_shape(in_shape), layer.data_format)[0])
    if biases and positions is not None:
        yield kernels + positions * biases
        yield kernels + positions


@mistake(
    "params",
    on=(Dense, Conv),
    examples=(Example(Dense(128), (1_280,), 165_120), Example(Conv2D(64, 3), (32, 32, 32), 18_464)),
)
def bias_for_each_input(layer: Dense | Conv, in_shape: Shape) -> Iterator[Outcome]:
    """Inputs × (units + 1), or a bias for each input channel."""
    kernels, biases = _sizes(layer, in_shape)
    if biases:
        yield kernels + (
            known(in_shape, -1) if isinstance(layer, Dense) else known_channels(in_shape, layer.data_format)
        )


@mistake(
    "params",
    on=(Conv,),
    examples=(Example(Conv2D(64, 3), (32, 32, 32), 288), Example(Conv2D(64, 3), (32, 32, 32), 289)),
)
def filters_left_out(layer: Conv, in_shape: Shape) -> Iterator[Outcome]:
    """The weights of one filter."""
    kernels, biases = _sizes(layer, in_shape)
    yield kernels // layer.filters
    if biases:
        yield kernels // layer.filters + 1


@mistake("params", on=(Conv,), examples=(Example(Conv2D(64, 3), (32, 32, 32), 6_208),))
def kernel_not_squared(layer: Conv, in_shape: Shape) -> Iterator[Outcome]:
    """The length of the kernel where it is that of each axis."""
    kernels, biases = _sizes(layer, in_shape)
    yield kernels // math.prod(layer.kernel_size[1:]) + biases


@mistake("params", on=(Conv,), examples=(Example(Conv2D(8, 3, dilation_rate=2), RGB, 608),))
def dilation_counted(layer: Conv, in_shape: Shape) -> Iterator[Outcome]:
    """Weights in the gaps of the kernel, too."""
    reach = tuple(axis.dilation * (axis.kernel - 1) + 1 for axis in layer.compute_windows(in_shape))
    yield Reading(attrs.evolve(layer, kernel_size=reach, dilation_rate=1), in_shape)


@mistake(
    "params",
    on=(SeparableConv,),
    examples=tuple(Example(SeparableConv(64, 3), (32, 32, 32), wrong) for wrong in (288, 2_112, 2_048)),
)
def one_step_alone(layer: SeparableConv, in_shape: Shape) -> Iterator[Outcome]:
    """The depthwise step, or the pointwise one."""
    (depthwise, pointwise), biases = kernels_and_biases(layer, in_shape)
    yield depthwise.size
    yield pointwise.size + sum(bias.size for bias in biases)
    yield pointwise.size


@mistake("params", on=(BatchNorm,), examples=(Example(BatchNorm(), (14, 14, 32), 32),))
def one_for_each_channel(layer: BatchNorm, in_shape: Shape) -> Iterator[Outcome]:
    """One number for each channel."""
    yield layer.weights(in_shape)[0].size


@mistake(
    "params",
    on=(Conv,),
    examples=tuple(Example(Conv2D(32, 3, 2), RGB, wrong) for wrong in (3_584, 3_488, 1_792, 1_760, 224, 248, 448, 464)),
)
def strides_counted(layer: Conv, in_shape: Any) -> Iterator[Outcome]:
    """The count multiplied or divided by the strides."""
    kernels, biases = _sizes(layer, in_shape)
    for factor in dict.fromkeys((math.prod(layer.strides), layer.strides[0])):
        if factor > 1:
            yield (kernels + biases) * factor
            yield kernels * factor + biases
            yield (kernels + biases) // factor
            yield kernels // factor + biases


@mistake(
    "params",
    on=(BatchNorm, LayerNorm, GroupNorm, Embedding, Dense, TimeDistributed),
    examples=(
        Example(BatchNorm(), (14, 14, 64), 50_176),
        Example(Embedding(10_000, 16), (250,), 40_000_000),
        Example(TimeDistributed(Dense(10)), (5, 84), 4_250),
    ),
)
def counted_for_each_position(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """Weights that all positions share, counted for each of them."""
    if isinstance(layer, TimeDistributed):
        shared = in_shape[:1]
    elif isinstance(layer, Embedding):
        shared = in_shape
    elif isinstance(layer, Dense):
        shared = in_shape[:-1]
    else:
        positions = axis_positions(layer.axis, in_shape)
        shared = tuple(size for position, size in enumerate(in_shape) if position not in positions)
    times = product(shared)
    if times is not None:
        yield layer.params(in_shape) * times


# What is taken for something else


@mistake(
    "params",
    "output_shape",
    on=(Conv, ConvTranspose, DepthwiseConv, SeparableConv, Pool),
    examples=(
        Example(Conv2D(32, (3, 5)), RGB, 896),
        Example(Conv2D(32, (3, 5)), RGB, 2_432),
        Example(Pool((2, 3)), (12, 12, 8), (6, 6, 8)),
    ),
)
def square_kernel(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """A kernel that is longer on one axis, taken to be as long on all."""
    field = "pool_size" if isinstance(layer, Pool) else "kernel_size"
    sizes = getattr(layer, field)
    if isinstance(sizes, tuple):
        for size in dict.fromkeys(sizes):
            yield Reading(attrs.evolve(layer, **{field: size}), in_shape)


@mistake("params", on=(Conv,), examples=(Example(Conv2D(32, 3, groups=4), (32, 32, 16), 4_640),), spreads=True)
def groups_ignored(layer: Conv, in_shape: Any) -> Iterator[Outcome]:
    """Every filter sees all channels."""
    if layer.groups > 1:
        yield Reading(attrs.evolve(layer, groups=1), in_shape)


PLAIN = {1: Conv1D, 2: Conv2D, 3: Conv3D}


@mistake(
    "params",
    on=(SeparableConv, DepthwiseConv),
    examples=(
        Example(SeparableConv(100, 5), (32, 32, 10), 25_100),
        Example(DepthwiseConv(3), (32, 32, 16), 2_320),
    ),
    spreads=True,
)
def as_plain_conv(layer: SeparableConv | DepthwiseConv, in_shape: Shape) -> Iterator[Outcome]:
    """Kernels through all channels, as of a plain convolution."""
    rank = len(in_shape) - 1
    channels = known_channels(in_shape, layer.data_format) * layer.depth_multiplier
    filters = layer.filters if isinstance(layer, SeparableConv) else channels
    if rank in PLAIN:
        plain = PLAIN[rank](filters, layer.kernel_size, use_bias=layer.use_bias, data_format=layer.data_format)
        yield Reading(plain, in_shape)


@mistake("params", on=(SeparableConv,), examples=(Example(SeparableConv(100, 5), (32, 32, 10), 1_360),))
def depthwise_bias(layer: SeparableConv, in_shape: Shape) -> Iterator[Outcome]:
    """A bias behind the depthwise step too."""
    if layer.use_bias:
        yield layer.params(in_shape) + known_channels(in_shape, layer.data_format) * layer.depth_multiplier


@mistake(
    "params",
    on=(Pool, GAP, AdaptivePool),
    examples=(
        Example(Pool(2), (28, 28, 6), 12),
        Example(Pool(2), (28, 28, 6), 24),
        Example(GAP(), (7, 7, 512), 1_024),
    ),
    spreads=True,
)
def pool_weights(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """A coefficient and a bias for each channel, as LeNet-5 had them, or a kernel as large as the window."""
    if not layer.params(in_shape):
        channels = known_channels(in_shape, layer.data_format)
        yield 2 * channels
        for window in [layer.windows(in_shape)] if layer.windows(in_shape) else []:
            yield channels * math.prod(axis.kernel for axis in window)


@mistake(
    "params",
    "output_shape",
    on=(Dense,),
    examples=(Example(Dense(100), (5, 10), 5_100), Example(Dense(250), (50, 50, 100), (250,))),
    spreads=True,
)
def dense_flattens(layer: Dense, in_shape: Shape) -> Iterator[Outcome]:
    """All inputs joined to all units, and not along the last axis."""
    if len(in_shape) > 1:
        yield Reading(layer, (product(in_shape),))


@mistake(
    "params",
    "output_shape",
    on=(Dense, Embedding, Flatten),
    examples=(
        Example(Dense(10), (84,), 94),
        Example(Embedding(10_000, 16), (250,), 10_016),
        Example(Flatten(), (5, 5, 16), (26,)),
    ),
)
def added_for_multiplied(layer: Layer, in_shape: Shape) -> Iterator[Outcome]:
    """The sum of sizes whose product it is."""
    if isinstance(layer, Flatten):
        yield (None if None in in_shape else sum(axis or 0 for axis in in_shape),)
        return
    (kernel, *_), biases = kernels_and_biases(layer, in_shape)
    yield sum(kernel.shape)
    yield sum(kernel.shape) + sum(bias.size for bias in biases)


@mistake(
    "params",
    on=(Conv, ConvTranspose, SeparableConv),
    examples=(Example(Conv2D(32, 3, use_bias=False), RGB, 32),),
)
def filters_for_params(layer: Any, _in_shape: Any) -> Iterator[Outcome]:
    """How many filters there are."""
    yield layer.filters


@mistake("params", examples=(Example(Conv2D(32, 3), RGB, 28_800), Example(Flatten(), (5, 5, 16), 400)))
def output_size_for_params(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """How many numbers come out."""
    output_shape = layer.output_shape(in_shape)
    size = None if are_several(output_shape) else product(one_by_one(output_shape)[0])
    if size is not None:
        yield size


@mistake(
    "params",
    examples=(Example(Dense(768, lora_rank=8), (768,), 13_056), Example(Dense(10, trainable=False), (84,), 0)),
)
def trained_alone(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """What is trained, and not what is frozen."""
    if not isinstance(layer, BatchNorm):
        yield layer._tally(in_shape, {})[2]
