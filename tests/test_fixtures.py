"""Course fixtures: written from models, read strictly, and compared field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from networks import networks

from paramcalc import (
    GRU,
    LSTM,
    Activation,
    Add,
    BatchNorm,
    Bidirectional,
    ConfigError,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Elementwise,
    Flatten,
    Input,
    Layer,
    Model,
    Pool,
    ReLU,
    RepeatVector,
    Take,
    TimeDistributed,
    ZeroPadding,
    from_keras,
    to_keras,
)
from paramcalc.grading import to_fixture
from paramcalc.grading.fixtures import EXTRAS, fixture_mismatches, read_fixture
from paramcalc.testing import WrongAnswerError, assert_fixture

PADDED: list[list[Any]] = [
    ["ZeroPadding2D", (None, 70, 70, 3), 0, ((3, 3), (3, 3))],
    ["Conv2D", (None, 64, 64, 32), 4736, "valid", "linear", "GlorotUniform"],
    ["BatchNormalization", (None, 64, 64, 32), 128],
    ["ReLU", (None, 64, 64, 32), 0],
    ["MaxPooling2D", (None, 32, 32, 32), 0, (2, 2), (2, 2), "valid"],
    ["Flatten", (None, 32768), 0],
    ["Dense", (None, 1), 32769, "sigmoid"],
]
"""A convolutional network as a Sequential, in the form of the notebooks."""

PADDED_MODEL = Model(
    [ZeroPadding(3), Conv2D(32, 7), BatchNorm(), ReLU(), Pool(2), Flatten(), Dense(1, "sigmoid")], in_shape=(64, 64, 3)
)
STEPS: list[list[Any]] = [
    ["InputLayer", [(None, 30, 37)], 0],
    ["Bidirectional", (None, 30, 64), 17920],
    ["InputLayer", [(None, 64)], 0],
    ["InputLayer", [(None, 64)], 0],
    ["LSTM", [(None, 64), (None, 64), (None, 64)], 33024, [(None, 30, 64), (None, 64), (None, 64)], "tanh"],
    ["Dense", (None, 11), 715, "softmax"],
]


def steps() -> Model:
    x, s, c = Input((30, 37))(), Input((64,))(), Input((64,))()
    a = Bidirectional(LSTM(32, return_sequences=True))(x)
    out, _, _ = LSTM(64, return_state=True)(a, s, c)
    return Model(inputs=[x, s, c], outputs=Dense(11, "softmax")(out))


def told(model: Any, fixture: Any) -> list[str]:
    return [mismatch.told() for mismatch in fixture_mismatches(model, read_fixture(fixture))]


class TestAFixture:
    def test_is_written_as_the_notebooks_have_it(self) -> None:
        assert to_fixture(PADDED_MODEL) == PADDED
        assert to_fixture(steps()) == STEPS

    @given(networks)
    def test_that_is_written_is_met_by_its_model(self, model: Model) -> None:
        fixture = to_fixture(model)
        assert len(fixture) == sum(not isinstance(layer, Elementwise | Take) for layer in model)
        assume(fixture)
        assert_fixture(model, fixture)
        assert [tuple(row) for row in fixture] == [tuple(row) for row in to_fixture(model)]

    def test_has_the_extras_of_each_class(self) -> None:
        models: list[tuple[Layer, Any, list[Any]]] = [
            (Conv1D(4, 5, 2, padding="causal"), (20, 3), ["causal", "linear", (2,), (5,), "GlorotUniform"]),
            (Conv2D(4, 3, activation="relu"), (8, 8, 3), ["valid", "relu", "GlorotUniform"]),
            (Dense(4), (3,), ["linear"]),
            (Dropout(0.2), (3,), [0.2]),
            (GRU(4, return_sequences=True), (5, 3), [True]),
            (LSTM(4), (5, 3), [(None, 5, 3), "tanh"]),
            (Pool((2, 3), 1, "same"), (8, 9, 3), [(2, 3), (1, 1), "same"]),
            (RepeatVector(7), (3,), [7]),
            (TimeDistributed(Dense(4, "tanh")), (5, 3), ["tanh"]),
            (TimeDistributed(Flatten()), (5, 3), ["linear"]),
            (ZeroPadding((1, (0, 2))), (4, 4, 3), [((1, 1), (0, 2))]),
        ]
        seen = set()
        for layer, in_shape, extras in models:
            (row,) = to_fixture(Model([layer], in_shape=in_shape))
            assert row[3:] == extras
            assert len(extras) == len(EXTRAS[row[0]])
            seen.add(row[0])
        assert seen == set(EXTRAS)

    def test_may_leave_out_extras(self) -> None:
        for row in PADDED:
            for length in range(3, len(row) + 1):
                assert told(PADDED_MODEL, [each[:length] if each is row else each for each in PADDED]) == []

    def test_of_a_sequential_has_no_row_for_an_input(self) -> None:
        drawn = Model([Input((64, 64, 3)), *PADDED_MODEL.layers])
        assert told(drawn, PADDED) == []
        with_input = [["InputLayer", [(None, 64, 64, 3)], 0], *PADDED]
        assert to_fixture(drawn) == with_input
        assert told(drawn, [["InputLayer", (None, 64, 64, 3), 0], *PADDED]) == []
        assert told(PADDED_MODEL, with_input)[0] == "number of layers of the model must be 8, got 7"

    def test_is_met_by_what_is_read_from_keras(self) -> None:
        assert_fixture(from_keras(to_keras(PADDED_MODEL)), PADDED)
        assert_fixture(to_keras(steps()), STEPS)

    def test_knows_other_names_of_classes_and_functions(self) -> None:
        other = [["MaxPool2D", *row[1:]] if row[0] == "MaxPooling2D" else row for row in PADDED]
        assert told(PADDED_MODEL, other) == []
        assert told(steps(), [*STEPS[:-1], ["Dense", (None, 11), 715, "softmax_v2"]]) == []

    def test_calls_operations_and_models_by_their_kinds(self) -> None:
        x = Input((8, 8, 3))()
        inner = Model([Flatten(), Dense(4)], in_shape=(8, 8, 3))
        graph = Model(inputs=(y := Input((4,))()), outputs=Add()(y, Dense(4)(y)))
        model = Model(inputs=x, outputs=graph(inner(Elementwise("true_divide", (None, 255))(x))))
        fixture = [
            ["InputLayer", [(None, 8, 8, 3)], 0],
            ["TensorFlowOpLayer", [(None, 8, 8, 3)], 0],
            ["Sequential", (None, 4), 772],
            ["Model", (None, 4), 20],
        ]
        assert told(model, fixture) == []
        assert [row[0] for row in to_fixture(model)] == ["InputLayer", "Sequential", "Functional"]
        assert told(model, to_fixture(model)) == []
        fixture[2][0] = "TFOpLambda"
        assert told(model, fixture)[0] == "class of model must be TFOpLambda, got Sequential"
        operations = Model([Input((8,)), Elementwise("negative"), Dense(4)])
        wanted = [["InputLayer", (None, 8), 0], ["Dense", (None, 4), 36], ["TFOpLambda", (None, 4), 0]]
        assert told(operations, wanted)[0] == "class of elementwise must be Dense, got Negative"

    def test_has_no_initializers_to_compare(self) -> None:
        other = [[*row[:5], "HeNormal"] if row[0] == "Conv2D" else row for row in PADDED]
        assert told(PADDED_MODEL, other) == []


@pytest.mark.parametrize(
    ("position", "changed", "message"),
    [
        (1, {"padding": "same"}, "padding of conv2d must be valid, got same"),
        (1, {"activation": "relu"}, "activation of conv2d must be linear, got relu"),
        (1, {"use_bias": False}, "params of conv2d must be 4736, got 4704"),
        (4, {"mode": "average"}, "class of pool must be MaxPooling2D, got AveragePooling2D"),
        (4, {"strides": 1}, "strides of pool must be (2, 2), got (1, 1)"),
        (4, {"pool_size": 3}, "pool_size of pool must be (2, 2), got (3, 3)"),
        (6, {"activation": "tanh"}, "activation of dense must be sigmoid, got tanh"),
        (6, {"units": 2}, "output shape of dense must be (1,), got (2,)"),
        (0, {"padding": 2}, "padding of zero_padding must be ((3, 3), (3, 3)), got ((2, 2), (2, 2))"),
    ],
)
def test_every_field_is_compared_and_named(position: int, changed: dict[str, Any], message: str) -> None:
    layers = list(PADDED_MODEL.layers)
    layers[position] = attrs.evolve(layers[position], **changed)
    found = told(Model(layers, in_shape=(64, 64, 3)), PADDED)
    assert message in found
    assert told(PADDED_MODEL, PADDED) == []


def test_a_layer_of_one_s_own_is_none_of_keras_s() -> None:
    @attrs.frozen(repr=False)
    class Dense(Layer):
        def compute_output_shape(self, in_shape: Any) -> Any:
            return in_shape

    @attrs.frozen(repr=False)
    class Twice(Dense):
        pass

    model = Model([Dense(), Twice(), Activation("relu")], in_shape=(3,))
    assert [row[0] for row in to_fixture(model)] == ["another Dense", "Twice", "Activation"]
    fixture = [["Dense", (None, 3), 0, "relu"], ["Twice", (None, 3), 0], ["Activation", (None, 3), 0]]
    assert told(model, fixture) == ["class of dense must be Dense, got another Dense"]


def test_an_empty_model_does_not_pass() -> None:
    with pytest.raises(WrongAnswerError, match="number of layers of the model must be 7, got 1"):
        assert_fixture(Model([Flatten()], in_shape=(64, 64, 3)), PADDED)


@pytest.mark.parametrize(
    ("fixture", "message"),
    [
        (3, r"fixture must be a list of \[class name, shape, params, extras …\], got 3"),
        ([], r"fixture must be a list .* got \[\]"),
        ([3], r"fixture\[0\] must be \[class name, shape, params, extras …\], got 3"),
        ([["Dense", (None, 3)]], r"fixture\[0\] must be \[class name, shape, params, extras …\]"),
        ([[3, (None, 3), 0]], r"fixture\[0\]\[0\] must be a text that is not empty, got 3"),
        ([["Dense", (3,), 0]], r"fixture\[0\]\[1\] must be a shape that begins with None, the batch, got \(3,\)"),
        ([["Dense", 3, 0]], r"fixture\[0\]\[1\] must be a shape that begins with None, the batch, got 3"),
        ([["Dense", (None, "3"), 0]], r"fixture\[0\]\[1\]\[0\] must be an int from 1"),
        ([["Dense", [(None, 3), 4], 0]], r"fixture\[0\]\[1\]\[1\] must be a shape that begins with None"),
        ([["Dense", (None, 3), -1]], r"fixture\[0\]\[2\] must be an int from 0"),
        ([["Dense", (None, 3), 0, 3]], r"fixture\[0\]\[3\] must be a text"),
        (
            [["Dense", (None, 3), 0, "relu", 0]],
            r"fixture\[0\] must be \[class name, shape, params, activation\] at most",
        ),
        ([["Flatten", (None, 3), 0, 0]], r"fixture\[0\] must be \[class name, shape, params\] at most"),
        ([["Dropout", (None, 3), 0, 2]], r"fixture\[0\]\[3\] must be a number from 0 to 1, got 2"),
        (
            [["MaxPooling2D", (None, 2, 2, 1), 0, (2, 2, 2)]],
            r"fixture\[0\]\[3\] must be an int, or an int for each axis",
        ),
        ([["ZeroPadding2D", (None, 2, 2, 1), 0, "same"]], r"fixture\[0\]\[3\] must be an int from 0, or for each axis"),
    ],
)
def test_one_that_is_not_in_the_form_is_refused(fixture: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_fixture(fixture)


def test_is_written_of_models_alone() -> None:
    with pytest.raises(ConfigError, match="model must be a Model, got 3"):
        to_fixture(3)  # type: ignore[arg-type]


def test_the_documentation_lists_the_extras_of_each_class() -> None:
    page = (Path(__file__).parent.parent / "docs" / "autograders.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.split("| class | extras |")[1].splitlines()[2:]]
    listed = {name.strip("`"): extras for names, extras in (row for row in rows if len(row) == 2)
              for name in names.split(", ")}  # fmt: skip
    assert {name: extras.split(" (")[0].split(", ") for name, extras in listed.items()} == {
        name: [extra.name for extra in extras] for name, extras in EXTRAS.items()
    }
