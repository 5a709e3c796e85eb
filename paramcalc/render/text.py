"""Plain text: Keras's table with its lines, and explanations as aligned equations.

The width follows from the content, never from a terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from paramcalc.errors import printable
from paramcalc.explain import Explanation, Part, Step
from paramcalc.render.table import lines, totals
from paramcalc.summary import Column, Summary


def summary_as_text(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary in the layout that Keras prints."""
    headers = [column.header for column in columns]
    rows = [[printable(text) for text in row] for row in lines(summary, columns)]
    widths = [max(map(width, texts)) for texts in zip(headers, *rows, strict=True)]
    right = [column.is_number for column in columns]

    def ruled(left: str, line: str, between: str, end: str) -> str:
        return left + between.join(line * (size + 2) for size in widths) + end

    def written(texts: Sequence[str], bar: str) -> str:
        cells = (
            " " * (size - width(text)) + text if on_right else text + " " * (size - width(text))
            for text, size, on_right in zip(texts, widths, right, strict=True)
        )
        return f"{bar} " + f" {bar} ".join(cells) + f" {bar}"

    between_rows = "\n" + ruled("├", "─", "┼", "┤") + "\n"
    return "\n".join(
        [
            f'Model: "{printable(summary.name)}"',
            ruled("┏", "━", "┳", "┓"),
            written(headers, "┃"),
            ruled("┡", "━", "╇", "┩"),
            between_rows.join(written(row, "│") for row in rows),
            ruled("└", "─", "┴", "┘"),
            *(f" {label}: {count}" for label, count in totals(summary, columns)),
        ]
    )


def width(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> width("dense"), width("畳み込み"), width("é")
    (5, 8, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def shortened(text: str, columns: int) -> str:
    """A text that prints, in at most so many columns: the middle is left out, as names differ at their ends.

    >>> shortened("dense", 12), shortened("conv5_block3_3_conv", 12)
    ('dense', 'conv5_…_conv')
    """
    shown = printable(text)
    if width(shown) <= columns:
        return shown
    before, behind = columns // 2, (columns - 1) // 2
    return f"{_begun(shown, before)}…{_begun(shown[::-1], behind)[::-1]}"


def _begun(text: str, columns: int) -> str:
    """As much of a text as fits."""
    return text[: sum(end <= columns for end in accumulate(map(width, text)))]


def explanation_as_text(explanation: Explanation) -> str:
    """An explanation as one heading and one aligned equation a line for each part."""
    return "\n\n".join(_part_as_text(part) for part in explanation.parts)


def _part_as_text(part: Part) -> str:
    widest = max((width(printable(step.what)) for step in part.steps), default=0)
    return "\n".join([heading(part), *(line for step in part.steps for line in _step_as_text(step, widest))])


def _step_as_text(step: Step, widest: int) -> list[str]:
    what = printable(step.what)
    sides = dict.fromkeys((printable(step.words), step.numbers, step.value_text))
    line = f"  {what}{' ' * (widest - width(what))} = {' = '.join(sides)}"
    return [line, *(f"  {' ' * widest}   ({note})" for note in step.notes)]


def heading(part: Part) -> str:
    """What a part is about, on one line.

    >>> heading(Part("dense", "Dense(10)", (84,), ()))
    'dense = Dense(10) on (84,)'
    """
    name, layer = printable(part.name), printable(part.layer)
    if not layer:
        return f"{name} on {part.in_shape}: totals"
    return f"{name} = {layer} on {part.in_shape}" if name else f"{layer} on {part.in_shape}"
