"""The morning mail: "Sind Sie heute bereit?", once a day, to those who asked for it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from impfzentrum.models import Campaign, Centre, Message, MessageTemplate, StandbyEntry
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.rules.quiet import is_quiet
from impfzentrum.states import CampaignState, EntryState
from impfzentrum.vocabulary import Channel

BEFORE_OPENING = timedelta(hours=1)
NOON = time(12)
BATCH = 500


def ask_who_is_ready(centre: Centre, *, now: datetime) -> int:
    """Queue today's morning mail for everybody at a centre who is due; return for how many.

    Due from an hour before the centre opens until noon, outside the county's quiet hours: who opted in, has a confirmed
    address, waits in a group whose turn it is, and has not said today already that they are ready. Only by e-mail,
    since an SMS costs money. Called again it asks nobody twice: each person carries the day on which they were asked.
    """
    here = timezone.localtime(now)
    if not _is_morning(centre, here):
        return 0
    campaign = centre.county.campaigns.filter(state=CampaignState.RUNNING).first()
    if campaign is None:
        return 0
    asked = 0
    while True:
        batch = _ask_batch(_due(centre, campaign, now=now), here=here)
        asked += batch
        if batch < BATCH:
            return asked


def _is_morning(centre: Centre, here: datetime) -> bool:
    quiet_from, quiet_until = centre.county.quiet_from, centre.county.quiet_until
    if quiet_from is not None and quiet_until is not None and is_quiet(here.time(), quiet_from, quiet_until):
        return False
    opening = datetime.combine(here.date(), centre.opens_at, here.tzinfo)
    return opening - BEFORE_OPENING <= here < _noon(here)


def _noon(here: datetime) -> datetime:
    return datetime.combine(here.date(), NOON, here.tzinfo)


def _due(centre: Centre, campaign: Campaign, *, now: datetime) -> QuerySet[StandbyEntry]:
    today = timezone.localdate(now)
    people = StandbyEntry.objects.filter(
        _not_asked_on(today),
        Q(ready_until=None) | Q(ready_until__lte=now),
        centre=centre,
        campaign=campaign,
        morning_mail=True,
        state=EntryState.WAITING,
        email_confirmed_at__isnull=False,
    )
    order = campaign.group_order(now)
    return people.filter(priority_group__in=sorted(order.open)) if order.ranked else people


def _not_asked_on(day: date) -> Q:
    return Q(morning_asked_on=None) | Q(morning_asked_on__lt=day)


def _ask_batch(due: QuerySet[StandbyEntry], *, here: datetime) -> int:
    with transaction.atomic():
        # Two tenders at once: each takes other people, and the stamp is read again by the lock.
        rows = due.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        people = list(rows.values_list("pk", flat=True)[:BATCH])
        StandbyEntry.objects.filter(pk__in=people).update(morning_asked_on=here.date())
        Message.objects.bulk_create(_prepare_message(person, here=here) for person in people)
        if people:
            wake_deliver()
    return len(people)


def _prepare_message(person: int, *, here: datetime) -> Message:
    return Message(
        entry_id=person,
        template=MessageTemplate.READY_TODAY,
        channel=Channel.EMAIL,
        created_at=here,
        due_at=here,
        expires_at=_noon(here),
        state_since=here,
    )
