"""LaTeX: a `tabular` that needs no package, and explanations as `align*`, which needs amsmath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from paramcalc.explain import Explanation, Part, Step
from paramcalc.formula import latex_text
from paramcalc.render.table import (
    Header,
    difference_headers,
    difference_lines,
    difference_totals,
    headers,
    lines,
    totals,
)
from paramcalc.render.text import heading
from paramcalc.summary import Column, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Differences


def summary_as_latex(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table, whose last lines are the totals."""
    title = f"Model: {summary.name}"
    return _tabular(title, headers(columns), ([row] for row in lines(summary, columns)), totals(summary, columns))


def differences_as_latex(differences: Differences) -> str:
    """Differences as a table, whose last lines are the totals; nothing where there are none."""
    if not differences:
        return ""
    groups = map(difference_lines, differences.rows)
    return _tabular("", difference_headers(differences), groups, difference_totals(differences))


def _tabular(
    title: str,
    headers: Sequence[Header],
    groups: Iterable[Iterable[Sequence[str]]],
    totals: Iterable[tuple[str, str]],
) -> str:
    def across(text: str) -> str:
        return rf"\multicolumn{{{len(headers)}}}{{l}}{{{latex_text(text)}}} \\"

    alignment = "".join("r" if on_right else "l" for _, on_right in headers)
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{alignment}}}",
            *([across(title)] if title else []),
            r"\hline",
            _row(header for header, _ in headers),
            r"\hline",
            *(_row(row) for group in groups for row in group),
            r"\hline",
            *(across(f"{label}: {count}") for label, count in totals),
            r"\hline",
            r"\end{tabular}",
        ]
    )


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(latex_text, cells)) + r" \\"


def explanation_as_latex(explanation: Explanation) -> str:
    """An explanation as one display of equations for each part."""
    return "\n".join(_part_as_latex(part) for part in explanation.parts)


def _part_as_latex(part: Part) -> str:
    equations = " \\\\\n".join(map(_equation, part.steps))
    display = f"\\begin{{align*}}\n{equations}\n\\end{{align*}}"
    return "\n".join([rf"\paragraph{{{latex_text(heading(part))}}}", display])


def _equation(step: Step) -> str:
    """One line for each side, so that it fits a page, and one for each note."""
    what, *sides = step.latex_sides
    notes = [rf"&\quad \text{{({latex_text(note)})}}" for note in step.notes]
    return " \\\\\n".join([f"{what} &= {sides[0]}", *(f"&= {side}" for side in sides[1:]), *notes])
