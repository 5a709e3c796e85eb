"""Graphs: layers that are placed, what comes out of them, and the flat table that a model keeps of it.

Knows: calls, what goes into each, and their order. Must not know: any family of layers but `Input`, counts, tables.

While a graph is drawn it is linked: what comes out of a call knows the call, which knows what went into it. Such
handles are compared by identity and are no part of a value. A model follows them once, without recursion, and keeps
numbers: `Call(layer, inputs)`, where an input is the position of an earlier call and of one of its outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from paramcalc.errors import ConfigError, ParamcalcError, Place, ShapeError, shown, type_name
from paramcalc.layers.base import Layer
from paramcalc.layers.core import Input
from paramcalc.shapes import Shape, Shapes, are_several, as_int, as_tuple


class Source(NamedTuple):
    """Where an input comes from: the position of a call, and which of its outputs.

    >>> Source(3), Source(3, 1)
    (3, (3, 1))
    """

    call: int
    output: int = 0

    @property
    def short(self) -> int | tuple[int, int]:
        """As it is written: the first output goes without saying.

        >>> Source(3).short
        3
        """
        return (self.call, self.output) if self.output else self.call

    def __repr__(self) -> str:
        return repr(self.short)


class Call(NamedTuple):
    """One use of a layer: the layer's position, and what goes into it. As text it is how a model is written.

    >>> Call(2, (Source(1), Source(0, 1)))
    (2, 1, (0, 1))
    """

    layer: int
    inputs: tuple[Source, ...] = ()

    @property
    def short(self) -> tuple[int | tuple[int, int], ...]:
        """As it is written: all in one tuple.

        >>> Call(2, (Source(1),)).short
        (2, 1)
        """
        return (self.layer, *(source.short for source in self.inputs))

    def __repr__(self) -> str:
        return repr(self.short)


class Table(NamedTuple):
    """A graph in numbers.

    Attributes: `layers`, in the order of their first calls; `calls`, each after those it takes from; `inputs`, which
    calls these are; `outputs`, where they come from.

    >>> Table((Input((3,)),), (Call(0),), (0,), (Source(0),)).is_line
    True
    """

    layers: tuple[Layer, ...]
    calls: tuple[Call, ...]
    inputs: tuple[int, ...]
    outputs: tuple[Source, ...]

    @property
    def is_line(self) -> bool:
        """Whether each layer takes what the one before it gives, so that the layers alone say it all.

        >>> Table((Input((3,)), Input((3,))), (Call(0), Call(1)), (0, 1), (Source(1),)).is_line
        False
        """
        if len(self.layers) < len(self.calls) or self.outputs != (Source(len(self.calls) - 1),):
            return False
        return all(call.inputs == ((before, 0),) for before, call in enumerate(self.calls[1:]))


class Placed:
    """A layer that stands in graphs as one: wherever it is called, its weights are the same, and count once.

    `layer.place()` makes one. Two of them share nothing, whatever their layers are; nor do two models that one of them
    stands in, for a model is a value: there, `Model(..., tied=...)` says which weights are the same.

    >>> from paramcalc import Add, Dense, Model
    >>> shared, left, right = Dense(4).place(), Input((3,))(), Input((3,))()
    >>> Model(inputs=[left, right], outputs=Add()(shared(left), shared(right))).params()
    16
    """

    __slots__ = ("layer",)

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, *inputs: Output | Sequence[Output]) -> Any:
        """What comes out of the layer when it is given what came out of others; a tuple where several come out.

        Raises `ConfigError` for what is no such output, and `ShapeError` where the layer cannot take the shape.

        >>> from paramcalc import Dense
        >>> Dense(4).place()(Input((3,))()).shape
        (4,)
        """
        return called(self.layer, inputs, self)

    def __repr__(self) -> str:
        return f"{self.layer!r}.place()"


def place_of(layer: Layer, in_shape: Shapes) -> Place:
    """Where an error happened in a graph that is being drawn.

    >>> place_of(Input((3,)), (4,))
    Place(position=None, name='input', type='Input', in_shape=(4,))
    """
    return Place(None, layer.name or layer.automatic_name, type_name(type(layer)), in_shape)


class Output:
    """What comes out of a layer that was called: what other layers are called on, and what a model is made of.

    Attribute: `shape`, without the batch axis. Two are the same only if they are one object.

    >>> Input((32, 32, 3))()
    <Output (32, 32, 3) of Input((32, 32, 3))>
    """

    __slots__ = ("_index", "_use", "shape")

    def __init__(self, shape: Shape, use: _Use, index: int) -> None:
        self.shape = shape
        self._use = use
        self._index = index

    def __repr__(self) -> str:
        return f"<Output {self.shape} of {shown(self._use.layer)}>"


class _Use:
    """One call: of which layer, where that was placed, and what went into it.

    A layer that is called without having been placed stands in the graph at this call, and nowhere else.
    """

    __slots__ = ("inputs", "layer", "placed")

    def __init__(self, layer: Layer, placed: Placed | None, inputs: tuple[Output, ...]) -> None:
        self.layer = layer
        self.placed = placed
        self.inputs = inputs


def called(layer: Layer, inputs: tuple[Output | Sequence[Output], ...], placed: Placed | None = None) -> Any:
    """What comes out of a layer, `placed` or not, that is called on these inputs.

    >>> called(Input((3,)), ()).shape
    (3,)
    """
    given = _handles("the inputs", inputs, layer)
    if isinstance(layer, Input):
        if given:
            raise ConfigError("the inputs of Input", "none, for it is where a graph begins", f"{len(given)}")
        return Output(layer.shape, _Use(layer, placed, ()), 0)
    if not given:
        raise ConfigError(f"the inputs of {shown(layer)}", "at least one", "none", "begin with Input(...)()")
    in_shape = layer._gathered(tuple([one.shape for one in given]))
    try:
        output_shape = layer._output_shape(in_shape, {})
    except ParamcalcError as error:
        error.inside(place_of(layer, in_shape))
        raise
    use = _Use(layer, placed, given)
    if are_several(output_shape):
        return tuple(Output(shape, use, index) for index, shape in enumerate(output_shape))
    return Output(output_shape, use, 0)


def _handles(subject: str, value: object, of: Layer | None = None) -> tuple[Output, ...]:
    """The outputs in a tuple or list, or in tuples and lists in it; `subject` is what they are `of` the layer."""
    items: tuple[Any, ...] = as_tuple(value) or ()
    if len(items) == 1 and type(items[0]) is Output:
        return items  # as nearly all are
    found: list[Output] = []
    for item in items:
        if isinstance(item, Output):
            found.append(item)
            continue
        inner = as_tuple(item)
        for each in (item,) if inner is None else inner:
            if not isinstance(each, Output):
                hint = "call it: Input(...)()" if isinstance(each, Input) else ""
                subject = subject if of is None else f"{subject} of {shown(of)}"
                raise ConfigError(subject, "what layers in a graph gave out", shown(each), hint)
            found.append(each)
    return tuple(found)


# From handles to a table

_call, _source_of = partial(tuple.__new__, Call), partial(tuple.__new__, Source)  # half the price of their constructors


def drawn(inputs: tuple[object, ...], outputs: tuple[object, ...]) -> Table:
    """The table of the graph between these inputs and outputs.

    Raises `ConfigError` for an input that is none, for an output that hangs on another input, and for a layer with
    weights that was called twice without having been placed.

    >>> x = Input((3,))()
    >>> drawn((x,), (x,)).calls
    ((0,),)
    """
    starts, ends = _handles("inputs", inputs), _handles("outputs", outputs)
    if not starts or not ends:
        raise ConfigError("inputs and outputs" if starts or ends else "layers", "given together", "one of them alone")
    for start in starts:
        if not isinstance(start._use.layer, Input):
            raise ConfigError("inputs", "what Input(...)() gives", shown(start))
    if len({id(start._use.placed or start._use) for start in starts}) < len(starts):
        raise ConfigError("inputs", "different", "one of them twice")
    uses = _in_order([end._use for end in ends])
    position = {id(use): index for index, use in enumerate(uses)}
    for start in starts:
        if id(start._use) not in position:
            position[id(start._use)] = len(uses)
            uses.append(start._use)
    known = {id(start._use) for start in starts}
    layer_at: dict[int, int] = {}
    layers: list[Layer] = []
    calls: list[Call] = []
    for use in uses:
        layer, key = use.layer, id(use.placed or use)
        if isinstance(layer, Input) and id(use) not in known:
            raise ConfigError("outputs", "made of the inputs alone", f"one that hangs on {shown(layer)}, too")
        if key not in layer_at:
            layer_at[key] = len(layers)
            layers.append(layer)
        sources = [_source_of((position[id(one._use)], one._index)) for one in use.inputs]
        calls.append(_call((layer_at[key], tuple(sources))))
    _require_one_call_each(uses)
    return Table(
        tuple(layers),
        tuple(calls),
        tuple(position[id(start._use)] for start in starts),
        tuple(Source(position[id(end._use)], end._index) for end in ends),
    )


def _in_order(ends: list[_Use]) -> list[_Use]:
    """All uses that these hang on, each after those it takes from."""
    done: dict[int, _Use] = {}
    for end in ends:
        stack = [(end, iter(end.inputs))]
        while stack:
            use, rest = stack[-1]
            for one in rest:
                if id(one._use) not in done:
                    stack.append((one._use, iter(one._use.inputs)))
                    break
            else:
                stack.pop()
                done[id(use)] = use
    return list(done.values())


def _require_one_call_each(uses: Iterable[_Use]) -> None:
    """A bare layer that owns weights and stands in a graph twice may mean one of two things."""
    bare: set[int] = set()
    for use in uses:
        layer = use.layer
        if use.placed is None and id(layer) in bare and _owns_weights(layer, use.inputs):
            hint = (
                "to share its weights, place it first: shared = layer.place(), then shared(a) and shared(b); "
                "for weights of its own, write the layer again"
            )
            raise ConfigError(f"{shown(layer)}, which owns weights,", "called once in a graph", "a second call", hint)
        bare.add(id(layer))


def _owns_weights(layer: Layer, inputs: tuple[Output, ...]) -> bool:
    try:
        return bool(inputs) and layer._tally(layer._gathered(tuple(one.shape for one in inputs)), {})[1] > 0
    except ShapeError:
        return True  # how many is not known yet


# From numbers to a table


def written(
    layers: tuple[Layer, ...], calls: tuple[object, ...], inputs: tuple[object, ...], outputs: tuple[object, ...]
) -> Table:
    """The table that is written out in numbers, checked; `inputs` are all inputs and `outputs` the last call if empty.

    Raises `ConfigError` for a number that points nowhere or at a later call, and for layers in another order than that
    of their first calls.

    >>> written((Input((3,)),), ([0],), (), ()).outputs
    (0,)
    """
    table: list[Call] = []
    first = 0
    for index, call in enumerate(calls):
        subject = f"calls[{index}]"
        items = (call.layer, *call.inputs) if isinstance(call, Call) else as_tuple(call)
        if not items:
            raise ConfigError(subject, "the position of a layer, and then of what goes into it", shown(call))
        at = _position(subject, items[0], min(first, len(layers) - 1), "layers, which stand as they are called first,")
        first = max(first, at + 1)
        sources = tuple(_source(f"{subject}[{number}]", item, index) for number, item in enumerate(items[1:], 1))
        if isinstance(layers[at], Input) == bool(sources):
            expected = "without inputs" if sources else "with at least one input"
            raise ConfigError(subject, f"{expected}, as a call of {type_name(type(layers[at]))}", shown(call))
        table.append(Call(at, sources))
    if first < len(layers):
        raise ConfigError(f"layers[{first}]", "called", "no call of it")
    starts = [index for index, call in enumerate(table) if isinstance(layers[call.layer], Input)]
    if len({table[start].layer for start in starts}) < len(starts):
        raise ConfigError("an Input", "called once", "a second call")
    given = tuple(_position(f"inputs[{index}]", item, len(table) - 1) for index, item in enumerate(inputs))
    if given and sorted(given) != starts:
        raise ConfigError("inputs", f"the calls of Input, {shown(starts)}, in any order", shown(given))
    ends = tuple(_source(f"outputs[{index}]", item, len(table)) for index, item in enumerate(outputs))
    return Table(layers, tuple(table), given or tuple(starts), ends or (Source(len(table) - 1),))


def _position(subject: str, value: object, last: int, of: str = "calls before it") -> int:
    number = as_int(value)
    if number is None or not 0 <= number <= last:
        raise ConfigError(subject, f"the position of one of the {of} from 0 to {last}", shown(value))
    return number


def _source(subject: str, value: object, before: int) -> Source:
    """A call before this one, alone or with the number of one of its outputs."""
    pair = as_tuple(value)
    if pair is None:
        return Source(_position(subject, value, before - 1))
    number = as_int(pair[-1]) if len(pair) == len(Source._fields) else None
    if number is None or number < 0:
        raise ConfigError(subject, "the position of a call, or (call, output) in positions", shown(value))
    return Source(_position(subject, pair[0], before - 1), number)
