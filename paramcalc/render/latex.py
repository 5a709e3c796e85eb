"""LaTeX: a `tabular` that needs no package, and explanations as `align*`, which needs amsmath."""

from __future__ import annotations

from collections.abc import Sequence

from paramcalc.explain import Explanation, Part, Step
from paramcalc.formula import latex_text
from paramcalc.render.table import lines, totals
from paramcalc.render.text import heading
from paramcalc.summary import Column, Summary


def summary_as_latex(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary as a table, whose last lines are the totals."""
    alignment = "".join("r" if column.is_number else "l" for column in columns)
    body = [" & ".join(map(latex_text, row)) + r" \\" for row in lines(summary, columns)]
    foot = [
        rf"\multicolumn{{{len(columns)}}}{{l}}{{{latex_text(f'{label}: {count}')}}} \\"
        for label, count in totals(summary, columns)
    ]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{alignment}}}",
            rf"\multicolumn{{{len(columns)}}}{{l}}{{Model: {latex_text(summary.name)}}} \\",
            r"\hline",
            " & ".join(latex_text(column.header) for column in columns) + r" \\",
            r"\hline",
            *body,
            r"\hline",
            *foot,
            r"\hline",
            r"\end{tabular}",
        ]
    )


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
