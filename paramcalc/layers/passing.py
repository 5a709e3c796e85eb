"""Layers that pass numbers on as they are and do something beside it: mark steps, or add to the loss.

Knows: the numbers that say how. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsFloat

import attrs

from paramcalc.arguments import number
from paramcalc.layers.base import Passing


def _mask_value(value: SupportsFloat) -> float:
    return number("mask_value", value)


def _l1(value: SupportsFloat | None) -> float:
    return 0.0 if value is None else number("l1", value, least=0)


def _l2(value: SupportsFloat | None) -> float:
    return 0.0 if value is None else number("l2", value, least=0)


@attrs.frozen(eq=False, repr=False)
class Identity(Passing):
    """What comes in goes out: the same shape, no weights.

    >>> Identity().output_shape((28, 28, 8))
    (28, 28, 8)
    """


@attrs.frozen(eq=False, repr=False)
class Masking(Passing):
    """Marks the steps that later layers leave out; the same shape, no weights.

    Argument: `mask_value`: a step is left out where every feature is this number. Raises `ConfigError` for another.

    >>> Masking(-1).output_shape((250, 16))
    (250, 16)
    """

    mask_value: float = attrs.field(default=0.0, converter=_mask_value)


@attrs.frozen(eq=False, repr=False)
class ActivityRegularization(Passing):
    """Adds to the loss a measure of what passes through; the same shape, no weights.

    Arguments: `l1` and `l2`, the factors of absolute values and of squares, at least 0; None is taken as 0. Raises
    `ConfigError` for others.

    >>> ActivityRegularization(l2=0.01).output_shape((128,))
    (128,)
    """

    l1: float = attrs.field(default=0.0, converter=_l1)
    l2: float = attrs.field(default=0.0, converter=_l2)
