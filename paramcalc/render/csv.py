"""Comma-separated values, for spreadsheets and programs: exact numbers, and no text that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from paramcalc.errors import printable
from paramcalc.render.table import changed_fields, plain_cell
from paramcalc.summary import COLUMNS, Column, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.explain import Explanation

_NAMES = (COLUMNS["name"], COLUMNS["layer"])
_FORMULA = tuple("=+-@＝＋－＠")
"""How a text begins that a spreadsheet may take for a formula, the wide signs where it speaks Japanese."""


def summary_as_csv(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a row of headers, a row for each layer, and a last row with the totals."""
    if not any(column in _NAMES for column in columns):
        columns = [COLUMNS["name"], *columns]  # where else would "Total" stand?
    values = zip(*(column.values(summary) for column in columns), strict=True)
    rows = ([_cell(column, value) for column, value in zip(columns, row, strict=True)] for row in values)
    return _written([column.header for column in columns], [*rows, _totals(summary, columns)])


def explanation_as_csv(explanation: Explanation) -> str:
    """An explanation as a row of headers and a row for each step."""
    rows = (
        [_text(text) for text in (step.layer, step.what, step.words, step.numbers)]
        + [step.value_text, _text("; ".join(step.notes))]
        for step in explanation.steps
    )
    return _written(["layer", "what", "formula", "numbers", "value", "notes"], rows)


def differences_as_csv(differences: Differences) -> str:
    """Differences as a row of headers and a row for each field."""
    rows = (
        [_text(row.name), _text(row.type), row.kind, field, *map(_value, values)]
        for row in differences.rows
        for field, *values in changed_fields(row, plain=True)
    )
    return _written(["layer", "type", "kind", "field", "first", "second"], rows)


def _written(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([headers, *rows])
    return written.getvalue()


def _totals(summary: Summary, columns: Sequence[Column]) -> list[str]:
    cells = ["" if column.total is None else _cell(column, column.total(summary)) for column in columns]
    cells[next(position for position, column in enumerate(columns) if column in _NAMES)] = "Total"
    return cells


def _cell(column: Column, value: object) -> str:
    text = plain_cell(column.kind, value)
    return _text(text) if column.kind == "text" else text


def _value(text: str) -> str:
    """A number as it is, which may begin with a dash; anything else as a text."""
    try:
        float(text)
    except ValueError:
        return _text(text)
    return text


def _text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
