"""The library's own JSON: what goes out comes back equal, and what is wrong in it is said with its place."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import places, plain
from strategies import Case, cases, models

from paramcalc import (
    Add,
    ConfigError,
    Conv2D,
    Dense,
    Input,
    Layer,
    Model,
    ParamcalcError,
    ReadError,
    Shape,
    TimeDistributed,
    Weight,
)


@attrs.frozen(repr=False)
class Scale(Layer):
    """A layer of one's own, with arguments of several kinds."""

    factor: float = 1.0
    axes: tuple[int, ...] = ()
    inner: Layer | None = None

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("factor", {"channels": in_shape[-1] or 1}),)


def again(model: Model, **custom: type[Layer]) -> Model:
    return Model.from_dict(json.loads(json.dumps(model.to_dict())), custom=custom)


class TestRoundTrip:
    @settings(max_examples=300)
    @given(cases)
    def test_of_every_layer_is_exact(self, case: Case) -> None:
        layer, _ = case
        model = Model([layer], name="one", trainable=False)
        assert again(model) == model

    @given(models())
    def test_of_models_is_exact(self, case: Case) -> None:
        model, _ = case
        assert isinstance(model, Model)
        assert again(model) == model

    def test_of_graphs_is_exact(self) -> None:
        x, y = Input((8, 8, 3))(), Input((8, 8, 3))()
        shared = Conv2D(3, 3, padding="same").place()
        model = Model(inputs=[y, x], outputs=[Add()(shared(x), shared(y)), x])
        twin = again(model)
        assert twin == model
        assert twin.summary() == model.summary()

    def test_of_ones_own_layers_is_exact(self) -> None:
        model = Model([TimeDistributed(Scale(0.5, (1, 2), Dense(3)))], in_shape=(4, 8))
        twin = again(model, Scale=Scale)
        assert twin == model
        assert twin.params() == 8

    def test_defaults_are_left_out(self) -> None:
        assert Model([Dense(4)], in_shape=(3,)).to_dict() == {
            "format": "paramcalc",
            "version": 1,
            "model": {
                "type": "Model",
                "arguments": {"layers": [{"type": "Dense", "arguments": {"units": 4}}], "in_shape": [3]},
            },
        }

    def test_a_nest_of_a_hundred(self) -> None:
        model = Model([Dense(4)])
        for _ in range(99):
            model = Model([model])
        assert again(model) == model

    @pytest.mark.parametrize("value", [{1: 2}, {3}, object(), float("nan"), float("inf"), b"x"])
    def test_what_is_no_plain_value_cannot_go_out(self, value: Any) -> None:
        with pytest.raises(
            ConfigError, match="axes of Scale must be a text, a number, None, a layer, or a list of these"
        ):
            Model([Scale(1.0, value)]).to_dict()

    def test_lists_without_end_cannot_go_out(self) -> None:
        endless: list[Any] = []
        endless.append(endless)
        with pytest.raises(ConfigError, match="axes of Scale must be"):
            Model([Scale(1.0, endless)]).to_dict()  # type: ignore[arg-type]


def data(**arguments: Any) -> dict[str, Any]:
    dense = {"type": "Dense", "arguments": {"units": 4}, **arguments}
    return {"format": "paramcalc", "version": 1, "model": {"type": "Model", "arguments": {"layers": [dense]}}}


def deep(levels: int) -> dict[str, Any]:
    layer: dict[str, Any] = {"type": "Dense", "arguments": {"units": 4}}
    for _ in range(levels):
        layer = {"type": "TimeDistributed", "arguments": {"layer": layer}}
    return data(**layer)


def nested_lists() -> list[Any]:
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    return value


AT = "model.arguments.layers[0]"
WRONG = [
    ({}, "format must be given, got nothing"),
    (3, "the data must be an object with names, got 3"),
    ({**data(), "format": "keras"}, "format must be 'paramcalc', got 'keras'; from_keras reads what Keras wrote"),
    ({**data(), "version": 2}, "version must be 1, got 2; it was written by another version of paramcalc"),
    ({"format": "paramcalc", "version": 1}, "model must be given, got nothing"),
    ({**data(), "model": {"type": "Dense", "arguments": {"units": 3}}}, "model.type must be 'Model', got 'Dense'"),
    (
        data(type="Own"),
        f"{AT}.type must be a class of layers that paramcalc knows, got 'Own'; give custom={{'Own': the",
    ),
    (data(type="Summary"), f"{AT}.type must be a class of layers that paramcalc knows, got 'Summary'"),
    (data(type="Layer"), f"{AT}.type must be a class of layers that paramcalc knows, got 'Layer'"),
    ({**data(), "version": True}, "version must be 1, got True; it was written by another version of paramcalc"),
    (data(type="from_keras"), f"{AT}.type must be a class of layers that paramcalc knows, got 'from_keras'"),
    (data(type=["Dense"]), f"{AT}.type must be a text that is not empty, got ['Dense']"),
    (data(arguments=[]), f"{AT}.arguments must be an object with names, got []"),
    (data(arguments={}), f"{AT}.arguments.units must be given, got nothing"),
    (data(arguments={"units": 0}), f"{AT}.arguments: units must be an int from 1 to 2**63 - 1, got 0"),
    (
        data(arguments={"units": 3, "unit": 3}),
        f"{AT}.arguments.unit must be left out: Dense has no such argument, got 3",
    ),
    (
        data(arguments={"units": 3, "\x1b" * 200: 3}),
        f"{AT}.arguments." + r"\x1b" * 100 + "… must be left out: Dense has",
    ),
    ({"format": {"\x9d": 3, 3: 3}}, "format must be data with names that are texts, got TypeError('the name 3')"),
    (data(arguments={"units": {"type": "Dense"}}), f"{AT}.arguments.units.arguments must be given, got nothing"),
    (data(arguments={"units": nested_lists()}), "must be nested less deeply, got lists in lists"),
    (deep(200), "must be nested at most 100 deep, got more"),
]


@pytest.mark.parametrize(("given_data", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_is_refused_with_its_path(given_data: Any, message: str) -> None:
    with pytest.raises(ReadError) as refused:
        Model.from_dict(given_data)
    assert message in str(refused.value)


@pytest.mark.parametrize("custom", [3, {"Scale": Scale()}, {"Scale": int}, [Scale]])
def test_custom_maps_names_to_classes(custom: Any) -> None:
    with pytest.raises(ConfigError, match="custom must be a dict from names to classes of layers"):
        Model.from_dict(data(), custom=custom)


def test_layers_that_do_not_fit_are_refused_with_their_place() -> None:
    written = data()
    written["model"]["arguments"]["in_shape"] = []
    with pytest.raises(
        ReadError, match=r"layers\[0\] 'dense' \(Dense\), given \(\): model.arguments: in_shape must be at"
    ):
        Model.from_dict(written)


@settings(max_examples=500)
@given(st.data())
def test_nothing_but_our_errors_comes_of_anything(data_of: st.DataObject) -> None:
    """A description with one of its values replaced by anything is read, or refused by a `ReadError`."""
    model, _ = data_of.draw(models())
    assert isinstance(model, Model)
    written = json.loads(json.dumps(model.to_dict()))
    at, key = data_of.draw(st.sampled_from(places(written)))
    at[key] = data_of.draw(plain)
    try:
        Model.from_dict(written)
    except ParamcalcError as error:
        assert type(error) is ReadError
