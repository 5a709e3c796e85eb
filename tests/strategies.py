"""Random layers of every class, each with an input shape that it can take.

`LAYERS` has one row a class of layers; whatever holds for every layer is tested over all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from paramcalc import (
    ELU,
    GAP,
    GRU,
    LSTM,
    RNN,
    Activation,
    ActivityRegularization,
    AdaptivePool,
    Add,
    AdditiveAttention,
    AlphaDropout,
    Attention,
    Augmentation,
    Average,
    BatchNorm,
    Bidirectional,
    CenterCrop,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    ConvLSTM,
    ConvTranspose,
    Cropping,
    CustomScaleLayer,
    Dense,
    DepthwiseConv,
    Dot,
    Dropout,
    EinsumDense,
    Elementwise,
    Embedding,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GroupedQueryAttention,
    GroupNorm,
    GRUCell,
    Identity,
    Input,
    Layer,
    LayerNorm,
    LayerScale,
    LeakyReLU,
    LearnedTokens,
    LSTMCell,
    Masking,
    Maximum,
    Minimum,
    Model,
    MultiHeadAttention,
    Multiply,
    Normalization,
    Permute,
    Pool,
    PositionEmbedding,
    PReLU,
    RandomCrop,
    ReLU,
    RepeatVector,
    Rescaling,
    Reshape,
    Resizing,
    ReversibleEmbedding,
    RMSNorm,
    SeparableConv,
    SimpleRNN,
    SimpleRNNCell,
    Softmax,
    SpatialDropout,
    SpectralNormalization,
    StackedRNNCells,
    Subtract,
    Take,
    TimeDistributed,
    UnitNorm,
    UpSampling,
    ZeroPadding,
)
from paramcalc.layers.augmentation import AUGMENTATIONS
from paramcalc.layers.elementwise import OPERATIONS
from paramcalc.layers.image import INTERPOLATIONS
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
rates = st.floats(0, 1)
dropouts = st.builds(Dropout, rates, **common())


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


@st.composite
def convolutional_lstms(draw: st.DrawFn) -> Case:
    rank = draw(st.integers(1, 3))
    each = st.tuples(*[st.integers(1, 3)] * rank)
    strides, dilation = draw(st.sampled_from([(1, 1), (1, 2), (2, 1)]) | st.tuples(each, st.just(1)))
    kernel = per_axis(draw, rank, 1, 3)
    layers = st.builds(
        ConvLSTM,
        st.integers(1, 4),
        st.just(kernel),
        st.just(strides),
        st.sampled_from(["valid", "same"]),
        data_format=data_formats,
        dilation_rate=st.just(dilation),
        activation=activations,
        use_bias=st.booleans(),
        **returned,
        **common(),
    )
    layer = draw(layers)
    spans = [dilation * (size - 1) + 1 for size in spread(kernel, rank)]
    step = with_channels(
        [draw(st.integers(span, span + 3)) for span in spans], draw(st.integers(1, 3)), layer.data_format
    )
    return draw(with_states(st.just(layer), st.just((draw(st.integers(1, 3)), *step))))


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
        layer = Model([attrs.evolve(layer, name=None), Flatten(), Dense(2)])
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


from_zero = st.floats(0, 1e9) | st.integers(0, 9)
finite = st.floats(-1e9, 1e9) | st.integers(-9, 9)


@st.composite
def softmaxes(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes())
    rank = len(in_shape)
    axis: int | list[int] = draw(st.integers(-rank - 1, rank))
    if draw(st.booleans()):
        axis = draw(st.lists(st.integers(0, rank), min_size=1, unique=True))
    return Softmax(axis, name=draw(names)), in_shape


@st.composite
def rectifiers_that_learn(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes())
    shared: Any = None
    if draw(st.booleans()):
        each = st.integers(1 - len(in_shape), len(in_shape))
        shared = draw((each | st.lists(each)) if in_shape else st.just([]))
    return PReLU(shared_axes=shared, name=draw(names), trainable=draw(st.booleans())), in_shape


@st.composite
def sized_images(draw: st.DrawFn, /, kind: Any, **arguments: st.SearchStrategy[Any]) -> Case:
    chosen = {name: draw(value) for name, value in {"data_format": data_formats, **arguments, **common()}.items()}
    return kind(draw(st.integers(1, 12)), draw(st.integers(1, 12)), **chosen), draw(shapes(least=3, most=3))


in_proportion: list[dict[str, bool]] = [{"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}, {}]


@st.composite
def resizings(draw: st.DrawFn) -> Case:
    interpolation: Any = draw(st.sampled_from(INTERPOLATIONS))
    chosen = {name: st.just(value) for name, value in draw(st.sampled_from(in_proportion)).items()}
    return draw(sized_images(Resizing, interpolation=st.just(interpolation), **chosen))


@st.composite
def rescalings(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes())
    several: list[Any] = []
    for _ in range(2):
        kept = in_shape[draw(st.integers(0, len(in_shape))) :]
        several.append(np.full([draw(st.sampled_from([1, size])) for size in kept], draw(finite), float).tolist())
    return Rescaling(*several, name=draw(names)), in_shape


# For each operation of Keras, arguments that it takes
OPERATION_SETTINGS: dict[str, list[dict[str, Any]]] = {
    "AugMix": [{}, {"factor": 0.5, "num_chains": 2, "all_ops": False}],
    "AutoContrast": [{}, {"value_range": [0, 1]}],
    "ContrastLimitedAdaptiveHistogramEqualization": [{}, {"clip_limit": 2.0, "tile_grid_size": (4, 4)}],
    "CutMix": [{}, {"factor": 0.8, "seed": 3}],
    "Equalization": [{}, {"bins": 64}],
    "MixUp": [{}, {"alpha": 0.4}],
    "RandAugment": [{}, {"num_ops": 3, "interpolation": "nearest"}],
    "RandomBrightness": [{"factor": 0.2}, {"factor": (-0.1, 0.3), "value_range": (0.0, 1.0)}],
    "RandomColorDegeneration": [{"factor": 0.5}, {"factor": 0.5, "data_format": "channels_first"}],
    "RandomColorJitter": [{}, {"brightness_factor": 0.1, "hue_factor": [0.1, 0.2], "seed": None}],
    "RandomContrast": [{"factor": 0.5}],
    "RandomElasticTransform": [{}, {"scale": 0.5, "fill_mode": "wrap"}],
    "RandomErasing": [{}, {"scale": (0.1, 0.2), "fill_value": 0}],
    "RandomFlip": [{}, {"mode": "horizontal", "data_format": "channels_first"}],
    "RandomGaussianBlur": [{}, {"kernel_size": 5, "sigma": 0.5}],
    "RandomGrayscale": [{}, {"factor": 1}],
    "RandomHue": [{"factor": 0.5}],
    "RandomInvert": [{}, {"factor": 0.0}],
    "RandomPerspective": [{}, {"scale": 0.3}],
    "RandomPosterization": [{"factor": 4}],
    "RandomRotation": [{"factor": 0.2}, {"factor": [-0.2, 0.3], "fill_mode": "constant"}],
    "RandomSaturation": [{"factor": 0.5}],
    "RandomSharpness": [{"factor": 0.5}],
    "RandomShear": [{}, {"x_factor": 0.2}],
    "RandomTranslation": [{"height_factor": 0.1, "width_factor": (-0.2, 0.2)}],
    "RandomZoom": [{"height_factor": 0.1}],
    "Solarization": [{}, {"threshold_factor": 0.5}],
}


@st.composite
def augmentations(draw: st.DrawFn) -> Case:
    operation = draw(st.sampled_from(AUGMENTATIONS))
    layer = Augmentation(operation, draw(st.sampled_from(OPERATION_SETTINGS[operation])), name=draw(names))
    return layer, with_channels(draw(shapes(least=2, most=2)), 3, layer.data_format)


@st.composite
def standardisations(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=1))
    axes: Any = draw(st.none() | st.lists(st.integers(1, len(in_shape)), unique=True) | st.integers(-len(in_shape), -1))
    mean, variance = None, None
    if draw(st.booleans()):
        taken = [axes] if isinstance(axes, int) else sorted(axes or [])
        kept = [in_shape[axis - (axis > 0)] for axis in taken][draw(st.integers(0, len(taken))) :]
        each = [draw(st.sampled_from([1, size])) for size in kept]
        mean = np.full(each, draw(finite), float).tolist()
        variance = np.full(each, draw(from_zero), float).tolist()
    return Normalization(axes, mean, variance, invert=draw(st.booleans()), trainable=draw(st.booleans())), in_shape


@st.composite
def layer_scales(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=1))
    return LayerScale(draw(finite), draw(st.sampled_from([1, in_shape[-1]])), name=draw(names)), in_shape


@st.composite
def spectral_normalisations(draw: st.DrawFn) -> Case:
    embeddings = on(st.builds(Embedding, st.integers(1, 99), st.integers(1, 9), **common()), shapes(most=3))
    inner: st.SearchStrategy[Case] = on(dense, shapes(least=1, most=2)) | convolutions(Conv1D) | embeddings
    layer, in_shape = draw(inner)
    if draw(st.booleans()):
        layer = SpectralNormalization(layer, draw(st.integers(1, 3)))  # Keras trains the kernel of one that is frozen
    return SpectralNormalization(layer, draw(st.integers(1, 3)), trainable=draw(st.booleans())), in_shape


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
            constant = (
                OPERATIONS[name] > 1
                and name not in ("gcd", "lcm")
                and (draw(st.booleans()) if name != "clip" else index > 0)
            )
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


@st.composite
def takes(draw: st.DrawFn) -> Case:
    """One place of an axis, which may be given from either end, or several."""
    in_shape = draw(shapes(least=1))
    axis = axes_of(draw, len(in_shape))
    size = in_shape[axis - (axis > 0)]
    each = st.integers(-size, size - 1)
    return Take(
        draw(each | st.lists(each, min_size=1)), axis, **{key: draw(value) for key, value in common().items()}
    ), in_shape


@st.composite
def position_embeddings(draw: st.DrawFn) -> Case:
    in_shape = draw(shapes(least=2))
    positions = in_shape[-2] + draw(st.integers(0, 9))
    return PositionEmbedding(positions, name=draw(names), trainable=draw(st.booleans())), in_shape


learnt: dict[str, st.SearchStrategy[bool]] = {"center": st.booleans(), "scale": st.booleans()}


@st.composite
def reversible_embeddings(draw: st.DrawFn) -> Case:
    """Either way; backwards on vectors of the right length."""
    adaptation = draw(
        st.fixed_dictionaries({"lora_rank": st.integers(1, 9)}) | st.fixed_dictionaries({"tie_weights": st.booleans()})
    )
    layers = st.builds(ReversibleEmbedding, st.integers(1, 99), st.integers(1, 9), reverse=st.booleans(), **common())
    layer = attrs.evolve(draw(layers), **adaptation)
    in_shape = draw(shapes(most=3))
    return layer, (*in_shape, layer.output_dim) if layer.reverse else in_shape


LAYERS: dict[type[Layer], st.SearchStrategy[Case]] = {
    Activation: on(st.builds(Activation, st.text(min_size=1), **common()), shapes()),
    ActivityRegularization: on(st.builds(ActivityRegularization, from_zero, from_zero, **common()), shapes()),
    AlphaDropout: on(st.builds(AlphaDropout, rates, **common()), shapes()),
    GaussianDropout: on(st.builds(GaussianDropout, rates, **common()), shapes()),
    GaussianNoise: on(st.builds(GaussianNoise, rates, **common()), shapes()),
    Identity: on(st.builds(Identity, **common()), shapes()),
    Masking: on(st.builds(Masking, finite, **common()), shapes()),
    SpatialDropout: on(st.builds(SpatialDropout, rates, data_format=data_formats, **common()), shapes(least=2)),
    Augmentation: augmentations(),
    CenterCrop: sized_images(CenterCrop),
    RandomCrop: sized_images(RandomCrop),
    Rescaling: rescalings(),
    Resizing: resizings(),
    LayerScale: layer_scales(),
    Normalization: standardisations(),
    SpectralNormalization: spectral_normalisations(),
    ELU: on(st.builds(ELU, finite, **common()), shapes()),
    LeakyReLU: on(st.builds(LeakyReLU, from_zero, **common()), shapes()),
    PReLU: rectifiers_that_learn(),
    ReLU: on(st.builds(ReLU, st.none() | from_zero, from_zero, from_zero, **common()), shapes()),
    Softmax: softmaxes(),
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
    SeparableConv: channel_convolutions(SeparableConv),
    Bidirectional: bidirectionals(),
    ConvLSTM: convolutional_lstms(),
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
    LearnedTokens: on(st.builds(LearnedTokens, st.integers(1, 9), **common()), shapes(least=2)),
    PositionEmbedding: position_embeddings(),
    Take: takes(),
    LayerNorm: normalisations(LayerNorm, several=True, **learnt),
    Permute: permutations(),
    RepeatVector: on(st.builds(RepeatVector, st.integers(1, 9), **common()), shapes(least=1, most=1)),
    Reshape: reshapes(),
    ReversibleEmbedding: reversible_embeddings(),
    RMSNorm: normalisations(RMSNorm, several=True),
    UnitNorm: normalisations(UnitNorm, several=True),
    UpSampling: up_samplings(),
    ZeroPadding: sided(ZeroPadding),
}

cases = st.one_of(*LAYERS.values())
