"""HTML: one table, for notebooks and pages. Every text is escaped; nothing in it can run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from paramcalc.difference import Differences
from paramcalc.errors import printable
from paramcalc.render.table import difference_headers, difference_lines, difference_totals, lines, totals
from paramcalc.summary import Column, Summary


def summary_as_html(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table with its name as the caption and the totals in the foot."""
    headers = [(column.header, column.is_number) for column in columns]
    caption = f"<caption>Model: {_escaped(summary.name)}</caption>"
    return _table([caption], headers, lines(summary, columns), totals(summary, columns))


def differences_as_html(differences: Differences) -> str:
    """Differences as a table with the totals of both models in the foot."""
    if not differences:
        return ""
    headers = [(header, False) for header in difference_headers(differences)]
    rows = (line for row in differences.rows for line in difference_lines(row))
    return _table([], headers, rows, difference_totals(differences))


def _table(
    captions: Sequence[str],
    headers: Sequence[tuple[str, bool]],
    rows: Iterable[Sequence[str]],
    foot: Sequence[tuple[str, str]],
) -> str:
    right = [on_right for _, on_right in headers]
    cells = "".join(_cell("th", header, on_right) for header, on_right in headers)
    body = ("".join(_cell("td", text, on_right) for text, on_right in zip(row, right, strict=True)) for row in rows)
    counts = "<br>".join(_escaped(f"{label}: {count}") for label, count in foot)
    return "\n".join(
        [
            "<table>",
            *captions,
            f"<thead><tr>{cells}</tr></thead>",
            "<tbody>",
            *(f"<tr>{row}</tr>" for row in body),
            "</tbody>",
            f'<tfoot><tr><td colspan="{len(headers)}" style="text-align: left">{counts}</td></tr></tfoot>',
            "</table>",
        ]
    )


def _cell(tag: str, text: str, on_right: bool) -> str:
    return f'<{tag} style="text-align: {"right" if on_right else "left"}">{_escaped(text)}</{tag}>'


def _escaped(text: str) -> str:
    return escape(printable(text))
