"""A search over an architecture space on all cores, or on a cluster: what is the best network within a budget?

    python -m pip install -e '.[sweep]'
    python docs/examples/sweep/search.py --candidates 20000 --params 100000

A candidate is a plain value, drawn from a space by its number. Workers get batches of candidates, make the models
themselves and send back plain values: the numbers of a network, or the reason why a candidate is none. With
`--scheduler tcp://...` the batches go to a cluster that runs already; without, to a process for each core here.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from distributed import Client, progress

from paramcalc import Conv2D, Dense, Dropout, Flatten, Input, Layer, Model, ParamcalcError, Pool

INPUT = (32, 32, 3)
CLASSES = 10


class Candidate(NamedTuple):
    """One choice out of the space, with which all of a network is said."""

    filters: tuple[int, ...]
    kernel_size: int
    padding: str
    pool_size: int
    units: int


class Found(NamedTuple):
    """A candidate that is a network, and its numbers."""

    candidate: Candidate
    params: int
    macs: int


class Refused(NamedTuple):
    """A candidate that is no network, and why."""

    candidate: Candidate
    reason: str


def candidate(number: int) -> Candidate:
    """The candidate of this number, the same in every process."""
    choose = random.Random(number)  # noqa: S311 (nothing is kept secret here)
    widths = [choose.choice((8, 12, 16, 24, 32, 48, 64)) for _ in range(choose.randint(1, 4))]
    return Candidate(
        filters=tuple(sorted(widths)),
        kernel_size=choose.choice((3, 5, 7)),
        padding=choose.choice(("valid", "same")),
        pool_size=choose.choice((2, 3)),
        units=choose.choice((32, 64, 128, 256)),
    )


def network(choice: Candidate) -> Model:
    """The network of a candidate. Raises `ParamcalcError` where its layers do not fit together."""
    layers: list[Layer] = [Input(INPUT)]
    for filters in choice.filters:
        layers += [Conv2D(filters, choice.kernel_size, padding=choice.padding), Pool(choice.pool_size)]
    return Model([*layers, Flatten(), Dense(choice.units), Dropout(0.5), Dense(CLASSES)])


def counted(choice: Candidate) -> Found | Refused:
    """The numbers of a candidate, or why it has none: an error belongs to one candidate and must not end the search."""
    try:
        model = network(choice)
        return Found(choice, model.params(), model.macs() or 0)
    except ParamcalcError as error:
        return Refused(choice, str(error))


def counted_batch(batch: Sequence[Candidate]) -> list[Found | Refused]:
    """What one task does: enough candidates that sending them costs little beside."""
    return [counted(choice) for choice in batch]


def batches(candidates: Sequence[Candidate], size: int) -> Iterator[Sequence[Candidate]]:
    """The candidates in order, so many at a time."""
    return (candidates[start : start + size] for start in range(0, len(candidates), size))


def searched(client: Client, candidates: Sequence[Candidate], size: int = 500) -> list[Found | Refused]:
    """What `counted` says of each candidate, in order, found by the workers while a bar shows how far they are."""
    tasks = client.map(counted_batch, list(batches(candidates, size)), pure=False)
    progress(tasks, notebook=False)
    return [result for batch in client.gather(tasks) for result in batch]


def best(results: Sequence[Found | Refused], params: int, how_many: int = 5) -> list[Found]:
    """Of the networks within the budget of parameters, those with the most multiply-adds."""
    within = [result for result in results if isinstance(result, Found) and result.params <= params]
    return sorted(within, key=lambda found: (-found.macs, found.params, found.candidate))[:how_many]


def report(results: Sequence[Found | Refused], params: int) -> Iterator[str]:
    """What the search found, in lines."""
    refused = [result for result in results if isinstance(result, Refused)]
    yield f"{len(results):,} candidates, {len(refused):,} of which are no networks"
    for reason, one in sorted({result.reason: result for result in refused}.items())[:3]:
        yield f"  {one.candidate}: {reason}"
    yield f"the most multiply-adds within {params:,} parameters"
    for found in best(results, params):
        yield f"  {found.macs:>12,} multiply-adds  {found.params:>9,} parameters  {found.candidate}"


def main() -> None:
    """Reads the command line, searches, and prints the report."""
    parser = argparse.ArgumentParser(description="The best network within a budget of parameters.")
    parser.add_argument("--candidates", type=int, default=20_000, help="how many to look at")
    parser.add_argument("--params", type=int, default=100_000, help="the budget of parameters")
    parser.add_argument("--scheduler", help="the address of a cluster; otherwise one is made of this machine's cores")
    given = parser.parse_args()
    candidates = [candidate(number) for number in range(given.candidates)]
    # One thread a worker, because Python computes in one thread at a time
    options = {"address": given.scheduler} if given.scheduler else {"threads_per_worker": 1, "dashboard_address": ":0"}
    with Client(**options) as client:
        results = searched(client, candidates)
    print()
    for line in report(results, given.params):
        print(line)


if __name__ == "__main__":
    main()
