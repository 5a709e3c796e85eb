"""The command line: what each command takes, and what it answers.

Knows: which commands there are, and what they take. Must not know: how anything is read, counted or shown.

What is wrong is one line on stderr, and the exit code 2; `diff` has 1 where something differs.
What is written hangs on the arguments alone, never on the terminal: it has no colours, and its width follows from what
stands in it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import attrs

import paramcalc
from paramcalc.arguments import choice
from paramcalc.console import complain, write
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError, nearest, shown
from paramcalc.sources import SOURCES, read

if TYPE_CHECKING:
    from paramcalc.model import Model
    from paramcalc.shapes import Shapes

WRONG, DIFFERENT = 2, 1

FORMATS = {
    "text": "to_text",
    "markdown": "to_markdown",
    "html": "to_html",
    "latex": "to_latex",
    "csv": "to_csv",
    "json": "to_dict",
    "svg": "to_svg",
    "mermaid": "to_mermaid",
    "dot": "to_dot",
}
"""Each format, and the method that writes it."""

TABLES = ("text", "markdown", "html", "latex", "csv", "json")
PICTURES = ("svg", "mermaid", "dot")

_SIZES = r"[\d?,()]+"

_FLAGS = ("-h", "--help", "--full")
"""The options that take no value."""


# What is asked for


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are raised, and whose help is the same on every terminal."""

    def __init__(self, **options: Any) -> None:
        options["formatter_class"] = lambda prog: argparse.HelpFormatter(prog, width=80)
        super().__init__(allow_abbrev=False, **options)
        self.color = False  # which Python has from 3.14 on

    def error(self, message: str) -> NoReturn:
        """Raises what is wrong with the arguments, instead of writing several lines."""
        raise _UsageError(f"{message} (see {self.prog} --help)")


class _UsageError(Exception):
    """The arguments are wrong."""


def _parser() -> _Parser:
    """The parser that knows the commands by name, for its help and its errors."""
    parser = _Parser(
        prog="paramcalc",
        description="Shapes and parameter counts of neural networks, and why.",
        epilog="For example: paramcalc explain 'Conv2D(8, 5)' --input-shape 32,32,3",
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands, each with a --help of its own")
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.purpose)
    return parser


def _parser_of(name: str, command: _Command) -> _Parser:
    """The parser of one command."""
    parser = _Parser(prog=f"paramcalc {name}", description=f"Writes {command.purpose}.")
    for argument in command.takes:
        parser.add_argument(argument, **_ARGUMENTS[argument])
    first, *_ = command.formats
    parser.add_argument("--format", metavar="NAME", default=first, help=f"one of {', '.join(command.formats)}")
    return parser


def _help_of(parser: _Parser, command: _Command) -> str:
    """The help of one command, with the names that its options take."""
    if "--columns" in command.takes:
        from paramcalc.summary import COLUMNS, DTYPES

        parser.epilog = f"The columns are {', '.join(COLUMNS)}. The dtypes are {', '.join(DTYPES)}."
    return parser.format_help()


def _sorted(parser: _Parser, known: Sequence[str], arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options, each with its value behind a `=`, and all else.

    argparse would take names of layers only where all of them stand together, and no value that begins with a dash.
    """
    options: list[str] = []
    others: list[str] = []
    pending = list(arguments[::-1])
    while pending:
        argument = pending.pop()
        if argument == "--":
            return options, others + pending[::-1]
        option, equals, _ = argument.partition("=")
        if not argument.startswith("-") or argument == "-":
            others.append(argument)
        elif option not in known:
            parser.error(f"{shown(option)} is no option; {nearest(option, known)}")
        elif equals or option in _FLAGS or not pending:
            options.append(argument)
        else:
            value = pending.pop()
            options.append(f"{option}={value}")
            if option == "--input-shape" and pending and re.fullmatch(_SIZES, pending[-1]):
                parser.error(
                    f"argument {option}: must be one word with commas, such as 32,32,3, got {value} {pending[-1]}"
                )
    return options, others


def _depth(text: str) -> int | None:
    return None if text == "all" else _integer(text, "an int from 1, or all")


def _shape(text: str) -> tuple[int | None, ...]:
    expected = "sizes with commas, such as 32,32,3, and ? for an axis that is open"
    inner = text.strip()
    if inner[:1] + inner[-1:] in ("()", "[]"):
        inner = inner[1:-1]
    sizes = inner.strip().removesuffix(",")
    return tuple(
        None if size.strip() in ("?", "None") else _integer(size, expected)
        for size in (sizes.split(",") if sizes else ())
    )


def _integer(text: str, expected: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be {expected}, got {shown(text)}") from None


_ARGUMENTS: dict[str, dict[str, Any]] = {
    "source": {"help": SOURCES},
    "first": {"help": SOURCES},
    "second": {"help": "likewise"},
    "layer": {"nargs": "*", "help": "names of layers of the model, all if none is given"},
    "name": {"nargs": "?", "help": "the name of a network, whose table is written"},
    "--full": {"action": "store_true", "help": "every step in full, with multiply-adds and connections"},
    "--ignore": {"metavar": "NAMES", "default": "", "help": "fields and classes of layers that do not count"},
    "--columns": {"metavar": "NAMES", "help": "the columns of the table, such as layer,output_shape,macs"},
    "--depth": {"type": _depth, "default": 1, "help": "how far models in models are opened, or all"},
    "--dtype": {"default": "float32", "help": "what a number is stored as, for sizes in bytes"},
    "--input-shape": {
        "metavar": "SHAPE", "action": "append", "type": _shape,
        "help": "such as 32,32,3, without the batch; ? is an axis that is open; once for each of several inputs",
    },
}  # fmt: skip
"""What commands take, as argparse has it; all take a --format."""


# What is answered


class _Answer(NamedTuple):
    """What is written, in which format, and the exit code."""

    text: str
    format: str = "text"
    code: int = 0


def _asked(arguments: Sequence[str]) -> _Answer:
    """The answer to a command line."""
    name, *rest = arguments or [""]
    if name in ("-h", "--help"):
        return _Answer(_parser().format_help())
    if name == "--version":
        return _Answer(f"paramcalc {paramcalc.__version__}")
    command = _COMMANDS.get(name)
    if command is None:
        _parser().error(
            f"a command must be given, got {shown(name) if name else 'nothing'}; {nearest(name, _COMMANDS)}"
        )
    parser = _parser_of(name, command)
    given, others = _sorted(parser, command.options, rest)
    if "-h" in given or "--help" in given:
        return _Answer(_help_of(parser, command))
    options = parser.parse_args([*given, "--", *others])
    options.is_bare = not given
    choice("--format", options.format, command.formats)
    return command.answer(options)


def _summary(options: argparse.Namespace) -> _Answer:
    model = _model(options.source, options)
    summary = model.summary(_required(model.in_shape), depth=options.depth, dtype=options.dtype)
    if options.columns is None:
        return _formatted(summary, options)
    if options.format == "json":
        known = ", ".join(each for each in TABLES if each != "json")
        raise ConfigError("--format", f"one of {known} where --columns is given", "'json', which holds all facts")
    return _formatted(summary, options, columns=_names(options.columns))


def _zoo(options: argparse.Namespace) -> _Answer:
    if options.name is not None:
        options.source = f"zoo:{options.name}"
        return _summary(options)
    if not options.is_bare:
        raise ConfigError("the name of a network", "given where options are", "nothing")
    from paramcalc import zoo

    return _Answer("\n".join(zoo.names()))


def _explain(options: argparse.Namespace) -> _Answer:
    layer, in_shape = read(options.source), _in_shape(options)
    explanation = layer.explain(_required(getattr(layer, "in_shape", None) if in_shape is None else in_shape))
    names = [part.name for part in explanation.parts if part.name]
    for name in options.layer:
        if not names:
            raise ConfigError("the name of a layer", "left out where there is one layer alone", shown(name))
        if name not in names:
            raise ConfigError("the name of a layer", "one that the model has", shown(name), nearest(name, names))
    if options.layer:
        parts = tuple(part for part in explanation.parts if part.name in options.layer)
        explanation = type(explanation)(parts)
    full = {} if options.format == "json" else {"full": options.full}
    return _formatted(explanation, options, **full)


def _draw(options: argparse.Namespace) -> _Answer:
    model = _model(options.source, options)
    return _formatted(model, options, in_shape=_required(model.in_shape), depth=options.depth)


def _diff(options: argparse.Namespace) -> _Answer:
    if options.first == options.second == "-":
        raise ConfigError("one of the models", "read from elsewhere", "'-' twice")
    first, second = (_model(source, options) for source in (options.first, options.second))
    differences = paramcalc.diff(first, second, ignore=_names(options.ignore))
    return _formatted(differences, options, code=DIFFERENT if differences else 0)


def _model(source: str, options: argparse.Namespace) -> Model:
    """What the source holds as a model, for the input shape that is given."""
    from paramcalc.model import Model

    layer, in_shape = read(source), _in_shape(options)
    if not isinstance(layer, Model):
        return Model([layer], in_shape=in_shape)
    return layer if in_shape is None else attrs.evolve(layer, in_shape=in_shape)


def _required(in_shape: Shapes | None) -> Shapes:
    """The input shape, where nothing can be counted without it."""
    if in_shape is None:
        raise ShapeError("--input-shape", "given, because the model does not say it", "nothing", "such as 32,32,3")
    return in_shape


def _in_shape(options: argparse.Namespace) -> Shapes | None:
    shapes = options.input_shape
    return shapes and (shapes[0] if len(shapes) == 1 else tuple(shapes))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _formatted(facts: Any, options: argparse.Namespace, *, code: int = 0, **details: Any) -> _Answer:
    """The answer that gives these facts in the format that is asked for."""
    written = getattr(facts, FORMATS[options.format])(**details)
    if options.format == "json":
        import json

        written = json.dumps(written, indent=2)
    return _Answer(written, options.format, code)


class _Command(NamedTuple):
    """A command: what it writes, how it answers, what it takes, and its formats, the first of which is the default."""

    purpose: str
    answer: Callable[[argparse.Namespace], _Answer]
    takes: tuple[str, ...]
    formats: tuple[str, ...] = TABLES

    @property
    def options(self) -> list[str]:
        """The names of all options."""
        return [*(name for name in self.takes if name.startswith("-")), "--format", "--help", "-h"]


_COMMANDS = {
    "summary": _Command(
        "the table of a model, a row for each layer",
        _summary, ("source", "--columns", "--depth", "--dtype", "--input-shape"),
    ),
    "explain": _Command(
        "where every number of a layer or a model comes from",
        _explain, ("source", "layer", "--full", "--input-shape"),
    ),
    "draw": _Command(
        "a picture of a model",
        _draw, ("source", "--depth", "--input-shape"), PICTURES,
    ),
    "diff": _Command(
        "what differs between two models; the exit code is 1 where something does",
        _diff, ("first", "second", "--ignore", "--input-shape"),
    ),
    "zoo": _Command(
        "the names of the networks in the zoo, or the table of one of them",
        _zoo, ("name", "--columns", "--depth", "--dtype", "--input-shape"),
    ),
}  # fmt: skip


# The whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Answers a command line, by default that of the process, and returns the exit code.

    >>> main(["explain", "Dense(10)", "--input-shape", "84"])
    Dense(10) on (84,)
      output features = units = 10
      kernel          = input features × units = 84 × 10 = 840
      bias            = units = 10
      params          = (input features + 1) × units = (84 + 1) × 10 = 850
    0
    """
    try:
        answer = _asked(sys.argv[1:] if arguments is None else arguments)
        write(answer.text, answer.format)
    except (ParamcalcError, _UsageError) as error:
        complain(str(error))
        return WRONG
    except Exception as error:  # noqa: BLE001 (nobody reads a traceback here)
        complain(f"{type(error).__name__}: {error}; this is a mistake of paramcalc, which should be reported")
        return WRONG
    return answer.code
