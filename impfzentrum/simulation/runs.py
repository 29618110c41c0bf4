"""Playing releases: every policy meets the same people in the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from impfzentrum.simulation.adaptive import Adaptive, learn_from_earlier
from impfzentrum.simulation.desk import Desk, Outcome
from impfzentrum.simulation.order import Orders
from impfzentrum.simulation.peers import PEERS, Policy
from impfzentrum.simulation.population import People, make_people
from impfzentrum.simulation.scenario import Scenario
from impfzentrum.simulation.tally import Tally

RUNS_IN_ONE_PIECE = 20

POLICIES: tuple[str, ...] = (*PEERS, Adaptive.name)
"""Names of all policies, ours last."""

Tallies = dict[str, Tally]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some runs of one scenario: what one process does in one go."""

    scenario: Scenario
    policies: tuple[str, ...]
    runs: range


def start_policy(name: str, scenario: Scenario, run: int) -> Policy:
    """A fresh policy for one release. Raises KeyError for a name that is not in POLICIES."""
    if name == Adaptive.name:
        return Adaptive(learn_from_earlier(scenario, run))
    return PEERS[name]()


def play_release(policy: Policy, scenario: Scenario, people: People, orders: Orders) -> Outcome:
    """One release from its start to the last useful yes; the policy looks at every whole minute."""
    desk = Desk(scenario, people, orders.walk(policy.order))
    for minute in range(scenario.minutes):
        desk.advance(float(minute))
        if not desk.remaining:
            break
        policy.look(desk)
    return desk.close()


def play_piece(piece: Piece) -> Tallies:
    """All runs of a piece, added up by policy."""
    tallies = {name: Tally() for name in piece.policies}
    for run in piece.runs:
        people = make_people(piece.scenario, run)
        orders = Orders(people)
        for name, tally in tallies.items():
            policy = start_policy(name, piece.scenario, run)
            tally.count(play_release(policy, piece.scenario, people, orders), doses=piece.scenario.doses)
    return tallies


def play_scenarios(
    scenarios: Sequence[Scenario],
    policies: Iterable[str],
    *,
    runs: int,
    jobs: int = 1,
    on_piece: Callable[[], object] = lambda: None,
) -> list[Tallies]:
    """Tallies by scenario, in the order given; `on_piece` is called after each piece (see count_pieces).

    The result does not depend on `jobs`.
    """
    wanted = tuple(policies)
    pieces = [Piece(scenario, wanted, part) for scenario in scenarios for part in _split(runs)]
    results = [{name: Tally() for name in wanted} for _ in scenarios]
    per_scenario = len(_split(runs))
    for place, tallies in enumerate(_play(pieces, jobs)):
        for name, tally in tallies.items():
            results[place // per_scenario][name].add(tally)
        on_piece()
    return results


def count_pieces(scenarios: int, runs: int) -> int:
    """How often `on_piece` will be called."""
    return scenarios * len(_split(runs))


def _split(runs: int) -> list[range]:
    return [range(first, min(first + RUNS_IN_ONE_PIECE, runs)) for first in range(0, runs, RUNS_IN_ONE_PIECE)]


def _play(pieces: Sequence[Piece], jobs: int) -> Iterator[Tallies]:
    if jobs == 1:
        yield from map(play_piece, pieces)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(play_piece, pieces)
