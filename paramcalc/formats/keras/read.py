"""From Keras's description of a model to ours.

Knows: how Keras 3, Keras 2 and tf.keras write layers, chains and graphs. Must not know: what a layer counts.

The source may be hostile: every value is taken through `Value`, which says where it stands; nothing of Keras is
imported, nothing is executed, and the source is not changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

import attrs

import paramcalc
from paramcalc.errors import ConfigError, ParamcalcError, ReadError, shown
from paramcalc.evaluation import evaluation
from paramcalc.formats.keras.calls import Node, Source, calls_of, check_at_rest, ends_of, from_zero, in_order
from paramcalc.formats.keras.operations import is_operation, operation_from_keras
from paramcalc.formats.keras.table import (
    AT_REST,
    BATCH_SHAPES,
    CHAINS,
    GRAPHS,
    IGNORED,
    UNSUPPORTED,
    KerasLayer,
    by_name,
)
from paramcalc.formats.keras.values import (
    FUNCTIONS,
    function_name,
    plain,
    refuse_quantised,
    spread_over,
    within,
    without_batch,
)
from paramcalc.formats.untrusted import Value, copied, parsed, text_of
from paramcalc.layers.base import DEEPEST, Layer, Memo
from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.shapes import Shapes, one_by_one

Custom = Mapping[str, Callable[[dict[str, Any]], Layer]]

Way = tuple[int, int]
"""The position of a layer, and which of the ways it is called in: with the scores, without."""

MOST_WAYS = 100
"""Far more than a layer has, and few enough to be compared."""

LAYER_ARGUMENTS = ("layer", "backward_layer", "cell", "cells")
"""Arguments that hold layers."""

AS_THEY_ARE = (int, bool, str, type(None))
"""Kinds of values that are taken as they stand, as most are, where nothing else is known of the argument."""


def from_keras(source: Any, *, custom: Custom | None = None) -> Model:
    """The model that Keras describes, without Keras.

    `source` is a path to a `.keras` or `.json` file, a JSON text, the dict that it holds, or a live Keras model, which
    is asked for its `get_config()`. Files of Keras 3 are read, and the JSON of Keras 2 and tf.keras. `custom` maps the
    name of a class that is not one of Keras's to a function that takes the config and returns a `Layer`.

    Names and what is trainable are kept; what changes neither shapes nor counts (initializers, seeds …) is not.
    Raises `ReadError`, with the path inside the file, for whatever is wrong there; `ConfigError` for another source.

    >>> model = from_keras('''{"class_name": "Sequential", "config": {"name": "small", "layers": [
    ...     {"class_name": "InputLayer", "config": {"batch_shape": [null, 3]}},
    ...     {"class_name": "Dense", "config": {"name": "first", "units": 4}}]}}''')
    >>> model
    Model((Dense(4, name='first'),), in_shape=(3,), name='small')
    """
    custom = _checked(custom)
    return model_from_data(_described(source), custom)


def model_from_data(data: object, custom: Custom) -> Model:
    """The model that Keras describes by data of JSON's kinds.

    >>> dense = {"class_name": "Dense", "config": {"units": 4}}
    >>> model_from_data({"class_name": "Sequential", "config": {"layers": [dense]}}, {})
    Model((Dense(4),))
    """
    reading = _Reading(custom)
    value = Value(data)
    model = reading.layer(value, depth=0)
    if not isinstance(model, Model):
        raise value.get("class_name").wrong("Sequential, Functional or Model", "put the layer into one")
    reading.check_ranks(model)
    return reading.with_ties(model, value)


def _checked(custom: Custom | None) -> Custom:
    if custom is None:
        return {}
    if not isinstance(custom, Mapping) or not all(isinstance(name, str) for name in custom):
        raise ConfigError("custom", "a dict from names of classes to functions", shown(custom))
    return custom


def _described(source: Any) -> object:
    """What a model is described by, wherever that is found."""
    if isinstance(source, Mapping):
        return copied(source)
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        return parsed(source)
    if isinstance(source, str | os.PathLike):
        return parsed(text_of(source, "config.json"), shown(os.fspath(source)))
    if callable(getattr(source, "get_config", None)) and not isinstance(source, type):
        try:
            config = source.get_config()
        except Exception as error:
            raise ReadError("the model", "able to give its get_config()", shown(error)) from error
        return copied({"class_name": _class_of(source, config), "config": config})
    expected = "a path, a JSON text, a dict, or a model of Keras"
    raise ConfigError("source", expected, shown(source))


def _class_of(source: object, config: object) -> str:
    """Keras's name for the kind of a live model, whatever its class is called."""
    layers_of_graph = isinstance(config, dict) and "input_layers" in config
    return "Functional" if layers_of_graph else type(source).__name__


@cache
def _fields(layer: str) -> tuple[type[Layer], dict[str, Any]]:
    """A class of ours, and the fields that are its arguments."""
    kind: type[Layer] = getattr(paramcalc, layer)
    return kind, {field.alias: field for field in attrs.fields(kind) if field.init}


@cache
def _at_a_glance(name: str) -> tuple[dict[str, str], frozenset[str]]:
    """Keras's arguments of a class: which of ours they are, where a plain value says it all, and those left out."""
    row = by_name()[name]
    arguments = _fields(row.layer)[1]
    ours = {key: row.renamed.get(key, key) for key in {*arguments, *row.renamed, *IGNORED}}
    others = {*LAYER_ARGUMENTS, *FUNCTIONS, *row.fixed, "dtype"}
    taken = {key: argument for key, argument in ours.items() if argument in arguments and argument not in others}
    left = {key for key in IGNORED if key != "dtype" and key not in row.keeps and ours[key] not in arguments}
    return taken, frozenset(left)


@cache
def _required(layer: str) -> tuple[str, ...]:
    """The arguments of a class of ours that must be given."""
    return tuple(name for name, field in _fields(layer)[1].items() if field.default is attrs.NOTHING)


class _Reading:
    """One reading of one source."""

    def __init__(self, custom: Custom) -> None:
        self.custom = custom
        self.rows = by_name()
        self.found: dict[int, tuple[object, KerasLayer | None]] = {}
        self.ranks: dict[int, tuple[Layer, KerasLayer, Value]] = {}
        self.numbered: dict[int, tuple[Layer, int]] = {}
        self.plain_dtype: object = None

    # Layers

    def layer(self, value: Value, depth: int, calls: Mapping[str, Value] | None = None) -> Layer:
        """The layer, or the model, that stands here; `calls` are those of its arguments that calls hold."""
        if depth > DEEPEST:
            raise value.wrong(f"nested at most {DEEPEST} deep", got="more")
        class_name = value.get("class_name").text()
        config = value.get("config")
        own = self.own_name(value)
        if class_name in (*CHAINS, *GRAPHS) and own is None and _is_keras_own(value):
            if class_name in CHAINS:
                return self._chain(config, depth)
            if "layers" in config.members():
                return self._graph(config, depth)
        row = self.row_of(value)
        if own is not None:
            layer = attrs.evolve(self._custom(own, config))  # which may give one object for several layers
        elif row is not None:
            layer = self._known(row, config, depth, calls or {})
        else:
            raise self._unknown(value, class_name)
        number = value.find("shared_object_id")
        if number is not None:
            self.numbered[id(layer)] = (layer, number.integer())
        return layer

    def _unknown(self, value: Value, class_name: str) -> ReadError:
        name = value.find("name") or value.get("config").find("name")
        got = shown(class_name) if name is None else f"{shown(class_name)} (layer {shown(name.raw)})"
        hint = f"give custom={{{shown(class_name)}: a function from its config to a Layer}}"
        if class_name in UNSUPPORTED:
            hint = f"{UNSUPPORTED[class_name]}; {hint}"
        return value.get("class_name").wrong("a class that paramcalc knows", hint, got)

    def _custom(self, name: str, config: Value) -> Layer:
        try:
            layer = self.custom[name](deepcopy(dict(config.members())))
        except ParamcalcError as error:
            raise within(config, error) from error
        except Exception as error:
            raise config.wrong(f"what custom[{shown(name)}] takes", got=shown(error)) from error
        if not isinstance(layer, Layer):
            raise ConfigError(f"what custom[{shown(name)}] returns", "a Layer", shown(layer))
        if layer.name is None and config.find("name") is not None:
            layer = attrs.evolve(layer, name=config.get("name").text())
        if config.members().get("trainable") is False and layer.trainable:
            layer = attrs.evolve(layer, trainable=False)
        return layer

    def _known(self, row: KerasLayer, config: Value, depth: int, calls: Mapping[str, Value]) -> Layer:
        kind, fields = _fields(row.layer)
        taken, left = _at_a_glance(row.name)
        arguments = {argument: calls[argument].raw for argument in row.in_calls if argument in calls}
        for key, raw in config.members().items():
            if key in taken and type(raw) in AS_THEY_ARE:
                arguments[taken[key]] = raw
            elif key not in left:
                argument = row.renamed.get(key, key)
                self._take(row, fields, Value(raw, (config, key)), key, argument, arguments, depth)
        if row.reads is not None:
            arguments = row.reads(arguments)
        if row.rank is not None:
            spread_over(arguments, fields, row.rank, config)
        for name in _required(row.layer):
            if name not in arguments and name not in row.fixed:
                back = next((theirs for theirs, ours in row.renamed.items() if ours == name), name)
                raise config.at(back, None).wrong("given", got="nothing")
        try:
            layer = kind(**{**arguments, **row.fixed})
        except ParamcalcError as error:
            raise within(config, error) from error
        if row.rank is not None:
            self.ranks[id(layer)] = (layer, row, config)
        return layer

    def _take(
        self,
        row: KerasLayer,
        fields: Mapping[str, Any],
        value: Value,
        key: str,
        argument: str,
        arguments: dict[str, Any],
        depth: int,
    ) -> None:
        """One of Keras's arguments under its key there: ours, one that changes nothing, or one that is refused."""
        if key == "dtype" and value.raw != self.plain_dtype:
            refuse_quantised(value)
            self.plain_dtype = value.raw  # most layers have the dtype of the one before
        if argument in fields and argument not in row.fixed:
            arguments[argument] = self._argument(argument, value, depth)
        elif key in row.keeps:
            arguments[key] = plain(value)
        elif key in AT_REST:
            check_at_rest(key, value)
        elif key not in IGNORED and key not in BATCH_SHAPES:
            raise value.wrong("left out", f"Keras's {row.name} has no such argument that is known here")

    def _argument(self, name: str, value: Value, depth: int) -> Any:
        if value.raw is None:
            return None
        if name in LAYER_ARGUMENTS:
            if value.is_list():
                return tuple(self.layer(item, depth + 1) for item in value.items())
            return self.layer(value, depth + 1)
        if name in FUNCTIONS:
            return function_name(value, name)
        return plain(value)

    # Chains

    def _chain(self, config: Value, depth: int) -> Model:
        # Keras 1 had the list of layers alone
        values = (config if config.is_list() else config.get("layers")).items()
        layers = [self.layer(value, depth + 1) for value in values]
        in_shape: Shapes | None = None
        if layers and isinstance(layers[0], Input):
            # Keras does not count it among the layers
            in_shape = layers[0].shape
            layers = layers[1:] or layers
        elif layers and not isinstance(layers[0], Model):
            in_shape = without_batch(values[0].get("config"), BATCH_SHAPES)
            if in_shape is None and not config.is_list():
                in_shape = without_batch(config, ("build_input_shape",))
        return self._model(config, layers=layers, in_shape=in_shape)

    def _model(self, config: Value, **arguments: Any) -> Model:
        if not config.is_list():
            name, trainable = config.find("name"), config.find("trainable")
            arguments["name"] = None if name is None else name.text()
            arguments["trainable"] = True if trainable is None else trainable.flag()
        try:
            return Model(**arguments)
        except ParamcalcError as error:
            raise within(config, error) from error

    # Graphs

    def _graph(self, config: Value, depth: int) -> Model:
        values = config.get("layers").items()
        names = [(value.find("name") or value.get("config").get("name")).text() for value in values]
        index = {name: number for number, name in enumerate(names)}
        if len(index) < len(names):
            raise config.get("layers").wrong("layers of different names", got="one name twice")
        taken = set(names)
        layers: dict[Way, Layer] = {}
        nodes: dict[tuple[int, int], Node] = {}
        ways: dict[tuple[int, int], Way] = {}
        ties = []
        for number, value in enumerate(values):
            operation = self.own_name(value) is None and is_operation(value)
            called = calls_of(value, index, self.row_of(value), operation=operation)
            found: list[object] = []
            for at, node in enumerate(called):
                said = _beside_tensors(node)
                if said not in found:
                    layer = self._called(value, node, depth, operation=operation, ways=len(found))
                    name = _unlike(taken, names[number]) if found else names[number]
                    layers[number, len(found)] = self._renamed(layer, name)
                    found.append(said)
                nodes[number, at] = node
                ways[number, at] = number, found.index(said)
            if len(found) > 1 and not operation:
                ties.append([str(layers[number, way].name) for way in range(len(found))])
        inputs, outputs = (ends_of(config.get(name), index) for name in ("input_layers", "output_layers"))
        return self._model(config, tied=ties, **_table(config, values, layers, nodes, ways, inputs, outputs))

    def _called(self, value: Value, node: Node, depth: int, *, operation: bool, ways: int) -> Layer:
        """A layer of a graph as it is called here: some of what a call says stands with us in the layer."""
        if ways == MOST_WAYS:
            raise node.value.wrong(f"one of at most {MOST_WAYS} ways to call a layer", got="another")
        if operation:
            return operation_from_keras(value, node)
        layer = self.layer(value, depth + 1, node.arguments)
        if ways:
            self.numbered.pop(id(layer), None)  # it is tied to the first, and that to others
        return layer

    def _renamed(self, layer: Layer, name: str) -> Layer:
        """The layer under this name, and what is known of it."""
        if layer.name == name:
            return layer
        renamed = attrs.evolve(layer, name=name)
        if id(layer) in self.ranks:
            self.ranks[id(renamed)] = (renamed, *self.ranks[id(layer)][1:])
        if id(layer) in self.numbered:
            self.numbered[id(renamed)] = (renamed, self.numbered[id(layer)][1])
        return renamed

    def row_of(self, value: Value) -> KerasLayer | None:
        """The row of a class, where it is one of Keras's and not made by `custom`."""
        if id(value.raw) not in self.found:
            known = self.own_name(value) is None and _is_keras_own(value)
            row = self.rows.get(value.get("class_name").text()) if known else None
            self.found[id(value.raw)] = value.raw, row
        return self.found[id(value.raw)][1]

    def own_name(self, value: Value) -> str | None:
        """The name by which `custom` makes a class, if it does."""
        if not self.custom:
            return None
        names = (value.find("registered_name"), value.get("class_name"))
        return next((name.text() for name in names if name is not None and name.text() in self.custom), None)

    # What can only be seen once all is read

    def with_ties(self, model: Model, value: Value) -> Model:
        """The model, in which layers of models in it that are one to Keras have their weights in common."""
        ties: list[tuple[str, ...]] = []
        if self.numbered:
            from paramcalc.formats.keras.shared import shared_paths  # few models share: loaded for those

            ties = shared_paths(model, self.numbered)
        for ways in model.tied:
            # What is called in several ways may also be one with a layer elsewhere
            joined = [tie for tie in ties if not set(ways).isdisjoint(tie)] or [()]
            ties = [tie for tie in ties if tie not in joined] + [tuple(dict.fromkeys((*ways, *joined[0])))]
        try:
            return attrs.evolve(model, tied=ties) if ties else model
        except ParamcalcError as error:
            raise within(value.get("config"), error) from error

    def check_ranks(self, model: Model) -> None:
        """Keras has a class for each number of axes, where ours takes it from the input: the two must agree."""
        if model.in_shape is not None:
            self._check_ranks(model, model.in_shape, set(), {})

    def _check_ranks(self, model: Model, in_shape: Shapes, done: set[tuple[int, Shapes]], memo: Memo) -> None:
        if (id(model), in_shape) in done:
            return
        done.add((id(model), in_shape))
        for _, layer, shape, _ in evaluation(model, in_shape, memo, [], counted=False):
            if isinstance(layer, Model):
                self._check_ranks(layer, shape, done, memo)
            _, row, config = self.ranks.get(id(layer), (None, None, Value(None)))
            shown_to = one_by_one(shape)[0]
            if row is not None and row.rank is not None and len(shown_to) != row.rank + row.further_axes:
                wanted = f"{row.rank + row.further_axes} axes, as {row.name} takes them"
                raise config.wrong(f"given {wanted}", got=shown(shown_to))


def _is_keras_own(value: Value) -> bool:
    """Whether a class is Keras's: one of the user's own has null for its module, and before Keras 3 there was none."""
    if value.members().get("module") == "keras.layers" and value.members().get("registered_name") is None:
        return True  # as nearly always
    module, registered = value.find("module"), value.find("registered_name")
    home = module.text() if module is not None else "" if "module" in value.members() else "keras"
    own = home.split(".")[0] in ("keras", "tf_keras", "tensorflow", "builtins")
    return own and (registered is None or ">" not in registered.text())


def _beside_tensors(node: Node) -> object:
    """What a call says beside its tensors, which with us stands in the layer."""
    constants = [None if each is None else each.raw for each in node.constants]
    return {name: each.raw for name, each in node.arguments.items()}, constants


def _unlike(taken: set[str], name: str) -> str:
    """A name like this one that is not taken yet, and is from now on."""
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    taken.add(f"{name}_{number}")
    return f"{name}_{number}"


def _table(
    config: Value,
    values: Sequence[Value],
    layers: Mapping[Way, Layer],
    nodes: Mapping[tuple[int, int], Node],
    ways: Mapping[tuple[int, int], Way],
    inputs: Sequence[Source],
    outputs: Sequence[Source],
) -> dict[str, Any]:
    """A graph of Keras as a table of ours: calls in order, and layers in the order of their first calls."""
    models = {number for (number, _), layer in layers.items() if isinstance(layer, Model)}
    legacy = {
        number for number in models if any(node.is_list() for node in values[number].get("inbound_nodes").items())
    }
    graphs = {number for number in models if values[number].get("class_name").raw not in CHAINS}
    ends = from_zero([*inputs, *outputs], legacy | graphs)
    counted = nodes
    if legacy:
        inner = from_zero([source for node in nodes.values() for source in node.sources], legacy)
        counted = {
            key: node._replace(sources=tuple(inner[source] for source in node.sources)) for key, node in nodes.items()
        }
    order, position = in_order(counted, config)
    first = {way: at for at, way in enumerate(dict.fromkeys(ways[key] for key in order))}

    def end(name: str, source: Source) -> tuple[int, int]:
        layer, call, output = ends[source]
        if (layer, call) not in position:
            raise config.get(name).wrong("made of calls of the model's layers", got=f"call {call} of layers[{layer}]")
        return position[layer, call], output

    return {
        "layers": [layers[way] for way in first],
        "calls": [
            (first[ways[key]], *((position[layer, call], output) for layer, call, output in counted[key].sources))
            for key in order
        ],
        "inputs": [end("input_layers", source)[0] for source in inputs],
        "outputs": [end("output_layers", source) for source in outputs],
    }
