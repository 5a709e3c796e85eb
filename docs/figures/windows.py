"""The figures of the page on windows: one axis, and every place that a window takes on it.

Where a window stands follows from the layer's arguments, how many there are from the layer itself, and the formula
below a figure is the layer's own explanation. Run as a script, it writes the files beside it; the tests hold them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from paramcalc import Conv1D, ConvTranspose, Layer, Pool
from paramcalc.windows import span

CELL, ROW, MARGIN = 30, 16, 10
LINES, WINDOWS, LEFT_OVER = "#797979", "#3a7bd0", "#c0611f"  # to be read on white and on black


class Axis(NamedTuple):
    """What the windows of a layer lie on: `size` positions, some before and behind them, and where each begins."""

    size: int
    before: int
    behind: int
    starts: range


def under_windows(layer: Conv1D | Pool, size: int) -> Axis:
    """The input of a layer whose windows slide over it."""
    kernel, stride, dilation, padding = settings(layer)
    count = layer.output_shape((size, 1))[0]
    reach = span(kernel, dilation)
    whole = (count - 1) * stride + reach  # from the first position of the first window to the last of the last
    if padding == "same":
        before = max(whole - size, 0) // 2
    elif padding == "causal":
        before = reach - 1
    else:
        before = 0 if padding == "valid" else padding[0]
    hanging_over = max(whole - before - size, 0)
    behind = hanging_over if isinstance(padding, str) else max(hanging_over, padding[1])
    return Axis(size, before, behind, range(0, count * stride, stride))


def laid_by_windows(layer: ConvTranspose, size: int) -> Axis:
    """The output of a transposed convolution, which lays a window for each position of its input."""
    kernel, stride, dilation, padding = settings(layer)
    before = 0 if isinstance(padding, str) else padding[0]
    length = layer.output_shape((size, 1))[0]
    whole = (size - 1) * stride + span(kernel, dilation)
    return Axis(length, before, max(whole - before - length, 0), range(0, size * stride, stride))


def settings(layer: Layer) -> tuple[int, int, int, str | tuple[int, int]]:
    """The kernel, the stride, the dilation and the padding of a layer on its one axis."""
    kernel = layer.pool_size if isinstance(layer, Pool) else layer.kernel_size
    dilation = 1 if isinstance(layer, Pool) else layer.dilation_rate
    padding = layer.padding if isinstance(layer.padding, str) else layer.padding[0]
    return *(each if isinstance(each, int) else each[0] for each in (kernel, layer.strides, dilation)), padding


def drawn(layer: Layer, size: int, what: str) -> str:
    """The figure as SVG."""
    axis = laid_by_windows(layer, size) if isinstance(layer, ConvTranspose) else under_windows(layer, size)
    step = layer.explain((size, 1)).steps[0]
    sides = dict.fromkeys((step.short.words, step.short.numbers, step.value_text))
    formula = f"{step.what}: {' = '.join(sides)}"
    bottom = MARGIN + CELL + 8 + ROW * len(axis.starts)
    height = bottom + 26
    width = 2 * MARGIN + max((axis.before + axis.size + axis.behind) * CELL + 10, round(6.6 * len(formula)))
    size_of_all = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    style = 'fill="none" font-family="sans-serif" font-size="13"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size_of_all} role="img" {style}>',
            f"<title>{escape(what)}</title>",
            *positions(axis, layer),
            *windows(axis, layer),
            text(MARGIN, bottom + 16, formula),
            "</svg>",
            "",
        ]
    )


def positions(axis: Axis, layer: Layer) -> Iterator[str]:
    """The axis: numbers from 1, dashes for what padding adds or cuts off, a stroke through what no window reaches."""
    kernel, _, dilation, _ = settings(layer)
    last = axis.starts[-1] + span(kernel, dilation) - 1
    for cell in range(axis.before + axis.size + axis.behind):
        x, number = MARGIN + cell * CELL, cell - axis.before + 1
        inside = 1 <= number <= axis.size
        dashes = "" if inside else ' stroke-dasharray="3 3"'
        yield f'<rect x="{x}" y="{MARGIN}" width="{CELL}" height="{CELL}" stroke="{LINES}"{dashes}/>'
        if inside:
            yield text(x + CELL / 2, MARGIN + CELL / 2 + 5, str(number), anchor="middle")
        if cell > last:
            yield f'<path d="M{x} {MARGIN + CELL}l{CELL} -{CELL}" stroke="{LEFT_OVER}" stroke-width="2"/>'


def windows(axis: Axis, layer: Layer) -> Iterator[str]:
    """A row for each place of the window, numbered from 1: the cells of the kernel, joined by a line."""
    kernel, _, dilation, _ = settings(layer)
    for row, start in enumerate(axis.starts):
        y = MARGIN + CELL + 8 + row * ROW
        first, end = MARGIN + start * CELL, MARGIN + (start + span(kernel, dilation)) * CELL
        yield f'<path d="M{first + 3} {y + 5}H{end - 3}" stroke="{WINDOWS}" stroke-width="2"/>'
        for place in range(kernel):
            x = first + place * dilation * CELL + 3
            yield f'<rect x="{x}" y="{y}" width="{CELL - 6}" height="10" fill="{WINDOWS}"/>'
        yield text(end + 3, y + 10, str(row + 1))


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words that can be selected."""
    return f'<text x="{x:g}" y="{y:g}" fill="{LINES}" text-anchor="{anchor}">{escape(words)}</text>'


FIGURES = {
    name: drawn(layer, size, what)
    for name, layer, size, what in (
        ("valid", Conv1D(1, 3), 7, "A window of 3 has 5 places on an axis of 7."),
        (
            "stride",
            Conv1D(1, 3, 2),
            8,
            "With a stride of 2, a window of 3 has 3 places on an axis of 8; one is left over.",
        ),
        ("padding", Conv1D(1, 3, padding=1), 7, "With 1 position added either side, a window of 3 has 7 places."),
        ("same", Conv1D(1, 3, 2, "same"), 8, "Same padding: a window begins at every second position of 8."),
        ("ceil-mode", Pool(2, 2, ceil_mode=True), 7, "In ceil mode the last window hangs over the end of the axis."),
        (
            "dilation",
            Conv1D(1, 3, dilation_rate=2),
            9,
            "A window of 3 cells that are 2 apart reaches over 5 positions.",
        ),
        ("causal", Conv1D(1, 3, padding="causal"), 6, "Causal padding: every window ends at its own position."),
        ("transposed", ConvTranspose(1, 3, 2), 4, "4 windows of 3, laid 2 apart, make an axis of 9."),
    )
}

if __name__ == "__main__":
    for name, figure in FIGURES.items():
        Path(__file__).with_name(f"windows-{name}.svg").write_text(figure, encoding="utf-8")
