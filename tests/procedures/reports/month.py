"""A small month with known figures: two centres, a few releases, and what became of them. No rule made these rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from impfzentrum.models import Attendance, AuditEvent, Centre, Dose, Feedback, Message, Offer, Release, StandbyEntry
from impfzentrum.procedures.reports.report import By, Scope
from impfzentrum.states import DoseState, OfferState
from tests.conftest import World
from tests.factories import BERLIN
from tests.views.staff import make_neighbour, make_stranger

FIRST, LAST = date(2021, 4, 1), date(2021, 4, 30)
TENTH = datetime(2021, 4, 10, 12, 0, tzinfo=BERLIN)
LATE_TWELFTH = datetime(2021, 4, 12, 23, 30, tzinfo=BERLIN)
TWELFTH = datetime(2021, 4, 12, 9, 0, tzinfo=BERLIN)


@dataclass
class Month:
    """The rows of a planted month. `korbach`: 6 + 2 doses on two days; `wildungen`: 3 doses on one."""

    world: World
    korbach: Centre
    wildungen: Centre

    def scope(self, by: By = By.DAY, centre: Centre | None = None) -> Scope:
        return Scope(self.world.county, centre, FIRST, LAST, by)


def plant_month(world: World) -> Month:
    month = Month(world, world.centre, make_neighbour(world))
    make_stranger()  # with two doses of another county
    first = world.release(doses=6, now=TENTH, reason="vial")
    taken = _take(world, first, DoseState.VACCINATED, 3, minutes=[4, 10, 30])
    _take(world, first, DoseState.CONFIRMED, 1, minutes=[50])
    _end(first, DoseState.LAPSED)
    _lose(world, first, "deferred")
    _end(first, DoseState.WITHDRAWN)
    _say(world, first, OfferState.LATE, 2, group=2)
    _say(world, first, OfferState.EXPIRED, 5, group=1)
    _say(world, first, OfferState.CANCELLED, 1, group=2)
    for offer in taken:
        _send(offer, parts=2, price="0.15000", currency="EUR")
        _send(offer, parts=1, price="0.07500", currency="")
    _send(taken[0], parts=1, price=None, currency="")
    _send(taken[0], parts=1, price="0.08000", currency="USD")
    _send(taken[1], channel="email")
    _send(taken[2], channel="call")
    _step(world, first, before=1, group=2, at=TENTH + timedelta(minutes=60))
    second = _release_at(month, month.wildungen, 3, TWELFTH, reason="cancelled")
    _take(world, second, DoseState.VACCINATED, 3, minutes=[2, 3, 7])
    third = world.release(doses=2, now=LATE_TWELFTH, use_by=LATE_TWELFTH + timedelta(hours=6), reason="missed")
    _take(world, third, DoseState.CONFIRMED, 1, minutes=[15])
    _lose(world, third, "missed")
    for page, rating, text in [("status", 5, ""), ("status", 4, "Gut."), ("left", None, "Zu spät."), ("left", 1, "")]:
        Feedback.objects.create(county=world.county, page=page, rating=rating, text=text, language="de", given_at=TENTH)
    return month


def _release_at(month: Month, centre: Centre, doses: int, now: datetime, **values: object) -> Release:
    moved = World(month.world.county, centre, month.world.campaign, month.world.vaccine, month.world.staff)
    return moved.release(doses=doses, now=now, **values)


def _take(world: World, release: Release, state: DoseState, count: int, *, minutes: list[int]) -> list[Offer]:
    offers = []
    for dose, after in zip(list(release.doses.filter(state="free")[:count]), minutes, strict=True):
        answered = release.released_at + timedelta(minutes=after)
        entry = world.entry(state="vaccinated", birth_date=date(1950, 1, 4))
        Dose.objects.filter(pk=dose.pk).update(state=state, holder=entry, state_since=answered)
        offers.append(_offer(release, entry, OfferState.ACCEPTED, group=2, dose=dose, answered_at=answered))
        if state == DoseState.VACCINATED:
            Attendance.objects.create(
                offer=offers[-1], state="vaccinated", state_since=answered, proof_checked=True, batch="EX3510"
            )
    return offers


def _end(release: Release, state: DoseState) -> None:
    dose = release.doses.filter(state="free").first()
    assert dose is not None
    Dose.objects.filter(pk=dose.pk).update(state=state)


def _lose(world: World, release: Release, state: str) -> None:
    """Somebody who accepted was not vaccinated: the dose is nobody's any more."""
    offer = _offer(release, world.entry(state="left"), OfferState.UNUSED, group=2, answered_at=release.released_at)
    Attendance.objects.create(offer=offer, state=state, state_since=release.released_at)


def _say(world: World, release: Release, state: OfferState, count: int, *, group: int) -> None:
    for _ in range(count):
        _offer(release, world.entry(priority_group=group, state="left"), state, group=group)


def _offer(
    release: Release,
    entry: StandbyEntry,
    state: OfferState,
    *,
    group: int,
    dose: Dose | None = None,
    answered_at: datetime | None = None,
) -> Offer:
    return Offer.objects.create(
        release=release,
        entry=entry,
        state=state,
        state_since=release.released_at,
        dose=dose,
        priority_group=group,
        ticket=1,
        travel_minutes=20,
        created_at=release.released_at,
        handed_over_at=release.released_at,
        answered_at=answered_at,
    )


def _send(offer: Offer, *, channel: str = "sms", parts: int = 0, price: str | None = None, currency: str = "") -> None:
    Message.objects.create(
        entry=offer.entry,
        offer=offer,
        channel=channel,
        template="offer",
        state="sent",
        state_since=offer.created_at,
        created_at=offer.created_at,
        due_at=offer.created_at,
        expires_at=offer.created_at + timedelta(hours=1),
        handed_over_at=offer.created_at,
        parts=parts,
        price=None if price is None else Decimal(price),
        currency=currency,
    )


def _step(world: World, release: Release, *, before: int, group: int, at: datetime) -> None:
    AuditEvent.objects.create(
        county=world.county,
        at=at,
        action="stepped_down",
        subject=str(release.pk),
        detail={"before": before, "group": group},
    )
