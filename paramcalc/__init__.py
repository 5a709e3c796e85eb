"""Shapes, parameter counts and their derivations for neural-network layers, without a deep-learning framework.

>>> from paramcalc import Conv2D
>>> Conv2D(8, 5).output_shape((32, 32, 3)), Conv2D(8, 5).params((32, 32, 3))
((28, 28, 8), 608)

Knows: the public names and where they live. Must not load one before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paramcalc import grading, testing, zoo
    from paramcalc.blocks import block
    from paramcalc.comparison import diff
    from paramcalc.difference import Change, Difference, Differences, Totals
    from paramcalc.errors import ConfigError, ParamcalcError, Place, ReadError, ShapeError
    from paramcalc.explain import Explanation, Part, Step
    from paramcalc.formats.keras.read import from_keras
    from paramcalc.formats.keras.write import to_keras
    from paramcalc.layers.activation import ELU, LeakyReLU, PReLU, ReLU, Softmax
    from paramcalc.layers.attention import AdditiveAttention, Attention, GroupedQueryAttention, MultiHeadAttention
    from paramcalc.layers.augmentation import Augmentation
    from paramcalc.layers.base import Layer
    from paramcalc.layers.conv import Conv1D, Conv2D, Conv3D
    from paramcalc.layers.conv_lstm import ConvLSTM
    from paramcalc.layers.core import Activation, Dense, Input
    from paramcalc.layers.dropout import AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SpatialDropout
    from paramcalc.layers.einsum import EinsumDense
    from paramcalc.layers.elementwise import CustomScaleLayer, Elementwise
    from paramcalc.layers.embedding import Embedding, LearnedTokens, PositionEmbedding, ReversibleEmbedding
    from paramcalc.layers.image import CenterCrop, RandomCrop, Rescaling, Resizing
    from paramcalc.layers.layer_norm import LayerNorm, LayerScale, Normalization, RMSNorm, UnitNorm
    from paramcalc.layers.merge import Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract
    from paramcalc.layers.norm import BatchNorm, GroupNorm
    from paramcalc.layers.padding import Cropping, UpSampling, ZeroPadding
    from paramcalc.layers.passing import ActivityRegularization, Identity, Masking
    from paramcalc.layers.pool import GAP, AdaptivePool, Pool
    from paramcalc.layers.recurrent import (
        GRU,
        LSTM,
        RNN,
        GRUCell,
        LSTMCell,
        SimpleRNN,
        SimpleRNNCell,
        StackedRNNCells,
    )
    from paramcalc.layers.reshape import Flatten, Permute, RepeatVector, Reshape, Take
    from paramcalc.layers.separable import DepthwiseConv, SeparableConv
    from paramcalc.layers.transposed import ConvTranspose
    from paramcalc.layers.wrappers import Bidirectional, SpectralNormalization, TimeDistributed
    from paramcalc.model import Model
    from paramcalc.rows import Row
    from paramcalc.shapes import Shape, ShapeLike, Shapes, ShapesLike
    from paramcalc.summary import Summary
    from paramcalc.weights import Weight
    from paramcalc.windows import Window

__version__ = "0.1.0.dev0"

__all__ = [
    "ELU",
    "GAP",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptivePool",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Augmentation",
    "Average",
    "BatchNorm",
    "Bidirectional",
    "CenterCrop",
    "Change",
    "Concatenate",
    "ConfigError",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "ConvLSTM",
    "ConvTranspose",
    "Cropping",
    "CustomScaleLayer",
    "Dense",
    "DepthwiseConv",
    "Difference",
    "Differences",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Elementwise",
    "Embedding",
    "Explanation",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNorm",
    "GroupedQueryAttention",
    "Identity",
    "Input",
    "LSTMCell",
    "Layer",
    "LayerNorm",
    "LayerScale",
    "LeakyReLU",
    "LearnedTokens",
    "Masking",
    "Maximum",
    "Minimum",
    "Model",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "ParamcalcError",
    "Part",
    "Permute",
    "Place",
    "Pool",
    "PositionEmbedding",
    "RMSNorm",
    "RandomCrop",
    "ReLU",
    "ReadError",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "Row",
    "SeparableConv",
    "Shape",
    "ShapeError",
    "ShapeLike",
    "Shapes",
    "ShapesLike",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout",
    "SpectralNormalization",
    "StackedRNNCells",
    "Step",
    "Subtract",
    "Summary",
    "Take",
    "TimeDistributed",
    "Totals",
    "UnitNorm",
    "UpSampling",
    "Weight",
    "Window",
    "ZeroPadding",
    "block",
    "diff",
    "from_keras",
    "grading",
    "testing",
    "to_keras",
    "zoo",
]
_HOMES = {
    "blocks": ("block",),
    "comparison": ("diff",),
    "difference": ("Change", "Difference", "Differences", "Totals"),
    "errors": ("ConfigError", "ParamcalcError", "Place", "ReadError", "ShapeError"),
    "formats.keras.read": ("from_keras",),
    "formats.keras.write": ("to_keras",),
    "explain": ("Explanation", "Part", "Step"),
    "layers.activation": ("ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"),
    "layers.attention": ("AdditiveAttention", "Attention", "GroupedQueryAttention", "MultiHeadAttention"),
    "layers.augmentation": ("Augmentation",),
    "layers.base": ("Layer",),
    "layers.conv": ("Conv1D", "Conv2D", "Conv3D"),
    "layers.conv_lstm": ("ConvLSTM",),
    "layers.core": ("Activation", "Dense", "Input"),
    "layers.dropout": ("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout"),
    "layers.einsum": ("EinsumDense",),
    "layers.elementwise": ("CustomScaleLayer", "Elementwise"),
    "layers.embedding": ("Embedding", "LearnedTokens", "PositionEmbedding", "ReversibleEmbedding"),
    "layers.image": ("CenterCrop", "RandomCrop", "Rescaling", "Resizing"),
    "layers.layer_norm": ("LayerNorm", "LayerScale", "Normalization", "RMSNorm", "UnitNorm"),
    "layers.merge": ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"),
    "layers.norm": ("BatchNorm", "GroupNorm"),
    "layers.padding": ("Cropping", "UpSampling", "ZeroPadding"),
    "layers.passing": ("ActivityRegularization", "Identity", "Masking"),
    "layers.pool": ("AdaptivePool", "GAP", "Pool"),
    "layers.recurrent": (
        "GRU",
        "GRUCell",
        "LSTM",
        "LSTMCell",
        "RNN",
        "SimpleRNN",
        "SimpleRNNCell",
        "StackedRNNCells",
    ),
    "layers.reshape": ("Flatten", "Permute", "RepeatVector", "Reshape", "Take"),
    "layers.separable": ("DepthwiseConv", "SeparableConv"),
    "layers.transposed": ("ConvTranspose",),
    "layers.wrappers": ("Bidirectional", "SpectralNormalization", "TimeDistributed"),
    "model": ("Model",),
    "rows": ("Row",),
    "shapes": ("Shape", "ShapeLike", "Shapes", "ShapesLike"),
    "summary": ("Summary",),
    "weights": ("Weight",),
    "windows": ("Window",),
}
_MODULES = ("grading", "testing", "zoo")


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
