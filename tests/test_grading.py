"""Wrong answers: each of them known, with its cause."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYERS, Case

from paramcalc import (
    GAP,
    GRU,
    LSTM,
    BatchNorm,
    Bidirectional,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    Model,
    MultiHeadAttention,
    ParamcalcError,
    Pool,
    SeparableConv,
    SimpleRNN,
)
from paramcalc.grading import MISTAKES, SENTENCES, Diagnosis, Mistake, diagnose
from paramcalc.grading.answers import read_count

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


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
class TestAMistake:
    def test_is_found_in_its_examples(self, mistake: Mistake) -> None:
        assert {example.about for example in mistake.examples} == set(mistake.about)
        for example in mistake.examples:
            diagnoses = found(example.layer, example.in_shape, example.value)
            assert mistake.name in [diagnosis.mistake for diagnosis in diagnoses]

    def test_has_a_sentence_that_does_not_tell_the_right_answer(self, mistake: Mistake) -> None:
        assert "{value}" in SENTENCES[mistake.name]
        assert "{right}" not in SENTENCES[mistake.name]


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_a_right_answer_is_never_diagnosed(data: st.DataObject, cases: st.SearchStrategy[Case]) -> None:
    layer, in_shape = data.draw(cases)
    params, output_shape = layer.params(in_shape), layer.output_shape(in_shape)
    assert diagnose(layer, in_shape, params=params, output_shape=output_shape) == ()


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_a_diagnosis_gives_exactly_the_answer(data: st.DataObject, cases: st.SearchStrategy[Case]) -> None:
    layer, in_shape = data.draw(cases)
    right = layer.params(in_shape)
    answer = data.draw(st.integers(0, 2 * right + 10) | st.integers(right - 20, right + 20))
    for diagnosis in diagnose(layer, in_shape, params=answer):
        assert diagnosis.value == answer != right


def test_nothing_is_said_of_what_matches_nothing() -> None:
    assert found(Conv2D(32, 3), (32, 32, 3), 12_345_677) == []
    assert found(Conv2D(32, 3), (32, 32, 3), (7,)) == []


def test_a_diagnosis_is_plain_data() -> None:
    (diagnosis,) = found(Conv2D(32, 3), (32, 32, 3), 864)
    assert pickle.loads(pickle.dumps(diagnosis)) == diagnosis  # noqa: S301
    assert type(diagnosis.value) is int


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "params or output_shape must be given, the answer to diagnose, got neither"),
            ({"params": 1, "mistakes": 3}, "mistakes must be a tuple or list of Mistake, got 3"),
            ({"params": 1, "mistakes": [3]}, r"mistakes must be a tuple or list of Mistake, got \[3\]"),
            (
                {"params": 1, "mistakes": MISTAKES[:1] * 2},
                "the names of mistakes must be different, got 'no_bias' twice",
            ),
            ({"params": 1, "sentences": 3}, "sentences must be a mapping of the names of mistakes to texts, got 3"),
            ({"params": 1, "sentences": {"no_bais": "x"}}, "a name in sentences must be .* did you mean no_bias"),
            ({"params": 1, "sentences": {"no_bias": ""}}, r"sentences\['no_bias'\] must be a text of 1 to 1000"),
            ({"params": 1, "sentences": {"no_bias": "{value"}}, r"sentences\['no_bias'\] must be a text with names"),
            ({"params": 1, "sentences": {"no_bias": "{0.__class__}"}}, r"sentences\['no_bias'\] must be a text with"),
            ({"params": 1, "sentences": {"no_bias": "{valeu}"}}, r"{valeu} in sentences\['no_bias'\] must be a fact"),
            ({"params": 1, "sentences": {"two_mistakes": "{value}"}}, "{value} in .* there are first and second"),
        ],
    )
    def test_is_refused(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            diagnose(Dense(10), (84,), **options)

    def test_layers_and_shapes_are_refused_as_anywhere(self) -> None:
        with pytest.raises(ParamcalcError, match="layer must be a layer, got 3"):
            diagnose(3, (84,), params=1)  # type: ignore[arg-type]
        with pytest.raises(ParamcalcError, match="in_shape must be a tuple or list"):
            diagnose(Dense(10), params=1)
