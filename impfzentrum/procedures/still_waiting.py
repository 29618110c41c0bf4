"""People of whom nothing was heard for long: asked whether they still wait, and erased if they don't answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from impfzentrum.errors import NotPossibleNow
from impfzentrum.models import AuditEvent, County, MessageTemplate, Offer, Retention, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.erasing import erase_people
from impfzentrum.procedures.outbox import queue_for_everybody
from impfzentrum.states import EntryState

AT_ONCE = 200
BATCHES = 25
"""So many batches a run: the rest waits for the next one, a quarter of an hour later."""

TELL_WITHIN = timedelta(days=3)
WAITS = (EntryState.WAITING, EntryState.PAUSED)

SIGNS_OF_LIFE = (
    "joined",
    "contact_confirmed_by_staff",
    "paused",
    "resumed",
    "still_waits",
    "corrected",
    "ready",
    "ready_taken_back",
    "hours_changed",
    "morning_mail",
    "further_centres_changed",
    "email_on",
    "replied",
    "call_answered",
)
"""What the record only says of somebody when they have done or said something themselves."""


def keep_waiting(entry: StandbyEntry, *, now: datetime) -> None:
    """The person still waits: nobody asks again for the time that the county sets. Twice is once.

    Raises NotPossibleNow for who is not on the list any more.
    """
    with transaction.atomic():
        person = StandbyEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if person.state not in (*WAITS, EntryState.OFFERED, EntryState.APPOINTED):
            raise NotPossibleNow(state=person.get_state_display())
        StandbyEntry.objects.filter(pk=person.pk).update(seen_at=now, asked_at=None)
        if person.asked_at is not None:
            record(person.campaign.county_id, "still_waits", person.public_id, now=now)
    entry.refresh_from_db()


def ask_idle(county: County, *, now: datetime) -> int:
    """Ask everybody of whom nothing was heard for the county's term; return how many. Nobody is asked twice."""
    since = now - timedelta(days=Retention.of(county).ask_after_days)
    silent = StandbyEntry.objects.filter(
        Q(seen_at__lte=since) | Q(seen_at=None, created_at__lte=since),
        campaign__county=county,
        state__in=WAITS,
        asked_at=None,
        restricted_at=None,
    )
    asked = 0
    for _ in range(BATCHES):
        with transaction.atomic():
            people = _lock(silent)
            idle = _leave_out_seen(people, since=since)
            StandbyEntry.objects.filter(pk__in=[person.pk for person in idle]).update(asked_at=now)
            queue_for_everybody(idle, MessageTemplate.STILL_WAITING, now=now, expires_at=now + TELL_WITHIN)
        asked += len(idle)
        if len(people) < AT_ONCE:
            break
    return asked


def erase_idle(county: County, *, now: datetime) -> int:
    """Erase who was asked and gave no sign of life in the time they had; return how many."""
    before = now - Retention.of(county).time_to_answer
    silent = StandbyEntry.objects.filter(
        campaign__county=county, state__in=WAITS, asked_at__lte=before, restricted_at=None
    )
    erased = 0
    for _ in range(BATCHES):
        with transaction.atomic():
            people = _lock(silent)
            idle = _leave_out_seen(people, since=None)
            for state in WAITS:
                erased += erase_people([one for one in idle if one.state == state], state, now=now)
        if len(people) < AT_ONCE:
            break
    return erased


def _lock(people: QuerySet[StandbyEntry]) -> list[StandbyEntry]:
    """The next of them, past those in whose matter something is just happening: that is a sign of life anyway."""
    rows = people.select_related("centre").select_for_update(of=("self",), skip_locked=True, no_key=True)
    return list(rows.order_by("pk")[:AT_ONCE])


def _leave_out_seen(people: list[StandbyEntry], *, since: datetime | None) -> list[StandbyEntry]:
    """Those without a sign of life after `since`, or after they were asked; what was found out is noted."""
    signs = find_signs(people)
    seen = []
    for person in people:
        after, sign = since or person.asked_at, signs.get(person.pk)
        if sign is not None and after is not None and sign > after:
            person.seen_at, person.asked_at = sign, None
            seen.append(person)
    StandbyEntry.objects.bulk_update(seen, ["seen_at", "asked_at"])
    heard = {person.pk for person in seen}
    return [person for person in people if person.pk not in heard]


def find_signs(people: Iterable[StandbyEntry]) -> dict[int, datetime]:
    """The last thing that each has done or said, as far as the record and the answers know; by primary key."""
    by_subject = {str(person.public_id): person.pk for person in people}
    found: dict[int, datetime] = {}
    events = AuditEvent.objects.filter(subject__in=by_subject, action__in=SIGNS_OF_LIFE)
    for subject, at in events.values_list("subject").annotate(Max("at")):
        found[by_subject[subject]] = at
    keys = list(by_subject.values())
    answers = Offer.objects.filter(entry__in=keys, answered_at__isnull=False)
    for key, at in answers.values_list("entry").annotate(Max("answered_at")):
        found[key] = max(at, found.get(key, at))
    return found
