"""Random layers of every class, each with an input shape that it can take.

`LAYERS` has one row a class of layers; whatever holds for every layer is tested over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
from hypothesis import strategies as st

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    RNN,
    Activation,
    AdaptivePool,
    Add,
    Average,
    BatchNorm,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvTranspose,
    Cropping,
    Dense,
    DepthwiseConv,
    Dot,
    Dropout,
    EinsumDense,
    Embedding,
    Flatten,
    GroupNorm,
    GRUCell,
    Input,
    Layer,
    LayerNorm,
    LSTMCell,
    Maximum,
    Minimum,
    Model,
    Multiply,
    Permute,
    Pool,
    RepeatVector,
    Reshape,
    ReversibleEmbedding,
    RMSNorm,
    SeparableConv,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
    Subtract,
    TimeDistributed,
    UnitNorm,
    UpSampling,
    ZeroPadding,
)
from paramcalc.layers.recurrent import Cell

# A layer, and an input shape that it can take: a tuple of ints, or of such tuples where it takes several inputs
Case = tuple[Layer, tuple[Any, ...]]

names = st.none() | st.text(min_size=1, max_size=8)
data_formats: st.SearchStrategy[Any] = st.sampled_from(["channels_last", "channels_first"])
activations = st.sampled_from([None, "relu"])


adaptations: dict[str, st.SearchStrategy[Any]] = {
    "lora_rank": st.none() | st.integers(1, 9),
    "lora_alpha": st.none() | st.floats(-9, 9),
}


def common() -> dict[str, st.SearchStrategy[Any]]:
    return {"name": names, "trainable": st.booleans()}


def shapes(least: int = 0, most: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(1, 12), min_size=least, max_size=most).map(tuple)


def changed(in_shape: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The same shape, or tuple of shapes, with each axis changed."""
    return tuple(changed(axis, change) if isinstance(axis, tuple) else change(axis) for axis in in_shape)


def flat(in_shape: tuple[Any, ...]) -> Iterator[Any]:
    """The axes of a shape, or of all shapes in a tuple of them."""
    for axis in in_shape:
        if isinstance(axis, tuple):
            yield from flat(axis)
        else:
            yield axis


def hidden(draw: Callable[[st.SearchStrategy[int]], int], in_shape: tuple[Any, ...], one_in: int) -> tuple[Any, ...]:
    """The same shape or shapes with some axes not known."""
    return changed(in_shape, lambda axis: None if draw(st.integers(1, one_in)) == 1 else axis)


def with_channels(spatial: Sequence[int], channels: int, data_format: str) -> tuple[int, ...]:
    return (*spatial, channels) if data_format == "channels_last" else (channels, *spatial)


def per_axis(draw: st.DrawFn, rank: int, least: int, most: int) -> int | tuple[int, ...]:
    each = st.integers(least, most)
    return draw(each | st.tuples(*[each] * rank))


def spread(value: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else value


@st.composite
def convolutions(draw: st.DrawFn, kind: type[Conv1D | Conv2D | Conv3D], most: int = 9) -> Case:
    rank = kind.rank
    kernel = per_axis(draw, rank, 1, 4)
    strides, dilation = draw(
        st.sampled_from([(1, 1), (1, 2), (2, 1), (3, 1)])
        | st.tuples(st.tuples(*[st.integers(1, 3)] * rank), st.just(1))
        | st.tuples(st.just(1), st.tuples(*[st.integers(1, 3)] * rank))
    )
    sides = st.integers(0, 2)
    words: st.SearchStrategy[Any] = st.sampled_from(["valid", "same"] + ["causal"] * (rank == 1))
    as_keras = draw(st.booleans())
    padding = draw(words if as_keras else words | sides | st.tuples(*[sides | st.tuples(sides, sides)] * rank))
    groups = draw(st.integers(1, 3))
    filters, channels = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 3))
    table = (
        None if as_keras else draw(st.none() | st.lists(st.integers(1, channels), min_size=filters, max_size=filters))
    )
    data_format = draw(data_formats)
    layer = kind(
        filters,
        kernel,
        strides,
        padding,
        dilation_rate=dilation,
        groups=groups if table is None else 1,
        use_bias=draw(st.booleans()),
        activation=draw(activations),
        data_format=data_format,
        connection_table=table,
        lora_rank=draw(adaptations["lora_rank"]) if table is None else None,
        lora_alpha=draw(adaptations["lora_alpha"]),
        name=draw(names),
        trainable=draw(st.booleans()),
    )
    spans = [d * (k - 1) + 1 for d, k in zip(spread(dilation, rank), spread(kernel, rank), strict=True)]
    return layer, with_channels([draw(st.integers(span, most + span)) for span in spans], channels, data_format)


@st.composite
def pools(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    size = per_axis(draw, rank, 1, 4)
    half = min(spread(size, rank)) // 2
    sides = st.integers(0, half)
    as_keras = draw(st.booleans())
    words: st.SearchStrategy[Any] = st.sampled_from(["valid", "same"])
    padding = draw(words if as_keras else words | sides | st.tuples(*[sides | st.tuples(sides, sides)] * rank))
    data_format = draw(data_formats)
    layer = Pool(
        size,
        draw(st.none() | st.integers(1, 4) | st.tuples(*[st.integers(1, 4)] * rank)),
        padding,
        mode=draw(st.sampled_from(["max", "average"])),
        ceil_mode=not as_keras and padding != "same" and draw(st.booleans()),
        use_scale=not as_keras and draw(st.booleans()),
        use_bias=not as_keras and draw(st.booleans()),
        data_format=data_format,
        name=draw(names),
        trainable=draw(st.booleans()),
    )
    spatial = [draw(st.integers(axis, 12)) for axis in spread(size, rank)]
    return layer, with_channels(spatial, draw(st.integers(1, 5)), data_format)


def either_side(draw: st.DrawFn, rank: int, words: Sequence[str], most: int = 2) -> Any:
    """A padding: one of the words, an int, or for each axis an int or a pair."""
    sides = st.integers(0, most)
    each: st.SearchStrategy[Any] = sides | st.tuples(sides, sides)
    return draw(st.sampled_from(words) | st.sampled_from(words) | sides | st.tuples(*[each] * rank))


@st.composite
def transposed_convolutions(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    most_stride, most_dilation = draw(st.sampled_from([(4, 1), (1, 3)]))
    strides, dilation = per_axis(draw, rank, 1, most_stride), per_axis(draw, rank, 1, most_dilation)
    padding = either_side(draw, rank, ["valid", "same"])
    more = draw(st.none() | st.tuples(*[st.integers(0, stride - 1) for stride in spread(strides, rank)]))
    if more is not None and len(set(more)) == 1 and draw(st.booleans()):
        more = more[0]
    data_format = draw(data_formats)
    layer = ConvTranspose(
        draw(st.integers(1, 9)),
        per_axis(draw, rank, 1, 4),
        strides,
        padding,
        output_padding=more,
        dilation_rate=dilation,
        use_bias=draw(st.booleans()),
        activation=draw(activations),
        data_format=data_format,
        **{key: draw(value) for key, value in common().items()},
    )
    # So long that no padding cuts everything off
    least = 1 if padding == "valid" or (padding == "same" and more is None) else 5
    return layer, with_channels(
        [draw(st.integers(least, 12)) for _ in range(rank)], draw(st.integers(1, 5)), data_format
    )


@st.composite
def channel_convolutions(draw: st.DrawFn, kind: type[DepthwiseConv | SeparableConv]) -> Case:
    rank = draw(st.integers(1, 3))
    kernel, dilation = per_axis(draw, rank, 1, 4), per_axis(draw, rank, 1, 3)
    data_format = draw(data_formats)
    filters: dict[str, Any] = {"filters": draw(st.integers(1, 9))} if kind is SeparableConv else {}
    layer: Any = kind(
        **filters,
        kernel_size=kernel,
        strides=per_axis(draw, rank, 1, 3),
        padding=either_side(draw, rank, ["valid", "same"]),
        depth_multiplier=draw(st.integers(1, 3)),
        dilation_rate=dilation,
        use_bias=draw(st.booleans()),
        activation=draw(activations),
        data_format=data_format,
        **{key: draw(value) for key, value in common().items()},
    )
    spans = [d * (k - 1) + 1 for d, k in zip(spread(dilation, rank), spread(kernel, rank), strict=True)]
    return layer, with_channels(
        [draw(st.integers(span, 9 + span)) for span in spans], draw(st.integers(1, 5)), data_format
    )


@st.composite
def adaptive_pools(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=2))
    mode: st.SearchStrategy[Any] = st.sampled_from(["max", "average"])
    size = per_axis(draw, len(in_shape) - 1, 1, 9)
    return AdaptivePool(size, mode=draw(mode), data_format=draw(data_formats), name=draw(names)), in_shape


@st.composite
def inputs(draw: st.DrawFn) -> Case:
    shape = draw(shapes())
    known = [axis if draw(st.booleans()) else None for axis in shape]
    return Input(known, name=draw(names), trainable=draw(st.booleans())), shape


def on(layers: st.SearchStrategy[Any], in_shapes: st.SearchStrategy[tuple[int, ...]]) -> st.SearchStrategy[Case]:
    return st.tuples(layers, in_shapes)


dense = st.builds(Dense, st.integers(1, 300), activation=activations, use_bias=st.booleans(), **adaptations, **common())
dropouts = st.builds(Dropout, st.floats(0, 1), **common())


@st.composite
def models(draw: st.DrawFn) -> Case:
    """A small image network, at times with a model in it and an Input before it."""
    first, in_shape = draw(convolutions(Conv2D))
    rest = [Flatten(), draw(st.builds(Dense, st.integers(1, 300), trainable=st.booleans())), Dropout(0.5), Dense(2)]
    layers = [first, Model(rest, trainable=draw(st.booleans()))] if draw(st.booleans()) else [first, *rest]
    if draw(st.booleans()):
        layers.insert(0, Input(in_shape))
    return Model(layers, in_shape=in_shape, name=draw(names), trainable=draw(st.booleans())), in_shape


def axes_of(draw: st.DrawFn, rank: int) -> int:
    """An axis as Keras counts: from 1 behind the batch, or from -1 backwards."""
    return draw(st.integers(1, rank) | st.integers(-rank, -1))


@st.composite
def normalisations(draw: st.DrawFn, /, kind: Any, *, several: bool, **arguments: st.SearchStrategy[bool]) -> Case:
    in_shape = draw(shapes(least=1))
    axis: int | list[int] = axes_of(draw, len(in_shape))
    if several and draw(st.booleans()):
        axis = draw(st.lists(st.integers(-len(in_shape), -1), min_size=1, unique=True))
    chosen = {name: draw(value) for name, value in {**arguments, **common()}.items()}
    return kind(axis=axis, **chosen), in_shape


@st.composite
def group_normalisations(draw: st.DrawFn) -> Case:
    groups = draw(st.integers(1, 4))
    in_shape = [*draw(shapes(most=3)), groups * draw(st.integers(1, 4))]
    several = draw(st.sampled_from([groups, -1]))
    layer = GroupNorm(several, center=draw(st.booleans()), scale=draw(st.booleans()), name=draw(names))
    return layer, tuple(in_shape)


@st.composite
def reshapes(draw: st.DrawFn) -> Case:
    target = list(draw(shapes(most=3)))
    in_shape: tuple[int, ...] = tuple(draw(st.permutations(target)))
    open_axis = draw(st.booleans())
    if target and open_axis:
        target[draw(st.integers(0, len(target) - 1))] = -1
    return Reshape(target, name=draw(names)), in_shape


@st.composite
def permutations(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=1))
    return Permute(draw(st.permutations(range(1, len(in_shape) + 1)))), in_shape


@st.composite
def sided(draw: st.DrawFn, kind: type[Cropping | ZeroPadding]) -> Case:
    rank = draw(st.integers(1, 3))
    side = st.integers(0, 3)
    each: st.SearchStrategy[Any] = side | st.tuples(side, side)
    layer = kind(draw(side | st.tuples(*[each] * rank)), data_format=draw(data_formats))
    spatial = [draw(st.integers(7, 12)) for _ in range(rank)]
    return layer, with_channels(spatial, draw(st.integers(1, 5)), layer.data_format)


@st.composite
def up_samplings(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=2))
    return UpSampling(per_axis(draw, len(in_shape) - 1, 1, 3), data_format=draw(data_formats)), in_shape


@st.composite
def einsum_layers(draw: st.DrawFn) -> Case:
    """Letters that are kept, summed and made, in any order; the batch with a letter or in the ellipsis."""
    batch, *letters = draw(st.permutations("abcdWXYZ"))
    kept, summed, made = (letters[start : start + draw(st.integers(0, 2))] for start in (0, 2, 4))
    form = draw(st.sampled_from(["", "left", "left of the batch", "right"]))
    kept = kept or (letters[:1] if form in ("left", "right") else [])
    carried = [letter for letter in kept + summed if draw(st.booleans())]
    made = made if carried or made else letters[4:5]
    inputs = "".join(draw(st.permutations(kept + summed)))
    kernel = "".join(draw(st.permutations(carried + made)))
    outputs = "".join(draw(st.permutations(kept + made)))
    bias_axes = "".join(draw(st.lists(st.sampled_from(outputs), max_size=3))) if outputs else ""
    sizes = {letter: draw(st.integers(1, 9)) for letter in letters}
    known = kernel + bias_axes
    output_shape = [sizes[letter] if letter in known or draw(st.booleans()) else None for letter in outputs]
    lettered = "" if form == "left" else batch
    before, behind = "..." * form.startswith("left"), "..." * (form == "right")
    layer = EinsumDense(
        f"{before}{lettered}{inputs}{behind},{kernel}->{before}{lettered}{outputs}{behind}",
        output_shape[0] if len(output_shape) == 1 and output_shape[0] and draw(st.booleans()) else output_shape,
        draw(activations),
        bias_axes or None,
        **{key: draw(value) for key, value in {**adaptations, **common()}.items()},
    )
    in_shape = [sizes[letter] for letter in inputs]
    elided = list(draw(shapes(most=2))) if form in ("left", "right") else []
    return layer, tuple(elided + in_shape if form == "left" else in_shape + elided)


returned = {"return_sequences": st.booleans(), "return_state": st.booleans()}
sequences = shapes(least=2, most=2)


def states_of(layer: Any, sequence: tuple[int, ...]) -> Any:
    """The states of a recurrent layer, or of a cell."""
    return (layer if isinstance(layer, Cell) else attrs.evolve(layer, return_state=True)).output_shape(sequence)[1:]


@st.composite
def with_states(draw: st.DrawFn, layers: st.SearchStrategy[Any], in_shapes: Any = sequences) -> Case:
    """With its initial states as further inputs, or without."""
    layer, in_shape = draw(layers), draw(in_shapes)
    return layer, (in_shape, *states_of(layer, in_shape)) if draw(st.booleans()) else in_shape


def cells(kind: Any, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, st.integers(1, 30), use_bias=st.booleans(), **{**common(), **arguments})


# Their names stand in explanations, where numbers are looked for
words = st.none() | st.text(" abcαβ_", min_size=1, max_size=3)
gated_cells = st.one_of(
    cells(SimpleRNNCell, name=words),
    cells(LSTMCell, name=words),
    cells(GRUCell, name=words, reset_after=st.booleans()),
)
pairs = st.builds(StackedRNNCells, st.lists(gated_cells, min_size=2, max_size=2), name=words, trainable=st.booleans())
stacks = st.builds(StackedRNNCells, st.lists(gated_cells, min_size=2, max_size=3) | st.tuples(gated_cells, pairs))
single_stacks = st.builds(lambda cell: StackedRNNCells([cell]), gated_cells)


def recurrent(kind: Any, **arguments: st.SearchStrategy[bool]) -> st.SearchStrategy[Case]:
    return with_states(cells(kind, **returned, **arguments))


def rnns(cell: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(RNN, cell, **returned, **common())


gated = cells(SimpleRNN, **returned) | cells(LSTM, **returned) | cells(GRU, reset_after=st.booleans(), **returned)


@st.composite
def bidirectionals(draw: st.DrawFn) -> Case:
    """One layer both ways, or a second one backwards; where one is to be added to the other, they give as much."""
    forward = draw(gated | st.builds(RNN, gated_cells | st.lists(gated_cells, min_size=2, max_size=2), **returned))
    sequence = draw(sequences)
    mode: Any = draw(st.sampled_from(["concat", "sum", "mul", "ave", None]))
    backward = None
    if not isinstance(forward, RNN) and draw(st.booleans()):
        backward = draw(gated)
        units = backward.units if mode in ("concat", None) else forward.units
        alike = {name: getattr(forward, name) for name in returned}
        backward = attrs.evolve(backward, units=units, **alike)
    layer = Bidirectional(forward, mode, backward_layer=backward, **{name: draw(v) for name, v in common().items()})
    first, last = (states_of(each, sequence) for each in (forward, backward or forward))
    return layer, (sequence, *first, *last) if draw(st.booleans()) and len(first) == len(last) else sequence


@st.composite
def time_distributed(draw: st.DrawFn) -> Case:
    inner: st.SearchStrategy[Case] = on(dense, shapes(least=1, most=2)) | convolutions(Conv1D) | pools()
    inner |= on((gated | st.builds(Bidirectional, gated)).filter(returns_one), sequences)
    inner |= on(dropouts | st.builds(Flatten) | st.builds(TimeDistributed, dropouts), shapes(least=2))
    layer, in_shape = draw(inner)
    if draw(st.integers(0, 3)) == 0:
        layer = Model([layer, Flatten(), Dense(2)])
    return TimeDistributed(layer, name=draw(names), trainable=draw(st.booleans())), (draw(st.integers(1, 9)), *in_shape)


def returns_one(layer: Any) -> bool:
    recurrent: Any = layer.layer if isinstance(layer, Bidirectional) else layer
    return not recurrent.return_state


@st.composite
def stretched(draw: st.DrawFn, most: int = 4, *, same_rank: bool = False, inputs: int | None = None) -> tuple[Any, ...]:
    """Shapes that broadcast: what they are stretched to, with axes of 1 and, unless they must not, of fewer axes."""
    full = draw(shapes(most=most))
    several = []
    for _ in range(draw(st.integers(1, 4)) if inputs is None else inputs):
        own = full if same_rank else full[draw(st.integers(0, len(full))) :]
        several.append(tuple(1 if draw(st.integers(0, 3)) == 0 else axis for axis in own))
    return tuple(several)


@st.composite
def concatenations(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(most=3))
    axis = draw(st.integers(-len(in_shape) - 1, len(in_shape)))
    position = axis - 1 if axis >= 0 else len(in_shape) + axis
    several = tuple(
        tuple(draw(st.integers(1, 9)) if place == position else size for place, size in enumerate(in_shape))
        for _ in range(draw(st.integers(1, 4)))
    )
    return Concatenate(axis, **{name: draw(value) for name, value in common().items()}), several


@st.composite
def dot_products(draw: st.DrawFn) -> Case:
    first, second = draw(shapes(least=1, most=3)), list(draw(shapes(least=1, most=3)))
    axes = (axes_of(draw, len(first)), axes_of(draw, len(second)))
    if draw(st.booleans()):
        rank = min(len(first), len(second))
        axes = (axes_of(draw, rank),) * 2
    places = [axis - 1 if axis > 0 else axis for axis in axes]
    second[places[1]] = first[places[0]]
    layer = Dot(
        axes[0] if axes[0] == axes[1] else axes,
        normalize=draw(st.booleans()),
        **{name: draw(value) for name, value in common().items()},
    )
    return layer, (first, tuple(second))


learnt: dict[str, st.SearchStrategy[bool]] = {"center": st.booleans(), "scale": st.booleans()}
LAYERS: dict[type[Layer], st.SearchStrategy[Case]] = {
    Activation: on(st.builds(Activation, st.text(min_size=1), **common()), shapes()),
    Conv1D: convolutions(Conv1D),
    Conv2D: convolutions(Conv2D),
    Conv3D: convolutions(Conv3D, most=3),
    ConvTranspose: transposed_convolutions(),
    Dense: on(dense, shapes(least=1)),
    DepthwiseConv: channel_convolutions(DepthwiseConv),
    Dropout: on(dropouts, shapes()),
    Flatten: on(st.builds(Flatten, data_format=data_formats, **common()), shapes()),
    GAP: on(
        st.builds(
            GAP,
            mode=st.sampled_from(["max", "average"]),
            keepdims=st.booleans(),
            data_format=data_formats,
            **common(),
        ),
        shapes(least=2),
    ),
    Input: inputs(),
    Add: on(st.builds(Add, **common()), stretched()),
    Average: on(st.builds(Average, **common()), stretched()),
    Concatenate: concatenations(),
    Dot: dot_products(),
    Maximum: on(st.builds(Maximum, **common()), stretched()),
    Minimum: on(st.builds(Minimum, **common()), stretched()),
    Multiply: on(st.builds(Multiply, **common()), stretched()),
    Subtract: on(st.builds(Subtract, **common()), stretched(inputs=2)),
    Pool: pools(),
    SeparableConv: channel_convolutions(SeparableConv),
    Bidirectional: bidirectionals(),
    RNN: with_states(rnns(gated_cells | stacks)) | on(rnns(single_stacks), sequences),
    GRUCell: with_states(cells(GRUCell, reset_after=st.booleans()), shapes(least=1, most=1)),
    LSTMCell: with_states(cells(LSTMCell), shapes(least=1, most=1)),
    SimpleRNNCell: with_states(cells(SimpleRNNCell), shapes(least=1, most=1)),
    StackedRNNCells: with_states(stacks | single_stacks, shapes(least=1, most=1)),
    GRU: recurrent(GRU, reset_after=st.booleans()),
    LSTM: recurrent(LSTM),
    SimpleRNN: recurrent(SimpleRNN),
    TimeDistributed: time_distributed(),
    AdaptivePool: adaptive_pools(),
    BatchNorm: normalisations(BatchNorm, several=False, renorm=st.booleans(), **learnt),
    Cropping: sided(Cropping),
    EinsumDense: einsum_layers(),
    Embedding: on(
        st.builds(Embedding, st.integers(1, 99), st.integers(1, 9), **adaptations, **common()), shapes(most=3)
    ),
    GroupNorm: group_normalisations(),
    LayerNorm: normalisations(LayerNorm, several=True, **learnt),
    Permute: permutations(),
    RepeatVector: on(st.builds(RepeatVector, st.integers(1, 9), **common()), shapes(least=1, most=1)),
    Reshape: reshapes(),
    ReversibleEmbedding: on(
        st.builds(ReversibleEmbedding, st.integers(1, 99), st.integers(1, 9), lora_rank=st.integers(1, 9), **common())
        | st.builds(ReversibleEmbedding, st.integers(1, 99), st.integers(1, 9), st.booleans(), **common()),
        shapes(most=3),
    ),
    RMSNorm: normalisations(RMSNorm, several=True),
    UnitNorm: normalisations(UnitNorm, several=True),
    UpSampling: up_samplings(),
    ZeroPadding: sided(ZeroPadding),
}

cases = st.one_of(*LAYERS.values())
