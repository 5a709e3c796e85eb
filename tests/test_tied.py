"""Tied weights: several layers of a model have the same arrays, which count once."""

from __future__ import annotations

import math
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import paramcalc
from paramcalc import (
    GAP,
    Add,
    ConfigError,
    Conv1D,
    Cropping,
    Dense,
    Embedding,
    Flatten,
    Input,
    Layer,
    Model,
    RepeatVector,
    ShapeError,
    TimeDistributed,
    ZeroPadding,
)
from paramcalc.tied import LONGEST_PATH, prefixes


def language_model(**options: object) -> Model:
    """Words are looked up in a table, and scored by the same table, transposed."""
    return Model([Input((7,)), Embedding(9, 4, name="tokens"), Dense(4), Dense(9, name="head")], **options)  # type: ignore[arg-type]


TIED = (("tokens/embeddings", "head/kernel"),)


@given(st.text(alphabet="a/", min_size=1))
def test_a_path_begins_with_all_that_ends_before_a_slash(path: str) -> None:
    expected = [path[:end] for end in range(len(path)) if path[end] == "/"]
    assert [*expected, path] == list(prefixes(path))


def test_a_path_is_refused_for_its_length_where_it_is_longer_than_allowed() -> None:
    for length, expected in ((LONGEST_PATH, "that of weights"), (LONGEST_PATH + 1, "of at most")):
        with pytest.raises(ConfigError, match=expected):
            language_model(tied=[("tokens/embeddings", "a" * length)])


class TestCounts:
    def test_are_of_each_array_once(self) -> None:
        model = language_model(tied=TIED)
        assert language_model().params() == 36 + 20 + 45
        assert model.params() == 36 + 20 + 9
        assert model.params() == sum(weight.size for weight in model.weights())
        assert [weight.name for weight in model.weights()] == [
            "tokens/embeddings",
            "dense/kernel",
            "dense/bias",
            "head/bias",
        ]
        assert model.macs() == language_model().macs()

    def test_stand_in_the_first_row_that_has_them(self) -> None:
        for tied in (TIED, (TIED[0][::-1],)):
            rows = language_model(tied=tied).summary().rows
            assert [row.params for row in rows] == [0, 36, 20, 9]
            assert [sum(weight.size for weight in row.weights) for row in rows] == [0, 36, 20, 9]
            assert [row.repeats for row in rows] == [(), (), (), ("kernel",)]

    def test_follow_the_first_in_what_is_trained(self) -> None:
        frozen = Model([Input((7,)), Embedding(9, 4, name="tokens", trainable=False), Dense(9, name="head")], tied=TIED)
        summary = frozen.summary()
        assert (summary.total_params, summary.trainable_params) == (36 + 9, 9)
        assert language_model(tied=TIED, trainable=False).summary().trainable_params == 0

    @pytest.mark.parametrize("first", [True, False])
    @pytest.mark.parametrize("later", [True, False])
    @pytest.mark.parametrize("around", [True, False])
    def test_follow_the_first_through_models(self, first: bool, later: bool, around: bool) -> None:
        inner = Model([Dense(4, use_bias=False, trainable=later, name="b")], trainable=around, name="inner")
        layers = [Input((4,)), Dense(4, use_bias=False, trainable=first, name="a"), inner]
        model = Model(layers, tied=[("a/kernel", "inner/b/kernel")])
        assert [weight.trainable for weight in model.weights()] == [first]
        for depth in (1, 2):
            summary = model.summary(depth=depth)
            assert (summary.total_params, summary.trainable_params) == (16, 16 * first)

    def test_are_explained(self) -> None:
        explanation = language_model(tied=TIED).explain()
        steps = {(step.layer, step.what): step for step in explanation.steps}
        assert steps["head", "kernel"].value == 36
        assert steps["head", "kernel"].notes == ("tied to tokens/embeddings, and counted there",)
        assert steps["head", "params"].value == 9
        assert steps["the whole model", "params"].numbers == "36 + 20 + 9"

    def test_hold_for_layers_in_models_and_whole_models(self) -> None:
        x = Input((3,))()
        left = Model([Dense(4, name="a"), Dense(5, name="b")], in_shape=(3,), name="left")
        right = attrs.evolve(left, name="right")
        joined = Add()(left(x), right(x))
        alone = left.params()
        assert Model(inputs=x, outputs=joined).params() == 2 * alone
        assert Model(inputs=x, outputs=joined, tied=[("left", "right")]).params() == alone
        assert Model(inputs=x, outputs=joined, tied=[("left/a", "right/a")]).params() == 2 * alone - 16
        part = Model(inputs=x, outputs=joined, tied=[("left/b/bias", "right/b/bias")], name="part")
        assert part.params() == 2 * alone - 5
        around = Model([part, Dense(1)])
        for depth in (1, 2, None):
            summary = around.summary(depth=depth)
            assert sum(row.params for row in summary.rows) == summary.total_params == 2 * alone - 5 + 6
        notes = [step.notes for step in around.explain().steps if (step.layer, step.what) == ("part/right/b", "bias")]
        assert notes == [("tied to part/left/b/bias, and counted there",)]

    def test_hold_at_every_step(self) -> None:
        model = Model(
            [TimeDistributed(Model([Dense(3, name="in"), Dense(3, name="out")]), name="steps"), Dense(3, name="last")],
            in_shape=(5, 3), tied=[("steps/out", "last")],
        )  # fmt: skip
        assert model.params() == 2 * 12

    def test_of_an_open_shape_are_known_when_it_is(self) -> None:
        model = Model([Dense(4, name="a"), Dense(4, name="b")], tied=[("a", "b")])
        assert model.params((4,)) == 20
        with pytest.raises(ShapeError, match=r"the weights of 'b' must be of the sizes of 'a'"):
            model.params((3,))
        assert model.output_shape((3,)) == (4,)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=7), st.data())
def test_what_is_counted_is_what_a_union_of_equal_arrays_counts(units: list[int], data: st.DataObject) -> None:
    """A brute force oracle: a chain in models in models, some of whose layers are one."""
    layers = [Dense(size, name=f"l{number}") for number, size in enumerate(units)]
    plain = Model(layers, in_shape=(2,))
    shapes = {name: [weight.shape for weight in layer.weights(row.in_shape)]
              for name, layer, row in zip(plain.names, layers, plain.summary().rows, strict=True)}  # fmt: skip
    groups: dict[object, list[str]] = {}
    for name, own in shapes.items():
        if data.draw(st.booleans()):
            groups.setdefault(str(own), []).append(name)
    cut = data.draw(st.integers(1, len(layers) - 1))
    nested = Model([Model(layers[:cut], name="first"), *layers[cut:]], in_shape=(2,))
    path = {name: f"first/{name}" if number < cut else name for number, name in enumerate(shapes)}
    ties = [[path[name] for name in group] for group in groups.values() if len(group) > 1]
    model = attrs.evolve(nested, tied=ties)
    saved = sum(math.prod(shape) * (len(group) - 1) for group in groups.values() for shape in shapes[group[0]])
    assert model.params() == plain.params() - saved
    for depth in (1, None):
        assert sum(row.params for row in model.summary(depth=depth).rows) == model.params()
    assert str(model.params()) in str(model.explain())
    assert eval(repr(model), dict(vars(paramcalc))) == model  # noqa: S307 (our own text)
    assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301 (our own bytes)
    assert Model.from_dict(model.to_dict()) == model


class TestWrongTies:
    @pytest.mark.parametrize(
        ("tied", "message"),
        [
            (3, "tied must be a list of lists of paths, got 3"),
            ([3], r"tied\[0\] must be a list of two paths or more, got 3"),
            ([["tokens"]], r"tied\[0\] must be a list of two paths or more"),
            ([["tokens", 3]], r"tied\[0\]\[1\] must be a text that is not empty, got 3"),
            ([["tokens", "tokens"]], "the paths in tied must be different, got 'tokens' twice"),
            (
                [["tokens", "head"], ["head/kernel", "dense"]],
                "apart from each other, got 'head/kernel', which is in 'head'",
            ),
            (
                [["tokens", "a/" * 10_000]],
                r"tied\[0\]\[1\] must be a path of at most 10000 characters, got one of 20000",
            ),
            (
                [["tokens", "haed"]],
                "a path in tied must be that of weights of the model, got 'haed'; did you mean head?",
            ),
            ([["tokens/", "head/"]], "a path in tied must be that of weights, got 'tokens/'"),
            ([["tokens/embeddings", "head/kernels"]], "a path in tied must be that of weights, got 'head/kernels'"),
        ],
    )
    def test_are_refused(self, tied: object, message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            language_model(tied=tied)

    def test_are_refused_where_the_sizes_differ(self) -> None:
        for tied in ([("tokens", "head")], [("tokens/embeddings", "dense/kernel")]):
            with pytest.raises(ShapeError, match="to which they are tied"):
                language_model(tied=tied)

    def test_of_layers_without_weights_change_nothing(self) -> None:
        steps = TimeDistributed(Model([Flatten(name="b")], name="inner"), name="steps")
        layers = [Flatten(name="a"), Dense(2), RepeatVector(3), steps]
        assert Model(layers, in_shape=(3,), tied=[("a", "steps/b")]).params() == 8
        with pytest.raises(ConfigError, match="a path in tied must be that of weights, got 'steps/c'"):
            Model(layers, in_shape=(3,), tied=[("a", "steps/c")])


class TestTiesAroundTies:
    """What models inside tie is one array, wherever a path leads to it."""

    def inner(self, name: str) -> Model:
        layers = [Dense(8, name="a"), Dense(8, name="b"), Dense(8, name="c")]
        return Model(layers, tied=[("a/kernel", "b/kernel")], in_shape=(8,), name=name)

    def test_reach_what_is_counted_elsewhere(self) -> None:
        kernel, bias = 64, 8
        alone = 2 * kernel + 3 * bias
        one, other = self.inner("one"), self.inner("other")
        assert Model([one, other]).params() == 2 * alone
        for path, saved in (("b", kernel + bias), ("b/kernel", kernel), ("a", kernel + bias), ("c", kernel + bias)):
            model = Model([one, other], tied=[(f"one/{path}", f"other/{path}")])
            assert model.params() == 2 * alone - saved == sum(weight.size for weight in model.weights())
            for depth in (1, 2):
                assert sum(row.params for row in model.summary(depth=depth).rows) == model.params()
        assert Model([one, other], tied=[("one", "other")]).params() == alone
        assert Model([one, other], tied=[("one/b", "one/c"), ("other/a", "other/c")]).params() == 2 * alone - 144
        joined = Model([one, other], tied=[("one/a", "other/c"), ("other/b", "one/c")])
        assert joined.params() == 2 * alone - kernel - bias - kernel - bias
        last = Model([one, Dense(8, name="d")], tied=[("one/b/kernel", "d/kernel")])
        assert [row.params for row in last.summary().rows] == [alone, bias]
        notes = [step.notes for step in last.explain().steps if (step.layer, step.what) == ("d", "kernel")]
        assert notes == [("tied to one/a/kernel, and counted there",)]

    def test_hold_at_every_step(self) -> None:
        steps = TimeDistributed(self.inner("inner"), name="steps")
        model = Model([steps, Dense(8, name="d")], in_shape=(5, 8), tied=[("steps/b", "d")])
        assert model.params() == 2 * 64 + 3 * 8

    def test_keep_what_is_frozen(self) -> None:
        frozen = attrs.evolve(self.inner("one"), trainable=False)
        model = Model([frozen, Dense(8, name="d")], tied=[("one/b/kernel", "d/kernel")])
        assert (model.params(), model.summary().trainable_params) == (2 * 64 + 3 * 8 + 8, 8)


def test_a_model_that_is_shared_in_shared_models_is_looked_at_once() -> None:
    """Called at two lengths in each of them, where it has the same weights: two to the power of 40 calls."""
    model: Layer = Conv1D(8, 3)
    for _ in range(40):
        x, shared = Input((None, 8))(), model.place()
        model = Model(inputs=x, outputs=Cropping(1)(shared(ZeroPadding(2)(shared(x)))))
    assert model.params((99, 8)) == 8 * 3 * 8 + 8


def test_a_model_in_two_places_has_in_each_the_same_weights_on_all_shapes() -> None:
    """Its first shape is that of the first place, and the weights there may be others."""
    for inner, params in ((Conv1D(8, 3), 200 + 200), (Dense(4), 36 + 20)):
        part = Model([inner])
        shared, x, y = Model([part, part]).place(), Input((20, 8))(), Input((10, 8))()
        assert Model(inputs=[x, y], outputs=[shared(x), shared(y)]).params() == params


def test_a_model_is_called_on_a_thousand_shapes_at_most() -> None:
    """Each level calls the one within on two shapes that no other call has: in the end, on 1024."""
    model = Model([GAP()])
    for level in range(10):
        x, shared = Input((None, 4))(), model.place()
        model = Model(inputs=x, outputs=Add()(shared(x), shared(ZeroPadding(((2**level, 0),))(x))))
        if level < 9:
            assert model.output_shape((5, 4)) == (4,)
    with pytest.raises(
        ShapeError, match="a model in models must be called on at most 1000 different shapes, got anoth"
    ):
        model.output_shape((5, 4))


def test_ties_in_models_that_tie_are_found_once() -> None:
    model = Model([Dense(4, name="a"), Dense(4, name="b")], tied=[["a", "b"]], name="m", in_shape=(4,))
    path = "m/a"
    for _ in range(40):
        model = Model([model, Dense(4, name="d")], tied=[[path, "d"]], name="m", in_shape=(4,))
        path = f"m/{path}"
    assert model.params() == model.summary(depth=None).total_params == 20


def test_calls_on_which_the_weights_differ_are_found_in_models() -> None:
    x, y = Input((5, None))(), Input((5, None))()
    shared = Model([TimeDistributed(Model([Dense(4)]))]).place()
    model = Model(inputs=[x, y], outputs=Add()(shared(x), shared(y)))
    assert model.params(((5, 3), (5, 3))) == 16
    with pytest.raises(ShapeError, match=r"the weights are those of the first call, \[\(3, 4\), \(4,\)\]"):
        model.params(((5, 3), (5, 2)))
