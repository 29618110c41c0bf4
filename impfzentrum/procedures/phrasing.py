"""Which words a message has: the built-in text, or the county's own in force at that moment."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from impfzentrum.models import Message, MessageTemplate, MessageText
from impfzentrum.models.text import pick_in_force
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.placeholders import list_placeholders
from impfzentrum.rules.text_kinds import TextKey, kind_of
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(minutes=1)
"""A letter may be dated when its lease began, shortly before its batch was read."""


class CountyTexts:
    """The versions of texts that some messages may need, by county and text; read once for a whole batch."""

    def __init__(self, versions: Iterable[MessageText] = (), *, since: datetime | None = None) -> None:
        self._since = since
        self._versions: Mapping[tuple[int, TextKey], list[MessageText]] = defaultdict(list)
        for version in versions:
            self._versions[version.county_id, version.key].append(version)

    def find_wording(self, county_id: int, key: TextKey, *, at: datetime) -> Wording:
        """What the county says at this moment; the built-in text where it has none of its own.

        A text with a placeholder that we no longer know would stop every message: it is reported and passed by.
        Raises ValueError for a moment before those that were read, whose words are not there.
        """
        if self._since is not None and at < self._since:
            raise ValueError(f"texts were read from {self._since} on, not of {at}")
        version = pick_in_force(self._versions.get((county_id, key), ()), at)
        if version is None or version.built_in:
            return builtin_wording(key)
        known = {placeholder.value for placeholder in kind_of(key).may}
        if unknown := set(list_placeholders(version.subject + version.body)) - known:
            logger.error("text %s of county %s has unknown placeholders: %s", version, county_id, sorted(unknown))
            return builtin_wording(key)
        return version.wording


@lru_cache(maxsize=128)
def builtin_wording(key: TextKey) -> Wording:
    """Our own text from templates/messages/, in its language. The first line of an e-mail is its subject."""
    holes = {placeholder.value: placeholder.written for placeholder in kind_of(key).may}
    with translation.override(key.language):
        text = render_to_string(f"messages/{key.channel}/{key.occasion}.txt", holes).strip()
    if key.channel == Channel.SMS:
        return Wording("", text)
    subject, _, body = (part.strip() for part in text.partition("\n"))
    return Wording(subject, body)


def key_of(message: Message) -> TextKey:
    """Which text a message has."""
    written_to = message.entry or message.watch
    language = Language.GERMAN if written_to is None else Language(written_to.language)
    return TextKey(_occasion_of(message), Channel(message.channel), language)


def _occasion_of(message: Message) -> Occasion:
    if message.template == MessageTemplate.REPLY:
        return _REPLIES.get(message.reply.outcome if message.reply else "", Occasion.REPLY_SEVERAL)
    if message.template == MessageTemplate.OFFER and message.offer is not None and not message.offer.held:
        return Occasion.OFFER_RACE
    return Occasion(message.template)


_REPLIES: Mapping[str, Occasion] = {
    occasion.removeprefix("reply_"): occasion for occasion in Occasion if occasion.startswith("reply_")
}
"""By the outcome of the reply; what is never answered would get the text that fits everybody."""


def read_texts(messages: Iterable[Message], *, now: datetime) -> CountyTexts:
    """The counties' own texts for these messages, in one query however many they are; none for strangers alone.

    A message after a doubtful try is written word for word as at that try, so what was in force then is read as well.
    """
    known = [message for message in messages if message.entry is not None]
    if not known:
        return CountyTexts()
    since = min([now, *(message.doubtful_since for message in known if message.doubtful_since)]) - LOOK_BACK
    keys = {key_of(message) for message in known}
    versions = MessageText.objects.read_not_over(
        since,
        counties={message.entry.centre.county_id for message in known if message.entry},
        occasions={key.occasion for key in keys},
        channels={key.channel for key in keys},
    )
    return CountyTexts(versions, since=since)
