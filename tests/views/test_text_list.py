"""The list of a county's message texts, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client

from impfzentrum.models import MessageText
from impfzentrum.rules.text_kinds import TextKey, list_replaceable
from impfzentrum.text_vocabulary import Occasion
from impfzentrum.vocabulary import Channel, Language, Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.test_phrasing import set_text
from tests.views.citizens import text_of
from tests.views.county_texts import GOOD, LIST, MAIL, OFFER, OFFER_KEY, post
from tests.views.staff import log_in, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_ADMIN))


def test_the_list_holds_every_text_with_its_state(world: World, client: Client) -> None:
    set_text(world, OFFER_KEY, body=GOOD)
    planned = TextKey(Occasion.WELCOME, Channel.SMS, Language.ENGLISH)
    set_text(world, planned, body="Welcome: {link}", valid_from=NOON + timedelta(days=3))
    page = client.get(LIST)
    text = text_of(page)
    for key in list_replaceable():
        assert f'href="{LIST}{key}/"' in page.content.decode()
    assert text.count("eingebaut") == len(list_replaceable()) - 1 + text.count("eingebauten")
    assert "Angebot, die Dosis ist reserviert, Deutsch: eigener Text seit 24.04.2021" in text
    assert "Auf der Liste, English: eingebaut , neuer Text ab 27.04.2021 geplant" in text.replace(
        "eingebaut,", "eingebaut ,"
    )
    assert "unbekannte Nummer" not in text, "who is on no list belongs to no county"


def test_a_text_that_would_not_pass_today_is_shown(world: World, client: Client) -> None:
    set_text(world, OFFER_KEY, body=GOOD + " Comirnaty")
    assert "bitte prüfen" in text_of(client.get(LIST))
    assert "„Comirnaty“ gehört in keine Nachricht" in text_of(client.get(OFFER))


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for number in range(rows):
        set_text(world, OFFER_KEY, body=f"{GOOD} {number}", valid_from=NOON + timedelta(days=number))
    for key in list_replaceable()[8 : 8 + rows]:
        set_text(world, key, body="Ja: {link}")
    with django_assert_num_queries(7):
        client.get(LIST)
    with django_assert_num_queries(9):
        assert len(client.get(OFFER).context["versions"]) == rows


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    set_text(world, OFFER_KEY, body=GOOD)
    with nothing_is_written():
        for page in (LIST, OFFER, MAIL, f"{OFFER}zurueck/"):
            assert client.get(page).status_code == 200
        for action in ("preview", "check", "edit"):
            post(client, action)


def test_the_county_pages_lead_there(client: Client) -> None:
    assert f'href="{LIST}"' in client.get("/kreis/waldeck-frankenberg/").content.decode()


# --- who may


def test_an_auditor_reads_and_changes_nothing(world: World) -> None:
    set_text(world, OFFER_KEY, body=GOOD)
    client = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
    assert client.get(LIST).status_code == 200
    page = client.get(OFFER)
    text = text_of(page)
    assert "Bitte bis 16:42 Uhr antworten" in text
    assert "Bisherige Fassungen" in text
    assert "<textarea" not in page.content.decode()
    assert "zurueck/" not in page.content.decode()
    for action in ("preview", "check", "save", "edit"):
        assert post(client, action).status_code == 403
    assert client.get(f"{OFFER}zurueck/").status_code == 403
    for end in ("zurueck/", "verwerfen/"):
        assert client.post(OFFER + end, {"stand": "1"}).status_code == 403
    assert MessageText.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR)])
def test_others_have_no_way_in(world: World, role: Role) -> None:
    client = log_in(make_member(world.centre, role))
    for page in (LIST, OFFER, f"{OFFER}zurueck/"):
        assert client.get(page).status_code == 403
    assert post(client, "save").status_code == 403
    assert client.post(f"{OFFER}verwerfen/").status_code == 403


def test_another_county_is_not_there(world: World, client: Client) -> None:
    assert post(client, "save", "/kreis/heidekreis/texte/sms/offer/de/").status_code == 404
    assert client.post("/kreis/heidekreis/texte/sms/offer/de/zurueck/").status_code == 404
