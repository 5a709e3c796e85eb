"""Questions for a quiz, with wrong options that people really give.

Knows: how a question is drawn from a seed, and which mistakes make good options. Must not know: how a quiz is shown.

What a seed gives is the same on every machine and every Python: numbers are drawn from SHA-256, and not from the
module `random`, whose draws differ between versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from itertools import chain
from typing import Any, TypeAlias, TypeVar

import attrs

from paramcalc.arguments import choice, integer
from paramcalc.errors import ConfigError, shown
from paramcalc.grading.diagnosis import Diagnosis, Found, asked, pairs, singles, table_of, texts_for
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.outcomes import ABOUT, About
from paramcalc.grading.sentences import framed
from paramcalc.grading.table import MISTAKES
from paramcalc.layers.attention import MultiHeadAttention
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv1D, Conv2D
from paramcalc.layers.core import Dense
from paramcalc.layers.embedding import Embedding
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP, Pool
from paramcalc.layers.recurrent import GRU, LSTM, SimpleRNN
from paramcalc.layers.reshape import Flatten
from paramcalc.layers.separable import SeparableConv
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.layers.wrappers import Bidirectional
from paramcalc.model import Model
from paramcalc.shapes import Shapes, ShapesLike, as_int, one_by_one

Choice = TypeVar("Choice")
Question: TypeAlias = tuple[Layer, tuple[int, ...], About]

OPTIONS = 3
"""How many wrong options an exercise has."""


def distractors(
    layer: Layer,
    in_shape: ShapesLike | None = None,
    count: int = 3,
    *,
    about: About = "params",
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> tuple[Diagnosis, ...]:
    """Wrong options for a quiz, each with the mistake behind it: different ones, never right, likeliest mistakes first.

    At most `count` of them, about `"params"` or the `"output_shape"`. Mistakes come before pairs of mistakes, and
    slips of the pen last; `diagnose` says the same of each option as stands here. `mistakes` and `sentences` are those
    of `diagnose`.

    Raises `ConfigError` and `ShapeError` as `diagnose` does.

    >>> from paramcalc import Conv2D
    >>> [(option.value, option.mistake) for option in distractors(Conv2D(5, 3), (10, 10, 3))]
    [(135, 'no_bias'), (50, 'no_input_channels'), (136, 'one_bias')]
    """
    question = asked(layer, in_shape)
    most = integer("count", count)
    number: Any = choice("about", about, ABOUT)
    table = table_of(mistakes)
    texts = texts_for(table, sentences)
    right = question.answer(number)
    single = list(singles(question, number, right, table))
    explained = {found.value for found in single}
    # What a slip explains is never taken for two mistakes
    double = (found for found in pairs(question, number, right, table) if found.value not in explained)
    slips = [found for found in single if found.mistakes[0].slip]
    options: dict[object, Found] = {}
    for found in chain((found for found in single if not found.mistakes[0].slip), double, slips):
        if isinstance(found.value, int) or _has_a_size(found.value):
            options.setdefault(found.value, found)
    return tuple(found.diagnosis(texts) for found in list(options.values())[:most])


def _has_a_size(shapes: Shapes) -> bool:
    """Whether a shape has no axis of nothing, which would give an option away."""
    return all(axis is None or axis > 0 for shape in one_by_one(shapes) for axis in shape)


@attrs.frozen
class Exercise:
    """A question with its answer, how to find it, and wrong options.

    Attributes: `question`, a sentence; `layer` and `in_shape`, what it is about, and `about`, `"params"` or
    `"output_shape"`; `answer`, an int or a shape; `solution`, every step in words and numbers; `distractors`, wrong
    options with the mistakes behind them.

    >>> made = exercise(7)
    >>> made.answer == getattr(made.layer, made.about)(made.in_shape)
    True
    """

    question: str
    layer: Layer
    in_shape: Shapes
    about: About
    answer: Any
    solution: str
    distractors: tuple[Diagnosis, ...]


def exercise(seed: int, difficulty: int = 1, *, sentences: Mapping[str, str] | None = None) -> Exercise:
    """An exercise that is drawn from a seed: one seed, one exercise, on every machine and every Python.

    `difficulty` is 1 for a single layer and its plain formula; 2 where strides, padding, steps or gates come in; 3 for
    two directions, heads, transposed convolutions and whole networks. `sentences` is that of `diagnose`, in which
    `params_question` and `output_shape_question` are the questions.

    Raises `ConfigError` for a seed that is no int, another difficulty, and wrong sentences.

    >>> made = exercise(seed=1, difficulty=1)
    >>> print(made.question)
    What shape comes out of Flatten() for an input of shape (4, 4, 32)?
    >>> made.answer, [option.value for option in made.distractors]
    ((512,), [(40,), (16,), (4, 4, 32)])
    """
    number = as_int(seed)
    if number is None or number.bit_length() > MOST_BITS:
        raise ConfigError("seed", f"an int of at most {MOST_BITS} bits", shown(seed))
    level = as_int(difficulty)
    if level not in QUESTIONS:
        raise ConfigError("difficulty", f"an int from 1 to {len(QUESTIONS)}", shown(difficulty))
    draws = Draws(f"{level}:{number}")
    layer, in_shape, about = draws.one_of(*QUESTIONS[level])(draws)
    texts = texts_for(MISTAKES, sentences)
    named = " → ".join(map(repr, layer)) if isinstance(layer, Model) else repr(layer)
    return Exercise(
        framed(texts, f"{about}_question", layer=named, in_shape=repr(in_shape)),
        layer,
        in_shape,
        about,
        layer.params(in_shape) if about == "params" else layer.output_shape(in_shape),
        str(layer.explain(in_shape)),
        distractors(layer, in_shape, OPTIONS, about=about, sentences=sentences),
    )


# How a question is drawn

MOST_BITS = 256
"""The largest seed: as much as a hash has."""


class Draws:
    """Numbers from a text, one after the other, each the remainder of a SHA-256.

    >>> draws = Draws("1:7")
    >>> [draws.below(100) for _ in range(3)]
    [52, 2, 88]
    """

    def __init__(self, text: str) -> None:
        self._state = text.encode()

    def below(self, limit: int) -> int:
        """An int from 0 that is less than the limit.

        >>> Draws("1:7").below(1)
        0
        """
        self._state = sha256(self._state).digest()
        return int.from_bytes(self._state, "big") % limit

    def one_of(self, *choices: Choice) -> Choice:
        """One of several things.

        >>> Draws("1:7").one_of("max", "average") in ("max", "average")
        True
        """
        return choices[self.below(len(choices))]


def _picture(draws: Draws, *sizes: int, channels: tuple[int, ...] = (1, 3)) -> tuple[int, ...]:
    size = draws.one_of(*sizes)
    return size, size, draws.one_of(*channels)


def _dense(draws: Draws) -> Question:
    return Dense(draws.one_of(4, 10, 32, 100)), (draws.one_of(12, 20, 64, 84, 128),), "params"


def _plain_convolution(draws: Draws) -> Question:
    layer = Conv2D(draws.one_of(4, 8, 16, 32), draws.one_of(3, 5))
    return layer, _picture(draws, 10, 28, 32, channels=(3, 6)), draws.one_of(*ABOUT)


def _plain_pooling(draws: Draws) -> Question:
    return Pool(2), _picture(draws, 13, 15, 28, 33, channels=(8, 16, 64)), "output_shape"


def _flatten(draws: Draws) -> Question:
    return Flatten(), _picture(draws, 4, 5, 7, channels=(16, 32, 64)), "output_shape"


def _strided_convolution(draws: Draws) -> Question:
    padding: Any = draws.one_of("valid", "same", 1)
    layer = Conv2D(draws.one_of(8, 16, 24), draws.one_of(3, 5), 2, padding)
    return layer, _picture(draws, 28, 33, 64, channels=(3, 16)), "output_shape"


def _sequence_convolution(draws: Draws) -> Question:
    layer = Conv1D(draws.one_of(16, 32, 64), draws.one_of(3, 5), padding=draws.one_of("valid", "same"))
    return layer, (draws.one_of(20, 41, 100), draws.one_of(4, 8, 12)), draws.one_of(*ABOUT)


def _overlapping_pooling(draws: Draws) -> Question:
    layer = Pool(3, 2, draws.one_of("valid", "same"))
    return layer, _picture(draws, 14, 28, 55, channels=(16, 96)), "output_shape"


def _recurrent(draws: Draws) -> Question:
    layer = draws.one_of(SimpleRNN, LSTM, GRU)(draws.one_of(8, 16, 32, 50))
    return layer, (draws.one_of(10, 12, 30), draws.one_of(4, 6, 20)), "params"


def _embedding(draws: Draws) -> Question:
    return Embedding(draws.one_of(1_000, 5_000, 10_000), draws.one_of(16, 32, 50)), (draws.one_of(80, 250),), "params"


def _normalisation(draws: Draws) -> Question:
    return BatchNorm(), _picture(draws, 7, 14, 28, channels=(32, 64, 128)), "params"


def _dense_on_steps(draws: Draws) -> Question:
    layer = Dense(draws.one_of(10, 32, 100))
    return layer, (draws.one_of(5, 12), draws.one_of(8, 16, 20)), draws.one_of(*ABOUT)


def _both_directions(draws: Draws) -> Question:
    layer = draws.one_of(LSTM, GRU)(draws.one_of(16, 32, 64), return_sequences=draws.one_of(True, False))
    return Bidirectional(layer), (draws.one_of(20, 250), draws.one_of(8, 16)), draws.one_of(*ABOUT)


def _attention(draws: Draws) -> Question:
    heads, size = draws.one_of(2, 4, 8), draws.one_of(16, 32, 64)
    return MultiHeadAttention(heads, size), (draws.one_of(10, 50), heads * size), "params"


def _transposed(draws: Draws) -> Question:
    layer = ConvTranspose(draws.one_of(8, 16), draws.one_of(3, 4), 2, draws.one_of("valid", "same"))
    return layer, _picture(draws, 7, 14, 16, channels=(32, 64)), "output_shape"


def _separable(draws: Draws) -> Question:
    layer = SeparableConv(draws.one_of(32, 64, 100), draws.one_of(3, 5))
    return layer, _picture(draws, 32, 56, channels=(10, 16, 24)), "params"


def _network(draws: Draws) -> Question:
    size, kernel = draws.one_of(28, 31, 32), draws.one_of(3, 5)
    ends = draws.one_of(Flatten(), GAP())
    layers = [Conv2D(draws.one_of(4, 8), kernel), Pool(2), Conv2D(draws.one_of(16, 24), 3), Pool(2), ends, Dense(10)]
    in_shape = (size, size, draws.one_of(1, 3))
    return Model(layers, in_shape=in_shape), in_shape, "params"


QUESTIONS: dict[int, tuple[Callable[[Draws], Question], ...]] = {
    1: (_dense, _plain_convolution, _plain_pooling, _flatten),
    2: (
        _strided_convolution,
        _sequence_convolution,
        _overlapping_pooling,
        _recurrent,
        _embedding,
        _normalisation,
        _dense_on_steps,
    ),
    3: (_both_directions, _attention, _transposed, _separable, _network),
}
"""What is asked at each difficulty."""
