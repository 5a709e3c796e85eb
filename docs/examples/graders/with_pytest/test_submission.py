"""Run by `pytest`, in one directory with reference.py and the student's submission.py."""

import submission
from reference import MODEL

from paramcalc.testing import assert_params, assert_summary


def test_conv_params() -> None:
    assert_params(MODEL["conv1d"], (41, 1), submission.conv_params, reveal=False)


def test_table() -> None:
    assert_summary(MODEL, submission.table, reveal=False)
