"""What the fuzzer begins with beside the corpus: what the suite's own strategies make of every layer and of networks.

Knows: how a model is handed in for each target. Must not know: what is checked of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutations import packed
from networks import networks
from strategies import LAYERS

from paramcalc import Layer, Model, ParamcalcError, to_keras, zoo
from paramcalc.grading import to_fixture
from paramcalc.shapes import are_several

LEGACY = Path(__file__).parent / "data" / "legacy"


def seeds(target: str) -> Iterator[bytes]:
    """Inputs of a target, always the same."""
    if target == "keras":
        yield from in_keras_format()
    elif target == "archive":
        yield from (packed(text) for text in list(in_keras_format())[::5])
    elif target == "native":
        yield from (json.dumps(model.to_dict()).encode() for model in models())
    elif target == "written":
        yield from (repr(layer).encode() for layer, _ in cases())
    elif target == "command":
        yield from (json.dumps(case).encode() for case in command_lines())
    elif target == "fixtures":
        for text, model in with_keras_format(models()):
            yield json.dumps({"model": json.loads(text), "fixture": to_fixture(model)}).encode()


def examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Some examples of a strategy, the last of so many: the first are the plainest."""
    found: list[Any] = []

    @settings(
        max_examples=count, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found[-(count // 2) :]


def cases() -> Iterator[tuple[Layer, Any]]:
    """Layers of every class, with an input shape each."""
    for strategy in LAYERS.values():
        yield from examples(strategy, 6)


def models() -> Iterator[Model]:
    yield from (Model([layer], in_shape=in_shape) for layer, in_shape in cases())
    yield from examples(networks, 80)
    yield from map(zoo.get, ("lenet5", "lenet5_1998"))


def with_keras_format(some: Iterable[Model]) -> Iterator[tuple[bytes, Model]]:
    """Those models that Keras has the layers for, as it writes them."""
    for model in some:
        try:
            text = to_keras(model)
        except ParamcalcError:
            continue
        yield text.encode(), model


def in_keras_format() -> Iterator[bytes]:
    yield from (text for text, _ in with_keras_format(models()))
    for path in sorted(LEGACY.glob("*.json")):
        sample = json.loads(path.read_text(encoding="utf-8"))
        yield json.dumps(sample["model"]).encode()


def command_lines() -> Iterator[dict[str, Any]]:
    for layer, in_shape in list(cases())[::3]:
        shapes = in_shape if are_several(in_shape) else (in_shape,)
        sizes = [",".join("?" if axis is None else str(axis) for axis in shape) for shape in shapes]
        yield {"arguments": ["explain", repr(layer), *(f"--input-shape={each}" for each in sizes)]}
    for text, model in list(with_keras_format(models()))[::7]:
        yield {"arguments": ["summary", "-", "--depth", "all", "--format", "csv"], "stdin": json.loads(text)}
        yield {"arguments": ["draw", "-", "--depth", "2"], "stdin": model.to_dict()}
        yield {"arguments": ["diff", "-", "zoo:lenet5"], "stdin": model.to_dict()}
