"""Keeping to the terms of a county: every quarter of an hour whoever and whatever is over its term is erased.

In batches with short transactions, past rows that are just in use, and bounded a run, so that a backlog never holds up
anything else. What was done is counted for the county and stands in its record, as numbers only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from impfzentrum.models import County, ErasedCount, Feedback, Message, Reply, Retention, StandbyEntry, TeamExportRun
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.erasing import erase_people
from impfzentrum.procedures.still_waiting import ask_idle, erase_idle
from impfzentrum.states import EntryState, MessageState
from impfzentrum.vocabulary import Erased

logger = logging.getLogger(__name__)

AT_ONCE = 500
BATCHES = 20
FINAL = (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED, MessageState.LAPSED)


def keep_terms(*, now: datetime) -> None:
    """Erase what is over its term in every county. A step that fails is logged and does not stop the others."""
    for county in County.objects.order_by("pk"):
        for kind, erase in STEPS.items():
            _try(county, kind, erase, now=now)
        try:
            ask_idle(county, now=now)
        except OperationalError:
            raise
        except Exception:
            logger.exception("terms: could not ask the idle of county %s", county.pk)


def _try(county: County, kind: Erased, erase: Callable[..., int], *, now: datetime) -> None:
    try:
        erased = erase(county, now=now)
        if erased:
            _count(county, kind, erased, now=now)
    except OperationalError:
        raise  # without a database no step can succeed
    except Exception:
        logger.exception("terms: could not erase %s of county %s", kind, county.pk)


def _count(county: County, kind: Erased, erased: int, *, now: datetime) -> None:
    day = timezone.localdate(now)
    with transaction.atomic():
        row, _new = ErasedCount.objects.get_or_create(county=county, day=day, kind=kind)
        ErasedCount.objects.filter(pk=row.pk).update(count=F("count") + erased)
        record(county.pk, "erased", f"terms-{county.ags}", now=now, kind=kind.value, count=erased)
    logger.info("terms: erased %s %s of county %s", erased, kind.value, county.pk)


def _erase_unconfirmed(county: County, *, now: datetime) -> int:
    before = now - timedelta(hours=Retention.of(county).unconfirmed_hours)
    return _erase_in_batches(county, EntryState.UNCONFIRMED, before=before, now=now)


def _erase_vaccinated(county: County, *, now: datetime) -> int:
    before = now - timedelta(hours=Retention.of(county).vaccinated_hours)
    return _erase_in_batches(county, EntryState.VACCINATED, before=before, now=now)


def _erase_in_batches(county: County, state: EntryState, *, before: datetime, now: datetime) -> int:
    over = StandbyEntry.objects.filter(campaign__county=county, state=state, state_since__lte=before)
    erased = 0
    for _ in range(BATCHES):
        with transaction.atomic():
            rows = over.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")
            people = list(rows.only("pk", "public_id", "state")[:AT_ONCE])
            erased += erase_people(people, state, now=now)
        if len(people) < AT_ONCE:
            break
    return erased


def _strip_messages(county: County, *, now: datetime) -> int:
    """The provider's number for a message leads to a phone number in the provider's books. It goes with the term."""
    of_county = Q(entry__campaign__county=county) | Q(entry=None, watch__county=county)
    over = Message.objects.filter(of_county, state__in=FINAL, state_since__lte=_message_term(county, now=now)).exclude(
        provider_id="", last_error=""
    )
    return _in_batches(over, lambda rows: rows.update(provider_id="", last_error=""))


def _erase_replies(county: County, *, now: datetime) -> int:
    """Replies, and with those that belong to no entry the answer to them. Of an answer to a person the row stays.

    A reply that belongs to nobody belongs to no county either: the shortest term counts.
    """
    mine = Q(entry__campaign__county=county) | Q(entry=None)
    over = Reply.objects.filter(mine, handled_at__isnull=False, received_at__lte=_message_term(county, now=now))

    def erase(rows: QuerySet[Reply]) -> int:
        keys = list(rows.values_list("pk", flat=True))
        Message.objects.filter(reply__in=keys, entry__isnull=False).update(reply=None)
        return Reply.objects.filter(pk__in=keys).delete()[1].get(Reply._meta.label, 0)

    return _in_batches(over, erase)


def _erase_feedback(county: County, *, now: datetime) -> int:
    before = now - timedelta(days=Retention.of(county).feedback_days)
    over = Feedback.objects.filter(county=county, given_at__lte=before)
    return _in_batches(over, lambda rows: rows.delete()[0])


def _erase_team_mails(county: County, *, now: datetime) -> int:
    over = TeamExportRun.objects.filter(centre__county=county, made_at__lte=_message_term(county, now=now))
    return _in_batches(over, lambda rows: rows.delete()[1].get(TeamExportRun._meta.label, 0))


def _message_term(county: County, *, now: datetime) -> datetime:
    return now - timedelta(days=Retention.of(county).message_days)


def _in_batches(over: QuerySet, change: Callable[[QuerySet], int]) -> int:  # type: ignore[type-arg]
    """Apply a bulk change to what is over, past rows that somebody holds; return how many it changed."""
    changed = 0
    for _ in range(BATCHES):
        with transaction.atomic():
            locked = over.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")
            keys = list(locked.values_list("pk", flat=True)[:AT_ONCE])
            if keys:
                changed += change(over.model._base_manager.filter(pk__in=keys))
        if len(keys) < AT_ONCE:
            break
    return changed


STEPS: dict[Erased, Callable[..., int]] = {
    Erased.UNCONFIRMED: _erase_unconfirmed,
    Erased.VACCINATED: _erase_vaccinated,
    Erased.IDLE: erase_idle,
    Erased.MESSAGES: _strip_messages,
    Erased.REPLIES: _erase_replies,
    Erased.FEEDBACK: _erase_feedback,
    Erased.TEAM_MAILS: _erase_team_mails,
}
