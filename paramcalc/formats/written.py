"""A layer as a person writes it in Python: `Conv2D(8, 5)`, `Bidirectional(LSTM(4))`.

Knows: calls of classes of layers with literal arguments. Must not know: any family of layers.

The text may be hostile. It is taken apart by `ast`, and nothing in it is evaluated: a name is one of a table, and an
argument is a literal, a layer, or a list of them.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import attrs

import paramcalc
from paramcalc.errors import ParamcalcError, ReadError, nearest, shown
from paramcalc.layers.base import DEEPEST, Layer

LONGEST = 20_000
"""How many characters a text may have: hundreds of layers, and not so many that Python's own parser could fall over."""


def layer_from_text(text: str, other_names: Callable[[], Mapping[str, str]] = dict) -> Layer:
    """The layer, or the model, that is written here.

    `other_names` are what others call layers, with our names; whoever writes one is told ours.

    Raises `ReadError` for what is no layer with literal arguments, and whatever the layer refuses.

    >>> layer_from_text("Bidirectional(LSTM(4, use_bias=False))")
    Bidirectional(LSTM(4, use_bias=False))
    """
    if len(text) > LONGEST:
        raise ReadError("a layer as text", f"of at most {LONGEST} characters", f"{len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python does not know
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        hint = error.msg if isinstance(error, SyntaxError) else ""
        raise ReadError("a layer as text", "written as Conv2D(8, 5) is", shown(text), hint) from error
    layer = _Reading(text.strip(), other_names).value(tree.body, 0)
    if not isinstance(layer, Layer):
        raise ReadError("a layer as text", "written as Conv2D(8, 5) is", shown(text))
    return layer


def names_of_layers() -> list[str]:
    """The names of all layers.

    >>> "Conv2D" in names_of_layers(), "Layer" in names_of_layers()
    (True, False)
    """
    return [name for name in paramcalc.__all__ if _is_layer(getattr(paramcalc, name))]


class _Reading:
    """The reading of one text."""

    def __init__(self, text: str, other_names: Callable[[], Mapping[str, str]]) -> None:
        self.text = text
        self.other_names = other_names

    def value(self, node: ast.expr, depth: int) -> Any:
        """What stands here: a literal, a layer, or a tuple of them."""
        if depth > DEEPEST:
            raise ReadError("a layer as text", f"nested at most {DEEPEST} deep", "more")
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            if isinstance(number, int | float):
                return -number
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self.value(item, depth + 1) for item in node.elts)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.layer(node, node.func.id, depth)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_dotted(node.func):
            hint = self.hint(node.func.attr)
            raise ReadError("the name of a layer", "written alone", self.source(node.func), hint)
        expected = "a number, a text, True, False, None, a layer, or a list of these"
        raise ReadError("an argument", expected, self.source(node))

    def layer(self, node: ast.Call, name: str, depth: int) -> Layer:
        """The layer of this name with the arguments of the call."""
        kind: Any = getattr(paramcalc, name) if name in paramcalc.__all__ else None
        if not _is_layer(kind):
            raise ReadError("the name of a layer", "one that paramcalc has", shown(name), self.hint(name))
        arguments = [self.value(each, depth + 1) for each in node.args]
        named = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ReadError("an argument", "written out", self.source(keyword.value))
            if keyword.arg in named:
                raise ReadError("an argument", "given once", f"{keyword.arg} again")
            named[keyword.arg] = self.value(keyword.value, depth + 1)
        try:
            layer: Layer = kind(*arguments, **named)
        except ParamcalcError:
            raise
        except TypeError as error:
            every = [field.alias for field in attrs.fields(kind) if field.init]
            shared = len(attrs.fields(Layer))
            expected = f"given its arguments, of {', '.join(every[shared:] + every[:shared])}"
            raise ReadError(name, expected, self.source(node), str(error).partition("() ")[2]) from error
        return layer

    def hint(self, name: str) -> str:
        """What a layer may be called that is called so elsewhere."""
        return nearest(self.other_names().get(name, name), names_of_layers())

    def source(self, node: ast.AST) -> str:
        """How a part of the text is written."""
        return shown(ast.get_source_segment(self.text, node))[1:-1]  # without the marks of a text


def _is_dotted(node: ast.expr) -> bool:
    """Whether this is a name in a module, as in `keras.layers.Dense`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _is_layer(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Layer) and kind is not Layer
