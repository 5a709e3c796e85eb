"""Keras's names for layers and their arguments, and ours: the one table that is read, written, tested and printed.

Knows: what each of Keras's classes is called, which arguments it has, and which of our layers it is. Must not know:
graphs, files.

Arguments have the same names on both sides unless a row says otherwise; those in `IGNORED` change neither a shape nor
a count, and are neither kept nor written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import attrs

from paramcalc.errors import shown

NOTHING: Mapping[str, Any] = MappingProxyType({})


class KerasLayer(NamedTuple):
    """One class of Keras's layers.

    Attributes: `name`, of the class; `layer`, the name of ours; `rank`, over how many axes its windows go, where the
    class is for one number of them; `fixed`, our arguments that the class says by its name; `renamed`, our names of
    Keras's arguments; `lacks`, our arguments that Keras does not have; `aliases`, other names of the class; `inputs`,
    the names of the tensors that it is called with, where they are not one list (one that ends in `*` is a list);
    `least_inputs`, how many there are at least in a call, where one of ours stands for several;
    `in_calls`, our arguments that Keras has in calls; `keeps`, arguments of Keras that `reads` needs; `further_axes`,
    how many axes there are beside those of the windows; `inner_axes`, by how many the input of a layer inside it
    differs; `module`, where the class is, if it is not one of keras.layers; `reads` and `writes`, what else is done to
    the arguments on the way in, and out.
    """

    name: str
    layer: str
    rank: int | None = None
    fixed: Mapping[str, Any] = NOTHING
    renamed: Mapping[str, str] = NOTHING
    lacks: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    least_inputs: int = 1
    in_calls: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    further_axes: int = 1
    inner_axes: int = 0
    module: str = "keras.layers"
    reads: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    writes: Callable[[dict[str, Any]], dict[str, Any]] | None = None


class NotInKerasError(Exception):
    """An argument is of a kind that Keras does not have: what it must be there, what it is, and the way out."""


RANKS = (1, 2, 3)


def _each_rank(name: str, layer: str, *aliases: str, ranks: tuple[int, ...] = RANKS, **rest: Any) -> list[KerasLayer]:
    """A row for each number of axes; `#` in a name stands for it."""
    return [
        KerasLayer(
            name.replace("#", str(rank)),
            layer.replace("#", str(rank)),
            rank,
            aliases=tuple(alias.replace("#", str(rank)) for alias in aliases),
            **rest,
        )
        for rank in ranks
    ]


def _pair_alone(argument: str, *, data_format: bool) -> dict[str, Any]:
    """Over one axis, Keras writes the pair of its sides without a tuple around it."""

    def reads(arguments: dict[str, Any]) -> dict[str, Any]:
        value = arguments.get(argument)
        return {**arguments, argument: (value,)} if isinstance(value, list | tuple) else arguments

    def writes(arguments: dict[str, Any]) -> dict[str, Any]:
        value = arguments[argument]
        written = {**arguments, argument: value[0] if isinstance(value, tuple) else value}
        return written if data_format else _without_data_format(written)

    return {"reads": reads, "writes": writes}


def _without_data_format(arguments: dict[str, Any]) -> dict[str, Any]:
    """Over one axis, some of Keras's classes know no data format."""
    if arguments.pop("data_format", "channels_last") != "channels_last":
        raise NotInKerasError("data_format", "'channels_last' over one axis", "'channels_first'")
    return arguments


def _one_size(arguments: dict[str, Any]) -> dict[str, Any]:
    """Over one axis, Keras's UpSampling takes an int and knows no data format."""
    size = arguments["size"]
    return _without_data_format({**arguments, "size": size[0] if isinstance(size, tuple) else size})


def _in_words(hint: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Keras pads what slides over axes by a word; `hint` is the way to pad otherwise."""

    def writes(arguments: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(arguments["padding"], str):
            raise NotInKerasError("padding", "a word, such as 'valid' or 'same'", repr(arguments["padding"]), hint)
        return arguments

    return writes


_padded_in_words = _in_words("put a ZeroPadding layer before it")
_cut_in_words = _in_words("put a Cropping layer behind it")


def _own_alpha(arguments: dict[str, Any]) -> dict[str, Any]:
    """Where no `lora_alpha` was given, Keras writes the rank, which is what it is then; it says nothing by itself."""
    if arguments.get("lora_rank") in (None, arguments.get("lora_alpha")):
        arguments.pop("lora_alpha", None)
    return arguments


def _input_shape(arguments: dict[str, Any]) -> dict[str, Any]:
    """The batch axis is left out with us, and `batch_shape` has had two names."""
    shape = next((arguments.pop(name) for name in BATCH_SHAPES if arguments.get(name) is not None), None)
    if isinstance(shape, list | tuple):
        arguments["shape"] = tuple(shape)[1:]
    return {name: value for name, value in arguments.items() if name not in BATCH_SHAPES}


BATCH_SHAPES = ("batch_shape", "batch_input_shape")


def _batch_shape(arguments: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in arguments.items() if name != "shape"},
            "batch_shape": (None, *arguments["shape"])}  # fmt: skip


def _one_axis(arguments: dict[str, Any]) -> dict[str, Any]:
    """tf.keras wrote the one axis of a BatchNormalization as a list."""
    axis = arguments.get("axis")
    return {**arguments, "axis": axis[0]} if isinstance(axis, list | tuple) and len(axis) == 1 else arguments


def _without_trainable(arguments: dict[str, Any]) -> dict[str, Any]:
    """Some of Keras's classes have no weights and take no `trainable`."""
    return {name: value for name, value in arguments.items() if name != "trainable"}


def _without_data_format_and_trainable(arguments: dict[str, Any]) -> dict[str, Any]:
    return _without_trainable(_without_data_format(arguments))


def _slope(arguments: dict[str, Any]) -> dict[str, Any]:
    """The slope of a LeakyReLU was called alpha."""
    alpha = arguments.pop("alpha", None)
    return arguments if alpha is None else {**arguments, "negative_slope": alpha}


AUGMENTATIONS: Mapping[str, str] = MappingProxyType({
    "AugMix": "all_ops alpha chain_depth factor interpolation num_chains seed value_range",
    "AutoContrast": "value_range",
    "ContrastLimitedAdaptiveHistogramEqualization": "clip_limit tile_grid_size value_range",
    "CutMix": "factor seed",
    "Equalization": "bins value_range",
    "MixUp": "alpha seed",
    "RandAugment": "factor interpolation num_ops seed value_range",
    "RandomBrightness": "factor seed value_range",
    "RandomColorDegeneration": "factor seed value_range",
    "RandomColorJitter": "brightness_factor contrast_factor hue_factor saturation_factor seed value_range",
    "RandomContrast": "factor seed value_range",
    "RandomElasticTransform": "factor fill_mode fill_value interpolation scale seed value_range",
    "RandomErasing": "factor fill_value scale seed value_range",
    "RandomFlip": "mode seed",
    "RandomGaussianBlur": "factor kernel_size seed sigma value_range",
    "RandomGrayscale": "factor seed",
    "RandomHue": "factor seed value_range",
    "RandomInvert": "factor seed value_range",
    "RandomPerspective": "factor fill_value interpolation scale seed",
    "RandomPosterization": "factor seed value_range",
    "RandomRotation": "factor fill_mode fill_value interpolation seed",
    "RandomSaturation": "factor seed value_range",
    "RandomSharpness": "factor seed value_range",
    "RandomShear": "fill_mode fill_value interpolation seed x_factor y_factor",
    "RandomTranslation": "fill_mode fill_value height_factor interpolation seed width_factor",
    "RandomZoom": "fill_mode fill_value height_factor interpolation seed width_factor",
    "Solarization": "addition_factor seed threshold_factor value_range",
})  # fmt: skip
"""The classes that an Augmentation stands for, and their arguments beside those that all have."""


def _settings(arguments: dict[str, Any]) -> dict[str, Any]:
    """All arguments of an augmentation's own are its settings."""
    shared: dict[str, Any] = {name: arguments.pop(name) for name in ("name", "trainable") if name in arguments}
    return {**shared, "settings": arguments}


COMMON_SETTINGS = ("bounding_box_format", "data_format")
"""Arguments that all of these classes have."""


def _operation(known: tuple[str, ...], arguments: dict[str, Any]) -> dict[str, Any]:
    from paramcalc.layers.augmentation import as_dict  # few have one: loaded for those

    settings = as_dict(arguments.pop("settings"))
    for name in settings:
        if name not in known:
            raise NotInKerasError("settings", f"of {', '.join(known)}", shown(name))
    return {**settings, **arguments}


ROLES = ("query", "value", "key")
SCORES = ("return_attention_scores",)


def _one_way_twice(arguments: dict[str, Any]) -> dict[str, Any]:
    """Keras names the first layer anew, and writes the second also where it is the first one backwards."""
    layer, backward = arguments.get("layer"), arguments.get("backward_layer")
    own, other = _renamed(layer, "forward_"), _renamed(backward, "backward_")
    found = {"layer": own, "backward_layer": None if own == other else backward}
    return {**arguments, **{name: each for name, each in found.items() if name in arguments}}


def _renamed(layer: Any, prefix: str) -> Any:
    name = getattr(layer, "name", None)
    if isinstance(name, str) and name != prefix and name.startswith(prefix):
        return attrs.evolve(layer, name=name.removeprefix(prefix))
    return layer


def _backwards(arguments: dict[str, Any]) -> dict[str, Any]:
    """Of two layers, Keras wants one that goes backwards."""
    backward = arguments["backward_layer"]
    if backward is None:
        return arguments
    return {**arguments, "backward_layer": {**backward, "config": {**backward["config"], "go_backwards": True}}}


LAYERS: tuple[KerasLayer, ...] = (
    KerasLayer(
        "InputLayer", "Input", aliases=("Input",), keeps=BATCH_SHAPES, reads=_input_shape, writes=_batch_shape
    ),
    # Core
    KerasLayer("Activation", "Activation", renamed={"activation": "function"}),
    KerasLayer("Dense", "Dense", reads=_own_alpha),
    KerasLayer("Dropout", "Dropout"),
    KerasLayer("EinsumDense", "EinsumDense", reads=_own_alpha),
    KerasLayer("Embedding", "Embedding", reads=_own_alpha),
    KerasLayer("Flatten", "Flatten"),
    KerasLayer("ReversibleEmbedding", "ReversibleEmbedding", reads=_own_alpha, in_calls=("reverse",)),
    # Activations
    KerasLayer("ELU", "ELU"),
    KerasLayer("LeakyReLU", "LeakyReLU", keeps=("alpha",), reads=_slope),
    KerasLayer("PReLU", "PReLU"),
    KerasLayer("ReLU", "ReLU"),
    KerasLayer("Softmax", "Softmax"),
    # What passes numbers on
    KerasLayer("ActivityRegularization", "ActivityRegularization"),
    KerasLayer("AlphaDropout", "AlphaDropout"),
    KerasLayer("GaussianDropout", "GaussianDropout"),
    KerasLayer("GaussianNoise", "GaussianNoise"),
    KerasLayer("Identity", "Identity"),
    KerasLayer("Masking", "Masking"),
    *_each_rank("SpatialDropout#D", "SpatialDropout", ranks=(1,), writes=_without_data_format_and_trainable),
    *_each_rank("SpatialDropout#D", "SpatialDropout", ranks=(2, 3), writes=_without_trainable),
    # Convolutions
    *_each_rank(
        "Conv#D", "Conv#D", "Convolution#D", lacks=("connection_table",), reads=_own_alpha, writes=_padded_in_words
    ),
    *_each_rank("Conv#DTranspose", "ConvTranspose", "Convolution#DTranspose", writes=_cut_in_words),
    *_each_rank("DepthwiseConv#D", "DepthwiseConv", ranks=(1, 2), writes=_padded_in_words),
    *_each_rank("SeparableConv#D", "SeparableConv", "SeparableConvolution#D", ranks=(1, 2), writes=_padded_in_words),
    # Pooling
    *(
        row
        for mode, word, short in (("max", "Max", "Max"), ("average", "Average", "Avg"))
        for row in (
            *_each_rank(
                f"{word}Pooling#D", "Pool", f"{short}Pool#D",
                fixed={"mode": mode}, lacks=("ceil_mode", "use_scale", "use_bias"), writes=_padded_in_words,
            ),
            *_each_rank(f"Adaptive{word}Pooling#D", "AdaptivePool", fixed={"mode": mode}),
            *_each_rank(f"Global{word}Pooling#D", "GAP", f"Global{short}Pool#D", fixed={"mode": mode}),
        )
    ),
    # Normalisation
    KerasLayer("BatchNormalization", "BatchNorm", reads=_one_axis),
    KerasLayer("GroupNormalization", "GroupNorm"),
    KerasLayer("LayerNormalization", "LayerNorm"),
    KerasLayer("LayerScale", "LayerScale", module="keras.src.applications.convnext"),
    KerasLayer("Normalization", "Normalization"),
    KerasLayer("RMSNormalization", "RMSNorm"),
    KerasLayer("UnitNormalization", "UnitNorm"),
    # Reshaping
    *_each_rank("Cropping#D", "Cropping", ranks=(1,), **_pair_alone("cropping", data_format=False)),
    *_each_rank("Cropping#D", "Cropping", ranks=(2, 3)),
    KerasLayer("Permute", "Permute"),
    KerasLayer("RepeatVector", "RepeatVector"),
    KerasLayer("Reshape", "Reshape"),
    *_each_rank("UpSampling#D", "UpSampling", ranks=(1,), writes=_one_size),
    *_each_rank("UpSampling#D", "UpSampling", ranks=(2, 3)),
    *_each_rank("ZeroPadding#D", "ZeroPadding", ranks=(1,), **_pair_alone("padding", data_format=True)),
    *_each_rank("ZeroPadding#D", "ZeroPadding", ranks=(2, 3)),
    # Images
    KerasLayer("CenterCrop", "CenterCrop"),
    KerasLayer("RandomCrop", "RandomCrop"),
    KerasLayer("Rescaling", "Rescaling"),
    KerasLayer("Resizing", "Resizing"),
    *(
        KerasLayer(
            name, "Augmentation", fixed={"operation": name},
            keeps=known, reads=_settings, writes=partial(_operation, known),
        )
        for name, arguments in AUGMENTATIONS.items()
        for known in [(*COMMON_SETTINGS, *arguments.split())]
    ),
    # Merges
    KerasLayer("Add", "Add"),
    KerasLayer("Average", "Average"),
    KerasLayer("Concatenate", "Concatenate"),
    KerasLayer("CustomScaleLayer", "CustomScaleLayer", module="keras.src.applications.inception_resnet_v2"),
    KerasLayer("Dot", "Dot"),
    KerasLayer("Maximum", "Maximum"),
    KerasLayer("Minimum", "Minimum"),
    KerasLayer("Multiply", "Multiply"),
    KerasLayer("Subtract", "Subtract"),
    # Attention
    KerasLayer("AdditiveAttention", "AdditiveAttention", least_inputs=2, in_calls=SCORES),
    KerasLayer("Attention", "Attention", least_inputs=2, in_calls=SCORES),
    KerasLayer("GroupQueryAttention", "GroupedQueryAttention", inputs=ROLES, least_inputs=2, in_calls=SCORES),
    KerasLayer("MultiHeadAttention", "MultiHeadAttention", inputs=ROLES, least_inputs=2, in_calls=SCORES),
    # Recurrent layers
    *(KerasLayer(name, name, inputs=("sequences", "initial_state*")) for name in ("GRU", "LSTM", "RNN", "SimpleRNN")),
    *(KerasLayer(name, name, inputs=("inputs", "states*")) for name in ("GRUCell", "LSTMCell", "StackedRNNCells")),
    KerasLayer("SimpleRNNCell", "SimpleRNNCell", inputs=("sequence", "states*")),
    *_each_rank("ConvLSTM#D", "ConvLSTM", further_axes=2, inputs=("sequences", "initial_state*")),
    # Wrappers
    KerasLayer("SpectralNormalization", "SpectralNormalization"),
    KerasLayer(
        "Bidirectional", "Bidirectional", inputs=("sequences", "initial_state*"),
        reads=_one_way_twice, writes=_backwards,
    ),
    KerasLayer("TimeDistributed", "TimeDistributed", inner_axes=-1),
)  # fmt: skip
"""Every class of Keras that is read and written."""

IGNORED = frozenset({
    "activity_regularizer", "alpha_constraint", "alpha_initializer", "alpha_regularizer", "antialias", "autocast",
    "batch_size", "beta_constraint", "beta_initializer", "beta_regularizer", "bias_constraint", "bias_initializer",
    "bias_regularizer", "causal", "depthwise_constraint", "depthwise_initializer", "depthwise_regularizer", "dropout",
    "dtype", "dynamic", "embeddings_constraint", "embeddings_initializer", "embeddings_regularizer", "epsilon",
    "fill_mode", "fill_value", "fused", "gamma_constraint", "gamma_initializer", "gamma_regularizer", "go_backwards",
    "implementation", "input_dtype", "input_length", "interpolation", "kernel_constraint", "kernel_initializer",
    "kernel_regularizer", "key_shape", "logit_soft_cap", "mask_zero", "momentum", "moving_mean_initializer",
    "moving_variance_initializer", "noise_shape", "optional", "pointwise_constraint", "pointwise_initializer",
    "pointwise_regularizer", "query_shape", "ragged", "recurrent_activation", "recurrent_constraint",
    "recurrent_dropout", "recurrent_initializer", "recurrent_regularizer", "renorm_clipping", "renorm_momentum",
    "reverse_dtype", "seed", "sliding_window", "sparse", "stateful", "synchronized", "time_major", "unit_forget_bias",
    "unroll", "value_shape", "zero_output_for_mask",
})  # fmt: skip
"""Arguments of Keras that change neither a shape nor a count."""

AT_REST: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "groups": (1,),  # tf.keras wrote it of every convolution
        "quantization_config": (None,),
        "rms_scaling": (False,),
        "virtual_batch_size": (None,),
        "adjustment": (None,),
    }
)
"""Arguments of Keras, of calls too, that change more than we have: what they may hold so that nothing is changed."""

CHAINS = ("Sequential", "Pipeline")
GRAPHS = ("Functional", "Model")
"""Classes that hold layers in a row or in a graph, and are models here."""

LAYERS_AS_FUNCTIONS = {"ELU": "elu", "LeakyReLU": "leaky_relu", "ReLU": "relu", "Softmax": "softmax"}
"""Classes that may stand where a function is named, and its name."""

_TEXT = "it takes texts or categories, and what comes out hangs on a vocabulary or on the values"
_FOREIGN = "it holds a function or a model of another framework, which is not in the file"
_BASE = "it is a base of other classes and no layer by itself"
_SIGNAL = "it takes a signal apart into spectra, whose lengths Keras finds out by running it"
UNSUPPORTED: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(
        ("CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup",
         "TextVectorization"), _TEXT),
    **dict.fromkeys(("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"), _FOREIGN),
    "Lambda": "it holds code, which is never run here",
    **dict.fromkeys(("MelSpectrogram", "STFTSpectrogram"), _SIGNAL),
    "MaxNumBoundingBoxes": "it changes bounding boxes and no array of a network",
    **dict.fromkeys(("InputSpec", "Layer", "Wrapper"), _BASE),
})  # fmt: skip
"""Names in keras.layers that are no row above, each with the reason."""


@cache
def by_name() -> dict[str, KerasLayer]:
    """Every row by each of its names.

    >>> by_name()["Convolution2D"].name
    'Conv2D'
    """
    return {name: row for row in LAYERS for name in (row.name, *row.aliases)}


@cache
def by_layer() -> dict[str, list[KerasLayer]]:
    """Every row by the name of our class.

    >>> [row.name for row in by_layer()["Conv2D"]]
    ['Conv2D']
    """
    rows: dict[str, list[KerasLayer]] = {}
    for row in LAYERS:
        rows.setdefault(row.layer, []).append(row)
    return rows
