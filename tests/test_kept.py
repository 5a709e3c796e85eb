"""What earlier versions wrote is read, and gives the numbers that they gave.

`tests/data/kept` has a folder for each of them; `keep.py` there writes that of this version.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from paramcalc import Dense, Model, ReadError, zoo
from paramcalc.grading import to_fixture
from paramcalc.testing import assert_fixture

KEPT = Path(__file__).parent / "data" / "kept"
VERSIONS = sorted(path.name for path in KEPT.iterdir() if path.is_dir() and path.name[0].isdigit())


def lines(version: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((KEPT / version / "models.json").read_text(encoding="utf-8"))
    return found


def as_shape(value: Any) -> Any:
    return tuple(as_shape(each) if isinstance(each, list) else each for each in value)


def test_there_are_versions() -> None:
    assert VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
class TestOfAVersion:
    def test_json_is_read_and_gives_the_same_numbers(self, version: str) -> None:
        for line in lines(version):
            model, in_shape = Model.from_dict(line["model"]), as_shape(line["in_shape"])
            weights = [[weight.name, list(weight.shape), weight.trainable] for weight in model.weights(in_shape)]
            assert weights == line["weights"], model
            assert model.output_shape(in_shape) == as_shape(line["output_shape"]), model
            assert model.params(in_shape) == line["params"], model
            assert model.macs(in_shape) == line["macs"], model
            assert model.connections(in_shape) == line["connections"], model

    def test_pickles_are_read_and_equal_the_json(self, version: str) -> None:
        models = pickle.loads((KEPT / version / "models.pickle").read_bytes())  # noqa: S301 (written by keep.py)
        assert models == [Model.from_dict(line["model"]) for line in lines(version)]

    def test_a_course_fixture_still_judges(self, version: str) -> None:
        fixture = json.loads((KEPT / version / "fixture.json").read_text(encoding="utf-8"))
        assert_fixture(zoo.lenet5(), fixture)
        assert json.loads(json.dumps(to_fixture(zoo.lenet5()))) == fixture


class TestWhatANewerVersionWrote:
    """Of data that this version does not know in full, nothing is guessed."""

    def written(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(json.dumps(Model([Dense(4)]).to_dict()))
        return data

    def test_in_a_newer_format_is_refused(self) -> None:
        with pytest.raises(ReadError, match="version must be 1, got 2; it was written by another version of paramcalc"):
            Model.from_dict({**self.written(), "version": 2})

    def test_with_a_class_or_an_argument_that_is_not_known_is_refused(self) -> None:
        data = self.written()
        layer = data["model"]["arguments"]["layers"][0]
        layer["arguments"]["sparsity"] = 0.5
        with pytest.raises(ReadError, match=r"layers\[0\]\.arguments\.sparsity must be left out: Dense has no such"):
            Model.from_dict(data)
        layer["type"] = "SparseDense"
        with pytest.raises(ReadError, match=r"layers\[0\]\.type must be a class of layers that paramcalc knows"):
            Model.from_dict(data)

    def test_beside_what_makes_the_model_is_passed_over(self) -> None:
        """Notes of a program beside the model change no number, so they may stand there."""
        data = {**self.written(), "written_by": "a program"}
        data["model"]["note"] = "kept"
        assert Model.from_dict(data) == Model([Dense(4)])
