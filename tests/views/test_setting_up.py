"""Setting up a county: every form, its history, the way back, and who may."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import time
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from impfzentrum.forms.setting_up import FORMS
from impfzentrum.models import AuditEvent, Campaign, Centre, County, SettingVersion
from impfzentrum.procedures.setting_up import FIELDS
from impfzentrum.vocabulary import Role
from tests import factories
from tests.conftest import World
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member, make_neighbour, make_stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

ROOT = "/kreis/waldeck-frankenberg/einrichtung/"
LIST = f"{ROOT}liste/"
PAUSED = {"list_state": "paused", "list_text": "Am Montag geht es weiter.", "list_cap": "8.000", "residents_only": "on"}
ASKING = {
    "order_policy": "draw", "widens": "on", "offer_validity": "20", "cap_per_day": "3", "cap_per_week": "9",
    "cool_down": "240", "unanswered_limit": "3",
}  # fmt: skip
CENTRE = {
    "name": "Impfzentrum Bad Arolsen", "street": "Große Allee 1", "postcode": "34454", "town": "Bad Arolsen",
    "opens_at": "9", "closes_at": "17:30",
}  # fmt: skip


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_ADMIN))


def hidden(client: Client, page: str) -> dict[str, str]:
    """Stand and key as the page shows them."""
    form = client.get(page).context["form"]
    return {"stand": str(form["stand"].value() or ""), "form_key": str(form["form_key"].value())}


def post(client: Client, page: str, typed: dict[str, Any], action: str = "save") -> HttpResponse:
    return client.post(page, {**typed, "action": action})  # type: ignore[return-value]


def test_a_change_is_shown_confirmed_saved_and_kept(world: World, client: Client) -> None:
    world.entries(2)
    typed = {**PAUSED, **hidden(client, LIST)}
    asked = text_of(post(client, LIST, typed, "check"))
    assert "vorher: offen" in asked
    assert "nachher: pausiert" in asked
    assert "Ab sofort nimmt die Liste niemanden mehr auf. Die 2 Personen auf der Liste behalten ihren Platz." in asked
    assert "Auf der Liste stehen 2 von dann höchstens 8.000 Personen." in asked
    assert County.objects.get().list_state == "open", "asking saves nothing"
    assert post(client, LIST, typed).status_code == 302
    county = County.objects.get()
    assert (county.list_state, county.list_cap, county.list_text) == ("paused", 8000, "Am Montag geht es weiter.")
    version = SettingVersion.objects.get()
    assert (version.number, version.before["list_state"], version.after["list_state"]) == (1, "open", "paused")
    event = AuditEvent.objects.get(action="setting_changed")
    assert event.detail["changed"]["list_cap"] == [None, 8000]
    assert event.actor == version.set_by
    shown = text_of(client.get(LIST))
    assert "nachher: 8.000" in shown
    assert "county_admin-korbach" in shown


def test_the_second_tap_of_a_form_saves_nothing_more(client: Client) -> None:
    typed = {**PAUSED, **hidden(client, LIST)}
    assert [post(client, LIST, typed).status_code for _ in range(2)] == [302, 302]
    assert SettingVersion.objects.count() == AuditEvent.objects.filter(action="setting_changed").count() == 1


def test_the_later_of_two_admins_sees_the_change_and_loses_nothing(client: Client) -> None:
    mine, theirs = hidden(client, LIST), hidden(client, LIST)
    assert post(client, LIST, {**PAUSED, **theirs}).status_code == 302
    typed = {"list_state": "open", "list_text": "Von mir getippt.", "residents_only": "on", **mine}
    clash = post(client, LIST, typed)
    text = text_of(clash)
    assert clash.status_code == 409
    assert "wurde inzwischen geändert" in text
    assert "Von mir getippt." in unescape(clash.content.decode())
    assert "nachher: Am Montag geht es weiter." in text, "the history shows what the colleague did"
    assert County.objects.get().list_text == "Am Montag geht es weiter."
    again = {**typed, "stand": str(clash.context["form"]["stand"].value()), "form_key": str(uuid.uuid4())}  # type: ignore[attr-defined]
    assert post(client, LIST, again).status_code == 302
    assert County.objects.get().list_text == "Von mir getippt."


def test_a_change_made_elsewhere_is_noticed_too(client: Client) -> None:
    typed = {**PAUSED, **hidden(client, LIST)}
    County.objects.update(list_cap=5)
    assert post(client, LIST, typed).status_code == 409


def test_there_is_a_way_back_to_every_version(client: Client) -> None:
    for cap in ("100", "200"):
        post(client, LIST, {**PAUSED, **hidden(client, LIST), "list_cap": cap})
    page = client.get(f"{LIST}zurueck/1/")
    assert "vorher: 200 → nachher: 100" in text_of(page).replace("  ", " ")
    kept = dict(page.context["typed"])
    assert client.post(f"{LIST}zurueck/1/", kept).status_code == 302
    assert County.objects.get().list_cap == 100
    assert SettingVersion.objects.get(number=3).restores == 1
    first = client.get(f"{LIST}zurueck/0/").context["typed"]
    client.post(f"{LIST}zurueck/0/", dict(first))
    county = County.objects.get()
    assert (county.list_state, county.list_cap, county.list_text) == ("open", None, "")
    assert client.get(f"{LIST}zurueck/9/").status_code == 404


def test_durations_and_times_find_their_way_back(world: World, client: Client) -> None:
    asking = f"{ROOT}anfragen/"
    County.objects.update(widens=True)
    post(client, asking, {**ASKING, **hidden(client, asking)})
    assert County.objects.get().offer_validity.total_seconds() == 1200
    client.post(f"{asking}zurueck/0/", dict(client.get(f"{asking}zurueck/0/").context["typed"]))
    assert County.objects.get().offer_validity.total_seconds() == 900
    centre = f"{ROOT}zentrum/{world.centre.pk}/"
    post(client, centre, {**CENTRE, **hidden(client, centre)})
    client.post(f"{centre}zurueck/0/", dict(client.get(f"{centre}zurueck/0/").context["typed"]))
    assert Centre.objects.get().opens_at == time(8)


@pytest.mark.parametrize(
    ("page", "typed", "field", "sentence"),
    [
        ("liste/", {**PAUSED, "list_cap": "viele"}, "list_cap", "Bitte geben Sie eine ganze Zahl ein"),
        ("liste/", {**PAUSED, "list_text": "", "list_text_en": "Back soon"}, "list_text", "auch auf Deutsch"),
        ("liste/", {**PAUSED, "list_state": ""}, "list_state", "Bitte wählen Sie, ob die Liste offen ist."),
        ("anfragen/", {**ASKING, "cap_per_week": "2"}, "cap_per_week", "nicht weniger sein als in 24 Stunden"),
        ("anfragen/", {**ASKING, "offer_validity": "4"}, "offer_validity", "Zahl von 5 bis 240"),
        ("versand/", {"sms_sender": "Impfliste", "quiet_from": "21:00"}, "quiet_until", "braucht Anfang und Ende"),
        ("versand/", {"sms_sender": "Viel zu langer"}, "sms_sender", "höchstens 11 Buchstaben"),
        ("versand/", {"sms_sender": "Impf", "quiet_from": "21", "quiet_until": "21"}, "quiet_until", "sind gleich"),
        ("kontakt/", {"hotline": "ruf an"}, "hotline", "besteht aus Ziffern"),
        ("zentrum/neu/", {**CENTRE, "postcode": "3445"}, "postcode", "fünf Ziffern"),
        ("zentrum/neu/", {**CENTRE, "closes_at": "8"}, "closes_at", "schließt nach dem Öffnen"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, page: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = client.post(ROOT + page, {**typed, **hidden(client, ROOT + page), "action": "check"})
    assert answer.status_code == 422
    assert any(sentence in error for error in answer.context["form"].errors[field])
    for value in typed.values():
        assert value == "on" or value in unescape(answer.content.decode()), "what was typed is not lost"
    assert not SettingVersion.objects.exists()


def test_a_new_centre_is_there_once(world: World, client: Client) -> None:
    page = f"{ROOT}zentrum/neu/"
    typed = {**CENTRE, **hidden(client, page)}
    answers = [post(client, page, typed) for _ in range(2)]
    centre = Centre.objects.exclude(pk=world.centre.pk).get()
    assert [one.headers["Location"] for one in answers] == [f"{ROOT}zentrum/{centre.pk}/"] * 2
    assert (centre.slug, centre.county, centre.opens_at) == ("bad-arolsen", world.county, time(9))
    post(client, page, {**CENTRE, **hidden(client, page)})
    assert Centre.objects.filter(slug="bad-arolsen-2").exists()


def test_a_change_of_address_says_how_many_have_the_old_one(world: World, client: Client) -> None:
    page = f"{ROOT}zentrum/{world.centre.pk}/"
    asked = text_of(post(client, page, {**CENTRE, **hidden(client, page)}, "check"))
    assert "Neue Nachrichten nennen ab sofort die neue Anschrift." in asked
    assert "Die neuen Zeiten gelten für Freigaben ab jetzt." in asked


def test_a_campaign_does_not_close_under_a_release(world: World, client: Client) -> None:
    page = f"{ROOT}aktion/{world.campaign.pk}/"
    release = world.release()
    typed = {"name": "Corona-Schutzimpfung", "state": "closed"}
    refused = post(client, page, {**typed, **hidden(client, page)})
    assert refused.status_code == 409
    assert "Es läuft noch eine Freigabe" in text_of(refused)
    type(release).objects.update(state="ended")
    assert post(client, page, {**typed, **hidden(client, page)}).status_code == 302
    other = factories.make_campaign(world.county)
    Campaign.objects.filter(pk=other.pk).update(name="Herbst")
    page = f"{ROOT}aktion/{world.campaign.pk}/"
    refused = post(client, page, {"name": "Corona", "state": "running", **hidden(client, page)})
    assert "Im Landkreis läuft schon die Impfaktion „Herbst“" in text_of(refused)
    assert Campaign.objects.get(pk=other.pk).state == "running"


def test_the_english_note_is_for_who_reads_english(world: World, client: Client) -> None:
    post(client, LIST, {**PAUSED, "list_text_en": "We go on on Monday.", **hidden(client, LIST)})
    german = text_of(client.get("/waldeck-frankenberg/"))
    assert "Am Montag geht es weiter." in german
    with translation.override("en"):
        english = text_of(Client(headers={"Accept-Language": "en"}).get("/waldeck-frankenberg/"))
    assert "We go on on Monday." in english
    assert "Am Montag" not in english


# --- who may


@pytest.mark.parametrize("page", ["", "liste/", "anfragen/", "versand/", "kontakt/"])
def test_an_auditor_reads_and_changes_nothing(world: World, page: str) -> None:
    client = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
    answer = client.get(ROOT + page)
    assert answer.status_code == 200
    assert 'method="post" class="form' not in answer.content.decode()
    if page:
        assert client.post(ROOT + page, PAUSED).status_code == 403
    for end in ("zentrum/neu/", "liste/zurueck/0/"):
        assert client.get(ROOT + end).status_code == client.post(ROOT + end).status_code == 403


def test_settings_of_another_county_are_not_there(world: World, client: Client) -> None:
    centre, _release = make_stranger()
    for page in (f"zentrum/{centre.pk}/", f"aktion/{centre.county.campaigns.get().pk}/", "unbekannt/", "zentrum/"):
        assert client.get(ROOT + page).status_code == 404
        assert client.post(ROOT + page, CENTRE).status_code == 404
    assert client.get("/kreis/heidekreis/einrichtung/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for number in range(rows):
        post(client, LIST, {**PAUSED, **hidden(client, LIST), "list_cap": str(100 + number)})
        if number:
            factories.make_centre(world.county, slug=f"ort-{number}", name=f"Ort {number}")
    make_neighbour(world)
    with django_assert_num_queries(11):
        client.get(ROOT)
    with django_assert_num_queries(6):
        assert len(client.get(LIST).context["changes"]) == rows


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    post(client, LIST, {**PAUSED, **hidden(client, LIST)})
    with nothing_is_written():
        for page in ("", "liste/", "liste/zurueck/0/", f"zentrum/{world.centre.pk}/", "zentrum/neu/"):
            assert client.get(ROOT + page).status_code == 200
    for action in ("check", "edit"):
        assert post(client, LIST, {**PAUSED, "list_cap": "7", **hidden(client, LIST)}, action).status_code == 200
    assert SettingVersion.objects.count() == 1


def test_every_field_of_a_setting_is_in_its_form() -> None:
    for kind, form in FORMS.items():
        assert set(form.base_fields) - {"stand", "form_key"} == set(FIELDS[kind])
