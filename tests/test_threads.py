"""Threads and processes: no answer hangs on who else asks at the time, or on what was loaded before."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from threading import Barrier

import pytest
from candidates import CHOICES, counted

from paramcalc import Model, ParamcalcError, zoo
from paramcalc.grading import diagnose

THREADS = 8


@pytest.fixture
def often_switched() -> Iterator[None]:
    """Threads take turns as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class TestExecutors:
    @pytest.mark.parametrize(
        "executor",
        [partial(ThreadPoolExecutor, THREADS), partial(ProcessPoolExecutor, 2, mp_context=get_context("spawn"))],
        ids=["threads", "processes"],
    )
    def test_find_what_a_loop_finds(self, executor: Callable[[], Executor]) -> None:
        with executor() as pool:
            assert list(pool.map(counted, CHOICES, chunksize=10)) == list(map(counted, CHOICES))

    def test_some_of_the_candidates_are_none(self) -> None:
        reasons = [found[1] for found in map(counted, CHOICES) if len(found) == 2]
        assert 0 < len(reasons) < len(CHOICES)
        assert all(" must be " in reason for reason in reasons)


def refusal(model: Model, in_shape: tuple[int, ...]) -> str:
    with pytest.raises(ParamcalcError) as refused:
        model.params(in_shape)
    return str(refused.value)


QUESTIONS: dict[str, Callable[[Model], object]] = {
    "params": Model.params,
    "macs": Model.macs,
    "connections": Model.connections,
    "output_shape": Model.output_shape,
    "weights": Model.weights,
    "windows": Model.windows,
    "hash": hash,
    "repr": repr,
    "pickle": pickle.dumps,
    "names": lambda model: model.names,
    "table": lambda model: model.summary(depth=None).to_text(),
    "page": lambda model: model.summary(depth=2).to_html(),
    "derivation": lambda model: model.explain().to_text(),
    "picture": Model.to_svg,
    "data": Model.to_dict,
    "diagnosis": lambda model: diagnose(model, params=model.params() - 64),
    "error": lambda model: refusal(model, (1, 2, 3)),
}


@pytest.mark.usefixtures("often_switched")
@pytest.mark.parametrize("name", ["lenet5", "resnet50", "gpt2"])
def test_threads_that_ask_the_same_model_at_once_are_told_the_same(name: str) -> None:
    """None of them has asked it before, so whatever it finds when it is first asked is found by all at once."""
    alone = {question: ask(zoo.get(name)) for question, ask in QUESTIONS.items()}
    model = zoo.get(name)
    barrier = Barrier(THREADS)

    def ask_all(first: int) -> dict[str, object]:
        order = list(QUESTIONS)[first:] + list(QUESTIONS)[:first]
        barrier.wait()
        return {question: QUESTIONS[question](model) for question in order}

    with ThreadPoolExecutor(THREADS) as pool:
        for told in pool.map(ask_all, range(0, 2 * THREADS, 2)):
            assert told == alone


FRESH = """
import random, sys, threading
sys.setswitchinterval(1e-6)
import paramcalc

def work(seed):
    names = sorted(paramcalc.__all__)
    random.Random(seed).shuffle(names)
    barrier.wait()
    things = {name: getattr(paramcalc, name) for name in names}
    model = paramcalc.zoo.lenet5()
    told = [str(paramcalc.grading.diagnose(paramcalc.Conv2D(8, 3), (8, 8, 3), params=216)[0].message)]
    told += [str(model.summary()), str(model.explain()), model.summary().to_html(), model.to_svg()]
    told += [str(paramcalc.from_keras(paramcalc.to_keras(model)).params())]
    found[seed] = (things, told)

found, barrier = {}, threading.Barrier(THREADS)
threads = [threading.Thread(target=work, args=(seed,)) for seed in range(THREADS)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(found) == THREADS, f"{THREADS - len(found)} threads failed"
first = found[0]
assert all(each == first for each in found.values()), "threads found different things"
assert all(first[0][name] is getattr(paramcalc, name) for name in paramcalc.__all__)
print(*first[1], sep="\\n")
"""


def test_threads_that_load_everything_at_once_in_a_fresh_process() -> None:
    """Each loads all public names, in an order of its own, while the others do."""
    printed = []
    for threads in (1, 16, 16):
        code = FRESH.replace("THREADS", str(threads))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 (our own code)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        printed.append(done.stdout)
    assert printed[0] == printed[1] == printed[2] != ""
