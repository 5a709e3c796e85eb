"""Where a model or a layer is read from that is named in one word, as on a command line.

Knows: which words name a file, a stream, a network of the zoo or a layer. Must not know: how any of them is read.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from typing import TYPE_CHECKING

from paramcalc.errors import ReadError, shown
from paramcalc.formats.untrusted import LARGEST_FILE, parsed, text_in, text_of

if TYPE_CHECKING:
    from paramcalc.layers.base import Layer

SOURCES = (
    "a Keras .json or .keras, paramcalc's own JSON, zoo:NAME, a layer as text such as 'Conv2D(8, 5)', or - for stdin"
)

_CALL = r"\s*(?:#[^\n]*\n\s*)*[A-Za-z_][\w.]*\s*\("
"""How a layer begins that is written as text, after comments."""

_FILES = (".json", ".keras")
"""How a file ends whatever it begins with; others that look like a layer are given as ./name."""

_OPENED = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
"""Where a shell puts what it has opened, such as the pipe of `<(command)`."""


def read(source: str) -> Layer:
    """The layer or the model that a source holds.

    Raises `ReadError` for what cannot be read, and whatever the layer refuses.

    >>> read("Bidirectional(LSTM(4))"), read("zoo:lenet5").name
    (Bidirectional(LSTM(4)), 'lenet5')
    """
    if source.startswith("zoo:"):
        from paramcalc import zoo

        return zoo.get(source.removeprefix("zoo:"))
    if not source.endswith(_FILES) and re.match(_CALL, source):
        return _from_text(source, source)
    name = "stdin" if source == "-" else shown(source)
    try:
        text = _text_in(source, name)
    except ReadError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise ReadError(error.subject, error.expected, error.got, _meant(source)) from error
    except (OSError, ValueError) as error:
        raise ReadError(name, "open to be read", shown(str(error))) from error
    return _from_text(text, name)


def _text_in(source: str, name: str) -> str:
    """The text of a stream or a file; of a stream, no more is read than a file may hold."""
    if source == "-":
        if sys.stdin is None:
            raise ReadError(name, "open", "nothing")
        return text_in(io.BytesIO(sys.stdin.buffer.read(LARGEST_FILE + 1)), "config.json", name)
    if source.startswith(_OPENED) and stat.S_ISFIFO(os.stat(source).st_mode):  # noqa: PTH116 (a path that is given)
        with open(source, "rb") as pipe:  # noqa: PTH123 (likewise)
            return text_in(io.BytesIO(pipe.read(LARGEST_FILE + 1)), "config.json", name)
    return text_of(source, "config.json")


def _from_text(text: str, name: str) -> Layer:
    """What a text holds that stands under this name."""
    if not text.startswith("{") and re.match(_CALL, text):
        from paramcalc.formats.written import layer_from_text

        return layer_from_text(text, _names_in_keras)
    data = parsed(text, name)
    if isinstance(data, dict) and "format" in data:
        from paramcalc.formats.native import model_from_dict

        return model_from_dict(data)
    from paramcalc.formats.keras.read import model_from_data

    return model_from_data(data, {})


def _names_in_keras() -> dict[str, str]:
    """What Keras calls its layers, and what they are called here."""
    from paramcalc.formats.keras.table import by_name

    return {name: row.layer for name, row in by_name().items()}


def _meant(source: str) -> str:
    """The hint at what may have been meant by the name of a file that is not there."""
    from paramcalc import zoo
    from paramcalc.formats.written import names_of_layers

    sought = _letters(source)
    networks = [f"zoo:{name}" for name in zoo.names() if sought and _letters(name).startswith(sought)]
    layers = [f"{name}(...)" for name in names_of_layers() if _letters(name) == sought]
    if networks or layers:
        return f"did you mean {' or '.join([*networks, *layers])}?"
    is_path = "." in source or "/" in source or "\\" in source
    return "" if is_path else "a network of the zoo is zoo:NAME, and a layer is written as Conv2D(8, 5) is"


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
