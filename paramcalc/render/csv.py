"""Comma-separated values, for spreadsheets and programs: exact numbers, and no text that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from paramcalc.errors import printable
from paramcalc.render.table import plain_cell
from paramcalc.summary import COLUMNS, Column, Summary

_NAMES = (COLUMNS["name"], COLUMNS["layer"])


def summary_as_csv(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a row of headers, a row for each layer, and a last row with the totals."""
    if not any(column in _NAMES for column in columns):
        columns = [COLUMNS["name"], *columns]  # where else would "Total" stand?
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([column.header for column in columns])
    values = zip(*(column.values(summary) for column in columns), strict=True)
    writer.writerows([_cell(column, value) for column, value in zip(columns, row, strict=True)] for row in values)
    writer.writerow(_totals(summary, columns))
    return written.getvalue()


def _totals(summary: Summary, columns: Sequence[Column]) -> list[str]:
    cells = ["" if column.total is None else _cell(column, column.total(summary)) for column in columns]
    cells[next(position for position, column in enumerate(columns) if column in _NAMES)] = "Total"
    return cells


def _cell(column: Column, value: object) -> str:
    text = plain_cell(column.kind, value)
    if column.kind != "text":
        return text
    shown = printable(text)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown
