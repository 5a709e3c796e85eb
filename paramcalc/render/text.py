"""Plain text: Keras's table with its lines, and explanations as aligned equations.

The width follows from the content, never from a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
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

if TYPE_CHECKING:
    from paramcalc.difference import Differences
    from paramcalc.explain import Explanation, Part, Step
    from paramcalc.grading.report import Report
    from paramcalc.summary import Column, Summary

LONGEST_CELL = 1_000
"""How many columns of a terminal a cell takes at most."""


def summary_as_text(summary: Summary, columns: Sequence[Column]) -> str:
    """A summary in the layout that Keras prints."""
    return "\n".join(
        [
            f'Model: "{printable(summary.name)}"',
            *_ruled(headers(columns), ([row] for row in lines(summary, columns))),
            *(f" {label}: {count}" for label, count in totals(summary, columns)),
        ]
    )


def report_as_text(report: Report) -> str:
    """A graded table in the same layout, with the messages below it."""
    return "\n".join(
        [
            printable(report_title(report)),
            *_ruled(REPORT_HEADERS, ([row] for row in report_lines(report))),
            *(f" {printable(message)}" for message in report.messages),
        ]
    )


def differences_as_text(differences: Differences) -> str:
    """Differences in the layout of a summary, a layer between two lines; nothing where there are none."""
    if not differences:
        return ""
    table = _ruled(difference_headers(differences), (difference_lines(row) for row in differences.rows))
    return "\n".join([*table, *(f" {label}: {counts}" for label, counts in difference_totals(differences))])


def _ruled(headers: Sequence[Header], cells: Iterable[Iterable[Sequence[str]]]) -> Iterator[str]:
    """The lines of a table that is as wide as its texts, with a rule between any two groups of rows."""
    groups = [[*group] for group in cells]
    texts = zip([header for header, _ in headers], *(row for group in groups for row in group), strict=True)
    columns = [_aligned(column, on_right=on_right) for column, (_, on_right) in zip(texts, headers, strict=True)]
    sizes = [width(column[0]) for column in columns]
    names, *rows = zip(*columns, strict=True)
    lines = iter(rows)

    def ruled(left: str, line: str, between: str, end: str) -> str:
        return left + between.join(line * (size + 2) for size in sizes) + end

    between_groups = "\n" + ruled("├", "─", "┼", "┤") + "\n"
    yield ruled("┏", "━", "┳", "┓")
    yield f"┃ {' ┃ '.join(names)} ┃"
    yield ruled("┡", "━", "╇", "┩")
    yield between_groups.join(
        "\n".join([f"│ {' │ '.join(line)} │" for line in islice(lines, len(group))]) for group in groups
    )
    yield ruled("└", "─", "┴", "┘")


def _aligned(texts: Sequence[str], *, on_right: bool) -> list[str]:
    """The texts of a column as they print, with spaces that make all as wide as the widest."""
    whole, widths = "".join(texts), [*map(len, texts)]
    if max(widths) > LONGEST_CELL or not (whole.isascii() and whole.isprintable()):
        texts = [*map(_fitting, texts)]  # few are: of most, the length is the width
        widths = [*map(width, texts)]
    widest = max(widths)
    spaces = [" " * (widest - own) for own in widths]
    pairs = zip(spaces, texts, strict=True) if on_right else zip(texts, spaces, strict=True)
    return [*map("".join, pairs)]


def _fitting(text: str) -> str:
    """A text that prints; the middle of one is left out that would make every line of a table endless."""
    if len(text) <= LONGEST_CELL:
        return printable(text)
    return shortened(text[:LONGEST_CELL] + text[-LONGEST_CELL:], LONGEST_CELL)


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

    >>> from paramcalc import Part
    >>> heading(Part("dense", "Dense(10)", (84,), ()))
    'dense = Dense(10) on (84,)'
    """
    name, layer = printable(part.name), printable(part.layer)
    if not layer:
        return f"{name} on {part.in_shape}: totals"
    return f"{name} = {layer} on {part.in_shape}" if name else f"{layer} on {part.in_shape}"
