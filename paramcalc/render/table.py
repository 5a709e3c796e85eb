"""Summaries, differences and graded tables as tables of texts: what every format has in common.

Knows: how a fact is written. Must not know: how a format escapes and lays out texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from paramcalc.errors import shown
from paramcalc.shapes import UNKNOWN, Shape, Shapes
from paramcalc.summary import COLUMNS, Column, Kind, Share, Summary

if TYPE_CHECKING:
    from fractions import Fraction

    from paramcalc.difference import Difference, Differences
    from paramcalc.explain import Part
    from paramcalc.grading.report import Cell, Report

Header: TypeAlias = tuple[str, bool]
"""What stands above a column, and whether the column stands on the right."""

_KIBI = 1024
_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def shape_text(shape: Shape) -> str:
    """A shape with the batch axis, as Keras prints it.

    >>> shape_text((28, 28, 8)), shape_text(())
    ('(None, 28, 28, 8)', '(None,)')
    """
    return str((None, *shape))


def count_text(number: int) -> str:
    """An exact count with commas at the thousands.

    >>> count_text(62958)
    '62,958'
    """
    return f"{number:,}"


def bytes_text(number: int) -> str:
    """A number of bytes, in the largest unit of 1 024 that it reaches, never rounded to nothing.

    >>> bytes_text(608), bytes_text(251832), bytes_text(1024**2 - 1)
    ('608 B', '245.93 KiB', '1.00 MiB')
    """
    if number < _KIBI:
        return f"{number} B"
    power = 1
    while power < len(_UNITS) and _hundredths(number, _KIBI**power) >= 100 * _KIBI:
        power += 1
    hundredths = _hundredths(number, _KIBI**power)
    return f"{hundredths // 100:,}.{hundredths % 100:02} {_UNITS[power - 1]}"


def _hundredths(part: int, whole: int) -> int:
    """`100 × part / whole`, rounded half up, without floats."""
    return (200 * part + whole) // (2 * whole)


def percent_text(share: Share) -> str:
    """A share in percent with two decimals; what is small but not nothing says so.

    >>> percent_text(Share(1, 3)), percent_text(Share(1, 10**6)), percent_text(Share(0, 0))
    ('33.33 %', '< 0.01 %', '')
    """
    if not share.whole:
        return ""
    hundredths = _hundredths(100 * share.part, share.whole)
    if share.part and not hundredths:
        return "< 0.01 %"
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def cell(kind: Kind, value: Any) -> str:
    """A fact as a person reads it.

    >>> cell("count", 62958), cell("count", None), cell("sizes", (5, 5)), cell("sizes", ())
    ('62,958', 'unknown', '5 × 5', '')
    """
    return _cells(kind, [value])[0]


def plain_cell(kind: Kind, value: Any) -> str:
    """A fact as a program reads it: no commas in numbers, no units.

    >>> plain_cell("count", 62958), plain_cell("percent", Share(1, 8)), plain_cell("counts", (192, 256))
    ('62958', '12.5', '192 256')
    """
    return UNKNOWN if value is None else _READ_BY_PROGRAMS[kind](value)


def _exact_percent(share: Share) -> str:
    return format(100 * share.part / share.whole, ".6g") if share.whole else ""


_READ_BY_PEOPLE: dict[Kind, Callable[[Any], str]] = {
    "text": str,
    "shape": shape_text,
    "shapes": lambda shapes: ", ".join(map(str, shapes)),
    "sizes": lambda sizes: " × ".join(map(count_text, sizes)),
    "count": count_text,
    "counts": lambda counts: " → ".join(map(count_text, counts)),
    "percent": percent_text,
}
_READ_BY_PROGRAMS: dict[Kind, Callable[[Any], str]] = {
    **_READ_BY_PEOPLE,
    "shape": str,
    "sizes": lambda sizes: " × ".join(map(str, sizes)),
    "count": str,
    "counts": lambda counts: " ".join(map(str, counts)),
    "percent": _exact_percent,
}


def headers(columns: Iterable[Column]) -> list[Header]:
    """What stands above the columns.

    >>> from paramcalc.summary import COLUMNS
    >>> headers([COLUMNS["name"], COLUMNS["params"]])
    [('Name', False), ('Param #', True)]
    """
    return [(column.header, column.is_number) for column in columns]


def lines(summary: Summary, columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    """The cells of each row, as a person reads them."""
    return zip(*(_cells(column.kind, column.values(summary)) for column in columns), strict=True)


def _cells(kind: Kind, values: Iterable[Any]) -> list[str]:
    written = _READ_BY_PEOPLE[kind]
    return [UNKNOWN if value is None else written(value) for value in values]


def steps(part: Part) -> tuple[list[tuple[str, bool]], list[list[str]]]:
    """The steps of a part as a table: headers, each with whether its column holds numbers, and rows.

    >>> from paramcalc import Dropout
    >>> steps(Dropout(0.5).explain((84,)).short.parts[0])[1]
    [['output features', 'input features', '84', '84'], ['params', '0', '0', '0']]
    """
    noted = any(step.notes for step in part.steps)
    headers = [("what", False), ("formula", False), ("numbers", False), ("value", True)] + [("notes", False)] * noted
    rows = [
        [step.what, step.words, step.numbers, step.value_text] + ["; ".join(step.notes)] * noted for step in part.steps
    ]
    return headers, rows


def totals(summary: Summary, columns: Iterable[Column]) -> list[tuple[str, str]]:
    """The totals that every rendering ends with: what is counted, and the count with its bytes."""
    counts = [
        ("Total params", summary.total_params),
        ("Trainable params", summary.trainable_params),
        ("Non-trainable params", summary.non_trainable_params),
    ]
    found = [(label, f"{count_text(count)} ({bytes_text(summary.bytes(count))})") for label, count in counts]
    if any(column.of_macs for column in columns):
        found.append(("Total MACs", cell("count", summary.macs)))
    return found


# A graded table

REPORT_HEADERS: tuple[Header, ...] = (
    ("Layer (type)", False), ("Output Shape", False), ("", False), ("Param #", True), ("", False), ("Points", False)
)  # fmt: skip


def report_title(report: Report) -> str:
    """What stands above a graded table.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> report_title(grade(Model([Dense(10)], in_shape=(84,)), [(10, 7)], points=5))
    'Grade of "model": 2.50 of 5 points'
    """
    return f'Grade of "{report.name}": {_points_text(report.earned)} of {_points_text(report.worth)} points'


def report_lines(report: Report) -> Iterator[tuple[str, ...]]:
    """What was given in each row, the verdicts, and the points.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> next(report_lines(grade(Model([Dense(10)], in_shape=(84,)), [(10, 7)])))
    ('dense (Dense)', '(10,)', 'right', '7', 'wrong', '1 of 2')
    """
    for row in report.rows:
        shape, params = row.output_shape, row.params
        yield (
            f"{row.name} ({row.type})",
            answer_text(shape.given),
            shape.verdict,
            answer_text(params.given),
            params.verdict,
            points_text(shape, params),
        )


def answer_text(answer: int | str | Shapes | None) -> str:
    """An answer as a table shows it, without the batch axis.

    >>> answer_text(172160), answer_text((10,)), answer_text(None)
    ('172,160', '(10,)', '')
    """
    return "" if answer is None else count_text(answer) if isinstance(answer, int) else str(answer)


def points_text(*cells: Cell) -> str:
    """The points that cells earn together.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> row = grade(Model([Dense(10)], in_shape=(84,)), [(10, 7)], points=5).rows[0]
    >>> points_text(row.output_shape), points_text(*dict(row.cells).values())
    ('2.50 of 2.50', '2.50 of 5')
    """
    return f"{_points_text(sum(cell.earned for cell in cells))} of {_points_text(sum(cell.worth for cell in cells))}"


def _points_text(points: Fraction | int) -> str:
    if points.denominator == 1:
        return count_text(points.numerator)
    hundredths = _hundredths(points.numerator, points.denominator)
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


# Differences


def difference_headers(differences: Differences) -> tuple[Header, ...]:
    """The headers of the table: the models under their names, where these tell them apart."""
    names = (differences.first.name, differences.second.name)
    texts = ("Layer (type)", "", "Field", *(names if names[0] != names[1] else ("first", "second")))
    return tuple((text, False) for text in texts)


def difference_lines(row: Difference) -> Iterator[tuple[str, ...]]:
    """The cells of one layer, a line for each field; what it is stands in the first alone."""
    head: tuple[str, str] = (f"{row.name} ({row.type})", row.kind)
    for field, first, second in changed_fields(row):
        yield (*head, field, first, second)
        head = ("", "")


def changed_fields(row: Difference, *, plain: bool = False) -> Iterator[tuple[str, str, str]]:
    """Each field of a layer that differs, and both its values, as a person or, `plain`, as a program reads them.

    >>> from paramcalc import Dense, Model, diff
    >>> row = diff(Model([Dense(4)]), Model([Dense(4, "relu")])).rows[0]
    >>> list(changed_fields(row)), list(changed_fields(row, plain=True))
    ([('activation', 'None', "'relu'")], [('activation', 'None', 'relu')])
    """
    for field, *values in row.changes:
        first, second = (
            value if plain and isinstance(value, str) else _field_text(field, value, plain_cell if plain else cell)
            for value in values
        )
        yield field, "" if row.kind == "added" else first, "" if row.kind == "removed" else second


def _field_text(field: str, value: Any, written: Callable[[Kind, Any], str]) -> str:
    if field == "output_shape" and isinstance(value, tuple):
        return written(COLUMNS[field].kind, value)
    if field == "params":
        return written(COLUMNS[field].kind, value)
    if field == "name":
        return str(value)
    return _names_text(value) if field in ("inputs", "outputs", "tied") else shown(value)


def _names_text(names: tuple[Any, ...]) -> str:
    """Names with commas, those of several calls with semicolons between them."""
    return "; ".join(map(_names_text, names)) if names and isinstance(names[0], tuple) else ", ".join(names)


def difference_totals(differences: Differences) -> list[tuple[str, str]]:
    """The totals of both models: what is counted, both counts, and by how much they differ."""
    first, second = differences.first, differences.second
    counts = [
        ("Total params", first.params, second.params),
        ("Trainable params", first.trainable_params, second.trainable_params),
        ("Non-trainable params", first.non_trainable_params, second.non_trainable_params),
        ("Total MACs", first.macs, second.macs),
    ]
    return [(label, _both_text(one, other)) for label, one, other in counts]


def _both_text(one: int | None, other: int | None) -> str:
    more = f" ({other - one:+,})" if one is not None and other is not None and one != other else ""
    return f"{cell('count', one)} → {cell('count', other)}{more}"
