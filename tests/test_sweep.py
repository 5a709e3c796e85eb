"""A search over an architecture space on a cluster of this machine, beside the same in a plain loop.

It needs `distributed`: where that is missing, conftest.py leaves this file out; .ci/run runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest

import paramcalc
from paramcalc import Input, Layer, Model, Shape, Weight, zoo

distributed: Any = import_module("distributed")  # whose own types are incomplete

FOLDER = Path(__file__).parent.parent / "docs" / "examples" / "sweep"
CANDIDATES = 20_000
BUDGET = 100_000


@pytest.fixture(scope="module")
def search() -> Iterator[Any]:
    """The example as a module, which workers find where this process does."""
    sys.path.insert(0, str(FOLDER))
    yield import_module("search")
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def client(search: Any) -> Iterator[Any]:  # noqa: ARG001 (workers look where this process does)
    with distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=":0") as client:
        yield client


@pytest.fixture(scope="module")
def one_by_one(search: Any) -> list[Any]:
    """What a plain loop finds."""
    return [search.counted(search.candidate(number)) for number in range(CANDIDATES)]


@attrs.frozen(repr=False)
class Scale(Layer):
    """A layer of a program, which no worker can import."""

    factor: float = 1.0

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("factor", {"channels": in_shape[-1]}),)


Scale.__module__ = "__main__"  # as in a script or a notebook


def test_workers_find_what_a_loop_finds(
    search: Any, client: Any, one_by_one: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    candidates = [search.candidate(number) for number in range(CANDIDATES)]
    assert search.searched(client, candidates) == one_by_one
    assert "100% Completed" in capsys.readouterr().out
    assert sum(isinstance(found, search.Found) for found in one_by_one) > CANDIDATES / 2
    assert any(isinstance(found, search.Refused) for found in one_by_one)


def test_a_bad_candidate_is_reported_and_ends_nothing(search: Any, client: Any) -> None:
    good = search.Candidate(filters=(8,), kernel_size=3, padding="same", pool_size=2, units=32)
    bad = good._replace(kernel_size=0)
    candidates = [good] * 50 + [bad] + [good] * 50
    results = search.searched(client, candidates, size=10)
    (reason,) = (found.reason for found in results if isinstance(found, search.Refused))
    assert reason == "kernel_size must be an int from 1 to 2**63 - 1, or one for each axis, got 0"
    assert results[50] == search.Refused(bad, reason)
    assert [found for found in results if isinstance(found, search.Found)] == [search.counted(good)] * 100


def test_models_can_be_sent_and_come_back(client: Any) -> None:
    names = ["lenet5", "vgg16", "resnet50"]
    models = client.gather(client.map(zoo.get, names))
    assert models == [zoo.get(name) for name in names]
    assert client.gather(client.map(Model.summary, models)) == [model.summary() for model in models]


def test_models_with_layers_of_ones_own_can_be_sent(client: Any) -> None:
    model = Model([Input((4, 3)), Scale(2.0)])
    assert client.submit(Model.params, model).result() == model.params() == 3


def test_the_script_prints_what_a_loop_finds(search: Any, one_by_one: list[Any]) -> None:
    command = [sys.executable, str(FOLDER / "search.py"), "--candidates=1000", f"--params={BUDGET}"]
    environment = {**os.environ, "PYTHONPATH": str(Path(paramcalc.__file__).parent.parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 (our own script)
    assert "100% Completed" in done.stdout
    assert done.stdout.endswith("\n".join(["", *search.report(one_by_one[:1000], BUDGET), ""]))
