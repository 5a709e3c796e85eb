"""The calls of a graph as Keras writes them: each layer's inbound nodes.

Knows: where the tensors stand in a call, in Keras 3 and before. Must not know: layers of any kind.

Keras 3 writes the arguments of a call as they are, with an object for each tensor, whose `keras_history` names the
layer, its call and the output. Before, a call was a list of `[layer, call, output, {other arguments}]`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from paramcalc.errors import ReadError, shown
from paramcalc.formats.keras.table import AT_REST, KerasLayer
from paramcalc.formats.untrusted import Value, sorted_members, walked

Source: TypeAlias = tuple[int, int, int]
"""The position of a layer, which of its calls, and which output of that."""

FIRST_ARGUMENTS = ("inputs", "input", "sequence", "sequences", "x", "data")
"""What Keras's layers call their first argument."""


class Node(NamedTuple):
    """One call: where its inputs come from, other arguments that a layer of ours has in itself, and what says it.

    `constants` are the values that stand beside tensors, in the order of the arguments; None stands for a tensor.
    """

    sources: tuple[Source, ...]
    arguments: dict[str, Value]
    value: Value
    constants: tuple[Value | None, ...] = ()


def calls_of(layer: Value, index: Mapping[str, int], row: KerasLayer | None, *, operation: bool = False) -> list[Node]:
    """The calls of a layer of a graph, by its inbound nodes; an input layer has none, which is one call.

    An operation's arguments, those with names too, are its operands, tensors and constants in their order.

    >>> calls_of(Value({"inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0]]]}), {"a": 0, "b": 1}, None)[0].sources
    ((0, 0, 0), (1, 0, 0))
    """
    nodes = layer.find("inbound_nodes")
    found = () if nodes is None else nodes.items()
    if not found:
        return [Node((), {}, layer)]
    if operation:
        return [_operated(node, index) for node in found]
    return [_called_with_arguments(node, index, row) if isinstance(node.raw, dict) else _called(node, index, row)
            for node in found]  # fmt: skip


def _operated(node: Value, index: Mapping[str, int]) -> Node:
    """The call of an operation."""
    if isinstance(node.raw, dict):
        named = node.find("kwargs")
        operands = [*node.get("args").items(), *_operands(named)]
        tensors = [_tensors(operand, index) for operand in operands]
    else:
        items = node.items()
        entries = [node] if items and isinstance(items[0].raw, str) else list(items)
        operands = [operand for entry in entries for operand in _entry(entry)]
        tensors = [[_source(operand, index)] if _is_reference(operand, index) else [] for operand in operands]
    constants = [None if found else operand for operand, found in zip(operands, tensors, strict=True)]
    return Node(tuple(source for found in tensors for source in found), {}, node, tuple(constants))


OPERANDS = ("x", "x1", "x2", "y", "a", "b", "t", "condition", "clip_value_min", "clip_value_max")
"""What operations call their operands."""


def _operands(named: Value | None) -> list[Value]:
    if named is None:
        return []
    members = [(name, named.at(name, raw)) for name, raw in named.members().items()]
    return [value for name, value in members if name in OPERANDS and value.raw is not None]


def _entry(entry: Value) -> list[Value]:
    """The operands of a call as tf.keras wrote it: a tensor or a constant, and those that have names."""
    head, rest = entry.items()[:3], entry.items()[3:]
    constant = len(head) == 3 and head[0].raw == "_CONSTANT_VALUE"  # noqa: PLR2004 (the constant is the third)
    return [head[2] if constant else entry, *(operand for named in rest[:1] for operand in _operands(named))]


def _is_reference(value: Value, index: Mapping[str, int]) -> bool:
    items = value.items() if value.is_list() else ()
    return bool(items) and isinstance(items[0].raw, str) and items[0].raw in index


def _called_with_arguments(node: Value, index: Mapping[str, int], row: KerasLayer | None) -> Node:
    """A call as Keras 3 writes it."""
    positional = node.get("args").items()
    named = node.find("kwargs")
    roles = _roles(row)
    # What Keras's layers take behind their inputs are masks; of a foreign class every tensor may count
    taken = positional[: len(roles) or 1] if row is not None else positional
    sources = [source for value in taken for source in _tensors(value, index)]
    if named is None or not named.members():
        return Node(tuple(sources), {}, node)  # as most are
    arguments = {str(name): named.at(name, raw) for name, raw in named.members().items()}
    sources += _named_sources(arguments, tuple(arguments) if row is None else (*FIRST_ARGUMENTS, *roles), index)
    return Node(tuple(sources), _kept(arguments, row), node)


def _roles(row: KerasLayer | None) -> tuple[str, ...]:
    return tuple([name.rstrip("*") for name in row.inputs]) if row is not None else ()


def _named_sources(arguments: Mapping[str, Value], wanted: tuple[str, ...], index: Mapping[str, int]) -> list[Source]:
    """The tensors in the arguments of these names, in their order; masks change no shape."""
    unmasked = {name: value for name, value in arguments.items() if not name.endswith("mask")}
    for name, value in unmasked.items():
        if name not in wanted and _tensors(value, index):
            raise value.wrong("no tensor, as far as is known here")
    names = [name for name in dict.fromkeys(wanted) if name in unmasked]
    return [source for name in names for source in _tensors(unmasked[name], index)]


def check_at_rest(name: str, value: Value) -> None:
    """Raises `ReadError` where an argument of `AT_REST` changes something.

    >>> check_at_rest("rms_scaling", Value(False, "config.rms_scaling"))
    """
    if not any(value.raw is rest for rest in AT_REST.get(name, (value.raw,))):
        raise value.wrong(" or ".join(map(repr, AT_REST[name])), "what else it does is not known here")


def _kept(arguments: Mapping[str, Value], row: KerasLayer | None) -> dict[str, Value]:
    """What a layer of ours has in itself and Keras in a call; of a foreign class nothing is known."""
    if row is None:
        return {}
    for name, value in arguments.items():
        check_at_rest(name, value)
    return {name: value for name, value in arguments.items() if name in row.in_calls}


def _tensors(value: Value, index: Mapping[str, int]) -> list[Source]:
    """The tensors in an argument."""
    if not isinstance(value.raw, dict | list | tuple):
        return []
    if _is_tensor(value):
        found = [value]
    elif value.is_list() and all(map(_is_tensor, value.items())):
        found = list(value.items())  # as a merge has them
    else:
        found = [each for each in walked(value) if _is_tensor(each)]
    return [_source(each.get("config").get("keras_history"), index) for each in found]


def _is_tensor(value: Value) -> bool:
    return isinstance(value.raw, dict) and value.raw.get("class_name") == "__keras_tensor__"


def _called(node: Value, index: Mapping[str, int], row: KerasLayer | None) -> Node:
    """A call as it was written before Keras 3."""
    items = node.items()
    entries = [node] if items and isinstance(items[0].raw, str) else list(items)
    sources: list[Source] = []
    arguments: dict[str, Value] = {}
    for entry in entries:
        sources.append(_source(entry, index))
        if len(entry.items()) > 3:  # noqa: PLR2004 (a name, two numbers, and then the rest)
            named = entry[3]
            arguments.update({str(name): named.at(name, raw) for name, raw in named.members().items()})
    for role in _roles(row):
        if role in arguments:
            value = arguments[role]
            several = value.is_list() and value.items() and value[0].is_list()
            sources.extend(_source(each, index) for each in (value.items() if several else [value]))
    return Node(tuple(sources), _kept(arguments, row), node)


def _source(value: Value, index: Mapping[str, int]) -> Source:
    """`[layer, call, output]`, the layer by its position."""
    if type(value.raw) is list and list(map(type, value.raw)) == [str, int, int]:
        layer, call, output = value.raw
        if layer in index and call >= 0 <= output:
            return index[layer], call, output  # as nearly all are: what is right is seen at a glance
    items = value.items()
    if len(items) < 3:  # noqa: PLR2004 (these three)
        raise value.wrong("[a layer, its call, the output]")
    name = items[0].text()
    if name not in index:
        raise items[0].wrong("the name of a layer of the model")
    return index[name], items[1].integer(), items[2].integer()


def ends_of(value: Value, index: Mapping[str, int]) -> list[Source]:
    """The inputs or outputs of a model: one, or lists and objects of them, which count in the order of their names.

    >>> ends_of(Value([["a", 0, 0]]), {"a": 0})
    [(0, 0, 0)]
    """
    sources = []
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each.raw, dict):
            pending += [each.at(name, raw) for name, raw in reversed(sorted_members(each))]
            continue
        items = each.items()
        if items and not isinstance(items[0].raw, dict | list | tuple):
            sources.append(_source(each, index))
        else:
            pending += reversed(items)
    return sources


def from_zero(sources: Iterable[Source], from_one: Container[int]) -> dict[Source, Source]:
    """The calls of these sources counted from 0.

    Models inside models have one call more than the file shows, that on their own inputs, and Keras counts it in some
    places: for the layers in `from_one`, unless their call 0 is taken somewhere.

    >>> from_zero([(3, 1, 0)], from_one={3})
    {(3, 1, 0): (3, 0, 0)}
    """
    sources = set(sources)
    zeros = {layer for layer, call, _ in sources if call == 0}
    return {
        (layer, call, output): (layer, call - (layer in from_one and layer not in zeros), output)
        for layer, call, output in sources
    }


def in_order(
    nodes: Mapping[tuple[int, int], Node], config: Value
) -> tuple[list[tuple[int, int]], dict[tuple[int, int], int]]:
    """The calls, each after those it takes from and otherwise as the file has them, and the position of each.

    Raises `ReadError` for a call that is not there, and for calls that wait for each other.

    >>> in_order({(0, 0): Node(((1, 0, 0),), {}, Value({})), (1, 0): Node((), {}, Value({}))}, Value({}))[0]
    [(1, 0), (0, 0)]
    """
    position = {key: number for number, key in enumerate(nodes)}
    if all(
        position.get(source[:2], number) < number
        for number, node in enumerate(nodes.values())
        for source in node.sources
    ):
        return list(nodes), position  # as nearly all files have them
    return _brought_into_order(nodes, config)


def _brought_into_order(
    nodes: Mapping[tuple[int, int], Node], config: Value
) -> tuple[list[tuple[int, int]], dict[tuple[int, int], int]]:
    import heapq  # few files need it

    waiting = {}
    followers: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key, node in nodes.items():
        before = {source[:2] for source in node.sources}
        for source in before:
            if source not in nodes:
                raise ReadError(node.value.path, "made of calls of the model's layers", f"call {source[1]} of another")
            followers.setdefault(source, []).append(key)
        waiting[key] = len(before)
    ready = [key for key, number in waiting.items() if not number]
    heapq.heapify(ready)
    position: dict[tuple[int, int], int] = {}
    while ready:
        key = heapq.heappop(ready)
        position[key] = len(position)
        for follower in followers.get(key, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, follower)
    if len(position) < len(nodes):
        stuck = next(node.value.path for key, node in nodes.items() if key not in position)
        raise ReadError(f"{config.path}.layers", "a graph without cycles", f"one at {shown(stuck)}")
    return list(position), position
