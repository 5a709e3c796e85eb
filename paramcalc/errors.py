"""The errors, and how a value that was refused is printed in one.

Knows: the facts of a refusal and the sentence that is built from them. Must not know: layers, shapes, files.

Every message reads "X must be ..., got ...", after the place where it happened and before the way out, where there
is one. The facts stand on the error as attributes, so that a program need not read the sentence.
"""

from __future__ import annotations

import re
import reprlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Sized

    from typing_extensions import Self

_MESSAGE_LIMIT = 2_000
_SHOWN_LIMIT = 400
_PLACES_SHOWN = 6
_MOST_ACCENTS = 4
_MAY_BE_ACCENTS = "[^\0-\u02ff\u2010-\u20cf\u2100-\u2bff]"
"""Characters beyond letters of Latin and the signs of formulas and tables."""
_SORTED_LIMIT = 1_000


class Place(NamedTuple):
    """Where in a model an error happened: which of its layers, and what came into it, or None where that is not known.

    `position` is None where a graph is still being drawn, so that no model has the layer yet.

    >>> Place(2, "dense", "Dense", (5, 5, 16))
    Place(position=2, name='dense', type='Dense', in_shape=(5, 5, 16))
    """

    position: int | None
    name: str
    type: str
    in_shape: tuple[int | None, ...] | tuple[tuple[int | None, ...], ...] | None


class ParamcalcError(ValueError):
    """What every error of this library is: X must be so, but such a thing was given.

    Attributes: `subject` (X), `expected`, `got` (as printed in the message: the object itself is not kept), `hint`
    (the way out, or an empty string) and `where` (a `Place` for every model around the layer, the outermost first).

    >>> error = ParamcalcError("units", "an int from 1 to 2**63 - 1", "0")
    >>> str(error)
    'units must be an int from 1 to 2**63 - 1, got 0'
    >>> isinstance(error, ValueError), error.got
    (True, '0')
    """

    def __init__(self, subject: str, expected: str, got: str, hint: str = "", where: tuple[Place, ...] = ()) -> None:
        self.subject = subject
        self.expected = expected
        self.got = got
        self.hint = hint
        self.where = where
        super().__init__(self._message())

    def _message(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        sentence = f"{self.subject} must be {self.expected}, got {self.got}{hint}"
        text = f"{_printed_places(self.where)}: {sentence}" if self.where else sentence
        text = printable(text[: _MESSAGE_LIMIT + 1])  # a subject may hold a name
        return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 1] + "…"

    def inside(self, place: Place) -> Self:
        """The same error, after noting that it happened inside the layer at `place` of a model.

        >>> print(ShapeError("units", "known", "None").inside(Place(0, "dense", "Dense", (None,))))
        layers[0] 'dense' (Dense), given (None,): units must be known, got None
        """
        self.where = (place, *self.where)
        self.args = (self._message(),)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.subject, self.expected, self.got, self.hint, self.where)


class ConfigError(ParamcalcError):
    """A layer, a model or an argument is wrong whatever its input would be.

    >>> from paramcalc import Dense
    >>> Dense(0)
    Traceback (most recent call last):
    paramcalc.errors.ConfigError: units must be an int from 1 to 2**63 - 1, got 0
    """


class ShapeError(ParamcalcError):
    """A layer cannot take this input shape, or the shape leaves open what the answer needs.

    >>> from paramcalc import Dense
    >>> Dense(10).params(())
    Traceback (most recent call last):
    paramcalc.errors.ShapeError: in_shape must be at least one axis, the features, got ()
    """


class ReadError(ParamcalcError):
    """A file, or the data in one, is not what it should be. `subject` begins with the path inside the file.

    >>> from paramcalc import from_keras
    >>> from_keras({"class_name": "Sequential", "config": {"layers": 3}})
    Traceback (most recent call last):
    paramcalc.errors.ReadError: config.layers must be a list, got 3
    """


def _printed_places(places: tuple[Place, ...]) -> str:
    printed = [
        f"{'' if place.position is None else f'layers[{place.position}] '}{shown(place.name)} ({place.type})"
        for place in places
    ]
    if len(printed) > _PLACES_SHOWN:
        left_out = len(printed) - _PLACES_SHOWN
        printed[_PLACES_SHOWN // 2 : -_PLACES_SHOWN // 2] = [f"… {left_out} more …"]
    given = "" if places[-1].in_shape is None else f", given {shown(places[-1].in_shape)}"
    return f"{' > '.join(printed)}{given}"


def printable(text: str) -> str:
    r"""`text` with every character that does not print written as its escape.

    So is an accent on a letter that has several already: such towers cover the lines above and below.

    >>> print(printable("red\x1b[31m"))
    red\x1b[31m
    >>> print(printable("Zoe" + 5 * "\u0308").encode())
    b'Zoe\xcc\x88\xcc\x88\xcc\x88\xcc\x88\\u0308'
    """
    if text.isprintable() and (text.isascii() or not re.search(_MAY_BE_ACCENTS, text)):
        return text
    from unicodedata import combining  # most texts do without

    found, accents = [], 0
    for character in text:
        accents = accents + 1 if combining(character) else 0
        prints = character.isprintable() and accents <= _MOST_ACCENTS
        found.append(character if prints else character.encode("unicode_escape").decode("ascii"))
    return "".join(found)


def _counted(value: Sized) -> str:
    """What has no order would be sorted to be printed, which takes its time."""
    return f"a {type(value).__name__} of {len(value)} items"


class _Printer(reprlib.Repr):
    """`repr`, but bounded, deterministic (no addresses) and never an error, whatever the object does.

    What can be endlessly long says itself how it is named in short, by a method `_in_short`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxtuple = self.maxlist = self.maxset = self.maxfrozenset = self.maxdeque = 8
        self.maxdict = 4
        self.maxstring = 100
        self.maxother = 200

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 (reprlib's signature)
        # Python itself refuses to print an int of more than 4 300 digits
        return repr(x) if x.bit_length() <= 256 else f"an int of {x.bit_length()} bits"  # noqa: PLR2004 (78 digits)

    def repr_set(self, x: set[object], level: int) -> str:
        return super().repr_set(x, level) if len(x) <= _SORTED_LIMIT else _counted(x)

    def repr_frozenset(self, x: frozenset[object], level: int) -> str:
        return super().repr_frozenset(x, level) if len(x) <= _SORTED_LIMIT else _counted(x)

    def repr_dict(self, x: dict[object, object], level: int) -> str:
        return super().repr_dict(x, level) if len(x) <= _SORTED_LIMIT else _counted(x)

    def repr_instance(self, x: object, level: int) -> str:  # noqa: ARG002 (reprlib's signature)
        in_short = getattr(type(x), "_in_short", None)
        if in_short is not None:
            return str(in_short(x))
        if type(x).__repr__ is object.__repr__:
            return f"<{type_name(type(x))} object>"
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(x))
        return text if len(text) <= self.maxother else text[: self.maxother] + "…"


_PRINTER = _Printer()


def type_name(kind: type) -> str:
    """A class's name as messages print it: printable, and not endless.

    >>> type_name(int)
    'int'
    """
    name = printable(str(vars(type)["__name__"].__get__(kind)))
    return name if len(name) <= _PRINTER.maxstring else name[: _PRINTER.maxstring] + "…"


def shown(value: object) -> str:
    """`value` as messages print it: one short line without memory addresses, and never an error.

    >>> shown((28, 28, 1)), shown("3"), shown(10**5000)
    ('(28, 28, 1)', "'3'", 'an int of 16610 bits')
    """
    try:
        text = _PRINTER.repr(value)
    except (Exception, SystemExit, GeneratorExit):  # noqa: BLE001 (a hostile __repr__ may raise anything)
        text = f"<{type_name(type(value))} object that cannot be printed>"
    text = printable(text.replace("\n", " "))
    return text if len(text) <= _SHOWN_LIMIT else text[:_SHOWN_LIMIT] + "…"


def nearest(value: object, known: Iterable[str]) -> str:
    """The hint at the names that someone who wrote this may have meant, or at all there are.

    >>> nearest("resnet5", ["resnet50", "resnet101", "unet"])
    'did you mean resnet50 or resnet101?'
    >>> nearest(5, ["resnet50", "unet"])
    'there are resnet50 and unet'
    """
    names = list(known)
    return meant(value, names) or f"there are {_listed(names or ['none'], ' and ')}"


def meant(value: object, known: Iterable[str]) -> str:
    """The hint at the names that someone who wrote this may have meant, or nothing where none is near.

    >>> meant("resnet5", ["resnet50", "unet"]), meant("bert", ["resnet50", "unet"])
    ('did you mean resnet50?', '')
    """
    from difflib import get_close_matches  # only who errs waits for it

    close = get_close_matches(value[:100].lower(), list(known)) if type(value) is str else []
    return f"did you mean {_listed(close, ' or ')}?" if close else ""


def _listed(names: Sequence[str], conjunction: str) -> str:
    *others, last = names
    return ", ".join(others) + conjunction * bool(others) + last
