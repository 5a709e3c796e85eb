"""What a notebook shows of models, summaries and explanations: lines that open.

Knows: which facts stand on a line, and what is under it. Must not know: how a fact comes about.

A line of a layer opens to where its numbers come from, and a line of a model to the lines of its layers. Formulas are
text and not MathML: words and numbers as long as theirs must wrap where a cell is narrow, which MathML does not, and
text is copied as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from paramcalc.explain import Explanation, Part, explain_model
from paramcalc.layers.base import Layer
from paramcalc.model import Model
from paramcalc.render.html import escaped, folded, fragment, spanned, summary_as_html, table
from paramcalc.render.table import cell, count_text, percent_text, shape_text, steps, totals
from paramcalc.render.text import heading
from paramcalc.rows import Row, rows_of
from paramcalc.shapes import Shapes, one_by_one
from paramcalc.summary import COLUMNS, DEFAULT_COLUMNS, Share, Summary, chosen

MOST_ROWS = 1000
"""With more layers than that, a summary is a table that does not open."""

MOST_LEVELS = 20
"""With models deeper in each other than that, likewise."""

_HEAD = (("Layer", ""), ("Output Shape", ""), ("Params", "number"), ("MACs", "number"), ("% of Params", "number"))


def explanation_in_notebook(explanation: Explanation) -> str:
    """The steps of one layer as a table; of several, a line for each that opens to them."""
    if len(explanation.parts) == 1:
        part = explanation.parts[0]
        return fragment(f'<div class="title">{escaped(heading(part))}</div>', table(*steps(part)))
    return fragment(*(folded(spanned(heading(part)), table(*steps(part))) for part in explanation.parts))


def summary_in_notebook(summary: Summary, model: Model, in_shape: Shapes) -> str:
    """The lines of a model's layers; models inside it stand open where the summary has opened them."""
    if _layers_in(model, {}) > MOST_ROWS or model._depth > MOST_LEVELS:
        return summary_as_html(summary, chosen(DEFAULT_COLUMNS))
    rows = rows_of(model, in_shape, None)
    parts = (part for part in explain_model(model, in_shape).short.parts if part.layer)
    page = _Page(summary, model, in_shape, rows)
    head = "".join(spanned(text, style) for text, style in _HEAD)
    counted = totals(summary, [COLUMNS["macs"]])
    return fragment(
        f'<div class="title">{escaped(summary.name)}</div>',
        f'<div class="line head">{head}</div>',
        *page.lines(list(zip(rows, parts, strict=True)), 0),
        f'<div class="totals">{"<br>".join(escaped(f"{label}: {count}") for label, count in counted)}</div>',
    )


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
                yield self.line(row, spanned(heading(part), "soft") + table(*steps(part)), is_open=False)

    def line(self, row: Row, inner: str, *, is_open: bool) -> str:
        """The facts of a row, and what it opens to."""
        kind = row.type
        if isinstance(row.layer, Model):
            kind = f"{kind}, {count_text(len(row.layer))} layers"
        if row.calls > 1:
            kind = f"{kind}, {count_text(row.calls)} calls"
        if row.params and not row.trainable_params:
            kind = f"{kind}, not trained"
        share = Share(row.params, self.total)
        bar = f'<i style="width:{100 * row.params // max(1, self.total)}%"></i>'
        facts = [
            f"<span><b>{escaped(row.own_name)}</b> {spanned(kind, 'soft')}</span>",
            spanned(", ".join(map(shape_text, one_by_one(row.output_shape)))),
            spanned(count_text(row.params), "number" if row.params else "number soft"),
            spanned(cell("count", row.macs), "number" if row.macs else "number soft"),
            f'<span class="bar" title="{percent_text(share)}">{bar}</span>',
        ]
        return folded(" ".join(facts), inner, style="line", is_open=is_open)
