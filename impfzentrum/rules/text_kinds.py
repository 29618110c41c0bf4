"""What each text may hold and must say: the closed lists that the linter and the pages go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from impfzentrum.text_vocabulary import Occasion, Placeholder, Statement
from impfzentrum.vocabulary import Channel, Language


@dataclass(frozen=True, slots=True)
class TextKey:
    """Which text: the occasion on which it is sent, on which channel and in which language."""

    occasion: Occasion
    channel: Channel
    language: Language

    def __str__(self) -> str:
        return f"{self.channel}/{self.occasion}/{self.language}"


@dataclass(frozen=True, slots=True)
class TextKind:
    """`may` and `must` are placeholders; `parts` of an SMS in GSM-7 it has at most, 0 for an e-mail."""

    may: tuple[Placeholder, ...]
    must: frozenset[Placeholder]
    says: tuple[Statement, ...]
    parts: int


_P = Placeholder
_ARRIVAL = (_P.ARRIVE_FROM, _P.ARRIVE_UNTIL)
_PLACE = (_P.CENTRE, _P.STREET, _P.TOWN)
_OFFER_SAYS = (Statement.NOT_YET_AN_APPOINTMENT,)
_RACE_SAYS = (Statement.NOT_YET_AN_APPOINTMENT, Statement.WHILE_DOSES_LAST)


def _kind(
    *must: Placeholder, may: tuple[Placeholder, ...] = (), says: tuple[Statement, ...] = (), parts: int = 0
) -> TextKind:
    return TextKind((*must, *may, _P.COUNTY), frozenset(must), says, parts)


def _sms(
    *must: Placeholder, may: tuple[Placeholder, ...] = (), says: tuple[Statement, ...] = (), parts: int = 2
) -> TextKind:
    return _kind(*must, may=may, says=says, parts=parts)


_REPLY = _sms(_P.LINK)

SMS_KINDS: Mapping[Occasion, TextKind] = {
    Occasion.CONTACT_PROOF: _sms(_P.CODE),
    Occasion.WELCOME: _sms(_P.LINK),
    Occasion.LOST_LINK: _sms(_P.LINK),
    # The place is told after the yes: who only had an offer must not set out (domain: France, Vienna).
    Occasion.OFFER: _sms(_P.UNTIL, _P.LINK, says=_OFFER_SAYS, parts=1),
    Occasion.OFFER_RACE: _sms(_P.UNTIL, _P.LINK, says=_RACE_SAYS, parts=1),
    Occasion.PLACE_AND_TIME: _sms(*_ARRIVAL, _P.CENTRE, _P.CODE, _P.LINK, may=(_P.STREET, _P.TOWN)),
    Occasion.TIMES_CHANGED: _sms(*_ARRIVAL, _P.LINK, may=(*_PLACE, _P.CODE)),
    Occasion.CANCELLED: _sms(_P.LINK),
    Occasion.PAUSED: _sms(_P.LINK),
    Occasion.STILL_WAITING: _sms(_P.LINK),
    Occasion.REPLY_DECLINED: _REPLY,
    Occasion.REPLY_PAUSED: _REPLY,
    Occasion.REPLY_HELPED: _REPLY,
    Occasion.REPLY_NOTHING_OPEN: _REPLY,
    Occasion.REPLY_EXPIRED: _REPLY,
    Occasion.REPLY_TAKEN: _REPLY,
    Occasion.REPLY_CLOSED: _REPLY,
    Occasion.REPLY_NOTHING_TO_CANCEL: _REPLY,
    Occasion.REPLY_TOO_LATE_TO_CANCEL: _sms(may=(_P.LINK,)),
    Occasion.REPLY_NOT_NOW: _REPLY,
}

TO_STRANGERS: Mapping[Occasion, TextKind] = {
    Occasion.REPLY_NOBODY: TextKind((_P.LINK,), frozenset({_P.LINK}), (), 2),
    Occasion.REPLY_SEVERAL: TextKind((), frozenset(), (), 2),
}
"""Sent to a number that belongs to no single entry, so to no county: only the built-in texts serve."""

EMAIL_KINDS: Mapping[Occasion, TextKind] = {
    Occasion.CONTACT_PROOF: _kind(_P.LINK),
    Occasion.WELCOME: _kind(_P.LINK),
    Occasion.LOST_LINK: _kind(_P.LINK),
    Occasion.OFFER: _kind(_P.UNTIL, _P.LINK, may=_ARRIVAL, says=_OFFER_SAYS),
    Occasion.OFFER_RACE: _kind(_P.UNTIL, _P.LINK, may=_ARRIVAL, says=_RACE_SAYS),
    Occasion.PLACE_AND_TIME: _kind(*_ARRIVAL, *_PLACE, _P.CODE, _P.TO_BRING, _P.LINK, _P.CANCEL_LINK),
    Occasion.TIMES_CHANGED: _kind(*_ARRIVAL, _P.CODE, _P.LINK, _P.CANCEL_LINK, may=(*_PLACE, _P.TO_BRING)),
    Occasion.CANCELLED: _kind(_P.LINK),
    Occasion.PAUSED: _kind(_P.LINK),
    Occasion.STILL_WAITING: _kind(_P.LINK),
    Occasion.READY_TODAY: _kind(_P.LINK, says=(Statement.NOT_YET_AN_OFFER,)),
}

TO_WATCHERS: Mapping[Occasion, TextKind] = {
    Occasion.OPENING_PROOF: _kind(_P.LINK),
    Occasion.LIST_OPEN: _kind(_P.LINK),
}
"""To an address that wants to know when a list opens, and is on none: only the built-in texts serve."""

_KINDS = {Channel.SMS: {**SMS_KINDS, **TO_STRANGERS}, Channel.EMAIL: {**EMAIL_KINDS, **TO_WATCHERS}}


def kind_of(key: TextKey) -> TextKind:
    """What this text may hold. Raises KeyError for an occasion that is never written on this channel."""
    return _KINDS[key.channel][key.occasion]


BEYOND_GSM7 = frozenset({Language.TURKISH, Language.ARABIC, Language.RUSSIAN, Language.UKRAINIAN})
"""Languages whose letters GSM-7 does not have: an SMS holds 70 of them a part instead of 160."""


def allowed_parts(key: TextKey) -> int:
    """Parts of an SMS that this text may have: twice as many where its language needs letters of two bytes."""
    return kind_of(key).parts * (2 if key.language in BEYOND_GSM7 else 1)


def list_replaceable() -> list[TextKey]:
    """Every text that a county can replace, in the order of the pages."""
    return [
        TextKey(occasion, channel, language)
        for channel, kinds in ((Channel.SMS, SMS_KINDS), (Channel.EMAIL, EMAIL_KINDS))
        for occasion in kinds
        for language in Language
    ]
