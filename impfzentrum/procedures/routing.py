"""Which SMS provider gets a message: drawn by weights that errors and slow receipts move, and time moves back.

With one provider in the settings there is nothing to draw, and nothing is written.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from impfzentrum.models import Message, SmsProvider, WeightChange
from impfzentrum.rules.weights import drift_to_rest, rest_evenly, shift_away
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel

logger = logging.getLogger(__name__)

STEP_EVERY = timedelta(seconds=10)
"""One step for a provider in this time, however many errors it has: a sick one is empty after less than two minutes."""

CALM = timedelta(minutes=10)
"""So long without a step, and the weights go a step back towards rest."""

HANGING = timedelta(seconds=3)
"""Who lets a call wait so long is in trouble, long before the call is given up."""

SLOW = timedelta(minutes=1)
WATCHED = timedelta(minutes=10)
SLOW_SHARE, ENOUGH = 0.3, 10
"""A provider is slow when of at least ten messages three in ten had no receipt within a minute."""


def several_providers() -> bool:
    return len(settings.SMS_BACKENDS) > 1


def read_weights() -> dict[str, int]:
    """What each provider carries at this moment; empty where the settings leave no choice."""
    if not several_providers():
        return {}
    weights = dict(SmsProvider.objects.filter(name__in=settings.SMS_BACKENDS).values_list("name", "weight"))
    if weights.keys() != settings.SMS_BACKENDS.keys():
        weights = {row.name: row.weight for row in _enrol_providers()}
    return weights


def note_trouble(name: str, *, reason: str, now: datetime) -> None:
    """Move a step away from this provider, at most one in ten seconds."""
    if not several_providers() or name not in settings.SMS_BACKENDS:
        return
    with transaction.atomic():
        rows = _lock_providers()
        sick = rows.get(name)
        if sick is None or (sick.moved_at is not None and sick.moved_at > now - STEP_EVERY):
            return
        _change(rows, shift_away({row.name: row.weight for row in rows.values()}, name), reason=reason, now=now)


def tend_weights(*, now: datetime) -> None:
    """Every minute: a step away from who is slow, a step towards rest after ten calm minutes."""
    if not several_providers():
        return
    for name in settings.SMS_BACKENDS:
        if _is_slow(name, now=now):
            note_trouble(name, reason="slow receipts", now=now)
    with transaction.atomic():
        rows = _lock_providers()
        if any(row.moved_at is not None and row.moved_at > now - CALM for row in rows.values()):
            return
        weights = {row.name: row.weight for row in rows.values()}
        _change(rows, drift_to_rest(weights, {row.name: row.resting for row in rows.values()}), reason="calm", now=now)


def _is_slow(name: str, *, now: datetime) -> bool:
    """By the messages of the last ten minutes that had a minute's time; what failed was at least not slow."""
    sent = Message.objects.filter(
        channel=Channel.SMS, provider=name, handed_over_at__gt=now - WATCHED, handed_over_at__lte=now - SLOW
    )
    late = Q(state=MessageState.SENT) | Q(state=MessageState.DELIVERED, state_since__gt=F("handed_over_at") + SLOW)
    count = sent.count()
    return count >= ENOUGH and sent.filter(late).count() >= SLOW_SHARE * count


def _lock_providers() -> dict[str, SmsProvider]:
    """All rows of the settings, locked by name: two workers in trouble at once must not both take a step."""
    rows = SmsProvider.objects.filter(name__in=settings.SMS_BACKENDS).order_by("name")
    return {row.name: row for row in rows.select_for_update(no_key=True)}


def _enrol_providers() -> list[SmsProvider]:
    """Rows for what the settings name; when one is new, all go to equal shares."""
    shares = rest_evenly(settings.SMS_BACKENDS)
    with transaction.atomic():
        for name in sorted(shares):
            SmsProvider.objects.update_or_create(name=name, defaults={"weight": shares[name], "resting": shares[name]})
    logger.warning("SMS providers at rest: %s", shares)
    return list(SmsProvider.objects.filter(name__in=shares))


def _change(rows: dict[str, SmsProvider], weights: dict[str, int], *, reason: str, now: datetime) -> None:
    for name, row in rows.items():
        if row.weight == weights[name]:
            continue
        logger.warning("SMS provider %s: %d %% -> %d %%, %s", name, row.weight, weights[name], reason)
        WeightChange.objects.create(provider=row, at=now, before=row.weight, after=weights[name], reason=reason[:100])
        SmsProvider.objects.filter(pk=row.pk).update(weight=weights[name], moved_at=now)
