"""What stands where in data of JSON's kinds, so that a test may put something else there, and what it may put."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
import zlib
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
"""Anything that a parser of JSON may give."""


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every dict or list in the data with each of its keys."""
    found: list[tuple[Any, Any]] = []
    pending = [data]
    while pending:
        value = pending.pop()
        keys: Any = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            found.append((value, key))
            if isinstance(value[key], dict | list):
                pending.append(value[key])
    return found


# Changes that stay data of JSON's kinds, so that they come past the parser

TELLING: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, 7, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, 2**256, 0.0, -0.0, 0.5,
    1.0, 1e16, 1e308, float("inf"), float("nan"), "", " ", "a", "1", "-1", "\x00", "\n", "\ud800", "\u202e", "é",
    "<b>", "a/b", "$x_1$", "a" * 3000, [], {}, [[]], [None], [1, 1], [[1, 1]], [None, None, 3], [0], ["a"], [1] * 70,
)  # fmt: skip
"""Values at which something changes."""


def _other(value: Any, random: Random, words: Sequence[str]) -> Any:
    """Something else than this: near it, a word that means something elsewhere, or a value at which things change."""
    kind = random.choice(("near", "word", "telling"))
    if kind == "near" and isinstance(value, int):
        return random.choice((value + 1, value - 1, -value, value * 2, value * 100))
    if kind == "near" and isinstance(value, str):
        at = random.randrange(len(value) + 1)
        return value[:at] + random.choice(("", "a", "_", "0", " ", "/", "(", ",", "\x00", "é")) + value[at + 1 :]
    return random.choice(words) if kind == "word" and words else copy.deepcopy(random.choice(TELLING))


def _change(tree: Any, kind: str, random: Random, words: Sequence[str]) -> None:
    """Changes one place of a tree."""
    standing = places(tree)
    if not standing:
        return
    (at, key), (other, name) = random.choices(standing, k=2)
    if kind == "leave out":
        del at[key]
    elif kind == "move":
        at[key] = copy.deepcopy(other[name])
    elif kind == "exchange":
        at[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(at[key])
    elif kind in TIMES:  # brackets around a value, or in its place what is around it
        for _ in range(random.choice(TIMES[kind])):
            at[key] = [at[key]] if kind == "wrap" else copy.deepcopy(at)
    elif kind == "add" and isinstance(at, dict):
        at[random.choice(words or ["a"])] = random.choice((copy.deepcopy(at[key]), _other(None, random, words)))
    elif kind == "add":
        at[key:key] = [copy.deepcopy(at[key]) for _ in range(random.choice((1, 1, 2, 30)))]
    else:
        at[key] = _other(at[key], random, words)


TIMES = {"wrap": (1, 1, 2, 120), "nest": (1, 1, 3)}
KINDS = ("replace", "replace", "replace", "leave out", "move", "move", "exchange", "wrap", "nest", "add", "add")


def changed(data: bytes, random: Random, words: Sequence[str] = (), other: bytes | None = None) -> bytes | None:
    """A text of JSON with one to three changes, in an archive too, or None where there is none to change.

    `words` are texts that may come in. Where there is another text of JSON, a part of that is put in instead.
    """
    try:
        text = _unpacked(data)
        tree = [json.loads(text)]
        if other is not None:
            (at, key), (there, name) = (
                random.choice(places(tree)),
                random.choice(places([json.loads(_unpacked(other))])),
            )
            at[key] = there[name]
        else:
            for _ in range(random.choice((1, 1, 2, 3))):
                _change(tree, random.choice(KINDS), random, words)
        written = json.dumps(tree[0]).encode()
    except (ValueError, LookupError, RecursionError, OSError, EOFError, zipfile.BadZipFile, zlib.error,
            NotImplementedError, RuntimeError):  # fmt: skip
        return None
    return written if text is data else packed(written)


def _unpacked(data: bytes) -> bytes:
    """The description in an archive; what is none is one itself."""
    if not data.startswith(b"PK\x03\x04"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("config.json") as member:
        return member.read(2**20)


def packed(config: bytes) -> bytes:
    """An archive that holds this description."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("config.json"), config, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def words_in(texts: Sequence[bytes]) -> list[str]:
    """All names and short texts in texts of JSON, and the words in others, each once."""
    found: dict[str, None] = {}
    for text in texts:
        try:
            standing = places([json.loads(text)])
        except (ValueError, RecursionError):
            found |= dict.fromkeys(re.findall(r"[A-Za-z_]{3,40}", text.decode("utf-8", "replace")))
            continue
        for at, key in standing:
            for word in (key, at[key]):
                if isinstance(word, str) and len(word) <= 40:
                    found[word] = None
    return list(found)
