"""The command line: `paramcalc`, or `python -m paramcalc`.

Knows: what is asked for, where it is read from, and how it is written. Must not know: what anything counts.

Nobody imports this. What is wrong is one line on stderr, and the exit code 2; `diff` has 1 where something differs.
What is written hangs on the arguments alone, never on the terminal: it has no colours, and its width follows from what
stands in it. Where the console lacks a sign, such as the lines of a table, all such signs are written plainly.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import attrs

import paramcalc
from paramcalc.arguments import choice
from paramcalc.errors import ConfigError, ParamcalcError, ReadError, ShapeError, nearest, printable, shown
from paramcalc.formats.untrusted import LARGEST_FILE, parsed, text_in, text_of

if TYPE_CHECKING:
    from paramcalc.layers.base import Layer
    from paramcalc.model import Model
    from paramcalc.shapes import Shapes

WRONG, INTERRUPTED, DIFFERENT = 2, 130, 1

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

_PLAIN = str.maketrans({
    **dict.fromkeys("┏┳┓┡╇┩├┼┤└┴┘", "+"), **dict.fromkeys("━─", "-"), **dict.fromkeys("┃│", "|"),
    "×": "x", "−": "-", "→": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "–": "-", "…": "...",
})  # fmt: skip
"""What stands for a sign where the console does not have it."""

_LONGEST = 2_500
"""How long a line on stderr is at most."""

_CALL = re.compile(r"\s*[A-Za-z_]\w*\s*\(")
"""How a layer begins that is written as text; a file of such a name is given as ./name."""

SOURCE = (
    "a Keras .json or .keras, paramcalc's own JSON, zoo:NAME, a layer as text such as 'Conv2D(8, 5)', or - for stdin"
)


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


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of this command line: where a command stands first in it, it has that one alone."""
    parser = _Parser(prog="paramcalc", description="Shapes and parameter counts of neural networks, and why.")
    parser.add_argument("--version", action="version", version=f"paramcalc {paramcalc.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in _COMMANDS if not arguments or arguments[0] not in _COMMANDS else arguments[:1]:
        purpose, answer, add_arguments = _COMMANDS[name]
        command = commands.add_parser(name, help=purpose, description=f"Writes {purpose}.")
        command.set_defaults(answer=answer)
        add_arguments(command)
    return parser


def _add_to_summary(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help=SOURCE)
    _add_summary_options(command)


def _add_to_explain(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help=SOURCE)
    command.add_argument("layer", nargs="*", help="names of layers of the model, all if none is given")
    command.add_argument("--full", action="store_true", help="every step in full, with multiply-adds and connections")
    _add_shape(command)
    _add_format(command, "text", "markdown", "latex", "json")


def _add_to_draw(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", help=SOURCE)
    _add_depth(command)
    _add_shape(command)
    _add_format(command, "svg", "mermaid", "dot")


def _add_to_diff(command: argparse.ArgumentParser) -> None:
    command.add_argument("first", help=SOURCE)
    command.add_argument("second", help="likewise")
    command.add_argument("--ignore", metavar="NAMES", default="", help="fields and classes of layers that do not count")
    _add_shape(command)
    _add_format(command, "text", "markdown", "html", "json")


def _add_to_zoo(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", help="the name of a network, whose table is written")
    _add_summary_options(command)


def _add_summary_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--columns", metavar="NAMES", help="the columns of the table: layer,output_shape,macs")
    _add_depth(command)
    command.add_argument("--dtype", default="float32", help="what a number is stored as, for sizes in bytes")
    _add_shape(command)
    _add_format(command, "text", "markdown", "html", "latex", "csv", "json")


def _add_depth(command: argparse.ArgumentParser) -> None:
    command.add_argument("--depth", type=_depth, default=1, help="how far models in models are opened, or all")


def _add_shape(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--input-shape",
        metavar="SHAPE",
        action="append",
        type=_shape,
        help="32,32,3, without the batch; ? is an axis that is open; once for each of several inputs",
    )


def _add_format(command: argparse.ArgumentParser, *formats: str) -> None:
    command.add_argument("--format", metavar="NAME", default=formats[0], help=f"one of {', '.join(formats)}")
    command.set_defaults(formats=formats)


def _depth(text: str) -> int | None:
    return None if text == "all" else _integer(text, "an int from 1, or all")


def _shape(text: str) -> tuple[int | None, ...]:
    sizes = text.strip().removeprefix("(").removesuffix(")").removesuffix(",")
    expected = "sizes with commas, such as 32,32,3, and ? for an axis that is open"
    return tuple(
        None if size.strip() in ("?", "None") else _integer(size, expected)
        for size in (sizes.split(",") if sizes else ())
    )


def _integer(text: str, expected: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be {expected}, got {shown(text)}") from None


# What is answered


class _Answer(NamedTuple):
    """What is written, and the exit code."""

    text: str
    code: int = 0


def _summary(options: argparse.Namespace) -> _Answer:
    model = _model(options.source, options)
    summary = model.summary(_required(model.in_shape), depth=options.depth, dtype=options.dtype)
    if options.columns is None:
        return _Answer(_formatted(summary, options))
    if options.format == "json":
        known = ", ".join(each for each in options.formats if each != "json")
        raise ConfigError("--format", f"one of {known} where --columns is given", "'json', which holds all facts")
    return _Answer(_formatted(summary, options, columns=_names(options.columns)))


def _zoo(options: argparse.Namespace) -> _Answer:
    if options.name is not None:
        options.source = f"zoo:{options.name}"
        return _summary(options)
    if options.format != "text":
        raise ConfigError("--format", "'text' for the names of the networks", shown(options.format))
    from paramcalc import zoo

    return _Answer("\n".join(zoo.names()))


def _explain(options: argparse.Namespace) -> _Answer:
    layer, in_shape = _read(options.source), _in_shape(options)
    explanation = layer.explain(_required(getattr(layer, "in_shape", None) if in_shape is None else in_shape))
    names = [part.name for part in explanation.parts]
    for name in options.layer:
        if name not in names:
            raise ConfigError("the name of a layer", "one that the model has", shown(name), nearest(name, names))
    if options.layer:
        parts = tuple(part for part in explanation.parts if part.name in options.layer)
        explanation = type(explanation)(parts)
    full = {} if options.format == "json" else {"full": options.full}
    return _Answer(_formatted(explanation, options, **full))


def _draw(options: argparse.Namespace) -> _Answer:
    model = _model(options.source, options)
    return _Answer(_formatted(model, options, in_shape=_required(model.in_shape), depth=options.depth))


def _diff(options: argparse.Namespace) -> _Answer:
    if options.first == options.second == "-":
        raise ConfigError("one of the models", "read from elsewhere", "'-' twice")
    first, second = (_model(source, options) for source in (options.first, options.second))
    differences = paramcalc.diff(first, second, ignore=_names(options.ignore))
    return _Answer(_formatted(differences, options), DIFFERENT if differences else 0)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _formatted(answer: Any, options: argparse.Namespace, **details: Any) -> str:
    """The answer in the format that is asked for."""
    written = getattr(answer, FORMATS[options.format])(**details)
    if options.format == "json":
        import json

        return json.dumps(written, indent=2)
    return str(written)


_COMMANDS: dict[str, tuple[str, Callable[[argparse.Namespace], _Answer], Callable[[argparse.ArgumentParser], None]]] = {
    "summary": ("the table of a model, a row for each layer", _summary, _add_to_summary),
    "explain": ("where every number of a layer or a model comes from", _explain, _add_to_explain),
    "draw": ("a picture of a model", _draw, _add_to_draw),
    "diff": ("what differs between two models; the exit code is 1 where something does", _diff, _add_to_diff),
    "zoo": ("the names of the networks in the zoo, or the table of one of them", _zoo, _add_to_zoo),
}
"""Each command: what it writes, and how, and what it takes."""


# Where it is read from


def _model(source: str, options: argparse.Namespace) -> Model:
    """What the source holds as a model, for the input shape that is given."""
    from paramcalc.model import Model

    layer, in_shape = _read(source), _in_shape(options)
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


def _read(source: str) -> Layer:
    if source.startswith("zoo:"):
        from paramcalc import zoo

        return zoo.get(source.removeprefix("zoo:"))
    if _CALL.match(source):
        return _from_text(source, source)
    if source != "-":
        return _from_text(text_of(source, "config.json"), shown(source))
    if sys.stdin is None:
        raise ReadError("stdin", "open", "nothing")
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    return _from_text(text_in(io.BytesIO(data), "config.json", "stdin"), "stdin")


def _from_text(text: str, name: str) -> Layer:
    """The layer or the model in a text that stands under this name."""
    if _CALL.match(text):
        from paramcalc.formats.written import layer_from_text

        return layer_from_text(text)
    data = parsed(text, name)
    if isinstance(data, dict) and "format" in data:
        from paramcalc.formats.native import model_from_dict

        return model_from_dict(data)
    from paramcalc.formats.keras.read import model_from_data

    return model_from_data(data, {})


# How it is written


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
        given = sys.argv[1:] if arguments is None else arguments
        options = _parser(given).parse_args(given)
        choice("--format", options.format, options.formats)
        answer = options.answer(options)
        _write(answer.text, in_markup=options.format in ("html", "svg"))
    except (ParamcalcError, _UsageError) as error:
        _complain(str(error))
        return WRONG
    except SystemExit:  # after a --help or a --version
        _write("")
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (nobody reads a traceback here)
        _complain(f"{type(error).__name__}: {error}; this is a mistake of paramcalc, which should be reported")
        return WRONG
    code: int = answer.code
    return code


def _write(text: str, *, in_markup: bool = False) -> None:
    """Writes a text on stdout; who does not read on has enough."""
    stdout = sys.stdout
    if stdout is None:
        return
    try:
        stdout.write(plain(text, stdout.encoding, in_markup=in_markup) + "\n" * (bool(text) and text[-1] != "\n"))
        stdout.flush()
    except BrokenPipeError:
        return
    except (OSError, ValueError) as error:
        raise ReadError("stdout", "open to be written", shown(str(error))) from error


def plain(text: str, encoding: str | None, *, in_markup: bool = False) -> str:
    r"""A text in signs that an encoding has: as it is if it can be, else all in plainer signs, or as markup has them.

    >>> plain("⌊5 / 2⌋ × 3", "ascii"), plain("3 × 畳み", "latin-1"), plain("3 × 2", "ascii", in_markup=True)
    ('floor(5 / 2) x 3', '3 x \\u7573\\u307f', '3 &#215; 2')
    """
    if encoding is None:
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        if in_markup:
            return text.encode(encoding, "xmlcharrefreplace").decode(encoding)
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text


def _complain(message: str) -> None:
    """Writes one line on stderr, if there is one."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(plain(f"paramcalc: {printable(message)[:_LONGEST]}\n", sys.stderr.encoding))
        sys.stderr.flush()


def run() -> NoReturn:
    """Answers the command line of the process, which ends with it."""
    gc.disable()  # it would find nothing: the process is over before there is anything to find
    code = main()
    os._exit(code)  # all is written, and the memory need not be tidied up


if __name__ == "__main__":
    run()
