"""Questions for a quiz: always the same from a seed, always answered rightly, with options that are wrong."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LAYERS, Case

from paramcalc import ConfigError, Conv2D, Dropout, Input, Pool
from paramcalc.grading import MISTAKES, diagnose, distractors, exercise
from paramcalc.grading.quiz import QUESTIONS, Draws

seeds = st.integers(0, 2**64)
difficulties = st.sampled_from(sorted(QUESTIONS))
abouts: Any = st.sampled_from(["params", "output_shape"])


@given(st.data(), st.sampled_from(list(LAYERS.values())), st.integers(1, 12), abouts)
def test_every_distractor_is_diagnosed_as_what_it_says(
    data: st.DataObject, cases: st.SearchStrategy[Case], number: int, about: Any
) -> None:
    """They are different, and none is right."""
    layer, in_shape = data.draw(cases)
    options = distractors(layer, in_shape, number, about=about)
    assert len(options) <= number
    assert len({option.value for option in options}) == len(options)
    right = getattr(layer, about)(in_shape)
    for option in options:
        assert option.value != right
        assert option in diagnose(layer, in_shape, **{about: option.value})


class TestDistractors:
    def test_begin_with_the_likeliest(self) -> None:
        options = distractors(Conv2D(5, 3), (10, 10, 3))
        assert [option.value for option in options] == [135, 50, 136]
        assert [option.mistake for option in options] == ["no_bias", "no_input_channels", "one_bias"]

    def test_are_pairs_and_then_slips_where_mistakes_are_few(self) -> None:
        few = [mistake for mistake in MISTAKES if mistake.name in ("no_bias", "no_input_channels", "digits_exchanged")]
        options = distractors(Conv2D(5, 3), (10, 10, 3), 9, mistakes=few)
        assert [option.value for option in options] == [135, 50, 45, 410, 104]
        assert options[2].mistake == ("no_bias", "no_input_channels")
        assert {option.mistake for option in options[3:]} == {"digits_exchanged"}

    def test_are_as_many_as_there_are(self) -> None:
        assert distractors(Dropout(0.5), (), 3, about="output_shape") != ()
        assert distractors(Input((2,)), (2,), 9, about="output_shape", mistakes=()) == ()

    def test_have_no_axis_of_nothing(self) -> None:
        options = distractors(Pool(3), (5, 13, 3), 20, about="output_shape")
        assert options != ()
        assert all(min(option.value) > 0 for option in options)

    def test_speak_the_language_of_the_course(self) -> None:
        (option,) = distractors(Conv2D(5, 3), (10, 10, 3), 1, sentences={"no_bias": "ohne {missing}"})
        assert option.message == "ohne 5"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"count": 0}, "count must be an int from 1"),
            ({"about": "macs"}, "about must be 'params' or 'output_shape', got 'macs'"),
            ({"mistakes": 3}, "mistakes must be a tuple or list of Mistake, got 3"),
            ({"sentences": {"?": "?"}}, "a name in sentences must be that of a mistake"),
        ],
    )
    def test_are_asked_for_rightly(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            distractors(Pool(2), (8, 8, 3), **options)


class TestAnExercise:
    @given(seeds, difficulties)
    def test_is_answered_rightly_and_has_three_wrong_options(self, seed: int, difficulty: int) -> None:
        made = exercise(seed, difficulty)
        assert made.answer == getattr(made.layer, made.about)(made.in_shape)
        assert len(made.distractors) == 3
        assert made.answer not in [option.value for option in made.distractors]
        assert "unknown" not in made.solution
        assert None not in made.in_shape

    @given(seeds, difficulties)
    def test_is_one_for_one_seed(self, seed: int, difficulty: int) -> None:
        made = exercise(seed, difficulty)
        assert exercise(seed, difficulty) == made
        assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301

    def test_is_the_same_on_every_python(self, golden: Any) -> None:
        """The file was written by one Python, and all must read it so."""
        made = [exercise(seed, difficulty) for difficulty in QUESTIONS for seed in range(12)]
        golden(
            "exercises.txt",
            "\n".join(
                f"{each.question}\n{each.answer}: not {', '.join(str(option.value) for option in each.distractors)}\n"
                for each in made
            ),
        )

    def test_asks_every_kind_of_question(self) -> None:
        for difficulty, questions in QUESTIONS.items():
            kinds = {type(exercise(seed, difficulty).layer) for seed in range(100)}
            assert len(kinds) >= len(questions) - 1  # two ask about one kind

    def test_shows_the_way(self) -> None:
        made = exercise(3)
        assert made.question == "How many parameters has Dense(10) on an input of shape (84,)?"
        assert "params          = (input features + 1) × units = (84 + 1) × 10 = 850" in made.solution

    def test_asks_in_the_language_of_the_course(self) -> None:
        made = exercise(3, sentences={"params_question": "Wie viele Parameter hat {layer} auf {in_shape}?"})
        assert made.question == "Wie viele Parameter hat Dense(10) auf (84,)?"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("7",), "seed must be an int of at most 256 bits, got '7'"),
            ((True,), "seed must be an int of at most 256 bits, got True"),
            ((10**5_000,), "seed must be an int of at most 256 bits, got an int of 16610 bits"),
            ((7, 4), "difficulty must be an int from 1 to 3, got 4"),
            ((7, "1"), "difficulty must be an int from 1 to 3, got '1'"),
            ((7, True), "difficulty must be an int from 1 to 3, got True"),
        ],
    )
    def test_is_asked_for_rightly(self, arguments: tuple[Any, ...], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            exercise(*arguments)

    def test_takes_ints_of_any_library(self) -> None:
        seed: Any = np.int64(3)
        assert exercise(seed, seed) == exercise(3, 3)
        assert exercise(-3) != exercise(3)


@given(st.text(), st.integers(1, 1_000))
def test_draws_are_below_their_limit(text: str, limit: int) -> None:
    draws = Draws(text)
    assert all(0 <= draws.below(limit) < limit for _ in range(5))
