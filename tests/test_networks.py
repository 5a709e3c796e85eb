"""The networks that must count right, as their sources state them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import paramcalc
from paramcalc import GAP, Conv2D, Dense, Flatten, Model, Pool, zoo

CHAINS: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "networks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("layer", "in_shape", "output_shape", "params"),
    [
        (Conv2D(32, 3), (32, 32, 3), (30, 30, 32), 896),
        (Conv2D(64, 3), (30, 30, 32), (28, 28, 64), 18_496),
        (Conv2D(1, 3), (10, 10, 1), (8, 8, 1), 10),
        (Conv2D(5, 3), (10, 10, 1), (8, 8, 5), 50),
        (Conv2D(5, 3), (10, 10, 3), (8, 8, 5), 140),
        (Dense(4), (3,), (4,), 16),
        (Conv2D(2, 3), (8, 8, 3), (6, 6, 2), 56),
        (Conv2D(60, 7), (100, 100, 1), (94, 94, 60), 3_000),
        (Dense(200), (250,), (200,), 50_200),
    ],
)
def test_small_worked_examples(
    layer: paramcalc.Layer, in_shape: tuple[int, ...], output_shape: tuple[int, ...], params: int
) -> None:
    assert output_shape == layer.output_shape(in_shape)
    assert params == layer.params(in_shape)


def test_the_first_example_weight_by_weight() -> None:
    layer = Conv2D(32, 3)
    assert [weight.size for weight in layer.weights((32, 32, 3))] == [864, 32]
    steps = {step.what: step for step in layer.explain((32, 32, 3)).short.steps}
    assert steps["params"].numbers == "(3 × 3 × 3 + 1) × 32"


@pytest.mark.parametrize("name", CHAINS)
def test_chains(name: str) -> None:
    chain = CHAINS[name]
    layers = [getattr(paramcalc, kind)(**arguments) for kind, arguments, _, _ in chain["layers"]]
    model = Model(layers, in_shape=chain["input"])
    rows = model.summary().rows
    assert [(tuple(shape), params) for _, _, shape, params in chain["layers"]] == [
        (row.output_shape, row.params) for row in rows
    ]
    assert chain["total"] == model.params() == model.summary().total_params
    assert all(before.output_shape == after.in_shape for before, after in pairwise(rows))


class TestTheTwoClassNetwork:
    """Its source mixes up three networks; each of the three totals belongs to one of them."""

    def test_a_pooling_layer_with_weights_adds_two_for_each_map(self) -> None:
        def network(pool: Pool) -> Model:
            return Model(
                [Conv2D(60, 7), Conv2D(100, 5), pool, Flatten(), Dense(250), Dense(200), Dense(1)],
                in_shape=(100, 100, 1),
            )

        assert network(Pool(2)).params() == 50_828_751
        assert network(Pool(2, use_scale=True, use_bias=True)).params() == 50_828_951


class TestTheOneDimensionalNetwork:
    def test_its_running_total_over_the_weight_arrays(self) -> None:
        chain = CHAINS["one-dimensional"]
        layers = [getattr(paramcalc, kind)(**arguments) for kind, arguments, _, _ in chain["layers"]]
        text = Model(layers, in_shape=chain["input"]).summary().to_csv(["name", "running_params_by_weight"])
        totals = [cell for line in text.splitlines()[1:-1] for cell in line.split(",")[1].split()]
        assert totals == ["192", "256", "164096", "164224", "164864", "164869"]

    def test_a_pool_that_rounds_up_leads_to_the_other_answer(self) -> None:
        assert Pool(2, ceil_mode=True).output_shape((41, 64)) == (21, 64)
        assert Dense(128).params((21 * 64,)) == 172_160


def test_lenet_5_with_the_second_last_layer_of_its_code() -> None:
    chain = CHAINS["lenet-5 as taught"]
    layers = [getattr(paramcalc, kind)(**arguments) for kind, arguments, _, _ in chain["layers"]]
    assert Model([*layers, Dense(10)], in_shape=chain["input"]).params() == 63_068


class TestLeNet5Of1998:
    """60 000 trainable parameters and 340 908 connections, as the paper says."""

    LENET = zoo.lenet5_1998()

    def test_parameters(self) -> None:
        summary = self.LENET.summary()
        assert [row.params for row in summary.rows] == [0, 156, 12, 1_516, 32, 48_120, 0, 10_164, 840]
        assert summary.trainable_params == 60_000
        assert summary.non_trainable_params == 840

    def test_connections(self) -> None:
        found = [row.layer.connections(row.in_shape) for row in self.LENET.summary().rows]
        assert found == [0, 122_304, 5_880, 151_600, 2_000, 48_120, 0, 10_164, 840]
        assert self.LENET.connections() == 340_908

    def test_the_connection_table_is_one_weight(self) -> None:
        kernel, bias = self.LENET["C3"].weights((14, 14, 6))
        assert kernel.axes == (("kernel height", 5), ("kernel width", 5), ("table entries", 60))
        assert bias.size == 16


def test_global_pooling_of_the_classifier_keeps_the_channels() -> None:
    assert GAP().output_shape((16, 16, 256)) == (256,)
