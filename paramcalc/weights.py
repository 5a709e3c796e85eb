"""The arrays that a layer owns.

Knows: an array's name, its axes and whether it is trained. Must not know: layers and what made the sizes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from paramcalc.arguments import flag, text
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.shapes import INT_RANGE, LARGEST, LARGEST_RANK, as_int, as_tuple

Axes: TypeAlias = tuple[tuple[str, int], ...]


def _checked_axes(axes: object) -> Axes:
    try:
        pairs = tuple(axes.items() if isinstance(axes, Mapping) else axes)  # type: ignore[arg-type, var-annotated]  # that is the question
    except Exception:  # noqa: BLE001 (a foreign iterator may raise anything)
        raise _no_axes(axes) from None
    if len(pairs) > LARGEST_RANK:
        raise ConfigError("the axes of a weight", f"at most {LARGEST_RANK}", str(len(pairs)))
    return tuple(_checked_axis(pair, axes) for pair in pairs)


def _checked_axis(pair: object, axes: object) -> tuple[str, int]:
    items = as_tuple(pair)
    if items is None or len(items) != 2 or not isinstance(items[0], str):  # noqa: PLR2004 (a pair)
        raise _no_axes(axes)
    name, size = str.__str__(items[0]), items[1]
    number = as_int(size)
    if number is None or not 0 < number <= LARGEST:
        hint = "the input shape leaves it open" if size is None else ""
        raise ShapeError(f"the size of axis {shown(name)} of a weight", INT_RANGE.format(1), shown(size), hint)
    return name, number


def _no_axes(value: object) -> ConfigError:
    return ConfigError("the axes of a weight", "a name and a size for each", shown(value))


@attrs.frozen(init=False)
class Weight:
    """An array of trained or fixed numbers: a kernel, a bias, moving statistics.

    `axes` are the names of its axes with their sizes, in order, as pairs; a mapping is taken too. `shape` is their
    sizes alone, `size` the product of them.

    Raises `ConfigError` for a wrong name or axes that are no pairs, and `ShapeError` for a size that is not an int
    from 1, or that is None because the input shape leaves it open.

    >>> kernel = Weight("kernel", {"inputs": 400, "units": 120})
    >>> kernel.shape, kernel.size, kernel.trainable
    ((400, 120), 48000, True)
    """

    name: str
    axes: Axes
    trainable: bool
    size: int = attrs.field(init=False, eq=False, repr=False)

    def __init__(
        self, name: str, axes: Mapping[str, int | None] | Iterable[tuple[str, int | None]], trainable: bool = True
    ) -> None:
        # Models make two of these a layer: what is right is seen at a glance, and all else is looked into
        size = 0
        if type(axes) is tuple and type(name) is str and name and type(trainable) is bool and len(axes) <= LARGEST_RANK:
            size = 1
            for pair in axes:
                if type(pair) is tuple and len(pair) == 2:  # noqa: PLR2004 (a pair)
                    axis, length = pair
                    if type(length) is int and 0 < length <= LARGEST and type(axis) is str:
                        size *= length
                        continue
                size = 0
                break
        if not size:
            name, axes = text("the name of a weight", name), _checked_axes(axes)
            trainable, size = flag("trainable", trainable), math.prod(length for _, length in axes)
        _set_name(self, name)
        _set_axes(self, axes)
        _set_trainable(self, trainable)
        _set_size(self, size)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes.

        >>> Weight("bias", {"filters": 8}).shape
        (8,)
        """
        return tuple([size for _, size in self.axes])


def adapted(weights: tuple[Weight, ...], rank: int | None) -> tuple[Weight, ...]:
    """A layer's weights with low-rank adaptation (Hu et al., "LoRA", 2021); as they are where `rank` is None.

    The first weight is frozen, and what is trained is the product of two narrow arrays, which come last, as in Keras.
    It is added to the first weight before that is used, and so takes no multiply-adds of an example.

    >>> [(weight.name, weight.shape) for weight in adapted((Weight("kernel", {"inputs": 84, "units": 10}),), 2)]
    [('kernel', (84, 10)), ('lora_kernel_a', (84, 2)), ('lora_kernel_b', (2, 10))]
    """
    if rank is None:
        return weights
    first, *others = weights
    narrow = ("lora rank", rank)
    return (
        Weight(first.name, first.axes, trainable=False),
        *others,
        Weight(f"lora_{first.name}_a", (*first.axes[:-1], narrow)),
        Weight(f"lora_{first.name}_b", (narrow, first.axes[-1])),
    )


# The slots' own setters, which a frozen class has no other use for: half the price of object.__setattr__
_set_name, _set_axes, _set_trainable, _set_size = (
    vars(Weight)[name].__set__ for name in ("name", "axes", "trainable", "size")
)
