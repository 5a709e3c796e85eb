"""Bad input never yields a number, and never anything but a ParamcalcError that says what must be."""

from __future__ import annotations

import copy
import enum
import inspect
import pickle
import sys
import unicodedata
from collections.abc import Callable
from itertools import groupby
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYERS

import paramcalc
from paramcalc import ConfigError, Layer, ParamcalcError, Place, Shape, ShapeError
from paramcalc.errors import printable, shown
from paramcalc.summary import DTYPES

# Wrong arguments are the point of this file: no type checker need point them out
GAP: Any = paramcalc.GAP
Activation: Any = paramcalc.Activation
Conv1D: Any = paramcalc.Conv1D
Conv2D: Any = paramcalc.Conv2D
Conv3D: Any = paramcalc.Conv3D
Dense: Any = paramcalc.Dense
Cropping: Any = paramcalc.Cropping
Dropout: Any = paramcalc.Dropout
Embedding: Any = paramcalc.Embedding
Permute: Any = paramcalc.Permute
RepeatVector: Any = paramcalc.RepeatVector
Reshape: Any = paramcalc.Reshape
ZeroPadding: Any = paramcalc.ZeroPadding
Flatten: Any = paramcalc.Flatten
Input: Any = paramcalc.Input
Model: Any = paramcalc.Model
Pool: Any = paramcalc.Pool
Weight: Any = paramcalc.Weight

RANGE = "an int from 1 to 2**63 - 1"
NUMBERS = "give the input's axes as numbers, without the batch axis"
FLATTEN = "it has no axes to slide over: is there a Flatten before it?"
POOLED = "in_shape must be at least one axis to pool over, and the channels, got (8,); is there a Flatten before it?"
EACH = f"{RANGE}, or one for each axis"
POOL_PADDINGS = "'valid', 'same', an int from 0, or for each axis an int or a (before, after) pair"
PADDINGS = "'valid', 'same', 'causal', an int from 0, or for each axis an int or a (before, after) pair"


class Hostile:
    """Whatever is asked of it, it raises."""

    def __raise(self, *_: object) -> Any:
        raise RuntimeError("hostile")

    __repr__ = __index__ = __float__ = __len__ = __iter__ = __eq__ = __hash__ = __raise


class Loud(str):
    """A text that prints as something else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\x1b[31m" + "loud" * 200


Call = Callable[[], object]

REFUSED_WHEN_MADE: list[tuple[Call, str]] = [
    (lambda: Conv2D(0, 3), f"filters must be {RANGE}, got 0"),
    (lambda: Conv2D(-8, 3), f"filters must be {RANGE}, got -8"),
    (lambda: Conv2D(True, 3), f"filters must be {RANGE}, got True"),
    (lambda: Conv2D(8.0, 3), f"filters must be {RANGE}, got 8.0; write 8"),
    (lambda: Conv2D("8", 3), f"filters must be {RANGE}, got '8'"),
    (lambda: Conv2D(2**63, 3), f"filters must be {RANGE}, got 9223372036854775808"),
    (lambda: Conv2D(10**5000, 3), f"filters must be {RANGE}, got an int of 16610 bits"),
    (lambda: Conv2D(8, 0), f"kernel_size must be {EACH}, got 0"),
    (lambda: Conv2D(8, (3, 0)), f"kernel_size[1] must be {RANGE}, got 0"),
    (lambda: Conv2D(8, (3,)), "kernel_size must be an int, or an int for each axis (height, width), got (3,)"),
    (lambda: Conv2D(8, ()), "kernel_size must be an int, or an int for each axis, got ()"),
    (lambda: Conv2D(8, [[3, 3]]), f"kernel_size[0] must be {RANGE}, got [3, 3]"),
    (lambda: Conv2D(8, 3, 0), f"strides must be {EACH}, got 0"),
    (lambda: Conv2D(8, 3, (1, 2, 3)), "strides must be an int, or an int for each axis (height, width), got (1, 2, 3)"),
    (lambda: Conv2D(8, 3, dilation_rate=None), f"dilation_rate must be {EACH}, got None"),
    (lambda: Conv2D(8, 3, padding="Same"), f"padding must be {PADDINGS}, got 'Same'; write 'same'"),
    (lambda: Conv2D(8, 3, padding=-1), f"padding must be {PADDINGS}, got -1"),
    (lambda: Conv2D(8, 3, padding=(0, -1)), "padding[1] must be an int from 0 to 2**63 - 1, got -1"),
    (lambda: Conv2D(8, 3, padding=((0, 1), (2, -1))), "padding[1][1] must be an int from 0 to 2**63 - 1, got -1"),
    (
        lambda: Conv2D(8, 3, padding=((0, 1, 2), 0)),
        "padding[0] must be an int or a (before, after) pair, got (0, 1, 2)",
    ),
    (lambda: Conv2D(8, 3, padding=()), f"padding must be {PADDINGS}, got ()"),
    (
        lambda: Conv2D(8, 3, padding=(1, 2, 3)),
        (
            "padding must be a word, an int, or an int or a (before, after) pair for each axis (height, width), "
            "got (1, 2, 3)"
        ),
    ),
    (
        lambda: Conv1D(8, 3, padding=(1, 2)),
        (
            "padding must be a word, an int, or an int or a (before, after) pair for each axis (length), "
            "got (1, 2); write ((1, 2),) for the pair of the one axis"
        ),
    ),
    (
        lambda: Conv2D(8, 3, padding="causal"),
        "padding must be another than 'causal', which is for Conv1D alone, got 'causal'",
    ),
    (
        lambda: Conv2D(8, 3, 2, dilation_rate=2),
        (
            "strides or dilation_rate must be 1 on every axis (Keras has no layer with both), "
            "got strides (2, 2) with dilation_rate (2, 2)"
        ),
    ),
    (lambda: Conv2D(8, 3, groups=3), "filters must be divisible by groups, 3, got 8"),
    (lambda: Conv2D(8, 3, groups=0), f"groups must be {RANGE}, got 0"),
    (lambda: Conv2D(8, 3, use_bias=1), "use_bias must be True or False, got 1"),
    (lambda: Conv2D(8, 3, activation=""), "activation must be a text that is not empty, got ''"),
    (lambda: Conv2D(8, 3, data_format="NHWC"), "data_format must be 'channels_last' or 'channels_first', got 'NHWC'"),
    (
        lambda: Conv2D(2, 3, connection_table=3),
        "connection_table must be None, or for each filter how many input maps it sees, got 3",
    ),
    (lambda: Conv2D(2, 3, connection_table=(3, 0)), f"connection_table[1] must be {RANGE}, got 0"),
    (
        lambda: Conv2D(2, 3, connection_table=(3,)),
        "connection_table must be one number for each of the 2 filters, got (3,)",
    ),
    (
        lambda: Conv2D(2, 3, groups=2, connection_table=(1, 1)),
        "groups must be 1 where there is a connection_table, which says it all, got 2",
    ),
    (lambda: Pool(0), f"pool_size must be {EACH}, got 0"),
    (lambda: Pool(2, 0), f"strides must be {EACH}, got 0"),
    (
        lambda: Pool(2, padding="causal"),
        f"padding must be {POOL_PADDINGS}, got 'causal'",
    ),
    (lambda: Pool(2, mode="Max"), "mode must be 'max' or 'average', got 'Max'; write 'max'"),
    (lambda: Pool(2, ceil_mode=None), "ceil_mode must be True or False, got None"),
    (
        lambda: Pool(2, padding="same", ceil_mode=True),
        "ceil_mode must be False with padding='same', which rounds up by itself, got True",
    ),
    (lambda: Pool(3, padding=2), "padding must be at most half of pool_size, (3,), got ((2, 2),)"),
    (
        lambda: Pool((2, 2), padding=((2, 0), 0)),
        "padding must be at most half of pool_size, (2, 2), got ((2, 0), (0, 0))",
    ),
    (
        lambda: Pool((2, 2), (1, 1, 1)),
        "strides must be an int, or an int for each axis (height, width), got (1, 1, 1)",
    ),
    (lambda: GAP(keepdims="yes"), "keepdims must be True or False, got 'yes'"),
    (lambda: GAP(mode="sum"), "mode must be 'max' or 'average', got 'sum'"),
    (lambda: Dense(0), f"units must be {RANGE}, got 0"),
    (lambda: Dense(np.bool_(True)), f"units must be {RANGE}, got np.True_"),
    (lambda: Dropout(1.5), "rate must be a number from 0 to 1, got 1.5"),
    (lambda: Dropout(float("nan")), "rate must be a number from 0 to 1, got nan"),
    (lambda: Dropout("0.5"), "rate must be a number from 0 to 1, got '0.5'"),
    (lambda: Dropout(True), "rate must be a number from 0 to 1, got True"),
    (lambda: Dropout(10**400), "rate must be a number from 0 to 1, got an int of 1329 bits"),
    (lambda: Activation(""), "function must be a text that is not empty, got ''"),
    (lambda: Activation(max), "function must be a text that is not empty, got <built-in function max>"),
    (lambda: Input(32), "shape must be a tuple or list of ints and None, without the batch axis, got 32; write (32,)"),
    (lambda: Input((32, 0)), f"shape[1] must be {RANGE}, or None where it is not known, got 0 in (32, 0)"),
    (lambda: Input("ab"), "shape must be a tuple or list of ints and None, without the batch axis, got 'ab'"),
    (lambda: Input((1,) * 65), "shape must be of at most 64 axes, got 65"),
    (lambda: Dense(3, name=""), "name must be a text that is not empty, got ''"),
    (lambda: Dense(3, name=5), "name must be a text that is not empty, got 5"),
    (lambda: Dense(3, trainable="no"), "trainable must be True or False, got 'no'"),
    (
        lambda: Dense(3, activation=Hostile()),
        "activation must be a text that is not empty, got <Hostile object that cannot be printed>",
    ),
    (lambda: Model([]), "layers must be at least one layer, got none"),
    (lambda: Model(Dense(3)), "layers must be a list of layers, got Dense(3)"),
    (lambda: Model(5), "layers must be a list of layers, got 5"),
    (lambda: Model("ab"), "layers[0] must be a layer, got 'a'"),
    (lambda: Model([Dense(3), None]), "layers[1] must be a layer, got None"),
    (
        lambda: Model([Dense]),
        "layers[0] must be a layer, got <class 'paramcalc.layers.core.Dense'>; write Dense(...), with parentheses",
    ),
    (
        lambda: Model([Dense(3), Input((3,))]),
        "an Input must be the first layer, got layers[1]; for several inputs, draw a graph",
    ),
    (
        lambda: Model([Dense(3, name="a"), Dense(4), Dense(5, name="a")]),
        "the names of layers must be different, got 'a' for layers[0] and layers[2]",
    ),
    (
        lambda: Model([Dense(3)], in_shape=3),
        "in_shape must be a tuple or list of ints and None, without the batch axis, got 3; write (3,)",
    ),
    (lambda: Model([Dense(3)], name=""), "name must be a text that is not empty, got ''"),
    (lambda: Model([Dense(3)])["dense_1"], "the name of a layer must be one of ['dense'], got 'dense_1'"),
    (lambda: Model([Dense(3)])[1], "the index of a layer must be a name, a slice, or an int from -1 to 0, got 1"),
    (lambda: Model([Dense(3)])[0.5], "the index of a layer must be a name, a slice, or an int from -1 to 0, got 0.5"),
    (lambda: Weight("", ()), "the name of a weight must be a text that is not empty, got ''"),
    (lambda: Weight("kernel", 5), "the axes of a weight must be a name and a size for each, got 5"),
    (
        lambda: Weight("kernel", (("units",),)),
        "the axes of a weight must be a name and a size for each, got (('units',),)",
    ),
    (lambda: Weight("kernel", {5: 5}), "the axes of a weight must be a name and a size for each, got {5: 5}"),
    (
        lambda: Weight("kernel", [(str(axis), 1) for axis in range(65)]),
        "the axes of a weight must be at most 64, got 65",
    ),
    (lambda: Weight("kernel", {}, 1), "trainable must be True or False, got 1"),
    (
        lambda: Model([Dense(3)]).summary((3,), dtype="float"),
        f"dtype must be one of {', '.join(map(repr, DTYPES))}, got 'float'",
    ),
]

REFUSED_WITH_A_SHAPE: list[tuple[Call, str]] = [
    (
        lambda: Dense(3).params(3),
        "in_shape must be a tuple or list of ints and None, without the batch axis, got 3; write (3,)",
    ),
    (
        lambda: Dense(3).params("ab"),
        "in_shape must be a tuple or list of ints and None, without the batch axis, got 'ab'",
    ),
    (
        lambda: Dense(3).params((True,)),
        f"in_shape[0] must be {RANGE}, or None where it is not known, got True in (True,)",
    ),
    (lambda: Dense(3).params((2.0,)), f"in_shape[0] must be {RANGE}, or None where it is not known, got 2.0 in (2.0,)"),
    (lambda: Dense(3).params(()), "in_shape must be at least one axis, the features, got ()"),
    (
        lambda: Conv2D(8, 3).params((28, 28)),
        "in_shape must be 3 axes (height, width, channels), got (28, 28); an input of one channel is (28, 28, 1)",
    ),
    (
        lambda: Conv2D(8, 3).params((None, 28, 28, 3)),
        "in_shape must be 3 axes (height, width, channels), got (None, 28, 28, 3); leave out the batch axis",
    ),
    (
        lambda: Conv3D(8, 3).params((28,)),
        f"in_shape must be 4 axes (depth, height, width, channels), got (28,); {FLATTEN}",
    ),
    (
        lambda: Conv2D(8, 3).params((1, 2, 3, 4, 5)),
        "in_shape must be 3 axes (height, width, channels), got (1, 2, 3, 4, 5)",
    ),
    (
        lambda: Conv2D(8, 3).params((64, 28, 28, 3)),
        "in_shape must be 3 axes (height, width, channels), got (64, 28, 28, 3); leave out the batch axis",
    ),
    (
        lambda: Conv2D(8, 5).params((3, 32, 32)),
        (
            "kernel_size[0] (height) must be at most 3, the size of its axis, got 5, on (3, 32, 32); "
            'the channels come last, or say data_format="channels_first"'
        ),
    ),
    (
        lambda: Conv2D(8, 3, data_format="channels_first").params((28, 28)),
        "in_shape must be 3 axes (channels, height, width), got (28, 28); an input of one channel is (1, 28, 28)",
    ),
    (
        lambda: Conv2D(8, 3).params((28, 28, None)),
        f"in_shape[2] (channels) must be known to count the weights, got None in (28, 28, None); {NUMBERS}",
    ),
    (
        lambda: Conv2D(8, 3, data_format="channels_first").explain((None, 28, 28)),
        f"in_shape[0] (channels) must be known to count the weights, got None in (None, 28, 28); {NUMBERS}",
    ),
    (
        lambda: Conv2D(8, 3, groups=2).output_shape((28, 28, 3)),
        "the channels of in_shape must be divisible by groups, 2, got (28, 28, 3)",
    ),
    (
        lambda: Conv2D(2, 3, connection_table=(3, 6)).output_shape((28, 28, 5)),
        "every entry of connection_table must be at most 5, the input's channels, got 6 on (28, 28, 5)",
    ),
    (
        lambda: Pool(2).output_shape((8,)),
        "in_shape must be at least one axis to pool over, and the channels, got (8,); is there a Flatten before it?",
    ),
    (
        lambda: Pool((2, 2)).output_shape((8, 3)),
        "pool_size must be an int, or an int for each axis (length), got (2, 2)",
    ),
    (
        lambda: Pool(2, padding=((1, 1), (0, 0))).output_shape((8, 3)),
        (
            "padding must be a word, an int, or an int or a (before, after) pair for each axis (length), "
            "got ((1, 1), (0, 0))"
        ),
    ),
    (
        lambda: GAP().output_shape((8,)),
        "in_shape must be at least one axis to pool over, and the channels, got (8,); is there a Flatten before it?",
    ),
    (
        lambda: Flatten().output_shape((2**62, 2**62)),
        (
            f"Flatten's output shape[0] must be {RANGE}, or None where it is not known, "
            "got 21267647932558653966460912964485513216 in (21267647932558653966460912964485513216,)"
        ),
    ),
    (lambda: Input((3, None)).output_shape((4, 4)), "in_shape must be (3, None), as Input says, got (4, 4)"),
    (
        lambda: Input((3, 4)).output_shape((None, 3, 4)),
        "in_shape must be (3, 4), as Input says, got (None, 3, 4); leave out the batch axis",
    ),
    (
        lambda: Model([Dense(3)]).params(),
        "in_shape must be given, because the model does not say it, got None; or begin the model with an Input",
    ),
    (
        lambda: Model([Input((32, 32, 3)), Conv2D(8, 5), Dense(10), Conv2D(8, 40)]),
        (
            "layers[3] 'conv2d_1' (Conv2D), given (28, 28, 10): kernel_size[0] (height) must be at most 28, the size "
            'of its axis, got 40, on (28, 28, 10); padding="same" lets every window fit'
        ),
    ),
    (
        lambda: Model([Dense(3), Model([Flatten(), Conv1D(4, 2)], name="inner")]).output_shape((5,)),
        (
            "layers[1] 'inner' (Model) > layers[1] 'conv1d' (Conv1D), given (3,): in_shape must be 2 axes "
            "(length, channels), got (3,); an input of one channel is (3, 1)"
        ),
    ),
    (
        lambda: Model([Input((4,)), Dense(3)], in_shape=(5,)),
        "layers[0] 'input' (Input), given (5,): in_shape must be (4,), as Input says, got (5,)",
    ),
    (lambda: Model([Dense(3)], in_shape=(4,)).params((5,)), "in_shape must be (4,), as the model says, got (5,)"),
    (
        lambda: Weight("scale", {"channels": None}),
        f"the size of axis 'channels' of a weight must be {RANGE}, got None; the input shape leaves it open",
    ),
    (lambda: Weight("scale", {"channels": 0}), f"the size of axis 'channels' of a weight must be {RANGE}, got 0"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED_WHEN_MADE, ids=[message for _, message in REFUSED_WHEN_MADE])
def test_what_is_wrong_in_itself_is_a_config_error(call: Call, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        call()
    assert message == str(caught.value)
    assert isinstance(caught.value, ParamcalcError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("call", "message"), REFUSED_WITH_A_SHAPE, ids=[message for _, message in REFUSED_WITH_A_SHAPE]
)
def test_what_does_not_fit_a_shape_is_a_shape_error(call: Call, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        call()
    assert message == str(caught.value)
    assert isinstance(caught.value, ParamcalcError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Conv2D(8),
        lambda: Conv2D(8, 3, kernel=3),
        lambda: Dense(3).params(),
        lambda: paramcalc.ConvLSTM(8, 3, gates=3),  # type: ignore[call-arg]
    ],
)
def test_a_missing_or_unknown_argument_stays_pythons(call: Call) -> None:
    with pytest.raises(TypeError):
        call()


JUNK: list[Any] = [
        None, True, False, 0, -1, 2**63, 10**5000, 1.5, float("nan"), float("inf"), 1j, "", "same", "valid", "x" * 500,
        "\ud800", b"3", (), [], {}, set(), (0,), (1, (2, (3,))), [[1]], [None], (True,), (2.0,), {"a": 1}, range(3),
        np.int64(3), np.float32(0.5), np.array(3), np.array([3, 3]), np.bool_(True), Hostile(), Loud("x"), object(),
        Dense, Dense(3), Dense(3).params, int, NotImplemented, ...,
]  # fmt: skip
# By position: Hypothesis prints what it samples from, and some of these cannot be printed
junk = st.integers(0, len(JUNK) - 1).map(lambda position: JUNK[position])
fields = [(kind, field) for kind in (*LAYERS, Model) for field in attrs.fields(kind) if field.init]
VALID: dict[type[Layer], dict[str, Any]] = {
    Activation: {"function": "relu"},
    Conv1D: {"filters": 4, "kernel_size": 3},
    Conv2D: {"filters": 4, "kernel_size": 3},
    Conv3D: {"filters": 4, "kernel_size": 3},
    Dense: {"units": 4},
    paramcalc.Dot: {"axes": -1},
    paramcalc.GroupedQueryAttention: {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2},
    paramcalc.MultiHeadAttention: {"num_heads": 2, "key_dim": 4},
    paramcalc.CustomScaleLayer: {"scale": 0.17},
    paramcalc.Elementwise: {"operation": "add"},
    Cropping: {"cropping": 1},
    Dropout: {"rate": 0.5},
    paramcalc.AdaptivePool: {"output_size": 2},
    paramcalc.ConvTranspose: {"filters": 4, "kernel_size": 3},
    paramcalc.DepthwiseConv: {"kernel_size": 3},
    paramcalc.EinsumDense: {"equation": "abc,cd->abd", "output_shape": (None, 4)},
    paramcalc.ReversibleEmbedding: {"input_dim": 9, "output_dim": 4},
    paramcalc.SeparableConv: {"filters": 4, "kernel_size": 3},
    paramcalc.Bidirectional: {"layer": paramcalc.LSTM(4)},
    paramcalc.ConvLSTM: {"filters": 4, "kernel_size": 3},
    paramcalc.RNN: {"cell": paramcalc.LSTMCell(4)},
    paramcalc.GRU: {"units": 4},
    paramcalc.GRUCell: {"units": 4},
    paramcalc.LSTMCell: {"units": 4},
    paramcalc.SimpleRNNCell: {"units": 4},
    paramcalc.StackedRNNCells: {"cells": [paramcalc.LSTMCell(4)]},
    paramcalc.LSTM: {"units": 4},
    paramcalc.SimpleRNN: {"units": 4},
    paramcalc.TimeDistributed: {"layer": paramcalc.Conv1D(4, 3)},
    paramcalc.Augmentation: {"operation": "RandomFlip"},
    paramcalc.CenterCrop: {"height": 4, "width": 4},
    paramcalc.RandomCrop: {"height": 4, "width": 4},
    paramcalc.Rescaling: {"scale": 2.0},
    paramcalc.Resizing: {"height": 4, "width": 4},
    paramcalc.LayerScale: {"init_values": 1e-6, "projection_dim": 4},
    paramcalc.SpectralNormalization: {"layer": Conv1D(4, 3)},
    paramcalc.AlphaDropout: {"rate": 0.5},
    paramcalc.GaussianDropout: {"rate": 0.5},
    paramcalc.GaussianNoise: {"stddev": 0.5},
    paramcalc.SpatialDropout: {"rate": 0.5},
    Embedding: {"input_dim": 9, "output_dim": 4},
    paramcalc.PositionEmbedding: {"positions": 9},
    paramcalc.Take: {"indices": 0},
    Permute: {"dims": (2, 1, 3)},
    RepeatVector: {"n": 3},
    Reshape: {"target_shape": (-1, 4)},
    ZeroPadding: {"padding": 1},
    Input: {"shape": (8, 8, 4)},
    Model: {"layers": [Conv2D(8, 3), Dense(3)]},
    Pool: {"pool_size": 2},
}


row = st.lists(junk, max_size=4).map(tuple)


@given(st.sampled_from(fields), junk | st.lists(junk, max_size=3), junk | row | st.tuples(row, row))
def test_nothing_else_ever_escapes(field: tuple[type[Layer], Any], value: Any, in_shape: Any) -> None:
    """Whatever stands where an argument should be: the layer answers, or a ParamcalcError says why not."""
    kind, argument = field
    try:
        layer = kind(**VALID.get(kind, {}) | {argument.alias: value})
        layer.output_shape(((8, 8, 4), (8, 8, 4)) if kind.several_inputs else (8, 8, 4))
        for question in (layer.output_shape, layer.weights, layer.params, layer.macs, layer.connections, layer.explain):
            question(in_shape)
    except ParamcalcError as error:
        # No hook of ours fails by itself: only what was given may
        assert error.__cause__ is None or str(error.__cause__) == "hostile"
        assert len(str(error)) <= 2_000
        assert str(error).isprintable()
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 (made here)
        assert str(error) == str(again)


class TestAnErrorKeepsItsFacts:
    ERROR = ShapeError("kernel_size", "at most 3", "5", "use padding", (Place(2, "c", "Conv2D", (3, 3, None)),))

    def test_as_attributes(self) -> None:
        error = self.ERROR
        assert (error.subject, error.expected, error.got, error.hint) == (
            "kernel_size",
            "at most 3",
            "5",
            "use padding",
        )
        assert error.where[0].name == "c"

    @pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])  # noqa: S301
    def test_through_pickle_and_copy(self, again: Callable[[ParamcalcError], ParamcalcError]) -> None:
        same = again(self.ERROR)
        assert type(same) is ShapeError
        assert str(same) == str(self.ERROR)
        assert vars(same) == vars(self.ERROR)

    def test_of_where_in_a_model_it_happened(self) -> None:
        with pytest.raises(ShapeError) as caught:
            Model([Dense(3), Model([Conv1D(4, 2)], name="inner")], in_shape=(5,))
        assert caught.value.where == (Place(1, "inner", "Model", (3,)), Place(0, "conv1d", "Conv1D", (3,)))

    def test_when_it_happened_deep_inside(self) -> None:
        model: Layer = Conv1D(4, 2)
        for _ in range(100):
            model = Model([model], name="x" * 500)
        with pytest.raises(ShapeError) as caught:
            model.params((5,))
        assert len(caught.value.where) == 100
        assert len(str(caught.value)) <= 2_000
        assert "… 94 more …" in str(caught.value)
        assert "in_shape must be 2 axes (length, channels), got (5,)" in str(caught.value)

    def test_but_never_more_than_fits_a_screen(self) -> None:
        assert len(str(ConfigError("units", "an int " * 1_000, "0"))) == 2_000


class TestHowAValueIsShown:
    @given(
        junk
        | st.recursive(junk, lambda inner: st.lists(inner) | st.tuples(inner) | st.sets(st.integers()), max_leaves=50)
    )
    def test_on_one_short_printable_line(self, value: object) -> None:
        assert shown(value).isprintable()
        assert len(shown(value)) <= 401

    def test_however_many_long_things_it_holds(self) -> None:
        assert len(shown([[Loud("x")] * 9, [Loud("x")] * 9])) == 401

    def test_without_addresses(self) -> None:
        assert shown(object()) == "<object object>"
        assert " at 0x" not in shown(lambda: None)
        assert " at 0x" not in shown([Dense(3).params])

    @given(st.text())
    def test_printable_text_prints_and_stays_readable(self, text: str) -> None:
        assert printable(text).isprintable()
        runs = groupby(text, key=lambda character: unicodedata.combining(character) > 0)
        accents = [len(list(run)) for combines, run in runs if combines]
        if text.isprintable() and max(accents, default=0) <= 4:
            assert printable(text) == text

    def test_letters_bear_no_towers_of_accents(self) -> None:
        """They would cover the lines above and below, in a table as in a picture."""
        assert printable("e\u0301\u0300" * 3 + "畳") == "e\u0301\u0300" * 3 + "畳"
        for accents in ("\u0301" * 100, "\u0301\u0300" * 50):
            text = printable(f"e{accents}f")
            assert sum(unicodedata.combining(character) > 0 for character in text) == 4
            assert text.count("\\u03") == 96
        every = filter(unicodedata.combining, map(chr, range(sys.maxunicode + 1)))
        assert not [accent for accent in every if printable("e" + 5 * accent) == "e" + 5 * accent]


def costing(cost: Any) -> Layer:
    """A layer of one's own that says this of its multiply-adds."""

    class Own(Layer):
        def compute_output_shape(self, in_shape: Shape) -> Shape:
            return in_shape

        def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: Any) -> Any:
            return cost

    return Own()


class TestALayerOfOnesOwn:
    """What a user's hook does wrong is said as of any layer; what went wrong inside it is kept as the cause."""

    @pytest.mark.parametrize(
        ("output_shape", "message"),
        [
            (None, "Own's output shape must be a tuple or list of ints and None, without the batch axis, got None"),
            ((0,), f"Own's output shape[0] must be {RANGE}, or None where it is not known, got 0 in (0,)"),
            ((1.5,), f"Own's output shape[0] must be {RANGE}, or None where it is not known, got 1.5 in (1.5,)"),
        ],
    )
    def test_an_output_that_is_no_shape(self, output_shape: Any, message: str) -> None:
        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Any:
                return output_shape

        for question in (Own().output_shape, Own().params, Own().explain):
            with pytest.raises(ShapeError) as caught:
                question((3,))
            assert message == str(caught.value)

    def test_weights_that_are_none(self) -> None:
        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_weights(self, in_shape: Shape) -> Any:
                return [7]

        with pytest.raises(ConfigError, match="every weight of Own must be a Weight, got 7"):
            Own().params((3,))

    @pytest.mark.parametrize("hook", ["compute_output_shape", "compute_weights", "compute_macs"])
    def test_an_exception_in_a_hook(self, hook: str) -> None:
        def failing(*_: object) -> Any:
            raise KeyError("missing")

        def passing(_: object, in_shape: Shape) -> Shape:
            return in_shape

        own = type("Own", (Layer,), {"compute_output_shape": passing} | {hook: failing})()
        with pytest.raises(
            ShapeError, match=rf"Own\.{hook} must be able to answer, got KeyError\('missing'\) from "
        ) as caught:
            Model([own], in_shape=(3,)).macs()
        assert isinstance(caught.value.__cause__, KeyError)
        assert caught.value.where[0].name == "own"

    def test_an_exception_in_the_output_shape_alone(self) -> None:
        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return (in_shape[5],)

        with pytest.raises(ShapeError, match="able to answer, got IndexError"):
            Own().output_shape((3,))

    @pytest.mark.parametrize("cost", [-1, 1.5, True, "7", 10**5000], ids=range(5))
    def test_a_cost_that_is_no_count(self, cost: Any) -> None:
        with pytest.raises(ConfigError, match=r"Own\.compute_macs must be None or an int from 0, got "):
            costing(cost).macs((3,))

    def test_a_class_that_says_nothing(self) -> None:
        with pytest.raises(ConfigError, match=r"Layer\.compute_output_shape must be written by the class of the layer"):
            Layer().params((3,))


def test_every_error_class_is_exported_and_described() -> None:
    for name in ("ParamcalcError", "ConfigError", "ShapeError"):
        assert ">>>" in (inspect.getdoc(getattr(paramcalc, name)) or "")


class Word(str, enum.Enum):
    """Texts that print as something else."""

    SAME = "same"
    FIRST = "channels_first"
    AVERAGE = "average"


class TestSubclassesOfBuiltinTypes:
    """They are taken for what they are, and only that is kept."""

    def test_texts(self) -> None:
        layer = Conv2D(8, 5, padding=Word.SAME, data_format=Word.FIRST, name=Loud("conv"), activation=Word.SAME)
        assert layer == Conv2D(8, 5, padding="same", data_format="channels_first", name="conv", activation="same")
        assert layer.output_shape((3, 32, 32)) == (8, 32, 32)
        assert Pool(2, mode=Word.AVERAGE).mode == "average"
        assert {type(layer.padding), type(layer.data_format), type(layer.name), type(layer.activation)} == {str}

    def test_ints_and_tuples(self) -> None:
        class Pair(tuple[int, ...]):
            __slots__ = ()

            def __iter__(self) -> Any:
                raise RuntimeError("hostile")

            __len__ = __iter__

        class Number(enum.IntEnum):
            THREE = 3

        assert Conv2D(Number.THREE, Pair((3, 5)), padding=Pair((1, 2))) == Conv2D(3, (3, 5), padding=(1, 2))
        assert Dense(3).output_shape(Pair((Number.THREE,))) == (3,)
        assert type(Dense(Number.THREE).units) is int

    @pytest.mark.parametrize("value", [0.0, -3.0, 1e300, float("inf"), float("nan")])
    def test_a_way_out_is_one(self, value: float) -> None:
        with pytest.raises(ConfigError) as caught:
            Dense(value)
        assert caught.value.hint == ""


class TestForeignCode:
    """What raises in code that the library calls comes out as a ParamcalcError."""

    def raising(self) -> Any:
        yield from ()
        raise RuntimeError("hostile")

    def test_in_iterators(self) -> None:
        with pytest.raises(
            ConfigError, match=r"layers must be a list of layers, got RuntimeError\('hostile'\) from <gen"
        ):
            Model(self.raising())
        with pytest.raises(ConfigError, match="columns must be a list of one or more of layer, name"):
            Model([Dense(3)]).summary((3,)).to_text(self.raising())
        with pytest.raises(ConfigError, match="the axes of a weight must be a name and a size for each"):
            Weight("kernel", self.raising())

    def test_in_the_text_of_its_own_exceptions(self) -> None:
        class Silent(Exception):  # noqa: N818 (it says nothing)
            def __str__(self) -> str:
                raise RuntimeError("hostile")

            __repr__ = __str__

        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                raise Silent

        with pytest.raises(ShapeError, match="able to answer, got <Silent object that cannot be printed> from"):
            Own().params((3,))

    @pytest.mark.parametrize("windows", [[3], (3,), "ab"])
    def test_in_hooks_that_say_windows(self, windows: Any) -> None:
        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_windows(self, in_shape: Shape) -> Any:
                if len(in_shape) > 1:
                    return windows[99]
                if in_shape == (None,):
                    raise ConfigError("own", "known", "None")
                return windows

        with pytest.raises(ConfigError, match=r"Own\.compute_windows must be None or a tuple of Window, got "):
            Own().windows((3,))
        with pytest.raises(ShapeError, match=r"Own\.compute_windows must be able to answer, got IndexError"):
            Own().windows((3, 3))
        with pytest.raises(ConfigError, match="own must be known, got None"):
            Own().windows((None,))

    def test_in_comparisons_with_a_default(self) -> None:
        @attrs.frozen
        class Own(Layer):
            factors: Any = attrs.field(default=np.array([1, 2]))

            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

        assert Own().explain((3,)).parts[0].layer == "Own(factors=array([1, 2]))"

    def test_a_hook_that_keeps_its_results_keeps_them_plain(self) -> None:
        kept: dict[str, Any] = {}

        class Own(Layer):
            def compute_output_shape(self, in_shape: Any) -> Any:
                return kept.setdefault("shape", (in_shape[0] * 2,))

            def compute_weights(self, in_shape: Any) -> Any:
                return kept.setdefault("weights", (Weight("scale", {"n": in_shape[0]}), Weight("bias", {"n": 2})))

            def compute_macs(self, in_shape: Any, output_shape: Shape, weights: Any) -> Any:
                return kept.setdefault("macs", in_shape[0] * 3)

        own = Own()
        for _ in range(2):
            assert own.output_shape((4,)) == (8,)
            assert (type(own.output_shape((4,))[0]), type(own.params((4,))), type(own.macs((4,)))) == (int, int, int)
            assert {type(size) for weight in own.weights((4,)) for size in (weight.size, *weight.shape)} == {int}
            own.output_shape((4,))
            kept.clear()
            own.explain((4,))

    def test_a_constructor_that_is_written_out_is_refused_with_the_way_out(self) -> None:
        with pytest.raises(
            ConfigError, match=r"Own\.__init__ must be left to attrs, .* decorate the class with @attrs.froz"
        ):

            class Own(Layer):
                def __init__(self) -> None:
                    pass


def test_names_of_classes_are_printed_like_any_text() -> None:
    own = type("Own\n\x1b" + "x" * 3_000, (Layer,), {})()
    with pytest.raises(ConfigError) as caught:
        Model([own], in_shape=(3,))
    assert str(caught.value).isprintable()
    assert "must be written by the class of the layer, got nothing" in str(caught.value)


def test_a_window_in_ceil_mode_is_told_how_large_it_may_be() -> None:
    with pytest.raises(ShapeError) as caught:
        Pool(4, 2, ceil_mode=True).output_shape((1, 3))
    expected = "pool_size[0] (length) must be at most 2, the size of its axis and 1 more in ceil_mode, got 4, on (1, 3)"
    assert str(caught.value) == expected
    assert Pool(2, 2, ceil_mode=True).output_shape((1, 3)) == (1, 3)


@pytest.mark.parametrize(
    "around",
    [paramcalc.TimeDistributed, paramcalc.SpectralNormalization, lambda cell: paramcalc.StackedRNNCells([cell])],
)
def test_layers_are_nested_a_hundred_deep_at_most(around: Callable[[Any], Layer]) -> None:
    layer: Any = paramcalc.GRUCell(4)
    for _ in range(100):
        layer = around(layer)
    for deeper in (around, paramcalc.TimeDistributed):
        with pytest.raises(ConfigError, match="layers in layers must be at most 100 deep, got 101"):
            deeper(layer)


def test_what_is_as_large_as_may_be_is_taken_and_nothing_larger() -> None:
    """Costs of 8192 bits, names of a thousand characters, layers a hundred deep."""
    assert costing(2**8192 - 1).macs((3,)) == 2**8192 - 1
    assert Dense(4, name="a" * 1_000).params((3,)) == 16
    layer: Layer = Dense(4)
    for _ in range(100):
        layer = paramcalc.TimeDistributed(layer)
    for larger, subject in (
        (lambda: costing(2**8192).macs((3,)), "Own.compute_macs"),
        (lambda: Dense(4, name="a" * 1_001), "name"),
        (lambda: paramcalc.TimeDistributed(layer), "layers in layers"),
    ):
        with pytest.raises(ConfigError) as refused:
            larger()
        assert refused.value.subject == subject


def test_what_is_a_hundred_deep_is_answered() -> None:
    cell: Any = paramcalc.GRUCell(4)
    for _ in range(100):
        cell = paramcalc.StackedRNNCells([cell])
    assert cell.params((4,)) == paramcalc.GRUCell(4).params((4,))
    assert cell.macs((4,)) == 96
    assert len(cell.explain((4,)).steps) == 10
    assert copy.deepcopy(cell) == cell == pickle.loads(pickle.dumps(cell))  # noqa: S301 (made here)


def test_a_model_of_endless_many_layers_is_shown_in_short() -> None:
    model = Model([Dense(3), Dense(3)])
    for _ in range(60):
        model = Model([model, model])
    with pytest.raises(ConfigError, match="layers must be a list of layers, got <Model of 2 layers>"):
        Model(model)
    with pytest.raises(ConfigError, match=r"units must be an int from 1 to .*, got <Model of 2 layers>"):
        Dense(model)
    assert model.windows((3,)) == (paramcalc.Window(3),)
    assert model.summary((3,)).to_csv(["name", "receptive_field"]).splitlines()[1] == "model,3"
