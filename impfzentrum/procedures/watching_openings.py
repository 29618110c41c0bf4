"""Word when a list opens again: an e-mail address, confirmed by its owner, told once and then forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from impfzentrum.errors import LinkUnknown
from impfzentrum.models import County, Message, MessageTemplate, OpeningWatch
from impfzentrum.models.sealed import blind_index, hash_token
from impfzentrum.procedures.burying import note_erased
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.procedures.listing import view_list
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel

UNCONFIRMED_FOR = timedelta(days=2)
TOLD_AT_ONCE = 500
TOLD_WITHIN = timedelta(days=3)
"""Longer than any night, and than most stops of sending."""


def watch_opening(county: County, email: str, *, language: str, now: datetime) -> None:
    """Send a link with which the owner of this e-mail address confirms that they want to be told.

    Raises TooManyRequests. An address that is confirmed already gets the link as well: the page must not tell.
    """
    index = blind_index("email", email.lower())
    count_request(Limit.OPENING_TO_CONTACT, f"{county.pk} {index}", now=now)
    with transaction.atomic():
        watch, _new = OpeningWatch.objects.get_or_create(
            county=county, email_index=index, defaults={"email": email, "language": language, "asked_at": now}
        )
        _queue(watch, MessageTemplate.OPENING_PROOF, expires_at=now + UNCONFIRMED_FOR, now=now)
    wake_deliver()


def find_watch(token: str) -> OpeningWatch:
    """The watch of a link. Raises LinkUnknown, also after it was told and forgotten."""
    watch = OpeningWatch.objects.select_related("county").filter(token_hash=hash_token(token)).first()
    if watch is None:
        raise LinkUnknown
    return watch


def confirm_watch(watch: OpeningWatch, *, now: datetime) -> None:
    """The owner of the address wants it. Doing it twice is once."""
    OpeningWatch.objects.filter(pk=watch.pk, confirmed_at=None).update(confirmed_at=now)


def drop_watch(watch: OpeningWatch, *, now: datetime) -> None:
    """They don't want it any more: nothing of the address stays."""
    with transaction.atomic():
        OpeningWatch.objects.filter(pk=watch.pk).delete()
        note_erased([watch.public_id], now=now)


def tell_of_openings(*, now: datetime) -> int:
    """Tell the confirmed addresses of every county whose list takes people again; return how many were told."""
    waiting = OpeningWatch.objects.filter(county=OuterRef("pk"), confirmed_at__isnull=False, told_at=None)
    told = 0
    for county in County.objects.filter(Exists(waiting)):
        if view_list(county, now=now).takes_people:
            told += _tell(county, now=now)
    return told


def _tell(county: County, *, now: datetime) -> int:
    with transaction.atomic():
        watches = OpeningWatch.objects.filter(county=county, confirmed_at__isnull=False, told_at=None)
        chosen = list(watches.select_for_update(skip_locked=True).order_by("confirmed_at")[:TOLD_AT_ONCE])
        for watch in chosen:
            _queue(watch, MessageTemplate.LIST_OPEN, expires_at=now + TOLD_WITHIN, now=now)
        OpeningWatch.objects.filter(pk__in=[watch.pk for watch in chosen]).update(told_at=now)
    if chosen:
        wake_deliver()
    return len(chosen)


def forget_watches(*, now: datetime) -> int:
    """Delete addresses that were told, once their e-mail is on its way or given up, and those nobody confirmed."""
    pending = Message.objects.filter(watch=OuterRef("pk"), state__in=[MessageState.QUEUED, MessageState.SENDING])
    over = OpeningWatch.objects.filter(told_at__isnull=False).exclude(Exists(pending))
    unconfirmed = OpeningWatch.objects.filter(confirmed_at=None, asked_at__lte=now - UNCONFIRMED_FOR)
    return over.delete()[0] + unconfirmed.exclude(Exists(pending)).delete()[0]


def _queue(watch: OpeningWatch, template: MessageTemplate, *, expires_at: datetime, now: datetime) -> None:
    Message.objects.create(
        watch=watch,
        template=template,
        channel=Channel.EMAIL,
        created_at=now,
        due_at=now,
        expires_at=expires_at,
        state_since=now,
    )
