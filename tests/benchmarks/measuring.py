"""How two sides are measured against each other.

Knows: times, memory and processes. Must not know: what the sides do.

The sides run in turn, one pair after the other, and each pair has a ratio of its own: what slows the machine down slows
both sides of a pair down. The side that begins changes from pair to pair.
"""

from __future__ import annotations

import gc
import math
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import attrs

FEWEST_PAIRS, MOST_PAIRS = 5, 101
SECONDS = 8.0
"""How long a row is measured, if that is enough for the fewest pairs."""
SHORTEST = 0.1
"""How many seconds either side of a pair takes at least."""


class Sides(NamedTuple):
    """Two ways to do something, each ready to be run again and again; `before` is done ahead of each, untimed."""

    ours: Callable[[], object]
    theirs: Callable[[], object]
    before: Callable[[], object] = gc.collect


@attrs.frozen(slots=False)
class Measured:
    """What was found: for each pair the figure of either side, in seconds or bytes."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @cached_property
    def ratios(self) -> list[float]:
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def half(self) -> tuple[float, float]:
        """The ratios between which the middle half of them is."""
        if len(self.ratios) == 1:
            return self.ratio, self.ratio
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, third


class Row(NamedTuple):
    """A row of the table: two sides in words, how they are made ready, and the largest ratio that is allowed.

    `prepare` is given a folder for files. `needs` are modules that are not of the library; `parts` is how many layers
    or nodes a figure is divided by, and `part` what they are called.
    """

    name: str
    ours: str
    theirs: str
    prepare: Callable[[Path], Sides]
    budget: float
    needs: tuple[str, ...] = ()
    parts: int = 1
    part: str = ""
    of_memory: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(module for module in self.needs if not find_spec(module))

    def measured(self, folder: Path) -> Measured:
        # What is there already is not gone through again by the garbage collector: a framework holds much
        gc.collect()
        gc.freeze()
        sides = self.prepare(folder)
        pairs = [memory(sides)] if self.of_memory else times(sides)
        gc.unfreeze()
        ours, theirs = zip(*pairs, strict=True)
        return Measured(ours, theirs)


def agreeing(
    ours: Callable[[], object], theirs: Callable[[], object], before: Callable[[], object] = gc.collect
) -> Sides:
    """Two sides that must come to the same."""
    if ours() != theirs():
        raise SystemExit(f"the sides do not come to the same: {ours()} and {theirs()}")
    return Sides(ours, theirs, before)


def times(sides: Sides) -> list[tuple[float, float]]:
    """The seconds of either side, pair after pair, after one run of each that does not count."""
    runs = [(side, _often_enough(seconds(side, 1, sides.before))) for side in (sides.ours, sides.theirs)]
    pairs: list[tuple[float, float]] = []
    end = time.monotonic() + SECONDS
    while len(pairs) < FEWEST_PAIRS or (len(pairs) < MOST_PAIRS and time.monotonic() < end):
        order = 1 if len(pairs) % 2 == 0 else -1
        one, other = [seconds(side, often, sides.before) for side, often in runs[::order]][::order]
        pairs.append((one, other))
    return pairs


def _often_enough(single: float) -> int:
    """How often a side is run in a row to take SHORTEST: what interrupts a machine must not hit one side alone."""
    return math.ceil(SHORTEST / single) if single < SHORTEST else 1


def seconds(side: Callable[[], object], often: int, before: Callable[[], object]) -> float:
    """The time of one run, out of several in a row."""
    before()
    start = time.perf_counter()
    for _ in range(often):
        side()
    return (time.perf_counter() - start) / often


def memory(sides: Sides) -> tuple[float, float]:
    """The most bytes that either side has at a time, in one run, for they are the same in every run."""
    return peak(sides.ours, sides.before), peak(sides.theirs, sides.before)


def peak(side: Callable[[], object], before: Callable[[], object]) -> float:
    before()
    tracemalloc.start()
    try:
        side()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def process(*arguments: str) -> Callable[[], str]:
    """A fresh interpreter with these arguments, which gives what it prints; modules are compiled by its first run."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["KERAS_BACKEND"] = "numpy"
    command = [sys.executable, *arguments]

    def run() -> str:
        done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")  # noqa: S603 (our own code)
        return done.stdout

    return run
