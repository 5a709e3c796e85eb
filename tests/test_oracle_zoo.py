"""Keras judges the zoo: the networks that keras.applications has too have the same weights in the same places."""

from __future__ import annotations

import math
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
    "densenet121": "DenseNet121",
    "efficientnet_b0": "EfficientNetB0",
    "efficientnet_b1": "EfficientNetB1",
    "efficientnet_b2": "EfficientNetB2",
    "efficientnet_b3": "EfficientNetB3",
    "efficientnet_b4": "EfficientNetB4",
    "efficientnet_b5": "EfficientNetB5",
    "efficientnet_b6": "EfficientNetB6",
    "efficientnet_b7": "EfficientNetB7",
    "inception_v3": "InceptionV3",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "resnet50": "ResNet50",
    "resnet101": "ResNet101",
    "resnet152": "ResNet152",
    "vgg16": "VGG16",
    "vgg19": "VGG19",
    "xception": "Xception",
}
Facts = tuple[Any, list[tuple[tuple[int, ...], bool]]]
"""What comes out of a layer, and its weights: the shape of each, and whether it is trained."""
Joints = tuple[int, ...]
"""The layers with weights that a layer takes from, through any that have none, by their numbers and in this order."""

# As in the paper; without the top, on sizes that are odd wherever they are halved; and what single networks have
OPTIONS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in APPLICATIONS),
    *((name, {"in_shape": (161, 195, 3), "include_top": False}) for name in APPLICATIONS),
    ("vgg16", {"in_shape": (64, 96, 3), "classes": 10}),
    ("resnet50", {"in_shape": (64, 96, 3), "classes": 10}),
    *(("mobilenet", {"alpha": alpha, "classes": 10}) for alpha in (0.25, 0.3, 0.5, 0.75)),
    *(("mobilenet_v2", {"alpha": alpha, "classes": 10}) for alpha in (0.28, 0.35, 0.5, 0.56, 0.74, 0.75, 1.3, 1.4)),
]


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


def weighted(model: Model) -> dict[str, tuple[Facts, Joints]]:
    """The layers that own weights, all nests opened, in the one order that follows from the graph: depth first.

    What goes into a sum or a concatenation first is followed first.
    """
    start = model.in_shape
    assert start is not None
    inputs = [Input(shape)() for shape in one_by_one(start)]
    opened = Model(inputs=inputs, outputs=drawn_again(model, inputs))
    found: dict[str, tuple[Facts, Joints]] = {}
    behind: dict[str, Joints] = {}
    for row in opened.summary().rows:
        joints = tuple(dict.fromkeys(number for name in row.inputs for number in behind[name]))
        behind[row.name] = joints
        if row.params:
            behind[row.name] = (len(found),)
            found[row.name] = (row.output_shape, [(one.shape, one.trainable) for one in row.weights]), joints
    return found


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=str)
def test_a_network_has_the_weights_of_the_application(name: str, options: dict[str, Any]) -> None:
    """In the same order, of the same shapes, trained or not; joined in the same way, on maps of the same size."""
    ours = zoo.get(name, **options)
    named = {"input_shape" if option == "in_shape" else option: value for option, value in options.items()}
    theirs = getattr(keras.applications, APPLICATIONS[name])(weights=None, **named)
    facts = {
        layer.name: (layer.output.shape[1:], [(tuple(weight.shape), weight.trainable) for weight in layer.weights])
        for layer in theirs.layers
    }
    joints = {layer: joints for layer, (_, joints) in weighted(from_keras(theirs)).items()}
    assert list(weighted(ours).values()) == [(facts[layer], joints[layer]) for layer in joints]
    assert ours.params() == theirs.count_params()
    assert ours.summary().trainable_params == sum(math.prod(weight.shape) for weight in theirs.trainable_weights)
    assert ours.output_shape() == theirs.output_shape[1:]
