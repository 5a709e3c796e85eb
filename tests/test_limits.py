"""Every limit on what a file or a user may ask for: what reaches it is taken, and what goes beyond it is refused."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_keras_format import X, graph, operation
from test_package import MODULES

from paramcalc import (
    Activation,
    Augmentation,
    Dense,
    Input,
    Layer,
    LSTMCell,
    Model,
    ParamcalcError,
    RepeatVector,
    StackedRNNCells,
    TimeDistributed,
    diff,
    from_keras,
    to_keras,
)
from paramcalc.arguments import numbers
from paramcalc.formats.untrusted import Value, copied, parsed, text_of, walked
from paramcalc.formats.written import layer_from_text
from paramcalc.grading import exercise, grade
from paramcalc.grading.answers import Unreadable, read_count
from paramcalc.tied import as_ties

PAGE = Path(__file__).parent.parent / "docs" / "security.md"


class Costly(Layer):
    """A layer that says what it costs."""

    cost = 0

    def compute_output_shape(self, in_shape: Any) -> Any:
        return in_shape

    def compute_macs(self, in_shape: Any, output_shape: Any, weights: Any) -> int:
        return self.cost


def costing(macs: int) -> int | None:
    kind: type[Layer] = type("Costing", (Costly,), {"cost": macs})
    return kind().macs((3,))


def lists_around(depth: int) -> Any:
    """A number in so many lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def layers_around(depth: int) -> Layer:
    """A layer in so many others."""
    layer: Layer = Dense(1)
    for _ in range(depth):
        layer = TimeDistributed(layer)
    return layer


def ways(count: int) -> dict[str, Any]:
    """A file in which a layer is called in so many ways."""
    often = operation("Add", ["x", 0, 0], 0.0)
    for constant in range(1, count):
        often["inbound_nodes"] += operation("Add", ["x", 0, 0], float(constant))["inbound_nodes"]
    return graph(X, often)


def called_on_shapes(count: int) -> Model:
    """A model that calls the model in it on so many shapes."""
    x, inner = Input((4,))(), Model([Activation("relu")]).place()
    return Model(inputs=x, outputs=[inner(RepeatVector(size)(x)) for size in range(1, count + 1)])


def dtype(length: int) -> dict[str, Any]:
    """A file in which a layer's dtype is a text of so many characters."""
    layer = {"class_name": "Dense", "config": {"units": 1, "dtype": "a" * length}}
    return {"class_name": "Sequential", "config": {"layers": [layer]}}


def answered(length: int) -> int:
    """Reads an answer of so many characters, most of them spaces."""
    count = read_count("7".rjust(length))
    if isinstance(count, Unreadable):
        raise ParamcalcError("the answer", "one that can be read", count.reason)
    return count


class Limit(NamedTuple):
    """A limit: what it is a limit of, where it stands, and something that asks for so much.

    `tried` stands in for a number that would take long to reach.
    """

    what: str
    module: str
    constant: str
    ask: Callable[[int, Path], object]
    tried: int | None = None


def read_bytes(size: int, folder: Path) -> str:
    path = folder / "model.json"
    path.write_bytes(b"{}".ljust(size))
    return text_of(path, "config.json")


def archive(size: int, folder: Path) -> Model:
    """An archive whose list of files has so many bytes."""
    path = folder / "model.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", to_keras(Model([Dense(1)])))
        file.writestr("a" * (size - 2 * 46 - len("config.json")), b"")
    return from_keras(path)


LIMITS = [
    Limit("bytes of a file, or of `config.json` in an archive once it is unpacked", "formats.untrusted", "LARGEST_FILE",
          read_bytes),
    Limit("bytes of the list of what is in an archive", "formats.untrusted", "LARGEST_LIST", archive, 1_000),
    Limit("values in a file or a text", "formats.untrusted", "MOST_VALUES",
          lambda count, _: parsed(f"[{'1,' * (count - 1)}1]")),
    Limit("values in a dict", "formats.untrusted", "MOST_VALUES", lambda count, _: copied([1] * (count - 1)), 1_000),
    Limit("lists and objects in each other", "formats.untrusted", "DEEPEST_SOURCE",
          lambda depth, _: copied(lists_around(depth))),
    Limit("lists and objects in each other, within one argument", "formats.untrusted", "DEEPEST_VALUE",
          lambda depth, _: list(walked(Value(lists_around(depth))))),
    Limit("bits of an integer", "formats.untrusted", "_MOST_BITS",
          lambda bits, _: Value(copied(2 ** (bits - 1))).integer()),
    Limit("layers around a layer, models among them", "layers.base", "DEEPEST", lambda depth, _: layers_around(depth)),
    Limit("shapes that a model in a model is called on", "evaluation", "MOST_SHAPES",
          lambda count, _: called_on_shapes(count)),
    Limit("characters of a name", "layers.base", "LONGEST_NAME", lambda length, _: Dense(1, name="a" * length)),
    Limit("characters of a text in a dtype", "formats.keras.values", "LONGEST_DTYPE",
          lambda length, _: from_keras(dtype(length))),
    Limit("ways in which one layer of a file is called", "formats.keras.read", "MOST_WAYS",
          lambda count, _: from_keras(ways(count))),
    Limit("characters of a path of tied weights", "tied", "LONGEST_PATH",
          lambda length, _: as_ties([["a" * length, "b"]])),
    Limit("an axis of a shape", "shapes", "LARGEST", lambda size, _: Dense(1).output_shape((size,))),
    Limit("an argument that is an integer", "shapes", "LARGEST", lambda units, _: Dense(units)),
    Limit("axes of a shape", "shapes", "LARGEST_RANK", lambda rank, _: Dense(1).output_shape((1,) * rank)),
    Limit("multiply-adds, or connections, of a layer", "layers.base", "LARGEST_COST", lambda cost, _: costing(cost)),
    Limit("numbers in an argument that is an array", "arguments", "MOST_NUMBERS",
          lambda count, _: numbers("mean", [0] * count), 1_000),
    Limit("lists in each other in the settings of an `Augmentation`; a dict counts as two",
          "layers.augmentation", "DEEPEST",
          lambda depth, _: Augmentation("RandomFlip", {"seed": lists_around(depth - 2)})),
    Limit("values in the settings of an `Augmentation`", "layers.augmentation", "MOST_VALUES",
          lambda count, _: Augmentation("RandomFlip", {"seed": [1] * (count - 3)})),
    Limit("characters of a student's answer", "grading.answers", "LONGEST_TEXT", lambda length, _: answered(length)),
    Limit("characters of a sentence for students", "grading.sentences", "LONGEST_SENTENCE",
          lambda length, _: exercise(1, sentences={"no_bias": "a" * length})),
    Limit("bits of a seed", "grading.quiz", "MOST_BITS", lambda bits, _: exercise(2 ** (bits - 1))),
    Limit("calls of layers in a model that is compared, models in it opened", "opened", "MOST_CALLS",
          lambda count, _: diff(*[Model([Dense(1)] * count, in_shape=(1,), name=name) for name in "ab"]), 1_000),
    Limit("layers in models in a model, where these are opened", "rows", "MOST_OPENED",
          lambda count, _: Model([Model([Dense(1)] * count)], in_shape=(1,)).summary(depth=None), 1_000),
    Limit("layers in models in a model whose weights are listed", "rows", "MOST_OPENED",
          lambda count, _: Model([Model([Dense(1)] * count)], in_shape=(1,)).weights(), 1_000),
    Limit("points of a graded table", "grading.marking", "MOST_POINTS",
          lambda points, _: grade(Model([Dense(1)], in_shape=(1,)), [], points=points)),
    Limit("characters of a layer that is written as text", "formats.written", "LONGEST",
          lambda length, _: layer_from_text("Dense(1)".rjust(length))),
    Limit("cells in a stack", "layers.recurrent", "MOST_CELLS",
          lambda count, _: StackedRNNCells([LSTMCell(1)] * count)),
]  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS, ids=[f"{limit.module}.{limit.constant}" for limit in LIMITS])
def test_what_is_within_it_is_taken_and_what_is_beyond_it_refused(
    limit: Limit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module(f"paramcalc.{limit.module}")
    if limit.tried is not None:
        monkeypatch.setattr(module, limit.constant, limit.tried)
    most = getattr(module, limit.constant)
    limit.ask(most, tmp_path)
    with pytest.raises(ParamcalcError) as refused:
        limit.ask(most + 1, tmp_path)
    assert len(str(refused.value)) <= 2_000


@pytest.mark.parametrize("limit", LIMITS, ids=[f"{limit.module}.{limit.constant}" for limit in LIMITS])
def test_it_is_the_limit_that_refuses(limit: Limit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused beyond it is taken where the limit is larger by one, wherever it was imported."""
    known = getattr(import_module(f"paramcalc.{limit.module}"), limit.constant)
    most = limit.tried or known
    for module in map(import_module, MODULES):
        if vars(module).get(limit.constant) is known:
            monkeypatch.setattr(module, limit.constant, most + 1)
    limit.ask(most + 1, tmp_path)


def test_every_limit_of_the_library_is_tested() -> None:
    """A constant that is named as a limit, in any module."""
    found = {
        (module.removeprefix("paramcalc."), target.id)
        for module in MODULES
        for node in ast.parse(Path(str(import_module(module).__file__)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.lstrip("_").startswith(("LARGEST", "MOST", "DEEPEST", "LONGEST"))
    }
    others = {
        ("layers.conv_lstm", "_MOST_AXES"),  # of the layer itself: Keras has classes for three axes and not for more
        ("grading.inside", "MOST_EVALUATIONS"),  # beyond these a search is narrower, and nothing is refused
        ("grading.inside", "MOST_WORK"),
        ("grading.marking", "MOST_LAYERS"),
        ("grading.mistakes", "MOST_OUTCOMES"),
        ("grading.mistakes", "MOST_BITS"),  # of a teacher's own function
        ("console", "_LONGEST"),
        ("alignment", "MOST_LOOKS"),  # beyond these an alignment is less good
        ("alignment", "MOST_DIFFERENCES"),
        ("grading.answers", "LARGEST_BITS"),  # beyond these an answer, a message or a picture says less
        ("grading.sentences", "MOST_TOLD"),
        ("formats.untrusted", "_LONGEST_STEP"),
        ("testing", "_MOST_TOLD"),
        ("testing", "_LONGEST_LINE"),
        ("render.folding", "MOST_BOXES"),
        ("render.folding", "LONGEST_RUN"),
        ("render.glyphs", "MOST_SHEETS"),
        ("render.glyphs", "MOST_BLOCKS"),
        ("render.glyphs", "MOST_OUTPUTS"),
        ("render.notebook", "MOST_ROWS"),
        ("render.notebook", "MOST_LEVELS"),
        ("render.dot", "LONGEST"),
        ("render.mermaid", "LONGEST"),
        ("render.mermaid", "LONGEST_TEXT"),
        ("render.mermaid", "MOST_ARROWS"),
        ("difference", "_MOST_BITS"),
        ("render.text", "LONGEST_CELL"),
        ("errors", "_MOST_ACCENTS"),
        ("render.svg", "LONGEST_KIND"),
        ("render.svg", "LONGEST_NAME"),
        ("render.svg", "MOST_FRAMES"),
        ("render.svg", "MOST_SHAPES"),
        ("render.svg", "MOST_TOLD"),
    }
    assert found - others == {(limit.module, limit.constant) for limit in LIMITS}


def written(number: int) -> str:
    """A limit as the page writes it."""
    if number == 2**63 - 1:
        return "2⁶³ − 1"
    if number == 2**8192 - 1:
        return "2⁸¹⁹² − 1"
    return f"{number // 2**20} MiB" if number % 2**20 == 0 else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def test_the_table_of_the_documentation_is_that_of_the_code(
    golden_part: Callable[[Path, str, str, str], None],
) -> None:
    rows = [
        f"| {limit.what} | {written(getattr(import_module(f'paramcalc.{limit.module}'), limit.constant))} | "
        f"`{limit.module}.{limit.constant}` |"
        for limit in LIMITS
    ]
    table = "\n".join(["| of what | at most | where it stands |", "| --- | ---: | --- |", *rows])
    begin = (
        "<!-- the table is made from tests/test_limits.py: python -m pytest --overwrite-golden writes it anew -->\n\n"
    )
    golden_part(PAGE, begin, table, "\n\n## ")
