"""Running a bench: for every size a database of its own, filled, measured, dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from impfzentrum.bench import claim, confirm, deliver, expire, pages, redraw, sweep
from impfzentrum.bench.database import bench_database
from impfzentrum.bench.timing import Figure

Measure = Callable[[int, int], Iterator[Figure]]
"""Fills the empty database for a size and yields the figures; the second argument is the number of runs."""


@dataclass(frozen=True, slots=True)
class Bench:
    sizes: Sequence[int]
    measure: Measure


BENCHES: Mapping[str, Bench] = {
    "match": Bench(claim.SIZES, claim.measure_match),
    "claim": Bench(claim.SIZES, claim.measure_claim),
    "sweep": Bench(sweep.SIZES, sweep.measure),
    "expire": Bench(expire.SIZES, expire.measure),
    "confirm": Bench(confirm.SIZES, confirm.measure),
    "deliver": Bench(deliver.SIZES, deliver.measure),
    "redraw": Bench(redraw.SIZES, redraw.measure),
    "pages": Bench(pages.SIZES, pages.measure),
}


def run_bench(name: str, *, sizes: Sequence[int] = (), repeat: int, keep: bool = False) -> Iterator[Figure]:
    """The figures of a bench, one after the other as they are measured; without `sizes` for those it is made for.

    With `keep` the database of the last size stays. Raises NotOurDatabase and WorkNotDone.
    """
    bench = BENCHES[name]
    for size in sizes or bench.sizes:
        with bench_database(keep=keep):
            yield from bench.measure(size, repeat)
