"""Pickles: small, made by the constructor when they are read, and without a word about how the library is built."""

from __future__ import annotations

import copy
import pickle
import pickletools
from typing import Any

import attrs
import pytest
from hypothesis import given
from networks import networks
from strategies import Case, cases

from paramcalc import (
    GAP,
    LSTM,
    BatchNorm,
    Bidirectional,
    ConfigError,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    Model,
    MultiHeadAttention,
    Pool,
    ReadError,
    Shape,
    TimeDistributed,
    Weight,
    zoo,
)
from paramcalc.pickles import made

NEWER = "was it written by a newer version of paramcalc?"


@attrs.frozen(repr=False)
class Scale(Layer):
    """A layer of one's own, as the first version of a program has it."""

    factor: float = 1.0

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return in_shape


def again(layer: Layer) -> Any:
    return pickle.loads(pickle.dumps(layer))  # noqa: S301 (made here)


def globals_in(data: bytes) -> set[str]:
    """The functions and classes that a pickle names, by their modules."""
    texts: list[str] = []
    found = set()
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "STACK_GLOBAL":
            found.add(".".join(texts[-2:]))
        elif isinstance(argument, str):
            texts.append(argument)
    return found


class TestWhatIsKept:
    @given(cases)
    def test_of_a_layer_is_its_public_name_and_its_arguments(self, case: Case) -> None:
        layer, _ = case
        assert globals_in(pickle.dumps(layer)) == {"paramcalc.pickles.made"}

    @given(networks)
    def test_of_a_network_is_the_same(self, model: Model) -> None:
        assert globals_in(pickle.dumps(model)) == {"paramcalc.pickles.made"}
        assert again(model) == model
        assert again(model).summary() == model.summary()

    def test_of_a_layer_of_ones_own_is_its_class(self) -> None:
        assert globals_in(pickle.dumps(Scale(2.0))) == {"paramcalc.pickles.made", f"{__name__}.Scale"}
        assert again(Model([Scale(2.0)], in_shape=(3,))) == Model([Scale(2.0)], in_shape=(3,))

    def test_of_a_class_that_is_called_like_one_of_the_librarys_is_that_class(self) -> None:
        namesake: type[Scale] = type("Dense", (Scale,), {"__module__": __name__})
        assert namesake(2.0).__reduce__()[1][0] is namesake
        assert Dense(2).__reduce__()[1][0] == "Dense"

    def test_a_layer_that_stands_in_several_places_is_kept_once(self) -> None:
        shared = Dense(4)
        left, right = Model([shared]), Model([shared])
        model = again(Model([left, right], in_shape=(4,)))
        assert model[0][0] is model[1][0]

    def test_a_hundred_layers_in_each_other(self) -> None:
        layer: Layer = Dense(4)
        for _ in range(100):
            layer = TimeDistributed(layer)
        assert again(layer) == layer == copy.deepcopy(layer)

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_in_every_protocol(self, protocol: int) -> None:
        model = zoo.lenet5()
        assert pickle.loads(pickle.dumps(model, protocol)) == model  # noqa: S301 (made here)


class TestHowSmall:
    """The bytes that the page on many models promises."""

    @pytest.mark.parametrize(
        "layer",
        [
            Conv2D(64, 3, 2, padding="same", use_bias=False),
            Dense(10, activation="relu"),
            Pool(3, 2, mode="average"),
            Flatten(),
            BatchNorm(),
            GAP(),
            Bidirectional(LSTM(64, return_sequences=True)),
            MultiHeadAttention(8, 64, use_bias=False),
        ],
        ids=lambda layer: type(layer).__name__,
    )
    def test_a_layer(self, layer: Layer) -> None:
        assert len(pickle.dumps(layer, 5)) <= 150

    @pytest.mark.parametrize("name", zoo.names())
    def test_a_layer_in_a_network(self, name: str) -> None:
        model = zoo.get(name)
        layers = len(model.summary(depth=None).rows)
        assert len(pickle.dumps(model, 5)) <= 200 + 50 * layers


class TestAcrossVersions:
    def test_an_argument_that_came_later_takes_its_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What an older program kept is read by a newer one, whose class has one more field."""
        kept = pickle.dumps(Model([Scale(2.0)], in_shape=(3,)))

        @attrs.frozen(repr=False)
        class Newer(Layer):
            factor: float = 1.0
            per_channel: bool = True
            doubled: float = attrs.field(init=False, eq=False)

            def __attrs_post_init__(self) -> None:
                object.__setattr__(self, "doubled", 2 * self.factor)

            def compute_output_shape(self, in_shape: Shape) -> Shape:
                return in_shape

            def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
                return (Weight("factor", {"channels": in_shape[-1]}),) if self.per_channel else ()

        monkeypatch.setitem(globals(), "Scale", Newer)
        model = pickle.loads(kept)  # noqa: S301 (made here)
        assert model[0] == Newer(2.0, per_channel=True)
        assert model[0].doubled == 4.0
        assert model.params() == 3

    @pytest.mark.parametrize(
        ("kind", "arguments", "message"),
        [
            (
                "Conv4D",
                {"filters": 8},
                f"the class of a pickled layer must be one that paramcalc has, got 'Conv4D'; {NEWER}",
            ),
            (
                "Dense",
                {"units": 8, "sparsity": 0.5},
                f"the arguments of a pickled Dense must be those it has, got ['units', 'sparsity']; {NEWER}",
            ),
        ],
    )
    def test_what_a_newer_version_kept_is_refused(self, kind: str, arguments: Any, message: str) -> None:
        class Kept:
            def __reduce__(self) -> Any:
                return (made, (kind, arguments))

        data = pickle.dumps(Kept())
        with pytest.raises(ReadError) as refused:
            pickle.loads(data)  # noqa: S301 (made here)
        assert str(refused.value) == message

    def test_what_is_wrong_is_refused_as_the_class_refuses_it(self) -> None:
        data = pickle.dumps(Dense(77), 0).replace(b"77", b"-7")
        with pytest.raises(ConfigError, match="units must be an int from 1"):
            pickle.loads(data)  # noqa: S301 (made here)
