"""Mistakes in counts of parameters.

Knows: what people forget, add and mix up when they count. Must not know: which answer is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from paramcalc.grading.mistakes import Example, Outcome, Reading, mistake
from paramcalc.grading.sentences import is_bias
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv, Conv2D
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.shapes import Shape, joined, parted


@mistake("params", examples=(Example(Conv2D(32, 3), (32, 32, 3), 864),))
def no_bias(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """The kernel alone."""
    if getattr(layer, "use_bias", None) is True:
        yield Reading(attrs.evolve(layer, use_bias=False), in_shape)


@mistake("params", on=(Conv, ConvTranspose), examples=(Example(Conv2D(32, 3), (32, 32, 3), 320),))
def no_input_channels(layer: Any, in_shape: Shape) -> Iterator[Outcome]:
    """A kernel as flat as its picture."""
    spatial, _ = parted(in_shape, layer.data_format)
    yield Reading(layer, joined(spatial, 1, layer.data_format))


@mistake("params", examples=(Example(Conv2D(100, 5), (32, 32, 1), 2_501),))
def one_bias(layer: Layer, in_shape: Any) -> Iterator[Outcome]:
    """One bias for all outputs."""
    weights = layer.weights(in_shape)
    yield sum(1 if is_bias(weight) else weight.size for weight in weights)
