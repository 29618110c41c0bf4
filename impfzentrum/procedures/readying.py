"""What people say about their time: the days and hours of a week, "today I am ready until …", and the morning mail."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from impfzentrum.errors import NotPossibleNow, ReadyOver
from impfzentrum.models import Release, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import EntryState, ReleaseState

MAY_BE_READY = (EntryState.WAITING, EntryState.OFFERED)
ON_LIST = (*MAY_BE_READY, EntryState.UNCONFIRMED, EntryState.APPOINTED, EntryState.PAUSED)


def say_ready(entry: StandbyEntry, until: time, *, now: datetime) -> datetime:
    """Today the person is ready until this time of day, whatever they ticked; return the moment.

    A time after the centre's closing means its closing. Saying it again moves the end. Releases that run where they
    would come look at once whether this is the person they were missing. Who says so is no longer silent: a cool-down
    ends, as it does for who comes back from a pause; the county's caps stay. Raises ReadyOver for a time that has
    passed, also after closing, and NotPossibleNow for who is not waiting.
    """
    here = timezone.localtime(now)
    end = datetime.combine(here.date(), min(until, entry.centre.closes_at), here.tzinfo)
    if end <= here:
        raise ReadyOver
    with transaction.atomic():
        people = StandbyEntry.objects.filter(pk=entry.pk, state__in=MAY_BE_READY)
        if not people.update(ready_until=end, cool_down_until=None, unanswered=0):
            entry.refresh_from_db()
            raise NotPossibleNow(state=entry.get_state_display())
        record(entry.centre.county_id, "ready", entry.public_id, now=now, until=f"{end:%H:%M}")
        wake_releases(entry)
    entry.ready_until = end
    return end


def take_back_ready(entry: StandbyEntry, *, now: datetime) -> None:
    """Only the ticked days and hours count again. Taking it back twice is once."""
    with transaction.atomic():
        if StandbyEntry.objects.filter(pk=entry.pk, ready_until__isnull=False).update(ready_until=None):
            record(entry.centre.county_id, "ready_taken_back", entry.public_id, now=now)
    entry.ready_until = None


def change_availability(entry: StandbyEntry, availability: int, *, now: datetime) -> None:
    """Other days and hours from now on; an open offer stays what it is. Raises NotPossibleNow for who has left."""
    with transaction.atomic():
        people = StandbyEntry.objects.filter(pk=entry.pk, state__in=ON_LIST)
        if not people.update(availability=availability):
            entry.refresh_from_db()
            raise NotPossibleNow(state=entry.get_state_display())
        # Which hours is nobody's business but the person's: the record says only that they changed.
        record(entry.centre.county_id, "hours_changed", entry.public_id, now=now)
        wake_releases(entry)
    entry.availability = availability


def choose_morning_mail(entry: StandbyEntry, wanted: bool, *, now: datetime) -> None:
    """Be asked each morning by e-mail, or no longer. Raises NotPossibleNow without a confirmed address."""
    with transaction.atomic():
        people = StandbyEntry.objects.filter(pk=entry.pk, state__in=ON_LIST)
        if wanted:
            people = people.filter(email_confirmed_at__isnull=False)
        if not people.update(morning_mail=wanted):
            entry.refresh_from_db()
            raise NotPossibleNow(state=entry.get_state_display())
        record(entry.centre.county_id, "morning_mail", entry.public_id, now=now, wanted=wanted)
    entry.morning_mail = wanted


def wake_releases(entry: StandbyEntry) -> None:
    """Let the releases of every centre that the person accepts look at once whether they were missing them.

    The person's commit comes first, so the matcher that wakes sees what they said.
    """
    accepted = Q(centre=entry.centre_id) | Q(centre__in=entry.further_centres.values("centre"))
    running = Release.objects.filter(accepted, state=ReleaseState.RUNNING)
    for release_id in running.values_list("pk", flat=True):
        wake_match(release_id)
