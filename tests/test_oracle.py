"""Keras itself judges: the same output shape, the same weights, and where Keras refuses, we refuse.

The layers are random, of every class; Keras runs on its numpy backend. CI runs this on one of its Pythons.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_twins import TWINS, Twin
from strategies import LAYERS, Case, shapes

from paramcalc import GroupNorm, Layer, ParamcalcError, Shape

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")

Answer = tuple[Shape, list[tuple[tuple[int, ...], bool]]]

# Where we answer and Keras does not: it wants the channels known even when no weight depends on them
WIDER_ON_PURPOSE: dict[type[Layer], Callable[[Layer, Shape], bool]] = {
    GroupNorm: lambda layer, in_shape: None in in_shape and not layer.params(in_shape)
}


def ours(layer: Layer, in_shape: Shape) -> Answer | None:
    """What we answer, or None where we refuse."""
    try:
        output_shape = layer.output_shape(in_shape)
        return output_shape, [(weight.shape, weight.trainable) for weight in layer.weights(in_shape)]
    except ParamcalcError:
        return None


def built(twin: Twin) -> Any:
    """The layer of Keras itself; one that it holds comes as a twin too."""
    name, arguments = twin
    inside = {key: built(value) if key == "layer" else value for key, value in arguments.items()}
    return getattr(keras.layers, name)(**inside)


def theirs(twin: Twin, in_shape: Shape) -> Answer | None:
    """What Keras answers, or None where it refuses."""
    try:
        layer = built(twin)
        if not layer.built:
            layer.build((None, *in_shape))
        output_shape = layer.compute_output_shape((None, *in_shape))
    except (ValueError, TypeError, IndexError, ZeroDivisionError, AttributeError):
        return None
    trainable = {id(weight) for weight in layer.trainable_weights}
    weights = [(tuple(weight.shape), id(weight) in trainable) for weight in layer.weights]
    return tuple(output_shape[1:]), weights


def test_every_class_has_a_twin_or_none() -> None:
    assert set(TWINS) == set(LAYERS)


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.__name__ for kind in LAYERS])
def test_layers_that_fit_are_the_same(kind: type[Layer]) -> None:
    """Of each class hundreds of layers, each on a shape that it can take; enough of them must have a twin."""
    met: Counter[bool] = Counter()

    @settings(max_examples=200)
    @given(LAYERS[kind])
    def compare(case: Case) -> None:
        layer, in_shape = case
        twin = TWINS[kind](layer, len(in_shape))
        met[twin is not None] += 1
        if twin is not None:
            assert theirs(twin, in_shape) == ours(layer, in_shape), (layer, twin, in_shape)

    compare()
    assert met[True] >= 20 or kind.__name__ == "Input"


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.__name__ for kind in LAYERS])
def test_where_keras_refuses_we_refuse(kind: type[Layer]) -> None:
    """The same layers on shapes that were made for others."""

    @settings(max_examples=200)
    @given(LAYERS[kind], shapes(most=5), st.data())
    def compare(case: Case, in_shape: tuple[int, ...], data: st.DataObject) -> None:
        layer, _ = case
        hidden = tuple(None if data.draw(st.integers(0, 3)) == 0 else axis for axis in in_shape)
        twin = TWINS[kind](layer, len(hidden))
        if kind in WIDER_ON_PURPOSE and ours(layer, hidden) is not None and WIDER_ON_PURPOSE[kind](layer, hidden):
            return
        if twin is not None and ours(layer, hidden) is not None:
            assert theirs(twin, hidden) == ours(layer, hidden), (layer, twin, hidden)

    compare()
