"""Normalisation of each example over the axes that an argument names, and factors along them.

Knows: which axes have a factor and an offset of their own. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsFloat, SupportsIndex

import attrs

from paramcalc.arguments import Numbers, axes, flag, integer, lengths, number, numbers
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import AXES, Layer
from paramcalc.shapes import Shape, as_tuple, axis_positions, known_axes
from paramcalc.weights import Weight
from paramcalc.windows import Window


def _axes(value: SupportsIndex | Sequence[SupportsIndex]) -> int | tuple[int, ...]:
    return axes("axis", value)


def _axes_or_none(value: SupportsIndex | Sequence[SupportsIndex] | None) -> int | tuple[int, ...] | None:
    if value is None or as_tuple(value) == ():
        return None
    own = _axes(value)
    return own[0] if isinstance(own, tuple) and len(own) == 1 else own


def _mean(value: SupportsFloat | Sequence[Any] | None) -> Numbers | None:
    return None if value is None else numbers("mean", value)


def _variance(value: SupportsFloat | Sequence[Any] | None) -> Numbers | None:
    return None if value is None else numbers("variance", value)


def _invert(value: bool) -> bool:
    return flag("invert", value)


def _init_values(value: SupportsFloat) -> float:
    return number("init_values", value)


def _projection_dim(value: SupportsIndex) -> int:
    return integer("projection_dim", value)


def _center(value: bool) -> bool:
    return flag("center", value)


def _scale(value: bool) -> bool:
    return flag("scale", value)


class _OverAxes(Layer):
    """Normalisation over the axes that `axis` names: the shape stays, and the multiplications are not counted."""

    __slots__ = ()

    def _positions(self, in_shape: Shape) -> tuple[int, ...]:
        axis: int | tuple[int, ...] = self.axis  # type: ignore[attr-defined]  # every subclass has one
        return axis_positions(axis, in_shape)

    def _axes(self, in_shape: Shape) -> tuple[tuple[str, int], ...]:
        return known_axes(in_shape, self._positions(in_shape), self.layout(in_shape, None))

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        self._positions(in_shape)
        return in_shape

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        # Over the last axis, positions are normalised one by one; over others, each depends on many
        return () if self._positions(in_shape) == (len(in_shape) - 1,) else None


@attrs.frozen(eq=False, repr=False)
class LayerNorm(_OverAxes):
    """Normalisation of each example over one axis or several (Ba, Kiros and Hinton, 2016).

    Arguments: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last); by keyword
    `center` and `scale`, whether an offset and a factor are learnt.

    Weights: gamma and beta, each of the shape of the axes. Raises `ConfigError` for a wrong argument, `ShapeError` for
    an axis that the input does not have.

    >>> LayerNorm().params((128, 768)), LayerNorm((1, 2)).params((4, 8))
    (1536, 64)
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes, metadata={AXES: True})
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        learnt = ("gamma",) * self.scale + ("beta",) * self.center
        axes = self._axes(in_shape) if learnt else ()
        return tuple(Weight(name, axes) for name in learnt)


@attrs.frozen(eq=False, repr=False)
class RMSNorm(_OverAxes):
    """Division by the root mean square over one axis or several (Zhang and Sennrich, 2019).

    Argument: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last).

    Weights: scale, of the shape of the axes. Raises `ConfigError` for a wrong argument, `ShapeError` for an axis that
    the input does not have.

    >>> RMSNorm().params((128, 768))
    768
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes, metadata={AXES: True})

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("scale", self._axes(in_shape)),)


@attrs.frozen(eq=False, repr=False)
class UnitNorm(_OverAxes):
    """Division by the norm over one axis or several, which leaves vectors of length 1; no weights.

    Argument: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last). Raises
    `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not have.

    >>> UnitNorm().params((128, 768))
    0
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes, metadata={AXES: True})


@attrs.frozen(eq=False, repr=False)
class Normalization(_OverAxes):
    """Inputs brought to mean 0 and variance 1, by statistics of the data that are taken before the training.

    Arguments: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last), which have
    statistics of their own; None has one mean and one variance for all. `mean` and `variance` where they are known, a
    number each, or a list for the axes; by keyword `invert`, which undoes the layer.

    Weights, unless `mean` and `variance` are given: mean and variance, of the shape of the axes, and count, one number.
    None of them is trained. Raises `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not
    have and for a mean that does not fit.

    >>> [(weight.name, weight.shape) for weight in Normalization().weights((13,))]
    [('mean', (13,)), ('variance', (13,)), ('count', ())]
    >>> Normalization(mean=0.5, variance=2).params((13,)), Normalization(None).params((28, 28, 1))
    (0, 3)
    """

    axis: int | tuple[int, ...] | None = attrs.field(default=-1, converter=_axes_or_none, metadata={AXES: True})
    mean: Numbers | None = attrs.field(default=None, converter=_mean)
    variance: Numbers | None = attrs.field(default=None, converter=_variance)
    invert: bool = attrs.field(default=False, converter=_invert, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.mean is None or self.variance is None:
            if self.mean is not self.variance:
                raise ConfigError("variance", "given where mean is, and only there", shown(self.variance))
            return
        shape = lengths(self.mean)
        if lengths(self.variance) != shape:
            raise ConfigError("variance", "of the same shape as mean", shown(self.variance))
        many = len(self.axis) if isinstance(self.axis, tuple) else int(self.axis is not None)
        if len(shape) > many:
            raise ConfigError("mean", f"nested at most {many} deep, as many as axis has axes", shown(self.mean))

    def _positions(self, in_shape: Shape) -> tuple[int, ...]:
        return () if self.axis is None else tuple(sorted(super()._positions(in_shape)))

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        positions = self._positions(in_shape)
        shape = () if self.mean is None else lengths(self.mean)
        for length, position in zip(reversed(shape), reversed(positions), strict=False):
            if length != 1 and in_shape[position] not in (None, length):
                got = f"{length} of them on {shown(in_shape)}"
                raise ShapeError("mean", f"1 number, or {in_shape[position]} along axis {position + 1}", got)
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        axes = self._axes(in_shape)
        kept = (("mean", axes), ("variance", axes), ("count", ()))
        return tuple(Weight(name, axes, trainable=False) for name, axes in kept)

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()  # its statistics are numbers like any other


@attrs.frozen(eq=False, repr=False)
class LayerScale(Layer):
    """A factor for each channel that begins small (Touvron et al., 2021), as ConvNeXt has it behind every block.

    Arguments: `init_values`, what the factors begin with, and `projection_dim`, the number of channels. An input of one
    channel becomes as many, as in Keras.

    Weights: gamma (channels). Raises `ConfigError` for a wrong argument, `ShapeError` for another number of channels.

    >>> LayerScale(1e-6, 96).params((56, 56, 96)), LayerScale(1e-6, 96).output_shape((56, 56, 96))
    (96, (56, 56, 96))
    """

    init_values: float = attrs.field(converter=_init_values)
    projection_dim: int = attrs.field(converter=_projection_dim)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if self.projection_dim == 1 or in_shape[-1:] == (self.projection_dim,):
            return in_shape
        if not in_shape or in_shape[-1] not in (None, 1):
            raise ShapeError("in_shape", f"of {int(self.projection_dim)} channels", shown(in_shape))
        return (*in_shape[:-1], self.projection_dim)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("gamma", (("channels", self.projection_dim),)),)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()
