"""Keras judges whole models: what it writes we read, what we write it builds, and each layer's numbers are the same."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from benchmarks import frameworks
from hypothesis import given, settings
from networks import networks

from paramcalc import ConfigError, Elementwise, Input, Model, Summary, Take, from_keras, to_keras, zoo
from paramcalc.layers.elementwise import OPERATIONS

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")

APPLICATIONS = [
    "ConvNeXtTiny", "DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2",
    "EfficientNetB3", "EfficientNetB4", "EfficientNetV2B0", "EfficientNetV2S", "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetMobile", "ResNet101", "ResNet152V2",
    "ResNet50", "ResNet50V2", "VGG16", "Xception",
]  # fmt: skip

Facts = tuple[str, Any, int, int]


def plain(shape: Any) -> Any:
    """A shape of Keras without its batch axis, or several of them."""
    if isinstance(shape, list | tuple) and shape and isinstance(shape[0], list | tuple):
        return tuple(map(plain, shape))
    return tuple(shape[1:])


def of_keras(model: Any) -> list[Facts]:
    """Keras's rows: each layer's name, the output shape of its first call, its parameters and how many are trained."""
    rows = []
    for layer in model.layers:
        calls = [tensors.output_tensors for tensors in layer._inbound_nodes]
        shapes = [tuple(tensor.shape) for tensor in calls[0]]
        trained = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
        rows.append((layer.name, plain(shapes if len(shapes) > 1 else shapes[0]), layer.count_params(), trained))
    return rows


def of_ours(summary: Summary) -> list[Facts]:
    return [(row.name, row.output_shape, row.params, row.trainable_params) for row in summary.rows]


def without(names: set[str], facts: list[Facts]) -> list[Facts]:
    return [row for row in facts if row[0] not in names]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # Keras asks ConvNeXt's LayerScale by arrays that nobody filled
@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_is_read_layer_by_layer(name: str, tmp_path: Path) -> None:
    theirs = getattr(keras.applications, name)(weights=None)
    operators = {operation.name for operation in theirs.operations} - {layer.name for layer in theirs.layers}
    ours = from_keras(theirs.to_json())
    # What Python's + adds is no layer to Keras, and is one to us
    assert without(operators, of_ours(ours.summary())) == of_keras(theirs)
    assert ours.params() == theirs.count_params()
    assert from_keras(theirs) == ours
    path = tmp_path / "model.json"
    path.write_text(to_keras(ours), encoding="utf-8")
    again = keras.models.model_from_json(path.read_text(encoding="utf-8"))
    assert without(operators, of_keras(again)) == of_keras(theirs)
    assert from_keras(path) == ours


def layers_of(model: Model) -> list[Facts]:
    """The rows of what is a layer to Keras, too."""
    return [row for row in of_ours(model.summary()) if not isinstance(model[row[0]], Elementwise | Take)]


def test_random_networks_are_the_same_both_ways() -> None:
    """Chains and graphs: Keras builds what we write with the same numbers, and we read what it then writes."""
    met: Counter[str] = Counter()

    @settings(max_examples=300)
    @given(networks)
    def compare(model: Model) -> None:
        written = to_keras(model)
        theirs = keras.models.model_from_json(written)
        facts = layers_of(model)
        assert sorted(of_keras(theirs)) == sorted(facts)  # in an order of Keras's own
        assert theirs.count_params() == model.params()
        again = from_keras(theirs.to_json())
        assert layers_of(again) == of_keras(theirs)
        assert again == from_keras(theirs)
        assert layers_of(from_keras(written)) == facts
        met["chain"] += not model.calls
        met["several inputs"] += len(model.inputs) > 1
        met["several outputs"] += len(model.outputs) > 1
        met["shared"] += any(row.calls > 1 for row in model.summary().rows)
        met["nested"] += any(isinstance(layer, Model) for layer in model)

    compare()
    assert min(met[kind] for kind in ("chain", "several inputs", "several outputs", "shared", "nested")) >= 10, met


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that stand for any
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operations_are_built_by_keras_and_read_from_it(name: str) -> None:
    """With an input for every operand, and with constants in all places but one."""
    x = Input((4, 3))()
    layers = [Elementwise(name)]
    if OPERATIONS[name] > 1 and name not in ("gcd", "lcm"):
        bounds = (None, 0, 6) if name == "clip" else (2, (1, 2, 3), None)[-OPERATIONS[name] :]
        layers = [Elementwise(name, bounds), *layers[: name != "clip"]]
    for layer in layers:
        inputs = layer.operands.count(None) or OPERATIONS[name]
        model = Model(inputs=x, outputs=layer(*[x] * inputs))
        theirs = keras.models.model_from_json(to_keras(model))
        assert tuple(theirs.outputs[0].shape[1:]) == model.output_shape() == (4, 3)
        assert from_keras(theirs.to_json()).output_shape() == (4, 3)


@pytest.mark.parametrize("name", ["alexnet_grouped", "lenet5", "unet"])
def test_networks_of_the_zoo_are_built_by_keras(name: str) -> None:
    ours = zoo.get(name)
    theirs = keras.models.model_from_json(to_keras(ours))
    assert sorted(of_keras(theirs)) == sorted(of_ours(ours.summary()))
    assert theirs.count_params() == ours.params()


def test_what_is_taken_of_an_axis_is_read_however_it_is_written() -> None:
    x = keras.Input((7, 5))
    taken = [keras.ops.take(x, 0, axis=1), keras.ops.take(x, [0, 2], axis=-1), x[:, -1], x[..., 0], x[:, 0, ...]]
    theirs = keras.Model(x, taken)
    shapes = tuple(tuple(each.shape[1:]) for each in taken)
    for source in (theirs, theirs.to_json()):
        ours = from_keras(source)
        assert ours.output_shape() == shapes
        again = keras.models.model_from_json(to_keras(ours))
        assert tuple(shape[1:] for shape in again.output_shape) == shapes


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's, when it saves
@pytest.mark.parametrize("make", ["model.keras", "model.json"])
def test_files_are_read(make: str, tmp_path: Path) -> None:
    x = keras.Input((8, 8, 3))
    theirs = keras.Model(x, keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.Conv2D(4, 3)(x))))
    path = tmp_path / make
    if path.suffix == ".keras":
        theirs.save(path)
    else:
        path.write_text(theirs.to_json(), encoding="utf-8")
    for source in (path, str(path)):
        assert of_ours(from_keras(source).summary()) == of_keras(theirs)


def test_a_live_chain_without_an_input_is_read() -> None:
    theirs = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(2)])
    ours = from_keras(theirs)
    assert ours.in_shape is None
    theirs.build((None, 3))
    assert ours.params((3,)) == theirs.count_params() == from_keras(theirs).params()


def test_a_slash_in_a_name_is_refused_on_both_sides() -> None:
    from paramcalc import Dense

    with pytest.raises(ConfigError, match="a name must be one without a slash, which Keras refuses, got 'a/b'"):
        to_keras(Model([Dense(3, name="a/b")], in_shape=(3,)))
    with pytest.raises(ValueError, match="cannot contain"):
        keras.layers.Dense(3, name="a/b")


def test_what_is_dumped_is_json() -> None:
    from paramcalc import Dense

    assert json.loads(to_keras(Model([Dense(3)])))["class_name"] == "Sequential"


def test_attention_is_the_same_both_ways() -> None:
    x, y = keras.Input((5, 8)), keras.Input((6, 8))
    z = keras.layers.MultiHeadAttention(2, 4, use_gate=True, sliding_window=2)(query=x, value=y, use_causal_mask=True)
    z = keras.layers.Add()([x, keras.layers.GroupQueryAttention(4, 4, 2)(z, z)])
    z, scores = keras.layers.Attention(use_scale=True)([z, y, y], return_attention_scores=True)
    theirs = keras.Model([x, y], [keras.layers.AdditiveAttention()([z, x]), scores])
    ours = from_keras(theirs.to_json())
    assert of_ours(ours.summary()) == of_keras(theirs)
    assert of_keras(keras.models.model_from_json(to_keras(ours))) == of_keras(theirs)


def test_attention_to_itself_is_built_by_keras() -> None:
    from paramcalc import AdditiveAttention, Attention, GroupedQueryAttention, Input, MultiHeadAttention

    several = [MultiHeadAttention(2, 4), GroupedQueryAttention(4, 4, 2), Attention(), AdditiveAttention()]
    ours = Model([Input((5, 8)), *several])
    assert of_keras(keras.models.model_from_json(to_keras(ours))) == of_ours(ours.summary())


def test_a_layer_that_is_called_in_two_ways_is_two_that_are_tied() -> None:
    """Forwards and backwards: Keras has one row for both, and we have a second one, where nothing is counted."""
    words = keras.Input((5,))
    tokens = keras.layers.ReversibleEmbedding(9, 4, name="tokens")
    x = keras.layers.Dense(4)(tokens(words))
    theirs = keras.Model(words, [tokens(x, reverse=True), tokens(words)])
    for ours in (from_keras(theirs), from_keras(theirs.to_json())):
        assert ours.params() == theirs.count_params()
        assert ours.tied == (("tokens", "tokens_1"),)
        assert of_ours(ours.summary()) == [*of_keras(theirs), ("tokens_1", (5, 9), 0, 0)]
        again = keras.models.model_from_json(to_keras(ours))
        assert of_keras(again) == of_keras(theirs)
        assert [tuple(end.shape) for end in again.outputs] == [tuple(end.shape) for end in theirs.outputs]


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras on numpy
def test_a_file_says_which_layers_of_different_models_are_one(tmp_path: Path) -> None:
    """In the models of a model and at every step: Keras counts them once, and so do we.

    Where a layer stands first the file at times does not say it: there its name and arguments do.
    """
    layers = keras.layers
    dense, norm, relu = layers.Dense(3, name="dense"), layers.BatchNormalization(), layers.ReLU()
    x = keras.Input((4, 3))
    encoder = keras.Model(x, relu(norm(dense(x))), name="encoder")
    steps = keras.Model(x, layers.TimeDistributed(dense)(x), name="steps")
    y = keras.Model(x, norm(layers.Dense(3)(encoder(x))), name="inner")(x)
    theirs = keras.Model(x, [relu(dense(y)), steps(y)])
    theirs.save(tmp_path / "model.keras")
    ours = from_keras(tmp_path / "model.keras")
    assert ours.params() == theirs.count_params()
    assert ours.summary().trainable_params == sum(math.prod(weight.shape) for weight in theirs.trainable_weights)


def test_the_first_of_several_outputs_is_taken_alone() -> None:
    x = keras.Input((7, 3))
    sequence, *states = keras.layers.LSTM(4, return_state=True)(x)
    for end in (sequence, keras.layers.Dense(2)(sequence), keras.layers.Dense(2)(states[0])):
        theirs = keras.Model(x, end)
        ours = from_keras(theirs)
        assert of_ours(ours.summary()) == of_keras(theirs)
        assert ours.output_shape() == plain(theirs.output_shape)
        assert of_keras(keras.models.model_from_json(to_keras(ours))) == of_keras(theirs)


def test_the_benchmark_asks_both_sides_the_same(tmp_path: Path) -> None:
    """It refuses to measure sides whose answers differ."""
    assert frameworks.read_against_keras("VGG16", tmp_path).ours() == 138_357_544
    ours, theirs, _ = frameworks.command_line_against_keras(tmp_path)
    assert all("Total params: 25,636,712 " in str(side()) for side in (ours, theirs))
