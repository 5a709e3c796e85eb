"""The slips that the mutation score is about (see mutation.py), and the list of those that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mutants
import pytest
import tomllib

LISTED = tomllib.loads((Path(__file__).parent / "equivalent_mutants.toml").read_text(encoding="utf-8"))["mutant"]


def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> list[tuple[str, str, str]]:
    monkeypatch.setattr(mutants, "LIBRARY", tmp_path)
    (tmp_path / "own.py").write_text(source, encoding="utf-8")
    return [(mutant.within, mutant.before, mutant.after) for mutant in mutants.mutants("own.py")]


def test_are_made_where_something_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = '''
class Count:
    """It is `a - b`."""

    def of(self, size: int, *, stride: int = 2) -> "int | None":
        note = f"× {size}" if size < stride else ""
        return (size - stride) // stride
'''
    note, count = 'note = f"× {size}" if size < stride else ""', "return (size - stride) // stride"
    head = 'def of(self, size: int, *, stride: int = 2) -> "int | None":'
    assert made(tmp_path, monkeypatch, source) == [
        ("Count.of", head, head.replace("2", "3")),
        ("Count.of", head, head.replace("2", "1")),
        ("Count.of", note, note.replace("if size", "if not size")),
        *(("Count.of", note, note.replace("size < stride", other)) for other in ("size <= stride", "size >= stride")),
        ("Count.of", count, "return (size + stride) // stride"),
        *(("Count.of", count, f"return (size - stride) {other} stride") for other in "*/"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations\ndef count(size: int | None = None, *sizes: int) -> int | None: ...",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    COUNT = 1 + 1",
        "from typing import TypeAlias\nCount: TypeAlias = int | None",
        "EXAMPLES = Example(Dense(1 + 1), (3,), 8)",
        "PAIRS = zip(ONE, OTHER, strict=True)",
        "@overload\ndef count(size: int = 1) -> int: ...",
        'TEXT = "1 + 1"',
    ],
)
def test_are_not_made_where_nothing_is_computed(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(tmp_path, monkeypatch, source) == []


@pytest.mark.parametrize("file", sorted({each["file"] for each in LISTED}))
def test_that_are_listed_as_equivalent_are_made(file: str) -> None:
    """The list names mutants with a reason each; the mutation score is about what it leaves."""
    places = {mutant.place for mutant in mutants.mutants(file)}
    listed: list[dict[str, Any]] = [each for each in LISTED if each["file"] == file]
    assert [each for each in listed if (file, each["within"], each["before"], each["after"]) not in places] == []
    assert all(each["reason"].endswith(".") for each in listed)
