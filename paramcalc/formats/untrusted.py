"""Values out of a file, each with the path at which it stands, so that every refusal can say where.

Knows: files, JSON, and what kinds of value it has. Must not know: what any file means.

Nothing here trusts its input: sizes and numbers of values are bounded before they are read, nothing is changed, and
whatever is wrong is a `ReadError`.
"""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator, Mapping
from typing import IO, Any

from paramcalc.errors import ReadError, printable, shown
from paramcalc.shapes import as_int, as_tuple

LARGEST_FILE = 64 * 2**20
"""How many bytes of a file, or of a file inside an archive, are read at most."""

LARGEST_LIST = 2**20
"""How many bytes the list of what is in an archive may have: all of it is read to find one file."""

MOST_VALUES = 2_000_000
"""How many values a file may hold: more than any network needs, and what fits into memory."""

DEEPEST_SOURCE = 2_000
"""How deep lists and objects may stand in each other in all."""

_MOST_BITS = 256

_LONGEST_STEP = 100

DEEPEST_VALUE = 100
"""How deep lists and objects may stand in each other where one value is meant."""


class Value:
    """One value and its path; it answers as what it is asked for, or with a `ReadError`.

    >>> Value({"units": 3}, "config").get("units").path
    'config.units'
    """

    __slots__ = ("_place", "raw")

    def __init__(self, raw: object, place: str | tuple[Value, str | int] = "") -> None:
        self.raw = raw
        self._place = place

    @property
    def path(self) -> str:
        """The path, put together when it is asked for: paths of all values would take more than the values.

        >>> Value([3], "config").at(0, 3).path
        'config[0]'
        """
        place, steps = self._place, list[str]()
        while isinstance(place, tuple):
            value, step = place
            steps.append(f"[{step}]" if isinstance(step, int) else f".{_named(step)}")
            place = value._place
        return "".join([place, *reversed(steps)]) if place else "".join(reversed(steps)).removeprefix(".")

    def at(self, step: str | int, raw: object) -> Value:
        """A value that stands in this one under a name or at a position.

        >>> Value({"units": 3}, "config").at("units", 3).path
        'config.units'
        """
        return Value(raw, (self, step))

    def wrong(self, expected: str, hint: str = "", got: str | None = None) -> ReadError:
        """The error that this value is not what it should be.

        >>> print(Value(3, "config.name").wrong("a text"))
        config.name must be a text, got 3
        """
        return ReadError(self.path or "the data", expected, shown(self.raw) if got is None else got, hint)

    def members(self) -> Mapping[Any, Any]:
        """The members of an object.

        >>> dict(Value({"units": 3}).members())
        {'units': 3}
        """
        if not isinstance(self.raw, dict):
            raise self.wrong("an object with names")
        return self.raw

    def find(self, name: str) -> Value | None:
        """A member, or None where there is none or where it is null.

        >>> Value({"units": 3, "name": None}).find("name") is None
        True
        """
        members = self.raw if isinstance(self.raw, dict) else self.members()
        raw = members.get(name)
        return None if raw is None else Value(raw, (self, name))

    def get(self, name: str) -> Value:
        """A member that must be there.

        >>> Value({"units": 3}).get("units").raw
        3
        """
        members = self.raw if isinstance(self.raw, dict) else self.members()
        raw = members.get(name)
        if raw is None:
            raise self.at(name, None).wrong("given", got="nothing")
        return Value(raw, (self, name))

    def __getitem__(self, index: int) -> Value:
        return self.items()[index]

    def items(self) -> tuple[Value, ...]:
        """The items of a list.

        >>> [item.path for item in Value([3, 5], "strides").items()]
        ['strides[0]', 'strides[1]']
        """
        items = as_tuple(self.raw)
        if items is None:
            raise self.wrong("a list")
        return tuple([Value(item, (self, index)) for index, item in enumerate(items)])

    def is_list(self) -> bool:
        """Whether this is a list.

        >>> Value([3]).is_list(), Value(3).is_list()
        (True, False)
        """
        return isinstance(self.raw, list | tuple)

    def text(self) -> str:
        """A text that is not empty.

        >>> Value("Dense").text()
        'Dense'
        """
        if not isinstance(self.raw, str) or not self.raw:
            raise self.wrong("a text that is not empty")
        return str.__str__(self.raw)

    def integer(self, least: int = 0) -> int:
        """An int.

        >>> Value(3).integer()
        3
        """
        number = as_int(self.raw)
        if number is None or number < least:
            raise self.wrong(f"an int from {least}")
        return number

    def flag(self) -> bool:
        """True or False.

        >>> Value(True).flag()
        True
        """
        if not isinstance(self.raw, bool):
            raise self.wrong("true or false")
        return self.raw


def _named(name: str) -> str:
    """A name as a path has it: it prints, and is not endless."""
    return printable(name) if len(name) <= _LONGEST_STEP else f"{printable(name[:_LONGEST_STEP])}…"


def parsed(text: str, name: str = "the JSON text") -> object:
    """What a JSON text holds. NaN and Infinity, which are no JSON, are refused.

    >>> parsed('{"units": 3}')
    {'units': 3}
    """
    import json  # a framework's worth of time for those who read nothing

    values = text.count(",") + text.count("[") + text.count("{")
    if values > MOST_VALUES:
        raise ReadError(name, f"of at most {MOST_VALUES} values", f"about {values}")
    try:
        return json.loads(text, parse_constant=_no_number)
    except ReadError:
        raise
    except RecursionError as error:
        raise ReadError(name, "nested less deeply", "lists or objects in each other without end") from error
    except ValueError as error:
        # A JSONDecodeError, which says where, or an int with more digits than Python reads
        raise ReadError(name, "JSON", shown(text), shown(str(error)).strip("'\"")) from error


def _no_number(constant: str) -> object:
    raise ReadError("a number", "a number of JSON", constant)


def text_of(path: str | os.PathLike[str], member: str) -> str:
    """The text of a file, or, where the file is a zip archive, of the member of this name.

    A text is in UTF-8, or in UTF-16 with a mark at its beginning, as PowerShell writes it. Raises `ReadError` for what
    cannot be read, is too large or is no text.

    >>> text_of("no-such-file.json", "config.json")
    Traceback (most recent call last):
    paramcalc.errors.ReadError: 'no-such-file.json' must be a file that can be read, got FileNotFoundError
    """
    subject = shown(os.fspath(path))
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 (a path that is given, whatever its kind)
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise ReadError(subject, "a file that can be read", "a device or a pipe")
        with open(path, "rb") as file:  # noqa: PTH123 (one that is given, whatever its kind)
            return text_in(file, member, subject)
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        got = shown(error.strerror) if type(error) is OSError else type(error).__name__
        raise ReadError(subject, "a file that can be read", got) from error


def text_in(file: IO[bytes], member: str, subject: str) -> str:
    """The text in a file that is open, from its beginning, as `text_of` has it.

    >>> import io
    >>> text_in(io.BytesIO(b"{}"), "config.json", "the file")
    '{}'
    """
    start = file.read(4)
    file.seek(0)
    if start == b"PK\x03\x04":
        data, subject = _unpacked(file, member, subject), f"{member} in {subject}"
    else:
        # Who reads so many bytes has room made for all of them
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        data = file.read(min(size, LARGEST_FILE) + 1)
    if len(data) > LARGEST_FILE:
        raise ReadError(subject, f"of at most {LARGEST_FILE} bytes", "more")
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        hint = "this is HDF5: save the model as .keras" if data.startswith(b"\x89HDF") else ""
        raise ReadError(subject, "JSON in UTF-8, or a zip archive that holds it", shown(data[:40]), hint) from error


def _unpacked(file: IO[bytes], member: str, subject: str) -> bytes:
    """A member of an archive, however large it claims to be: never more than one byte beyond what is allowed."""
    import zipfile

    bounded: Any = _Bounded(file)
    try:
        with zipfile.ZipFile(bounded) as archive:
            bounded.most = None
            with archive.open(member) as packed:
                return packed.read(LARGEST_FILE + 1)
    except KeyError as error:
        raise ReadError(subject, f"an archive that holds {member}", "one that does not") from error
    except ReadError as error:
        raise ReadError(subject, error.expected, error.got) from None
    except Exception as error:
        raise ReadError(
            subject, "a zip archive that can be read", f"{type(error).__name__}: {shown(str(error))}"
        ) from error


class _Bounded:
    """A file of which nothing larger is read at once than the list of what is in an archive may be, until that is read.

    >>> import io
    >>> _Bounded(io.BytesIO(b"list")).read(4)
    b'list'
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.file = file
        self.most: int | None = LARGEST_LIST

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and size > self.most:
            raise ReadError("the archive", f"one whose list of files has at most {LARGEST_LIST} bytes", f"{size}")
        return self.file.read(size)


def sorted_members(value: Value) -> list[tuple[str, object]]:
    """The members of an object by their names, in whose order Keras takes them.

    >>> sorted_members(Value({"o 2": 1, "o": 2}))
    [('o', 2), ('o 2', 1)]
    """
    return sorted(value.members().items(), key=lambda member: member[0])


class Opaque:
    """Stands for a value that no file could hold; it prints as that did.

    >>> Opaque("<object>")
    <object>
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def copied(source: object) -> object:
    """A copy of data in Python's own kinds: what JSON could hold, and lists for tuples; anything else is `Opaque`.

    Raises `ReadError` for names that are no texts, and for what is too deep, too much or cannot be gone through.

    >>> copied({"units": (3, 10**5000)})
    {'units': [3, an int of 16610 bits]}
    """
    top: list[Any] = [None]
    pending: list[tuple[Any, Any, Value, int]] = [(top, 0, Value(source), 0)]
    for _ in range(MOST_VALUES + 1):
        if not pending:
            return top[0]
        holder, key, value, level = pending.pop()
        if level > DEEPEST_SOURCE:
            raise ReadError("the data", f"nested at most {DEEPEST_SOURCE} deep", "more")
        try:
            holder[key], inner = _kept(value.raw)
        except Exception as error:
            raise value.wrong("data with names that are texts", got=shown(error)) from error
        pending.extend((holder[key], name, value.at(name, each), level + 1) for name, each in inner)
    raise ReadError("the data", f"of at most {MOST_VALUES} values", "more")


def _kept(value: Any) -> tuple[Any, Any]:
    """A value in a kind of Python's own, and what is in it, by where that belongs."""
    if isinstance(value, Mapping):
        members = list(value.items()) if not isinstance(value, dict) else list(dict.items(value))
        for name, _ in members:
            if not isinstance(name, str):
                raise TypeError(f"the name {shown(name)}")
        return {}, [(str.__str__(name), each) for name, each in members]
    items = as_tuple(value)
    if items is not None:
        return [None] * len(items), list(enumerate(items))
    if value is None or isinstance(value, bool | Opaque):
        return value, ()
    if isinstance(value, str):
        return str.__str__(value), ()
    if isinstance(value, float):
        return float.__float__(value), ()
    number = as_int(value)
    return (Opaque(shown(value)) if number is None or number.bit_length() > _MOST_BITS else int(number)), ()


def walked(value: Value) -> Iterator[Value]:
    """A value and all that is in it, in order, without recursion.

    Raises `ReadError` for values in each other without end.

    >>> [each.path for each in walked(Value({"a": [1]}))]
    ['', 'a', 'a[0]']
    """
    pending = [(value, 0)]
    for _ in range(MOST_VALUES + 1):
        if not pending:
            return
        each, level = pending.pop()
        if level > DEEPEST_VALUE:
            break
        yield each
        if isinstance(each.raw, dict):
            # As Keras orders them: by their names
            inner = [each.at(name, raw) for name, raw in sorted_members(each)]
        else:
            inner = list(each.items()) if each.is_list() else []
        pending.extend((one, level + 1) for one in reversed(inner))
    raise value.wrong("of values that end", got="values in each other without end")
