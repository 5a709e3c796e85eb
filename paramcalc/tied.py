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
    if not groups:
        return ()
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


class Listed(NamedTuple):
    """A weight of a model by its path, and the path where it is counted: its own, or that of one that it is tied to."""

    path: str
    weight: Weight
    first: str


def repeats_of(ties: Ties, weights: Sequence[Listed], is_layer: Callable[[str], bool]) -> dict[str, Repeat]:
    """Which of these weights, in order and by their paths, are the same as some that came before and count there.

    A weight that models inside tie to another counts with that. The path of a layer may be without weights. Raises
    `ConfigError` for another that is, and `ShapeError` for weights that are tied and not of the same sizes; one may be
    the other transposed.

    >>> tokens, head = Weight("embeddings", {"words": 9, "vector": 4}), Weight("kernel", {"vector": 4, "words": 9})
    >>> paths = {"tokens/embeddings": tokens, "head/kernel": head}
    >>> weights = [Listed(path, weight, first=path) for path, weight in paths.items()]
    >>> found = repeats_of((("tokens", "head"),), weights, is_layer=bool)
    >>> {path: repeat.first for path, repeat in found.items()}
    {'head/kernel': 'tokens/embeddings'}
    """
    members = _members(ties, weights, is_layer)
    order = {listed.path: number for number, listed in enumerate(weights)}
    known = {listed.path: listed.weight for listed in weights}
    counted = {listed.path: listed.first for listed in weights}  # and, once two are tied, a way to the first of them

    def first_of(path: str) -> str:
        while counted[path] != path:
            counted[path] = counted[counted[path]]
            path = counted[path]
        return path

    for group in ties:
        for other in group[1:]:
            _require_alike(group[0], members[group[0]], other, members[other])
            for one, another in zip(members[group[0]], members[other], strict=True):
                first, later = sorted((first_of(one.path), first_of(another.path)), key=order.__getitem__)
                counted[later] = first
    inside = {listed.path for listed in weights if listed.first != listed.path}
    ends = {path: first_of(path) for path in known if path not in inside}
    return {path: Repeat(known[path], first) for path, first in ends.items() if first != path}


def _members(ties: Ties, weights: Sequence[Listed], is_layer: Callable[[str], bool]) -> dict[str, list[Listed]]:
    """The weights that each path leads to."""
    members: dict[str, list[Listed]] = {path: [] for group in ties for path in group}
    for listed in weights:
        for path in prefixes(listed.path):
            if path in members:
                members[path].append(listed)
    for path, own in members.items():
        if not own and not is_layer(path):
            raise ConfigError("a path in tied", "that of weights", shown(path))
    return members


def _require_alike(first: str, originals: Sequence[Listed], other: str, weights: Sequence[Listed]) -> None:
    shapes, others = ([listed.weight.shape for listed in each] for each in (originals, weights))
    alike = len(shapes) == len(others) and all(b in (a, a[::-1]) for a, b in zip(shapes, others, strict=True))
    if not alike:
        expected = f"of the sizes of {shown(first)}, to which they are tied, {shown(shapes)}"
        raise ShapeError(f"the weights of {shown(other)}", expected, shown(others))
