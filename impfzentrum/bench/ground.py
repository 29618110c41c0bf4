"""What every bench stands on: ten counties with five centres each, rules in force, and people on the lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from impfzentrum.bench.copying import copy_rows, tidy, without_triggers
from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    Draw,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    StandbyEntry,
    Vaccine,
    VaccineRule,
)
from impfzentrum.rules.draw import SEED_BYTES, commit_to
from impfzentrum.vocabulary import CampaignState, EntryState, Proof, Theme

NOW = datetime(2021, 4, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
LONG_AGO = date(2020, 12, 27)
COUNTIES, CENTRES_EACH = 10, 5
GROUP = 2
"""Everybody waits in one group: the longest queue there can be."""

_GOLDEN = 0.6180339887498949
_TICKETS = 2**62


@dataclass(frozen=True, slots=True)
class Ground:
    centres: tuple[Centre, ...]
    campaigns: dict[int, Campaign]
    draws: dict[int, Draw]
    criterion: PriorityCriterion
    vaccine: Vaccine
    staff: User

    def campaign_of(self, centre: Centre) -> Campaign:
        return self.campaigns[centre.county_id]

    def centre_of(self, number: int) -> Centre:
        """The centre on whose list the person with this number (from 0) is: one after the other, round and round."""
        return self.centres[number % len(self.centres)]


def lay_ground() -> Ground:
    """Counties, centres, rules, today's draws. The database must be the bench's own and empty."""
    rules = RuleSet.objects.create(slug="bench", name="Bench")
    criterion = PriorityCriterion.objects.create(
        rule_set=rules, code="bench", group=GROUP, theme=Theme.AGE, proof=Proof.IDENTITY, valid_from=LONG_AGO
    )
    vaccine = make_vaccine(rules, "Comirnaty", age_min=16)
    counties = [_make_county(number) for number in range(1, COUNTIES + 1)]
    campaigns = {county.pk: _make_campaign(county, rules) for county in counties}
    centres = tuple(_make_centre(county, number) for county in counties for number in range(1, CENTRES_EACH + 1))
    draws = {centre.pk: _make_draw(centre) for centre in centres}
    staff = User.objects.create(username="bench")
    return Ground(centres, campaigns, draws, criterion, vaccine, staff)


def make_vaccine(rules: RuleSet, name: str, *, age_min: int) -> Vaccine:
    """A vaccine of two doses from this age on."""
    vaccine = Vaccine.objects.create(name=name, approved_on=LONG_AGO, doses_per_vial=6, series=2)
    VaccineRule.objects.create(
        rule_set=rules, vaccine=vaccine, age_min=age_min, interval_min_weeks=6, usable_hours=6, valid_from=LONG_AGO
    )
    return vaccine


def ticket_of(number: int) -> int:
    """A person's ticket: evenly spread, and far from that of the next number."""
    return int(place_in_line(number) * _TICKETS)


def place_in_line(number: int) -> float:
    """Where a person stands in the order of their list: 0 is its head, 1 its end."""
    return number * _GOLDEN % 1


def put_on_lists(ground: Ground, people: int, *, state: EntryState = EntryState.WAITING, first: int = 0) -> None:
    """Load that many people, all alike but for their lists and tickets; every third has let two offers pass."""
    with without_triggers():
        copy_rows(
            alike(ground, state=state),
            ["id", "public_id", "token_hash", "campaign_id", "centre_id", "ticket", "unanswered"],
            _people(ground, range(first, first + people)),
        )
        accepting = StandbyEntry.vaccines.through
        pairs = ((number + 1, number + 1) for number in range(first, first + people))
        copy_rows(accepting(vaccine_id=ground.vaccine.pk), ["id", "standbyentry_id"], pairs)
    tidy(StandbyEntry, accepting)


def alike(ground: Ground, *, state: EntryState = EntryState.WAITING) -> StandbyEntry:
    """What everybody has in common: 71 years old, with a mobile phone, 20 minutes away."""
    return StandbyEntry(
        state=state,
        state_since=NOW,
        created_at=NOW,
        birth_date=date(1950, 1, 4),
        postcode="34497",
        mobile="+491713920001",
        mobile_confirmed_at=NOW,
        criterion=ground.criterion,
        priority_group=GROUP,
        travel_minutes=20,
        consented_at=NOW,
        consent_version="bench",
    )


def _people(ground: Ground, numbers: range) -> Iterator[tuple[object, ...]]:
    homes = [(ground.campaign_of(centre).pk, centre.pk) for centre in ground.centres]
    for number in numbers:
        campaign, centre = homes[number % len(homes)]
        pk = number + 1
        yield pk, f"{pk:032x}", f"{pk:064x}", campaign, centre, ticket_of(number), number % 3


def _make_county(number: int) -> County:
    return County.objects.create(ags=f"{number:05d}", name=f"Landkreis {number}", slug=f"landkreis-{number}")


def _make_campaign(county: County, rules: RuleSet) -> Campaign:
    campaign = Campaign.objects.create(county=county, rule_set=rules, name="Bench", state=CampaignState.RUNNING)
    PriorityOrder.objects.create(campaign=campaign, group=GROUP, valid_from=LONG_AGO)
    return campaign


def _make_centre(county: County, number: int) -> Centre:
    name = f"Impfzentrum {county.pk}.{number}"
    slug = f"impfzentrum-{county.pk}-{number}"
    return Centre.objects.create(
        county=county, name=name, slug=slug, postcode="34497", opens_at=time(8), closes_at=time(20)
    )


def _make_draw(centre: Centre) -> Draw:
    seed = bytes(SEED_BYTES)
    return Draw.objects.create(
        centre=centre, day=NOW.date(), seed=seed, commitment=commit_to(seed), drawn_at=NOW, people=0
    )
