"""Which mistake gives this answer.

Knows: how mistakes are tried, one by one and in pairs. Must not know: any particular mistake.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, cast

import attrs

from paramcalc.errors import ConfigError, shown
from paramcalc.evaluation import placed
from paramcalc.grading.answers import Unreadable, read_answer, same_shape
from paramcalc.grading.inside import FAMILIES, Whole, of_its_own
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.outcomes import About, Made, Reading
from paramcalc.grading.sentences import SENTENCES, Case, checked_sentences, framed, told
from paramcalc.grading.table import MISTAKES
from paramcalc.grading.wholes import neighbours_answer
from paramcalc.layers.base import Layer
from paramcalc.model import Model
from paramcalc.shapes import ShapesLike, as_int, as_shapes, as_tuple


@attrs.frozen
class Diagnosis:
    """A mistake that gives exactly the answer that was given.

    Attributes: `mistake`, its name, or the names of two that were made together; `message`, for the student; `value`,
    the count or the shape that it leads to, without the batch axis.

    >>> Diagnosis("no_bias", "864 leaves out the biases, 32 in all.", 864).value
    864
    """

    mistake: str | tuple[str, str]
    message: str
    value: Any


def diagnose(
    layer: Layer,
    in_shape: ShapesLike | None = None,
    *,
    at: int | str | None = None,
    params: object = None,
    output_shape: object = None,
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> tuple[Diagnosis, ...]:
    """The mistakes that give exactly this answer for a layer, likeliest first; nothing for a right answer.

    `params` or `output_shape` is the answer, in any form that a person or a library writes it (see
    `paramcalc.grading.answers`); where both are given, what explains the shape comes first. Every single mistake that
    gives the answer is named; where there is none, every pair of mistakes is. What cannot be read as an answer is no
    mistake that is known, and so nothing.

    A `Model` is a layer, and says its input shape itself where it knows it. The answer is about the whole of it, in
    which a mistake may have been made in every layer; or about one of its layers, `at` a position or a name, which a
    mistake in a layer before it may have reached. `mistakes` are those to look for, in order; `sentences` replaces
    sentences for students by name.

    Raises `ConfigError` where neither answer is given and for wrong mistakes or sentences, and `ShapeError` where the
    right answer cannot be told: for a shape that does not fit, or an open axis that a count needs.

    >>> from paramcalc import Conv2D, Dense, Flatten, Pool
    >>> [diagnosis.mistake for diagnosis in diagnose(Conv2D(32, 3), (32, 32, 3), params="864")]
    ['no_bias']
    >>> diagnose(Conv2D(32, 3), (32, 32, 3), params=288)[0].mistake
    ('no_bias', 'no_input_channels')
    >>> print(diagnose(Pool(2), (41, 64), output_shape=(None, 21, 64))[0].message)
    (21, 64) comes from rounding up. A last window that is cut off does not count here.
    >>> diagnose(Conv2D(32, 3), (32, 32, 3), params=896), diagnose(Conv2D(32, 3), (32, 32, 3), params="many")
    ((), ())
    >>> model = Model([Pool(2), Flatten(), Dense(128)], in_shape=(41, 64))
    >>> diagnose(model, at="dense", params=172_160)[0].mistake
    'rounded_up'
    """
    if params is None and output_shape is None:
        raise ConfigError("params or output_shape", "given, the answer to diagnose", "neither")
    table = table_of(mistakes)
    texts = texts_for(table, sentences)
    question = asked(layer, in_shape)
    place = None if at is None else Within.of(question, at)
    if place is not None:
        question, table = place.question, (*table, place.neighbours_answer)
    found: list[Diagnosis] = []
    answers: tuple[tuple[About, object], ...] = (("output_shape", output_shape), ("params", params))
    for about, answer in answers:
        if answer is not None:
            right = question.answer(about) if place is None else place.right[about]
            found += _explaining(question, about, right, answer, table, texts, place)
    return tuple(found)


def asked(layer: Layer, in_shape: ShapesLike | None) -> Reading:
    """The question itself, with the input shape that a model may know.

    Raises `ConfigError` for what is no layer, and `ShapeError` for what is no shape.

    >>> from paramcalc import Dense
    >>> asked(Dense(10), [84])
    Reading(layer=Dense(10), in_shape=(84,))
    """
    if not isinstance(layer, Layer):
        raise ConfigError("layer", "a layer", shown(layer))
    if not isinstance(layer, Model):
        return Reading(layer, as_shapes(in_shape))
    shapes = layer._start(in_shape)
    # A model that knows its input shape is evaluated once, and not for every mistake
    return Reading(layer if layer.in_shape is not None else attrs.evolve(layer, in_shape=shapes), shapes)


class Within(NamedTuple):
    """A layer of a model, about which an answer is: its position, the question of the layer itself, and the model.

    What is right there is not always what is right of the layer itself: weights that are tied count once.

    >>> from paramcalc import Dense
    >>> Within.of(asked(Model([Dense(4), Dense(2)]), (3,)), 1).question
    Reading(layer=Dense(2), in_shape=(4,))
    """

    position: int
    question: Reading
    right: dict[About, Any]
    whole: Whole
    neighbours_answer: Mistake

    @classmethod
    def of(cls, question: Reading, at: int | str) -> Within:
        """The layer at a position, or of a name.

        Raises `ConfigError` for a layer that is no model, and for a position or name that it does not have.

        >>> from paramcalc import Dense
        >>> Within.of(asked(Model([Dense(4), Dense(2)]), (3,)), "dense_1").position
        1
        """
        model, in_shape = question
        if not isinstance(model, Model):
            raise ConfigError("layer", "a Model where at names one of its layers", shown(model))
        number = model.names.index(at) if isinstance(at, str) and at in model else as_int(at)
        if number is None or not -len(model) <= number < len(model):
            raise ConfigError("at", "the position or the name of a layer of the model", shown(at))
        position = number % len(model)
        one = next(islice(placed(model, in_shape, {}), position, None))
        right: dict[About, Any] = {"output_shape": one.tally[0], "params": one.tally[1]}
        whole, neighbours = Whole(model, in_shape), neighbours_answer(model, in_shape, position)
        return cls(position, Reading(of_its_own(one), one.in_shape), right, whole, neighbours)


def table_of(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """The mistakes to look for, in order.

    Raises `ConfigError` for what is no mistake, and for two of the same name.

    >>> table_of(MISTAKES) is MISTAKES
    True
    """
    if mistakes is MISTAKES:
        return MISTAKES
    table = as_tuple(mistakes)
    if table is None or not all(isinstance(mistake, Mistake) for mistake in table):
        raise ConfigError("mistakes", "a tuple or list of Mistake", shown(mistakes))
    names = [mistake.name for mistake in table if isinstance(mistake, Mistake)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError("the names of mistakes", "different", f"{shown(twice)} twice")
    return cast("tuple[Mistake, ...]", table)


def texts_for(table: tuple[Mistake, ...], sentences: Mapping[str, str] | None) -> Mapping[str, str]:
    """The sentences for these mistakes; those of the library need no check.

    >>> texts_for(MISTAKES, None) is SENTENCES
    True
    """
    return SENTENCES if sentences is None and table is MISTAKES else checked_sentences(sentences, table)


# The search


class Found(NamedTuple):
    """One or two mistakes, each with its case, and the wrong answer that they lead to.

    `before` says that it was made in a layer before.

    >>> Found((), (), 864).value
    864
    """

    mistakes: tuple[Mistake, ...]
    cases: tuple[Case, ...]
    value: Any
    before: bool = False

    def diagnosis(self, sentences: Mapping[str, str]) -> Diagnosis:
        """What is told of it.

        >>> from paramcalc import Dense
        >>> single = next(singles(asked(Dense(10), (84,)), "params", 850, MISTAKES))
        >>> single.diagnosis(SENTENCES).message
        '840 leaves out the biases, 10 in all.'
        """
        names = [mistake.name for mistake in self.mistakes]
        texts = [told(sentences, name, case) for name, case in zip(names, self.cases, strict=True)]
        if len(names) > 1:
            message = framed(sentences, "two_mistakes", first=texts[0], second=texts[1])
            return Diagnosis((names[0], names[1]), message, self.value)
        message = framed(sentences, "made_before", sentence=texts[0]) if self.before else texts[0]
        return Diagnosis(names[0], message, self.value)


def singles(
    question: Reading, about: About, right: Any, table: Iterable[Mistake], place: Within | None = None
) -> Iterator[Found]:
    """Every wrong answer that a single mistake leads to, likeliest first.

    >>> from paramcalc import Dense
    >>> [found.value for found in singles(asked(Dense(10), (84,)), "params", 850, MISTAKES)][:2]
    [840, 841]
    """
    layer, in_shape = question
    whole = Whole(layer, in_shape) if isinstance(layer, Model) else None

    def found(mistake: Mistake, outcomes: Iterable[Made], *, before: bool = False) -> Iterator[Found]:
        for made in outcomes:
            value = made.answer(about)
            if value is not None and value != right:
                yield Found((mistake,), (Case(about, value, right, made.layer, made.in_shape),), value, before)

    for mistake in table:
        if about in mistake.about:
            yield from found(mistake, mistake.made(*question))
        if whole is not None:
            yield from found(mistake, whole.made(mistake, about))
        if place is not None:
            yield from found(mistake, place.whole.made_before(mistake, place.position), before=True)
    for mistake in table:
        if whole is not None:
            yield from found(mistake, whole.made(mistake, about, FAMILIES))


def pairs(question: Reading, about: About, right: Any, table: tuple[Mistake, ...]) -> list[Found]:
    """Every wrong answer that two different mistakes lead to together, each of which changes it; likeliest first.

    The second is made in the question as the first has read it. In a model, pairs are not sought.

    >>> from paramcalc import Conv2D
    >>> found = pairs(asked(Conv2D(32, 3), (32, 32, 3)), "params", 896, MISTAKES)[0]
    >>> [mistake.name for mistake in found.mistakes], found.value
    (['no_bias', 'no_input_channels'], 288)
    """
    found: list[Found] = []
    combining = [mistake for mistake in table if not mistake.slip and about in mistake.about]
    readings: set[str] = set()
    for first in () if isinstance(question.layer, Model) else combining:
        outcomes = [(made, made.answer(about)) for made in first.made(*question)]
        # Of two that read the question anew, the order does not matter, unless the first alone changes nothing
        others = [mistake for mistake in combining if mistake is not first and mistake.name not in readings]
        if outcomes and all(isinstance(made.outcome, Reading) and between != right for made, between in outcomes):
            readings.add(first.name)
        for made, between in outcomes:
            if isinstance(made.outcome, Reading) and between not in (None, right):
                case = Case(about, between, right, made.layer, made.in_shape)
                found += [
                    Found((first, *second.mistakes), (case, *second.cases), second.value)
                    for second in singles(made.outcome, about, between, others)
                    if second.value != right
                ]
    rank = {mistake.name: number for number, mistake in enumerate(table)}
    return sorted(found, key=lambda each: sorted(rank[mistake.name] for mistake in each.mistakes))


def _explaining(
    question: Reading,
    about: About,
    right: Any,
    answer: Any,
    table: tuple[Mistake, ...],
    texts: Mapping[str, str],
    place: Within | None,
) -> list[Diagnosis]:
    """What explains an answer, if it is wrong: the single mistakes, or where there is none the pairs."""
    read = read_answer(about, answer, right)
    same = operator.eq if about == "params" else same_shape
    if isinstance(read, Unreadable) or same(read, right):
        return []
    found = [each for each in singles(question, about, right, table, place) if same(read, each.value)]
    found = found or [each for each in pairs(question, about, right, table) if same(read, each.value)]
    # A mistake may lead to a number in several ways, and two mistakes in either order
    once: dict[frozenset[str], Found] = {}
    for each in found:
        once.setdefault(frozenset(mistake.name for mistake in each.mistakes), each)
    return [each.diagnosis(texts) for each in once.values()]
