"""What the library rich shows of models, summaries, explanations, graded tables and differences.

Only rich loads this module, when it prints one of them.

Knows: rich. Must not know: where a fact comes from. Texts are given as such, for in rich a plain str is markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.pretty import Pretty
from rich.table import Table
from rich.text import Text

from paramcalc.errors import ShapeError, printable
from paramcalc.explain import Explanation
from paramcalc.model import Model
from paramcalc.render.table import (
    REPORT_HEADERS,
    difference_headers,
    difference_lines,
    difference_totals,
    lines,
    report_lines,
    report_title,
    steps,
    totals,
)
from paramcalc.render.text import heading
from paramcalc.summary import Summary, chosen

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.grading.report import Report

COLUMNS = ("layer", "output_shape", "params", "macs")


def model_in_rich(model: Model) -> Group | Pretty:
    """The summary of a model whose input shape is known, and else how it is written.

    >>> from paramcalc import Dense
    >>> type(model_in_rich(Model([Dense(4)]))).__name__
    'Pretty'
    """
    try:
        return summary_in_rich(model.summary())
    except ShapeError:
        return Pretty(model)


def summary_in_rich(summary: Summary) -> Group:
    """A table of the layers, and the totals."""
    columns = chosen(COLUMNS)
    headers = [(column.header, column.is_number) for column in columns]
    rows = [list(row) for row in lines(summary, columns)]
    counted = "\n".join(f"{label}: {count}" for label, count in totals(summary, columns))
    return Group(_table(f"Model: {summary.name}", headers, rows), Text(counted))


def explanation_in_rich(explanation: Explanation) -> Group:
    """A table of steps for each part."""
    return Group(*(_table(heading(part), *steps(part)) for part in explanation.parts))


def report_in_rich(report: Report) -> Group:
    """A graded table, and the messages; no right answer."""
    rows = [
        [name, f"{shape} {of_shape}".strip(), f"{params} {of_params}".strip(), points]
        for name, shape, of_shape, params, of_params, points in report_lines(report)
    ]
    table = _table(report_title(report), [(name, False) for name, _ in REPORT_HEADERS if name], rows)
    return Group(table, *(Text(printable(message)) for message in report.messages))


def differences_in_rich(differences: Differences) -> Group | Text:
    """A table of the fields that differ, and the totals of both models."""
    if not differences:
        return Text("Nothing differs.")
    rows = [
        [f"{name} {kind}".strip(), *texts] for row in differences.rows for name, kind, *texts in difference_lines(row)
    ]
    layer, _, *fields = difference_headers(differences)
    counted = "\n".join(f"{label}: {counts}" for label, counts in difference_totals(differences))
    return Group(_table(" → ".join(name for name, _ in fields[1:]), [layer, *fields], rows), Text(counted))


def _table(title: str, headers: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> Table:
    """A table whose numbers are never cut off: where it is narrow, texts go on in the next line."""
    table = Table(title=Text(printable(title)), title_justify="left")
    for header, is_number in headers:
        table.add_column(
            Text(printable(header)), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(printable(text)) for text in row))
    return table
