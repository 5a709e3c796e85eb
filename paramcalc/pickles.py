"""How layers and models are pickled: by the name of their class and the arguments that make them.

Knows: names and arguments. Must not know: any family of layers.

A pickle may be kept, so it holds nothing of how the library is built: a class of the library stands in it by its public
name, arguments that hold their default are left out, and whatever follows from them is computed anew, by the version
that reads. What is read goes through the constructor, and is checked there as any argument is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import paramcalc
from paramcalc.errors import ReadError, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from paramcalc.layers.base import Layer

    Kept: TypeAlias = tuple[Callable[..., Layer], tuple[str | type[Layer], dict[str, Any]]]

NEWER = "was it written by a newer version of paramcalc?"


def kept(layer: Layer) -> Kept:
    """What pickle keeps of a layer: how it is made.

    >>> from paramcalc import Conv2D
    >>> kept(Conv2D(8, 5))[1]
    ('Conv2D', {'filters': 8, 'kernel_size': 5})
    """
    kind = type(layer)
    name = kind.__name__
    ours = name in paramcalc.__all__ and getattr(paramcalc, name) is kind
    return made, (name if ours else kind, dict(layer._arguments()))


def made(kind: str | type[Layer], arguments: dict[str, Any]) -> Layer:
    """The layer that was kept so.

    Raises `ReadError` for a class or an argument that this version does not have, and whatever the class refuses.

    >>> made("Conv2D", {"filters": 8, "kernel_size": 5})
    Conv2D(8, 5)
    >>> made("Conv4D", {"filters": 8})
    Traceback (most recent call last):
    paramcalc.errors.ReadError: the class of a pickled layer must be one that paramcalc has, got 'Conv4D'; was it \
written by a newer version of paramcalc?
    """
    if isinstance(kind, str) and kind not in paramcalc.__all__:
        raise ReadError("the class of a pickled layer", "one that paramcalc has", shown(kind), NEWER)
    its_class: type[Layer] = getattr(paramcalc, kind) if isinstance(kind, str) else kind
    try:
        return its_class(**arguments)
    except TypeError as error:
        got = shown(list(arguments))
        raise ReadError(f"the arguments of a pickled {its_class.__name__}", "those it has", got, NEWER) from error
