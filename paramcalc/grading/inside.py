"""Mistakes that are made in a layer inside another: in a wrapper, or all through a model.

Knows: how what is wrong inside changes the whole. Must not know: any particular mistake.

In a model, a mistake in counts changes the count of every layer in which it can be made; a mistake in shapes is
followed from layer to layer, each of which is counted rightly on the wrong shape that reaches it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import attrs

from paramcalc.errors import ParamcalcError
from paramcalc.evaluation import Placement, order, placed, repeats_in
from paramcalc.grading.outcomes import About, Made, Outcome, Reading
from paramcalc.layers.base import Layer, Memo, Tally
from paramcalc.layers.conv import Conv
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.passing import Identity
from paramcalc.layers.pool import GAP, AdaptivePool, Pool
from paramcalc.layers.separable import DepthwiseConv, SeparableConv
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.layers.wrappers import Bidirectional, SpectralNormalization, TimeDistributed
from paramcalc.model import Model
from paramcalc.shapes import Shapes, are_several, one_by_one
from paramcalc.weights import Weight

if TYPE_CHECKING:
    from paramcalc.grading.mistakes import Mistake

MOST_EVALUATIONS = 400
"""In a larger model nothing is sought, layer by layer: the time that an answer takes is bounded."""

OF_A_WRAPPER = 20
"""How many evaluations that of a wrapper is worth, which asks the layer in it several times."""

MOST_WORK = 150
"""With more in the layers of a model, no mistake is sought all through it: about 37 Dense layers, or 30 of LSTM."""

Kinds: TypeAlias = tuple[type[Layer], ...]

FAMILIES: tuple[Kinds, ...] = (
    (Conv, ConvTranspose, DepthwiseConv, SeparableConv),
    (Dense,),
    (Pool, AdaptivePool, GAP),
)
"""Layers that people treat alike. A mistake may have been made in those of one family alone."""

EVERYWHERE: tuple[Kinds, ...] = ((Layer,),)
"""All layers in one family."""


def made_inside(mistake: Mistake, layer: Layer, in_shape: Any) -> Iterator[Made]:
    """Every outcome of a mistake that is made in the layer that a wrapper holds.

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
    # The states, half of them for each direction, change no count and no shape
    for outcome, inside, shape in mistake.made(layer.layer, one_by_one(in_shape)[0]):
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


@attrs.frozen(eq=False, repr=False)
class Once(Layer):
    """A layer in a model that has weights in common with layers before it: those, by their names, are not its own.

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

    Or in every layer of one family: whoever pads convolutions in mind may pool rightly.

    >>> from paramcalc import Flatten
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
        if not is_small(model):
            return
        try:
            self._layers = list(placed(model, in_shape, {}))
            found = [(number, leaf) for number, one in enumerate(self._layers) for leaf in _leaves(one)]
            work = sum(_work(leaf) for _, leaf in found)
        except ParamcalcError:  # an open axis that a count needs
            return
        if work <= MOST_WORK:
            self._leaves = found

    def made(self, mistake: Mistake, about: About, families: Sequence[Kinds] = EVERYWHERE) -> Iterator[Made]:
        """Every outcome of a mistake that is made all through the model, with the first layer that it was made in.

        Or in the layers of one family alone, for each of `families`. A wrong shape leads to wrong counts behind it.
        """
        for kinds, concerned in self._concerned(mistake, families):
            if about == "params" and about in mistake.about:
                yield from self._counted(mistake, concerned)
            for rest in self._followed(mistake, kinds, concerned):
                outcome: Outcome = Reading(rest.model, rest.in_shape)
                if about == "params":
                    count = Made(outcome, rest.model, rest.in_shape).answer(about)
                    outcome = () if count is None else sum(one.tally[1] for one in self._layers[: rest.start]) + count
                yield Made(outcome, rest.first.layer, rest.first.in_shape)

    def made_before(self, mistake: Mistake, position: int) -> Iterator[Made]:
        """What the layer at a position is, on the wrong shape that reaches it from a mistake before it.

        First rightly, then with the same mistake in it.

        >>> from paramcalc import Flatten
        >>> from paramcalc.grading.table import BY_NAME
        >>> whole = Whole(Model([Pool(2), Flatten(), Dense(128)]), (41, 64))
        >>> [made.outcome for made in whole.made_before(BY_NAME["rounded_up"], 2)]
        [Reading(layer=Dense(128), in_shape=(1344,))]
        """
        for kinds, concerned in self._concerned(mistake, (*EVERYWHERE, *FAMILIES)):
            for rest in self._followed(mistake, kinds, concerned):
                if position > rest.start:
                    try:
                        layers = placed(rest.model, rest.in_shape, {})
                        reached = next(islice(layers, position - rest.start, None)).in_shape
                    except ParamcalcError:  # the layers do not fit together any more
                        continue
                    layer, misread = self._model.layers[position], rest.model.layers[position - rest.start]
                    for reading in (layer, misread) if misread is not layer else (layer,):
                        yield Made(Reading(reading, reached), rest.first.layer, rest.first.in_shape)

    def _concerned(
        self, mistake: Mistake, families: Sequence[Kinds]
    ) -> Iterator[tuple[Kinds, list[tuple[int, Placement]]]]:
        """Where the mistake may be made, by family; not in a family that is all of them."""
        everywhere = [leaf for leaf in self._leaves if _concerns(mistake, leaf[1].layer)] if mistake.spreads else []
        for kinds in families if everywhere else ():
            concerned = [leaf for leaf in everywhere if isinstance(_innermost(leaf[1].layer), kinds)]
            if concerned and (len(concerned) < len(everywhere) or kinds in EVERYWHERE):
                yield kinds, concerned

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

    def _followed(self, mistake: Mistake, kinds: Kinds, concerned: list[tuple[int, Placement]]) -> Iterator[_Rest]:
        """The model as it is misread, where that changes a shape. Of a chain, what is before that stays."""
        for number, one in concerned if "output_shape" in mistake.about else ():
            if _wrong_shape(mistake, one.layer, one.in_shape) not in (None, one.tally[0]):
                start = 0 if self._model.calls or self._model.tied else number
                in_shape = self._layers[start].in_shape if start else self._in_shape
                yield _Rest(_misread(mistake, kinds, self._model, start), in_shape, start, one)
                return


def is_small(layer: Layer) -> bool:
    """Whether a model is small enough to be gone through: the time that an answer takes is bounded.

    Its calls count, and those of the models in it, as often as they are evaluated then.

    >>> is_small(Model([Dense(4)] * 400)), is_small(Model([Dense(4)] * 401))
    (True, False)
    """
    return sum(islice(_evaluations(layer, 0), MOST_EVALUATIONS + 1)) <= MOST_EVALUATIONS


def _evaluations(layer: Any, depth: int) -> Iterator[int]:
    if depth:
        yield 1 + depth**2 // 16  # deep inside, each model around asks anew
    if isinstance(layer, Model):
        for position, _ in order(layer):
            yield from _evaluations(layer.layers[position], depth + 1)
    elif type(layer) in WRAPPERS:
        yield OF_A_WRAPPER
        yield from _evaluations(layer.layer, depth + 1)


def _work(one: Placement) -> int:
    """How much it takes to seek a mistake in a layer."""
    weights = len(one.layer.weights(one.in_shape))
    return (2 + weights) * len(one.in_shapes) * (1 + (type(one.layer) in WRAPPERS))


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

    >>> inner = Model([Dense(8), Dense(8)], tied=[("dense", "dense_1")])
    >>> [leaf.tally[1] for one in placed(Model([inner]), (8,), {}) for leaf in within(one)]
    [72, 0]
    """
    model: Any = one.layer
    yield from placed(model, one.in_shape, {}, {**repeats_in(model, one.in_shape, {}), **one.repeats})


def _concerns(mistake: Mistake, layer: Any) -> bool:
    """Whether the mistake may be made in a layer, or in what it wraps."""
    while not isinstance(layer, mistake.on):
        if type(layer) not in WRAPPERS:
            return False
        layer = layer.layer
    return True


def _innermost(layer: Any) -> Layer:
    """What is wrapped, however often."""
    while type(layer) in WRAPPERS:
        layer = layer.layer
    return cast("Layer", layer)


def _wrong_shape(mistake: Mistake, layer: Layer, in_shape: Shapes) -> Shapes | None:
    """The shape that the mistake leads to first, or None where it cannot be made."""
    answers = (made.answer("output_shape") for made in mistake.made(layer, in_shape))
    return next((answer for answer in answers if answer is not None), None)


@attrs.frozen(eq=False, repr=False)
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


def _misread(mistake: Mistake, kinds: Kinds, model: Model, start: int = 0) -> Model:
    """The model with that mistake in every layer of these classes, from one on, for whatever shape reaches it.

    It is not evaluated before it is asked.
    """
    twin = copy.copy(model)
    changed = {
        "layers": tuple(_misread_layer(mistake, kinds, layer) for layer in model.layers[start:]),
        "in_shape": None,
        "_known": None,
    }
    for name, value in changed.items():
        object.__setattr__(twin, name, value)
    return twin


def _misread_layer(mistake: Mistake, kinds: Kinds, layer: Layer) -> Layer:
    if isinstance(layer, Model):
        return _misread(mistake, kinds, layer)
    if isinstance(layer, Input):
        return Identity()
    concerned = _concerns(mistake, layer) and isinstance(_innermost(layer), kinds)
    return _Misread(layer, mistake) if concerned else layer
