"""The sign-up: bad input gets its sentence beside its field, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import Campaign, ContactProof, County, PriorityOrder, StandbyEntry, SwitchRule, Vaccine
from impfzentrum.reference.loading import load_reference
from impfzentrum.rules.availability import ALWAYS
from tests.views.citizens import SIGN_UP, error_beside, fill_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]


@pytest.fixture
def campaign(db: None) -> Campaign:
    load_reference()
    return Campaign.objects.get(county__slug="waldeck-frankenberg")


def test_a_person_signs_up_and_is_led_to_the_code(client: Client, campaign: Campaign) -> None:
    answer = client.post(SIGN_UP, fill_in(campaign))
    proof = ContactProof.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/b/{proof.token}/")
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.priority_group, entry.mobile) == ("unconfirmed", 2, "+491713920001")
    assert (entry.given_name, entry.travel_minutes, entry.language) == ("Erika", 25, "de")


def test_an_email_alone_leads_to_a_page_without_the_secret(client: Client, campaign: Campaign) -> None:
    answer = client.post(SIGN_UP, fill_in(campaign, mobile="", email="erika@example.org"), follow=True)
    assert answer.redirect_chain == [("/waldeck-frankenberg/anmelden/post/", 303)]
    assert ContactProof.objects.get().token not in answer.content.decode()


def test_a_double_submit_makes_one_entry(client: Client, campaign: Campaign) -> None:
    first, second = (client.post(SIGN_UP, fill_in(campaign)) for _twice in range(2))
    assert StandbyEntry.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_age_alone_gives_the_group(client: Client, campaign: Campaign) -> None:
    others = campaign.rule_set.criteria.get(code="uebrige").pk
    client.post(SIGN_UP, fill_in(campaign, birth_date="4.1.1940", criterion=others))
    assert StandbyEntry.objects.get().priority_group == 1


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("given_name", {"given_name": ""}, "Bitte geben Sie Ihren Vornamen ein."),
    ("given_name", {"given_name": "Erika 😀"}, "Das Zeichen „😀“"),
    ("family_name", {"family_name": "X" * 300}, "300 Zeichen"),
    ("family_name", {"family_name": "Мустер"}, "lateinischen Buchstaben"),
    ("birth_date", {"birth_date": "31.2.1981"}, "Diesen Tag gibt es nicht"),
    ("birth_date", {"birth_date": "1.1.2090"}, "in der Zukunft"),
    ("birth_date", {"birth_date": "1.1.1800"}, "über 120 Jahre"),
    ("postcode", {"postcode": "3449"}, "fünf Ziffern"),
    ("postcode", {"postcode": "10115"}, "10115 liegt nicht im Landkreis Waldeck-Frankenberg"),
    ("mobile", {"mobile": "05631 954321"}, "Festnetznummer"),
    ("mobile", {"mobile": ""}, "eine Mobilnummer oder eine E-Mail-Adresse"),
    ("email", {"email": "erika@"}, "keine vollständige E-Mail-Adresse"),
    ("criterion", {"criterion": None}, "„Nichts davon“"),
    ("criterion", {"criterion": "999999"}, "„Nichts davon“"),
    ("vaccines", {"vaccines": []}, "mindestens einen Impfstoff"),
    ("vaccines", {"vaccines": ["999999"]}, "mindestens einen Impfstoff"),
    ("vaccines", {"birth_date": "1.4.2010"}, "Für Ihr Alter (11) ist zurzeit nicht vorgesehen: Comirnaty"),
    ("dose_wanted", {"dose_wanted": "7"}, "die erste oder die zweite Impfung"),
    ("last_vaccine", {"dose_wanted": "2"}, "den Impfstoff Ihrer ersten Impfung"),
    ("last_dose_on", {"dose_wanted": "2"}, "wann Ihre erste Impfung war"),
    ("last_dose_on", {"dose_wanted": "2", "last_dose_on": "1.5.2021"}, "in der Zukunft"),
    ("travel_minutes", {"travel_minutes": "500"}, "höchstens 240 Minuten"),
    ("travel_minutes", {"travel_minutes": ""}, "wie viele Minuten"),
    ("any_time", {"any_time": None}, "„Jederzeit“ oder bestimmte Zeiten"),
    ("times", {"any_time": "some"}, "mindestens eine Zeit"),
    ("consent_data", {"consent_data": None}, "nicht speichern"),
    ("consent_contact", {"consent_contact": None}, "kein Angebot schicken"),
    ("website", {"website": "http://spam.example"}, "Bitte lassen Sie dieses Feld leer"),
]


@pytest.mark.parametrize(("field", "changed", "expected"), BAD)
def test_bad_input_is_named_beside_its_field(
    client: Client, campaign: Campaign, field: str, changed: dict[str, Any], expected: str
) -> None:
    typed = fill_in(campaign, **changed)
    answer = client.post(SIGN_UP, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert expected in error_beside(answer, field)
    assert StandbyEntry.objects.count() == 0
    assert f'href="#id_{field}"' in page, "the summary leads to the field"
    for name in ("given_name", "family_name", "birth_date", "postcode", "mobile", "email", "travel_minutes"):
        if typed[name]:
            assert f'name="{name}" value="{typed[name]}"' in page, "nothing typed is lost"


def test_choices_are_kept_too(client: Client, campaign: Campaign) -> None:
    typed = fill_in(campaign, given_name="")
    page = client.post(SIGN_UP, typed).content.decode()
    chosen = [f'value="{typed["criterion"]}"', f'value="{typed["vaccines"][0]}"', 'name="consent_data"']
    for one in chosen:
        tag = next(tag for tag in page.split("<") if tag.startswith("input") and one in tag)
        assert "checked" in tag
    assert page.count('<details class="theme" open>') == 1, "the chosen theme is open"


def test_an_age_that_contradicts_the_criterion(client: Client, campaign: Campaign) -> None:
    eighty = campaign.rule_set.criteria.get(code="alter_80").pk
    answer = client.post(SIGN_UP, fill_in(campaign, birth_date="1.4.1953", criterion=eighty))
    assert "Nach Ihrem Geburtsdatum sind Sie 68 Jahre alt" in error_beside(answer, "criterion")


def test_a_vaccine_for_older_people_only(client: Client, campaign: Campaign) -> None:
    older = Vaccine.objects.get(name="Vaxzevria").pk
    answer = client.post(SIGN_UP, fill_in(campaign, vaccines=[older]))
    assert "Für Ihr Alter (40) ist zurzeit nicht vorgesehen: Vaxzevria" in error_beside(answer, "vaccines")


def test_the_first_dose_before_approval_and_of_another_vaccine(client: Client, campaign: Campaign) -> None:
    other = Vaccine.objects.get(name="Spikevax").pk
    typed = fill_in(campaign, dose_wanted="2", last_vaccine=other, last_dose_on="1.12.2020")
    answer = client.post(SIGN_UP, typed)
    assert "An diesem Tag war Spikevax noch nicht zugelassen" in error_beside(answer, "last_dose_on")
    assert "Bitte wählen Sie hier auch Spikevax" in error_beside(answer, "vaccines")


def test_a_second_dose_of_another_product_where_a_rule_allows_it(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(rules_as_of=date(2021, 7, 1))
    before = Vaccine.objects.get(name="Vaxzevria")
    typed = fill_in(campaign, dose_wanted="2", last_vaccine=before.pk, last_dose_on="12.3.2021")
    client.post(SIGN_UP, typed)
    assert StandbyEntry.objects.get().last_vaccine == before
    spikevax = Vaccine.objects.get(name="Spikevax")
    answer = client.post(SIGN_UP, {**typed, "last_vaccine": spikevax.pk})
    assert "Bitte wählen Sie hier auch Spikevax" in error_beside(answer, "vaccines")
    SwitchRule.objects.filter(vaccine__name="Comirnaty").delete()
    answer = client.post(SIGN_UP, typed)
    assert "Nach Vaxzevria folgt einer von diesen: Spikevax, Vaxzevria." in error_beside(answer, "vaccines")


def test_days_and_hours_of_the_sign_up(client: Client, campaign: Campaign) -> None:
    client.post(SIGN_UP, fill_in(campaign, any_time="some", times=["2", "20"]))
    assert StandbyEntry.objects.get().availability == (1 << 2) | (1 << 20)


def test_the_summary_follows_the_page(client: Client, campaign: Campaign) -> None:
    nothing = {"any_time": "some", **dict.fromkeys(("given_name", "travel_minutes", "consent_data"), "")}
    page = client.post(SIGN_UP, fill_in(campaign, **nothing)).content.decode()
    assert re.findall(r'href="#id_(\w+)"', page) == ["given_name", "travel_minutes", "times", "consent_data"]


def test_any_time_is_chosen_already(client: Client, campaign: Campaign) -> None:
    page = client.get(SIGN_UP).content.decode()
    assert re.findall(r'name="any_time" value="(\w+)"[^>]* checked', page) == ["always"]
    client.post(SIGN_UP, fill_in(campaign, times=["2"]))
    assert StandbyEntry.objects.get().availability == ALWAYS


def test_the_second_dose(client: Client, campaign: Campaign) -> None:
    same = Vaccine.objects.get(name="Comirnaty")
    client.post(SIGN_UP, fill_in(campaign, dose_wanted="2", last_vaccine=same.pk, last_dose_on="12.3.2021"))
    entry = StandbyEntry.objects.get()
    assert (entry.dose_wanted, entry.last_vaccine, str(entry.last_dose_on)) == (2, same, "2021-03-12")


def test_a_county_with_three_centres_asks_which(client: Client, campaign: Campaign) -> None:
    there = Campaign.objects.get(county__slug="heidekreis")
    postcode = there.county.postcodes.all()[0].code
    typed = fill_in(there, postcode=postcode)
    answer = client.post("/heidekreis/anmelden/", typed)
    assert error_beside(answer, "centre") == "Bitte wählen Sie ein Impfzentrum."
    soltau = there.county.centres.get(slug="soltau")
    client.post("/heidekreis/anmelden/", {**typed, "centre": soltau.pk})
    assert StandbyEntry.objects.get().centre == soltau


def test_without_an_order_nobody_is_asked_for_a_reason(client: Client, campaign: Campaign) -> None:
    PriorityOrder.objects.filter(campaign=campaign).delete()
    PriorityOrder.objects.create(campaign=campaign, group=None, valid_from="2021-01-01")
    assert "Was trifft auf Sie zu?" not in text_of(client.get(SIGN_UP))
    assert client.post(SIGN_UP, fill_in(campaign, criterion=None)).status_code == 303


@pytest.mark.parametrize(("state", "words"), [("paused", "Die Anmeldung ruht"), ("capped", "Die Liste ist voll")])
def test_a_list_that_is_not_open_says_so(client: Client, campaign: Campaign, state: str, words: str) -> None:
    County.objects.update(list_state=state)
    page = client.get(SIGN_UP)
    assert (page.status_code, words in text_of(page)) == (200, True)
    assert client.post(SIGN_UP, fill_in(campaign)).status_code == 409
    assert StandbyEntry.objects.count() == 0


def test_a_full_list_takes_nobody(client: Client, campaign: Campaign) -> None:
    County.objects.update(list_cap=0)
    answer = client.post(SIGN_UP, fill_in(campaign))
    assert (answer.status_code, "haben wir nicht gespeichert" in text_of(answer)) == (409, True)


@pytest.mark.parametrize("path", ["/", "/waldeck-frankenberg/", "/heidekreis/", SIGN_UP, f"{SIGN_UP}post/"])
def test_looking_writes_nothing(
    client: Client, campaign: Campaign, nothing_is_written: Callable[[], AbstractContextManager[None]], path: str
) -> None:
    with nothing_is_written():
        assert client.get(path).status_code == 200


def test_the_pinned_rules_are_named_on_every_page(client: Client, campaign: Campaign) -> None:
    for path in ("/waldeck-frankenberg/", SIGN_UP, f"{SIGN_UP}post/"):
        assert "rechnet mit den Regeln vom 24. April 2021" in text_of(client.get(path))


@pytest.mark.parametrize("path", ["/unbekannt/", "/unbekannt/anmelden/", "/unbekannt/anmelden/post/"])
def test_an_unknown_county_is_a_page_that_helps(client: Client, campaign: Campaign, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "Diese Seite gibt es nicht" in text_of(answer)) == (404, True)


def test_sign_up_asks_the_database_a_fixed_number_of_times(client: Client, campaign: Campaign) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(SIGN_UP)
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]
