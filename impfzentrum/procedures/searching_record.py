"""Searching the record: by person, release, member of staff, topic and period, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from impfzentrum.models import AuditEvent, County, Dose, Offer, Release, StandbyEntry

PAGE = 50
"""Events on a page."""

LONGEST_EXPORT = 200_000
"""Rows. More would keep a browser waiting for minutes."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None narrows nothing. Both ends in time belong to it, `end` as the first moment after."""

    county: County
    start: datetime
    end: datetime
    person: StandbyEntry | None = None
    release: Release | None = None
    actor: int | None = None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first. `following` leads to the next page, empty on the last one."""

    events: list[AuditEvent]
    following: str


def find_person(county: County, reference: str) -> StandbyEntry | None:
    """The person whom staff mean: by the number of their entry, of an offer, or the code they show at the door.

    Never by name or contact. A code belongs to whoever had it last.
    """
    people = StandbyEntry.objects.filter(campaign__county=county)
    text = reference.strip()
    try:
        number = UUID(text)
    except ValueError:
        code = text.upper().replace("-", "").replace(" ", "")
        held = Dose.objects.filter(check_in_code__in=[text, code], release__centre__county=county).exclude(
            check_in_code=""
        )
        dose = held.select_related("holder").order_by("-pk").first() if code else None
        return None if dose is None else dose.holder
    offer = Offer.objects.filter(public_id=number, release__centre__county=county).select_related("entry").first()
    return offer.entry if offer is not None else people.filter(public_id=number).first()


def find_events(search: Search) -> QuerySet[AuditEvent]:
    """All events that a search means, the newest first."""
    events = AuditEvent.objects.filter(county=search.county, at__gte=search.start, at__lt=search.end)
    if search.person is not None:
        events = events.filter(_about(search.person))
    if search.release is not None:
        events = events.filter(subject=str(search.release.pk))
    if search.actor is not None:
        events = events.filter(actor=search.actor)
    if search.actions:
        events = events.filter(action__in=search.actions)
    return events.select_related("actor").order_by("-at", "-pk")


def _about(person: StandbyEntry) -> Q:
    """Events of the person, and those of releases that name one of their offers."""
    offers = list(Offer.objects.filter(entry=person).values_list("pk", "public_id", "release"))
    about = Q(subject=str(person.public_id))
    for pk, public_id, release in offers:
        named = Q(detail__offer=str(public_id)) | Q(detail__offers__contains=[str(public_id)])
        named |= Q(detail__pick__offers__contains=[pk]) | Q(detail__entry=str(person.public_id))
        about |= Q(subject=str(release)) & named
    return about


def turn_page(search: Search, after: str) -> Page:
    """The events after the last one of the page before; what nobody can read begins at the newest.

    By time and number of the last event: a page further on costs no more than the first, and nothing is skipped while
    new events come.
    """
    events = find_events(search)
    if (cursor := _read_cursor(after)) is not None:
        at, pk = cursor
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(events[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], "" if last is None else f"{last.at.isoformat()}_{last.pk}")


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    at, _, pk = text.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
        number = int(pk)
    except ValueError:
        return None
    return (moment, number) if moment.tzinfo is not None and 0 <= number < 2**63 else None
