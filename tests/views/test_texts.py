"""The pages of one message text of a county: form, preview, confirmation, the way back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from impfzentrum.models import AuditEvent, MessageText
from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.rules.text_kinds import TextKey, list_replaceable
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.test_phrasing import set_text
from tests.views.citizens import error_beside, text_of
from tests.views.county_texts import GOOD, LIST, MAIL, OFFER, OFFER_KEY, TYPED, post, typed_in
from tests.views.staff import log_in, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_ADMIN))


@pytest.mark.parametrize("key", list_replaceable(), ids=str)
def test_every_text_opens_with_the_words_that_are_sent(client: Client, key: TextKey) -> None:
    page = client.get(f"{LIST}{key}/")
    assert page.status_code == 200
    assert typed_in(page) == builtin_wording(key).body  # type: ignore[arg-type]
    text = text_of(page)
    assert "der eingebaute Text" in text
    assert "Bisher galt immer der eingebaute Text." in text


@pytest.mark.parametrize(
    "page", ["sms/ready_today/de", "sms/reply_nobody/de", "fax/offer/de", "sms/offer/fr", "sms/x/de"]
)
def test_what_is_no_text_of_a_county_is_not_there(client: Client, page: str) -> None:
    assert client.get(f"{LIST}{page}/").status_code == 404


def test_placeholders_are_explained_beside_the_field(client: Client) -> None:
    text = text_of(client.get(OFFER))
    assert "{bis} Uhrzeit, bis zu der die Antwort zählt, zum Beispiel 16:42 , darf nicht fehlen" in text.replace(
        "16:42,", "16:42 ,"
    )
    assert "{landkreis} Name des Landkreises" in text
    assert "{mitbringen}" not in text


@pytest.mark.parametrize("htmx", [False, True])
def test_a_preview_fills_in_invented_values_and_tells_the_price(client: Client, settings: Settings, htmx: bool) -> None:
    settings.PUBLIC_URL = "https://nr.example"
    headers = {"HX-Request": "true"} if htmx else {}
    page = client.post(OFFER, {**TYPED, "action": "preview"}, headers=headers)
    assert page.status_code == 200
    text = text_of(page)
    assert "Bitte bis 16:42 Uhr antworten: https://nr.example/a/BeispielBeispielBeispi/" in text
    assert "1 SMS-Teil, einfacher Preis" in text
    assert "Im längsten Fall 102 von 160 Zeichen, in diesem Beispiel 102." in text
    assert ("<html" in page.content.decode()) is not htmx
    assert not MessageText.objects.exists()


def test_a_preview_of_a_long_text_names_the_double_price(client: Client) -> None:
    page = post(client, "preview", body=GOOD + " x" * 60)
    assert page.status_code == 422
    text = text_of(page)
    assert "2 SMS-Teile, doppelter Preis. Erlaubt: 1." in text
    assert "2 SMS-Teile, erlaubt ist hier 1" in error_beside(page, "body")
    assert "Ein Zeichen steht nicht im Alphabet der SMS." in text_of(post(client, "preview", body=GOOD + " –"))
    assert "4-facher Preis" in text_of(post(client, "preview", body=GOOD + " x" * 220))


def test_a_mail_is_shown_with_its_subject(client: Client) -> None:
    text = text_of(post(client, "preview", MAIL, subject="Angebot bis {bis} Uhr"))
    assert "Angebot bis 16:42 Uhr" in text
    assert "SMS-Teil" not in text


def test_check_then_confirm_then_saved_then_on_the_list(world: World, client: Client) -> None:
    page = post(client, "check")
    assert page.status_code == 200
    text = text_of(page)
    assert "Text übernehmen?" in text
    assert "Der neue Text gilt ab sofort" in text
    assert "Heute ist etwas für Sie frei." in text, "what is sent now stands beside it"
    assert f'name="body" value="{GOOD}"' in page.content.decode()
    done = client.post(OFFER, {**TYPED, "action": "save"}, follow=True)
    assert done.redirect_chain == [(LIST, 302)]
    assert "Der Text ist gespeichert und gilt ab sofort." in text_of(done)
    version = MessageText.objects.get()
    assert (version.body, version.valid_from, version.number) == (GOOD, NOON, 1)
    assert version.set_by.membership.role == Role.COUNTY_ADMIN
    assert AuditEvent.objects.get().action == "text_replaced"


def test_a_day_to_come_is_planned_from_its_midnight_in_berlin(client: Client) -> None:
    assert "Der neue Text gilt ab 27. April 2021, 0 Uhr." in text_of(post(client, "check", begins="27.4.2021"))
    post(client, "save", begins="27.4.2021")
    assert MessageText.objects.get().valid_from == NOON.replace(day=27, hour=0)
    page = client.get(OFFER)
    assert "neuer Text ab 27.04.2021, 00:00 Uhr" in text_of(page)
    assert 'value="27.04.2021"' in page.content.decode()
    assert "Was für den 27.04.2021 geplant war, wird damit verworfen." in text_of(post(client, "check", stand="1"))


def test_today_is_from_now_on(client: Client) -> None:
    post(client, "save", begins="24.4.2021")
    assert MessageText.objects.get().valid_from == NOON


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"body": ""}, "body", "Bitte geben Sie einen Text ein."),
        ({"body": GOOD.replace("{link}", "")}, "body", "Der Platzhalter {link} darf nicht fehlen"),
        ({"body": GOOD + " {name}"}, "body", "Den Platzhalter {name} gibt es in diesem Text nicht."),
        ({"body": GOOD + " „bald“"}, "body", "doppelt so teuer: „ “"),
        ({"body": "x" * 601}, "body", "Das sind 601 Zeichen."),
        ({"body": GOOD + " Impfung"}, "body", "„Impfung“ gehört nicht in eine SMS"),
        ({"begins": "23.4.2021"}, "begins", "Dieser Tag ist schon vorbei."),
        ({"begins": "25.4.2022"}, "begins", ""),
        ({"begins": "26.4.2022"}, "begins", "Bitte höchstens ein Jahr im Voraus."),
        ({"begins": "31.4.2021"}, "begins", "Diesen Tag gibt es nicht"),
        ({"begins": "bald"}, "begins", "Bitte schreiben Sie den Tag so"),
    ],
)
@pytest.mark.parametrize("action", ["check", "save"])
def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: Client, action: str, typed: dict[str, str], field: str, words: str
) -> None:
    page = post(client, action, **typed)
    assert (words in error_beside(page, field)) if words else (page.status_code in (200, 302))
    assert MessageText.objects.exists() is (not words and action == "save")
    if words:
        assert page.status_code == 422
        assert typed_in(page) == {**TYPED, **typed}["body"].strip()


def test_faults_of_a_subject_stand_beside_it(client: Client) -> None:
    page = post(client, "check", MAIL, subject="Ihre Impfung")
    assert "„Impfung“ gehört nicht in eine SMS oder einen Betreff" in error_beside(page, "subject")
    assert "Bitte geben Sie einen Betreff ein." in error_beside(post(client, "check", MAIL, subject=" "), "subject")


def test_what_a_browser_makes_of_line_breaks_costs_nothing(client: Client) -> None:
    post(client, "save", body=" Angebot, noch kein Termin.  \r\nBis {bis} Uhr: {link}\r\nGru\u0308ße \r\n\r\n")
    assert MessageText.objects.get().body == "Angebot, noch kein Termin.\nBis {bis} Uhr: {link}\nGrüße"


def test_line_breaks_survive_the_page_of_confirmation(client: Client) -> None:
    body = "Angebot, noch kein Termin.\nBis {bis} Uhr: {link}"
    page = post(client, "check", body=body).content.decode()
    value = unescape(page.split('name="body" value="')[1].split('"')[0])
    assert value == body


def test_back_to_the_form_keeps_what_was_typed(client: Client) -> None:
    page = post(client, "edit", body=GOOD + " Danke.", begins="27.4.2021")
    assert (page.status_code, typed_in(page)) == (200, GOOD + " Danke.")
    assert 'value="27.4.2021"' in page.content.decode()


def test_nothing_in_a_text_becomes_markup(world: World, client: Client) -> None:
    evil = "<script>alert(1)</script> {{ request }} {% now 'Y' %} " + GOOD
    for page in (post(client, "preview", body=evil), post(client, "check", body=evil)):
        assert "<script>alert(1)" not in page.content.decode()
    set_text(world, OFFER_KEY, body=evil)
    shown = client.get(OFFER)
    assert "<script>alert(1)" not in shown.content.decode()
    assert "{{ request }}" in text_of(shown)


def test_who_was_slower_sees_the_others_text_and_keeps_the_own(world: World, client: Client) -> None:
    set_text(world, OFFER_KEY, body=GOOD + " Von der Kollegin.")
    page = post(client, "save", body=GOOD + " Von mir.")
    assert page.status_code == 409
    assert "Dieser Text wurde inzwischen geändert." in text_of(page)
    assert "Von der Kollegin." in text_of(page)
    assert typed_in(page).endswith("Von mir.")
    assert 'name="stand" value="1"' in page.content.decode()
    assert post(client, "save", body=GOOD + " Von mir.", stand="1").status_code == 302
    for damaged in ("", "x", "9" * 40, "-1"):
        assert post(client, "save", stand=damaged).status_code == 409


def test_a_second_tap_saves_nothing_twice(client: Client) -> None:
    assert [post(client, "save").status_code for _tap in range(2)] == [302, 409]
    assert MessageText.objects.count() == 1


# --- the way back


def test_back_to_the_built_in_text_after_a_look(world: World, client: Client) -> None:
    set_text(world, OFFER_KEY, body=GOOD)
    back = f"{OFFER}zurueck/"
    text = text_of(client.get(back))
    assert "Bitte bis 16:42 Uhr antworten: http" in text
    assert "Heute ist etwas für Sie frei." in text
    done = client.post(back, {"stand": "1"}, follow=True)
    assert "Ab sofort gilt wieder der eingebaute Text." in text_of(done)
    assert [one.built_in for one in MessageText.objects.order_by("number")] == [False, True]
    assert "zurück zum eingebauten Text" in text_of(done)
    again = client.post(back, {"stand": "1"}, follow=True)
    assert "Dieser Text wurde inzwischen geändert." in text_of(again)
    assert client.get(back).status_code == 302, "there is no way back from the built-in text"


def test_a_plan_is_dropped(world: World, client: Client) -> None:
    set_text(world, OFFER_KEY, body=GOOD, valid_from=NOON + timedelta(days=2))
    drop = f"{OFFER}verwerfen/"
    assert f'action="{drop}"' in client.get(OFFER).content.decode()
    assert client.get(drop).status_code == 405
    assert "Die geplante Änderung ist verworfen." in text_of(client.post(drop, {"stand": "1"}, follow=True))
    assert "ist keine Änderung mehr geplant" in text_of(client.post(drop, {"stand": "2"}, follow=True))
    assert "geplant" not in text_of(client.get(LIST))
