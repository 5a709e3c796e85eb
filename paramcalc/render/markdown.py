"""Markdown: tables as GitHub and notebooks show them. Whatever could start markup, mathematics or HTML is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from paramcalc.errors import printable
from paramcalc.explain import Explanation, Part
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
    steps,
    totals,
)
from paramcalc.render.text import heading
from paramcalc.summary import Column, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.grading.report import Report

_ESCAPED = {character: "\\" + character for character in "\\`*_[]~|$"} | {
    "<": "&lt;", ">": "&gt;", "&": "&amp;"
}  # fmt: skip


def escaped(text: str) -> str:
    r"""`text` so that Markdown shows it as it is.

    >>> print(escaped("a|b <script> $x$ conv2d_1"))
    a\|b &lt;script&gt; \$x\$ conv2d\_1
    """
    return "".join(_ESCAPED.get(character, character) for character in printable(text))


def summary_as_markdown(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table, and the totals as a list."""
    table = _table(headers(columns), lines(summary, columns))
    title = f"**Model: {escaped(summary.name)}**"
    return "\n".join([title, "", *table, "", *(f"- {label}: {count}" for label, count in totals(summary, columns))])


def report_as_markdown(report: Report) -> str:
    """A graded table, and the messages as a list."""
    messages = [f"- {escaped(message)}" for message in report.messages]
    table = _table(REPORT_HEADERS, report_lines(report))
    return "\n".join([f"**{escaped(report_title(report))}**", "", *table, *([""] if messages else []), *messages])


def differences_as_markdown(differences: Differences) -> str:
    """Differences as a table, and the totals of both models as a list."""
    if not differences:
        return ""
    rows = (line for row in differences.rows for line in difference_lines(row))
    table = _table(difference_headers(differences), rows)
    return "\n".join([*table, "", *(f"- {label}: {counts}" for label, counts in difference_totals(differences))])


def explanation_as_markdown(explanation: Explanation) -> str:
    """An explanation as a table for each part."""
    return "\n\n".join(_part_as_markdown(part) for part in explanation.parts)


def _part_as_markdown(part: Part) -> str:
    return "\n".join([f"**{escaped(heading(part))}**", "", *_table(*steps(part))])


def _table(headers: Sequence[Header], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield _row([escaped(header) for header, _ in headers])
    yield _row(["---:" if on_right else ":---" for _, on_right in headers])
    for row in rows:
        yield _row([escaped(text) for text in row])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
