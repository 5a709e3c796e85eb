"""Run by Gradescope: tests with gradescope-utils, and what they find as results.json."""

import unittest
from pathlib import Path

from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

HERE = Path(__file__).parent

if __name__ == "__main__":
    suite = unittest.defaultTestLoader.discover(str(HERE))
    with (HERE / "results.json").open("w", encoding="utf-8") as results:
        JSONTestRunner(visibility="visible", stream=results).run(suite)
