"""What is fuzzed: for each way in which data of strangers comes in, a function from bytes that checks what is promised.

Knows: what the page on files promises, and how bytes stand for what is handed in. Must not know: who makes the bytes;
that is Hypothesis or the corpus in `test_targets.py`, and libFuzzer in `fuzzing.py`.

A target answers with nothing, whatever the bytes are, or raises: an AssertionError, `Overworked`, or whatever escaped.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from evaluation import evaluated
from test_errors import Hostile, Loud

import paramcalc
from paramcalc import (
    GAP,
    LSTM,
    Add,
    BatchNorm,
    Bidirectional,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    Model,
    MultiHeadAttention,
    ParamcalcError,
    Pool,
    diff,
    from_keras,
    to_keras,
)
from paramcalc.command_line import DIFFERENT, WRONG, main
from paramcalc.formats.written import layer_from_text
from paramcalc.grading import diagnose, grade, to_fixture
from paramcalc.shapes import one_by_one
from paramcalc.testing import WrongAnswerError, assert_fixture, assert_same_architecture, assert_summary

NAMES = vars(paramcalc) | {name: getattr(paramcalc, name) for name in paramcalc.__all__}


# Work


class Overworked(BaseException):
    """More was done than input of such a size may ask for. No handler of the library's may take it for an error."""


@contextlib.contextmanager
def working(most_calls: int) -> Iterator[None]:
    """Lets so many functions be called, of Python and of C, and raises `Overworked` beyond: a clock that never errs."""
    left = most_calls
    # Where the fuzzer is, C is called for every branch that is taken
    counted = ("call",) if "atheris" in sys.modules else ("call", "c_call")

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal left
        if event in counted:
            left -= 1
            if left < 0:
                raise Overworked(f"more than {most_calls} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
    if left < 0:
        raise Overworked(f"more than {most_calls} calls")


def calls_in(ask: Callable[[], object]) -> int:
    """How many functions are called until it answers."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        ask()
    finally:
        sys.setprofile(before)
    return calls


def tried(ask: Callable[[], Any]) -> Any:
    """The answer, or the library's own error where it refuses, which is short and prints."""
    try:
        return ask()
    except ParamcalcError as error:
        assert len(str(error)) <= 2_000
        assert str(error).isprintable()
        return error


def is_answer(found: object) -> bool:
    return not isinstance(found, ParamcalcError)


# Models that were read


def check_read(read: Callable[[], Any]) -> None:
    """What is read is a model that keeps all promises."""
    model = tried(read)
    if is_answer(model):
        check_model(model)


def check_model(model: Model) -> None:
    """A model comes back from all that writes it; its numbers are plain; all that shows it does, or refuses."""
    plain = tried(model.to_dict)
    if is_answer(plain):
        assert Model.from_dict(json.loads(json.dumps(plain, allow_nan=False))) == model
    if depth_of(model) <= DEEPEST_TEXT:
        assert eval(repr(model), dict(NAMES)) == model  # noqa: S307 (our own text)
    again = pickle.loads(pickle.dumps(model))  # noqa: S301 (made here)
    assert again == model
    assert hash(again) == hash(model)
    written = tried(lambda: to_keras(model))
    if is_answer(written):
        params, own = tried(from_keras(written).params), tried(model.params)
        assert not is_answer(params) or params == own
    check_numbers(model)
    for show in (
        model._repr_html_,
        model.to_svg,
        model.to_mermaid,
        model.to_dot,
        lambda: model.to_dot(depth=None),
        lambda: assert_fixture(model, to_fixture(model)),
        lambda: diff(model, model).to_html(),
    ):
        tried(show)
    assert not tried(lambda: diff(model, model)) or not is_answer(tried(lambda: diff(model, model)))


DEEPEST_TEXT = 20
"""With layers deeper in each other, Python's own parser may not take the brackets around them."""


def depth_of(layer: object) -> int:
    """How deep layers and lists stand in each other."""
    inner = [value for _, value in layer._said()] if isinstance(layer, Layer) else layer
    return 1 + max(map(depth_of, inner), default=0) if isinstance(inner, list | tuple) else 0


def check_numbers(model: Model) -> None:
    """Counts are ints from 0, shapes are tuples of ints and None, and what tables and explanations say is the same."""
    params, shapes = tried(model.params), tried(model.output_shape)
    if is_answer(params):
        assert type(params) is int
        assert params >= 0
    for cost in (tried(model.macs), tried(model.connections)):
        assert not is_answer(cost) or cost is None or (type(cost) is int and cost >= 0)
    for shape in one_by_one(shapes) if is_answer(shapes) else ():
        assert type(shape) is tuple
        assert all(axis is None or (type(axis) is int and axis > 0) for axis in shape)
    for depth in (1, None):
        summary = tried(lambda: model.summary(depth=depth))  # noqa: B023 (asked at once)
        if is_answer(summary):
            assert summary.total_params == params
            assert 0 <= summary.trainable_params <= params
            for write in (summary.to_text, summary.to_markdown, summary.to_html, summary.to_latex, summary.to_csv):
                write()
            json.dumps(summary.to_dict(), allow_nan=False)
    explanation = tried(model.explain)
    if is_answer(explanation):
        assert all(step.value is None or step.value == evaluated(step.numbers) for step in explanation.steps)
        for write in (explanation.to_text, explanation.to_markdown, explanation.to_latex, explanation._repr_html_):
            write()
        json.dumps(explanation.to_dict(), allow_nan=False)


def keras(data: bytes) -> None:
    """A text that someone calls a model of Keras."""
    text = data.decode("utf-8", "replace")
    if text.lstrip()[:1] in ("{", "["):
        check_read(lambda: from_keras(text))


def archive(data: bytes) -> None:
    """A file that someone calls a model of Keras: JSON, an archive, or anything."""
    with tempfile.NamedTemporaryFile(suffix=".keras") as file:
        file.write(data)
        file.flush()
        check_read(lambda: from_keras(Path(file.name)))


def native(data: bytes) -> None:
    """Data that someone calls a description of ours."""
    described = plain_data(data)
    if described is not None:
        check_read(lambda: Model.from_dict(described))


def plain_data(data: bytes) -> Any:
    """What a text of JSON holds, NaN and all, or None."""
    try:
        return json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


# Layers as text


def written(data: bytes) -> None:
    """A text that someone calls a layer."""
    text = data.decode("utf-8", "replace")
    layer = tried(lambda: layer_from_text(text))
    if not is_answer(layer):
        return
    if depth_of(layer) <= DEEPEST_TEXT:
        assert layer_from_text(repr(layer)) == layer == eval(repr(layer), dict(NAMES))  # noqa: S307 (our own text)
    for shape in SHAPES:
        model = tried(lambda: Model([layer], in_shape=shape))  # noqa: B023 (asked at once)
        if is_answer(model):
            check_numbers(model)


SHAPES: tuple[Any, ...] = ((16, 16, 4), (12, 6), (8,), (), (None, 6), ((6, 4), (6, 4)))
"""Input shapes of which most layers take one."""


# What students hand in


def _drawn() -> Model:
    x, y = Input((8, 8, 3))(), Input((8, 8, 3))()
    shared = Conv2D(3, 3, padding="same").place()
    joined = Concatenate()(Add()(shared(x), shared(y)), BatchNorm()(x))
    return Model(inputs=[x, y], outputs=[Dense(2)(GAP()(joined)), joined])


ASKED_ABOUT: tuple[Model, ...] = (
    Model([Conv2D(8, 3, strides=2), Pool(2), Dropout(0.5), Flatten(), Dense(10)], in_shape=(29, 29, 3)),
    Model([Embedding(50, 6), Bidirectional(LSTM(4, return_sequences=True)), LSTM(3), Dense(1)], in_shape=(12,)),
    _drawn(),
    Model([Input((6, 8)), MultiHeadAttention(2, 4), Model([Dense(4), Dense(8)], name="inner")]),
    Model([Dense(5), Conv2D(4, 3)], in_shape=(None, None, 1)),
)

STRANGE: tuple[Any, ...] = (
    float("nan"), b"\xff", object(), Hostile(), Loud("x"), [Hostile()] * 2, {1, 2}, np.int64(3), np.array([3, 4]),
    np.array([None, "x"], dtype=object), 10**5_000, "9" * 5_000, range(10**12), iter([]), Model, lambda: 0,
)  # fmt: skip


STRANGE_WITHIN = 100
"""How deep in lists and objects something else may stand: what is deeper is handed in as JSON has it."""


def handed_in(value: Any, depth: int = 0) -> Any:
    """What data of JSON stands for: {"tuple": [...]} for a tuple, {"set": [...]} for a set, {"strange": 3} for that."""
    if depth == STRANGE_WITHIN or not isinstance(value, list | dict):
        return value
    if isinstance(value, list):
        return [handed_in(each, depth + 1) for each in value]
    if len(value) == 1:
        ((kind, inner),) = value.items()
        if kind == "tuple" and isinstance(inner, list):
            return tuple(handed_in(each, depth + 1) for each in inner)
        if kind == "set" and isinstance(inner, list):
            return {each for each in inner if not isinstance(each, list | dict)}
        if kind == "strange" and isinstance(inner, int):
            return STRANGE[inner % len(STRANGE)]
    return {name: handed_in(each, depth + 1) for name, each in value.items()}


def _case(data: bytes) -> tuple[Any, dict[str, Any]]:
    """The model that is asked about, and what stands beside it; what is no case is one about nothing."""
    case = plain_data(data)
    case = case if isinstance(case, dict) else {}
    number = case.get("model")
    if isinstance(number, dict):
        return handed_in(number), case
    return ASKED_ABOUT[number % len(ASKED_ABOUT) if isinstance(number, int) else 0], case


def answers(data: bytes) -> None:
    """A table of answers and two answers about one layer: {"model": 0, "table": …, "at": …, "shape": …, "count": …}."""
    model, case = _case(data)
    if not isinstance(model, Model):
        return
    report = grade(model, handed_in(case.get("table")))
    assert 0 <= report.score <= 1
    assert report.is_right <= (report.score == 1)
    for write in (report.to_text, report.to_markdown, report.to_html):
        write()
    for plain in (report.to_dict(), report.to_gradescope()):
        json.dumps(plain, allow_nan=False)
    check_assertion(lambda: assert_summary(model, handed_in(case.get("table")), reveal=False))
    at, shape, count = case.get("at"), handed_in(case.get("shape")), handed_in(case.get("count"))
    found = tried(lambda: diagnose(model, at=at, output_shape=shape, params=count))
    if (shape is not None or count is not None) and (at is None or is_answer(tried(lambda: model[at]))):
        assert all(0 < len(diagnosis.message) <= 2_000 for diagnosis in found)


def fixtures(data: bytes) -> None:
    """A student's model against a fixture and a reference: {"model": 0 or what Keras describes, "fixture": …}."""
    model, case = _case(data)
    check_assertion(lambda: assert_fixture(model, handed_in(case.get("fixture"))))
    check_assertion(lambda: assert_same_architecture(model, ASKED_ABOUT[0]))


def check_assertion(check: Callable[[], object]) -> None:
    """What is wrong is said in lines that are not endless, and in plain values."""
    try:
        tried(check)
    except WrongAnswerError as error:
        json.dumps(error.mismatches, allow_nan=False)
        assert all(len(line) <= 2_001 for line in str(error).split("\n"))


# The command line


def command(data: bytes) -> None:
    """A command line: {"arguments": [...], "stdin": "..."}."""
    case = plain_data(data)
    if not isinstance(case, dict) or not isinstance(case.get("arguments"), list):
        return
    arguments = [each for each in case["arguments"] if isinstance(each, str)]
    stdin = case.get("stdin")
    typed = stdin if isinstance(stdin, str) else json.dumps(stdin)
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for encoding in ("utf-8", "ascii")]
    kept = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode("utf-8", "replace")))
    try:
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            code = main(arguments)
    finally:
        sys.stdin = kept
    out, complaint = (stream.buffer.getvalue().decode(stream.encoding) for stream in streams)
    assert code in (0, WRONG, DIFFERENT), complaint
    assert "a mistake of paramcalc" not in complaint, complaint
    assert complaint.count("\n") == (code == WRONG), complaint
    assert not (complaint and out), complaint


class Target(NamedTuple):
    """What is fuzzed: the function, and how many calls are allowed, in all and for each byte."""

    check: Callable[[bytes], None]
    calls: int
    calls_for_a_byte: int

    def __call__(self, data: bytes) -> None:
        with working(self.calls + self.calls_for_a_byte * len(data)):
            self.check(data)


TARGETS = {
    "keras": Target(keras, 300_000, 2_000),
    "archive": Target(archive, 500_000, 2_000_000),  # a byte unpacks to a thousand
    "native": Target(native, 500_000, 2_000),
    "written": Target(written, 500_000, 5_000),
    "answers": Target(answers, 5_000_000, 5_000),  # a wrong answer is explained by all mistakes, and pairs of them
    "fixtures": Target(fixtures, 200_000, 1_000),
    "command": Target(command, 5_000_000, 2_000),  # a name may stand for a large network
}
