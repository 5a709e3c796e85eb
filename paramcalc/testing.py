"""Assertions for test suites and autograders, in the manner of numpy.testing.

>>> from paramcalc import Conv2D
>>> from paramcalc.testing import WrongAnswerError, assert_params
>>> assert_params(Conv2D(32, 3), (32, 32, 3), 896)
>>> try:
...     assert_params(Conv2D(32, 3), (32, 32, 3), 864)
... except WrongAnswerError as error:
...     print(error)
params of Conv2D(32, 3) on (32, 32, 3) must be 896, got 864; 864 leaves out the biases, 32 in all.

Knows: how a wrong answer becomes an error whose message teaches. Must not know: how an answer is judged.

A function returns None where all is right, prints nothing and warns of nothing. What a student has wrong is a
`WrongAnswerError`, which is an `AssertionError`; what the teacher has wrong is a `ConfigError` or `ShapeError`, as
anywhere. With `reveal=False` the right answers are neither in the error nor in anything that hangs on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from paramcalc.arguments import flag
from paramcalc.errors import ConfigError, ParamcalcError, printable, shown
from paramcalc.grading.answers import agrees, given_for
from paramcalc.grading.diagnosis import asked, diagnose, table_of
from paramcalc.grading.marking import Answers, grade
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.outcomes import About
from paramcalc.grading.report import CELLS, Mismatch
from paramcalc.grading.sentences import checked_sentences, told_together
from paramcalc.grading.table import MISTAKES
from paramcalc.layers.base import Layer
from paramcalc.model import Model
from paramcalc.shapes import ShapesLike

__all__ = [
    "WrongAnswerError",
    "assert_fixture",
    "assert_output_shape",
    "assert_params",
    "assert_same_architecture",
    "assert_summary",
]

_MOST_TOLD = 20
_LONGEST_LINE = 2_000


class WrongAnswerError(AssertionError):
    """What a student has wrong; the message says all of it.

    Attributes: `mismatches`, one for each wrong answer, and `notes`, sentences on what is wrong beside them, such as
    the number of rows. Of the first mismatch, or None: `layer`, `expected`, `actual`, `hint` and `mistake`, as
    `paramcalc.grading.Mismatch` describes them. All are plain values that JSON takes, and the error can be pickled.

    >>> error = WrongAnswerError([Mismatch("dense", "params", 0, 8)])
    >>> str(error), error.expected
    ('params of dense must be 0, got 8', 0)
    """

    def __init__(self, mismatches: Iterable[Mismatch], notes: Iterable[str] = ()) -> None:
        self.mismatches = tuple(mismatches)
        self.notes = tuple(notes)
        first = self.mismatches[0] if self.mismatches else Mismatch("", "", None, None, " ".join(self.notes))
        self.layer = first.layer or None
        self.expected = first.expected
        self.actual = first.actual
        self.hint = first.hint
        self.mistake = first.mistake
        told = [*self.notes, *(mismatch.told() for mismatch in self.mismatches[:_MOST_TOLD])]
        left_out = len(self.mismatches) - _MOST_TOLD
        if left_out > 0:
            told.append(f"and {left_out} more")
        super().__init__("\n".join(_line(sentence) for sentence in told))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mismatches, self.notes)


def _line(text: str) -> str:
    line = printable(text[: _LONGEST_LINE + 1])
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def assert_params(
    layer: Layer,
    in_shape: ShapesLike | None,
    answer: object,
    *,
    reveal: bool = True,
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> None:
    """Raises `WrongAnswerError` unless `answer` is the number of parameters of a layer on an input of this shape.

    The answer may be written in any form that `paramcalc.grading.answers` reads. For a `Model` that knows its input
    shape, `in_shape` may be None. `mistakes` and `sentences` are those of `paramcalc.grading.diagnose`.

    Raises `ConfigError` and `ShapeError` for what the teacher has wrong.

    >>> from paramcalc import Dense
    >>> assert_params(Dense(10), (84,), 850)
    >>> assert_params(Dense(10), (84,), 7)
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: params of Dense(10) on (84,) must be 850, got 7
    >>> assert_params(Dense(10), (84,), 7, reveal=False)
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: params of Dense(10) on (84,) must not be 7
    """
    __tracebackhide__ = True
    _assert_one("params", layer, in_shape, answer, reveal, mistakes, sentences)


def assert_output_shape(
    layer: Layer,
    in_shape: ShapesLike | None,
    answer: object,
    *,
    reveal: bool = True,
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> None:
    """Raises `WrongAnswerError` unless `answer` is the output shape of a layer on an input of this shape.

    The answer may begin with None for the batch, or not. Else as `assert_params`.

    >>> from paramcalc import Pool
    >>> assert_output_shape(Pool(2), (41, 64), (None, 20, 64))
    >>> assert_output_shape(Pool(2), (41, 64), (7, 64))
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: output shape of Pool(2) on (41, 64) must be (20, 64), got (7, 64)
    """
    __tracebackhide__ = True
    _assert_one("output_shape", layer, in_shape, answer, reveal, mistakes, sentences)


def assert_summary(
    model: Model,
    answers: Answers,
    *,
    reveal: bool = True,
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> None:
    """Raises `WrongAnswerError` unless `answers` are the output shape and the parameters of every layer of a model.

    The answers are those of `paramcalc.grading.grade`: a pair for each layer but an `Input`. What follows from a wrong
    shape is not right either, and the hint says so.

    >>> from paramcalc import Dense, Model
    >>> model = Model([Dense(4), Dense(3)], in_shape=(3,))
    >>> assert_summary(model, [(4, 16), (3, 15)])
    >>> assert_summary(model, [(4, 16), (3, 12)])
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: params of dense_1 must be 15, got 12; 12 leaves out the biases, 3 in all.
    """
    __tracebackhide__ = True
    table = table_of(mistakes)
    _checked(reveal, table, sentences)
    report = grade(model, answers, mistakes=table, sentences=sentences)
    if not report.is_right:
        raise WrongAnswerError(report.mismatches(reveal=reveal), report.notes)


def assert_fixture(model: object, fixture: object, *, reveal: bool = True) -> None:
    """Raises `WrongAnswerError` unless a model is the one that a course's fixture describes.

    `model` is a `Model`, or whatever `from_keras` reads, such as a student's live Keras model; one that cannot be read
    is wrong. `fixture` is a list of `[class name, (None, …) shape, params, extras …]` with one row for each layer.
    All differences are collected. Raises `ConfigError`, with the path in it, for a fixture that is not in the form.

    >>> from paramcalc import Dense, Model
    >>> model = Model([Dense(10, "relu")], in_shape=(84,))
    >>> assert_fixture(model, [["Dense", (None, 10), 850, "relu"]])
    >>> assert_fixture(model, [["Dense", (None, 10), 850, "softmax"]])
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: activation of dense must be softmax, got relu
    """
    __tracebackhide__ = True
    from paramcalc.grading.fixtures import fixture_mismatches, read_fixture  # few have one: loaded for those

    flag("reveal", reveal)
    wanted = read_fixture(fixture)
    found = _of_model(model, lambda read: fixture_mismatches(read, wanted))
    if found:
        raise WrongAnswerError(each if reveal else each._replace(expected=None) for each in found)


def assert_same_architecture(
    model: object, reference: Model, *, ignore: Iterable[str] = ("name",), reveal: bool = True
) -> None:
    """Raises `WrongAnswerError` unless a model is built as the reference is.

    `model` is a `Model`, or whatever `from_keras` reads, such as a student's live Keras model; one that cannot be read
    is wrong. What is compared, and what `ignore` may name, are as for `diff`: names do not count unless `ignore` leaves
    them out, and `("name", "activation", "rate")` lets activations and the rates of dropout be any. All differences
    are collected. Raises `ConfigError` for a reference that is no model, and for a wrong `ignore`.

    >>> from paramcalc import Dense, Dropout, Model
    >>> reference = Model([Dense(10, "relu"), Dropout(0.5), Dense(2)], in_shape=(84,))
    >>> student = Model([Dense(12), Dropout(0.2), Dense(2, name="last")], in_shape=(84,))
    >>> assert_same_architecture(student, reference, ignore=["name", "activation", "rate", "params", "output_shape"])
    Traceback (most recent call last):
    paramcalc.testing.WrongAnswerError: units of dense must be 10, got 12
    """
    __tracebackhide__ = True
    from paramcalc.comparison import diff, names_to_ignore  # most assertions are about answers: loaded for models

    flag("reveal", reveal)
    ignored = names_to_ignore(ignore)
    diff(reference, reference, ignore=ignored)  # what is wrong here is the teacher's
    rows = _of_model(model, lambda read: diff(reference, read, ignore=ignored).to_dict()["rows"])
    notes, found = [], []
    for row in rows:
        what = f"{shown(row['name'])} ({row['type']})"
        if row["kind"] == "removed":
            notes.append(f"a layer is missing, {what}" if reveal else "a layer is missing")
        elif row["kind"] == "added":
            notes.append(f"a layer is one too many, {what}")
        else:
            found += [
                Mismatch(row["name"], change["field"], change["first"] if reveal else None, change["second"])
                for change in row["changes"]
            ]
    if notes or found:
        raise WrongAnswerError(found, notes)


def _of_model(model: object, asked_of: Callable[[Model], Any]) -> Any:
    """What a student's model answers; one that cannot be read is wrong."""
    __tracebackhide__ = True
    from paramcalc.formats.keras.read import from_keras  # most assertions are about answers: loaded for models

    try:
        return asked_of(model if isinstance(model, Model) else from_keras(model))
    except ParamcalcError as error:
        unread = str(error)
    raise WrongAnswerError((), [unread])


def _checked(reveal: bool, table: tuple[Mistake, ...], sentences: Mapping[str, str] | None) -> Mapping[str, str]:
    """The sentences, which must not tell what is not to be revealed."""
    texts = checked_sentences(sentences, table)
    telling = [name for name, text in texts.items() if "{right}" in text]
    if not flag("reveal", reveal) and telling:
        raise ConfigError(f"sentences[{shown(telling[0])}]", "without {right} where reveal is False", texts[telling[0]])
    return texts


def _assert_one(
    about: About,
    layer: Layer,
    in_shape: ShapesLike | None,
    answer: object,
    reveal: bool,
    mistakes: Iterable[Mistake],
    sentences: Mapping[str, str] | None,
) -> None:
    __tracebackhide__ = True
    table = table_of(mistakes)
    texts = _checked(reveal, table, sentences)
    question = asked(layer, in_shape)
    right = question.answer(about)
    given = given_for(about, answer, right)
    if agrees(given.value, right):
        return
    hint, mistake = given.unread, None
    if given.value is not None:
        options: dict[str, Any] = {about: given.value, "mistakes": table, "sentences": sentences}
        found = diagnose(question.layer, question.in_shape, **options)
        if found:
            hint, mistake = told_together(texts, [each.message for each in found]), found[0].mistake
    subject = f"{shown(layer)} on {shown(question.in_shape)}"
    raise WrongAnswerError([Mismatch(subject, CELLS[about], right if reveal else None, given.plain, hint, mistake)])
