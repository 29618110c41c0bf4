"""Which queued messages may be sent now, and what becomes of those that may not (docs/decisions/0016).

Three things hold messages back: the county's stop, its quiet hours, and its budget of SMS for the day.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
    Window,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from impfzentrum.models import County, Message, MessageTemplate, OpeningWatch, Reply, StandbyEntry
from impfzentrum.models.moving import LostRace, move_rows
from impfzentrum.procedures.budgeting import NEAR, PROMISED, read_budgets, read_budgets_exactly
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.rules.budget import AN_OFFER_NEEDS, Budget
from impfzentrum.rules.quiet import next_quiet_hours
from impfzentrum.states import LIVE_OFFER, MessageState
from impfzentrum.vocabulary import Channel

logger = logging.getLogger(__name__)

AT_ANY_TIME = (
    MessageTemplate.CONTACT_PROOF,
    MessageTemplate.WELCOME,
    MessageTemplate.LOST_LINK,
    MessageTemplate.OPENING_PROOF,
    MessageTemplate.PLACE_AND_TIME,
    MessageTemplate.CANCELLED,
    MessageTemplate.REPLY,
)
"""What a person has just asked for themselves: it may also come in quiet hours."""

LOOK_AGAIN = timedelta(minutes=5)
"""A message that is held back is due again so much later, at the latest: meanwhile no worker walks past it."""

BATCH = 500
NOTHING = Q(pk__in=[])
NO_BUDGET = "SMS budget of the day is used up"

_SENDING = 0x4E56  # first key of the advisory lock; there is no second


@dataclass(frozen=True, slots=True)
class Hold:
    """What a county may not send at a moment."""

    county: int
    stopped: bool
    quiet_until: datetime | None
    budget: Budget | None

    @property
    def holds_something(self) -> bool:
        short = self.budget is not None and not self.budget.room_for_offer
        return self.stopped or self.quiet_until is not None or short


def sendable(messages: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    """Those of these queued messages that may be leased now. Belongs inside the transaction that leases them.

    After a stop is committed nobody leases any more: `share_sending` is held from here to the end of the transaction,
    and a stop waits for it. While nothing is held back the walk down the index is as it was.
    """
    share_sending()
    holds = read_holds(now=now, exactly=True)
    if not holds:
        return messages
    messages = messages.alias(of_county=_COUNTY)
    for hold in holds:
        ours = Q(of_county=hold.county)
        if hold.stopped:
            messages = messages.filter(~ours)
        elif hold.quiet_until is not None:
            messages = messages.filter(~ours | Q(template__in=AT_ANY_TIME))
        if hold.budget is not None and hold.budget.left_for_others <= NEAR and not hold.stopped:
            sms = ours & Q(channel=Channel.SMS)
            messages = messages.filter(~sms | _within_budget(messages.filter(sms), hold.budget))
    return messages


def _within_budget(sms: QuerySet[Message], budget: Budget) -> Q:
    """The first of a county's SMS, as many as its budget still has room for. An offer takes its answer's room too."""
    in_order = sms.order_by("due_at", "pk")
    allowed = NOTHING
    if budget.left_for_others:
        others = in_order.exclude(template__in=PROMISED).annotate(taken=_TAKEN_SO_FAR)
        allowed |= Q(pk__in=others.filter(taken__lte=budget.left_for_others).order_by().values("pk"))
    if budget.left_for_promises:
        allowed |= Q(pk__in=in_order.filter(template__in=PROMISED).values("pk")[: budget.left_for_promises])
    return allowed


_TAKEN_SO_FAR = Window(
    Sum(Case(When(template=MessageTemplate.OFFER, then=AN_OFFER_NEEDS), default=1)), order_by=[F("due_at"), F("pk")]
)


# Scalar subqueries on purpose: PostgreSQL looks them up row by row along the queue. A join it would turn round and read
# the whole list. The answer to a number that belongs to nobody is sent by the county to whose number it wrote.
_COUNTY = Coalesce(
    Subquery(StandbyEntry.objects.filter(pk=OuterRef("entry_id")).values("centre__county_id")[:1]),
    Subquery(
        County.objects.filter(
            sms_sender=Subquery(Reply.objects.filter(pk=OuterRef(OuterRef("reply_id"))).values("received_by")[:1])
        )
        .order_by("pk")
        .values("pk")[:1]
    ),
    Subquery(OpeningWatch.objects.filter(pk=OuterRef("watch_id")).values("county_id")[:1]),
    0,
    output_field=BigIntegerField(),
)


def share_sending() -> None:
    """Taken by everybody who leases, side by side; until their transactions are over no stop can be committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [_SENDING])


def hold_sending() -> None:
    """Taken by whoever presses stop: waits for all who are leasing, and lets nobody begin before the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_SENDING])


def read_holds(*, now: datetime, exactly: bool = False) -> list[Hold]:
    """The counties whose sending has a limit at this moment. Two queries, however many counties; `exactly` as for
    budgeting.read_budgets_exactly."""
    with connection.cursor() as cursor:
        cursor.execute(_LIMITED)
        rows = cursor.fetchall()
    budgets: dict[int, Budget] = {}
    if any(per_day is not None for *_, per_day in rows):
        budgets = read_budgets_exactly(now=now) if exactly else read_budgets(now=now)
    holds = [
        Hold(county, stopped, _end_of_quiet(quiet_from, quiet_until, now=now), budgets.get(county))
        for county, stopped, quiet_from, quiet_until, _ in rows
    ]
    return [one for one in holds if one.holds_something or one.budget is not None]


# Asked before every lease, so it is written out: composing it anew takes longer than the answer.
_LIMITED = """
SELECT county.id, stop.here, county.quiet_from, county.quiet_until, county.sms_per_day
FROM impfzentrum_county AS county
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT 1 FROM impfzentrum_sendingstop AS stop WHERE stop.county_id = county.id AND stop.lifted_at IS NULL
    ) AS here
) AS stop
WHERE stop.here OR county.quiet_from IS NOT NULL OR county.sms_per_day IS NOT NULL
ORDER BY county.id
"""


def find_end_of_quiet(county: County, *, now: datetime) -> datetime | None:
    """Until when it is quiet in this county; None when it is not quiet now."""
    return _end_of_quiet(county.quiet_from, county.quiet_until, now=now)


def _end_of_quiet(start: time | None, end: time | None, *, now: datetime) -> datetime | None:
    if start is None or end is None:
        return None
    return next_quiet_hours(timezone.localtime(now), start, end)[0]


def hold_back(*, now: datetime) -> int:
    """The sweep's part: move what may not be sent now out of the way; return how many messages.

    Offers that the budget no longer carries go by e-mail or to the next person at once. Offers held by a stop or by
    quiet hours are given up after two minutes as all that are not handed over (expiring.give_up_unsent). What tells
    nothing any more lapses, the rest is due again later.
    """
    held = 0
    for hold in read_holds(now=now):
        if not hold.holds_something:
            continue
        ours = Message.objects.alias(of_county=_COUNTY).filter(of_county=hold.county, state=MessageState.QUEUED)
        ours = ours.exclude(channel=Channel.CALL)  # staff look at stop and quiet hours when they take a call
        held += _let_lapse(ours, now=now)
        kept = ours.filter(_kept_by(hold), due_at__lte=now)
        if not hold.stopped and hold.budget is not None and not hold.budget.room_for_offer:
            held += _divert(kept.filter(template=MessageTemplate.OFFER, channel=Channel.SMS), now=now)
        held += _set_due(kept, until=_end_of(hold, now=now))
    return held


def _kept_by(hold: Hold) -> Q:
    if hold.stopped:
        return Q()
    kept = NOTHING if hold.quiet_until is None else ~Q(template__in=AT_ANY_TIME)
    if hold.budget is None or hold.budget.room_for_offer:
        return kept
    if not hold.budget.left:
        return kept | Q(channel=Channel.SMS)
    if not hold.budget.left_for_others:
        return kept | Q(channel=Channel.SMS) & ~Q(template__in=PROMISED)
    return kept | Q(channel=Channel.SMS, template=MessageTemplate.OFFER)


def _let_lapse(queued: QuerySet[Message], *, now: datetime) -> int:
    over = Q(template=MessageTemplate.OFFER) & ~Q(offer__state__in=LIVE_OFFER)
    rows = Message.objects.filter(pk__in=queued.filter(Q(expires_at__lte=now) | over).values("pk"))
    lapsed = move_rows(rows, MessageState.QUEUED, MessageState.LAPSED, now=now)
    if lapsed:
        logger.warning("%s messages lapsed while they were held back", lapsed)
    return lapsed


def _divert(offers: QuerySet[Message], *, now: datetime) -> int:
    related = offers.select_related("entry", "offer__entry", "offer__release__centre__county")
    diverted = 0
    for message in related.order_by("due_at", "pk")[:BATCH]:
        try:
            with transaction.atomic():
                divert_offer(message, now=now)
                message.move_for_sure(MessageState.QUEUED, MessageState.FAILED, now=now, last_error=NO_BUDGET)
            diverted += 1
        except LostRace:
            continue  # a worker has leased it meanwhile: a place in the budget came free, and it goes after all
    return diverted


def _set_due(queued: QuerySet[Message], *, until: datetime) -> int:
    # The state is checked once more on the newest row: what a worker leased meanwhile stays as it is.
    return Message.objects.filter(pk__in=queued.values("pk"), state=MessageState.QUEUED).update(due_at=until)


def _end_of(hold: Hold, *, now: datetime) -> datetime:
    latest = now + LOOK_AGAIN
    return latest if hold.stopped or hold.quiet_until is None else min(hold.quiet_until, latest)


def release_held(county: County, *, now: datetime) -> int:
    """After a stop was lifted: what waits is due at once; return how many messages. The next lease decides anew."""
    waiting = Message.objects.alias(of_county=_COUNTY).filter(of_county=county.pk, state=MessageState.QUEUED)
    return _set_due(waiting.filter(due_at__gt=now), until=now)


def count_waiting(county: County) -> int:
    """How many messages of a county wait in the queue."""
    waiting = Message.objects.alias(of_county=_COUNTY).filter(of_county=county.pk, state=MessageState.QUEUED)
    return waiting.count()


def count_in_flight(county: County) -> int:
    """How many messages of a county a worker has taken and nobody has heard of yet."""
    taken = Message.objects.alias(of_county=_COUNTY).filter(of_county=county.pk, state=MessageState.SENDING)
    return taken.count()
