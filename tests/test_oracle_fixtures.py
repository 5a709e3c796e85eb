"""Course fixtures, as a notebook takes them from a live model of Keras, against those that are written here."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from hypothesis import given, settings
from networks import networks
from test_fixtures import PADDED_MODEL, steps

from paramcalc import (
    Conv1D,
    Dense,
    Dropout,
    Input,
    Model,
    RepeatVector,
    TimeDistributed,
    from_keras,
    to_keras,
)
from paramcalc.grading import to_fixture
from paramcalc.testing import assert_fixture

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")


def shape_of(layer: Any) -> Any:
    """The output shape as tf.keras said it, at the layer's first call."""
    given = layer._inbound_nodes[0].outputs
    shapes = [tuple(tensor.shape) for tensor in keras.tree.flatten(given)]
    return shapes if len(shapes) > 1 or isinstance(layer, keras.layers.InputLayer) else shapes[0]


def in_shape_of(layer: Any) -> Any:
    shapes = [tuple(tensor.shape) for tensor in layer._inbound_nodes[0].input_tensors]
    return shapes if len(shapes) > 1 else shapes[0]


def function(layer: Any) -> str:
    return str(layer.activation.__name__)


def initializer(layer: Any) -> str:
    return type(layer.kernel_initializer).__name__


EXTRAS: dict[str, Callable[[Any], list[Any]]] = {
    "Conv1D": lambda x: [x.padding, function(x), x.strides, x.kernel_size, initializer(x)],
    "Conv2D": lambda x: [x.padding, function(x), initializer(x)],
    "Dense": lambda x: [function(x)],
    "Dropout": lambda x: [x.rate],
    "GRU": lambda x: [x.return_sequences],
    "LSTM": lambda x: [in_shape_of(x), function(x)],
    "MaxPooling2D": lambda x: [x.pool_size, x.strides, x.padding],
    "RepeatVector": lambda x: [x.n],
    "TimeDistributed": lambda x: [function(x.layer)],
    "ZeroPadding2D": lambda x: [x.padding],
}


def described(model: Any) -> list[list[Any]]:
    """A live model, row by row, as the notebooks describe one."""
    rows = []
    for layer in model.layers:
        name = type(layer).__name__
        rows.append([name, shape_of(layer), layer.count_params(), *EXTRAS.get(name, lambda _: [])(layer)])
    return rows


def check(model: Model) -> None:
    live = keras.models.model_from_json(to_keras(model))
    read = from_keras(live)
    assert described(live) == to_fixture(read)
    assert_fixture(live, described(live))


def test_models_of_courses() -> None:
    check(PADDED_MODEL)
    check(steps())
    check(Model([Input((20, 3)), Conv1D(4, 5, 2), Dropout(0.2), TimeDistributed(Dense(4, "tanh"))]))
    check(Model([Input((4,)), RepeatVector(3)]))


@settings(max_examples=30)
@given(networks)
def test_random_networks(model: Model) -> None:
    check(model)
