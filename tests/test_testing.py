"""Assertions: silent where all is right, and else an error that teaches and tells no more than it should."""

from __future__ import annotations

import copy
import json
import pickle
import re
import subprocess
import sys
import traceback
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import networks
from strategies import LAYERS, Case
from test_errors import Hostile
from test_marking import ONE_DIMENSIONAL, RIGHT, right_table

from paramcalc import (
    ConfigError,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Model,
    Pool,
    ReLU,
    ShapeError,
    testing,
    to_keras,
)
from paramcalc.testing import (
    WrongAnswerError,
    assert_fixture,
    assert_output_shape,
    assert_params,
    assert_same_architecture,
    assert_summary,
)


def raised(assertion: Any, *arguments: Any, **options: Any) -> WrongAnswerError:
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **options)
    assert type(caught.value) is WrongAnswerError
    return caught.value


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_a_right_answer_is_nothing(data: st.DataObject, cases: st.SearchStrategy[Case]) -> None:
    layer, in_shape = data.draw(cases)
    assert assert_params(layer, in_shape, layer.params(in_shape)) is None  # type: ignore[func-returns-value]
    assert assert_output_shape(layer, in_shape, layer.output_shape(in_shape)) is None  # type: ignore[func-returns-value]


@given(networks)
def test_a_right_summary_is_nothing(model: Model) -> None:
    table = right_table(model)
    assume(table)
    assert assert_summary(model, table) is None  # type: ignore[func-returns-value]
    assert_params(model, None, str(model.params()))


@given(st.data(), st.sampled_from(list(LAYERS.values())))
def test_any_other_answer_is_an_error_that_can_be_written_down(
    data: st.DataObject, cases: st.SearchStrategy[Case]
) -> None:
    layer, in_shape = data.draw(cases)
    answer = data.draw(st.integers() | st.text() | st.none() | st.lists(st.integers(), max_size=3))
    right = layer.params(in_shape)
    assume(answer != right)
    assume(not isinstance(answer, str) or str(right) not in re.sub("[^0-9]", "", answer))
    error = raised(assert_params, layer, in_shape, answer)
    assert (error.expected, error.layer, len(error.mismatches)) == (right, error.mismatches[0].layer, 1)
    assert f"must be {right}, got" in str(error)
    facts = [error.expected, error.actual, error.hint, error.mistake, error.layer, error.notes]
    assert json.dumps([*facts, error.mismatches], allow_nan=False)
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301
        assert (type(other), str(other), vars(other)) == (WrongAnswerError, str(error), vars(error))


class TestArchitectures:
    reference = Model(
        [Input((28, 28, 1)), Conv2D(8, 3, activation="relu"), Pool(2), Flatten(), Dropout(0.5), Dense(10)]
    )

    def built(self, **changes: Any) -> Model:
        conv = {"filters": 8, "kernel_size": 3, "activation": "relu", **changes}
        return Model([Input((28, 28, 1)), Conv2D(**conv), Pool(2), Flatten(), Dropout(0.5), Dense(10)])

    def test_that_are_the_same_pass(self) -> None:
        for model in (self.reference, self.built(name="first"), to_keras(self.built())):
            assert assert_same_architecture(model, self.reference) is None  # type: ignore[func-returns-value]

    def test_names_count_where_they_are_not_ignored(self) -> None:
        with pytest.raises(WrongAnswerError, match="name of conv2d must be conv2d, got first"):
            assert_same_architecture(self.built(name="first"), self.reference, ignore=())

    def test_every_difference_is_told(self) -> None:
        with pytest.raises(WrongAnswerError) as caught:
            assert_same_architecture(self.built(kernel_size=5, activation=None), self.reference)
        error = caught.value
        assert [(each.layer, each.about) for each in error.mismatches] == [
            ("conv2d", "kernel_size"), ("conv2d", "activation"), ("conv2d", "output_shape"), ("conv2d", "params"),
            ("pool", "output_shape"), ("flatten", "output_shape"), ("dropout", "output_shape"), ("dense", "params"),
        ]  # fmt: skip
        assert (error.layer, error.expected, error.actual) == ("conv2d", [3, 3], [5, 5])
        assert json.loads(json.dumps([tuple(each) for each in error.mismatches]))

    def test_what_is_ignored_may_be_any(self) -> None:
        names = ("name", "activation", "Dropout")
        model = Model([Input((28, 28, 1)), Conv2D(8, 3), Pool(2), Flatten(), Dense(10)])
        for ignore in (names, set(names), (name for name in names)):
            assert_same_architecture(model, self.reference, ignore=ignore)

    def test_layers_that_are_missing_or_too_many_are_told(self) -> None:
        model = Model([Input((28, 28, 1)), Conv2D(8, 3, activation="relu"), Flatten(), ReLU(), Dropout(0.5), Dense(10)])
        for reveal, missing in ((True, "a layer is missing, 'pool' (Pool)"), (False, "a layer is missing")):
            with pytest.raises(WrongAnswerError) as caught:
                assert_same_architecture(model, self.reference, reveal=reveal)
            assert caught.value.notes == (missing, "a layer is one too many, 're_lu' (ReLU)")
        assert all(each.expected is None for each in caught.value.mismatches)
        assert "1352" not in f"{caught.value!s}{caught.value!r}"

    def test_what_cannot_be_read_is_wrong(self) -> None:
        for model in (3, "{", {"class_name": "Sequential"}):
            with pytest.raises(WrongAnswerError):
                assert_same_architecture(model, self.reference)

    def test_the_teachers_errors_are_the_teachers(self) -> None:
        for reference, ignore in ((3, ()), (self.reference, 3), (self.reference, ["nam"]), (self.reference, "name")):
            with pytest.raises(ConfigError):
                assert_same_architecture(self.reference, reference, ignore=ignore)  # type: ignore[arg-type]


class TestAMessage:
    def test_says_what_is_wrong_where_and_which_mistake_leads_there(self) -> None:
        error = raised(assert_params, Conv2D(32, 3), (32, 32, 3), "864")
        assert str(error) == (
            "params of Conv2D(32, 3) on (32, 32, 3) must be 896, got 864; 864 leaves out the biases, 32 in all."
        )
        layer = "Conv2D(32, 3) on (32, 32, 3)"
        assert (error.expected, error.actual, error.mistake, error.layer) == (896, 864, "no_bias", layer)
        assert error.hint == "864 leaves out the biases, 32 in all."

    def test_names_two_mistakes_that_were_made_together(self) -> None:
        assert raised(assert_params, Conv2D(32, 3), (32, 32, 3), 288).mistake == ("no_bias", "no_input_channels")

    def test_shows_an_expected_0(self) -> None:
        error = raised(assert_params, Dropout(0.5), (128,), 12)
        assert error.expected == 0
        assert "must be 0, got 12" in str(error)

    def test_says_why_something_is_no_answer(self) -> None:
        error = raised(assert_output_shape, Pool(2), (41, 64), Hostile())
        assert (error.expected, error.mistake) == ((20, 64), None)
        assert str(error) == (
            "output shape of Pool(2) on (41, 64) must be (20, 64), got <Hostile object that cannot be printed>; the"
            " answer must be ints and None, such as (28, 28, 8), got <Hostile object that cannot be printed>"
        )
        assert str(raised(assert_params, Pool(2), (41, 64), None)).endswith("must be 0, got nothing")

    def test_of_a_summary_holds_every_mismatch(self) -> None:
        table: list[Any] = [RIGHT[0], ((21, 64), 0), *RIGHT[2:5]]
        error = raised(assert_summary, ONE_DIMENSIONAL, table)
        assert [(each.layer, each.about) for each in error.mismatches] == [
            ("pool", "output shape"),
            ("dense_1", "output shape"),
            ("dense_1", "params"),
        ]
        lines = str(error).splitlines()
        assert lines[0] == "There are fewer rows than layers: 5 for 6."
        assert lines[1].startswith(
            "output shape of pool must be (20, 64), got (21, 64); (21, 64) comes from rounding up"
        )
        assert lines[3] == "params of dense_1 must be 645, got nothing"
        assert (error.layer, error.expected, error.actual) == ("pool", (20, 64), (21, 64))

    def test_of_a_summary_may_be_about_the_rows_alone(self) -> None:
        error = raised(assert_summary, ONE_DIMENSIONAL, [*RIGHT, (5, 0)])
        assert (error.mismatches, error.layer, error.expected) == ((), None, None)
        assert error.hint == " ".join(error.notes)
        assert error.notes[0] == "There are more rows than the 6 layers."
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301

    def test_is_not_endless(self) -> None:
        model = Model([Dense(3)] * 100, in_shape=(3,))
        error = raised(assert_summary, model, [(7, 7)] * 100)
        assert len(error.mismatches) > 100
        assert len(str(error).splitlines()) == 21
        assert str(error).endswith(f"and {len(error.mismatches) - 20} more")
        model = Model([Dense(3, name="\x1b" * 1_000)], in_shape=(3,))
        assert len(str(raised(assert_summary, model, [(3, 7)]))) < 2_010
        assert "\x1b" not in str(raised(assert_summary, model, [(3, 7)]))


class TestWhatIsHidden:
    @pytest.mark.parametrize(
        ("assertion", "arguments", "secrets"),
        [
            (assert_params, (Dense(10), (770_366,), 7_703_661), ("7703670", "7,703,670")),
            (assert_params, (Dense(10), (770_366,), 12), ("7703670", "7,703,670")),
            (assert_params, (Dense(10), (770_366,), "many"), ("7703670", "7,703,670")),
            (assert_params, (Dropout(0.5), (128,), "many"), ("must be 0", "expected=0")),
            (assert_output_shape, (Pool(7), (50_001, 3), (7_144, 3)), ("7143",)),
            (assert_output_shape, (Pool(7), (50_001, 3), Hostile()), ("7143",)),
            (assert_summary, (Model([Pool(7)], in_shape=(50_001, 3)), [((7_144, 3), 5)]), ("7143",)),
            (
                assert_fixture,
                (Model([Dense(10)], in_shape=(4,)), [["Dense", (None, 7_143), 50, "softmax"]]),
                ("7143", "softmax"),
            ),
        ],
    )
    def test_is_nowhere_in_the_error(self, assertion: Any, arguments: Any, secrets: tuple[str, ...]) -> None:
        error = raised(assertion, *arguments, reveal=False)
        frames = "".join(traceback.format_exception(error))
        everywhere = [str(error), repr(error), repr(error.args), repr(vars(error)), repr(pickle.dumps(error)), frames]
        assert error.expected is None
        assert (error.__cause__, error.__context__) == (None, None)
        for secret in secrets:
            assert not any(secret in text for text in everywhere), secret
        assert secrets[0] in str(raised(assertion, *arguments)), "it would be there"

    def test_is_not_the_hint(self) -> None:
        error = raised(assert_params, Conv2D(32, 3), (32, 32, 3), 864, reveal=False)
        assert str(error) == (
            "params of Conv2D(32, 3) on (32, 32, 3) must not be 864; 864 leaves out the biases, 32 in all."
        )
        assert (error.mistake, error.actual) == ("no_bias", 864)

    @pytest.mark.parametrize("assertion", [assert_params, assert_summary])
    def test_may_not_be_told_by_a_sentence(self, assertion: Any) -> None:
        sentences = {"no_bias": "Not {value} but {right}."}
        arguments = (Dense(10), (84,), 850) if assertion is assert_params else (ONE_DIMENSIONAL, RIGHT)
        assertion(*arguments, sentences=sentences)
        with pytest.raises(ConfigError, match=r"sentences\['no_bias'\] must be without {right} where reveal is False"):
            assertion(*arguments, sentences=sentences, reveal=False)


class TestTheTeachersMistakes:
    @pytest.mark.parametrize(
        ("assertion", "arguments", "error", "message"),
        [
            (assert_params, (3, (84,), 1), ConfigError, "layer must be a layer, got 3"),
            (assert_params, (Dense(10), None, 1), ShapeError, "in_shape must be"),
            (assert_params, (Conv2D(8, 3), (84,), 1), ShapeError, "in_shape must be 3 axes"),
            (assert_params, (Dense(10), (None,), 1), ShapeError, "known to count the weights"),
            (assert_output_shape, (Model([Dense(10)]), None, 1), ShapeError, "in_shape must be given"),
            (assert_summary, (Dense(10), []), ConfigError, "model must be a Model"),
            (assert_fixture, (Model([Dense(10)], in_shape=(3,)), 3), ConfigError, "fixture must be a list"),
        ],
    )
    def test_are_not_the_student_s(self, assertion: Any, arguments: Any, error: Any, message: str) -> None:
        with pytest.raises(error, match=message):
            assertion(*arguments)

    @pytest.mark.parametrize(
        ("assertion", "arguments"),
        [
            (assert_params, (Dense(10), (84,), 850)),
            (assert_summary, (ONE_DIMENSIONAL, RIGHT)),
            (assert_fixture, (Model([Dense(10)], in_shape=(4,)), [["Dense", (None, 10), 50]])),
        ],
    )
    def test_are_seen_before_any_answer(self, assertion: Any, arguments: Any) -> None:
        with pytest.raises(ConfigError, match="reveal must be True or False, got 'no'"):
            assertion(*arguments, reveal="no")


class TestAFixture:
    FIXTURE = (["InputLayer", [(None, 4)], 0], ["Dense", (None, 10), 50, "relu"])

    def test_is_asked_of_a_model_however_it_is_given(self) -> None:
        model = Model([Input((4,)), Dense(10, "relu")])
        from_keras = {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}},
            {"class_name": "Dense", "config": {"units": 10, "activation": "relu"}},
        ]}}  # fmt: skip
        assert_fixture(model, self.FIXTURE)
        assert_fixture(from_keras, self.FIXTURE[1:])

    def test_is_not_met_by_what_is_no_model(self) -> None:
        error = raised(assert_fixture, 3, self.FIXTURE)
        assert str(error) == "source must be a path, a JSON text, a dict, or a model of Keras, got 3"
        error = raised(assert_fixture, Model([Dense(10)]), self.FIXTURE)
        assert str(error).startswith("in_shape must be given, because the model does not say it")

    def test_collects_whatever_differs(self) -> None:
        model = Model([Input((5,)), Dense(10), Dense(2)])
        error = raised(assert_fixture, model, self.FIXTURE)
        assert str(error).splitlines() == [
            "number of layers of the model must be 2, got 3",
            "output shape of input must be (4,), got (5,)",
            "params of dense must be 50, got 60",
            "activation of dense must be relu, got linear",
        ]


def test_assertions_are_silent_and_raise_in_a_fresh_process() -> None:
    code = """
from paramcalc import Dense
from paramcalc.testing import assert_params
assert_params(Dense(10), (84,), 850)
try:
    assert_params(Dense(10), (84,), 840)
except AssertionError as error:
    assert error.mistake == "no_bias"
"""
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_public_names_are_listed() -> None:
    assert set(testing.__all__) == {name for name in vars(testing) if name.startswith("assert_")} | {"WrongAnswerError"}
