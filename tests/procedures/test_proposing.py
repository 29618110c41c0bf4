"""The next release as a proposal: the last one once more, at times that are still ahead."""

from __future__ import annotations

from datetime import date, timedelta

from impfzentrum.models import VaccineRule
from impfzentrum.procedures.proposing import estimate_proposal, propose_release
from impfzentrum.vocabulary import ReleaseReason
from tests.conftest import World
from tests.factories import NOON


def test_the_first_release_of_a_centre_proposes_only_closing_time(world: World) -> None:
    proposal = propose_release(world.centre, world.campaign, now=NOON)
    assert (proposal.vaccine, proposal.doses, proposal.complete) == (None, None, False)
    assert proposal.use_by == NOON.replace(hour=20)
    assert estimate_proposal(world.centre, world.campaign, proposal, now=NOON) is None


def test_the_last_release_is_proposed_at_its_time_of_day(world: World) -> None:
    world.release(doses=3)
    world.release(doses=7, now=NOON + timedelta(minutes=1), use_by=NOON + timedelta(hours=5), reason="missed")
    later = NOON + timedelta(days=1)
    proposal = propose_release(world.centre, world.campaign, now=later)
    assert (proposal.vaccine, proposal.doses, proposal.reason) == (world.vaccine, 7, ReleaseReason.MISSED)
    assert proposal.use_by == later.replace(hour=17)
    assert proposal.complete


def test_a_vaccine_without_a_rule_in_force_is_not_proposed(world: World) -> None:
    world.release()
    VaccineRule.objects.update(valid_until=date(2021, 4, 24))
    proposal = propose_release(world.centre, world.campaign, now=NOON + timedelta(days=1))
    assert (proposal.vaccine, proposal.complete) == (None, False)


def test_the_reach_of_a_proposal_is_that_of_the_release(world: World) -> None:
    world.release()
    world.entries(2)
    world.entry(travel_minutes=30)
    proposal = propose_release(world.centre, world.campaign, now=NOON)
    reach = estimate_proposal(world.centre, world.campaign, proposal, now=NOON)
    assert reach
    assert (reach.total, reach.by_group) == (3, {2: 3})
