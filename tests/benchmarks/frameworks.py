"""The rows against Keras and PyTorch, each in the way that costs it least.

Knows: how a framework makes, reads and counts a network. Must not know: how it is measured.

Keras runs on numpy, the backend that loads fastest, and in a scope in which it makes no weights: it is asked what the
network is, and filling 25 million numbers at random would be another question. PyTorch makes its layers on the device
"meta", which keeps shapes and no numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, Sides, agreeing, process
from paramcalc import from_keras, zoo

WRITTEN_BY_KERAS = """
import keras
with keras.StatelessScope(initialize_variables=False):
    model = keras.applications.{network}(weights=None)
open({path!r}, "w", encoding="utf-8").write(model.to_json())
"""
READ_BY_KERAS = """
import keras
with keras.StatelessScope(initialize_variables=False):
    keras.models.model_from_json(open({path!r}, encoding="utf-8").read()).summary()
"""


# Keras


def written_by_keras(folder: Path, network: str) -> Path:
    path = folder / f"{network}.json"
    process("-c", WRITTEN_BY_KERAS.format(network=network, path=str(path)))()
    return path


def command_line_against_keras(folder: Path) -> Sides:
    path = str(written_by_keras(folder, "ResNet50"))
    ours = process("-m", "paramcalc", "summary", path)
    theirs = process("-c", READ_BY_KERAS.format(path=path))
    first, second = (re.findall(r"Total params: ([\d,]+)", side()) for side in (ours, theirs))
    if len(first) != 1 or first != second:
        raise SystemExit(f"the command line does not say what Keras says: {first} and {second}")
    return Sides(ours, theirs)


def read_against_keras(network: str, folder: Path) -> Sides:
    os.environ["KERAS_BACKEND"] = "numpy"
    keras: Any = import_module("keras")
    text = written_by_keras(folder, network).read_text(encoding="utf-8")

    def theirs() -> int:
        with keras.StatelessScope(initialize_variables=False):
            return int(keras.models.model_from_json(text).count_params())

    # Without this, Keras keeps every variable that it left without a value
    return agreeing(lambda: from_keras(text).params(), theirs, keras.backend.clear_session)


# PyTorch


def resnet50_of_pytorch() -> Callable[[], Any]:
    """A function that makes ResNet-50 on the device "meta", as a person would write it with `torch.nn`."""
    torch: Any = import_module("torch")
    nn = torch.nn

    def convolution(channels: int, filters: int, kernel_size: int, stride: int = 1) -> Any:
        layer = nn.Conv2d(channels, filters, kernel_size, stride, kernel_size // 2, device="meta")
        return nn.Sequential(layer, nn.BatchNorm2d(filters, device="meta"))

    class Bottleneck(nn.Module):  # type: ignore[misc, name-defined]  # torch is not there when types are checked
        def __init__(self, channels: int, filters: int, stride: int) -> None:
            super().__init__()
            self.first = convolution(channels, filters, 1, stride)
            self.second = convolution(filters, filters, 3)
            self.third = convolution(filters, 4 * filters, 1)
            self.relu = nn.ReLU(inplace=True)
            self.shortcut = nn.Identity() if channels == 4 * filters else convolution(channels, 4 * filters, 1, stride)

        def forward(self, x: Any) -> Any:
            y = self.relu(self.second(self.relu(self.first(x))))
            return self.relu(self.third(y) + self.shortcut(x))

    def resnet50() -> Any:
        layers = [convolution(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        channels = 64
        for filters, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for number in range(blocks):
                layers.append(Bottleneck(channels, filters, 1 if number else stride))
                channels = 4 * filters
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000, device="meta"))

    return resnet50


def summary_of_pytorch() -> Callable[[], int]:
    torchinfo: Any = import_module("torchinfo")
    make = resnet50_of_pytorch()

    def summarise() -> int:
        summary = torchinfo.summary(make(), input_size=(1, 3, 224, 224), device="meta", verbose=0)
        str(summary)
        return int(summary.trainable_params)

    return summarise


def summary_against_pytorch(_: Path) -> Sides:
    def ours() -> int:
        summary = zoo.resnet50().summary(depth=None)
        str(summary)
        return summary.trainable_params

    return agreeing(ours, summary_of_pytorch())


def explanation_against_pytorch(_: Path) -> Sides:
    def ours() -> int:
        explanation = zoo.resnet50().explain()
        str(explanation)
        return next(step.value or 0 for step in reversed(explanation.steps) if step.what == "trainable params")

    return agreeing(ours, summary_of_pytorch())


KERAS, PYTORCH = ("keras", "jax", "scipy"), ("torch", "torchinfo")
"""What the rows need; Keras's numpy backend imports the other two."""

WITH_PYTORCH = (
    "ResNet-50 is made with torch.nn on the device “meta”, and torchinfo makes its summary as text; both are loaded."
)
WITH_KERAS = "Keras, loaded, reads the same text into a model without weights and is asked for its parameters."
FIRST = Row(
    "resnet50-file",
    "`paramcalc summary` of ResNet-50 as a JSON file of Keras, from the start of the process to its end.",
    "A fresh Python imports Keras on numpy, reads the same file into a model without weights and prints the "
    "same table, its `summary()`.",
    command_line_against_keras,
    1 / 20,
    KERAS,
)
ROWS = [
    Row(
        "resnet50-summary",
        "ResNet-50 is drawn, made and summarised as text, every layer a row.",
        WITH_PYTORCH,
        summary_against_pytorch,
        1 / 10,
        PYTORCH,
    ),
    Row(
        "resnet50-explain",
        "ResNet-50 is drawn, made and explained as text: where every axis, weight and total comes from.",
        WITH_PYTORCH + " It says the numbers, and not where they come from.",
        explanation_against_pytorch,
        1,
        PYTORCH,
    ),
    Row(
        "read-smallest",
        "`from_keras` of the JSON text of VGG16, with 23 layers the smallest of Keras's applications, and its "
        "parameters.",
        WITH_KERAS,
        partial(read_against_keras, "VGG16"),
        1 / 4,
        KERAS,
    ),
    Row(
        "read-largest",
        "`from_keras` of the JSON text of NASNetLarge, with 1,041 layers the largest of Keras's applications, and its "
        "parameters.",
        WITH_KERAS,
        partial(read_against_keras, "NASNetLarge"),
        1 / 3,
        KERAS,
    ),
]
