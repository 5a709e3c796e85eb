"""How much of a core's speed a search on a cluster keeps, as a ratio of two things measured in one run.

    python -m pip install -e '.[sweep]'
    python tests/benchmarks/sweep.py

The search of docs/examples/sweep runs on one worker, and then on one for each core. Beside it, as many plain processes
work through the same candidates in loops, with nothing between them: so as many cores are busy on both sides, and what
the cluster takes longer went into sending, scheduling and waiting. Both sides are warm, and are measured in turn. The
exit status is 1 where the median of the pairwise ratios is above what is allowed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

distributed: Any = import_module("distributed")  # whose own types are incomplete
sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "examples" / "sweep"))
search: Any = import_module("search")

ALLOWED = 1.25
"""How many times as long the cluster may take: this is 20 % less throughput."""

BATCH = 500


def counted(numbers: range) -> int:
    """What a worker or a plain process does with some of the candidates."""
    return len(search.counted_batch([search.candidate(number) for number in numbers]))


def seconds(measured: Callable[[], int], candidates: int) -> float:
    """How long it takes to count all of them."""
    start = time.perf_counter()
    if measured() != candidates:
        raise SystemExit("candidates were left out")
    return time.perf_counter() - start


def ratios(workers: int, candidates: int, runs: int) -> list[float]:
    """How many times as long the cluster takes as plain processes, as many as it has workers."""
    batches = [range(start, min(start + BATCH, candidates)) for start in range(0, candidates, BATCH)]
    shares = [range(first, candidates, workers) for first in range(workers)]
    with (
        distributed.Client(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as client,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as processes,
    ):

        def on_cluster() -> int:
            return sum(client.gather(client.map(counted, batches, pure=False)))

        def in_processes() -> int:
            return sum(processes.map(counted, shares))

        found = [seconds(on_cluster, candidates) / seconds(in_processes, candidates) for _ in range(runs + 1)]
    return found[1:]  # the first loads the library


def main() -> None:
    parser = argparse.ArgumentParser(description="What a search on a cluster costs beside plain loops.")
    parser.add_argument("--candidates", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=15)
    given = parser.parse_args()
    exceeded = False
    for workers in sorted({1, os.cpu_count() or 1}):
        found = ratios(workers, given.candidates, given.runs)
        median = statistics.median(found)
        exceeded |= median > ALLOWED
        what = f"{given.candidates:,} candidates, {workers} worker{'s' * (workers > 1)} / as many plain processes"
        print(f"{median:7.3f} of {ALLOWED:6.3f} allowed ({min(found):.3f} to {max(found):.3f}): {what}")  # noqa: T201
    raise SystemExit(1 if exceeded else 0)


if __name__ == "__main__":
    main()
