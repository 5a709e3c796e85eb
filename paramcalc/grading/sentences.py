"""What a student is told: one table of sentences, and the facts that they name.

Knows: templates, and where a fact comes from. Must not know: how mistakes are found.

A sentence is a template with names in braces, `{value}`; it is filled in by plain substitution, never evaluated. A
course may give a mapping of its own, in its own language; what that leaves out stays English. No sentence of the
library tells the right answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import attrs

from paramcalc.errors import ConfigError, ParamcalcError, nearest, shown, type_name
from paramcalc.grading.mistakes import About, Mistake
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shapes, parted, product
from paramcalc.weights import Weight

SENTENCES: dict[str, str] = {
    "no_bias": "{value} leaves out the biases, {missing} in all.",
    "no_input_channels": (
        "{value} is for kernels of one channel. A kernel reaches through all input channels; there are {channels}."
    ),
    "one_bias": "{value} has one bias for the whole layer. Every output has its own.",
    "rounded_up": "{value} comes from rounding up. A window that does not fit whole is left out.",
    "digits_exchanged": "{value} has two digits exchanged.",
    "two_mistakes": "Two mistakes at once: {first} {second}",
}
"""The English sentence for each mistake, and those around them. `{first}` and `{second}` are sentences themselves."""

FRAMES = {"two_mistakes": ("first", "second")}
"""The sentences that are about no mistake, and the facts that each may name."""

LONGEST_SENTENCE = 1_000

_FIELD = re.compile(r"\{(\w+)\}")


class Case(NamedTuple):
    """A mistake that was made: what about, the wrong and the right answer, and the layer that it was made in.

    >>> from paramcalc import Dense
    >>> Case("params", 840, 850, Dense(10), (84,)).right
    850
    """

    about: About
    value: Any
    right: Any
    layer: Layer
    in_shape: Shapes


def is_bias(weight: Weight) -> bool:
    """Whether a weight is a bias, however deep in a layer or a model.

    >>> is_bias(Weight("query/bias", {"heads": 8, "key": 64})), is_bias(Weight("kernel", {"units": 4}))
    (True, False)
    """
    return weight.name.rpartition("/")[-1] == "bias"


def _channels(case: Case) -> object:
    in_shape: Any = case.in_shape
    return parted(in_shape, case.layer.layout(in_shape, None))[1]


def _positions(case: Case) -> object:
    output_shape: Any = case.layer.output_shape(case.in_shape)
    return product(parted(output_shape, case.layer.layout(output_shape, None))[0])


FACTS: dict[str, Callable[[Case], object]] = {
    "value": lambda case: case.value,
    "right": lambda case: case.right,
    "missing": lambda case: max(case.right - case.value, 0),
    "extra": lambda case: max(case.value - case.right, 0),
    "layer": lambda case: case.layer.name or type_name(type(case.layer)),
    "in_shape": lambda case: case.in_shape,
    "channels": _channels,
    "positions": _positions,
    "steps": lambda case: case.in_shape[0],
    "kernels": lambda case: sum(weight.size for weight in case.layer.weights(case.in_shape) if not is_bias(weight)),
    "biases": lambda case: sum(weight.size for weight in case.layer.weights(case.in_shape) if is_bias(weight)),
}
"""What every sentence may name: the answer and the right one, how much less or more that is (of a count), the layer,
its input shape, channels and steps, the positions of its output, and the sizes of its kernels and biases. A sentence
may also name every argument of the layers that its mistake is for."""


def _fact(name: str, case: Case) -> str:
    try:
        value = FACTS[name](case) if name in FACTS else getattr(case.layer, name)
    except (ParamcalcError, TypeError, IndexError):  # an open axis, or several shapes, where the fact is of none
        value = None
    return "unknown" if value is None else _written(value, name)


def _written(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and name not in ("value", "right", "in_shape"):
        return " × ".join(map(shown, value))
    return shown(value)


def _arguments(mistake: Mistake) -> set[str]:
    """The arguments that all the layers have which the mistake is for."""
    return set.intersection(*({field.name for field in attrs.fields(kind) if field.init} for kind in mistake.on))


def checked_sentences(sentences: Mapping[str, str] | None, mistakes: Iterable[Mistake]) -> Mapping[str, str]:
    """The sentences for these mistakes, with the English ones for what is left out.

    Raises `ConfigError` for what is no mapping of names to texts, for a name that is no mistake's, for a mistake
    without a sentence, and for a template that names what its mistake does not know.

    >>> from paramcalc.grading import MISTAKES
    >>> checked_sentences({"no_bias": "{value} has no bias in it."}, MISTAKES)["no_bias"]
    '{value} has no bias in it.'
    >>> checked_sentences({"no_bias": "{value.real}"}, MISTAKES)
    Traceback (most recent call last):
    paramcalc.errors.ConfigError: sentences['no_bias'] must be a text with names alone in its braces, got '{value.real}'
    """
    given = _as_dict(sentences)
    own = {mistake.name: mistake for mistake in mistakes}
    for name, template in given.items():
        if name not in own and name not in SENTENCES:
            known = [*own, *FRAMES]
            raise ConfigError("a name in sentences", "that of a mistake", shown(name), nearest(name, known))
        known_facts = set(FRAMES.get(name, FACTS)) | (_arguments(own[name]) if name in own else set())
        _check(f"sentences[{shown(name)}]", template, known_facts if name in own or name in FRAMES else None)
    for name in own:
        if name not in given and name not in SENTENCES:
            raise ConfigError("sentences", f"with one for mistake {shown(name)}", "none")
    return {**SENTENCES, **given}


def _as_dict(sentences: object) -> dict[str, str]:
    try:
        return {} if sentences is None else dict(sentences)  # type: ignore[call-overload]  # that is the question
    except Exception:  # noqa: BLE001 (a foreign mapping may raise anything)
        raise ConfigError("sentences", "a mapping of the names of mistakes to texts", shown(sentences)) from None


def _check(subject: str, template: object, facts: set[str] | None) -> None:
    """Raises `ConfigError` unless it is a template that names these facts alone, or any where they are None."""
    if not isinstance(template, str) or not template or len(template) > LONGEST_SENTENCE:
        raise ConfigError(subject, f"a text of 1 to {LONGEST_SENTENCE} characters", shown(template))
    if re.search("[{}]", _FIELD.sub("", template)):
        raise ConfigError(subject, "a text with names alone in its braces", shown(template))
    for name in _FIELD.findall(template):
        if facts is not None and name not in facts:
            raise ConfigError(f"{{{name}}} in {subject}", "a fact", "none", nearest(name, sorted(facts)))


def told(sentences: Mapping[str, str], name: str, case: Case) -> str:
    """The sentence for a mistake, with its facts.

    >>> from paramcalc import Dense
    >>> told(SENTENCES, "no_bias", Case("params", 840, 850, Dense(10), (84,)))
    '840 leaves out the biases, 10 in all.'
    """
    return _FIELD.sub(lambda found: _fact(found[1], case), sentences[name])


def framed(sentences: Mapping[str, str], name: str, **parts: str) -> str:
    """The sentence that is put around others.

    >>> framed(SENTENCES, "two_mistakes", first="One.", second="Another.")
    'Two mistakes at once: One. Another.'
    """
    return _FIELD.sub(lambda found: parts[found[1]], sentences[name])
