"""The lost link: whoever types a contact of theirs gets the link to their page sent to that contact.

The page that asks writes one row, known contact or not, and answers. Looking and sending is the sweep's, so neither the
text nor the time of the answer tells whether somebody is on the list (docs/decisions/0024).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from impfzentrum.models import LinkRequest, MessageTemplate, StandbyEntry
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.proving import start_proof
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Channel, EmailOff

AT_ONCE = 100
ENTRIES_OF_A_CONTACT = 5
"""A family may share a phone. More links than this to one number at once would help nobody."""

USEFUL_FOR = timedelta(hours=2)


def request_link(channel: Channel, contact: str, *, now: datetime) -> None:
    """Note that somebody wants their link sent to this contact. Raises TooManyRequests, whether or not we know it.

    `contact`: mobile in E.164, or e-mail.
    """
    index = blind_index("mobile", contact) if channel == Channel.SMS else blind_index("email", contact.lower())
    count_request(Limit.LOST_LINK_TO_CONTACT, index, now=now)
    LinkRequest.objects.create(channel=channel, contact_index=index, asked_at=now)


def send_lost_links(*, now: datetime) -> int:
    """The sweep's part: send what was asked for, forget that it was asked; return how many requests there were."""
    done = 0
    while True:
        with transaction.atomic():
            # Two sweeps at once must not send a link twice: each takes other rows, and they go with the commit.
            wanted = list(LinkRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
            for request in wanted:
                _send(Channel(request.channel), request.contact_index, now=now)
            LinkRequest.objects.filter(pk__in=[request.pk for request in wanted]).delete()
        done += len(wanted)
        if len(wanted) < AT_ONCE:
            return done


def _send(channel: Channel, index: str, *, now: datetime) -> None:
    same_contact = Q(mobile_index=index) if channel == Channel.SMS else Q(email_index=index)
    people = StandbyEntry.objects.filter(same_contact).exclude(state__in=[EntryState.LEFT, EntryState.ERASED])
    for entry in people.order_by("-created_at")[:ENTRIES_OF_A_CONTACT]:
        if _is_theirs(entry, channel):
            expires_at = now + USEFUL_FOR
            queue_message(entry, MessageTemplate.LOST_LINK, channel=channel, now=now, expires_at=expires_at)
        elif entry.state == EntryState.UNCONFIRMED:
            start_proof(entry, channel, now=now)


def _is_theirs(entry: StandbyEntry, channel: Channel) -> bool:
    """Whether the contact was ever proved to be the person's: a mistyped number must not open a stranger's page."""
    if channel == Channel.SMS:
        return entry.mobile_confirmed_at is not None
    return entry.email_confirmed_at is not None or entry.email_off == EmailOff.UNSUBSCRIBED
