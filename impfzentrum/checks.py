"""System checks: what would cost money or break a promise is found before the first message goes out.

`manage.py migrate` runs them and stops at an error; in production everything else waits for it (docker-compose.yml).
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.procedures.writing import link_address
from impfzentrum.rules.linting import measure_longest
from impfzentrum.rules.sms import room_of
from impfzentrum.rules.text_kinds import TextKey, allowed_parts
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language

OFFERS = [
    TextKey(occasion, Channel.SMS, language)
    for occasion in (Occasion.OFFER, Occasion.OFFER_RACE)
    for language in Language
]


@register()
def check_offers_fit(**_: Any) -> list[CheckMessage]:
    """Every built-in offer fits its SMS parts with a link under the address of this site: one, in UCS-2 two."""
    address = link_address(Channel.SMS)
    over = max(_count_over(key, address) for key in OFFERS)
    if over <= 0:
        return []
    sentence = (
        f"An offer with a link under {address} takes more SMS parts than it may and costs more: "
        f"the address is {over} letter{'' if over == 1 else 's'} too long."
    )
    hint = f"Set SHORT_LINK_HOST to a host of at most {_longest_host(address, over)} letters that leads to this site."
    return [Error(sentence, hint=hint, id="impfzentrum.E001")]


def _count_over(key: TextKey, address: str) -> int:
    """Letters by which a text is longer than it may be; zero or less if it fits."""
    size = measure_longest(builtin_wording(key).body, address=address)
    return size.places - room_of(allowed_parts(key), gsm7=size.gsm7)


def _longest_host(address: str, over: int) -> int:
    return len(address) - over - len("https://")
