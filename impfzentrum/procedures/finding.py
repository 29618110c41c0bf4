"""From the secret in a link to the row it opens."""

from __future__ import annotations

from uuid import UUID

from django.utils.crypto import constant_time_compare

from impfzentrum.errors import LinkUnknown
from impfzentrum.models import ContactProof, Message, Offer, StandbyEntry
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.mailing import unsubscribe_token


def find_offer(token: str) -> Offer:
    """The offer of a link. Raises LinkUnknown."""
    offers = Offer.objects.select_related(
        "entry__criterion", "entry__campaign", "dose", "release__vaccine", "release__centre__county"
    )
    offer = offers.filter(token_hash=hash_token(token)).first()
    if offer is None:
        raise LinkUnknown
    return offer


def find_entry(token: str) -> StandbyEntry:
    """The standby entry of a personal link, also of who has left: the page says so. Raises LinkUnknown."""
    entries = StandbyEntry.objects.select_related("campaign__county", "centre", "criterion", "last_vaccine")
    entry = entries.filter(token_hash=hash_token(token)).first()
    if entry is None:
        raise LinkUnknown
    return entry


def find_proof(token: str) -> ContactProof:
    """The proof of contact that a link or a code page belongs to. Raises LinkUnknown."""
    proofs = ContactProof.objects.select_related("entry__campaign__county", "entry__centre")
    proof = proofs.filter(token_hash=hash_token(token)).first()
    if proof is None:
        raise LinkUnknown
    return proof


def find_mailed(reference: UUID, token: str) -> StandbyEntry:
    """Whom the e-mail was for that holds this way out of all e-mails. Raises LinkUnknown."""
    messages = Message.objects.select_related("entry__campaign__county", "entry__centre")
    message = messages.filter(reference=reference).first()
    if message is None or message.entry is None or not constant_time_compare(unsubscribe_token(message), token):
        raise LinkUnknown
    return message.entry
