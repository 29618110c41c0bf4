"""What every bench stands on: ten counties with five centres each, rules in force, and people on the lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.bench.copying import copy_rows, tidy, without_indexes, without_triggers
from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    Draw,
    Place,
    PlaceDue,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    StandbyEntry,
    Vaccine,
    VaccineRule,
)
from impfzentrum.procedures.clearing import clear_hints
from impfzentrum.procedures.placing import place_everybody
from impfzentrum.rules.draw import SEED_BYTES, commit_to
from impfzentrum.states import CampaignState, EntryState
from impfzentrum.vocabulary import OrderPolicy, Proof, Theme

NOW = datetime(2021, 4, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
LONG_AGO = date(2020, 12, 27)
COUNTIES, CENTRES_EACH = 10, 5
GROUP = 2
"""Everybody waits in one group: the longest queue there can be."""

ELDERLY, YOUNG = date(1950, 1, 4), date(1990, 1, 4)
NEAR, FAR = 20, 200
"""Minutes of travel."""

_GOLDEN = 0.6180339887498949
_FIRST_SIGN_UP = datetime(2021, 1, 4, tzinfo=NOW.tzinfo)
_LAST_SIGN_UP = datetime(2021, 4, 20, tzinfo=NOW.tzinfo)


@dataclass(frozen=True, slots=True)
class Front:
    """Why the first people of a queue cannot be asked, and which share of it they are."""

    reason: str
    share: float

    def __str__(self) -> str:
        return f"first {self.share:.0%} ineligible by {self.reason}" if self.share else "everybody eligible"


EVERYBODY_ELIGIBLE = Front("nothing", 0)


@dataclass(frozen=True, slots=True)
class Ground:
    centres: tuple[Centre, ...]
    campaigns: dict[int, Campaign]
    draws: dict[int, Draw]
    criterion: PriorityCriterion
    vaccine: Vaccine
    other_vaccine: Vaccine
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
    vaccine = make_vaccine(rules, "Vaxzevria", age_min=60)
    other = make_vaccine(rules, "Comirnaty", age_min=16)
    counties = [_make_county(number) for number in range(1, COUNTIES + 1)]
    campaigns = {county.pk: _make_campaign(county, rules) for county in counties}
    centres = tuple(_make_centre(county, number) for county in counties for number in range(1, CENTRES_EACH + 1))
    draws = {centre.pk: _make_draw(centre) for centre in centres}
    staff = User.objects.create(username="bench")
    return Ground(centres, campaigns, draws, criterion, vaccine, other, staff)


def make_vaccine(rules: RuleSet, name: str, *, age_min: int) -> Vaccine:
    """A vaccine of two doses from this age on."""
    vaccine = Vaccine.objects.create(name=name, approved_on=LONG_AGO, doses_per_vial=6, series=2)
    VaccineRule.objects.create(
        rule_set=rules, vaccine=vaccine, age_min=age_min, interval_min_weeks=6, usable_hours=6, valid_from=LONG_AGO
    )
    return vaccine


def put_on_lists(
    ground: Ground,
    numbers: Sequence[int],
    *,
    state: EntryState = EntryState.WAITING,
    signed_up: datetime | None = None,
    fronts: Sequence[Front] = (),
) -> None:
    """Load the people with these numbers (from 0); the lists of the first centres have these `fronts`.

    Without `signed_up` they came one after the other over months.

    Places are not made: that is what `draw_orders` is for.
    """
    accepting = StandbyEntry.vaccines.through
    with without_triggers(), without_indexes(StandbyEntry, accepting):
        copy_rows(
            _alike(ground, state=state),
            [
                *("id", "public_id", "token_hash", "campaign_id", "centre_id", "created_at"),
                *("birth_date", "travel_minutes", "unanswered"),
            ],
            _people(ground, numbers, fronts, signed_up),
        )
        copy_rows(accepting(), ["id", "standbyentry_id", "vaccine_id"], _vaccines(ground, numbers, fronts))
    tidy(StandbyEntry, accepting)


def draw_orders(ground: Ground, centres: Iterable[Centre]) -> None:
    """Put the people of these centres in order, by the code that does it every morning; first come, first served.

    So we know who is at the front; the queue is the same as after a drawing of lots.
    """
    for centre in centres:
        draw = ground.draws[centre.pk]
        with transaction.atomic():
            place_everybody(draw, now=NOW)
            draw.save()
        clear_hints(draw)
    PlaceDue.objects.all().delete()
    tidy(Place, PlaceDue)


def sign_up_of(number: int) -> datetime:
    """When the person with this number came: evenly spread, and far from the next number's."""
    return _FIRST_SIGN_UP + (_LAST_SIGN_UP - _FIRST_SIGN_UP) * _place_in_line(number)


def _place_in_line(number: int) -> float:
    """Where a person stands in the order of their list: 0 is its head, 1 its end."""
    return number * _GOLDEN % 1


def _alike(ground: Ground, *, state: EntryState) -> StandbyEntry:
    return StandbyEntry(
        state=state,
        state_since=NOW,
        postcode="34497",
        mobile="+491713920001",
        mobile_confirmed_at=NOW,
        criterion=ground.criterion,
        priority_group=GROUP,
        consented_at=NOW,
        consent_version="bench",
    )


def _people(
    ground: Ground, numbers: Sequence[int], fronts: Sequence[Front], signed_up: datetime | None
) -> Iterator[tuple[object, ...]]:
    homes = [(ground.campaign_of(centre).pk, centre.pk) for centre in ground.centres]
    for number in numbers:
        campaign, centre = homes[number % len(homes)]
        pk, hindered = number + 1, _hindered_by(number, len(homes), fronts)
        birth_date = YOUNG if hindered == "age" else ELDERLY
        travel = FAR if hindered == "travel" else NEAR
        joined = signed_up or sign_up_of(number)
        yield pk, f"{pk:032x}", f"{pk:064x}", campaign, centre, joined, birth_date, travel, number % 3


def _vaccines(ground: Ground, numbers: Sequence[int], fronts: Sequence[Front]) -> Iterator[tuple[object, ...]]:
    wanted, other = ground.vaccine.pk, ground.other_vaccine.pk
    for number in numbers:
        hindered = _hindered_by(number, len(ground.centres), fronts)
        yield number + 1, number + 1, other if hindered == "vaccine" else wanted


def _hindered_by(number: int, centres: int, fronts: Sequence[Front]) -> str:
    centre = number % centres
    if centre >= len(fronts) or _place_in_line(number) >= fronts[centre].share:
        return ""
    return fronts[centre].reason


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
    policy = OrderPolicy.FIRST_COME
    return Draw.objects.create(
        centre=centre, day=NOW.date(), policy=policy, seed=seed, commitment=commit_to(seed), drawn_at=NOW
    )
