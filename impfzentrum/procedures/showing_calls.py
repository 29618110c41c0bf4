"""The calls that the staff of a centre have to make. Reads only, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from impfzentrum.models import Centre, Message, MessageTemplate
from impfzentrum.procedures.expiring import HAND_OVER_WITHIN
from impfzentrum.procedures.phoning import CALLS, NOBODY_CALLED
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.wording import name_staff
from impfzentrum.states import MessageState

OPEN = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True, slots=True)
class CallView:
    """A call without the person: who is called stands on its own page alone.

    `until`: when it is too late, for an offer that nobody has taken yet the moment at which its dose goes on. `by`:
    who makes it at this moment, since `since`.
    """

    message: Message
    until: datetime
    by: str
    since: datetime

    @property
    def asks(self) -> bool:
        """Whether it is about an offer, and not about something to be told."""
        return self.message.question is not None

    @property
    def waits_for_a_first_call(self) -> bool:
        """Nobody has taken it, and so the time to answer has not begun."""
        offer = self.message.question
        return offer is not None and offer.answer_by is None


def calls_of(centre: Centre) -> QuerySet[Message]:
    """Every call of a centre, whatever became of it."""
    return CALLS.filter(Q(offer__release__centre=centre) | Q(offer=None, entry__centre=centre))


def list_calls(centre: Centre, *, now: datetime) -> list[CallView]:
    """What is to be called at this moment, the most urgent first. One query; names and numbers stay sealed."""
    calls = (
        calls_of(centre)
        .filter(state__in=OPEN, expires_at__gt=now)
        .select_related("offer__release__vaccine", "taken_by")
    )
    return sorted((view_call(call) for call in calls), key=lambda view: (view.until, view.message.pk))


def view_call(message: Message) -> CallView:
    taken = message.taken_by if message.state == MessageState.SENDING else None
    return CallView(message, _until(message), name_staff(taken) if taken is not None else "", message.state_since)


def _until(message: Message) -> datetime:
    offer = message.question
    if offer is None:
        return message.expires_at
    return offer.answer_by or min(offer.created_at + HAND_OVER_WITHIN, message.expires_at)


def count_uncalled(centre: Centre, *, now: datetime) -> int:
    """How many people got no offer today because nobody called them."""
    today = timezone.localdate(now)
    midnight = bounds_of_days(today, today)[0]
    lapsed = calls_of(centre).filter(state=MessageState.LAPSED, state_since__gte=midnight)
    return lapsed.filter(template=MessageTemplate.OFFER, last_error=NOBODY_CALLED).count()
