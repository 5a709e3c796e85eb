"""The nodes of a graph that are no layers to Keras but operations: `x + 3`, `keras.ops.relu(x)`, tf.keras's lambdas.

Knows: how Keras 3 and tf.keras name and write operations and their constants. Must not know: layers of other kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from paramcalc.errors import ReadError, shown
from paramcalc.formats.keras.calls import Node
from paramcalc.formats.keras.table import LAYERS_AS_FUNCTIONS
from paramcalc.formats.untrusted import Value
from paramcalc.layers.base import snake_case
from paramcalc.layers.elementwise import OPERATIONS, OPERATIONS_BY_HOME, Elementwise

HOME = "keras.src.ops"
HOMES = (HOME, "keras.src.activations")
LAMBDA = "TFOpLambda"
TENSORFLOW = {
    "clip_by_value": "clip",
    "divide": "true_divide",
    "eq": "equal",
    "floordiv": "floor_divide",
    "floormod": "mod",
    "identity": "copy",
    "ne": "not_equal",
    "neg": "negative",
    "pow": "power",
    "swish": "silu",
    "truediv": "true_divide",
}
"""TensorFlow's names of operations, by the last part, where they are other than Keras's."""

OF_ARRAYS = ("heaviside", "hypot")
"""Operations that Keras gives no bare number."""

SETTINGS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "cast": {"dtype": "float32"},
        "threshold": {"threshold": 0, "default_value": 0},
    }
)
"""What Keras must be told of an operation, though it changes no shape."""

BOUNDS = ("x_min", "x_max")
"""The constants of Keras's Clip, which stand in its config."""


def is_operation(value: Value) -> bool:
    """Whether a layer of a file is one.

    >>> is_operation(Value({"class_name": "Add", "module": "keras.src.ops.numpy"})), is_operation(Value({}))
    (True, False)
    """
    members = value.members()
    home = members.get("module")
    return members.get("class_name") == LAMBDA or (isinstance(home, str) and home.startswith(HOMES))


def operation_from_keras(value: Value, node: Node) -> Elementwise:
    """Our layer for an operation, whose constants stand in its first call.

    >>> node = Node((), {}, "", (None, Value(3)))
    >>> operation_from_keras(Value({"class_name": "Add", "config": {"name": "add"}}), node)
    Elementwise('add', operands=(None, 3.0), name='add')
    """
    config, kind = value.get("config"), value.get("class_name")
    if kind.raw == LAMBDA:
        kind = config.get("function")
        last = kind.text().split(".")[-1]
        name = TENSORFLOW.get(last, last)
    else:
        name = LAYERS_AS_FUNCTIONS.get(kind.text(), snake_case(kind.text()))
    if name not in OPERATIONS:
        hint = "of operations that are no layers, those on each number are known, such as add or relu"
        raise kind.wrong("an operation that paramcalc knows", hint)
    operands: list[Any] = [None if each is None else plain(each) for each in node.constants]
    operands += [config.get(bound).raw for bound in BOUNDS if config.find(bound) is not None]
    try:
        own = config.find("name")
        return Elementwise(
            name, operands if operands.count(None) < len(operands) else (), name=None if own is None else own.text()
        )
    except ValueError as error:
        raise ReadError(
            f"{node.path}: {name}", "an operation with its operands", shown(operands), str(error)
        ) from error


def plain(value: Value) -> object:
    """A constant: a number, or lists of them, which Keras writes as an object."""
    raw = value.raw
    if isinstance(raw, dict) and raw.get("class_name") in ("__tensor__", "__numpy__"):
        return value.get("config").get("value").raw
    return raw


def operation_to_keras(layer: Elementwise, name: str) -> dict[str, Any]:
    """What Keras writes of an operation.

    >>> operation_to_keras(Elementwise("true_divide", (None, 2)), "half")["class_name"]
    'TrueDivide'
    """
    home = next(home for (home, _), names in OPERATIONS_BY_HOME.items() if layer.operation in names.split())
    class_name = class_of_operation(layer)
    config: dict[str, Any] = {"name": name, **SETTINGS.get(layer.operation, {})}
    if layer.operation == "clip":
        config.update(zip(BOUNDS, layer.operands[1:], strict=False))
    return {"module": f"{HOME}.{home}", "class_name": class_name, "config": config, "registered_name": class_name}


def class_of_operation(layer: Elementwise) -> str:
    """Keras's class of an operation.

    >>> class_of_operation(Elementwise("true_divide", (None, 2)))
    'TrueDivide'
    """
    return "".join(word.capitalize() for word in layer.operation.split("_"))


def arguments_of(layer: Elementwise, tensors: list[Any]) -> dict[str, Any]:
    """The call of an operation on these tensors, with its constants in their places.

    >>> arguments_of(Elementwise("subtract", (3, None)), ["x"])
    {'args': [3.0, 'x'], 'kwargs': {}}
    """
    if layer.operation == "clip" or not layer.operands:
        return {"args": tensors, "kwargs": {}}
    waiting = iter(tensors)
    bare = layer.operation not in OF_ARRAYS
    return {
        "args": [
            next(waiting) if operand is None else operand if bare and isinstance(operand, float) else _array(operand)
            for operand in layer.operands
        ],
        "kwargs": {},
    }


def _array(operand: object) -> dict[str, Any]:
    return {"class_name": "__tensor__", "config": {"value": operand, "dtype": "float32"}}
