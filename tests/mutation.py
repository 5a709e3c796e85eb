"""The mutation score: how many slips in the library's arithmetic do the tests see?

    python tests/mutation.py                        every file
    python tests/mutation.py windows layers/pool    these alone

`mutants.py` makes the slips, with Cosmic Ray's operators; each is put in, and tests that run its line are run until one
fails. What no test sees has survived: it wants a test, or stands in `equivalent_mutants.toml` with the reason why it is
no slip at all. The exit status is 1 where fewer than 95 % of the others are killed, or where that list is wrong.

Tests are collected once, and run once to learn which lines each runs. Then every mutant has a fork of that process, in
which the code of its functions is exchanged. What takes effect when a file is imported, a default or a table, is judged
in a fork of a process that has imported nothing of the library yet. Hypothesis makes the same few examples each time.
"""

from __future__ import annotations

import argparse
import gc
import inspect
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from itertools import accumulate
from multiprocessing import Pipe
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple, NoReturn, TypeAlias

import coverage
import pytest
import tomllib
from mutants import LIBRARY, Mutant, compiled, mutants, parts, same_alone

TESTS = Path(__file__).parent
EQUIVALENT = TESTS / "equivalent_mutants.toml"

_GRADING = "counts shapes sequences wholes slips inside outcomes diagnosis answers marking"
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
    "receptive_fields.py",
    *sorted(f"layers/{path.name}" for path in (LIBRARY / "layers").glob("[!_]*.py")),
    *(f"grading/{name}.py" for name in _GRADING.split()),
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
    "test_limits.py",
    "test_marking.py",
    "test_mistakes.py",
    "test_model.py",
    "test_networks.py",
    "test_quiz.py",
    "test_shapes.py",
    "test_summary.py",
    "test_tied.py",
    "test_windows.py",
    "test_wrong_formulas.py",
)
"""The tests that judge: those of the arithmetic itself, without what is slow and what runs other processes."""
NO_JUDGES = (
    "test_graph.py::TestSize::test_a_graph_of_a_hundred_thousand_layers",
    "test_model.py::test_a_large_chain_is_a_value",
)
EXAMPLES = 20
LEAST_SCORE = 95.0
LONGEST_JUDGING = 3.0
"""How many seconds of the processor the tests that judge a mutant take without it; what they do not see, survives."""
PATIENCE = 20
"""How many times as long a test may take, and 5 seconds more: then the mutant never ends, and a test has seen that."""
LONGEST_IMPORT = 30
MEMORY = 4 * 2**30
KILLED, BROKEN = 1, 2

Place: TypeAlias = tuple[str, str, str, str]
Say: TypeAlias = Callable[[str], None]


class Verdict(NamedTuple):
    """What came of a mutant: the test that killed it, None where none did."""

    mutant: Mutant
    killer: str | None


class Judged(NamedTuple):
    """The verdicts on one file's mutants, and those that its import must judge, each with the tests to run."""

    verdicts: list[Verdict]
    left: list[tuple[Mutant, list[str]]]


class Sources(Loader, MetaPathFinder):
    """Imports the files that are mutated; knows their code, and takes another text for one of them."""

    def __init__(self) -> None:
        self._files = {f"paramcalc.{file.removesuffix('.py').replace('/', '.')}": file for file in FILES}
        self.codes = {file: compiled((LIBRARY / file).read_text(encoding="utf-8"), file) for file in FILES}
        self.instead: dict[str, CodeType] = {}

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        file = self._files.get(fullname)
        return spec_from_file_location(fullname, LIBRARY / file, loader=self) if file else None

    def exec_module(self, module: ModuleType) -> None:
        file = self._files[module.__name__]
        exec(self.instead.get(file, self.codes[file]), vars(module))  # noqa: S102 (the library's own files)


class Judge:
    """A plugin of pytest that runs the tests on mutants."""

    def __init__(self, files: Sequence[str], report: Callable[[str, list[Verdict]], None]) -> None:
        self._files = files
        self._report = report
        self._sources = Sources()
        self._failed: list[str] = []
        self._lasted: dict[str, float] = defaultdict(float)
        self._killers: dict[str, Counter[str]] = defaultdict(Counter)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        _make_few_examples()
        for name in ("attrs", "numpy"):  # what takes long to import, and is no part of the library
            import_module(name)
        sys.meta_path.insert(0, self._sources)
        here, there = Pipe()
        if os.fork() == 0:
            here.close()
            _end_after(lambda: self._judge_all(session, there))
        there.close()
        self._expect_life(self._anew(session, "", "", here.recv()))
        for file in self._files:
            judged: Judged = here.recv()
            anew = [Verdict(mutant, self._anew(session, file, mutant.source, tests)) for mutant, tests in judged.left]
            self._report(file, judged.verdicts + anew)
        session.items = []
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)

    # In the process that has imported everything

    def _judge_all(self, session: pytest.Session, connection: Any) -> None:
        """Sends the tests that judge where there is no mutant, and then what came of each file."""
        known = coverage.Coverage(data_file=None, config_file=False, include=[str(LIBRARY / "*")])
        known.start()
        session.perform_collect()
        for item, following in _with_next(session.items):
            known.switch_context(item.nodeid)
            start = time.process_time()
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._lasted[item.nodeid] = time.process_time() - start
        known.stop()
        if self._failed:
            raise ChildProcessError(f"these tests fail without any mutant: {', '.join(self._failed)}")
        items = {item.nodeid: item for item in session.items}
        live: dict[int, list[FunctionType]] = defaultdict(list)
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                live[id(thing.__code__)].append(thing)
        gc.freeze()
        self._expect_life(self._exchanged("", [], session.items))
        connection.send(self._in_order("", items, Counter()))
        for file in self._files:
            lines = known.get_data().contexts_by_lineno(str(LIBRARY / file))
            every = Counter(test for tests in lines.values() for test in tests if test in items)
            judged = Judged([], [])
            for mutant in mutants(file):
                swaps = _swaps(self._sources.codes[file], compiled(mutant.source, file), live)
                runs = {test for line in mutant.lines for test in lines.get(line, ())} & items.keys()
                if swaps and runs:
                    tests = [items[test] for test in self._in_order(file, runs, every)]
                    judged.verdicts.append(Verdict(mutant, self._exchanged(file, swaps, tests)))
                else:
                    judged.left.append((mutant, self._in_order(file, every, every)))
            connection.send(judged)

    def _in_order(self, file: str, tests: Iterable[str], lines: Counter[str]) -> list[str]:
        """The tests that see most for their time first, as many as there is time for.

        What a test sees is guessed from how many of the file's lines it runs, and how many of its mutants it killed.
        """
        killers = self._killers[file]

        def worth(test: str) -> float:
            return (lines[test] + 100 * killers[test]) / (0.001 + self._lasted[test])

        ordered = sorted(tests, key=lambda test: (-worth(test), test))
        lasted = accumulate(self._lasted[test] for test in ordered)
        return [test for test, until in zip(ordered, lasted, strict=True) if until <= LONGEST_JUDGING]

    def _exchanged(
        self, file: str, swaps: list[tuple[FunctionType, CodeType]], items: Sequence[pytest.Item]
    ) -> str | None:
        """The first of the tests that fails in a fork whose functions have other code."""

        def run(say: Say) -> None:
            for function, code in swaps:
                function.__code__ = code
            self._try(items, say)

        return self._killer(file, run)

    # In the process that has imported nothing of the library

    def _anew(self, session: pytest.Session, file: str, source: str, tests: list[str]) -> str | None:
        """The first of the tests that fails in a fork that imports everything anew.

        The file of tests that is likeliest to see it goes first, for to collect them takes longer than to run them.
        """
        tests = sorted(tests, key=lambda test: -self._killers[file][test])
        first = [test for test in tests if _file_of(test) == _file_of(tests[0])]
        others = [test for test in tests if test not in first]

        def run(together: list[str], say: Say) -> None:
            say("the import")
            signal.setitimer(signal.ITIMER_PROF, LONGEST_IMPORT)
            self._sources.instead[file] = compiled(source, file)
            found = session.perform_collect(list(dict.fromkeys(map(_file_of, together))))
            if self._failed:
                os._exit(KILLED)
            items = {item.nodeid: item for item in found}
            self._try([items[test] for test in together if test in items], say)

        killers = (self._killer(file, partial(run, together)) for together in (first, others) if together)
        return next(filter(None, killers), None)

    # In both

    def _killer(self, file: str, run: Callable[[Say], None]) -> str | None:
        """What a fork of this process tried last when it was killed, None where it lived."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            _end_after(lambda: run(lambda test: _write(writing, f"{test}\n")))
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            tried = said.read().splitlines()
        _, status = os.waitpid(child, 0)
        if status == 0:
            return None
        if os.waitstatus_to_exitcode(status) == BROKEN:
            raise ChildProcessError(f"{file}: a mutant could not be judged")
        self._killers[file][tried[-1]] += 1
        return tried[-1]

    def _try(self, items: Sequence[pytest.Item], say: Say) -> None:
        """Runs tests until one fails, and ends this process then."""
        for item, following in _with_next(items):
            say(item.nodeid)
            signal.setitimer(signal.ITIMER_PROF, 5 + PATIENCE * self._lasted[item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                os._exit(KILLED)

    def _expect_life(self, killer: str | None) -> None:
        if killer is not None:
            raise ChildProcessError(f"this test fails in a fork without any mutant: {killer}")
        self._killers.clear()


def _make_few_examples() -> None:
    from hypothesis import HealthCheck, Phase, settings  # not before pytest has loaded its plugins

    few = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    settings.register_profile("mutation", few)
    settings.load_profile("mutation")


def _write(descriptor: int, text: str) -> None:
    os.write(descriptor, text.encode())


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _file_of(test: str) -> str:
    return test.split("::", maxsplit=1)[0]


def _end_after(run: Callable[[], None]) -> NoReturn:
    """Ends this process, a fork, after it has run."""
    try:
        run()
    except BaseException:  # noqa: BLE001 (whatever it is, the fork must not go on as its parent)
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
        within = [changed(*pair) for pair in zip(parts(one), parts(other), strict=False)]
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
        return f"{self.file:24} {numbers}"


class Report:
    """Prints what came of each file, and of all in the end."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self._equivalent = equivalents()
        self.rows: list[Row] = []
        self.wrong = [f"{place}: no such file is mutated" for place in self._equivalent if place[0] not in FILES]
        self.line(f"{'file':24} {'mutants':>7} {'killed':>7} {'equivalent':>10} {'survivors':>9} {'score':>8}")

    def line(self, text: object) -> None:
        print(text, file=self._out, flush=True)

    def add(self, file: str, verdicts: Sequence[Verdict]) -> None:
        survived = [verdict.mutant for verdict in verdicts if verdict.killer is None]
        listed = {mutant.place for mutant in survived} & self._equivalent.keys()
        equivalent = [mutant for mutant in survived if mutant.place in listed]
        self.rows.append(Row(file, len(verdicts), len(verdicts) - len(survived), len(equivalent)))
        self.line(self.rows[-1])
        for mutant in survived:
            if mutant.place not in listed:
                self.line(f"  line {mutant.lines[-1]}, {mutant.within}\n    - {mutant.before}\n    + {mutant.after}")
        made = {verdict.mutant.place for verdict in verdicts}
        for place in self._equivalent:
            if place[0] == file and place not in listed:
                self.wrong.append(f"{place}: {'is killed by tests' if place in made else 'no such mutant is made'}")

    def end(self, seconds: float) -> bool:
        """Prints the sums; whether the score suffices and the list is right."""
        counts = [row[1:] for row in self.rows]
        total = Row("all", *map(sum, zip(*counts, strict=True)))
        self.line(total)
        self.line(f"{seconds / 60:.0f} minutes, Python {sys.version.split()[0]}")
        for wrong in self.wrong:
            self.line(f"{EQUIVALENT.name}: {wrong}")
        return not self.wrong and total.score >= LEAST_SCORE


def main() -> int:
    parser = argparse.ArgumentParser(description="Print how many slips in the library's arithmetic the tests see.")
    parser.add_argument("files", nargs="*", help="files of paramcalc, as windows or layers/pool; without any, all")
    files = tuple(f"{name.removesuffix('.py')}.py" for name in parser.parse_args().files) or FILES
    if unknown := [file for file in files if file not in FILES]:
        parser.error(f"not mutated: {', '.join(unknown)}")
    fixed = {"PYTHONHASHSEED": "0", "COVERAGE_CORE": "ctrace"}  # sets in one order; the core that knows which test runs
    if fixed.items() - os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | fixed)  # noqa: S606 (this very command)
    start = time.perf_counter()
    os.chdir(TESTS.parent)
    sys.path.insert(0, str(LIBRARY.parent))
    report = Report()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    judges = [*(f"tests/{test}" for test in JUDGES), *(f"--deselect=tests/{test}" for test in NO_JUDGES)]
    options = ["--capture=no", "-p", "no:cacheprovider", "-qq", "--tb=native"]  # which prints no hostile argument
    pytest.main([*options, *judges], plugins=[Judge(files, report.add)])
    return 0 if len(report.rows) == len(files) and report.end(time.perf_counter() - start) else 1


if __name__ == "__main__":
    sys.exit(main())
