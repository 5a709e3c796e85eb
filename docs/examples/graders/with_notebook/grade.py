"""A notebook with checks in cells of their own behind a student's, as nbgrader adds them, run by nbclient.

A cell whose check raises earns nothing, and its error is what the student sees. So does a cell that writes to stderr.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

SETUP = "from reference import MODEL\nfrom paramcalc.testing import assert_params, assert_summary"
CHECKS = {
    "conv_params": 'assert_params(MODEL["conv1d"], (41, 1), conv_params, reveal=False)',
    "table": "assert_summary(MODEL, table, reveal=False)",
}


def graded(path: Path) -> dict[str, list[dict[str, str]]]:
    """What each check put out; nothing is right."""
    notebook = nbformat.read(path, as_version=4)
    checks = [nbformat.v4.new_code_cell(source) for source in (SETUP, *CHECKS.values())]
    notebook.cells += checks
    resources = {"metadata": {"path": str(Path(__file__).parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=resources).execute()
    assert not checks[0].outputs, checks[0].outputs  # noqa: S101 (the teacher's own cell)
    return {name: [dict(output) for output in cell.outputs] for name, cell in zip(CHECKS, checks[1:], strict=True)}


if __name__ == "__main__":
    print(json.dumps(graded(Path(sys.argv[1]))))
