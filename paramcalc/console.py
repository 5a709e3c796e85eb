"""What a console shows: signs that it has, one line for what is wrong, and nothing that could move its cursor.

Knows: streams and their encodings. Must not know: what is written.
"""

from __future__ import annotations

import contextlib
import sys

from paramcalc.errors import ReadError, printable, shown

_PLAIN = str.maketrans({
    **dict.fromkeys("┏┳┓┡╇┩├┼┤└┴┘", "+"), **dict.fromkeys("━─", "-"), **dict.fromkeys("┃│", "|"),
    "×": "x", "−": "-", "→": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "–": "-", "…": "...",
})  # fmt: skip
"""What stands for a sign where the console does not have it."""

_SIGNS = "".join(map(chr, _PLAIN))

_REFERENCES = {"html": "&#{};", "svg": "&#{};", "dot": "&#{};", "mermaid": "#{};"}
"""How a sign is written by its number, in the formats whose readers take any file for UTF-8."""

_LONGEST = 2_500
"""How long a line on stderr is at most."""


def write(text: str, form: str = "text") -> None:
    """Writes a text in some format on stdout, on lines of its own; who does not read on has enough.

    Raises `ReadError` where stdout takes nothing.

    >>> write("608")
    608
    """
    stdout = sys.stdout
    if stdout is None:
        return
    try:
        stdout.write(plain(text, stdout.encoding, form) + "\n" * (text[-1:] not in ("", "\n")))
        stdout.flush()
    except BrokenPipeError:
        return
    except (OSError, ValueError) as error:
        raise ReadError("stdout", "open to be written", shown(str(error))) from error


def complain(message: str) -> None:
    """Writes what is wrong as one line on stderr, if there is one.

    >>> complain("Conv2D(8) has no kernel")
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(plain(f"paramcalc: {printable(message)[:_LONGEST]}\n", sys.stderr.encoding))
        sys.stderr.flush()


def plain(text: str, encoding: str | None, form: str = "text") -> str:
    r"""A text in signs that an encoding has: as it is where that has all of ours, else in plainer ones.

    In a format whose readers take any file for UTF-8, signs are written by their numbers where the encoding is another.

    >>> plain("⌊5 / 2⌋ × 3", "ascii"), plain("3 × 畳み", "latin-1"), plain("3 × 2", "latin-1", "html")
    ('floor(5 / 2) x 3', '3 x \\u7573\\u307f', '3 &#215; 2')
    """
    if encoding is None or text.isascii():
        return text
    if form in _REFERENCES:
        if encoding.lower().startswith("utf"):
            return text
        return "".join(each if each.isascii() else _REFERENCES[form].format(ord(each)) for each in text)
    try:
        _SIGNS.encode(encoding)
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text
