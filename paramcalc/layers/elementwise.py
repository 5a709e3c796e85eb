"""Operations on arrays, number by number, which a model may hold beside its layers, as in `(x + 3) * y`.

Knows: which operations there are, and how their operands broadcast. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsFloat

import attrs

from paramcalc.arguments import Numbers, lengths, number, numbers
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, Shapes, are_several, as_tuple, axis_names, broadcast, several
from paramcalc.traced import named
from paramcalc.weights import Weight
from paramcalc.windows import Window

# By the part of keras.ops that holds them, and by the number of their operands
OPERATIONS_BY_HOME = {
    ("numpy", 1): """
        abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conj conjugate copy cos cosh deg2rad
        exp exp2 expm1 fabs floor i0 imag isfinite isinf isnan isneginf isposinf isreal log log10 log1p log2
        logical_not nan_to_num negative ones_like rad2deg real reciprocal round sign signbit sin sinc sinh sqrt square
        tan tanh trunc zeros_like""",
    ("numpy", 2): """
        add arctan2 divide divide_no_nan equal floor_divide fmax fmin fmod gcd greater greater_equal heaviside hypot
        isclose lcm less less_equal logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod
        multiply nextafter not_equal power subtract true_divide""",
    ("numpy", 3): "clip where",
    ("nn", 1): """
        celu elu gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid relu relu6 selu sigmoid silu
        soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus tanh_shrink threshold""",
    ("math", 1): "erf erfc erfinv rsqrt",
    ("core", 1): "cast stop_gradient",
}
OPERATIONS = {name: count for (_, count), names in OPERATIONS_BY_HOME.items() for name in names.split()}
"""How many operands each operation has."""


def _operation(value: str) -> str:
    plain = str.__str__(value) if isinstance(value, str) else ""
    if plain not in OPERATIONS:
        hint = f"write {plain.lower()!r}" if plain.lower() in OPERATIONS else ""
        raise ConfigError("operation", "one of keras.ops on each number, such as 'add' or 'relu'", shown(value), hint)
    return plain


def _operands(value: Sequence[Any]) -> tuple[Numbers | None, ...]:
    operands = as_tuple(value)
    if operands is None:
        raise ConfigError("operands", "a tuple or list of numbers, with None for each input", shown(value))
    return tuple(
        operand if operand is None else numbers(f"operands[{index}]", operand) for index, operand in enumerate(operands)
    )


def _scale(value: SupportsFloat) -> float:
    return number("scale", value)


class _Numberwise(Layer):
    """A layer that computes every number from those in the same place."""

    __slots__ = ()
    several_inputs = True

    def compute_macs(self, in_shape: Shapes, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shapes) -> tuple[Window, ...]:
        return ()


def _require_one_rank(shapes: tuple[Shape, ...]) -> None:
    """An input of fewer axes would be stretched along the batch of another."""
    if len(set(map(len, shapes))) > 1:
        hint = "Add() and other layers that join inputs leave the batch alone"
        raise ShapeError("in_shape", "shapes of as many axes, for the batch is an axis too", shown(shapes), hint)


@attrs.frozen(eq=False, repr=False)
class Elementwise(_Numberwise):
    """An operation of `keras.ops` on each number of one input or on the numbers of several, such as `x + 3` or `x * y`.

    Arguments: `operation`, its name in `keras.ops`, such as `"add"`, `"true_divide"` or `"relu"`; `operands`, the
    constants among its operands, a number or nested lists of numbers each, with None where an input stands; left out,
    all operands are inputs. Further arguments, which change no shape, are left out too. `"clip"` has three operands,
    the last two of which are its bounds.

    Operands broadcast as in Keras: sizes are compared from the last axis on, and an axis of 1 is repeated. Weights:
    none. Raises `ConfigError` for an operation that is not known and for wrong operands, `ShapeError` for another
    number of inputs, for inputs of different ranks (in Keras the axis of one could meet the batch of the other) and for
    sizes that do not go together.

    >>> Elementwise("multiply").output_shape(((14, 14, 96), (1, 1, 96)))
    (14, 14, 96)
    >>> Elementwise("add", (None, 3)).output_shape((14, 14, 96))
    (14, 14, 96)
    >>> Elementwise("subtract", ([0.1, 0.2, 0.3], None)).output_shape((32, 1))
    (32, 3)
    """

    operation: str = attrs.field(converter=_operation)
    operands: tuple[Numbers | None, ...] = attrs.field(default=(), converter=_operands)
    _lengths: tuple[tuple[int, ...], ...] = attrs.field(init=False, default=(), eq=False)

    def __attrs_post_init__(self) -> None:
        count = OPERATIONS[self.operation]
        if not self.operands:
            return
        shapes = tuple(() if operand is None else lengths(operand) for operand in self.operands)
        object.__setattr__(self, "_lengths", shapes)
        if len(self.operands) != count:
            raise ConfigError("operands", f"{count}, as {self.operation!r} has", shown(self.operands))
        inputs = self.operands.count(None)
        if not inputs:
            raise ConfigError("operands", "such that one is None, an input", shown(self.operands))
        if inputs == count:
            object.__setattr__(self, "operands", ())

    def _shapes(self, in_shape: Shapes) -> tuple[Shape, ...]:
        """The shapes of the inputs, which are as many as the operation takes beside the constants."""
        inputs = self.operands.count(None) or OPERATIONS[self.operation]
        if inputs > 1:
            return several(in_shape, f"{inputs} shapes, one for each input", inputs)
        if are_several(in_shape):
            raise ShapeError("in_shape", "one shape, for there is one input", shown(in_shape))
        return (in_shape,)

    def compute_output_shape(self, in_shape: Shapes) -> Shape:
        shapes = self._shapes(in_shape)
        _require_one_rank(shapes)
        rank = len(shapes[0])
        labels = [f"constant {axis}" for axis in axis_names(rank)]
        constants = []
        for index, shape in enumerate(self._lengths):
            more = len(shape) - rank
            if more > 1 or (more == 1 and shape[0] != 1):
                expected = f"of at most the {rank} axes of the input, or of a 1 for the batch before them"
                raise ShapeError(f"operands[{index}]", expected, f"one of shape {shown(shape)} on {shown(in_shape)}")
            own = shape[1:] if more == 1 else shape
            constants.append(tuple(map(named, own, labels[rank - len(own) :])))
        return broadcast([*shapes, *constants], known_wins=True)


@attrs.frozen(eq=False, repr=False)
class CustomScaleLayer(_Numberwise):
    """The first input and `scale` times the second, as in Inception-ResNet (Szegedy et al., 2016).

    The name is Keras's, which has it for `keras.applications.InceptionResNetV2`. Weights: none. Raises `ConfigError`
    for what is no number, `ShapeError` as `Elementwise` does.

    >>> CustomScaleLayer(0.17).output_shape(((35, 35, 320), (35, 35, 320)))
    (35, 35, 320)
    """

    scale: float = attrs.field(converter=_scale)

    def compute_output_shape(self, in_shape: Shapes) -> Shape:
        shapes = several(in_shape, "2 shapes, one for each input", 2)
        _require_one_rank(shapes)
        return broadcast(shapes, known_wins=True)
