"""Keras itself judges: the same output shape, the same weights, and where Keras refuses, we refuse.

The layers are random, of every class; Keras runs on its numpy backend. CI runs this on one of its Pythons.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LAYERS, Case, flat, hidden, shapes

from paramcalc import (
    Activation,
    ConfigError,
    Dot,
    EinsumDense,
    GroupNorm,
    Input,
    Layer,
    LayerScale,
    Normalization,
    ParamcalcError,
    Shapes,
)
from paramcalc.formats.keras.table import by_layer
from paramcalc.formats.keras.write import layer_to_keras
from paramcalc.shapes import are_several, one_by_one

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")

NOT_IN_KERAS: set[str] = set()

Answer = tuple[Shapes, list[tuple[tuple[int, ...], bool]]]

# Where we answer and Keras does not
WIDER_ON_PURPOSE: dict[type[Layer], Callable[[Layer, Shapes], bool]] = {
    # It wants axes known even when no weight depends on them
    GroupNorm: lambda layer, in_shape: None in in_shape and not layer.params(in_shape),
    LayerScale: lambda _, in_shape: in_shape[-1:] == (None,),
    Normalization: lambda layer, in_shape: None in in_shape and not layer.params(in_shape),
    # It takes an axis that is not known for another than one that is
    Dot: lambda _, in_shape: None in flat(in_shape),
    # It wants an axis that is not known to be None in the layer's output shape too
    EinsumDense: lambda _, in_shape: None in in_shape,
}


def ours(layer: Layer, in_shape: Shapes) -> Answer | None:
    """What we answer, or None where we refuse."""
    try:
        output_shape = layer.output_shape(in_shape)
        return output_shape, [(weight.shape, weight.trainable) for weight in layer.weights(in_shape)]
    except ParamcalcError:
        return None


def twin(layer: Layer, in_shape: Shapes) -> dict[str, Any] | None:
    """What Keras calls this layer, as the writer has it; None where Keras has no such layer."""
    if isinstance(layer, Input):
        return None  # Keras builds none on an input
    if isinstance(layer, Activation):
        layer = attrs.evolve(layer, function="relu")
    try:
        return layer_to_keras(attrs.evolve(layer, name=None), len(one_by_one(in_shape)[0]))
    except ConfigError:
        return None


def shape_behind(layer: Any, given: Any) -> Any:
    """What comes out, by the layer's own word or, where it has none, by a call on arrays that stand for any."""
    try:
        return layer.compute_output_shape(given)
    except NotImplementedError:
        with np.errstate(all="ignore"):
            return layer.compute_output_spec(keras.KerasTensor(given)).shape


def theirs(written: dict[str, Any], in_shape: Shapes) -> Answer | None:
    """What Keras answers, or None where it refuses. Several inputs are a list of shapes to it."""
    with_batch = [(None, *shape) for shape in one_by_one(in_shape)]
    given = with_batch if are_several(in_shape) else with_batch[0]
    try:
        layer = keras.layers.deserialize(written)
        if not layer.built:
            layer.build(given)
        if isinstance(layer, keras.layers.EinsumDense) and None not in in_shape:
            # Before it is called it leaves open what its arguments leave open, though the input says it
            output_shape = layer(keras.ops.zeros((1, *in_shape))).shape
        else:
            output_shape = shape_behind(layer, given)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, AttributeError):
        return None
    trainable = {id(weight) for weight in layer.trainable_weights}
    weights = [(tuple(weight.shape), id(weight) in trainable) for weight in layer.weights]
    several = isinstance(output_shape[0], tuple | list)
    return tuple(tuple(shape[1:]) for shape in output_shape) if several else tuple(output_shape[1:]), weights


@st.composite
def of_others(draw: st.DrawFn, layer: Layer, in_shape: tuple[Any, ...]) -> Shapes:
    """An input shape that was not made for this layer, some of its axes not known.

    Where there are several inputs, it is as many shapes as may be, or those that were made for the layer with some
    axes changed, left out or added, or one shape alone.
    """
    any_shape = shapes(most=5)
    if not layer.several_inputs or draw(st.integers(0, 9)) == 0:
        return hidden(draw, draw(any_shape), 4)
    several = [list(shape) for shape in one_by_one(in_shape)]
    if draw(st.integers(0, 3)) == 0:
        several = [list(shape) for shape in draw(st.lists(any_shape, min_size=1, max_size=4))]
    for shape in several:
        change = draw(st.sampled_from(["none", "none", "none", "size", "shorter", "longer"]))
        place = draw(st.integers(0, len(shape)))
        if change in ("size", "shorter"):
            del shape[place : place + 1]
        if change in ("size", "longer"):
            shape.insert(place, draw(st.integers(1, 12)))
    if draw(st.integers(0, 9)) == 0:
        del several[1:]
    return hidden(draw, tuple(map(tuple, several)), draw(st.sampled_from([4, 1000])))


def test_every_class_has_a_row_in_the_table() -> None:
    """Keras's names are in one table; a class of ours that Keras has not is known here."""
    assert {kind.__name__ for kind in LAYERS} - set(by_layer()) == NOT_IN_KERAS


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.__name__ for kind in LAYERS])
def test_layers_that_fit_are_the_same(kind: type[Layer]) -> None:
    """Of each class hundreds of layers, each on a shape that it can take; enough of them must have a twin."""
    met: Counter[bool] = Counter()

    @settings(max_examples=200)
    @given(LAYERS[kind])
    def compare(case: Case) -> None:
        layer, in_shape = case
        written = twin(layer, in_shape)
        met[written is not None] += 1
        if written is not None:
            assert theirs(written, in_shape) == ours(layer, in_shape), (layer, written, in_shape)

    compare()
    assert met[True] >= 20 or kind is Input or kind.__name__ in NOT_IN_KERAS


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.__name__ for kind in LAYERS])
def test_where_keras_refuses_we_refuse(kind: type[Layer]) -> None:
    """The same layers on shapes that were made for others."""

    @settings(max_examples=200)
    @given(LAYERS[kind], st.data())
    def compare(case: Case, data: st.DataObject) -> None:
        layer, fitting = case
        in_shape = data.draw(of_others(layer, fitting))
        answer = ours(layer, in_shape)
        if answer is None or (kind in WIDER_ON_PURPOSE and WIDER_ON_PURPOSE[kind](layer, in_shape)):
            return
        written = twin(layer, in_shape)
        if written is not None:
            assert theirs(written, in_shape) == answer, (layer, written, in_shape)

    compare()
