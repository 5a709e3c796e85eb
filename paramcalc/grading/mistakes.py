"""What a mistake is: data with a small function, which says what a person who makes it would write.

Knows: how a mistake's function is asked. Must not know: any particular mistake, and what an answer is.

Most mistakes are a reading: the person answers another question than the one that was asked, about a layer without its
bias or an input of one channel, and answers it by the right formula. Such a mistake yields a `Reading`, and the
ordinary calculator does the rest; readings of readings are two mistakes at once. The others yield the number itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeAlias, cast

import attrs

from paramcalc.arguments import flag, text
from paramcalc.errors import ConfigError, ParamcalcError, shown
from paramcalc.grading.inside import WRAPPERS, made_inside
from paramcalc.grading.outcomes import ABOUT, About, Example, Made, Outcome, Reading
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, Shapes, as_int, as_tuple, one_by_one

MOST_OUTCOMES = 1_000
"""How many numbers one mistake may lead to; what it would yield beyond is not asked for."""

MOST_BITS = 10_000
"""The largest number that a mistake may lead to: far beyond what the largest layers make of it."""

Function: TypeAlias = Callable[[Any, Any], Iterable[Outcome]]


def _function(value: Function) -> Function:
    if not callable(value):
        raise ConfigError("function", "a function of a layer and an input shape", shown(value))
    return value


def _about(value: About | Iterable[About]) -> tuple[About, ...]:
    items = as_tuple(value)
    words = (value,) if items is None else items
    if not words or any(not isinstance(word, str) or word not in ABOUT for word in words):
        raise ConfigError("about", "'params', 'output_shape' or both", shown(value))
    return cast("tuple[About, ...]", words)


def _on(value: type[Layer] | Iterable[type[Layer]]) -> tuple[type[Layer], ...]:
    items = as_tuple(value)
    kinds = (value,) if items is None else items
    if not kinds or any(not isinstance(kind, type) or not issubclass(kind, Layer) for kind in kinds):
        raise ConfigError("on", "a class of layers, or a tuple of them", shown(value))
    return cast("tuple[type[Layer], ...]", kinds)


def _examples(value: Iterable[Example]) -> tuple[Example, ...]:
    items = as_tuple(value)
    if items is None or not all(isinstance(item, Example) for item in items):
        raise ConfigError("examples", "a tuple of Example", shown(value))
    return cast("tuple[Example, ...]", items)


def _name(value: str) -> str:
    return text("name", value)


def _slip(value: bool) -> bool:
    return flag("slip", value)


def _spreads(value: bool) -> bool:
    return flag("spreads", value)


def _name_of(mistake: Mistake) -> str:
    return str(getattr(mistake.function, "__name__", ""))


@attrs.frozen
class Mistake:
    """A mistake that people make: a stable name, and a function that says what they would write.

    Arguments: `function`, of a layer and an input shape, which yields what such a person would answer: a `Reading` of
    the question, a count, or a shape; one, several, or nothing where the mistake cannot be made. A `ParamcalcError` in
    it ends what it yields. `about`, `"params"`, `"output_shape"` or both; by keyword `on`, the class of layers that it
    is for, or a tuple of them; `examples`; `name`, by default the function's; `slip`, True for a slip of the pen,
    which is never sought together with another mistake; `spreads`, True where a person who makes it makes it in every
    layer of a model.

    Raises `ConfigError` for a wrong argument.

    >>> from paramcalc import Dense
    >>> def counted_twice(layer, in_shape):
    ...     yield 2 * layer.params(in_shape)
    >>> mistake = Mistake(counted_twice, "params", on=Dense)
    >>> mistake.name, [made.answer("params") for made in mistake.made(Dense(10), (84,))]
    ('counted_twice', [1700])
    """

    function: Function = attrs.field(converter=_function)
    about: tuple[About, ...] = attrs.field(converter=_about)
    on: tuple[type[Layer], ...] = attrs.field(default=(Layer,), converter=_on, kw_only=True)
    examples: tuple[Example, ...] = attrs.field(default=(), converter=_examples, kw_only=True)
    name: str = attrs.field(default=attrs.Factory(_name_of, takes_self=True), converter=_name, kw_only=True)
    slip: bool = attrs.field(default=False, converter=_slip, kw_only=True)
    spreads: bool = attrs.field(default=False, converter=_spreads, kw_only=True)

    def made(self, layer: Layer, in_shape: Shapes) -> Iterator[Made]:
        """Every outcome of the mistake in this question, with the layer that it was made in.

        Where it cannot be made in a wrapper, such as `TimeDistributed`, it may have been made in the layer inside.

        >>> from paramcalc import Dense, TimeDistributed
        >>> from paramcalc.grading.table import BY_NAME
        >>> [made.layer for made in BY_NAME["no_bias"].made(TimeDistributed(Dense(10)), (5, 84))]
        [Dense(10)]
        """
        here = False
        if isinstance(layer, self.on):
            for outcome in self._asked(layer, in_shape):
                here = True
                yield Made(self._checked(outcome), layer, in_shape)
        if not here and type(layer) in WRAPPERS:
            yield from made_inside(self, layer, in_shape)

    def _asked(self, layer: Layer, in_shape: Shapes) -> Iterator[object]:
        try:
            yield from islice(self.function(layer, in_shape), MOST_OUTCOMES)
        except ParamcalcError:
            return
        except Exception as error:
            raise ConfigError(f"mistake {shown(self.name)}", "able to answer", shown(error)) from error

    def _checked(self, outcome: object) -> Outcome:
        """An outcome in plain values. An axis may be 0 or less: a person may well have written that."""
        if isinstance(outcome, Reading):
            return self._readable(outcome)
        number = as_int(outcome) if "params" in self.about else None
        shape = _shape(outcome) if "output_shape" in self.about else None
        if number is None and shape is None:
            kinds = {"params": "counts", "output_shape": "shapes"}
            expected = " or ".join(["readings", *(kinds[word] for word in self.about)])
            raise ConfigError(self._subject, expected, shown(outcome))
        plain = cast("int | Shapes", shape if number is None else number)
        numbers = (plain,) if isinstance(plain, int) else chain.from_iterable(one_by_one(plain))
        if any(each is not None and each.bit_length() > MOST_BITS for each in numbers):
            raise ConfigError(self._subject, f"of at most {MOST_BITS} bits", shown(outcome))
        return plain

    @property
    def _subject(self) -> str:
        return f"what mistake {shown(self.name)} yields"

    def _readable(self, reading: Reading) -> Reading:
        """A reading of plain values."""
        layer, in_shape = reading
        if not isinstance(layer, Layer):
            raise ConfigError(f"the layer in {self._subject}", "a layer", shown(layer))
        if as_tuple(in_shape) is None:
            raise ConfigError(f"the in_shape in {self._subject}", "a tuple or list", shown(in_shape))
        return reading


def _shape(value: object) -> Shapes | None:
    items = as_tuple(value)
    if items and as_tuple(items[0]) is not None:
        shapes = tuple(map(_axes, items))
        return None if None in shapes else cast("Shapes", shapes)
    return _axes(value)


def _axes(value: object) -> Shape | None:
    if type(value) is tuple and all(type(axis) is int for axis in value):
        return value
    items = as_tuple(value)
    axes = tuple(item if item is None else as_int(item) for item in items or ())
    return None if items is None or axes.count(None) > items.count(None) else axes


def mistake(
    *about: About,
    on: tuple[type[Layer], ...] = (Layer,),
    examples: tuple[Example, ...] = (),
    slip: bool = False,
    spreads: bool = False,
) -> Callable[[Function], Mistake]:
    """Makes a function the mistake of its name.

    >>> from paramcalc import Dense
    >>> @mistake("params", on=(Dense,))
    ... def counted_twice(layer, in_shape):
    ...     yield 2 * layer.params(in_shape)
    >>> counted_twice.name, counted_twice.about
    ('counted_twice', ('params',))
    """

    def named(function: Function) -> Mistake:
        return Mistake(function, about, on=on, examples=examples, slip=slip, spreads=spreads)

    return named
