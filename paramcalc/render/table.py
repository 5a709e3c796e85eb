"""Summaries and differences as tables of texts: what every format has in common.

Knows: how a fact is written. Must not know: how a format escapes and lays out texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from paramcalc.errors import shown
from paramcalc.shapes import UNKNOWN, Shape
from paramcalc.summary import COLUMNS, Column, Kind, Share, Summary

if TYPE_CHECKING:
    from paramcalc.difference import Difference, Differences  # what a table of a summary does without

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
    return UNKNOWN if value is None else _READ_BY_PEOPLE[kind](value)


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


def lines(summary: Summary, columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    """The cells of each row, as a person reads them."""
    return zip(*([cell(column.kind, value) for value in column.values(summary)] for column in columns), strict=True)


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


# Differences


def difference_headers(differences: Differences) -> tuple[str, ...]:
    """The headers of the table: the models under their names, where these tell them apart."""
    names = (differences.first.name, differences.second.name)
    return ("Layer (type)", "", "Field", *(names if names[0] != names[1] else ("first", "second")))


def difference_lines(row: Difference) -> Iterator[tuple[str, ...]]:
    """The cells of one layer, a line for each field; what it is stands in the first alone."""
    head: tuple[str, str] = (f"{row.name} ({row.type})", row.kind)
    for field, *values in row.changes:
        texts = [_field_text(field, value) for value in values]
        if row.kind in ("added", "removed"):
            texts[row.kind == "removed"] = ""
        yield (*head, field, *texts)
        head = ("", "")


def _field_text(field: str, value: Any) -> str:
    if field == "output_shape" and isinstance(value, tuple):
        return shape_text(value)
    if field == "params":
        return cell(COLUMNS[field].kind, value)
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
