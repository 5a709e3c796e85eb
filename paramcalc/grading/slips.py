"""Slips of the pen: the right number, written wrong. They are never sought together with another mistake.

Knows: the digits of a number. Must not know: layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from paramcalc.grading.mistakes import Example, Outcome, mistake
from paramcalc.layers.base import Layer
from paramcalc.layers.core import Dense


def _slips(layer: Layer, in_shape: Any, slips: Callable[[str], Iterator[str]]) -> Iterator[Outcome]:
    yield from map(int, slips(str(layer.params(in_shape))))


@mistake("params", examples=(Example(Dense(5), (128,), 654),), combines=False)
def digits_exchanged(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """Two neighbouring digits change places."""
    yield from _slips(layer, in_shape, _exchanged)


def _exchanged(digits: str) -> Iterator[str]:
    for place in range(len(digits) - 1):
        yield digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
