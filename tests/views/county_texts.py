"""What the tests of a county's message texts share."""

from __future__ import annotations

from html import unescape

from django.http import HttpResponse
from django.test import Client

from impfzentrum.rules.text_kinds import TextKey
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language

LIST = "/kreis/waldeck-frankenberg/texte/"
OFFER = f"{LIST}sms/offer/de/"
MAIL = f"{LIST}email/offer/de/"
OFFER_KEY = TextKey(Occasion.OFFER, Channel.SMS, Language.GERMAN)
GOOD = "Angebot, noch kein Termin. Bitte bis {bis} Uhr antworten: {link}"
TYPED = {"body": GOOD, "begins": "", "stand": "0"}


def post(client: Client, action: str, page: str = OFFER, **typed: str) -> HttpResponse:
    return client.post(page, {**TYPED, "action": action, **typed})  # type: ignore[return-value]


def typed_in(page: HttpResponse) -> str:
    """What stands in the field of the text."""
    return unescape(page.content.decode().split('id="id_body"')[1].split(">", 1)[1].split("</textarea>")[0]).strip()
