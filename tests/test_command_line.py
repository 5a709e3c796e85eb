"""The command line: what it answers, and that whatever is wrong is one line and an exit code."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paramcalc
from paramcalc import Bidirectional, Conv2D, Dense, Dropout, Flatten, Input, Layer, Model, diff, to_keras, zoo
from paramcalc.__main__ import INTERRUPTED
from paramcalc.command_line import FORMATS, PICTURES, TABLES, main
from paramcalc.console import plain
from paramcalc.shapes import one_by_one
from paramcalc.summary import COLUMNS, DTYPES

SOURCE = Path(paramcalc.__file__).parent.parent
WORDS = [
    "summary", "explain", "draw", "diff", "zoo", "--help", "--version", "--", "-", "--format", "text", "csv", "json",
    "--format=html", "--input-shape", "--input-shape=8,8,3", "8,8,3", "?", "--columns", "name,macs", "--depth", "all",
    "--dtype=int8", "--ignore", "name", "--full", "Conv2D(4, 3)", "Dense(4)", "Model([Dense(4), Flatten()])", "dense",
    "zoo:lenet5", "lenet5", "conv2d", "no-such-file", "/dev/null", "/dev/fd/99", ".", "\x1b[31m", "\ud800", "\0", "",
]  # fmt: skip
LENET = Model([Input((32, 32, 3)), Conv2D(8, 5), Flatten(), Dense(10, name="classes")], name="lenet")


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
    return subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-W", "error", "-m", "paramcalc", *arguments],
        env=environment, check=False, capture_output="stdout" not in options, **options,
    )  # fmt: skip


class Console:
    """The command line in this process: what it writes, and its exit code."""

    def __init__(self, captured: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.captured = captured
        self.patch = patch

    def __call__(self, *arguments: str, stdin: bytes = b"") -> str:
        code, out, err = self.tried(*arguments, stdin=stdin)
        assert (code, err) == (0, "")
        return out

    def tried(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(arguments)
        out, err = self.captured.readouterr()
        return code, out, err

    def refused(self, *arguments: str, stdin: bytes = b"") -> str:
        """The message for what is wrong, without the name of the program."""
        code, out, err = self.tried(*arguments, stdin=stdin)
        assert (code, out, err.count("\n")) == (2, "", 1)
        return err.removeprefix("paramcalc: ").rstrip("\n")


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capsys, monkeypatch)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "keras.json").write_text(to_keras(LENET), encoding="utf-8")
    (tmp_path / "own.json").write_text(json.dumps(LENET.to_dict()), encoding="utf-8")
    (tmp_path / "layer.txt").write_text(f"{LENET!r}\n", encoding="utf-8")
    return tmp_path


class TestSources:
    @pytest.mark.parametrize("name", ["keras.json", "own.json", "layer.txt"])
    def test_are_files_and_stdin(self, name: str, console: Console, files: Path) -> None:
        expected = f"{LENET.summary()}\n"
        assert expected == console("summary", str(files / name))
        assert expected == console("summary", "-", stdin=(files / name).read_bytes())

    def test_are_archives_of_keras(self, console: Console, tmp_path: Path) -> None:
        import zipfile

        with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
            archive.writestr("config.json", to_keras(LENET))
        assert console("summary", str(tmp_path / "model.keras")) == f"{LENET.summary()}\n"
        assert console("summary", "-", stdin=(tmp_path / "model.keras").read_bytes()) == f"{LENET.summary()}\n"

    def test_are_networks_of_the_zoo(self, console: Console) -> None:
        assert console("summary", "zoo:vgg16") == console("zoo", "vgg16") == f"{zoo.vgg16().summary()}\n"

    @pytest.mark.parametrize(
        "layer",
        [
            Conv2D(8, (5, 3), padding=((1, 0), (2, 2)), activation="relu"),
            Bidirectional(paramcalc.LSTM(4, use_bias=False), merge_mode=None),
            paramcalc.LeakyReLU(0.25),
            paramcalc.Concatenate(-1),
            paramcalc.Model([Dense(4), Dropout(0.5)], name="two", trainable=False),
        ],
        ids=str,
    )
    def test_are_layers_as_they_print(self, layer: Layer, console: Console) -> None:
        own: dict[str, Any] = {"Conv2D": (9, 9, 3), "Bidirectional": (5, 8), "Concatenate": ((4, 3), (4, 2))}
        in_shape = own.get(type(layer).__name__, (7,))
        options = [text for shape in one_by_one(in_shape) for text in ("--input-shape", ",".join(map(str, shape)))]
        assert console("explain", repr(layer), *options) == f"{layer.explain(in_shape)}\n"

    @pytest.mark.parametrize(
        ("text", "in_shape"),
        [
            ("32,32,3", (32, 32, 3)),
            ("(32, 32, 3)", (32, 32, 3)),
            ("84,", (84,)),
            ("[32, 32, 3]", (32, 32, 3)),
            ("?,3", (None, 3)),
            (" None ,3", (None, 3)),
        ],
    )
    def test_have_input_shapes(self, text: str, in_shape: Any, console: Console) -> None:
        given = console(
            "summary", "Flatten()" if len(in_shape) > 1 else "Dense(4)", "--input-shape", text, "--format", "json"
        )
        assert json.loads(given)["rows"][0]["in_shape"] == list(in_shape)

    def test_are_files_whatever_they_are_called(self, console: Console, files: Path) -> None:
        (files / "own.json").rename(files / "model (1).json")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(files)
            assert console("summary", "model (1).json") == f"{LENET.summary()}\n"

    def test_are_layers_behind_comments(self, console: Console, tmp_path: Path) -> None:
        (tmp_path / "layer.txt").write_text(f"# LeNet\n\n  # (shortened)\n{LENET!r}", encoding="utf-8")
        assert console("summary", str(tmp_path / "layer.txt")) == f"{LENET.summary()}\n"

    @pytest.mark.skipif(not Path("/dev/fd").exists(), reason="shells have no pipes that are named")
    def test_are_pipes_of_a_shell(self, console: Console, files: Path) -> None:
        ends = [os.pipe() for _ in range(2)]
        for (_, end), name in zip(ends, ("keras.json", "own.json"), strict=True):
            os.write(end, (files / name).read_bytes())
            os.close(end)
        assert console("diff", *(f"/dev/fd/{end}" for end, _ in ends)) == ""
        for end, _ in ends:
            os.close(end)

    def test_may_be_of_one_number(self, console: Console) -> None:
        assert "(None,)" in console("summary", "Dropout(0.5)", "--input-shape", "")

    def test_keep_their_own_input_shape_or_take_another(self, console: Console) -> None:
        open_model = "Model([Input((None, None, 3)), Conv2D(4, 3)])"
        assert "(None, None, None, 4)" in console("summary", open_model)
        assert "(None, 6, 6, 4)" in console("summary", open_model, "--input-shape", "8,8,3")


class TestSummary:
    @pytest.mark.parametrize("name", ["text", "markdown", "html", "latex", "csv", "json"])
    def test_comes_in_every_format(self, name: str, console: Console, files: Path) -> None:
        written = getattr(LENET.summary(), FORMATS[name])()
        found = console("summary", str(files / "own.json"), "--format", name)
        assert written == (json.loads(found) if name == "json" else found.removesuffix("\n" * (name != "csv")))

    def test_has_columns_depth_and_dtype(self, console: Console) -> None:
        found = console(
            "zoo", "vgg16", "--depth", "all", "--columns", "name, weight_bytes", "--format", "csv", "--dtype", "float16"
        )
        rows = list(csv.reader(io.StringIO(found)))
        assert rows[0] == ["Name", "Weight Bytes"]
        assert rows[-1] == ["Total", str(2 * 138_357_544)]
        assert len(rows) == len(zoo.vgg16().summary(depth=None).rows) + 2


class TestExplain:
    def test_explains_all_or_some_of_a_model(self, console: Console, files: Path) -> None:
        own = str(files / "own.json")
        assert console("explain", own) == f"{LENET.explain()}\n"
        assert (
            console("explain", own, "classes", "--full").splitlines()[0]
            == "classes = Dense(10, name='classes') on (6272,)"
        )
        assert "connections" in console("explain", own, "classes", "--full")
        assert {
            step["layer"] for step in json.loads(console("explain", own, "conv2d", "--format", "json"))["steps"]
        } == {"conv2d"}

    @pytest.mark.parametrize("name", ["text", "markdown", "html", "latex", "csv"])
    @pytest.mark.parametrize("full", [True, False])
    def test_comes_in_every_format(self, name: str, full: bool, console: Console, files: Path) -> None:
        written = getattr(LENET.explain(), FORMATS[name])(full=full).rstrip("\n")
        assert console("explain", str(files / "own.json"), *["--full"] * full, "--format", name) == f"{written}\n"

    def test_takes_options_anywhere(self, console: Console, files: Path) -> None:
        """Before, between and behind the names of layers; what follows two dashes is none."""
        own = str(files / "own.json")
        expected = console("explain", "--full", "--format", "markdown", own, "conv2d", "classes")
        assert expected == console("explain", own, "--full", "conv2d", "--format=markdown", "classes")
        assert expected == console("explain", "--format", "markdown", "--full", "--", own, "conv2d", "classes")
        assert "got '--full'" in console.refused("explain", own, "--", "--full")


class TestDraw:
    @pytest.mark.parametrize("name", ["svg", "mermaid", "dot"])
    def test_draws_a_model(self, name: str, console: Console, files: Path) -> None:
        picture = getattr(zoo.vgg16(), FORMATS[name])(depth=2).rstrip("\n")
        assert console("draw", "zoo:vgg16", "--depth", "2", "--format", name).rstrip("\n") == picture
        layer = getattr(Model([Dense(4)]), FORMATS[name])((3,)).rstrip("\n")
        assert console("draw", "Dense(4)", "--input-shape", "3", "--format", name).rstrip("\n") == layer


class TestDiff:
    def test_says_what_differs_and_by_its_exit_code_that_something_does(self, console: Console, files: Path) -> None:
        other = "Model([Input((32, 32, 3)), Conv2D(8, 5, activation='relu'), Flatten(), Dense(10)], name='other')"
        code, out, err = console.tried("diff", str(files / "own.json"), other)
        model = Model([Input((32, 32, 3)), Conv2D(8, 5, activation="relu"), Flatten(), Dense(10)], name="other")
        assert (code, out, err) == (1, f"{diff(LENET, model)}\n", "")
        code, out, _ = console.tried("diff", str(files / "own.json"), other, "--format", "json", "--ignore", "name")
        assert (code, len(json.loads(out)["rows"])) == (1, 1)

    @pytest.mark.parametrize("name", ["text", "markdown", "html", "latex", "csv", "json"])
    def test_comes_in_every_format(self, name: str, console: Console) -> None:
        differences = diff(Model([Dense(4)], in_shape=(3,)), Model([Dense(5)], in_shape=(3,)))
        written = getattr(differences, FORMATS[name])()
        code, out, _ = console.tried("diff", "Dense(4)", "Dense(5)", "--input-shape", "3", "--format", name)
        assert code == 1
        assert (json.loads(out) if name == "json" else out) == (written if name == "json" else written.rstrip() + "\n")

    def test_is_silent_where_nothing_differs(self, console: Console, files: Path) -> None:
        assert console("diff", str(files / "own.json"), "-", stdin=(files / "keras.json").read_bytes()) == ""
        assert console("diff", "Pool(2)", "Pool((2, 2))", "--input-shape", "8,8,3") == ""


class TestZoo:
    def test_lists_its_names(self, console: Console) -> None:
        assert tuple(console("zoo").split()) == zoo.names()


class TestWhatIsWrong:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                "",
                "a command must be given, got nothing; there are summary, explain, draw, diff and zoo (see paramcalc",
            ),
            (
                "summry model.json",
                "a command must be given, got 'summry'; did you mean summary? (see paramcalc --help)",
            ),
            ("summary", "the following arguments are required: source (see paramcalc summary --help)"),
            ("summary no-such-file", "'no-such-file' must be a file that can be read, got FileNotFoundError"),
            ("summary .", "'.' must be a file that can be read, got IsADirectoryError"),
            ("summary zoo:resnet5", "name must be that of a network in the zoo, got 'resnet5'; did you mean resnet50"),
            ("summary -", "stdin must be JSON, got ''; Expecting value"),
            ("diff - -", "one of the models must be read from elsewhere, got '-' twice"),
            ("zoo --depth 2", "the name of a network must be given where options are, got nothing"),
            (
                "summary zoo:vgg16 --format pdf",
                "--format must be one of 'text', 'markdown', 'html', 'latex', 'csv', 'json'",
            ),
            (
                "explain zoo:vgg16 --format svg",
                "--format must be one of 'text', 'markdown', 'html', 'latex', 'csv', 'json', got 'svg'",
            ),
            (
                "diff zoo:vgg16 zoo:vgg19 --format dot",
                "--format must be one of 'text', 'markdown', 'html', 'latex', 'csv', 'json', got 'dot'",
            ),
            (
                "summary zoo:vgg16 --format json --columns name",
                "--format must be one of text, markdown, html, latex, csv where --columns is given, got 'json'",
            ),
            ("summary zoo:vgg16 --columns nam", "columns[0] must be one of layer, name, type"),
            ("summary zoo:vgg16 --columns=", "columns must be a list of one or more of layer, name, type"),
            ("summary zoo:vgg16 --columns ,", "columns must be a list of one or more of layer, name, type"),
            ("summary zoo:vgg16 --depth 0", "depth must be an int from 1 to 2**63 - 1, got 0"),
            ("summary zoo:vgg16 --depth few", "argument --depth: must be an int from 1, or all, got 'few'"),
            ("summary zoo:vgg16 --dtype float", "dtype must be one of 'float64', 'float32'"),
            (
                "summary 'Dense(4)'",
                "--input-shape must be given, because the model does not say it, got nothing; such as",
            ),
            (
                "explain 'Dense(4)'",
                "--input-shape must be given, because the model does not say it, got nothing; such as",
            ),
            (
                "explain 'Dense(4)' --input-shape 3x3",
                "argument --input-shape: must be sizes with commas, such as 32,32,3",
            ),
            ("explain 'Dense(4)' --input-shape 0", "in_shape[0] must be an int from 1 to 2**63 - 1"),
            (
                "explain zoo:vgg16 con",
                "the name of a layer must be one that the model has, got 'con'; did you mean conv5",
            ),
            (
                "explain 'Conv2D(8, 5)' --input-shape 28,28",
                "in_shape must be 3 axes (height, width, channels), got (28, 28)",
            ),
            (
                "diff zoo:vgg16 zoo:vgg19 --ignore rates",
                "ignore[0] must be the name of a field or of a class, got 'rates'",
            ),
            (
                "explain 'Dense(4)' dense --input-shape 3",
                "the name of a layer must be left out where there is one layer",
            ),
            (
                "explain 'Conv2D(8, 5)' --input-shape 28 28 1",
                "argument --input-shape: must be one word with commas, such as 32,32,3, got 28 28 (see ",
            ),
            ("explain 'Dense(4)' --input-shape '(3'", "argument --input-shape: must be sizes with commas, such as"),
            (
                "explain 'Dense(4)' --input-shape -1,3",
                "in_shape[0] must be an int from 1 to 2**63 - 1, or None where it",
            ),
            (
                "summary resnet",
                "'resnet' must be a file that can be read, got FileNotFoundError; did you mean zoo:resnet101",
            ),
            (
                "summary ResNet-50",
                "'ResNet-50' must be a file that can be read, got FileNotFoundError; did you mean zoo:",
            ),
            (
                "explain conv2d",
                "'conv2d' must be a file that can be read, got FileNotFoundError; did you mean Conv2D(...)?",
            ),
            (
                "summary no_such",
                "'no_such' must be a file that can be read, got FileNotFoundError; a network of the zoo is zoo:NAME",
            ),
            ("summary /dev/fd/1000000", "'/dev/fd/1000000' must be "),
            ("draw zoo:vgg16 --format png", "--format must be one of 'svg', 'mermaid', 'dot', got 'png'"),
            (
                "summary zoo:vgg16 --colums name",
                "'--colums' is no option; did you mean --columns? (see paramcalc summary",
            ),
            (
                "summary zoo:vgg16 --form text",
                "'--form' is no option; did you mean --format? (see paramcalc summary --help)",
            ),
            (
                "summary zoo:vgg16 --full",
                "'--full' is no option; there are --columns, --depth, --dtype, --input-shape, ",
            ),
            ("summary zoo:vgg16 zoo:vgg19", "unrecognized arguments: zoo:vgg19 (see paramcalc summary --help)"),
            ("summary zoo:vgg16 --columns", "argument --columns: expected one argument (see paramcalc summary --help)"),
        ],
    )
    def test_is_said_in_one_line(self, arguments: str, message: str, console: Console) -> None:
        assert console.refused(*shlex.split(arguments)).startswith(message)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("Conv2D(8)", "Conv2D must be given its arguments, of filters, kernel_size, strides, padding"),
            ("Conv2D(8, 5, size=3)", "got Conv2D(8, 5, size=3); got an unexpected keyword argument 'size'"),
            ("Conv2D(8, 5, kernel_size=3)", "got multiple values for argument 'kernel_size'"),
            ("Conv2D(8, 0)", "kernel_size must be an int from 1 to 2**63 - 1, or one for each axis, got 0"),
            ("Conv2d(8, 5)", "the name of a layer must be one that paramcalc has, got 'Conv2d'; did you mean Conv2D"),
            ("Layer()", "the name of a layer must be one that paramcalc has, got 'Layer'; there are ELU, "),
            ("diff(1, 2)", "the name of a layer must be one that paramcalc has, got 'diff'"),
            (
                "__import__('os').system('true')",
                "an argument must be a number, a text, True, False, None, a layer, or a",
            ),
            ("Dense(__import__('os'))", "the name of a layer must be one that paramcalc has, got '__import__'"),
            (
                "Dense(2 ** 10)",
                "an argument must be a number, a text, True, False, None, a layer, or a list of these, got 2 ** 10",
            ),
            ("Dense(-'a')", "list of these, got -'a'"),
            ("Dense(units)", "list of these, got units"),
            ("Dense(*[4])", "list of these, got *[4]"),
            ("Dense(**{'units': 4})", "an argument must be written out, got {'units': 4}"),
            ("Dense(units=4, units=5)", "an argument must be given once, got units again"),
            ("MaxPooling2D(2)", "must be one that paramcalc has, got 'MaxPooling2D'; did you mean Pool?"),
            (
                "BatchNormalization()",
                "must be one that paramcalc has, got 'BatchNormalization'; did you mean BatchNorm?",
            ),
            ("keras.layers.Dense(4)", "of a layer must be written alone, got keras.layers.Dense; did you mean Dense?"),
            ("Dense(4)(5).units(6)", "a layer, or a list of these, got Dense(4)(5).units(6)"),
            ("Dense(4).params", "a layer, or a list of these, got Dense(4).params"),
            ("Dense(-4)", "units must be an int from 1 to 2**63 - 1, got -4"),
            ("Dense (4", "a layer as text must be written as Conv2D(8, 5) is, got 'Dense (4'; '(' was never closed"),
            ("Dense(4), Dense(4)", "a layer as text must be written as Conv2D(8, 5) is, got 'Dense(4), Dense(4)'"),
            ("Dense(" + "[" * 150 + "]" * 150 + ")", "a layer as text must be nested at most 100 deep, got more"),
            ("Dense(" + "(" * 5000 + ")" * 5000 + ")", "a layer as text must be written as Conv2D(8, 5) is, got "),
            ("Dense(" + "-" * 15_000 + "1)", "a layer as text must be written as Conv2D(8, 5) is, got "),
            ("Dense('" + "a" * 20_000 + "')", "a layer as text must be of at most 20000 characters, got 20009"),
            ("Dense(4" + ".units" * 3000 + ")", "a layer as text must be written as Conv2D(8, 5) is, got "),
            (
                "Dense(4)" + "()" * 500,
                "an argument must be a number, a text, True, False, None, a layer, or a list of these",
            ),
            ("Dense(" + "9" * 5000 + ")", "a layer as text must be written as Conv2D(8, 5) is, got "),
            ("Dense('\\x00')", "units must be an int from 1 to 2**63 - 1, got '\\x00'"),
            ("Dense(\0)", "a layer as text must be written as Conv2D(8, 5) is, got 'Dense(\\x00)'"),
            ("Dense('\ud800')", "a layer as text must be written as Conv2D(8, 5) is, got "),
            ("Dense('\\d')", "units must be an int from 1 to 2**63 - 1, got '\\\\d'"),
        ],
        ids=lambda text: text[:30],
    )
    def test_is_no_layer(self, text: str, message: str, console: Console) -> None:
        assert message in console.refused("explain", text, "--input-shape", "3")

    @given(text=st.text(max_size=40) | st.text("Dense(4Conv2DLSTM,)[] ='-*.\\\n", max_size=40) | st.builds(
        "{}({})".format, st.sampled_from(paramcalc.__all__), st.text("123,()[]'a=NoneTrue -.", max_size=20)
    ))  # fmt: skip
    def test_is_whatever_stands_for_a_layer(self, text: str) -> None:
        """Nothing but an answer, or one line and the exit code 2."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", None)
            code = main(["explain", "--input-shape=8,8,3", "--", text])
        assert "mistake of paramcalc" not in err.getvalue()
        assert (code, err.getvalue().count("\n"), bool(out.getvalue())) in [(0, 0, True), (2, 1, False)]

    @given(arguments=st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=6))
    def test_is_whatever_stands_on_the_line(self, arguments: list[str]) -> None:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", None)
            code = main(arguments)
        assert "mistake of paramcalc" not in err.getvalue()
        assert (code, err.getvalue().count("\n"), code != 2 or not out.getvalue()) in [
            (0, 0, True),
            (1, 0, True),
            (2, 1, True),
        ]

    @pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links")
    def test_is_a_link_to_itself(self, console: Console, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        assert "got 'Too many levels of symbolic links'" in console.refused("summary", str(tmp_path / "loop"))

    @pytest.mark.parametrize(
        "data", [b"{}", b"[]", b"3", b"\xff\xfe", b"{", b'{"format": "paramcalc"}', b"PK\x03\x04", b"NaN"]
    )
    def test_is_a_file_of_something_else(self, data: bytes, console: Console, tmp_path: Path) -> None:
        (tmp_path / "model.json").write_bytes(data)
        assert " must be " in console.refused("summary", str(tmp_path / "model.json"))
        assert " must be " in console.refused("summary", "-", stdin=data)

    def test_is_a_mistake_of_ours(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> Any:
            raise KeyError("a\nb")

        monkeypatch.setattr(Model, "summary", fail)
        assert console.refused("summary", "zoo:vgg16") == (
            "KeyError: 'a\\nb'; this is a mistake of paramcalc, which should be reported"
        )


class Stream(io.StringIO):
    """A stream that fails as a pipe or a disk may."""

    encoding = "utf-8"

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


class TestStreams:
    def test_that_nobody_reads_are_left(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        for stream in (None, Stream(BrokenPipeError())):
            monkeypatch.setattr(sys, "stdout", stream)
            assert main(["zoo"]) == 0

    def test_that_cannot_be_written_are_an_error(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for error in (OSError(28, "No space left on device"), ValueError("I/O operation on closed file")):
            monkeypatch.setattr(sys, "stdout", Stream(error))
            assert main(["zoo"]) == 2
            assert capsys.readouterr().err.startswith("paramcalc: stdout must be open to be written, got ")

    def test_for_errors_may_be_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for stream in (None, Stream(OSError())):
            monkeypatch.setattr(sys, "stderr", stream)
            assert main(["summary", "no-such-file"]) == 2

    def test_that_cannot_be_read_are_an_error(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, buffer: object) -> int:
                raise OSError(5, "Input/output error")

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
        assert main(["summary", "-"]) == 2
        assert console.captured.readouterr().err == (
            "paramcalc: stdin must be open to be read, got '[Errno 5] Input/output error'\n"
        )

    def test_to_read_may_be_closed(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert main(["summary", "-"]) == 2
        assert capsys.readouterr().err == "paramcalc: stdin must be open, got nothing\n"

    def test_without_an_encoding_take_any_sign(self) -> None:
        assert plain("⌊5⌋", None) == "⌊5⌋"

    def test_take_all_of_our_signs_or_none(self) -> None:
        """Some of them are in many encodings; a reader is not to meet `5 × 5` here and `5 x 5` there."""
        assert plain("⌊5⌋ × 畳", "cp1252") == r"floor(5) x \u7573"
        assert plain("5 × é", "cp1252") == "5 x é"
        assert plain("5 × é", "gb18030") == "5 × é"

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gb18030", "utf-8", "utf-16"])
    def test_take_pictures_that_anybody_can_read(self, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """An XML file without a declaration is in UTF-8 or UTF-16, whatever the console is in."""
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding))
        assert main(["draw", "Conv2D(8, 5, name='é畳')", "--input-shape", "28,28,1"]) == 0
        assert "é畳, Conv2D 5 × 5, 24 × 24 × 8" in "".join(ET.fromstring(written.getvalue()).itertext())  # noqa: S314 (made here)

    @pytest.mark.parametrize(
        ("name", "label"),
        [("dot", "&#233;\\nConv2D 5 &#215; 5"), ("mermaid", "#233;<br/>Conv2D 5 #215; 5"), ("html", "5 &#215; 5")],
    )
    def test_take_references_where_readers_expect_another_encoding(
        self, name: str, label: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "cp1252"))
        arguments = ["summary", "--columns", "name,kernel"] if name == "html" else ["draw"]
        assert main([*arguments, "Conv2D(8, 5, name='é')", "--input-shape", "28,28,1", "--format", name]) == 0
        assert label in written.getvalue().decode("ascii")

    @pytest.mark.parametrize(
        "arguments",
        [
            *(("summary", name) for name in TABLES),
            *(("explain", name) for name in TABLES),
            *(("diff", name) for name in TABLES),
            *(("draw", name) for name in PICTURES),
        ],
    )
    def test_are_not_moved_by_what_a_file_holds(
        self, arguments: tuple[str, str], console: Console, tmp_path: Path
    ) -> None:
        """No cursor, colour, title or direction of writing is changed by a name."""
        names = [
            "\x1b[31mred",
            "\x1b]0;title\x07",
            "a\rb\nc",
            "\x08\x9b2J",
            "\u202e\u2066\u200b\ufeff",
            "\x7f\x85\u2028\0",
            "\ud800",
        ]
        for file in ("one.json", "other.json"):
            layers = [Dense(3, activation=name, name=f"{name}{file}") for name in names]
            model = Model([Input((3,)), *layers], name=f"\x1b[2J{file}")
            (tmp_path / file).write_text(json.dumps(model.to_dict()), encoding="utf-8")
        command, form = arguments
        sources = [str(tmp_path / file) for file in ("one.json", "other.json")][: 2 if command == "diff" else 1]
        code, out, _ = console.tried(command, *sources, "--format", form)
        assert code == (command == "diff")
        assert out.replace("\n", "").isprintable()
        assert console.refused("explain", sources[0], "\x1b[31m").isprintable()


class TestThePage:
    def test_shows_what_the_commands_write(
        self, console: Console, files: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> None:
        page = Path(__file__).parent.parent / "docs" / "command-line.md"
        lenet5 = runpy.run_path(str(page.parent / "examples" / "lenet5.py"))["lenet5"]
        (files / "lenet5.json").write_text(to_keras(lenet5), encoding="utf-8")
        monkeypatch.chdir(files)
        console.captured.readouterr()  # what the example itself prints
        written: list[str] = []
        for block in re.split(
            r"^(```console\n.*?^```\n)", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        ):
            if not block.startswith("```console\n"):
                written.append(block)
                continue
            commands = [line for line in block.splitlines() if line.startswith("$ paramcalc ")]
            answers = ["".join(console.tried(*shlex.split(command)[2:])[1:]) for command in commands]
            pairs = zip(commands, answers, strict=True)
            written.append("".join(["```console\n", *(f"{command}\n{answer}" for command, answer in pairs), "```\n"]))
        if request.config.getoption("--overwrite-golden"):
            page.write_text("".join(written), encoding="utf-8")
        assert "".join(written) == page.read_text(encoding="utf-8")
        assert page.read_text(encoding="utf-8").count("\n$ paramcalc ") > 8


class TestTheProcess:
    """What holds only where the interpreter, the console and the pipe are real."""

    def test_answers(self) -> None:
        done = process("explain", "Conv2D(8, 5)", "--input-shape", "32,32,3")
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode() == f"{Conv2D(8, 5).explain((32, 32, 3))}\n"

    @staticmethod
    def run_out(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
        """The exit code of the process, which ends in this one."""

        def leave(code: int) -> Any:
            raise SystemExit(code)

        monkeypatch.setattr(os, "_exit", leave)
        monkeypatch.setattr(gc, "disable", lambda: None)
        monkeypatch.setattr(sys, "argv", ["paramcalc", *arguments])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(SOURCE / "paramcalc" / "__main__.py"), run_name="__main__")
        assert isinstance(ended.value.code, int)
        return ended.value.code

    def test_ends_with_the_answer(self, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.run_out(monkeypatch, "diff", "Dense(4)", "Dense(5)") == 1
        assert console.captured.readouterr().out == f"{diff(Model([Dense(4)]), Model([Dense(5)]))}\n"

    @pytest.mark.parametrize("place", ["while it is loaded", "while it answers"])
    def test_ends_without_a_word_when_interrupted(
        self, console: Console, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        def interrupt(*_: object, **__: object) -> Any:
            raise KeyboardInterrupt

        if place == "while it answers":
            monkeypatch.setattr(Model, "summary", interrupt)
        else:
            loaded = ModuleType("paramcalc.command_line")
            vars(loaded)["__getattr__"] = interrupt
            monkeypatch.setitem(sys.modules, loaded.__name__, loaded)
        assert self.run_out(monkeypatch, "summary", "zoo:vgg16") == INTERRUPTED == 130
        assert console.captured.readouterr() == ("", "")

    def test_helps(self, console: Console) -> None:
        assert console("--help").startswith("usage: paramcalc ")
        assert console("explain", "--help").startswith("usage: paramcalc explain ")
        assert console("explain", "model.json", "-h", "--full") == console("explain", "--help")
        for name in (*COLUMNS, *DTYPES):
            assert re.search(rf"\b{name}\b", console("summary", "--help"))
        assert console("--version") == f"paramcalc {paramcalc.__version__}\n"

    def test_exits_with_a_code_and_one_line(self) -> None:
        done = process("explain", "Conv2D(8)")
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert process("diff", "Dense(4)", "Dense(5)").returncode == 1
        assert process("diff", "Dense(4)", "Dense(4)").returncode == 0

    @pytest.mark.parametrize("arguments", [["--help"], ["summary", "--help"], ["--version"], ["zoo"]])
    def test_writes_the_same_whatever_the_terminal(self, arguments: Sequence[str]) -> None:
        narrow, wide = (process(*arguments, env={"COLUMNS": columns, "FORCE_COLOR": "1"}) for columns in ("20", "200"))
        assert narrow.stdout == wide.stdout
        assert (narrow.returncode, narrow.stderr) == (0, b"")
        assert b"\x1b" not in narrow.stdout

    @pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no terminals")
    def test_writes_the_same_on_a_terminal(self) -> None:
        main_end, terminal = os.openpty()
        done = process("summary", "Dense(4)", "--input-shape", "3", stdout=terminal, stdin=terminal)
        os.close(terminal)
        written = os.read(main_end, 10_000).replace(b"\r\n", b"\n")
        os.close(main_end)
        assert done.returncode == 0
        assert written == process("summary", "Dense(4)", "--input-shape", "3").stdout

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437"])
    def test_writes_plain_signs_where_the_console_has_no_others(self, encoding: str) -> None:
        for arguments in (["summary", "zoo:vgg16"], ["explain", "Pool(3, 2, 'same')", "--input-shape", "28,?,8"]):
            done = process(*arguments, env={"PYTHONIOENCODING": encoding})
            assert (done.returncode, done.stderr) == (0, b"")
            assert done.stdout.decode("ascii").isascii()
        assert "| input (Input)     | (None, 224, 224, 3)   |           0 |" in process(
            "zoo", "vgg16", env={"PYTHONIOENCODING": encoding}
        ).stdout.decode("ascii")

    def test_complains_in_plain_signs(self) -> None:
        done = process("summary", "畳み", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"})
        assert done.returncode == 2
        assert done.stderr.startswith(b"paramcalc: '\\u7573\\u307f' must be a file that can be read, got FileNotFound")

    def test_is_quiet_where_the_pipe_closes(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "paramcalc", "explain", "zoo:resnet50"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=SOURCE,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline().endswith(b"Input((224, 224, 3)) on (224, 224, 3)\n")
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode == 0

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is full")
    def test_says_that_the_disk_is_full(self) -> None:
        with Path("/dev/full").open("wb") as full:
            for arguments in ("zoo", "--help", "--version"):
                done = process(arguments, stdout=full, stderr=subprocess.PIPE)
                assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
                assert b"No space left" in done.stderr

    def test_loads_what_it_needs(self) -> None:
        """Nothing of explanations, differences and formats of others for a table of a layer."""
        code = (
            "import sys; from paramcalc.command_line import main; main(['summary', 'Dense(4)', '--input-shape', '3'])\n"
        )
        done = subprocess.run(  # noqa: S603 (our own code)
            [sys.executable, "-c", f"{code}print(*sys.modules)"], capture_output=True, text=True, check=True, cwd=SOURCE
        )
        loaded = set(done.stdout.splitlines()[-1].split())
        assert "paramcalc.render.text" in loaded
        unneeded = {
            "explain",
            "formula",
            "comparison",
            "difference",
            "zoo",
            "grading",
            "formats.keras",
            "formats.native",
        }
        assert not loaded & {f"paramcalc.{name}" for name in unneeded}
        assert not loaded & {"json", "zipfile", "html", "csv", "numpy", "keras"}
