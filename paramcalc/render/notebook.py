"""What a notebook shows of models, summaries, explanations, graded tables and differences: lines that open.

Knows: which facts stand on a line, and what is under it. Must not know: how a fact comes about.

A line of a layer opens to where its numbers come from, and a line of a model to the lines of its layers. Of an answer
it opens to what is wrong with it, of a layer that differs to its fields; what there is nothing to say of is under one
line. Formulas are text and not MathML: words and numbers as long as theirs must wrap where a cell is narrow, which
MathML does not, and text is copied as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING

from paramcalc.errors import shown
from paramcalc.explain import Explanation, Part, explain_model
from paramcalc.layers.base import Layer
from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.render.html import (
    differences_as_html,
    escaped,
    folded,
    fragment,
    line,
    report_as_html,
    spanned,
    summary_as_html,
    table,
    titled,
    under_each_other,
)
from paramcalc.render.table import (
    answer_text,
    cell,
    count_text,
    difference_headers,
    difference_lines,
    difference_totals,
    percent_text,
    points_text,
    report_title,
    shape_text,
    steps,
    totals,
)
from paramcalc.render.text import heading
from paramcalc.rows import Row, rows_of
from paramcalc.shapes import Shapes, added_up, one_by_one
from paramcalc.summary import COLUMNS, DEFAULT_COLUMNS, Share, Summary, chosen

if TYPE_CHECKING:
    from paramcalc.difference import Difference, Differences
    from paramcalc.grading.diagnosis import Diagnosis
    from paramcalc.grading.outcomes import About
    from paramcalc.grading.report import Cell, GradedRow, Report

MOST_ROWS = 1000
"""With more layers than that, there are lines or a table that do not open."""

MOST_LEVELS = 20
"""With models deeper in each other than that, likewise."""

_HEAD = (("Layer", ""), ("Output Shape", ""), ("Params", "number"), ("MACs", "number"), ("% of Params", "number"))
_GRADED_HEAD = (("Layer", ""), ("Output Shape", ""), ("Params", ""), ("Points", "number"))
_DIFFERENT_HEAD = (("Layer", ""), ("", ""), ("What differs", ""), ("Params", "number"))


def explanation_in_notebook(explanation: Explanation) -> str:
    """The steps of one layer as a table; of several, a line for each that opens to them."""
    if len(explanation.parts) == 1:
        part = explanation.parts[0]
        return fragment(titled(heading(part)), table(*steps(part)))
    return fragment(*(folded(spanned(heading(part)), table(*steps(part))) for part in explanation.parts))


def summary_in_notebook(summary: Summary, model: Model, in_shape: Shapes) -> str:
    """The lines of a model's layers; models inside it stand open where the summary has opened them."""
    if len(summary.rows) > MOST_ROWS:
        lines = _ends_of(summary)
    elif _layers_in(model, {}) > MOST_ROWS or model._depth > MOST_LEVELS:
        return summary_as_html(summary, chosen(DEFAULT_COLUMNS))
    else:
        rows = rows_of(model, in_shape, None)
        parts = (part for part in explain_model(model, in_shape).short.parts if part.layer)
        lines = _Page(summary, model, in_shape, rows).lines(list(zip(rows, parts, strict=True)), 0)
    return fragment(
        titled(summary.name),
        line([spanned(*one) for one in _HEAD], "head"),
        *lines,
        under_each_other([f"{label}: {count}" for label, count in totals(summary, [COLUMNS["macs"]])], "totals"),
    )


def _ends_of(summary: Summary) -> Iterator[str]:
    """The first and the last lines of a summary that has too many, and one line for those between."""
    half = MOST_ROWS // 2
    between = summary.rows[half:-half]
    params, macs = sum(row.params for row in between), added_up(row.macs for row in between)
    first, last = (
        [line(_row_cells(row, row.name, summary.total_params), "closed") for row in rows]
        for rows in (summary.rows[:half], summary.rows[-half:])
    )
    yield from first
    name = _named(f"{count_text(len(between))} layers", "")
    yield line([name, spanned(""), *_cost_cells(params, macs, summary.total_params)], "closed")
    yield from last


def _row_cells(row: Row, name: str, total: int) -> list[str]:
    """What is said of a row under this name."""
    kind = row.type
    if isinstance(row.layer, Model):
        kind = f"{kind}, {count_text(len(row.layer))} layers"
    if row.calls > 1:
        kind = f"{kind}, {count_text(row.calls)} calls"
    if row.params and not row.trainable_params:
        kind = f"{kind}, not trained"
    shapes = ", ".join(map(shape_text, one_by_one(row.output_shape)))
    return [_named(name, kind), spanned(shapes), *_cost_cells(row.params, row.macs, total)]


def _cost_cells(params: int, macs: int | None, total: int) -> list[str]:
    """Parameters, multiply-adds, and a bar for the share of all parameters."""
    bar = f'<i style="width:{100 * params // max(1, total)}%"></i>'
    return [
        spanned(count_text(params), "number" if params else "number soft"),
        spanned(cell("count", macs), "number" if macs else "number soft"),
        f'<span class="bar" title="{percent_text(Share(params, total))}">{bar}</span>',
    ]


def _layers_in(layer: Layer, memo: dict[int, int]) -> int:
    """How many layers there are in a layer, or one; a model that stands in another many times is counted once."""
    if not isinstance(layer, Model):
        return 1
    if id(layer) not in memo:
        memo[id(layer)] = sum(_layers_in(each, memo) for each in layer.layers)
    return memo[id(layer)]


class _Page:
    """What all lines of a summary are written from."""

    def __init__(self, summary: Summary, model: Model, in_shape: Shapes, rows: Sequence[Row]) -> None:
        self.total = summary.total_params
        deepest = max(len(row.models) for row in rows)
        self.models: Mapping[tuple[str, ...], Row] = {
            (*row.models, row.own_name): row
            for depth in range(1, deepest + 1)
            for row in rows_of(model, in_shape, depth)
            if len(row.models) == depth - 1
        }
        self.opened = {row.models[:level] for row in summary.rows for level in range(1, len(row.models) + 1)}

    def lines(self, rows: Sequence[tuple[Row, Part]], level: int) -> Iterator[str]:
        """A line for each layer, and for each model in which rows are further down."""
        for models, group in groupby(rows, lambda one: one[0].models[: level + 1]):
            if len(models) > level:
                inner = "".join(self.lines(list(group), level + 1))
                yield self.line(self.models[models], inner, is_open=models in self.opened)
                continue
            for row, part in group:
                yield self.line(row, _derived(part), is_open=False)

    def line(self, row: Row, inner: str, *, is_open: bool) -> str:
        """The facts of a row, and what it opens to."""
        return folded(" ".join(_row_cells(row, row.own_name, self.total)), inner, style="line", is_open=is_open)


def _named(name: str, kind: str) -> str:
    """What a line begins with."""
    return f"<span><b>{escaped(name)}</b> {spanned(kind, 'soft')}</span>"


def _derived(part: Part) -> str:
    """Where the numbers of a layer come from."""
    return spanned(heading(part), "soft") + table(*steps(part))


def _opening(cells: Sequence[str], inner: str, style: str) -> str:
    """A line of these cells, which opens where there is something to open to."""
    return folded("".join(cells), inner, style=f"line {style}") if inner else line(cells, f"closed {style}")


def _under_one(cells: Sequence[str], lines: Sequence[str], style: str, *, shown: bool) -> str:
    """Lines that there is nothing to say of under one line, or that line alone where there are too many to be shown."""
    if len(lines) == 1:
        return lines[0]
    return _opening(cells, "".join(lines) if shown else "", style)


# Graded tables


def report_in_notebook(report: Report, model: Model | None) -> str:
    """A line for each row, which opens to what is wrong there; rows that are all right are under one line.

    Of a report that reveals, every row opens to the right answers and to where they come from in the model.
    """
    if sum(not row.is_right for row in report.rows) > MOST_ROWS:
        return report_as_html(report)
    return fragment(
        titled(report_title(report)),
        under_each_other(report.notes),
        line([spanned(*one) for one in _GRADED_HEAD], "head graded"),
        *_graded_lines(report, model),
    )


def _graded_lines(report: Report, model: Model | None) -> Iterator[str]:
    rows = zip(report.rows, _parts_of(report, model), strict=True)
    for right, group in groupby(rows, lambda one: one[0].is_right):
        some = list(group)
        lines = [
            _opening(_graded_cells([row]), _marked(row, part, reveals=report.reveals), "graded") for row, part in some
        ]
        if right:
            cells = _graded_cells([row for row, _ in some])
            lines = [_under_one(cells, lines, "graded", shown=len(report.rows) <= MOST_ROWS)]
        yield from lines


def _parts_of(report: Report, model: Model | None) -> list[Part | None]:
    """Where the numbers of each row come from, where that is to be told."""
    if not report.reveals or model is None or model.in_shape is None or _layers_in(model, {}) > MOST_ROWS:
        return [None] * len(report.rows)
    parts = iter(explain_model(model, model.in_shape).short.parts)
    last = [[*islice(parts, _parts_in(layer))][-1] for layer in model.layers]
    return [part for part, layer in zip(last, model.layers, strict=True) if not isinstance(layer, Input)]


def _parts_in(layer: Layer) -> int:
    """How many parts explain a layer: one, and for a model that of its totals behind those of its layers."""
    return 1 + sum(map(_parts_in, layer.layers)) if isinstance(layer, Model) else 1


def _graded_cells(rows: Sequence[GradedRow]) -> list[str]:
    """What is said of a row, or of several that are all right."""
    points = spanned(points_text(*(answer for row in rows for _, answer in row.cells)), "number")
    if len(rows) > 1:
        return [_named(f"{count_text(len(rows))} rows", "all right"), spanned(""), spanned(""), points]
    answers = (
        f"<span>{escaped(answer_text(answer.given))} {_verdict(answer.verdict)}</span>" for _, answer in rows[0].cells
    )
    return [_named(rows[0].name, rows[0].type), *answers, points]


def _verdict(verdict: str) -> str:
    return spanned(verdict, "soft" if verdict == "right" else "marked")


def _marked(row: GradedRow, part: Part | None, *, reveals: bool) -> str:
    """What is wrong with each answer of a row; and, if that is to be told, what is right."""
    from paramcalc.grading.report import CELLS  # who has a report has loaded it

    wrong: list[tuple[About, Cell]] = [each for each in row.cells if each[1].verdict != "right"]
    columns = {"answer": [CELLS[about] for about, _ in wrong]}
    if reveals:
        columns["right"] = [answer_text(answer.expected) for _, answer in wrong]
    if any(answer.diagnoses for _, answer in wrong):
        columns["mistake"] = [", or ".join(map(_mistake_text, answer.diagnoses)) for _, answer in wrong]
    columns["message"] = [answer.message for _, answer in wrong]
    found = table([(name, name == "right") for name in columns], list(zip(*columns.values(), strict=True)))
    return (found if wrong else "") + (_derived(part) if part else "")


def _mistake_text(diagnosis: Diagnosis) -> str:
    return diagnosis.mistake if isinstance(diagnosis.mistake, str) else " and ".join(diagnosis.mistake)


# Differences


def differences_in_notebook(differences: Differences) -> str:
    """A line for each layer that differs, which opens to its fields; those that are equal are under one line."""
    if len(differences.rows) > MOST_ROWS:
        return differences_as_html(differences)
    names = [name for name, _ in difference_headers(differences)[3:]]
    equal = len(differences.layers) - len(differences.rows)
    found = f"{count_text(len(differences.rows))} differ, {count_text(equal)} are equal"
    counted = [f"{label}: {counts}" for label, counts in difference_totals(differences)]
    return fragment(
        titled(" → ".join(names)),
        f'<div class="soft">{found if differences else "Nothing differs."}</div>',
        line([spanned(*one) for one in _DIFFERENT_HEAD], "head different"),
        *_different_lines(differences, names),
        under_each_other(counted if differences else [], "totals"),
    )


def _different_lines(differences: Differences, names: Sequence[str]) -> Iterator[str]:
    headers = [(name, False) for name in ("field", *names)]
    for equal, group in groupby(differences.layers, lambda layer: layer.kind == "equal"):
        some = list(group)
        lines = [
            _opening(
                _different_cells(layer),
                table(headers, [texts[2:] for texts in difference_lines(layer)]) if layer.changes else "",
                "different",
            )
            for layer in some
        ]
        if equal:
            cells = [_named(f"{count_text(len(some))} layers", ""), spanned("equal", "soft"), spanned(""), spanned("")]
            lines = [_under_one(cells, lines, "different", shown=len(differences.layers) <= MOST_ROWS)]
        yield from lines


def _different_cells(layer: Difference) -> list[str]:
    """What is said of a layer: its kind, which fields differ or what it is, and how many parameters come or go."""
    changes = {change.field: change for change in layer.changes}
    said = ", ".join(changes)
    if "layer" in changes:
        said = shown(next(each for each in changes["layer"][1:] if each is not None))
    params = ""
    if "params" in changes:
        first, second = (each or 0 for each in changes["params"][1:])
        params = f"{second - first:+,}" if first != second else ""
    style = "soft" if layer.kind == "equal" else "marked"
    return [_named(layer.name, layer.type), spanned(layer.kind, style), spanned(said), spanned(params, "number")]
