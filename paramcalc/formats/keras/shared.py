"""Layers that stand in several models of a file and are one: what Keras calls their `shared_object_id`.

Knows: where a layer's weights stand in a model. Must not know: how a file is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paramcalc.layers.base import Layer, same
from paramcalc.layers.wrappers import Bidirectional, TimeDistributed
from paramcalc.model import Model

Numbers = Mapping[int, tuple[Layer, int]]
"""The numbers that a file gives to layers, by the identity of the layer; with the layer, so that it stays."""


def shared_paths(model: Model, numbers: Numbers) -> list[tuple[str, ...]]:
    """The paths of layers in the model that have one number.

    Keras numbers what it meets again, and loses the number of where it met it first if that is a model in the model: so
    the one layer before them that has their name and arguments and no number is taken for the first.

    >>> from paramcalc import Dense, Input
    >>> one, other = Dense(4, name="one"), Dense(4, name="other")
    >>> shared_paths(Model([one, other]), {id(one): (one, 7), id(other): (other, 7)})
    [('one', 'other')]
    """
    numbered: dict[int, list[tuple[str, Layer]]] = {}
    before: dict[str | None, list[tuple[str, Layer]]] = {}
    firsts: dict[int, list[str]] = {}
    for path, layer in _parts(model):
        if id(layer) not in numbers:
            before.setdefault(layer.name, []).append((path, layer))
            continue
        _, number = numbers[id(layer)]
        if number not in numbered:
            firsts[number] = [path for path, other in before.get(layer.name, ()) if same(other, layer)]
        numbered.setdefault(number, []).append((path, layer))
    groups = []
    for number, members in numbered.items():
        first = firsts[number] if len(firsts[number]) == 1 else []
        groups.append((*first, *(path for path, _ in members)))
    return [group for group in groups if len(group) > 1]


def _parts(model: Model) -> Iterator[tuple[str, Layer]]:
    """Every layer that is no model, and the path of its weights."""
    pending: list[tuple[str, Layer]] = [("", model)]
    while pending:
        path, layer = pending.pop()
        if isinstance(layer, Model):
            inner = [(f"{path}/{name}".lstrip("/"), each) for name, each in zip(layer.names, layer.layers, strict=True)]
            pending += reversed(inner)
        elif isinstance(layer, TimeDistributed):
            pending.append((path, layer.layer))
        elif isinstance(layer, Bidirectional):
            ways = (("backward", layer.backward_layer), ("forward", layer.layer))
            pending += [(f"{path}/{way}", each) for way, each in ways if each is not None]
        else:
            yield path, layer
