"""The mutation score: of how many slips in the library's arithmetic do the tests know?

    python tests/mutation.py                        every file
    python tests/mutation.py windows layers/pool    these alone

`mutants.py` makes the slips, Cosmic Ray's; each is put in, and the tests that run its line are run until one fails. What
no test sees is a survivor: it wants a test, or stands in `equivalent_mutants.toml` with the reason why it is no slip at
all. The exit status is 1 where less than 95 % of the others are killed, or where that list is wrong.

Tests are collected once, and run once to learn which lines each runs. Then every mutant has a fork of that process, in
which the code of its functions is exchanged. What takes effect when a file is imported, a default or a table, is judged
in a fork of a process that has imported nothing of the library yet. Hypothesis makes the same few examples each time.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import inspect
import os
import resource
import signal
import sys
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from itertools import accumulate
from multiprocessing import Pipe
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, NoReturn

import coverage
import pytest
from mutants import LIBRARY, Mutant, compiled, mutants, parts, same_alone

TESTS = Path(__file__).parent
EQUIVALENT = TESTS / "equivalent_mutants.toml"

FILES = (
    "windows.py",
    "weights.py",
    "traced.py",
    "shapes.py",
    "sequences.py",
    "tied.py",
    "evaluation.py",
    "graph.py",
    "model.py",
    "opened.py",
    "receptive_fields.py",
    *sorted(f"layers/{path.name}" for path in (LIBRARY / "layers").glob("[!_]*.py")),
    *(
        f"grading/{name}.py"
        for name in (
            "answers",
            "counts",
            "diagnosis",
            "inside",
            "marking",
            "outcomes",
            "sequences",
            "shapes",
            "slips",
            "wholes",
        )
    ),
)
JUDGES = (
    "test_answers.py",
    "test_catalogue.py",
    "test_documentation.py::test_docstrings",
    "test_errors.py",
    "test_formula.py",
    "test_graph.py",
    "test_grading.py",
    "test_layers.py",
    "test_marking.py",
    "test_mistakes.py",
    "test_model.py",
    "test_networks.py",
    "test_summary.py",
    "test_tied.py",
    "test_windows.py",
)
"""The tests that judge: those of the arithmetic itself, without what is slow and what runs other processes."""
NO_JUDGES = (
    "test_graph.py::TestSize::test_a_graph_of_a_hundred_thousand_layers",
    "test_model.py::test_a_large_chain_is_a_value",
)
EXAMPLES = 20
LEAST_SCORE = 95.0
LONGEST_JUDGING = 4.0
"""How long the tests that judge one mutant may take, in seconds of the processor: what they do not see, survives."""
PATIENCE = 20
"""How many times as long as before a test may take, after 5 seconds: then the mutant does not end, and is killed."""
LONGEST_IMPORT = 30
MEMORY = 4 * 2**30
KILLED, BROKEN = 1, 2

Place = tuple[str, str, str, str]


class Verdict(NamedTuple):
    """What came of a mutant: the test that killed it, None where none did."""

    mutant: Mutant
    killer: str | None


class Judged(NamedTuple):
    """What the tests of the process that has everything imported say of a file's mutants.

    `open` are those that need the file to be imported anew, each with the tests to run.
    """

    verdicts: list[Verdict]
    open: list[tuple[Mutant, list[str]]]


def module_name(file: str) -> str:
    return f"paramcalc.{file.removesuffix('.py').replace('/', '.')}"


class Sources(SourceFileLoader):
    """Imports the files that are mutated; keeps their code, and takes another text for one of them."""

    def __init__(self) -> None:
        self._files = {module_name(file): file for file in FILES}
        self.codes: dict[str, CodeType] = {}
        self.instead: dict[str, str] = {}

    def find_spec(self, name: str, _path: Any, _target: ModuleType | None = None) -> Any:
        file = self._files.get(name)
        return importlib.util.spec_from_file_location(name, LIBRARY / file, loader=self) if file else None

    def get_filename(self, name: str | None = None) -> str:
        return str(LIBRARY / self._files[name or ""])

    def get_code(self, fullname: str) -> CodeType:
        file = self._files[fullname]
        text = self.instead.get(file) or (LIBRARY / file).read_text(encoding="utf-8")
        self.codes[file] = compiled(text, file)
        return self.codes[file]


class Judge:
    """A plugin of pytest that, in place of the tests, runs mutants against them."""

    def __init__(self, files: Sequence[str], report: Callable[[str, list[Verdict]], None]) -> None:
        self._files = files
        self._report = report
        self._sources = Sources()
        self._failed: list[str] = []
        self._lasted: dict[str, float] = defaultdict(float)
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        import numpy as np  # noqa: F401 (whatever is no part of the library is imported once)
        from hypothesis import HealthCheck, Phase, settings

        few = settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        settings.register_profile("mutation", few)
        settings.load_profile("mutation")
        sys.meta_path.insert(0, self._sources)  # type: ignore[arg-type]
        here, there = Pipe()
        if os.fork() == 0:
            here.close()
            _end_after(lambda: self._serve(session, there))
        there.close()
        for file in self._files:
            judged: Judged = here.recv()
            anew = [Verdict(mutant, self._anew(session, mutant, tests)) for mutant, tests in judged.open]
            self._report(file, judged.verdicts + anew)
        session.items = []
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)

    # In the process that has everything imported

    def _serve(self, session: pytest.Session, connection: Any) -> None:
        known = coverage.Coverage(data_file=None, config_file=False, include=[str(LIBRARY / "*")])
        known.start()
        session.perform_collect()
        items = {item.nodeid: item for item in session.items}
        for item, following in _with_next(session.items):
            known.switch_context(item.nodeid)
            start = time.process_time()
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._lasted[item.nodeid] = time.process_time() - start
        known.stop()
        if self._failed:
            raise ChildProcessError(f"these tests fail without any mutant: {', '.join(self._failed)}")
        data = known.get_data()
        live: dict[int, list[FunctionType]] = defaultdict(list)
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                live[id(thing.__code__)].append(thing)
        gc.freeze()
        for file in self._files:
            contexts = data.contexts_by_lineno(str(LIBRARY / file))
            everywhere = {test for tests in contexts.values() for test in tests} & items.keys()
            judged = Judged([], [])
            for mutant in mutants(file):
                runs = {test for line in mutant.lines for test in contexts.get(line, ())}
                tests = self._in_order(file, runs & items.keys())
                swaps = _swaps(self._sources.codes[file], compiled(mutant.source, file), live)
                if swaps:
                    killer = self._killer(file, lambda say, swaps=swaps, tests=tests: self._exchanged(swaps, [items[test] for test in tests], say))
                    if killer is not None or "" not in runs:
                        judged.verdicts.append(Verdict(mutant, killer))
                        continue
                judged.open.append((mutant, tests if swaps else self._in_order(file, everywhere)))
            connection.send(judged)
        connection.close()

    def _in_order(self, file: str, tests: Iterable[str]) -> list[str]:
        """Those that killed most of the file's mutants first, then of all, then the fastest; as long as there is time."""
        here, anywhere = self._killers[file], self._killers[""]
        ordered = sorted(tests, key=lambda test: (-here[test], -anywhere[test], self._lasted[test], test))
        lasted = accumulate(self._lasted[test] for test in ordered)
        return [test for test, until in zip(ordered, lasted, strict=True) if until <= LONGEST_JUDGING]

    def _exchanged(
        self, swaps: list[tuple[FunctionType, CodeType]], items: Sequence[pytest.Item], say: Callable[[str], None]
    ) -> None:
        for function, code in swaps:
            function.__code__ = code
        self._try(items, say)

    # In the process that has nothing of the library imported

    def _anew(self, session: pytest.Session, mutant: Mutant, tests: list[str]) -> str | None:
        """The first of the tests that fails in a fork that imports everything anew."""
        tests.sort(key=lambda test: -self._killers[mutant.file][test])

        def run(say: Callable[[str], None]) -> None:
            say("the import")
            signal.setitimer(signal.ITIMER_PROF, LONGEST_IMPORT)
            self._sources.instead[mutant.file] = mutant.source
            for path, together in _by_file(tests).items():
                items = {item.nodeid: item for item in session.perform_collect([path])}
                if self._failed:
                    os._exit(KILLED)
                self._try([items[test] for test in together if test in items], say)

        return self._killer(mutant.file, run) if tests else None

    # Forks

    def _killer(self, file: str, run: Callable[[Callable[[str], None]], None]) -> str | None:
        """What a fork of this process tried last when it was killed, None where it survived."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            _end_after(lambda: run(lambda test: _write(writing, f"{test}\n")))
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            tried = said.read().splitlines()
        _, status = os.waitpid(child, 0)
        if status == 0:
            return None
        if os.waitstatus_to_exitcode(status) == BROKEN:
            raise ChildProcessError(f"{file}: judging a mutant failed, see above")
        self._killers[file][tried[-1]] += 1
        self._killers[""][tried[-1]] += 1
        return tried[-1]

    def _try(self, items: Sequence[pytest.Item], say: Callable[[str], None]) -> None:
        """Runs tests until one fails, and ends this process then."""
        for item, following in _with_next(items):
            say(item.nodeid)
            signal.setitimer(signal.ITIMER_PROF, 5 + PATIENCE * self._lasted[item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                os._exit(KILLED)


def _write(descriptor: int, text: str) -> None:
    os.write(descriptor, text.encode())


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _by_file(tests: Iterable[str]) -> dict[str, list[str]]:
    files: dict[str, list[str]] = defaultdict(list)
    for test in tests:
        files[test.split("::")[0]].append(test)
    return files


def _end_after(run: Callable[[], None]) -> NoReturn:
    """Ends this process, a fork, after it has run."""
    try:
        run()
    except BaseException:
        traceback.print_exc()
        os._exit(BROKEN)
    os._exit(0)


def _swaps(
    original: CodeType, mutated: CodeType, live: dict[int, list[FunctionType]]
) -> list[tuple[FunctionType, CodeType]]:
    """The functions that a mutant changes with their new code; none where it takes effect on import."""
    swaps: list[tuple[FunctionType, CodeType]] = []
    imported = False

    def changed(one: CodeType, other: CodeType) -> bool:
        nonlocal imported
        alone = not same_alone(one, other)
        inside, inside_other = parts(one), parts(other)
        within = [changed(*pair) for pair in zip(inside, inside_other, strict=False)]
        if one.co_freevars != other.co_freevars or (alone and not one.co_flags & inspect.CO_OPTIMIZED):
            imported = True
        if alone or any(within):
            swaps.extend((function, other) for function in live.get(id(one), ()))
            return True
        return False

    changed(original, mutated)
    return [] if imported else swaps


def equivalents() -> dict[Place, str]:
    """The mutants that are listed as no slips, with the reasons."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["mutant"]
    return {(each["file"], each["within"], each["before"], each["after"]): each["reason"] for each in listed}


class Row(NamedTuple):
    """The numbers of one file."""

    file: str
    mutants: int
    killed: int
    equivalent: int

    @property
    def survivors(self) -> int:
        return self.mutants - self.killed - self.equivalent

    @property
    def score(self) -> float:
        return 100 * self.killed / max(self.mutants - self.equivalent, 1)

    def __str__(self) -> str:
        numbers = f"{self.mutants:7} {self.killed:7} {self.equivalent:10} {self.survivors:9} {self.score:6.1f} %"
        return f"{self.file:28} {numbers}"


class Report:
    """Prints what came of each file, and in the end of all."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self._equivalent = equivalents()
        self.wrong: list[str] = [f"{place[0]}: no such file is mutated" for place in self._equivalent if place[0] not in FILES]
        self.rows: list[Row] = []

    def line(self, text: object = "") -> None:
        print(text, file=self._out, flush=True)

    def add(self, file: str, verdicts: Sequence[Verdict]) -> None:
        survived = [verdict.mutant for verdict in verdicts if verdict.killer is None]
        places = {mutant.place for mutant in survived}
        for place in self._equivalent:
            if place[0] == file and place not in places:
                known = any(place == verdict.mutant.place for verdict in verdicts)
                self.wrong.append(f"{place}: {'killed by the tests' if known else 'no such mutant is made'}")
        listed = [mutant for mutant in survived if mutant.place in self._equivalent]
        self.rows.append(Row(file, len(verdicts), len(verdicts) - len(survived), len(listed)))
        self.line(self.rows[-1])
        for mutant in survived:
            if mutant.place not in self._equivalent:
                self.line(f"  {file}:{mutant.lines[-1]} {mutant.within}\n    - {mutant.before}\n    + {mutant.after}")

    def total(self) -> Row:
        return Row("all", *(sum(column) for column in zip(*(row[1:] for row in self.rows), strict=True)))


def main() -> int:
    parser = argparse.ArgumentParser(description="Prints of how many slips in the arithmetic the tests know.")
    parser.add_argument("files", nargs="*", help="files of paramcalc, as windows or layers/pool; by default all")
    named = [f"{name.removesuffix('.py')}.py" for name in parser.parse_args().files]
    if unknown := [name for name in named if name not in FILES]:
        parser.error(f"no such file is mutated: {', '.join(unknown)}")
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0", "COVERAGE_CORE": "ctrace"})
    os.chdir(TESTS.parent)
    sys.path.insert(0, str(LIBRARY.parent))
    report = Report()
    report.line(f"{'file':28} {'mutants':>7} {'killed':>7} {'equivalent':>10} {'survivors':>9} {'score':>8}")
    start = time.perf_counter()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    judges = [*(f"tests/{test}" for test in JUDGES), *(f"--deselect=tests/{test}" for test in NO_JUDGES)]
    arguments = ["--capture=no", "-p", "no:cacheprovider", "-qq", *judges]
    pytest.main(arguments, plugins=[Judge(named or FILES, report.add)])
    if len(report.rows) < len(named or FILES):
        return 1
    total = report.total()
    report.line(total)
    report.line(f"in {(time.perf_counter() - start) / 60:.0f} minutes, Python {sys.version.split()[0]}")
    for wrong in report.wrong:
        report.line(f"{EQUIVALENT.name}: {wrong}")
    return 1 if report.wrong or total.score < LEAST_SCORE else 0


if __name__ == "__main__":
    sys.exit(main())
