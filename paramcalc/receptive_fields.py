"""What one output of a chain of layers sees of the chain's input.

Knows: how windows on windows add up, layer by layer, in models inside models too. Must not know: any family of layers.

A window of span s adds s − 1 steps to the field, and a step is the product of all strides before it. The input's edges
are not regarded: a field may be larger than the input. Behind a layer that puts the axes in a row, one that sees all
features sees all of the last map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import attrs

from paramcalc.layers.base import Layer
from paramcalc.model import Model
from paramcalc.shapes import Shape, Shapes, are_several, parted
from paramcalc.windows import Window

Field: TypeAlias = tuple[Window, ...]


def receptive_fields(layers: Iterable[tuple[Layer, Shapes]]) -> Iterator[Field | None]:
    """For each layer of a chain with its input shape: the field of one output, as a window on each of the input's axes.

    None where a layer's windows are not known, and from there on.

    >>> from paramcalc import Conv1D, Pool
    >>> list(receptive_fields([(Conv1D(8, 3), (28, 8)), (Pool(2), (26, 8))]))[-1]
    (Window(kernel=4, stride=2, dilation=1),)
    """
    view, memo = None, {}  # type: ignore[var-annotated]  # of _behind's types
    for layer, in_shape in layers:
        view = _behind(view or _start(in_shape), layer, in_shape, memo)
        yield view.field


@attrs.frozen
class _View:
    """What is seen so far, and, should the axes be put in a row, how large the last map was and how it was laid out."""

    field: Field | None
    map_sizes: Shape
    data_format: str | None


def _start(in_shape: Shapes) -> _View:
    if are_several(in_shape):
        return _View(None, (), None)
    rank = max(len(in_shape) - 1, 1)
    return _View((Window(1),) * rank, in_shape[:rank], None)


def _behind(view: _View, layer: Layer, in_shape: Shapes, memo: dict[tuple[object, ...], _View]) -> _View:
    """The view of one output of this layer, which gets what `view` is of."""
    if isinstance(layer, Model):
        return _behind_model(view, layer, in_shape, memo)
    if are_several(in_shape):
        return _View(None, view.map_sizes, view.data_format)
    windows = layer.windows(in_shape)
    data_format = layer.layout(in_shape, view.data_format)
    in_a_row = len(in_shape) <= 1
    map_sizes = view.map_sizes if in_a_row else parted(in_shape, data_format)[0]
    if windows is None or view.field is None:
        return _View(None, map_sizes, data_format)
    if not windows:
        return _View(view.field, map_sizes, data_format)
    seen = tuple(None if size is None else Window(size) for size in map_sizes) if in_a_row else windows
    # What has been seen as a whole is one position, unless the next layer's input shape says otherwise
    return _View(_widened(view.field, seen), (1,) * len(map_sizes), data_format)


def _behind_model(view: _View, model: Model, in_shape: Shapes, memo: dict[tuple[object, ...], _View]) -> _View:
    """A model is one window to what is around it; what it does to one position is found once."""
    neutral = _View((Window(1),) * len(view.field or ()), view.map_sizes, view.data_format)
    key = (id(model), in_shape, neutral)
    if key not in memo:
        inner = neutral
        for _, layer, shape, _ in model._placed(in_shape, {}):
            inner = _behind(inner, layer, shape, memo)
        memo[key] = inner
    found = memo[key]
    field = None if found.field is None or view.field is None else _widened(view.field, found.field)
    return _View(field, found.map_sizes, found.data_format)


def _widened(field: Field, windows: tuple[Window | None, ...]) -> Field | None:
    """The field behind one more window on each axis."""
    known = tuple(window for window in windows if window is not None)
    if len(known) != len(field):
        return None
    return tuple(
        Window(seen.kernel + (window.span - 1) * seen.stride, seen.stride * window.stride)
        for seen, window in zip(field, known, strict=True)
    )
