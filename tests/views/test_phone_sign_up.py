"""The sign-up that staff type for somebody on the phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from impfzentrum.models import AuditEvent, Campaign, Centre, Message, StandbyEntry, Vaccine, in_force
from impfzentrum.procedures.phoning import note_wrong_number, take_call
from impfzentrum.vocabulary import Role
from tests.factories import NOON, ask, make_release
from tests.procedures.calling import the_call
from tests.views.citizens import error_beside, text_of
from tests.views.staff import log_in, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

PAGE = "/zentrum/korbach/anmelden/"


@pytest.fixture
def client(campaign: Campaign) -> Client:
    return log_in(make_member(Centre.objects.get(slug="korbach"), Role.CENTRE_STAFF, username="hotline"))


def said(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """A 40 year old who works in a day nursery; `changed` replaces or (with None) leaves out fields."""
    typed = {
        "given_name": "Erika",
        "family_name": "Muster",
        "birth_date": "9.3.1981",
        "postcode": "34497",
        "phone": "(069) 9000 9123",
        "mobile": "",
        "email": "",
        "read_back": "on",
        "language": "de",
        "criterion": str(campaign.rule_set.criteria.get(code="kita_grundschule").pk),
        "vaccines": [str(Vaccine.objects.get(name="Comirnaty").pk)],
        "dose_wanted": "1",
        "travel_minutes": "25",
        "any_time": "always",
        "consent_data": "on",
        "consent_contact": "on",
    }
    return {name: value for name, value in {**typed, **changed}.items() if value is not None}


def test_every_criterion_in_force_can_be_chosen(client: Client, campaign: Campaign) -> None:
    page = client.get(PAGE).content.decode()
    offered = set(re.findall(r'name="criterion" value="(\d+)"', page))
    criteria = in_force(campaign.rule_set.criteria, campaign.rules_on(timezone.now()))
    assert offered == {str(pk) for pk in criteria.values_list("pk", flat=True)}
    assert len(offered) > 20


def test_a_landline_is_enough(client: Client, campaign: Campaign) -> None:
    answer = client.post(PAGE, said(campaign, second_phone="0171 3920002", call_hint="nach 9 Uhr"), follow=True)
    assert "Ist eine Dosis für sie frei, erscheint unter „Heute“ ein Anruf." in text_of(answer)
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.phone, entry.phone_confirmed_at) == ("waiting", "+496990009123", timezone.now())
    assert (entry.second_phone, entry.call_hint, entry.channels) == ("+491713920002", "nach 9 Uhr", ["call"])
    assert entry.centre.slug == "korbach"
    assert not Message.objects.exists(), "what there is to say was said on the phone"


def test_the_record_says_who_confirmed_and_no_number(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign))
    entry = StandbyEntry.objects.get()
    confirmed, joined = AuditEvent.objects.filter(subject=str(entry.public_id)).order_by("pk")
    assert (confirmed.action, confirmed.detail) == ("contact_confirmed_by_staff", {"channels": ["call"]})
    assert (joined.action, joined.detail) == ("joined", {"group": 2})
    assert {event.actor and event.actor.username for event in (confirmed, joined)} == {"hotline"}


def test_the_person_is_asked_by_a_call(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign))
    entry = StandbyEntry.objects.get()
    release = make_release(entry.centre, campaign, entry.vaccines.get(), AuditEvent.objects.first().actor)  # type: ignore[union-attr, arg-type]
    ask(release)
    assert the_call().entry == entry


def test_a_mobile_that_was_read_back_waits_at_once_and_gets_its_link(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign, phone="", mobile="0171 392 0001"))
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.channels) == ("waiting", ["sms"])
    assert list(Message.objects.values_list("template", "channel")) == [("welcome", "sms")]


def test_without_reading_back_the_code_comes_as_usual(client: Client, campaign: Campaign) -> None:
    answer = client.post(PAGE, said(campaign, phone="", mobile="0171 392 0001", read_back=None), follow=True)
    assert "sobald sie den Code oder den Link bestätigt hat" in text_of(answer)
    assert StandbyEntry.objects.get().state == "unconfirmed"
    assert list(Message.objects.values_list("template", "channel")) == [("contact_proof", "sms")]


def test_an_email_is_proved_by_its_link_whoever_typed_it(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign, email="erika@example.org"))
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.channels) == ("waiting", ["call"])
    assert list(Message.objects.values_list("template", "channel")) == [("contact_proof", "email")]


def test_a_double_submit_makes_one_entry(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign))
    answer = client.post(PAGE, said(campaign, phone="069 90009555", given_name="ERIKA"))
    assert answer.status_code == 409
    assert "Diese Person steht schon auf der Liste, Stand: wartet." in text_of(answer)
    assert 'value="069 90009555"' in answer.content.decode(), "nothing typed is lost"
    assert StandbyEntry.objects.get().phone == "+496990009123"


def test_who_signed_up_alone_and_never_confirmed_goes_on_by_phone(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign, phone="", mobile="0171 392 0001", read_back=None))
    assert StandbyEntry.objects.get().state == "unconfirmed"
    client.post(PAGE, said(campaign, mobile="0171 392 0001"))
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.channels) == ("waiting", ["sms", "call"])


def test_a_right_number_brings_back_whose_number_was_wrong(client: Client, campaign: Campaign) -> None:
    client.post(PAGE, said(campaign))
    entry = StandbyEntry.objects.get()
    staff = AuditEvent.objects.filter(actor__isnull=False)[0].actor
    assert staff is not None
    ask(make_release(entry.centre, campaign, entry.vaccines.get(), staff))
    take_call(the_call(), by=staff, now=NOON)
    note_wrong_number(the_call(), by=staff, now=NOON + timedelta(minutes=1))
    entry.refresh_from_db()
    assert (entry.state, entry.channels) == ("paused", [])
    client.post(PAGE, said(campaign, phone="069 90009124"))
    entry.refresh_from_db()
    assert (entry.state, entry.phone) == ("waiting", "+496990009124")


def test_a_paused_list_takes_nobody_by_phone_either(client: Client, campaign: Campaign) -> None:
    campaign.county.list_state = "paused"
    campaign.county.save()
    answer = client.post(PAGE, said(campaign))
    assert answer.status_code == 409
    assert "Zurzeit nimmt die Liste niemanden auf." in text_of(answer)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("given_name", {"given_name": "Erika 😀"}, "Das Zeichen „😀“"),
    ("birth_date", {"birth_date": "31.2.1981"}, "Diesen Tag gibt es nicht"),
    ("postcode", {"postcode": "3449"}, "fünf Ziffern"),
    ("postcode", {"postcode": "10115"}, "10115 liegt nicht im Landkreis"),
    ("phone", {"phone": ""}, "eine Nummer an, unter der die Person zu erreichen ist"),
    ("phone", {"phone": "954321"}, "Hier fehlt die Vorwahl"),
    ("phone", {"phone": "05631 95 43 2x"}, "ohne Buchstaben"),
    ("phone", {"phone": "0900 5 123456"}, "Sondernummer"),
    ("phone", {"phone": "01"}, "Diese Nummer gibt es so nicht"),
    ("phone", {"phone": "", "second_phone": "069 90009124", "mobile": "0171 392 0001"}, "die erste Nummer hier ein"),
    ("second_phone", {"second_phone": "110"}, "Hier fehlt die Vorwahl"),
    ("call_hint", {"call_hint": "x" * 61}, "höchstens 60 Zeichen"),
    ("mobile", {"mobile": "05631 954321"}, "Festnetznummer"),
    ("email", {"email": "erika@"}, "keine vollständige E-Mail-Adresse"),
    ("read_back", {"read_back": None}, "Bitte lesen Sie die Nummer vor."),
    ("language", {"language": "tlh"}, "tlh"),
    ("consent_data", {"consent_data": None}, "nicht speichern"),
    ("consent_contact", {"consent_contact": None}, "nicht fragen"),
]


@pytest.mark.parametrize(("field", "changed", "expected"), BAD)
def test_bad_input_is_named_beside_its_field_and_nothing_is_lost(
    client: Client, campaign: Campaign, field: str, changed: dict[str, Any], expected: str
) -> None:
    answer = client.post(PAGE, said(campaign, family_name="Großmann-Ğüneş", **changed))
    assert answer.status_code == 422
    assert expected in error_beside(answer, field)
    assert 'value="Großmann-Ğüneş"' in answer.content.decode()
    assert not StandbyEntry.objects.exists()


@pytest.mark.parametrize("typed", ["069 90009123", "(069) 90009-123", "+49 69 90009123", "0049 (0)69 / 90009123"])
def test_numbers_are_understood_as_people_write_them(client: Client, campaign: Campaign, typed: str) -> None:
    client.post(PAGE, said(campaign, phone=typed))
    assert StandbyEntry.objects.get().phone == "+496990009123"


def test_the_browser_offers_nobody_elses_data(client: Client, campaign: Campaign) -> None:
    page = client.get(PAGE).content.decode()
    assert 'autocomplete="given-name"' not in page
    assert 'autocomplete="tel"' not in page
