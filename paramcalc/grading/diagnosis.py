"""Which mistake gives this answer.

Knows: how mistakes are tried, one by one and in pairs. Must not know: any particular mistake.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import attrs

from paramcalc.errors import ConfigError, shown
from paramcalc.grading.answers import Unreadable, read_count, read_shape, same_shape
from paramcalc.grading.mistakes import About, Mistake, Reading
from paramcalc.grading.sentences import SENTENCES, Case, checked_sentences, framed, told
from paramcalc.grading.table import MISTAKES
from paramcalc.layers.base import Layer
from paramcalc.model import Model
from paramcalc.shapes import ShapesLike, as_shapes, as_tuple


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

    `mistakes` are those to look for, in order; `sentences` replaces sentences for students by name. A `Model` is a
    layer, and says its input shape itself where it knows it.

    Raises `ConfigError` where neither answer is given and for wrong mistakes or sentences, and `ShapeError` where the
    right answer cannot be told: for a shape that does not fit, or an open axis that a count needs.

    >>> from paramcalc import Conv2D, Pool
    >>> [diagnosis.mistake for diagnosis in diagnose(Conv2D(32, 3), (32, 32, 3), params="864")]
    ['no_bias']
    >>> diagnose(Conv2D(32, 3), (32, 32, 3), params=288)[0].mistake
    ('no_bias', 'no_input_channels')
    >>> diagnose(Pool(2), (41, 64), output_shape=(None, 21, 64))[0].message
    '(21, 64) comes from rounding up. A window that does not fit whole is left out.'
    >>> diagnose(Conv2D(32, 3), (32, 32, 3), params=896), diagnose(Conv2D(32, 3), (32, 32, 3), params="many")
    ((), ())
    """
    question = asked(layer, in_shape)
    if params is None and output_shape is None:
        raise ConfigError("params or output_shape", "given, the answer to diagnose", "neither")
    table = table_of(mistakes)
    texts = SENTENCES if sentences is None and table is MISTAKES else checked_sentences(sentences, table)
    found: list[Diagnosis] = []
    if output_shape is not None:
        right = question.answer("output_shape")
        shape = read_shape(output_shape, right)
        if not isinstance(shape, Unreadable) and not same_shape(shape, right):
            found += _explaining(question, "output_shape", right, shape, table, texts)
    if params is not None:
        right = question.answer("params")
        count = read_count(params)
        if not isinstance(count, Unreadable) and count != right:
            found += _explaining(question, "params", right, count, table, texts)
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
    if in_shape is None and isinstance(layer, Model) and layer.in_shape is not None:
        return Reading(layer, layer.in_shape)
    return Reading(layer, as_shapes(in_shape))


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


# The search


class Found(NamedTuple):
    """One or two mistakes, each with its case, and the wrong answer that they lead to.

    >>> Found((), (), 864).value
    864
    """

    mistakes: tuple[Mistake, ...]
    cases: tuple[Case, ...]
    value: Any

    def diagnosis(self, sentences: Mapping[str, str]) -> Diagnosis:
        """What is told of it.

        >>> from paramcalc import Dense
        >>> single = next(singles(asked(Dense(10), (84,)), "params", 850, MISTAKES))
        >>> single.diagnosis(SENTENCES).message
        '840 leaves out the biases, 10 in all.'
        """
        names = [mistake.name for mistake in self.mistakes]
        texts = [told(sentences, name, case) for name, case in zip(names, self.cases, strict=True)]
        if len(names) == 1:
            return Diagnosis(names[0], texts[0], self.value)
        message = framed(sentences, "two_mistakes", first=texts[0], second=texts[1])
        return Diagnosis((names[0], names[1]), message, self.value)


def singles(question: Reading, about: About, right: Any, table: Iterable[Mistake]) -> Iterator[Found]:
    """Every wrong answer that a single mistake leads to, likeliest first.

    >>> from paramcalc import Dense
    >>> [found.value for found in singles(asked(Dense(10), (84,)), "params", 850, MISTAKES)][:2]
    [840, 841]
    """
    for mistake in table:
        if about in mistake.about:
            for made in mistake.made(*question):
                value = made.answer(about)
                if value is not None and value != right:
                    yield Found((mistake,), (Case(about, value, right, made.layer, made.in_shape),), value)


def pairs(question: Reading, about: About, right: Any, table: Iterable[Mistake]) -> Iterator[Found]:
    """Every wrong answer that two different mistakes lead to together, each of which changes the answer.

    The second is made in the question as the first has read it.

    >>> from paramcalc import Conv2D
    >>> found = next(pairs(asked(Conv2D(32, 3), (32, 32, 3)), "params", 896, MISTAKES))
    >>> [mistake.name for mistake in found.mistakes], found.value
    (['no_bias', 'no_input_channels'], 288)
    """
    combining = [mistake for mistake in table if mistake.combines and about in mistake.about]
    for first in combining:
        others = [mistake for mistake in combining if mistake is not first]
        for made in first.made(*question):
            between = made.answer(about)
            if not isinstance(made.outcome, Reading) or between in (None, right):
                continue
            case = Case(about, between, right, made.layer, made.in_shape)
            for second in singles(made.outcome, about, between, others):
                if second.value != right:
                    yield Found((first, *second.mistakes), (case, *second.cases), second.value)


def _explaining(
    question: Reading, about: About, right: Any, answer: Any, table: tuple[Mistake, ...], texts: Mapping[str, str]
) -> list[Diagnosis]:
    """What explains a wrong answer: the single mistakes, or where there is none the pairs."""
    same = operator.eq if about == "params" else same_shape
    found = [each for each in singles(question, about, right, table) if same(answer, each.value)]
    if not found:
        place = {mistake.name: number for number, mistake in enumerate(table)}
        found = [each for each in pairs(question, about, right, table) if same(answer, each.value)]
        found.sort(key=lambda each: sorted(place[mistake.name] for mistake in each.mistakes))
    # A mistake may lead to a number in several ways, and two mistakes in either order
    once: dict[frozenset[str], Found] = {}
    for each in found:
        once.setdefault(frozenset(mistake.name for mistake in each.mistakes), each)
    return [each.diagnosis(texts) for each in once.values()]
