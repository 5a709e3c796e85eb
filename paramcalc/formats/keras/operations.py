"""The nodes of a graph that are no layers to Keras but operations: `x + 3`, `x[:, 0]`, `keras.ops.relu(x)`, lambdas.

Knows: how Keras 3 and tf.keras name and write operations and their constants. Must not know: layers of other kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from paramcalc.errors import ReadError, shown
from paramcalc.formats.keras.calls import Node
from paramcalc.formats.keras.table import LAYERS_AS_FUNCTIONS
from paramcalc.formats.untrusted import Value
from paramcalc.layers.base import snake_case

if TYPE_CHECKING:
    from paramcalc.layers.elementwise import Elementwise
    from paramcalc.layers.reshape import Take

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

TAKING = ("take", "get_item")
"""Operations that are a Take, `get_item` where it takes one place of one axis."""

EVERYTHING = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}
REST = {"class_name": "__ellipsis__", "config": {}}
"""What Keras writes of `:` and `...` in brackets."""


def is_operation(value: Value) -> bool:
    """Whether a layer of a file is one.

    >>> is_operation(Value({"class_name": "Add", "module": "keras.src.ops.numpy"})), is_operation(Value({}))
    (True, False)
    """
    members = value.members()
    home = members.get("module")
    return members.get("class_name") == LAMBDA or (isinstance(home, str) and home.startswith(HOMES))


def operation_from_keras(value: Value, node: Node) -> Elementwise | Take:
    """Our layer for an operation, whose constants stand in its first call.

    >>> node = Node((), {}, Value({}), (None, Value(3)))
    >>> operation_from_keras(Value({"class_name": "Add", "config": {"name": "add"}}), node)
    Elementwise('add', operands=(None, 3.0), name='add')
    """
    from paramcalc.layers.elementwise import OPERATIONS, Elementwise  # many models have none

    config, kind = value.get("config"), value.get("class_name")
    if kind.raw == LAMBDA:
        kind = config.get("function")
        last = kind.text().split(".")[-1]
        name = TENSORFLOW.get(last, last)
    else:
        name = LAYERS_AS_FUNCTIONS.get(kind.text(), snake_case(kind.text()))
    operands: list[Any] = [None if each is None else plain(each) for each in node.constants]
    operands += [config.get(bound).raw for bound in BOUNDS if config.find(bound) is not None]
    place = _place(name, config, operands)
    if name not in OPERATIONS and place is None:
        hint = "of operations that are no layers, add, relu and others on each number are known, take, and x[:, 0]"
        raise kind.wrong("an operation that paramcalc knows", hint)
    found = config.find("name")
    own = None if found is None else found.text()
    try:
        if place is not None:
            from paramcalc.layers.reshape import Take  # few models take: loaded for those

            return Take(*place, name=own)
        return Elementwise(name, operands if operands.count(None) < len(operands) else (), name=own)
    except ValueError as error:
        raise ReadError(
            f"{node.value.path}: {name}", "an operation with its operands", shown(operands), str(error)
        ) from error


def _place(name: str, config: Value, operands: list[Any]) -> tuple[Any, Any] | None:
    """The indices and the axis of a Take; None for what is no such operation."""
    if name not in TAKING:
        return None
    _, indices = operands if len(operands) == 2 else (None, None)  # noqa: PLR2004 (an array, and what is taken of it)
    if name == "take":
        return indices, config.get("axis").raw
    keys = indices if isinstance(indices, list) else [indices]
    rest = keys.index(REST) if REST in keys else len(keys)
    taken = [(key, at if at < rest else at - len(keys)) for at, key in enumerate(keys) if key not in (EVERYTHING, REST)]
    return taken[0] if [type(key) for key, _ in taken] == [int] else None


def plain(value: Value) -> object:
    """A constant: a number, or lists of them, which Keras writes as an object."""
    raw = value.raw
    if isinstance(raw, dict) and raw.get("class_name") in ("__tensor__", "__numpy__"):
        return value.get("config").get("value").raw
    return raw


def operation_to_keras(layer: Elementwise | Take, name: str) -> dict[str, Any]:
    """What Keras writes of an operation.

    >>> from paramcalc import Elementwise
    >>> operation_to_keras(Elementwise("true_divide", (None, 2)), "half")["class_name"]
    'TrueDivide'
    """
    from paramcalc.layers.elementwise import OPERATIONS_BY_HOME, Elementwise  # many models have none

    class_name = class_of_operation(layer)
    if not isinstance(layer, Elementwise):
        return _operation("numpy", class_name, {"name": name, "axis": layer.axis})
    home = next(home for (home, _), names in OPERATIONS_BY_HOME.items() if layer.operation in names.split())
    config: dict[str, Any] = {"name": name, **SETTINGS.get(layer.operation, {})}
    if layer.operation == "clip":
        config.update(zip(BOUNDS, layer.operands[1:], strict=False))
    return _operation(home, class_name, config)


def _operation(home: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": f"{HOME}.{home}", "class_name": class_name, "config": config, "registered_name": class_name}


def class_of_operation(layer: Elementwise | Take) -> str:
    """Keras's class of an operation.

    >>> from paramcalc import Elementwise
    >>> class_of_operation(Elementwise("true_divide", (None, 2)))
    'TrueDivide'
    """
    from paramcalc.layers.elementwise import Elementwise  # many models have none

    if not isinstance(layer, Elementwise):
        return "Take"
    return "".join(word.capitalize() for word in layer.operation.split("_"))


def arguments_of(layer: Elementwise | Take, tensors: list[Any]) -> dict[str, Any]:
    """The call of an operation on these tensors, with its constants in their places.

    >>> from paramcalc import Elementwise
    >>> arguments_of(Elementwise("subtract", (3, None)), ["x"])
    {'args': [3.0, 'x'], 'kwargs': {}}
    """
    from paramcalc.layers.elementwise import Elementwise  # many models have none

    if not isinstance(layer, Elementwise):
        return {"args": [*tensors, layer.indices], "kwargs": {}}
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
