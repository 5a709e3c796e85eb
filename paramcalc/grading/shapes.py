"""Mistakes in shapes.

Knows: what people forget, add and mix up when they follow a shape through a layer. Must not know: which answer is
asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from paramcalc.grading.mistakes import Example, Outcome, Reading, mistake
from paramcalc.layers.pool import Pool
from paramcalc.shapes import Shape


@mistake("output_shape", on=(Pool,), examples=(Example(Pool(2), (41, 64), (21, 64)),), spreads=True)
def rounded_up(layer: Pool, in_shape: Shape) -> Iterator[Outcome]:
    """A last window that is cut off counts."""
    yield Reading(attrs.evolve(layer, ceil_mode=True), in_shape)
