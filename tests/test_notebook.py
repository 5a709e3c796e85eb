"""What notebooks show: lines that open; and what the library rich shows."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import networks
from rich.console import Console
from rich.pretty import pretty_repr
from test_package import loaded_by
from test_pictures import EVERY, LENET
from test_summary import HOSTILE, HOSTILE_NAMES

import paramcalc
from paramcalc import Conv1D, Conv2D, Dense, Dropout, Flatten, Input, Layer, Model, Pool, Summary, diff, zoo
from paramcalc.errors import printable
from paramcalc.grading import Report, grade
from paramcalc.render.notebook import MOST_LEVELS, MOST_ROWS

ONE_DIMENSIONAL = Model(
    [Input((41, 1)), Conv1D(64, 3, padding="same"), Pool(2), Flatten(), Dense(128), Dropout(0.5), Dense(5)],
    name="one_dimensional",
)
REPORT = grade(ONE_DIMENSIONAL, [((41, 64), 256), ((21, 64), 0), (1344, 0), (128, 163_968), (128, 0), (5, 654)])
TAGS = {"div", "style", "span", "b", "i", "br", "details", "summary", "table", "tr", "th", "td"}
ATTRIBUTES = {"class", "title", "style", "open"}


class Page(HTMLParser):
    """A page's tags, each closed where it must be, its folds and its texts."""

    def __init__(self, html: str | None) -> None:
        super().__init__()
        assert html is not None
        self.around: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.lines: list[list[str]] = []
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.bold: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(html)
        assert self.around == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.around.append(tag)
        if tag == "summary":
            self.lines.append([])
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag == "details":
            self.opened.append("open" if ("open", None) in attrs else "")

    def handle_endtag(self, tag: str) -> None:
        assert self.around.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.around:
            self.texts.append(data)
        if self.around[-1] == "b":
            self.bold.append(data)
        if self.around[-1] in ("th", "td"):
            self.rows[-1][-1] += data
        if "summary" in self.around and data.strip():
            self.lines[-1].append(data)

    @property
    def open_names(self) -> list[str]:
        return [line[0] for line, opened in zip(self.lines, self.opened, strict=True) if opened]


class TestSummaries:
    def test_have_a_line_a_layer_with_its_facts(self) -> None:
        page = Page(LENET._repr_html_())
        assert page.lines[:3] == [
            ["input", "Input", "(None, 32, 32, 3)", "0", "0"],
            ["conv2d", "Conv2D", "(None, 28, 28, 8)", "608", "470,400"],
            ["pool", "Pool", "(None, 14, 14, 8)", "0", "0"],
        ]
        assert page.texts[-4:] == [
            "Total params: 62,958 (245.93 KiB)", "Trainable params: 62,958 (245.93 KiB)",
            "Non-trainable params: 0 (0 B)", "Total MACs: 849,320",
        ]  # fmt: skip

    @given(networks)
    def test_have_a_line_for_each_layer_at_any_depth_and_each_model(self, model: Model) -> None:
        rows = model.summary(depth=None).rows
        models = {row.models[:level] for row in rows for level in range(1, len(row.models) + 1)}
        page = Page(model._repr_html_())
        assert len(page.lines) == len(rows) + len(models)
        assert {*page.tags} <= TAGS
        assert page.attributes <= ATTRIBUTES
        assert page.open_names == []
        facts = {(row.own_name, f"{row.params:,}") for row in rows}
        assert facts <= {(line[0], line[-2]) for line in page.lines}

    @given(networks)
    def test_open_to_where_each_number_comes_from(self, model: Model) -> None:
        page = Page(model.summary(depth=None)._repr_html_())
        steps = [step for part in model.explain().short.parts if part.layer for step in part.steps]
        assert {printable(step.words) for step in steps} <= {*page.texts}
        assert page.tags.count("tr") == len(steps) + len(model.summary(depth=None).rows)

    def test_stand_open_where_they_have_been_opened(self) -> None:
        network = zoo.resnet50()
        names = ["conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x"]
        assert Page(network._repr_html_()).open_names == []
        assert Page(network.summary(depth=2)._repr_html_()).open_names == names
        assert len(Page(network.summary(depth=None)._repr_html_()).open_names) == len(names) + 16

    def test_say_what_is_not_trained_and_what_is_called_again(self) -> None:
        page = Page(EVERY._repr_html_())
        assert "Dense, not trained" in page.texts
        assert "Dense, 2 calls" in page.texts
        assert "Model, 2 layers" in page.texts

    def test_of_models_within_models_have_the_numbers_of_what_is_around_them(self) -> None:
        """A layer that is frozen or tied by a model around it is so on its own line, too."""
        inner = Model([Dense(4, name="first"), Dense(4, name="second")], name="inner", trainable=False)
        model = Model([Dense(4), inner], in_shape=(4,), tied=[("dense/kernel", "inner/second/kernel")])
        page = Page(model._repr_html_())
        assert [line[:4] for line in page.lines] == [
            ["dense", "Dense", "(None, 4)", "20"],
            ["inner", "Model, 2 layers, not trained", "(None, 4)", "24"],
            ["first", "Dense, not trained", "(None, 4)", "20"],
            ["second", "Dense, not trained", "(None, 4)", "4"],
        ]
        assert "tied to dense/kernel, and counted there" in page.texts

    def test_of_hostile_names_show_them(self) -> None:
        page = Page(HOSTILE._repr_html_())
        assert {*page.tags} <= TAGS
        assert [line[0] for line in page.lines] == [printable(name) for name in HOSTILE_NAMES]

    def test_do_not_open_where_they_would_not_end(self) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(30):
            model = Model([model, model], in_shape=(4,))
        html = model._repr_html_()
        assert html == model.summary().to_html()
        assert Page(Model([Dense(4)] * MOST_ROWS, in_shape=(4,))._repr_html_()).lines

    def test_of_very_many_layers_show_both_ends(self) -> None:
        model = Model([Dense(4), *[Dense(4, use_bias=False)] * 50_000, Dense(5)], in_shape=(4,))
        html = model._repr_html_()
        assert html is not None
        assert len(html) < 1_000_000
        page = Page(html)
        assert page.lines == []
        assert (page.bold[0], page.bold[MOST_ROWS // 2], page.bold[-1]) == ("dense", "49,002 layers", "dense_50001")
        assert f"{49_002 * 16:,}" in page.texts
        assert Page(Model([model], in_shape=(4,)).summary(depth=2)._repr_html_()).bold[0] == "model/dense"
        assert f"Total params: {model.params():,} (3.05 MiB)" in page.texts
        assert Page(Model([Dense(4)] * (MOST_ROWS + 1), in_shape=(4,))._repr_html_()).texts.count("Dense") == MOST_ROWS

    def test_of_very_deep_models_are_tables(self) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(MOST_LEVELS - 1):
            model = Model([model], in_shape=(4,))
        assert Page(model._repr_html_()).lines
        assert not Page(Model([model], in_shape=(4,))._repr_html_()).lines

    def test_that_are_put_together_by_hand_are_tables(self) -> None:
        summary = Summary("part", LENET.summary().rows[:3])
        assert summary._repr_html_() == summary.to_html()
        assert Model([Dense(3)])._repr_html_() is None


class TestExplanations:
    def test_of_one_layer_are_a_table(self) -> None:
        page = Page(Conv2D(8, 5).explain((32, 32, 3))._repr_html_())
        assert page.lines == []
        assert "(5 × 5 × 3 + 1) × 8" in page.texts

    def test_of_a_model_have_a_line_a_part(self) -> None:
        explanation = LENET.explain()
        page = Page(explanation._repr_html_())
        assert len(page.lines) == len(explanation.parts)
        assert page.lines[-1] == ["LeNet-5 on (32, 32, 3): totals"]


def answers_of(model: Model) -> list[Any]:
    """The right table of a model."""
    return [(row.output_shape, row.params) for row in model.summary().rows if not isinstance(row.layer, Input)]


class TestReports:
    def test_have_a_line_a_row_with_what_was_given_and_its_verdict(self) -> None:
        page = Page(REPORT._repr_html_())
        assert page.lines == [
            ["pool", "Pool", "(21, 64) ", "mistake", "0 ", "right", "1 of 2"],
            ["flatten", "Flatten", "(1344,) ", "carried", "0 ", "right", "2 of 2"],
            ["2 rows", "all right", "4 of 4"],
            ["dense_1", "Dense", "(5,) ", "right", "654 ", "mistake", "1 of 2"],
        ]
        assert "conv1d" in page.texts  # a row that is right among those that are not is a line that does not open
        assert page.texts[0] == 'Grade of "one_dimensional": 10 of 12 points'

    def test_open_to_the_mistake_and_the_message(self) -> None:
        page = Page(REPORT._repr_html_())
        assert page.rows[:2] == [
            ["answer", "mistake", "message"],
            ["output shape", "rounded_up, or valid_and_same_mixed_up", REPORT.rows[1].output_shape.message],
        ]
        assert page.rows[-1] == ["params", "digits_exchanged", "654 has two neighbouring digits exchanged."]
        assert ["params", "Nothing is given."] in Page(grade(ONE_DIMENSIONAL, [])._repr_html_()).rows

    def test_name_both_of_two_mistakes(self) -> None:
        report = grade(Model([Conv2D(32, 3)], in_shape=(32, 32, 3)), [((30, 30, 32), 288)])
        assert Page(report._repr_html_()).rows[1][1].startswith("no_bias and no_input_channels, or no_bias and ")

    def test_of_right_tables_are_two_lines(self) -> None:
        for report in (right := grade(ONE_DIMENSIONAL, answers_of(ONE_DIMENSIONAL)), right.revealed):
            assert Page(report._repr_html_()).lines[0] == ["6 rows", "all right", "12 of 12"]
        assert Page(right._repr_html_()).tags.count("details") == 1
        assert not Page(grade(Model([Dense(3)], in_shape=(3,)), [(3, 12)])._repr_html_()).lines

    def test_say_what_is_wrong_with_the_whole_table(self) -> None:
        report = grade(ONE_DIMENSIONAL, [(0, 0)] * 9)
        assert {*report.notes} <= {*Page(report._repr_html_()).texts}

    @given(networks, st.data())
    def test_tell_the_right_answer_where_it_is_to_be_revealed(self, model: Model, data: st.DataObject) -> None:
        right = answers_of(model)
        if not right:
            return
        given = [(shape, params + 17 * data.draw(st.booleans())) for shape, params in right]
        report = grade(model, given)
        hidden, revealed = Page(report._repr_html_()), Page(report.revealed._repr_html_())
        for page in (hidden, revealed):
            assert {*page.tags} <= TAGS
            assert page.attributes <= ATTRIBUTES
        assert "what" not in hidden.texts
        wrong = [row.params for row in report.rows if not row.is_right]
        rows = [row for row in revealed.rows if row[0] == "params"]
        told = [row for row in rows if row[-1] in {cell.message for cell in wrong}]
        assert [[row[1], row[-1]] for row in told] == [[f"{cell.expected:,}", cell.message] for cell in wrong]
        assert [row[3] for row in rows if row not in told] == [str(row.params.expected) for row in report.rows]

    def test_reveal_where_numbers_come_from_in_models_within_models_too(self) -> None:
        inner = Model([Dense(4), Dense(4)], name="inner")
        model = Model([Input((4,)), inner, Dense(2)], tied=[("inner/dense/kernel", "inner/dense_1/kernel")])
        page = Page(grade(model, [(4, 99), (2, 99)]).revealed._repr_html_())
        assert [row for row in page.rows if row[0] in ("params", "dense")] == [
            ["params", "24", "99 is not right."],
            ["params", "dense + dense_1", "20 + 4", "24"],
            ["params", "10", "99 is not right."],
            ["params", "(input features + 1) × units", "(4 + 1) × 2", "10"],
        ]

    def test_that_are_put_together_by_hand_reveal_what_they_have(self) -> None:
        report = Report("by hand", REPORT.rows, reveals=True)
        page = Page(report._repr_html_())
        assert page.rows[1][1] == "(20, 64)"
        assert "what" not in page.texts

    def test_of_hostile_names_and_answers_show_them(self) -> None:
        report = grade(HOSTILE, [(name, name) for name in HOSTILE_NAMES])
        page = Page(report.revealed._repr_html_())
        assert {*page.tags} <= TAGS
        assert [line[0] for line in page.lines] == [printable(name) for name in HOSTILE_NAMES]

    def test_of_very_many_rows_are_short_or_a_table(self) -> None:
        long = Model([Dense(1)] * (MOST_ROWS + 2), in_shape=(1,))
        right = answers_of(long)
        page = Page(grade(long, [(1, 3), *right[1:]]).revealed._repr_html_())
        assert page.texts.count("all right") == 1
        assert [line[0] for line in page.lines] == ["dense"]
        wrong = grade(long, [(1, 3)] * len(long))
        assert wrong._repr_html_() == wrong.to_html()

    def test_end_where_models_hold_each_other_without_end(self) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(30):
            model = Model([model, model], in_shape=(4,))
        assert "99 is not right." in Page(grade(model, [(4, 99), (4, 99)]).revealed._repr_html_()).texts

    def test_written_in_a_line_do_not_tell_the_right_answers(self) -> None:
        """A notebook keeps what an object prints beside its page."""
        assert repr(REPORT) == "<Report, 10 of 12 points: print it>"


class TestDifferences:
    FIRST = Model(
        [Input((8, 8, 1)), Conv2D(4, 3, activation="relu"), Flatten(), Dense(9), Dense(9), Dense(2)], name="first"
    )
    SECOND = Model(
        [Input((8, 8, 1)), Conv2D(4, 3), Flatten(), Dropout(0.5), Dense(9), Dense(9), Dense(3, name="out")],
        name="second",
    )

    def test_have_a_line_for_each_layer_that_differs(self) -> None:
        page = Page(diff(self.FIRST, self.SECOND)._repr_html_())
        assert page.lines == [
            ["conv2d", "Conv2D", "changed", "activation"],
            ["dropout", "Dropout", "added", "Dropout(0.5)"],
            ["2 layers", "equal"],
            ["dense_2", "Dense", "changed", "name, units, output_shape, params", "+10"],
        ]
        assert page.texts[:2] == ["first → second", "3 differ, 4 are equal"]
        assert page.texts[-4] == "Total params: 1,455 → 1,465 (+10)"

    def test_say_what_goes_with_a_layer_and_what_comes(self) -> None:
        a, b = Model([Dense(4), Dense(2)], in_shape=(3,)), Model([Flatten(), Dense(4)], in_shape=(3,))
        assert Page(diff(a, b)._repr_html_()).lines == [
            ["flatten", "Flatten", "added", "Flatten()"], ["dense_1", "Dense", "removed", "Dense(2)", "-10"],
        ]  # fmt: skip

    def test_open_to_the_fields(self) -> None:
        page = Page(diff(self.FIRST, self.SECOND)._repr_html_())
        assert page.rows[:2] == [["field", "first", "second"], ["activation", "'relu'", "None"]]
        assert page.rows[-3:] == [
            ["units", "2", "3"], ["output_shape", "(None, 2)", "(None, 3)"], ["params", "20", "30"],
        ]  # fmt: skip

    def test_fold_what_is_equal(self) -> None:
        page = Page(diff(self.FIRST, self.SECOND)._repr_html_())
        assert {"input", "flatten", "dense", "dense_1"} <= {*page.texts}
        assert page.open_names == []

    def test_of_equal_models_say_so_and_are_short(self) -> None:
        page = Page(diff(self.FIRST, self.FIRST)._repr_html_())
        assert page.texts[1] == "Nothing differs."
        assert page.lines == [["6 layers", "equal"]]
        assert not any(text.startswith("Total") for text in page.texts)

    @given(networks, networks)
    def test_show_every_row_and_every_layer_once(self, a: Model, b: Model) -> None:
        differences = diff(a, b)
        page = Page(differences._repr_html_())
        assert {*page.tags} <= TAGS
        assert page.attributes <= ATTRIBUTES
        names = [text for text in page.bold if not re.fullmatch(r"[\d,]+ layers", text)]
        assert names == [printable(layer.name) for layer in differences.layers]
        assert len(page.rows) == len(differences.rows) + sum(len(row.changes) for row in differences.rows)

    def test_of_hostile_names_show_them(self) -> None:
        a = Model([Dense(3, name=name) for name in HOSTILE_NAMES], in_shape=(3,), name="<b>")
        b = Model([Dense(3, name=f"{name}!") for name in reversed(HOSTILE_NAMES)], in_shape=(3,), name="</table>")
        page = Page(diff(a, b)._repr_html_())
        assert {*page.tags} <= TAGS
        assert page.texts[0] == "<b> → </table>"
        assert {printable(name) for name in HOSTILE_NAMES} <= {*page.bold}

    def test_of_very_many_layers_are_short_or_a_table(self) -> None:
        long = [Dense(1)] * (MOST_ROWS + 1)
        page = Page(diff(Model(long, in_shape=(1,)), Model([*long, Flatten()], in_shape=(1,)))._repr_html_())
        assert [line[0] for line in page.lines] == ["flatten"]
        assert "1,002 layers" in page.texts
        all_else = diff(Model(long), Model([Flatten()] * len(long)))
        assert all_else._repr_html_() == all_else.to_html()


class TestRich:
    """The library rich shows what it is given; names are no markup to it, and numbers are never cut."""

    @staticmethod
    def printed(value: object, width: int = 100) -> str:
        console = Console(file=io.StringIO(), width=width)
        console.print(value)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    def test_shows_models_as_tables(self) -> None:
        text = self.printed(LENET)
        assert text == self.printed(LENET.summary())
        assert re.search(r"conv2d_1 \(Conv2D\) +│ \(None, 10, 10, 16\) +│ +3,216 │ +320,000 │", text)
        assert "Total params: 62,958 (245.93 KiB)" in text

    @pytest.mark.parametrize("width", [40, 60, 100])
    def test_keeps_numbers_whole(self, width: int) -> None:
        text = self.printed(LENET, width)
        for row in LENET.summary().rows:
            assert f" {row.params:,} " in text

    def test_leaves_out_columns_where_names_would_have_no_room(self) -> None:
        network = zoo.vgg16()
        heads = [self.printed(network, width).split("\n")[2:4] for width in (120, 50, 40, 30, 10)]
        shown = [["MACs" in head, "Output" in head, "Param #" in head] for head in map(" ".join, heads)]
        assert shown == [
            [True] * 3,
            [False, True, True],
            [False, True, True],
            [False, False, True],
            [False, False, False],
        ]
        assert " (Model) " in self.printed(network, 50)
        assert "Total MACs: 15,470,264,320" in self.printed(network, 40)

    def test_shows_names_as_they_are(self) -> None:
        text = self.printed(Model([Dense(3, name="[red]x[/red] [/y]")], in_shape=(3,)))
        assert "[red]x[/red] [/y] (Dense)" in text
        first, second = (Model([*HOSTILE, Dense(units)], in_shape=(3,), name=f"\x1b{units}") for units in (3, 4))
        for value in (HOSTILE, HOSTILE.explain(), diff(first, second), grade(HOSTILE, [("\x1b", "\x1b")])):
            assert all(line.isprintable() for line in self.printed(value).split("\n"))

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_shows_graded_tables_without_right_answers(self, width: int) -> None:
        text = self.printed(REPORT, width)
        assert len(re.findall("mistake", text)) >= 2
        assert "645" not in text
        assert max(map(len, text.splitlines())) <= width

    @pytest.mark.parametrize("width", [40, 80, 200])
    def test_shows_differences(self, width: int) -> None:
        text = self.printed(diff(TestDifferences.FIRST, TestDifferences.SECOND), width)
        assert "Total params: 1,455 → 1,465 (+10)" in text
        assert " 'relu' " in text
        assert max(map(len, text.splitlines())) <= width
        assert self.printed(diff(LENET, LENET)) == "Nothing differs.\n"

    def test_shows_where_numbers_come_from(self) -> None:
        assert "(84 + 1) × 10" in self.printed(Dense(10).explain((84,)))

    def test_shows_a_model_without_an_input_shape_as_it_is_written(self) -> None:
        assert self.printed(Model([Dense(3)])) == "Model((Dense(3),))\n"

    @given(networks, st.integers(20, 120))
    def test_writes_layers_as_they_are_made(self, model: Model, width: int) -> None:
        names = {name: getattr(paramcalc, name) for name in paramcalc.__all__}
        assert eval(pretty_repr(model, max_width=width), names) == model  # noqa: S307 (our own)

    def test_is_not_needed_and_not_loaded(self) -> None:
        code = "from paramcalc import Dense\nDense(3).explain((3,))._repr_html_(), Dense(3).__rich_repr__()"
        assert "rich" not in loaded_by(code)
        assert "rich" in loaded_by(f"{code}\nimport paramcalc.render.rich")


def test_a_layer_of_ones_own_is_shown() -> None:
    class Twice(Layer):
        def compute_output_shape(self, in_shape: tuple[int, ...]) -> tuple[int, ...]:
            return (2 * in_shape[0],)

    page = Page(Model([Input((3,)), Twice()])._repr_html_())
    assert page.lines[1] == ["twice", "Twice", "(None, 6)", "0", "unknown"]
