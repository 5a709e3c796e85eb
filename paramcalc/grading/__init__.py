"""Wrong answers and the mistakes behind them.

>>> from paramcalc import Conv2D
>>> from paramcalc.grading import diagnose
>>> for diagnosis in diagnose(Conv2D(32, 3), (32, 32, 3), params=864):
...     print(diagnosis.mistake, "-", diagnosis.message)
no_bias - 864 leaves out the biases, 32 in all.

Knows: the public names, and the file that each is in. Must not load one before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paramcalc.grading.diagnosis import Diagnosis, diagnose
    from paramcalc.grading.fixtures import to_fixture
    from paramcalc.grading.marking import grade
    from paramcalc.grading.mistakes import Mistake
    from paramcalc.grading.outcomes import Example, Reading
    from paramcalc.grading.quiz import Exercise, distractors, exercise
    from paramcalc.grading.report import Cell, GradedRow, Mismatch, Report
    from paramcalc.grading.sentences import SENTENCES
    from paramcalc.grading.table import MISTAKES

__all__ = [
    "MISTAKES",
    "SENTENCES",
    "Cell",
    "Diagnosis",
    "Example",
    "Exercise",
    "GradedRow",
    "Mismatch",
    "Mistake",
    "Reading",
    "Report",
    "diagnose",
    "distractors",
    "exercise",
    "grade",
    "to_fixture",
]
_HOMES = {
    "diagnosis": ("Diagnosis", "diagnose"),
    "fixtures": ("to_fixture",),
    "marking": ("grade",),
    "mistakes": ("Mistake",),
    "outcomes": ("Example", "Reading"),
    "quiz": ("Exercise", "distractors", "exercise"),
    "report": ("Cell", "GradedRow", "Mismatch", "Report"),
    "sentences": ("SENTENCES",),
    "table": ("MISTAKES",),
}


def __getattr__(name: str) -> Any:
    for home, own in _HOMES.items():
        if name in own:
            value = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
