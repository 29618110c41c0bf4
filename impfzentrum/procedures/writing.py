"""Writing a message out at the moment it is sent: nothing of it is stored before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from impfzentrum.gateways.letters import Letter
from impfzentrum.models import Centre, Message, MessageTemplate, Offer, OpeningWatch, StandbyEntry
from impfzentrum.procedures.mailing import complete_mail, complete_mail_to_watcher
from impfzentrum.procedures.phrasing import CountyTexts, builtin_wording, key_of, read_texts
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.placeholders import LONGEST, fill, fit_for_sms, list_placeholders
from impfzentrum.text_vocabulary import Placeholder
from impfzentrum.vocabulary import Channel, Proof


def write_letter(message: Message, *, now: datetime, texts: CountyTexts | None = None) -> Letter:
    """The letter for a message row, in the person's language and the words of the county.

    `texts` of a batch come from `read_texts`; without them they are read here. An SMS holds no name, no vaccine and no
    group: it lies open on a lock screen.
    """
    if message.watch is not None:
        return _write_to_watcher(message, message.watch, now=now)
    if message.entry is None:
        return _write_to_stranger(message, now=now)
    county, channel, key = message.entry.centre.county, Channel(message.channel), key_of(message)
    texts = read_texts([message], now=now) if texts is None else texts
    wording = texts.find_wording(county.pk, key, at=now)
    with translation.override(key.language):
        values = _find_values(wording, message, now=now)
    letter = Letter(
        to=(message.proof.new_contact if message.proof else "") or message.entry.address(channel),
        sender=county.sms_sender if channel == Channel.SMS else settings.DEFAULT_FROM_EMAIL,
        subject=fill(wording.subject, values),
        text=fill(wording.body, values),
        reference=str(message.reference),
        ttl=_worth_until(message, now=now) - now,
    )
    return complete_mail(letter, message) if channel == Channel.EMAIL else letter


def _write_to_stranger(message: Message, *, now: datetime) -> Letter:
    """The answer to a number that belongs to no single entry, from the number that it wrote to."""
    reply = message.reply
    if reply is None or not reply.sender:
        raise ValueError("an answer to a number that is forgotten")
    wording = builtin_wording(key_of(message))
    values = {Placeholder.LINK.value: link_address(Channel.SMS)}
    return Letter(
        to=reply.sender,
        sender=reply.received_by,
        subject="",
        text=fill(wording.body, values),
        reference=str(message.reference),
        ttl=message.expires_at - now,
    )


def _write_to_watcher(message: Message, watch: OpeningWatch, *, now: datetime) -> Letter:
    """To who waits for a list to open: the link to confirm, or the way to the sign-up."""
    wording = builtin_wording(key_of(message))
    path = reverse("citizen:sign_up", args=[watch.county.slug])
    if message.template == MessageTemplate.OPENING_PROOF:
        path = reverse("citizen:opening", args=[watch.token])
    values = {Placeholder.LINK.value: link_address(Channel.EMAIL) + path, Placeholder.COUNTY.value: watch.county.name}
    letter = Letter(
        to=watch.email,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=fill(wording.subject, values),
        text=fill(wording.body, values),
        reference=str(message.reference),
        ttl=message.expires_at - now,
    )
    return complete_mail_to_watcher(letter, message, watch)


def _find_values(wording: Wording, message: Message, *, now: datetime) -> dict[str, str]:
    """What the placeholders of this text stand for. In an SMS names are made to fit what the linter counted."""
    names = list_placeholders(wording.subject + wording.body)
    found = {name: _FINDERS[Placeholder(name)](message, now) for name in names}
    if message.channel == Channel.SMS:
        longest = {place.value: letters for place, letters in LONGEST.items()}
        found = {name: fit_for_sms(value, longest[name]) if name in longest else value for name, value in found.items()}
    return found


def _find_link(message: Message, now: datetime) -> str:
    channel = Channel(message.channel)
    if message.proof is not None:
        return public_link("entry:prove", message.proof.token, channel)
    if message.offer is not None and message.template in _ABOUT_OFFERS:
        return public_link("offer:answer", message.offer.token, channel)
    return public_link("entry:status", _entry_of(message).token, channel)


_ABOUT_OFFERS = (MessageTemplate.OFFER, MessageTemplate.PLACE_AND_TIME, MessageTemplate.TIMES_CHANGED)


def _find_cancel_link(message: Message, now: datetime) -> str:
    return public_link("offer:cancel", _offer_of(message).token, Channel(message.channel))


def _find_code(message: Message, now: datetime) -> str:
    if message.proof is not None:
        return message.proof.code
    dose = _offer_of(message).dose
    return dose.check_in_code if dose is not None else ""


def _find_to_bring(message: Message, now: datetime) -> str:
    criterion = _entry_of(message).criterion
    return criterion.get_proof_display() if criterion is not None else str(Proof.IDENTITY.label)


def _entry_of(message: Message) -> StandbyEntry:
    if message.entry is None:
        raise ValueError("a number without an entry is written to in words of their own")
    return message.entry


def _offer_of(message: Message) -> Offer:
    if message.offer is None:
        raise ValueError(f"a message on {message.template} without an offer")
    return message.offer


def _centre_of(message: Message) -> Centre:
    return _offer_of(message).release.centre


_FINDERS: Mapping[Placeholder, Callable[[Message, datetime], str]] = {
    Placeholder.LINK: _find_link,
    Placeholder.UNTIL: lambda message, now: tell_time(_told_end(_offer_of(message), now=now)),
    Placeholder.ARRIVE_FROM: lambda message, now: tell_time(_offer_of(message).release.arrive_from),
    Placeholder.ARRIVE_UNTIL: lambda message, now: tell_time(_offer_of(message).release.arrive_until),
    Placeholder.CENTRE: lambda message, now: _centre_of(message).name,
    Placeholder.STREET: lambda message, now: _centre_of(message).street,
    Placeholder.TOWN: lambda message, now: f"{_centre_of(message).postcode} {_centre_of(message).town}",
    Placeholder.CODE: _find_code,
    Placeholder.TO_BRING: _find_to_bring,
    Placeholder.CANCEL_LINK: _find_cancel_link,
    Placeholder.COUNTY: lambda message, now: _entry_of(message).centre.county.name,
}


def tell_time(moment: datetime) -> str:
    """16:42, Berlin wall-clock time. Seconds are cut off, so that an end is never told too late."""
    return f"{timezone.localtime(moment):%H:%M}"


def _worth_until(message: Message, *, now: datetime) -> datetime:
    """Until when the provider may still deliver: a phone that is switched on later gets no dead offer."""
    if message.offer is not None and message.template == MessageTemplate.OFFER:
        return _told_end(message.offer, now=now)
    return message.expires_at


def _told_end(offer: Offer, *, now: datetime) -> datetime:
    return offer.answer_by or offer.end_after(now)


def link_address(channel: Channel) -> str:
    """The address of the site in links: in an SMS the short one, if there is one."""
    if channel == Channel.SMS and settings.SHORT_LINK_HOST:
        return f"https://{settings.SHORT_LINK_HOST}"
    return settings.PUBLIC_URL.rstrip("/")


def public_link(name: str, token: str, channel: Channel) -> str:
    """The full address of a page for a message."""
    before, after = _path_around_token(name)
    return f"{link_address(channel)}{before}{token}{after}"


@cache
def _path_around_token(name: str) -> tuple[str, str]:
    """What stands before and after the token. Asking Django for each message costs a tenth of writing it."""
    before, _token, after = reverse(name, args=[_PLACE]).partition(_PLACE)
    return before, after


_PLACE = "here-it-stands"
