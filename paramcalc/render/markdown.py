"""Markdown: tables as GitHub and notebooks show them. Whatever could start markup, mathematics or HTML is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paramcalc.errors import printable
from paramcalc.explain import Explanation, Part
from paramcalc.render.table import lines, steps, totals
from paramcalc.render.text import heading
from paramcalc.summary import Column, Summary

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
    table = _table([(column.header, column.is_number) for column in columns], lines(summary, columns))
    title = f"**Model: {escaped(summary.name)}**"
    return "\n".join([title, "", *table, "", *(f"- {label}: {count}" for label, count in totals(summary, columns))])


def explanation_as_markdown(explanation: Explanation) -> str:
    """An explanation as a table for each part."""
    return "\n\n".join(_part_as_markdown(part) for part in explanation.parts)


def _part_as_markdown(part: Part) -> str:
    return "\n".join([f"**{escaped(heading(part))}**", "", *_table(*steps(part))])


def _table(headers: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield _row([escaped(header) for header, _ in headers])
    yield _row(["---:" if on_right else ":---" for _, on_right in headers])
    for row in rows:
        yield _row([escaped(text) for text in row])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
