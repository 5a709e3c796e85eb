"""Wrong answers: each of them known, with its cause."""

from __future__ import annotations

import json
import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mutations import plain
from networks import chains, networks
from strategies import LAYERS, Case, hidden, shapes
from test_answers import ENDLESS
from test_errors import Hostile

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    Add,
    BatchNorm,
    Bidirectional,
    ConfigError,
    Conv1D,
    Conv2D,
    ConvTranspose,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    Model,
    MultiHeadAttention,
    ParamcalcError,
    Pool,
    SeparableConv,
    ShapeError,
    SimpleRNN,
    SpectralNormalization,
    TimeDistributed,
    Weight,
    grading,
)
from paramcalc.grading import Diagnosis, Mistake, Reading, diagnose
from paramcalc.grading.answers import read_count
from paramcalc.grading.inside import MOST_EVALUATIONS, MOST_WORK, is_small

RGB = (32, 32, 3)
SEQUENCE = (10, 16)
LENET = Model(
    [Conv2D(8, 5), Pool(2), Conv2D(16, 5), Pool(2), Flatten(), Dense(120), Dense(84), Dense(10)], in_shape=RGB
)
ONE_DIMENSIONAL = Model(
    [Conv1D(64, 3, padding="same"), Pool(2), Flatten(), Dense(128), Dropout(0.5), Dense(5)], in_shape=(41, 1)
)
TWO_CLASS = Model(
    [Conv2D(60, 7), Conv2D(100, 5), Pool(2), Flatten(), Dense(250), Dense(200), Dense(1)], in_shape=(100, 100, 1)
)
ALEXNET = Model(
    [
        Conv2D(96, 11, 4), Pool(3, 2), Conv2D(256, 5, padding=2, groups=2), Pool(3, 2), Conv2D(384, 3, padding=1),
        Conv2D(384, 3, padding=1, groups=2), Conv2D(256, 3, padding=1, groups=2), Pool(3, 2), Flatten(),
        Dense(4_096), Dense(4_096), Dense(1_000),
    ],
    in_shape=(227, 227, 3),
)  # fmt: skip
SEEN: list[tuple[Layer, Any, Any, Any]] = [
    # Counts of convolutions
    (Conv2D(100, 5), (32, 32, 3), 7_500, "no_bias"),
    (Conv2D(32, 3), RGB, 864, "no_bias"),
    (Conv2D(32, 3), RGB, 320, "no_input_channels"),
    (Conv2D(32, 3), RGB, 288, ("no_bias", "no_input_channels")),
    (Conv2D(5, 3), (10, 10, 3), 50, "no_input_channels"),
    (Conv2D(100, 5), (32, 32, 1), 2_501, "one_bias"),
    (Conv2D(128, 7, padding="same"), (256, 256, 3), 18_816 * 256**2 + 128, "no_weight_sharing"),
    (Conv2D(128, 7, padding="same"), (256, 256, 3), (18_816 + 128) * 256**2, "no_weight_sharing"),
    (Conv2D(128, 7, padding="same"), (256, 256, 3), 18_816 * 256**2, ("no_bias", "no_weight_sharing")),
    (Conv2D(32, 3), RGB, 2 * 864, "bias_for_each_weight"),
    (Conv2D(32, 3), RGB, 864 + 30 * 30 * 32, "bias_for_each_position"),
    (Conv2D(32, 3, 2), RGB, 4 * 896, "strides_counted"),
    (Conv2D(32, 3), RGB, 32, "biases_alone"),
    (Conv2D(32, 3), RGB, 32, "filters_for_params"),
    (Conv2D(32, (3, 5)), RGB, 896, "square_kernel"),
    (SeparableConv(100, 5), (32, 32, 10), 25_100, "as_plain_conv"),
    (SeparableConv(8, 3), (16, 4), 104, "as_plain_conv"),
    (SeparableConv(8, 3), (9, 9, 9, 4), 872, "as_plain_conv"),
    (SeparableConv(100, 5), (32, 32, 10), 1_360, "depthwise_bias"),
    (ALEXNET, None, 62_378_344, "groups_ignored"),
    # Counts of other layers
    (Conv2D(32, 3), RGB, 0, "no_weights"),
    (Pool(2), (28, 28, 6), 12, "pool_weights"),
    (Pool(2), (28, 28, 6), 2 * 2 * 6, "pool_weights"),
    (TWO_CLASS, None, 50_828_951, "pool_weights"),
    (Dense(100), (5, 10), 5_100, "dense_flattens"),
    (Model([Flatten(), Dense(100)]), (5, 10), 1_100, "not_flattened"),
    (Dense(100), (10,), 1_001, "one_bias"),
    (Dense(128), (1_280,), 165_120, "bias_for_each_input"),
    (Dense(128), (1_280,), 1_408, "added_for_multiplied"),
    (LSTM(32), SEQUENCE, 6_272 // 4, "no_gates"),
    (SimpleRNN(50), (10, 1), 150, "recurrent_vector"),
    (LSTM(32), SEQUENCE, LSTM(10).params(SEQUENCE), "units_for_steps"),
    (LSTM(32), SEQUENCE, 6_272 + 128, "two_biases"),
    (GRU(32), SEQUENCE, 4_704, "reset_after_mixed_up"),
    (Bidirectional(GRU(32)), SEQUENCE, 9_408, "reset_after_mixed_up"),
    (Bidirectional(LSTM(64)), (250, 16), 20_736, "one_direction"),
    (Model([Bidirectional(LSTM(64)), Dense(1)]), (250, 16), 41_472 + 65, "directions_not_joined"),
    (BatchNorm(), (14, 14, 64), 128, "moving_statistics_forgotten"),
    (BatchNorm(), (14, 14, 64), 14 * 14 * 256, "counted_for_each_position"),
    (Embedding(10_000, 16), (250,), 160_016, "vocabulary_plus_one"),
    (Embedding(10_000, 16), (250,), 250 * 160_000, "counted_for_each_position"),
    (MultiHeadAttention(8, 64), (10, 512), 8 * 1_050_624, "heads_multiplied"),
    (Dense(10), (84,), 10, "output_size_for_params"),
    (Conv2D(32, 3), RGB, 30 * 30 * 32, "output_size_for_params"),
    (Conv2D(64, 3, groups=2), (32, 32, 32), 18_432, ("no_bias", "groups_ignored")),
    (LENET, None, 62_958 - 8 - 16 - 120 - 84 - 10 + 5, "one_bias"),
    # Shapes
    (Pool(2), (41, 64), (21, 64), "rounded_up"),
    (Pool(2, padding="same"), (41, 64), (20, 64), "rounded_down"),
    (Conv2D(32, 3), RGB, (32, 32, 32), "valid_and_same_mixed_up"),
    (Conv2D(32, 3), RGB, (29, 29, 32), "plus_one_forgotten"),
    (Conv2D(8, 5, padding=2), RGB, (30, 30, 8), "padding_on_one_side"),
    (Conv2D(8, 3, 2), RGB, (30, 30, 8), "stride_ignored"),
    (Pool(3, 2), RGB, (10, 10, 3), "pool_size_for_stride"),
    (Conv2D(8, 3, dilation_rate=2), RGB, (30, 30, 8), "dilation_ignored"),
    (Conv2D(32, 3), RGB, (32, 30, 30, 32), "batch_counted"),
    (Conv2D(32, 3), RGB, (30, 30, 3), "input_channels_kept"),
    (Conv2D(32, 3), RGB, (30, 30), "channels_left_out"),
    (Conv2D(32, 3), RGB, (32, 30, 30), "channels_first_and_last_mixed_up"),
    (Pool(2), (28, 28, 8), (14, 14, 4), "channels_pooled"),
    (Flatten(), (5, 5, 16), (25,), "flattened_without_channels"),
    (Flatten(), (5, 5, 16), (26,), "added_for_multiplied"),
    (GAP(), (7, 7, 512), (7, 7), "pooled_over_wrong_axes"),
    (Dense(250), (50, 50, 100), (250,), "dense_flattens"),
    (Dropout(0.5), (128,), (64,), "dropout_removes_units"),
    (LSTM(32, return_sequences=True), SEQUENCE, (32,), "return_sequences_mixed_up"),
    # The one-dimensional network, whose source holds wrong answers
    (Model([Pool(2), Flatten(), Dense(128)]), (41, 64), 172_160, "rounded_up"),
    (Model([Pool(2), Flatten()]), (41, 64), (1_344,), "rounded_up"),
    (ONE_DIMENSIONAL, None, 164_869 - 163_968 + 172_160, "rounded_up"),
    (Dense(5), (128,), 654, "digits_exchanged"),
    *((ONE_DIMENSIONAL, None, total, "running_total") for total in (192, 256, 164_096, 164_224, 164_864)),
    # LeNet-5, in whole
    (LENET, None, 62_958 - 8 - 16 - 120 - 84 - 10, "no_bias"),
    (LENET, None, 62_958 - 850, "layer_left_out"),
    (LENET, None, "62,598", "digits_exchanged"),
    (LENET, None, 62_958 + 2 * 8 + 2 * 16, "pool_weights"),
]
"""Wrong numbers that were seen, with their cause."""


def found(layer: Any, in_shape: Any, answer: Any, **options: Any) -> list[Diagnosis]:
    about = "params" if isinstance(answer, int | str) else "output_shape"
    return list(diagnose(layer, in_shape, **{about: answer}, **options))


@pytest.mark.parametrize(("layer", "in_shape", "answer", "mistake"), SEEN)
def test_wrong_numbers_that_were_seen(layer: Layer, in_shape: Any, answer: Any, mistake: Any) -> None:
    diagnoses = found(layer, in_shape, answer)
    assert mistake in [diagnosis.mistake for diagnosis in diagnoses]
    read = read_count(answer) if isinstance(answer, str) else answer
    assert {read} == {diagnosis.value for diagnosis in diagnoses}


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_a_right_answer_is_never_diagnosed(data: st.DataObject, cases: st.SearchStrategy[Case]) -> None:
    layer, in_shape = data.draw(cases)
    params, output_shape = layer.params(in_shape), layer.output_shape(in_shape)
    assert diagnose(layer, in_shape, params=params, output_shape=output_shape) == ()
    assert diagnose(layer, in_shape, params=f"{params:,}", output_shape=str(output_shape)) == ()


@given(networks)
def test_a_right_answer_is_never_diagnosed_in_a_model(model: Model) -> None:
    params, output_shape = model.params(), model.output_shape()
    assert diagnose(model, params=params, output_shape=output_shape) == ()


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_a_diagnosis_gives_exactly_the_answer(data: st.DataObject, cases: st.SearchStrategy[Case]) -> None:
    """Each name is known, and each value is the answer, which is not the right one."""
    layer, in_shape = data.draw(cases)
    right = layer.params(in_shape)
    answer = data.draw(st.integers(0, 2 * right + 10) | st.integers(right - 20, right + 20))
    for diagnosis in diagnose(layer, in_shape, params=answer):
        assert diagnosis.value == answer != right
        assert type(diagnosis.value) is int
        assert "unknown" not in diagnosis.message
    shape = data.draw(shapes())
    for diagnosis in diagnose(layer, in_shape, output_shape=shape):
        assert diagnosis.value == shape != layer.output_shape(in_shape)


@given(st.data(), st.sampled_from(list(LAYERS.values())), plain)
def test_open_shapes_and_hostile_answers_are_no_surprise(
    data: st.DataObject, cases: st.SearchStrategy[Case], answer: Any
) -> None:
    """Whatever the answer is, only what cannot be asked is refused, and by an error of this library."""
    layer, in_shape = data.draw(cases)
    partly = hidden(data.draw, in_shape, 3)
    for options in ({"params": answer}, {"output_shape": answer}):
        try:
            diagnoses = diagnose(layer, partly, **options)
        except ParamcalcError:
            continue
        assert all(isinstance(diagnosis, Diagnosis) for diagnosis in diagnoses)


@given(networks, st.data())
def test_every_mistake_can_be_sought_all_through_a_model(model: Model, data: st.DataObject) -> None:
    total = model.params()
    answer = data.draw(st.integers(0, 2 * total + 10))
    for diagnosis in diagnose(model, params=answer):
        assert diagnosis.value == answer != total
    position = data.draw(st.integers(-len(model), len(model) - 1))
    for diagnosis in diagnose(model, at=position, params=answer, output_shape=(answer,)):
        assert diagnosis.value in (answer, (answer,))


def test_nothing_is_said_of_what_matches_nothing() -> None:
    assert found(Conv2D(32, 3), RGB, 12_345_677) == []
    assert found(Conv2D(32, 3), RGB, (7,)) == []
    assert found(Pool(2, use_scale=True), (28, 28, 6), 13) == []


def test_what_is_no_answer_is_no_mistake() -> None:
    for answer in ("many", 864.0, float("nan"), [864], True, 10**100_000, ENDLESS, Hostile()):
        assert diagnose(Conv2D(32, 3), RGB, params=answer, output_shape=answer) == ()


@pytest.mark.parametrize("ending", [SystemExit, GeneratorExit])
def test_an_answer_does_not_end_the_program(ending: type[BaseException]) -> None:
    class Ending:
        def __index__(self) -> int:
            raise ending

        def __repr__(self) -> str:
            raise ending

    assert diagnose(Conv2D(32, 3), RGB, params=Ending(), output_shape=Ending()) == ()
    assert diagnose(Conv2D(32, 3), RGB, output_shape=[Ending(), 3]) == ()
    report = grading.grade(Model([Dense(4)], in_shape=(3,)), [(Ending(), Ending())])
    assert report.score == 0


def test_the_teacher_may_end_the_program() -> None:
    class Waiting:
        def __index__(self) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        diagnose(Conv2D(32, 3), RGB, params=Waiting())


def test_no_number_is_written_with_a_zero_before_it() -> None:
    """10 is not 100 with its first two digits exchanged, and 24 not 1024 without its first."""
    assert [each.mistake for each in found(Flatten(), (5, 5, 4), (10,))] == ["digit_lost"]
    assert found(Flatten(), (1_024, 1), (24,)) == []
    assert found(Embedding(10_000, 16), (250,), 10_000)[0].mistake == "vocabulary_for_params"


def test_what_is_said_of_padding_is_true() -> None:
    (left_out,) = found(Conv2D(8, 3, padding=1), RGB, (30, 30, 8))
    assert left_out.message.startswith("(30, 30, 8) leaves out the padding. ")
    assert found(Pool(3, 2, 1), (112, 112, 64), (55, 55, 64))[0].mistake == "padding_left_out"
    transposed = found(ConvTranspose(8, 3, 2), (14, 14, 16), (28, 28, 8))[0]
    assert transposed.message.endswith('with "same", the strides alone change an axis.')


def test_answers_are_read_however_they_are_written() -> None:
    for count in (864, np.int64(864), "864", "0,864".removeprefix("0,")):
        assert diagnose(Conv2D(32, 3), RGB, params=count)[0].mistake == "no_bias"
    for shape in ((29, 29, 32), [None, 29, 29, 32], "29x29x32", "(None, 29, 29, 32)"):
        assert diagnose(Conv2D(32, 3), RGB, output_shape=shape)[0].mistake == "plus_one_forgotten"


def test_mistakes_that_coincide_are_all_named() -> None:
    assert [diagnosis.mistake for diagnosis in found(Pool(2), (41, 64), (21, 64))] == [
        "rounded_up",
        "valid_and_same_mixed_up",
    ]


def test_both_answers_are_looked_at_the_shape_first() -> None:
    diagnoses = diagnose(Conv2D(32, 3), RGB, params=864, output_shape=(30, 30))
    assert [diagnosis.mistake for diagnosis in diagnoses] == ["channels_left_out", "no_bias"]


def test_a_diagnosis_is_plain_data() -> None:
    (diagnosis,) = found(Conv2D(32, 3), RGB, 864)
    assert pickle.loads(pickle.dumps(diagnosis)) == diagnosis  # noqa: S301
    assert json.loads(json.dumps(attrs.asdict(diagnosis)))["mistake"] == "no_bias"


@pytest.mark.parametrize(
    ("layer", "in_shape"),
    [
        (Conv2D(8, 3), (None, None, 3)),
        (Dense(8), (None, 3)),
        (Embedding(9, 4), (None,)),
        (LSTM(8), (None, 3)),
        (Bidirectional(LSTM(8), "sum"), (None, 3)),
        (MultiHeadAttention(2, 4), (None, 8)),
        (BatchNorm(), (None, None, 8)),
        (Pool(2), (None, None, 8)),
        (SeparableConv(8, 3), (None, 20, 20, 20, 3)),
        (ConvTranspose(8, 3), (None, 4, 4, 4, 3)),
        (Conv2D(8, (3, 5), use_bias=False), (None, 9, 3)),
    ],
)
def test_mistakes_that_hang_on_an_open_axis_are_not_made(layer: Layer, in_shape: Any) -> None:
    assert found(layer, in_shape, 12_345_677) == []
    assert found(layer, in_shape, (7,) * 6) == []


class TestPairs:
    def test_are_named_where_no_single_mistake_fits(self) -> None:
        diagnosis, *others = found(Conv2D(32, 3), RGB, 288)
        # With 3 channels, a kernel of 3 weights coincides
        assert ("no_bias", "kernel_not_squared") in [other.mistake for other in others]
        assert diagnosis.mistake == ("no_bias", "no_input_channels")
        assert diagnosis.message.startswith("Two mistakes at once: 864 leaves out the biases, 32 in all. 288 is for ")

    def test_are_of_a_reading_and_what_is_made_of_it(self) -> None:
        assert ("rounded_up", "channels_left_out") in {each.mistake for each in found(Pool(2), (41, 41, 8), (21, 21))}
        assert ("no_bias", "reset_after_mixed_up") not in {
            each.mistake for each in found(GRU(32), SEQUENCE, GRU(32, use_bias=False).params(SEQUENCE))
        }

    def test_do_not_hold_a_slip(self) -> None:
        """846 is 864, the kernel alone, with two digits exchanged."""
        assert found(Conv2D(32, 3), RGB, 846) == []

    def test_are_not_sought_in_a_model(self) -> None:
        model = Model([Conv2D(32, 3)])
        assert found(model, RGB, 864) != []
        assert found(model, RGB, 288) == []


class TestInAWrapper:
    """A mistake may be made in the layer that another one holds."""

    @pytest.mark.parametrize(
        ("layer", "in_shape", "answer", "mistake"),
        [
            (TimeDistributed(Dense(10)), (5, 84), 840, "no_bias"),
            (TimeDistributed(Dense(10)), (5, 84), 94, "added_for_multiplied"),
            (TimeDistributed(Conv2D(8, 3)), (5, 32, 32, 3), (5, 30, 30), "channels_left_out"),
            (TimeDistributed(Pool(2)), (5, 41, 64), (5, 21, 64), "rounded_up"),
            (TimeDistributed(Dense(10)), (5, 84), 805, "digits_exchanged"),
            (SpectralNormalization(Dense(10)), (84,), 850, "no_bias"),
            (SpectralNormalization(Dense(10)), (84,), 840 + 10 + 84, "bias_for_each_input"),
            (SpectralNormalization(Conv2D(8, 3)), RGB, (30, 30), "channels_left_out"),
            (SpectralNormalization(Conv2D(8, 3)), RGB, (32, 32, 8), "valid_and_same_mixed_up"),
            (Bidirectional(LSTM(64)), (250, 16), 2 * 64 * (4 * 16 + 4 + 4), "recurrent_vector"),
            (Bidirectional(LSTM(64)), (250, 16), (250, 128), "return_sequences_mixed_up"),
            (Bidirectional(SimpleRNN(64)), (250, 16), 2 * 250 * 5_184, "counted_for_each_step"),
        ],
    )
    def test_it_is_found(self, layer: Layer, in_shape: Any, answer: Any, mistake: str) -> None:
        assert mistake in [diagnosis.mistake for diagnosis in found(layer, in_shape, answer)]

    def test_a_shape_in_one_direction_is_none_of_both(self) -> None:
        own = Mistake(lambda *_: [(7,), 7], ("params", "output_shape"), on=LSTM, name="own")
        layer, sentences = Bidirectional(LSTM(8)), {"own": "."}
        assert diagnose(layer, (10, 16), output_shape=7, mistakes=[own], sentences=sentences) == ()
        assert diagnose(layer, (10, 16), params=14, mistakes=[own], sentences=sentences) != ()

    def test_two_different_layers_make_no_mistake_twice(self) -> None:
        layer = Bidirectional(LSTM(8), backward_layer=GRU(8))
        assert found(layer, (10, 16), 2 * LSTM(8, use_bias=False).params((10, 16))) == []


def as_same(layer: Any, in_shape: Any) -> Any:
    """A mistake: every convolution pads."""
    yield Reading(attrs.evolve(layer, padding="same"), in_shape)


class TestInAModel:
    @given(networks)
    def test_a_mistake_in_counts_is_made_in_every_layer(self, model: Model) -> None:
        """Its total is that of the same weights without those that it leaves out."""
        weights = model.weights()
        kernels = sum(weight.size for weight in weights if not weight.name.endswith("/bias"))
        assume(kernels != model.params())
        assert "no_bias" in [diagnosis.mistake for diagnosis in found(model, None, kernels)]

    @given(chains())
    def test_a_mistake_in_shapes_is_followed_through_every_layer(self, model: Model) -> None:
        """Its total is that of the model in which every layer is as it was misread."""
        layers = [attrs.evolve(layer, padding="same") if isinstance(layer, Conv2D) else layer for layer in model]
        try:
            misread = Model(layers, in_shape=model.in_shape)
        except ParamcalcError:
            return
        mistake = Mistake(as_same, "output_shape", on=Conv2D, spreads=True)
        for about in ("params", "output_shape"):
            right, wrong = getattr(model, about)(), getattr(misread, about)()
            named = diagnose(model, mistakes=[mistake], sentences={"as_same": "."}, **{about: wrong})
            assert [diagnosis.value for diagnosis in named] == [wrong] * (wrong != right)

    def test_models_in_it_are_looked_into(self) -> None:
        block = Model([Conv2D(8, 3), Pool(2), Flatten()], name="block")
        model = Model([block, Dense(10)], in_shape=(12, 11, 1))
        assert found(model, None, model.params() - 18)[0].mistake == "no_bias"
        rounded = Model([Conv2D(8, 3), Pool(2, ceil_mode=True), Flatten(), Dense(10)], in_shape=(12, 11, 1))
        assert found(model, None, rounded.params())[0].mistake == "rounded_up"
        assert found(model, None, 80)[0].mistake == "running_total"

    def test_models_in_it_are_followed_for_any_shape(self) -> None:
        x = Input((5, 4, 8))()
        block = Model(inputs=x, outputs=Add()(x, Conv2D(8, 3, padding="same")(x)))
        model = Model([Pool(2), block, Flatten(), Dense(10)], in_shape=(11, 9, 8))
        assert found(model, None, model.params() + 10 * 8 * (6 * 5 - 5 * 4))[0].mistake == "rounded_up"
        assert diagnose(model, at="dense", params=10 * (6 * 5 * 8 + 1))[0].mistake == "rounded_up"
        assert diagnose(model, at="pool", params=10 * (6 * 5 * 8 + 1)) == ()

    def test_graphs_are_followed_too(self) -> None:
        x = Input((11, 3))()
        y = Pool(2)(x)
        model = Model(inputs=x, outputs=Dense(5)(Flatten()(Add()(y, Pool(2)(x)))))
        assert found(model, None, 5 * (6 * 3 + 1))[0].mistake == "rounded_up"

    def test_shared_weights_count_once(self) -> None:
        x, shared = Input((3,))(), Dense(3).place()
        model = Model(inputs=x, outputs=shared(shared(x)))
        assert found(model, None, 9)[0].mistake == "no_bias"

    def test_tied_weights_count_once(self) -> None:
        x = Input((5,))()
        scores = Dense(50)(Dense(8)(Embedding(50, 8)(x)))
        model = Model(inputs=x, outputs=scores, tied=[("embedding/embeddings", "dense_1/kernel")])
        assert model.params() == 400 + 72 + 50
        assert found(model, None, 400 + 64)[0].mistake == "no_bias"
        assert found(model, None, 400 + 72 + 450)[0].mistake == "counted_twice"
        assert diagnose(model, at="dense_1", params=50) == ()

    @pytest.mark.parametrize(
        ("answer", "mistake", "told"),
        [
            (64, "no_bias", "64 leaves out the biases, 8 in all."),
            (144, "counted_twice", "144 counts weights more than once that are shared."),
        ],
    )
    def test_a_tied_layer_is_without_weights_of_its_own(self, answer: int, mistake: str, told: str) -> None:
        model = Model([Dense(8), Dense(8)], in_shape=(8,), tied=[("dense", "dense_1")])
        (diagnosis,) = [each for each in found(model, None, answer) if each.mistake == mistake]
        assert diagnosis.message.startswith(told)
        assert found(model, None, 56) == []

    def test_the_running_total_has_tied_weights_once(self) -> None:
        tokens, head = Embedding(1_000, 64, name="tokens"), Dense(1_000, name="head")
        model = Model([Input((12,)), tokens, head], tied=[("tokens/embeddings", "head/kernel")])
        assert model.params() == 65_000
        assert [each.mistake for each in found(model, None, 128_000)] == []
        assert found(model, None, 129_000)[0].mistake == "counted_twice"
        whole = Model([model, Dense(2)])
        assert whole.params() == 67_002
        assert [each.mistake for each in found(whole, None, 131_002)] == ["counted_twice"]
        assert [each.mistake for each in found(whole, None, 64_000 + 2_000)] == ["no_bias"]

    def test_shapes_are_followed_past_tied_weights(self) -> None:
        x = Input((11, 3))()
        y = Flatten()(Pool(2)(Dense(3)(Dense(3)(x))))
        model = Model(inputs=x, outputs=y, tied=[("dense", "dense_1")])
        assert found(model, None, (18,))[0].mistake == "rounded_up"
        flat = Model(inputs=x, outputs=Dense(3)(Dense(3)(x)), tied=[("dense", "dense_1")])
        assert found(flat, None, (3,))[0].mistake == "dense_flattens"
        assert found(flat, None, (33 + 1) * 3)[0].mistake == "dense_flattens"

    def test_is_found_in_a_layer_with_states_that_is_called_on_several_lengths(self) -> None:
        starts = [Input(shape)() for shape in ((5, 3), (7, 3), (4,), (4,))]
        *sequences, hidden, carried = starts
        shared = LSTM(4).place()
        lasts = [shared(sequence, hidden, carried) for sequence in sequences]
        model = Model(inputs=starts, outputs=[Dense(1)(Flatten()(last)) for last in lasts])
        assert model.params() == 128 + 5 + 5
        assert found(model, None, 128 + 21 + 29)[0].mistake == "return_sequences_mixed_up"

    def test_what_is_shared_by_calls_counts_once(self) -> None:
        x, shared = Input((3,))(), Dense(3).place()
        assert found(Model(inputs=x, outputs=shared(shared(x))), None, 24)[0].mistake == "counted_twice"

    def test_a_mistake_after_which_the_layers_do_not_fit_is_none(self) -> None:
        model = Model([Pool(2), Pool(2), Conv1D(4, 3)], in_shape=(14, 1))
        assert [each.mistake for each in found(model, None, (2, 4))] == ["rounded_up", "valid_and_same_mixed_up"]
        sequence = Model([LSTM(4, return_sequences=True), LSTM(2)], in_shape=(5, 3))
        assert found(sequence, None, (4,)) == []
        assert diagnose(sequence, at=1, output_shape=(5, 2))[0].mistake == "return_sequences_mixed_up"

    def test_a_model_may_be_open(self) -> None:
        model = Model([Conv1D(4, 3), GAP()], in_shape=(None, 3))
        assert found(model, None, 36)[0].mistake == "no_bias"
        assert found(Model([Pool(2), Flatten(), Dense(2)]), (None, 3), (1, 2))[0].mistake == "batch_counted"

    def test_a_mistake_that_yields_a_count_alone_changes_no_shape(self) -> None:
        own = Mistake(
            lambda _, shape: [7, *([(shape[0] + 1,)] if shape[0] == 3 else [])],
            ("params", "output_shape"), on=Dense, name="own", spreads=True,
        )  # fmt: skip
        model = Model([Dropout(0.5), Dense(3), Dense(2)], in_shape=(3,))
        assert diagnose(model, params=12 + 2 * 5, mistakes=[own], sentences={"own": "."})[0].value == 22

    def test_what_several_ways_lead_to_is_found(self) -> None:
        """Pooling weights as LeNet-5 had them, or as many as a window has cells."""
        model = Model([Pool(2), GAP()], in_shape=(8, 8, 3))
        assert [found(model, None, answer)[0].mistake for answer in (12, 12 + 48)] == ["pool_weights"] * 2

    def test_of_many_layers_is_searched_for_mistakes_in_the_total_alone(self) -> None:
        many = MOST_WORK // 4
        model = Model([*[Dense(3)] * many, Dense(4)], in_shape=(3,))
        assert [each.mistake for each in found(model, None, 9 * many + 12)] == ["running_total"]
        assert found(model, None, 24)[0].mistake == "running_total"
        fewer = Model(model.layers[1:], in_shape=(3,))
        assert found(fewer, None, 9 * (many - 1) + 12)[0].mistake == "no_bias"

    def test_of_very_many_layers_is_not_searched(self) -> None:
        tied = [("dense", "dense_1")]
        many = Model([Dense(3)] * (MOST_EVALUATIONS + 1), in_shape=(3,), tied=tied)
        few = Model([Dense(3)] * MOST_EVALUATIONS, in_shape=(3,), tied=tied)
        assert (is_small(few), is_small(many)) == (True, False)
        assert found(few, None, 24)[0].mistake == "running_total"
        for answer in (24, 12 * len(many), 12 * (len(many) - 2) - 1):
            assert found(many, None, answer) == []
        assert diagnose(many, at=2, params=12 - 3)[0].mistake == "no_bias"

    def test_how_deep_models_are_in_models_counts(self) -> None:
        deep = Model([TimeDistributed(Dense(4))])
        for _ in range(20):
            assert is_small(deep)
            deep = Model([deep])
        for _ in range(10):
            deep = Model([deep])
        assert not is_small(deep)
        assert not is_small(Model([Input((4,))] + [Dense(4)] * MOST_EVALUATIONS))
        x, shared = Input((4,))(), Dense(4).place()
        y = x
        for _ in range(MOST_EVALUATIONS):
            y = shared(y)
        assert not is_small(Model(inputs=x, outputs=y))

    def test_wrappers_count_as_twenty_evaluations_and_what_is_deep_as_more(self) -> None:
        wrapped = TimeDistributed(Dense(4))
        assert [is_small(Model([wrapped] * count)) for count in (18, 19)] == [True, False]
        deep: Layer = wrapped
        for _ in range(9):
            deep = TimeDistributed(deep)
        worth = sum(1 + depth**2 // 16 for depth in range(1, 12)) + 10 * 20
        rest = 400 - worth
        assert [is_small(Model([deep, *[Dense(4)] * count])) for count in (rest, rest + 1)] == [True, False]

    def test_of_150_weights_and_calls_is_searched_all_through(self) -> None:
        """Each call of a layer is worth its weights and two more, twice in a wrapper."""

        def is_sought(*layers: Layer, calls: int = 1) -> bool:
            x, first = Input((5, 3))(), layers[0].place()
            y = x
            for _ in range(calls):
                y = first(y)
            for layer in layers[1:]:
                y = attrs.evolve(layer)(y)
            without_biases = 9 * len(layers)
            return "no_bias" in [each.mistake for each in found(Model(inputs=x, outputs=y), None, without_biases)]

        biased, plain, wrapped = Dense(3), Dense(3, use_bias=False), TimeDistributed(Dense(3))
        assert is_sought(biased, *[plain] * 48)
        assert not is_sought(biased, biased, *[plain] * 47)
        assert is_sought(wrapped, biased, biased, *[plain] * 44)
        assert not is_sought(wrapped, *[plain] * 47)
        assert is_sought(biased, biased, biased, *[plain] * 44, calls=2)
        assert not is_sought(biased, *[plain] * 47, calls=2)

    @pytest.mark.parametrize(
        ("at", "answer"), [("conv2d_1", (16, 16, 16)), ("pool_1", (8, 8, 16)), ("flatten", (8 * 8 * 16,))]
    )
    def test_a_mistake_may_be_made_again_in_the_layer_that_is_asked_about(self, at: str, answer: Any) -> None:
        assert diagnose(LENET, at=at, output_shape=answer)[0].mistake == "valid_and_same_mixed_up"

    def test_the_same_mistake_twice(self) -> None:
        pools = Model([Pool(2), Pool(2)], in_shape=(41, 64))
        assert diagnose(pools, at=1, output_shape=(11, 64))[0].mistake == "rounded_up"
        convolutions = Model([Conv1D(8, 3), Conv1D(8, 3)], in_shape=(20, 1))
        (forgotten,) = diagnose(convolutions, at=1, output_shape=(14, 8))
        assert forgotten.mistake == "plus_one_forgotten"
        assert forgotten.message.startswith("A mistake in a layer before this one: (14, 8) counts steps")
        assert diagnose(convolutions, at=1, output_shape=(20, 8))[0].mistake == "valid_and_same_mixed_up"

    @pytest.mark.parametrize(
        ("options", "mistake"),
        [
            ({"params": 4_594}, "valid_and_same_mixed_up"),
            ({"params": 3_930, "at": "dense"}, "valid_and_same_mixed_up"),
            ({"output_shape": (392,), "at": "flatten"}, "valid_and_same_mixed_up"),
            ({"params": 2_674}, "plus_one_forgotten"),
            ({"params": 3_554 - 16}, "no_bias"),
            ({"params": 3_554 - 10}, "no_bias"),
        ],
    )
    def test_a_mistake_may_be_made_in_one_family_alone(self, options: Any, mistake: str) -> None:
        """In the convolutions, and the pools are right; or in the Dense layer, and the convolutions are."""
        layers = [Conv2D(8, 3), Pool(2), Conv2D(8, 3), Pool(2), Flatten(), Dense(10)]
        model = Model(layers, in_shape=(30, 30, 1))
        assert model.params() == 3_554
        assert mistake in [each.mistake for each in diagnose(model, **options)]


class TestALayerOfOnesOwn:
    def test_is_searched_as_any_other(self) -> None:
        """Its biases are known by their name, its readings by its arguments."""

        class Scaled(Layer):
            @property
            def use_bias(self) -> bool:
                return True

            def compute_output_shape(self, in_shape: Any) -> Any:
                return in_shape

            def compute_weights(self, in_shape: Any) -> tuple[Weight, ...]:
                return (Weight("factor", {"channels": in_shape[-1]}), Weight("bias", {"channels": in_shape[-1]}))

        assert Scaled().params((4, 8)) == 16
        assert [each.mistake for each in found(Scaled(), (4, 8), 8)] == ["no_bias", "biases_alone"]


class TestAtALayer:
    def test_of_a_name_or_a_position(self) -> None:
        places: list[Any] = ["dense", 3, -3, np.int64(3)]
        for at in places:
            diagnosis = diagnose(ONE_DIMENSIONAL, at=at, params=163_840)[0]
            assert diagnosis.mistake == "no_bias"

    def test_a_mistake_before_it_is_followed(self) -> None:
        diagnosis = diagnose(ONE_DIMENSIONAL, at="dense", params=172_160)[0]
        assert (diagnosis.mistake, diagnosis.value) == ("rounded_up", 172_160)
        assert diagnosis.message.startswith("A mistake in a layer before this one: 172160 comes from rounding up.")
        assert diagnose(ONE_DIMENSIONAL, at="flatten", output_shape=1_344)[0].mistake == "rounded_up"
        both = Model([Bidirectional(LSTM(64)), Dense(1)], in_shape=(250, 16))
        assert diagnose(both, at=1, params=65)[0].mistake == "directions_not_joined"

    def test_the_neighbours_answer_is_known(self) -> None:
        diagnosis = diagnose(ONE_DIMENSIONAL, at="dense", params=645)[0]
        assert (diagnosis.mistake, diagnosis.value) == ("neighbours_answer", 645)
        assert diagnose(ONE_DIMENSIONAL, at="pool", output_shape=(41, 64))[0].mistake == "neighbours_answer"

    def test_a_right_answer_there_is_none_elsewhere(self) -> None:
        assert diagnose(ONE_DIMENSIONAL, at="dense", params=163_968, output_shape=128) == ()
        assert diagnose(ONE_DIMENSIONAL, at="dense", params=172_161) == ()

    def test_of_tied_weights_has_those_of_its_own(self) -> None:
        model = Model([Dense(8), Dense(8)], in_shape=(8,), tied=[("dense", "dense_1")])

        def at_the_second(answer: int) -> list[Any]:
            return [each.mistake for each in diagnose(model, at="dense_1", params=answer)]

        assert at_the_second(0) == []
        assert at_the_second(72) == ["counted_twice", "neighbours_answer"]
        assert at_the_second(64)[0] == ("counted_twice", "no_bias")
        assert diagnose(model, at="dense_1", params=64)[0].message.endswith("64 leaves out the biases, 8 in all.")
        tokens, head = Embedding(1_000, 64, name="tokens"), Dense(1_000, name="head")
        words = Model([Input((12,)), tokens, head], tied=[("tokens/embeddings", "head/kernel")])
        assert diagnose(words, at="head", params=1_000) == ()
        assert diagnose(words, at="head", params=65_000)[0].mistake == "counted_twice"
        (kernel,) = diagnose(words, at="head", params=0)[:1]
        assert kernel.message == "0 leaves out the biases, 1000 in all."
        assert diagnose(words, at="head", output_shape=(1_000,))[0].mistake == "dense_flattens"

    def test_of_tied_weights_has_a_shape_as_any_other(self) -> None:
        same = Conv2D(3, 3, padding="same")
        model = Model([same, same, Conv2D(3, 5)], in_shape=(8, 8, 3), tied=[("conv2d", "conv2d_1")])
        assert diagnose(model, at=1, output_shape=(8, 8))[0].mistake == "channels_left_out"
        half = Model(model.layers, in_shape=(8, 8, 3), tied=[("conv2d/kernel", "conv2d_1/kernel")])
        course = {"no_weights": "{value} of {channels} channels."}
        assert "0 of 3 channels." in [each.message for each in diagnose(half, at=1, params=0, sentences=course)]

    def test_that_is_not_there_is_refused(self) -> None:
        for at in (6, -7, "dense_2", 1.5, slice(2), True):
            with pytest.raises(ConfigError, match="at must be the position or the name of a layer of the model, got"):
                diagnose(ONE_DIMENSIONAL, at=at, params=1)  # type: ignore[arg-type]
        with pytest.raises(
            ConfigError, match=r"layer must be a Model where at names one of its layers, got Dense\(1\)"
        ):
            diagnose(Dense(1), (3,), at=0, params=1)


class TestWhatIsWrong:
    def test_one_answer_must_be_given(self) -> None:
        with pytest.raises(
            ConfigError, match="params or output_shape must be given, the answer to diagnose, got neither"
        ):
            diagnose(Dense(10), (84,))

    def test_layers_and_shapes_are_refused_as_anywhere(self) -> None:
        with pytest.raises(ConfigError, match="layer must be a layer, got 3"):
            diagnose(3, (84,), params=1)  # type: ignore[arg-type]
        with pytest.raises(ShapeError, match="in_shape must be a tuple or list"):
            diagnose(Dense(10), params=1)
        with pytest.raises(ShapeError, match="in_shape must be given, because the model does not say it"):
            diagnose(Model([Dense(10)]), params=1)
        with pytest.raises(ShapeError, match="known to count the weights"):
            diagnose(Dense(10), (None,), params=1)
        with pytest.raises(ShapeError, match=r"in_shape must be \(41, 1\), as the model says"):
            diagnose(ONE_DIMENSIONAL, (40, 1), params=1)


def test_names_are_loaded_when_they_are_used() -> None:
    assert dir(grading) == sorted(grading.__all__)
    assert all(hasattr(grading, name) for name in grading.__all__)
    assert set(grading.__all__) == {name for names in grading._HOMES.values() for name in names}
    with pytest.raises(AttributeError, match=r"module 'paramcalc\.grading' has no attribute 'guess'"):
        _ = grading.guess
