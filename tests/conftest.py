"""What all tests share: how Hypothesis runs, and files of expected output that can be written anew."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("paramcalc", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("paramcalc")

# What is large or no Python is asked where it is: .ci/run sees to it that there it is
MODULES = {
    "distributed": ("test_sweep.py",),
    "keras": (
        "test_differences.py",
        "test_oracle.py",
        "test_oracle_fixtures.py",
        "test_oracle_models.py",
        "test_oracle_zoo.py",
    ),
    "otter": ("test_graders.py",),
    "cosmic_ray": ("test_mutants.py",),
    "playwright": ("test_browser.py",),
}
PROGRAMS = {"chromium": ("test_browser.py",), "dot": ("test_graphviz.py",)}
collect_ignore = [
    file
    for judges, found in ((MODULES, find_spec), (PROGRAMS, which))
    for judge, files in judges.items()
    if not found(judge)
    for file in files
]

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--overwrite-golden", action="store_true", help="write tests/golden/ anew; look at the difference")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the file of this name in tests/golden/, or writes it where the option says so."""

    def compare(name: str, actual: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--overwrite-golden"):
            path.write_text(actual, encoding="utf-8", newline="")
        assert path.read_bytes().decode("utf-8") == actual

    return compare


@pytest.fixture
def golden_part(request: pytest.FixtureRequest) -> Callable[[Path, str, str, str], None]:
    """Compares what stands between two texts of a page with a text, or writes it there where the option says so.

    Where the second text does not follow, the part reaches to the end of the page.
    """

    def compare(page: Path, begin: str, actual: str, end: str) -> None:
        start, rest = page.read_text(encoding="utf-8").split(begin)
        _, *following = rest.partition(end)
        expected = start + begin + actual + ("".join(following) or "\n")
        if request.config.getoption("--overwrite-golden"):
            page.write_text(expected, encoding="utf-8", newline="")
        assert page.read_text(encoding="utf-8") == expected

    return compare
