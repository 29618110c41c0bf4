"""Emptying the mailbox for bounces: each notice becomes a receipt like those of the SMS providers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from impfzentrum.gateways.bounces import read_notice
from impfzentrum.gateways.mailboxes import MailboxOutOfReach, open_mailbox
from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import Message
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.vocabulary import Channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many notices became receipts, and how many mails were left for people to read."""

    taken: int
    left: int


def read_bounces(address: str, *, now: datetime) -> Emptied:
    """Take every unread notice of this mailbox. Raises MailboxOutOfReach.

    A notice quotes addresses, so it is removed, but only after its receipt is stored; killed in between, the next run
    finds it again and stores nothing twice. Whatever is no notice about an e-mail of ours stays, marked as read.
    """
    taken = left = 0
    with open_mailbox(address) as box:
        for key, content in box.unread():
            receipt = read_notice(content)
            if receipt is None or not _is_ours(receipt):
                box.leave(key)
                left += 1
            else:
                take_receipt(receipt, now=now)
                box.remove(key)
                taken += 1
    if left:
        logger.warning("%s mails in the mailbox for bounces are no notices about e-mails of ours", left)
    return Emptied(taken, left)


def _is_ours(receipt: Receipt) -> bool:
    """Anybody may write to this mailbox. Our number is there before an e-mail leaves, so none can come too early."""
    mails = Message.objects.filter(channel=Channel.EMAIL)
    return receipt.reference is not None and mails.filter(reference=receipt.reference).exists()


def read_bounces_quietly(address: str, *, now: datetime) -> None:
    """The same for the clock: a mailbox out of reach is logged, the next minute tries again."""
    try:
        read_bounces(address, now=now)
    except MailboxOutOfReach as fault:
        logger.warning("the mailbox for bounces is out of reach: %s", fault)
