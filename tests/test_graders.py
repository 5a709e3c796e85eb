"""The graders that courses use, each run on a sample assignment as a course runs it.

A right submission earns all points and is told nothing; a wrong one is told which mistakes it makes, and no right
answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import paramcalc

SAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "graders"

CONV = "must not be 192; 192 leaves out the biases, 64 in all."
TABLE = (
    "output shape of pool must not be (21, 64); (21, 64) comes from rounding up.",
    "params of dense must not be 172160; 172160 follows from your own input shape, (1344,)",
    "params of dense_1 must not be 654; 654 has two neighbouring digits exchanged.",
)
SECRETS = ("163968", "163,968", "645", "(20, 64)", "1280")


def run(at: Path, *command: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs a module of this Python in a directory, where the package is the one that is tested."""
    environment = {**os.environ, "PYTHONPATH": str(Path(paramcalc.__file__).parent.parent), "NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603 (our own samples)
        [sys.executable, *command], cwd=at, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
    return done


def laid_out(at: Path, grader: str, submission: str, name: str) -> None:
    """What a course puts beside each other: its grader, its reference, and a submission."""
    shutil.copytree(SAMPLES / grader, at, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SAMPLES / "reference.py", at)
    shutil.copy(SAMPLES / "submissions" / submission, at / name)


def check_taught(text: str) -> None:
    for sentence in (CONV, *TABLE):
        assert sentence in text
    for secret in SECRETS:
        assert secret not in text


class TestPytest:
    def test_passes_what_is_right(self, tmp_path: Path) -> None:
        laid_out(tmp_path, "with_pytest", "right.py", "submission.py")
        assert "2 passed" in run(tmp_path, "-m", "pytest", "-p", "no:cacheprovider").stdout

    def test_teaches_what_is_wrong(self, tmp_path: Path) -> None:
        laid_out(tmp_path, "with_pytest", "wrong.py", "submission.py")
        for options in ((), ("--showlocals",), ("--tb=long",)):
            printed = run(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", *options, succeeds=False).stdout
            assert "2 failed" in printed
            check_taught(printed)


def gradescope(at: Path, script: str) -> dict[str, Any]:
    done = run(at, script)
    assert (done.stdout, done.stderr) == ("", "")
    found: dict[str, Any] = json.loads((at / "results.json").read_text(encoding="utf-8"))
    return found


class TestGradescope:
    def test_passes_what_is_right(self, tmp_path: Path) -> None:
        laid_out(tmp_path, "with_gradescope", "right.py", "submission.py")
        results = gradescope(tmp_path, "run_tests.py")
        assert results["score"] == 5
        assert [(test["score"], test["status"]) for test in results["tests"]] == [(1, "passed"), (4, "passed")]
        assert gradescope(tmp_path, "grade_table.py")["score"] == 10

    def test_teaches_what_is_wrong(self, tmp_path: Path) -> None:
        laid_out(tmp_path, "with_gradescope", "wrong.py", "submission.py")
        results = gradescope(tmp_path, "run_tests.py")
        assert results["score"] == 0
        assert [(test["max_score"], test["status"]) for test in results["tests"]] == [(1, "failed"), (4, "failed")]
        check_taught("\n".join(test["output"] for test in results["tests"]))

    def test_grades_a_table_cell_by_cell(self, tmp_path: Path) -> None:
        laid_out(tmp_path, "with_gradescope", "wrong.py", "submission.py")
        results = gradescope(tmp_path, "grade_table.py")
        failed = [test for test in results["tests"] if test["status"] == "failed"]
        assert results["score"] == pytest.approx(10 * 10 / 12)
        assert [test["name"] for test in failed] == ["pool (Pool): output shape", "dense_1 (Dense): params"]
        assert "has two neighbouring digits exchanged" in failed[1]["output"]


class TestOtter:
    def graded(self, at: Path, submission: str) -> dict[str, Any]:
        laid_out(at, "with_otter", submission, "submission.ipynb")
        run(at, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", "reference.py")
        run(at, "-m", "otter", "run", "-a", "autograder.zip", "--no-logo", "submission.ipynb")
        results = json.loads((at / "results.json").read_text(encoding="utf-8"))
        return {test["name"]: test for test in results["tests"]}

    def test_passes_what_is_right(self, tmp_path: Path) -> None:
        tests = self.graded(tmp_path, "right.ipynb")
        assert [(tests[name]["score"], tests[name]["max_score"]) for name in ("q1", "q2")] == [(1, 1), (4, 4)]

    def test_teaches_what_is_wrong(self, tmp_path: Path) -> None:
        tests = self.graded(tmp_path, "wrong.ipynb")
        assert [tests[name]["score"] for name in ("q1", "q2")] == [0, 0]
        check_taught(tests["q1"]["output"] + tests["q2"]["output"])


class TestANotebook:
    """nbgrader's rule: a cell that raises, writes to stderr or shows a number has another score than its points."""

    def graded(self, at: Path, submission: str) -> dict[str, list[dict[str, Any]]]:
        laid_out(at, "with_notebook", submission, "submission.ipynb")
        found: dict[str, list[dict[str, Any]]] = json.loads(run(at, "grade.py", "submission.ipynb").stdout)
        return found

    def test_passes_what_is_right(self, tmp_path: Path) -> None:
        assert self.graded(tmp_path, "right.ipynb") == {"conv_params": [], "table": []}

    def test_teaches_what_is_wrong(self, tmp_path: Path) -> None:
        outputs = self.graded(tmp_path, "wrong.ipynb")
        assert [[output["output_type"] for output in cell] for cell in outputs.values()] == [["error"], ["error"]]
        errors = [cell[0] for cell in outputs.values()]
        assert {error["ename"] for error in errors} == {"WrongAnswerError"}
        check_taught("\n".join(error["evalue"] for error in errors))
        whole = "\n".join(line for error in errors for line in error["traceback"])
        assert not any(secret in whole for secret in SECRETS)


def test_the_samples_need_no_answers_of_ours() -> None:
    """What is handed in is data to the library: no submission imports it."""
    for submission in (SAMPLES / "submissions").iterdir():
        assert "paramcalc" not in submission.read_text(encoding="utf-8")
