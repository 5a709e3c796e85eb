"""A reader of printed formulas that shares nothing with their printer."""

from __future__ import annotations

import math
import re
from fractions import Fraction

_ALLOWED = re.compile(r"(?:\d+|[()⌊⌋⌈⌉+−×/, ]|max\(|min\()+")
_PYTHON = {"×": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}


def evaluated(numbers: str) -> Fraction:
    """What a formula in numbers comes to, in exact arithmetic; an AssertionError where it is written otherwise."""
    assert _ALLOWED.fullmatch(numbers), numbers
    code = re.sub(r"\d+", r"Fraction(\g<0>)", numbers)
    for printed, python in _PYTHON.items():
        code = code.replace(printed, python)
    scope = {"Fraction": Fraction, "floor": math.floor, "ceil": math.ceil, "max": max, "min": min, "__builtins__": {}}
    return Fraction(eval(code, scope))  # noqa: S307 (only what the pattern above lets through)
