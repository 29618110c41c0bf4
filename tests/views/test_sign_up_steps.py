"""What the steps of the sign-up ask and tell: who can come, the reason, the way, the dose, a list that is not open."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from impfzentrum.models import (
    Campaign,
    County,
    PriorityOrder,
    SendingStop,
    StandbyEntry,
    SwitchRule,
    Vaccine,
)
from impfzentrum.rules.availability import ALWAYS
from tests import factories
from tests.views.citizens import error_beside, text_of
from tests.views.signing_up import SIGN_UP, age_drafts, answers_of, draft_path, go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]


@pytest.mark.parametrize(
    ("changed", "heading", "way_on"),
    [
        ({"postcode": "10115"}, "Diese Liste ist für Menschen, die hier wohnen", "116 117"),
        ({"birth_date": "1.4.2010"}, "Mit 11 Jahren können wir Sie hier noch nicht impfen", "Vom 1. April 2026 an"),
    ],
)
def test_who_cannot_come_is_told_kindly_and_early(
    client: Client, campaign: Campaign, changed: dict[str, str], heading: str, way_on: str
) -> None:
    answer = client.post(SIGN_UP, {**answers_of(campaign)["alter"], **changed}, follow=True)
    assert answer.redirect_chain == [(draft_path("ergebnis"), 303)]
    assert heading in text_of(answer)
    assert way_on in text_of(answer)
    later = client.get(draft_path("kontakt"))
    assert (later.status_code, later["Location"]) == (303, draft_path("ergebnis"))
    fixed = client.post(draft_path("alter"), answers_of(campaign)["alter"])
    assert fixed["Location"] == draft_path("grund"), "a slip of the finger is corrected"


def test_a_group_that_is_not_open_may_wait_and_is_told(client: Client, campaign: Campaign) -> None:
    none = campaign.rule_set.criteria.get(code="uebrige").pk
    answer = go(client, answers_of(campaign, criterion=str(none)))
    assert answer["Location"] == draft_path("ergebnis")
    page = client.get(answer["Location"])
    assert "Gruppe 4 ist noch nicht an der Reihe" in text_of(page)
    assert f'href="{draft_path("kontakt")}"' in page.content.decode()
    assert client.get(draft_path("kontakt")).status_code == 200


def test_age_alone_gives_the_group(client: Client, campaign: Campaign) -> None:
    none = str(campaign.rule_set.criteria.get(code="uebrige").pk)
    go(client, answers_of(campaign, birth_date="4.1.1940", criterion=none), until="grund")
    page = client.get(draft_path("grund"))
    assert "Mit 81 Jahren gehören Sie schon durch Ihr Alter zu Gruppe 1" in text_of(page)
    assert re.search(rf'value="{none}"[^>]* checked', page.content.decode()), "nothing else is needed"
    go(client, answers_of(campaign, birth_date="4.1.1940", criterion=none))
    assert StandbyEntry.objects.get().priority_group == 1


def test_the_search_works_without_script_and_leaves_no_trace_in_the_address(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign), until="grund")
    kita = str(campaign.rule_set.criteria.get(code="kita_grundschule").pk)
    answer = client.post(draft_path("grund"), {"search": "Zucker", "criterion": kita, "find": "1"})
    assert (answer.status_code, answer["Location"]) == (303, draft_path("grund"))
    page = client.get(draft_path("grund"))
    assert "2 Treffer für „Zucker“" in text_of(page)
    assert "Diabetes" in text_of(page)
    assert "Krebs" not in text_of(page)
    assert re.search(rf'value="{kita}"[^>]* checked', page.content.decode()), "the choice before stays"
    nothing = client.post(draft_path("grund"), {"search": "xyzzy", "find": "1"}, follow=True)
    assert "0 Treffer" in text_of(nothing)
    assert "id_criterion_error" not in nothing.content.decode()
    go_on = client.post(draft_path("grund"), {"search": "xyzzy", "criterion": kita, "find": "1"})
    assert go_on["Location"] == draft_path("kontakt"), "the enter key on a choice goes on"


def test_the_way_is_estimated_from_the_postcode(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign, postcode="35099", travel_minutes=""), until="zeit")
    page = client.get(draft_path("zeit")).content.decode()
    [shown] = re.findall(r'name="travel_minutes" value="(\d+)"', page)
    assert 30 <= int(shown) <= 60, "Burgwald to Korbach, about 30 km"
    assert "Aus Ihrer Postleitzahl geschätzt" in page
    go(client, answers_of(campaign, postcode="35099", travel_minutes=""))
    assert StandbyEntry.objects.get().travel_minutes == int(shown)


def test_a_county_with_three_centres_asks_which_and_tells_the_way(client: Client, campaign: Campaign) -> None:
    there = Campaign.objects.get(county__slug="heidekreis")
    start = "/heidekreis/anmelden/"
    answers = answers_of(there, postcode="29614", travel_minutes="")
    stuck = go(client, answers, start=start)
    assert error_beside(stuck, "centre") == "Bitte wählen Sie ein Impfzentrum."
    soltau = there.county.centres.get(slug="soltau")
    assert "Impfzentrum Soltau, etwa 10 Minuten von Ihnen" in text_of(stuck)
    go(client, {**answers, "zeit": {**answers["zeit"], "centre": soltau.pk}}, start=start)
    entry = StandbyEntry.objects.get()
    assert (entry.centre, entry.travel_minutes) == (soltau, 10)


def test_a_county_for_everybody_needs_no_postcode(client: Client, campaign: Campaign) -> None:
    County.objects.update(residents_only=False)
    assert "(freiwillig)" in client.get(SIGN_UP).content.decode()
    go(client, answers_of(campaign, postcode="", travel_minutes="25"))
    assert StandbyEntry.objects.get().postcode == ""
    far = go(client, answers_of(campaign, postcode="10115", travel_minutes=""), until="impfung")
    assert error_beside(far, "travel_minutes").startswith("Bitte geben Sie höchstens 240 Minuten an")
    unknown = go(client, answers_of(campaign, postcode="00000", travel_minutes=""), until="impfung")
    assert error_beside(unknown, "travel_minutes") == "Bitte geben Sie an, wie viele Minuten Sie brauchen."


def test_the_second_dose(client: Client, campaign: Campaign) -> None:
    same = Vaccine.objects.get(name="Comirnaty")
    go(client, answers_of(campaign, dose_wanted="2", last_vaccine=str(same.pk), last_dose_on="12. März 2021"))
    entry = StandbyEntry.objects.get()
    assert (entry.dose_wanted, entry.last_vaccine, str(entry.last_dose_on)) == (2, same, "2021-03-12")


def test_a_second_dose_of_another_product_where_a_rule_allows_it(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(rules_as_of=date(2021, 7, 1))
    campaign.refresh_from_db()
    before = Vaccine.objects.get(name="Vaxzevria")
    answers = answers_of(campaign, dose_wanted="2", last_vaccine=str(before.pk), last_dose_on="12.3.2021")
    go(client, answers)
    assert StandbyEntry.objects.get().last_vaccine == before
    spikevax = Vaccine.objects.get(name="Spikevax")
    stuck = client.post(draft_path("impfung"), {**answers["impfung"], "last_vaccine": spikevax.pk})
    assert "Bitte wählen Sie hier auch Spikevax" in error_beside(stuck, "vaccines")
    SwitchRule.objects.filter(vaccine__name="Comirnaty").delete()
    stuck = client.post(draft_path("impfung"), answers["impfung"])
    assert "Nach Vaxzevria folgt einer von diesen: Spikevax, Vaxzevria." in error_beside(stuck, "vaccines")


def test_any_time_is_chosen_already(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign), until="zeit")
    page = client.get(draft_path("zeit")).content.decode()
    assert re.findall(r'name="any_time" value="(\w+)"[^>]* checked', page) == ["always"]
    go(client, answers_of(campaign, times=["2"]))
    assert StandbyEntry.objects.get().availability == ALWAYS


def test_without_an_order_nobody_is_asked_for_a_reason(client: Client, campaign: Campaign) -> None:
    PriorityOrder.objects.filter(campaign=campaign).delete()
    PriorityOrder.objects.create(campaign=campaign, group=None, valid_from="2021-01-01")
    answers = answers_of(campaign)
    del answers["grund"]
    assert client.post(SIGN_UP, answers["alter"])["Location"] == draft_path("kontakt")
    assert "Schritt 2 von 6" in text_of(client.get(draft_path("kontakt")))
    assert go(client, answers)["Location"] == draft_path("code")


def test_a_stop_of_sending_is_told_before_anybody_waits_for_a_code(client: Client, campaign: Campaign) -> None:
    staff = factories.make_staff(campaign.county.centres.get())
    SendingStop.objects.create(
        county=campaign.county, reason="Probe", stopped_at=timezone.now(), stopped_by=staff, in_flight=0
    )
    go(client, answers_of(campaign))
    for page in ("kontakt", "code"):
        assert "Zurzeit kann kein Code kommen" in text_of(client.get(draft_path(page)))


@pytest.mark.parametrize(("state", "words"), [("paused", "Die Anmeldung ruht"), ("capped", "Die Liste ist voll")])
def test_a_list_that_is_not_open_says_so(client: Client, campaign: Campaign, state: str, words: str) -> None:
    answers = answers_of(campaign)
    go(client, answers, until="pruefen")
    County.objects.update(list_state=state)
    page = client.get(SIGN_UP)
    assert (page.status_code, words in text_of(page)) == (200, True)
    assert client.post(SIGN_UP, answers["alter"]).status_code == 409
    age_drafts()
    assert client.post(draft_path("pruefen"), answers["pruefen"]).status_code == 409
    assert StandbyEntry.objects.count() == 0


def test_a_full_list_takes_nobody(client: Client, campaign: Campaign) -> None:
    County.objects.update(list_cap=0)
    answer = go(client, answers_of(campaign))
    assert (answer.status_code, "Die Liste ist voll" in text_of(answer)) == (409, True)
