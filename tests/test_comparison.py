"""What differs between two models: nothing where they are the same network, and each difference once where not."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import chains, networks
from test_summary import HOSTILE_NAMES

from paramcalc import (
    GAP,
    LSTM,
    RNN,
    Activation,
    Add,
    BatchNorm,
    Bidirectional,
    Change,
    Concatenate,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    EinsumDense,
    Embedding,
    Flatten,
    GRUCell,
    Input,
    Layer,
    LayerNorm,
    LSTMCell,
    Model,
    MultiHeadAttention,
    ParamcalcError,
    Pool,
    Shape,
    Softmax,
    Subtract,
    TimeDistributed,
    Totals,
    UpSampling,
    ZeroPadding,
    diff,
    from_keras,
    to_keras,
    zoo,
)
from paramcalc.opened import Opened
from paramcalc.render.text import width

LENET = Model(
    [Input((32, 32, 3)), Conv2D(8, 5), Pool(2), Conv2D(16, 5), Pool(2), Flatten(), Dense(120), Dense(10)], name="lenet"
)


def changed(a: Model, b: Model, **options: Any) -> list[tuple[Any, ...]]:
    """Each row in short: its kind, its name, and its changes as (field, first, second)."""
    return [(row.kind, row.name, *map(tuple, row.changes)) for row in diff(a, b, **options).rows]


def fields(a: Model, b: Model, **options: Any) -> set[str]:
    return {change.field for row in diff(a, b, **options).rows for change in row.changes}


def on(in_shape: Any, *layers: Layer) -> Model:
    return Model(layers, in_shape=in_shape)


@st.composite
def grouped(draw: st.DrawFn, layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same layers in a row, some of them in models, and some of these in models."""
    found = list(layers)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(found) - 1))
        end = draw(st.integers(start + 1, len(found)))
        found[start:end] = [Model(found[start:end])]
    return tuple(found)


class TestTheSameNetwork:
    @given(networks)
    def test_does_not_differ_from_itself(self, model: Model) -> None:
        differences = diff(model, copy.deepcopy(model))
        assert differences.rows == ()
        assert not differences
        assert differences.first == differences.second
        assert (str(differences), differences.to_markdown(), differences.to_html()) == ("", "", "")
        assert (differences.to_latex(), differences.to_csv()) == ("", "layer,type,kind,field,first,second\n")

    @given(st.data(), chains())
    def test_may_be_grouped_in_any_way(self, data: st.DataObject, model: Model) -> None:
        layers = [layer for layer in model.layers if not isinstance(layer, Input)] or [Flatten()]
        first, second = (attrs.evolve(model, layers=data.draw(grouped(layers)), in_shape=model.in_shape) for _ in "ab")
        model = attrs.evolve(model, layers=layers, in_shape=model.in_shape)
        assert diff(first, second).rows == diff(model, first).rows == diff(second, model).rows == ()

    @given(networks)
    def test_is_read_back_from_keras(self, model: Model) -> None:
        try:
            text = to_keras(model)
        except ParamcalcError:
            assume(False)  # Keras has no such network
        assert changed(model, from_keras(text)) == []

    @pytest.mark.parametrize(
        ("in_shape", "one", "other"),
        [
            ((8, 8, 3), Pool(2), Pool((2, 2), (2, 2))),
            ((8, 3), Pool(2, 3), Pool((2,), strides=(3,))),
            ((8, 8, 3), ZeroPadding(((1, 1), (1, 1))), ZeroPadding(1)),
            ((8, 8, 3), UpSampling((2, 2)), UpSampling()),
            ((8, 8, 3), BatchNorm(3), BatchNorm()),
            ((8, 8, 3), Softmax((3, 1)), Softmax((-1, 1))),
            ((8, 8, 3), LayerNorm((1, 2, 3)), LayerNorm((-3, -2, -1))),
            (((8, 3), (8, 5)), Concatenate(2), Concatenate()),
            ((8, 16), MultiHeadAttention(2, 4), MultiHeadAttention(2, 4, 4, output_shape=16)),
            ((8, 16), Bidirectional(LSTM(4)), Bidirectional(LSTM(4, name="lstm"))),
        ],
        ids=str,
    )
    def test_may_be_written_in_any_way(self, in_shape: Any, one: Layer, other: Layer) -> None:
        assert diff(on(in_shape, one), on(in_shape, other)).rows == ()

    def test_may_begin_with_an_input_or_be_given_its_shape(self) -> None:
        assert changed(Model([Input((3,)), Dense(4)]), on((3,), Dense(4))) == []

    def test_may_have_automatic_names_with_other_numbers(self) -> None:
        a = Model([Dense(4), Dense(5)])
        assert changed(a, Model([Dense(3), Dense(4), Dense(5)])) == [("added", "dense", ("layer", None, Dense(3)))]
        assert changed(a, Model([Dense(4, name="dense"), Dense(5, name="dense_1")])) == []

    def test_may_have_another_name_as_a_whole(self) -> None:
        differences = diff(LENET, attrs.evolve(LENET, name="other"))
        assert differences.rows == ()
        assert (differences.first.name, differences.second.name) == ("lenet", "other")

    def test_may_tie_a_layer_or_its_weight(self) -> None:
        words = [Input((12,)), Embedding(100, 8, name="tokens"), Dense(100, use_bias=False, name="head")]
        whole, weight = (
            Model(words, tied=[tied]) for tied in (("tokens", "head"), ("head/kernel", "tokens/embeddings"))
        )
        assert changed(whole, weight) == []
        assert fields(whole, Model(words)) == {"tied", "params"}


class TestOneDifference:
    @given(st.data(), chains())
    def test_a_layer_in_between_is_added_and_nothing_else(self, data: st.DataObject, model: Model) -> None:
        layers = [layer for layer in model.layers if not isinstance(layer, Input)] or [Flatten()]
        position = data.draw(st.integers(0, len(layers)))
        longer = [*layers[:position], Dropout(0.25, name="new"), *layers[position:]]
        a, b = (attrs.evolve(model, layers=each, in_shape=model.in_shape) for each in (layers, longer))
        (added,) = diff(a, b).rows
        (removed,) = diff(b, a).rows
        assert (added.kind, added.name, added.type) == ("added", "new", "Dropout")
        assert (removed.kind, removed.name, removed.type) == ("removed", "new", "Dropout")
        assert added.changes[0] == ("layer", None, Dropout(0.25, name="new"))
        assert [change.field for change in added.changes] == ["layer", "output_shape", "params"]

    @given(st.data(), networks)
    def test_another_argument_is_a_change_of_that_field(self, data: st.DataObject, model: Model) -> None:
        position = data.draw(st.integers(0, len(model) - 1))
        layer: Any = model[position]
        options = {"trainable": not layer.trainable, "name": "another name"}
        if isinstance(layer, Dense | Conv2D | Conv1D):
            options |= {"use_bias": not layer.use_bias, "activation": "another"}
        field = data.draw(st.sampled_from(sorted(options)))
        assume(not isinstance(layer, Model | Input) and (model.trainable or field != "trainable"))
        layers = list(model.layers)
        layers[position] = attrs.evolve(layer, **{field: options[field]})
        (row,) = diff(model, attrs.evolve(model, layers=layers)).rows
        expected = (field, model.names[position] if field == "name" else getattr(layer, field), options[field])
        assert expected in row.changes
        assert row.kind == ("renamed" if field == "name" else "changed")
        assert {change.field for change in row.changes} <= {field, "params"}
        assert diff(model, attrs.evolve(model, layers=layers), ignore=[field, "params"]).rows == ()

    @given(networks, networks)
    def test_of_two_networks_each_layer_is_left_or_accounted_for(self, a: Model, b: Model) -> None:
        rows, back = diff(a, b).rows, diff(b, a).rows
        alone = {kind: sum(row.kind == kind for row in rows) for kind in ("added", "removed")}
        assert len(Opened(a).leaves) - alone["removed"] == len(Opened(b).leaves) - alone["added"]
        assert bool(rows) == bool(back)

    def test_a_larger_layer_shows_what_follows_from_it(self) -> None:
        wide = attrs.evolve(LENET, layers=[*LENET[:1], Conv2D(16, 5), *LENET[2:]])
        assert changed(LENET, wide) == [
            (
                "changed",
                "conv2d",
                ("filters", 8, 16),
                ("output_shape", (28, 28, 8), (28, 28, 16)),
                ("params", 608, 1216),
            ),
            ("changed", "pool", ("output_shape", (14, 14, 8), (14, 14, 16))),
            ("changed", "conv2d_1", ("params", 3216, 6416)),
        ]

    def test_layers_in_layers_are_compared_by_their_fields(self) -> None:
        a = on((6, 4), TimeDistributed(Dense(4)), RNN([LSTMCell(3), LSTMCell(4)]))
        b = on((6, 4), TimeDistributed(Dense(4, trainable=False)), RNN([LSTMCell(3), LSTMCell(4, use_bias=False)]))
        assert changed(a, b) == [
            ("changed", "time_distributed", ("layer.trainable", True, False)),
            ("changed", "rnn", ("cell.cells[1].use_bias", True, False), ("params", 224, 208)),
        ]
        assert fields(a, b, ignore=["trainable", "params"]) == {"cell.cells[1].use_bias"}
        other = on((6, 4), TimeDistributed(Dense(4)), RNN([LSTMCell(3), GRUCell(4)]))
        assert ("cell.cells[1]", LSTMCell(4), GRUCell(4)) in diff(a, other).rows[0].changes
        fewer = on((6, 4), TimeDistributed(Dense(4)), RNN([LSTMCell(3)]))
        assert ("cell.cells", (LSTMCell(3), LSTMCell(4)), (LSTMCell(3),)) in diff(a, fewer).rows[0].changes

    def test_names_of_layers_in_layers_are_names(self) -> None:
        a, b = (on((6, 4), Bidirectional(LSTM(4, name=name))) for name in ("a", "b"))
        assert changed(a, b) == [("changed", "bidirectional", ("layer.name", "a", "b"))]
        assert changed(a, b, ignore=["name"]) == []

    def test_a_model_that_stands_in_wrappers_many_times_is_compared_once(self) -> None:
        def nested(units: int) -> Model:
            inner = Model([Dense(units)])
            for _ in range(12):
                inner = Model([TimeDistributed(inner), Flatten(), Dense(4), UpSampling(2)][:1] * 2)
            return Model([inner], name="all")

        row, *_ = diff(nested(4), nested(5)).rows
        assert row.changes == (Change("layer.layers[0].layer" + ".layers[0].layer" * 10 + ".layers[0].units", 4, 5),)

    def test_a_frozen_model_freezes_its_layers(self) -> None:
        a, b = (on((3,), Model([Dense(4), Flatten()], trainable=trainable)) for trainable in (True, False))
        assert changed(a, b) == [
            ("changed", "model/dense", ("trainable", True, False)),
            ("changed", "model/flatten", ("trainable", True, False)),
        ]
        assert diff(a, b).second == Totals("model", 16, 0, 12)

    def test_what_is_frozen_around_a_layer_freezes_layers_in_it(self) -> None:
        a, b = (TimeDistributed(Dense(4, trainable=trainable)) for trainable in (True, False))
        assert changed(on((2, 3), a), on((2, 3), b)) == [
            ("changed", "time_distributed", ("layer.trainable", True, False))
        ]
        frozen = [Model([layer], in_shape=(2, 3), trainable=False) for layer in (a, b)]
        assert changed(*frozen) == []

    def test_another_input_shape_is_that_of_the_input(self) -> None:
        assert changed(Model([Input((3,)), Dense(4)]), on((5,), Dense(4))) == [
            ("changed", "input", ("shape", (3,), (5,))),
            ("changed", "dense", ("params", 16, 24)),
        ]

    def test_where_shapes_are_not_known_arguments_are_compared_all_the_same(self) -> None:
        a, b = (Model([Dense(units), EinsumDense("abc,cd->abd", (None, units))]) for units in (4, 5))
        assert fields(a, b) == {"units", "output_shape"}
        assert diff(a, b).first == Totals("model", None, None, None)
        assert diff(a, b).first.non_trainable_params is None
        assert changed(a, attrs.evolve(a, in_shape=(2, 3)))[0][:2] == ("added", "input")
        assert fields(Model([Dense(4)], in_shape=(None,)), Model([Dense(5)], in_shape=(None,))) == {"units"}

    def test_an_argument_that_the_output_shape_shows_is_not_said_twice(self) -> None:
        a, b = (on((6, 3), EinsumDense("abc,cd->abd", (None, units))) for units in (4, 5))
        assert changed(a, b) == [
            ("changed", "einsum_dense", ("output_shape", (6, 4), (6, 5)), ("params", 12, 15)),
        ]

    def test_a_layer_of_another_class_is_removed_and_added(self) -> None:
        assert [row[:2] for row in changed(on((8, 8, 3), Flatten()), on((8, 8, 3), GAP()))] == [
            ("removed", "flatten"),
            ("added", "gap"),
        ]


def graph(draw: Any, *in_shapes: Shape) -> Model:
    inputs = [Input(shape)() for shape in in_shapes]
    return Model(inputs=inputs, outputs=draw(*inputs))


class TestConnections:
    def test_that_lead_elsewhere_are_a_change(self) -> None:
        def short(x: Any) -> Any:
            y = Dense(3)(x)
            return Add()(Dense(3)(y), x)

        def shorter(x: Any) -> Any:
            y = Dense(3)(x)
            return Add()(Dense(3)(y), y)

        expected = ("changed", "add", ("inputs", ("dense_1", "input"), ("dense_1", "dense")))
        assert changed(graph(short, (3,)), graph(shorter, (3,))) == [expected]
        assert changed(graph(short, (3,)), graph(shorter, (3,)), ignore=["inputs"]) == []

    def test_in_another_order_are_a_change(self) -> None:
        a, b = (graph(lambda *xs, step=step: Subtract()(*xs[::step]), (3,), (3,)) for step in (1, -1))
        assert changed(a, b) == [("changed", "subtract", ("inputs", ("input", "input_1"), ("input_1", "input")))]

    def test_through_a_layer_that_was_put_in_between_are_none(self) -> None:
        a = graph(lambda x: Add()(Dense(3)(x), x), (3,))
        b = graph(lambda x: Add()(Dropout(0.5)(Dropout(0.2)(Dense(3)(x))), x), (3,))
        assert [row[:2] for row in changed(a, b)] == [("added", "dropout"), ("added", "dropout_1")]
        assert [row[:2] for row in changed(b, a)] == [("removed", "dropout"), ("removed", "dropout_1")]

    def test_through_a_layer_that_was_exchanged_are_none(self) -> None:
        a, b = (graph(lambda x, join=join: Dense(1)(join(Dense(3)(x), x)), (3,)) for join in (Add(), Subtract()))
        assert [row[:2] for row in changed(a, b)] == [("removed", "add"), ("added", "subtract")]

    def test_of_every_call_of_a_shared_layer_count(self) -> None:
        def twice(x: Any, again: Any) -> Any:
            shared = Dense(3).place()
            return Add()(shared(x), shared(again))

        a = graph(twice, (3,), (3,))
        b = graph(lambda x, y: Add()(twice(x, x), y), (3,), (3,))
        assert changed(a, b, ignore=["Add", "outputs"]) == [
            ("changed", "dense", ("inputs", (("input",), ("input_1",)), (("input",), ("input",)))),
        ]
        assert " changed │ inputs  │ input; input_1 │ input; input " in str(diff(a, b, ignore=["Add"]))

    def test_of_a_shared_layer_have_no_order(self) -> None:
        shared, x, y = Dense(3).place(), Input((3,))(), Input((3,))()
        ends = Dropout(0.5, name="a")(shared(x)), Dropout(0.5, name="b")(shared(y))
        a = Model(inputs=[x, y], outputs=ends)
        layers = [a[name] for name in ("input", "input_1", "dense", "b", "a")]
        b = Model(layers, calls=[(0,), (1,), (2, 1), (3, 2), (2, 0), (4, 4)], inputs=[0, 1], outputs=[5, 3])
        assert Opened(a).leaves[2].calls == Opened(b).leaves[2].calls[::-1]
        assert changed(a, b) == []

    def test_of_a_shared_layer_that_are_more_are_a_change(self) -> None:
        def row(x: Any, times: int) -> Any:
            shared = Dense(3).place()
            for _ in range(times):
                x = shared(x)
            return x

        a, b = (graph(lambda x, times=times: row(x, times), (3,)) for times in (2, 3))
        assert ("inputs", (("input",), ("dense",)), (("input",), ("dense",), ("dense (call 2)",))) in changed(a, b)[0]
        assert ("outputs", ("dense (call 2)",), ("dense (call 3)",)) in changed(a, b)[1]

    def test_to_another_output_of_a_layer_are_a_change(self) -> None:
        def last(x: Any, output: int) -> Any:
            shared = LSTM(4, return_state=True).place()
            return [Dense(2)(shared(x)[output]), x]

        a, b = (graph(lambda x, output=output: last(x, output), (6, 4)) for output in (0, 2))
        assert changed(a, b) == [("changed", "dense", ("inputs", ("lstm",), ("lstm[2]",)))]

    def test_to_another_call_of_a_layer_are_a_change(self) -> None:
        def later(x: Any, call: int) -> Any:
            shared = Dense(4).place()
            calls = [shared(x), shared(Dropout(0.1)(x))]
            return [*calls, Dropout(0.5)(calls[call])]

        a, b = (graph(lambda x, call=call: later(x, call), (4,)) for call in (0, 1))
        assert changed(a, b) == [("changed", "dropout_1", ("inputs", ("dense",), ("dense (call 2)",)))]

    def test_to_the_outputs_of_the_model_count(self) -> None:
        def ends(x: Any, first: bool) -> Any:
            y = Dense(3)(x)
            z = Dense(4)(y)
            return [y, z] if first else [z, y]

        a, b = (graph(lambda x, first=first: ends(x, first), (3,)) for first in (True, False))
        assert changed(a, b) == [("changed", "model", ("outputs", ("dense", "dense_1"), ("dense_1", "dense")))]
        assert changed(a, b, ignore=["outputs"]) == []

    def test_of_a_model_that_stands_in_a_graph_twice_are_those_of_its_layers(self) -> None:
        def inner(x: Any) -> Any:
            block = Model([Input((3,)), Dense(3), Dropout(0.5)]).place()
            return block(block(x))

        def opened(x: Any) -> Any:
            dense, dropout = Dense(3).place(), Dropout(0.5).place()
            return dropout(dense(dropout(dense(x))))

        assert changed(graph(inner, (3,)), graph(opened, (3,))) == []

    def test_of_a_model_with_several_ends_in_a_chain_are_found(self) -> None:
        ends = graph(lambda x: [Dense(3)(x), Dense(3)(x)], (3,))
        opened = graph(lambda x: Add()(Dense(3)(x), Dense(3)(x)), (3,))
        assert changed(Model([ends, Add()]), opened) == []
        assert changed(Model([Flatten(), graph(Add(), (3,), (3,))]), Model([Flatten(), Add()])) != []


class TestIgnoring:
    def test_classes_are_passed_over(self) -> None:
        a = on((3,), Dense(4, activation="relu"), Dense(2))
        b = on((3,), Dense(4), Activation("relu"), Dropout(0.5), Dense(2))
        assert [row[:2] for row in changed(a, b)] == [
            ("changed", "dense"), ("added", "activation"), ("added", "dropout")
        ]  # fmt: skip
        assert changed(a, b, ignore=["activation", "Activation", "Dropout"]) == []
        assert changed(b, a, ignore=["activation", "Activation", "Dropout"]) == []

    def test_names_leave_it_to_the_layers_which_belong_together(self) -> None:
        a, b = on((3,), Dense(4, name="a"), Dense(5, name="b")), on((3,), Dense(5, name="a"))
        assert [row[:2] for row in changed(a, b, ignore=["name"])] == [("removed", "a"), ("changed", "b")]

    @pytest.mark.parametrize("ignore", ["name", 3, [3], None, [None]])
    def test_takes_a_list_of_names(self, ignore: Any) -> None:
        with pytest.raises(
            ConfigError, match=r"^ignore must be a list of names of fields and of classes of layers, got "
        ):
            diff(LENET, LENET, ignore=ignore)

    def test_takes_names_that_there_are(self) -> None:
        assert diff(LENET, LENET, ignore=["rate", "axis", "LSTM"]).rows == ()  # though none of the layers has them
        with pytest.raises(ConfigError) as raised:
            diff(LENET, LENET, ignore=["name", "activations"])
        expected = (
            "the name of a field or of a class, got 'activations'; did you mean activation, Activation or positions?"
        )
        assert str(raised.value) == f"ignore[1] must be {expected}"

    def test_takes_those_of_ones_own_layers(self) -> None:
        a, b = on((2, 3), TimeDistributed(Odd(size=1))), on((2, 3), TimeDistributed(Odd(size=2)))
        assert fields(a, b) == {"layer.size"}
        assert changed(a, b, ignore=["size"]) == []


@attrs.frozen(repr=False)
class Odd(Layer):
    """A layer whose arguments may be anything."""

    size: Any = None

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape


class Hostile:
    """What raises whatever is asked of it."""

    def _raise(self, *_: object) -> Any:
        raise RuntimeError

    __repr__ = __eq__ = __hash__ = __bool__ = _raise


class TestHostileModels:
    @pytest.mark.parametrize("size", [[1], {}, Hostile(), float("nan"), 10**5000, "\x1b[31m", b"\xff"], ids=type)
    def test_arguments_may_be_anything(self, size: Any) -> None:
        differences = diff(on((3,), Odd(size)), on((3,), Odd(), Dense(3)))
        assert [row.kind for row in differences.rows] == ["changed", "added"]
        assert "\x1b" not in str(differences) + differences.to_html() + differences.to_markdown()
        json.dumps(differences.to_dict())

    def test_a_layer_that_fails_leaves_the_facts_open(self) -> None:
        class Failing(Layer):
            def compute_output_shape(self, in_shape: Any) -> Any:
                return in_shape

            def compute_macs(self, in_shape: Any, output_shape: Any, weights: Any) -> Any:
                raise RuntimeError

        assert diff(on((3,), Failing()), on((3,), Dense(4))).first.params is None

    @pytest.mark.parametrize("other", [None, 3, "model", Dense(4), Model])
    def test_what_is_no_model_is_refused(self, other: Any) -> None:
        with pytest.raises(ConfigError, match=r"^b must be a Model, got "):
            diff(LENET, other)
        with pytest.raises(ConfigError, match=r"^a must be a Model, got "):
            diff(other, LENET)

    def test_endless_models_are_refused(self) -> None:
        model = Model([Dense(3)])
        for _ in range(60):
            model = Model([model, model])
        with pytest.raises(ConfigError, match=r"<Model of 2 layers> must be of at most 1000000 calls"):
            diff(model, LENET)

    def test_large_models_are_compared_soon(self) -> None:
        layers = [Conv1D(2, 3 - position % 3, padding="same") for position in range(20_000)]
        a, b = Model(layers), Model([*layers[:5], Dropout(0.5), *layers[5:12_000], *layers[12_001:]])
        assert [(row.kind, row.name) for row in diff(a, b).rows] == [("added", "dropout"), ("removed", "conv1d_12000")]


def test_an_argument_that_is_left_out_is_what_stands_for_it() -> None:
    assert changed(Model([Pool(2)]), Model([Pool(3)])) == [("changed", "pool", ("pool_size", 2, 3), ("strides", 2, 3))]


class TestFormats:
    def test_text_is_a_table(self, golden: Any) -> None:
        b = attrs.evolve(
            LENET, name="mine",
            layers=[*LENET[:3], Conv2D(32, 3, activation="relu", name="second"), *LENET[4:7], Dropout(0.5), LENET[7]],
        )  # fmt: skip
        differences = diff(LENET, b)
        golden("differences.txt", differences.to_text() + "\n")
        golden("differences.md", differences.to_markdown() + "\n")
        golden("differences.html", differences.to_html() + "\n")
        golden("differences.tex", differences.to_latex() + "\n")
        golden("differences.csv", differences.to_csv())
        assert differences.to_text() == str(differences)
        assert repr(differences) == f"<Differences in {len(differences.rows)} layers: print them>"

    def test_csv_holds_numbers_and_no_formulas(self) -> None:
        """What begins with a dash is a number, or quoted."""
        one = Model([Concatenate(-1, name="=1+1")], in_shape=((2, 3), (2, 3)))
        other = Model([Concatenate(1, name="＝1+1")], in_shape=((2, 3), (2, 3)))
        assert list(csv.reader(io.StringIO(diff(one, other).to_csv())))[1:] == [
            ["'=1+1", "Concatenate", "changed", "name", "'=1+1", "'＝1+1"],
            ["'=1+1", "Concatenate", "changed", "axis", "-1", "1"],
            ["'=1+1", "Concatenate", "changed", "output_shape", "(2, 6)", "(4, 3)"],
        ]

    def test_data_is_plain(self) -> None:
        data = diff(on((3,), Dense(4)), on((3,), Dense(4), Dropout(0.5))).to_dict()
        assert (
            data
            == json.loads(json.dumps(data))
            == {
                "rows": [
                    {
                        "kind": "added",
                        "name": "dropout",
                        "type": "Dropout",
                        "changes": [
                            {"field": "layer", "first": None, "second": "Dropout(0.5)"},
                            {"field": "output_shape", "first": None, "second": [4]},
                            {"field": "params", "first": None, "second": 0},
                        ],
                    }
                ],
                "first": {"name": "model", "params": 16, "trainable_params": 16, "macs": 12, "non_trainable_params": 0},
                "second": {
                    "name": "model",
                    "params": 16,
                    "trainable_params": 16,
                    "macs": 12,
                    "non_trainable_params": 0,
                },
            }
        )

    def test_names_cannot_break_out(self) -> None:
        a = Model([Dense(3, name=name) for name in HOSTILE_NAMES], in_shape=(3,), name="<b>|$")
        b = Model([Dense(3, name=f"{name}!") for name in reversed(HOSTILE_NAMES)], name="</table>")
        differences = diff(a, b)
        renders = [differences.to_text, differences.to_markdown, differences.to_html, differences.to_latex]
        for text in (*(render() for render in renders), differences.to_csv()):
            assert all(line.isprintable() for line in text.split("\n"))
        assert "<script>" not in differences.to_html()
        assert "<script>" not in differences.to_markdown()
        assert differences.to_html().count("</table>") == 1
        widths = {width(line) for line in differences.to_text().splitlines() if line[0] in "│├"}
        assert len(widths) == 1

    def test_a_value_of_its_own(self) -> None:
        assert diff(LENET, LENET) == diff(LENET, LENET)
        assert hash(diff(LENET, Model([Dense(3)]))) == hash(diff(LENET, Model([Dense(3)])))


class TestRealNetworks:
    def test_the_zoo_differs_from_itself_by_its_options(self) -> None:
        a, b = zoo.resnet50(), zoo.resnet50(classes=10)
        assert changed(a, b) == [
            ("changed", "fc", ("units", 1000, 10), ("output_shape", (1000,), (10,)), ("params", 2049000, 20490)),
        ]

    def test_a_student_who_forgot_a_layer_is_told(self) -> None:
        student = from_keras(to_keras(Model([*LENET[:5], GAP(), *LENET[6:]])))
        assert [row[:2] for row in changed(LENET, student, ignore=["name"])] == [
            ("removed", "flatten"), ("added", "gap"), ("changed", "dense")
        ]  # fmt: skip
