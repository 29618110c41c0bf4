"""Writing a message out at the moment it is sent: nothing of it is stored before."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from impfzentrum.gateways.letters import Letter
from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.mailing import complete_mail
from impfzentrum.vocabulary import Channel, Proof


def write_letter(message: Message, *, now: datetime) -> Letter:
    """The letter for a message row, in the person's language. The first line of an e-mail template is its subject.

    An SMS holds no name, no vaccine and no group: it lies open on a lock screen.
    """
    if message.entry is None:
        return _write_to_stranger(message, now=now)
    county = message.entry.centre.county
    with translation.override(message.entry.language):
        text = render_to_string(f"messages/{message.channel}/{message.template}.txt", _values(message, now=now)).strip()
    subject = ""
    if message.channel == Channel.EMAIL:
        subject, _, text = (part.strip() for part in text.partition("\n"))
    letter = Letter(
        to=message.entry.address(Channel(message.channel)),
        sender=county.sms_sender if message.channel == Channel.SMS else settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        text=text,
        reference=str(message.reference),
        ttl=_worth_until(message, now=now) - now,
    )
    return complete_mail(letter, message) if message.channel == Channel.EMAIL else letter


def _write_to_stranger(message: Message, *, now: datetime) -> Letter:
    """The answer to a number that belongs to no single entry, from the number that it wrote to."""
    reply = message.reply
    if reply is None or not reply.sender:
        raise ValueError("an answer to a number that is forgotten")
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(f"messages/sms/{message.template}.txt", _values(message, now=now)).strip()
    return Letter(
        to=reply.sender,
        sender=reply.received_by,
        subject="",
        text=text,
        reference=str(message.reference),
        ttl=message.expires_at - now,
    )


def _values(message: Message, *, now: datetime) -> dict[str, object]:
    entry, offer = message.entry, message.offer
    values: dict[str, object] = {}
    if entry is not None:
        values |= {
            "entry": entry,
            "county": entry.centre.county,
            "to_bring": entry.criterion.get_proof_display() if entry.criterion else Proof.IDENTITY.label,
            "status_link": public_link("entry:status", entry.token),
        }
    if message.reply is not None:
        values |= {"outcome": message.reply.outcome, "home_link": settings.PUBLIC_URL}
    if message.proof is not None:
        values["code"] = message.proof.code
        values["proof_link"] = public_link("entry:prove", message.proof.token)
    if offer is not None:
        values |= {
            "offer": offer,
            "release": offer.release,
            "offer_link": public_link("offer:answer", offer.token),
            "cancel_link": public_link("offer:cancel", offer.token),
            "until": timezone.localtime(_told_end(offer, now=now)),
        }
    return values


def _worth_until(message: Message, *, now: datetime) -> datetime:
    """Until when the provider may still deliver: a phone that is switched on later gets no dead offer."""
    if message.offer is not None and message.template == MessageTemplate.OFFER:
        return _told_end(message.offer, now=now)
    return message.expires_at


def _told_end(offer: Offer, *, now: datetime) -> datetime:
    return offer.answer_by or offer.end_after(now)


def public_link(name: str, token: str) -> str:
    """The full address of a page for a message."""
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, args=[token])
