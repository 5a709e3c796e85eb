"""Keras judges the zoo: the networks that keras.applications has too have the same weights in the same places."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import attrs
import pytest

from paramcalc import Input, Model, from_keras, zoo
from paramcalc.shapes import one_by_one

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")

APPLICATIONS = {
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "resnet152": "ResNet152",
}


def drawn_again(model: Model, given: list[Any], path: str = "") -> list[Any]:
    """What comes out of a model when its layers, and those of the models in it, are called one by one."""
    results: list[list[Any]] = []
    starts = dict(zip(model.inputs or (0,), given, strict=True))
    chain = [(position, ((position - 1, 0),) if position else ()) for position in range(len(model))]
    for number, (position, sources) in enumerate(model.calls or chain):
        name, layer = path + model.names[position], model[position]
        taken = [results[source][output] for source, output in sources] or [starts[number]]
        if isinstance(layer, Input):
            out: Any = taken
        elif isinstance(layer, Model):
            out = drawn_again(layer, taken, f"{name}/")
        else:
            out = attrs.evolve(layer, name=name)(*taken)
        results.append(list(out) if isinstance(out, tuple | list) else [out])
    return [results[source][output] for source, output in model.outputs or ((-1, 0),)]


def weighted(model: Model) -> dict[str, list[tuple[tuple[int, ...], bool]]]:
    """The layers that own weights, all nests opened, in the one order that follows from the graph: depth first.

    What goes into a sum or a concatenation first is followed first, so two networks whose lists are equal are joined in
    the same way.
    """
    start = model.in_shape
    assert start is not None
    inputs = [Input(shape)() for shape in one_by_one(start)]
    opened = Model(inputs=inputs, outputs=drawn_again(model, inputs))
    found: dict[str, list[tuple[tuple[int, ...], bool]]] = {}
    for weight in opened.weights():
        layer, _, _ = weight.name.rpartition("/")
        found.setdefault(layer, []).append((weight.shape, weight.trainable))
    return found


@pytest.mark.parametrize("in_shape", [None, (160, 192, 3)], ids=str)
@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_network_has_the_weights_of_the_application(name: str, in_shape: tuple[int, ...] | None) -> None:
    """As it is in the paper, and on other images, for other classes or none."""
    ours, theirs = zoo.get(name), getattr(keras.applications, APPLICATIONS[name])(weights=None)
    if in_shape is not None:
        ours = zoo.get(name, in_shape=in_shape, include_top=False)
        theirs = getattr(keras.applications, APPLICATIONS[name])(weights=None, input_shape=in_shape, include_top=False)
    arrays = {
        layer.name: [(tuple(weight.shape), weight.trainable) for weight in layer.weights] for layer in theirs.layers
    }
    assert list(weighted(ours).values()) == [arrays[layer] for layer in weighted(from_keras(theirs))]
    assert ours.params() == theirs.count_params()
    assert ours.output_shape() == theirs.output_shape[1:]
