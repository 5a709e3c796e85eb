"""HTML: one table, for notebooks and pages. Every text is escaped; nothing in it can run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from paramcalc.errors import printable
from paramcalc.render.table import lines, totals
from paramcalc.summary import Column, Summary


def summary_as_html(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table with its name as the caption and the totals in the foot."""
    right = [column.is_number for column in columns]
    headers = "".join(_cell("th", column.header, column.is_number) for column in columns)
    rows = (
        "".join(_cell("td", text, on_right) for text, on_right in zip(row, right, strict=True))
        for row in lines(summary, columns)
    )
    foot = "<br>".join(_escaped(f"{label}: {count}") for label, count in totals(summary, columns))
    return "\n".join(
        [
            "<table>",
            f"<caption>Model: {_escaped(summary.name)}</caption>",
            f"<thead><tr>{headers}</tr></thead>",
            "<tbody>",
            *(f"<tr>{row}</tr>" for row in rows),
            "</tbody>",
            f'<tfoot><tr><td colspan="{len(columns)}" style="text-align: left">{foot}</td></tr></tfoot>',
            "</table>",
        ]
    )


def _cell(tag: str, text: str, on_right: bool) -> str:
    return f'<{tag} style="text-align: {"right" if on_right else "left"}">{_escaped(text)}</{tag}>'


def _escaped(text: str) -> str:
    return escape(printable(text))
