"""What a person on the list wants to know about their own entry. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from impfzentrum.models import Offer, PriorityCriterion, StandbyEntry, Vaccine
from impfzentrum.vocabulary import Channel, OfferState


@dataclass(frozen=True, slots=True)
class ContactView:
    """A way to reach the person, and whether it is proved to be theirs."""

    channel: Channel
    address: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryStory:
    """An entry told to its owner. `by_age`: the group follows from the age alone. `called`: the group is open now."""

    group: int
    criterion: PriorityCriterion | None
    by_age: bool
    ranked: bool
    called: bool
    contacts: list[ContactView]
    vaccines: list[Vaccine]
    open_offer: Offer | None
    appointment: Offer | None


def explain_entry(entry: StandbyEntry, *, now: datetime) -> EntryStory:
    """The story of an entry as it stands at `now`."""
    order = entry.campaign.group_order(now)
    given = [
        ContactView(Channel.SMS, entry.mobile, entry.mobile_confirmed_at),
        ContactView(Channel.EMAIL, entry.email, entry.email_confirmed_at),
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
    )
