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
from paramcalc.shapes import Shape, parted
from paramcalc.windows import Window

Field: TypeAlias = tuple[Window, ...]


def receptive_fields(in_shape: Shape, layers: Iterable[tuple[Layer, Shape]]) -> Iterator[Field | None]:
    """For each layer of a chain with its input shape: the field of one output, as a window on each of the input's axes.

    None where a layer's windows are not known, and from there on.

    >>> from paramcalc import Conv1D, Pool
    >>> list(receptive_fields((28, 8), [(Conv1D(8, 3), (28, 8)), (Pool(2), (26, 8))]))[-1]
    (Window(kernel=4, stride=2, dilation=1),)
    """
    rank = max(len(in_shape) - 1, 1)
    view = _View((Window(1),) * rank, in_shape[:rank], "channels_last")
    for layer, own_shape in layers:
        view = view.behind(layer, own_shape)
        yield view.field


@attrs.frozen
class _View:
    """What is seen so far, and, should the axes be put in a row, how large the last map was."""

    field: Field | None
    map_sizes: Shape
    data_format: str

    def behind(self, layer: Layer, in_shape: Shape) -> _View:
        """The view of one output of this layer, which gets what this view is of."""
        if isinstance(layer, Model):
            view = self
            for _, inner, shape, _ in layer._placed(in_shape, {}):
                view = view.behind(inner, shape)
            return view
        windows = layer.windows(in_shape)
        data_format: str = getattr(layer, "data_format", self.data_format)
        in_a_row = len(in_shape) <= 1
        map_sizes = self.map_sizes if in_a_row else parted(in_shape, data_format)[0]
        if windows is None or self.field is None:
            return _View(None, map_sizes, data_format)
        if not windows:
            return _View(self.field, map_sizes, data_format)
        seen = [None if size is None else Window(size) for size in map_sizes] if in_a_row else windows
        # What has been seen as a whole is one position, unless the next layer's input shape says otherwise
        return _View(_widened(self.field, tuple(seen)), (1,) * len(map_sizes), data_format)


def _widened(field: Field, windows: tuple[Window | None, ...]) -> Field | None:
    """The field behind one more window on each axis."""
    known = tuple(window for window in windows if window is not None)
    if len(known) != len(field):
        return None
    return tuple(
        Window(seen.kernel + (window.span - 1) * seen.stride, seen.stride * window.stride)
        for seen, window in zip(field, known, strict=True)
    )
