"""A chain of layers: names, places, evaluation, and that it is a layer itself."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Case, models

from paramcalc import (
    RNN,
    Activation,
    Add,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GRUCell,
    Input,
    Layer,
    Model,
    Pool,
    RepeatVector,
    Shape,
    ShapeError,
    TimeDistributed,
    Weight,
    evaluation,
)

LENET = Model(
    [Input((32, 32, 3)), Conv2D(8, 5), Pool(2), Conv2D(16, 5), Pool(2), Flatten(), Dense(120), Dense(84), Dense(10)],
    name="lenet5",
)


class Scale(Layer):
    """A layer of a user's own, as the documentation shows it."""

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("factor", {"channels": in_shape[-1]}),)


class Statistics(Layer):
    """A layer with an array that is trained and one that never is."""

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return Weight("scale", {"channels": in_shape[-1]}), Weight("mean", {"channels": in_shape[-1]}, trainable=False)


class TestAChainComposes:
    """The shape that comes out of one layer goes into the next, and counts add up."""

    @given(models())
    def test_layer_by_layer(self, case: Case) -> None:
        model, in_shape = case
        assert isinstance(model, Model)
        shape: Shape = in_shape
        params = macs = connections = 0
        for layer in model:
            params += layer.params(shape)
            macs += layer.macs(shape) or 0
            connections += layer.connections(shape) or 0
            shape = layer.output_shape(shape)
        assert model.output_shape() == shape
        assert (model.params(), model.macs(), model.connections()) == (params, macs, connections)

    @given(models(), st.data())
    def test_however_it_is_nested(self, case: Case, data: st.DataObject) -> None:
        model, in_shape = case
        assert isinstance(model, Model)
        layers = model[1:] if isinstance(model[0], Input) else model[:]
        cut = data.draw(st.integers(1, len(layers) - 1))
        nested = Model([Model(layers[:cut]), Model(layers[cut:])])
        assert nested.output_shape(in_shape) == model.output_shape()
        assert nested.params(in_shape) == model.params()
        assert nested.macs(in_shape) == model.macs()
        assert [weight.shape for weight in nested.weights(in_shape)] == [weight.shape for weight in model.weights()]

    @given(models())
    def test_rows_hand_on_their_shapes(self, case: Case) -> None:
        rows = case[0].summary().rows if isinstance(case[0], Model) else ()
        assert all(before.output_shape == after.in_shape for before, after in pairwise(rows))

    def test_an_output_shape_does_not_need_what_only_weights_need(self) -> None:
        model = Model([Conv2D(8, 3), Pool(2)])
        assert model.output_shape((28, None, None)) == (13, None, 8)
        with pytest.raises(ShapeError, match=r"layers\[0\] 'conv2d' .* in_shape\[2\] \(channels\) must be known"):
            model.params((28, None, None))


class TestNames:
    def test_are_the_class_with_a_number_when_taken(self) -> None:
        assert LENET.names == (
            "input", "conv2d", "pool", "conv2d_1", "pool_1", "flatten", "dense", "dense_1", "dense_2",
        )  # fmt: skip

    def test_skip_those_that_are_taken_before_or_behind(self) -> None:
        layers = [Dense(1, name="dense_1"), Dense(2), Dense(3), Dense(4, name="dense"), Dense(5)]
        assert Model(layers).names == ("dense_1", "dense_2", "dense_3", "dense", "dense_4")

    def test_are_counted_in_each_model(self) -> None:
        inner = Model([Dense(1), Dense(2)])
        assert Model([Dense(3), inner, inner]).names == ("dense", "model", "model_1")
        assert [weight.name for weight in Model([Dense(3), inner]).weights((1,))][2:4] == [
            "model/dense/kernel",
            "model/dense/bias",
        ]

    @given(st.lists(st.sampled_from([None, "dense", "dense_1", "a", "dropout"]), min_size=1, max_size=6))
    def test_are_all_different(self, names: list[str | None]) -> None:
        kinds: list[Any] = [lambda name: Dense(1, name=name), lambda name: Dropout(0.5, name=name)]
        given_names = [name for name in names if name is not None]
        if len(set(given_names)) == len(given_names):
            model = Model([kinds[index % 2](name) for index, name in enumerate(names)])
            assert len(set(model.names)) == len(model)
            assert all(name in (None, own) for name, own in zip(names, model.names, strict=True))


class TestItsLayers:
    def test_by_position_by_name_and_in_turn(self) -> None:
        assert len(LENET) == 9
        assert LENET[1] == LENET["conv2d"] == Conv2D(8, 5)
        assert LENET[-1] == LENET["dense_2"] == Dense(10)
        assert LENET[1:3] == (Conv2D(8, 5), Pool(2))
        assert list(LENET) == list(LENET.layers)
        assert next(reversed(LENET)) == Dense(10)

    def test_by_membership(self) -> None:
        assert "conv2d_1" in LENET
        assert "conv2d_2" not in LENET
        assert Pool(2) in LENET
        assert Pool(3) not in LENET

    @pytest.mark.parametrize("form", [tuple, iter, dict.fromkeys, set])
    def test_from_any_iterable(self, form: Callable[[list[Layer]], Iterable[Layer]]) -> None:
        assert Model(form([Dense(3)])).layers == (Dense(3),)

    def test_equal_layers_in_a_list_are_separate_layers(self) -> None:
        layer = Dense(3)
        assert Model([layer, layer], in_shape=(3,)).params() == 2 * 12


class TestTheInputShape:
    def test_comes_from_an_input_or_an_argument(self) -> None:
        assert Model([Input((3,)), Dense(2)]).in_shape == (3,)
        assert Model([Dense(2)], in_shape=[3]).in_shape == (3,)
        assert Model([Dense(2)]).in_shape is None
        assert Model([Model([Input((3,)), Dense(2)]), Dense(4)]).in_shape == (3,)

    def test_of_an_input_may_be_filled_and_must_fit(self) -> None:
        layers = [Input((None, None, 3)), Conv2D(8, 5)]
        assert Model(layers).output_shape() == (None, None, 8)
        assert Model(layers, in_shape=(32, 32, 3)).output_shape() == (28, 28, 8)
        assert Model(layers).output_shape((32, 32, 3)) == (28, 28, 8)
        with pytest.raises(ShapeError, match=r"in_shape must be \(None, None, 3\), as"):
            Model(layers).output_shape((32, 32, 4))
        with pytest.raises(ShapeError, match=r"in_shape must be \(None, None, 3\), as"):
            Model(layers, in_shape=(32, 32, 4))

    def test_may_be_left_open_where_only_the_weights_need_it(self) -> None:
        layers = [Input((None, None, 3)), Conv2D(8, 3), Flatten(), Dense(10)]
        model = Model(layers)
        assert model.output_shape() == (10,)
        assert model.params((32, 32, 3)) == 224 + 72_010
        assert Model([Model(layers)], in_shape=(32, 32, 3)).params() == 224 + 72_010
        assert model._repr_html_() is None
        with pytest.raises(ShapeError, match=r"layers\[3\] 'dense' .* in_shape\[0\] \(features\) must be known"):
            model.params()

    def test_that_does_not_fit_is_refused_by_every_question_with_its_place(self) -> None:
        model = Model([Conv2D(8, 3), Model([Conv2D(8, 5)])])
        questions: list[Callable[[Shape], object]] = [
            model.output_shape,
            model.weights,
            model.params,
            model.macs,
            model.connections,
            model.windows,
        ]
        for question in [*questions, model.explain, model.summary]:
            with pytest.raises(ShapeError) as caught:
                question((6, 6, 1))
            assert [place.position for place in caught.value.where] == [1, 0]
            assert caught.value.where[0].in_shape == (4, 4, 8)

    def test_said_twice_is_said_once(self) -> None:
        once, twice = Model([Input((3,)), Dense(2)]), Model([Input((3,)), Dense(2)], in_shape=(3,))
        assert once == twice
        assert repr(once) == repr(twice) == "Model((Input((3,)), Dense(2)))"
        assert attrs.evolve(twice, layers=[Input((5,)), Dense(2)]).in_shape == (5,)

    def test_makes_a_wrong_model_fail_when_it_is_made(self) -> None:
        with pytest.raises(ShapeError, match=r"layers\[1\] 'conv2d' \(Conv2D\), given \(4, 4, 1\): kernel_size"):
            Model([Input((4, 4, 1)), Conv2D(8, 5)])
        assert Model([Conv2D(8, 5)]).names == ("conv2d",)


class TestChannelsFirst:
    def test_is_handed_on_to_layers_that_do_not_know_of_it(self) -> None:
        first = Conv2D(8, 3, data_format="channels_first")
        model = Model([first, Activation("relu"), Dense(4), Flatten()], in_shape=(3, 8, 8))
        words = {(step.layer, step.what): step.words for step in model.explain().steps}
        assert words["activation", "output channels"] == "input channels"
        assert words["dense", "kernel"] == "input width × units"
        assert words["flatten", "output features"] == "input channels × input height × input width"
        again = Model([model, Activation("relu")], in_shape=(3, 8, 8))
        assert again.explain().parts[0].steps[0].what == "output channels"


class TestFreezing:
    def test_a_layer_a_model_and_a_model_in_a_model(self) -> None:
        def trained(model: Model) -> tuple[int, int, list[bool]]:
            summary = model.summary((3,))
            weights = [weight.trainable for row in summary.rows for weight in row.weights]
            assert weights == [weight.trainable for weight in model.weights((3,))]
            return summary.trainable_params, summary.non_trainable_params, weights

        inner = [Dense(4), Dense(2)]
        assert trained(Model(inner)) == (26, 0, [True] * 4)
        assert trained(Model([Dense(4, trainable=False), Dense(2)])) == (10, 16, [False, False, True, True])
        assert trained(Model(inner, trainable=False)) == (0, 26, [False] * 4)
        assert trained(Model([Model(inner, trainable=False), Dense(2)])) == (6, 26, [False] * 4 + [True] * 2)
        assert trained(Model([Statistics(), Dense(2)])) == (11, 3, [True, False, True, True])
        assert trained(attrs.evolve(Model([Model(inner), Dense(2)]), trainable=False)) == (0, 32, [False] * 6)


def test_a_placement_says_what_each_call_takes() -> None:
    x, shared = Input((3,))(), Dense(3).place()
    once = shared(x)
    model = Model(inputs=x, outputs=Add()(once, shared(once)))
    found = {one.name: one for one in evaluation.placed(model, (3,), {})}
    assert list(found) == ["input", "dense", "add"]
    assert found["dense"].sources == ((0, 0),)
    assert found["dense"].later_sources == (((1, 0),),)
    assert found["dense"].in_shapes == ((3,), (3,))
    assert found["add"].sources == ((1, 0), (1, 0))


class TestModelsInModels:
    def test_doubled_twenty_times_are_counted_without_being_laid_out(self) -> None:
        model = Model([Dense(3), Dense(3)])
        for _ in range(20):
            model = Model([model, model])
        assert model.params((3,)) == 12 * 2**21
        assert model.macs((3,)) == 9 * 2**21
        assert model.connections((3,)) == 12 * 2**21
        assert model.output_shape((3,)) == (3,)
        assert model.summary((3,)).total_params == 12 * 2**21
        assert "12,582,912" in str(model.summary((3,)))
        assert isinstance(hash(model), int)

    def test_are_called_on_so_many_shapes_and_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert evaluation.MOST_SHAPES == 1_000  # as docs/security.md says
        monkeypatch.setattr(evaluation, "MOST_SHAPES", 3)
        x, inner = Input((4,))(), Model([Activation("relu")]).place()
        outputs = [inner(RepeatVector(size)(x)) for size in range(1, 5)]
        assert len(Model(inputs=x, outputs=outputs[:3]).output_shape()) == 3
        with pytest.raises(ShapeError, match="called on at most 3 different shapes, got another"):
            Model(inputs=x, outputs=outputs)

    def test_a_hundred_deep(self) -> None:
        model: Layer = Dense(3)
        for _ in range(100):
            model = Model([model])
        assert isinstance(model, Model)
        assert model.params((3,)) == 12
        assert model == copy.deepcopy(model) == pickle.loads(pickle.dumps(model))  # noqa: S301 (made here)
        assert repr(model).count("Model") == 100
        assert len(model.explain((3,)).parts) == 101
        with pytest.raises(ValueError, match="layers in layers must be at most 100 deep, got 101"):
            Model([model])


class TestALayerOfOnesOwn:
    def test_gets_all_the_rest_from_two_methods(self) -> None:
        model = Model([Conv2D(8, 3), Scale(), Scale(trainable=False)], in_shape=(8, 8, 3))
        assert model.names == ("conv2d", "scale", "scale_1")
        assert model.summary().rows[1].params == 8
        assert model.summary().non_trainable_params == 8
        assert Scale() == Scale()
        assert hash(Scale()) == hash(Scale())
        assert repr(Scale(name="a")) == "Scale(name='a')"
        steps = {step.what: step for step in Scale().explain((8, 8, 3)).steps}
        assert steps["factor"].words == "input channels"

    def test_is_a_value_whether_attrs_compares_it_or_not(self) -> None:
        class Plain(Scale):
            pass

        @attrs.frozen
        class Factor(Scale):
            factor: int = 1

        @attrs.frozen(eq=False)
        class Left(Scale):
            factor: int = 1

        assert Plain(name="a") == Plain(name="a") != Plain(name="b")
        assert Scale() != Plain()
        assert Plain() != Scale()
        assert Scale() != "Scale()"
        for own in (Factor, Left):
            assert own(2) == own(2) != own(3)
            assert hash(own(2)) == hash(own(2)) != hash(own(3))
            assert Model([own(2)]) == Model([own(2)]) != Model([own(3)])
        assert Factor() != Left()
        assert len({Scale(), Plain(), Factor(), Left(), Factor(2), Left(2), Scale()}) == 6

    def test_is_a_value_of_its_own_whatever_becomes_of_its_class(self) -> None:
        @attrs.frozen(eq=False)
        class Silent(Scale):
            factor: int = 1

            def __init_subclass__(cls) -> None:
                pass

        assert Silent(1) != Silent(2)

        @attrs.frozen(eq=False)
        class Louder(Silent):
            power: int = 1

        assert Louder(1, 2) == Louder(1, 2) != Louder(1, 3)

    def test_has_costs_that_are_unknown_until_it_says_them(self) -> None:
        model = Model([Dense(3), Scale(), Activation("relu")], in_shape=(3,))
        assert Scale().macs((3,)) is None
        assert Scale().connections((3,)) is None
        assert Scale().windows((3,)) is None
        assert model.macs() is None
        assert model.connections() is None
        assert model.summary().macs is None
        assert "unknown" in model.summary().to_text(["name", "macs", "macs_percent", "receptive_field"])
        values = {step.what: step for step in model.explain().parts[-1].steps}
        assert values["MACs"].value is None
        assert "MACs                 = unknown" in model.explain().to_text(full=True)

    @pytest.mark.parametrize("form", [list, iter, tuple])
    def test_may_give_its_weights_in_any_form(self, form: Callable[[tuple[Weight, ...]], Any]) -> None:
        class Own(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                weights: tuple[Weight, ...] = form((Weight("gate", {"units": 7}), Weight("bias", {"units": 7})))
                return weights

        assert Own().weights((3,)) == (Weight("gate", {"units": 7}), Weight("bias", {"units": 7}))
        assert Own().params((3,)) == 14

    def test_may_wrap_another_layer_and_explains_that(self) -> None:
        @attrs.frozen
        class Wrapper(Layer):
            inner: Layer

            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return self.inner.output_shape(in_shape)

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                return self.inner.weights(in_shape)

            def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
                return self.inner.macs(in_shape)

        layer = Wrapper(Wrapper(Conv2D(64, 9, trainable=False)))
        steps = {step.what: step.words for step in layer.explain((32, 32, 128)).short.steps}
        assert steps["output height"] == "input height − kernel height + 1"
        assert steps["kernel"] == "kernel height × kernel width × input channels × filters"
        assert steps["trainable params"] == "0"
        assert [weight.trainable for weight in layer.weights((32, 32, 128))] == [False, False]
        assert layer.macs((32, 32, 128)) == Conv2D(64, 9).macs((32, 32, 128))
        assert {type(axis) for axis in layer.output_shape((32, 32, 128))} == {int}
        model = Model([Conv2D(5, 3), Dense(7)])
        assert Wrapper(model).explain((9, 9, 3)).steps[-4].value == model.params((9, 9, 3))

    def test_may_fail_to_say_a_cost_for_want_of_an_axis(self) -> None:
        class Squares(Layer):
            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
                return in_shape[0] * in_shape[0]  # type: ignore[operator]  # what people write

        assert Squares().macs((3,)) == 9
        assert Squares().macs((None,)) is None
        assert Model([Squares()], in_shape=(None,)).summary().macs is None

    def test_may_have_arguments_and_methods_for_its_costs(self) -> None:
        @attrs.frozen
        class Highway(Layer):
            carry_bias: int = 2
            sizes: tuple[int, ...] = (7, 9)
            kind: tuple[str, ...] = ("a",)

            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return [*in_shape, self.sizes[1] + self.carry_bias, 9]  # type: ignore[return-value]

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                return [Weight("gate", {"units": self.sizes[0]}), Weight("free", {"fixed": 5})]  # type: ignore[return-value]

            def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
                return 0

        layer = Highway(3)
        assert layer.output_shape((4,)) == (4, 12, 9)
        assert layer.params((4,)) == 12
        assert layer.macs((4,)) == 0
        steps = {step.what: step for step in layer.explain((4,)).steps}
        assert steps["output width"].words == "sizes 1 + carry bias"
        assert steps["output channels"].words == "set by Highway"
        assert steps["gate"].words == "sizes 0"
        assert steps["free"].words == "fixed"


def test_a_large_chain_is_a_value() -> None:
    layers = [Dense(3) for _ in range(5_000)]
    model = Model(layers, in_shape=(3,))
    assert model == Model(layers, in_shape=(3,)) == pickle.loads(pickle.dumps(model))  # noqa: S301 (made here)
    assert hash(model) == hash(copy.copy(model))
    assert model.params() == 5_000 * 12
    assert len(str(model.summary()).splitlines()) == 5_000 * 2 + 7
    assert len(model.explain().steps) == 5_000 * 8 + 5


class TestEquality:
    def test_of_models_that_hold_themselves_twice_over_and_over_is_found(self) -> None:
        """Two to the power of 98 layers on each side, made apart from each other."""

        def doubled(innermost: Layer) -> Model:
            model = Model([innermost, innermost], in_shape=(3,))
            for _ in range(97):
                model = Model([model, model])
            return model

        model = doubled(Dense(3))
        assert model == doubled(Dense(3))
        assert hash(model) == hash(doubled(Dense(3)))
        assert model != doubled(Dense(3, use_bias=False))
        assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301 (our own bytes)

    def test_looks_into_layers_that_hold_layers(self) -> None:
        def around(units: int, *more: Layer) -> Model:
            return Model([TimeDistributed(Model([Dense(units), *more])), RNN((GRUCell(units), GRUCell(4)))])

        assert around(3) == around(3)
        assert around(3) != around(4)
        assert around(3) != around(3, Dense(3))
        assert Model([Dense(3)]) != Dense(3)
        assert Model([Dense(3)]) != Model([Dense(3)], trainable=False)


def test_pictures_open_no_models_by_default() -> None:
    model = Model([Model([Dense(3)])], in_shape=(4,))
    for draw in (model.to_svg, model.to_mermaid, model.to_dot):
        assert draw() == draw(depth=1) != draw(depth=2)
