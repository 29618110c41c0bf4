"""What a person on the list wants to know about their own entry. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from impfzentrum.models import FurtherCentre, Offer, PriorityCriterion, StandbyEntry, Vaccine
from impfzentrum.models.eligible import list_lasting_conditions
from impfzentrum.procedures.choosing import list_other_centres
from impfzentrum.rules.availability import ALWAYS, Days, list_ready_ends, summarize_week
from impfzentrum.states import OfferState
from impfzentrum.vocabulary import Channel, DoseWanted, Obstacle


@dataclass(frozen=True, slots=True)
class ContactView:
    """A way to reach the person, and whether it is proved to be theirs. `off`: why it is not used although it was."""

    channel: Channel
    address: str
    confirmed_at: datetime | None
    off: str = ""


@dataclass(frozen=True, slots=True)
class EntryStory:
    """An entry told to its owner. `by_age`: the group follows from the age alone. `called`: the group is open now.

    `any_time`, `days`: when the person has time. `ready_until`: the readiness of today that still holds, `ready_ends`:
    until when they could say to be ready. `too_late`: no vaccine they accept may still follow their last one.
    `further`: where else they would come. `other_centres`: whether the county has more than one centre.
    """

    group: int
    criterion: PriorityCriterion | None
    by_age: bool
    ranked: bool
    called: bool
    contacts: list[ContactView]
    vaccines: list[Vaccine]
    open_offer: Offer | None
    appointment: Offer | None
    any_time: bool
    days: list[Days]
    ready_until: datetime | None
    ready_ends: list[datetime]
    too_late: bool
    further: list[FurtherCentre]
    other_centres: bool


def explain_entry(entry: StandbyEntry, *, now: datetime) -> EntryStory:
    """The story of an entry as it stands at `now`."""
    order = entry.campaign.group_order(now)
    given = [
        ContactView(Channel.SMS, entry.mobile, entry.mobile_confirmed_at),
        ContactView(Channel.CALL, entry.phone, entry.phone_confirmed_at),
        ContactView(Channel.EMAIL, entry.email, entry.email_confirmed_at, entry.email_off),
    ]
    offers = entry.offers.select_related("release__vaccine", "release__centre", "dose").order_by("-created_at")
    return EntryStory(
        group=entry.priority_group,
        criterion=entry.criterion,
        by_age=entry.criterion is not None and entry.criterion.age_from is not None,
        ranked=order.ranked,
        called=entry.priority_group in order.open,
        contacts=[contact for contact in given if contact.address],
        vaccines=list(entry.vaccines.all()),
        open_offer=offers.live().first(),
        appointment=offers.filter(state=OfferState.ACCEPTED, dose__holder=entry.pk).first(),
        any_time=entry.availability == ALWAYS,
        days=summarize_week(entry.availability),
        ready_until=entry.ready_until if entry.ready_until is not None and entry.ready_until > now else None,
        ready_ends=list_ready_ends(timezone.localtime(now), entry.centre.closes_at),
        too_late=_is_too_late(entry, now=now),
        further=list(entry.further_centres.select_related("centre").order_by("centre__name")),
        other_centres=list_other_centres(entry).exists(),
    )


def _is_too_late(entry: StandbyEntry, *, now: datetime) -> bool:
    """Whether only the longest interval keeps every vaccine away that the person accepts and that could follow."""
    if entry.dose_wanted == DoseWanted.FIRST:
        return False
    order = entry.campaign.group_order(now)
    follows, in_time = Q(pk__in=[]), Q(pk__in=[])
    for vaccine in entry.vaccines.all():
        lasting = list_lasting_conditions(StandbyEntry, entry.campaign, vaccine.pk, order, now=now)
        if lasting is not None:
            met = {condition.obstacle: condition.q for condition in lasting}
            follows |= met[Obstacle.OTHER_DOSE]
            in_time |= met[Obstacle.OTHER_DOSE] & met[Obstacle.TOO_LATE]
    return StandbyEntry.objects.filter(follows & ~in_time, pk=entry.pk).exists()
