"""What the arguments of a layer may be: each function takes what a user wrote and gives the plain value, or refuses.

Knows: ints, flags, texts, choices, rates, sizes and paddings. Must not know: which layer asks.

Every function takes the argument's name first, for the error, and raises `ConfigError` and nothing else. Bools are
not ints, floats are not ints, lists are taken as tuples, and what comes back is of a builtin type.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, SupportsFloat, SupportsIndex, TypeAlias, cast

from paramcalc.errors import ConfigError, shown
from paramcalc.shapes import DATA_FORMATS, INT_RANGE, LARGEST, LARGEST_RANK, as_int, as_tuple

Sizes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Sides: TypeAlias = SupportsIndex | Sequence[SupportsIndex | Sequence[SupportsIndex]]
DataFormat: TypeAlias = Literal["channels_last", "channels_first"]
PaddingWord: TypeAlias = Literal["valid", "same", "causal"]
Paddings: TypeAlias = PaddingWord | Sides
OpenSides: TypeAlias = int | tuple[int | tuple[int, int], ...]
OpenPadding: TypeAlias = PaddingWord | OpenSides
Numbers: TypeAlias = "float | tuple[Numbers, ...]"

MOST_NUMBERS = 10_000_000
"""The size of the largest array that an argument may be: a list that holds itself many times over is endless."""


def integer(name: str, value: object, least: int = 1) -> int:
    """An int from `least` to 2**63 - 1.

    >>> integer("units", 10)
    10
    """
    number = as_int(value)
    if number is None or not least <= number <= LARGEST:
        raise ConfigError(name, INT_RANGE.format(least), shown(value), _whole_number(value, least))
    return number


def _whole_number(value: object, least: int) -> str:
    """The way out for a float that is a whole number."""
    if isinstance(value, float):
        number = float.__float__(value)
        if number.is_integer() and least <= number <= LARGEST:
            return f"write {int(number)}"
    return ""


def flag(name: str, value: object) -> bool:
    """True or False.

    >>> flag("use_bias", False)
    False
    """
    if not isinstance(value, bool):
        raise ConfigError(name, "True or False", shown(value))
    return value


def text(name: str, value: object) -> str:
    """A text that is not empty.

    >>> text("name", "conv2d")
    'conv2d'
    """
    plain = str.__str__(value) if isinstance(value, str) else ""
    if not plain:
        raise ConfigError(name, "a text that is not empty", shown(value))
    return plain


def choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """One of a few words.

    >>> choice("mode", "max", ("max", "average"))
    'max'
    """
    plain = str.__str__(value) if isinstance(value, str) else ""
    if plain not in choices:
        expected = " or ".join(map(repr, choices)) if len(choices) == 2 else f"one of {', '.join(map(repr, choices))}"  # noqa: PLR2004 (two)
        raise ConfigError(name, expected, shown(value), _lower_case(value, choices))
    return plain


def _lower_case(value: object, choices: tuple[str, ...]) -> str:
    """The way out for a word in capitals."""
    lower = str.lower(value) if isinstance(value, str) else ""
    return f"write {lower!r}" if lower in choices else ""


def number(name: str, value: object, least: float | None = None) -> float:
    """A finite number, at least `least` where that is given.

    >>> number("alpha", -1), number("stddev", 0.5, least=0)
    (-1.0, 0.5)
    """
    plain = _as_float(value)
    if plain is None or (least is not None and plain < least):
        raise ConfigError(name, "a finite number" + ("" if least is None else f" from {least}"), shown(value))
    return plain


def numbers(name: str, value: object) -> Numbers:
    """A finite number, or a tuple or list of them, nested to equal lengths as an array is.

    >>> numbers("scale", 2), numbers("mean", [[1, 2], [3, 4]])
    (2.0, ((1.0, 2.0), (3.0, 4.0)))
    """
    long: list[int] = []
    items = as_tuple(value)
    while items:
        long.append(len(items))
        items = as_tuple(items[0]) if len(long) < LARGEST_RANK else ()
    if items is not None or math.prod(long) > MOST_NUMBERS:
        expected = f"a finite number, or a list of 1 to {MOST_NUMBERS} of them"
        raise ConfigError(name, expected, shown(value))
    return _nested(name, value, long)


def _nested(name: str, value: object, long: list[int]) -> Numbers:
    if not long:
        return number(name, value)
    items = as_tuple(value)
    if items is None or len(items) != long[0]:
        raise ConfigError(name, f"a list of {long[0]}, as long as those beside it", shown(value))
    return tuple(_nested(f"{name}[{index}]", item, long[1:]) for index, item in enumerate(items))


def lengths(value: Numbers) -> tuple[int, ...]:
    """How long the lists are in each other: the shape of the array.

    >>> lengths(2.0), lengths(((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))
    ((), (2, 3))
    """
    return (len(value), *lengths(value[0])) if isinstance(value, tuple) else ()


def rate(name: str, value: SupportsFloat) -> float:
    """A number from 0 to 1.

    >>> rate("rate", 0.5)
    0.5
    """
    plain = _as_float(value)
    if plain is None or not 0 <= plain <= 1:
        raise ConfigError(name, "a number from 0 to 1", shown(value))
    return plain


def _as_float(value: object) -> float | None:
    """The finite number that `value` stands for, or None: a bool, a string and an array are no numbers."""
    kind = type(value)
    # numpy's bools are no bools to Python, and numpy is not imported to ask
    if not hasattr(kind, "__float__") or kind.__name__ in ("bool", "bool_") or hasattr(kind, "__len__"):
        return None
    try:
        plain = float(value)  # type: ignore[arg-type]  # it can be asked, as the line above says
    except Exception:  # noqa: BLE001 (an int beyond floats, or a foreign __float__ that may raise anything)
        return None
    return plain + 0.0 if math.isfinite(plain) else None  # -0.0 is 0.0


def sizes(name: str, value: object, least: int = 1) -> int | tuple[int, ...]:
    """An int from `least` for every axis alike, or a tuple or list of them, one for each axis.

    >>> sizes("kernel_size", 5), sizes("kernel_size", [3, 5])
    (5, (3, 5))
    """
    numbers = as_tuple(value)
    if numbers is None:
        number = as_int(value)
        if number is None or not least <= number <= LARGEST:
            raise ConfigError(
                name, f"{INT_RANGE.format(least)}, or one for each axis", shown(value), _whole_number(value, least)
            )
        return number
    if not numbers:
        raise ConfigError(name, "an int, or an int for each axis", shown(value))
    return tuple([
        number if type(number) is int and least <= number <= LARGEST else integer(f"{name}[{index}]", number, least)
        for index, number in enumerate(numbers)
    ])  # fmt: skip


def padding(name: str, value: object, words: tuple[str, ...]) -> OpenPadding:
    """One of `words`, or what `sides` takes.

    >>> padding("padding", "same", ("valid", "same")), padding("padding", 1, ("valid", "same"))
    ('same', 1)
    """
    plain = str.__str__(value) if isinstance(value, str) else ""
    return cast("PaddingWord", plain) if plain in words else sides(name, value, words)


def sides(name: str, value: object, words: tuple[str, ...] = ()) -> OpenSides:
    """An int from 0 for every side alike, or for each axis an int or a (before, after) pair.

    `words` are what else the argument may be, for the error.

    >>> sides("cropping", [1, (0, 2)])
    (1, (0, 2))
    """
    items = as_tuple(value)
    if items:
        return tuple(_int_or_pair(f"{name}[{index}]", item) for index, item in enumerate(items))
    number = as_int(value)
    if number is None or not 0 <= number <= LARGEST:
        choices = ", ".join([*map(repr, words), "an int from 0", "or for each axis an int or a (before, after) pair"])
        raise ConfigError(name, choices, shown(value), _lower_case(value, words) or _whole_number(value, 0))
    return number


def _int_or_pair(name: str, value: object) -> int | tuple[int, int]:
    pair = as_tuple(value)
    if pair is None:
        return integer(name, value, least=0)
    if len(pair) != 2:  # noqa: PLR2004 (a pair)
        raise ConfigError(name, "an int or a (before, after) pair", shown(value))
    return integer(f"{name}[0]", pair[0], least=0), integer(f"{name}[1]", pair[1], least=0)


def axis(name: str, value: object, *, or_batch: bool = False) -> int:
    """The number of an axis as Keras counts: 0 is the batch, which few layers may mean, and -1 the last.

    >>> axis("axis", -1), axis("axis", 0, or_batch=True)
    (-1, 0)
    """
    number = as_int(value)
    if number is None or abs(number) > LARGEST_RANK or (number == 0 and not or_batch):
        first = "from 0, the batch" if or_batch else "from 1, where 0 would be the batch"
        raise ConfigError(name, f"an int that names an axis: {first}, or from -1 backwards", shown(value))
    return number


def axes(name: str, value: object) -> int | tuple[int, ...]:
    """The number of an axis, or those of several, as `axis` has them.

    >>> axes("axis", [1, -1]), axes("axis", 1)
    ((1, -1), 1)
    """
    numbers = as_tuple(value)
    if numbers is None:
        return axis(name, value)
    if not numbers:
        raise ConfigError(name, "an int, or one or more of them", shown(value))
    return tuple(axis(f"{name}[{index}]", number) for index, number in enumerate(numbers))


# Arguments that several families of layers share


def trainable(value: bool) -> bool:
    """Whether weights are trained.

    >>> trainable(True)
    True
    """
    return flag("trainable", value)


def units(value: SupportsIndex) -> int:
    """The size of what a layer gives out.

    >>> units(10)
    10
    """
    return integer("units", value)


def filters(value: SupportsIndex) -> int:
    """How many channels a convolution gives out.

    >>> filters(8)
    8
    """
    return integer("filters", value)


def kernel_size(value: Sizes) -> int | tuple[int, ...]:
    """How many cells a kernel has along each axis.

    >>> kernel_size([3, 5])
    (3, 5)
    """
    return sizes("kernel_size", value)


def strides(value: Sizes) -> int | tuple[int, ...]:
    """How far apart windows are along each axis.

    >>> strides(2)
    2
    """
    return sizes("strides", value)


def dilation_rate(value: Sizes) -> int | tuple[int, ...]:
    """How far apart a kernel's cells are along each axis.

    >>> dilation_rate(2)
    2
    """
    return sizes("dilation_rate", value)


def use_bias(value: bool) -> bool:
    """Whether there is a bias.

    >>> use_bias(True)
    True
    """
    return flag("use_bias", value)


def lora_rank(value: SupportsIndex | None) -> int | None:
    """How narrow the two arrays are that are trained instead of a kernel, or None where it is trained itself.

    >>> lora_rank(8)
    8
    """
    return None if value is None else integer("lora_rank", value)


def lora_alpha(value: SupportsFloat | None) -> float | None:
    """How much the product of those arrays weighs, or None for as much as their rank; no count depends on it.

    >>> lora_alpha(16)
    16.0
    """
    return None if value is None else number("lora_alpha", value)


def activation(value: str | None) -> str | None:
    """The name of an activation function, or None.

    >>> activation("relu")
    'relu'
    """
    return None if value is None else text("activation", value)


def data_format(value: DataFormat) -> DataFormat:
    """Where the channels are.

    >>> data_format("channels_first")
    'channels_first'
    """
    return cast("DataFormat", choice("data_format", value, DATA_FORMATS))


def return_sequences(value: bool) -> bool:
    """Whether the output of every step is given out, and not that of the last alone.

    >>> return_sequences(True)
    True
    """
    return flag("return_sequences", value)


def return_state(value: bool) -> bool:
    """Whether the states behind the last step are given out too.

    >>> return_state(True)
    True
    """
    return flag("return_state", value)
