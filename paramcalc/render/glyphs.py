"""What comes out of a layer as a shape to look at.

Knows: how an array of each number of axes is drawn, and how large. Must not know: layers, where on a picture it stands.

A map is a stack of sheets, one more each time the channels double; a sequence a stack of strips; a volume a stack of
blocks; features in a row are a column of cells. A side grows with the square root of its axis, so that an area grows
with the square root of the numbers in it, and small maps are still seen beside large ones. An axis that is not known is
drawn dashed, at half of the largest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt
from typing import NamedTuple

from paramcalc.shapes import Shape, Shapes, one_by_one, parted

LEAST, MOST = 10, 92
"""The sides of the smallest map and of the largest."""
STEP = 4
"""How far one sheet stands behind another."""
STRIP = 8
CELL = 6
COLUMN = 14
GAP = 8
MOST_SHEETS = 12
MOST_BLOCKS = 4
MOST_OUTPUTS = 3


class Face(NamedTuple):
    """A rectangle, by its corner and its sides.

    >>> Face(0, 4, 20, 10).height
    10
    """

    x: int
    y: int
    width: int
    height: int


class Glyph(NamedTuple):
    """A drawing in a box of its own: its size, the marks in it, and the face of what is in front.

    >>> Glyph(0, 0, (), Face(0, 0, 0, 0)).marks
    ()
    """

    width: int
    height: int
    marks: tuple[str, ...]
    face: Face


class Scale(NamedTuple):
    """The largest spatial axis of a picture, and its longest row of features.

    >>> Scale(32, 400).side(8), Scale(32, 400).length(400)
    (51, 92)
    """

    axis: int
    features: int

    def side(self, size: int | None) -> int:
        """How long a spatial axis is drawn.

        >>> Scale(32, 400).side(32), Scale(32, 400).side(None)
        (92, 51)
        """
        return _rooted(size, self.axis)

    def length(self, features: int | None) -> int:
        """How long a row of features is drawn.

        >>> Scale(32, 400).length(100)
        51
        """
        return _rooted(features, self.features)


def _rooted(size: int | None, largest: int) -> int:
    if size is None:
        return (LEAST + MOST) // 2
    return LEAST + isqrt((MOST - LEAST) ** 2 * size // largest)


def scale_of(shapes: Iterable[tuple[Shapes, str]]) -> Scale:
    """The scale of a picture of these shapes, each with where its channels are.

    >>> scale_of([((32, 32, 3), "channels_last"), ((400,), "channels_last")])
    Scale(axis=32, features=400)
    """
    axes, features = [1], [1]
    for several, data_format in shapes:
        for shape in one_by_one(several):
            in_a_row = len(shape) <= 1
            known = features if in_a_row else axes
            known += [size for size in (shape if in_a_row else parted(shape, data_format)[0]) if size]
    return Scale(max(axes), max(features))


def glyph_of(shapes: Shapes, data_format: str, scale: Scale) -> Glyph:
    """The drawing of what comes out of a layer; of several outputs, the first few one below the other.

    >>> glyph_of((28, 28, 8), "channels_last", Scale(28, 1)).face
    Face(x=0, y=12, width=92, height=92)
    """
    glyphs = [_single(shape, data_format, scale) for shape in one_by_one(shapes)[:MOST_OUTPUTS]]
    if len(glyphs) == 1:
        return glyphs[0]
    width = max(glyph.width for glyph in glyphs)
    height = -GAP
    marks = []
    for glyph in glyphs:
        height += GAP
        marks.append(f'<g transform="translate({(width - glyph.width) // 2} {height})">{"".join(glyph.marks)}</g>')
        height += glyph.height
    return Glyph(width, height, tuple(marks), Face(0, 0, width, height))


def _single(shape: Shape, data_format: str, scale: Scale) -> Glyph:
    if not shape:
        return Glyph(LEAST, LEAST, (_rectangle(0, 0, LEAST, LEAST, open_axis=False),), Face(0, 0, LEAST, LEAST))
    if len(shape) == 1:
        return _column(shape[0], scale)
    spatial, channels = parted(shape, data_format)
    sheets = 3 if channels is None else min(1 + (channels - 1).bit_length(), MOST_SHEETS)
    open_axis = None in shape
    sides = [scale.side(size) for size in spatial]
    *depth, height, width = sides if len(sides) > 1 else [STRIP, *sides]
    if len(depth) == 1:
        return _blocks(min((sheets + 1) // 2, MOST_BLOCKS), depth[0] // 3, height, width, open_axis=open_axis)
    if depth:
        return _blocks(1, MOST // 3, MOST // 2, MOST // 2, open_axis=open_axis)
    back = STEP * (sheets - 1)
    marks = tuple(
        _rectangle(STEP * number, back - STEP * number, width, height, open_axis=open_axis)
        for number in range(sheets - 1, -1, -1)
    )
    return Glyph(width + back, height + back, marks, Face(0, back, width, height))


def _column(features: int | None, scale: Scale) -> Glyph:
    """Features in a row: cells, as many as there are and as fit."""
    height = scale.length(features)
    cells = height // CELL if features is None else min(features, height // CELL)
    marks = [_rectangle(0, 0, COLUMN, height, open_axis=features is None)]
    lines = [f"M0 {height * cell // cells}h{COLUMN}" for cell in range(1, cells)]
    if lines:
        marks.append(f'<path class="thin" d="{"".join(lines)}"/>')
    return Glyph(COLUMN, height, tuple(marks), Face(0, 0, COLUMN, height))


def _blocks(number: int, depth: int, height: int, width: int, *, open_axis: bool) -> Glyph:
    """Volumes, one behind the other."""
    back = 2 * STEP * (number - 1)
    style = ' class="open"' if open_axis else ""
    marks = []
    for block in range(number - 1, -1, -1):
        x, y = 2 * STEP * block, depth + back - 2 * STEP * block
        marks.append(
            f'<path{style} d="M{x} {y}l{depth} {-depth}h{width}v{height}l{-depth} {depth}h{-width}z'
            f'M{x} {y}h{width}v{height}M{x + width} {y}l{depth} {-depth}"/>'
        )
    return Glyph(width + depth + back, height + depth + back, tuple(marks), Face(0, depth + back, width, height))


def _rectangle(x: int, y: int, width: int, height: int, *, open_axis: bool) -> str:
    style = ' class="open"' if open_axis else ""
    return f'<rect{style} x="{x}" y="{y}" width="{width}" height="{height}"/>'


def kernel_on(face: Face, sizes: Sequence[int | None], kernel: Sequence[int]) -> Face:
    """Where a kernel is drawn on the face of the map that it slides over: as large a part of it as of its axes.

    >>> kernel_on(Face(0, 0, 90, 90), (32, 32), (5, 5))
    Face(x=50, y=19, width=14, height=14)
    """
    width, height = (
        _part(side, size, reach)
        for side, size, reach in ((face.width, sizes[-1], kernel[-1]), (face.height, *_of_height(sizes, kernel)))
    )
    return Face(face.x + (face.width - width) * 2 // 3, face.y + (face.height - height) // 4, width, height)


def _of_height(sizes: Sequence[int | None], kernel: Sequence[int]) -> tuple[int | None, int]:
    return (sizes[-2], kernel[-2]) if len(sizes) > 1 else (1, 1)


def _part(side: int, size: int | None, reach: int) -> int:
    """So much of a side as a kernel has of an axis, and never less than can be seen."""
    return max(min(side, side // 3 if size is None else side * reach // size), min(side, 4))
