"""A network as a picture: what comes out of each layer, its kernel on what goes in, and a bar for what it costs.

Knows: how a picture is written in SVG. Must not know: where a fact comes from, which box stands where.

The picture holds text as text, a viewBox, and two sets of colours of which the reader's own setting takes one; no
script, no reference to anything outside, and no id, so that several stand on one page. All positions are whole numbers:
the same network gives the same picture everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

import attrs

from paramcalc.errors import printable
from paramcalc.render.boxes import Box, boxes_of, costs_text, label_of, sizes_text
from paramcalc.render.folding import folded
from paramcalc.render.glyphs import Face, Glyph, glyph_of, kernel_on, scale_of
from paramcalc.render.lanes import Arrow, lanes_of
from paramcalc.render.strips import FRAME, FRAME_LABEL, MARGIN, UNDER, Size, Strip, strips_of
from paramcalc.render.table import cell, count_text
from paramcalc.render.text import shortened, width
from paramcalc.shapes import are_several, one_by_one, parted
from paramcalc.summary import Summary

TITLE = 66
LEAST_WIDTH = 640
LABELS = 40
"""The room above what comes out of a layer, for its name and kind."""
LINE = 15
NOTE = 18
BAR = 86
BARS = 48
LONGEST_NAME = 22
LONGEST_KIND = 32
MOST_SHAPES = 3
MOST_FRAMES = 4
"""How many frames stand in each other; models further in share the last."""
MOST_TOLD = 12
"""How many of the layers that are folded into a box are named to who asks for them."""
LARGE, BOLD, PLAIN = 12, 8, 7
"""How wide a column of text is in the title, in a name and elsewhere."""
WIDE, WIDEST = "mw", "MW@%"
"""Characters of one and a half columns, beside capitals, and of two."""

COLOURS = {
    # What is drawn: its colours in light, and in dark
    " .page": ("fill:#fff", "fill:#11161d"),
    " text": ("fill:#1a2028", "fill:#e9edf2"),
    " .soft": ("fill:#57616d", "fill:#a3adb9"),
    " .maps": ("fill:#d5e5fb;stroke:#2a66ad", "fill:#1c3a60;stroke:#82b8f6"),
    " .pools": ("fill:#d5efdd;stroke:#217a49", "fill:#19432d;stroke:#74d09d"),
    " .dense": ("fill:#fde2c8;stroke:#b35a10", "fill:#55310f;stroke:#f2a768"),
    " .plain": ("fill:#eceff2;stroke:#6c7682", "fill:#2c333c;stroke:#9ca6b2"),
    " .model": ("fill:#e6dcfa;stroke:#6745ba", "fill:#392b61;stroke:#b9a0f6"),
    " .ray": ("stroke:#b02a4c", "stroke:#ff90a8"),
    " .kernel": ("fill:#b02a4c;stroke:#b02a4c", "fill:#ff90a8;stroke:#ff90a8"),
    " .arrow": ("stroke:#57616d", "stroke:#a3adb9"),
    " .head": ("fill:#57616d", "fill:#a3adb9"),
    " .track": ("fill:#e4e8ec", "fill:#2b323b"),
    " .params": ("fill:#3b4a9c", "fill:#97a5f3"),
    " .macs": ("fill:#0f8488", "fill:#4cc9cb"),
    " .frame": ("fill:#6745ba;stroke:#6745ba", "fill:#b9a0f6;stroke:#b9a0f6"),
}
RULES = {
    "": "font:12px system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'DejaVu Sans',sans-serif;"
    "font-variant-numeric:tabular-nums",
    " text": "text-anchor:middle",
    " .start": "text-anchor:start",
    " .title": "font-size:19px;font-weight:600",
    " .name": "font-size:13px;font-weight:600",
    " .open": "stroke-dasharray:4 3",
    " .thin": "fill:none;stroke-width:.7",
    " .ray": "fill:none;stroke-width:.8",
    " .kernel": "fill-opacity:.4",
    " .arrow": "fill:none;stroke-width:1.4",
    " .frame": "fill-opacity:.06;stroke-opacity:.5",
}
KINDS = {
    "maps": "slides, with weights",
    "pools": "slides, no weights",
    "dense": "with weights",
    "plain": "no weights",
    "model": "several layers",
    "params": "parameters",
    "macs": "multiply-adds (MACs)",
}
SIDES = "Sides grow with the square root of the axis"
NOTES = {
    # What a picture has that has this to be said of it
    "bars": "A bar is as long as its share of the largest in the picture.",
    "sides": f"{SIDES}.",
    "sheets": f"{SIDES}; each doubling of the channels adds a sheet.",
    "kernel": "The red square is the kernel.",
    "open": "A dashed outline stands for an axis that is not known.",
}


def summary_as_svg(summary: Summary) -> str:
    """A picture of the rows of a summary, as a whole SVG document."""
    return _Picture(summary).written()


class _Cell(NamedTuple):
    """A box with what is drawn of it."""

    box: Box
    glyph: Glyph
    name: str
    kind: str
    shapes: tuple[str, ...]
    size: Size


class _Picture:
    """A picture while it is drawn."""

    def __init__(self, summary: Summary) -> None:
        boxes = [attrs.evolve(box, models=_framed(box.models)) for box in folded(boxes_of(summary))]
        self.summary = summary
        self.lanes = lanes_of([box.sources for box in boxes])
        self.barred = {lane for lane, box in zip(self.lanes.lanes, boxes, strict=True) if not box.is_input}
        self.levels = max(len(box.models) for box in boxes)
        self.most_params = max(1, *(box.params for box in boxes), 1)
        self.most_macs = max(1, *(box.macs or 0 for box in boxes), 1)
        scale = scale_of((box.output_shape, box.data_format) for box in boxes)
        again = {taker: boxes[source].name for source, taker in self.lanes.backward}
        self.cells = [
            _cell(
                box,
                glyph_of(box.output_shape, box.data_format, scale),
                again.get(number),
                BARS if self.lanes.lanes[number] in self.barred else 0,
            )
            for number, box in enumerate(boxes)
        ]
        around: dict[int, set[tuple[str, ...]]] = {}
        for column, box in zip(self.lanes.columns, boxes, strict=True):
            around.setdefault(column, set()).add(box.models)
        beginnings = [column for column in around if column and around[column].isdisjoint(around[column - 1])]
        self.strips = strips_of(self.lanes, [one.size for one in self.cells], self.levels, beginnings, top=TITLE)

    def written(self) -> str:
        totals = f"{count_text(self.summary.total_params)} parameters · {cell('count', self.summary.macs)} MACs"
        legend, right, high = self._legend(self.strips[-1].bottom)
        right = max(right, MARGIN + PLAIN * len(totals), *(strip.right for strip in self.strips))
        wide = max(LEAST_WIDTH, right + MARGIN)
        size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" style="max-width:100%;height:auto"'
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="paramcalc-picture" role="img" {size}>',
            f"<title>{_escaped(f'{self.summary.name}: {totals}')}</title>",
            f"<desc>{_escaped('; '.join(map(_told, self.cells)))}</desc>",
            f"<style>{_style()}</style>",
            f'<rect class="page" width="{wide}" height="{high}" rx="10"/>',
            _text(MARGIN, 34, _fitting(self.summary.name, wide - 2 * MARGIN, LARGE), "title start"),
            _text(MARGIN, 54, totals, "soft start"),
            *self._frames(),
            *self._arrows(),
            *(self._drawn(number) for number in range(len(self.cells))),
            *self._rays(),
            *legend,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"

    def _strip(self, column: int) -> Strip:
        return next(strip for strip in self.strips if strip.first <= column < strip.end)

    def _middle(self, number: int) -> tuple[int, int]:
        """The middle of what comes out of a box."""
        column = self.lanes.columns[number]
        strip = self._strip(column)
        return strip.middles[column], strip.lines[self.lanes.lanes[number]]

    # Boxes

    def _drawn(self, number: int) -> str:
        one = self.cells[number]
        x, y = self._middle(number)
        glyph, box = one.glyph, one.box
        strip, lane = self._strip(self.lanes.columns[number]), self.lanes.lanes[number]
        above, below = strip.firsts[lane], strip.lasts[lane] - (BARS if lane in self.barred else 0)
        drawn = f"translate({x - glyph.width // 2} {y - glyph.height // 2})"
        marks = [
            f"<title>{_escaped(_told(one))}</title>",
            _text(x, above + 13, one.name, "name"),
            _text(x, above + 28, one.kind, "soft"),
            f'<g class="{_style_of(box)}" transform="{drawn}">{"".join(glyph.marks)}</g>',
            *(_text(x, below - LINE * line - 4, text) for line, text in enumerate(one.shapes[::-1])),
        ]
        if not box.is_input:
            marks += _bar(x, below + 4, "params", box.params, self.most_params, "params")
            marks += _bar(x, below + 4 + BARS // 2, "macs", box.macs, self.most_macs, "MACs")
        return "\n".join(["<g>", *marks, "</g>"])

    # Between boxes

    def _arrows(self) -> Iterator[str]:
        for arrow in self.lanes.arrows:
            if not self._is_ray(arrow):
                yield from self._arrow(arrow)

    def _is_ray(self, arrow: Arrow) -> bool:
        """Whether a kernel is drawn on what is taken, and leads to what comes out."""
        source, taker = self.cells[arrow.source].box, self.cells[arrow.taker].box
        columns = self.lanes.columns
        return (
            bool(taker.first.sliding)
            and taker.is_led
            and not are_several(source.output_shape)
            and len(taker.first.sliding) == len(source.output_shape) - 1
            and columns[arrow.taker] == columns[arrow.source] + 1
            and self.lanes.lanes[arrow.taker] == self.lanes.lanes[arrow.source]
            and self._strip(columns[arrow.source]) is self._strip(columns[arrow.taker])
        )

    def _arrow(self, arrow: Arrow) -> Iterator[str]:
        """The line from box to box, along its lane on the columns between, and on in the next strip where one ends."""
        first, last = self.lanes.columns[arrow.source], self.lanes.columns[arrow.taker]
        (x, y), strip = self._middle(arrow.source), self._strip(first)
        path = f"M{x + self.cells[arrow.source].glyph.width // 2 + 4} {y}"
        for column in range(first, last):
            path += f"H{strip.middles[column] + strip.widths[column] // 2}"
            following = self._strip(column + 1)
            if following is not strip:
                end = strip.right + MARGIN - 4
                yield _pointed(
                    path + _curve(end - MARGIN, y, end - 6, strip.lines[arrow.lane]), end, strip.lines[arrow.lane]
                )
                strip, y = following, following.lines[arrow.lane]
                path = f"M4 {y}"
            target = self._middle(arrow.taker)[1] if column + 1 == last else strip.lines[arrow.lane]
            left = strip.middles[column + 1] - strip.widths[column + 1] // 2
            path += _curve(left - 18, y, left - 4, target)
            y = target
        end = self._middle(arrow.taker)[0] - (self.cells[arrow.taker].glyph.width + 1) // 2 - 3
        yield _pointed(f"{path}H{end - 6}", end, y)

    def _rays(self) -> Iterator[str]:
        """Each kernel on the map that it slides over, and what it sees going to one place of what comes out."""
        for arrow in self.lanes.arrows:
            if self._is_ray(arrow):
                source, taker = self.cells[arrow.source], self.cells[arrow.taker]
                shape = one_by_one(source.box.output_shape)[0]
                sizes, _ = parted(shape, source.box.data_format)
                kernel = [window.span for window in taker.box.first.sliding]
                square = kernel_on(self._face(arrow.source), sizes, kernel)
                face = self._face(arrow.taker)
                end = f"{face.x + face.width // 4} {face.y + face.height // 3}"
                right = square.x + square.width
                rays = f"M{right} {square.y}L{end}L{right} {square.y + square.height}"
                yield f'<path class="ray" d="{rays}"/>'
                yield f'<rect class="kernel" {_sides(square)}/>'

    def _face(self, number: int) -> Face:
        x, y = self._middle(number)
        glyph = self.cells[number].glyph
        face = glyph.face
        return face._replace(x=x - glyph.width // 2 + face.x, y=y - glyph.height // 2 + face.y)

    def _frames(self) -> Iterator[str]:
        """A frame around the boxes of each model that was opened, in each strip where it has some."""
        inside: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        for number, one in enumerate(self.cells):
            position = self.strips.index(self._strip(self.lanes.columns[number]))
            for level in range(1, len(one.box.models) + 1):
                inside.setdefault((position, one.box.models[:level]), []).append(number)
        for (position, models), numbers in sorted(inside.items(), key=lambda item: (item[0][0], len(item[0][1]))):
            strip, level = self.strips[position], len(models)
            columns = [self.lanes.columns[number] for number in numbers]
            lanes = [self.lanes.lanes[number] for number in numbers]
            beside = FRAME * (self.levels - level + 1)
            left = strip.middles[min(columns)] - strip.widths[min(columns)] // 2 - beside
            right = strip.middles[max(columns)] + strip.widths[max(columns)] // 2 + beside
            top = strip.tops[min(lanes)] + FRAME_LABEL * (level - 1)
            bottom = strip.bottoms[max(lanes)] - UNDER - FRAME * (level - 1)
            yield f'<rect class="frame" rx="6" {_sides(Face(left, top, right - left, bottom - top))}/>'
            yield _text(left + 8, top + 15, _fitting(models[-1], right - left - 16, PLAIN), "soft start")

    def _legend(self, top: int) -> tuple[list[str], int, int]:
        """What the colours that occur mean, and the sizes; and where it ends, to the right and below."""
        drawn = {_style_of(one.box) for one in self.cells} | {"params", "macs"}
        notes = [NOTES[had] for had in self._noted()]
        marks = [_text(MARGIN, top + 42 + NOTE * line, note, "soft start") for line, note in enumerate(notes)]
        x = MARGIN
        for style, words in KINDS.items():
            if style in drawn:
                marks.append(f'<rect class="{style}" x="{x}" y="{top + 6}" width="14" height="10"/>')
                marks.append(_text(x + 20, top + 15, words, "soft start"))
                x += 34 + PLAIN * len(words)
        return marks, x - MARGIN, top + 52 + NOTE * len(notes)

    def _noted(self) -> Iterator[str]:
        """What there is in the picture that is to be explained."""
        shapes = [shape for one in self.cells for shape in one_by_one(one.box.output_shape)]
        yield "sheets" if any(len(shape) > 1 for shape in shapes) else "sides"
        if any(map(self._is_ray, self.lanes.arrows)):
            yield "kernel"
        if any(None in shape for shape in shapes):
            yield "open"
        yield "bars"


def _cell(box: Box, glyph: Glyph, again: str | None, bars: int) -> _Cell:
    """What is drawn of a box above room for its bars.

    `again` is what a layer that is called several times takes from behind itself.
    """
    shapes = [sizes_text(shape) for shape in one_by_one(box.output_shape)]
    if len(shapes) > MOST_SHAPES:
        shapes[MOST_SHAPES - 1 :] = [f"and {len(shapes) - MOST_SHAPES + 1} more"]
    if again is not None:
        shapes.append(f"again from {shortened(again, LONGEST_NAME)}")
    name, kind = shortened(box.name, LONGEST_NAME), shortened(box.kind, LONGEST_KIND)
    wide = max(glyph.width, BAR, _span(name, BOLD), *(_span(text, PLAIN) for text in (kind, *shapes)))
    if not box.is_input:
        costs = costs_text(box.params, "params"), costs_text(box.macs, "MACs")
        wide = max(wide, *(PLAIN * len(text) for text in costs))
    size = Size(wide, glyph.height // 2 + LABELS, (glyph.height + 1) // 2 + LINE * len(shapes) + bars + 6)
    return _Cell(box, glyph, name, kind, tuple(shapes), size)


def _framed(models: tuple[str, ...]) -> tuple[str, ...]:
    """The names in the frames around a box that is in these models."""
    outer, inner = models[: MOST_FRAMES - 1], models[MOST_FRAMES - 1 :]
    return (*outer, "/".join(inner)) if inner else outer


def _style_of(box: Box) -> str:
    """The style by what a layer does to its input, which is a fact, not by its class."""
    if box.is_folded and not (box.is_led and not hasattr(box.first.layer, "layers")):
        return "model"
    # Weights that are counted elsewhere are weights, too
    has_weights = box.params or any(row.repeats for row in box.rows)
    if box.first.sliding:
        return "maps" if has_weights else "pools"
    return "dense" if has_weights else "plain"


def _told(one: _Cell) -> str:
    """A box in a sentence, for those who cannot see it, and for those who point at it."""
    names = [row.name for row in one.box.rows[:MOST_TOLD]]
    if len(one.box.rows) > MOST_TOLD:
        names.append(f"{count_text(len(one.box.rows) - MOST_TOLD)} more")
    return ", ".join([*names, *label_of(one.box)[1:]])


def _span(text: str, column: int) -> int:
    """How wide a text is, with so much for a column: a wide letter has one and a half, and the widest have two."""
    halves = 2 * width(text) + sum(2 if letter in WIDEST else letter.isupper() or letter in WIDE for letter in text)
    return (column * halves + 1) // 2


def _fitting(text: str, room: int, column: int) -> str:
    """A text in so much room, or as much of it as fits."""
    columns = max(room // column, 3)
    while columns > 3 and _span(shortened(text, columns), column) > room:  # noqa: PLR2004 (a sign on either side)
        columns -= 1
    return shortened(text, columns)


def _bar(x: int, y: int, style: str, number: int | None, most: int, unit: str) -> list[str]:
    """How much of something there is, and a bar as long as its share of the most."""
    left = x - BAR // 2
    marks = [
        _text(x, y + 9, costs_text(number, unit), "" if number else "soft"),
        f'<rect class="track" x="{left}" y="{y + 13}" width="{BAR}" height="4"/>',
    ]
    if number:
        marks.append(
            f'<rect class="{style}" x="{left}" y="{y + 13}" width="{max(1, BAR * number // most)}" height="4"/>'
        )
    return marks


def _curve(x: int, y: int, end_x: int, end_y: int) -> str:
    if y == end_y:
        return f"H{end_x}"
    middle = (x + end_x) // 2
    return f"H{x}C{middle} {y} {middle} {end_y} {end_x} {end_y}"


def _pointed(path: str, x: int, y: int) -> str:
    """A line with a head at its end."""
    return f'<path class="arrow" d="{path}"/><path class="head" d="M{x} {y}l-8 -4v8z"/>'


def _sides(face: Face) -> str:
    return f'x="{face.x}" y="{face.y}" width="{face.width}" height="{face.height}"'


def _text(x: int, y: int, text: str, style: str = "") -> str:
    attribute = f' class="{style}"' if style else ""
    return f'<text{attribute} x="{x}" y="{y}">{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    return escape(printable(text))


def _style() -> str:
    light, dark = (
        "".join(f".paramcalc-picture{name}{{{colours[side]}}}" for name, colours in COLOURS.items()) for side in (0, 1)
    )
    rules = "".join(f".paramcalc-picture{name}{{{rule}}}" for name, rule in RULES.items())
    return f"{rules}{light}@media(prefers-color-scheme:dark){{{dark}}}"
