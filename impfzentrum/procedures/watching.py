"""What operators see of the sending of a county: messages, never people. Reads only, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min, QuerySet, Sum
from django.db.models.functions import TruncMinute
from django.utils.translation import gettext as _

from impfzentrum.models import County, DeliveryReceipt, Message, SendingStop, SmsProvider, WeightChange
from impfzentrum.procedures.budgeting import read_budgets
from impfzentrum.procedures.halting import find_stop
from impfzentrum.procedures.holding import NO_BUDGET, find_end_of_quiet
from impfzentrum.procedures.receiving import STRAY_FOR
from impfzentrum.procedures.reviving import list_retriable
from impfzentrum.rules.budget import Budget, Level
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
BAR = timedelta(minutes=5)
CHANGES_SHOWN, FAILURES_SHOWN = 10, 20


@dataclass(frozen=True, slots=True)
class SendingState:
    """Whether a county may send at a moment, and what keeps it from doing so."""

    stop: SendingStop | None
    quiet_until: datetime | None
    budget: Budget | None

    @property
    def short(self) -> bool:
        """No offer can go by SMS any more today."""
        return self.budget is not None and not self.budget.room_for_offer

    @property
    def warned(self) -> bool:
        return self.budget is not None and self.budget.level != Level.PLENTY and not self.short


@dataclass(slots=True)
class ProviderFigures:
    """What one way of sending took in 24 hours, and what receipts say of it. `share` and `resting` in percent."""

    name: str
    share: int | None = None
    resting: int | None = None
    taken: int = 0
    delivered: int = 0
    undeliverable: int = 0
    without_receipt: int = 0
    parts: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Messages that did not leave, or came back, for the same reason."""

    channel: str
    provider: str
    reason: str
    ours: bool
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Bar:
    """Messages handed over in five minutes. `share` of the tallest bar, in percent."""

    begin: datetime
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class SendingView:
    """The operators' page. `bars`: the last hour, oldest first. `strays`: receipts of all counties without message."""

    state: SendingState
    queued: int
    under_way: int
    oldest: datetime | None
    bars: Sequence[Bar]
    providers: Sequence[ProviderFigures]
    strays: int
    failures: Sequence[Failure]
    lapsed: int
    retriable: int
    changes: Sequence[WeightChange]

    @property
    def last_hour(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def per_minute(self) -> float:
        return self.last_hour / 60

    @property
    def failed(self) -> int:
        return sum(failure.count for failure in self.failures)


def tell_sending(county: County, *, now: datetime) -> SendingState:
    """Stop, quiet hours and budget of a county. One query, a second one where there is a budget."""
    budgets = read_budgets(now=now, county=county) if county.sms_per_day is not None else {}
    return SendingState(find_stop(county), find_end_of_quiet(county, now=now), budgets.get(county.pk))


def watch_sending(county: County, *, now: datetime) -> SendingView:
    """Everything about the messages of a county at this moment, and of its last hour and day."""
    ours = Message.objects.filter(entry__centre__county=county)
    waiting = _count_waiting(ours)
    failures = _group_failures(ours, now=now)
    lapsed = ours.filter(state=MessageState.LAPSED, state_since__gt=now - DAY)
    changes = WeightChange.objects.select_related("provider")
    return SendingView(
        state=tell_sending(county, now=now),
        queued=waiting.get(MessageState.QUEUED, (0, None))[0],
        under_way=waiting.get(MessageState.SENDING, (0, None))[0],
        oldest=min((oldest for _count, oldest in waiting.values() if oldest is not None), default=None),
        bars=_draw_bars(ours, now=now),
        providers=_sum_providers(ours, now=now),
        strays=DeliveryReceipt.objects.filter(message=None, received_at__gt=now - STRAY_FOR).count(),
        failures=failures,
        lapsed=lapsed.count(),
        retriable=list_retriable(county, now=now).count(),
        changes=list(changes[:CHANGES_SHOWN]),
    )


def _count_waiting(ours: QuerySet[Message]) -> Mapping[str, tuple[int, datetime | None]]:
    letters = ours.exclude(channel=Channel.CALL)  # calls wait on the page of their centre
    rows = letters.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).values_list("state").order_by("state")
    return {state: (count, oldest) for state, count, oldest in rows.annotate(Count("pk"), Min("created_at"))}


def _draw_bars(ours: QuerySet[Message], *, now: datetime) -> list[Bar]:
    """Twelve bars of five minutes, the last one with the minute that is just running."""
    end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    begin = end - HOUR
    taken = ours.filter(handed_over_at__gte=begin, handed_over_at__lt=end)
    minutes = taken.annotate(minute=TruncMinute("handed_over_at"))
    counts = [0] * (HOUR // BAR)
    for minute, count in minutes.values_list("minute").annotate(Count("pk")).order_by("minute"):
        counts[(minute - begin) // BAR] += count
    tallest = max(*counts, 1)
    return [Bar(begin + number * BAR, count, -(-100 * count // tallest)) for number, count in enumerate(counts)]


def _sum_providers(ours: QuerySet[Message], *, now: datetime) -> list[ProviderFigures]:
    """The providers of the settings by name, then whatever else took a message."""
    found = {
        row.name: ProviderFigures(row.name, share=row.weight, resting=row.resting) for row in SmsProvider.objects.all()
    }
    taken = ours.filter(handed_over_at__gt=now - DAY).values_list("provider", "state", "currency").order_by("provider")
    for name, state, currency, count, parts, price in taken.annotate(Count("pk"), Sum("parts"), Sum("price")):
        figures = found.setdefault(name, ProviderFigures(name))
        figures.taken += count
        figures.parts += parts
        figures.delivered += count if state == MessageState.DELIVERED else 0
        figures.undeliverable += count if state == MessageState.FAILED else 0
        figures.without_receipt += count if state == MessageState.SENT else 0
        if price is not None and currency:
            figures.costs[currency] = figures.costs.get(currency, Decimal(0)) + price
    return list(found.values())


def _group_failures(ours: QuerySet[Message], *, now: datetime) -> list[Failure]:
    """By channel, provider and reason, the most frequent first. Reasons hold no addresses (gateways.letters)."""
    failed = ours.filter(state=MessageState.FAILED, state_since__gt=now - DAY)
    grouped = failed.values_list("channel", "provider", "last_error").annotate(Count("pk"), Max("state_since"))
    failures = [
        Failure(
            channel=str(Channel(channel).label),
            provider=provider,
            reason=_("Tagesbudget an SMS verbraucht") if reason == NO_BUDGET else reason,
            ours=reason == NO_BUDGET,
            count=count,
            last=last,
        )
        for channel, provider, reason, count, last in grouped.order_by()
    ]
    return sorted(failures, key=lambda one: (-one.count, one.channel, one.provider, one.reason))[:FAILURES_SHOWN]
