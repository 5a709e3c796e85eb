"""From our description of a model to Keras's.

Knows: how Keras 3 writes layers, chains and graphs. Must not know: what a layer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

import paramcalc
from paramcalc.errors import ConfigError, shown, type_name
from paramcalc.evaluation import evaluation
from paramcalc.formats.keras.operations import arguments_of, operation_to_keras
from paramcalc.formats.keras.table import KerasLayer, NotInKerasError, by_layer
from paramcalc.graph import Call, Source
from paramcalc.layers.base import STEM, Layer, same
from paramcalc.layers.core import Input
from paramcalc.layers.elementwise import Elementwise
from paramcalc.layers.reshape import Take
from paramcalc.model import Model
from paramcalc.shapes import Shape, Shapes, are_several, one_by_one
from paramcalc.tied import Ties

Written = dict[str, Any]


def to_keras(model: Model) -> str:
    """The model as a JSON text that `keras.models.model_from_json` takes.

    A chain becomes a `Sequential`, one that begins with an `Input` and a graph a `Functional`. Raises `ConfigError`,
    with the layer's place, for what Keras does not have: a layer of one's own, a pooling layer with weights, a name
    with a slash.

    >>> from paramcalc import Dense, from_keras
    >>> model = Model([Dense(4), Dense(2)], in_shape=(3,))
    >>> from_keras(to_keras(model)).params() == model.params()
    True
    """
    import json  # few write: loaded when they do

    if not isinstance(model, Model):
        raise ConfigError("model", "a Model", shown(model), "put the layer into one: Model([layer])")
    return json.dumps(model_to_keras(model, model.in_shape, model.name or model.automatic_name))


def model_to_keras(model: Model, in_shape: Shapes | None, name: str) -> Written:
    """What Keras writes of a model that is called so; `in_shape` may be known from what is around it.

    >>> model_to_keras(Model([Input((3,))]), (3,), "small")["class_name"]
    'Functional'
    """
    return _graph(model, in_shape, name) if is_functional(model) else _chain(model, in_shape, name)


def is_functional(model: Model) -> bool:
    """Whether a model is a Functional to Keras, and not a Sequential.

    >>> from paramcalc import Dense
    >>> is_functional(Model([Dense(4)])), is_functional(Model([Input((3,)), Dense(4)]))
    (False, True)
    """
    return bool(model.calls) or isinstance(model.layers[0], Input)


def _chain(model: Model, in_shape: Shapes | None, name: str) -> Written:
    _require_untied(model, model.tied)
    layers = []
    first = model.layers[0]
    if model.in_shape is not None and not (isinstance(first, Model) and first.in_shape == model.in_shape):
        if are_several(model.in_shape):
            raise ConfigError("a Sequential", "of one input", shown(model.in_shape), "draw a graph from several Inputs")
        layers = [_written("InputLayer", {"batch_shape": _batched(model.in_shape), "name": f"{name}_input"})]
    for layer in model.layers:
        for row in by_layer().get(type(layer).__name__, []):
            if row.least_inputs > 1 or any(getattr(layer, name) for name in row.in_calls):
                got, hint = type_name(type(layer)), "begin the model with an Input, which makes it a graph there"
                raise ConfigError(
                    "a layer of a Sequential", "called with one input in Keras, and nothing else", got, hint
                )
    shapes = _shapes(model, in_shape)
    layers += [
        _layer(model, own, layer, given)
        for own, layer, (given, _) in zip(model.names, model.layers, shapes, strict=True)
    ]
    config = {"name": _name(name), "trainable": model.trainable, "layers": layers}
    return _written("Sequential", config, "keras")


def _graph(model: Model, in_shape: Shapes | None, name: str) -> Written:
    count, names, homes = range(len(model)), model.names, _homes(model)
    calls = model.calls or tuple(Call(at, (Source(at - 1),) if at else ()) for at in count)
    shapes = _shapes(model, in_shape)
    numbers: list[int] = []
    nodes: list[list[Written]] = [[] for _ in count]
    # What a layer is in Keras hangs on the number of axes, and what a model is does not
    given: dict[int, dict[int, Shapes | None]] = {}
    for at, call in enumerate(calls):
        in_a_call = shapes[at][0]
        rank = 0 if isinstance(model.layers[call.layer], Model) else len(one_by_one(in_a_call or ())[0])
        home = homes[call.layer]
        given.setdefault(home, {}).setdefault(rank, in_a_call)
        numbers.append(len(nodes[home]))
        tensors = [
            _tensor(
                [names[homes[calls[source.call].layer]], numbers[source.call], source.output],
                one_by_one(shapes[source.call][1] or ())[source.output],
            )
            for source in call.inputs
        ]
        if tensors:
            nodes[home].append(_node(model.layers[call.layer], tensors))
    layers = []
    for position in sorted(set(homes)):
        written, *others = (
            _layer(model, names[position], model.layers[position], shape) for shape in given[position].values()
        )
        if any(other["class_name"] != written["class_name"] for other in others):
            classes = " and ".join(dict.fromkeys(each["class_name"] for each in (written, *others)))
            raise ConfigError(f"the calls of {shown(names[position])}", "of one class in Keras", classes)
        layers.append({**written, "name": names[position], "inbound_nodes": nodes[position]})
    # Here, and not in inbound_nodes, Keras counts the call of a Functional on its own inputs as its first
    ahead = {layer["name"] for layer in layers if layer["class_name"] == "Functional"}
    ends = []
    for end in model.outputs or (Source(len(calls) - 1),):
        name_there = names[homes[calls[end.call].layer]]
        ends.append([name_there, numbers[end.call] + (name_there in ahead), end.output])
    config = {
        "name": _name(name),
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _alone([[names[calls[call].layer], 0, 0] for call in model.inputs or (0,)]),
        "output_layers": _alone(ends),
    }
    return _written("Functional", config, "keras.src.models.functional", "Functional")


def _homes(model: Model) -> list[int]:
    """For each layer the position of the one that it is to Keras.

    It has one layer where we have two that are tied and differ only in what Keras says in calls.
    """
    homes = list(range(len(model)))
    for group in model.tied:
        positions = sorted(model._positions.get(path, -1) for path in group)
        first, *others = (model.layers[position] for position in positions)
        row = by_layer().get(type(first).__name__, [None])[0]
        in_calls = {} if row is None else {name: getattr(first, name) for name in row.in_calls}
        if positions[0] < 0 or any(
            type(other) is not type(first) or attrs.evolve(other, name=first.name, **in_calls) != first
            for other in others
        ):
            _require_untied(model, (group,))
        for position in positions[1:]:
            homes[position] = positions[0]
    return homes


def _require_untied(model: Model, ties: Ties) -> None:
    if ties:
        raise ConfigError(f"tied of {shown(model)}", "empty, for Keras's JSON cannot say it", shown(ties))


def _alone(ends: list[list[object]]) -> list[Any]:
    """One input or output is written without a list around it: with one, it would be a list to Keras."""
    return ends[0] if len(ends) == 1 else ends


def _shapes(model: Model, in_shape: Shapes | None) -> Sequence[tuple[Shapes | None, Shapes | None]]:
    """What goes into each call and what comes out, where it is known."""
    if in_shape is None:
        return [(None, None)] * len(model.layers)
    return [(shape, tally[0]) for _, _, shape, tally in evaluation(model, in_shape, {}, [], counted=False)]


def _layer(model: Model, name: str, layer: Layer, in_shape: Shapes | None) -> Written:
    axes = None if in_shape is None else len(one_by_one(in_shape)[0])
    if not model.trainable and layer.trainable:
        # Keras freezes a model layer by layer, and a Sequential keeps no note of its own
        layer = attrs.evolve(layer, trainable=False)
    if isinstance(layer, Model):
        return model._located(name, in_shape, model_to_keras, layer, in_shape, name)
    if isinstance(layer, Elementwise | Take) and is_functional(model):
        return operation_to_keras(layer, _name(name))
    return model._located(name, in_shape, layer_to_keras, attrs.evolve(layer, name=name), axes)


def layer_to_keras(layer: Layer, axes: int | None = None) -> Written:
    """What Keras writes of a layer, on an input of so many axes.

    >>> from paramcalc import Pool
    >>> layer_to_keras(Pool(2), 3)["class_name"]
    'MaxPooling2D'
    """
    row = class_of(layer, axes)
    config: Written = {}
    theirs = {ours: keras for keras, ours in row.renamed.items()}
    for field in attrs.fields(type(layer)):
        value = getattr(layer, field.name)
        argument = str(field.alias)
        if not field.init or argument in row.fixed or argument in row.in_calls:
            continue
        if argument in row.lacks:
            if not same(value, field.default):
                raise _lacking(layer, argument, repr(field.default), shown(value), "Keras does not have it")
            continue
        config[theirs.get(argument, argument)] = _value(value, axes, row, trainable=layer.trainable)
    config["name"] = _name(layer.name or layer.automatic_name)
    if row.writes is not None:
        try:
            config = row.writes(config)
        except NotInKerasError as error:
            raise _lacking(layer, *error.args) from None
    return _written(row.name, config, row.module)


def _value(value: object, axes: int | None, row: KerasLayer, *, trainable: bool) -> object:
    """An argument; the layers in a frozen one are frozen themselves."""
    if isinstance(value, Layer) and value.trainable and not trainable:
        value = attrs.evolve(value, trainable=False)
    if isinstance(value, Model):
        return model_to_keras(value, value.in_shape, value.name or value.automatic_name)
    if isinstance(value, Layer):
        return layer_to_keras(value, None if axes is None else axes + row.inner_axes)
    if isinstance(value, tuple) and value and isinstance(value[0], Layer):
        return [_value(each, axes, row, trainable=trainable) for each in value]
    return value


def class_of(layer: Layer, axes: int | None) -> KerasLayer:
    """The class of Keras that this layer is, on an input of so many axes.

    Raises `ConfigError` where Keras has none.

    >>> from paramcalc import GAP
    >>> class_of(GAP(), 3).name
    'GlobalAveragePooling2D'
    """
    kind = type(layer)
    rows = by_layer().get(kind.__name__, [])
    if not rows or getattr(paramcalc, kind.__name__) is not kind:
        raise ConfigError(type_name(kind), "a layer that Keras has", "one that it has not")
    said: set[int | None] = {len(getattr(layer, field.name)) for field in attrs.fields(kind) if STEM in field.metadata
            and isinstance(getattr(layer, field.name), tuple)}  # fmt: skip
    fitting = [row for row in rows if all(getattr(layer, name) == value for name, value in row.fixed.items())]
    ranked = [row for row in fitting if row.rank is not None]
    if not ranked:
        return fitting[0]
    own = getattr(kind, "rank", None)
    ranks: set[int | None] = said or {own if axes is None or own else axes - ranked[0].further_axes}
    chosen = [row for row in ranked if {row.rank} == ranks]
    if not chosen:
        known = " or ".join(str(row.rank) for row in ranked)
        got = "an input whose axes are not known" if ranks == {None} else shown(max(ranks, key=str))
        raise ConfigError(f"the axes of {shown(layer)}", f"{known}, for which Keras has a class", got)
    return chosen[0]


def _lacking(layer: Layer, argument: str, expected: str, got: str, hint: str = "") -> ConfigError:
    return ConfigError(f"{argument} of {type_name(type(layer))}", expected, got, hint)


def _name(name: str) -> str:
    if "/" in name:
        raise ConfigError("a name", "one without a slash, which Keras refuses", shown(name))
    return name


def _written(class_name: str, config: Written, module: str = "keras.layers", registered: str | None = None) -> Written:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": registered}


def _batched(shape: Shape) -> list[int | None]:
    return [None, *shape]


def _tensor(history: list[object], shape: Shape) -> Written:
    config = {"shape": _batched(shape), "dtype": "float32", "keras_history": history}
    return {"class_name": "__keras_tensor__", "config": config}


def _node(layer: Layer, tensors: list[Written]) -> Written:
    """One call of a layer on these tensors."""
    if isinstance(layer, Elementwise | Take):
        return arguments_of(layer, tensors)
    rows = by_layer().get(type(layer).__name__, [])
    roles = rows[0].inputs if rows else ()
    named = {name: getattr(layer, name) for name in rows[0].in_calls} if rows else {}
    if rows and len(tensors) == 1:
        tensors = tensors * rows[0].least_inputs
    if not roles:
        return {"args": tensors if len(tensors) == 1 and not layer.joins_inputs else [tensors], "kwargs": named}
    positional = tensors
    if roles[-1].endswith("*"):
        positional, rest = tensors[: len(roles) - 1], tensors[len(roles) - 1 :]
        if rest:
            named = {**named, roles[-1].rstrip("*"): rest}
    return {"args": positional, "kwargs": named}
