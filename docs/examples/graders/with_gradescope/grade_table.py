"""Run by Gradescope: a table graded cell by cell, in which a mistake is carried forward, as results.json."""

import json
from pathlib import Path

import submission
from reference import MODEL

from paramcalc.grading import grade

report = grade(MODEL, submission.table, points=10)
results = Path(__file__).with_name("results.json")
results.write_text(json.dumps(report.to_gradescope()), encoding="utf-8")
