"""Links to accounts: making one, sending it, and the password that somebody sets with it.

A page only writes the row; a worker sends the mail. So a known and an unknown address take the same time, and a mail
server that is down costs a delay, no invitation.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from impfzentrum.account_refusals import LinkOver
from impfzentrum.gateways.letters import GatewayFault, GatewayRefused, Letter
from impfzentrum.gateways.sending import send_email
from impfzentrum.models import AccountLink
from impfzentrum.models.account import LinkPurpose, hash_account_token
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.logging_in import record_account
from impfzentrum.procedures.waking import wake_account_links
from impfzentrum.procedures.writing import link_address
from impfzentrum.vocabulary import Channel

logger = logging.getLogger(__name__)

VALID = {LinkPurpose.INVITATION: timedelta(hours=72), LinkPurpose.PASSWORD: timedelta(hours=2)}
LEASE = timedelta(minutes=1)
"""So long a worker may take for one mail; after that the next one tries."""

AT_ONCE = 50
PAGES = {LinkPurpose.INVITATION: "account:invitation", LinkPurpose.PASSWORD: "account:new_password"}


def make_link(user: User, purpose: LinkPurpose, *, now: datetime, form_key: uuid.UUID | None = None) -> AccountLink:
    """A new link for this person; an earlier one ends. Belongs inside a transaction; the mail goes out after it."""
    AccountLink.objects.filter(user=user, ended_at=None).update(ended_at=now)
    reference = uuid.uuid4()
    wake_account_links()
    return AccountLink.objects.create(
        user=user,
        purpose=purpose,
        reference=reference,
        token_hash=hash_account_token(reference),
        form_key=form_key,
        made_at=now,
        valid_until=now + VALID[purpose],
    )


def request_password(email: str, *, now: datetime) -> None:
    """Somebody has forgotten their password. Nothing happens for an address that has no open account."""
    user = User.objects.filter(email__iexact=email, is_active=True).exclude(email="").first()
    if user is None or not user.has_usable_password():
        return
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        make_link(user, LinkPurpose.PASSWORD, now=now)
        record_account(user, "password_link_asked", now=now)


def find_link(token: str, purpose: LinkPurpose, *, now: datetime) -> AccountLink:
    """The link of this token. Raises LinkOver for one that is unknown, used, replaced, too old, or closed."""
    found = AccountLink.objects.select_related("user").filter(token_hash=hash_token(token), purpose=purpose).first()
    if found is None or found.ended_at is not None or found.valid_until <= now or not found.user.is_active:
        raise LinkOver
    return found


def set_password(link: AccountLink, password: str, *, now: datetime) -> User:
    """Use the link up and set the password. Sessions with the old one end by themselves. Raises LinkOver."""
    with transaction.atomic():
        # Two tabs with one link: the second waits here, and then finds it used.
        used = AccountLink.objects.filter(pk=link.pk, ended_at=None, valid_until__gt=now).update(ended_at=now)
        if not used:
            raise LinkOver
        user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        user.set_password(password)
        user.save(update_fields=["password"])
        action = "invitation_accepted" if link.purpose == LinkPurpose.INVITATION else "password_set"
        record_account(user, action, by=user, now=now)
    return user


def send_account_links(*, now: datetime) -> int:
    """Send what waits; how many mails went out. A mail server that is down is asked again a minute later."""
    sent = 0
    for link in _lease(now=now):
        try:
            send_email(_write(link))
        except GatewayRefused as fault:
            AccountLink.objects.filter(pk=link.pk).update(fault=str(fault)[:200], lease_until=None)
            logger.warning("mail to an account refused: %s", fault)
        except GatewayFault as fault:
            logger.warning("mail to an account waits: %s", fault)
        else:
            AccountLink.objects.filter(pk=link.pk).update(sent_at=timezone.now(), lease_until=None)
            sent += 1
    return sent


def _lease(*, now: datetime) -> list[AccountLink]:
    """Take some for this worker. SKIP LOCKED and the lease keep a second worker from sending the same mail."""
    waiting = AccountLink.objects.filter(ended_at=None, sent_at=None, fault="", valid_until__gt=now)
    with transaction.atomic():
        free = waiting.exclude(lease_until__gt=now).select_for_update(skip_locked=True, of=("self",))
        taken = list(free.select_related("user", "user__membership__county").order_by("pk")[:AT_ONCE])
        AccountLink.objects.filter(pk__in=[link.pk for link in taken]).update(lease_until=now + LEASE)
    return taken


def _write(link: AccountLink) -> Letter:
    """The mail, in German. A second try has the same number, so that a mailbox can tell."""
    membership = getattr(link.user, "membership", None)
    values = {
        "link": link_address(Channel.EMAIL) + reverse(PAGES[LinkPurpose(link.purpose)], args=[link.token]),
        "name": link.user.get_full_name(),
        "county": membership.county.name if membership else "",
        "until": timezone.localtime(link.valid_until),
    }
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(f"messages/account/{link.purpose}.txt", values)
    subject, _line, body = text.partition("\n")
    return Letter(
        to=link.user.email,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        text=body.strip() + "\n",
        reference=str(link.reference),
        ttl=VALID[LinkPurpose(link.purpose)],
    )
