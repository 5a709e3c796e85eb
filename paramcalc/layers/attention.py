"""Attention: every position of one sequence looks at all positions of another, or of the same.

Knows: queries, values and keys, and what their products cost. Must not know: other families.

Inputs are in Keras's order: query and value, or query, value and key; without a key, the values are the keys. One shape
alone is self-attention: it is query, value and key. Masks take nothing away from the cost, as a program computes the
scores first and hides them afterwards.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Literal, NamedTuple, SupportsIndex, TypeAlias, cast

import attrs

from paramcalc.arguments import axes, choice, flag, integer, use_bias
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import OTHERWISE, Layer
from paramcalc.shapes import (
    LARGEST_RANK,
    Shape,
    Shapes,
    added_up,
    are_several,
    as_tuple,
    axis_position,
    known,
    product,
    several,
)
from paramcalc.weights import Weight

ScoreMode: TypeAlias = Literal["dot", "concat"]
SCORE_MODES = ("dot", "concat")

_EXPECTED = "one shape, or those of query and value, or of query, value and key"


def _num_heads(value: SupportsIndex) -> int:
    return integer("num_heads", value)


def _key_dim(value: SupportsIndex) -> int:
    return integer("key_dim", value)


def _value_dim(value: SupportsIndex | None) -> int | None:
    return None if value is None else integer("value_dim", value)


def _output_shape(value: SupportsIndex | Sequence[SupportsIndex] | None) -> int | tuple[int, ...] | None:
    if value is None:
        return None
    axes = as_tuple(value)
    if axes is None:
        return integer("output_shape", value)
    if not 0 < len(axes) < LARGEST_RANK:
        raise ConfigError("output_shape", "None, an int, or one or more of them", shown(value))
    sizes = tuple(integer(f"output_shape[{index}]", size) for index, size in enumerate(axes))
    return sizes[0] if len(sizes) == 1 else sizes


def _attention_axes(value: SupportsIndex | Sequence[SupportsIndex] | None) -> tuple[int, ...] | None:
    own = None if value is None else axes("attention_axes", value)
    return (own,) if isinstance(own, int) else own


def _head_dim(value: SupportsIndex) -> int:
    return integer("head_dim", value)


def _num_query_heads(value: SupportsIndex) -> int:
    return integer("num_query_heads", value)


def _num_key_value_heads(value: SupportsIndex) -> int:
    return integer("num_key_value_heads", value)


def _use_gate(value: bool) -> bool:
    return flag("use_gate", value)


def _use_scale(value: bool) -> bool:
    return flag("use_scale", value)


def _score_mode(value: ScoreMode) -> ScoreMode:
    return cast("ScoreMode", choice("score_mode", value, SCORE_MODES))


def _return_attention_scores(value: bool) -> bool:
    return flag("return_attention_scores", value)


class _Roles(NamedTuple):
    """Who attends to whom: the shapes, what each is called in an error, and the axes of positions."""

    query: Shape
    value: Shape
    key: Shape
    subjects: tuple[str, str, str]
    attended: tuple[int, ...]

    def on_axes_apart(self, shape: Shape) -> Shape:
        """The sizes on the axes where each position keeps to itself, as the examples of a batch do."""
        return tuple(size for index, size in enumerate(shape[:-1]) if index not in self.attended)

    def scores(self, *heads: int) -> Shape:
        """The shape of the scores: for each query how much it looks at each key."""
        queries = tuple(self.query[index] for index in self.attended)
        keys = tuple(self.key[index] for index in self.attended)
        return (*self.on_axes_apart(self.query), *heads, *queries, *keys)


def _fit(one: Shape, other: Shape) -> bool:
    """Whether two shapes are the same as far as is known."""
    return len(one) == len(other) and all(
        size is None or length is None or size == length for size, length in zip(one, other, strict=True)
    )


class _Attending(Layer):
    """What all attention layers share."""

    __slots__ = ()
    several_inputs = True
    return_attention_scores: bool

    def _attended(self, in_shape: Shape) -> tuple[int, ...]:
        """The axes whose positions look at each other: the last before the features."""
        return (len(in_shape) - 2,)

    def _roles(self, in_shape: Shapes) -> _Roles:
        if are_several(in_shape):
            query, value, *keys = several(in_shape, _EXPECTED, 2, 3)
            key = keys[0] if keys else value
            subjects = ("in_shape[0]", "in_shape[1]", f"in_shape[{1 + len(keys)}]")
        else:
            query = value = key = in_shape
            subjects = ("in_shape", "in_shape", "in_shape")
        for subject, shape in zip(subjects, (query, value, key), strict=True):
            if len(shape) < 2:  # noqa: PLR2004 (positions and features)
                raise ShapeError(subject, "at least 2 axes, positions and features", shown(shape))
            if len(shape) != len(query):
                raise ShapeError(subject, f"{len(query)} axes, as many as the query's", shown(shape))
        roles = _Roles(query, value, key, subjects, self._attended(query))
        if not _fit(value[:-1], key[:-1]):
            raise ShapeError("in_shape", "shapes with a key for each value", shown(in_shape))
        if not _fit(roles.on_axes_apart(query), roles.on_axes_apart(value)):
            raise ShapeError("in_shape", "shapes that are alike on the axes without attention", shown(in_shape))
        return roles

    def _with_scores(self, output: Shape, scores: Shape) -> Shapes:
        return (output, scores) if self.return_attention_scores else output


class _Heads(NamedTuple):
    """How many heads there are, and how long the vectors are that each works on."""

    queries: int
    keys: int
    key_size: int
    value_size: int


class _MultiHead(_Attending):
    """Attention of several heads at once, each on features of its own, which are projections of the input's."""

    __slots__ = ()
    use_bias: bool
    use_gate: bool

    @abstractmethod
    def _heads(self) -> _Heads: ...

    def _output_features(self, roles: _Roles) -> Shape:
        return roles.query[-1:]

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        roles = self._roles(in_shape)
        output = (*roles.query[:-1], *self._output_features(roles))
        return self._with_scores(output, roles.scores(self._heads().queries))

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        roles, heads = self._roles(in_shape), self._heads()
        of_query, of_value, of_key = (
            ("features", known(shape, -1, subject=subject))
            for shape, subject in zip(roles[:3], roles.subjects, strict=True)
        )
        queries, keys = ("heads", heads.queries), ("heads", heads.keys)
        key_size, value_size = ("key", heads.key_size), ("value", heads.value_size)
        output = tuple((f"output {index}", size) for index, size in enumerate(self._output_features(roles)))
        projections = [
            ("query", (of_query,), (queries, key_size)),
            ("key", (of_key,), (keys, key_size)),
            *[("gate", (of_query,), (queries, value_size))] * self.use_gate,
            ("value", (of_value,), (keys, value_size)),
            ("attention_output", (queries, value_size), output),
        ]
        weights = []
        for name, before, behind in projections:
            weights.append(Weight(f"{name}/kernel", (*before, *behind)))
            if self.use_bias:
                weights.append(Weight(f"{name}/bias", behind))
        return tuple(weights)

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        roles, heads = self._roles(in_shape), self._heads()
        scores = roles.scores(heads.queries)
        inputs = {"key/kernel": roles.key, "value/kernel": roles.value}
        kernels = [weight for weight in weights if weight.name.endswith("/kernel")]
        projections = [product((*inputs.get(kernel.name, roles.query)[:-1], kernel.size)) for kernel in kernels]
        return added_up((*projections, product((*scores, heads.key_size)), product((*scores, heads.value_size))))


@attrs.frozen(eq=False, repr=False)
class MultiHeadAttention(_MultiHead):
    """Attention of several heads at once (Vaswani et al., 2017), the heart of every transformer.

    Arguments: `num_heads`; `key_dim`, the size of each head's queries and keys; `value_dim`, that of its values, by
    default the same. By keyword: `use_bias`; `output_shape`, what the features become, an int or one for each of
    several axes, by default the query's features (the attribute is called `output_features`); `attention_axes`, the
    axes whose positions look at each other, as Keras counts (1 is the first behind the batch), by default all but the
    last; `use_gate`, a gate on what the heads give out; `return_attention_scores`, which in Keras is an argument of
    the call: the scores are a second output.

    Input: one shape, `(positions ..., features)`, for self-attention, or a tuple of those of query and value, or of
    query, value and key.

    Weights, for each of query, key and value: kernel (features, heads, size), bias (heads, size); for the gate the same
    as for a query of the values' size; attention_output/kernel (heads, value size, features) and its bias (features).
    Raises `ConfigError` for a wrong argument, `ShapeError` for shapes that do not go together.

    >>> MultiHeadAttention(8, 64).params((10, 512)), MultiHeadAttention(8, 64).output_shape((10, 512))
    (1050624, (10, 512))
    >>> MultiHeadAttention(2, 32, return_attention_scores=True).output_shape(((20, 64), (30, 48)))
    ((20, 64), (2, 20, 30))
    """

    num_heads: int = attrs.field(converter=_num_heads)
    key_dim: int = attrs.field(converter=_key_dim)
    value_dim: int | None = attrs.field(default=None, converter=_value_dim, metadata={OTHERWISE: "key_dim"})
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    output_features: int | tuple[int, ...] | None = attrs.field(
        default=None, converter=_output_shape, kw_only=True, alias="output_shape"
    )
    attention_axes: tuple[int, ...] | None = attrs.field(default=None, converter=_attention_axes, kw_only=True)
    use_gate: bool = attrs.field(default=False, converter=_use_gate, kw_only=True)
    return_attention_scores: bool = attrs.field(default=False, converter=_return_attention_scores, kw_only=True)

    def _attended(self, in_shape: Shape) -> tuple[int, ...]:
        positions = in_shape[:-1]
        if self.attention_axes is None:
            return tuple(range(len(positions)))
        attended = tuple(axis_position(number, in_shape, "attention_axes") for number in self.attention_axes)
        if len(set(attended)) < len(attended) or len(positions) in attended:
            expected = "different axes, and not that of the features"
            raise ShapeError("attention_axes", expected, f"{shown(self.attention_axes)} on {shown(in_shape)}")
        return attended

    def _heads(self) -> _Heads:
        value_size = self.key_dim if self.value_dim is None else self.value_dim
        return _Heads(self.num_heads, self.num_heads, self.key_dim, value_size)

    def _output_features(self, roles: _Roles) -> Shape:
        features = self.output_features
        if features is None:
            return roles.query[-1:]
        return features if isinstance(features, tuple) else (features,)


@attrs.frozen(eq=False, repr=False)
class GroupedQueryAttention(_MultiHead):
    """Attention of several heads, groups of which share their keys and values (Ainslie et al., 2023).

    Arguments: `head_dim`, the size of each head; `num_query_heads`; `num_key_value_heads`, which divides it: 1 is
    multi-query attention. By keyword `use_bias`, `use_gate`, a gate on what the heads give out, and
    `return_attention_scores`, which in Keras is an argument of the call: the scores are a second output. Keras's name
    for the class is `GroupQueryAttention`.

    Input: one shape, `(positions, features)`, for self-attention, or a tuple of those of query and value, or of query,
    value and key; query and value have as many features.

    Weights: as of `MultiHeadAttention`, with fewer heads in key and value. Raises `ConfigError` for a wrong argument,
    `ShapeError` for shapes that do not go together.

    >>> GroupedQueryAttention(128, 32, 8, use_bias=False).params((None, 4096))
    41943040
    """

    head_dim: int = attrs.field(converter=_head_dim)
    num_query_heads: int = attrs.field(converter=_num_query_heads)
    num_key_value_heads: int = attrs.field(converter=_num_key_value_heads)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    use_gate: bool = attrs.field(default=False, converter=_use_gate, kw_only=True)
    return_attention_scores: bool = attrs.field(default=False, converter=_return_attention_scores, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.num_query_heads % self.num_key_value_heads:
            expected = f"divisible by num_key_value_heads, {self.num_key_value_heads}"
            raise ConfigError("num_query_heads", expected, str(self.num_query_heads))

    def _roles(self, in_shape: Shapes) -> _Roles:
        roles = super()._roles(in_shape)
        if len(roles.query) != 2 or not _fit(roles.query[-1:], roles.value[-1:]):  # noqa: PLR2004 (positions and features)
            expected = "of 2 axes (positions, features), with as many features in query and value"
            raise ShapeError("in_shape", expected, shown(in_shape))
        return roles

    def _heads(self) -> _Heads:
        return _Heads(self.num_query_heads, self.num_key_value_heads, self.head_dim, self.head_dim)


class _OneHead(_Attending):
    """Attention on the features as they are: query and key are compared, the values summed."""

    __slots__ = ()

    def _roles(self, in_shape: Shapes) -> _Roles:
        roles = super()._roles(in_shape)
        if not _fit(roles.query[-1:], roles.key[-1:]):
            hint = "" if roles.key is not roles.value else "without a key, the values are the keys"
            raise ShapeError("in_shape", "shapes with as many features in query and key", shown(in_shape), hint)
        return roles

    @abstractmethod
    def _multiplies(self) -> bool:
        """Whether to compare a query with a key takes a multiplication for each feature."""

    def compute_output_shape(self, in_shape: Shapes) -> Shapes:
        roles = self._roles(in_shape)
        return self._with_scores((*roles.query[:-1], roles.value[-1]), roles.scores())

    def compute_macs(self, in_shape: Shapes, output_shape: Shapes, weights: tuple[Weight, ...]) -> int | None:
        roles = self._roles(in_shape)
        scores = roles.scores()
        weighted = product((*scores, roles.value[-1]))
        return added_up((product((*scores, roles.query[-1])), weighted)) if self._multiplies() else weighted


@attrs.frozen(eq=False, repr=False)
class Attention(_OneHead):
    """Attention by the products of queries and keys (Luong et al., 2015), without any projection.

    Arguments: `use_scale`, a trained factor on the scores; `score_mode`, `"dot"` for products or `"concat"` for the
    hyperbolic tangents of sums; by keyword `return_attention_scores`, which in Keras is an argument of the call: the
    scores are a second output.

    Input: one shape, `(..., positions, features)`, for self-attention, or a tuple of those of query and value, or of
    query, value and key.

    Weights: none; a scale of one number where it is used, and in the mode `"concat"` a concat_score_weight of one
    number. Raises `ConfigError` for a wrong argument, `ShapeError` for shapes that do not go together.

    >>> Attention().output_shape(((20, 64), (30, 64))), Attention().macs(((20, 64), (30, 64)))
    ((20, 64), 76800)
    """

    use_scale: bool = attrs.field(default=False, converter=_use_scale)
    score_mode: ScoreMode = attrs.field(default="dot", converter=_score_mode)
    return_attention_scores: bool = attrs.field(default=False, converter=_return_attention_scores, kw_only=True)

    def _multiplies(self) -> bool:
        return self.score_mode == "dot"

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        names = ("scale",) * self.use_scale + ("concat_score_weight",) * (self.score_mode == "concat")
        return tuple(Weight(name, ()) for name in names)


@attrs.frozen(eq=False, repr=False)
class AdditiveAttention(_OneHead):
    """Attention by the hyperbolic tangents of sums of queries and keys (Bahdanau et al., 2015).

    Arguments: `use_scale`, a trained weight for each feature; by keyword `return_attention_scores`, which in Keras is
    an argument of the call: the scores are a second output.

    Input: as of `Attention`. Weights: scale (features), where it is used. Raises `ConfigError` for a wrong argument,
    `ShapeError` for shapes that do not go together.

    >>> AdditiveAttention().params(((20, 64), (30, 64)))
    64
    """

    use_scale: bool = attrs.field(default=True, converter=_use_scale)
    return_attention_scores: bool = attrs.field(default=False, converter=_return_attention_scores, kw_only=True)

    def _multiplies(self) -> bool:
        return self.use_scale

    def compute_weights(self, in_shape: Shapes) -> tuple[Weight, ...]:
        if not self.use_scale:
            return ()
        roles = self._roles(in_shape)
        return (Weight("scale", (("features", known(roles.query, -1, subject=roles.subjects[0])),)),)
