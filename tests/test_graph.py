"""Graphs: drawn by calling layers, kept as a table of numbers, and evaluated call by call."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paramcalc
from paramcalc import (
    LSTM,
    Add,
    BatchNorm,
    Concatenate,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    Layer,
    Model,
    Permute,
    Pool,
    PReLU,
    Reshape,
    Shape,
    ShapeError,
    Subtract,
    Weight,
)
from paramcalc.graph import Call, Output, Source

NAMES: dict[str, Any] = {**vars(paramcalc), **{name: getattr(paramcalc, name) for name in paramcalc.__all__}}


class Split(Layer):
    """Two halves of the last axis, as two outputs; no weights."""

    def compute_output_shape(self, in_shape: Shape) -> tuple[Shape, Shape]:
        assert in_shape[-1] is not None
        half = (*in_shape[:-1], in_shape[-1] // 2)
        return half, half


class PerShape(Layer):
    """A weight as large as the input."""

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("position", enumerate_axes(in_shape)),)


class Styled(Layer):
    """Windows of three positions along the first input, as a second one, a vector, says."""

    several_inputs = True

    def compute_output_shape(self, in_shape: Any) -> Shape:
        (length, channels), _ = in_shape
        return length - 2, channels

    def compute_windows(self, in_shape: Any) -> tuple[paramcalc.Window, ...]:
        return (paramcalc.Window(3),)


def enumerate_axes(in_shape: Shape) -> dict[str, int]:
    return {f"axis {index}": axis for index, axis in enumerate(in_shape) if axis is not None}


def residual() -> Model:
    x = Input((32, 32, 64))()
    y = BatchNorm()(Conv2D(64, 3, padding="same")(x))
    return Model(inputs=x, outputs=Add()(y, x))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Model, int, list[tuple[int, ...]]]:
    """A random graph of dense layers, sums and splits, with its parameters and shapes counted beside it."""
    starts: list[Any] = [Input((draw(st.integers(1, 4)) * 2,))() for _ in range(draw(st.integers(1, 3)))]
    handles, params = list(starts), 0
    shared = [(Dense(draw(st.integers(1, 4)) * 2).place(), set[int]()) for _ in range(2)]
    for _ in range(draw(st.integers(0, 12))):
        one = draw(st.sampled_from(handles))
        kind = draw(st.sampled_from(["dense", "shared", "add", "split", "join"]))
        if kind == "dense":
            units = draw(st.integers(1, 4)) * 2
            params += (one.shape[0] + 1) * units
            handles.append(Dense(units)(one))
        elif kind == "shared":
            placed, widths = draw(st.sampled_from(shared))
            if widths <= {one.shape[0]}:
                params += 0 if widths else (one.shape[0] + 1) * placed.layer.units  # type: ignore[attr-defined]
                widths.add(one.shape[0])
                handles.append(placed(one))
        elif kind == "split":
            handles.extend(each for each in Split()(one) if each.shape[0] % 2 == 0)
        else:
            others = [each for each in handles if each.shape == one.shape]
            merge = Add() if kind == "add" else Concatenate()
            handles.append(merge(one, draw(st.sampled_from(others))))
    # All of them are outputs, so that nothing that was counted is left out
    model = Model(inputs=starts, outputs=handles)
    return model, params, [tuple(handle.shape) for handle in handles]


class TestDrawing:
    def test_a_residual_block(self) -> None:
        block = residual()
        assert block.output_shape() == (32, 32, 64)
        assert block.params() == Conv2D(64, 3).params((34, 34, 64)) + 4 * 64
        assert block.names == ("input", "conv2d", "batch_norm", "add")
        assert block.calls == (Call(0), Call(1, (Source(0),)), Call(2, (Source(1),)), Call(3, (Source(2), Source(0))))

    @settings(max_examples=200)
    @given(graphs())
    def test_gives_the_shapes_that_were_seen_and_counts_what_was_drawn(self, case: Any) -> None:
        model, params, shapes = case
        assert model.params() == params
        assert model.output_shape() == (tuple(shapes) if len(shapes) > 1 else shapes[0])
        assert sum(weight.size for weight in model.weights()) == params
        assert model.summary().total_params == params == model.summary(depth=None).total_params
        assert model.explain().parts[-1].steps[0].value == params

    @settings(max_examples=100)
    @given(graphs(), st.booleans())
    def test_gives_a_value(self, case: Any, trainable: bool) -> None:
        model = attrs.evolve(case[0], trainable=trainable)
        for twin in (
            eval(repr(model), {**NAMES, "Split": Split}),  # noqa: S307 (our own repr)
            pickle.loads(pickle.dumps(model)),  # noqa: S301 (our own)
            copy.deepcopy(model),
            Model(model.layers, calls=model.calls, inputs=model.inputs, outputs=model.outputs, trainable=trainable),
        ):
            assert twin == model
            assert hash(twin) == hash(model)
            assert twin.summary() == model.summary()
        assert model.summary().trainable_params == (model.params() if trainable else 0)

    def test_a_line_is_a_chain(self) -> None:
        drawn = Model(inputs=(x := Input((28, 28, 1))()), outputs=Flatten()(Conv2D(8, 5)(x)))
        assert drawn == Model([Input((28, 28, 1)), Conv2D(8, 5), Flatten()])
        assert (drawn.calls, drawn.inputs, drawn.outputs) == ((), (), ())

    def test_takes_lists_as_keras_does(self) -> None:
        x, y = Input((3,))(), Input((3,))()
        assert Model(inputs=(x, y), outputs=[Add()([x, y])]) == Model(inputs=[x, y], outputs=Add()(x, y))

    def test_keeps_the_order_of_its_inputs(self) -> None:
        x, y = Input((3,))(), Input((5,))()
        model = Model(inputs=[y, x], outputs=Concatenate()(x, y))
        assert model.in_shape == ((5,), (3,))
        assert model.output_shape(((5,), (3,))) == (8,)
        assert eval(repr(model), NAMES) == model  # noqa: S307 (our own repr)
        assert "inputs=(1, 0)" in repr(model)

    def test_an_input_that_leads_nowhere_is_kept(self) -> None:
        x, y = Input((3,))(), Input((5,))()
        assert Model(inputs=[x, y], outputs=Dense(2)(x)).in_shape == ((3,), (5,))

    def test_axes_that_are_open_can_be_filled(self) -> None:
        x, y = Input((None, 3))(), Input((None, 5))()
        model = Model(inputs=[x, y], outputs=Concatenate()(x, y))
        assert model.output_shape() == (None, 8)
        assert model.output_shape(((4, 3), (4, 5))) == (4, 8)
        filled = attrs.evolve(model, in_shape=((4, 3), (4, 5)))
        assert filled.output_shape() == (4, 8)
        with pytest.raises(ShapeError, match=r"in_shape must be \(\(4, 3\), \(4, 5\)\), as the model says"):
            filled.output_shape(((7, 3), (7, 5)))
        with pytest.raises(ShapeError, match="in_shape must be"):
            model.output_shape((4, 3))

    @pytest.mark.parametrize("in_shape", [(4, 3), ((4, 3),), ((4, 3), (4, 5), (4, 5)), ((4, 3), (4, 4)), ()])
    def test_inputs_must_be_as_many_and_as_they_say(self, in_shape: Any) -> None:
        x, y = Input((None, 3))(), Input((None, 5))()
        with pytest.raises(ShapeError, match=r"in_shape must be \(\(None, 3\), \(None, 5\)\), as its inputs say"):
            Model(inputs=[x, y], outputs=Concatenate()(x, y), in_shape=in_shape)

    def test_handles_print_what_they_are(self) -> None:
        x = Input((3,))()
        shared = Dense(4).place()
        assert (repr(x), repr(shared)) == ("<Output (3,) of Input((3,))>", "Dense(4).place()")
        assert isinstance(x, Output)
        assert shared.layer == Dense(4)
        assert x != Input((3,))()


class TestSharing:
    def test_counts_weights_once_and_their_use_each_time(self) -> None:
        tower, left, right = Conv2D(8, 5).place(), Input((28, 28, 1))(), Input((28, 28, 1))()
        model = Model(inputs=[left, right], outputs=Subtract()(tower(left), tower(right)))
        conv = Conv2D(8, 5)
        assert model.params() == conv.params((28, 28, 1)) == model.summary().total_params
        macs = conv.macs((28, 28, 1))
        assert macs is not None
        assert model.macs() == 2 * macs == model.summary().macs
        assert [(row.name, row.calls, row.inputs) for row in model.summary().rows] == [
            ("input", 1, ()),
            ("conv2d", 2, ("input",)),
            ("input_1", 1, ()),
            ("subtract", 1, ("conv2d",)),
        ]

    def test_costs_as_much_as_all_its_calls_whatever_else_takes_the_same(self) -> None:
        shared, x = Dense(5).place(), Input((3,))()
        model = Model(inputs=x, outputs=[shared(x), Dense(4)(x), shared(x)])
        assert model.macs() == model.summary().macs == 15 + 12 + 15
        assert model.connections() == 20 + 16 + 20

    @pytest.mark.parametrize("trainable", [True, False])
    def test_is_trained_once(self, trainable: bool) -> None:
        shared, x = Dense(3, trainable=trainable).place(), Input((3,))()
        model = Model(inputs=x, outputs=shared(shared(x)))
        for of in (model, Model([model])):
            assert (of.summary().total_params, of.summary().trainable_params) == (12, 12 * trainable)

    def test_of_a_model_with_other_shapes_counts_once(self) -> None:
        features = Model([Conv1D(4, 3), Conv1D(4, 3)]).place()
        x, y = Input((20, 1))(), Input((10, 1))()
        model = Model(inputs=[x, y], outputs=[features(x), features(y)])
        both = Model([Conv1D(4, 3), Conv1D(4, 3)])
        assert model.params() == both.params((20, 1)) == sum(weight.size for weight in model.weights())
        assert model.output_shape() == ((16, 4), (6, 4))
        assert model.macs() == sum(both.macs(shape) or 0 for shape in ((20, 1), (10, 1)))
        opened = model.summary(depth=None)
        assert (opened.total_params, opened.macs) == (model.params(), model.macs())
        assert [row.name for row in opened.rows] == ["input", "model/conv1d", "model/conv1d_1", "input_1"]

    def test_needs_the_same_weights_everywhere(self) -> None:
        for layer, here, there in ((Dense(4), (3,), (5,)), (PerShape(), (3,), (4,))):
            shared, x, y = layer.place(), Input(here)(), Input(there)()
            with pytest.raises(ShapeError, match=r"'\w+' \(\w+\), given .*: in_shape must be one on which the weights"):
                Model(inputs=[x, y], outputs=[shared(x), shared(y)])

    def test_a_bare_layer_with_weights_is_called_once(self) -> None:
        dense, x = Dense(3), Input((3,))()
        with pytest.raises(ConfigError) as refused:
            Model(inputs=x, outputs=Add()(dense(x), dense(x)))
        assert str(refused.value) == (
            "Dense(3), which owns weights, must be called once in a graph, got a second call; to share its weights, "
            "place it first: shared = layer.place(), then shared(a) and shared(b); for weights of its own, write the "
            "layer again"
        )
        for owner in (Dense(3, trainable=False), PReLU(shared_axes=1)):  # frozen weights, and a single number
            with pytest.raises(ConfigError, match="which owns weights"):
                Model(inputs=x, outputs=[owner(x), owner(x)])
        again, open_axis = Dense(3), Input((3, None))()
        with pytest.raises(ConfigError, match="which owns weights"):  # how many is not known yet
            Model(inputs=open_axis, outputs=[again(open_axis), again(open_axis)])

    def test_a_bare_layer_without_weights_may_be_called_often(self) -> None:
        drop, x = Dropout(0.5), Input((3,))()
        assert Model(inputs=x, outputs=Add()(drop(x), drop(x))).names == ("input", "dropout", "dropout_1", "add")

    def test_inputs_stand_alone_or_in_lists(self) -> None:
        x, y = Input((3,))(), Input((3,))()
        models = [Model(inputs=[x, y], outputs=Add()(*taken)) for taken in ((x, y), ([x, y],), (x, [y]), ([x], (y,)))]
        assert models == models[:1] * 4

    def test_a_single_number_goes_through(self) -> None:
        x = Input(())()
        assert Model(inputs=x, outputs=Add()(x, Dropout(0.5)(x))).output_shape() == ()

    def test_two_placed_layers_share_nothing(self) -> None:
        layer, x = Dense(3), Input((3,))()
        assert Model(inputs=x, outputs=Add()(layer.place()(x), layer.place()(x))).params() == 24


def end() -> Any:
    return Dense(2)(Input((3,))())


WRONG: list[tuple[Callable[[], object], type[Exception], str]] = [
    (Dense(2), ConfigError, "the inputs of Dense(2) must be at least one, got none; begin with Input(...)()"),
    (lambda: Dense(2)((3,)), ConfigError, "the inputs of Dense(2) must be what layers in a"),  # type: ignore[arg-type]
    (lambda: Dense(2)(Input((3,))), ConfigError, "gave out, got Input((3,)); call it: Input"),  # type: ignore[arg-type]
    (lambda: Input((3,))(end()), ConfigError, "the inputs of Input must be none, for it is where a graph begins, got"),
    (lambda: Conv2D(8, 5)(end()), ShapeError, "in_shape must be 3 axes (height, width, channels), got (2,)"),
    (lambda: Model(inputs=end(), outputs=end()), ConfigError, "inputs must be what Input(...)() gives, got <Output (2"),
    (lambda: Model(inputs=Input((3,))(), outputs=end()), ConfigError, "outputs must be made of the inputs alone, got"),
    (lambda: Model(outputs=end()), ConfigError, "inputs and outputs must be given together, got one of them alone"),
    (lambda: Model(inputs=Input((3,))()), ConfigError, "inputs and outputs must be given together"),
    (lambda: Model(inputs=[3], outputs=end()), ConfigError, "inputs must be what layers in a graph gave out, got 3"),
    (lambda: Model([Dense(2)], inputs=[0]), ConfigError, "what layers in a graph gave out, got (0,)"),
    (lambda: Model([Dense(2)], outputs=end()), ConfigError, "layers and calls must be left out where outputs of layer"),
    (lambda: Model([Input((3,))], calls=3), ConfigError, "calls must be a list of (layer, *"),  # type: ignore[arg-type]
    (lambda: Model([Input((3,))], calls=[()]), ConfigError, "calls[0] must be the position of a layer, and then of wh"),
    (lambda: written([(0,), (1,)]), ConfigError, "calls[1] must be with at least one input, as a call of Dense, got ("),
    (lambda: written([(0, 0)]), ConfigError, "calls[0][1] must be the position of one of the calls before it from 0 t"),
    (lambda: written([(0,), (0, 0)]), ConfigError, "calls[1] must be without inputs, as a call of Input, got (0, 0)"),
    (lambda: written([(0,), (0,), (1, 0)]), ConfigError, "an Input must be called once, got a second call"),
    (lambda: written([(1, 0), (0,)]), ConfigError, "calls[0] must be the position of one of the layers, which stand a"),
    (lambda: written([(0,), (1, 1)]), ConfigError, "calls[1][1] must be the position of one of the calls before it fr"),
    (lambda: written([(0,), (1, (0,))]), ConfigError, "calls[1][1] must be the position of a call, or (call, output)"),
    (lambda: written([(0,), (1, (0, -1))]), ConfigError, "calls[1][1] must be the position of a call, or (call, outpu"),
    (lambda: written([(0,), (1, (0, 1))]), ShapeError, "the output taken of call 0 must be one of the 1 that it has,"),
    (lambda: written([(0,)]), ConfigError, "layers[1] must be called, got no call of it"),
    (lambda: written([(0,), (1, 0)], inputs=[1]), ConfigError, "inputs must be the calls of Input, [0], in any order"),
    (lambda: written([(0,), (1, 0), (2, 1)]), ConfigError, "calls[2] must be the position of one of the layers, which"),
    (lambda: written([(0,), (1, -1)]), ConfigError, "calls[1][1] must be the position of one of the calls before it f"),
    (lambda: written([(0,), (1, (1, 0))]), ConfigError, "calls[1][1] must be the position of one of the calls before"),
    (lambda: written([(0,), (1, (2, 0))]), ConfigError, "calls[1][1] must be the position of one of the calls before"),
    (lambda: written([(0,), (1, 0)], inputs=[2]), ConfigError, "inputs[0] must be the position of one of the calls be"),
    (lambda: written([(0,), (1, 0)], outputs=["a"]), ConfigError, "outputs[0] must be the position of one of the call"),
    (lambda: Model(inputs=[(x := Input((3,))()), x], outputs=x), ConfigError, "inputs must be different, got one of t"),
]  # fmt: skip


def written(calls: Any, **ends: Any) -> Model:
    return Model([Input((3,)), Dense(2)], calls=calls, **ends)


@pytest.mark.parametrize(("attempt", "kind", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_what_is_wrong_is_refused(attempt: Callable[[], object], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as refused:
        attempt()
    assert message in str(refused.value)
    assert type(refused.value) is kind


def test_an_error_inside_says_where() -> None:
    x = Input((None, 4))()
    model = Model(inputs=x, outputs=Add()(Conv1D(4, 3)(x), x))
    with pytest.raises(ShapeError, match=r"^layers\[2\] 'add' \(Add\), given \(\(8, 4\), \(10, 4\)\): "):
        model.params((10, 4))


class TestDepth:
    def test_opens_models_row_by_row(self) -> None:
        model = Model([Input((32, 32, 64)), residual(), residual(), Flatten(), Dense(2)])
        one, two, all_of_it = (model.summary(depth=depth) for depth in (1, 2, None))
        assert [row.name for row in one.rows] == ["input", "model", "model_1", "flatten", "dense"]
        assert two == all_of_it
        assert [row.name for row in two.rows][4:8] == [
            "model/add",
            "model_1/input",
            "model_1/conv2d",
            "model_1/batch_norm",
        ]
        assert two.rows[5].inputs == ("model/add",)
        assert two.rows[9].inputs == ("model_1/add",)
        for summary in (two, all_of_it):
            assert summary.total_params == one.total_params
            assert summary.trainable_params == one.trainable_params
            assert summary.macs == one.macs

    def test_freezes_what_a_frozen_model_holds(self) -> None:
        model = Model([Model([Model([Dense(4)]), Dense(4)], trainable=False), Dense(4)], in_shape=(4,))
        assert [row.trainable_params for row in model.summary(depth=None).rows] == [0, 0, 20]
        assert model.summary(depth=2).trainable_params == model.summary().trainable_params == 20

    @pytest.mark.parametrize("depth", [0, -1, True, "1", 1.0])
    def test_is_a_number_of_levels(self, depth: Any) -> None:
        with pytest.raises(ConfigError, match="depth must be an int from 1"):
            residual().summary(depth=depth)

    def test_leads_several_outputs_and_inputs_to_their_rows(self) -> None:
        x, y = Input((4,))(), Input((4,))()
        inner = Model(inputs=[x, y], outputs=[Dense(3)(y), Dense(2)(x)])
        p, q = Input((4,))(), Input((4,))()
        first, second = inner(p, q)
        rows = Model(inputs=[p, q], outputs=Concatenate()(second, first)).summary(depth=None).rows
        fed = {row.name: row.inputs for row in rows}
        assert (fed["model/input"], fed["model/input_1"]) == (("input_1",), ("input",))
        assert fed["model/dense"] == ("model/input",)
        assert fed["concatenate"] == ("model/dense_1", "model/dense")


class TestReceptiveFields:
    def column(self, model: Model) -> list[str]:
        return [line.split(",")[1] for line in model.summary().to_csv(["receptive_field"]).splitlines()[1:-1]]

    def test_of_branches_are_the_largest(self) -> None:
        x = Input((20, 4))()
        model = Model(inputs=x, outputs=Add()(Conv1D(4, 3, padding="same")(x), Conv1D(4, 7, padding="same")(x)))
        assert self.column(model) == ["1", "3", "7", "7"]
        assert model.windows() == (paramcalc.Window(7),)

    def test_of_branches_in_different_steps_are_not_known(self) -> None:
        x = Input((20, 4))()
        model = Model(inputs=x, outputs=Concatenate(1)(Pool(2)(x), Conv1D(4, 3)(x)))
        assert self.column(model)[-1] == "unknown"
        assert model.windows() is None

    def test_of_branches_of_equal_length_in_different_steps_are_not_known(self) -> None:
        x = Input((20, 4))()
        model = Model(inputs=x, outputs=Add()(Pool(2)(x), Conv1D(4, 11)(x)))
        assert self.column(model) == ["1", "2", "11", "unknown"]

    def test_of_a_branch_that_is_not_known_are_not_known(self) -> None:
        x = Input((20, 4))()
        model = Model(inputs=x, outputs=Add()(Permute((2, 1))(Permute((2, 1))(x)), Conv1D(4, 3, padding="same")(x)))
        assert self.column(model)[-2:] == ["3", "unknown"]

    def test_are_along_the_axes_of_the_first_input(self) -> None:
        x, style = Input((20, 4))(), Input((6,))()
        assert self.column(Model(inputs=[x, style], outputs=Styled()(x, style))) == ["1", "1", "3"]

    def test_are_not_known_behind_a_layer_that_is_called_twice(self) -> None:
        x, shared = Input((20, 4))(), Conv1D(4, 3).place()
        model = Model(inputs=x, outputs=Flatten()(shared(shared(x))))
        assert self.column(model) == ["1", "unknown", "unknown"]
        assert model.windows() == (paramcalc.Window(5),)

    def test_in_a_model_are_those_of_its_calls(self) -> None:
        inner = residual()
        assert self.column(Model([Input((32, 32, 64)), inner, inner])) == ["1 × 1", "3 × 3", "5 × 5"]

    def test_of_chosen_rows_begin_anew(self) -> None:
        summary = Model([Conv1D(4, 3), Conv1D(4, 3)], in_shape=(20, 4)).summary()
        chosen = attrs.evolve(summary, rows=summary.rows[1:])
        assert chosen.to_csv(["receptive_field"]).splitlines()[1] == "conv1d_1,3"


class TestSize:
    def test_a_graph_of_a_hundred_thousand_layers(self) -> None:
        """Drawn, evaluated, compared, hashed, printed, pickled and copied, all without recursion."""
        x = handle = Input((8,))()
        for _ in range(50_000):
            handle = Add()(Reshape((8,))(handle), handle)
        model = Model(inputs=x, outputs=handle)
        assert len(model) == 100_001
        twin = pickle.loads(pickle.dumps(model))  # noqa: S301 (our own)
        assert twin == model == copy.deepcopy(model)
        assert hash(twin) == hash(model)
        assert len(repr(model)) > 1_000_000
        assert model.summary().rows[-1].output_shape == (8,)

    def test_a_nest_of_a_hundred(self) -> None:
        x = Input((4,))()
        model = Model(inputs=x, outputs=Add()(Dense(4)(x), x))
        for _ in range(99):
            x = Input((4,))()
            model = Model(inputs=x, outputs=Add()(model(x), x))
        twin = pickle.loads(pickle.dumps(model))  # noqa: S301 (our own)
        assert twin == model == copy.deepcopy(model)
        assert hash(twin) == hash(model)
        assert repr(twin) == repr(model)
        assert model.params() == 20 == model.summary(depth=None).total_params
        assert model.macs() == 16
        assert len(model.summary(depth=None).rows) == 201
        assert model.explain().parts[-1].steps[0].value == 20
        assert model.windows() == (paramcalc.Window(4),)
        with pytest.raises(ConfigError, match="layers in layers must be at most 100 deep, got 101"):
            Model([model])

    def test_a_model_in_itself_twice_over_and_over(self) -> None:
        """Two to the power of twenty copies, each counted and none visited."""
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(20):
            x = Input((4,))()
            model = Model(inputs=x, outputs=Add()(model(x), attrs.evolve(model)(x)))
        assert model.params() == 2**20 * 20
        assert model.macs() == 2**20 * 16


class TestTheFirstOfSeveralOutputs:
    """Taken alone it makes a line, and no chain, which would take them all."""

    def test_is_taken_alone(self) -> None:
        x = Input((7, 3))()
        sequence, *states = LSTM(4, return_state=True)(x)
        model = Model(inputs=x, outputs=Dense(2)(sequence))
        assert model.output_shape() == (2,)
        assert repr(model.calls) == "((0,), (1, 0), (2, 1))"
        assert model.params() == 128 + 10
        assert eval(repr(model), dict(NAMES)) == model == Model.from_dict(model.to_dict())  # noqa: S307 (our own text)
        assert Model(inputs=x, outputs=sequence).output_shape() == (4,)
        assert Model(inputs=x, outputs=[sequence, *states]).output_shape() == ((4,), (4,), (4,))
        assert paramcalc.from_keras(paramcalc.to_keras(model)).output_shape() == (2,)

    def test_is_said_where_it_does_not_fit(self) -> None:
        with pytest.raises(ShapeError, match=r"layers\[1\] 'dense'"):
            Model([Input(()), Dense(2)], calls=[(0,), (1, 0)])
