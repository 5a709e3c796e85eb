"""The budgets of speed, each as a ratio of two things measured in one run.

    python tests/benchmarks/budgets.py

A ratio says more than a time: both of its sides slow down together on a slow or a busy machine. Sides are measured in
turn, and the median of the pairwise ratios is printed beside the budget. The exit status is 1 when one is exceeded.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from paramcalc import LSTM, BatchNorm, Bidirectional, Conv2D, Dense, Flatten, Model, Pool
from paramcalc.grading import diagnose
from paramcalc.layers.conv import Conv

INPUT = (32, 32, 8)
WITH_PARAMCALC = """
from paramcalc import Conv2D, Dense, Flatten, Model
Model([Conv2D(8, 5), Flatten(), Dense(10)], in_shape=(32, 32, 3)).params()
"""
WRITTEN_BY_KERAS = """
import keras
open({path!r}, "w").write(keras.applications.ResNet50(weights=None).to_json())
"""
WITH_KERAS = """
import keras
keras.models.model_from_json(open({path!r}).read())
"""


class Budget(NamedTuple):
    """What is measured, the ratios that were found, and the largest that is allowed."""

    what: str
    ratios: list[float]
    allowed: float

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)


def ratios(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> list[float]:
    """How many times as long `ours` takes as `theirs`, measured in turn after one run of each that does not count."""
    ours()
    theirs()
    return [seconds(ours) / seconds(theirs) for _ in range(runs)]


def seconds(measured: Callable[[], object]) -> float:
    start = time.perf_counter()
    measured()
    return time.perf_counter() - start


def process(bytecode: str, *arguments: str) -> Callable[[], object]:
    """A fresh interpreter with these arguments; modules are compiled into `bytecode` by the run before the first."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": bytecode, "KERAS_BACKEND": "numpy"}
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 (our own code)


def chain(layers: Sequence[Conv2D]) -> tuple[tuple[int | None, ...], int]:
    model = Model(layers, in_shape=INPUT)
    return model.output_shape(), model.params()


def bare_loop(layers: Sequence[Conv]) -> tuple[tuple[int | None, ...], int]:
    """The integer arithmetic of the chain and nothing else, on the numbers of the same layers."""
    height, width, channels = INPUT
    total = 0
    for layer in layers:
        kernel_height, kernel_width = layer.kernel_size
        stride_height, stride_width = layer.strides
        dilation_height, dilation_width = layer.dilation_rate
        (top, bottom), (left, right) = layer.padding  # type: ignore[str-unpack]  # the layers below are padded by ints
        filters = layer.filters
        height = (height + top + bottom - (dilation_height * (kernel_height - 1) + 1)) // stride_height + 1  # type: ignore[operator]
        width = (width + left + right - (dilation_width * (kernel_width - 1) + 1)) // stride_width + 1  # type: ignore[operator]
        total += kernel_height * kernel_width * (channels // layer.groups) * filters + filters
        channels = filters
    return (height, width, channels), total


def against_making() -> list[float]:
    """What a wrong total costs that no mistake explains."""
    block = [Conv2D(8, 3, padding="same"), BatchNorm(), Conv2D(8, 3), Pool(2, 1)]
    layers = [*block * 12, Flatten(), Dense(10)]
    model = Model(layers, in_shape=(64, 64, 8))
    return ratios(lambda: diagnose(model, params=-1), lambda: Model(layers, in_shape=(64, 64, 8)), 31)


def against_counts() -> list[float]:
    """What a wrong count costs that no mistake explains, in the layer with the most mistakes to make."""
    layer, in_shape = Bidirectional(LSTM(64)), (250, 16)
    return ratios(
        lambda: diagnose(layer, in_shape, params=-1), lambda: [layer.params(in_shape) for _ in range(100)], 31
    )


def measured() -> list[Budget]:
    with tempfile.TemporaryDirectory() as bytecode:
        imports = ratios(process(bytecode, "-c", WITH_PARAMCALC), process(bytecode, "-c", "import attrs"), 31)
        commands = against_keras(bytecode) if find_spec("keras") else []
    found = [Budget("import, a three-layer model and its params / import attrs (processes)", imports, 1.5)]
    layers = [Conv2D(8, 3, padding=1) for _ in range(100_000)]
    if chain(layers) != bare_loop(layers):
        raise SystemExit("the two sides of the chain benchmark do not compute the same")
    against_loop = ratios(lambda: chain(layers), lambda: bare_loop(layers), 9)
    found.append(Budget("a fresh model of 100 000 convolutions / its arithmetic in a bare loop", against_loop, 20))
    tenths = [layers[start : start + 10_000] for start in range(0, 100_000, 10_000)]
    against_tenths = ratios(lambda: chain(layers), lambda: list(map(chain, tenths)), 9)
    found.append(Budget("the same / ten fresh models of 10 000, which says whether it is linear", against_tenths, 1.5))
    found.append(Budget("a diagnosis of the total of 50 layers / making them a fresh model", against_making(), 20))
    found.append(Budget("a diagnosis of a count, with all pairs of mistakes / 100 such counts", against_counts(), 1))
    if commands:
        found.append(
            Budget("ResNet-50 from a JSON of Keras, by the command line / by Keras (processes)", commands, 0.05)
        )
    return found


def against_keras(bytecode: str) -> list[float]:
    """How long the command line takes for the summary of a model that Keras reads in a process of its own."""
    path = os.path.join(bytecode, "resnet50.json")  # noqa: PTH118 (a name)
    process(bytecode, "-c", WRITTEN_BY_KERAS.format(path=path))()
    ours = process(bytecode, "-m", "paramcalc", "summary", path)
    return ratios(ours, process(bytecode, "-c", WITH_KERAS.format(path=path)), 9)


if __name__ == "__main__":
    budgets = measured()
    for budget in budgets:
        spread = f"{min(budget.ratios):.3f} to {max(budget.ratios):.3f}"
        print(f"{budget.median:7.3f} of {budget.allowed:6.3f} allowed ({spread}): {budget.what}")  # noqa: T201
    sys.exit(any(budget.median > budget.allowed for budget in budgets))
