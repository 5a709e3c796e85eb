"""HTML: one table, for notebooks and pages. Every text is escaped; nothing in it can run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from paramcalc.errors import printable
from paramcalc.render.table import (
    REPORT_HEADERS,
    Header,
    difference_headers,
    difference_lines,
    difference_totals,
    headers,
    lines,
    report_lines,
    report_title,
    totals,
)
from paramcalc.summary import Column, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.grading.report import Report


def summary_as_html(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table with its name as the caption and the totals in the foot."""
    foot = (f"{label}: {count}" for label, count in totals(summary, columns))
    return _table(f"Model: {summary.name}", headers(columns), lines(summary, columns), foot)


def report_as_html(report: Report) -> str:
    """A graded table with its points as the caption and the messages in the foot."""
    return _table(report_title(report), REPORT_HEADERS, report_lines(report), report.messages)


def differences_as_html(differences: Differences) -> str:
    """Differences as a table with the totals of both models in the foot; nothing where there are none."""
    if not differences:
        return ""
    cells = (line for row in differences.rows for line in difference_lines(row))
    foot = (f"{label}: {counts}" for label, counts in difference_totals(differences))
    return _table("", difference_headers(differences), cells, foot)


def _table(caption: str, headers: Sequence[Header], cells: Iterable[Sequence[str]], foot: Iterable[str]) -> str:
    head = "".join(_cell("th", header, on_right) for header, on_right in headers)
    rows = (
        "".join(_cell("td", text, on_right) for text, (_, on_right) in zip(row, headers, strict=True)) for row in cells
    )
    below = "<br>".join(map(_escaped, foot))
    return "\n".join(
        [
            "<table>",
            *([f"<caption>{_escaped(caption)}</caption>"] if caption else []),
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *(f"<tr>{row}</tr>" for row in rows),
            "</tbody>",
            f'<tfoot><tr><td colspan="{len(headers)}" style="text-align: left">{below}</td></tr></tfoot>',
            "</table>",
        ]
    )


def _cell(tag: str, text: str, on_right: bool) -> str:
    return f'<{tag} style="text-align: {"right" if on_right else "left"}">{_escaped(text)}</{tag}>'


def _escaped(text: str) -> str:
    return escape(printable(text))
