"""Slips of the pen: the right number, written wrong. They are never sought together with another mistake.

Knows: the digits of a number; nobody writes it with a zero before it. Must not know: how it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from paramcalc.grading.mistakes import mistake
from paramcalc.grading.outcomes import Example, Outcome
from paramcalc.layers.base import Layer
from paramcalc.layers.core import Dense
from paramcalc.layers.reshape import Flatten
from paramcalc.shapes import are_several

FEWEST_TO_LOSE = 3
"""How many digits a number has at least of which one is lost: of two, hardly anything would be left."""


def _slipped(layer: Layer, in_shape: Any, slips: Callable[[str], Iterator[str]]) -> Iterator[Outcome]:
    """The right answers with a slip in one of their numbers: of the shape first, for it is known more often."""
    output_shape = layer.output_shape(in_shape)
    if not are_several(output_shape):
        for place, axis in enumerate(output_shape):
            for slip in slips(str(axis)) if axis is not None else ():
                yield (*output_shape[:place], int(slip), *output_shape[place + 1 :])
    for slip in slips(str(layer.params(in_shape))):
        yield int(slip)


@mistake(
    "params",
    "output_shape",
    examples=(Example(Dense(5), (128,), 654), Example(Flatten(), (41, 64), (6_224,))),
    slip=True,
)
def digits_exchanged(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """Two neighbouring digits change places."""
    yield from _slipped(layer, in_shape, _exchanged)


def _exchanged(digits: str) -> Iterator[str]:
    for place in range(len(digits) - 1):
        if place or digits[1] != "0":
            yield digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


@mistake(
    "params",
    "output_shape",
    examples=(Example(Dense(128), (1_280,), 16_968), Example(Flatten(), (41, 64), (264,))),
    slip=True,
)
def digit_lost(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """One digit is not there."""
    yield from _slipped(layer, in_shape, _lost)


def _lost(digits: str) -> Iterator[str]:
    for place in range(len(digits) if len(digits) >= FEWEST_TO_LOSE else 0):
        if place or digits[1] != "0":
            yield digits[:place] + digits[place + 1 :]


@mistake(
    "params",
    "output_shape",
    examples=(Example(Dense(128), (1_280,), 1_639_968), Example(Flatten(), (41, 64), (26_624,))),
    slip=True,
)
def digit_doubled(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """One digit stands there twice."""
    yield from _slipped(layer, in_shape, _doubled)


def _doubled(digits: str) -> Iterator[str]:
    for place in range(len(digits)):
        yield digits[: place + 1] + digits[place:]
