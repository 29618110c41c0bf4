"""The guided sign-up: step by step, back and forth, on two devices, and what it asks of the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impfzentrum.models import (
    Campaign,
    ContactProof,
    SignUpDraft,
    StandbyEntry,
    Vaccine,
)
from impfzentrum.procedures.drafting import forget_drafts
from tests.views.citizens import error_beside, text_of
from tests.views.signing_up import SIGN_UP, STEPS, age_drafts, answers_of, draft_path, go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

NothingWritten = Callable[[], AbstractContextManager[None]]


def test_from_the_first_page_to_the_list(client: Client, campaign: Campaign) -> None:
    answer = go(client, answers_of(campaign, interpreter="tr", needs=["wheelchair", "more_time"], comes_with="7k2-m9x"))
    assert (answer.status_code, answer["Location"]) == (303, draft_path("code"))
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.priority_group, entry.mobile) == ("unconfirmed", 2, "+491713920001")
    assert (entry.given_name, entry.travel_minutes, entry.language) == ("Erika", 25, "de")
    assert (entry.interpreter, entry.needs, entry.comes_with) == ("tr", "wheelchair,more_time", "7K2M9X")
    answer = client.post(draft_path("code"), {"code": ContactProof.objects.get().code}, follow=True)
    assert answer.redirect_chain == [(f"/s/{entry.token}/", 303)]
    assert "Sie stehen auf der Liste" in text_of(answer)
    assert SignUpDraft.objects.count() == 0


def test_an_email_alone_leads_to_a_page_without_the_secret(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign, mobile="", email="erika@example.org"))
    page = client.get(draft_path("code"))
    assert "Wir schicken einen Link an erika@example.org" in text_of(page)
    assert ContactProof.objects.get().token not in page.content.decode()


def test_a_double_submit_makes_one_entry(client: Client, campaign: Campaign) -> None:
    answers = answers_of(campaign)
    go(client, answers)
    again = client.post(draft_path("pruefen"), answers["pruefen"])
    assert (again.status_code, again["Location"]) == (303, draft_path("code"))
    assert StandbyEntry.objects.count() == 1


def test_a_wrong_number_is_corrected_in_two_taps(client: Client, campaign: Campaign) -> None:
    answers = answers_of(campaign)
    go(client, answers)
    page = client.get(draft_path("code")).content.decode()
    assert f'href="{draft_path("kontakt")}?von=pruefen"' in page
    answer = client.post(f"{draft_path('kontakt')}?von=pruefen", {**answers["kontakt"], "mobile": "0172 392 0002"})
    assert answer["Location"] == draft_path("pruefen")
    client.post(draft_path("pruefen"), answers["pruefen"])
    entry = StandbyEntry.objects.get()
    assert entry.mobile == "+491723920002"
    right = entry.proofs.latest("pk")
    assert client.post(draft_path("code"), {"code": right.code}).status_code == 303


def test_back_keeps_what_was_typed_without_judging_it(client: Client, campaign: Campaign) -> None:
    answers = answers_of(campaign)
    go(client, answers, until="kontakt")
    typed = {"given_name": "Erika", "family_name": "", "mobile": "0171", "email": "", "back": "1"}
    answer = client.post(draft_path("kontakt"), typed)
    assert (answer.status_code, answer["Location"]) == (303, draft_path("grund"))
    page = client.get(draft_path("kontakt")).content.decode()
    assert 'value="Erika"' in page
    assert 'value="0171"' in page
    assert "id_mobile_error" not in page


def test_another_device_goes_on_where_the_first_stopped(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign), until="zeit")
    link = re.search(
        r'<code class="hash">http://testserver([^<]+)</code>', client.get(draft_path("zeit")).content.decode()
    )
    assert link
    other = Client()
    assert other.get(link[1], follow=True).redirect_chain == [(draft_path("zeit"), 303)]
    assert 'value="Erika"' in other.get(draft_path("kontakt")).content.decode()


def test_nobody_else_can_read_a_draft(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign), until="impfung")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, token_hash FROM impfzentrum_signupdraft")
        answers, stored = cursor.fetchone()
    assert "Erika" not in answers
    assert SignUpDraft.objects.get().token not in (answers, stored)
    page = client.get(draft_path("kontakt"))
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert "no-store" in page["Cache-Control"]


def test_a_link_that_is_over_says_so(client: Client, campaign: Campaign, saturday_noon: time_machine.Traveller) -> None:
    go(client, answers_of(campaign), until="zeit")
    paths = [
        draft_path("zeit"),
        f"{SIGN_UP}{'x' * 22}/zeit/",
        f"/heidekreis/anmelden/{SignUpDraft.objects.get().token}/zeit/",
    ]
    saturday_noon.shift(timedelta(hours=49))
    for path in paths:
        answer = client.get(path)
        assert (answer.status_code, "Diese Anmeldung gibt es nicht mehr" in text_of(answer)) == (410, True)
    assert forget_drafts(now=timezone.now()) == 1


def test_a_confirmed_draft_is_forgotten(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign, email="erika@example.org"))
    link = ContactProof.objects.get(channel="email")
    client.post(f"/b/{link.token}/")
    assert client.get(draft_path("code")).status_code == 200, "the code by SMS still counts"
    client.post(draft_path("code"), {"code": ContactProof.objects.get(channel="sms").code})
    assert SignUpDraft.objects.count() == 0


def test_the_summary_changes_a_part_and_comes_back(client: Client, campaign: Campaign) -> None:
    answers = answers_of(campaign)
    go(client, answers, until="pruefen")
    page = client.get(draft_path("pruefen"))
    for slug in STEPS[:-1]:
        assert f'href="{draft_path(slug)}?von=pruefen"' in page.content.decode()
    assert "0171 3920001" in text_of(page)
    answer = client.post(
        f"{draft_path('zeit')}?von=pruefen", {"any_time": "some", "times": ["2", "20"], "travel_minutes": "40"}
    )
    assert answer["Location"] == draft_path("pruefen")
    assert "Montag ab 17 Uhr; Sonntag ab 17 Uhr" in text_of(client.get(draft_path("pruefen")))
    age_drafts()
    client.post(draft_path("pruefen"), answers["pruefen"])
    assert StandbyEntry.objects.get().availability == (1 << 2) | (1 << 20)


def test_a_change_that_spoils_a_later_part_leads_there_with_the_reason(client: Client, campaign: Campaign) -> None:
    older = str(Vaccine.objects.get(name="Vaxzevria").pk)
    go(client, answers_of(campaign, birth_date="1.4.1950", vaccines=[older]), until="pruefen")
    answer = client.post(f"{draft_path('alter')}?von=pruefen", answers_of(campaign)["alter"], follow=True)
    assert answer.redirect_chain[-1][0] == draft_path("grund")
    straight = client.get(draft_path("pruefen"), follow=True)
    assert straight.redirect_chain == [(draft_path("impfung"), 303)]
    assert "Für Ihr Alter (40) ist zurzeit nicht vorgesehen: Vaxzevria" in error_beside(straight, "vaccines")


def test_without_consent_nobody_is_written_down(client: Client, campaign: Campaign) -> None:
    answer = go(client, answers_of(campaign, consent_data=None, consent_contact=None))
    assert answer.status_code == 422
    assert "nicht speichern" in error_beside(answer, "consent_data")
    assert "kein Angebot schicken" in error_beside(answer, "consent_contact")
    assert StandbyEntry.objects.count() == 0


def test_looking_writes_nothing(client: Client, campaign: Campaign, nothing_is_written: NothingWritten) -> None:
    go(client, answers_of(campaign))
    pages = [draft_path(page) for page in (*STEPS, "code", "ergebnis", "gibtesnicht")]
    for path in ("/", "/waldeck-frankenberg/", "/heidekreis/", SIGN_UP, f"{SIGN_UP}post/", draft_path(""), *pages):
        with nothing_is_written():
            assert client.get(path.replace("//", "/")).status_code in (200, 303), path


def test_the_pinned_rules_are_named_on_every_page(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign))
    for path in ("/waldeck-frankenberg/", SIGN_UP, f"{SIGN_UP}post/", *map(draft_path, [*STEPS, "code"])):
        assert "rechnet mit den Regeln vom 24. April 2021" in text_of(client.get(path))


@pytest.mark.parametrize("path", ["/unbekannt/", "/unbekannt/anmelden/", "/unbekannt/anmelden/post/"])
def test_an_unknown_county_is_a_page_that_helps(client: Client, campaign: Campaign, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "Diese Seite gibt es nicht" in text_of(answer)) == (404, True)


QUERIES = {
    "": 3,
    "alter": 3,
    "grund": 10,
    "kontakt": 10,
    "zeit": 11,
    "impfung": 13,
    "hilfe": 9,
    "pruefen": 13,
    "code": 3,
}


def test_each_page_asks_the_database_a_fixed_number_of_times(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign))
    counted = {}
    for page in QUERIES:
        with CaptureQueriesContext(connection) as queries:
            client.get(draft_path(page) if page else SIGN_UP)
        counted[page] = len(queries)
    assert counted == QUERIES, counted
