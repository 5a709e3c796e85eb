"""How the pages become a site: `python -m sphinx -W --keep-going docs <an empty folder>`, with the extra `docs`.

Knows: Sphinx. Must not know: any number. Those of the reference are the library's own, asked for while it is built.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils.nodes import Node, raw
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import paramcalc
from paramcalc.explain import COSTS
from paramcalc.formats.keras.table import LAYERS
from paramcalc.grading import grade

project = "paramcalc"
author = "The paramcalc authors"
version = release = paramcalc.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"paramcalc {version}"
html_show_copyright = False
toc_object_entries_show_parents = "hide"

smartquotes = False  # what is quoted is code
default_role = "py:obj"  # a docstring's `names` stand in single backticks: one that is in the reference is a link
autodoc_typehints = "none"  # they are those of the converters: the docstring says what an argument is
autodoc_member_order = "bysource"


class LayerDirective(SphinxDirective):
    """`.. layer:: Dense(10) on (84,)`: the class of the layer, and where each number of this one comes from."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[Node]:
        names = {name: getattr(paramcalc, name) for name in paramcalc.__all__}
        layer, in_shape = (eval(text, names) for text in self.arguments[0].split(" on "))  # noqa: S307 (our own pages)
        lines = [f".. autoclass:: paramcalc.{type(layer).__name__}", *derivation(layer, in_shape)]
        return self.parse_text_to_nodes("\n   ".join(lines))


class PageDirective(SphinxDirective):
    """What a notebook shows of the value of an expression."""

    has_content = True

    def run(self) -> list[Node]:
        names = {name: getattr(paramcalc, name) for name in paramcalc.__all__} | {"grade": grade}
        value = eval("".join(self.content), names)  # noqa: S307 (our own pages)
        return [raw("", value._repr_html_(), format="html")]


def derivation(layer: paramcalc.Layer, in_shape: paramcalc.Shapes) -> Iterator[str]:
    """What Keras calls the class, and the explanation of the layer as a table, with its costs, in reStructuredText."""
    in_keras = [row.name for row in LAYERS if row.layer == type(layer).__name__ and row.module == "keras.layers"]
    yield ""
    if in_keras:
        yield f"In Keras: {', '.join(f'``{name}``' for name in in_keras)}."
    yield from ("", f".. list-table:: {escaped(f'{layer} on {in_shape}')}", "   :header-rows: 1", "")
    rows = [("what", "formula", "numbers", "value")]
    for step in layer.explain(in_shape).steps:
        if step.what in COSTS or not step.detail:
            words = "; ".join([step.short.words, *step.notes])
            rows.append((step.what, words, step.short.numbers, step.value_text))
    for row in rows:
        for mark, cell in zip(("* -", "  -", "  -", "  -"), row, strict=True):
            yield f"   {mark} {escaped(cell)}"


def escaped(text: str) -> str:
    """The text as reStructuredText shows it as it is."""
    return re.sub(r"([\\*_`|<>])", r"\\\1", text)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("layer", LayerDirective)
    app.add_directive("page", PageDirective)
    return {"parallel_read_safe": True}
