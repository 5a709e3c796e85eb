"""What single families promise beyond what holds for every layer."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYERS, Case

import paramcalc
from paramcalc import (
    Attention,
    BatchNorm,
    Concatenate,
    ConfigError,
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
    ShapeError,
    UnitNorm,
    UpSampling,
    Weight,
    ZeroPadding,
)
from paramcalc.formats.keras.table import AUGMENTATIONS
from paramcalc.formats.keras.write import layer_to_keras
from paramcalc.layers.augmentation import AUGMENTATIONS as OF_LAYERS
from paramcalc.layers.augmentation import as_dict
from paramcalc.layers.elementwise import OPERATIONS
from paramcalc.layers.recurrent import Cell
from paramcalc.shapes import are_several

# Wrong arguments are the point of the table below
pc: Any = paramcalc


@pytest.mark.parametrize(
    ("kind", "arguments", "defaults"),
    [
        (pc.Dot, (1,), {"normalize": False}),
        (pc.SpectralNormalization, (pc.Dense(4),), {"power_iterations": 1}),
        (UpSampling, (), {"size": 2}),
        (pc.ReLU, (), {"max_value": None, "negative_slope": 0, "threshold": 0}),
        (pc.LeakyReLU, (), {"negative_slope": 0.3}),
        (pc.ELU, (), {"alpha": 1}),
        (pc.Softmax, (), {"axis": -1}),
        (pc.Rescaling, (2,), {"offset": 0}),
        (pc.Masking, (), {"mask_value": 0}),
        (pc.ActivityRegularization, (), {"l1": 0, "l2": 0}),
    ],
)
def test_what_is_left_out_is_as_in_keras(kind: Any, arguments: tuple[Any, ...], defaults: dict[str, Any]) -> None:
    assert kind(*arguments) == kind(*arguments, **defaults)


def test_a_factor_of_none_is_0() -> None:
    assert pc.ActivityRegularization(None, None) == pc.ActivityRegularization(0, 0)


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

    @given(LAYERS[paramcalc.Take])
    def test_take(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, paramcalc.Take)
        taken = np.zeros((1, *in_shape)).take(layer.indices, layer.axis)
        assert layer.output_shape(in_shape) == taken.shape[1:]
        shown = tuple(None if axis == layer.axis - (layer.axis > 0) else size for axis, size in enumerate(in_shape))
        assert layer.output_shape(shown) == taken.shape[1:]

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

    def test_costs_nothing(self) -> None:
        for layer in (Reshape((8, 4)), Permute((2, 1)), pc.Take(0)):
            assert layer.macs((4, 8)) == layer.connections((4, 8)) == 0

    def test_takes_what_any_shape_could_have(self) -> None:
        """Axes as long as a shape's may be, as many of them, and places as far as such an axis reaches."""
        largest = 2**63 - 1
        assert Reshape((largest,)).output_shape((largest,)) == (largest,)
        assert Reshape((1,) * 64).output_shape((1,)) == (1,) * 64
        for index in (largest - 1, -largest):
            assert pc.Take(index).output_shape((largest, 3)) == (3,)
        for refused in (
            lambda: Reshape((largest + 1,)),
            lambda: Reshape((1,) * 65),
            lambda: pc.Take(largest),
            lambda: pc.Take(-largest - 1),
        ):
            with pytest.raises(ConfigError):
                refused()


class TestTransposedConvolution:
    def test_dcgan(self) -> None:
        """The generator of PyTorch's DCGAN example: 64 by 64 pixels, 3,576,704 trained parameters."""
        layers: list[Layer] = []
        for filters, strides, padding in [(512, 1, 0), (256, 2, 1), (128, 2, 1), (64, 2, 1)]:
            layers += [pc.ConvTranspose(filters, 4, strides, padding, use_bias=False), BatchNorm()]
        generator = Model([*layers, pc.ConvTranspose(3, 4, 2, 1, use_bias=False)], in_shape=(1, 1, 100))
        assert [row.output_shape[0] for row in generator.summary().rows[::2]] == [4, 8, 16, 32, 64]
        assert generator.summary().trainable_params == 3_576_704

    def test_the_rules_of_keras_for_output_padding(self) -> None:
        assert pc.ConvTranspose(8, 2, 4).output_shape((14, 3)) == (56, 8)
        assert pc.ConvTranspose(8, 2, 4, output_padding=0).output_shape((14, 3)) == (54, 8)
        assert pc.ConvTranspose(8, 2, 4, 0).output_shape((14, 3)) == (54, 8)
        assert pc.ConvTranspose(8, 3, 2, "same").output_shape((14, 3)) == (28, 8)
        assert pc.ConvTranspose(8, 3, 2, "same", output_padding=0).output_shape((14, 3)) == (27, 8)

    def test_u_net(self) -> None:
        """Its first up-convolution, 2 by 2, halves 1024 channels (Ronneberger, Fischer and Brox, 2015)."""
        up = pc.ConvTranspose(512, 2, 2)
        assert (up.output_shape((28, 28, 1024)), up.params((28, 28, 1024))) == ((56, 56, 512), 2_097_664)

    @given(LAYERS[pc.ConvTranspose])
    def test_every_position_of_the_input_meets_the_kernel(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        channels = in_shape[-1] if layer.data_format == "channels_last" else in_shape[0]
        kernel = layer.weights(in_shape)[0].size
        assert layer.macs(in_shape) == math.prod(in_shape) // channels * kernel

    def test_a_format_that_is_its_own(self) -> None:
        """Behind a layer with the channels first, a layer that says nothing has them last."""
        model = Model([Conv2D(4, 3, data_format="channels_first"), pc.ConvTranspose(2, 3)], in_shape=(3, 9, 9))
        assert model.explain().parts[1].steps[0].what == "output height"


class TestSeparableConvolution:
    def test_sees_as_far_as_its_kernel_reaches(self) -> None:
        assert pc.DepthwiseConv(3, 1, dilation_rate=2).windows((9, 9, 2)) == (pc.Window(3, 1, 2),) * 2
        assert pc.SeparableConv(4, 3, 2).windows((9, 2)) == (pc.Window(3, 2, 1),)
        assert pc.DepthwiseConv(3) == pc.DepthwiseConv(3, dilation_rate=1)

    @given(LAYERS[pc.SeparableConv])
    def test_is_a_depthwise_and_a_pointwise_convolution(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        shared = ("kernel_size", "strides", "padding", "depth_multiplier", "dilation_rate", "data_format")
        depthwise = pc.DepthwiseConv(**{name: getattr(layer, name) for name in shared}, use_bias=False)
        kind = {2: Conv1D, 3: Conv2D, 4: pc.Conv3D}[len(in_shape)]
        pointwise = kind(layer.filters, 1, use_bias=layer.use_bias, data_format=layer.data_format)
        pair = Model([depthwise, pointwise], in_shape=in_shape)
        assert pair.output_shape() == layer.output_shape(in_shape)
        for question in ("params", "macs", "connections"):
            assert getattr(pair, question)() == getattr(layer, question)(in_shape)

    @given(LAYERS[pc.DepthwiseConv])
    def test_depthwise_is_a_convolution_with_a_group_for_each_channel(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        layer = attrs.evolve(layer, dilation_rate=1)
        channels = in_shape[-1] if layer.data_format == "channels_last" else in_shape[0]
        shared = ("kernel_size", "strides", "padding", "use_bias", "data_format")
        kind = {2: Conv1D, 3: Conv2D, 4: pc.Conv3D}[len(in_shape)]
        grouped = kind(
            channels * layer.depth_multiplier, **{name: getattr(layer, name) for name in shared}, groups=channels
        )
        for question in ("output_shape", "params", "macs", "connections", "windows"):
            assert getattr(grouped, question)(in_shape) == getattr(layer, question)(in_shape)

    def test_mobilenet(self) -> None:
        """The first depthwise convolution of MobileNet (Howard et al., 2017): 3 by 3, 32 channels, 112 by 112."""
        layer = pc.DepthwiseConv(3, padding="same", use_bias=False)
        assert (layer.params((112, 112, 32)), layer.macs((112, 112, 32))) == (288, 3_612_672)

    def test_xception(self) -> None:
        """block2_sepconv1 of Keras's Xception."""
        layer = pc.SeparableConv(128, 3, padding="same", use_bias=False)
        assert (layer.params((147, 147, 64)), layer.output_shape((147, 147, 64))) == (8_768, (147, 147, 128))


class TestAdaptivePooling:
    def test_gives_the_size_whatever_comes(self) -> None:
        assert {pc.AdaptivePool(7).output_shape(shape) for shape in [(14, 9, 8), (7, 7, 8), (3, None, 8)]} == {
            (7, 7, 8)
        }
        assert pc.AdaptivePool((2, 1), data_format="channels_first").output_shape((None, 9, 9)) == (None, 2, 1)

    def test_its_windows_are_those_of_a_pool_where_the_size_divides(self) -> None:
        assert pc.AdaptivePool(7).windows((14, 21, 8)) == pc.Pool((2, 3)).windows((14, 21, 8))
        assert pc.AdaptivePool(7).windows((14, 20, 8)) is None
        assert pc.AdaptivePool(7).windows((14, None, 8)) is None
        assert pc.AdaptivePool(7).macs((14, 21, 8)) == 0


class TestLowRankAdaptation:
    @pytest.mark.parametrize(
        ("layer", "in_shape", "trained"),
        [
            (pc.Dense(10, lora_rank=2), (84,), {"bias": (10,), "lora_kernel_a": (84, 2), "lora_kernel_b": (2, 10)}),
            (
                pc.Conv1D(8, 3, use_bias=False, lora_rank=2),
                (9, 4),
                {"lora_kernel_a": (3, 4, 2), "lora_kernel_b": (2, 8)},
            ),
            (
                pc.Conv2D(8, 3, groups=2, lora_rank=1),
                (9, 9, 4),
                {"bias": (8,), "lora_kernel_a": (3, 3, 2, 1), "lora_kernel_b": (1, 8)},
            ),
            (Embedding(99, 8, lora_rank=4), (7,), {"lora_embeddings_a": (99, 4), "lora_embeddings_b": (4, 8)}),
        ],
    )
    def test_freezes_the_first_weight_and_costs_nothing(
        self, layer: Any, in_shape: tuple[int, ...], trained: dict[str, tuple[int, ...]]
    ) -> None:
        weights = layer.weights(in_shape)
        assert {weight.name: weight.shape for weight in weights if weight.trainable} == trained
        assert [weight.trainable for weight in weights].index(True) == 1
        plain = attrs.evolve(layer, lora_rank=None)
        assert (layer.macs(in_shape), layer.connections(in_shape)) == (
            plain.macs(in_shape),
            plain.connections(in_shape),
        )
        assert layer.params(in_shape) > plain.params(in_shape)

    def test_of_a_frozen_layer_is_frozen(self) -> None:
        layer = pc.Dense(10, lora_rank=2, trainable=False)
        assert {weight.trainable for weight in layer.weights((84,))} == {False}


class TestEinsumDense:
    @given(LAYERS[pc.EinsumDense])
    def test_numpy_agrees(self, case: tuple[Any, Any]) -> None:
        """The shape is that of numpy's einsum; all ones, the sum of its output is the number of its products."""
        layer, in_shape = case
        kernel, *others = [np.ones(weight.shape) for weight in layer.weights(in_shape)]
        product = np.einsum(layer.equation, np.ones((1, *in_shape)), kernel)
        assert layer.output_shape(in_shape) == product.shape[1:]
        assert layer.macs(in_shape) == product.sum()
        assert layer.connections(in_shape) == product.sum() + (product.size if layer.bias_axes else 0)
        if layer.bias_axes:
            assert np.broadcast_shapes(others[0].shape, product.shape) == product.shape

    @given(LAYERS[pc.Dense])
    def test_is_dense_over_the_last_axis(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        bias_axes = "b" if layer.use_bias else None
        equation = pc.EinsumDense("...a,ab->...b", layer.units, bias_axes=bias_axes, lora_rank=layer.lora_rank)
        for question in ("output_shape", "params", "macs", "connections"):
            assert getattr(equation, question)(in_shape) == getattr(layer, question)(in_shape)

    def test_an_axis_of_the_kernel_that_is_not_known_is_named(self) -> None:
        layer = pc.EinsumDense("abcd,bcde->ae", 5)
        assert layer.params((2, 3, 4)) == 120
        for index in range(3):
            in_shape = tuple(None if position == index else 3 for position in range(3))
            with pytest.raises(ShapeError) as refused:
                layer.params(in_shape)
            assert refused.value.subject.startswith(f"in_shape[{index}]")

    def test_the_batch_is_one_axis(self) -> None:
        for equation in ("aab,bc->ac", "ab,abc->ac", "ab,bc->aca"):
            with pytest.raises(ConfigError) as refused:
                pc.EinsumDense(equation, (4,) * (len(equation.split("->")[1]) - 1))
            assert refused.value.subject == "equation"

    def test_a_batch_axis_is_spoken_of_where_it_was_written(self) -> None:
        layer = pc.EinsumDense("abc,cd->abd", (None, 4))
        for in_shape, told in (((None, 7, 8), True), ((2, 7, 8), False), ((None,), False), ((None, 2, 7, 8), False)):
            with pytest.raises(ShapeError) as refused:
                layer.output_shape(in_shape)
            assert bool(refused.value.hint) == told

    def test_a_letter_twice_is_a_diagonal(self) -> None:
        layer = pc.EinsumDense("abb,bcc->ac", 4)
        assert (layer.output_shape((3, 3)), layer.params((3, None)), layer.macs((3, 3))) == ((4,), 3 * 4 * 4, 12)

    def test_what_the_output_shape_leaves_open_is_the_input_s(self) -> None:
        layer = pc.EinsumDense("abc,cd->abd", (None, 64), bias_axes="d")
        assert (layer.output_shape((32, 128)), layer.output_shape((None, 128))) == ((32, 64), (None, 64))
        assert pc.EinsumDense("abc,cd->abd", (32, 64)).output_shape((None, 128)) == (32, 64)
        assert pc.EinsumDense("abc,cd->abd", (None, 64)).macs((None, 128)) is None

    def test_the_argument_is_called_as_in_keras(self) -> None:
        layer = pc.EinsumDense("ab,bc->ac", output_shape=4)
        assert repr(layer) == "EinsumDense('ab,bc->ac', (4,))"
        assert attrs.evolve(layer, output_shape=5).partial_output_shape == (5,)
        assert layer == pc.EinsumDense("ab,bc->ac", [np.int64(4)])


class TestReversibleEmbedding:
    def test_goes_back_from_vectors_alone(self) -> None:
        back = pc.ReversibleEmbedding(9, 4, reverse=True)
        for around in ((), (7,), (7, 5)):
            positions = math.prod(around)
            assert back.output_shape((*around, 4)) == (*around, 9)
            assert (back.macs((*around, 4)), pc.ReversibleEmbedding(9, 4).macs(around)) == (positions * 36, 0)
        assert back.output_shape((7, 4)) == back.output_shape((7, None)) == (7, 9)
        assert back.weights((7, 4)) == pc.ReversibleEmbedding(9, 4).weights((7,))
        for in_shape in ((7, 5), ()):
            with pytest.raises(pc.ShapeError, match="whose last axis is 4, the vectors' output_dim"):
                back.output_shape(in_shape)

    def test_counts_the_way_back_where_it_is_not_tied(self) -> None:
        weights = pc.ReversibleEmbedding(9, 4, tie_weights=False).weights((7,))
        assert [(weight.name, weight.shape) for weight in weights] == [
            ("embeddings", (9, 4)),
            ("reverse_embeddings", (4, 9)),
        ]
        assert pc.ReversibleEmbedding(9, 4).weights((7,)) == Embedding(9, 4).weights((7,))
        assert pc.ReversibleEmbedding(9, 4) != Embedding(9, 4)


def read(class_name: str, **config: Any) -> Any:
    """What Keras calls so, alone in a chain."""
    layer = {"class_name": class_name, "config": {"name": "layer", **config}}
    model = pc.from_keras({"class_name": "Sequential", "config": {"layers": [layer]}})
    return attrs.evolve(model.layers[0], name=None)


class TestVectorsOfSequences:
    def test_vision_transformer(self) -> None:
        """The first arrays of ViT-B/16: a class token of 768, and 197 positions of 768 (Dosovitskiy et al., 2021)."""
        embedding = Model([pc.LearnedTokens(), pc.PositionEmbedding(197)], in_shape=(196, 768))
        assert embedding.output_shape() == (197, 768)
        assert [weight.shape for weight in embedding.weights()] == [(1, 768), (197, 768)]
        assert (embedding.macs(), embedding.windows()) == (0, None)

    @given(LAYERS[pc.LearnedTokens])
    def test_learned_tokens_stand_in_front(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        tokens = np.zeros((*in_shape[:-2], *layer.weights(in_shape)[0].shape))
        assert layer.output_shape(in_shape) == np.concatenate([tokens, np.zeros(in_shape)], axis=-2).shape

    @given(LAYERS[pc.PositionEmbedding])
    def test_a_vector_is_added_at_every_position(self, case: tuple[Any, Any]) -> None:
        layer, in_shape = case
        vectors = np.zeros(layer.weights(in_shape)[0].shape)[: in_shape[-2]]
        assert layer.output_shape(in_shape) == (np.zeros(in_shape) + vectors).shape
        assert layer.windows(in_shape) == ()

    def test_a_length_that_is_not_known(self) -> None:
        assert pc.LearnedTokens(4).output_shape((None, 768)) == (None, 768)
        assert pc.PositionEmbedding(512).params((None, 768)) == 512 * 768
        assert pc.PositionEmbedding(512).output_shape((9, None)) == (9, None)


class TestKerasNames:
    @pytest.mark.parametrize(
        ("written", "layer"),
        [
            (
                read("Conv2DTranspose", filters=4, kernel_size=[3, 3], output_padding=None, groups=1),
                pc.ConvTranspose(4, (3, 3)),
            ),
            (
                read("SeparableConvolution1D", filters=4, kernel_size=3, depthwise_initializer="zeros", groups=1),
                pc.SeparableConv(4, (3,)),
            ),
            (read("DepthwiseConv2D", kernel_size=3, depth_multiplier=2), pc.DepthwiseConv((3, 3), depth_multiplier=2)),
            (read("AdaptiveMaxPooling2D", output_size=[7, 7]), pc.AdaptivePool((7, 7), mode="max")),
            (
                read("EinsumDense", equation="abc,cd->abd", output_shape=[None, 4], activation="linear", bias_axes="d"),
                pc.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d"),
            ),
            (
                read("ReversibleEmbedding", input_dim=9, output_dim=4, tie_weights=False, logit_soft_cap=30.0),
                pc.ReversibleEmbedding(9, 4, tie_weights=False),
            ),
            (read("Dense", units=4, lora_rank=2, lora_alpha=2), pc.Dense(4, lora_rank=2)),
            (read("Dense", units=4, lora_rank=2, lora_alpha=8), pc.Dense(4, lora_rank=2, lora_alpha=8)),
        ],
    )
    def test_are_read(self, written: Layer, layer: Layer) -> None:
        assert layer == written

    @pytest.mark.parametrize(
        ("layer", "message"),
        [
            (
                pc.ConvTranspose(4, 3, 2, 1),
                "padding of ConvTranspose must be a word, such as 'valid' or 'same', got 1; put a Cropping",
            ),
            (
                pc.DepthwiseConv(3, padding=1),
                "padding of DepthwiseConv must be a word, such as 'valid' or 'same', got 1",
            ),
        ],
    )
    def test_do_not_have_everything(self, layer: Layer, message: str) -> None:
        with pytest.raises(pc.ConfigError) as caught:
            pc.to_keras(Model([layer], in_shape=(9, 3)))
        assert message in str(caught.value)

    def test_of_a_way_back_alone(self) -> None:
        """Keras says it in the call."""
        layer = pc.ReversibleEmbedding(9, 4, reverse=True, name="back")
        model = Model([pc.Input((7, 4)), layer])
        node = json.loads(pc.to_keras(model))["config"]["layers"][1]["inbound_nodes"][0]
        assert node["kwargs"] == {"reverse": True}
        assert pc.from_keras(pc.to_keras(model))["back"] == layer
        with pytest.raises(pc.ConfigError, match="begin the model with an Input"):
            pc.to_keras(Model([layer], in_shape=(7, 4)))


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

    @pytest.mark.parametrize(
        ("axis", "in_shape", "before", "expected"),
        [
            (1, (4, 6, 8), "channels_last", "channels_first"),
            (2, (4, 6, 8), "channels_first", "channels_first"),
            (2, (4, 6, 8), "channels_last", "channels_last"),
            (3, (4, 6, 8), "channels_first", "channels_last"),
            (1, (8,), "channels_last", "channels_last"),
            (-1, (8,), "channels_first", "channels_first"),
            (1, (4, 8), "channels_last", "channels_first"),
            (2, (4, 8), "channels_first", "channels_last"),
        ],
    )
    def test_the_first_and_the_last_of_several_axes_say_where_channels_are(
        self, axis: int, in_shape: tuple[int, ...], before: str, expected: str
    ) -> None:
        for layer in (BatchNorm(axis), GroupNorm(4, axis)):
            assert expected == layer.layout(in_shape, before)

    def test_have_the_defaults_of_keras(self) -> None:
        assert (GroupNorm(), pc.Normalization()) == (GroupNorm(32, -1), pc.Normalization(-1, invert=False))

    def test_groups_are_as_many_as_a_number_can_say(self) -> None:
        assert GroupNorm(2**63 - 1).groups == 2**63 - 1

    def test_one_mean_is_that_of_all(self) -> None:
        assert pc.Normalization(mean=[0.5], variance=[1.0]).output_shape((4, 8)) == (4, 8)

    def test_statistics_of_the_data_are_never_trained_and_need_no_weights_where_they_are_given(self) -> None:
        weights = pc.Normalization((3, 1)).weights((4, 5, 6))
        assert [(weight.name, weight.shape, weight.trainable) for weight in weights] == [
            ("mean", (4, 6), False), ("variance", (4, 6), False), ("count", (), False),
        ]  # fmt: skip
        assert (pc.Normalization([]), pc.Normalization([-1])) == (pc.Normalization(None), pc.Normalization())
        assert pc.Normalization(None).params((None, None)) == 3
        assert pc.Normalization((3, 1), [[0] * 6] * 4, [[1] * 6] * 4).weights((4, None, 6)) == ()
        assert pc.Normalization((3, 1), [0] * 6, [1] * 6).output_shape((4, 5, None)) == (4, 5, None)
        assert pc.Normalization().windows((4, 6)) == ()

    def test_a_factor_for_each_channel(self) -> None:
        assert pc.LayerScale(1e-6, 96).weights((7, 7, None))[0].axes == (("channels", 96),)
        assert pc.LayerScale(1e-6, 96).output_shape((7, 7, None)) == (7, 7, 96)
        assert pc.LayerScale(1e-6, 96).output_shape((7, 7, 1)) == (7, 7, 96)
        assert pc.LayerScale(1e-6, 1).output_shape((7, 7, 5)) == (7, 7, 5)
        assert pc.LayerScale(1e-6, 96).windows((7, 7, 96)) == ()

    def test_a_spectral_norm_keeps_a_vector_behind_the_kernel(self) -> None:
        layer = pc.SpectralNormalization(Conv2D(8, 5, trainable=False))
        assert [(weight.name, weight.trainable) for weight in layer.weights((32, 32, 3))] == [
            ("kernel", False), ("vector_u", False), ("bias", False),
        ]  # fmt: skip
        inner = layer.layer
        for question in ("output_shape", "macs", "connections", "windows"):
            assert getattr(layer, question)((32, 32, 3)) == getattr(inner, question)((32, 32, 3))
        assert pc.SpectralNormalization(Embedding(9, 4)).weights((7,))[1].axes == (("rows", 1), ("vector", 4))

    def test_a_spectral_norm_is_that_of_the_first_of_two_kernels(self) -> None:
        class Two(Layer):
            def compute_output_shape(self, in_shape: Any) -> Any:
                return in_shape

            def compute_weights(self, in_shape: Any) -> tuple[Weight, ...]:
                return Weight("kernel", {"a": 2, "b": 3}), Weight("embeddings", {"c": 4, "d": 5})

        assert [(weight.name, weight.shape) for weight in pc.SpectralNormalization(Two()).weights((7,))] == [
            ("kernel", (2, 3)), ("vector_u", (1, 3)), ("embeddings", (4, 5)),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "layer", [pc.Flatten(), pc.LSTM(4), pc.TimeDistributed(pc.Dense(4)), pc.Bidirectional(pc.LSTM(4)), BatchNorm()]
    )
    def test_a_spectral_norm_is_that_of_a_kernel(self, layer: Layer) -> None:
        with pytest.raises(ParamcalcError, match="layer must be one with a kernel or embeddings of its own, got "):
            pc.SpectralNormalization(layer).params((7, 3))

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
        x = pc.Input((4, 8))()
        for join in (pc.Add(), pc.Concatenate(), pc.Average()):
            assert join([x]).shape == (4, 8)

    def test_the_batch_is_the_axis_before_the_first(self) -> None:
        two = ((4, 8), (4, 8))
        assert pc.Concatenate(0).output_shape(two) == pc.Concatenate(-3).output_shape(two) == (4, 8)
        for axis in (3, -4):
            with pytest.raises(ShapeError) as refused:
                pc.Concatenate(axis).output_shape(two)
            assert refused.value.subject == "axis"

    def test_an_axis_is_one_of_the_first_input(self) -> None:
        with pytest.raises(ShapeError) as refused:
            pc.Concatenate(3).output_shape(((4, 8), (4, 8, 8)))
        assert refused.value.subject == "axis"

    def test_what_is_joined_costs_nothing(self) -> None:
        for join in (pc.Concatenate(), pc.Add()):
            assert join.macs(((4, 8), (4, 8))) == 0
        assert pc.Concatenate().connections(((4, 8), (4, 8))) == 0

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
        assert pc.CustomScaleLayer(0.5).output_shape(((None, 8), (5, 8))) == (5, 8)

    def test_a_constant_has_the_axes_of_the_input_and_a_1_for_the_batch(self) -> None:
        assert pc.Elementwise("add", (None, [[[1], [2], [3]]])).output_shape((1, 4)) == (3, 4)
        for constant in ([[[1]]], [[1], [2]]):
            with pytest.raises(ShapeError):
                pc.Elementwise("add", (None, constant)).output_shape((4,))

    def test_operations_have_as_many_operands_as_numpys(self) -> None:
        functions = {name: getattr(np, name, None) for name in OPERATIONS}
        counts = {name: function.nin for name, function in functions.items() if isinstance(function, np.ufunc)}
        assert counts == {name: OPERATIONS[name] for name in counts}
        for name in ("absolute", "relu", "erf", "cast"):
            assert pc.Elementwise(name).output_shape((4, 8)) == (4, 8)
            assert pc.Elementwise(name, (None,)) == pc.Elementwise(name)


class TestAttention:
    @pytest.mark.parametrize(("query", "value"), [((5, 8), (5, 8)), ((5, 8), (6, 9))])
    def test_along_one_axis_is_that_of_each_position_on_the_others(
        self, query: tuple[int, ...], value: tuple[int, ...]
    ) -> None:
        alone = pc.MultiHeadAttention(2, 3, return_attention_scores=True)
        along = attrs.evolve(alone, attention_axes=(2,))
        each, all_of_4 = (query, value), ((4, *query), (4, *value))
        assert along.output_shape(all_of_4) == tuple((4, *shape) for shape in alone.output_shape(each))
        assert along.params(all_of_4) == alone.params(each)
        assert along.macs(all_of_4) == 4 * (alone.macs(each) or 0)

    def test_positions_may_come_before_the_axes_without_attention(self) -> None:
        layer = pc.MultiHeadAttention(2, 3, attention_axes=1, return_attention_scores=True)
        assert layer.output_shape(((5, 4, 8), (6, 4, 9))) == ((5, 4, 8), (4, 2, 5, 6))

    def test_takes_positions_on_several_axes(self) -> None:
        assert pc.MultiHeadAttention(2, 3).output_shape(((4, 5, 8), (6, 7, 9))) == (4, 5, 8)
        assert pc.MultiHeadAttention(2, 3).params(((4, 5, 8), (6, 7, 9))) == 230
        for layer in (pc.Attention(), pc.AdditiveAttention(use_scale=False)):
            assert layer.output_shape(((4, 5, 8), (4, 6, 7), (4, 6, 8))) == (4, 5, 7)
        assert pc.AdditiveAttention().params(((4, 5, 8), (4, 6, 8))) == 8
        assert pc.Attention() == pc.Attention(use_scale=False)

    def test_puts_out_as_many_axes_as_leave_room_for_positions(self) -> None:
        assert pc.MultiHeadAttention(2, 3, output_shape=(1,) * 63).output_shape(((4, 5), (4, 5))) == (4, *(1,) * 63)
        with pytest.raises(pc.ConfigError):
            pc.MultiHeadAttention(2, 3, output_shape=(1,) * 64)

    def test_names_the_input_whose_features_are_not_known(self) -> None:
        with pytest.raises(pc.ShapeError, match=r"^in_shape\[0\]\[1\] "):
            pc.AdditiveAttention().params(((5, None), (6, 8)))

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
        ("kind", "gates", "in_shape"),
        [(pc.SimpleRNNCell, 1, (3,)), (pc.LSTMCell, 4, (3,)), (pc.GRUCell, 3, (3,)), (pc.ConvLSTM, 4, (2, 5, 3))],
    )
    def test_its_gates_are_no_argument(self, kind: Any, gates: int, in_shape: tuple[int, ...]) -> None:
        arguments = (2, 3) if kind is pc.ConvLSTM else (2,)
        assert kind(*arguments).weights(in_shape)[0].shape[-1] == 2 * gates
        with pytest.raises(TypeError, match="gates"):
            kind(*arguments, gates=gates)

    def test_features_of_the_sequence_must_be_known_whatever_the_states_say(self) -> None:
        with pytest.raises(ShapeError, match=r"in_shape\[1\] .* must be known .*, got None in \(5, None\)"):
            pc.SimpleRNN(4).weights(((5, None), (4,)))

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

    def test_states_come_in_and_go_out(self) -> None:
        encoder, decoder = pc.LSTM(8, return_state=True), pc.LSTM(8, return_sequences=True)
        _, *states = encoder.output_shape((7, 4))
        assert states == [(8,), (8,)]
        assert decoder.output_shape(((5, 3), *states)) == (5, 8)
        assert decoder.output_shape(((None, 3), (None,), (8,))) == (None, 8)
        assert decoder.params(((5, 3), *states)) == decoder.params((5, 3))
        assert decoder.macs(((5, 3), *states)) == decoder.macs((5, 3))
        assert pc.GRU(8, return_state=True, return_sequences=True).output_shape((7, 4)) == ((7, 8), (8,))

    @given(st.sampled_from([pc.SimpleRNN, pc.LSTM, pc.GRU]), st.booleans(), st.booleans(), st.booleans())
    def test_a_layer_is_its_cell_at_every_step(self, kind: Any, sequences: bool, states: bool, use_bias: bool) -> None:
        layer = kind(5, use_bias=use_bias, return_sequences=sequences, return_state=states)
        run = pc.RNN(getattr(pc, f"{kind.__name__}Cell")(5, use_bias=use_bias), sequences, states)
        assert layer.cell == run.cell
        for in_shape in ((7, 3), (None, 3)):
            assert layer.output_shape(in_shape) == run.output_shape(in_shape)
            assert layer.weights(in_shape) == run.weights(in_shape)
            assert layer.macs(in_shape) == run.macs(in_shape)
        assert layer.macs((7, 3)) == 7 * layer.cell.macs((3,))

    def test_stacked_cells_are_layers_one_after_the_other(self) -> None:
        stack = pc.RNN([pc.LSTMCell(32), pc.GRUCell(8), pc.GRUCell(4, trainable=False)])
        chain = Model([pc.LSTM(32, return_sequences=True), pc.GRU(8, return_sequences=True), pc.GRU(4)])
        assert stack.output_shape((9, 3)) == chain.output_shape((9, 3))
        assert (stack.params((9, 3)), stack.macs((9, 3))) == (chain.params((9, 3)), chain.macs((9, 3)))
        names = [weight.name for weight in stack.weights((9, 3)) if not weight.trainable]
        assert names == ["gru_cell_1/kernel", "gru_cell_1/recurrent_kernel", "gru_cell_1/bias"]
        assert stack == pc.RNN(pc.StackedRNNCells((pc.LSTMCell(32), pc.GRUCell(8), pc.GRUCell(4, trainable=False))))

    def test_stacks_in_stacks(self) -> None:
        inner = pc.StackedRNNCells([pc.GRUCell(8), pc.GRUCell(4)], name="inner", trainable=False)
        stack = pc.StackedRNNCells([inner, pc.SimpleRNNCell(2)])
        assert stack.output_shape((3,)) == ((2,), (8,), (4,), (2,))
        assert [weight.name for weight in stack.weights((3,)) if not weight.trainable][3] == "inner/gru_cell_1/kernel"
        assert stack.params((3,)) == inner.params((3,)) + pc.SimpleRNNCell(2).params((4,))
        words = {step.what: step.words for step in stack.explain((3,)).steps}
        assert words["inner/gru_cell_1/kernel"] == "units of inner/gru_cell × gates × units"

    @given(LAYERS[pc.ConvLSTM])
    def test_a_convolutional_lstm_is_two_convolutions_at_every_step(self, case: Case) -> None:
        layer: Any = case[0]
        steps, *step = case[1][0] if are_several(case[1]) else case[1]
        state = attrs.evolve(layer, return_sequences=False, return_state=False).output_shape((steps, *step))
        kind = {2: pc.Conv1D, 3: pc.Conv2D, 4: pc.Conv3D}[len(step)]
        alike = {"data_format": layer.data_format, "use_bias": layer.use_bias}
        of_input = kind(
            4 * layer.filters,
            layer.kernel_size,
            layer.strides,
            layer.padding,
            dilation_rate=layer.dilation_rate,
            **alike,
        )
        of_state = kind(4 * layer.filters, layer.kernel_size, padding="same", **{**alike, "use_bias": False})
        assert layer.params(case[1]) == of_input.params(step) + of_state.params(state)
        assert layer.macs(case[1]) == steps * (of_input.macs(step) + of_state.macs(state))

    def test_steps_are_called_so(self) -> None:
        """The axis of the steps is none that a window slides over, and channels stay where they are."""
        first = {"data_format": "channels_first"}
        for layer, in_shape in (
            (pc.ConvLSTM(4, 3, return_sequences=True, **first), (9, 2, 8, 8)),
            (pc.Bidirectional(pc.ConvLSTM(4, 3, return_sequences=True, **first)), (9, 2, 8, 8)),
            (pc.TimeDistributed(pc.Conv2D(4, 3, **first)), (9, 2, 8, 8)),
            (pc.TimeDistributed(pc.SpectralNormalization(pc.Conv2D(4, 3, **first))), (9, 2, 8, 8)),
        ):
            words = {step.what: step.words for step in layer.explain(in_shape).short.steps}
            assert list(words)[:4] == ["output steps", "output channels", "output height", "output width"]
            assert words["output steps"] == "input steps"
            assert words["output height"] == "input height − kernel height + 1"
            assert "kernel height × kernel width × input channels" in " ".join(words.values())
        states = pc.ConvLSTM(4, 3, return_state=True).explain((9, 8, 2)).steps
        assert [step.what for step in states[:4]] == [
            "output 1 length", "output 1 channels", "output 2 length", "output 2 channels",
        ]  # fmt: skip

    def test_a_convolutional_lstm_works_as_much_whatever_it_returns(self) -> None:
        images, state = (9, 8, 8, 2), (6, 6, 4)
        macs = pc.ConvLSTM(4, 3).macs(images)
        for sequences, states in itertools.product((True, False), repeat=2):
            layer = pc.ConvLSTM(4, 3, return_sequences=sequences, return_state=states)
            assert layer.macs(images) == layer.macs((images, state, state)) == macs
        called = [step.what for step in pc.ConvLSTM(4, 3).explain((images, state, state)).steps]
        assert called[:3] == ["output height", "output width", "output channels"]

    def test_steps_of_steps_are_called_so(self) -> None:
        for sequences, names in ((True, ["steps", "steps", "height"]), (False, ["steps", "height", "width"])):
            layer = pc.TimeDistributed(pc.ConvLSTM(4, 3, return_sequences=sequences))
            called = [step.what for step in layer.explain((5, 9, 8, 8, 2)).steps]
            assert called[:3] == [f"output {name}" for name in names]

    def test_channels_are_where_the_layer_at_every_step_has_them(self) -> None:
        layer = pc.TimeDistributed(BatchNorm(3))
        assert layer.layout((7, 8, 8, 3), "channels_first") == "channels_last"
        both = pc.Bidirectional(pc.ConvLSTM(4, 3))
        assert both.layout(((9, 8, 2), *[(6, 4)] * 4), "channels_first") == "channels_last"

    def test_a_convolutional_lstm_of_the_literature(self) -> None:
        """The first layer of the example in Keras's documentation, "next-frame video prediction"."""
        layer = pc.ConvLSTM(64, 5, padding="same", return_sequences=True)
        assert layer.params((19, 64, 64, 1)) == 4 * 64 * (25 * (1 + 64) + 1) == 416_256
        assert layer.output_shape((None, 64, 64, 1)) == (None, 64, 64, 64)
        assert layer.macs((None, 64, 64, 1)) is None

    def test_names_of_stacked_cells_are_different(self) -> None:
        cells = [pc.GRUCell(2, use_bias=False, name=name) for name in ("a", "a_1", "a", None, "gru_cell")]
        names = [weight.name.split("/")[0] for weight in pc.StackedRNNCells(cells).weights((3,))[::2]]
        assert names == ["a", "a_1", "a_2", "gru_cell", "gru_cell_1"]

    def test_a_cell_of_ones_own(self) -> None:
        class Gate(Cell):
            """A state that is a weighted sum of itself and the input, with one weight for each feature."""

            def compute_output_shape(self, in_shape: Any) -> Any:
                features = in_shape[0] if are_several(in_shape) else in_shape
                return features, features

            def compute_weights(self, in_shape: Any) -> tuple[Weight, ...]:
                return (Weight("share", {"features": in_shape[-1]}),)

        for one, other in ((pc.RNN(Gate()), pc.GRU(3)), (pc.GRU(3), pc.RNN(Gate()))):
            both = pc.Bidirectional(one, backward_layer=other)
            assert both.macs((9, 3)) is None
            assert both.output_shape((9, 3)) == (6,)
        layer = pc.RNN([Gate(), pc.LSTMCell(4)], return_state=True)
        assert layer.output_shape((9, 3)) == ((4,), (3,), (4,), (4,))
        assert layer.output_shape((9, None)) == ((4,), (None,), (4,), (4,))
        assert layer.params((9, 3)) == 3 + pc.LSTMCell(4).params((3,))
        assert layer.macs((9, 3)) is None

    def test_a_stack_hands_on_what_comes_out_and_keeps_the_states(self) -> None:
        class Peek(Cell):
            """Two numbers of a state of five."""

            def compute_output_shape(self, in_shape: Any) -> Any:
                return (2,), (5,)

        first, last = pc.StackedRNNCells([Peek(), pc.LSTMCell(4)]), pc.StackedRNNCells([pc.LSTMCell(4), Peek()])
        assert (first.output_shape((3,)), last.output_shape((3,))) == (
            ((4,), (5,), (4,), (4,)),
            ((2,), (4,), (4,), (5,)),
        )
        assert first.params((3,)) == pc.LSTMCell(4).params((2,))

    def test_states_that_are_given_are_no_features(self) -> None:
        states = ((4,), (4,))
        cell, stack, layer = pc.LSTMCell(4), pc.StackedRNNCells([pc.LSTMCell(4)]), pc.LSTM(4)
        assert cell.params(((3,), *states)) == stack.params(((3,), *states)) == cell.params((3,))
        assert layer.params(((7, 3), *states)) == cell.params((3,))

    def test_a_stack_is_of_a_thousand_cells_at_most(self) -> None:
        assert pc.StackedRNNCells([pc.GRUCell(1)] * 1_000).output_shape((1,)) == ((1,),) * 1_001
        with pytest.raises(pc.ConfigError):
            pc.StackedRNNCells([pc.GRUCell(1)] * 1_001)

    @pytest.mark.parametrize("kind", [pc.SimpleRNNCell, pc.LSTMCell, pc.GRUCell])
    def test_gates_are_as_many_as_the_cell_has(self, kind: Any) -> None:
        with pytest.raises(TypeError):
            kind(4, gates=4)

    def test_both_directions(self) -> None:
        lstm = pc.LSTM(8, return_state=True)
        assert pc.Bidirectional(lstm).output_shape((7, 4)) == ((16,), *[(8,)] * 4)
        assert pc.Bidirectional(lstm, None).output_shape(((7, 4), *[(8,)] * 4)) == ((8,),) * 6
        other = pc.Bidirectional(lstm, backward_layer=pc.GRU(5, return_state=True, trainable=False))
        assert other.output_shape((7, 4)) == ((13,), (8,), (8,), (5,))
        assert other.macs((7, 4)) == lstm.macs((7, 4)) + pc.GRU(5).macs((7, 4))
        assert other.macs((None, 4)) is None
        assert [(weight.name, weight.trainable) for weight in other.weights((7, 4))] == [
            ("forward/kernel", True), ("forward/recurrent_kernel", True), ("forward/bias", True),
            ("backward/kernel", False), ("backward/recurrent_kernel", False), ("backward/bias", False),
        ]  # fmt: skip

    def test_states_in_graphs_are_read_and_written(self) -> None:
        source, target = pc.Input((7, 3))(), pc.Input((None, 4))()
        _, *states = pc.LSTM(8, return_state=True)(source)
        decoded = pc.RNN(pc.LSTMCell(8, name="step"), return_sequences=True)(target, *states)
        both = pc.Bidirectional(pc.GRU(3, name="gru"), backward_layer=pc.SimpleRNN(3, name="back"))(decoded)
        model = Model(inputs=[source, target], outputs=pc.GRUCell(8)(both, states[0]))
        again = pc.from_keras(pc.to_keras(model))
        assert again.summary().to_csv() == model.summary().to_csv()
        assert again[4].backward_layer == pc.SimpleRNN(3, name="back")

    def test_the_second_direction_is_the_first_unless_it_is_another(self) -> None:
        layer = pc.Bidirectional(pc.GRU(3, name="gru"), name="both")
        written = json.loads(pc.to_keras(Model([layer])))
        config = written["config"]["layers"][0]["config"]
        inner = config["layer"]
        inner["config"]["name"] = "forward_gru"
        config["backward_layer"] = {
            **inner,
            "config": {**inner["config"], "name": "backward_gru", "go_backwards": True},
        }
        assert pc.from_keras(written)[0] == layer
        config["backward_layer"]["config"]["units"] = 4
        assert pc.from_keras(written)[0].backward_layer == pc.GRU(4, name="backward_gru")
        del config["backward_layer"]
        assert pc.from_keras(written)[0] == layer

    def test_a_model_at_every_step(self) -> None:
        model = Model([Conv1D(4, 3), pc.Flatten(), pc.Dense(2, trainable=False)])
        layer = pc.TimeDistributed(model)
        assert layer.output_shape((7, 9, 2)) == (7, 2)
        assert layer.weights((7, 9, 2)) == model.weights((9, 2))
        summary = Model([layer], in_shape=(7, 9, 2)).summary()
        assert (summary.total_params, summary.trainable_params) == (model.params((9, 2)), 4 * 7)
        assert summary.macs == layer.macs((7, 9, 2)) == 7 * (model.macs((9, 2)) or 0)
        assert pc.TimeDistributed(model, trainable=False).explain((7, 9, 2)).steps[-3].value == layer.params((7, 9, 2))
        assert layer.macs((None, 9, 2)) is None
        known = pc.TimeDistributed(Model([pc.Dense(20), pc.Flatten()], in_shape=(9, 2))).explain((7, 9, 2))
        assert known.steps[1].words == "input length × units"

    def test_models_at_every_step_of_models_are_looked_at_once(self) -> None:
        model = Model([pc.Dense(2)])
        for _ in range(40):
            model = Model([pc.TimeDistributed(model)] * 2)
        in_shape = (*(1,) * 40, 2)
        assert model.output_shape(in_shape) == in_shape
        assert (model.params(in_shape), model.macs(in_shape)) == (6 * 2**40, 4 * 2**40)

    def test_what_is_frozen_around_trains_nothing(self) -> None:
        summary = Model([pc.TimeDistributed(pc.Dense(4), trainable=False)], in_shape=(7, 3)).summary()
        assert (summary.total_params, summary.trainable_params) == (16, 0)

    def test_a_direction_returns_what_it_is_asked_for(self) -> None:
        @attrs.frozen
        class Stateless(Layer):
            return_sequences: bool = False

        with pytest.raises(ConfigError) as refused:
            pc.Bidirectional(Stateless())
        assert refused.value.subject == "layer"

    def test_what_is_frozen_inside_is_frozen(self) -> None:
        inner = pc.LSTM(8, trainable=False)
        for layer in (pc.Bidirectional(inner), pc.TimeDistributed(inner)):
            shape = (7, 4) if isinstance(layer, pc.Bidirectional) else (3, 7, 4)
            assert {weight.trainable for weight in layer.weights(shape)} == {False}


def test_an_embedding_counts_its_vocabulary_whatever_the_sequence() -> None:
    layer = Embedding(10_000, 16)
    assert {layer.params(shape) for shape in [(), (250,), (None,), (3, 4)]} == {160_000}
    assert layer.macs((250,)) == 0


def test_what_only_passes_numbers_on_has_no_weights_and_keeps_a_receptive_field() -> None:
    passing = [
        pc.SpatialDropout(0.1), pc.GaussianDropout(0.1), pc.AlphaDropout(0.1), pc.GaussianNoise(0.1), pc.Identity(),
        pc.Masking(), pc.ActivityRegularization(None, 0.1), pc.ReLU(), pc.LeakyReLU(), pc.ELU(),
    ]  # fmt: skip
    model = Model([*passing, Conv1D(4, 3), *passing], in_shape=(9, 2))
    assert model.params() == Conv1D(4, 3).params((9, 2))
    assert model.connections() == Conv1D(4, 3).connections((9, 2))
    assert model.windows((9, 2)) == (paramcalc.Window(3),)


def endless(levels: int) -> list[Any]:
    """A list of ten lists of ten lists ...: few lists in all, and numbers beyond counting."""
    value: list[Any] = [1.0]
    for _ in range(levels):
        value = [value] * 10
    return value


class TestImages:
    def test_whatever_its_size_an_image_gets_the_size(self) -> None:
        for kind in (pc.Resizing, pc.CenterCrop, pc.RandomCrop):
            for in_shape in ((9, 5, 3), (2, 3, 3), (None, None, 3)):
                assert kind(4, 6).output_shape(in_shape) == (4, 6, 3)
            assert kind(4, 6, data_format="channels_first").output_shape((None, 9, 9)) == (None, 4, 6)

    def test_a_scale_for_each_channel_wants_as_many(self) -> None:
        for in_shape in ((9, 9, 3), (3, 9, 9), (None, None, None), (3,)):
            assert pc.Rescaling([1, 2, 3], [[1]] if len(in_shape) > 1 else 1).output_shape(in_shape) == in_shape

    def test_a_crop_moves_positions_and_a_resizing_mixes_them(self) -> None:
        assert pc.CenterCrop(4, 6).windows((4, 9, 3)) == pc.CenterCrop(4, 6).windows((9, 6, 3)) == ()
        assert [pc.CenterCrop(4, 6).windows(shape) for shape in ((3, 9, 3), (4, 5, 3), (4, None, 3))] == [None] * 3
        assert pc.Resizing(4, 6).windows((9, 9, 3)) is None

    def test_an_image_of_another_size_costs_nothing(self) -> None:
        for kind in (pc.Resizing, pc.CenterCrop, pc.RandomCrop):
            assert kind(4, 6).macs((9, 5, 3)) == kind(4, 6).connections((9, 5, 3)) == 0

    def test_an_augmentation_keeps_shape_and_receptive_field(self) -> None:
        layers = [pc.Augmentation("RandomFlip"), Conv2D(4, 3), pc.Rescaling(2)]
        assert Model(layers).windows((9, 9, 3)) == (paramcalc.Window(3),) * 2
        assert Model([pc.Augmentation("AutoContrast"), *layers]).windows((9, 9, 3)) is None
        assert pc.Augmentation("RandomFlip", {"data_format": "channels_first"}).data_format == "channels_first"

    def test_an_augmentation_of_colours_wants_colours(self) -> None:
        layer = pc.Augmentation("RandomColorDegeneration", {"factor": 0.5})
        assert [layer.output_shape(shape) for shape in ((9, 9, 3), (9, None))] == [(9, 9, 3), (9, None)]
        first = pc.Augmentation("RandomColorDegeneration", {"factor": 0.5, "data_format": "channels_first"})
        assert [first.output_shape(shape) for shape in ((3, 9, 9), (9, 9))] == [(3, 9, 9), (9, 9)]


class Unread(Mapping[str, int]):
    """A mapping that cannot be read."""

    def __getitem__(self, key: str) -> int:
        raise RuntimeError

    __iter__ = __len__ = __getitem__  # type: ignore[assignment]


class TestSettings:
    """They are plain data that never changes."""

    VALUES: ClassVar[dict[str, Any]] = {"b": [1, {"d": None, "c": [True]}], "a": np.float32(0.5)}
    KEPT = (("a", 0.5), ("b", (1, (("c", (True,)), ("d", None)))))

    def test_are_kept_as_pairs_which_are_taken_again(self) -> None:
        layer = pc.Augmentation("RandomFlip", self.VALUES)
        assert layer.settings == self.KEPT
        assert pc.Augmentation("RandomFlip", self.KEPT) == pc.Augmentation("RandomFlip", self.KEPT[::-1]) == layer
        assert attrs.evolve(layer, operation="RandomZoom").settings == self.KEPT
        assert {type(value) for _, value in layer.settings} == {float, tuple}

    def test_come_back_as_dicts_and_lists(self) -> None:
        assert as_dict(self.KEPT) == {"a": 0.5, "b": [1, {"c": [True], "d": None}]}
        for kept in ([1, 2], [["b", 1], ["a", 2]], [["a", 1], ["a", 2]], [["a"]], [], "ab", [["a", 1], 2]):
            assert as_dict(pc.Augmentation("RandomFlip", {"value": kept}).settings) == {"value": kept}

    def test_are_equal_when_they_print_alike(self) -> None:
        layers = [pc.Augmentation("RandomFlip", {"a": value}) for value in (1, 1.0, True, [1], "1", None)]
        assert len(set(layers)) == 6
        assert pc.Augmentation("RandomFlip", {"a": 1, "b": 2}) == pc.Augmentation("RandomFlip", {"b": 2, "a": 1})

    def test_are_bounded_however_they_are_written(self) -> None:
        value: Any = 1
        for _ in range(9):
            value = {"a": value}
        layer = pc.Augmentation("RandomFlip", {"a": value})
        assert attrs.evolve(layer) == layer
        assert as_dict(layer.settings) == {"a": value}
        many = pc.Augmentation("RandomFlip", {str(place): place for place in range(3_333)})
        assert attrs.evolve(many) == many

    @pytest.mark.parametrize("around", [lambda value: [value], lambda value: {"a": value}], ids=["lists", "mappings"])
    def test_are_twenty_levels_deep_at_most_a_mapping_is_two(self, around: Any) -> None:
        value = 1
        for _ in range(18 if isinstance(around(1), list) else 9):
            value = around(value)
        assert as_dict(pc.Augmentation("RandomFlip", {"a": value}).settings) == {"a": value}
        with pytest.raises(ConfigError) as refused:
            pc.Augmentation("RandomFlip", {"a": around(value)})
        assert refused.value.subject == "settings"

    def test_are_ten_thousand_values_at_most(self) -> None:
        """A name, its value, each item of it, and the pair of both count."""
        assert pc.Augmentation("RandomFlip", {"a": [1] * 9_997}).settings == (("a", (1,) * 9_997),)
        with pytest.raises(ConfigError) as refused:
            pc.Augmentation("RandomFlip", {"a": [1] * 9_998})
        assert refused.value.subject == "settings"

    def test_keep_whole_numbers_whole(self) -> None:
        for number in (2**63 - 1, -(2**63 - 1)):
            ((_, kept),) = pc.Augmentation("RandomFlip", {"seed": number}).settings
            assert (kept, type(kept)) == (number, int)

    def test_say_where_channels_are_if_they_say_it_rightly(self) -> None:
        written = ("channels_first", "other", None, 1)
        formats = [pc.Augmentation("RandomFlip", {"data_format": each}).data_format for each in written]
        assert formats == ["channels_first", "channels_last", "channels_last", "channels_last"]


class TestInKerasFiles:
    """Layers that are written otherwise than they are read, or have had other names."""

    @pytest.mark.parametrize(
        ("layer", "class_name"),
        [
            (pc.SpatialDropout(0.2), "SpatialDropout2D"),
            (pc.LeakyReLU(0.2), "LeakyReLU"),
            (pc.PReLU(shared_axes=(1, 2)), "PReLU"),
            (pc.Rescaling([1, 2, 3], -1), "Rescaling"),
            (pc.Augmentation("RandomZoom", {"height_factor": (0, 0.1), "seed": None}), "RandomZoom"),
            (pc.Normalization((1, 3)), "Normalization"),
            (pc.LayerScale(1e-6, 3), "LayerScale"),
            (pc.SpectralNormalization(Conv2D(4, 3, name="inner")), "SpectralNormalization"),
        ],
    )
    def test_come_back_from_them(self, layer: Layer, class_name: str) -> None:
        model = Model([attrs.evolve(layer, name="own")], in_shape=(9, 9, 3), name="small")
        assert f'"class_name": "{class_name}"' in pc.to_keras(model)
        assert pc.from_keras(pc.to_keras(model)) == model

    def test_say_less_of_what_has_no_weights(self) -> None:
        for rank in (1, 2, 3):
            written = layer_to_keras(pc.SpatialDropout(0.2, trainable=False), rank + 1)
            assert written["class_name"] == f"SpatialDropout{rank}D"
            assert set(written["config"]) == {"name", "rate", "data_format"} - ({"data_format"} if rank == 1 else set())
        with pytest.raises(
            ParamcalcError, match="data_format of SpatialDropout must be 'channels_last' over one axis, go"
        ):
            layer_to_keras(pc.SpatialDropout(0.2, data_format="channels_first"), 2)

    def test_have_had_other_names(self) -> None:
        config = {"name": "leaky", "alpha": 0.1}
        model = {"class_name": "Sequential", "config": {"layers": [{"class_name": "LeakyReLU", "config": config}]}}
        assert pc.from_keras(model)[0] == pc.LeakyReLU(0.1, name="leaky")

    def test_have_every_operation(self) -> None:
        assert set(AUGMENTATIONS) == set(OF_LAYERS)


class TestActivations:
    def test_slopes_are_learnt_for_every_number_or_shared(self) -> None:
        assert pc.PReLU().weights((4, 8))[0].axes == (("length", 4), ("channels", 8))
        weight = pc.PReLU(shared_axes=1).weights((None, 8))[0]
        assert (weight.name, weight.axes) == ("alpha", (("shared length", 1), ("channels", 8)))
        assert pc.PReLU().params(()) == 1
        assert (pc.PReLU().windows((4, 8)), pc.PReLU().macs((4, 8))) == ((), 0)

    def test_axes_that_share_are_counted_as_keras_counts_them(self) -> None:
        shapes = [pc.PReLU(shared_axes=axis).weights((4, 5, 8))[0].shape for axis in (3, 0, -1, [1, 2, 1], [])]
        assert shapes == [(4, 5, 1), (4, 5, 1), (4, 1, 8), (1, 1, 8), (4, 5, 8)]

    def test_a_softmax_is_over_different_axes_of_the_input_or_the_batch(self) -> None:
        for axis in (0, 1, 2, -1, -2, -3, (0, 1), (-3, -1)):
            assert pc.Softmax(axis).output_shape((4, 8)) == (4, 8)
        for axis in (3, -4, (0, -3), (1, -2), (2, -1)):
            with pytest.raises(ShapeError):
                pc.Softmax(axis).output_shape((4, 8))
        assert (pc.Softmax(64).axis, pc.Softmax(-64).axis) == (64, -64)

    @pytest.mark.parametrize("rank", range(4))
    def test_axes_that_share_are_axes_of_the_input(self, rank: int) -> None:
        in_shape = (5,) * rank
        for axis in range(-rank - 1, rank + 2):
            layer = pc.PReLU(shared_axes=axis)
            if axis in range(1 - rank, rank + 1) and rank:
                assert layer.params(in_shape) == 5 ** (rank - 1)
            else:
                with pytest.raises(ShapeError):
                    layer.output_shape(in_shape)

    def test_a_softmax_sees_positions_one_by_one_over_the_last_axis_alone(self) -> None:
        assert [pc.Softmax(axis).windows((4, 8)) for axis in (-1, 2, (2,))] == [()] * 3
        assert [pc.Softmax(axis).windows((4, 8)) for axis in (0, 1, (1, 2))] == [None] * 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pc.ReLU(-1), "max_value must be a finite number from 0, got -1"),
        (lambda: pc.ReLU(float("inf")), "max_value must be a finite number from 0, got inf"),
        (lambda: pc.ReLU(6, None), "negative_slope must be a finite number from 0, got None"),
        (lambda: pc.ReLU(threshold=-1e-9), "threshold must be a finite number from 0, got -1e-09"),
        (lambda: pc.LeakyReLU("0.3"), "negative_slope must be a finite number from 0, got '0.3'"),
        (lambda: pc.ELU(None), "alpha must be a finite number, got None"),
        (lambda: pc.ELU(np.array([1.0])), "alpha must be a finite number, got array([1.])"),
        (lambda: pc.Softmax(None), "axis must be an int from -64 to 64, got None"),
        (lambda: pc.Softmax([]), "axis must be an int, or one or more of them, got []"),
        (lambda: pc.Softmax([1, 65]), "axis[1] must be an int from -64 to 64, got 65"),
        (
            lambda: pc.Softmax(3).output_shape((4, 8)),
            "axis must be an axis of the input, from 0 (the batch) to 2 or from -1 to -3, got 3 on (4, 8)",
        ),
        (lambda: pc.Softmax((1, -2)).output_shape((4, 8)), "axis must be different axes, got (1, -2) on (4, 8)"),
        (lambda: pc.PReLU(shared_axes="all"), "shared_axes must be an int from -64 to 64, got 'all'"),
        (lambda: pc.PReLU(shared_axes=[1, True]), "shared_axes[1] must be an int from -64 to 64, got True"),
        (
            lambda: pc.PReLU(shared_axes=[1, 3]).output_shape((4, 8)),
            "shared_axes must be axes of the input, from -1 to 2, got (1, 3) on (4, 8)",
        ),
        (
            lambda: pc.PReLU(shared_axes=0).output_shape(()),
            "shared_axes must be none for an input without axes, got (0,) on ()",
        ),
        (lambda: pc.PReLU().params((None, 8)), "in_shape[0] (length) must be known to count the weights"),
        (lambda: pc.SpatialDropout(1.5), "rate must be a number from 0 to 1, got 1.5"),
        (
            lambda: pc.SpatialDropout(0.5).output_shape((8,)),
            "in_shape must be at least one axis, and the channels, got (8,); Dropout takes any",
        ),
        (lambda: pc.GaussianDropout(-0.1), "rate must be a number from 0 to 1, got -0.1"),
        (lambda: pc.AlphaDropout(None), "rate must be a number from 0 to 1, got None"),
        (lambda: pc.GaussianNoise(2), "stddev must be a number from 0 to 1, got 2"),
        (lambda: pc.Masking(None), "mask_value must be a finite number, got None"),
        (lambda: pc.ActivityRegularization(-1), "l1 must be a finite number from 0, got -1"),
        (lambda: pc.ActivityRegularization(l2=float("nan")), "l2 must be a finite number from 0, got nan"),
        (lambda: pc.Rescaling(None), "scale must be a finite number, got None"),
        (lambda: pc.Rescaling([]), "scale must be a finite number, or a list of 1 to 10000000 of them, got []"),
        (lambda: pc.Rescaling(2, [1, "a"]), "offset[1] must be a finite number, got 'a'"),
        (lambda: pc.Rescaling([[1], [1, 2]]), "scale[1] must be a list of 1, as long as those beside it, got [1, 2]"),
        (lambda: pc.Rescaling([[1], 2]), "scale[1] must be a list of 1, as long as those beside it, got 2"),
        (lambda: pc.Rescaling(endless(100)), "scale must be a finite number, or a list of 1 to 10000000 of them, got"),
        (lambda: pc.Rescaling(endless(12)), "scale must be a finite number, or a list of 1 to 10000000 of them, got"),
        (
            lambda: pc.Rescaling([1, 2, 3]).output_shape((28, 28, 1)),
            "scale must be one number, or one for each channel, got 3 numbers on (28, 28, 1)",
        ),
        (
            lambda: pc.Rescaling(1, [[1, 2, 3]] * 2).output_shape((3,)),
            "offset must be one number, or one for each channel, got 2 × 3 numbers on (3,)",
        ),
        (lambda: pc.Resizing(0, 4), "height must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.CenterCrop(4, 4.0), "width must be an int from 1 to 2**63 - 1, got 4.0; write 4"),
        (
            lambda: pc.Resizing(4, 4, interpolation="area"),
            "interpolation must be one of 'bilinear', 'nearest', 'lanczos3', 'lanczos5', 'bicubic', got 'area'",
        ),
        (
            lambda: pc.Resizing(4, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            "pad_to_aspect_ratio must be False where crop_to_aspect_ratio is True, got True",
        ),
        (
            lambda: pc.Resizing(4, 4).output_shape((28, 28)),
            "in_shape must be 3 axes (height, width, channels), got (28, 28); an image of one channel is (28, 28, 1)",
        ),
        (
            lambda: pc.RandomCrop(4, 4, data_format="channels_first").output_shape((None, 3, 28, 28)),
            "in_shape must be 3 axes (channels, height, width), got (None, 3, 28, 28); leave out the batch axis",
        ),
        (
            lambda: pc.CenterCrop(4, 4).output_shape((28,)),
            "in_shape must be 3 axes (height, width, channels), got (28,)",
        ),
        (lambda: pc.Augmentation("RandomCrop"), "operation must be one of 'AugMix', 'AutoContrast', "),
        (lambda: pc.Augmentation("RandomFlip", Unread()), "settings must be a mapping from names to plain data, got <"),
        (lambda: pc.Augmentation("RandomFlip", None), "settings must be a mapping from names to plain data, got None"),
        (
            lambda: pc.Augmentation("RandomFlip", [("a", 1), ("a", 2)]),
            "settings must be a mapping from names to plain data, got [('a', 1), ('a', 2)]",
        ),
        (
            lambda: pc.Augmentation("RandomFlip", [("a", 1), "ab"]),
            "settings must be a mapping from names to plain data, got [('a', 1), 'ab']",
        ),
        (
            lambda: pc.Augmentation("RandomFlip", {str(place): place for place in range(3_334)}),
            "settings must be of at most 20 levels (a mapping is two) and 10000 values, got more, at settings['",
        ),
        (lambda: pc.Augmentation("RandomFlip", 3), "settings must be a mapping from names to plain data, got 3"),
        (lambda: pc.Augmentation("RandomFlip", {3: 3}), "settings must be a mapping from names to plain data, got {3:"),
        (
            lambda: pc.Augmentation("RandomFlip", {"factor": [0, {"b": float("nan")}]}),
            "settings['factor'][1]['b'] must be plain data: a text, a finite number, True, False, None, or a list or",
        ),
        (lambda: pc.Augmentation("RandomFlip", {"seed": 10**400}), "settings['seed'] must be plain da"),
        (
            lambda: pc.Augmentation("RandomFlip", {"factor": endless(20)}),
            "settings must be of at most 20 levels (a mapping is two) and 10000 values, got more, at settings['factor",
        ),
        (
            lambda: pc.Augmentation("RandomFlip", {"factor": endless(12)}),
            "settings must be of at most 20 levels (a mapping is two) and 10000 values, got more, at settings['factor",
        ),
        (
            lambda: pc.Augmentation("RandomFlip").output_shape((8, 28, 28, 1)),
            "in_shape must be that of an image, 3 axes, got (8, 28, 28, 1); leave out the batch axis",
        ),
        (
            lambda: pc.Augmentation("RandomFlip").output_shape((28,)),
            "in_shape must be that of an image, 3 axes, got (28,)",
        ),
        (
            lambda: pc.Augmentation("RandomColorDegeneration", {"factor": 1}).output_shape((28, 28, 1)),
            "in_shape must be that of an image with 3 channels, got (28, 28, 1)",
        ),
        (lambda: pc.Normalization(0), "axis must be an int that names an axis: from 1, where 0 would be the"),
        (
            lambda: pc.Normalization((1, -2)).params((4, 8)),
            "axis must be different axes, got (1, -2) on (4, 8)",
        ),
        (lambda: pc.Normalization(mean=1), "variance must be given where mean is, and only there, got None"),
        (lambda: pc.Normalization(variance=1), "variance must be given where mean is, and only there, got 1.0"),
        (lambda: pc.Normalization(mean="a", variance=1), "mean must be a finite number, got 'a'"),
        (
            lambda: pc.Normalization(mean=[1, 2], variance=1),
            "variance must be of the same shape as mean, got 1.0",
        ),
        (
            lambda: pc.Normalization(None, [1], [1]),
            "mean must be nested at most 0 deep, as many as axis has axes, got (1.0,)",
        ),
        (
            lambda: pc.Normalization((1, 2), [1, 2], [1, 2]).output_shape((4, 8)),
            "mean must be 1 number, or 8 along axis 2, got 2 of them on (4, 8)",
        ),
        (lambda: pc.Normalization(invert=0), "invert must be True or False, got 0"),
        (lambda: pc.LayerScale(None, 4), "init_values must be a finite number, got None"),
        (lambda: pc.LayerScale(1, 0), "projection_dim must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.LayerScale(1, 4).params((7, 5)), "in_shape must be of 4 channels, got (7, 5)"),
        (lambda: pc.LayerScale(1, 4).params(()), "in_shape must be of 4 channels, got ()"),
        (lambda: pc.SpectralNormalization(3), "layer must be a layer, got 3"),
        (
            lambda: pc.SpectralNormalization(pc.Dense(3), 0),
            "power_iterations must be an int from 1 to 2**63 - 1, got 0",
        ),
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
        (lambda: pc.ConvTranspose(0, 3), "filters must be an int from 1 to 2**63 - 1, got 0"),
        (
            lambda: pc.ConvTranspose(4, 3, padding="causal"),
            "padding must be 'valid', 'same', an int from 0, or for each",
        ),
        (
            lambda: pc.ConvTranspose(4, 3, 2, output_padding=-1),
            "output_padding must be an int from 0 to 2**63 - 1, or one for each axis, got -1",
        ),
        (
            lambda: pc.ConvTranspose(4, 3, (2, 1), output_padding=(0, 1)),
            "output_padding must be less than the strides, (2, 1), got (0, 1)",
        ),
        (
            lambda: pc.ConvTranspose(4, 3, 2, dilation_rate=(2, 1)),
            "strides or dilation_rate must be 1 on every axis (Keras has no layer with both), got strides (2, 2) with",
        ),
        (
            lambda: pc.ConvTranspose(4, 3, (1, 1), output_padding=(0,)),
            "output_padding must be an int, or an int for each axis (height, width), got (0,)",
        ),
        (
            lambda: pc.ConvTranspose(4, (3, 3)).output_shape((9, 3)),
            "kernel_size must be an int, or an int for each axis (length), got (3, 3)",
        ),
        (
            lambda: pc.ConvTranspose(4, 3).output_shape((9,)),
            "in_shape must be at least one axis to slide over, and the channels, got (9,); is there a Flatten before",
        ),
        (
            lambda: pc.ConvTranspose(4, 3, padding=2).output_shape((9, 2, 3)),
            "padding[1] (width) must be less than 4 together, the size of its axis without the padding, got (2, 2) on",
        ),
        (
            lambda: pc.ConvTranspose(4, 2, 2, "same", output_padding=0).output_shape((1, 3)),
            "padding[0] (length) must be less than 2 together, the size of its axis without the padding, got 'same' on",
        ),
        (lambda: pc.DepthwiseConv(3, depth_multiplier=0), "depth_multiplier must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.DepthwiseConv(3, padding="causal"), "padding must be 'valid', 'same', an int from 0, or for each"),
        (
            lambda: pc.DepthwiseConv((3, 3), (1, 1, 1)),
            "strides must be an int, or an int for each axis (height, width), got (1, 1, 1)",
        ),
        (
            lambda: pc.SeparableConv(4, 5).output_shape((9, 4, 3)),
            "kernel_size[1] (width) must be at most 4, the size of its axis, got 5, on (9, 4, 3)",
        ),
        (lambda: pc.SeparableConv(4, 3).params((9, None)), "in_shape[1] (channels) must be known to count the weights"),
        (lambda: pc.AdaptivePool(0), "output_size must be an int from 1 to 2**63 - 1, or one for each axis, got 0"),
        (lambda: pc.AdaptivePool((3, None)), "output_size[1] must be an int from 1 to 2**63 - 1, got None"),
        (lambda: pc.AdaptivePool(3, mode="avg"), "mode must be 'max' or 'average', got 'avg'"),
        (
            lambda: pc.AdaptivePool((3, 3)).output_shape((9, 4)),
            "output_size must be an int, or an int for each axis (length), got (3, 3)",
        ),
        (
            lambda: pc.AdaptivePool(3).output_shape((9,)),
            "in_shape must be at least one axis to pool over, and the chan",
        ),
        (lambda: pc.Dense(4, lora_rank=0), "lora_rank must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.Embedding(4, 4, lora_alpha="much"), "lora_alpha must be a finite number, got 'much'"),
        (
            lambda: pc.Conv2D(2, 3, connection_table=(3, 3), lora_rank=2),
            "lora_rank must be None where there is a connection_table, got 2",
        ),
        (
            lambda: pc.EinsumDense("ab, bc->ac", 4),
            "equation must be of the form 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...', got 'ab, bc->ac'; write",
        ),
        (lambda: pc.EinsumDense("ab,bc->ac...", 4), "equation must be of the form 'ab,bc->ac', '...ab,bc->...ac' or"),
        (lambda: pc.EinsumDense("a...,ab->b...", 4), "equation must be of the form 'ab,bc->ac', '...ab,bc->...ac' or"),
        (
            lambda: pc.EinsumDense("ab,bc->cb", 4),
            "equation must be one whose first letter, the batch, comes first in the output too and nowhere else, got",
        ),
        (lambda: pc.EinsumDense("ab,ac->ac", 4), "equation must be one whose first letter, the batch, comes first in"),
        (
            lambda: pc.EinsumDense("ab,bc->ad", 4),
            "equation must be one whose 'd' of the output is in the input or the k",
        ),
        (
            lambda: pc.EinsumDense("ab,bcd->ac", 4),
            "equation must be one whose 'd' of the kernel is in the input or the",
        ),
        (lambda: pc.EinsumDense("ab,bc->acc", (4, 4)), "equation must be one that has each letter of the output once"),
        (
            lambda: pc.EinsumDense("ab,bc->ac", "c"),
            "output_shape must be an int, or an int or None for each axis of the output, got 'c'",
        ),
        (lambda: pc.EinsumDense("ab,bc->ac", 0), "output_shape must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.EinsumDense("ab,bc->ac", (0,)), "output_shape[0] must be an int from 1 to 2**63 - 1, got 0"),
        (
            lambda: pc.EinsumDense("ab,bc->ac", (3, 4)),
            "output_shape must be one size for each axis of the output (c; a is the batch), got 2 of them",
        ),
        (
            lambda: pc.EinsumDense("...ab,bc->...ac", (3, 4, 5)),
            "output_shape must be one size for each axis of the output (a, c; the ellipsis holds the batch), got 3 of",
        ),
        (
            lambda: pc.EinsumDense("abc,cd->abd", (4, None)),
            "output_shape[1] (axis d) must be known to count the weights, got None",
        ),
        (
            lambda: pc.EinsumDense("abc,cd->abd", (None, 4), bias_axes="b"),
            "output_shape[0] (axis b) must be known to count the weights, got None",
        ),
        (
            lambda: pc.EinsumDense("ab,bc->ac", 4, bias_axes="a"),
            "bias_axes must be letters of the output's axes, 'c', g",
        ),
        (
            lambda: pc.EinsumDense("abc,cd->abd", (5, 4)).output_shape((6, 3)),
            "output_shape[0] (axis b) must be 6, the input's size, or None, got 5 on (6, 3)",
        ),
        (
            lambda: pc.EinsumDense("abc,cd->abd", (None, 4)).params((5, None)),
            "in_shape[1] (channels) must be known to count the weights, got None in (5, None)",
        ),
        (
            lambda: pc.EinsumDense("abc,cd->abd", (None, 4)).params((None, 5, 3)),
            "in_shape must be 2 axes (b, c), as the equation says, got (None, 5, 3); leave out the batch axis",
        ),
        (
            lambda: pc.EinsumDense("...ab,bc->...ac", (None, 4)).params((3,)),
            "in_shape must be at least 2 axes (a, b), as the equation says, got (3,)",
        ),
        (
            lambda: pc.EinsumDense("abb,bc->ac", 4).params((3, 4)),
            "in_shape[1] (axis b) must be 3, as before, got (3, 4)",
        ),
        (lambda: pc.ReversibleEmbedding(4, 4, tie_weights=1), "tie_weights must be True or False, got 1"),
        (
            lambda: pc.ReversibleEmbedding(4, 4, tie_weights=False, lora_rank=2),
            "lora_rank must be None where the weights are not tied, got 2",
        ),
        (lambda: pc.LSTM(0), "units must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.LSTM(4, return_sequences=1), "return_sequences must be True or False, got 1"),
        (lambda: pc.GRU(4, reset_after="no"), "reset_after must be True or False, got 'no'"),
        (
            lambda: pc.LSTM(4).params((9,)),
            "in_shape must be 2 axes (steps, features), got (9,); give every step its",
        ),
        (lambda: pc.LSTM(4, return_state=None), "return_state must be True or False, got None"),
        (
            lambda: pc.LSTM(4).params(((9, 3), (4,))),
            "in_shape must be one shape, or with initial states ((9, 3), (4,), (4,)), got ((9, 3), (4,))",
        ),
        (
            lambda: pc.GRU(4).params(((9, 3), (3,))),
            "in_shape must be one shape, or with initial states ((9, 3), (4,)), got ((9, 3), (3,))",
        ),
        (lambda: pc.GRU(4).params(((9, 3),)), "in_shape must be one shape, or with initial states ((9, 3), (4,)), got"),
        (lambda: pc.GRU(4).params(((9,), (4,))), "in_shape[0] must be 2 axes (steps, features), got (9,); give"),
        (lambda: pc.LSTM(4).params((9, 9, 9)), "in_shape must be 2 axes (steps, features), got (9, 9, 9)"),
        (
            lambda: pc.Bidirectional(pc.Dense(3)),
            "layer must be a recurrent layer, such as LSTM or GRU, got D",
        ),
        (
            lambda: pc.Bidirectional(pc.LSTM(3), backward_layer=pc.LSTM),
            "backward_layer must be a recurrent layer, such as LSTM or GRU, got <class",
        ),
        (lambda: pc.Bidirectional(pc.Bidirectional(pc.LSTM(3))), "layer must be a recurrent layer, such as LSTM or"),
        (
            lambda: pc.Bidirectional(pc.LSTM(3, return_state=True), backward_layer=pc.LSTM(3)),
            "backward_layer must be a layer with the return_sequences and return_state of layer, False and True, got L",
        ),
        (
            lambda: pc.Bidirectional(pc.LSTM(3), "sum", backward_layer=pc.LSTM(4)).output_shape((5, 2)),
            "the outputs of layer and backward_layer must be of the same shape, for merge_mode 'sum', got (3,) and",
        ),
        (
            lambda: pc.Bidirectional(pc.GRU(3)).output_shape(((5, 2), (3,))),
            "in_shape must be one shape, or with initial states ((5, 2), (3,), (3,)), got ((5, 2), (3,))",
        ),
        (
            lambda: pc.Bidirectional(pc.LSTM(3), backward_layer=pc.GRU(3)).output_shape(((5, 2), (3,), (3,), (3,))),
            "in_shape must be one shape, for layer and backward_layer have not as many states, got 4 of them: ((5, 2)",
        ),
        (
            lambda: pc.Bidirectional(pc.LSTM(3), "add"),
            "merge_mode must be one of 'concat', 'sum', 'mul', 'ave', got 'add'",
        ),
        (lambda: pc.TimeDistributed(3), "layer must be a layer, got 3"),
        (
            lambda: pc.TimeDistributed(pc.Dropout(0.5)).params((9,)),
            "in_shape must be at least 2 axes, the first of them the steps, got (9,)",
        ),
        (
            lambda: pc.TimeDistributed(pc.Dense(3)).params(((9, 2), (9, 2))),
            "in_shape must be one shape, got 2 of them: ((9, 2), (9, 2)); join them before it",
        ),
        (
            lambda: pc.TimeDistributed(pc.LSTM(3, return_state=True)).macs((9, 5, 2)),
            "the output of layer must be one shape, got 3 of them: ((3,), (3,), (3,))",
        ),
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
            "attention_axes must be an int, or one or more of them, got ()",
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
        (
            lambda: pc.RNN(pc.LSTM(3)),
            "cell must be a cell, such as LSTMCell or GRUCell, or a list of them, got LS",
        ),
        (lambda: pc.RNN([]), "cells must be a list of one or more cells, got []"),
        (lambda: pc.RNN([pc.LSTMCell(3), pc.Dense(3)]), "cells[1] must be a cell, such as LSTMCell or GRUCell, got De"),
        (lambda: pc.StackedRNNCells(pc.LSTMCell(3)), "cells must be a list of one or more cells, got LSTMCell(3)"),
        (
            lambda: pc.StackedRNNCells([pc.StackedRNNCells([pc.GRUCell(3)] * 501)] * 2),
            "cells must be at most 1000, those in stacks within it counted, got 1002",
        ),
        (
            lambda: pc.RNN(pc.LSTMCell(3)).params((5,)),
            "in_shape must be 2 axes (steps, features), got (5,); give every",
        ),
        (lambda: pc.RNN(pc.LSTMCell(3)).params((5, None)), "in_shape[1] (channels) must be known to count the weights"),
        (lambda: pc.ConvLSTM(0, 3), "filters must be an int from 1 to 2**63 - 1, got 0"),
        (lambda: pc.ConvLSTM(4, 3, padding="causal"), "padding must be 'valid' or 'same', got 'causal'"),
        (lambda: pc.ConvLSTM(4, 3, padding=1), "padding must be 'valid' or 'same', got 1"),
        (
            lambda: pc.ConvLSTM(4, (3, 3), (2, 2, 2)),
            "strides must be an int, or an int for each axis (height, width), got (2, 2, 2)",
        ),
        (lambda: pc.ConvLSTM(4, (1, 2, 3, 4)), "kernel_size must be for at most 3 axes, got (1, 2, 3, 4)"),
        (
            lambda: pc.ConvLSTM(4, 3, 2, dilation_rate=(1, 2)),
            "strides or dilation_rate must be 1 on every axis (Keras has no layer with both), got strides 2 with dilat",
        ),
        (
            lambda: pc.ConvLSTM(4, 3).params((28, 3)),
            "in_shape must be 3 to 5 axes (steps, one to three, channels), got (28, 3)",
        ),
        (
            lambda: pc.ConvLSTM(4, 3).params(((9, 8, 8, 8, 8, 3), (3,))),
            "in_shape[0] must be 3 to 5 axes (steps, one to three, channels), got (9, 8, 8, 8, 8, 3)",
        ),
        (
            lambda: pc.ConvLSTM(4, (3, 3)).params((9, 8, 3)),
            "kernel_size must be an int, or an int for each axis (length), got (3, 3)",
        ),
        (
            lambda: pc.ConvLSTM(4, 5).params((9, 28, 4, 3)),
            "kernel_size[1] (width) must be at most 4, the size of its axis, got 5, on (9, 28, 4, 3); padding=",
        ),
        (
            lambda: pc.ConvLSTM(4, 5, data_format="channels_first").params((9, None, 28, 28)),
            "in_shape[1] (channels) must be known to count the weights, got None in (9, None, 28, 28)",
        ),
        (lambda: pc.ConvLSTM(4, 5).params((9, 28, 28, None)), "in_shape[3] (channels) must be known to count the weig"),
        (
            lambda: pc.ConvLSTM(4, 3).params(((9, 8, 8, 3), (8, 8, 4), (8, 8, 4))),
            "in_shape must be one shape, or with initial states ((9, 8, 8, 3), (6, 6, 4), (6, 6, 4)), got ((9",
        ),
        (lambda: pc.LSTMCell(3).params((5, 2)), "in_shape must be 1 axis (features), got (5, 2)"),
        (
            lambda: pc.LSTMCell(3).params(((5,), (3,))),
            "in_shape must be one shape, or with initial states ((5,), (3,), (3,)), got ((5,), (3,))",
        ),
        (
            lambda: pc.RNN([pc.LSTMCell(3), pc.GRUCell(4)]).params(((5, 2), (3,), (4,))),
            "in_shape must be one shape, or with initial states ((5, 2), (3,), (3,), (4,)), got ((5, 2), (3,), (4,))",
        ),
        (lambda: pc.LearnedTokens(0), "tokens must be an int from 1 to 2**63 - 1, got 0"),
        (
            lambda: pc.LearnedTokens().params((768,)),
            "in_shape must be at least 2 axes, positions and features, got (768",
        ),
        (
            lambda: pc.LearnedTokens().params((196, None)),
            "in_shape[1] (channels) must be known to count the weights, got None in (196, None)",
        ),
        (lambda: pc.PositionEmbedding(None), "positions must be an int from 1 to 2**63 - 1, got None"),
        (
            lambda: pc.PositionEmbedding(512).params((512,)),
            "in_shape must be at least 2 axes, positions and features, got (512,); put an Embedding before it",
        ),
        (
            lambda: pc.PositionEmbedding(512).params((3, 513, 8)),
            "in_shape[1] must be at most 512, the positions that have a vector, got 513 in (3, 513, 8)",
        ),
        (lambda: pc.Take(()), "indices must be an int, or one or more of them, got ()"),
        (lambda: pc.Take(True), "indices must be an int from 0, or from -1 backwards, got True"),
        (
            lambda: pc.Take((0, 2**63)),
            "indices[1] must be an int from 0, or from -1 backwards, got 9223372036854775808",
        ),
        (lambda: pc.Take(0, 0), "axis must be an int that names an axis: from 1, where 0 would be the batch, or from"),
        (
            lambda: pc.Take(0, 3).params((5, 8)),
            "axis must be an axis of the input, from 1 to 2 or from -1 to -2, got 3",
        ),
        (
            lambda: pc.Take((4, 5)).params((5, 8)),
            "indices must be from 0 to 4, or from -1 to -5, on axis 1, got 5 on (5, 8)",
        ),
        (
            lambda: pc.Take(-9, -1).params((5, 8)),
            "indices must be from 0 to 7, or from -1 to -8, on axis -1, got -9 on",
        ),
        (lambda: pc.UpSampling(0), "size must be an int from 1 to 2**63 - 1, or one for each axis, got 0"),
    ],
)
def test_what_is_wrong_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ParamcalcError) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_a_wrapper_of_an_adapted_kernel_holds_its_vector_first() -> None:
    """The kernel is computed anew from its adaptation, so that Keras's SpectralNormalization does not hold it."""
    weights = pc.SpectralNormalization(pc.Dense(4, lora_rank=2)).weights((3,))
    assert [weight.name for weight in weights] == ["vector_u", "kernel", "bias", "lora_kernel_a", "lora_kernel_b"]


def test_what_scales_or_normalises_counts_no_multiply_adds() -> None:
    assert [
        layer.macs((4, 4, 8)) for layer in (pc.LayerScale(1e-6, 8), pc.BatchNorm(), pc.LayerNorm(), pc.Normalization())
    ] == [0] * 4
