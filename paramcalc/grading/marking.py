"""Grading: a student's table of shapes and counts against a model.

Knows: how a table is read row by row, what follows from a student's own shapes, and how a cell gets its verdict. Must
not know: any particular mistake, how a report is laid out.

Answers are hostile. Whatever they are and do is a verdict and a sentence, never an error, and no more rows are looked
at than twice as many as there are layers. The teacher's own arguments are refused as anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, zip_longest
from typing import Any, NamedTuple, SupportsFloat, TypeAlias, cast

from paramcalc.arguments import number, rate
from paramcalc.errors import ConfigError, ParamcalcError, nearest, shown, type_name
from paramcalc.evaluation import Placement, placed
from paramcalc.grading.answers import HOSTILE, Given, agrees, given_for, items_of
from paramcalc.grading.diagnosis import Diagnosis, diagnose, table_of
from paramcalc.grading.inside import of_its_own
from paramcalc.grading.mistakes import Mistake
from paramcalc.grading.outcomes import About
from paramcalc.grading.report import CELLS, Cell, GradedRow, Report, Verdict
from paramcalc.grading.sentences import checked_sentences, framed, told_together
from paramcalc.grading.table import MISTAKES
from paramcalc.layers.core import Input
from paramcalc.model import Model
from paramcalc.shapes import Shapes, are_several, as_shapes, one_by_one

Answers: TypeAlias = Iterable[Any]
"""Pairs (output shape, params), or dicts with `output_shape` and `params`; but whatever it is, it is read."""

WeightKey: TypeAlias = "str | tuple[str, str]"

MOST_LAYERS = 50
"""In a longer model, a wrong cell is not explained by mistakes in the layers before."""

MOST_POINTS = 1_000_000_000


def grade(
    model: Model,
    answers: Answers,
    *,
    weights: Mapping[WeightKey, SupportsFloat] | None = None,
    points: SupportsFloat | None = None,
    carried: SupportsFloat = 1,
    mistake: SupportsFloat = 0,
    mistakes: Iterable[Mistake] = MISTAKES,
    sentences: Mapping[str, str] | None = None,
) -> Report:
    """Grades a table of output shapes and parameter counts, as a student fills it in, against a model.

    `answers` holds one row for each layer but an `Input`, in the order of `model.summary()`: a pair
    `(output_shape, params)`, or a dict with these keys, or None. Either answer may be None, for what was left out, and
    be written as `paramcalc.grading.answers` reads it: a bare int is a shape of one axis, the batch may stand before a
    shape, and thousands may be parted.

    A cell is right; or carried, if it follows by the right formula from the student's own wrong shape before; or a
    mistake that is known; or wrong; or missing. Rows are compared in their order. Every row too many costs what a row
    is worth on average; rows that are missing, too many or exchanged are noted in the report.

    All cells weigh the same, unless `weights` has a factor for `"output_shape"` or `"params"`, for a layer by its
    name, or for one cell as `(name, "params")`; what names a cell in several ways is multiplied. `points` is what a
    right table earns, by default the sum of the weights. `carried` and `mistake` are the parts, from 0 to 1, that such
    cells earn. `mistakes` and `sentences` are those of `diagnose`.

    Raises `ConfigError` for a model that is none, does not know its input shape or has nothing to ask about, and for
    wrong arguments; `ShapeError` where an open axis leaves a count open. Whatever the answers are, they raise nothing.

    >>> from paramcalc import Conv1D, Dense, Dropout, Flatten, Input, Pool
    >>> conv = Conv1D(64, 3, padding="same")
    >>> model = Model([Input((41, 1)), conv, Pool(2), Flatten(), Dense(128), Dropout(0.5), Dense(5)])
    >>> rows = [((41, 64), 256), ((21, 64), 0), (1344, 0), (128, "172,160"), (128, 0), (5, 654)]
    >>> report = grade(model, rows)
    >>> [(row.output_shape.verdict, row.params.verdict) for row in report.rows][1:4]
    [('mistake', 'right'), ('carried', 'right'), ('right', 'carried')]
    >>> report.points, report.possible, report.rows[-1].params.diagnoses[0].mistake
    (10.0, 12.0, 'digits_exchanged')
    """
    questions = _questions(model)
    table = table_of(mistakes)
    marker = _Marker(model, {"mistakes": table, "sentences": sentences}, checked_sentences(sentences, table))
    worth = _worth(questions, weights, points)
    credit: dict[Verdict, Fraction] = {
        "right": Fraction(1),
        "carried": _exactly(rate("carried", carried), carried),
        "mistake": _exactly(rate("mistake", mistake), mistake),
        "wrong": Fraction(0),
        "missing": Fraction(0),
    }
    rows, unlike = _handed_in(answers, 2 * len(questions))
    in_order = zip_longest(questions, rows[: len(questions)])
    given = [marker.read(question, row) for question, row in in_order]
    marked = list(marker.marked(questions, given))
    graded = []
    for question, read, verdicts, values in zip(questions, given, marked, worth, strict=True):
        cells = (
            Cell(each.verdict, each.message, right, answer.plain, credit[each.verdict] * value, value, each.diagnoses)
            for each, right, answer, value in zip(verdicts, question.right, read, values, strict=True)
        )
        graded.append(GradedRow(question.name, question.type, *cells))
    wrong = [index for index, verdicts in enumerate(marked) if any(each.verdict != "right" for each in verdicts)]
    notes = tuple(marker.notes(questions, rows, wrong)) if unlike is None else (marker.told("no_table", value=unlike),)
    extra_rows = max(0, len(rows) - len(questions))
    return Report(model.name or model.automatic_name, tuple(graded), notes, extra_rows, of=model)


# The questions


class _Question(NamedTuple):
    """A layer that is asked about, at its place in the model, and the right answers in the order of a row's cells."""

    position: int
    placed: Placement
    right: tuple[Shapes, int]

    @property
    def name(self) -> str:
        return self.placed.name

    def answer(self, about: About) -> Any:
        return self.right[tuple(CELLS).index(about)]

    @property
    def type(self) -> str:
        return type_name(type(self.placed.layer))


def _questions(model: Model) -> list[_Question]:
    if not isinstance(model, Model):
        raise ConfigError("model", "a Model", shown(model), "put a layer into one: Model([layer], in_shape=...)")
    if model.in_shape is None:
        hint = "begin it with an Input, or give in_shape"
        raise ConfigError("model", "one that knows its input shape", "one that does not", hint)
    questions = [
        _Question(position, one, one.tally[:2])
        for position, one in enumerate(placed(model, model.in_shape, {}))
        if not isinstance(one.layer, Input)
    ]
    if not questions:
        raise ConfigError("model", "of at least one layer beside the Input", shown(model))
    return questions


# What they are worth


def _exactly(plain: float, value: object) -> Fraction:
    """The number that was written: 0.1 is a tenth."""
    return value if type(value) is Fraction else Fraction(repr(plain))


def _amount(name: str, value: SupportsFloat) -> Fraction:
    plain = number(name, value, least=0)
    if plain > MOST_POINTS:
        raise ConfigError(name, f"a number from 0 to {MOST_POINTS}", shown(value))
    return _exactly(plain, value)


def _worth(
    questions: Sequence[_Question], weights: Mapping[WeightKey, SupportsFloat] | None, points: SupportsFloat | None
) -> list[list[Fraction]]:
    """The points of each cell, row by row."""
    factors = _factors(questions, weights)
    worth = []
    for question in questions:
        cells = []
        for about in CELLS:
            value = Fraction(1)
            for key in (about, question.name, (question.name, about)):
                value *= factors.get(key, Fraction(1))
            cells.append(value)
        worth.append(cells)
    total = sum((value for cells in worth for value in cells), Fraction(0))
    if not total:
        raise ConfigError("weights", "larger than 0 for some cell", "0 for all")
    if points is None:
        return worth
    wanted = _amount("points", points)
    if not wanted:
        raise ConfigError("points", "larger than 0", shown(points))
    return [[value * wanted / total for value in cells] for cells in worth]


def _factors(
    questions: Sequence[_Question], weights: Mapping[WeightKey, SupportsFloat] | None
) -> dict[WeightKey, Fraction]:
    try:
        given = {} if weights is None else dict(weights)
    except Exception:  # noqa: BLE001 (a foreign mapping may raise anything)
        raise ConfigError("weights", "a mapping of cells to numbers", shown(weights)) from None
    names = [question.name for question in questions]
    cells = {(name, about) for name in names for about in CELLS}
    factors: dict[WeightKey, Fraction] = {}
    for key, value in given.items():
        if key not in CELLS and key not in names and key not in cells:
            expected = "'output_shape', 'params', the name of a layer, or a pair of both"
            raise ConfigError("a key of weights", expected, shown(key), nearest(key, names))
        factors[key] = _amount(f"weights[{shown(key)}]", value)
    return factors


# The answers


def _handed_in(answers: object, most: int) -> tuple[list[object], str | None]:
    """The first rows; and how the answers print, where they are no table."""
    rows: list[object] = []
    try:
        if isinstance(answers, list | tuple):
            plain = list.__iter__(answers) if isinstance(answers, list) else tuple.__iter__(answers)
            return list(islice(plain, most)), None
        if not isinstance(answers, str | bytes | bytearray | dict | set | frozenset):
            for row in islice(cast("Iterable[object]", answers), most):
                rows.append(row)  # noqa: PERF402 (what came before an iterator failed counts)
            return rows, None
    except HOSTILE:
        if rows:
            return rows, None
    return [], shown(answers)


def _may_be(shape: Shapes, right: Shapes) -> bool:
    """Whether a wrong shape is one that a layer can be given, and stands for as many outputs."""
    try:
        as_shapes(shape)
    except ParamcalcError:
        return False
    return are_several(shape) == are_several(right) and len(one_by_one(shape)) == len(one_by_one(right))


# The verdicts


class _Marked(NamedTuple):
    """What became of an answer."""

    verdict: Verdict
    message: str
    diagnoses: tuple[Diagnosis, ...] = ()


class _Marker(NamedTuple):
    """What judges the rows of a table: the model, the options of `diagnose`, and the sentences."""

    model: Model
    options: dict[str, Any]
    texts: Mapping[str, str]

    def told(self, frame: str, **parts: object) -> str:
        return framed(self.texts, frame, **{part: str(value) for part, value in parts.items()})

    def read(self, question: _Question, row: object) -> tuple[Given, Given]:
        """The two answers of a row, without the batch."""
        try:
            if row is None:
                pair: tuple[object, ...] | None = (None, None)
            elif isinstance(row, dict):
                pair = tuple(dict.get(row, about) for about in CELLS)
            else:
                pair = items_of(row)
        except HOSTILE:
            pair = None
        if pair is None or len(pair) != len(CELLS):
            unread = Given(None, shown(row), self.told("no_pair", value=shown(row)))
            return unread, unread
        shape, params = map(given_for, CELLS, pair, question.right)
        return shape, params

    def fits(self, question: _Question, row: object) -> bool:
        """Whether both answers of a row are right for this layer."""
        return all(
            agrees(each.value, right) for each, right in zip(self.read(question, row), question.right, strict=True)
        )

    def marked(
        self, questions: Sequence[_Question], given: Sequence[tuple[Given, Given]]
    ) -> Iterator[tuple[_Marked, _Marked]]:
        """The verdicts, row by row. Whoever has found a wrong shape goes on with it."""
        own: dict[int, Shapes] = {}
        for question, (shape, params) in zip(questions, given, strict=True):
            taken = self.taken(question, own)
            follows = _following(question, taken)
            yield (
                self.verdict(question, "output_shape", shape, follows[0], taken),
                self.verdict(question, "params", params, follows[1], taken),
            )
            right = question.right[0]
            found = shape.value if shape.value is not None and _may_be(shape.value, right) else follows[0]
            # Of a layer with several calls, a row has the shape of the first alone
            if found is not None and not agrees(found, right) and question.position not in self.model._shared:
                own[question.position] = found

    def taken(self, question: _Question, own: Mapping[int, Shapes]) -> Shapes:
        """What goes into a layer where shapes before it are the student's own."""
        one = question.placed
        if not any(position in own for position, _ in one.sources):
            return one.in_shape
        if not self.model.calls:
            return own[question.position - 1]
        shapes = tuple(
            one_by_one(own[position])[output] if position in own else right
            for (position, output), right in zip(one.sources, one_by_one(one.in_shape), strict=True)
        )
        return one.layer._gathered(shapes)

    def verdict(self, question: _Question, about: About, given: Given, follows: Any, taken: Shapes) -> _Marked:
        value, right = given.value, question.answer(about)
        if given.unread:
            return _Marked("wrong", given.unread)
        if value is None:
            return _Marked("missing", self.told("missing"))
        if agrees(value, right):
            return _Marked("right", self.told("right"))
        if follows is not None and agrees(value, follows):
            return _Marked("carried", self.told("carried", value=shown(value), in_shape=shown(taken)))
        found, frame = self.explained(question, about, value), ""
        if not found and follows is not None:
            found, frame = self.explained_on(question, taken, about, value), "made_on_own_shape"
        if not found:
            return _Marked("wrong", self.told("wrong", value=shown(value)))
        message = told_together(self.texts, [diagnosis.message for diagnosis in found])
        return _Marked(
            "mistake", self.told(frame, in_shape=shown(taken), sentence=message) if frame else message, found
        )

    def explained(self, question: _Question, about: About, value: Any) -> tuple[Diagnosis, ...]:
        """The mistakes behind an answer, those in layers before it too, unless the model is too long to look there."""
        if len(self.model) > MOST_LAYERS:
            return diagnose(of_its_own(question.placed), question.placed.in_shape, **{about: value}, **self.options)
        return diagnose(self.model, at=question.position, **{about: value}, **self.options)

    def explained_on(self, question: _Question, taken: Shapes, about: About, value: Any) -> tuple[Diagnosis, ...]:
        """The mistakes in the layer itself that lead to an answer on a student's own input shape."""
        try:
            return diagnose(question.placed.layer, taken, **{about: value}, **self.options)
        except ParamcalcError:  # a mistake of the teacher's need not answer for every shape
            return ()

    # The table as a whole

    def notes(self, questions: Sequence[_Question], rows: Sequence[object], wrong: Sequence[int]) -> Iterator[str]:
        """What is wrong with the number and the order of the rows; `wrong` are those that are not all right."""
        wanted, given = len(questions), len(rows)
        if given < wanted:
            yield self.told("rows_missing", given=given, wanted=wanted)
        if given > wanted:
            yield self.told("rows_too_many", wanted=wanted)
        first = wrong[0] if wrong else wanted
        if given == wanted and len(wrong) == 2:  # noqa: PLR2004 (two change places)
            second = wrong[1]
            if self.fits(questions[first], rows[second]) and self.fits(questions[second], rows[first]):
                yield self.told("rows_exchanged", first=first + 1, second=second + 1)
        if given == wanted - 1 and first < given and all(map(self.fits, questions[first + 1 :], rows[first:])):
            yield self.told("row_left_out", layer=questions[first].name)
        if given == wanted + 1 and all(map(self.fits, questions[first:], rows[first + 1 :])):
            yield self.told("row_put_in", first=first + 1)


def _following(question: _Question, taken: Shapes) -> tuple[Any, Any]:
    """The two answers that follow by the right formula from a student's own input shape; None where none does."""
    layer, in_shape = question.placed.layer, question.placed.in_shape
    if taken == in_shape:
        return None, None
    return _answered(layer.output_shape, taken), _answered(layer.params, taken)


def _answered(method: Callable[[Shapes], Any], in_shape: Shapes) -> Any:
    try:
        return method(in_shape)
    except ParamcalcError:
        return None
