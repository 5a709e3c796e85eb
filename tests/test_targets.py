"""What the fuzzer checks, in the suite: what it found once, and what Hypothesis makes of it."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import targets
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import changed, packed, places, words_in
from networks import networks
from targets import TARGETS, Overworked, calls_in, working

from paramcalc import Add, Dense, Input, Model, ParamcalcError, SpectralNormalization, to_keras

CORPUS = Path(__file__).parent / "data" / "corpus"
CASES = [path for path in sorted(CORPUS.glob("*/*")) if path.is_file()]

MOST_MEMORY, MOST_MEMORY_A_BYTE = 2**24, 2**11
"""How many bytes may be taken at a time, in all and for each byte of an input."""

randoms = st.randoms(use_true_random=False)


class TestTheCorpus:
    def test_each_target_has_its_own(self) -> None:
        assert {path.parent.name for path in CASES} == set(TARGETS)

    @pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
    def test_nothing_is_found_in_it(self, case: Path) -> None:
        """Everything promised holds, within the calls and the memory that input of this size may ask for."""
        data = case.read_bytes()
        assert len(data) <= 2**16
        TARGETS[case.parent.name](data)
        tracemalloc.start()
        try:
            TARGETS[case.parent.name].check(data)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most <= MOST_MEMORY + MOST_MEMORY_A_BYTE * len(data)


def seeded(target: str) -> st.SearchStrategy[bytes]:
    """Cases of the corpus, most of them changed."""
    known = [path.read_bytes() for path in CASES if path.parent.name == target]
    words = words_in(known)
    return st.builds(
        lambda data, random, other: changed(data, random, words, other) or data,
        st.sampled_from(known),
        randoms,
        st.none() | st.sampled_from(known),
    )


written_by_keras = networks.map(to_keras).map(str.encode)
described = networks.map(lambda model: json.dumps(model.to_dict()).encode())


class TestWhatIsMadeUp:
    """Nothing but what is promised comes of anything."""

    @settings(max_examples=150)
    @given(st.binary(max_size=100) | seeded("keras") | st.builds(changed, written_by_keras, randoms))
    def test_as_a_model_of_keras(self, data: bytes | None) -> None:
        TARGETS["keras"](data or b"")

    @settings(max_examples=100)
    @given(seeded("archive"), st.integers(0, 2**16), st.binary(max_size=4))
    def test_as_an_archive(self, data: bytes, at: int, other: bytes) -> None:
        at %= len(data)
        TARGETS["archive"](data[:at] + other + data[at + len(other) :])

    @settings(max_examples=150)
    @given(seeded("native") | st.builds(changed, described, randoms))
    def test_as_a_description_of_ours(self, data: bytes | None) -> None:
        TARGETS["native"](data or b"")

    @settings(max_examples=150)
    @given(st.sampled_from([path.read_bytes() for path in CASES if path.parent.name == "written"]), st.data())
    def test_as_a_layer_in_text(self, data: bytes, more: st.DataObject) -> None:
        at = more.draw(st.integers(0, len(data)))
        words = st.sampled_from([b"(", b")", b",", b"0", b"None", b"name=", b"Dense(3)", b"'", b"-", b"[", b"9" * 30])
        inserted = more.draw(words | st.binary(max_size=3))
        TARGETS["written"](data[:at] + inserted + data[at + more.draw(st.integers(0, 5)) :])

    @settings(max_examples=60)
    @given(seeded("answers"))
    def test_as_answers(self, data: bytes) -> None:
        TARGETS["answers"](data)

    @settings(max_examples=100)
    @given(seeded("fixtures"))
    def test_as_a_fixture_and_a_students_model(self, data: bytes) -> None:
        TARGETS["fixtures"](data)

    @settings(max_examples=200)
    @given(seeded("command"))
    def test_as_a_command_line(self, data: bytes) -> None:
        TARGETS["command"](data)


def fan(count: int) -> Model:
    """A model that is called often, and in which many layers take what comes into it: few values, many connections."""
    x, inside = Input((4,))(), Input((4,))()
    shared = Model(inputs=inside, outputs=[Dense(4)(inside) for _ in range(count)][-1]).place()
    return Model(inputs=x, outputs=[shared(x) for _ in range(count)])


def wrapped(count: int) -> Model:
    layer: Any = Dense(4)
    for _ in range(count):
        layer = SpectralNormalization(layer)
    return Model([layer], in_shape=(4,))


def nested(count: int) -> Model:
    """Each level calls the one within three times."""
    model = Model([Dense(4)], in_shape=(4,))
    for _ in range(count):
        x, shared = Input((4,))(), model.place()
        model = Model(inputs=x, outputs=Add()(shared(x), shared(shared(x))))
    return model


SHOWN: dict[str, Callable[[Model], object]] = {
    "summary": lambda model: model.summary(depth=None),
    "explain": Model.explain,
    "html": Model._repr_html_,
    "windows": Model.windows,
    "macs": Model.macs,
    "to_dict": Model.to_dict,
}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize(("model_of", "count", "most"), [(fan, 40, 2.5), (wrapped, 20, 4.5), (nested, 8, 4.5)])
def test_work_does_not_run_away_from_what_is_read(
    model_of: Callable[[int], Model], count: int, most: float, shown: str
) -> None:
    """A model that is twice as large takes twice the work; where its layers are deeper in each other, four times."""
    small, large = model_of(count), model_of(2 * count)
    SHOWN[shown](small)  # what is loaded on the way
    assert calls_in(lambda: SHOWN[shown](large)) <= most * calls_in(lambda: SHOWN[shown](small))


OTHER = Model([Dense(7)])


def broken(*_: Any, **__: Any) -> Any:
    raise KeyError("broken")


def endless(*_: Any, **__: Any) -> Any:
    while True:
        len("")


class TestThatTheyFind:
    """Each target finds it where the library breaks a promise."""

    BY = (
        ("keras", "from_keras"),
        ("archive", "from_keras"),
        ("native", "Model.from_dict"),
        ("written", "layer_from_text"),
        ("answers", "grade"),
        ("answers", "diagnose"),
        ("answers", "assert_summary"),
        ("fixtures", "assert_fixture"),
        ("fixtures", "assert_same_architecture"),
        ("command", "main"),
    )

    @staticmethod
    def case(target: str) -> bytes:
        return next(path.read_bytes() for path in CASES if path.parent.name == target)

    @pytest.mark.parametrize(("target", "name"), BY)
    def test_an_exception_of_another_kind(self, target: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(f"targets.{name}", broken)
        with pytest.raises(KeyError):
            TARGETS[target](self.case(target))

    @pytest.mark.parametrize(("target", "name"), BY)
    def test_work_without_end(self, target: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(f"targets.{name}", endless)
        monkeypatch.setitem(TARGETS, target, TARGETS[target]._replace(calls=10**6, calls_for_a_byte=0))
        with pytest.raises(Overworked):
            TARGETS[target](self.case(target))

    def test_work_without_end_whose_end_was_caught(self) -> None:
        def stubborn() -> None:
            try:
                endless()
            except BaseException:  # noqa: BLE001 (that is the point)
                return

        with pytest.raises(Overworked), working(100):
            stubborn()

    def test_a_traceback_on_the_command_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paramcalc.command_line.read", broken)
        with pytest.raises(AssertionError, match="a mistake of paramcalc"):
            TARGETS["command"](b'{"arguments": ["explain", "Dense(3)"]}')

    @pytest.mark.parametrize(
        ("method", "answer"),
        [
            ("to_dict", OTHER.to_dict()),
            ("params", -1),
            ("params", True),
            ("params", 17),
            ("macs", 1.0),
            ("connections", -1),
            ("output_shape", (3.0,)),
            ("output_shape", [3]),
            ("__repr__", repr(OTHER)),
        ],
    )
    def test_a_model_that_answers_otherwise(self, method: str, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Model, method, lambda *_: answer)
        with pytest.raises(AssertionError):
            targets.check_model(Model([Dense(4)], in_shape=(3,)))

    @pytest.mark.parametrize("method", ["to_dict", "params", "summary", "explain", "to_svg", "to_dot", "_repr_html_"])
    def test_a_model_that_raises(self, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Model, method, broken)
        with pytest.raises(KeyError):
            targets.check_model(Model([Dense(4)], in_shape=(3,)))

    @pytest.mark.parametrize("message", ["a" * 3_000, "\x1b[31m"])
    def test_a_message_that_is_endless_or_does_not_print(self, message: str) -> None:
        def refuse() -> None:
            error = ParamcalcError("a", "b", "c")
            error.args = (message,)
            raise error

        with pytest.raises(AssertionError):
            targets.tried(refuse)


class TestChanges:
    """What the fuzzer changes is data again, in an archive too."""

    DATA = json.dumps({"a": [1, "b", {"c": None}], "d": {"e": [2.5]}}).encode()

    @given(randoms, st.sampled_from([None, b'{"x": [1]}', b"[]"]))
    def test_are_data(self, random: Random, other: bytes | None) -> None:
        data = changed(self.DATA, random, ["word"], other)
        assert data is None or places([json.loads(data)])

    def test_reach_into_an_archive(self) -> None:
        data = changed(packed(self.DATA), Random(1))  # noqa: S311 (always the same)
        assert data is not None
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert json.loads(archive.read("config.json")) != json.loads(self.DATA)

    @pytest.mark.parametrize("data", [b"", b"no data", b"PK\x03\x04", packed(b"no data"), packed(b"1")[:-30]])
    def test_of_what_is_none_are_none(self, data: bytes) -> None:
        assert changed(data, Random(1)) is None  # noqa: S311 (always the same)

    def test_words_are_those_that_occur(self) -> None:
        assert words_in([self.DATA, b"Dense(units=4)"]) == ["a", "d", "e", "b", "c", "Dense", "units"]
