"""Each test is worth points, and shows the student the message of its error."""

import unittest

import submission
from gradescope_utils.autograder_utils.decorators import number, weight
from reference import MODEL

from paramcalc.testing import assert_params, assert_summary


class TestSubmission(unittest.TestCase):
    @weight(1)
    @number("1")
    def test_conv_params(self) -> None:
        """The parameters of the convolution"""
        assert_params(MODEL["conv1d"], (41, 1), submission.conv_params, reveal=False)

    @weight(4)
    @number("2")
    def test_table(self) -> None:
        """The whole table"""
        assert_summary(MODEL, submission.table, reveal=False)
