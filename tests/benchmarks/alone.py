"""The rows that need nothing but the library: against plain Python, and against itself.

Knows: what of the library is measured. Must not know: other frameworks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.measuring import Row, Sides, agreeing, process
from paramcalc import LSTM, Add, BatchNorm, Bidirectional, Conv2D, Dense, Flatten, Input, Model, Pool
from paramcalc.grading import diagnose
from paramcalc.layers.conv import Conv

IN_SHAPE: tuple[int, int, int] = (32, 32, 8)
THREE_LAYERS = """
from paramcalc import Conv2D, Dense, Flatten, Model
Model([Conv2D(8, 5), Flatten(), Dense(10)], in_shape=(32, 32, 3)).params()
"""

Answers: TypeAlias = "tuple[tuple[int | None, ...], int]"
"""The output shape, and the parameters."""


def imports(_: Path) -> Sides:
    return Sides(process("-c", THREE_LAYERS), process("-c", "import attrs"))


# Chains


def convolutions(count: int) -> list[Conv2D]:
    return [Conv2D(8, 3, padding=1) for _ in range(count)]


def chain(layers: Sequence[Conv2D]) -> Answers:
    model = Model(layers, in_shape=IN_SHAPE)
    return model.output_shape(), model.params()


def loop(layers: Iterable[Conv]) -> Answers:
    """The integer arithmetic of the chain and nothing else, on the numbers of the same layers."""
    height, width, channels = IN_SHAPE
    total = 0
    for layer in layers:
        kernel_height, kernel_width = layer.kernel_size
        stride_height, stride_width = layer.strides
        dilation_height, dilation_width = layer.dilation_rate
        (top, bottom), (left, right) = layer.padding  # type: ignore[str-unpack]  # the layers above are padded by ints
        filters = layer.filters
        height = (height + top + bottom - (dilation_height * (kernel_height - 1) + 1)) // stride_height + 1  # type: ignore[operator]
        width = (width + left + right - (dilation_width * (kernel_width - 1) + 1)) // stride_width + 1  # type: ignore[operator]
        total += kernel_height * kernel_width * (channels // layer.groups) * filters + filters
        channels = filters
    return (height, width, channels), total


def chain_against_loop(count: int, _: Path) -> Sides:
    layers = convolutions(count)
    return agreeing(lambda: chain(layers), lambda: loop(layers))


def chain_against_tenths(_: Path) -> Sides:
    layers = convolutions(100_000)
    tenths = [layers[start : start + 10_000] for start in range(0, 100_000, 10_000)]
    return Sides(lambda: chain(layers), lambda: list(map(chain, tenths)))


def memory_of_chain(count: int, _: Path) -> Sides:
    # Made anew each time, as those of the layers are: else all tuples were one
    return Sides(
        lambda: chain(convolutions(count)),
        lambda: [(filters, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1) for filters in [8] * count],
    )


# Graphs


def residual(count: int) -> list[tuple[Conv2D, Add]]:
    return [(Conv2D(8, 3, padding="same"), Add()) for _ in range(count)]


def graph(blocks: Iterable[tuple[Conv2D, Add]]) -> Answers:
    inputs = x = Input(IN_SHAPE)()
    for convolution, add in blocks:
        x = add(convolution(x), x)
    model = Model(inputs=inputs, outputs=x)
    return model.output_shape(), model.params()


def loop_over_graph(table: Iterable[tuple[Conv2D | None, tuple[int, ...]]]) -> Answers:
    """The integer arithmetic of the graph and nothing else, on a table of calls and what goes into each."""
    shapes = [IN_SHAPE]
    total = 0
    for layer, sources in table:
        shape = shapes[sources[0]]
        if layer is None:
            if shape != shapes[sources[1]]:
                raise ValueError(shape)
            shapes.append(shape)
            continue
        height, width, channels = shape
        kernel_height, kernel_width = layer.kernel_size
        stride_height, stride_width = layer.strides
        filters = layer.filters
        shapes.append((-(-height // stride_height), -(-width // stride_width), filters))
        total += kernel_height * kernel_width * (channels // layer.groups) * filters + filters
    return shapes[-1], total


def graph_against_loop(count: int, _: Path) -> Sides:
    blocks = residual(count // 2)
    table: list[tuple[Conv2D | None, tuple[int, ...]]] = []
    for number, (convolution, _add) in enumerate(blocks):
        table += [(convolution, (2 * number,)), (None, (2 * number + 1, 2 * number))]
    return agreeing(lambda: graph(blocks), lambda: loop_over_graph(table))


# Diagnoses


def total_against_making(_: Path) -> Sides:
    block = [Conv2D(8, 3, padding="same"), BatchNorm(), Conv2D(8, 3), Pool(2, 1)]
    layers = [*block * 12, Flatten(), Dense(10)]
    model = Model(layers, in_shape=(64, 64, 8))
    return Sides(lambda: diagnose(model, params=-1), lambda: Model(layers, in_shape=(64, 64, 8)))


def count_against_counts(_: Path) -> Sides:
    layer, in_shape = Bidirectional(LSTM(64)), (250, 16)
    return Sides(lambda: diagnose(layer, in_shape, params=-1), lambda: [layer.params(in_shape) for _ in range(100)])


def chains(
    name: str, ours: str, theirs: str, prepare: Callable[[int, Path], Sides], budgets: dict[int, float], **more: Any
) -> list[Row]:
    """A row for each length of a chain."""
    return [
        Row(f"{name}-{count}", ours.format(f"{count:,}"), theirs.format(f"{count:,}"), partial(prepare, count), budget,
            parts=count, part="layer", **more)
        for count, budget in budgets.items()
    ]  # fmt: skip


IMPORT = Row(
    "import",
    "A fresh Python imports paramcalc, makes a model of three layers and asks for its parameters.",
    "A fresh Python imports attrs, which paramcalc is written with, and does nothing.",
    imports,
    1.5,
)
ROWS = [
    *chains(
        "chain",
        "A model is made of {} convolutions that are there, and asked for its output shape and its parameters.",
        "One loop over the same layers does the arithmetic for both on their numbers, with no check and no name.",
        chain_against_loop,
        {1_000: 25, 10_000: 25, 100_000: 20, 1_000_000: 25},
    ),
    Row(
        "chain-linear",
        "A model is made of 100,000 convolutions that are there.",
        "Ten models are made of 10,000 each, which costs as much if the cost is linear.",
        chain_against_tenths,
        1.5,
        parts=100_000,
        part="layer",
    ),
    *chains(
        "memory",
        "The most memory at a time while {} convolutions and a model of them are made; each layer is an object of its "
        "own.",
        "The most memory while a list of {} plain tuples is made, of the 12 numbers that the loop would take of each "
        "layer.",
        memory_of_chain,
        {1_000: 7, 10_000: 7, 100_000: 7, 1_000_000: 7},
        of_memory=True,
    ),
    Row(
        "graph",
        "100,000 layers that are there, convolutions and additions in turn, are called on each other's outputs; a "
        "model is made of the graph and asked for its output shape and its parameters.",
        "One loop over a table of the same calls does the arithmetic for both, with no check and no name.",
        partial(graph_against_loop, 100_000),
        130,
        parts=100_000,
        part="node",
    ),
    Row(
        "diagnose-total",
        "The mistake is sought behind a wrong total of a chain of 50 layers which no mistake explains, so that all are "
        "tried.",
        "A fresh model is made of the same layers, as grading without a diagnosis does.",
        total_against_making,
        10,
    ),
    Row(
        "diagnose-count",
        "The mistake is sought behind a wrong count of one bidirectional LSTM which none explains, so that all pairs "
        "of mistakes are tried.",
        "The right count is asked for 100 times.",
        count_against_counts,
        1,
    ),
]
