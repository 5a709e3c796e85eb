"""What a model is made from: its arguments in the form that it keeps, the names of its layers, and when two are equal.

Knows: layers as values. Must not know: what a model does with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from paramcalc.errors import ConfigError, shown
from paramcalc.layers.base import Layer, compared
from paramcalc.shapes import Shapes, ShapesLike, as_shapes, as_tuple

if TYPE_CHECKING:
    from paramcalc.graph import Call, Output


def as_layers(value: Iterable[Layer]) -> tuple[Layer, ...]:
    """Layers as a tuple. Raises `ConfigError` for what is no list of layers.

    >>> from paramcalc import Flatten
    >>> as_layers([Flatten()])
    (Flatten(),)
    """
    if isinstance(value, Layer) or not isinstance(value, Iterable):
        raise ConfigError("layers", "a list of layers", shown(value))
    try:
        layers = tuple(value)
    except Exception as error:
        raise ConfigError("layers", "a list of layers", f"{shown(error)} from {shown(value)}") from error
    for position, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise _no_layer(position, layer)
    return layers


def as_calls(value: Sequence[Call | Sequence[int | tuple[int, int]]]) -> tuple[Any, ...]:
    """Calls as they are given, to be checked where all of a graph is known. Raises `ConfigError` for what is no list.

    >>> as_calls([(0,), (1, 0)])
    ((0,), (1, 0))
    """
    return _items("calls", value)


def as_inputs(value: Output | Sequence[Output | int]) -> tuple[Any, ...]:
    """Inputs as they are given; one alone is a tuple of one.

    >>> as_inputs(0)
    (0,)
    """
    return _items("inputs", value)


def as_outputs(value: Output | Sequence[Output | int | tuple[int, int]]) -> tuple[Any, ...]:
    """Outputs as they are given; one alone is a tuple of one.

    >>> as_outputs([(2, 1)])
    ((2, 1),)
    """
    return _items("outputs", value)


def _items(name: str, value: object) -> tuple[object, ...]:
    """What is checked where all of it is known; one that stands alone is a tuple of one."""
    items = as_tuple(value)
    return (value,) if items is None and name != "calls" else _list_of_calls(value) if items is None else items


def _list_of_calls(value: object) -> tuple[object, ...]:
    raise ConfigError("calls", "a list of (layer, *inputs) in positions", shown(value))


def _no_layer(position: int, value: object) -> ConfigError:
    hint = ""
    if isinstance(value, type) and issubclass(value, Layer):
        hint = f"write {value.__name__}(...), with parentheses"
    return ConfigError(f"layers[{position}]", "a layer", shown(value), hint)


def as_given(value: ShapesLike | None) -> Shapes | None:
    """The input shapes in their plain form, or None. Raises `ConfigError` for what is no shape.

    >>> as_given([3, 5])
    (3, 5)
    """
    return None if value is None else as_shapes(value, "in_shape", ConfigError)


def numbered(layers: tuple[Layer, ...]) -> dict[str, int]:
    """The name of each layer, in order, with its position: its own, or its class's with a number when taken.

    Raises `ConfigError` where two have the same of their own.

    >>> from paramcalc import Dense
    >>> numbered((Dense(4), Dense(2), Dense(1, name="output")))
    {'dense': 0, 'dense_1': 1, 'output': 2}
    """
    taken: dict[str, int] = {}
    for index, layer in enumerate(layers):
        name = layer.name
        if name is None:
            continue
        if name in taken:
            got = f"{shown(name)} for layers[{taken[name]}] and layers[{index}]"
            raise ConfigError("the names of layers", "different", got)
        taken[name] = index
    names: dict[str, int] = {}
    counters: dict[str, int] = {}
    for index, layer in enumerate(layers):
        name = layer.name
        if name is None:
            base = layer.automatic_name
            number = counters.get(base, 0)
            name = f"{base}_{number}" if number else base
            while name in taken:
                number += 1
                name = f"{base}_{number}"
            counters[base] = number + 1
        names[name] = index
    return names


def are_equal(one: Layer, other: Layer) -> bool:
    """Whether two layers have equal fields, and so all layers in them; a pair that is met again is known.

    >>> from paramcalc import Dense, Model
    >>> are_equal(Model([Dense(4)]), Model([Dense(4)])), are_equal(Model([Dense(4)]), Model([Dense(5)]))
    (True, False)
    """
    pending: list[tuple[Any, Any]] = [(one, other)]
    seen: set[tuple[int, int]] = set()
    while pending:
        first, second = pending.pop()
        if first is second or (id(first), id(second)) in seen:
            continue
        if type(first) is type(second) and isinstance(first, Layer) and first._depth:
            seen.add((id(first), id(second)))
            take = compared(type(first))
            pending += zip(take(first), take(second), strict=True)
        elif isinstance(first, tuple) and isinstance(second, tuple) and first and isinstance(first[0], Layer):
            if len(first) != len(second):
                return False
            pending += zip(first, second, strict=True)
        elif first != second:
            return False
    return True
