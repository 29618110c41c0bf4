"""Bad input on every page of the sign-up: the sentence stands beside its field, in the page's language, and nothing
that was typed is lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from impfzentrum.forms.guided import CONTACT, GuidedSignUp
from impfzentrum.models import Campaign, PriorityCriterion, SignUpDraft, Vaccine
from impfzentrum.procedures.drafting import Answers
from impfzentrum.reference.loading import load_reference
from tests.translating import all_forms, read_catalog
from tests.views.citizens import error_beside
from tests.views.signing_up import SIGN_UP, answers_of, draft_path, fill_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

EMOJI, LONG, RTL = "😀", "X" * 300, "\u200fErika\u200e"
TYPED = {
    "birth_date", "postcode", "website", "search", "given_name", "family_name", "mobile", "email", "travel_minutes",
    "last_dose_on", "comes_with",
}  # fmt: skip
"""Fields of text. A choice that the page does not offer cannot be shown as chosen; what is typed always can."""

Row = tuple[str, dict[str, Any], str]

NAMES: list[Row] = [
    (name, {name: typed}, said)
    for name in ("given_name", "family_name")
    for typed, said in [
        ("", "Ihren Vornamen" if name == "given_name" else "Ihren Familiennamen"),
        (" \u200f\u00a0 ", "Ihren Vornamen" if name == "given_name" else "Ihren Familiennamen"),
        (f"Erika {EMOJI}", "gehört nicht in einen Namen"),
        (LONG, "Zeichen. Bitte kürzen Sie den Namen"),
        ("Мустер", "mit lateinischen Buchstaben"),
        ("إريكا", "mit lateinischen Buchstaben"),
        ("Erika 2", "stehen Ziffern"),
        ("erika@example.org", "gehört nicht in einen Namen"),
        ("<script>alert(1)</script>", "gehört nicht in einen Namen"),
        ("---", "mindestens einem Buchstaben"),
    ]
]
CONTACTS: list[Row] = [
    ("mobile", {"mobile": ""}, "eine Mobilnummer oder eine E-Mail-Adresse"),
    ("mobile", {"mobile": "05631 954321"}, "Festnetznummer"),
    ("mobile", {"mobile": "0900 5 123456"}, "Sondernummer"),
    ("mobile", {"mobile": "0137 1234567"}, "Sondernummer"),
    ("mobile", {"mobile": "0171"}, "Diese Nummer gibt es so nicht"),
    ("mobile", {"mobile": "+999 171 3920001"}, "Diese Nummer gibt es so nicht"),
    ("mobile", {"mobile": "0171 3920001 oder 0172 3920002"}, "ohne Buchstaben"),
    ("mobile", {"mobile": f"0171 {EMOJI}"}, "ohne Buchstaben"),
    ("mobile", {"mobile": "+43 664 1234567"}, "An ausländische Nummern"),
    ("mobile", {"mobile": LONG}, "ohne Buchstaben"),
    ("email", {"email": "erika@"}, "keine vollständige E-Mail-Adresse"),
    ("email", {"email": "a@example.org, b@example.org"}, "nur eine E-Mail-Adresse"),
    ("email", {"email": "a@example.org b@example.org"}, "nur eine E-Mail-Adresse"),
    ("email", {"email": f"{EMOJI}@example.org"}, "keine vollständige E-Mail-Adresse"),
    ("email", {"email": "erika.example.org"}, "keine vollständige E-Mail-Adresse"),
]
FAULTS: dict[str, list[Row]] = {
    "alter": [
        ("birth_date", {"birth_date": typed}, said)
        for typed, said in [
            ("", "geben Sie Ihr Geburtsdatum ein"),
            ("31.2.1981", "Diesen Tag gibt es nicht"),
            ("29. Februar 2021", "Diesen Tag gibt es nicht"),
            ("1.1.2090", "in der Zukunft"),
            ("1.1.1800", "über"),
            ("1.4.15", "Jahr mit vier Ziffern"),
            ("31.2.", "schreiben Sie das Datum so"),
            (EMOJI, "schreiben Sie das Datum so"),
            (LONG, "schreiben Sie das Datum so"),
            ("im Frühling", "schreiben Sie das Datum so"),
        ]
    ]
    + [
        ("postcode", {"postcode": typed}, said)
        for typed, said in [
            ("", "geben Sie Ihre Postleitzahl ein"),
            ("3449", "hat fünf Ziffern"),
            ("344977", "hat fünf Ziffern"),
            ("Korbach", "hat fünf Ziffern"),
            (EMOJI, "hat fünf Ziffern"),
            ("٣٤٤٩٧", "hat fünf Ziffern"),
            (LONG, "hat fünf Ziffern"),
        ]
    ]
    + [("website", {"website": "https://spam.example"}, "lassen Sie dieses Feld leer")],
    "grund": [
        ("criterion", {"criterion": typed}, "oder „Nichts davon“")
        for typed in (None, "", "0", "-1", "999999", EMOJI, LONG, "1;DROP TABLE", "alter_80", "\u200f", "2 3")
    ],
    "kontakt": NAMES + CONTACTS,
    "zeit": [
        ("any_time", {"any_time": None}, "„Jederzeit“ oder bestimmte Zeiten"),
        ("any_time", {"any_time": EMOJI}, "„Jederzeit“ oder bestimmte Zeiten"),
        ("times", {"any_time": "some"}, "mindestens eine Zeit"),
        ("times", {"any_time": "some", "times": ["99"]}, "Diese Zeit gibt es nicht"),
        ("travel_minutes", {"travel_minutes": "500"}, "Wer länger braucht"),
        ("travel_minutes", {"travel_minutes": "0"}, "mindestens eine Minute"),
        ("travel_minutes", {"travel_minutes": "-5"}, "als ganze Zahl"),
        ("travel_minutes", {"travel_minutes": "1,5"}, "als ganze Zahl"),
        ("travel_minutes", {"travel_minutes": "eine Stunde"}, "als ganze Zahl"),
        ("travel_minutes", {"travel_minutes": EMOJI}, "als ganze Zahl"),
        ("travel_minutes", {"travel_minutes": LONG}, "als ganze Zahl"),
    ],
    "impfung": [
        ("vaccines", {"vaccines": []}, "mindestens einen Impfstoff"),
        ("vaccines", {"vaccines": ["999999"]}, "mindestens einen Impfstoff"),
        ("vaccines", {"vaccines": [EMOJI]}, "mindestens einen Impfstoff"),
        ("vaccines", {"vaccines": ["vaxzevria"]}, "ist zurzeit nicht vorgesehen"),
        ("vaccines", {"dose_wanted": "2", "last_vaccine": "spikevax", "last_dose_on": "1.4.2021"}, "mit demselben"),
        ("dose_wanted", {"dose_wanted": "7"}, "die erste oder die zweite Impfung"),
        ("dose_wanted", {"dose_wanted": None}, "die erste oder die zweite Impfung"),
        ("last_vaccine", {"dose_wanted": "2"}, "den Impfstoff Ihrer ersten Impfung"),
        ("last_dose_on", {"dose_wanted": "2", "last_vaccine": "comirnaty"}, "wann Ihre erste Impfung war"),
        ("last_dose_on", {"dose_wanted": "2", "last_dose_on": "31.2.2021"}, "Diesen Tag gibt es nicht"),
        ("last_dose_on", {"dose_wanted": "2", "last_dose_on": "1.5.2021"}, "liegt in der Zukunft"),
        (
            "last_dose_on",
            {"dose_wanted": "2", "last_vaccine": "comirnaty", "last_dose_on": "1.12.2020"},
            "noch nicht zugelassen",
        ),
        ("last_dose_on", {"dose_wanted": "2", "last_dose_on": "1.4.21"}, "Jahr mit vier Ziffern"),
    ],
    "hilfe": [
        ("comes_with", {"comes_with": typed}, "Begleit-Code hat sechs")
        for typed in ("abc", "7K2M9XX", EMOJI, LONG, "Erika Muster", "7K2M9U", "0171 3920001", "إريكا")
    ]
    + [
        ("interpreter", {"interpreter": "xx"}, "eine Sprache aus der Liste"),
        ("needs", {"needs": ["helicopter"]}, "wählen Sie aus der Liste"),
    ],
}


@pytest.fixture
def campaign(db: None) -> Campaign:
    load_reference()
    campaign = Campaign.objects.get(county__slug="waldeck-frankenberg")
    campaign.county.sms_abroad = False
    campaign.county.save()
    return campaign


@pytest.fixture
def draft(campaign: Campaign) -> SignUpDraft:
    """Everything answered well, so that only the fault of the page is one."""
    return fill_draft(campaign, now=timezone.now())


def with_ids(fields: dict[str, Any]) -> dict[str, Any]:
    """Names of vaccines as the page would send them."""
    ids = {name.lower(): str(pk) for pk, name in Vaccine.objects.values_list("pk", "name")}

    def swap(value: Any) -> Any:
        return [swap(one) for one in value] if isinstance(value, list) else ids.get(value, value)

    return {name: swap(value) for name, value in fields.items()}


def told_in(language: str, said: str) -> list[str]:
    """The longest piece without a filled-in value of each sentence in this language whose German one says this."""
    catalog = read_catalog(settings.LOCALE_PATHS[0] / language / "LC_MESSAGES/django.po")
    found = [message for message in catalog if message.id and said in " ".join(all_forms(message.id))]
    return [max(re.split(r"%\(\w+\)[ds]", text), key=len) for one in found for text in all_forms(one.string)]


def values_on(page: str) -> dict[str, list[str]]:
    """What stands in the fields of a page, and what is chosen."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        shown = attributes.get("type") not in {"radio", "checkbox", "hidden"} or " checked" in tag
        if "name" in attributes and shown:
            found.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    return found


@pytest.mark.parametrize("language", ["de", "en", "tr"])
@pytest.mark.parametrize("page", FAULTS)
def test_every_fault_is_told_and_nothing_is_lost(client: Client, draft: SignUpDraft, page: str, language: str) -> None:
    assert len(FAULTS[page]) >= 10
    good = answers_of(draft.campaign)[page]
    wrong: list[str] = []
    for field, changed, said in FAULTS[page]:
        typed = {name: value for name, value in {**good, **with_ids(changed)}.items() if value is not None}
        address = SIGN_UP if page == "alter" else draft_path(page)
        answer = client.post(address, typed, headers={"Accept-Language": language})
        html, beside = answer.content.decode(), error_beside(answer, field)
        expected = [said] if language == "de" else told_in(language, said)
        told = any(part and part.strip() in beside for part in expected)
        led = f'href="#id_{field}"' in html
        shown = values_on(html)
        lost = [name for name in TYPED & typed.keys() if typed[name] and shown.get(name) != [typed[name]]]
        if not (answer.status_code == 422 and told and led and not lost):
            wrong.append(f"{changed!r}: {answer.status_code} {beside!r} {led=} {lost=}")
    assert wrong == []
    assert SignUpDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("given_name", RTL, "Erika"),
        ("given_name", "  Þórður\u00a0Ana-María ", "Þórður Ana-María"),
        ("family_name", "Ḩasan-Nguyễn d’Łącki", "Ḩasan-Nguyễn d’Łącki"),
        ("mobile", "\u202a+49 (0) 171 / 392-00.01\u202c", "+491713920001"),
        ("email", " erika @ example.org\t", "erika@example.org"),
    ],
)
def test_what_can_be_understood_is(client: Client, draft: SignUpDraft, name: str, typed: str, kept: str) -> None:
    sent = {**answers_of(draft.campaign)["kontakt"], name: typed}
    assert client.post(draft_path("kontakt"), sent).status_code == 303
    draft.refresh_from_db()
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=timezone.now())
    assert way.bound(CONTACT).is_valid()
    assert way.bound(CONTACT).cleaned_data[name] == kept


def test_more_than_all_fields_can_hold_is_refused(client: Client, draft: SignUpDraft) -> None:
    sent = {**answers_of(draft.campaign)["kontakt"], "given_name": "X" * 30_000}
    answer = client.post(draft_path("kontakt"), sent)
    assert (answer.status_code, "Das ist mehr Text" in answer.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert "XXX" not in draft.answers


def test_age_is_no_choice(campaign: Campaign, client: Client, draft: SignUpDraft) -> None:
    eighty = PriorityCriterion.objects.get(code="alter_80").pk
    answer = client.post(draft_path("grund"), {"criterion": eighty})
    assert "Nichts davon" in error_beside(answer, "criterion")
