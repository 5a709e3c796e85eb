"""Mistakes that are made in a layer inside another: in a wrapper, or all through a model.

Knows: how what is wrong inside changes the whole. Must not know: any particular mistake.

In a model, a mistake in counts changes the count of every layer in which it can be made; a mistake in shapes is
followed from layer to layer, each of which is counted rightly on the wrong shape that reaches it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from paramcalc.errors import ParamcalcError
from paramcalc.evaluation import Placement, placed, repeats_in
from paramcalc.grading.outcomes import About, Made, Outcome, Reading
from paramcalc.layers.base import Layer, Memo, Tally
from paramcalc.layers.core import Input
from paramcalc.layers.passing import Identity
from paramcalc.layers.wrappers import Bidirectional, SpectralNormalization, TimeDistributed
from paramcalc.model import Model
from paramcalc.shapes import Shapes, are_several
from paramcalc.weights import Weight

if TYPE_CHECKING:
    from paramcalc.grading.mistakes import Mistake

MOST_LAYERS = 50
"""In a larger model no mistake is sought all through it: the time that an answer takes is bounded."""


def made_inside(mistake: Mistake, layer: Layer, in_shape: Any) -> Iterator[Made]:
    """Every outcome of a mistake that is made in the layer that a wrapper holds.

    >>> from paramcalc import Dense
    >>> from paramcalc.grading.table import BY_NAME
    >>> [made.answer("params") for made in made_inside(BY_NAME["no_bias"], TimeDistributed(Dense(10)), (5, 84))]
    [840]
    """
    yield from WRAPPERS[type(layer)](mistake, layer, in_shape)


# Wrappers


def _in_every_step(mistake: Mistake, layer: TimeDistributed, in_shape: Any) -> Iterator[Made]:
    for outcome, inside, shape in mistake.made(layer.layer, in_shape[1:]):
        whole: Outcome = outcome
        if isinstance(outcome, Reading):
            step: Any = outcome.in_shape
            whole = Reading(attrs.evolve(layer, layer=outcome.layer), (in_shape[0], *step))
        elif not isinstance(outcome, int) and not are_several(outcome):
            whole = (in_shape[0], *outcome)
        yield Made(whole, inside, shape)


def _in_both_directions(mistake: Mistake, layer: Bidirectional, in_shape: Any) -> Iterator[Made]:
    if layer.backward_layer is not None:
        return
    for outcome, inside, shape in mistake.made(layer.layer, in_shape):
        if isinstance(outcome, Reading):
            yield Made(Reading(attrs.evolve(layer, layer=outcome.layer), outcome.in_shape), inside, shape)
        elif isinstance(outcome, int):
            yield Made(2 * outcome, inside, shape)


def _in_the_normalised(mistake: Mistake, layer: SpectralNormalization, in_shape: Any) -> Iterator[Made]:
    for outcome, inside, shape in mistake.made(layer.layer, in_shape):
        whole: Outcome = outcome
        if isinstance(outcome, Reading):
            whole = Reading(attrs.evolve(layer, layer=outcome.layer), outcome.in_shape)
        elif isinstance(outcome, int):
            whole = outcome + layer.params(in_shape) - layer.layer.params(in_shape)
        yield Made(whole, inside, shape)


def _in_the_rest(mistake: Mistake, layer: Once, in_shape: Any) -> Iterator[Made]:
    repeated = sum(weight.size for weight in layer.layer.weights(in_shape) if weight.name in layer.repeated)
    for outcome, inside, shape in mistake.made(layer.layer, in_shape):
        if isinstance(outcome, Reading):
            yield Made(Reading(attrs.evolve(layer, layer=outcome.layer), outcome.in_shape), inside, shape)
        elif not isinstance(outcome, int):
            yield Made(outcome, inside, shape)
        elif outcome >= repeated:
            yield Made(outcome - repeated, inside, shape)


@attrs.frozen(repr=False)
class Once(Layer):
    """A layer in a model that has weights in common with layers before it: those, by their names, are not its own.

    >>> from paramcalc import Dense
    >>> Once(Dense(10), frozenset({"kernel"})).params((84,))
    10
    """

    several_inputs = True

    layer: Layer
    repeated: frozenset[str]

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        """Hook: that of the layer."""
        return self.layer.output_shape(in_shape)

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        """Hook: those that have not been counted before."""
        return tuple(weight for weight in self.layer.weights(in_shape) if weight.name not in self.repeated)

    def layout(self, in_shape: Any, before: str | None) -> str:
        """Hook: that of the layer."""
        return self.layer.layout(in_shape, before)


def of_its_own(one: Placement) -> Layer:
    """The layer, without what it has in common with layers before it.

    >>> from paramcalc import Dense
    >>> model = Model([Dense(8), Dense(8)], in_shape=(8,), tied=[("dense", "dense_1")])
    >>> [of_its_own(one).params((8,)) for one in placed(model, (8,), {})]
    [72, 0]
    """
    return Once(one.layer, frozenset(one.repeats), name=one.layer.name) if one.repeats else one.layer


WRAPPERS: dict[type[Layer], Callable[[Mistake, Any, Any], Iterator[Made]]] = {
    Once: _in_the_rest,
    TimeDistributed: _in_every_step,
    Bidirectional: _in_both_directions,
    SpectralNormalization: _in_the_normalised,
}
"""Each class of layers that hold another, and what a mistake in that one makes of the whole."""


# Models


class Whole:
    """A model on an input shape, in which mistakes are sought that would be made in every layer.

    >>> from paramcalc import Dense, Flatten, Pool
    >>> from paramcalc.grading.table import BY_NAME
    >>> whole = Whole(Model([Pool(2), Flatten(), Dense(128)]), (41, 64))
    >>> [made.answer("params") for made in whole.made(BY_NAME["no_bias"], "params")]
    [163840]
    >>> [made.answer("params") for made in whole.made(BY_NAME["rounded_up"], "params")]
    [172160]
    """

    def __init__(self, model: Model, in_shape: Shapes) -> None:
        self._model = model
        self._in_shape = in_shape
        self._layers: list[Placement] = []
        self._leaves: list[tuple[int, Placement]] = []
        try:
            self._layers = list(islice(placed(model, in_shape, {}), MOST_LAYERS + 1))
            leaves = ((number, leaf) for number, one in enumerate(self._layers) for leaf in _leaves(one))
            found = list(islice(leaves, MOST_LAYERS + 1))
        except ParamcalcError:  # an open axis that a count needs
            return
        if len(found) <= MOST_LAYERS:
            self._leaves = found

    def made(self, mistake: Mistake, about: About) -> Iterator[Made]:
        """Every outcome of a mistake that is made all through the model, with the first layer that it was made in.

        A wrong shape leads to wrong counts behind it.
        """
        concerned = self._concerned(mistake)
        if concerned and about == "params" and about in mistake.about:
            yield from self._counted(mistake, concerned)
        for rest in self._followed(mistake, concerned):
            outcome: Outcome = Reading(rest.model, rest.in_shape)
            if about == "params":
                count = Made(outcome, rest.model, rest.in_shape).answer(about)
                outcome = () if count is None else sum(one.tally[1] for one in self._layers[: rest.start]) + count
            yield Made(outcome, rest.first.layer, rest.first.in_shape)

    def made_before(self, mistake: Mistake, position: int) -> Iterator[Made]:
        """What the layer at a position is rightly, on the wrong shape that reaches it from a mistake before it.

        >>> from paramcalc import Dense, Flatten, Pool
        >>> from paramcalc.grading.table import BY_NAME
        >>> whole = Whole(Model([Pool(2), Flatten(), Dense(128)]), (41, 64))
        >>> [made.outcome for made in whole.made_before(BY_NAME["rounded_up"], 2)]
        [Reading(layer=Dense(128), in_shape=(1344,))]
        """
        for rest in self._followed(mistake, self._concerned(mistake)):
            if position > rest.start:
                try:
                    layers = placed(rest.model, rest.in_shape, {})
                    reached = next(islice(layers, position - rest.start, None)).in_shape
                except ParamcalcError:  # the layers do not fit together any more
                    return
                layer = self._model.layers[position]
                yield Made(Reading(layer, reached), rest.first.layer, rest.first.in_shape)

    def _concerned(self, mistake: Mistake) -> list[tuple[int, Placement]]:
        return [leaf for leaf in self._leaves if _concerns(mistake, leaf[1].layer)] if mistake.spreads else []

    def _counted(self, mistake: Mistake, concerned: list[tuple[int, Placement]]) -> Iterator[Made]:
        made_in: list[Placement] = []
        differences: list[list[int]] = []
        for _, one in concerned:
            answers = [made.answer("params") for made in mistake.made(of_its_own(one), one.in_shape)]
            own = [answer - one.tally[1] for answer in answers if answer is not None]
            if own:
                made_in.append(one)
                differences.append(own)
        right = sum(one.tally[1] for one in self._layers)
        for way in range(max(map(len, differences), default=0)):
            together = sum(own[min(way, len(own) - 1)] for own in differences)
            yield Made(right + together, made_in[0].layer, made_in[0].in_shape)

    def _followed(self, mistake: Mistake, concerned: list[tuple[int, Placement]]) -> Iterator[_Rest]:
        """The model as it is misread, where that changes a shape. Of a chain, what is before that stays."""
        for number, one in concerned if "output_shape" in mistake.about else ():
            if _wrong_shape(mistake, one.layer, one.in_shape) not in (None, one.tally[0]):
                start = 0 if self._model.calls or self._model.tied else number
                in_shape = self._layers[start].in_shape if start else self._in_shape
                yield _Rest(_misread(mistake, self._model, start), in_shape, start, one)
                return


class _Rest(NamedTuple):
    """A model as it is misread, from one of its layers on, what goes into that, and where the mistake is made first."""

    model: Model
    in_shape: Shapes
    start: int
    first: Placement


def _leaves(one: Placement) -> Iterator[Placement]:
    """The layer, or those of the models in it."""
    if isinstance(one.layer, Model):
        for inner in within(one):
            yield from _leaves(inner)
    else:
        yield one


def within(one: Placement) -> Iterator[Placement]:
    """The layers of a model in a model, where the one around it may tie weights, too.

    >>> from paramcalc import Dense
    >>> inner = Model([Dense(8), Dense(8)], tied=[("dense", "dense_1")])
    >>> [leaf.tally[1] for one in placed(Model([inner]), (8,), {}) for leaf in within(one)]
    [72, 0]
    """
    model, repeats = one.layer, one.repeats
    if isinstance(model, Model):
        yield from placed(model, one.in_shape, {}, {**repeats_in(model, one.in_shape, {}), **repeats})


def _concerns(mistake: Mistake, layer: Any) -> bool:
    """Whether the mistake may be made in a layer, or in what it wraps."""
    while not isinstance(layer, mistake.on):
        if type(layer) not in WRAPPERS:
            return False
        layer = layer.layer
    return True


def _wrong_shape(mistake: Mistake, layer: Layer, in_shape: Shapes) -> Shapes | None:
    """The shape that the mistake leads to first, or None where it cannot be made."""
    answers = (made.answer("output_shape") for made in mistake.made(layer, in_shape))
    return next((answer for answer in answers if answer is not None), None)


@attrs.frozen(repr=False)
class _Misread(Layer):
    """A layer as someone reads it who makes the mistake wherever it can be made."""

    several_inputs = True

    layer: Layer
    mistake: Mistake

    def _read(self, in_shape: Shapes) -> tuple[Reading, Shapes | None]:
        """The question that is answered instead, and the shape that is written whatever its answer is."""
        for outcome, *_ in self.mistake.made(self.layer, in_shape):
            if isinstance(outcome, Reading):
                return outcome, None
            if not isinstance(outcome, int):
                return Reading(self.layer, in_shape), outcome
        return Reading(self.layer, in_shape), None

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        """Hook: the wrong shape, where the mistake can be made."""
        return self._output_shape(in_shape, {})

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        """Hook: what is counted then."""
        read, _ = self._read(in_shape)
        return read.layer.weights(read.in_shape)

    def _output_shape(self, in_shape: Shapes, memo: Memo) -> Shapes:
        read, wrong = self._read(in_shape)
        return read.layer._output_shape(read.in_shape, memo) if wrong is None else wrong

    def _tally(self, in_shape: Shapes, memo: Memo) -> Tally:
        read, wrong = self._read(in_shape)
        output_shape, total, trained = read.layer._tally(read.in_shape, memo)
        return output_shape if wrong is None else wrong, total, trained


def _misread(mistake: Mistake, model: Model, start: int = 0) -> Model:
    """The model with that mistake in every layer, from one on, for whatever shape reaches it.

    It is not evaluated before it is asked.
    """
    twin = copy.copy(model)
    changed = {
        "layers": tuple(_misread_layer(mistake, layer) for layer in model.layers[start:]),
        "in_shape": None,
        "_known": None,
    }
    for name, value in changed.items():
        object.__setattr__(twin, name, value)
    return twin


def _misread_layer(mistake: Mistake, layer: Layer) -> Layer:
    if isinstance(layer, Model):
        return _misread(mistake, layer)
    if isinstance(layer, Input):
        return Identity()
    return _Misread(layer, mistake) if _concerns(mistake, layer) else layer
