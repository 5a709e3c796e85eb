"""How fast the library is, as ratios: both sides of each in one run, on one machine.

    python -m pip install -e '.[benchmark]'
    python tests/benchmark.py [--write] [row ...]

One table comes out, of all rows or of those that are named. The status is 0 when every row was measured and is within
its budget, and else 1: a row that needs a package which is not there is not measured, says so, and fails the command.
`--write` puts the table, with its date and its machine, into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from benchmarks import alone, frameworks
from benchmarks.measuring import Measured, Row

ROWS = [alone.IMPORT, frameworks.FIRST, *alone.ROWS, *frameworks.ROWS]
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN = "<!-- from here on the page is written by: python tests/benchmark.py --write -->\n\n"
PACKAGES = ("attrs", "keras", "jax", "numpy", "torch", "torchinfo")
HEADS = ("row", "paramcalc", "the other side", "ratio", "half of the ratios", "at most", "budget")


class Result(NamedTuple):
    """A row, and what was found; None where something is missing that it needs."""

    row: Row
    found: Measured | None

    @property
    def is_held(self) -> bool:
        return self.found is not None and self.found.ratio <= self.row.budget

    @property
    def cells(self) -> tuple[str, ...]:
        row, found = self.row, self.found
        if found is None:
            return f"`{row.name}`", "", "", "", "", ratio_text(row.budget), f"NOT MEASURED: no {', '.join(row.missing)}"
        figures = (figure_text(row, statistics.median(side)) for side in (found.ours, found.theirs))
        half = " to ".join(map(ratio_text, found.half)) if len(found.ratios) > 1 else "one run"
        held = "held" if self.is_held else "NOT HELD"
        return f"`{row.name}`", *figures, ratio_text(found.ratio), half, ratio_text(row.budget), held


def ratio_text(ratio: float) -> str:
    """A ratio as it is written: how many times as much, or what part of it."""
    return f"{ratio:.3g}" if ratio >= 1 else f"1 / {1 / ratio:.3g}"


def figure_text(row: Row, figure: float) -> str:
    """Seconds or bytes, for one layer where a row has many."""
    each = figure / row.parts
    of = f" a {row.part}" if row.part else ""
    if row.of_memory:
        return f"{each:,.0f} B{of}"
    if each < 1e-4:
        return f"{each * 1e6:.3g} µs{of}"
    return f"{each * 1e3:,.3g} ms{of}" if each < 1 else f"{each:.3g} s{of}"


def table(results: Sequence[Result]) -> str:
    """The table in Markdown, with columns under each other."""
    lines = [HEADS, *(result.cells for result in results)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    lines.insert(1, rule)
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines
    )


def words(rows: Sequence[Row]) -> str:
    """What both sides of each row do."""
    return "\n".join(f"- `{row.name}`: {row.ours} **Against:** {row.theirs}" for row in rows)


def machine() -> str:
    """The day, the machine and the versions, which a table without them says little."""
    day = datetime.now(tz=timezone.utc).date().isoformat()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    versions = ", ".join(f"{package} {found}" for package in PACKAGES if (found := version_of(package)))
    return f"{day}; {os.cpu_count()} cores, {processor()}, {platform.system()}; {python}; {versions}."


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def processor() -> str:
    """The processor's name; Python knows its architecture alone."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def measured(rows: Sequence[Row]) -> list[Result]:
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            print(f"{row.name} …", file=sys.stderr, flush=True)  # noqa: T201 (it takes minutes)
            results.append(Result(row, None if row.missing else row.measured(Path(folder))))
    return results


def main(arguments: Sequence[str], rows: Sequence[Row], page: Path) -> int:
    """The exit status of the command with these arguments."""
    summary, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("names", nargs="*", metavar="row", help=f"one of {', '.join(row.name for row in rows)}")
    chosen = parser.parse_args(arguments)
    known = {row.name: row for row in rows}
    unknown = [name for name in chosen.names if name not in known]
    if unknown:
        parser.error(f"the rows are {', '.join(known)}; got {', '.join(unknown)}")
    if chosen.write and chosen.names:
        parser.error("the page holds all rows: --write goes without names")
    results = measured([known[name] for name in chosen.names] or rows)
    text = f"{machine()}\n\n{table(results)}"
    print(text)  # noqa: T201 (what the command is for)
    missing = [result.row for result in results if result.found is None]
    for row in missing:
        needed = ", ".join(row.missing)
        print(f"{row.name} NOT MEASURED: it needs {needed}; install '.[benchmark]'", file=sys.stderr)  # noqa: T201 (it must be seen)
    if chosen.write:
        if missing:
            print("nothing is written, for the page holds all rows", file=sys.stderr)  # noqa: T201 (it must be seen)
        else:
            start = page.read_text(encoding="utf-8").split(BEGIN)[0]
            page.write_text(f"{start}{BEGIN}{text}\n", encoding="utf-8")
    return 0 if all(result.is_held for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ROWS, PAGE))
