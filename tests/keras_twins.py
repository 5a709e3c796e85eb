"""For each class of layers, the layer of Keras that it stands for: what the oracle builds beside ours.

`TWINS` has one row a class. A row takes one of our layers and the number of axes of its input, and gives the name of a
class of `keras.layers` with its arguments, or None where Keras has no such layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    Activation,
    Add,
    Average,
    BatchNorm,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    Conv3D,
    Cropping,
    Dense,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    GroupNorm,
    Input,
    Layer,
    LayerNorm,
    Maximum,
    Minimum,
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
from paramcalc.errors import ConfigError
from paramcalc.windows import spread_sides

Twin = tuple[str, dict[str, Any]]


def arguments(layer: Layer, *left_out: str) -> dict[str, Any]:
    """A layer's own arguments; names are left out, because Keras refuses some that we take."""
    names = [field.name for field in attrs.fields(type(layer)) if field.init]
    return {name: getattr(layer, name) for name in names if name not in ("name", *left_out)}


def same(name: str, *left_out: str) -> Callable[[Any, int], Twin | None]:
    return lambda layer, _: (name, arguments(layer, *left_out))


RANKS = (1, 2, 3)


def sided(name: str, argument: str) -> Callable[[Any, int], Twin | None]:
    """Keras has a class for each number of axes, and for one axis takes its pair alone; Cropping1D has no format."""

    def twin(layer: Any, axes: int) -> Twin | None:
        value = getattr(layer, argument)
        rank = axes - 1
        if rank not in RANKS or (isinstance(value, tuple) and len(value) != rank):
            return None
        pairs = spread_sides(argument, value, rank, ConfigError)
        taken = {**arguments(layer, argument, "data_format"), argument: pairs[0] if rank == 1 else pairs}
        if rank > 1 or name == "ZeroPadding":
            taken["data_format"] = layer.data_format
        elif layer.data_format != "channels_last":
            return None
        return f"{name}{rank}D", taken

    return twin


def up_sampling(layer: UpSampling, axes: int) -> Twin | None:
    if axes - 1 not in RANKS or (axes == 2 and (layer.data_format != "channels_last" or isinstance(layer.size, tuple))):
        return None
    return f"UpSampling{axes - 1}D", arguments(layer, *["data_format"] * (axes == 2))


def convolution(layer: Any, _: int) -> Twin | None:
    if not isinstance(layer.padding, str) or layer.connection_table is not None:
        return None
    return type(layer).__name__, arguments(layer, "connection_table")


def pooling(layer: Pool, axes: int) -> Twin | None:
    plain = isinstance(layer.padding, str) and not (layer.ceil_mode or layer.use_scale or layer.use_bias)
    if not plain or axes - 1 not in RANKS:
        return None
    name = {"max": "MaxPooling", "average": "AveragePooling"}[layer.mode]
    return f"{name}{axes - 1}D", arguments(layer, "mode", "ceil_mode", "use_scale", "use_bias")


def global_pooling(layer: GAP, axes: int) -> Twin | None:
    if axes - 1 not in RANKS:
        return None
    name = {"max": "GlobalMaxPooling", "average": "GlobalAveragePooling"}[layer.mode]
    return f"{name}{axes - 1}D", arguments(layer, "mode")


def bidirectional(layer: Bidirectional, axes: int) -> Twin | None:
    inner = TWINS[type(layer.layer)](layer.layer, axes)
    return inner and ("Bidirectional", {**arguments(layer, "layer"), "layer": inner})


def time_distributed(layer: TimeDistributed, axes: int) -> Twin | None:
    inner = TWINS[type(layer.layer)](layer.layer, axes - 1)
    return inner and ("TimeDistributed", {**arguments(layer, "layer"), "layer": inner})


TWINS: dict[type[Layer], Callable[[Any, int], Twin | None]] = {
    Activation: lambda layer, _: ("Activation", {"activation": "relu", "trainable": layer.trainable}),
    Add: same("Add"),
    Average: same("Average"),
    BatchNorm: same("BatchNormalization"),
    Bidirectional: bidirectional,
    GRU: same("GRU"),
    LSTM: same("LSTM"),
    SimpleRNN: same("SimpleRNN"),
    TimeDistributed: time_distributed,
    Concatenate: same("Concatenate"),
    Conv1D: convolution,
    Conv2D: convolution,
    Conv3D: convolution,
    Cropping: sided("Cropping", "cropping"),
    Dense: same("Dense"),
    Dot: same("Dot"),
    Dropout: same("Dropout"),
    Embedding: same("Embedding"),
    Flatten: same("Flatten"),
    GAP: global_pooling,
    GroupNorm: same("GroupNormalization"),
    Input: lambda *_: None,  # no layer that is built on an input, in Keras
    LayerNorm: same("LayerNormalization"),
    Maximum: same("Maximum"),
    Minimum: same("Minimum"),
    Multiply: same("Multiply"),
    Permute: same("Permute"),
    Pool: pooling,
    RepeatVector: same("RepeatVector"),
    Reshape: same("Reshape"),
    RMSNorm: same("RMSNormalization"),
    Subtract: same("Subtract"),
    UnitNorm: same("UnitNormalization"),
    UpSampling: up_sampling,
    ZeroPadding: sided("ZeroPadding", "padding"),
}
