r"""A network as a flowchart in the language of Mermaid.

Knows: how Mermaid is written. Must not know: where a fact comes from.

Mermaid looks for directives, comments and styles in all of a text before it reads it, quoted or not. So nothing but
letters, digits and a few harmless signs stands there as it is; all else is written as `#` with its number and `;`.
What it reads again when the numbers are signs once more (`\n` as a new line, `$$` as a formula, `fa:` as an icon, and
its own mark for a number) is kept apart by a word joiner, which nobody sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paramcalc.render.boxes import Box, boxes_of, label_of, nested
from paramcalc.render.folding import folded
from paramcalc.render.text import shortened
from paramcalc.summary import Summary

LONGEST = 80
LONGEST_TEXT = 50_000
"""What Mermaid reads unless it is told otherwise: the default of its `maxTextSize`."""
MOST_ARROWS = 500
"""What it draws: the default of its `maxEdges`."""
_PLAIN = frozenset(" ,_×…")
_READ_AGAIN = frozenset("\\$:ﬂ¶")
_JOINER = "#8288;"


def summary_as_mermaid(summary: Summary) -> str:
    """A box for each row of a summary, and an arrow for whatever takes from another.

    Where Mermaid would refuse that, as it is too much, boxes fold as in a picture.
    """
    boxes = boxes_of(summary)
    text = "\n".join(_lines(boxes))
    if len(text) <= LONGEST_TEXT and sum(len(box.sources) for box in boxes) <= MOST_ARROWS:
        return text
    return "\n".join(_lines(folded(boxes)))


def _lines(boxes: Sequence[Box]) -> Iterator[str]:
    opened = 0
    yield "flowchart TB"
    for level, name, position in nested(boxes):
        indent = "    " * (level + 1)
        if position is not None:
            yield f'{indent}n{position}["{"<br/>".join(map(escaped, label_of(boxes[position])))}"]'
        elif name is not None:
            yield f'{indent}subgraph m{opened}["{escaped(name)}"]'
            opened += 1
        else:
            yield f"{indent}end"
    for position, box in enumerate(boxes):
        for source in box.sources:
            yield f"    n{source} --> n{position}"


def escaped(text: str) -> str:
    """`text` so that Mermaid shows it as it is; what is very long is shortened.

    >>> print(escaped('a "b" <c> #1'))
    a #34;b#34; #60;c#62; #35;1
    """
    return "".join(
        (character if character.isalnum() or character in _PLAIN else f"#{ord(character)};")
        + (_JOINER if character in _READ_AGAIN else "")
        for character in shortened(text, LONGEST)
    )
