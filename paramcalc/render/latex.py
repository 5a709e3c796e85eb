"""LaTeX: a `tabular` that needs no package, and explanations as `align*`, which needs amsmath."""

from __future__ import annotations

from collections.abc import Sequence

from paramcalc.explain import Explanation, Part
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
    sides = (step.latex_sides for step in part.steps)
    equations = " \\\\\n".join(f"{what} &= {' = '.join(rest)}" for what, *rest in sides)
    display = f"\\begin{{align*}}\n{equations}\n\\end{{align*}}"
    return "\n".join([rf"\paragraph{{{latex_text(heading(part))}}}", display])
