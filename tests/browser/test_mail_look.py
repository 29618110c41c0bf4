"""Every e-mail in Chromium: no axe violation, no sideways scrolling, light and dark, in both languages.

KEEP_SCREENSHOTS=folder keeps a picture of each.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from impfzentrum.models import Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.proving import start_proof
from impfzentrum.procedures.writing import write_letter
from impfzentrum.vocabulary import Channel, Language
from tests import factories
from tests.browser.test_look import SIZES, OpenPage, look_at
from tests.conftest import World
from tests.factories import NOON

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("look")]

BY_EMAIL = [template for template in MessageTemplate if template != MessageTemplate.REPLY]
ABOUT_AN_OFFER = ("offer", "place_and_time", "times_changed", "cancelled")


def write_mails(world: World, language: str) -> dict[str, str]:
    """The HTML of every e-mail to one person with an appointment."""
    entry = world.entry(email="somebody@example.org", language=language)
    [offer] = factories.ask(world.release())
    accept_offer(offer, now=NOON)
    offer = Offer.objects.select_related("entry", "dose", "release__centre__county").get(pk=offer.pk)
    return {template.value: write_html(entry, offer, template) for template in BY_EMAIL}


def write_html(entry: StandbyEntry, offer: Offer, template: MessageTemplate) -> str:
    message = Message(
        entry=entry,
        offer=offer if template in ABOUT_AN_OFFER else None,
        proof=start_proof(entry, Channel.EMAIL, now=NOON) if template == MessageTemplate.CONTACT_PROOF else None,
        template=template,
        channel=Channel.EMAIL,
        expires_at=NOON + timedelta(hours=1),
    )
    return write_letter(message, now=NOON).html


@pytest.mark.parametrize("language", [Language.GERMAN, Language.ENGLISH, Language.ARABIC])
def test_every_mail(world: World, open_page: OpenPage, language: str) -> None:
    page = open_page(viewport=SIZES["narrow"], java_script_enabled=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    wrong: dict[str, list[Any]] = {}
    for name, html in write_mails(world, language).items():
        page.set_content(html)
        wrong |= look_at(page, f"mail-{name}-{language}", ["narrow"])
    assert wrong == {}
    assert asked == [], "an e-mail fetches nothing"
