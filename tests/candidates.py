"""Candidates of a search, in a module of their own: a process that is started anew imports it by its name."""

from __future__ import annotations

from typing import Any

from paramcalc import Conv2D, Dense, Flatten, Input, Model, ParamcalcError, Pool


def counted(choice: tuple[int, int, int]) -> tuple[Any, ...]:
    """The numbers of a candidate, or why it has none."""
    filters, kernel_size, units = choice
    try:
        model = Model([Input((8, 8, 3)), Conv2D(filters, kernel_size), Pool(2), Flatten(), Dense(units)])
    except ParamcalcError as error:
        return choice, str(error)
    return choice, model.params(), model.macs(), model.summary().total_params, len(model.explain().steps)


CHOICES = [(filters, kernel_size, units) for filters in range(5) for kernel_size in range(1, 10) for units in (1, 2)]
