"""Mistakes in the total of a model.

Knows: how people add up layers. Must not know: what is in a layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from paramcalc.evaluation import Placement, placed
from paramcalc.grading.inside import Once, is_small, of_its_own, within
from paramcalc.grading.mistakes import Mistake, mistake
from paramcalc.grading.outcomes import Example, Outcome, Reading
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv1D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.embedding import Embedding
from paramcalc.layers.pool import Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.layers.wrappers import TimeDistributed
from paramcalc.model import Model

ONE_DIMENSIONAL = Model(
    [Conv1D(64, 3, padding="same"), Pool(2), Flatten(), Dense(128), Dense(5)], in_shape=(41, 1), name="one_dimensional"
)


def _by_weight(one: Placement) -> list[int]:
    """The sizes of the arrays that a layer adds; a model in the model counts as one."""
    if isinstance(one.layer, Model | TimeDistributed):
        return [one.tally[1]]
    return [weight.size for weight in of_its_own(one).weights(one.in_shape)]


@mistake(
    "params",
    on=(Model,),
    examples=tuple(Example(ONE_DIMENSIONAL, (41, 1), total) for total in (192, 256, 164_096, 164_224, 164_864)),
)
def running_total(model: Model, in_shape: Any) -> Iterator[Outcome]:
    """The sum up to some array of weights."""
    if not is_small(model):
        return
    arrays = [size for one in placed(model, in_shape, {}) for size in _by_weight(one)]
    yield from list(accumulate(arrays))[:-1]


@mistake("params", on=(Model,), examples=(Example(ONE_DIMENSIONAL, (41, 1), 901),))
def layer_left_out(model: Model, in_shape: Any) -> Iterator[Outcome]:
    """The sum of all layers but one."""
    if not is_small(model):
        return
    total = model.params(in_shape)
    for one in placed(model, in_shape, {}):
        yield total - one.tally[1]


_TOKENS, _WORD = Embedding(50, 8), Input((5,))()
TIED = Model(inputs=_WORD, outputs=Dense(50, use_bias=False)(_TOKENS(_WORD)), tied=[("embedding", "dense")])


@mistake("params", on=(Model, Once), examples=(Example(TIED, (5,), 800),))
def counted_twice(layer: Any, in_shape: Any) -> Iterator[Outcome]:
    """Weights that layers share, counted for each of them, or at each call of a layer."""
    if isinstance(layer, Once):
        yield Reading(layer.layer, in_shape)
        return
    if not is_small(layer) or not _has_in_common(layer):
        return
    tied, called = _again(placed(layer, in_shape, {}))
    for more in (tied, called, tied + called):
        if more:
            yield layer.params(in_shape) + more


def _has_in_common(layer: Layer) -> bool:
    """Whether a model, or one in it, has weights that count once and are used more often."""
    return isinstance(layer, Model) and bool(layer.tied or layer._shared or any(map(_has_in_common, layer.layers)))


def _again(placements: Iterable[Placement]) -> tuple[int, int]:
    """How much is tied to what came before, and how much later calls would count, in models in models, too."""
    tied = called = 0
    for one in placements:
        called += one.tally[1] * (len(one.in_shapes) - 1)
        if isinstance(one.layer, Model):
            inner = _again(within(one))
            tied, called = tied + inner[0], called + inner[1]
        else:
            tied += sum(repeat.weight.size for repeat in one.repeats.values())
    return tied, called


def neighbours_answer(model: Model, in_shape: Any, position: int) -> Mistake:
    """The mistake to give the answer of the layer before or behind, for one layer of a model.

    For a count, that is the next layer with weights.

    >>> mistake = neighbours_answer(ONE_DIMENSIONAL, (41, 1), 3)
    >>> [made.outcome for made in mistake.made(ONE_DIMENSIONAL[3], (1_280,))]
    [256, (1280,), 645, (5,)]
    """
    tallies = [one.tally for one in placed(model, in_shape, {})] if is_small(model) else []
    answers: list[Outcome] = []
    for side in (tallies[:position][::-1], tallies[position + 1 :]):
        answers += [params for _, params, _ in side if params][:1]
        answers += [output_shape for output_shape, _, _ in side[:1]]

    def given(_layer: Layer, _in_shape: Any) -> list[Outcome]:
        return answers

    return Mistake(given, ("params", "output_shape"), name="neighbours_answer")
