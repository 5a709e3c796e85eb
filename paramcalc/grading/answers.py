"""Answers: what a person may hand in for a count or a shape, read into plain values.

Knows: ints of any library, texts with separators, tuples and lists with or without the batch. Must not know: layers,
and which answer is right.

An answer is hostile: it may be anything, of any size. What cannot be read is not an error but a value, `Unreadable`,
which says why; no reader raises, and none takes time beyond the first thousand characters or 64 axes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import attrs

from paramcalc.errors import shown
from paramcalc.shapes import LARGEST_RANK, Shape, Shapes, are_several, as_int, one_by_one

if TYPE_CHECKING:
    from paramcalc.grading.outcomes import About

LONGEST_TEXT = 1_000
"""More characters than the largest shape has, and so few that Python turns them into an int at once."""

LARGEST_BITS = 256
"""The largest number of an answer that is kept as one: within what every reader of JSON takes."""

_COUNT = "a whole number, such as 896 or 50,828,751"
_CLASSES = ("torch.Size", "TensorShape")
_SHAPE = "ints and None, such as (28, 28, 8)"
_SPACES = "\u0020\u00a0\u2009\u202f"
_GROUPED = re.compile(
    rf"(?P<sign>[-−+]?)(?P<digits>[0-9]+(?:_[0-9]+)*|[0-9]{{1,3}}(?:(?P<mark>[,'’{_SPACES}])[0-9]{{3}}"
    rf"(?:(?P=mark)[0-9]{{3}})*|\.[0-9]{{3}}(?:\.[0-9]{{3}})+))"
)
_BETWEEN_AXES = re.compile(r"\s*[,;xX×*]\s*|\s+")
_BRACKETS = {"(": ")", "[": "]"}
_OPEN = ("none", "null", "?")

HOSTILE = (Exception, SystemExit, GeneratorExit)
"""Whatever an object raises that was handed in. Only the teacher ends the program, by KeyboardInterrupt."""

Items: TypeAlias = tuple[object, ...]
Read = TypeVar("Read")


@attrs.frozen
class Unreadable:
    """Why something is no answer, in one sentence.

    >>> read_count("many")
    Unreadable(reason="the answer must be a whole number, such as 896 or 50,828,751, got 'many'")
    """

    reason: str


def _unreadable(expected: str, value: object, hint: str = "") -> Unreadable:
    return Unreadable(f"the answer must be {expected}, got {shown(value)}" + (f"; {hint}" if hint else ""))


def read_count(value: object) -> int | Unreadable:
    """The int that someone wrote for a count.

    Thousands may be parted by a comma, a space, an apostrophe, an underscore or, where there are two or more, a point.

    >>> read_count("50,828,751"), read_count("50 828 751"), read_count("50.828.751"), read_count(896)
    (50828751, 50828751, 50828751, 896)
    >>> print(read_count(896.0).reason)
    the answer must be a whole number, such as 896 or 50,828,751, got 896.0; write 896
    """
    number = _number_in(_bare(value)) if isinstance(value, str) else as_int(value)
    return _unreadable(_COUNT, value, _whole_number(value)) if number is None else number


def _whole_number(value: object) -> str:
    """The way out for a float that is a whole number."""
    if not isinstance(value, float):
        return ""
    number = float.__float__(value)
    return f"write {int(number)}" if number.is_integer() and abs(number) < 1e15 else ""  # noqa: PLR2004 (exact in floats)


def _text(value: str) -> str:
    """The characters of any str, or nothing where there are too many."""
    plain = str.__str__(value)
    return plain.strip() if len(plain) <= LONGEST_TEXT else ""


def _bare(value: str) -> str:
    """A text without the brackets around it, and without the comma of a tuple of one."""
    text = _text(value)
    while text and text[-1] == _BRACKETS.get(text[0]):
        text = text[1:-1].strip()
    return text.removesuffix(",") or text


def _number_in(value: str) -> int | None:
    found = _GROUPED.fullmatch(_text(value))
    if found is None:
        return None
    number = int(re.sub("[^0-9]", "", found["digits"]))
    return -number if found["sign"] in ("-", "−") else number


def read_shape(value: object, like: Shapes = ()) -> Shapes | Unreadable:
    """The shape that someone wrote, with the batch where they wrote it; a bare int is a shape of one axis.

    A text may part axes by commas, spaces, × or x, in brackets or without. `like` is the shape that is asked for: a
    text such as "1,280" is one axis where one is asked for, and two elsewhere. A list of shapes is several outputs.

    >>> read_shape([None, 28, 28, 8]), read_shape("(28, 28, 8)"), read_shape("28×28×8"), read_shape(1280)
    ((None, 28, 28, 8), (28, 28, 8), (28, 28, 8), (1280,))
    >>> read_shape("1,280"), read_shape("1,280", like=(1280,))
    ((1, 280), (1280,))
    >>> print(read_shape({28, 8}).reason)
    the answer must be ints and None, such as (28, 28, 8), got {8, 28}
    """
    items = items_of(value)
    if items is not None and any(isinstance(item, tuple | list) for item in items):
        shapes = tuple(_axes(items_of(item)) for item in items)
        known = tuple(shape for shape in shapes if shape is not None)
        return known if len(known) == len(shapes) else _unreadable(_SHAPE, value)
    if isinstance(value, str):
        shape = _shape_in(value, like)
    else:
        shape = _axes((value,) if items is None and value is not None else items)
    if shape is None:
        return _unreadable(_SHAPE, value)
    is_batch = shape[:1] == (-1,) and not are_several(like) and len(shape) == len(like) + 1  # so PyTorch prints it
    return (None, *shape[1:]) if is_batch else shape


def items_of(value: object) -> Items | None:
    """What a tuple or a list holds, where that is not too much for a shape; None for anything else.

    >>> items_of([28, 28]), items_of([1] * 1_000_000), items_of(28)
    ((28, 28), None, None)
    """
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value)) if tuple.__len__(value) <= LARGEST_RANK else None
    if isinstance(value, list):
        return tuple(list.__iter__(value)) if list.__len__(value) <= LARGEST_RANK else None
    return None


def _axes(items: Items | None) -> Shape | None:
    axes: list[int | None] = []
    for item in () if items is None else items:
        open_axis = item is None or (isinstance(item, str) and _text(item).lower() in _OPEN)
        number = None if open_axis else read_count(item)
        if isinstance(number, Unreadable):
            return None
        axes.append(number)
    return None if items is None else tuple(axes)


def _shape_in(value: str, like: Shapes) -> Shape | None:
    text = _text(value)
    for name in _CLASSES:
        text = text.removeprefix(name)
    if not text:
        return None
    inside = _bare(text)
    whole = _number_in(text)
    if whole is not None and (are_several(like) or len(like) == 1):
        return (whole,)
    parts = [part for part in _BETWEEN_AXES.split(inside) if part]
    return _axes(tuple(parts)) if len(parts) <= LARGEST_RANK and (parts or not inside) else None


def read_answer(about: About, value: object, right: Any) -> Any:
    """The count or the shape that someone wrote, or `Unreadable`, whatever the object does that was handed in.

    >>> read_answer("params", "1,280", 896), read_answer("output_shape", "1,280", (1280,))
    (1280, (1280,))
    """
    try:
        return read_count(value) if about == "params" else read_shape(value, right)
    except HOSTILE:
        return _unreadable(_COUNT if about == "params" else _SHAPE, value)


def same_shape(answer: Shapes, right: Shapes) -> bool:
    """Whether an answer is this shape: with None for the batch before it, or without.

    >>> same_shape((None, 28, 28, 8), (28, 28, 8)), same_shape((28, 28, 8), (28, 28, 8)), same_shape((28,), (28, 28, 8))
    (True, True, False)
    """
    if are_several(right):
        return are_several(answer) and len(answer) == len(right) and all(map(same_shape, answer, right))
    return answer in (right, (None, *right))


def without_batch(answer: Shapes, right: Shapes) -> Shapes:
    """An answer as shapes are written here: a None before it is the batch, unless the right shape begins with one too.

    >>> without_batch((None, 28, 28, 1), (28, 28, 8)), without_batch((None, 64), (None, 32))
    ((28, 28, 1), (None, 64))
    """
    if are_several(answer):
        rights = right if are_several(right) else (right,)
        return tuple(
            _without_batch(shape, rights[index] if index < len(rights) else ()) for index, shape in enumerate(answer)
        )
    return _without_batch(answer, () if are_several(right) else right)


def _without_batch(answer: Shape, right: Shape) -> Shape:
    has_batch = answer[:1] == (None,) and (right[:1] != (None,) or len(answer) > len(right))
    return answer[1:] if has_batch else answer


class Given(NamedTuple):
    """An answer as it was given.

    Attributes: `value`, what was read, without the batch, or None; `plain`, the same for a report, where it is how the
    answer prints if it could not be read or is too large; `unread`, why it could not be read, or an empty text.

    >>> Given(864, 864).unread
    ''
    """

    value: Any
    plain: int | str | Shapes | None
    unread: str = ""


def given_for(about: About, answer: object, right: Any) -> Given:
    """What was given where this is the right answer, whatever the object does that was handed in.

    >>> given_for("params", "864", 896), given_for("output_shape", (None, 64), (32,))
    (Given(value=864, plain=864, unread=''), Given(value=(64,), plain=(64,), unread=''))
    >>> given_for("params", None, 896).value is None, given_for("params", 864.5, 896).plain
    (True, '864.5')
    """
    if answer is None:
        return Given(None, None)
    value = read_answer(about, answer, right)
    if isinstance(value, Unreadable):
        return Given(None, shown(answer), value.reason)
    if about == "output_shape":
        value = without_batch(value, right)
    return Given(value, value if _is_small(value) else shown(value))


def _is_small(value: int | Shapes) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= LARGEST_BITS
    return all(axis is None or axis.bit_length() <= LARGEST_BITS for shape in one_by_one(value) for axis in shape)


def agrees(value: Any, right: Any) -> bool:
    """Whether what was read is right.

    >>> agrees(896, 896), agrees(None, 896), agrees((28, 28), (28, 28)), agrees(None, ())
    (True, False, True, False)
    """
    return bool(value == right) if isinstance(right, int) else isinstance(value, tuple) and same_shape(value, right)
