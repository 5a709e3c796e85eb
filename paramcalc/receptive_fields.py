"""What one output of a chain or a graph of layers sees of the input.

Knows: how windows on windows add up, layer by layer, in models inside models too. Must not know: any family of layers.

A window of span s adds s − 1 steps to the field, and a step is the product of all strides before it. The input's edges
are not regarded: a field may be larger than the input. Behind a layer that puts the axes in a row, one that sees all
features sees all of the last map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import attrs

from paramcalc.evaluation import evaluation, order
from paramcalc.layers.base import Layer, Memo
from paramcalc.model import Model
from paramcalc.shapes import Shape, Shapes, one_by_one, parted
from paramcalc.windows import Window

Field: TypeAlias = tuple[Window, ...]


class _Known(NamedTuple):
    """What has been found, each once: the views of models in models, and what evaluations remember."""

    views: dict[tuple[object, ...], _View]
    memo: Memo


def receptive_fields(steps: Iterable[tuple[Layer, Shapes, Sequence[int]]]) -> Iterator[Field | None]:
    """For each layer with its input shape: the field of one output, as a window on each of the input's axes.

    A step says from which steps before it its layer takes, or from none where it is the first. Where several join, the
    field is the largest of theirs. None where a layer's windows are not known, and from there on.

    >>> from paramcalc import Conv1D, Pool
    >>> list(receptive_fields([(Conv1D(8, 3), (28, 8), ()), (Pool(2), (26, 8), (0,))]))[-1]
    (Window(kernel=4, stride=2, dilation=1),)
    """
    views: list[_View] = []
    known = _Known({}, {})
    for layer, in_shape, sources in steps:
        before = _joined([views[source] for source in sources]) if sources else _start(in_shape)
        views.append(_behind(before, layer, in_shape, known))
        yield views[-1].field


@attrs.frozen
class _View:
    """What is seen so far, and, should the axes be put in a row, how large the last map was and how it was laid out."""

    field: Field | None
    map_sizes: Shape
    data_format: str | None


def _start(in_shape: Shapes) -> _View:
    shapes = one_by_one(in_shape)
    rank = max(len(shapes[0]) - 1, 1)
    # Several inputs at once: whose field it is would be open
    return _View((Window(1),) * rank if len(shapes) == 1 else None, shapes[0][:rank], None)


def _joined(views: list[_View]) -> _View:
    """The view of what takes from all of these: on each axis the largest field, if they go on in the same steps."""
    first, *others = views
    if not others:
        return first
    fields = [view.field for view in views]
    known = [field for field in fields if field is not None]
    steps = {tuple(window.stride for window in field) for field in known}
    if len(known) < len(fields) or len(steps) > 1:
        return _View(None, first.map_sizes, first.data_format)
    return _View(tuple(map(max, *known)), first.map_sizes, first.data_format)


def _behind(view: _View, layer: Layer, in_shape: Shapes, known: _Known) -> _View:
    """The view of one output of this layer, which gets what `view` is of."""
    if isinstance(layer, Model):
        return _behind_model(view, layer, in_shape, known)
    windows = layer.windows(in_shape)
    shape = one_by_one(in_shape)[0]
    data_format = layer.layout(in_shape, view.data_format)
    in_a_row = len(shape) <= 1
    map_sizes = view.map_sizes if in_a_row else parted(shape, data_format)[0]
    if windows is None or view.field is None:
        return _View(None, map_sizes, data_format)
    if not windows:
        return _View(view.field, map_sizes, data_format)
    seen = tuple(None if size is None else Window(size) for size in map_sizes) if in_a_row else windows
    # What has been seen as a whole is one position, unless the next layer's input shape says otherwise
    return _View(_widened(view.field, seen), (1,) * len(map_sizes), data_format)


def _behind_model(view: _View, model: Model, in_shape: Shapes, known: _Known) -> _View:
    """A model is one window to what is around it; what it does to one position is found once."""
    neutral = _View((Window(1),) * len(view.field or ()), view.map_sizes, view.data_format)
    key = (id(model), in_shape, neutral)
    if key not in known.views:
        calls = evaluation(model, in_shape, known.memo, [])
        views: list[_View] = []
        for (_, layer, shape, _), (_, sources) in zip(calls, order(model), strict=True):
            if sources is None:
                before = views[-1] if views else neutral
            else:
                before = _joined([views[source.call] for source in sources]) if sources else neutral
            views.append(_behind(before, layer, shape, known))
        known.views[key] = _joined([views[source.call] for source in model.outputs]) if model.outputs else views[-1]
    found = known.views[key]
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
