"""A chain of layers, which is itself a layer.

Knows: how layers are named, placed and evaluated one after the other. Must not know: any family of layers, tables.

A model is a value: compared, hashed, pickled and evolved by its layers. What follows from them (names, totals where
the input shape is known) is computed once, when it is made, and so a wrong model is refused then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs

from paramcalc.errors import ConfigError, ParamcalcError, Place, ShapeError, shown, type_name
from paramcalc.layers.base import Layer, Memo, Tally
from paramcalc.layers.core import Input
from paramcalc.shapes import Shape, Shapes, ShapesLike, as_int, as_shapes, require_fit
from paramcalc.weights import Weight
from paramcalc.windows import Window

if TYPE_CHECKING:
    from paramcalc.explain import Explanation
    from paramcalc.summary import DType, Summary

Answer = TypeVar("Answer")
DEEPEST = 100
"""How deep models may be nested in models."""


def _layers(value: Iterable[Layer]) -> tuple[Layer, ...]:
    if isinstance(value, Layer) or not isinstance(value, Iterable):
        raise ConfigError("layers", "a list of layers", shown(value))
    try:
        layers = tuple(value)
    except Exception as error:
        raise ConfigError("layers", "a list of layers", f"{shown(error)} from {shown(value)}") from error
    if not layers:
        raise ConfigError("layers", "at least one layer", "none")
    for position, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise _no_layer(position, layer)
        if position and isinstance(layer, Input):
            raise ConfigError(
                f"layers[{position}]", "another layer than Input, which can only be the first", shown(layer)
            )
    return layers


def _no_layer(position: int, value: object) -> ConfigError:
    hint = ""
    if isinstance(value, type) and issubclass(value, Layer):
        hint = f"write {value.__name__}(...), with parentheses"
    return ConfigError(f"layers[{position}]", "a layer", shown(value), hint)


def _given(value: ShapesLike | None) -> Shapes | None:
    return None if value is None else as_shapes(value, "in_shape", ConfigError)


def _numbered(layers: tuple[Layer, ...]) -> dict[str, int]:
    """The name of each layer, in order, with its position: its own, or its class's with a number when taken."""
    taken: dict[str, int] = {}
    for index, name in [(index, layer.name) for index, layer in enumerate(layers) if layer.name is not None]:
        if name in taken:
            got = f"{shown(name)} for layers[{taken[name]}] and layers[{index}]"
            raise ConfigError("the names of layers", "different", got)
        taken[name] = index
    names: dict[str, int] = {}
    counters: dict[str, int] = {}
    for index, layer in enumerate(layers):
        name = layer.name or ""
        if not name:
            base = layer.automatic_name
            number = counters.get(base, 0)
            name = f"{base}_{number}" if number else base
            while name in taken:
                number += 1
                name = f"{base}_{number}"
            counters[base] = number + 1
        names[name] = index
    return names


@attrs.frozen(repr=False, cache_hash=True)
class Model(Layer):
    """Layers one after the other: what comes out of one goes into the next. A model is a layer, so models nest.

    Arguments: `layers`, any iterable of layers, the first of which may be an `Input`; by keyword `in_shape`, the
    input shape where there is no `Input`, or what its None axes are; `name`; `trainable`, False to freeze all weights.

    Attributes: `layers`; `names`, one for each; `in_shape`, the input shape, or None where neither an `Input` nor the
    argument says it. Where it is known, every method may be called without one. `len`, iteration, `model[2]`,
    `model["conv2d_1"]` and `in` (for a layer or a name) work on the layers.

    Raises `ConfigError` for no layers, for what is no layer, for an `Input` that is not the first, for two layers with
    the same name and for models nested more than 100 deep; `ShapeError`, with the layer's position and name and its
    input shape, where the layers do not fit together.

    >>> from paramcalc import Conv2D, Flatten
    >>> model = Model([Conv2D(8, 5), Conv2D(16, 5), Flatten()], in_shape=(32, 32, 3))
    >>> model.output_shape(), model.params(), model.names
    ((9216,), 3824, ('conv2d', 'conv2d_1', 'flatten'))
    >>> model["conv2d_1"]
    Conv2D(16, 5)
    """

    layers: tuple[Layer, ...] = attrs.field(converter=_layers)
    _given: Shapes | None = attrs.field(default=None, converter=_given, alias="in_shape", kw_only=True)
    in_shape: Shapes | None = attrs.field(init=False, eq=False)
    _positions: dict[str, int] = attrs.field(init=False, eq=False)
    _depth: int = attrs.field(init=False, eq=False)
    _known: Tally | None = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        put = object.__setattr__
        put(self, "_positions", _numbered(self.layers))
        depth = 1 + max([layer._depth for layer in self.layers if isinstance(layer, Model)], default=0)
        if depth > DEEPEST:
            raise ConfigError("models in models", f"at most {DEEPEST} deep", str(depth))
        put(self, "_depth", depth)
        first = self.layers[0]
        own = first.shape if isinstance(first, Input) else first.in_shape if isinstance(first, Model) else None
        if own is not None and self._given == own:
            put(self, "_given", None)
        put(self, "in_shape", own if self._given is None else self._given)
        put(self, "_known", None)
        if self.in_shape is not None and None not in self.in_shape:
            put(self, "_known", self._evaluated(self.in_shape, {}))
        elif self.in_shape is not None:
            # The weights may need an axis that comes later
            self._passed_on(self.in_shape, {})

    # The layers

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the layers, in order.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2), Dense(1, name="output")]).names
        ('dense', 'dense_1', 'output')
        """
        return tuple(self._positions)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __contains__(self, item: object) -> bool:
        return item in self._positions if isinstance(item, str) else item in self.layers

    @overload
    def __getitem__(self, key: int | str) -> Layer: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Layer, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Layer | tuple[Layer, ...]:
        if isinstance(key, str):
            if key not in self._positions:
                raise ConfigError("the name of a layer", f"one of {shown(list(self._positions))}", shown(key))
            return self.layers[self._positions[key]]
        size = len(self.layers)
        index = key if isinstance(key, slice) else as_int(key)
        try:
            if index is not None:
                return self.layers[index]
        except (TypeError, IndexError, ValueError):
            pass
        raise ConfigError("the index of a layer", f"a name, a slice, or an int from {-size} to {size - 1}", shown(key))

    # The answers, which a model gives without an input shape where it knows it

    def output_shape(self, in_shape: ShapesLike | None = None) -> Shape | Any:
        """The shape that comes out of the last layer.

        Raises `ShapeError`, with the layer's place, where a layer does not fit.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).output_shape((3,))
        (2,)
        """
        return self._output_shape(self._start(in_shape), {})

    def weights(self, in_shape: ShapesLike | None = None) -> tuple[Weight, ...]:
        """The arrays of all layers, in order, each under `layer/weight` as its name.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> [weight.name for weight in Model([Dense(4), Dense(2)]).weights((3,))]
        ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']
        """
        return super().weights(self._start(in_shape))

    def params(self, in_shape: ShapesLike | None = None) -> int:
        """How many parameters all layers have together, trained or not.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).params((3,))
        26
        """
        return self._tally(self._start(in_shape), {})[1]

    def macs(self, in_shape: ShapesLike | None = None) -> int | None:
        """The multiply-adds of all layers together, or None where those of one are not known.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).macs((3,))
        20
        """
        return self._cost("compute_macs", self._start(in_shape), {})

    def connections(self, in_shape: ShapesLike | None = None) -> int | None:
        """The connections of all layers together, or None where those of one are not known.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).connections((3,))
        26
        """
        return self._cost("compute_connections", self._start(in_shape), {})

    def explain(self, in_shape: ShapesLike | None = None) -> Explanation:
        """Where every number of every layer comes from, and then the totals.

        Raises `ShapeError` as `output_shape` does.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).explain((3,)).steps[-1].words
        'dense + dense_1'
        """
        from paramcalc.explain import explain_model  # a later room: loaded when it is asked for

        return explain_model(self, self._start(in_shape))

    def summary(self, in_shape: ShapesLike | None = None, *, dtype: DType = "float32") -> Summary:
        """The facts of every layer and the totals, which print as the table that Keras users know.

        `dtype` is what one number is stored as, for the sizes in bytes. Raises `ShapeError` as `output_shape` does,
        and `ConfigError` for a dtype that is not known.

        >>> from paramcalc import Dense
        >>> Model([Dense(4), Dense(2)]).summary((3,)).total_params
        26
        """
        from paramcalc.summary import summarise  # a later room: loaded when it is asked for

        return summarise(self, self._start(in_shape), dtype)

    def _start(self, in_shape: ShapesLike | None) -> Shapes:
        if in_shape is not None:
            return as_shapes(in_shape)
        if self.in_shape is None:
            hint = "or begin the model with an Input"
            raise ShapeError("in_shape", "given, because the model does not say it", "None", hint)
        return self.in_shape

    # How they are put together

    def _require_fit(self, in_shape: Shapes) -> None:
        if self.in_shape is not None:
            require_fit(in_shape, self.in_shape, "as the model says")

    def _placed(self, in_shape: Shapes, memo: Memo) -> Iterator[tuple[str, Layer, Shapes, Tally]]:
        """Each layer in order: its name, itself, its input shape, and its tally there."""
        self._require_fit(in_shape)
        shape = in_shape
        for name, layer in zip(self._positions, self.layers, strict=True):
            output_shape, total, trained = self._located(name, shape, layer._tally, shape, memo)
            yield name, layer, shape, (output_shape, total, trained if self.trainable else 0)
            shape = output_shape

    def _remembered(
        self, question: str, answer: Callable[[Shapes, Memo], Answer], in_shape: Shapes, memo: Memo
    ) -> Answer:
        """The answer, found once in an evaluation: a model that stands in another many times is looked at once."""
        key = (id(self), question, in_shape)
        if key not in memo:
            memo[key] = answer(in_shape, memo)
        found: Answer = memo[key]
        return found

    def _output_shape(self, in_shape: Shapes, memo: Memo) -> Shapes:
        if self._known is not None and in_shape == self.in_shape:
            return self._known[0]
        return self._remembered("output shape", self._passed_on, in_shape, memo)

    def _passed_on(self, in_shape: Shapes, memo: Memo) -> Shapes:
        """The output shape alone, which may be known where the weights are not."""
        self._require_fit(in_shape)
        shape = in_shape
        for name, layer in zip(self._positions, self.layers, strict=True):
            shape = self._located(name, shape, layer._output_shape, shape, memo)
        return shape

    def _located(self, name: str, in_shape: Shapes, answer: Callable[..., Answer], *arguments: object) -> Answer:
        """What a layer answers, or its error with its place."""
        try:
            return answer(*arguments)
        except ParamcalcError as error:
            self._locate(error, name, in_shape)
            raise

    def _locate(self, error: ParamcalcError, name: str, in_shape: Shapes) -> None:
        position = self._positions[name]
        error.inside(Place(position, name, type_name(type(self.layers[position])), in_shape))

    def _tally(self, in_shape: Shapes, memo: Memo) -> Tally:
        if self._known is not None and in_shape == self.in_shape:
            return self._known
        return self._remembered("tally", self._evaluated, in_shape, memo)

    def _evaluated(self, in_shape: Shapes, memo: Memo) -> Tally:
        # A loop of its own, as short as can be: it is what building a model costs
        self._require_fit(in_shape)
        shape, position, total, trained = in_shape, 0, 0, 0
        try:
            for position, layer in enumerate(self.layers):  # noqa: B007 (read when a layer refuses its input)
                shape, own_total, own_trained = layer._tally(shape, memo)
                total += own_total
                trained += own_trained
        except ParamcalcError as error:
            self._locate(error, self.names[position], shape)
            raise
        return shape, total, trained if self.trainable else 0

    def _cost(self, hook: str, in_shape: Shapes, memo: Memo) -> int | None:
        return self._remembered(hook, partial(self._added_up, hook), in_shape, memo)

    def _added_up(self, hook: str, in_shape: Shapes, memo: Memo) -> int | None:
        costs = [
            self._located(name, shape, layer._cost, hook, shape, memo)
            for name, layer, shape, _ in self._placed(in_shape, memo)
        ]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        """Hook: what comes out of the last layer."""
        return self._output_shape(in_shape, {})

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        """Hook: the weights of all layers, in order."""
        return tuple(
            attrs.evolve(weight, name=f"{name}/{weight.name}")
            for name, layer, shape, _ in self._placed(in_shape, {})
            for weight in layer.weights(shape)
        )

    def compute_windows(self, in_shape: Shapes) -> tuple[Window, ...] | None:
        """Hook: what one output of the last layer sees of the model's input."""
        from paramcalc.receptive_fields import receptive_fields  # few ask for it: loaded when they do

        (field,) = receptive_fields([(self, in_shape)])
        return () if field is not None and set(field) <= {Window(1)} else field

    def _repr_html_(self) -> str | None:
        try:
            return self.summary().to_html()
        except ShapeError:
            return None  # the input shape is open

    def _in_short(self) -> str:
        """How messages name a model, which may hold more layers than could be printed."""
        return f"<Model of {len(self.layers)} layers>"
