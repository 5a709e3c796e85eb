"""The fuzzer: libFuzzer, by way of atheris, on the targets of `targets.py`.

    python -m pip install -e '.[test,fuzz]'
    python tests/fuzzing.py --seconds 3600
    python tests/fuzzing.py --seconds 600 keras native

Each target has its part of the time, one after the other, in a process of its own. What is found is written beside the
other cases, in `tests/data/corpus/<target>`, where the suite replays it from then on; the exit status is 1 if there is
any. What libFuzzer learns on the way is kept in `build/fuzzing`, so that a later run begins where this one ended.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from typing import Any

from mutations import changed, words_in

CORPUS = Path(__file__).parent / "data" / "corpus"
LEARNT = Path(__file__).parent.parent / "build" / "fuzzing"
NAMES = tuple(sorted(path.name for path in CORPUS.iterdir()))

LONGEST, SLOWEST, LARGEST = 30_000, 20, 2_048
"""The bytes of an input, and the seconds and the MiB that it may take: what goes beyond is found."""

SLOW = 0.2
"""After so many seconds, an input is run again, and its calls are counted."""

AS_DATA = 0.9
"""How many of the inputs are changed as data, and not as bytes."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes what reads data of strangers.")
    parser.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(NAMES)}; all if none is given")
    parser.add_argument("--seconds", type=int, default=3600, help="for all of them together")
    parser.add_argument("--alone", action="store_true", help="fuzz one target in this process")
    options = parser.parse_args()
    targets = options.targets or NAMES
    for target in targets:
        if target not in NAMES:
            parser.error(f"{target} is none of {', '.join(NAMES)}")
    if options.alone:
        fuzz(targets[0], options.seconds)
    found = []
    for target in targets:
        say(f"== {target}")
        seconds = str(max(1, options.seconds // len(targets)))
        command = [sys.executable, __file__, "--alone", "--seconds", seconds, target]
        if subprocess.run(command, check=False).returncode:  # noqa: S603 (this file)
            found.append(target)
    say(f"== something was found: {', '.join(found)}" if found else "== nothing was found")
    return bool(found)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fuzz(name: str, seconds: int) -> None:
    """Fuzzes one target, and ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["paramcalc"]):
        for module in walk_packages(import_module("paramcalc").__path__, "paramcalc."):
            import_module(module.name)
    target = import_module("targets").TARGETS[name]
    learnt = LEARNT / name
    learnt.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(import_module("seeds").seeds(name)):
        (learnt / f"seed-{number}").write_bytes(seed)
    words = words_in([path.read_bytes() for folder in (CORPUS / name, learnt) for path in folder.iterdir()])
    dictionary = LEARNT / f"{name}.dictionary"
    dictionary.write_text("".join(f'"{escaped(word)}"\n' for word in words if word), encoding="ascii")
    warnings.simplefilter("error")

    def test(data: bytes) -> None:
        began = time.perf_counter()
        target.check(data)
        if time.perf_counter() - began > SLOW:
            target(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)  # noqa: S311 (libFuzzer's own seed)
        found = changed(data, random, words) if random.random() < AS_DATA else None
        return found if found is not None and len(found) <= most else bytes(atheris.Mutate(data, most))

    def cross(data: bytes, other: bytes, most: int, seed: int) -> bytes:
        found = changed(data, Random(seed), words, other)  # noqa: S311 (libFuzzer's own seed)
        return found if found is not None and len(found) <= most else data

    atheris.Setup(
        [
            sys.argv[0], str(learnt), str(CORPUS / name), f"-artifact_prefix={CORPUS / name}/", f"-max_len={LONGEST}",
            f"-timeout={SLOWEST}", f"-rss_limit_mb={LARGEST}", f"-max_total_time={seconds}", "-print_final_stats=1",
            f"-dict={dictionary}",
        ],
        test,
        custom_mutator=mutate,
        custom_crossover=cross,
    )  # fmt: skip
    atheris.Fuzz()


def escaped(word: str) -> str:
    """A word as libFuzzer's dictionaries have it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main())
