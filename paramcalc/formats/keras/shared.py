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
    the one layer without a number that has the name and arguments of those that have one is taken for the first.

    >>> from paramcalc import Dense, Input
    >>> one, other = Dense(4, name="one"), Dense(4, name="other")
    >>> shared_paths(Model([one, other]), {id(one): (one, 7), id(other): (other, 7)})
    [('one', 'other')]
    """
    numbered: dict[int, list[tuple[str, Layer]]] = {}
    without: dict[str | None, list[tuple[str, Layer]]] = {}
    for path, layer in _parts(model):
        if id(layer) in numbers:
            numbered.setdefault(numbers[id(layer)][1], []).append((path, layer))
        else:
            without.setdefault(layer.name, []).append((path, layer))
    groups = []
    for members in numbered.values():
        _, one = members[0]
        like = [path for path, layer in without.get(one.name, ()) if same(layer, one)]
        groups.append((*(like if len(like) == 1 else ()), *(path for path, _ in members)))
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
