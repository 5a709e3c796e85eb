"""Arrays that several layers of a model have in common.

Knows: paths of weights, and which of those that are tied comes first. Must not know: layers, models, how one is found.

A path names a weight as a model lists it, `head/kernel`, or all weights of a layer or of a model in it, `head`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from paramcalc.arguments import text
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.shapes import as_tuple
from paramcalc.weights import Weight

Ties: TypeAlias = tuple[tuple[str, ...], ...]
"""Paths, those in one tuple being of the same arrays."""


LONGEST_PATH = 10_000
"""Far longer than names make one, and short enough to be taken apart at every slash."""


class Repeat(NamedTuple):
    """A weight that has been counted under another path, `first`."""

    weight: Weight
    first: str


Repeats: TypeAlias = Mapping[str, Repeat]
"""What has been counted before, by its path."""


def as_ties(value: Iterable[Sequence[str]]) -> Ties:
    """Ties in their plain form.

    Raises `ConfigError` for what is no list of lists of paths, and for a path that is in another.

    >>> as_ties([["tokens/embeddings", "head/kernel"]])
    (('tokens/embeddings', 'head/kernel'),)
    """
    groups = as_tuple(value)
    if groups is None:
        raise ConfigError("tied", "a list of lists of paths", shown(value))
    ties = tuple(_paths(f"tied[{number}]", group) for number, group in enumerate(groups))
    known: set[str] = set()
    for path in (path for group in ties for path in group):
        if path in known:
            raise ConfigError("the paths in tied", "different", f"{shown(path)} twice")
        known.add(path)
    for path in known:
        around = next((outer for outer in prefixes(path) if outer != path and outer in known), None)
        if around is not None:
            got = f"{shown(path)}, which is in {shown(around)}"
            raise ConfigError("the paths in tied", "apart from each other", got)
    return ties


def _paths(subject: str, value: object) -> tuple[str, ...]:
    paths = as_tuple(value)
    if paths is None or len(paths) < 2:  # noqa: PLR2004 (one alone is tied to nothing)
        raise ConfigError(subject, "a list of two paths or more", shown(value))
    plain = tuple(text(f"{subject}[{number}]", path) for number, path in enumerate(paths))
    for number, path in enumerate(plain):
        if len(path) > LONGEST_PATH:
            expected = f"a path of at most {LONGEST_PATH} characters"
            raise ConfigError(f"{subject}[{number}]", expected, f"one of {len(path)}")
    return plain


def prefixes(path: str) -> Iterator[str]:
    """All that a path begins with, down to itself.

    >>> list(prefixes("block/head/kernel"))
    ['block', 'block/head', 'block/head/kernel']
    """
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)
    yield path


def repeats_of(ties: Ties, weights: Iterable[tuple[str, Weight]], is_layer: Callable[[str], bool]) -> dict[str, Repeat]:
    """Which of these weights, in order and by their paths, have been counted before.

    The path of a layer may be without weights. Raises `ConfigError` for another that is, and `ShapeError` for weights
    that are tied and not of the same sizes; one may be the other transposed.

    >>> tokens, head = Weight("embeddings", {"words": 9, "vector": 4}), Weight("kernel", {"vector": 4, "words": 9})
    >>> weights = [("tokens/embeddings", tokens), ("head/kernel", head)]
    >>> found = repeats_of((("tokens", "head"),), weights, is_layer=bool)
    >>> {path: repeat.first for path, repeat in found.items()}
    {'head/kernel': 'tokens/embeddings'}
    """
    members: dict[str, list[tuple[str, Weight]]] = {path: [] for group in ties for path in group}
    order: dict[str, int] = {}
    for name, weight in weights:
        for path in prefixes(name):
            if path in members:
                order.setdefault(path, len(order))
                members[path].append((name, weight))
    for path in members:
        if path not in order and not is_layer(path):
            raise ConfigError("a path in tied", "that of weights", shown(path))
    found: dict[str, Repeat] = {}
    for group in ties:
        first, *others = sorted(group, key=lambda path: order.get(path, len(order)))
        for other in others:
            _require_alike(first, members[first], other, members[other])
            for (original, _), (name, weight) in zip(members[first], members[other], strict=True):
                found[name] = Repeat(weight, original)
    return found


def _require_alike(
    first: str, originals: Sequence[tuple[str, Weight]], other: str, weights: Sequence[tuple[str, Weight]]
) -> None:
    shapes, others = ([weight.shape for _, weight in each] for each in (originals, weights))
    alike = len(shapes) == len(others) and all(b in (a, a[::-1]) for a, b in zip(shapes, others, strict=True))
    if not alike:
        expected = f"of the sizes of {shown(first)}, to which they are tied, {shown(shapes)}"
        raise ShapeError(f"the weights of {shown(other)}", expected, shown(others))
