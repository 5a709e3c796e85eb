"""How much of a core's speed a search on a cluster keeps, as a ratio of two things measured in one run.

    python -m pip install -e '.[sweep]'
    python tests/benchmarks/sweep.py

The search of docs/examples/sweep runs on one worker, and then on one for each core. Beside it, as many plain processes
work through the same candidates in loops, with nothing between them: so as many cores are busy on both sides, and what
the cluster takes longer went into sending, scheduling and waiting. Both sides are warm, and are measured in turn: by
the clock and, because others may use the machine, by the time that processors worked for them. The exit status is 1
where a median of the pairwise ratios is above what is allowed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

distributed: Any = import_module("distributed")  # whose own types are incomplete
sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "examples" / "sweep"))
search: Any = import_module("search")

ALLOWED = 1.25
"""How many times as long the cluster may take: this is 20 % less throughput."""

BATCH = 500


class Spent(NamedTuple):
    """What one side took: seconds by the clock, and seconds that the processes which count kept processors busy."""

    clock: float
    processors: float


def counted(numbers: range) -> float:
    """Counts some of the candidates, and says how many seconds of a processor that took."""
    start = time.process_time()
    search.counted_batch([search.candidate(number) for number in numbers])
    return time.process_time() - start


def on_cluster(client: Any, candidates: int) -> Spent:
    """What the search takes; to the workers counts whatever else they do meanwhile."""
    batches = [range(start, min(start + BATCH, candidates)) for start in range(0, candidates, BATCH)]
    before: dict[str, float] = client.run(time.process_time)
    start = time.perf_counter()
    client.gather(client.map(counted, batches, pure=False))
    clock = time.perf_counter() - start
    after: dict[str, float] = client.run(time.process_time)
    return Spent(clock, sum(after.values()) - sum(before.values()))


def in_processes(processes: ProcessPoolExecutor, workers: int, candidates: int) -> Spent:
    """What plain loops take, each with its share."""
    shares = [range(first, candidates, workers) for first in range(workers)]
    start = time.perf_counter()
    busy = sum(processes.map(counted, shares))
    return Spent(time.perf_counter() - start, busy)


def pairs(workers: int, candidates: int, runs: int) -> list[tuple[Spent, Spent]]:
    """What the cluster takes, and what plain processes take, as many as it has workers, in turn."""
    with (
        distributed.Client(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as client,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes,
    ):
        found = [
            (on_cluster(client, candidates), in_processes(processes, workers, candidates)) for _ in range(runs + 1)
        ]
    return found[1:]  # the first loads the library


def main() -> None:
    parser = argparse.ArgumentParser(description="What a search on a cluster costs beside plain loops.")
    parser.add_argument("--candidates", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=15)
    given = parser.parse_args()
    exceeded = False
    for workers in sorted({1, os.cpu_count() or 1}):
        found = pairs(workers, given.candidates, given.runs)
        print(f"{given.candidates:,} candidates, {workers} at work: the cluster / plain processes")  # noqa: T201
        for measure in Spent._fields:
            ratios = [getattr(ours, measure) / getattr(theirs, measure) for ours, theirs in found]
            median = statistics.median(ratios)
            exceeded |= median > ALLOWED
            spread = f"{min(ratios):.3f} to {max(ratios):.3f}"
            print(f"{median:7.3f} of {ALLOWED:6.3f} allowed ({spread}): {measure}")  # noqa: T201
    raise SystemExit(1 if exceeded else 0)


if __name__ == "__main__":
    main()
