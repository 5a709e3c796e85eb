"""Summaries: the facts, the columns, and what every format makes of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Case, models

from paramcalc import (
    GAP,
    Activation,
    Add,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    Model,
    Pool,
    Shape,
    ShapeError,
    Summary,
    Weight,
    Window,
)
from paramcalc.render.table import bytes_text, percent_text
from paramcalc.render.text import width
from paramcalc.summary import COLUMNS, DTYPES, Share

Golden = Callable[[str, str], None]

LENET = Model(
    [
        Input((32, 32, 3)),
        Conv2D(8, 5, activation="relu"),
        Pool(2),
        Conv2D(16, 5, activation="relu"),
        Pool(2),
        Flatten(),
        Dense(120),
        Dense(84),
        Dense(10, trainable=False),
    ],
    name="lenet5",
)
HOSTILE_NAMES = [
    "<script>alert(1)</script>",
    "a|b\\|c",
    "$x_1$ & 100% #1 {~^}",
    "=1+1",
    "@SUM(A1)",
    "-2",
    "＝1+1",
    "line\nbreak\ttab\r",
    "\x1b[31mred\x00",
    "\u202egnissim",
    "\ud800",
    "\"quoted\", 'too'",
    "`code` *bold* [link](http://x) ![i](y)",
    "畳み込み",
    "x" * 300,
    "</td></tr></table>",
    "\\end{tabular}",
]
HOSTILE = Model([Dense(3, name=name) for name in HOSTILE_NAMES], in_shape=(3,), name="<b>|$&\n=")
FORMATS = {
    "txt": Summary.to_text,
    "md": Summary.to_markdown,
    "html": Summary.to_html,
    "tex": Summary.to_latex,
    "csv": Summary.to_csv,
}


def column(model: Model, name: str) -> list[str]:
    """The cells of one column, as a program reads them."""
    return [line[1] for line in csv.reader(io.StringIO(model.summary().to_csv(["name", name])))][1:-1]


class TestFacts:
    def test_a_row_in_a_chain_takes_all_that_the_one_before_gives_out(self) -> None:
        x = Input((4,))()
        inner = Model(inputs=x, outputs=[Dense(4)(x), Dense(4)(x)], name="inner")
        drawn = Input((4,))()
        for model in (Model([Input((4,)), inner, Add()]), Model(inputs=drawn, outputs=Add()(inner(drawn)))):
            last = model.summary(depth=None).rows[-1]
            assert (last.sources, last.inputs) == ((2, 3), ("inner/dense", "inner/dense_1"))

    def test_of_a_row(self) -> None:
        row = LENET.summary().rows[1]
        assert (row.name, row.type, row.in_shape, row.output_shape) == ("conv2d", "Conv2D", (32, 32, 3), (28, 28, 8))
        assert (row.params, row.trainable_params, row.non_trainable_params, row.macs) == (608, 608, 0, 470_400)
        assert [weight.shape for weight in row.weights] == [(5, 5, 3, 8), (8,)]

    def test_an_input_has_a_row_with_no_parameters(self) -> None:
        row = LENET.summary().rows[0]
        assert (row.type, row.params, row.macs) == ("Input", 0, 0)

    @given(models())
    def test_totals_are_the_sums_of_the_rows(self, case: Case) -> None:
        model, _ = case
        assert isinstance(model, Model)
        summary = model.summary()
        assert summary.total_params == sum(row.params for row in summary.rows) == model.params()
        assert summary.trainable_params == sum(row.trainable_params for row in summary.rows)
        assert summary.trainable_params + summary.non_trainable_params == summary.total_params
        assert summary.macs == sum(row.macs or 0 for row in summary.rows) == model.macs()
        for row in summary.rows:
            assert row.params == sum(weight.size for weight in row.weights)
            assert row.trainable_params == sum(weight.size for weight in row.weights if weight.trainable)

    def test_a_summary_is_a_value(self) -> None:
        assert LENET.summary() == LENET.summary()
        assert LENET.summary() != LENET.summary(dtype="float16")
        assert hash(LENET.summary()) == hash(LENET.summary())
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            LENET.summary().rows[0].params = 1  # type: ignore[misc]

    @given(models())
    def test_its_dictionary_is_flat_and_json_safe(self, case: Case) -> None:
        model, _ = case
        assert isinstance(model, Model)
        found = model.summary().to_dict()
        assert json.loads(json.dumps(found)) == found
        for row in found["rows"]:
            assert {type(value) for value in row.values()} <= {str, int, list}
            assert not any(
                isinstance(axis, (list, dict)) for value in row.values() if type(value) is list for axis in value
            )
        assert len({tuple(row) for row in found["rows"]}) == 1

    def test_a_layer_in_models_that_are_called_over_and_over(self) -> None:
        """Three calls at each of thirty levels; nobody goes through all of them."""
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(30):
            x, inner = Input((4,))(), model.place()
            model = Model(inputs=x, outputs=Add()(inner(x), inner(inner(x))))
        (row,) = [row for row in model.summary(depth=None).rows if row.type == "Dense"]
        assert (row.calls, row.params, row.macs) == (3**30, 20, 16 * 3**30)
        assert 16 * 3**30 in [step.value for step in model.explain().parts[-1].steps]


class TestColumns:
    def test_receptive_fields(self) -> None:
        """A window of span s adds s − 1 steps of the product of all strides before it."""

        def fields(model: Model) -> list[str]:
            return column(model, "receptive_field")

        vgg = [Conv2D(8, 3), Conv2D(8, 3), Pool(2), Dropout(0.5), Conv2D(8, 3, dilation_rate=2), GAP(), Dense(2)]
        assert fields(Model(vgg, in_shape=(32, 20, 3))) == [
            "3 × 3", "5 × 5", "6 × 6", "6 × 6", "14 × 14", "32 × 20", "32 × 20",
        ]  # fmt: skip
        assert fields(Model([Flatten(), Dense(2), Activation("relu")], in_shape=(5, 7, 3))) == [
            "1 × 1",
            "5 × 7",
            "5 × 7",
        ]
        assert fields(Model([Dense(2), Dense(3)], in_shape=(5,))) == ["5", "5"]
        assert fields(Model([Conv1D(2, 3), GAP(), Dense(3)], in_shape=(None, 4))) == ["3", "unknown", "unknown"]
        assert fields(Model([Conv1D(2, 3), Conv1D(2, 3)], in_shape=(None, 4))) == ["3", "5"]
        assert fields(Model([Conv1D(2, 3), Flatten(), Activation("relu")], in_shape=(None, 4))) == ["3"] * 3
        assert (
            fields(Model([Conv2D(8, 3, data_format="channels_first"), Flatten(), Dense(5)], in_shape=(3, 9, 11)))[-1]
            == "9 × 11"
        )
        assert fields(Model([Flatten(data_format="channels_first"), Dense(5)], in_shape=(3, 9, 11)))[-1] == "9 × 11"
        assert fields(Model([Conv1D(2, 3), Pool(2), Flatten(), Dense(3)], in_shape=(41, 4))) == ["3", "4", "4", "40"]

    def test_receptive_fields_of_models_in_models_are_those_of_their_layers(self) -> None:
        layers = [Conv2D(8, 3), Pool(2), Conv2D(8, 3, 2), Dropout(0.5), Flatten(), Activation("relu"), Dense(2)]
        chain = Model(layers, in_shape=(40, 40, 3))
        fields = column(chain, "receptive_field")
        for cut in range(1, len(layers)):
            nested = Model([Model(layers[:cut]), Model(layers[cut:])], in_shape=(40, 40, 3))
            assert column(nested, "receptive_field") == [fields[cut - 1], fields[-1]]
            assert column(nested, "kernel") == ["", ""]
            assert nested.windows((40, 40, 3)) == chain.windows((40, 40, 3))

    @given(models())
    def test_printed_columns_add_up_again(self, case: Case) -> None:
        model, _ = case
        assert isinstance(model, Model)
        counted = ["params", "trainable_params", "non_trainable_params", "macs", "weight_bytes"]
        rows = list(csv.reader(io.StringIO(model.summary().to_csv(["name", *counted]))))
        assert rows[-1][0] == "Total"
        for column in range(1, len(counted) + 1):
            assert sum(int(row[column]) for row in rows[1:-1]) == int(rows[-1][column])

    def test_sizes_in_bytes_follow_the_dtype(self) -> None:
        for dtype, size in DTYPES.items():
            summary = LENET.summary(dtype=dtype)
            assert summary.bytes(summary.total_params) == 62_958 * size
            assert f"\n{'conv2d'},{28 * 28 * 8 * size}\n" in summary.to_csv(["name", "output_bytes"])

    def test_unknown_axes_leave_sizes_unknown(self) -> None:
        model = Model([Conv2D(8, 3)], in_shape=(None, 28, 1))
        assert [column(model, name) for name in ("output_size", "output_bytes", "macs")] == [["unknown"]] * 3

    def test_trainable_says_how_much(self) -> None:
        inner = Model([Dense(3), Dense(3, trainable=False)])
        model = Model([inner, Dense(3), Dense(3, trainable=False), Dropout(0.5)], in_shape=(3,))
        assert column(model, "trainable") == ["partly", "yes", "no", ""]

    def test_csv_of_numbers_alone_has_the_names_beside_them(self) -> None:
        assert LENET.summary().to_csv(["params"]).splitlines()[::9] == ["Name,Param #", "dense_2,850"]
        assert LENET.summary().to_csv(["params"]).splitlines()[-1] == "Total,62958"

    @pytest.mark.parametrize("columns", [["name", "nmae"], "name", [], 5, [["name"]], None])
    def test_one_that_is_not_known_is_refused_with_those_that_are(self, columns: list[str]) -> None:
        for render in FORMATS.values():
            with pytest.raises(ConfigError) as caught:
                render(LENET.summary(), columns)
            assert all(name in caught.value.expected for name in COLUMNS)

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (251_832, "245.93 KiB"),
            (1024**2 - 5, "1.00 MiB"), (1024**2 - 6, "1,023.99 KiB"), (138_357_544 * 4, "527.79 MiB"),
            (10**30, "867,361,737,988.40 EiB"),
        ],
    )  # fmt: skip
    def test_bytes_never_read_as_nothing(self, number: int, text: str) -> None:
        assert bytes_text(number) == text

    @pytest.mark.parametrize(
        ("part", "whole", "text"),
        [(0, 7, "0.00 %"), (7, 7, "100.00 %"), (1, 10**9, "< 0.01 %"), (2, 3, "66.67 %"), (1, 20_000, "0.01 %")],
    )
    def test_percentages_never_read_as_nothing(self, part: int, whole: int, text: str) -> None:
        assert percent_text(Share(part, whole)) == text

    def test_shares_of_nothing_are_empty(self) -> None:
        text = Model([Flatten()], in_shape=(3,)).summary().to_csv(["name", "params_percent", "macs_percent"])
        assert text.splitlines()[1:] == ["flatten,,", "Total,,"]
        assert "100.00 %" not in Model([Flatten()], in_shape=(3,)).summary().to_text(["params_percent"])


class TestRenderings:
    @pytest.mark.parametrize("ending", FORMATS)
    def test_of_lenet_5(self, ending: str, golden: Golden) -> None:
        golden(f"lenet5.{ending}", FORMATS[ending](LENET.summary()))
        golden(f"lenet5-all-columns.{ending}", FORMATS[ending](LENET.summary(), COLUMNS))

    @pytest.mark.parametrize("ending", FORMATS)
    def test_of_hostile_names(self, ending: str, golden: Golden) -> None:
        golden(f"hostile.{ending}", FORMATS[ending](HOSTILE.summary(), ["name", "params"]))

    def test_str_and_notebooks(self) -> None:
        assert str(LENET.summary()) == LENET.summary().to_text()
        assert LENET._repr_html_() == LENET.summary()._repr_html_()
        assert Model([Dense(3)])._repr_html_() is None

    @pytest.mark.parametrize("render", FORMATS.values())
    @pytest.mark.parametrize("columns", [["name", "params"], ["macs", "layer"]])
    def test_all_end_with_the_totals(self, render: Callable[..., str], columns: list[str]) -> None:
        end = "\n".join(render(LENET.summary(), columns).splitlines()[-6:])
        if render is Summary.to_csv:
            assert end.splitlines()[-1] == ("Total,62958" if "params" in columns else "849320,Total")
        else:
            totals = ["Total params: 62,958 (", "Trainable params: 62,108 (", "Non-trainable params: 850 ("]
            assert all(total in end for total in totals)
            assert ("Total MACs: 849,320" in end) == ("macs" in columns)

    @pytest.mark.parametrize("ending", FORMATS)
    def test_everything_prints(self, ending: str) -> None:
        text = FORMATS[ending](HOSTILE.summary())
        assert all(line.isprintable() for line in text.split("\n"))
        assert r"\x1b" in text or r"\textbackslash{}x1b" in text or r"\\x1b" in text

    def test_a_name_without_end_does_not_make_every_line_endless(self) -> None:
        text = Model([Dense(3, name="a" * 500 + "畳" * 500), *[Dropout(0.5)] * 50], in_shape=(3,)).summary().to_text()
        assert max(map(len, text.splitlines())) < 1_100
        assert re.search(r"│ a{500}…畳{240,} \(Dense\) ", text)

    def test_a_table_in_text_is_a_rectangle(self) -> None:
        table = [line for line in HOSTILE.summary().to_text(["name", "params"]).splitlines()[1:] if line[0] != " "]
        assert len({width(line) for line in table}) == 1

    def test_html_holds_no_tag_but_its_own(self) -> None:
        class Tags(HTMLParser):
            found: set[str] = set()  # noqa: RUF012 (read once below)
            cells: list[str] = []  # noqa: RUF012 (read once below)

            def handle_starttag(self, tag: str, attrs: object) -> None:
                self.found.add(tag)

            def handle_data(self, data: str) -> None:
                self.cells.append(data)

        parser = Tags()
        parser.feed(HOSTILE.summary().to_html(["name", "params"]))
        assert parser.found == {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "br"}
        assert "<script>alert(1)</script>" in parser.cells

    def test_markdown_keeps_its_columns(self) -> None:
        lines = HOSTILE.summary().to_markdown(["name", "params"]).splitlines()[2 : len(HOSTILE) + 4]
        assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines} == {3}

    def test_latex_leaves_nothing_unescaped(self) -> None:
        body = HOSTILE.summary().to_latex(["name", "params"])
        inner = "\n".join(line for line in body.splitlines() if not line.startswith("\\"))
        known = r"\\\\$|\\[{}$&#_%]|\\text\w+\{\}|\{[\[\]*]\}| & "
        assert not re.search(r"[\\{}$&#_%~^<>|]", re.sub(known, "", inner, flags=re.MULTILINE))

    def test_csv_holds_nothing_that_a_spreadsheet_runs(self) -> None:
        rows = list(csv.reader(io.StringIO(HOSTILE.summary().to_csv(["name", "params"]))))
        assert len(rows) == len(HOSTILE) + 2
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)

    @given(st.text(min_size=1))
    def test_any_name_keeps_the_lines_of_each_format(self, name: str) -> None:
        model, plain = (Model([Dense(3, name=own)], in_shape=(3,)) for own in (name, "plain"))
        for render in FORMATS.values():
            assert len(render(model.summary()).splitlines()) == len(render(plain.summary()).splitlines())

    def test_counts_beyond_floats_are_exact(self) -> None:
        model = Model([Dense(2**62 + 1), Dense(2**62 + 3)], in_shape=(2**62 + 5,))
        total = model.params()
        for render in FORMATS.values():
            assert f"{total:,}" in render(model.summary()) or str(total) in render(model.summary())


class TestExplanations:
    SAMPLES = Model(
        [
            Conv2D(8, 5, padding="same", strides=2),
            Conv2D(8, (3, 5), padding=((1, 2), (0, 0)), dilation_rate=(2, 1), groups=2, use_bias=False),
            Pool(3, 2, 1, ceil_mode=True, use_scale=True, use_bias=True),
            Conv2D(4, 1, connection_table=(1, 2, 3, 8), trainable=False),
            Model([GAP(), Dense(3)], name="head"),
        ],
        in_shape=(33, 30, 4),
        name="samples_1 & co",
    )
    CAUSAL = Conv1D(4, 3, 2, "causal", data_format="channels_first")

    def test_in_text(self, golden: Golden) -> None:
        golden("explanation-short.txt", str(self.SAMPLES.explain()))
        golden("explanation.txt", self.SAMPLES.explain().to_text(full=True))
        golden("explanation-causal.txt", self.CAUSAL.explain((2, 10)).to_text(full=True))

    def test_in_markdown(self, golden: Golden) -> None:
        golden("explanation-short.md", self.SAMPLES.explain().to_markdown())
        golden("explanation.md", self.SAMPLES.explain().to_markdown(full=True))
        assert self.SAMPLES.explain()._repr_markdown_() == self.SAMPLES.explain().to_markdown()
        assert repr(self.SAMPLES.explain()) == "<Explanation in 63 steps: print it>"

    def test_in_latex(self, golden: Golden) -> None:
        golden("explanation-short.tex", self.SAMPLES.explain().to_latex())
        golden("explanation.tex", self.SAMPLES.explain().to_latex(full=True))

    def test_in_html(self) -> None:
        assert self.SAMPLES.explain().to_html() == self.SAMPLES.explain()._repr_html_()
        assert "connections" in self.SAMPLES.explain().to_html(full=True)

    def test_in_csv(self, golden: Golden) -> None:
        golden("explanation-short.csv", self.SAMPLES.explain().to_csv())
        golden("explanation.csv", self.SAMPLES.explain().to_csv(full=True))
        rows = list(csv.DictReader(io.StringIO(self.SAMPLES.explain().to_csv(full=True))))
        assert [(row["layer"], row["what"], row["value"]) for row in rows] == [
            (step.layer, step.what, step.value_text) for step in self.SAMPLES.explain().steps
        ]
        names = [row["layer"] for row in csv.DictReader(io.StringIO(HOSTILE.explain().to_csv()))]
        assert {"'=1+1", "'＝1+1", "'@SUM(A1)", "'-2"} < set(names)

    def test_as_a_dictionary(self) -> None:
        found = self.SAMPLES.explain().to_dict()
        assert json.loads(json.dumps(found)) == found
        assert len(found["steps"]) == len(self.SAMPLES.explain().steps)
        assert [step["layer"] for step in found["steps"]][-1] == "samples_1 & co"

    def test_says_what_the_numbers_do_not_show(self) -> None:
        def notes(layer: Conv1D | Pool, length: int) -> str:
            return "; ".join(layer.explain((length, 2)).steps[0].notes)

        assert notes(Conv1D(4, 3), 10) == ""
        assert notes(Conv1D(4, 3, 2), 10) == "7 / 2 is rounded down to 3"
        assert notes(Conv1D(4, 3, padding="same"), 10) == "same padding: the size of the kernel does not matter"
        assert notes(Conv1D(4, 3, 4, "same"), 10).endswith("; 10 / 4 is rounded up to 3")
        assert notes(Conv1D(4, 3, padding="causal"), 10).startswith("causal padding: ")
        assert notes(Pool(2, ceil_mode=True), 41).startswith("ceil_mode: ")

    def test_leaves_unknown_what_is_unknown(self) -> None:
        explanation = Conv2D(4, 3).explain((None, 9, 1))
        step = explanation.steps[0]
        assert (step.value, step.words, step.numbers) == (None, "unknown", "unknown")
        assert step.latex == r"\text{output height} = \text{unknown}"
        assert step.short == step
        assert "output height   = unknown\n" in str(explanation)
        assert "unknown" in explanation.to_markdown()

    def test_compares_by_what_it_says(self) -> None:
        """Two weights of one size are different steps when their formulas differ."""
        one, other = (Dense(4).explain(shape).steps[1] for shape in ((6,), (6,)))
        assert one == other
        assert Conv1D(4, 3).explain((9, 2)).steps[2] != Conv1D(4, 2).explain((9, 3)).steps[2]

    def test_brackets_out_what_a_kernel_and_its_bias_share(self) -> None:
        assert Dense(10).explain((84,)).short.steps[-1].words == "(input features + 1) × units"
        table = Conv2D(2, 5, connection_table=(1, 3)).explain((9, 9, 3))
        params = {step.what: step.words for step in table.steps}["params"]
        assert params == "kernel height × kernel width × table entries + filters"
        pool = Pool(2, use_scale=True, use_bias=True).explain((8, 3))
        assert {step.what: step.words for step in pool.steps}["params"] == "2 × input channels"

    def test_keeps_a_term_that_came_to_nothing(self) -> None:
        step = Pool(7).explain((7, 7, 512)).short.steps[0]
        assert step.numbers == "⌊(7 − 7) / 7⌋ + 1"

    def test_says_when_ceil_mode_leaves_a_window_out(self) -> None:
        notes = Pool(2, 2, 1, ceil_mode=True).explain((3, 1)).steps[0].notes
        assert "ceil_mode: no window starts in the padding behind the input" in notes

    def test_of_a_frozen_model_agrees_with_its_totals(self) -> None:
        for model in (
            Model([Dense(4)], trainable=False, in_shape=(3,)),
            Model([Model([Dense(4)])], trainable=False, in_shape=(3,)),
            Model([Model([Dense(4)], trainable=False)], in_shape=(3,)),
        ):
            steps = [step for step in model.explain().steps if "trainable" in step.what]
            assert {(step.what, step.value) for step in steps} == {
                ("trainable params", 0),
                ("non-trainable params", 16),
            }

    def test_refuses_what_the_answers_refuse(self) -> None:
        with pytest.raises(ShapeError, match=r"Flatten's output shape\[0\] must be an int from 1"):
            Flatten().explain((2**62, 4))

    def test_needs_no_signs_in_latex_that_its_fonts_lack(self) -> None:
        texts = [LENET.summary().to_latex(COLUMNS), self.SAMPLES.explain().to_latex(full=True)]
        assert all(text.isascii() for text in [*texts, self.CAUSAL.explain((2, 10)).to_latex(full=True)])

    def test_puts_the_alignment_behind_the_name(self) -> None:
        class Named(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                return Weight("a = b", {"n": in_shape[0], "len": 512}), Weight("c", {"m": 9})

        explanation = Named().explain((3,))
        assert r"\text{a = b} &= " in explanation.to_latex()
        assert [step.words for step in explanation.steps[1:4]] == [
            "input features × len",
            "m",
            "input features × len + m",
        ]

    def test_of_hostile_names_prints(self) -> None:
        explanation = HOSTILE.explain()
        for render in (explanation.to_text, explanation.to_markdown, explanation.to_latex, explanation.to_csv):
            text = render(full=True)
            assert all(line.isprintable() for line in text.split("\n"))


def test_windows_are_unknown_where_sizes_are() -> None:
    assert Dense(3).windows((None,)) is None
    assert Dense(3).windows((5,)) == (Window(5),)
    assert Dense(3).windows((None, 5)) == Model([Dense(3), Dense(3)]).windows((None, 5)) == ()
    assert Model([Dense(3), Conv1D(4, 2)]).windows((9, 5)) == (Window(2),)
    assert GAP().windows((None, 5, 3)) is None
    folding = Fold()
    model = Model([Conv2D(4, 3), folding, Conv1D(4, 3)], in_shape=(8, 8, 3))
    assert column(model, "receptive_field") == ["3 × 3", "3 × 3", "unknown"]


class Fold(Layer):
    """A layer of a user's own that leaves fewer axes than it gets."""

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return (in_shape[0], in_shape[2])

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        if output_shape != (6, 4):
            raise ShapeError("in_shape", "(6, 6, 4)", str(in_shape))
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()


def test_an_error_of_a_hook_that_counts_costs_has_its_place() -> None:
    with pytest.raises(
        ShapeError, match=r"layers\[0\] 'fold' \(Fold\), given \(8, 8, 3\): in_shape must be \(6, 6, 4\)"
    ):
        Model([Fold()], in_shape=(8, 8, 3)).macs()
