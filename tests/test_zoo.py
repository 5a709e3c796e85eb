"""The zoo: its names, and what holds for each of its networks."""

from __future__ import annotations

import contextlib
import inspect
import math
import pickle
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paramcalc
from paramcalc import ConfigError, Model, ParamcalcError, Place, zoo

PAGE = Path(__file__).parent.parent / "docs" / "zoo.md"


def options(name: str) -> dict[str, Any]:
    """What a network may be asked for, and what it is where nobody asks."""
    return {each.name: each.default for each in inspect.signature(getattr(zoo, name)).parameters.values()}


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

    def test_is_made_or_refused_whatever_it_is_asked_for(self, name: str) -> None:
        for option in options(name):
            for value in ("x", None, -1, (1,), math.nan, 10**5000, np.zeros(2)):
                with contextlib.suppress(ParamcalcError):
                    assert isinstance(zoo.get(name, **{option: value}), Model)


@pytest.mark.parametrize("name", [name for name in zoo.names() if "include_top" in options(name)])
class TestANetworkThatClassifiesImages:
    def test_without_its_top_is_its_beginning(self, name: str) -> None:
        whole, body = zoo.get(name), zoo.get(name, include_top=False)
        assert whole.names[: len(body)] == body.names
        assert whole.layers[: len(body)] == body.layers
        assert whole.in_shape == body.in_shape
        assert len(body.output_shape()) == len(body.in_shape or ())

    def test_refuses_wrong_classes_without_its_top_too(self, name: str) -> None:
        with pytest.raises(ConfigError, match=r"^classes must be .*, got 0"):
            zoo.get(name, classes=0, include_top=False)

    def test_has_the_same_weights_on_images_of_any_size(self, name: str) -> None:
        body = zoo.get(name, include_top=False)
        *_, channels = options(name)["in_shape"]
        open_size = zoo.get(name, in_shape=(None, None, channels), include_top=False)
        assert open_size.output_shape() == (None, None, body.output_shape()[-1])
        assert open_size.params() == body.params()
        assert open_size.summary().trainable_params == body.summary().trainable_params

    def test_has_as_many_classes_as_it_is_asked_for(self, name: str) -> None:
        assert zoo.get(name, classes=7).output_shape() == (7,)
        with pytest.raises(ConfigError, match=r"^classes must be .*, got 0"):
            zoo.get(name, classes=0)


class TestPapers:
    @pytest.mark.parametrize(
        ("name", "options", "millions", "unit"),
        [
            ("efficientnet_b0", {}, 390, 10),
            ("mobilenet", {}, 569, 1),
            ("mobilenet", {"alpha": 0.75}, 325, 1),
            ("mobilenet", {"alpha": 0.5}, 149, 1),
            ("mobilenet", {"alpha": 0.25}, 41, 1),
            ("mobilenet", {"in_shape": (192, 192, 3)}, 418, 1),
            ("mobilenet", {"in_shape": (160, 160, 3)}, 290, 1),
            ("mobilenet", {"in_shape": (128, 128, 3)}, 186, 1),
            ("mobilenet_v2", {}, 300, 1),
            ("resnet50", {}, 3_800, 100),
            ("resnet101", {}, 7_600, 100),
            ("resnet152", {}, 11_300, 100),
        ],
    )
    def test_state_the_multiply_adds(self, name: str, options: dict[str, Any], millions: int, unit: int) -> None:
        """As the paper has them, less than one of its last digit off: some are rounded there, some cut off."""
        macs = zoo.get(name, **options).macs()
        assert macs is not None
        assert abs(macs - millions * 10**6) < unit * 10**6


class TestAlpha:
    def test_makes_a_network_narrower(self) -> None:
        widths = [zoo.mobilenet(alpha=alpha).params() for alpha in (0.25, 0.5, 0.75, 1)]
        assert widths == sorted(set(widths))
        with pytest.raises(ConfigError, match=r"alpha must be a number from 0 to 1, got 1\.4"):
            zoo.mobilenet(alpha=1.4)
        with pytest.raises(ConfigError, match=r"filters must be .*, got 0"):
            zoo.mobilenet(alpha=0)

    def test_makes_the_last_convolution_wider_and_never_narrower(self) -> None:
        for alpha, filters in ((0.35, 1280), (1, 1280), (1.4, 1792)):
            assert zoo.mobilenet_v2(alpha=alpha)["conv2d_1x1"].output_shape((7, 7, 320)) == (7, 7, filters)

    @pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v2"])
    @pytest.mark.parametrize("alpha", ["1", None, math.nan, -0.5, 1e300, 1e308, [1], True])
    def test_that_is_none_is_refused(self, name: str, alpha: Any) -> None:
        with pytest.raises(ConfigError):
            zoo.get(name, alpha=alpha)


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

    def test_are_none_of_files(self) -> None:
        """A file that is loaded stands in the package under its own name."""
        assert not {path.stem for path in Path(zoo.__file__).parent.glob("*.py")} & set(zoo.names())

    def test_stand_in_the_documentation(self, golden_part: Callable[[Path, str, str, str], None]) -> None:
        rows = []
        for home, names in sorted(zoo._HOMES.items()):
            source = (import_module(f"paramcalc.zoo.{home}").__doc__ or "").splitlines()[0].rstrip(".")
            for name in names:
                arguments = ", ".join(f"`{option}={default!r}`" for option, default in options(name).items())
                summary = zoo.get(name).summary()
                totals = f"{summary.total_params:,} | {summary.trainable_params:,}"
                rows.append(f"| `{name}` | {totals} | {arguments} | {source} |")
                source = ""
        begin = "| network | parameters | trained | options | source |\n| --- | ---: | ---: | --- | --- |\n"
        golden_part(PAGE, begin, "\n".join(rows), "\n\n")

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
    def test_say_where_drawing_failed(self) -> None:
        @paramcalc.block
        def narrowed(x: Any, y: Any) -> Any:
            return paramcalc.Conv1D(4, 9, name="wide")(paramcalc.Add()(x, y))

        x = paramcalc.Input((5, 3))()
        for options, name in (({"name": "first"}, "first"), ({}, "narrowed")):
            with pytest.raises(paramcalc.ShapeError) as caught:
                narrowed(x, x, **options)
            assert caught.value.where == (
                Place(None, name, "Model", ((5, 3), (5, 3))), Place(None, "wide", "Conv1D", (5, 3)),
            )  # fmt: skip
            assert str(caught.value).startswith(f"'{name}' (Model) > 'wide' (Conv1D), given (5, 3): kernel_size[0]")

    def test_are_called_on_what_comes_out_of_layers(self) -> None:
        @paramcalc.block
        def joined(left: Any, right: Any, units: int) -> Any:
            return paramcalc.Dense(units)(paramcalc.Add()(left, right))

        x = paramcalc.Input((3,))()
        assert Model(inputs=x, outputs=joined(x, x, units=4, name="both"))["both"].params(((3,), (3,))) == 16
        with pytest.raises(ConfigError, match="what joined is called on must be first, what layers"):
            joined(3)
        with pytest.raises(ConfigError, match="must be first, what layers in a graph gave out"):
            joined(4, x, x)
