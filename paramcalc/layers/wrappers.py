"""Layers that apply another layer.

Knows: that a layer can be asked. Must not know: any particular one.
"""

from __future__ import annotations

from typing import Any, Literal, SupportsIndex, TypeAlias, cast

import attrs

from paramcalc.arguments import choice, integer
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer, Memo, Tally, depth_around, not_one
from paramcalc.sequences import require_states
from paramcalc.shapes import Shape, Shapes, are_several, one_by_one, product
from paramcalc.tied import Listed
from paramcalc.traced import named
from paramcalc.weights import Weight
from paramcalc.windows import Window

MergeMode: TypeAlias = Literal["concat", "sum", "mul", "ave"]
MERGE_MODES = ("concat", "sum", "mul", "ave")


def _layer(value: Layer) -> Layer:
    if not isinstance(value, Layer):
        raise ConfigError("layer", "a layer", shown(value))
    return value


def _power_iterations(value: SupportsIndex) -> int:
    return integer("power_iterations", value)


def _merge_mode(value: MergeMode | None) -> MergeMode | None:
    return None if value is None else cast("MergeMode", choice("merge_mode", value, MERGE_MODES))


def _recurrent(name: str, value: Layer) -> Layer:
    """Any layer that may return the whole sequence, and its states: Keras asks no more of it."""
    if not isinstance(value, Layer) or not (hasattr(value, "return_sequences") and hasattr(value, "return_state")):
        raise ConfigError(name, "a recurrent layer, such as LSTM or GRU", shown(value))
    return value


def _forward_layer(value: Layer) -> Layer:
    return _recurrent("layer", value)


def _backward_layer(value: Layer | None) -> Layer | None:
    return None if value is None else _recurrent("backward_layer", value)


@attrs.frozen(eq=False, repr=False)
class TimeDistributed(Layer):
    """The same layer at every step: `(steps, ...)` becomes `(steps, what the layer makes of ...)`.

    Argument: `layer`, any layer of one input and one output; models are layers. Weights: those of the layer, once, for
    all steps share them. Raises `ConfigError` for what is no layer; `ShapeError` for a shape of fewer than two axes,
    for a layer that gives several outputs, and as the layer does.

    >>> from paramcalc import Conv2D
    >>> frames = TimeDistributed(Conv2D(64, 3))
    >>> frames.output_shape((10, 128, 128, 3)), frames.params((10, 128, 128, 3))
    ((10, 126, 126, 64), 1792)
    """

    layer: Layer = attrs.field(converter=_layer)
    _depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_depth", depth_around(self.layer))

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        steps, step = self._parted(in_shape)
        return self._at_every(steps, self.layer.output_shape(step))

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return self.layer.weights(in_shape[1:])

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((in_shape[0], self.layer.macs(in_shape[1:])))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((in_shape[0], self.layer.connections(in_shape[1:])))

    # A model inside remembers what it found, and may hold more weights than could be listed: so the same once more

    def _output_shape(self, in_shape: Shapes, memo: Memo) -> Shape:
        steps, step = self._parted(in_shape)
        return self._at_every(steps, self.layer._output_shape(step, memo))

    def _tally(self, in_shape: Shapes, memo: Memo) -> Tally:
        steps, step = self._parted(in_shape)
        output_shape, total, trained = self.layer._tally(step, memo)
        return self._at_every(steps, output_shape), total, trained if self.trainable else 0

    def _cost(self, hook: str, in_shape: Shapes, memo: Memo) -> int | None:
        self._output_shape(in_shape, memo)
        steps, step = self._parted(in_shape)
        return self._checked_cost(hook, product((steps, self.layer._cost(hook, step, memo))))

    def _holds(self, path: str) -> bool:
        return self.layer._holds(path)

    def _listed(self, in_shape: Shapes, memo: Memo) -> tuple[Listed, ...]:
        return self.layer._listed(self._parted(in_shape)[1], memo)

    def _has_the_same_weights(self, one: Shapes, other: Shapes, memo: Memo) -> bool:
        return self.layer._has_the_same_weights(self._parted(one)[1], self._parted(other)[1], memo)

    def _parted(self, in_shape: Shapes) -> tuple[int | None, Shape]:
        """The steps, and what one step is."""
        if are_several(in_shape):
            raise not_one(in_shape)
        if len(in_shape) < 2:  # noqa: PLR2004 (the steps, and something at each)
            raise ShapeError("in_shape", "at least 2 axes, the first of them the steps", shown(in_shape))
        return in_shape[0], in_shape[1:]

    def layout(self, in_shape: Any, before: str | None) -> str:
        return self.layer.layout(in_shape[1:], before)

    def _axis_names(self, shape: Shape, in_shape: Any, data_format: str) -> tuple[str, ...]:
        return ("steps", *self.layer._axis_names(shape[1:], in_shape[1:], data_format))

    def _at_every(self, steps: int | None, output_shape: Shapes) -> Shape:
        if are_several(output_shape):
            raise ShapeError("the output of layer", "one shape", f"{len(output_shape)} of them: {shown(output_shape)}")
        return (steps, *output_shape)


@attrs.frozen(eq=False, repr=False)
class Bidirectional(Layer):
    """A recurrent layer and a second one that reads the sequence backwards.

    Arguments: `layer`, the recurrent layer; `merge_mode`, how their outputs become one: `"concat"`, one behind the
    other on the last axis, or `"sum"`, `"mul"` or `"ave"`, number by number; None gives both. By keyword
    `backward_layer`, the second layer, where it is to be another than the first. Behind the output come the states of
    both, where they return them; a tuple of the sequence and the initial states of both is taken too.

    Weights: those of both layers, as `forward/...` and `backward/...`. Raises `ConfigError` for what is no recurrent
    layer and for a second one that returns other than the first; `ShapeError` as the layers do, for initial states that
    do not fit and for outputs that cannot be merged.

    >>> from paramcalc import LSTM
    >>> Bidirectional(LSTM(64)).output_shape((250, 16)), Bidirectional(LSTM(64)).params((250, 16))
    ((128,), 41472)
    >>> Bidirectional(LSTM(64), None).output_shape((250, 16))
    ((64,), (64,))
    """

    several_inputs = True

    layer: Layer = attrs.field(converter=_forward_layer)
    merge_mode: MergeMode | None = attrs.field(default="concat", converter=_merge_mode)
    backward_layer: Layer | None = attrs.field(default=None, converter=_backward_layer, kw_only=True)
    _depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_depth", depth_around(*self._layers()))
        returns, others = map(_returns, self._layers())
        if others != returns:
            same = f"a layer with the return_sequences and return_state of layer, {returns[0]} and {returns[1]}"
            raise ConfigError("backward_layer", same, shown(self.backward_layer))

    def _layers(self) -> tuple[Layer, Layer]:
        return self.layer, self.layer if self.backward_layer is None else self.backward_layer

    def _directions(self, in_shape: Shapes) -> tuple[tuple[Layer, Shapes], tuple[Layer, Shapes]]:
        """Each of the two layers with what it gets: the sequence, and its part of the initial states."""
        forward, backward = self._layers()
        if not are_several(in_shape):
            return (forward, in_shape), (backward, in_shape)
        sequence = in_shape[0]
        first, last = _states(forward, sequence), _states(backward, sequence)
        if len(first) != len(last):
            got = f"{len(in_shape)} of them: {shown(in_shape)}"
            raise ShapeError("in_shape", "one shape, for layer and backward_layer have not as many states", got)
        require_states(in_shape, (*first, *last))
        half = 1 + len(first)
        return (forward, in_shape[:half]), (backward, (sequence, *in_shape[half:]))

    def layout(self, in_shape: Shapes, before: str | None) -> str:
        return self.layer.layout(one_by_one(in_shape)[0], before)

    def _axis_names(self, shape: Shape, in_shape: Shapes, data_format: str) -> tuple[str, ...]:
        return self.layer._axis_names(shape, in_shape, data_format)

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        (forward, *states), (backward, *more) = (
            one_by_one(layer.output_shape(shapes)) for layer, shapes in self._directions(in_shape)
        )
        output, *others = (*self._merged(forward, backward), *states, *more)
        return (output, *others) if others else output

    def _merged(self, forward: Shape, backward: Shape) -> tuple[Shape, ...]:
        if self.merge_mode is None:
            return forward, backward
        if self.merge_mode != "concat":
            self._require_alike(forward, backward, forward == backward, "")
            return (forward,)
        *others, last = forward
        *same, behind = backward
        self._require_alike(forward, backward, others == same, " but for the last axis")
        return ((*others, self._together(last, behind, "output")),)

    def _require_alike(self, forward: Shape, backward: Shape, alike: bool, which: str) -> None:
        if not alike:
            expected = f"of the same shape{which}, for merge_mode {self.merge_mode!r}"
            got = f"{shown(forward)} and {shown(backward)}"
            raise ShapeError("the outputs of layer and backward_layer", expected, got)

    def _together(self, forward: int | None, backward: int | None, what: str) -> int | None:
        """The sum of what both layers have; twice as much where they are alike."""
        if self.backward_layer is None:
            return product((2, forward))
        if forward is None or backward is None:
            return None
        return named(forward, f"forward {what}") + named(backward, f"backward {what}")

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        return tuple(
            attrs.evolve(weight, name=f"{direction}/{weight.name}")
            for direction, (layer, shapes) in zip(("forward", "backward"), self._directions(in_shape), strict=True)
            for weight in layer.weights(shapes)
        )

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        forward, backward = (layer.macs(shapes) for layer, shapes in self._directions(in_shape))
        return self._together(forward, backward, "MACs")


def _returns(layer: Any) -> tuple[bool, bool]:
    """What a recurrent layer returns: the whole sequence or not, and its states or not."""
    return layer.return_sequences, layer.return_state


def _states(layer: Any, sequence: Shape) -> tuple[Shape, ...]:
    """The shapes of a recurrent layer's states."""
    return one_by_one(attrs.evolve(layer, return_state=True).output_shape(sequence))[1:]


@attrs.frozen(eq=False, repr=False)
class SpectralNormalization(Layer):
    """A layer whose kernel is divided by its largest singular value (Miyato et al., 2018); it works as the layer does.

    Arguments: `layer`, one with a kernel or embeddings, such as a convolution; `power_iterations`, how often the value
    is refined for each batch.

    Weights: those of the layer, and behind its kernel vector_u (1, the kernel's last axis), which is never trained.
    Raises `ConfigError` for a layer without a kernel of its own, such as a recurrent one, and as the layer does.

    >>> from paramcalc import Conv2D
    >>> [(weight.name, weight.shape) for weight in SpectralNormalization(Conv2D(8, 5)).weights((32, 32, 3))]
    [('kernel', (5, 5, 3, 8)), ('vector_u', (1, 8)), ('bias', (8,))]
    """

    layer: Layer = attrs.field(converter=_layer)
    power_iterations: int = attrs.field(default=1, converter=_power_iterations)
    _depth: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_depth", depth_around(self.layer))

    @property
    def _wrapped(self) -> Layer:
        """The layer that works, however often it is wrapped: asked of each wrapper, it would answer for all within."""
        layer = self.layer
        while isinstance(layer, SpectralNormalization):
            layer = layer.layer
        return layer

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return self._wrapped.output_shape(in_shape)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        weights = self.layer.weights(in_shape)
        kernels = [weight for weight in weights if weight.name in ("kernel", "embeddings") and weight.axes]
        # A recurrent layer's kernels are those of its cell, and what works at every step has none itself
        elsewhere = isinstance(self.layer, TimeDistributed) or any(w.name == "recurrent_kernel" for w in weights)
        if not kernels or elsewhere:
            raise ConfigError("layer", "one with a kernel or embeddings of its own", shown(self.layer))
        vector = Weight("vector_u", (("rows", 1), kernels[0].axes[-1]), trainable=False)
        if any(weight.name.startswith("lora") for weight in weights):
            return (vector, *weights)  # an adapted kernel is computed anew, and the wrapper does not hold it
        return (kernels[0], vector, *(weight for weight in weights if weight is not kernels[0]))

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return self._wrapped.macs(in_shape)

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return self._wrapped.connections(in_shape)

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        return self._wrapped.windows(in_shape)

    def layout(self, in_shape: Shape, before: str | None) -> str:
        """Where the channels of the input are: where the layer says.

        >>> from paramcalc import Conv2D
        >>> SpectralNormalization(Conv2D(8, 5, data_format="channels_first")).layout((3, 32, 32), None)
        'channels_first'
        """
        return self.layer.layout(in_shape, before)

    def _axis_names(self, shape: Shape, in_shape: Any, data_format: str) -> tuple[str, ...]:
        return self.layer._axis_names(shape, in_shape, data_format)
