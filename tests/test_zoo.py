"""The zoo: its names, and what holds for each of its networks."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import paramcalc
from paramcalc import ConfigError, Model, zoo


@pytest.mark.parametrize("name", zoo.names())
class TestANetwork:
    def test_counts_the_same_however_far_it_is_opened(self, name: str) -> None:
        model = zoo.get(name)
        closed, blocks, opened = (model.summary(depth=depth) for depth in (1, 2, None))
        assert len(closed.rows) <= len(blocks.rows) <= len(opened.rows)
        for summary in (blocks, opened):
            assert (
                summary.total_params == closed.total_params == model.params() == sum(row.params for row in closed.rows)
            )
            assert summary.trainable_params == closed.trainable_params
            assert summary.macs == closed.macs
        assert sum(row.params for row in opened.rows) == closed.total_params

    def test_is_a_value(self, name: str) -> None:
        model = zoo.get(name)
        assert model == zoo.get(name)
        everything = {each: getattr(paramcalc, each) for each in paramcalc.__all__}
        assert eval(repr(model), everything) == model  # noqa: S307 (our own text)
        assert pickle.loads(pickle.dumps(model)) == model  # noqa: S301
        assert Model.from_dict(model.to_dict()) == model

    def test_says_where_it_comes_from_and_what_it_counts(self, name: str) -> None:
        function = getattr(zoo, name)
        assert function.__name__ == name
        assert f">>> {name}(" in function.__doc__


@pytest.mark.parametrize(
    "name", [name for name in zoo.names() if "include_top" in (getattr(zoo, name).__kwdefaults__ or ())]
)
def test_without_its_top_a_network_ends_in_a_map(name: str) -> None:
    """What is left out are the last layers, and the rest is the same."""
    whole, body = zoo.get(name), zoo.get(name, include_top=False)
    assert body.layers == whole.layers[: len(body)]
    assert len(body.output_shape()) == 3
    assert body.params() < whole.params()


class TestNames:
    def test_are_those_of_functions(self) -> None:
        assert set(zoo.names()) == set(zoo.__all__) - {"get", "names"}
        assert dir(zoo) == sorted(zoo.__all__)

    def test_that_are_not_known(self) -> None:
        with pytest.raises(ConfigError, match="did you mean resnet50"):
            zoo.get("ResNet-50")
        with pytest.raises(ConfigError, match="there are "):
            zoo.get("?")
        with pytest.raises(ConfigError, match="name must be a text"):
            zoo.get(50)  # type: ignore[arg-type]
        with pytest.raises(AttributeError, match="resnet5"):
            zoo.resnet5  # noqa: B018


class TestBlocks:
    def test_are_called_on_what_comes_out_of_layers(self) -> None:
        @paramcalc.block
        def joined(left: Any, right: Any, units: int) -> Any:
            return paramcalc.Dense(units)(paramcalc.Add()(left, right))

        x = paramcalc.Input((3,))()
        assert Model(inputs=x, outputs=joined(x, x, units=4, name="both"))["both"].params(((3,), (3,))) == 16
        with pytest.raises(ConfigError, match="what joined is called on must be what layers in a graph gave out"):
            joined(3)
