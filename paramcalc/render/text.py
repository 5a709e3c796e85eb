"""Plain text: Keras's table with its lines, and explanations as aligned equations.

The width follows from the content, never from a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from paramcalc.errors import printable
from paramcalc.render.table import difference_headers, difference_lines, difference_totals, lines, totals

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.explain import Explanation, Part, Step
    from paramcalc.summary import Column, Summary


def summary_as_text(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary in the layout that Keras prints."""
    headers = [column.header for column in columns]
    rows = [[row] for row in lines(summary, columns)]
    table = _table(headers, rows, [column.is_number for column in columns])
    title = f'Model: "{printable(summary.name)}"'
    return "\n".join([title, *table, *(f" {label}: {count}" for label, count in totals(summary, columns))])


def differences_as_text(differences: Differences) -> str:
    """Differences in the layout of a summary, a layer between two lines."""
    if not differences:
        return ""
    headers = difference_headers(differences)
    table = _table(headers, [list(difference_lines(row)) for row in differences.rows], [False] * len(headers))
    return "\n".join([*table, *(f" {label}: {counts}" for label, counts in difference_totals(differences))])


def _table(headers: Sequence[str], groups: Sequence[Sequence[Sequence[str]]], right: Sequence[bool]) -> Iterator[str]:
    """The lines of a table, with a rule between any two groups of rows."""
    headers = [printable(header) for header in headers]
    groups = [[[printable(text) for text in row] for row in group] for group in groups]
    widths = [
        max(map(width, texts)) for texts in zip(headers, *(row for group in groups for row in group), strict=True)
    ]

    def ruled(left: str, line: str, between: str, end: str) -> str:
        return left + between.join(line * (size + 2) for size in widths) + end

    def written(texts: Sequence[str], bar: str) -> str:
        cells = (
            " " * (size - width(text)) + text if on_right else text + " " * (size - width(text))
            for text, size, on_right in zip(texts, widths, right, strict=True)
        )
        return f"{bar} " + f" {bar} ".join(cells) + f" {bar}"

    yield ruled("┏", "━", "┳", "┓")
    yield written(headers, "┃")
    yield ruled("┡", "━", "╇", "┩")
    for number, group in enumerate(groups):
        if number:
            yield ruled("├", "─", "┼", "┤")
        yield from (written(row, "│") for row in group)
    yield ruled("└", "─", "┴", "┘")


def width(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> width("dense"), width("畳み込み"), width("é")
    (5, 8, 1)
    """
    if text.isascii():
        return len(text)
    import unicodedata  # most texts do without

    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


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

    >>> from paramcalc import Part
    >>> heading(Part("dense", "Dense(10)", (84,), ()))
    'dense = Dense(10) on (84,)'
    """
    name, layer = printable(part.name), printable(part.layer)
    if not layer:
        return f"{name} on {part.in_shape}: totals"
    return f"{name} = {layer} on {part.in_shape}" if name else f"{layer} on {part.in_shape}"
