"""What holds for every layer, over random ones of every class (see `strategies.LAYERS`)."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import attrs
import numpy as np
import pytest
from evaluation import evaluated
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    LAYERS,
    Case,
    cases,
    changed,
    convolutions,
    dense,
    flat,
    hidden,
    models,
    on,
    pools,
    shapes,
    spread,
)

import paramcalc
from paramcalc import (
    Activation,
    Augmentation,
    ConfigError,
    Conv1D,
    Conv2D,
    Conv3D,
    Dense,
    Dropout,
    Input,
    Layer,
    Model,
    ParamcalcError,
    Pool,
    Shape,
    ShapeError,
    Weight,
)
from paramcalc.layers.base import folded, snake_case
from paramcalc.traced import Traced

answered = cases | models()


def evaluate(text: str) -> Any:
    return eval(text, vars(paramcalc) | {name: getattr(paramcalc, name) for name in paramcalc.__all__})  # noqa: S307


def as_lists(in_shape: tuple[Any, ...]) -> list[Any]:
    return [as_lists(axis) if isinstance(axis, tuple) else axis for axis in in_shape]


def with_a_rule_of_their_own() -> set[type[Layer]]:
    """The classes whose layers are not compared as all others are."""
    rules = {kind: next(base for base in kind.__mro__ if "__eq__" in vars(base)) for kind in LAYERS}
    return {kind for kind, rule in rules.items() if rule is not Layer}


def test_every_class_of_layers_is_tested() -> None:
    exported = {getattr(paramcalc, name) for name in paramcalc.__all__}
    layers = {thing for thing in exported if isinstance(thing, type) and issubclass(thing, Layer)}
    assert layers - {Layer, Model} == set(LAYERS)


def test_names_are_formed_as_keras_forms_them() -> None:
    for size in range(5):
        for letters in itertools.product("AZaz2_", repeat=size):
            name = "".join(letters)
            words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
            assert snake_case(name) == re.sub("([a-z])([A-Z])", r"\1_\2", words).lower(), name


class TestALayerIsAValue:
    @pytest.mark.parametrize("kind", LAYERS)
    @settings(max_examples=1)
    @given(data=st.data())
    def test_by_one_rule_for_all(self, kind: type[Layer], data: st.DataObject) -> None:
        """But what has a rule of its own for an argument: attrs would write a method for every class."""
        layer, _ = data.draw(LAYERS[kind])
        assert layer == attrs.evolve(layer)
        assert with_a_rule_of_their_own() == {Augmentation}

    def test_by_that_rule_where_they_are_plainest(self) -> None:
        layers = [Input((3,)), Dense(4), Activation("relu")]
        assert layers == [Input((3,)), Dense(4), Activation("relu")]
        assert with_a_rule_of_their_own() == {Augmentation}

    @given(answered)
    def test_its_repr_evaluates_back(self, case: Case) -> None:
        layer, _ = case
        assert layer == evaluate(repr(layer))

    @given(answered)
    def test_its_repr_leaves_out_what_is_left_out(self, case: Case) -> None:
        layer, _ = case
        assert "trainable=True" not in repr(layer)
        assert "name=None" not in repr(layer)

    @given(answered)
    def test_pickle_copy_and_evolve_give_an_equal_one(self, case: Case) -> None:
        layer, in_shape = case
        for same in (
            pickle.loads(pickle.dumps(layer)),  # noqa: S301 (made here)
            copy.copy(layer),
            copy.deepcopy(layer),
            attrs.evolve(layer),
        ):
            assert layer == same
            assert hash(layer) == hash(same)
            assert type(layer) is type(same)
            assert layer.params(in_shape) == same.params(in_shape)

    @given(answered, answered)
    def test_equal_layers_hash_alike_and_answer_alike(self, one: Case, other: Case) -> None:
        assert (one[0] == other[0]) == (repr(one[0]) == repr(other[0]))
        if one[0] == other[0]:
            assert hash(one[0]) == hash(other[0])

    @given(answered)
    def test_one_that_differs_in_what_all_have_is_another(self, case: Case) -> None:
        layer, _ = case
        for other in (attrs.evolve(layer, name="another"), attrs.evolve(layer, trainable=not layer.trainable)):
            assert layer != other
            assert hash(layer) != hash(other)
            assert repr(layer) != repr(other)

    @given(answered)
    def test_it_cannot_be_changed(self, case: Case) -> None:
        layer, _ = case
        for field in attrs.fields(type(layer)):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(layer, field.name, None)

    @given(answered)
    def test_its_name_and_whether_it_is_trained_can_be_evolved(self, case: Case) -> None:
        layer, in_shape = case
        frozen = attrs.evolve(layer, trainable=False, name="frozen")
        assert frozen.name == "frozen"
        assert layer.params(in_shape) == frozen.params(in_shape)
        assert not any(weight.trainable for weight in frozen.weights(in_shape))

    def test_it_is_written_as_short_as_it_can_be(self) -> None:
        for written in (
            "Identity()", "Masking(mask_value=-1.0)", "Activation('relu')", "PositionEmbedding(4)", "LearnedTokens()",
            "LSTM(4)", "GRUCell(4)", "Resizing(4, 6)", "Conv2D(8, 5)",
        ):  # fmt: skip
            assert repr(evaluate(written)) == written

    def test_it_keeps_a_repr_that_its_class_has_or_inherits(self) -> None:
        class Own(Dropout):
            def __repr__(self) -> str:
                return "own"

        class Inheriting(Own):
            pass

        @attrs.frozen
        class Decorated(Own):
            units: int = 3

        assert [repr(each) for each in (Own(0.5), Inheriting(0.5), Decorated(0.5))] == ["own"] * 3

    @given(st.integers(1, 9), st.integers(1, 3))
    def test_one_number_stands_for_one_on_each_axis(self, number: int, rank: int) -> None:
        """What can be written shorter is, where the number of axes is known, and means the same."""
        assert folded((number,) * rank, rank) == number
        assert folded(((number, number),) * rank, rank) == number
        assert folded(((number, number + 1),) * rank, rank) == ((number, number + 1),) * rank
        for short in (number, "same", None, ()):
            assert folded(short, rank) == short
        for unknown in (((number, number),) * rank, (number,) * rank):
            assert folded(unknown, 0) == unknown

    def test_padding_on_both_sides_of_each_axis_is_written_as_it_is(self) -> None:
        """Where the number of axes is open, so is what a pair would mean."""
        layer = paramcalc.ZeroPadding(((1, 1), (2, 2)))
        assert evaluate(repr(layer)) == layer

    def test_it_matches_by_its_arguments(self) -> None:
        match Conv2D(8, 5, padding="same"):
            case Conv2D(filters, (height, width), padding="same"):
                assert (filters, height, width) == (8, 5, 5)
            case _:
                pytest.fail("a Conv2D matches its own pattern")

    def test_it_has_no_dictionary(self) -> None:
        for kind in LAYERS:
            assert "__dict__" not in dir(kind)


class TestAnswers:
    @given(answered)
    def test_are_of_builtin_types(self, case: Case) -> None:
        layer, in_shape = case
        output_shape, weights = layer.output_shape(in_shape), layer.weights(in_shape)
        assert type(output_shape) is tuple
        assert {type(axis) for axis in flat(output_shape)} <= {int}
        assert type(layer.params(in_shape)) is int
        assert {type(layer.macs(in_shape)), type(layer.connections(in_shape))} <= {int, type(None)}
        assert type(weights) is tuple
        for weight in weights:
            assert type(weight.shape) is tuple
            assert {type(axis) for axis in weight.shape} <= {int}
            assert type(weight.size) is int
            assert type(weight.trainable) is bool

    @given(answered)
    def test_lists_and_foreign_ints_are_taken(self, case: Case) -> None:
        layer, in_shape = case
        for same in (as_lists(in_shape), changed(in_shape, np.int64), changed(in_shape, np.uint16)):
            assert layer.output_shape(in_shape) == layer.output_shape(same)
            assert {type(axis) for axis in flat(layer.output_shape(same))} <= {int}
            assert layer.weights(in_shape) == layer.weights(same)

    @given(answered)
    def test_params_is_the_sum_over_the_weights(self, case: Case) -> None:
        """params(in_shape) is the sum of the sizes of weights(in_shape), and a size the product of a shape."""
        layer, in_shape = case
        assert layer.params(in_shape) == sum(math.prod(weight.shape) for weight in layer.weights(in_shape))

    @given(answered, st.data())
    def test_none_passes_through_or_is_said_to_be_needed(self, case: Case, data: st.DataObject) -> None:
        """Axes that are None pass through wherever the answer does not need them; else the error names the axis."""
        layer, in_shape = case
        if isinstance(layer, Model):
            layer = Model(layer.layers[isinstance(layer[0], paramcalc.Input) :])
        partly = hidden(data.draw, in_shape, 2)
        if isinstance(layer, paramcalc.Input):
            partly = tuple(None if own is None else axis for own, axis in zip(layer.shape, in_shape, strict=True))
        known = layer.output_shape(in_shape)
        open_shape = layer.output_shape(partly)
        assert len(known) == len(open_shape)
        assert all(given in (None, axis) for given, axis in zip(flat(open_shape), flat(known), strict=True))
        try:
            params = layer.params(partly)
        except ShapeError as error:
            assert re.search(r"in_shape\[\d\]", error.subject)
            assert None in flat(partly)
        else:
            assert layer.params(in_shape) == params
        if partly == in_shape:
            assert known == open_shape

    @given(answered)
    def test_no_weights_need_no_known_axis(self, case: Case) -> None:
        layer, in_shape = case
        if not isinstance(layer, (Model, paramcalc.Input)) and not layer.weights(in_shape):
            unknown = changed(in_shape, lambda _: None)
            assert layer.weights(unknown) == ()
            assert layer.params(unknown) == 0


def tensor(shape: tuple[int, ...], data_format: str) -> tuple[tuple[int, ...], int]:
    return (shape[:-1], shape[-1]) if data_format == "channels_last" else (shape[1:], shape[0])


class TestAgainstALayerThatIsRun:
    """A layer's numbers are what its definition uses: each weight once, each multiply-add, each input of each unit."""

    @settings(max_examples=60)
    @given(st.one_of(convolutions(Conv1D, 4), convolutions(Conv2D, 2), convolutions(Conv3D, 1)))
    def test_convolution(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, (Conv1D, Conv2D, Conv3D))
        layer = attrs.evolve(layer, lora_rank=None)
        _, channels = tensor(in_shape, layer.data_format)
        positions, filters = tensor(tuple(axis or 0 for axis in layer.output_shape(in_shape)), layer.data_format)
        cells = list(itertools.product(*map(range, layer.kernel_size)))
        kernel: set[tuple[tuple[int, ...], int, int]] = set()
        biases: set[int] = set()
        multiplied = connected = 0
        for _ in itertools.product(*map(range, positions)):
            for number in range(filters):
                group = number * layer.groups // filters
                seen = range(channels * group // layer.groups, channels * (group + 1) // layer.groups)
                if layer.connection_table is not None:
                    seen = range(layer.connection_table[number])
                multiplied += len(seen) * len(cells)
                connected += len(seen) * len(cells) + layer.use_bias
                kernel.update((cell, channel, number) for cell in cells for channel in seen)
                biases.update([number] * layer.use_bias)
        assert layer.params(in_shape) == len(kernel) + len(biases)
        assert layer.macs(in_shape) == multiplied
        assert layer.connections(in_shape) == connected

    @given(on(dense, shapes(least=1, most=3)))
    def test_dense(self, case: Case) -> None:
        """Every position of the last axis is multiplied by the same matrix, as numpy multiplies."""
        layer, in_shape = case
        assert isinstance(layer, Dense)
        layer = attrs.evolve(layer, lora_rank=None)
        matrix = np.zeros((in_shape[-1], layer.units))
        product = np.zeros(in_shape) @ matrix
        assert layer.output_shape(in_shape) == product.shape
        assert layer.params(in_shape) == matrix.size + layer.units * layer.use_bias
        assert layer.macs(in_shape) == product.size * in_shape[-1]
        assert layer.connections(in_shape) == product.size * (in_shape[-1] + layer.use_bias)

    @given(on(LAYERS[paramcalc.Flatten].map(lambda case: case[0]), shapes()))
    def test_flatten(self, case: Case) -> None:
        layer, in_shape = case
        assert layer.output_shape(in_shape) == np.zeros(in_shape).reshape(-1).shape

    @given(LAYERS[paramcalc.GAP])
    def test_global_pooling(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, paramcalc.GAP)
        axes = (
            tuple(range(len(in_shape) - 1)) if layer.data_format == "channels_last" else tuple(range(1, len(in_shape)))
        )
        pooled = np.zeros(in_shape).mean(axis=axes, keepdims=layer.keepdims)
        assert layer.output_shape(in_shape) == pooled.shape
        assert layer.connections(in_shape) == math.prod(in_shape)

    @given(pools())
    def test_pooling(self, case: Case) -> None:
        layer, in_shape = case
        assert isinstance(layer, Pool)
        positions, channels = tensor(tuple(axis or 0 for axis in layer.output_shape(in_shape)), layer.data_format)
        window = math.prod(spread(layer.pool_size, len(positions)))
        assert layer.connections(in_shape) == math.prod(positions) * channels * (window + layer.use_bias)
        assert layer.macs(in_shape) == 0
        assert layer.params(in_shape) == channels * (layer.use_scale + layer.use_bias)


def leaves(expression: int | None) -> Iterator[int]:
    """The numbers that an expression begins with."""
    if isinstance(expression, Traced) and expression.operation:
        for operand in expression.operands:
            yield from leaves(operand)
    elif expression is not None:
        yield expression


class TestExplanation:
    @given(answered)
    def test_the_numbers_evaluated_give_the_value(self, case: Case) -> None:
        """`numbers` is written so that a program can evaluate it and get `value`."""
        layer, in_shape = case
        explanation = layer.explain(in_shape)
        for step in (*explanation.steps, *explanation.short.steps):
            if step.value is None:
                assert step.what == "connections"
                continue
            assert step.value == evaluated(step.numbers), step

    @given(answered)
    def test_it_says_what_the_layer_answers(self, case: Case) -> None:
        """One step for every output axis and every weight, and then the totals, with the layer's own numbers."""
        layer, in_shape = case
        values = [step.value for step in layer.explain(in_shape).parts[-1].steps]
        weights = layer.weights(in_shape)
        trained = sum(weight.size for weight in weights if weight.trainable)
        total = layer.params(in_shape)
        totals = [total, trained, total - trained, layer.macs(in_shape), layer.connections(in_shape)]
        if isinstance(layer, Model):
            assert totals == values
        else:
            assert [*flat(layer.output_shape(in_shape)), *(weight.size for weight in weights), *totals] == values

    @given(cases)
    def test_every_number_in_words_is_labelled_or_small(self, case: Case) -> None:
        """`words` has no unlabelled number above 4."""
        layer, in_shape = case
        for step in layer.explain(in_shape).steps:
            # An axis beyond the third is called by its number, and so is an input that is one of several
            words = re.sub(r"(axis|input|output) \d", r"\1", step.words)
            assert all(int(number) <= 4 for number in re.findall(r"\d+", words)), step.words

    @given(answered)
    def test_every_leaf_of_an_expression_is_labelled_or_a_small_literal(self, case: Case) -> None:
        """Only what the source writes out stays without a name: 0, 1 and 2, and how many equal weights there are."""
        layer, in_shape = case
        for step in layer.explain(in_shape).steps:
            literals = [int(leaf) for leaf in leaves(step._expression) if not (isinstance(leaf, Traced) and leaf.label)]
            assert max(literals, default=0) <= (4 if "params" in step.what else 2), step

    @given(cases)
    def test_factors_stand_in_the_order_of_the_axes(self, case: Case) -> None:
        layer, in_shape = case
        weights = {weight.name: weight for weight in layer.weights(in_shape)}
        for step in layer.explain(in_shape).steps:
            if step.what in weights and isinstance(layer, (Conv1D, Conv2D, Conv3D, Dense)):
                factors = [evaluated(factor.strip("()")) for factor in step.numbers.split(" × ")]
                assert list(weights[step.what].shape) == factors

    @given(answered)
    def test_its_results_do_not_remember(self, case: Case) -> None:
        layer, in_shape = case
        for step in layer.explain(in_shape).to_dict()["steps"]:
            assert type(step["value"]) is int or step["what"] == "connections"


class TestWeights:
    @given(answered)
    def test_their_repr_evaluates_back(self, case: Case) -> None:
        layer, in_shape = case
        weights = layer.weights(in_shape)
        assert weights == evaluate(repr(weights))
        assert weights == pickle.loads(pickle.dumps(weights))  # noqa: S301 (made here)
        assert hash(weights) == hash(evaluate(repr(weights)))

    @pytest.mark.parametrize(
        "axes", [{"inputs": 4, "units": 2}, [("inputs", 4), ("units", 2)], [["inputs", np.int8(4)], ["units", 2]]]
    )
    def test_axes_are_taken_as_a_mapping_or_as_pairs(self, axes: Any) -> None:
        weight = Weight("kernel", axes)
        assert weight == Weight("kernel", (("inputs", 4), ("units", 2)))
        assert weight.shape == (4, 2)
        assert {type(size) for size in weight.shape} == {int}

    def test_a_scalar_weight_has_one_number(self) -> None:
        assert Weight("temperature", ()).size == 1

    def test_shows_what_it_was_made_from(self) -> None:
        assert repr(Weight("bias", {"filters": 8})) == "Weight(name='bias', axes=(('filters', 8),), trainable=True)"

    @pytest.mark.parametrize("form", [tuple, list, iter, partial(map, list), lambda pairs: tuple(map(list, pairs))])
    @pytest.mark.parametrize(
        ("sizes", "shape"),
        [
            ([1, 4], (1, 4)),
            ([np.int8(4)], (4,)),
            ([2**63 - 1], (2**63 - 1,)),
            ([2] * 64, (2,) * 64),
            *(([size], None) for size in (0, -1, 2**63, True, 4.0, "4", None)),
            ([2] * 65, None),
        ],
    )
    def test_are_the_same_in_every_form_or_refused_in_every_form(
        self, form: Callable[[Any], Any], sizes: list[Any], shape: tuple[int, ...] | None
    ) -> None:
        pairs = [(f"axis {position}", size) for position, size in enumerate(sizes)]
        if shape is None:
            with pytest.raises(ParamcalcError):
                Weight("kernel", form(pairs))
            return
        weight = Weight("kernel", form(pairs))
        assert weight.axes == tuple(zip(dict(pairs), shape, strict=True))
        assert (weight.shape, weight.size) == (shape, math.prod(shape))
        assert {type(pair) for pair in weight.axes} == {tuple}
        assert {type(size) for size in weight.shape} == {int}

    @pytest.mark.parametrize(
        ("name", "axes", "trainable"),
        [
            (3, (), True),
            ("", (), True),
            ("kernel", (), 1),
            ("kernel", ((3, 4),), True),
            ("kernel", (("axis", 4, 4),), True),
            ("kernel", (("axis",),), True),
        ],
    )
    def test_that_are_none_are_refused(self, name: Any, axes: Any, trainable: Any) -> None:
        with pytest.raises(ConfigError):
            Weight(name, axes, trainable)


class Join(Layer):
    """Two inputs, and their sum and their channels as two outputs."""

    several_inputs = True

    def compute_output_shape(self, in_shape: tuple[Shape, ...]) -> tuple[Shape, Shape]:
        first, second = in_shape
        return first, (*first[:-1], first[-1] + second[-1])  # type: ignore[operator]  # they are given here


class TestSeveralInputsAndOutputs:
    def test_are_tuples_of_shapes(self) -> None:
        assert Join().output_shape([(4, 3), [4, 5]]) == ((4, 3), (4, 8))
        assert Join().params(((4, 3), (4, 5))) == 0

    def test_are_explained_by_their_number(self) -> None:
        explained = {step.what: step.words for step in Join().explain(((4, 3), (4, 5))).steps}
        assert explained["output 2 channels"] == "input 1 channels + input 2 channels"

    def test_one_layer_takes_one_shape(self) -> None:
        for ask in (Conv2D(8, 5).output_shape, Conv2D(8, 5).params, Dropout(0.5).macs, Dropout(0.5).explain):
            with pytest.raises(ShapeError, match="in_shape must be one shape, got 2 of them"):
                ask(((28, 28, 3), (28, 28, 3)))

    def test_what_is_wrong_in_one_of_them_is_named(self) -> None:
        with pytest.raises(ShapeError, match=r"in_shape\[1\]\[0\] must be an int from 1"):
            Join().output_shape(((4, 3), (0, 3)))
        with pytest.raises(ShapeError, match=r"in_shape\[1\] must be a tuple or list"):
            Join().output_shape(((4, 3), 5))  # type: ignore[arg-type]

    def test_a_cost_that_fails_for_want_of_an_axis_is_not_known(self) -> None:
        class Costly(Join):
            def compute_macs(self, in_shape: Any, output_shape: Any, weights: Any) -> int:
                return int(in_shape[1][0] * 2)

        assert Costly().macs(((4, 3), (4, 5))) == 8
        assert Costly().macs(((None, 3), (None, 3))) is None

    def test_what_several_inputs_are_seen_through_is_not_known(self) -> None:
        joined = Model([Join()]).summary(((4, 3), (4, 5)))
        assert joined.to_csv(["output_size", "receptive_field"]) == (
            "Name,Output Size,Receptive Field\njoin,44,unknown\nTotal,,\n"
        )


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.__name__ for kind in LAYERS])
def test_every_class_answers_every_question(kind: type[Layer]) -> None:
    """Whatever luck the draws of other tests have: costs are counts or not known, and the explanation says the same."""

    @settings(max_examples=5)
    @given(LAYERS[kind])
    def ask(case: Case) -> None:
        layer, in_shape = case
        explained = {step.what: step.value for step in layer.explain(in_shape).steps}
        assert explained["params"] == layer.params(in_shape)
        for what, cost in (("MACs", layer.macs(in_shape)), ("connections", layer.connections(in_shape))):
            assert cost is None or (type(cost) is int and cost >= 0)
            assert explained[what] == cost
        windows = layer.windows(in_shape)
        assert windows is None or isinstance(windows, tuple)
        assert {type(number) for window in windows or () for number in window} <= {int}
        assert layer == evaluate(repr(layer))
        assert "trainable=True" not in repr(layer)  # what is as it would be anyway is not written

    ask()
