"""What notebooks show: lines that open; and what the library rich shows."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

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
from paramcalc import Conv2D, Dense, Input, Layer, Model, Summary, zoo
from paramcalc.errors import printable
from paramcalc.render.notebook import MOST_LEVELS, MOST_ROWS

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
        self.feed(html)
        assert self.around == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.around.append(tag)
        if tag == "summary":
            self.lines.append([])
        if tag == "details":
            self.opened.append("open" if ("open", None) in attrs else "")

    def handle_endtag(self, tag: str) -> None:
        assert self.around.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.around:
            self.texts.append(data)
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
        assert not Page(Model([Dense(4)] * (MOST_ROWS + 1), in_shape=(4,))._repr_html_()).lines
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

    def test_shows_names_as_they_are(self) -> None:
        text = self.printed(Model([Dense(3, name="[red]x[/red] [/y]")], in_shape=(3,)))
        assert "[red]x[/red] [/y] (Dense)" in text
        assert "\x1b" not in self.printed(HOSTILE)

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
