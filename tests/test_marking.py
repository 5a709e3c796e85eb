"""Graded tables: what is right earns its points, what is wrong costs them, and what is handed in is no error."""

from __future__ import annotations

import itertools
import json
import pickle
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mutations import plain
from networks import chains, networks
from test_errors import Hostile, Loud

from paramcalc import (
    LSTM,
    Add,
    BatchNorm,
    Concatenate,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Model,
    ParamcalcError,
    Pool,
    ShapeError,
)
from paramcalc.evaluation import placed
from paramcalc.grading import MISTAKES, Mistake, Reading, Report, grade, marking
from paramcalc.grading.report import CELLS
from paramcalc.shapes import are_several

ONE_DIMENSIONAL = Model(
    [Input((41, 1)), Conv1D(64, 3, padding="same"), Pool(2), Flatten(), Dense(128), Dropout(0.5), Dense(5)],
    name="one_dimensional",
)
RIGHT: list[Any] = [((41, 64), 256), ((20, 64), 0), (1_280, 0), (128, 163_968), (128, 0), (5, 645)]


def right_table(model: Model) -> list[tuple[Any, int]]:
    return [(row.output_shape, row.params) for row in model.summary().rows if not isinstance(row.layer, Input)]


def cells(report: Report) -> list[Any]:
    return [cell for row in report.rows for _, cell in row.cells]


def verdicts(report: Report) -> list[str]:
    return [cell.verdict for cell in cells(report)]


def in_words(shape: Any, params: int, form: str) -> Any:
    """A right row as someone may write it."""
    batched = [[None, *each] for each in shape] if are_several(shape) else (None, *shape)
    return {
        "pair": (shape, params),
        "list": [shape, np.int64(params)],
        "dict": {"output_shape": batched, "params": f"{params:,}", "remark": "sure"},
        "batch": (batched, f"{params:_}"),
    }[form]


@given(networks, st.data())
def test_a_right_table_scores_one(model: Model, data: st.DataObject) -> None:
    table = right_table(model)
    assume(table)
    form = st.sampled_from(["pair", "list", "dict", "batch"])
    report = grade(model, iter([in_words(*row, data.draw(form)) for row in table]))
    assert (report.score, report.is_right, report.messages) == (1.0, True, ())
    assert set(verdicts(report)) == {"right"}
    assert [(row.name, row.type) for row in report.rows] == [
        (row.name, row.type) for row in model.summary().rows if not isinstance(row.layer, Input)
    ]


@given(networks, st.data())
def test_one_wrong_cell_costs_exactly_what_it_is_worth(model: Model, data: st.DataObject) -> None:
    table = right_table(model)
    assume(table)
    names = [row.name for row in model.summary().rows if not isinstance(row.layer, Input)]
    number = st.integers(1, 9) | st.fractions(Fraction(1, 10), 5, max_denominator=10) | st.sampled_from([0.1, 2.5])
    keys: Any = st.sampled_from([*CELLS, *names]) | st.tuples(st.sampled_from(names), st.sampled_from(list(CELLS)))
    weights = data.draw(st.dictionaries(keys, number, max_size=4))
    points = data.draw(st.none() | number)
    position = data.draw(st.integers(0, len(table) - 1))
    shape, params = table[position]
    wrong: list[Any] = list(table)
    about = data.draw(st.sampled_from(list(CELLS)))
    # A count that is right for nothing, and a shape that no later layer takes
    wrong[position] = ((0, 0, 0, 0, 0, 0), params) if about == "output_shape" else (shape, -1)
    report = grade(model, wrong, weights=weights, points=points)
    cell = getattr(report.rows[position], about)
    assert cell.verdict == "wrong"
    assert verdicts(report).count("right") == 2 * len(table) - 1
    assert report.worth - report.earned == cell.worth
    assert report.score == float(1 - cell.worth / report.worth)
    assert report.earned < report.worth
    assert points is None or report.possible == float(points)


@given(chains(), st.data())
def test_what_follows_from_a_wrong_shape_is_carried_forward(model: Model, data: st.DataObject) -> None:
    placements = list(placed(model, model._start(None), {}))
    asked = [one for one in placements if not isinstance(one.layer, Input)]
    assume(len(asked) > 1)
    first = data.draw(st.integers(0, len(asked) - 2))
    right: Any = asked[first].tally[0]
    shape: Any = (*right[:-1], right[-1] + data.draw(st.integers(1, 3)))
    table = [*right_table(model)[:first], (shape, asked[first].tally[1])]
    for one in asked[first + 1 :]:
        try:
            table.append((one.layer.output_shape(shape), one.layer.params(shape)))
        except ParamcalcError:
            assume(False)
        shape = table[-1][0]
    report = grade(model, table)
    assert report.rows[first].output_shape.verdict in ("mistake", "wrong")
    rest = verdicts(report)[: 2 * first] + verdicts(report)[2 * first + 1 :]
    assert set(rest) <= {"right", "carried"}
    assert report.earned == report.worth - 1
    strict = grade(model, table, carried=0)
    assert strict.earned == rest.count("right")


class TestTheOneDimensionalNetwork:
    """The wrong answers that were seen with it: 172 160 in view of 21 · 64 inputs, and 654 for 645."""

    def test_is_graded_in_view_of_its_mistakes(self) -> None:
        table = [((41, 64), 256), ((None, 21, 64), 0), (1_344, 0), (128, "172,160"), (128, 0), (5, 654)]
        report = grade(ONE_DIMENSIONAL, table)
        assert verdicts(report) == [
            "right", "right", "mistake", "right", "carried", "right", "right", "carried", "right", "right", "right",
            "mistake",
        ]  # fmt: skip
        assert report.score == pytest.approx(10 / 12)
        assert report.rows[3].params.message == (
            "172160 follows from your own input shape, (1344,), in which there is an earlier mistake."
        )
        assert (report.rows[1].output_shape.given, report.rows[1].output_shape.expected) == ((21, 64), (20, 64))
        assert report.rows[1].output_shape.diagnoses[0].mistake == "rounded_up"
        assert grade(ONE_DIMENSIONAL, table, carried=0.5, mistake=Fraction(1, 3)).earned == Fraction(29, 3)

    def test_is_carried_over_cells_that_are_left_out(self) -> None:
        table = [((41, 64), 256), ((21, 64), 0), (None, 0), {"params": 172_160}, None, ("five", 645)]
        report = grade(ONE_DIMENSIONAL, table)
        assert verdicts(report)[4:] == [
            "missing", "right", "missing", "carried", "missing", "missing", "wrong", "right"
        ]  # fmt: skip
        assert report.rows[-1].output_shape.message.startswith("the answer must be ints and None")

    def test_knows_a_mistake_on_a_shape_that_is_the_student_s_own(self) -> None:
        table = [((41, 64), 256), ((23, 64), 0), (1_472, 0), (128, 1_472 * 128), (128, 0), (5, 645)]
        report = grade(ONE_DIMENSIONAL, table)
        assert report.rows[3].params.verdict == "mistake"
        assert report.rows[3].params.message == (
            "On your own input shape, (1472,): 188416 leaves out the biases, 128 in all."
        )

    def test_knows_a_mistake_on_the_right_shape_behind_a_wrong_one(self) -> None:
        table = [((41, 64), 256), ((23, 64), 0), (1_472, 0), (128, 1_280 * 128), (128, 0), (5, 645)]
        cell = grade(ONE_DIMENSIONAL, table).rows[3].params
        assert (cell.verdict, cell.message) == ("mistake", "163840 leaves out the biases, 128 in all.")

    def test_tells_of_no_more_than_three_mistakes_that_coincide(self) -> None:
        mistakes = [Mistake(lambda *_: [7], "params", name=name) for name in "abcd"]
        sentences = {name: f"{name}." for name in "abcd"}
        model = Model([Dense(4)], in_shape=(3,))
        cell = grade(model, [(4, 7)], mistakes=mistakes, sentences=sentences).rows[0].params
        assert [diagnosis.mistake for diagnosis in cell.diagnoses] == list("abcd")
        assert cell.message == "a. Or: b. Or: c."

    def test_notes_rows_that_are_exchanged(self) -> None:
        exchanged = [RIGHT[0], RIGHT[3], RIGHT[2], RIGHT[1], *RIGHT[4:]]
        report = grade(ONE_DIMENSIONAL, exchanged)
        assert report.notes == ("Rows 2 and 4 are exchanged: each is right for the layer of the other.",)
        assert grade(ONE_DIMENSIONAL, [*RIGHT[:4], (7, 7), (8, 8)]).notes == ()
        for first, second in ((RIGHT[3], (7, 7)), ((7, 7), RIGHT[1])):
            assert grade(ONE_DIMENSIONAL, [RIGHT[0], first, RIGHT[2], second, *RIGHT[4:]]).notes == ()

    def test_notes_rows_that_are_missing(self) -> None:
        report = grade(ONE_DIMENSIONAL, [*RIGHT[:2], *RIGHT[3:]])
        assert report.notes == (
            "There are fewer rows than layers: 5 for 6.",
            "The row of flatten is left out: all others are right, one place further on.",
        )
        assert verdicts(report)[-2:] == ["missing", "missing"]
        assert grade(ONE_DIMENSIONAL, RIGHT[:4]).notes == ("There are fewer rows than layers: 4 for 6.",)
        assert grade(ONE_DIMENSIONAL, []).score == 0

    def test_notes_rows_that_are_too_many(self) -> None:
        report = grade(ONE_DIMENSIONAL, [((41, 1), 0), *RIGHT])
        assert report.notes == (
            "There are more rows than the 6 layers.",
            "Row 1 belongs to no layer: without it all are right.",
        )
        behind = grade(ONE_DIMENSIONAL, [*RIGHT, (5, 30)])
        assert (behind.points, behind.extra_rows, behind.is_right) == (10.0, 1, False)
        assert grade(ONE_DIMENSIONAL, [*RIGHT, *RIGHT]).score == 0


class TestAGraph:
    def model(self) -> Model:
        x = Input((8, 8, 3))()
        y = Conv2D(4, 3, padding="same")(x)
        z = Conv2D(4, 3, padding="same")(y)
        return Model(inputs=x, outputs=Dense(2)(Concatenate()(Add()(y, z), z)))

    def test_has_a_row_for_each_layer_as_in_the_summary(self) -> None:
        report = grade(self.model(), right_table(self.model()))
        assert [row.name for row in report.rows] == ["conv2d", "conv2d_1", "add", "concatenate", "dense"]
        assert report.is_right

    def test_carries_shapes_along_its_edges(self) -> None:
        table = right_table(self.model())
        table[1] = ((8, 8, 5), table[1][1])
        table[3] = ((8, 8, 9), 0)
        table[4] = ((8, 8, 2), 20)
        report = grade(self.model(), table)
        assert verdicts(report)[2:] == [
            "wrong", "right", "right", "right", "carried", "right", "right", "carried"
        ]  # fmt: skip

    def test_carries_one_of_several_outputs(self) -> None:
        x = Input((10, 4))()
        sequence, state, _ = LSTM(6, return_sequences=True, return_state=True)(x)
        model = Model(inputs=x, outputs=[Dense(3)(sequence), Dense(3)(state)])
        table: list[Any] = right_table(model)
        table[0] = ([(10, 6), (7,), (6,)], table[0][1])
        table[2] = (3, 24)
        assert verdicts(grade(model, table))[1:] == ["right", "right", "right", "right", "carried"]
        table[0] = ((10, 7), table[0][1])  # not several: what goes on is the right shape
        assert verdicts(grade(model, table))[5] != "carried"
        table[0] = ([(10, 6), (7,)], table[0][1])  # not as many
        assert verdicts(grade(model, table))[5] != "carried"

    def test_does_not_carry_one_shape_in_a_list(self) -> None:
        model = Model([Dense(4), LSTM(3)], in_shape=(10, 2))
        on_seven = LSTM(3).params((10, 7))
        assert verdicts(grade(model, [((10, 7), 12), (3, on_seven)]))[3] == "carried"
        assert verdicts(grade(model, [([(10, 7)], 12), (3, on_seven)]))[3] != "carried"

    def test_carries_all_outputs_of_a_layer_along_a_chain(self) -> None:
        model = Model([LSTM(6, return_state=True), Concatenate()], in_shape=(10, 4))
        table: list[Any] = [([(6,), (7,), (6,)], 264), (19, 0)]
        assert verdicts(grade(model, table))[1:] == ["right", "carried", "right"]

    def test_does_not_carry_what_only_the_first_call_of_a_layer_gives(self) -> None:
        left, right = Input((4, 3))(), Input((5, 3))()
        shared = Dense(2).place()
        ends = shared(left), shared(right)
        model = Model(inputs=[left, right], outputs=[Flatten()(ends[0]), Flatten()(ends[1])])
        table = right_table(model)
        table[0], table[2] = ((4, 7), table[0][1]), ((28,), 0)
        assert verdicts(grade(model, table)) == ["wrong", "right", "right", "right", "wrong", "right"]


class TestWeights:
    def test_are_multiplied_where_several_name_a_cell(self) -> None:
        model = Model([Dense(4, name="a"), Dense(2, name="b")], in_shape=(3,))
        report = grade(model, [], weights={"params": 2, "b": 3, ("b", "params"): 0.1})
        assert [cell.worth for cell in cells(report)] == [1, 2, 3, Fraction(6, 10)]
        assert report.possible == 6.6

    def test_and_points_add_up_exactly(self) -> None:
        model = Model([Dense(2), Dense(2), Dense(2)], in_shape=(2,))
        report = grade(model, [(2, 6)] * 3, points=1)
        assert report.points == report.possible == report.score == 1.0
        assert cells(report)[0].worth == Fraction(1, 6)


# Data


@given(networks, st.data())
def test_a_report_is_plain_data(model: Model, data: st.DataObject) -> None:
    table: list[Any] = right_table(model)
    assume(table)
    answers = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(-1, 9), max_size=4)
    table[data.draw(st.integers(0, len(table) - 1))] = data.draw(st.tuples(answers, answers) | answers)
    report = grade(model, table)
    facts = report.to_dict()
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301
    results = report.to_gradescope()
    assert json.loads(json.dumps(results, allow_nan=False)) == results
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(results["score"])
    assert sum(test["max_score"] for test in results["tests"]) == report.possible
    for test, cell in zip(results["tests"], cells(report), strict=True):
        assert test["status"] == ("passed" if cell.verdict in ("right", "carried") else "failed")
        assert test["output"] == cell.message


def test_gradescope_gets_what_its_format_has() -> None:
    results = grade(ONE_DIMENSIONAL, RIGHT[:-1]).to_gradescope()
    assert set(results) == {"score", "output", "tests"}
    assert results["output"] == "There are fewer rows than layers: 5 for 6."
    assert results["tests"][-1] == {
        "name": "dense_1 (Dense): params",
        "score": 0.0,
        "max_score": 1.0,
        "status": "failed",
        "output": "Nothing is given.",
    }


def test_no_rendering_tells_a_right_answer_or_lets_a_text_be_more_than_a_text() -> None:
    model = Model([Dense(12_345, name="<b>|x")], in_shape=(76,))
    report = grade(model, [("<script>", "\x1b[31m7|")])
    for text in (str(report), report.to_markdown(), report.to_html(), report._repr_html_(), repr(report)):
        assert "12345" not in text.replace(",", "")
        assert "\x1b" not in text
    assert "<script>" not in report.to_html() + report.to_markdown()
    assert "<b>" not in report.to_html() + report.to_markdown()
    assert "- <b>" not in report.to_markdown()
    assert str(report).splitlines()[0] == 'Grade of "model": 0 of 2 points'


def test_sentences_are_a_course_s_own() -> None:
    sentences = {"right": "Richtig.", "no_bias": "Ohne Bias.", "rows_missing": "{given} statt {wanted}."}
    model = Model([Dense(10), Dense(10)], in_shape=(84,))
    report = grade(model, [(10, 840)], sentences=sentences)
    assert (report.rows[0].output_shape.message, report.rows[0].params.message) == ("Richtig.", "Ohne Bias.")
    assert report.notes == ("1 statt 2.",)


def test_mistakes_are_those_to_look_for() -> None:
    assert verdicts(grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)], mistakes=())) == ["right", "wrong"]


def test_a_mistake_that_cannot_be_asked_on_a_student_s_own_shape_is_none() -> None:
    def squared(layer: Any, in_shape: Any) -> Iterator[Reading]:
        yield Reading(layer, (in_shape[0] ** 2 // (in_shape[0] - 7),))

    model = Model([Dense(4), Dense(2)], in_shape=(3,))
    report = grade(model, [(7, 16), (2, 99)], mistakes=[Mistake(squared, "params")], sentences={"squared": "?"})
    assert report.rows[1].params.verdict == "wrong"


def test_a_mistake_that_cannot_be_asked_at_all_is_the_teacher_s() -> None:
    broken = Mistake(lambda layer, in_shape: [layer.filters // (in_shape[0] - in_shape[0])], "params", name="broken")
    with pytest.raises(ConfigError, match="mistake 'broken' must be able to answer"):
        grade(Model([Dense(4)], in_shape=(3,)), [(4, 7)], mistakes=[broken], sentences={"broken": "?"})


def test_in_a_long_model_mistakes_are_sought_in_the_layer_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model([Conv2D(4, 3, padding="same"), BatchNorm(), Dense(5)], in_shape=(8, 8, 3))
    table = right_table(model)
    table[1] = ((8, 8, 4), table[0][1])  # the neighbour's answer
    assert verdicts(grade(model, table))[3] == "mistake"
    monkeypatch.setattr(marking, "MOST_LAYERS", 3)
    assert verdicts(grade(model, table))[3] == "mistake"
    monkeypatch.setattr(marking, "MOST_LAYERS", 2)
    assert verdicts(grade(model, table))[3] == "wrong"
    table[0] = ((8, 8, 4), 108)
    assert verdicts(grade(model, table))[1] == "mistake"


@pytest.mark.parametrize(("layers", "verdict"), [(50, "mistake"), (51, "wrong")])
def test_a_model_is_long_beyond_fifty_layers(layers: int, verdict: str) -> None:
    model = Model([*[Dropout(0.5)] * (layers - 2), Dense(4), Dense(5)], in_shape=(3,))
    table: list[Any] = right_table(model)
    table[-1] = (5, 16)  # the neighbour's answer
    assert verdicts(grade(model, table))[-1] == verdict


# What is handed in


def raise_hostile(_: object) -> Any:
    raise RuntimeError("hostile")


Evasive = type("Evasive", (), {"__class__": property(raise_hostile)})
"""Even the question what it is raises."""


class Leaving:
    """It tries to end the process."""

    def __iter__(self) -> Any:
        raise SystemExit

    __index__ = __iter__


class Colliding:
    """A key that is found where another is looked for."""

    def __hash__(self) -> int:
        return hash("output_shape")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")


def failing() -> Iterator[Any]:
    yield RIGHT[0]
    raise RuntimeError("hostile")


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
HOSTILE: list[Any] = [
    None, True, 1.5, float("nan"), float("inf"), 10**5_000, "", "abc", "9" * 10**6, b"\xff", Loud("x"), object(),
    Hostile(), Leaving(), Input, Evasive, Model, ENDLESS, [ENDLESS] * 6, {}, {Colliding(): 1}, {1, 2},
    np.zeros((6, 2)), np.array([None, "x"], dtype=object), ((1, 2, 3),), [[]], [((),)], [((), ())], [({}, {})],
    frozenset({1, 2}), frozenset(range(10**4)), set(map(str, range(10**5))),
    dict.fromkeys(map(str, range(10**5))), [[[[[[1]]]]]] * 3, range(10**12), lambda: 0,
]  # fmt: skip


@pytest.mark.parametrize("answers", HOSTILE, ids=lambda answers: type(answers).__name__)
@pytest.mark.parametrize("place", ["table", "row", "cell"])
def test_whatever_is_handed_in_is_wrong_and_not_an_error(answers: Any, place: str) -> None:
    check_refused(answers, place)


@pytest.mark.parametrize("place", ["table", "row", "cell"])
def test_what_will_not_say_what_it_is_is_wrong_too(place: str) -> None:
    check_refused(Evasive(), place)


def check_refused(answers: Any, place: str) -> None:
    table = {"table": answers, "row": [answers] * 6, "cell": [(answers, answers)] * 6}[place]
    began = time.perf_counter()
    report = grade(ONE_DIMENSIONAL, table)
    text = str(report)
    # On the machine that this was written on, the slowest takes 0.1 s
    assert time.perf_counter() - began < 5
    assert report.score == 0
    assert all(cell.message for cell in cells(report))
    assert max(len(message) for message in report.messages) < 2_000
    assert text.replace("\n", "").isprintable()
    assert json.dumps(report.to_dict(), allow_nan=False)


@given(st.data())
def test_whatever_is_drawn_is_no_error(data: st.DataObject) -> None:
    # Hypothesis itself would ask what they are
    answers = st.integers(0, len(HOSTILE) - 1).map(HOSTILE.__getitem__) | plain | st.sampled_from(RIGHT)
    table: Any = data.draw(
        st.lists(answers | st.tuples(answers, answers) | st.tuples(answers, answers, answers)) | answers
    )
    report = grade(ONE_DIMENSIONAL, table)
    assert 0 <= report.score <= 1
    assert len(report.rows) == 6


@pytest.mark.parametrize("answers", [RIGHT * 200_000, itertools.cycle(RIGHT), itertools.repeat(ENDLESS)])
def test_what_is_endless_is_not_waited_for(answers: Any) -> None:
    report = grade(ONE_DIMENSIONAL, answers)
    assert (report.score, report.extra_rows) == (0, 6)


def test_what_came_before_an_iterator_failed_counts() -> None:
    report = grade(ONE_DIMENSIONAL, failing())
    assert verdicts(report)[:3] == ["right", "right", "missing"]
    assert report.notes == ("There are fewer rows than layers: 1 for 6.",)


# What the teacher has wrong


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": 3}, r"model must be a Model, got 3; put a layer into one: Model\(\[layer\], in_shape=...\)"),
        ({"model": Dense(3)}, r"model must be a Model, got Dense\(3\); put a layer"),
        ({"model": Model([Dense(3)])}, "model must be one that knows its input shape, got one that does not; begin it"),
        (
            {"model": Model([Input((3,))])},
            "model must be of at least one layer beside the Input, got <Model of 1 layer",
        ),
        ({"weights": 3}, "weights must be a mapping of cells to numbers, got 3"),
        (
            {"weights": {"dens": 1}},
            "a key of weights must be 'output_shape', 'params', .* did you mean dense or dense_1",
        ),
        ({"weights": {("dense", "shape"): 1}}, "a key of weights must be "),
        ({"weights": {"dense": -1}}, r"weights\['dense'\] must be a finite number from 0, got -1"),
        ({"weights": {"dense": 10**12}}, r"weights\['dense'\] must be a number from 0 to 1000000000, got"),
        ({"weights": {"params": 0, "output_shape": 0}}, "weights must be larger than 0 for some cell, got 0 for all"),
        ({"points": 0}, "points must be larger than 0, got 0"),
        ({"points": "ten"}, "points must be a finite number from 0, got 'ten'"),
        ({"carried": 2}, "carried must be a number from 0 to 1, got 2"),
        ({"mistake": -0.5}, "mistake must be a number from 0 to 1, got -0.5"),
        ({"mistakes": [3]}, r"mistakes must be a tuple or list of Mistake, got \[3\]"),
        ({"sentences": {"right": "{value}"}}, r"{value} in sentences\['right'\] must be a fact"),
    ],
)
def test_the_teacher_s_own_mistakes_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        grade(**{"model": Model([Dense(4), Dense(2)], in_shape=(3,)), "answers": [], **options})


def test_a_count_that_is_open_is_refused() -> None:
    with pytest.raises(ShapeError, match="known to count the weights"):
        grade(Model([Dense(4)], in_shape=(None,)), [])


def test_every_mistake_is_a_verdict() -> None:
    """The examples of the mistakes about one layer, each as a table of one row."""
    seen = 0
    for mistake in MISTAKES:
        for example in mistake.examples:
            if isinstance(example.layer, Model):
                continue
            seen += 1
            model = Model([example.layer], in_shape=example.in_shape)
            row = {example.about: example.value}
            cell = getattr(grade(model, [row]).rows[0], example.about)
            assert cell.verdict == "mistake", mistake.name
    assert seen > 50
