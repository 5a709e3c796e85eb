"""Wrong answers: each of them known, with its cause."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYERS, Case

from paramcalc import ConfigError, Conv2D, Dense, Layer, ParamcalcError, Pool
from paramcalc.grading import MISTAKES, SENTENCES, Diagnosis, Mistake, diagnose

SEEN: list[tuple[Layer, Any, Any, Any]] = [
    (Conv2D(32, 3), (32, 32, 3), 864, "no_bias"),
    (Conv2D(32, 3), (32, 32, 3), 320, "no_input_channels"),
    (Conv2D(32, 3), (32, 32, 3), 288, ("no_bias", "no_input_channels")),
    (Conv2D(5, 3), (10, 10, 3), 50, "no_input_channels"),
    (Conv2D(100, 5), (32, 32, 3), 7_500, "no_bias"),
    (Conv2D(100, 5), (32, 32, 1), 2_501, "one_bias"),
    (Pool(2), (41, 64), (21, 64), "rounded_up"),
    (Dense(5), (128,), 654, "digits_exchanged"),
]
"""Wrong numbers that were seen, with their cause."""


def found(layer: Any, in_shape: Any, answer: Any, **options: Any) -> list[Diagnosis]:
    return list(
        diagnose(layer, in_shape, **{"params" if isinstance(answer, int) else "output_shape": answer}, **options)
    )


@pytest.mark.parametrize(("layer", "in_shape", "answer", "mistake"), SEEN)
def test_wrong_numbers_that_were_seen(layer: Layer, in_shape: Any, answer: Any, mistake: Any) -> None:
    diagnoses = found(layer, in_shape, answer)
    assert mistake in [diagnosis.mistake for diagnosis in diagnoses]
    assert {answer} == {diagnosis.value for diagnosis in diagnoses}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
class TestAMistake:
    def test_is_found_in_its_examples(self, mistake: Mistake) -> None:
        assert {example.about for example in mistake.examples} == set(mistake.about)
        for example in mistake.examples:
            assert isinstance(example.layer, mistake.on)
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
