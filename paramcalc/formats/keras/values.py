"""Values as Keras writes them, and what they are with us: dtypes, functions, tuples, shapes, and whose an error is.

Knows: single values. Must not know: layers, or how they are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paramcalc.errors import ParamcalcError, ReadError
from paramcalc.formats.keras.table import LAYERS_AS_FUNCTIONS
from paramcalc.formats.untrusted import DEEPEST_VALUE, Value, walked
from paramcalc.layers.base import STEM
from paramcalc.shapes import Shape, as_shape

FUNCTIONS = ("activation", "recurrent_activation", "function")
"""Arguments that name a function."""

QUANTISED = r"(?i)quantized|(int8|int4|float8|gptq|awq)\S*_from_"
"""What is in the name of a dtype policy under which layers own other arrays."""

LONGEST_DTYPE = 1_000
"""How many characters a text in a dtype has at most: what is looked for takes the square of them."""


def refuse_quantised(dtype: Value) -> None:
    """Raises `ReadError` for the dtype policy of a quantised layer, which owns other arrays.

    >>> refuse_quantised(Value("mixed_float16"))
    """
    for text in _texts(dtype):
        if len(text) > LONGEST_DTYPE:
            raise dtype.wrong(f"of texts of at most {LONGEST_DTYPE} characters")
        if text != "float32" and re.search(QUANTISED, text):  # compiled for the few files that say more
            hint = "a quantised layer owns other arrays; save the model before quantize()"
            raise dtype.wrong("a dtype policy that does not quantise", hint)


def _texts(dtype: Value) -> Iterator[str]:
    """The texts in a dtype, which may be a policy, or policies for layers by name."""
    raw = dtype.raw
    if isinstance(raw, dict) and raw.get("class_name") == "DTypePolicy":
        dtype = dtype.get("config")
        raw = dtype.members().get("name") if len(dtype.members()) == 1 else None  # by far the most say nothing else
    if isinstance(raw, str):
        yield raw
    else:
        yield from (each.raw for each in walked(dtype) if isinstance(each.raw, str))


def function_name(value: Value, argument: str) -> str | None:
    """The name of a function; Keras's name for none is `linear`.

    >>> function_name(Value("relu"), "activation"), function_name(Value("linear"), "activation")
    ('relu', None)
    """
    if isinstance(value.raw, dict):
        inner = value.find("config")
        value = inner if inner is not None and isinstance(inner.raw, str) else value.get("class_name")
    name = LAYERS_AS_FUNCTIONS.get(value.text(), value.text())
    return None if name == "linear" and argument != "function" else name


def plain(value: Value, depth: int = 0) -> Any:
    """A value of JSON as an argument; Keras writes a tuple as an object that says so.

    >>> plain(Value([[1, 2], 3])), plain(Value({"class_name": "__tuple__", "items": [1, 2]}))
    (((1, 2), 3), (1, 2))
    """
    if depth > DEEPEST_VALUE:
        raise value.wrong("nested less deeply", got="lists in lists")
    raw = value.raw
    if raw is None or isinstance(raw, str | int):
        return raw  # as most are
    if isinstance(raw, dict):
        kind = raw.get("class_name")
        if kind == "__tuple__":
            return plain(value.get("items"), depth + 1)
        if kind in ("__numpy__", "__tensor__"):
            return plain(value.get("config").get("value"), depth + 1)
        return {str(name): plain(value.at(str(name), each), depth + 1) for name, each in raw.items()}
    if not isinstance(raw, list | tuple):
        return raw
    are_ints = all(type(item) is int for item in raw)  # as most are
    return tuple(raw) if are_ints else tuple(plain(item, depth + 1) for item in value.items())


def spread_over(arguments: dict[str, Any], fields: Mapping[str, Any], rank: int, config: Value) -> None:
    """One number, in a class for so many axes, stands for each of them.

    >>> from attrs import fields_dict
    >>> from paramcalc import Pool
    >>> arguments = {"pool_size": 2}
    >>> spread_over(arguments, fields_dict(Pool), 2, Value({}))
    >>> arguments
    {'pool_size': (2, 2)}
    """
    for name, field in fields.items():
        value = arguments.get(name)
        if STEM not in field.metadata or value is None or isinstance(value, str):
            continue
        if not isinstance(value, tuple):
            arguments[name] = (value,) * rank
        elif len(value) != rank:
            raise config.at(name, value).wrong(f"one for each of {rank} axes")


def without_batch(config: Value, names: tuple[str, ...]) -> Shape | None:
    """The input shape that one of these members says, without its batch axis.

    >>> without_batch(Value({"batch_shape": [None, 28, 28]}), ("batch_shape",))
    (28, 28)
    """
    for name in names:
        value = config.find(name)
        if value is not None and value.is_list() and value.items() and not value.items()[0].is_list():
            return as_shape(plain(value)[1:], value.path, ReadError)
    return None


def within(config: Value, error: ParamcalcError) -> ReadError:
    """The error of a layer or a model as one of the file that describes it.

    >>> print(within(Value({}, "layers[0].config"), ParamcalcError("units", "an int", "'4'")))
    layers[0].config.units must be an int, got '4'
    """
    if isinstance(error, ReadError):
        return error
    subject = error.subject
    if error.where or not re.fullmatch(r"[a-z_]+(\[\d+\])*", subject):
        subject = f"{config.path}: {subject}"
    else:
        subject = f"{config.path}.{subject}"
    return ReadError(subject, error.expected, error.got, error.hint, error.where)
