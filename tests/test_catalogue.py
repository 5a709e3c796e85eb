"""What single families promise beyond what holds for every layer."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from strategies import LAYERS, Case

import paramcalc
from paramcalc import (
    Attention,
    BatchNorm,
    Concatenate,
    Conv1D,
    Conv2D,
    Cropping,
    Dot,
    Elementwise,
    Embedding,
    GroupNorm,
    Layer,
    LayerNorm,
    Model,
    ParamcalcError,
    Permute,
    RepeatVector,
    Reshape,
    RMSNorm,
    UnitNorm,
    UpSampling,
    ZeroPadding,
)
from paramcalc.layers.elementwise import OPERATIONS

# Wrong arguments are the point of the table below
pc: Any = paramcalc


class TestReshaping:
    """The numbers stay; numpy agrees on where they go."""

    @given(LAYERS[Reshape])
    def test_reshape(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, Reshape)
        assert layer.output_shape(in_shape) == np.zeros(in_shape).reshape(layer.target_shape).shape

    @given(LAYERS[Permute])
    def test_permute(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, Permute)
        assert layer.output_shape(in_shape) == np.zeros((1, *in_shape)).transpose(0, *layer.dims).shape[1:]

    @given(LAYERS[paramcalc.ZeroPadding])
    def test_cropping_undoes_padding(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, paramcalc.ZeroPadding)
        cropping = paramcalc.Cropping(layer.padding, data_format=layer.data_format)
        assert Model([layer, cropping]).output_shape(in_shape) == in_shape

    @given(LAYERS[paramcalc.UpSampling])
    def test_pooling_undoes_up_sampling(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, paramcalc.UpSampling)
        pool = paramcalc.Pool(layer.size, data_format=layer.data_format)
        assert Model([layer, pool]).output_shape(in_shape) == in_shape


class TestNormalisation:
    def test_statistics_are_never_trained(self) -> None:
        trained = [(weight.name, weight.trainable) for weight in BatchNorm(renorm=True).weights((4, 8))]
        assert trained == [
            ("gamma", True), ("beta", True), ("moving_mean", False), ("moving_variance", False),
            ("moving_stddev", False), ("renorm_mean", False), ("renorm_stddev", False),
        ]  # fmt: skip
        summary = Model([Conv2D(64, 3, use_bias=False), BatchNorm()], in_shape=(8, 8, 3)).summary()
        assert (summary.trainable_params, summary.non_trainable_params) == (27 * 64 + 128, 128)

    def test_the_axis_says_where_the_channels_are(self) -> None:
        for layer in (BatchNorm(1), GroupNorm(4, 1)):
            assert layer.weights((8, 5, 6))[0].axes == (("channels", 8),)
            assert layer.explain((8, 5, 6)).steps[0].words == "input channels"
        assert BatchNorm(2).weights((5, 6, 8))[0].axes == (("width", 6),)
        assert BatchNorm(1).weights((8,))[0].axes == (("features", 8),)

    def test_several_axes_make_one_array(self) -> None:
        assert [weight.shape for weight in LayerNorm((1, 2)).weights((4, 8))] == [(4, 8), (4, 8)]

    def test_groups_of_one_channel_each(self) -> None:
        assert GroupNorm(-1).params((4, 8)) == 16
        assert GroupNorm(3, center=False, scale=False).output_shape((4, None)) == (4, None)


def test_receptive_fields() -> None:
    """Padding, cropping and what sees positions one by one leave a field as it is; what sees many leaves it unknown."""

    def last_field(*layers: Layer, in_shape: tuple[int, ...]) -> str:
        return (
            Model(layers, in_shape=in_shape)
            .summary()
            .to_csv(["name", "receptive_field"])
            .splitlines()[-2]
            .split(",")[1]
        )

    kept = [
        Embedding(99, 8),
        Conv1D(4, 3),
        ZeroPadding(2),
        BatchNorm(),
        LayerNorm(),
        Cropping(1),
        RMSNorm(),
        UnitNorm(),
    ]
    assert last_field(*kept, Conv1D(4, 5), in_shape=(250,)) == "7"
    for lost in (GroupNorm(2), LayerNorm(1), UpSampling(2), Reshape((-1, 4)), Permute((2, 1))):
        assert last_field(Conv1D(4, 3), lost, in_shape=(12, 3)) == "unknown"
    assert last_field(RepeatVector(3), in_shape=(12,)) == "unknown"


class TestMerging:
    @given(LAYERS[pc.Add], LAYERS[pc.Subtract])
    def test_shapes_broadcast_as_numpys(self, case: Case, two: Case) -> None:
        for layer, in_shape in (case, two):
            assert layer.output_shape(in_shape) == np.broadcast_shapes(*in_shape)

    @given(LAYERS[pc.Concatenate])
    def test_what_is_concatenated_is_all_there(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, Concatenate)
        joined = np.concatenate([np.zeros((2, *shape)) for shape in in_shape], axis=layer.axis)
        assert layer.output_shape(in_shape) == joined.shape[1:]

    @given(LAYERS[pc.Dot])
    def test_products_are_summed_over_one_axis(self, case: Case) -> None:
        layer, (first, second) = case
        assert isinstance(layer, Dot)
        axes = layer.axes if isinstance(layer.axes, tuple) else (layer.axes,) * 2
        one, other = (axis - 1 if axis > 0 else axis for axis in axes)
        product = np.tensordot(np.zeros(first), np.zeros(second), axes=(one, other))
        assert layer.output_shape((first, second)) == (product.shape or (1,))
        assert layer.macs((first, second)) == product.size * first[one]

    def test_an_axis_that_is_not_known_stays_so(self) -> None:
        assert pc.Add().output_shape(((None, 8), (5, 8))) == (None, 8)
        assert pc.Concatenate(1).output_shape(((None, 8), (5, 8))) == (None, 8)
        assert pc.Concatenate(0).output_shape(((None, 8), (5, 8))) == (None, 8)
        assert pc.Dot(2).output_shape(((4, None), (5, 8))) == (4, 5)
        assert pc.Dot(2).macs(((4, None), (5, 8))) == pc.Dot(2).macs(((4, 8), (5, None))) == 4 * 5 * 8
        assert pc.Dot(2).macs(((None, 8), (5, 8))) is None

    def test_one_input_in_a_tuple_is_taken_as_keras_takes_it(self) -> None:
        assert pc.Add().output_shape(((4, 8),)) == pc.Concatenate().output_shape(((4, 8),)) == (4, 8)

    def test_positions_stay_where_channels_are_joined(self) -> None:
        several = ((4, 8), (4, 3))
        assert pc.Concatenate().windows(several) == pc.Concatenate(2).windows(several) == ()
        assert pc.Concatenate(0).windows(((4, 8), (4, 8))) == pc.Add().windows(((4, 8), (4, 8))) == ()
        assert pc.Concatenate(1).windows(((4, 8), (3, 8))) is None


class TestElementwise:
    @given(LAYERS[pc.Elementwise])
    def test_operands_broadcast_as_numpys(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, Elementwise)
        shapes = iter(in_shape if in_shape and isinstance(in_shape[0], tuple) else (in_shape,))
        operands = layer.operands or (None,) * OPERATIONS[layer.operation]
        # A batch of 13 is met by no axis, for those have at most 12
        whole = [(13, *next(shapes)) if operand is None else np.shape(operand) for operand in operands]
        assert (13, *layer.output_shape(in_shape)) == np.broadcast_shapes(*whole)

    def test_the_gate_of_mobilenet_v3(self) -> None:
        gate = Model(
            [pc.Elementwise("add", (None, 3.0)), pc.Elementwise("relu6"), pc.Elementwise("multiply", (None, 1 / 6))]
        )
        assert gate.output_shape((1, 1, 16)) == (1, 1, 16)
        assert (gate.params((1, 1, 16)), gate.macs((1, 1, 16))) == (0, 0)
        assert pc.Elementwise("multiply").output_shape(((14, 14, 16), (1, 1, 16))) == (14, 14, 16)
        assert pc.Elementwise("multiply").windows(((14, 14, 16), (1, 1, 16))) == ()

    def test_constants_are_kept_with_their_place(self) -> None:
        assert pc.Elementwise("add", [np.int8(3), None]) == pc.Elementwise("add", (3.0, None))
        assert pc.Elementwise("add", (3, None)) != pc.Elementwise("add", (None, 3))
        assert pc.Elementwise("add", (None, [np.float32(0.5), 1])).operands == (None, (0.5, 1.0))
        assert pc.Elementwise("add", (None, None)) == pc.Elementwise("add")
        assert pc.CustomScaleLayer(np.float64(0.5)) == pc.CustomScaleLayer(0.5)

    def test_an_axis_that_is_known_in_one_operand_is_known(self) -> None:
        assert pc.Elementwise("add").output_shape(((None, 8), (5, 8))) == (5, 8)
        assert pc.Elementwise("add").output_shape(((None, 8), (1, 8))) == (None, 8)
        grown = pc.Elementwise("add", (None, [[[1, 2]]]))
        assert grown.output_shape((None, 1)) == (None, 2)
        assert [step.words for step in grown.explain((4, 1)).steps[:2]] == ["input length", "constant channels"]


class TestAttention:
    @pytest.mark.parametrize(
        ("layer", "in_shape", "params"),
        [
            # Vaswani et al., 2017: the base model, with biases as Keras has them
            (pc.MultiHeadAttention(8, 64), (None, 512), 1_050_624),
            (pc.MultiHeadAttention(8, 64, use_bias=False), (None, 512), 4 * 512**2),
            (pc.MultiHeadAttention(12, 64), (197, 768), 4 * (768**2 + 768)),
            # Mistral 7B, of Jiang et al., 2023: 32 heads of 128, of which 4 each share keys and values
            (pc.GroupedQueryAttention(128, 32, 8, use_bias=False), (None, 4096), 2 * 4096**2 + 2 * 4096 * 1024),
            (pc.GroupedQueryAttention(64, 8, 8), (None, 512), 1_050_624),
            (pc.Attention(use_scale=True, score_mode="concat"), (10, 512), 2),
            (pc.AdditiveAttention(), (10, 512), 512),
            (pc.AdditiveAttention(use_scale=False), (None, None), 0),
        ],
    )
    def test_counts_are_those_of_the_literature(self, layer: Layer, in_shape: tuple[int, ...], params: int) -> None:
        assert layer.params(in_shape) == params

    def test_one_shape_is_query_value_and_key(self) -> None:
        for layer in (pc.MultiHeadAttention(2, 3), pc.GroupedQueryAttention(3, 4, 2), pc.AdditiveAttention()):
            one, two, three = (5, 8), ((5, 8),) * 2, ((5, 8),) * 3
            assert layer.weights(one) == layer.weights(two) == layer.weights(three)
            assert layer.output_shape(one) == layer.output_shape(two) == layer.output_shape(three) == (5, 8)
            assert layer.macs(one) == layer.macs(two) == layer.macs(three)

    @given(LAYERS[pc.MultiHeadAttention], LAYERS[pc.GroupedQueryAttention])
    def test_multiplications_are_those_of_the_matrices(self, case: Case, grouped: Case) -> None:
        """Counted as the definition has it: every projection, each score, and each value that is weighted by one."""
        both: Any = (case, grouped)
        for layer, in_shape in both:
            several = in_shape if isinstance(in_shape[0], tuple) else (in_shape,)
            query, value, key = several[0], several[:2][-1], several[-1]
            sources = {"query": query, "key": key, "value": value, "gate": query, "attention_output": query}
            weights = {weight.name: weight.shape for weight in layer.weights(in_shape)}
            macs = 0
            for name, source in sources.items():
                kernel = weights.get(f"{name}/kernel")
                macs += 0 if kernel is None else math.prod(source[:-1]) * math.prod(kernel)
            _, scores = attrs.evolve(layer, return_attention_scores=True).output_shape(in_shape)
            _, heads, key_size = weights["query/kernel"]
            *_, value_size = weights["value/kernel"]
            assert heads in scores
            assert layer.macs(in_shape) == macs + math.prod(scores) * (key_size + value_size)

    @given(LAYERS[pc.Attention], LAYERS[pc.AdditiveAttention])
    def test_plain_attention_multiplies_scores_and_values(self, case: Case, additive: Case) -> None:
        both: Any = (case, additive)
        for layer, in_shape in both:
            several = in_shape if isinstance(in_shape[0], tuple) else (in_shape,)
            _, scores = attrs.evolve(layer, return_attention_scores=True).output_shape(in_shape)
            products = layer.score_mode == "dot" if isinstance(layer, Attention) else bool(layer.weights(in_shape))
            features = several[:2][-1][-1] + several[0][-1] * products
            assert layer.macs(in_shape) == math.prod(scores) * features

    def test_what_is_not_known_passes_through(self) -> None:
        layer = pc.MultiHeadAttention(2, 3, return_attention_scores=True)
        assert layer.output_shape(((None, 8), (6, 8))) == ((None, 8), (2, None, 6))
        assert layer.params(((None, 8), (None, 8), (6, 8))) == layer.params((5, 8))
        assert layer.macs(((None, 8), (6, 8))) is None
        assert pc.Attention().macs((None, 8)) is None

    def test_the_shape_of_the_output_has_another_name_as_an_attribute(self) -> None:
        """`output_shape` is what every layer answers."""
        layer = pc.MultiHeadAttention(2, 3, output_shape=[4, 5])
        assert layer.output_features == (4, 5)
        assert layer.output_shape((7, 8)) == (7, 4, 5)
        assert repr(layer) == "MultiHeadAttention(2, 3, output_shape=(4, 5))"
        assert attrs.evolve(layer, output_shape=6) == pc.MultiHeadAttention(2, 3, output_shape=(6,))
        explained = {step.what: step.words for step in layer.explain((7, 8)).steps}
        assert explained["output width"] == "output shape 0"
        assert explained["attention_output/bias"] == "output shape 0 × output shape 1"
        short = {step.what: step.words for step in attrs.evolve(layer, output_shape=6).explain((7, 8)).steps}
        assert short["attention_output/kernel"] == "num heads × key dim × output shape"


class TestRecurrence:
    @pytest.mark.parametrize(
        ("layer", "in_shape", "params"),
        [
            (pc.SimpleRNN(50), (None, 1), 2_600),
            (pc.LSTM(32), (10, 16), 4 * (32 * (16 + 32) + 32)),
            (pc.GRU(32), (10, 16), 3 * (32 * (16 + 32) + 2 * 32)),
            (pc.GRU(32, reset_after=False), (10, 16), 3 * (32 * (16 + 32) + 32)),
            (pc.Bidirectional(pc.GRU(32)), (10, 16), 9_600),
            (pc.Bidirectional(pc.GRU(32, reset_after=False)), (10, 16), 9_408),
        ],
    )
    def test_counts_are_those_of_the_literature(self, layer: Layer, in_shape: tuple[int, ...], params: int) -> None:
        assert layer.params(in_shape) == params

    def test_steps_share_the_weights_and_multiply_the_work(self) -> None:
        layer = pc.LSTM(8, return_sequences=True)
        assert {layer.params((steps, 4)) for steps in (1, 7, None)} == {8 * 4 * (4 + 8 + 1)}
        assert layer.macs((7, 4)) == 7 * layer.macs((1, 4)) == 7 * 4 * 8 * (4 + 8)
        assert pc.Bidirectional(layer).macs((7, 4)) == 2 * layer.macs((7, 4))
        assert pc.Bidirectional(layer).macs((None, 4)) is None
        assert pc.TimeDistributed(Conv1D(4, 3)).connections((5, 9, 2)) == 5 * pc.Conv1D(4, 3).connections((9, 2))

    def test_what_is_frozen_inside_is_frozen(self) -> None:
        inner = pc.LSTM(8, trainable=False)
        for layer in (pc.Bidirectional(inner), pc.TimeDistributed(inner)):
            shape = (7, 4) if isinstance(layer, pc.Bidirectional) else (3, 7, 4)
            assert {weight.trainable for weight in layer.weights(shape)} == {False}


def test_an_embedding_counts_its_vocabulary_whatever_the_sequence() -> None:
    layer = Embedding(10_000, 16)
    assert {layer.params(shape) for shape in [(), (250,), (None,), (3, 4)]} == {160_000}
    assert layer.macs((250,)) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: pc.BatchNorm(0),
            "axis must be an int that names an axis: from 1, where 0 would be the",
        ),
        (lambda: pc.BatchNorm((1, 2)), "axis must be an int that names an axis"),
        (lambda: pc.LayerNorm(()), "axis must be an int, or one or more of them, got ()"),
        (lambda: pc.LayerNorm((1, 0)), "axis[1] must be an int that names an axis"),
        (lambda: pc.LayerNorm((1, -2)).params((4, 8)), "axis must be different axes, got (1, -2) on (4, 8)"),
        (
            lambda: pc.BatchNorm(3).params((4, 8)),
            "axis must be an axis of the input, from 1 to 2 or from -1 to -2, g",
        ),
        (lambda: pc.BatchNorm().params(()), "axis must be of an input with axes, got -1 on ()"),
        (lambda: pc.BatchNorm(1).params((None, 8)), "in_shape[0] (channels) must be known to count the weights"),
        (lambda: pc.BatchNorm(renorm=1), "renorm must be True or False, got 1"),
        (lambda: pc.GroupNorm(0), "groups must be an int from 1 to 2**63 - 1, or -1 for a group a channel, got 0"),
        (lambda: pc.GroupNorm(5).params((4, 8)), "groups must be a divisor of the 8 channels, got 5"),
        (lambda: pc.Embedding(0, 4), "input_dim must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.Embedding(4, 0), "output_dim must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.Reshape(4), "target_shape must be a tuple or list of at most 64 ints, got 4"),
        (
            lambda: pc.Reshape((4, 0)),
            "target_shape[1] must be an int from 1 to 2**63 - 1, or -1 for what is ",
        ),
        (lambda: pc.Reshape((4, None)), "target_shape[1] must be an int from 1 to 2**63 - 1, or -1 for what is"),
        (lambda: pc.Reshape((-1, -1)), "target_shape must be a shape with at most one -1, got (-1, -1)"),
        (
            lambda: pc.Reshape((3, 4)).output_shape((5, 2)),
            "in_shape must be of 12 numbers for target_shape (3, 4), got (5, 2), which holds 10",
        ),
        (
            lambda: pc.Reshape((-1, 4)).output_shape((5, 2)),
            "in_shape must be of a multiple of 4 numbers for target_shape (-1, 4), got (5, 2), which holds 10",
        ),
        (lambda: pc.Permute((1, 3)), "dims must be each of 1, 2, ... once, in a new order, got (1, 3)"),
        (lambda: pc.Permute("ab"), "dims must be each of 1, 2, ... once, in a new order, got 'ab'"),
        (lambda: pc.Permute((2, 1)).output_shape((4,)), "in_shape must be 2 axes, as many as dims, got (4,)"),
        (lambda: pc.RepeatVector(0), "n must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.RepeatVector(3).output_shape((4, 8)), "in_shape must be 1 axis (features), got (4, 8)"),
        (
            lambda: pc.Cropping("same"),
            "cropping must be an int from 0, or for each axis an int or a (before, after) pair",
        ),
        (
            lambda: pc.Cropping(((0, 0), (3, 2))).output_shape((9, 5, 3)),
            "cropping[1] (width) must be less than 5 together, the size of its axis, got (3, 2) on (9, 5, 3)",
        ),
        (lambda: pc.Cropping(1).output_shape((9,)), "in_shape must be at least one axis, and the channels, got (9,)"),
        (
            lambda: pc.ZeroPadding((1, 1)).output_shape((9, 3)),
            "padding must be an int, or an int or a (before, af",
        ),
        (lambda: pc.LSTM(0), "units must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.LSTM(4, return_sequences=1), "return_sequences must be True or False, got 1"),
        (lambda: pc.GRU(4, reset_after="no"), "reset_after must be True or False, got 'no'"),
        (
            lambda: pc.LSTM(4).params((9,)),
            "in_shape must be 2 axes (steps, features), got (9,); give every step its",
        ),
        (lambda: pc.LSTM(4).params((9, 9, 9)), "in_shape must be 2 axes (steps, features), got (9, 9, 9)"),
        (
            lambda: pc.Bidirectional(pc.Dense(3)),
            "layer must be a recurrent layer: SimpleRNN, LSTM or GRU, got D",
        ),
        (
            lambda: pc.Bidirectional(pc.LSTM(3), "add"),
            "merge_mode must be one of 'concat', 'sum', 'mul', 'ave', got 'add'",
        ),
        (lambda: pc.TimeDistributed(3), "layer must be a layer, got 3"),
        (lambda: pc.TimeDistributed(pc.Dense(3)).params(()), "in_shape must be at least one axis, the steps, got ()"),
        (
            lambda: pc.Add().params((3,)),
            "in_shape must be several shapes, one for each input, got (3,); for example ((3,), (3,))",
        ),
        (
            lambda: pc.Add().params(((3, 4), (5, 4))),
            "in_shape must be shapes whose axes, from the last one on, are equal or 1, got 3 and 5 on axis -2 of ((3, ",
        ),
        (
            lambda: pc.Subtract().params(((3,), (3,), (3,))),
            "in_shape must be 2 shapes, one for each input, got 3 in ((3,), (3,), (3,))",
        ),
        (
            lambda: pc.Concatenate(1.5),
            "axis must be an int that names an axis: from 0, the batch, or from -1 backwards, got 1.5",
        ),
        (
            lambda: pc.Concatenate(3).params(((3, 4), (3, 4))),
            "axis must be an axis of the inputs, from 0, the batch, to 2, or from -1 to -3, got 3 on ((3, 4), (3, 4))",
        ),
        (
            lambda: pc.Concatenate().params(((3, 4), (4, 4))),
            "in_shape must be shapes that differ on axis -1 alone, got ((3, 4), (4, 4))",
        ),
        (lambda: pc.Concatenate().params(((3, 4), (4,))), "in_shape must be shapes that differ on axis -1 alone, got"),
        (lambda: pc.Concatenate().params((3, 4)), "in_shape must be several shapes, one for each input, got (3, 4)"),
        (lambda: pc.Dot(0), "axes must be an int that names an axis: from 1, where 0 would be the batch, or from -1"),
        (lambda: pc.Dot((1, 0)), "axes[1] must be an int that names an axis: from 1, where 0 would be the batch, or"),
        (lambda: pc.Dot((1, 2, 3)), "axes must be an int, or an int for each of the two inputs, got (1, 2, 3)"),
        (lambda: pc.Dot((1, None)), "axes[1] must be an int that names an axis: from 1, where 0 would be the batch"),
        (lambda: pc.Dot(1, normalize=1), "normalize must be True or False, got 1"),
        (lambda: pc.Dot(1).params(((3,),)), "in_shape must be 2 shapes, one for each input, got 1 in ((3,),)"),
        (
            lambda: pc.Dot(2).params(((3, 4), (4,))),
            "axes must be an axis of the input, from 1 to 1 or from -1 to -1, got 2 on (4,)",
        ),
        (lambda: pc.Dot(2).params(((3, 4), ())), "axes must be of an input with axes, got 2 on ()"),
        (
            lambda: pc.Dot((1, 2)).params(((3, 4), (3, 4))),
            "in_shape must be shapes of one size on axes (1, 2), got ((3, 4), (3, 4))",
        ),
        (
            lambda: pc.Elementwise("plus"),
            "operation must be one of keras.ops on each number, such as 'add' or 'relu', got 'plus'",
        ),
        (
            lambda: pc.Elementwise("Add"),
            "operation must be one of keras.ops on each number, such as 'add' or 'relu', got 'Add'; write 'add'",
        ),
        (
            lambda: pc.Elementwise("add", 3),
            "operands must be a tuple or list of numbers, with None for each input, got 3",
        ),
        (lambda: pc.Elementwise("add", (3, 4)), "operands must be such that one is None, an input, got (3.0, 4.0)"),
        (lambda: pc.Elementwise("add", (None,)), "operands must be 2, as 'add' has, got (None,)"),
        (lambda: pc.Elementwise("add", (None, True)), "operands[1] must be a finite number, got True"),
        (lambda: pc.Elementwise("add", (None, np.True_)), "operands[1] must be a finite number, got "),
        (lambda: pc.Elementwise("add", (None, float("inf"))), "operands[1] must be a finite number, got inf"),
        (lambda: pc.Elementwise("add", (None, 10**400)), "operands[1] must be a finite number, got an int of"),
        (lambda: pc.Elementwise("add", (None, np.ones(2))), "operands[1] must be a finite number, got array([1., 1.])"),
        (lambda: pc.Elementwise("add", (None, "3")), "operands[1] must be a finite number, got '3'"),
        (
            lambda: pc.Elementwise("add", (None, [1, [2]])),
            "operands[1][1] must be a finite number, got [2]",
        ),
        (
            lambda: pc.Elementwise("add", (None, [])),
            "operands[1] must be a finite number, or a list of 1 to 10000000 of",
        ),
        (
            lambda: pc.Elementwise("add", (None, [[1, 2], [3]])),
            "operands[1][1] must be a list of 2, as long as those beside it, got [3]",
        ),
        (
            lambda: pc.Elementwise("add").params((3,)),
            "in_shape must be 2 shapes, one for each input, got (3,); for example",
        ),
        (
            lambda: pc.Elementwise("relu").params(((3,), (3,))),
            "in_shape must be one shape, for there is one input, got ((3,), (3,))",
        ),
        (
            lambda: pc.Elementwise("add").params(((3, 4), (4,))),
            "in_shape must be shapes of as many axes, for the batch is an axis too, got ((3, 4), (4,)); Add() and",
        ),
        (
            lambda: pc.Elementwise("add", (None, [[1], [2]])).params((3,)),
            "operands[1] must be of at most the 1 axes of the input, or of a 1 for the batch before them, got one of s",
        ),
        (
            lambda: pc.Elementwise("add", (None, [1, 2])).params((3,)),
            "in_shape must be shapes whose axes, from the last one on, are equal or 1, got 3 and 2 on axis -1 of ((3,)",
        ),
        (lambda: pc.MultiHeadAttention(0, 4), "num_heads must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.MultiHeadAttention(4, None), "key_dim must be an int from 1 to 2**63 - 1, got None"),
        (lambda: pc.MultiHeadAttention(4, 4, 0), "value_dim must be an int from 1 to 2**63 - 1, got 0"),
        (
            lambda: pc.MultiHeadAttention(4, 4, output_shape=()),
            "output_shape must be None, an int, or one or more of them, got ()",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, output_shape=(1, 0)),
            "output_shape[1] must be an int from 1 to 2**63 - 1",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=()),
            "attention_axes must be None, an int, or one or more of them, got ()",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=0),
            "attention_axes must be an int that names an axis: from",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=(1, 0)),
            "attention_axes[1] must be an int that names an axis: from 1, where 0 would be the batch",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=3).params((5, 8)),
            "attention_axes must be an axis of the input, from 1 to 2 or from -1 to -2, got 3 on (5, 8)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=-1).params((5, 8)),
            "attention_axes must be different axes, and not that of the features, got (-1,) on (5, 8)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=(1, -2)).params((5, 8)),
            "attention_axes must be different axes, and not that of the features, got (1, -2) on (5, 8)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params((8,)),
            "in_shape must be at least 2 axes, positions and features, got",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params(((5, 8), (4, 5, 8))),
            "in_shape[1] must be 2 axes, as many as the query's, got (4, 5, 8)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params(((5, 8),)),
            "in_shape must be one shape, or those of query and value, or of query, value and key, got 1 in ((5, 8),)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params(((5, 8), (6, 8), (7, 8))),
            "in_shape must be shapes with a key for each value, got ((5, 8), (6, 8), (7, 8))",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4, attention_axes=2).params(((5, 6, 8), (6, 6, 8))),
            "in_shape must be shapes that are alike on the axes without attention, got ((5, 6, 8), (6, 6, 8))",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params(((5, 8), (6, 8), (6, None))),
            "in_shape[2][1] (channels) must be known to count the weights, got None in (6, None)",
        ),
        (
            lambda: pc.MultiHeadAttention(4, 4).params(((5, 8), (6, None))),
            "in_shape[1][1] (channels) must be known to count the weights, got None in (6, None)",
        ),
        (
            lambda: pc.GroupedQueryAttention(4, 6, 4),
            "num_query_heads must be divisible by num_key_value_heads, 4, got 6",
        ),
        (
            lambda: pc.GroupedQueryAttention(4, 4, 2).params((3, 5, 8)),
            "in_shape must be of 2 axes (positions, features), with as many features in query and value, got (3, 5, 8)",
        ),
        (
            lambda: pc.GroupedQueryAttention(4, 4, 2).params(((5, 8), (5, 9))),
            "in_shape must be of 2 axes (positions, features), with as many features in query and value, got ((5, 8), ",
        ),
        (lambda: pc.Attention(score_mode="mul"), "score_mode must be 'dot' or 'concat', got 'mul'"),
        (lambda: pc.Attention(1), "use_scale must be True or False, got 1"),
        (
            lambda: pc.Attention().params(((5, 8), (6, 9))),
            "in_shape must be shapes with as many features in query and key, got ((5, 8), (6, 9)); without a key, the",
        ),
        (
            lambda: pc.AdditiveAttention().params(((5, 8), (6, 9), (6, 9))),
            "in_shape must be shapes with as many features in query and key, got ((5, 8), (6, 9), (6, 9))",
        ),
        (lambda: pc.CustomScaleLayer("x"), "scale must be a finite number, got 'x'"),
        (lambda: pc.CustomScaleLayer(2).params(((3,),) * 3), "in_shape must be 2 shapes, one for each input, got 3 in"),
        (lambda: pc.UpSampling(0), "size must be an int from 1 to 2**63 - 1, or one for each axis, got 0"),
    ],
)
def test_what_is_wrong_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        call()
    assert str(caught.value).startswith(message)
