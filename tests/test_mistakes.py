"""The table of mistakes: what holds for each of them, how one's own are made, and what students are told."""

from __future__ import annotations

import re
from collections import UserDict
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import attrs
import pytest

from paramcalc import Add, BatchNorm, ConfigError, Conv2D, Dense, Dropout, Flatten, Layer, Model, Pool, ShapeError
from paramcalc.grading import MISTAKES, SENTENCES, Diagnosis, Example, Mistake, Reading, diagnose
from paramcalc.grading.sentences import FACTS, FRAMES, checked_sentences
from paramcalc.grading.table import BY_NAME

PAGE = Path(__file__).parent.parent / "docs" / "mistakes.md"
NAMES = [mistake.name for mistake in MISTAKES]


def told(mistake: Mistake, example: Example) -> Diagnosis:
    """What is said of an example of a mistake."""
    diagnoses = diagnose(example.layer, example.in_shape, **{example.about: example.value})
    return next(diagnosis for diagnosis in diagnoses if diagnosis.mistake == mistake.name)


@pytest.mark.parametrize("mistake", MISTAKES, ids=NAMES)
class TestAMistake:
    def test_is_found_in_its_examples(self, mistake: Mistake) -> None:
        """Each example is wrong, and the mistake is found behind it."""
        assert {example.about for example in mistake.examples} == set(mistake.about)
        for example in mistake.examples:
            assert Reading(example.layer, example.in_shape).answer(example.about) != example.value
            assert told(mistake, example).value == example.value

    def test_says_what_is_wrong_and_not_what_is_right(self, mistake: Mistake) -> None:
        assert "{value}" in SENTENCES[mistake.name]
        assert "{right}" not in SENTENCES[mistake.name]
        for example in mistake.examples:
            message = told(mistake, example).message
            assert message.startswith(f"{example.value} ")
            right = str(Reading(example.layer, example.in_shape).answer(example.about))
            assert not re.search(rf"\b{re.escape(right)}\b", message)
            assert "unknown" not in message
            assert not re.search("[{}]", message)

    def test_has_a_docstring(self, mistake: Mistake) -> None:
        assert (mistake.function.__doc__ or "").endswith(".")

    def test_that_is_made_all_through_a_model_speaks_of_no_layer_of_it(self, mistake: Mistake) -> None:
        facts = set(re.findall(r"{(\w+)}", SENTENCES[mistake.name]))
        inside = {
            "units",
            "strides",
            "input_dim",
            "key_dim",
            "num_heads",
        }  # arguments, as they stand in the first
        assert not mistake.spreads or facts <= {"value", "missing", "extra"} | inside


class TestTheTable:
    def test_has_names_that_differ(self) -> None:
        assert len(set(NAMES)) == len(NAMES) == len(BY_NAME)

    def test_has_a_sentence_for_each_and_no_other(self) -> None:
        assert set(SENTENCES) - {*FRAMES, "neighbours_answer"} == set(NAMES)
        assert checked_sentences(dict(SENTENCES), MISTAKES) == SENTENCES

    def test_puts_slips_last(self) -> None:
        slips = [mistake.slip for mistake in MISTAKES]
        assert sorted(slips) == slips

    def test_stands_in_the_documentation(self, request: pytest.FixtureRequest) -> None:
        head = PAGE.read_text(encoding="utf-8").split("<!-- mistakes -->")[0]
        expected = f"{head}<!-- mistakes -->\n\n{documented()}\n"
        if request.config.getoption("--overwrite-golden"):
            PAGE.write_text(expected, encoding="utf-8", newline="")
        assert PAGE.read_text(encoding="utf-8") == expected


def documented() -> str:
    """The table of the documentation, out of the table of the code: each mistake with its first example."""
    rows = [
        "| mistake | about | example | right | wrong | what a student is told |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    about = {"params": "counts", "output_shape": "shapes"}
    for mistake in MISTAKES:
        example = mistake.examples[0]
        layer = f"`{example.layer!r}`"
        if isinstance(example.layer, Model):
            tied = f", tied {example.layer.tied}" if example.layer.tied else ""
            layer = f"`{' → '.join(map(repr, example.layer))}`{tied}"
        cells = [
            f"`{mistake.name}`" + " ∀" * mistake.spreads,
            ", ".join(about[each] for each in mistake.about),
            f"{layer} on `{example.in_shape}`",
            str(Reading(example.layer, example.in_shape).answer(example.about)),
            str(example.value),
            told(mistake, example).message,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


# One's own

NESTED: Any = ()
for _ in range(100_000):
    NESTED = (NESTED,)


def twice(layer: Layer, in_shape: Any) -> Iterator[int]:
    yield 2 * layer.params(in_shape)


def mine(function: Any, about: Any = "params", **options: Any) -> list[Diagnosis]:
    """What is said of 1 700 and (20,) for a Dense(10) on (84,), by one mistake alone."""
    mistake = Mistake(function, about, name="mine", **options)
    answer: dict[str, Any] = {"params": 1_700, "output_shape": (20,)}
    return list(diagnose(Dense(10), (84,), mistakes=[mistake], sentences={"mine": "{value}!"}, **answer))


class TestAMistakeOfOnesOwn:
    def test_is_a_function_of_a_few_lines(self) -> None:
        assert mine(twice) == [Diagnosis("mine", "1700!", 1_700)]
        assert mine(lambda *_: [(3,), (20,)], "output_shape") == [Diagnosis("mine", "(20,)!", (20,))]

    def test_has_the_name_of_its_function(self) -> None:
        assert Mistake(twice, "params").name == "twice"

    def test_may_yield_readings_counts_and_shapes(self) -> None:
        def more(layer: Dense, in_shape: Any) -> Iterator[Any]:
            yield Reading(attrs.evolve(layer, units=20), in_shape)
            yield 5
            yield [20]

        found = mine(more, ("params", "output_shape"))
        assert [diagnosis.value for diagnosis in found] == [(20,), 1_700]

    def test_may_yield_shapes_of_several_outputs(self) -> None:
        def both(*_: Any) -> Iterator[Any]:
            yield ((1,), [2, None])

        (found,) = diagnose(
            Dense(1), (3,), output_shape=[(1,), (2, None)], mistakes=[Mistake(both, "output_shape")],
            sentences={"both": "."},
        )  # fmt: skip
        assert found.value == ((1,), (2, None))

    def test_is_for_some_layers_alone(self) -> None:
        assert mine(twice, on=Dense) != []
        assert mine(twice, on=(Conv2D, Pool)) == []

    def test_ends_where_the_calculator_refuses(self) -> None:
        def refused(_: Layer, in_shape: Any) -> Iterator[Any]:
            yield 1_700
            yield Conv2D(3, 3).params(in_shape)

        assert [diagnosis.value for diagnosis in mine(refused)] == [1_700]

    def test_that_is_endless_is_asked_a_thousand_times(self) -> None:
        assert mine(lambda *_: count(1_000)) != []
        assert mine(lambda *_: count(0)) == []

    def test_that_reads_what_cannot_be_is_none(self) -> None:
        assert mine(lambda layer, _: [Reading(layer, ())]) == []

    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (lambda *_: 7, "mistake 'mine' must be able to answer, got TypeError"),
            (lambda layer, _: layer.filters, "mistake 'mine' must be able to answer, got AttributeError"),
            (lambda *_: ["7"], "what mistake 'mine' yields must be readings or counts, got '7'"),
            (lambda *_: [(7,)], r"what mistake 'mine' yields must be readings or counts, got \(7,\)"),
            (lambda *_: [Reading("x", (1,))], "the layer in what mistake 'mine' yields must be a layer, got 'x'"),  # type: ignore[arg-type]
            (lambda *_: [Reading(None, None)], "the layer in what mistake 'mine' yields must be a layer, got None"),  # type: ignore[arg-type]
            (
                lambda *_: [Reading(Model([Dense(1)], in_shape=(3,)), None)],  # type: ignore[arg-type]
                "the in_shape in what mistake 'mine' yields must be a tuple or list, got None",
            ),
            (lambda *_: [1 << 20_000], "what mistake 'mine' yields must be of at most 10000 bits, got an int of"),
            (lambda *_: [True], "what mistake 'mine' yields must be readings or counts, got True"),
        ],
    )
    def test_that_cannot_answer_is_an_error(self, function: Any, message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            mine(function)

    @pytest.mark.parametrize("shape", [NESTED, (1 << 20_000,), 3, (3, "x"), ((3,), 4), ((3,), (True,))])
    def test_whose_shape_is_none_is_an_error(self, shape: Any) -> None:
        with pytest.raises(ConfigError, match=r"what mistake 'mine' yields must be (readings or shapes|of at most)"):
            mine(lambda *_: [shape], "output_shape")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"function": 3}, "function must be a function of a layer and an input shape, got 3"),
            ({"about": "macs"}, "about must be 'params', 'output_shape' or both, got 'macs'"),
            ({"about": ()}, r"about must be 'params', 'output_shape' or both, got \(\)"),
            ({"about": [3]}, r"about must be 'params', 'output_shape' or both, got \[3\]"),
            ({"on": int}, "on must be a class of layers, or a tuple of them, got <class 'int'>"),
            ({"on": ()}, r"on must be a class of layers, or a tuple of them, got \(\)"),
            ({"on": Dense(3)}, r"on must be a class of layers, or a tuple of them, got Dense\(3\)"),
            ({"examples": [(Dense(3), (3,), 4)]}, "examples must be a tuple of Example, got"),
            ({"examples": 3}, "examples must be a tuple of Example, got 3"),
            ({"name": ""}, "name must be a text that is not empty, got ''"),
            ({"slip": 1}, "slip must be True or False, got 1"),
            ({"spreads": None}, "spreads must be True or False, got None"),
        ],
    )
    def test_is_checked_when_it_is_made(self, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            Mistake(**{"function": twice, "about": "params", **arguments})

    def test_made_all_through_a_model_may_be_of_any_layer(self) -> None:
        def kept(_: Layer, in_shape: Any) -> Iterator[Any]:
            yield Reading(Flatten(), in_shape)

        mistake = Mistake(kept, "output_shape", spreads=True)
        model = Model([Pool(2), Dense(4)], in_shape=(8, 3))
        (found,) = diagnose(model, output_shape=24, mistakes=(mistake,), sentences={"kept": "."})
        assert found.mistake == "kept"

    @pytest.mark.parametrize(
        ("mistakes", "message"),
        [
            (3, "mistakes must be a tuple or list of Mistake, got 3"),
            ([3], r"mistakes must be a tuple or list of Mistake, got \[3\]"),
            (MISTAKES[:1] * 2, "the names of mistakes must be different, got 'no_bias' twice"),
        ],
    )
    def test_comes_in_a_table(self, mistakes: Any, message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            diagnose(Dense(10), (84,), params=1, mistakes=mistakes)


# What students are told


class TestSentences:
    def test_of_a_course_replace_those_that_it_names(self) -> None:
        course = {"no_bias": "{value} ist ohne die {missing} Schwellenwerte von {layer}."}
        (found,) = diagnose(Dense(10), (84,), params=840, sentences=course)
        assert found.message == "840 ist ohne die 10 Schwellenwerte von Dense."
        (found,) = diagnose(Dense(10), (84,), params=85 * 10 + 74, sentences=course)
        assert found.message.startswith("924 has a bias for each input.")

    def test_may_name_every_fact(self) -> None:
        template = " ".join(f"{{{name}}}" for name in (*FACTS, "filters", "kernel_size", "activation"))
        own = Mistake(lambda *_: [7], "params", on=Conv2D, name="own")
        (found,) = diagnose(
            Conv2D(8, (3, 5)), (32, 32, 3), params=7, mistakes=[own], sentences={"own": template},
        )  # fmt: skip
        assert found.message == "7 368 361 0 Conv2D (32, 32, 3) 3 840 32 360 8 8 3 × 5 unknown"

    def test_do_not_fail_for_want_of_a_fact(self) -> None:
        template = "{channels} {positions} {steps} {kernels} {biases}"
        own = Mistake(lambda *_: [(7,)], "output_shape", name="own")
        for layer, in_shape, message in (
            (Add(), ((4, 3), (4, 3)), "3 4 4 0 0"),
            (BatchNorm(), (None, None), "unknown unknown unknown unknown unknown"),
            (Dropout(0.5), (), "unknown unknown unknown 0 0"),
            (Model([Dense(3)]), (4,), "4 1 4 unknown unknown"),
        ):
            (found,) = diagnose(layer, in_shape, output_shape=7, mistakes=[own], sentences={"own": template})
            assert found.message == message

    @pytest.mark.parametrize(
        ("sentences", "message"),
        [
            (3, "sentences must be a mapping of the names of mistakes to texts, got 3"),
            ({"no_bais": "x"}, "a name in sentences must be that of a mistake, got 'no_bais'; did you mean no_bias"),
            ({3: "x"}, "a name in sentences must be that of a mistake, got 3; there are "),
            ({"no_bias": ""}, r"sentences\['no_bias'\] must be a text of 1 to 1000 characters, got ''"),
            ({"no_bias": 3}, r"sentences\['no_bias'\] must be a text of 1 to 1000 characters, got 3"),
            ({"no_bias": "x" * 1001}, r"sentences\['no_bias'\] must be a text of 1 to 1000 characters, got 'xxx"),
            ({"no_bias": "{value"}, r"sentences\['no_bias'\] must be a text with names alone in its braces, got"),
            (
                {"neighbours_answer": "{bogus}!"},
                r"{bogus} in sentences\['neighbours_answer'\] must be a fact, got none",
            ),
            ({"no_bias": "{}"}, r"sentences\['no_bias'\] must be a text with names alone in its braces, got"),
            ({"no_bias": "{value.__class__}"}, r"sentences\['no_bias'\] must be a text with names alone in its"),
            ({"no_bias": "{value!r:>99}"}, r"sentences\['no_bias'\] must be a text with names alone in its"),
            (
                {"no_bias": "{valeu}"},
                r"{valeu} in sentences\['no_bias'\] must be a fact, got none; did you mean value?",
            ),
            ({"no_bias": "{filters}"}, r"{filters} in sentences\['no_bias'\] must be a fact"),
            (
                {"two_mistakes": "{value}"},
                r"{value} in sentences\['two_mistakes'\] must be a fact, got none; there are",
            ),
        ],
    )
    def test_that_cannot_be_filled_in_are_refused_at_once(self, sentences: Any, message: str) -> None:
        """Even where the answer is right and nothing is to be said."""
        with pytest.raises(ConfigError, match=message):
            diagnose(Dense(10), (84,), params=850, sentences=sentences)

    def test_for_mistakes_that_are_not_sought_are_let_be(self) -> None:
        known = MISTAKES[:1]
        (found,) = diagnose(Dense(10), (84,), params=840, mistakes=known, sentences={"rounded_up": "{value} up"})
        assert found.mistake == "no_bias"

    def test_must_be_there_for_every_mistake(self) -> None:
        with pytest.raises(ConfigError, match="sentences must be with one for mistake 'twice', got none"):
            diagnose(Dense(10), (84,), params=1, mistakes=[Mistake(twice, "params")])

    def test_that_are_hostile_are_refused(self) -> None:
        class Odd(UserDict[str, str]):
            def __iter__(self) -> Any:
                raise RuntimeError

        with pytest.raises(ConfigError, match="sentences must be a mapping"):
            diagnose(Dense(10), (84,), params=1, sentences=Odd(no_bias="."))

    def test_may_be_of_any_class_of_texts(self) -> None:
        class Odd(str):
            __slots__ = ()

            def __len__(self) -> int:
                raise RuntimeError

        (found,) = diagnose(Dense(10), (84,), params=840, sentences={Odd("no_bias"): Odd("{value}.")})
        assert found.message == "840."

    def test_are_asked_for_before_the_layer(self) -> None:
        with pytest.raises(ShapeError):
            diagnose(Dense(10), (), params=1, sentences={"no_bias": "."})
