"""Reading and writing Keras's models: what is refused and where, whatever the source holds. Keras is not needed."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import places, plain
from networks import networks

from paramcalc import (
    GAP,
    LSTM,
    RNN,
    Add,
    Attention,
    Bidirectional,
    Concatenate,
    ConfigError,
    Conv2D,
    ConvTranspose,
    Cropping,
    Dense,
    Dropout,
    Elementwise,
    Flatten,
    GRUCell,
    Input,
    Layer,
    LearnedTokens,
    LSTMCell,
    Model,
    MultiHeadAttention,
    ParamcalcError,
    Pool,
    PositionEmbedding,
    ReadError,
    Rescaling,
    Shape,
    SpectralNormalization,
    Take,
    TimeDistributed,
    UpSampling,
    ZeroPadding,
    from_keras,
    to_keras,
)
from paramcalc.formats import untrusted
from paramcalc.formats.keras.operations import EVERYTHING, REST
from paramcalc.formats.keras.table import AT_REST, CHAINS, GRAPHS, IGNORED, LAYERS, UNSUPPORTED, by_name

LEGACY = sorted(Path(__file__).parent.joinpath("data", "legacy").glob("*.json"))


def dense(name: str = "dense", **config: Any) -> dict[str, Any]:
    return {"class_name": "Dense", "config": {"name": name, "units": 4, **config}}


def chain(*layers: Any, **config: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(layers), **config}}


def start(*axes: int | None, name: str = "x") -> dict[str, Any]:
    return {"class_name": "InputLayer", "config": {"name": name, "batch_shape": [None, *axes]}}


def node(layer: dict[str, Any], *histories: Any, **kwargs: Any) -> dict[str, Any]:
    """A layer with one call, as Keras 3 writes it."""
    tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": list(each)}} for each in histories]
    calls = [{"args": tensors, "kwargs": kwargs}] if tensors else []
    return {"module": "keras.layers", **layer, "name": layer["config"]["name"], "inbound_nodes": calls}


def graph(*layers: Any, ends: tuple[Any, Any] = (["x", 0, 0], ["dense", 0, 0]), **config: Any) -> dict[str, Any]:
    body = {"name": "model", "layers": list(layers), "input_layers": ends[0], "output_layers": ends[1], **config}
    return {"module": "keras", "class_name": "Functional", "config": body, "registered_name": None}


SMALL = graph(node(start(3)), node(dense(), ["x", 0, 0]))


class TestSources:
    def test_a_dict_a_text_and_files_are_read(self, tmp_path: Path) -> None:
        text = json.dumps(SMALL)
        expected = Model([Input((3,), name="x"), Dense(4, name="dense")], name="model")
        file, archive = tmp_path / "model.json", tmp_path / "model.keras"
        file.write_text(text, encoding="utf-8")
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("config.json", text)
            packed.writestr("model.weights.h5", b"not looked at")
        for source in (SMALL, text, f"\n {text}", file, str(file), archive, os.fspath(archive)):
            assert from_keras(source) == expected

    def test_a_live_model_is_asked_for_its_config(self) -> None:
        class Functional:
            def get_config(self) -> Any:
                return SMALL["config"]

        class Mine(Functional):
            """A subclass of Keras's Model, with layers of a graph."""

        assert from_keras(Functional()) == from_keras(Mine()) == from_keras(SMALL)

    def test_the_source_is_not_changed(self) -> None:
        source = chain(start(4, 4, 1), {"class_name": "Flatten", "config": {}}, dense())
        before = copy.deepcopy(source)
        from_keras(source, custom={"Dense": lambda config: Dense(config.pop("units"))})
        assert source == before

    def test_keras_is_not_imported_and_a_path_says_it_all(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        path.write_text(json.dumps(SMALL), encoding="utf-8")
        program = (
            "import sys, paramcalc\n"
            f"model = paramcalc.from_keras({str(path)!r})\n"
            "print(model.params(), sorted({'keras', 'tensorflow', 'numpy', 'zipfile'} & set(sys.modules)))"
        )
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
        assert ran.stdout == "16 []\n"

    @pytest.mark.parametrize("source", [3, None, ["x"], Model, object(), b"{}"])
    def test_another_source_is_refused(self, source: Any) -> None:
        with pytest.raises(ConfigError, match="source must be a path, a JSON text, a dict, or a model of Keras, got"):
            from_keras(source)

    def test_a_live_model_that_cannot_say_what_it_is(self) -> None:
        class Broken:
            def get_config(self) -> Any:
                raise NotImplementedError("a subclass")

        with pytest.raises(ReadError, match="the model must be able to give its get_config"):
            from_keras(Broken())


class TestFilesThatAreNone:
    def refused(self, path: Path, message: str) -> None:
        with pytest.raises(ReadError) as refused:
            from_keras(path)
        assert message in str(refused.value)

    def test_missing_and_folders(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "none.json", "must be a file that can be read, got FileNotFoundError")
        self.refused(tmp_path, "must be a file that can be read, got IsADirectoryError")
        with pytest.raises(ReadError, match="must be a file that can be read, got ValueError"):
            from_keras("a\0b.json")

    def test_no_json(self, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        for data, message in (
            (b"", "must be JSON, got ''; Expecting value: line 1 column 1 (char 0)"),
            (b'{"class_name": ', "Expecting value"),
            (b"\xff\xfe\x00", "must be JSON in UTF-8, or a zip archive that holds it"),
            (b"\x89HDF\r\n\x1a\n", "; this is HDF5: save the model as .keras"),
            (b'{"a": NaN}', "a number must be a number of JSON, got NaN"),
            (b'{"a": -Infinity}', "a number must be a number of JSON, got -Infinity"),
            (b'{"a": ' + b"9" * 5000 + b"}", "must be JSON"),
            (b"[" * 100_000, "must be nested less deeply"),
            (b'{"a":' * 100_000, "must be nested less deeply"),
        ):
            path.write_bytes(data)
            self.refused(path, message)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_a_byte_order_mark_is_no_mistake(self, encoding: str, tmp_path: Path) -> None:
        path = tmp_path / "model.json"
        path.write_text(json.dumps(SMALL), encoding=encoding)
        assert from_keras(path) == from_keras(SMALL)

    def test_archives(self, tmp_path: Path) -> None:
        path = tmp_path / "model.keras"
        path.write_bytes(b"PK\x03\x04 and nothing else")
        self.refused(path, "must be a zip archive that can be read, got BadZipFile")
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("other.json", "{}")
        self.refused(path, "must be an archive that holds config.json, got one that does not")
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("config.json", json.dumps(SMALL))
        data = bytearray(path.read_bytes())
        data[45] ^= 0xFF  # a byte of the packed text, so that its checksum is wrong
        path.write_bytes(data)
        self.refused(path, "must be a zip archive that can be read, got BadZipFile")

    def test_too_much(self, tmp_path: Path) -> None:
        """A gigabyte in an archive of a megabyte is not unpacked; a long file is not read."""
        bomb, long = tmp_path / "model.keras", tmp_path / "model.json"
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("config.json", "w") as member:
            for _ in range(1024):
                member.write(b" " * 2**20)
        with long.open("wb") as file:
            file.truncate(2**30)
        many = tmp_path / "many.json"
        many.write_bytes(b"[" + b"[]," * (20 * 2**20) + b"[]]")
        tracemalloc.start()
        self.refused(bomb, f"must be of at most {64 * 2**20} bytes, got more")
        self.refused(long, f"must be of at most {64 * 2**20} bytes, got more")
        self.refused(many, f"must be of at most {untrusted.MOST_VALUES} values, got about")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2**29


class Own(Layer):
    """A layer of one's own."""

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape


def own(_: dict[str, Any]) -> Layer:
    return Own()


def deep_chain(levels: int) -> dict[str, Any]:
    value = chain(dense())
    for _ in range(levels):
        value = chain(value)
    return value


def deep_wrapper(levels: int) -> dict[str, Any]:
    value = dense()
    for _ in range(levels):
        value = {"class_name": "TimeDistributed", "config": {"layer": value}}
    return chain(value)


def endless() -> dict[str, Any]:
    value = chain()
    value["config"]["layers"].append(value)
    return value


def nested_lists() -> list[Any]:
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    return value


CONV: dict[str, Any] = {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [3, 3]}}
X = node(start(3))


def with_config(layer: dict[str, Any], **config: Any) -> dict[str, Any]:
    return {**layer, "config": {**layer["config"], **config}}


WRONG: list[tuple[Any, str]] = [
    ({}, "class_name must be given, got nothing"),
    ([], "the data must be an object with names, got []"),
    ({"class_name": 3, "config": {}}, "class_name must be a text that is not empty, got 3"),
    ({"class_name": "Sequential"}, "config must be given, got nothing"),
    ({"class_name": "Sequential", "config": 3}, "config must be an object with names, got 3"),
    (dense(), "class_name must be Sequential, Functional or Model, got 'Dense'; put the layer into one"),
    (chain(), "config.layers must be at least one layer, got none"),
    ({"class_name": "Sequential", "config": {"layers": 3}}, "config.layers must be a list, got 3"),
    (chain(3), "config.layers[0] must be an object with names, got 3"),
    (chain({"class_name": "Dense"}), "config.layers[0].config must be given, got nothing"),
    (
        chain({"class_name": "Dance", "config": {"name": "d"}}),
        "class_name must be a class that paramcalc knows, got 'Dance' (layer 'd'); give custom={'Dance': a function",
    ),
    (
        chain({**dense(), "registered_name": "mine>Dense"}),
        "must be a class that paramcalc knows, got 'Dense' (layer 'dense')",
    ),
    (chain({**dense(), "module": "mine.layers"}), "must be a class that paramcalc knows, got 'Dense' (layer 'dense')"),
    (chain({**dense(), "module": 3}), "config.layers[0].module must be a text that is not empty, got 3"),
    (chain(dense(units=0)), "config.layers[0].config.units must be an int from 1 to 2**63 - 1, got 0"),
    (chain(dense(units="4")), "config.layers[0].config.units must be an int from 1 to 2**63 - 1, got '4'"),
    (chain(dense(units=True)), "config.layers[0].config.units must be an int from 1 to 2**63 - 1, got True"),
    (chain({"class_name": "Dense", "config": {}}), "config.layers[0].config.units must be given, got nothing"),
    (chain(dense(unit=4)), "config.layers[0].config.unit must be left out, got 4; Keras's Dense has no such argument"),
    (chain(dense(name="")), "config.layers[0].config.name must be a text that is not empty, got ''"),
    (chain(dense(trainable="no")), "config.layers[0].config.trainable must be True or False, got 'no'"),
    (chain(dense(activation=3)), "config.layers[0].config.activation must be a text that is not empty, got 3"),
    (
        chain(dense(dtype={"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}})),
        "dtype must be a dtype policy",
    ),
    (
        chain(dense(dtype="int8_from_float32")),
        "config.layers[0].config.dtype must be a dtype policy that does not quantise",
    ),
    (chain(dense(dtype="int4_from_bfloat16")), "a quantised layer owns other arrays; save the model before quantize()"),
    (chain(dense(dtype="float8_from_float32")), "config.layers[0].config.dtype must be a dtype policy that does not"),
    (chain(dense(dtype=nested_lists())), "config.layers[0].config.dtype must be of values that end"),
    (chain(dense(units=nested_lists())), "must be nested less deeply, got lists in lists"),
    (chain(dense(quantization_config={"x": 1})), "config.layers[0].config.quantization_config must be None, got"),
    (chain(with_config(CONV, strides=[1, 2, 3])), "config.layers[0].config.strides must be "),
    (chain(with_config(CONV, kernel_size=[3, "3"])), "config.layers[0].config.kernel_size[1] must be an int from 1"),
    (chain(with_config(CONV, data_format="NHWC")), "config.layers[0].config.data_format must be 'channels_last' or"),
    (
        chain({"class_name": "Activation", "config": {}}),
        "config.layers[0].config.activation must be given, got nothing",
    ),
    (
        chain({"class_name": "Activation", "config": {"activation": ""}}),
        "config.layers[0].config.activation must be a text",
    ),
    (chain({"class_name": "MaxPooling2D", "config": {"pool_size": [2]}}), "pool_size must be one for each of 2 axes"),
    (chain({"class_name": "Cropping2D", "config": {"cropping": [[1, 1]]}}), "cropping must be one for each of 2 axes"),
    (
        chain({"class_name": "Flatten", "config": {3: 4}}),
        "config.layers[0].config must be data with names that are texts, got TypeError('the name 3')",
    ),
    (
        chain(start(4, 1), {"class_name": "MaxPooling2D", "config": {}}),
        "config.layers[1].config.pool_size must be given",
    ),
    (
        chain(start(4, 1), {"class_name": "MaxPooling2D", "config": {"pool_size": 2}}),
        "layers[0] 'pool' (Pool), given (4, 1): config: pool_size must be an int, or an int for each axis (length)",
    ),
    (
        chain(start(4, 1), {"class_name": "GlobalMaxPooling2D", "config": {}}),
        "config.layers[1].config must be given 3 axes, as GlobalMaxPooling2D takes them, got (4, 1)",
    ),
    (
        chain(start(4, 1), chain({"class_name": "GlobalMaxPooling2D", "config": {}})),
        "config.layers[1].config.layers[0].config must be given 3 axes, as GlobalMaxPooling2D takes them, got (4, 1)",
    ),
    (chain(start(4, 1), CONV), "layers[0] 'conv2d' (Conv2D), given (4, 1): config: in_shape must be 3 axes"),
    (chain(start(0)), "config.layers[0].config.shape[0] must be an int from 1"),
    (chain(dense(), dense()), "config: the names of layers must be different, got 'dense' for layers[0] and layers[1]"),
    (chain(dense(), start(3)), "config: an Input must be the first layer, got layers[1]"),
    (chain(dense(), trainable=1), "config.trainable must be true or false, got 1"),
    (chain(dense(), name=3), "config.name must be a text that is not empty, got 3"),
    (deep_chain(150), "must be nested at most 100 deep, got more"),
    (deep_wrapper(150), "must be nested at most 100 deep, got more"),
    (endless(), "the data must be nested at most 2000 deep, got more"),
    (graph(), "config.input_layers"),
    (graph(X, X), "config.layers must be layers of different names, got one name twice"),
    (
        graph(X, {**node(dense(), ["x", 0, 0]), "name": None, "config": {"units": 3}}),
        "config.layers[1].config.name must be",
    ),
    (graph(X, node(dense())), "config.calls[1] must be with at least one input, as a call of Dense"),
    (
        graph(X, node(dense(), ["y", 0, 0])),
        "config.layers[1].inbound_nodes[0].args[0].config.keras_history[0] must be the",
    ),
    (
        graph(X, node(dense(), ["x", 1, 0])),
        "config.layers[1].inbound_nodes[0] must be made of calls of the model's layers",
    ),
    (graph(X, node(dense(), ["x", 0, 1])), "the output taken of call 0 must be one of the 1 that it has, got 1"),
    (graph(X, node(dense(), ["x", -1, 0])), "keras_history[1] must be an int from 0, got -1"),
    (graph(X, node(dense(), ["x", 0])), "keras_history must be [a layer, its call, the output], got ['x', 0]"),
    (
        graph(X, node(dense(), ["dense", 0, 0])),
        "config.layers must be a graph without cycles, got one at 'config.layers[1].",
    ),
    (
        graph(X, node(dense(), ["x", 0, 0]), ends=(["x", 0, 0], ["dense", 1, 0])),
        "config.output_layers must be made of calls",
    ),
    (
        graph(X, node(dense(), ["x", 0, 0]), ends=(["x", 0, 0], ["y", 0, 0])),
        "config.output_layers[0] must be the name of a",
    ),
    (graph(X, node(dense(), ["x", 0, 0]), ends=(["dense", 0, 0], ["x", 0, 0])), "inputs must be the calls of Input"),
    (
        graph(X, {**dense(), "name": "dense", "inbound_nodes": 3}),
        "config.layers[1].inbound_nodes must be a list, got 3",
    ),
    (
        graph(X, {**dense(), "name": "dense", "inbound_nodes": [3]}),
        "config.layers[1].inbound_nodes[0] must be a list, got 3",
    ),
    (
        graph(X, {**dense(), "name": "dense", "inbound_nodes": [[["x"]]]}),
        "inbound_nodes[0][0] must be [a layer, its call",
    ),
    (
        graph(X, {**dense(), "name": "dense", "inbound_nodes": [{}]}),
        "config.layers[1].inbound_nodes[0].args must be given",
    ),
    (
        graph(X, node(dense(), ["x", 0, 0], where=node(dense(), ["x", 0, 0])["inbound_nodes"][0]["args"][0])),
        "config.layers[1].inbound_nodes[0].kwargs.where must be no tensor, as far as is known here",
    ),
]


@pytest.mark.parametrize(("source", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_is_wrong_is_refused_with_its_path(source: Any, message: str) -> None:
    with pytest.raises(ReadError) as refused:
        from_keras(source if isinstance(source, dict) else json.dumps(source))
    assert message in str(refused.value)


class TestCustom:
    def test_makes_layers_from_their_config(self) -> None:
        source = chain(start(3), {"class_name": "Mine", "config": {"name": "m", "size": 4}})
        assert from_keras(source, custom={"Mine": lambda config: Dense(config["size"])}).params() == 16
        assert from_keras(source, custom={"Mine": own}).names == ("m",)
        registered = chain(start(3), {"class_name": "Mine", "registered_name": "pkg>Mine", "config": {"name": "m"}})
        assert from_keras(registered, custom={"pkg>Mine": own}).names == ("m",)

    def test_goes_before_what_is_known(self) -> None:
        assert from_keras(chain(dense()), custom={"Dense": own})[0] == attrs.evolve(Own(), name="dense")

    @pytest.mark.parametrize("custom", [3, ["Mine"], {3: own}])
    def test_is_a_dict_of_functions(self, custom: Any) -> None:
        with pytest.raises(ConfigError, match="custom must be a dict from names of classes to functions, got"):
            from_keras(chain(dense()), custom=custom)

    def test_that_fails_is_a_read_error(self) -> None:
        source = chain({"class_name": "Mine", "config": {"name": "m"}})
        with pytest.raises(
            ReadError, match=r"config.layers\[0\].config must be what custom\['Mine'\] takes, got KeyError"
        ):
            from_keras(source, custom={"Mine": lambda config: Dense(config["size"])})
        with pytest.raises(ReadError, match=r"config.layers\[0\].config.units must be an int from 1"):
            from_keras(source, custom={"Mine": lambda _: Dense(0)})
        with pytest.raises(ConfigError, match=r"what custom\['Mine'\] returns must be a Layer, got 3"):
            from_keras(source, custom={"Mine": lambda _: 3})  # type: ignore[dict-item,return-value]


class TestWhatOlderVersionsWrote:
    @pytest.mark.parametrize("path", LEGACY, ids=[path.stem for path in LEGACY])
    def test_samples_are_read_layer_by_layer(self, path: Path) -> None:
        sample = json.loads(path.read_text(encoding="utf-8"))
        model = from_keras(sample["model"])
        rows = model.summary(None if model.in_shape else (12,)).rows
        assert [
            {
                "name": row.name,
                "output_shape": json.loads(json.dumps(row.output_shape)),
                "params": row.params,
                "trainable_params": row.trainable_params,
            }
            for row in rows
        ] == sample["layers"]

    def test_there_are_samples(self) -> None:
        assert len(LEGACY) >= 6

    def test_a_list_of_layers_was_a_chain_once(self) -> None:
        source = {"class_name": "Sequential", "config": [dense(batch_input_shape=[None, 3])]}
        assert from_keras(source) == Model([Dense(4, name="dense")], in_shape=(3,))

    def test_the_shape_that_a_chain_was_built_for(self) -> None:
        assert from_keras(chain(dense(), build_input_shape=[None, 3])).in_shape == (3,)
        assert from_keras(chain(dense(), build_input_shape=[[None, 3], [None, 4]])).in_shape is None
        assert from_keras(chain(start(3))).in_shape == (3,)

    def test_inputs_by_name_count_in_their_order(self) -> None:
        add = {"class_name": "Concatenate", "config": {"name": "dense"}, "inbound_nodes": [[["b", 0, 0], ["a", 0, 0]]]}
        source = graph(
            {**start(3, name="b"), "name": "b"},
            {**start(2, name="a"), "name": "a"},
            {**add, "name": "dense"},
            ends=({"b": ["b", 0, 0], "a": ["a", 0, 0]}, [["dense", 0, 0]]),
        )
        assert from_keras(source).in_shape == ((2,), (3,))


class TestValues:
    def test_tuples_arrays_and_functions_in_keras_own_way(self) -> None:
        def layer(**config: Any) -> Layer:
            return from_keras(chain(with_config(CONV, **config)))[0]

        expected = Conv2D(4, 3)
        assert layer(strides={"class_name": "__tuple__", "items": [1, 1]}) == expected
        assert layer(kernel_size={"class_name": "__numpy__", "config": {"value": [3, 3], "dtype": "int64"}}) == expected
        assert layer(activation="linear") == layer(activation=None) == expected
        for function in ("relu", {"class_name": "function", "config": "relu"}, {"class_name": "relu", "config": {}}):
            assert layer(activation=function) == Conv2D(4, 3, activation="relu")

    def test_dtypes_that_do_not_quantise_change_nothing(self) -> None:
        for dtype in (
            "mixed_bfloat16",
            {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float16"}},
        ):
            assert from_keras(chain(dense(dtype=dtype)))[0] == Dense(4, name="dense")

    def test_an_object_where_a_number_should_be(self) -> None:
        with pytest.raises(ReadError, match=r"config.layers\[0\].config.units must be an int"):
            from_keras(chain(dense(units={"a": [1]})))

    def test_one_number_in_a_class_for_two_axes_stands_for_both(self) -> None:
        assert from_keras(chain({"class_name": "MaxPooling2D", "config": {"pool_size": 2}}))[0] == Pool((2, 2))


PAGE = Path(__file__).parent.parent / "docs" / "keras.md"


def known() -> str:
    """The table of the documentation, out of the table of the code."""
    classes: dict[str, list[str]] = {}
    for row in LAYERS:
        fixed = ", ".join(f"{name}={value!r}" for name, value in row.fixed.items())
        classes.setdefault(f"`{row.layer}({fixed})`" if fixed else f"`{row.layer}`", []).append(f"`{row.name}`")
    classes["`Model`"] = [f"`{name}`" for name in (*CHAINS, *GRAPHS)]
    rows = [f"| {', '.join(names)} | {ours} |" for ours, names in classes.items()]
    reasons: dict[str, list[str]] = {}
    for name, reason in UNSUPPORTED.items():
        reasons.setdefault(reason, []).append(f"`{name}`")
    refused = [f"| {', '.join(names)} | {reason} |" for reason, names in reasons.items()]
    return "\n".join([
        "| Keras | here |", "| --- | --- |", *rows, "", "These are not known:", "",
        "| Keras | why not |", "| --- | --- |", *refused,
    ])  # fmt: skip


class TestTable:
    def test_names_are_of_one_class_each(self) -> None:
        names = [name for row in LAYERS for name in (row.name, *row.aliases)]
        assert len(names) == len(set(names)) == len(by_name())
        assert not set(names) & set(UNSUPPORTED)

    def test_stands_in_the_documentation(self, golden_part: Callable[[Path, str, str, str], None]) -> None:
        begin, end = "python -m pytest --overwrite-golden writes it anew -->\n\n", "\n\n## Where it differs on purpose"
        golden_part(PAGE, begin, known(), end)

    def test_no_argument_is_ours_and_ignored(self) -> None:
        assert not IGNORED & set(AT_REST)


WRITE_WRONG: list[tuple[Callable[[], Any], str]] = [
    (lambda: Dense(4), "model must be a Model, got Dense(4); put the layer into one: Model([layer])"),
    (
        lambda: Model([Own()]),
        "layers[0] 'own' (Own): Own must be a layer that Keras has, got one that it has not",
    ),
    (
        lambda: Model([Conv2D(4, 3, padding=1)]),
        "padding of Conv2D must be a word, such as 'valid' or 'same', got ((1, 1), (1, 1)); put",
    ),
    (
        lambda: Model([Pool(2, ceil_mode=True)], in_shape=(4, 3)),
        "ceil_mode of Pool must be False, got True; Keras does not have it",
    ),
    (
        lambda: Model([Pool(2)]),
        "the axes of Pool(2, name='pool') must be 1 or 2 or 3, for which Keras has a class, got an input whose axes",
    ),
    (lambda: Model([Pool(2)], in_shape=(4, 4, 4, 4, 1)), "must be 1 or 2 or 3, for which Keras has a class, got 4"),
    (lambda: Model([Dense(3, name="a/b")]), "a name must be one without a slash, which Keras refuses, got 'a/b'"),
    (lambda: Model([Dense(3)], name="a/b"), "a name must be one without a slash, which Keras refuses, got 'a/b'"),
    (
        lambda: Model([Add()], in_shape=((3,), (3,))),
        "a Sequential must be of one input, got ((3,), (3,)); draw a graph",
    ),
    (
        lambda: Model([ConvTranspose(4, 3, padding=1)], in_shape=(9, 3)),
        "padding of ConvTranspose must be a word, such as 'valid' or 'same', got 1; put a Cropping",
    ),
    (
        lambda: Model([UpSampling(2, data_format="channels_first")], in_shape=(4, 3)),
        "data_format of UpSampling must be 'channe",
    ),
    (
        lambda: Model([MultiHeadAttention(2, 4)], in_shape=(5, 8)),
        "a layer of a Sequential must be called with one input in Keras, and nothing else, got MultiHeadAttention",
    ),
    (
        lambda: Model([PositionEmbedding(9)]),
        "PositionEmbedding must be a layer that Keras has, got one that it has not",
    ),
    (lambda: Model([LearnedTokens()]), "LearnedTokens must be a layer that Keras has, got one that it has not"),
    (lambda: Model([TimeDistributed(Own())]), "Own must be a layer that Keras has, got one that it has not"),
]


@pytest.mark.parametrize(("make", "message"), WRITE_WRONG, ids=[message for _, message in WRITE_WRONG])
def test_what_keras_lacks_cannot_be_written(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        to_keras(make())
    assert message in str(refused.value)


class TestWriting:
    @settings(max_examples=200)
    @given(networks)
    def test_what_is_written_is_read_with_the_same_numbers(self, model: Model) -> None:
        again = from_keras(to_keras(model))
        assert again.summary(depth=None).total_params == model.params()
        assert [
            (row.name, row.output_shape, row.params, row.trainable_params, row.macs) for row in again.summary().rows
        ] == [(row.name, row.output_shape, row.params, row.trainable_params, row.macs) for row in model.summary().rows]

    def test_a_pool_on_inputs_of_other_ranks_is_no_layer_of_keras(self) -> None:
        x, y, pool = Input((4, 4, 1))(), Input((4, 1))(), Pool(2).place()
        with pytest.raises(
            ConfigError, match="the calls of 'pool' must be of one class in Keras, got MaxPooling2D and MaxP"
        ):
            to_keras(Model(inputs=[x, y], outputs=[pool(x), pool(y)]))

    def test_one_axis_has_its_own_spelling(self) -> None:
        model = Model([UpSampling((2,)), ConvTranspose(4, 3), ZeroPadding(((1, 2),)), Cropping(1)], in_shape=(8, 3))
        assert from_keras(to_keras(model)).output_shape() == model.output_shape()

    def test_a_model_in_itself_twice_over_and_over_is_written_once_a_level(self) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(25):
            x, inner = Input((4,))(), model.place()
            model = Model(inputs=x, outputs=Add()(inner(x), inner(inner(x))))
        assert from_keras(to_keras(model)).params() == 20

    def test_an_open_chain_is_written_by_what_its_layers_say(self) -> None:
        model = Model([Conv2D(4, 3), Pool((2, 2)), Flatten(), Dense(2)])
        assert from_keras(to_keras(model)).params((8, 8, 1)) == model.params((8, 8, 1))
        assert from_keras(to_keras(Model([Conv2D(4, 3), GAP()], in_shape=(8, 8, 1)))).output_shape() == (4,)

    def test_one_input_to_attention_is_query_and_value_there(self) -> None:
        model = Model([Input((5, 8)), MultiHeadAttention(2, 4), Attention(use_scale=True)], name="attending")
        attention, plain_attention = json.loads(to_keras(model))["config"]["layers"][1:]
        (call,), (other,) = attention["inbound_nodes"], plain_attention["inbound_nodes"]
        assert call["args"][0] == call["args"][1]
        assert other["args"][0][0] == other["args"][0][1]
        again = from_keras(to_keras(model))
        assert [row.params for row in again.summary().rows] == [row.params for row in model.summary().rows]
        assert again.macs() == model.macs()

    def test_scores_are_asked_for_in_the_call_there(self) -> None:
        query, value = Input((5, 8))(), Input((6, 8))()
        layer = MultiHeadAttention(2, 4, output_shape=3, attention_axes=1, return_attention_scores=True)
        model = Model(inputs=[query, value], outputs=layer(query, value))
        again = from_keras(to_keras(model))
        assert again.output_shape() == model.output_shape() == ((5, 3), (2, 5, 6))
        assert again.layers[-1] == attrs.evolve(layer, name="multi_head_attention")

    def test_a_hundred_deep(self) -> None:
        model = Model([Dense(4)], in_shape=(4,))
        for _ in range(99):
            model = Model([model])
        assert from_keras(to_keras(model)).params() == 20


@settings(max_examples=1000)
@given(networks, st.data())
def test_nothing_but_a_read_error_comes_of_anything(model: Model, data: st.DataObject) -> None:
    """A description with some of its values replaced, moved or left out is read, or refused by a `ReadError`."""
    written = json.loads(to_keras(model))
    for _ in range(data.draw(st.integers(1, 2))):
        standing = places(written)
        at, key = data.draw(st.sampled_from(standing))
        kind = data.draw(st.sampled_from(["other", "moved", "left out"]))
        if kind == "left out":
            del at[key]
        else:
            from_elsewhere, name = data.draw(st.sampled_from(standing))
            at[key] = copy.deepcopy(from_elsewhere[name]) if kind == "moved" else data.draw(plain)
        if not isinstance(written, dict) or not written:
            return
    before = copy.deepcopy(written)
    try:
        from_keras(written)
    except ParamcalcError as error:
        assert type(error) is ReadError
    assert repr(written) == repr(before)


def operation(name: str, *operands: Any, home: str = "numpy", **config: Any) -> dict[str, Any]:
    """An operation of keras.ops in a graph, called `dense` so that the end of a small graph is its."""
    arguments = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": each}} if isinstance(each, list) else each
        for each in operands
    ]
    return {
        "module": f"keras.src.ops.{home}",
        "class_name": name,
        "config": {"name": "dense", **config},
        "registered_name": name,
        "name": "dense",
        "inbound_nodes": [{"args": arguments}],
    }


class TestOperations:
    @pytest.mark.parametrize(
        ("node_of_keras", "expected"),
        [
            (operation("Add", ["x", 0, 0], 3.0), Elementwise("add", (None, 3))),
            (operation("Subtract", 3, ["x", 0, 0]), Elementwise("subtract", (3, None))),
            (operation("Multiply", ["x", 0, 0], ["x", 0, 0]), Elementwise("multiply")),
            (operation("Relu", ["x", 0, 0], home="nn"), Elementwise("relu")),
            ({**operation("ReLU", ["x", 0, 0]), "module": "keras.src.activations.activations"}, Elementwise("relu")),
            (operation("Hypot", ["x", 0, 0], 3), Elementwise("hypot", (None, 3))),
            (operation("Clip", ["x", 0, 0], x_min=0, x_max=6), Elementwise("clip", (None, 0, 6))),
            (
                operation("Multiply", ["x", 0, 0], {"class_name": "__tensor__", "config": {"value": [1.0, 2.0, 3.0]}}),
                Elementwise("multiply", (None, (1, 2, 3))),
            ),
            (operation("Take", ["x", 0, 0], (0, 2, -1), axis=-1), Take((0, 2, -1), -1)),
        ],
    )
    def test_are_read_and_written_with_their_constants(self, node_of_keras: Any, expected: Layer) -> None:
        model = from_keras(graph(X, node_of_keras))
        assert attrs.evolve(model[1], name=None) == expected
        assert model.output_shape() == (3,)
        assert from_keras(to_keras(model)) == model

    @pytest.mark.parametrize(
        ("keys", "expected"),
        [
            ([EVERYTHING, 0], Take(0)),
            ([EVERYTHING, EVERYTHING, -1], Take(-1, 2)),
            ([EVERYTHING, 0, REST], Take(0)),
            ([REST, 0], Take(0, -1)),
            ([REST, 0, EVERYTHING], Take(0, -2)),
        ],
        ids=str,
    )
    def test_in_brackets_take_one_of_an_axis(self, keys: list[Any], expected: Take) -> None:
        wide = {**X, "config": {"name": "x", "batch_shape": [None, 3, 3]}}
        node_of_keras = operation("GetItem", ["x", 0, 0])
        node_of_keras["inbound_nodes"][0]["args"].append(keys)
        model = from_keras(graph(wide, node_of_keras))
        assert attrs.evolve(model[1], name=None) == expected
        assert model.output_shape() == (3,)

    @pytest.mark.parametrize(
        "keys", [[0], [EVERYTHING, 0, 0], [EVERYTHING, True], [EVERYTHING, None], [EVERYTHING], [EVERYTHING, [0]], 0]
    )
    def test_in_brackets_that_take_other_things_are_refused(self, keys: Any) -> None:
        node_of_keras = operation("GetItem", ["x", 0, 0])
        node_of_keras["inbound_nodes"][0]["args"].append(keys)
        with pytest.raises(ReadError, match=r"must be an operation|get_item must be an operation with its operands"):
            from_keras(graph(X, node_of_keras))

    def test_with_names_are_operands_too(self) -> None:
        node_of_keras = operation("Add", ["x", 0, 0])
        node_of_keras["inbound_nodes"][0]["kwargs"] = {"x2": 3, "mask": None}
        assert attrs.evolve(from_keras(graph(X, node_of_keras))[1], name=None) == Elementwise("add", (None, 3))

    def test_that_are_not_known_are_refused(self) -> None:
        for wrong, message in (
            (
                operation("GetItem", ["x", 0, 0]),
                "config.layers[1].class_name must be an operation that paramcalc knows",
            ),
            (
                operation("Add", ["x", 0, 0], "3"),
                "config.layers[1].inbound_nodes[0]: add must be an operation with its",
            ),
            (operation("Take", ["x", 0, 0], 0), "config.layers[1].config.axis must be given"),
            (
                operation("Take", ["x", 0, 0], axis=1),
                "take must be an operation with its operands, got [None]; indices",
            ),
            (operation("Add", ["x", 0, 0]), "given (3,): config: in_shape must be 2 shapes, one for each input"),
            (
                operation("Add", ["x", 0, 0], 3.0, 4.0),
                "add must be an operation with its operands, got [None, 3.0, 4.0]",
            ),
        ):
            with pytest.raises(ReadError) as refused:
                from_keras(graph(X, wrong))
            assert message in str(refused.value)

    def test_with_other_constants_are_others(self) -> None:
        twice = operation("Add", ["x", 0, 0], 3.0)
        for constant in (4.0, 3.0):
            twice["inbound_nodes"] += operation("Add", ["x", 0, 0], constant)["inbound_nodes"]
        model = from_keras(graph(X, twice))
        assert model.layers[1:] == (
            Elementwise("add", (None, 3.0), name="dense"), Elementwise("add", (None, 4.0), name="dense_1"),
        )  # fmt: skip
        assert [call.layer for call in model.calls] == [0, 1, 2, 1]

    def test_are_called_in_so_many_ways_at_most(self) -> None:
        often = operation("Add", ["x", 0, 0], 0.0)
        for constant in range(1, 200):
            often["inbound_nodes"] += operation("Add", ["x", 0, 0], float(constant))["inbound_nodes"]
        with pytest.raises(ReadError, match=r"inbound_nodes\[100\] must be one of at most 100 ways to call a layer"):
            from_keras(graph(X, often))

    def test_stand_in_graphs_alone(self) -> None:
        for layer in (Elementwise("relu"), Take(0)):
            with pytest.raises(ConfigError, match=f"{type(layer).__name__} must be a layer that Keras has"):
                to_keras(Model([layer], in_shape=(3,)))


class TestLayersInLayers:
    def test_are_written_and_read(self) -> None:
        inner = Model([Dense(4), Dense(2)], in_shape=(3,))
        for layer in (
            TimeDistributed(inner),
            RNN([LSTMCell(3), GRUCell(2)]),
            Bidirectional(LSTM(4, return_sequences=True)),
            SpectralNormalization(Dense(3)),
        ):
            model = Model([Input((7, 3)), layer, Flatten()], trainable=False)
            again = from_keras(to_keras(model))
            assert again.params() == model.params()
            assert again.summary().trainable_params == 0

    def test_attention_keeps_what_stands_in_its_call(self) -> None:
        x, memory = Input((7, 8))(), Input((9, 8))()
        attended, scores = MultiHeadAttention(2, 4, return_attention_scores=True)(x, memory)
        model = Model(inputs=[x, memory], outputs=[MultiHeadAttention(2, 4)(attended, memory, memory), scores])
        again = from_keras(to_keras(model))
        assert again.output_shape() == model.output_shape() == ((7, 8), (2, 7, 9))
        assert again.params() == model.params()

    def test_states_go_by_their_name(self) -> None:
        x = Input((7, 3))()
        encoded, *states = LSTM(4, return_state=True)(x)
        model = Model(inputs=x, outputs=[LSTM(4)(x, *states), encoded])
        again = from_keras(to_keras(model))
        assert [(row.output_shape, row.params) for row in again.summary().rows] == [
            (row.output_shape, row.params) for row in model.summary().rows
        ]


def test_a_named_layer_of_custom_keeps_its_name() -> None:
    source = chain({"class_name": "Mine", "config": {"name": "m"}})
    assert from_keras(source, custom={"Mine": lambda _: Dense(4, name="d")}).names == ("d",)


def test_an_error_of_custom_in_a_file_of_its_own_stays_what_it_is() -> None:
    with pytest.raises(ReadError, match=r"^config\.layers must be a list, got 3"):
        from_keras(
            chain({"class_name": "Mine", "config": {}}),
            custom={"Mine": lambda _: from_keras({"class_name": "Sequential", "config": {"layers": 3}})},
        )


def test_a_value_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "MOST_VALUES", 3)
    with pytest.raises(ReadError, match="config must be of values that end"):
        list(untrusted.walked(untrusted.Value([1, 2, 3, 4], "config")))


def tensors(value: Any) -> Any:
    """Histories in lists and dicts as the tensors that Keras 3 writes."""
    if isinstance(value, dict):
        return {name: tensors(each) for name, each in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], str):
        return {"class_name": "__keras_tensor__", "config": {"keras_history": value}}
    return [tensors(each) for each in value]


def called(layer: dict[str, Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers", **layer, "name": layer["config"]["name"],
        "inbound_nodes": [{"args": [tensors(each) for each in args], "kwargs": kwargs}],
    }  # fmt: skip


class TestStructures:
    """Inputs and outputs in lists and dicts, which Keras flattens in the order of their names."""

    def inner(self) -> dict[str, Any]:
        return graph(
            node(start(None, 4, name="z")),
            node(start(None, 4, name="b")),
            called({"class_name": "Conv1D", "config": {"name": "c", "filters": 3, "kernel_size": [2]}}, ["z", 0, 0]),
            called(dense("d"), ["b", 0, 0]),
            ends=({"z": ["z", 0, 0], "b": ["b", 0, 0]}, {"o": ["c", 0, 0], "o 2": ["d", 0, 0]}),
        )

    def test_of_a_call_go_where_the_names_say(self) -> None:
        inner = self.inner()
        inner["config"]["name"] = "inner"
        outer = graph(
            node(start(5, 4, name="p")),
            node(start(7, 4, name="q")),
            called(inner, {"z": ["p", 0, 0], "b": ["q", 0, 0]}),
            ends=([["p", 0, 0], ["q", 0, 0]], [["inner", 1, 0], ["inner", 1, 1]]),
        )
        assert from_keras(outer).output_shape() == ((4, 3), (7, 4))

    def test_may_be_nested(self) -> None:
        source = graph(X, node(dense(), ["x", 0, 0]), ends=(["x", 0, 0], {"a": [["dense", 0, 0], {"u": ["x", 0, 0]}]}))
        assert from_keras(source).output_shape() == ((4,), (3,))


class TestWhatIsNotKerasOwn:
    def test_a_class_without_a_module_is_the_users(self) -> None:
        source = chain({**dense(), "module": None, "registered_name": "Dense"})
        with pytest.raises(ReadError, match="must be a class that paramcalc knows, got 'Dense'"):
            from_keras(source)
        assert from_keras(source, custom={"Dense": own}).names == ("dense",)

    def test_stays_frozen(self) -> None:
        source = chain(start(3), {"class_name": "Mine", "config": {"name": "m", "trainable": False}})
        assert from_keras(source, custom={"Mine": lambda _: Dense(4)}).summary().trainable_params == 0

    def test_may_have_a_name_of_keras_and_arguments_of_its_own(self) -> None:
        """What is known of Keras's class of that name is not applied to it."""
        x = tensors(["x", 0, 0])
        mine = called(dense(), ["x", 0, 0], ["x", 0, 0], context=x, reverse=True, mask=x)
        given = from_keras(graph(X, mine), custom={"Dense": lambda _: Concatenate()})
        assert given.output_shape() == (9,)

    def test_says_why_and_the_way_out(self) -> None:
        with pytest.raises(ReadError, match=r"it holds code, which is never run here; give custom="):
            from_keras(chain({"class_name": "Lambda", "config": {"name": "l"}}))

    def test_takes_whatever_tensors_it_is_given(self) -> None:
        mine = called({"class_name": "Mine", "config": {"name": "dense"}}, ["x", 0, 0], ["x", 0, 0])
        assert from_keras(graph(X, mine), custom={"Mine": lambda _: Add()}).output_shape() == (3,)


def test_a_mask_behind_the_inputs_is_no_input() -> None:
    source = graph(X, called(dense(), ["x", 0, 0], ["x", 0, 0]))
    assert from_keras(source).params() == 16


def test_lists_are_read_as_keras_writes_arrays() -> None:
    scale = {"class_name": "__tensor__", "config": {"value": [0.1, 0.2, 0.3], "dtype": "float32"}}
    layer = {"class_name": "Rescaling", "config": {"scale": scale, "offset": 0}}
    assert from_keras(chain(layer))[0] == Rescaling((0.1, 0.2, 0.3), 0)


def test_a_layer_that_stands_for_a_function_is_named_as_one() -> None:
    relu = {"module": "keras.layers", "class_name": "ReLU", "config": {"max_value": None}}
    assert from_keras(chain(dense(activation=relu)))[0] == Dense(4, activation="relu", name="dense")


def test_the_shape_before_an_open_model_is_written() -> None:
    model = Model([Model([Dense(3)]), Dense(2)], in_shape=(4,))
    assert from_keras(to_keras(model)).in_shape == (4,)


class Hostile(dict[str, Any]):
    """A dict that lies about what it holds."""

    def get(self, *_: Any) -> Any:
        raise RuntimeError

    def items(self) -> Any:
        raise RuntimeError


class TestHostileObjects:
    @pytest.mark.parametrize(
        "value", [10**5000, np.array([1, 2]), object(), b"x", {1, 2}, np.float64("nan")], ids=range(6)
    )
    def test_where_a_value_should_be(self, value: Any) -> None:
        sources: list[Any] = [
            chain(dense(units=value)),
            chain({**dense(), "class_name": value}),
            graph(X, node(dense(), ["x", value, 0])),
            graph(X, node(dense(), ["x", 0, 0]), ends=(["x", 0, 0], ["dense", 0, value])),
            graph(X, called(dense(), ["x", 0, 0], training=value)),
            chain({"class_name": "Dense", "config": {value if isinstance(value, int | bytes) else 3: 3}}),
        ]
        for source in sources[:4] + sources[5:]:
            with pytest.raises(ReadError):
                from_keras(source)
        assert from_keras(sources[4]).params() == 16
        with pytest.raises(ReadError):
            Model.from_dict({"format": value, "version": value})

    def test_subclasses_are_taken_for_what_they_hold(self) -> None:
        assert from_keras(Hostile(chain(start(3), dense()))).params() == 16

    def test_mappings_that_fail_are_refused(self) -> None:
        class Failing(Mapping[str, Any]):
            def __getitem__(self, key: str) -> Any:
                raise RuntimeError

            def __iter__(self) -> Any:
                raise RuntimeError

            def __len__(self) -> int:
                return 1

        with pytest.raises(ReadError, match="the data must be data with names that are texts, got RuntimeError"):
            from_keras(Failing())

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.json")
        with pytest.raises(ReadError, match="must be a file that can be read, got a device or a pipe"):
            from_keras(tmp_path / "pipe.json")

    def test_too_many_values_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(untrusted, "MOST_VALUES", 5)
        with pytest.raises(ReadError, match="the data must be of at most 5 values, got more"):
            from_keras(chain(start(3), dense()))


def numbered(layer: dict[str, Any], number: Any) -> dict[str, Any]:
    return {**layer, "shared_object_id": number}


class TestLayersThatAreOne:
    """What a `.keras` file numbers stands in several models and has its weights once."""

    def test_are_counted_once(self) -> None:
        inner = chain(start(3), numbered(dense(units=3), 7), name="inner")
        model = from_keras(chain(start(3), inner, numbered(dense(units=3), 7)))
        assert model.tied == (("inner/dense", "dense"),)
        assert [row.params for row in model.summary().rows] == [12, 0]

    def test_are_found_at_every_step_and_in_both_directions(self) -> None:
        lstm = {"class_name": "LSTM", "config": {"name": "lstm", "units": 2, "return_sequences": True}}
        steps = {"class_name": "TimeDistributed", "config": {"name": "steps", "layer": numbered(dense(units=4), 1)}}
        ways = {"class_name": "Bidirectional", "config": {"name": "ways", "layer": numbered(lstm, 2)}}
        model = from_keras(chain(start(5, 4), steps, numbered(dense(), 1), ways, numbered(lstm, 2)))
        assert model.tied == (("steps", "dense"), ("ways/forward", "lstm"))
        assert [row.params for row in model.summary().rows] == [20, 0, 112, 0]

    def test_are_found_where_the_first_lost_its_number(self) -> None:
        other = dense("other", units=3)
        inner = chain(start(3), dense(units=3), other, name="inner")
        model = from_keras(chain(start(3), inner, numbered(dense(units=3), 7)))
        assert model.tied == (("inner/dense", "dense"),)
        twice = chain(start(3), inner, chain(dense(units=3), name="more"), numbered(dense(units=3), 7))
        assert from_keras(twice).tied == ()

    def test_are_not_what_stands_behind_them(self) -> None:
        """The one that lost its number is the first."""
        several = [chain(numbered(dense(units=3), 1), name=name) for name in ("p", "q")]
        model = from_keras(chain(start(3), *several, dense(units=3)))
        assert model.tied == (("p/dense", "q/dense"),)
        assert model.params() == 24

    def test_may_be_ones_own(self) -> None:
        """A function of custom may give one object for layers that are not."""
        one = Own()
        mine = [numbered({"class_name": "Mine", "config": {}}, number) for number in (1, 2, 1)]
        model = from_keras(chain(start(3), *mine), custom={"Mine": lambda _: one})
        assert model.tied == (("own", "own_2"),)

    def test_may_be_called_in_two_ways(self) -> None:
        words = {"class_name": "ReversibleEmbedding", "config": {"name": "words", "input_dim": 9, "output_dim": 4}}
        both = node(numbered(words, 3), ["x", 0, 0])
        for _ in range(2):
            both["inbound_nodes"] += node(words, ["words", 0, 0], reverse=True)["inbound_nodes"]
        inner = chain(start(5), numbered(words, 3), name="inner")
        ends = (["x", 0, 0], [["words", 2, 0], ["inner", 0, 0]])
        model = from_keras(graph(node(start(5)), both, node(inner, ["x", 0, 0]), ends=ends))
        assert model.tied == (("words", "words_1", "inner/words"),)
        assert model.names == ("x", "words", "words_1", "inner")
        assert model.output_shape() == ((5, 9), (5, 4))
        assert model.params() == 36
        with pytest.raises(ConfigError, match="must be empty, for Keras's JSON cannot say it"):
            to_keras(model)
        without = attrs.evolve(model, tied=[("words", "words_1")])
        written = json.loads(to_keras(without))["config"]["layers"]
        assert [layer["name"] for layer in written] == ["x", "words", "inner"]
        assert [call["kwargs"]["reverse"] for call in written[1]["inbound_nodes"]] == [False, True, True]
        assert from_keras(to_keras(without)) == without

    def test_must_be_alike(self) -> None:
        model = chain(start(3), numbered(dense("a"), 7), numbered(dense("b"), 7))
        with pytest.raises(ReadError, match=r"config: .*the weights of 'b' must be of the sizes of 'a'"):
            from_keras(model)
        with pytest.raises(ReadError, match=r"layers\[1\]\.shared_object_id must be an int"):
            from_keras(chain(start(3), numbered(dense("a"), "7")))

    def test_keep_their_number_under_the_name_that_the_graph_has_for_them(self) -> None:
        one = numbered(node(dense(units=3), ["x", 0, 0]), 7)
        del one["config"]["name"]
        inner = node(chain(start(3), numbered(dense(units=3), 7), name="inner"), ["dense", 0, 0])
        assert from_keras(graph(node(start(3)), one, inner, ends=(["x", 0, 0], ["inner", 0, 0]))).params() == 12


def test_a_layer_without_a_name_of_its_own_is_checked_as_any() -> None:
    """Its name in the graph is put into it, and what its class takes is not forgotten."""
    pool = node({"class_name": "GlobalMaxPooling2D", "config": {"name": "dense"}}, ["x", 0, 0])
    del pool["config"]["name"]
    with pytest.raises(ReadError, match="must be given 3 axes, as GlobalMaxPooling2D takes them"):
        from_keras(graph(node(start(8, 3)), pool))


@pytest.mark.parametrize(
    "model",
    [
        Model([Input((3,)), Dense(3, name="a"), Dense(3, name="b")], tied=[("a/kernel", "b/kernel")]),
        Model([Input((3,)), Dense(3, name="a"), Dense(3, name="b", trainable=False)], tied=[("a", "b")]),
        Model([Input((3,)), Dropout(0.5, name="a"), Flatten(name="b")], tied=[("a", "b")]),
        Model([Input((3,)), Own(name="a"), Own(name="b", trainable=False)], tied=[("a", "b")]),
        Model([Dense(3, name="a"), Dense(3, name="b")], in_shape=(3,), tied=[("a", "b")]),
    ],
    ids=repr,
)
def test_ties_other_than_of_two_ways_to_call_a_layer_are_not_written(model: Model) -> None:
    with pytest.raises(
        ConfigError, match=r"tied of <Model of \d layers> must be empty, for Keras's JSON cannot say it"
    ):
        to_keras(model)
