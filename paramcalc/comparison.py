"""How two models are compared, layer by layer and field by field.

Knows: which facts of a layer are compared, and what counts as the same. Must not know: any family of layers but
`Input`, how anything is formatted.

Models in models are opened first (see `opened.py`), and then the layers are aligned (see `alignment.py`). A connection
is compared by where it comes from, layers that only one of the models has being passed over: what is put between two
layers is one difference, not two.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import attrs

import paramcalc
from paramcalc.alignment import MOST_ALIKE, Item, Pair, aligned
from paramcalc.difference import Change, Difference, Differences, Kind, Totals
from paramcalc.errors import ConfigError, ParamcalcError, nearest, shown, type_name
from paramcalc.layers.base import AXES, OTHERWISE, STEM, Layer, folded, same
from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.opened import OUTSIDE, Leaf, Opened, Wire
from paramcalc.rows import Row
from paramcalc.shapes import Shapes, are_several, as_tuple

_Calls: TypeAlias = Sequence[Sequence[Wire]]

FACTS = ("output_shape", "params")
"""What is compared of a layer beside its arguments: what follows from them and from its input."""

FIELDS = ("name", "trainable", "inputs", "outputs", "tied", *FACTS)
"""What is compared of every layer, or of a model as a whole; the arguments of its class come to it."""


def diff(a: Model, b: Model, *, ignore: Iterable[str] = ()) -> Differences:
    """What differs between two models, layer by layer: the way from `a`, the first, to `b`, the second.

    Models in models are opened: it makes no difference how layers are grouped, nor whether a chain begins with an
    `Input` or is given its input shape. Arguments are compared by what they mean, so that a `pool_size` of 2 is one of
    (2, 2); layers also by their output shape and parameters, where the models know their input shapes, and by what
    they take from. Automatic names are not compared with each other, nor are the names of the models as a whole.
    `ignore` names what does not count: fields, as a `Change` has them, and classes of layers, which are passed over.

    Raises `ConfigError` for what is no model, for what is no field or class, and for models of more than a million
    calls.

    >>> from paramcalc import Conv2D, Flatten
    >>> a = Model([Input((8, 8, 3)), Conv2D(4, 3), Flatten()])
    >>> b = Model([Conv2D(4, 3, activation="relu", name="first"), Model([Flatten()])], in_shape=(8, 8, 3))
    >>> diff(a, b).rows[0].changes
    (Change(field='name', first='conv2d', second='first'), Change(field='activation', first=None, second='relu'))
    >>> diff(a, b, ignore=["name", "activation"]).rows
    ()
    """
    for subject, model in (("a", a), ("b", b)):
        if not isinstance(model, Model):
            raise ConfigError(subject, "a Model", shown(model))
    comparison = _Comparison(a, b, names_to_ignore(ignore))
    first, second = comparison.sides
    return Differences(tuple(comparison.rows()), first.totals, second.totals)


def names_to_ignore(ignore: Iterable[str]) -> tuple[str, ...]:
    """What is not to count, from any iterable.

    Raises `ConfigError` for what is no iterable of texts.

    >>> names_to_ignore(["name"])
    ('name',)
    """
    try:
        names = None if isinstance(ignore, str) else tuple(ignore)
    except Exception:  # noqa: BLE001 (a foreign iterator may raise anything)
        names = None
    if names is None or not all(isinstance(name, str) for name in names):
        raise ConfigError("ignore", "a list of names of fields and of classes of layers", shown(ignore))
    return names


class _Side:
    """One of the models: its leaves, and the facts of each where they are known."""

    def __init__(self, model: Model) -> None:
        opened = Opened(model)
        self.leaves, self.calls, self.outputs, self.order = opened.leaves, opened.calls, opened.outputs, opened.order
        self.facts: list[Row | None] = [None] * len(opened.leaves)
        self.totals = Totals(model.name or model.automatic_name, None, None, None)
        if model.in_shape is None:
            return
        try:
            summary = model.summary(depth=None)
        except ParamcalcError:
            return  # a count needs an axis that is open
        self.totals = Totals(self.totals.name, summary.total_params, summary.trainable_params, summary.macs)
        for leaf, row in zip(opened.rows, summary.rows, strict=True):
            if leaf is not None:
                self.facts[leaf] = row

    def source(self, wire: Wire) -> str:
        """The name of what a wire comes from, and which of its calls and outputs where it is not the first."""
        leaf, call, output = wire
        path = Input.automatic_name if leaf == OUTSIDE else self.leaves[leaf].path
        return path + f" (call {call + 1})" * bool(call) + f"[{output}]" * bool(output)

    def ties(self, leaf: int) -> list[tuple[str, int, str]]:
        """Each weight that is that of another leaf; where a whole layer is, its weights by their names."""
        found = []
        for weight, other, of in self.leaves[leaf].ties:
            rows = self.facts[leaf], self.facts[other]
            pairs = [(weight, of)]
            if not weight and not of and rows[0] is not None and rows[1] is not None:
                names = ([each.name for each in row.layer.weights(row.in_shape)] for row in rows if row is not None)
                pairs = list(zip(*names, strict=False))
            found += [(name, other, another) for name, another in pairs]
        return found

    def tied(self, leaf: int) -> tuple[str, ...]:
        """What a weight of a leaf is tied to, as it is read."""
        return tuple(
            f"{weight} = {self.leaves[other].path}/{of}" if of else self.leaves[other].path
            for weight, other, of in self.ties(leaf)
        )


class _Comparison:
    """The comparison of two models: a number for each thing, the same for things that count as equal."""

    def __init__(self, a: Model, b: Model, ignored: tuple[str, ...]) -> None:
        self.ignored = frozenset(ignored)
        self.numbers: dict[Hashable, int] = {}
        self.arguments: dict[int, tuple[object, ...]] = {}
        self.inner: dict[int, int] = {}
        self.fields: dict[type[Layer], tuple[attrs.Attribute[Any], ...]] = {}
        self.seen: set[Pair] = set()
        first = _Side(a)
        self.sides = first, first if a == b else _Side(b)
        self.items = [self.items_of(side) for side in self.sides]
        for index, name in enumerate(ignored):
            self.check(name, index)
        self.orders = [[at for at in side.order if self.counts(side.leaves[at])] for side in self.sides]
        items = [[items[at] for at in order] for items, order in zip(self.items, self.orders, strict=True)]
        self.aligned = aligned(items[0], items[1], self.likeness)
        self.pairs = [(self.orders[0][one], self.orders[1][other]) for one, other in self.aligned]
        self.pair_of = [{pair[end]: number for number, pair in enumerate(self.pairs)} for end in (0, 1)]
        self.calls_from: dict[tuple[int, tuple[int, ...]], int] = {}
        self.calls_left: dict[int, OrderedDict[int, None]] = {}
        self.origins = [self.origins_of(end) for end in (0, 1)]

    def counts(self, leaf: Leaf) -> bool:
        return type_name(type(leaf.layer)) not in self.ignored

    def check(self, name: str, index: int) -> None:
        """Raises `ConfigError` for the name of nothing that is compared."""
        if name not in FIELDS and name not in _names_in(self.fields):
            public = (getattr(paramcalc, each) for each in paramcalc.__all__)
            kinds = [kind for kind in public if isinstance(kind, type) and issubclass(kind, Layer)]
            known = dict.fromkeys([*FIELDS, *_names_in([*self.fields, *kinds])])
            if name not in known:
                raise ConfigError(
                    f"ignore[{index}]", "the name of a field or of a class", shown(name), nearest(name, known)
                )

    # Numbers for what is equal

    def number(self, thing: Hashable) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))

    def items_of(self, side: _Side) -> list[Item]:
        found = []
        for leaf, row in zip(side.leaves, side.facts, strict=True):
            value = self.value(leaf.layer, leaf.trainable, None if row is None else row.in_shape)
            is_named = any(leaf.own_names) and "name" not in self.ignored
            kind = self.number(("kind", type(leaf.layer)))
            found.append(Item(kind, value, self.number(leaf.own_names) if is_named else -1))
        return found

    def fields_of(self, kind: type[Layer]) -> tuple[attrs.Attribute[Any], ...]:
        """The arguments of a class that count; name and trainable hang on what is around a layer, too."""
        if kind not in self.fields:
            left_out = {"name", "trainable"} | self.ignored
            every = (field for field in attrs.fields(kind) if field.init and field.eq)
            self.fields[kind] = tuple(field for field in every if field.alias not in left_out)
        return self.fields[kind]

    def value(self, layer: Layer, trainable: bool, in_shape: Shapes | None) -> int:
        """The number of a layer but for its name."""
        arguments = [_meant(layer, field, in_shape) for field in self.fields_of(type(layer))]
        if layer._depth:
            arguments = [self.without_layers(argument) for argument in arguments]
        key = (type(layer), *arguments, trainable if "trainable" not in self.ignored else None)
        try:
            number = self.number(key)
        except Exception:  # noqa: BLE001 (a foreign argument may have no hash, and raise anything)
            number = self.number(("alone", id(layer)))
        self.arguments.setdefault(number, key)
        return number

    def without_layers(self, argument: object) -> object:
        """An argument with numbers in the places of layers."""
        if isinstance(argument, Layer):
            if id(argument) not in self.inner:
                self.inner[id(argument)] = self.value(argument, argument.trainable, None)
            return ("layer", self.inner[id(argument)])
        items = as_tuple(argument)
        return argument if items is None else tuple(map(self.without_layers, items))

    def likeness(self, one: int, other: int) -> int:
        first, second = self.arguments[one], self.arguments[other]
        return MOST_ALIKE * sum(map(same, first, second)) // (len(first) + 1)

    # Connections

    def origins_of(self, end: int) -> list[list[tuple[int, ...]]]:
        """For each call of each leaf where its inputs come from, and last the same for the outputs of the model.

        That is a call of a pair of leaves, which both sides have; what comes out of a leaf without a partner comes from
        where its inputs come from.
        """
        side, pair_of = self.sides[end], self.pair_of[end]
        outside = self.number("outside")
        given: dict[tuple[int, int], Hashable] = {}

        def origin(wire: Wire) -> int:
            source = outside if wire.leaf == OUTSIDE else given[wire.leaf, wire.call]
            return source if isinstance(source, int) and not wire.output else self.number((source, wire.output))

        found: list[list[tuple[int, ...]]] = [[] for _ in side.leaves]
        for leaf, call in side.calls:
            origins = tuple(map(origin, side.leaves[leaf].calls[call]))
            found[leaf].append(origins)
            if leaf in pair_of:
                same = (
                    self.same_call(pair_of[leaf], origins, call)
                    if end
                    else self.first_call(pair_of[leaf], origins, call)
                )
                given[leaf, call] = ("pair", pair_of[leaf], same)
            else:
                given[leaf, call] = ("joined", origins) if len(origins) > 1 else origins[0] if origins else outside
        return [*map(sorted, found), [tuple(map(origin, side.outputs))]]

    def first_call(self, pair: int, origins: tuple[int, ...], call: int) -> int:
        """The number of a call in the first model: calls of a layer are told apart by what they take alone."""
        self.calls_left.setdefault(pair, OrderedDict())[call] = None
        return self.calls_from.setdefault((pair, origins), call)

    def same_call(self, pair: int, origins: tuple[int, ...], call: int) -> int:
        """The number in the first model of a call in the second: that of one that takes the same, or else the next."""
        left = self.calls_left[pair]
        number = self.calls_from.get((pair, origins))
        if number is None:
            return left.popitem(last=False)[0] if left else len(self.sides[0].calls) + call
        left.pop(number, None)
        return number

    def ties(self, end: int, leaf: int) -> list[tuple[str, int, str]]:
        ties = self.sides[end].ties(leaf)
        return sorted((weight, self.pair_of[end].get(other, OUTSIDE), of) for weight, other, of in ties)

    # What differs

    def rows(self) -> Iterator[Difference]:
        """One row for each layer, in order, and one for the outputs of the model as a whole where they differ."""
        first, second = self.sides
        order, other_order = self.orders
        i = j = 0
        for end, other_end in (*self.aligned, (len(order), len(other_order))):
            yield from (_alone("removed", first, leaf) for leaf in order[i:end])
            yield from (_alone("added", second, leaf) for leaf in other_order[j:other_end])
            i, j = end + 1, other_end + 1
            if end < len(order):
                one = order[end]
                found = self.changes(one, other_order[other_end])
                changes = tuple(change for change in found if change.field not in self.ignored)
                kind: Kind = "changed" if changes else "equal"
                if [change.field for change in changes] == ["name"]:
                    kind = "renamed"
                leaf = first.leaves[one]
                yield Difference(kind, leaf.path, type_name(type(leaf.layer)), changes)
        if self.origins[0][-1] != self.origins[1][-1] and "outputs" not in self.ignored:
            change = self.rewired("outputs", [first.outputs], [second.outputs])
            yield Difference("changed", first.totals.name, Model.__name__, (change,))

    def changes(self, one: int, other: int) -> Iterator[Change]:
        """The fields in which two leaves differ that belong together."""
        first, second = self.sides
        leaf, partner = first.leaves[one], second.leaves[other]
        row, partner_row = first.facts[one], second.facts[other]
        if leaf.path != partner.path and _have_names(leaf, partner):
            yield Change("name", leaf.path, partner.path)
        if leaf.layer._depth or self.items[0][one].value != self.items[1][other].value:
            shapes = (None, None) if row is None or partner_row is None else (row.in_shape, partner_row.in_shape)
            self.seen.clear()
            trained = leaf.trainable and partner.trainable
            changes = self.unequal_arguments(leaf.layer, partner.layer, "", shapes, trained=trained)
            # Where the output shapes are known, they say it
            yield from (change for change in changes if shapes[0] is None or change.field not in FACTS)
            if leaf.trainable != partner.trainable:
                yield Change("trainable", leaf.trainable, partner.trainable)
        if self.origins[0][one] != self.origins[1][other]:
            yield self.rewired("inputs", first.leaves[one].calls, second.leaves[other].calls)
        if self.ties(0, one) != self.ties(1, other):
            yield Change("tied", first.tied(one), second.tied(other))
        if row is not None and partner_row is not None:
            for fact in FACTS:
                if getattr(row, fact) != getattr(partner_row, fact):
                    yield Change(fact, getattr(row, fact), getattr(partner_row, fact))

    def rewired(self, field: str, calls: _Calls, other_calls: _Calls) -> Change:
        """The change of what comes in, by the names of each side, or by those of the first where these are the same."""
        first, second = self.sides

        def name_in_first(wire: Wire) -> str:
            pair = self.pair_of[1].get(wire.leaf)
            return second.source(wire) if pair is None else first.source(wire._replace(leaf=self.pairs[pair][0]))

        names, others = _named(calls, first.source), _named(other_calls, second.source)
        return Change(field, names, _named(other_calls, name_in_first) if names == others else others)

    def unequal_arguments(
        self, one: Layer, other: Layer, prefix: str, in_shapes: Sequence[Shapes | None], *, trained: bool
    ) -> Iterator[Change]:
        """The arguments in which two layers of one class differ, or the arguments of layers in them."""
        for field in self.fields_of(type(one)):
            if not same(*(_meant(layer, field, shape) for layer, shape in zip((one, other), in_shapes, strict=True))):
                yield from self.unequal(
                    f"{prefix}{field.alias}", _value(one, field), _value(other, field), trained=trained
                )

    def unequal(self, field: str, first: Any, second: Any, *, trained: bool) -> Iterator[Change]:
        """The changes from one argument to another; `trained` says that what is around them is so in both models."""
        items, others = as_tuple(first), as_tuple(second)
        if isinstance(first, Layer) and type(first) is type(second):
            if (id(first), id(second)) in self.seen:
                return
            self.seen.add((id(first), id(second)))
            names = [layer.name or layer.automatic_name for layer in (first, second)]
            if names[0] != names[1] and "name" not in self.ignored:
                yield Change(f"{field}.name", *names)
            if trained and first.trainable != second.trainable and "trainable" not in self.ignored:
                yield Change(f"{field}.trainable", first.trainable, second.trainable)
            trained = trained and first.trainable and second.trainable
            yield from self.unequal_arguments(first, second, f"{field}.", (None, None), trained=trained)
        elif items and others and len(items) == len(others) and isinstance(items[0], Layer):
            for index, (item, another) in enumerate(zip(items, others, strict=True)):
                if not same(item, another):
                    yield from self.unequal(f"{field}[{index}]", item, another, trained=trained)
        else:
            yield Change(field, first, second)


def _named(calls: _Calls, name: Callable[[Wire], str]) -> tuple[Any, ...]:
    """The names of what goes in, in a tuple for each call where there are several."""
    named = tuple(tuple(map(name, wires)) for wires in calls)
    return named[0] if len(named) == 1 else named


def _value(layer: Layer, field: attrs.Attribute[Any]) -> Any:
    """An argument, or what stands for it where it is None."""
    value = getattr(layer, field.name)
    if value is None and OTHERWISE in field.metadata:
        return getattr(layer, field.metadata[OTHERWISE])
    return value


def _meant(layer: Layer, field: attrs.Attribute[Any], in_shape: Shapes | None) -> object:
    """An argument in the one form that all ways to write it have in common."""
    value = _value(layer, field)
    if STEM in field.metadata and isinstance(value, tuple):
        return folded(value, len(value))
    if AXES in field.metadata and in_shape:
        axes = 1 + len(in_shape[0] if are_several(in_shape) else in_shape)
        return tuple(axis % axes for axis in value) if isinstance(value, tuple) else value and value % axes
    return value


def _have_names(*leaves: Leaf) -> bool:
    """Whether the names of two leaves are more than numbers that were given to them."""
    own_names = [leaf.own_names for leaf in leaves]
    return own_names[0] != own_names[1] and any(name for names in own_names for name in names)


def _alone(kind: Kind, side: _Side, leaf: int) -> Difference:
    """A layer that only one of the models has."""
    path, layer, row = side.leaves[leaf].path, side.leaves[leaf].layer, side.facts[leaf]
    facts = {} if row is None else {fact: getattr(row, fact) for fact in FACTS}
    values = {"layer": layer, **facts}.items()
    removed = kind == "removed"
    changes = (Change(field, value, None) if removed else Change(field, None, value) for field, value in values)
    return Difference(kind, path, type_name(type(layer)), tuple(changes))


def _names_in(kinds: Iterable[type[Layer]]) -> Iterator[str]:
    """The names of classes and of their arguments."""
    for kind in kinds:
        yield kind.__name__
        yield from (field.alias for field in attrs.fields(kind) if field.init)
