"""Our own description of a model, for JSON: every layer by its class and its arguments.

Knows: how a layer's arguments become plain values, and layers again. Must not know: any family of layers.

`{"format": "paramcalc", "version": 1, "model": {"type": "Model", "arguments": {...}}}`. Arguments that hold their
default are left out. What is read may be hostile: it is taken through `Value`, and a type is a name in a table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

import paramcalc
from paramcalc.errors import ConfigError, ParamcalcError, ReadError, shown, type_name
from paramcalc.formats.untrusted import DEEPEST_VALUE, Value, copied
from paramcalc.layers.base import DEEPEST, Layer
from paramcalc.model import Model

FORMAT = "paramcalc"
VERSION = 1


def model_as_dict(model: Model) -> dict[str, Any]:
    """The model as plain values that JSON takes.

    Raises `ConfigError` for an argument of a layer that is none: no text, number, list or layer.

    >>> from paramcalc import Dense
    >>> model_as_dict(Model([Dense(4)]))["model"]["arguments"]["layers"]
    [{'type': 'Dense', 'arguments': {'units': 4}}]
    """
    return {"format": FORMAT, "version": VERSION, "model": _layer_as_dict(model)}


def _layer_as_dict(layer: Layer) -> dict[str, Any]:
    name = type_name(type(layer))
    arguments = {argument: _plain(value, f"{argument} of {name}", 0) for argument, value in layer._arguments()}
    return {"type": type(layer).__name__, "arguments": arguments}


def _plain(value: object, subject: str, depth: int) -> Any:
    if isinstance(value, Layer):
        return _layer_as_dict(value)
    if isinstance(value, tuple | list) and depth < DEEPEST_VALUE:
        return [_plain(each, subject, depth + 1) for each in value]
    if value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value)):
        return value
    raise ConfigError(subject, "a text, a number, None, a layer, or a list of these", shown(value))


def model_from_dict(data: Mapping[str, Any], custom: Mapping[str, type[Layer]] | None = None) -> Model:
    """The model that `model_as_dict` described; `custom` maps names to layer classes that are not the library's.

    Raises `ReadError`, with the path inside the data, for whatever is wrong there.

    >>> from paramcalc import Dense
    >>> model_from_dict(model_as_dict(Model([Dense(4)])))
    Model((Dense(4),))
    """
    value = Value(copied(data))
    own = {} if custom is None else custom
    if not isinstance(own, Mapping) or not all(
        isinstance(kind, type) and issubclass(kind, Layer) for kind in own.values()
    ):
        raise ConfigError("custom", "a dict from names to classes of layers", shown(custom))
    if value.get("format").raw != FORMAT:
        raise value.get("format").wrong(repr(FORMAT), "from_keras reads what Keras wrote")
    if value.get("version").raw != VERSION or type(value.get("version").raw) is not int:
        raise value.get("version").wrong(str(VERSION), "it was written by another version of paramcalc")
    model = _layer_from_dict(value.get("model"), own, 0)
    if not isinstance(model, Model):
        raise value.get("model").get("type").wrong("'Model'")
    return model


def _layer_from_dict(value: Value, custom: Mapping[str, type[Layer]], depth: int) -> Layer:
    if depth > DEEPEST:
        raise value.wrong(f"nested at most {DEEPEST} deep", got="more")
    name = value.get("type")
    kind = custom.get(name.text())
    if kind is None and name.raw in paramcalc.__all__:
        kind = getattr(paramcalc, name.text())
    if not isinstance(kind, type) or not issubclass(kind, Layer) or kind is Layer:
        raise name.wrong("a class of layers that paramcalc knows", f"give custom={{{shown(name.raw)}: the class}}")
    members = value.get("arguments")
    fields = {field.alias: field for field in attrs.fields(kind) if field.init}
    arguments = {}
    for argument, raw in members.members().items():
        inner = members.at(argument, raw)
        if argument not in fields:
            raise inner.wrong(f"left out: {kind.__name__} has no such argument")
        arguments[argument] = _argument(inner, custom, depth)
    for argument, field in fields.items():
        if field.default is attrs.NOTHING and argument not in arguments:
            raise members.at(argument, None).wrong("given", got="nothing")
    try:
        return kind(**arguments)
    except ParamcalcError as error:
        raise ReadError(
            f"{members.path}: {error.subject}", error.expected, error.got, error.hint, error.where
        ) from error


def _argument(value: Value, custom: Mapping[str, type[Layer]], depth: int, level: int = 0) -> Any:
    if isinstance(value.raw, dict):
        return _layer_from_dict(value, custom, depth + 1)
    if value.is_list():
        if level > DEEPEST_VALUE:
            raise value.wrong("nested less deeply", got="lists in lists")
        return tuple(_argument(item, custom, depth, level + 1) for item in value.items())
    return value.raw
