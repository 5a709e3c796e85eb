"""A network as a graph in the language of Graphviz.

Knows: how DOT is written. Must not know: where a fact comes from.

In a quoted label a backslash begins an escape and `&` an entity, as in HTML; both are written out.
"""

from __future__ import annotations

from collections.abc import Iterator

from paramcalc.render.boxes import boxes_of, label_of, nested
from paramcalc.render.text import shortened
from paramcalc.summary import Summary

LONGEST = 80
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_FONT = 'fontname="Helvetica"'


def summary_as_dot(summary: Summary) -> str:
    """A node for each row of a summary, and an edge for whatever takes from another."""
    return "\n".join(_lines(summary))


def _lines(summary: Summary) -> Iterator[str]:
    boxes = boxes_of(summary)
    opened = 0
    yield f'digraph "{escaped(summary.name)}" {{'
    yield f"    node [shape=box, {_FONT}]"
    yield f"    graph [{_FONT}]"
    for level, name, position in nested(boxes):
        indent = "    " * (level + 1)
        if position is not None:
            label = "\\n".join(map(escaped, label_of(boxes[position])))
            yield f'{indent}n{position} [label="{label}"]'
        elif name is not None:
            yield f'{indent}subgraph "cluster_{opened}" {{'
            yield f'{indent}    label="{escaped(name)}"'
            opened += 1
        else:
            yield f"{indent}}}"
    for position, box in enumerate(boxes):
        for source in box.sources:
            yield f"    n{source} -> n{position}"
    yield "}"


def escaped(text: str) -> str:
    r"""`text` so that Graphviz shows it as it is; what is very long is shortened.

    >>> print(escaped('a "b" <c> \\N'))
    a \"b\" &lt;c&gt; \\N
    """
    return shortened(text, LONGEST).translate(_ESCAPED)
