"""What comes out of grading: cells with their verdicts, and the report that they make.

Knows: verdicts and points, and the report as data. Must not know: how a verdict is found, how a table is laid out.

Points are exact fractions inside, so that thirds add up to one, and floats where they are handed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

import attrs

from paramcalc.grading.diagnosis import Diagnosis
from paramcalc.grading.outcomes import About
from paramcalc.model import Model
from paramcalc.shapes import Shapes

Verdict: TypeAlias = Literal["right", "carried", "mistake", "wrong", "missing"]

CELLS: dict[About, str] = {"output_shape": "output shape", "params": "params"}
"""The cells of a row in order, and what a person calls them."""


@attrs.frozen
class Cell:
    """One answer and what became of it.

    Attributes: `verdict`: `"right"`; `"carried"`, which follows by the right formula from the student's own wrong
    shape; `"mistake"`, one that is known; `"wrong"`; or `"missing"`. `message`, for the student, which does not tell
    the right answer. `expected`, the right answer, and `given`, the one that was read, without the batch axis, or as
    it prints where it could not be read, or None. `earned` and `worth`, the points as exact fractions. `diagnoses`,
    of a mistake.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> cell = grade(Model([Dense(10)], in_shape=(84,)), [((10,), 840)]).rows[0].params
    >>> cell.verdict, cell.message, cell.points
    ('mistake', '840 leaves out the biases, 10 in all.', 0.0)
    """

    verdict: Verdict
    message: str
    expected: int | Shapes
    given: int | str | Shapes | None
    earned: Fraction
    worth: Fraction
    diagnoses: tuple[Diagnosis, ...] = ()

    @property
    def points(self) -> float:
        """The points that the answer earns.

        >>> Cell("right", "Right.", 850, 850, Fraction(1), Fraction(1)).points
        1.0
        """
        return float(self.earned)

    @property
    def possible(self) -> float:
        """The points that a right answer earns.

        >>> Cell("wrong", "7 is not right.", 850, 7, Fraction(0), Fraction(1, 2)).possible
        0.5
        """
        return float(self.worth)

    @property
    def hint(self) -> str:
        """What the message says beyond the verdict, or an empty text.

        >>> Cell("wrong", "7 is not right.", 850, 7, Fraction(0), Fraction(1)).hint
        ''
        """
        unread = isinstance(self.given, str)
        return self.message if unread or self.verdict in ("carried", "mistake") else ""

    def to_dict(self) -> dict[str, Any]:
        """The cell as plain values that JSON takes.

        >>> Cell("right", "Right.", (10,), (10,), Fraction(1), Fraction(1)).to_dict()["given"]
        [10]
        """
        return {
            "verdict": self.verdict,
            "points": self.points,
            "possible": self.possible,
            "message": self.message,
            "expected": listed(self.expected),
            "given": listed(self.given),
            "mistakes": [listed(diagnosis.mistake) for diagnosis in self.diagnoses],
        }


def listed(value: Any) -> Any:
    """Tuples as the lists that JSON has.

    >>> listed(((28, 28), (None, 3))), listed(896)
    ([[28, 28], [None, 3]], 896)
    """
    return [listed(item) for item in value] if isinstance(value, tuple) else value


class GradedRow(NamedTuple):
    """The two answers for a layer, whose name and type are those of its row in the summary.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> row = grade(Model([Dense(10)], in_shape=(84,)), [((10,), 850)]).rows[0]
    >>> row.name, row.type, row.output_shape.verdict, row.params.verdict
    ('dense', 'Dense', 'right', 'right')
    """

    name: str
    type: str
    output_shape: Cell
    params: Cell

    @property
    def cells(self) -> Iterator[tuple[About, Cell]]:
        """What each cell is about, and the cell.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> report = grade(Model([Dense(10)], in_shape=(84,)), [((10,), 850)])
        >>> [about for about, _ in report.rows[0].cells]
        ['output_shape', 'params']
        """
        return ((about, getattr(self, about)) for about in CELLS)

    @property
    def is_right(self) -> bool:
        """Whether both answers are right.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> [row.is_right for row in grade(Model([Dense(10), Dense(1)], in_shape=(84,)), [(10, 850), (1, 10)]).rows]
        [True, False]
        """
        return all(cell.verdict == "right" for _, cell in self.cells)


class Mismatch(NamedTuple):
    """One thing that is not as it should be, as plain values that JSON takes.

    Attributes: `layer`, its name or what it is; `about`, such as `"params"`; `expected`, None where it is hidden;
    `actual`; `hint`, a sentence or an empty text; `mistake`, the name of the likeliest mistake, or the two names of a
    pair, or None.

    >>> Mismatch("conv2d", "params", 896, 864).told()
    'params of conv2d must be 896, got 864'
    """

    layer: str
    about: str
    expected: Any
    actual: Any
    hint: str = ""
    mistake: str | tuple[str, str] | None = None

    def told(self) -> str:
        """What is wrong, in one sentence, and the hint.

        >>> Mismatch("conv2d", "params", None, 864, "864 leaves out the biases, 32 in all.").told()
        'params of conv2d must not be 864; 864 leaves out the biases, 32 in all.'
        """
        got = "nothing" if self.actual is None else self.actual
        said = f"must not be {got}" if self.expected is None else f"must be {self.expected}, got {got}"
        return f"{self.about} of {self.layer} {said}" + (f"; {self.hint}" if self.hint else "")


@attrs.frozen(repr=False)
class Report:
    """A graded table: one row for each layer but the Input, and notes on the table as a whole.

    Attributes: `name`, of the model; `rows`; `notes`, sentences on rows that are missing, too many or exchanged;
    `extra_rows`, how many rows there are too many, counted up to the number of layers. Each of them costs what a row
    is worth on average; by `of`, the model, and `reveals`, whether a notebook is to show more than a student may see,
    see `revealed`. As text it is a table of what was given, with points and messages; it never tells a right answer.

    >>> from paramcalc import Dense, Model
    >>> from paramcalc.grading import grade
    >>> print(grade(Model([Dense(4), Dense(3)], in_shape=(3,)), [(4, 16), (3, 12)]))
    Grade of "model": 3 of 4 points
    ┏━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━┳━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━┓
    ┃ Layer (type)    ┃ Output Shape ┃       ┃ Param # ┃         ┃ Points ┃
    ┡━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━╇━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━┩
    │ dense (Dense)   │ (4,)         │ right │      16 │ right   │ 2 of 2 │
    ├─────────────────┼──────────────┼───────┼─────────┼─────────┼────────┤
    │ dense_1 (Dense) │ (3,)         │ right │      12 │ mistake │ 1 of 2 │
    └─────────────────┴──────────────┴───────┴─────────┴─────────┴────────┘
     dense_1, params: 12 leaves out the biases, 3 in all.
    """

    name: str
    rows: tuple[GradedRow, ...]
    notes: tuple[str, ...] = ()
    extra_rows: int = 0
    _of: Model | None = attrs.field(default=None, alias="of", eq=False)
    reveals: bool = False

    def __repr__(self) -> str:
        return f"<Report, {self.points:g} of {self.possible:g} points: print it>"

    @property
    def revealed(self) -> Report:
        """The same report for whoever grades: in a notebook it opens to the right answers and where they come from.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> report = grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)])
        >>> ["(84 + 1) × 10" in each._repr_html_() for each in (report, report.revealed)]
        [False, True]
        """
        return attrs.evolve(self, reveals=True)

    @property
    def earned(self) -> Fraction:
        """The points, exactly.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [(10, 850)], points=1).earned
        Fraction(1, 1)
        """
        earned = sum((cell.earned for row in self.rows for _, cell in row.cells), Fraction(0))
        return max(Fraction(0), earned - self.extra_rows * self.worth / len(self.rows))

    @property
    def worth(self) -> Fraction:
        """The points that a right table earns, exactly.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), []).worth
        Fraction(2, 1)
        """
        return sum((cell.worth for row in self.rows for _, cell in row.cells), Fraction(0))

    @property
    def points(self) -> float:
        """The points that the table earns.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [(10, 7)], points=5).points
        2.5
        """
        return float(self.earned)

    @property
    def possible(self) -> float:
        """The points that a right table earns.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [], points=5).possible
        5.0
        """
        return float(self.worth)

    @property
    def score(self) -> float:
        """The part of the possible points that is earned, from 0 to 1.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [(10, 7)]).score
        0.5
        """
        return float(self.earned / self.worth)

    @property
    def is_right(self) -> bool:
        """Whether every cell is right, and there are as many rows as layers.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> model = Model([Dense(10)], in_shape=(84,))
        >>> grade(model, [(10, 850)]).is_right, grade(model, [(10, 850), (10, 110)]).is_right
        (True, False)
        """
        return not self.notes and all(row.is_right for row in self.rows)

    @property
    def messages(self) -> tuple[str, ...]:
        """Whatever a student is to be told: the notes, and the message of every cell that is not right.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)]).messages
        ('dense, params: 840 leaves out the biases, 10 in all.',)
        """
        return self.notes + tuple(
            f"{row.name}, {CELLS[about]}: {cell.message}"
            for row in self.rows
            for about, cell in row.cells
            if cell.verdict != "right"
        )

    def mismatches(self, *, reveal: bool = True) -> tuple[Mismatch, ...]:
        """Every cell that is not right; unless `reveal`, without the right answers.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)]).mismatches()[0].mistake
        'no_bias'
        """
        return tuple(
            Mismatch(
                row.name,
                CELLS[about],
                cell.expected if reveal else None,
                cell.given,
                cell.hint,
                cell.diagnoses[0].mistake if cell.diagnoses else None,
            )
            for row in self.rows
            for about, cell in row.cells
            if cell.verdict != "right"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values that JSON takes; it holds the right answers.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> report = grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)]).to_dict()
        >>> report["score"], report["rows"][0]["params"]["mistakes"]
        (0.5, ['no_bias'])
        """
        return {
            "name": self.name,
            "score": self.score,
            "points": self.points,
            "possible": self.possible,
            "notes": list(self.notes),
            "extra_rows": self.extra_rows,
            "rows": [
                {"name": row.name, "type": row.type, **{about: cell.to_dict() for about, cell in row.cells}}
                for row in self.rows
            ],
        }

    def to_gradescope(self) -> dict[str, Any]:
        """What Gradescope reads from `results.json`: a test for each cell, and the score in points.

        It holds no right answers, because Gradescope shows it to students.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> results = grade(Model([Dense(10)], in_shape=(84,)), [(10, 840)]).to_gradescope()
        >>> results["score"], results["tests"][1]["name"], results["tests"][1]["output"]
        (1.0, 'dense (Dense): params', '840 leaves out the biases, 10 in all.')
        """
        return {
            "score": self.points,
            "output": "\n".join(self.notes),
            "tests": [
                {
                    "name": f"{row.name} ({row.type}): {CELLS[about]}",
                    "score": cell.points,
                    "max_score": cell.possible,
                    "status": "passed" if cell.verdict in ("right", "carried") else "failed",
                    "output": cell.message,
                }
                for row in self.rows
                for about, cell in row.cells
            ],
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self) -> str:
        """The table as text.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> print(grade(Model([Dense(10)], in_shape=(84,)), []).to_text().splitlines()[0])
        Grade of "model": 0 of 2 points
        """
        from paramcalc.render.text import report_as_text  # a report is often read as data alone

        return report_as_text(self)

    def to_markdown(self) -> str:
        """The table in Markdown, and the messages as a list.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> print(grade(Model([Dense(10)], in_shape=(84,)), [(10, 850)]).to_markdown())
        **Grade of "model": 2 of 2 points**
        <BLANKLINE>
        | Layer (type) | Output Shape |  | Param # |  | Points |
        | :--- | :--- | :--- | ---: | :--- | :--- |
        | dense (Dense) | (10,) | right | 850 | right | 2 of 2 |
        """
        from paramcalc.render.markdown import report_as_markdown

        return report_as_markdown(self)

    def to_html(self) -> str:
        """The table in HTML, with the messages in its foot. Every text is escaped.

        >>> from paramcalc import Dense, Model
        >>> from paramcalc.grading import grade
        >>> grade(Model([Dense(10)], in_shape=(84,)), []).to_html().splitlines()[1]
        '<caption>Grade of &quot;model&quot;: 0 of 2 points</caption>'
        """
        from paramcalc.render.html import report_as_html

        return report_as_html(self)

    def _repr_html_(self) -> str:
        from paramcalc.render.notebook import report_in_notebook

        return report_in_notebook(self, self._of)

    def __rich_console__(self, console: object, options: object) -> Iterator[object]:
        from paramcalc.render.rich import report_in_rich

        yield report_in_rich(self)
