"""Random layers of every class, each with an input shape that it can take.

`LAYERS` has one row a class of layers; whatever holds for every layer is tested over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    Activation,
    Add,
    AdditiveAttention,
    Attention,
    Average,
    BatchNorm,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    Cropping,
    CustomScaleLayer,
    Dense,
    Dot,
    Dropout,
    Elementwise,
    Embedding,
    Flatten,
    GroupedQueryAttention,
    GroupNorm,
    Input,
    Layer,
    LayerNorm,
    Maximum,
    Minimum,
    Model,
    MultiHeadAttention,
    Multiply,
    Permute,
    Pool,
    RepeatVector,
    Reshape,
    RMSNorm,
    SimpleRNN,
    Subtract,
    TimeDistributed,
    UnitNorm,
    UpSampling,
    ZeroPadding,
)
from paramcalc.layers.elementwise import OPERATIONS

# A layer, and an input shape that it can take: a tuple of ints, or of such tuples where it takes several inputs
Case = tuple[Layer, tuple[Any, ...]]

names = st.none() | st.text(min_size=1, max_size=8)
data_formats: st.SearchStrategy[Any] = st.sampled_from(["channels_last", "channels_first"])
activations = st.sampled_from([None, "relu"])


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


@st.composite
def inputs(draw: st.DrawFn) -> Case:
    shape = draw(shapes())
    known = [axis if draw(st.booleans()) else None for axis in shape]
    return Input(known, name=draw(names), trainable=draw(st.booleans())), shape


def on(layers: st.SearchStrategy[Any], in_shapes: st.SearchStrategy[tuple[int, ...]]) -> st.SearchStrategy[Case]:
    return st.tuples(layers, in_shapes)


dense = st.builds(Dense, st.integers(1, 300), activation=activations, use_bias=st.booleans(), **common())
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


def recurrent(kind: Any, **arguments: st.SearchStrategy[bool]) -> st.SearchStrategy[Any]:
    switches = {"use_bias": st.booleans(), "return_sequences": st.booleans()}
    return st.builds(kind, st.integers(1, 30), **switches, **arguments, **common())


recurrents = recurrent(SimpleRNN) | recurrent(LSTM) | recurrent(GRU, reset_after=st.booleans())
merge_modes: st.SearchStrategy[Any] = st.sampled_from(["concat", "sum", "mul", "ave"])
sequences = shapes(least=2, most=2)


@st.composite
def time_distributed(draw: st.DrawFn) -> Case:
    inner: st.SearchStrategy[Case] = on(dense, shapes(least=1, most=2)) | convolutions(Conv1D) | pools()
    layer, in_shape = draw(inner)
    return TimeDistributed(layer, name=draw(names), trainable=draw(st.booleans())), (draw(st.integers(1, 9)), *in_shape)


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


numbers = st.integers(-9, 9) | st.floats(-9, 9)


def filled(shape: tuple[int, ...], number: float) -> Any:
    """Nested tuples of this shape, of one number."""
    return (filled(shape[1:], number),) * shape[0] if shape else number


@st.composite
def operations(draw: st.DrawFn) -> Case:
    """An operation on inputs, and at times on constants that broadcast with them."""
    name = draw(st.sampled_from(sorted(OPERATIONS)) | st.sampled_from(["add", "multiply", "where", "relu", "clip"]))
    full = draw(shapes(most=3))
    inputs: list[tuple[int, ...]] = []
    operands: list[Any] = []
    for index in range(OPERATIONS[name]):
        own = tuple(1 if draw(st.integers(0, 3)) == 0 else axis for axis in full)
        if index == OPERATIONS[name] - 1 and not inputs:
            constant = False
        else:
            constant = OPERATIONS[name] > 1 and (draw(st.booleans()) if name != "clip" else index > 0)
        if not constant:
            inputs.append(own)
            operands.append(None)
        elif draw(st.booleans()) or name == "clip":
            operands.append(draw(numbers))
        else:
            of_batch = (1,) * draw(st.integers(0, 1)) if len(own) < 3 else ()
            operands.append(filled((*of_batch, *own) if of_batch else own[-2:], draw(numbers)))
    layer = Elementwise(name, operands, **{name: draw(value) for name, value in common().items()})
    return layer, inputs[0] if len(inputs) == 1 else tuple(inputs)


@st.composite
def attended(
    draw: st.DrawFn, rank: int, among: Sequence[int], query_features: int, value_features: int, key_features: int
) -> tuple[Any, ...]:
    """Shapes of query, value and key, or of fewer of them, with attention `among` some axes; all positions are few."""
    query = [draw(st.integers(1, 5)) for _ in range(rank - 1)]
    source = [draw(st.integers(1, 5)) if index in among else size for index, size in enumerate(query)]
    three = ((*query, query_features), (*source, value_features), (*source, key_features))
    if value_features != key_features:
        return three
    several = draw(st.integers(1, 3))
    return three[:several] if several > 1 else three[0]


features = st.integers(1, 9)
with_scores = {"return_attention_scores": st.booleans(), **common()}
with_heads = {"use_bias": st.booleans(), "use_gate": st.booleans(), **with_scores}


@st.composite
def multi_head_attentions(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(2, 4))
    among = draw(st.none() | st.lists(st.integers(0, rank - 2), min_size=1, unique=True))
    axes = among and [draw(st.sampled_from([index + 1, index - rank])) for index in among]
    layer = MultiHeadAttention(
        draw(st.integers(1, 4)),
        draw(st.integers(1, 6)),
        draw(st.none() | st.integers(1, 6)),
        output_shape=draw(st.none() | features | st.lists(features, min_size=1, max_size=2)),
        attention_axes=axes[0] if axes and len(axes) == 1 and draw(st.booleans()) else axes,
        **{name: draw(value) for name, value in with_heads.items()},
    )
    sizes = draw(
        st.tuples(features, features, features) | st.tuples(features, features).map(lambda two: (*two, two[1]))
    )
    return layer, draw(attended(rank, range(rank) if among is None else among, *sizes))


@st.composite
def grouped_query_attentions(draw: st.DrawFn) -> Case:
    groups, size = draw(st.integers(1, 3)), draw(features)
    layer = GroupedQueryAttention(
        draw(st.integers(1, 6)),
        groups * draw(st.integers(1, 3)),
        groups,
        **{name: draw(value) for name, value in with_heads.items()},
    )
    return layer, draw(attended(2, (0,), size, size, draw(st.sampled_from([size, size + 1]))))


@st.composite
def plain_attentions(draw: st.DrawFn, /, kind: Any, **arguments: st.SearchStrategy[Any]) -> Case:
    layer = kind(**{name: draw(value) for name, value in {**arguments, **with_scores}.items()})
    rank, size = draw(st.integers(2, 4)), draw(features)
    return layer, draw(attended(rank, (rank - 2,), size, draw(st.sampled_from([size, size + 1])), size))


learnt: dict[str, st.SearchStrategy[bool]] = {"center": st.booleans(), "scale": st.booleans()}
LAYERS: dict[type[Layer], st.SearchStrategy[Case]] = {
    Activation: on(st.builds(Activation, st.text(min_size=1), **common()), shapes()),
    Conv1D: convolutions(Conv1D),
    Conv2D: convolutions(Conv2D),
    Conv3D: convolutions(Conv3D, most=3),
    Dense: on(dense, shapes(least=1)),
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
    AdditiveAttention: plain_attentions(AdditiveAttention, use_scale=st.booleans()),
    Attention: plain_attentions(Attention, use_scale=st.booleans(), score_mode=st.sampled_from(["dot", "concat"])),
    GroupedQueryAttention: grouped_query_attentions(),
    MultiHeadAttention: multi_head_attentions(),
    Add: on(st.builds(Add, **common()), stretched()),
    Average: on(st.builds(Average, **common()), stretched()),
    Concatenate: concatenations(),
    CustomScaleLayer: on(st.builds(CustomScaleLayer, numbers, **common()), stretched(same_rank=True, inputs=2)),
    Dot: dot_products(),
    Elementwise: operations(),
    Maximum: on(st.builds(Maximum, **common()), stretched()),
    Minimum: on(st.builds(Minimum, **common()), stretched()),
    Multiply: on(st.builds(Multiply, **common()), stretched()),
    Subtract: on(st.builds(Subtract, **common()), stretched(inputs=2)),
    Pool: pools(),
    Bidirectional: on(st.builds(Bidirectional, recurrents, merge_modes, **common()), sequences),
    GRU: on(recurrent(GRU, reset_after=st.booleans()), sequences),
    LSTM: on(recurrent(LSTM), sequences),
    SimpleRNN: on(recurrent(SimpleRNN), sequences),
    TimeDistributed: time_distributed(),
    BatchNorm: normalisations(BatchNorm, several=False, renorm=st.booleans(), **learnt),
    Cropping: sided(Cropping),
    Embedding: on(st.builds(Embedding, st.integers(1, 99), st.integers(1, 9), **common()), shapes(most=3)),
    GroupNorm: group_normalisations(),
    LayerNorm: normalisations(LayerNorm, several=True, **learnt),
    Permute: permutations(),
    RepeatVector: on(st.builds(RepeatVector, st.integers(1, 9), **common()), shapes(least=1, most=1)),
    Reshape: reshapes(),
    RMSNorm: normalisations(RMSNorm, several=True),
    UnitNorm: normalisations(UnitNorm, several=True),
    UpSampling: up_samplings(),
    ZeroPadding: sided(ZeroPadding),
}

cases = st.one_of(*LAYERS.values())
