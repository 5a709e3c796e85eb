"""What a mistake leads to: another question that is answered rightly, or a wrong number.

Knows: questions and answers. Must not know: mistakes, and how an answer is written.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from paramcalc.errors import ParamcalcError
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shapes

About: TypeAlias = Literal["params", "output_shape"]
ABOUT: tuple[About, ...] = get_args(About)
"""What an answer may be about: the name of the argument, and of the method that gives the right one."""


class Reading(NamedTuple):
    """The question as a person read it who made a mistake: another layer, another input shape, or both.

    >>> from paramcalc import Conv2D
    >>> Reading(Conv2D(32, 3, use_bias=False), (32, 32, 3)).layer
    Conv2D(32, 3, use_bias=False)
    """

    layer: Layer
    in_shape: Shapes

    def answer(self, about: About) -> Any:
        """The right answer to this question.

        >>> from paramcalc import Conv2D
        >>> Reading(Conv2D(32, 3), (32, 32, 3)).answer("params")
        896
        """
        return self.layer.params(self.in_shape) if about == "params" else self.layer.output_shape(self.in_shape)


Outcome: TypeAlias = Reading | int | Shapes


class Made(NamedTuple):
    """An outcome of a mistake, and the layer with its input shape in which it was made.

    >>> from paramcalc import Dense
    >>> Made(840, Dense(10), (84,)).layer
    Dense(10)
    """

    outcome: Outcome
    layer: Layer
    in_shape: Shapes

    def answer(self, about: About) -> Any:
        """What a person writes who made it; None where it says nothing about that.

        >>> from paramcalc import Dense
        >>> Made(840, Dense(10), (84,)).answer("params"), Made(840, Dense(10), (84,)).answer("output_shape")
        (840, None)
        """
        if isinstance(self.outcome, Reading):
            try:
                return self.outcome.answer(about)
            except ParamcalcError:
                return None
        return self.outcome if isinstance(self.outcome, int) == (about == "params") else None


class Example(NamedTuple):
    """A layer, an input shape, and what a person who makes the mistake writes for the count or the shape.

    >>> from paramcalc import Conv2D
    >>> Example(Conv2D(32, 3), (32, 32, 3), 864).about
    'params'
    """

    layer: Layer
    in_shape: Shapes
    value: Any

    @property
    def about(self) -> About:
        """What the wrong number is about.

        >>> from paramcalc import Flatten
        >>> Example(Flatten(), (5, 5, 16), (25,)).about
        'output_shape'
        """
        return "params" if isinstance(self.value, int) else "output_shape"
