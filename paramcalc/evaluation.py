"""How a model is evaluated: its calls one after the other.

Knows: what a call is given, and which weights have been counted before. Must not know: any family of layers, names.

There is one evaluator for all questions, `evaluation`. It goes through the calls in order, without recursion but into
models inside models; a chain has no calls written out, and each of its layers takes what the one before it gives.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from paramcalc.errors import ParamcalcError, ShapeError, shown
from paramcalc.layers.base import Layer, Memo, Tally
from paramcalc.shapes import Shape, Shapes, one_by_one
from paramcalc.tied import Listed, Repeat, Repeats, repeats_of

if TYPE_CHECKING:
    from paramcalc.graph import Source
    from paramcalc.model import Model

MOST_SHAPES = 1_000
"""On how many different shapes a model may be called in one evaluation: each model in it may double their number."""


class Placement(NamedTuple):
    """A layer of a model as one evaluation finds it.

    Attributes: `name`; `layer`; `in_shape` and `tally` (output shape, parameters, how many of them are trained) of its
    first call; `in_shapes`, of all its calls; `sources`, what the first call takes: the position of a layer, and which
    of its outputs; `later_sources`, the same for each later call; `repeats`, which of its weights are tied to some that
    came before, and so not in `tally`.
    """

    name: str
    layer: Layer
    in_shape: Shapes
    tally: Tally
    in_shapes: tuple[Shapes, ...]
    sources: tuple[tuple[int, int], ...]
    later_sources: tuple[tuple[tuple[int, int], ...], ...]
    repeats: Repeats


def count_shape(model: Model, question: str, memo: Memo) -> None:
    """Counts one more input shape on which a model is asked something. Raises `ShapeError` where they do not end."""
    key = (id(model), f"shapes of {question}", ())
    memo[key] = memo.get(key, 0) + 1
    if memo[key] > MOST_SHAPES:
        raise ShapeError("a model in models", f"called on at most {MOST_SHAPES} different shapes", "another")


def order(model: Model) -> Iterable[tuple[int, tuple[Source, ...] | None]]:
    """Each call: the position of its layer, and its sources; None is the call before, the input for the first."""
    return model.calls or zip(range(len(model.layers)), repeat(None))


def evaluation(
    model: Model, in_shape: Shapes, memo: Memo, results: list[Shapes], *, counted: bool = True
) -> Iterator[tuple[int, Layer, Shapes, Tally]]:
    """Each call in order: the position of its layer, the layer, what goes into it, and what it answers.

    The output shapes of a graph's calls are put into `results`. Unless `counted`, only shapes are asked for.
    """
    model._require_fit(in_shape)
    given = dict(zip(model.inputs, one_by_one(in_shape), strict=False))
    layers, shared = model.layers, model._shared
    first: dict[int, Shapes] = {}
    shape, position = in_shape, 0
    try:
        for position, sources in order(model):
            layer = layers[position]
            if sources is not None:
                shape = layer._gathered(_taken(results, sources)) if sources else given[len(results)]
            tally = layer._tally(shape, memo) if counted else (layer._output_shape(shape, memo), 0, 0)
            if position in shared:
                if position in first:
                    tally = _again(layer, shape, tally, first[position], memo if counted else None)
                first.setdefault(position, shape)
            yield position, layer, shape, tally
            shape = tally[0]
            if sources is not None:
                results.append(shape)
    except ParamcalcError as error:
        model._locate(error, position, shape)
        raise


def _taken(results: Sequence[Shapes], sources: tuple[Source, ...]) -> tuple[Shape, ...]:
    """The shapes that calls gave out, of which a source may take one of several."""
    shapes: list[Shape] = []
    for call, output in sources:
        shape: Any = results[call]
        if output or (shape and type(shape[0]) is tuple):  # which few have
            given = one_by_one(shape)
            if output >= len(given):
                expected = f"one of the {len(given)} that it has"
                raise ShapeError(f"the output taken of call {call}", expected, f"{output}")
            shape = given[output]
        shapes.append(shape)
    return tuple(shapes)


def _again(layer: Layer, in_shape: Shapes, tally: Tally, first: Shapes, memo: Memo | None) -> Tally:
    """A later call of a layer: its weights are those of the first, and have been counted."""
    if memo is not None and in_shape != first and not layer._has_the_same_weights(first, in_shape, memo):
        expected, got = ([weight.shape for weight in layer.weights(shape)] for shape in (first, in_shape))
        wanted = f"one on which the weights are those of the first call, {shown(expected)}"
        raise ShapeError("in_shape", wanted, f"{shown(in_shape)}, on which they are {shown(got)}")
    return tally[0], 0, 0


def have_the_same_weights(model: Model, one: Shapes, other: Shapes, memo: Memo) -> bool:
    """Whether all layers in the model have weights of the same shapes on two input shapes of the model."""
    key = (id(model), "the same weights", (*one_by_one(one), *one_by_one(other)))
    if key not in memo:
        # Each shape is compared with the first that there was: of pairs, there are endless many in models in models
        first = memo.setdefault((id(model), "first", ()), one)
        memo[key] = (
            first != one and all(have_the_same_weights(model, first, shape, memo) for shape in (one, other))
        ) or _have_the_same_weights(model, one, other, memo)
    return bool(memo[key])


def _have_the_same_weights(model: Model, one: Shapes, other: Shapes, memo: Memo) -> bool:
    both = zip(evaluation(model, one, memo, [], counted=False), evaluation(model, other, memo, []), strict=True)
    return all(
        first == second or layer._has_the_same_weights(first, second, memo)
        for (_, layer, first, _), (_, _, second, _) in both
    )


def tally_of(model: Model, in_shape: Shapes, memo: Memo) -> Tally:
    """What comes out of the model, and how much it counts."""
    shape, total, trained = _added(model, in_shape, memo, counted=True)
    return _without((shape, total, trained), repeats_in(model, in_shape, memo), trainable=model.trainable)


def output_shape_of(model: Model, in_shape: Shapes, memo: Memo) -> Shapes:
    """The output shape alone, which may be known where the weights are not."""
    return _added(model, in_shape, memo, counted=False)[0]


def _added(model: Model, in_shape: Shapes, memo: Memo, *, counted: bool) -> Tally:
    total = trained = 0
    shape = in_shape
    results: list[Shapes] = []
    for _, _, _, tally in evaluation(model, in_shape, memo, results, counted=counted):
        shape, own_total, own_trained = tally
        total += own_total
        trained += own_trained
    if model.outputs:
        ends = _taken(results, model.outputs)
        shape = ends[0] if len(ends) == 1 else ends
    return shape, total, trained


def _without(tally: Tally, repeats: Repeats, *, trainable: bool) -> Tally:
    """The same without what has been counted before, and with nothing trained where all is frozen."""
    output_shape, total, trained = tally
    for weight, _ in repeats.values():
        total -= weight.size
        trained -= weight.size if weight.trainable else 0
    return output_shape, total, trained if trainable else 0


def repeats_in(model: Model, in_shape: Shapes, memo: Memo) -> Repeats:
    """The weights of the model that are tied to some that came before, by their paths in it."""
    return model._remembered("repeats", _repeats_found, in_shape, memo) if model.tied else {}


def _repeats_found(model: Model, in_shape: Shapes, memo: Memo) -> Repeats:
    return repeats_of(model.tied, _all_listed(model, in_shape, memo, model._tied), model._holds)


def _all_listed(model: Model, in_shape: Shapes, memo: Memo, positions: Container[int]) -> list[Listed]:
    """Every weight of the layers at these positions, with the paths that models inside give it."""
    first: dict[int, Shapes] = {}
    for position, _, shape, _ in evaluation(model, in_shape, memo, [], counted=False):
        if position in positions:
            first.setdefault(position, shape)
    names = model.names
    return [
        Listed(f"{names[position]}/{path}", weight, f"{names[position]}/{counted}")
        for position, shape in first.items()
        for path, weight, counted in model._located(names[position], shape, model.layers[position]._listed, shape, memo)
    ]


def listed_in(model: Model, in_shape: Shapes, memo: Memo) -> tuple[Listed, ...]:
    """Every weight of the model with its path, and the path under which it counts."""
    repeats = repeats_in(model, in_shape, memo)
    frozen = not model.trainable
    return tuple(
        Listed(path, attrs.evolve(weight, trainable=False) if frozen else weight,
               repeats[counted].first if counted in repeats else counted)
        for path, weight, counted in _all_listed(model, in_shape, memo, range(len(model)))
    )  # fmt: skip


def placed(model: Model, in_shape: Shapes, memo: Memo, repeats: Repeats | None = None) -> Iterator[Placement]:
    """Each layer in order, one by one, at its first call; `repeats` are given where models around tie weights, too."""
    names = model.names
    repeated: dict[int, dict[str, Repeat]] = {}
    for path, found in (repeats_in(model, in_shape, memo) if repeats is None else repeats).items():
        position = model._position_in(path)
        repeated.setdefault(position, {})[path[len(names[position]) + 1 :]] = found
    calls: Iterable[tuple[int, Layer, Shapes, Tally]] = evaluation(model, in_shape, memo, [])
    later: dict[int, list[tuple[int, Shapes]]] = {position: [] for position in model._shared}
    if later:
        calls = list(calls)
        for number, (position, _, shape, _) in enumerate(calls):
            if position in later:
                later[position].append((number, shape))
    following = 0
    for number, (position, layer, shape, tally) in enumerate(calls):
        if position < following:
            continue
        following += 1
        in_shapes: tuple[Shapes, ...] = (shape,)
        others: tuple[tuple[tuple[int, int], ...], ...] = ()
        if position in later:
            numbers, in_shapes = zip(*later[position], strict=True)
            others = tuple(_taken_from(model, each, shape) for each in numbers[1:])
        own = repeated.get(position, {})
        counted = _without(tally, own, trainable=model.trainable) if own or not model.trainable else tally
        before = _taken_from(model, number, shape)
        yield Placement(names[position], layer, shape, counted, in_shapes, before, others, own)


def _taken_from(model: Model, call: int, in_shape: Shapes) -> tuple[tuple[int, int], ...]:
    """The layers that a call takes from, by their positions, and which of their outputs."""
    calls = model.calls
    if calls:
        return tuple([(calls[before].layer, output) for before, output in calls[call].inputs])
    return tuple([(call - 1, output) for output in range(len(one_by_one(in_shape)))]) if call else ()
