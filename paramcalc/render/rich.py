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
    headers,
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

COLUMNS = (("layer", "output_shape", "params", "macs"), ("layer", "output_shape", "params"), ("layer", "params"))
"""The columns of a summary, in a wide terminal and in narrower ones."""
NARROW = 9
"""The least that a column of texts is to have."""
FRAME = 3
"""What the frame takes of each column, and one more in all."""


def model_in_rich(model: Model, wide: int) -> Group | Pretty:
    """The summary of a model whose input shape is known, and else how it is written.

    >>> from paramcalc import Dense
    >>> type(model_in_rich(Model([Dense(4)]), 80)).__name__
    'Pretty'
    """
    try:
        return summary_in_rich(model.summary(), wide)
    except ShapeError:
        return Pretty(model)


def summary_in_rich(summary: Summary, wide: int) -> Group:
    """A table of the layers, with as many columns as a terminal so wide has room for, and the totals."""
    every = chosen(COLUMNS[0])
    texts = dict(zip(COLUMNS[0], zip(*lines(summary, every), strict=True), strict=True))
    needed = {
        name: FRAME + (max(map(len, (column.header, *texts[name]))) if column.is_number else NARROW)
        for name, column in zip(COLUMNS[0], every, strict=True)
    }
    names = next((some for some in COLUMNS if 1 + sum(needed[name] for name in some) <= wide), COLUMNS[-1])
    rows = list(zip(*(texts[name] for name in names), strict=True))
    counted = "\n".join(f"{label}: {count}" for label, count in totals(summary, every))
    return Group(_table(f"Model: {summary.name}", headers(chosen(names)), rows), Text(counted))


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
