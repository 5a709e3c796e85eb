"""Keras itself judges: the same output shape, the same weights, and where Keras refuses, we refuse.

The layers are random, of every class; Keras runs on its numpy backend. CI runs this on one of its Pythons.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from importlib import import_module
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LAYERS, Case, changed, flat, hidden, shapes

from paramcalc import (
    Activation,
    Bidirectional,
    ConfigError,
    ConvLSTM,
    CustomScaleLayer,
    Dot,
    EinsumDense,
    Elementwise,
    GroupedQueryAttention,
    GroupNorm,
    Input,
    Layer,
    LayerScale,
    MultiHeadAttention,
    Normalization,
    ParamcalcError,
    Shapes,
    SimpleRNN,
    Take,
    from_keras,
    to_keras,
)
from paramcalc.formats.keras.table import CHAINS, UNSUPPORTED, by_layer, by_name
from paramcalc.formats.keras.write import layer_to_keras
from paramcalc.shapes import are_several, one_by_one

os.environ["KERAS_BACKEND"] = "numpy"
keras: Any = import_module("keras")

# Operations of the first two are functions there; of the others there is nothing
NOT_IN_KERAS = {"Elementwise", "Take", "LearnedTokens", "PositionEmbedding"}
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells")
# Their further inputs are initial states
RECURRENT = ("RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
# More than any axis of a random shape: nothing fits by chance
BATCH = 99

Answer = tuple[Shapes, list[tuple[tuple[int, ...], bool]]]

# Where we answer and Keras does not
WIDER_ON_PURPOSE: dict[type[Layer], Callable[[Layer, Shapes], bool]] = {
    # It wants axes known even when no weight depends on them
    GroupNorm: lambda layer, in_shape: None in in_shape and not layer.params(in_shape),
    LayerScale: lambda _, in_shape: in_shape[-1:] == (None,),
    Normalization: lambda layer, in_shape: None in in_shape and not layer.params(in_shape),
    # It makes the states when it is built, and wants the size of images known for that
    ConvLSTM: lambda _, in_shape: not are_several(in_shape) and None in in_shape[1:],
    # It takes an axis that is not known for another than one that is
    Dot: lambda _, in_shape: None in flat(in_shape),
    # Keras puts two numbers of its own in the place of every None
    CustomScaleLayer: lambda _, in_shape: None in flat(in_shape),
    # They take an axis of the key that is not known for another than one of the value that is
    GroupedQueryAttention: lambda _, in_shape: None in flat(in_shape),
    MultiHeadAttention: lambda _, in_shape: None in flat(in_shape),
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


def shape_behind(layer: Any, given: list[Any], in_calls: dict[str, Any]) -> Any:
    """What comes out, by the layer's own word or, where it has none, by a call on arrays that stand for any."""
    try:
        return layer.compute_output_shape(*given, **in_calls)
    except NotImplementedError:
        with np.errstate(all="ignore"):
            # Keras itself would try 83 for every axis that is not known, which no memory holds five times over
            two, three = (shape_when_called(layer, given, size) for size in (2, 3))
        return tuple(size if size == other else None for size, other in zip(two, three, strict=True))


def shape_when_called(layer: Any, given: list[Any], size: int) -> tuple[int | None, ...]:
    """What comes out of a call, with this size for every axis that is not known but the batch."""
    several = isinstance(given[0], list)
    tensors = [
        keras.KerasTensor((None, *(size if axis is None else axis for axis in shape[1:])))
        for shape in (given[0] if several else given)
    ]
    return tuple(layer(tensors if several else tensors[0]).shape)


APART = ("MultiHeadAttention", "GroupQueryAttention")
ATTENTION = (*APART, "Attention", "AdditiveAttention")


def arranged(written: dict[str, Any], in_shape: Shapes, given: list[Any]) -> list[Any]:
    """The arguments that Keras takes the inputs in: one, a list of several, or one by one.

    What is one input to our attention is two to Keras's, query and value.
    """
    several = are_several(in_shape)
    if written["class_name"] in ATTENTION and not several:
        given, several = given * 2, True
    return given if written["class_name"] in APART else [given] if several else given


def is_run(written: dict[str, Any], in_shape: Shapes) -> bool:
    """Whether Keras must be run to say the truth: of states, of cells, of stacks in stacks, of a second layer."""
    name, config = written["class_name"], written["config"]
    cells = config["cell"]["config"].get("cells", ()) if name == "RNN" else ()
    nested = any(cell["class_name"] == "StackedRNNCells" for cell in cells)
    return (
        name in CELLS or nested or bool(config.get("backward_layer")) or (name in RECURRENT and are_several(in_shape))
    )


def run(layer: Any, in_shape: Shapes) -> Any:
    """What comes out of a recurrent layer of Keras when it is run on zeros, its states nested as its cells are."""
    in_shapes: Any = one_by_one(in_shape)
    sequence, *states = [np.zeros((BATCH, *shape), "float32") for shape in in_shapes]
    layer.build(sequence.shape)
    ways = [layer.forward_layer, layer.backward_layer] if hasattr(layer, "forward_layer") else [layer]
    structure = [state for way in ways for state in way.get_initial_state(BATCH)]
    if states:
        structure = keras.tree.pack_sequence_as(structure, states)
    is_cell = hasattr(layer, "state_size") and not hasattr(layer, "cell")
    output = layer(sequence, structure) if states or is_cell else layer(sequence)
    return keras.tree.map_structure(lambda array: array.shape, output)


def without_batch(output_shape: Any) -> Shapes:
    """A shape of Keras, or several in lists within lists, as one of ours or a tuple of them."""
    if all(axis is None or isinstance(axis, int) for axis in output_shape):
        return tuple(output_shape[1:])
    return tuple(shape for each in output_shape for shape in one_by_one(without_batch(each)))


def in_calls_of(layer: Layer) -> dict[str, Any]:
    """What Keras is told when it is asked for the shape, and not when the layer is made."""
    return {"reverse": True} if getattr(layer, "reverse", False) else {}


def theirs(written: dict[str, Any], in_shape: Shapes, in_calls: dict[str, Any]) -> Answer | None:
    """What Keras answers, or None where it refuses."""
    given = arranged(written, in_shape, [(None, *shape) for shape in one_by_one(in_shape)])
    try:
        layer = keras.layers.deserialize(deepcopy(written))  # it takes cells out of what it is given
        if not is_run(written, in_shape) and not layer.built:
            layer.build(*given)
        if is_run(written, in_shape):
            output_shape = run(layer, in_shape)
        elif isinstance(layer, keras.layers.EinsumDense) and None not in in_shape:
            # Before it is called it leaves open what its arguments leave open, though the input says it
            output_shape = layer(keras.ops.zeros((1, *in_shape))).shape
        else:
            output_shape = shape_behind(layer, given, in_calls)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, AttributeError):
        return None
    for inside in layer._flatten_layers():
        if not inside.trainable:
            inside.trainable = False  # said anew, it holds for what that holds
    trainable = {id(weight) for weight in layer.trainable_weights}
    weights = [(tuple(weight.shape), id(weight) in trainable) for weight in layer.weights]
    return without_batch(output_shape), weights


def without_scores(layer: Layer, answer: Answer | None) -> Answer | None:
    """The answer without its second output, of which Keras does not say the shape before it is called."""
    if answer is None or not getattr(layer, "return_attention_scores", False):
        return answer
    return answer[0][0], answer[1]  # type: ignore[return-value]  # the first of two shapes


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


def test_every_name_of_keras_is_known() -> None:
    """It is a row of the table, or stands there with the reason why not."""
    names = {name for name in dir(keras.layers) if name[0].isupper()}
    assert names <= {*by_name(), *CHAINS, *UNSUPPORTED}
    assert set(UNSUPPORTED) <= names
    for name in by_name():
        row = by_name()[name]
        assert row.module != "keras.layers" or hasattr(keras.layers, name), name


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
            answer = without_scores(layer, ours(layer, in_shape))
            assert theirs(written, in_shape, in_calls_of(layer)) == answer, (layer, written, in_shape)

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
        answer = without_scores(layer, ours(layer, in_shape))
        written = twin(layer, in_shape)
        if answer is None or written is None or (is_run(written, in_shape) and None in flat(in_shape)):
            return
        if isinstance(layer, EinsumDense) and None in in_shape:
            return  # an axis that its arguments leave open is open to Keras, too, though the input says it
        judged = theirs(written, in_shape, in_calls_of(layer))
        wider = kind in WIDER_ON_PURPOSE and WIDER_ON_PURPOSE[kind](layer, in_shape)
        assert judged == answer or (judged is None and wider), (layer, written, in_shape)

    compare()


def on_numbers(layer: Layer, in_shape: Shapes) -> Shapes | None:
    """What comes out of Keras's layer when it is run, or None where it has no such layer."""
    written = twin(layer, in_shape)
    if written is None:
        return None
    # A batch of 13 is like no axis: where an input met the batch of another, it would be seen
    arrays: list[Any] = [np.ones((13, *changed(shape, int)), "float32") for shape in one_by_one(in_shape)]
    scores = {"return_attention_scores": True} if getattr(layer, "return_attention_scores", False) else {}
    with np.errstate(all="ignore"):
        output = keras.layers.deserialize(written)(*arranged(written, in_shape, arrays), **scores)
    return tuple(array.shape[1:] for array in output) if scores else output.shape[1:]


JOINING = [
    kind
    for kind in LAYERS
    if kind.several_inputs and kind.__name__ not in (*NOT_IN_KERAS, *RECURRENT, *CELLS, "ConvLSTM")
]


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("kind", JOINING, ids=[kind.__name__ for kind in JOINING])
def test_what_joins_inputs_gives_what_keras_gives_when_it_is_run(kind: type[Layer]) -> None:
    """What Keras only finds out when it is called: inputs that meet the batch of others, the shape of scores."""

    @settings(max_examples=100)
    @given(LAYERS[kind], st.data())
    def compare(case: Case, data: st.DataObject) -> None:
        layer, fitting = case
        for in_shape in (fitting, changed(data.draw(of_others(layer, fitting)), lambda axis: axis or 3)):
            answer = ours(layer, in_shape)
            if answer is not None:
                assert on_numbers(layer, in_shape) in (None, answer[0]), (layer, in_shape)

    compare()


MORE_ARGUMENTS = {"cast": ("float16",), "threshold": (0.5, 0.0)}
OF_INTEGERS = ("gcd", "lcm")


def operated(layer: Elementwise, inputs: list[Any]) -> Any:
    """What an operation of keras.ops makes of the inputs, which stand where there are no constants."""
    waiting = iter(inputs)
    operands = layer.operands or (None,) * len(inputs)
    given = [next(waiting) if operand is None else np.array(operand) for operand in operands]
    assert list(waiting) == []
    with np.errstate(all="ignore"):
        output = getattr(keras.ops, layer.operation)(*given, *MORE_ARGUMENTS.get(layer.operation, ()))
    return tuple(output.shape[1:])


@settings(max_examples=500)
@given(LAYERS[Elementwise], st.data())
def test_operations_are_those_of_keras(case: Case, data: st.DataObject) -> None:
    """As Keras says of tensors whose numbers are not known, and as it comes out of numbers."""
    layer, fitting = case
    assert isinstance(layer, Elementwise)
    dtype = "int32" if layer.operation in OF_INTEGERS else "float32"
    for in_shape in (fitting, data.draw(of_others(layer, fitting))):
        answer = ours(layer, in_shape)
        if answer is not None:
            given: Any = one_by_one(in_shape)
            assert operated(layer, [keras.KerasTensor((None, *shape), dtype) for shape in given]) == answer[0]
            if None not in flat(in_shape):
                assert operated(layer, [np.ones((13, *shape), dtype) for shape in given]) == answer[0]


@given(LAYERS[Take], st.data())
def test_what_is_taken_of_an_axis_is_what_keras_takes(case: Case, data: st.DataObject) -> None:
    layer, fitting = case
    assert isinstance(layer, Take)
    for in_shape in (fitting, data.draw(of_others(layer, fitting))):
        answer = ours(layer, in_shape)
        if answer is not None:
            tensor = keras.KerasTensor((None, *in_shape))
            assert tuple(keras.ops.take(tensor, layer.indices, layer.axis).shape[1:]) == answer[0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # Keras tries a cell on whatever stands in memory
def test_states_in_graphs_are_read_and_written() -> None:
    """What Keras writes of an encoder and a decoder is ours, and what we write of it Keras builds."""
    layers = keras.layers
    source, target = keras.Input((7, 3)), keras.Input((None, 4))
    _, *states = layers.LSTM(8, return_state=True)(source)
    decoded = layers.LSTM(8, return_sequences=True, return_state=True)(target, initial_state=states)
    stacked, *_ = layers.RNN([layers.GRUCell(5), layers.LSTMCell(6)], return_sequences=True, return_state=True)(target)
    h, c = decoded[1:]
    both = layers.Bidirectional(layers.LSTM(8), merge_mode=None)(decoded[0], initial_state=[h, c, c, h])
    second = layers.SimpleRNN(3, go_backwards=True)
    other = layers.Bidirectional(layers.GRU(3), backward_layer=second)(stacked)
    cell = layers.GRUCell(8)(other, layers.Dense(8)(other))
    model = keras.Model([source, target], [*both, *cell])
    ours = from_keras(model.to_json())
    assert ours.params() == model.count_params()
    assert ours.output_shape() == without_batch(model.output_shape)
    backward = {layer.backward_layer for layer in ours if isinstance(layer, Bidirectional)}
    assert backward == {None, SimpleRNN(3, name=second.name)}
    again = keras.models.model_from_json(to_keras(ours))
    assert again.count_params() == model.count_params()
    assert again.output_shape == model.output_shape
    assert from_keras(again) == from_keras(to_keras(ours)) == ours
