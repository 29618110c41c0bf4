"""Rules with dates on the county's pages: groups, own rules for vaccines, criteria that do not count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from time_machine import Traveller

from impfzentrum.models import AuditEvent, Campaign, PriorityOrder, SettingVersion, StandbyEntry, VaccineRule
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import BERLIN, NOON
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.django_db

ROOT = "/kreis/waldeck-frankenberg/einrichtung/"
GROUPS = f"{ROOT}gruppen/"
RULE = {
    "what": "rule", "begins": "1.5.2021", "until": "", "age_min": "60", "age_max": "", "interval_min_weeks": "12",
    "interval_max_weeks": "", "usable_hours": "6", "source": "Erlass vom 30.4.2021",
}  # fmt: skip


@pytest.fixture
def client(world: World, saturday_noon: Traveller) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_ADMIN))


def hidden(client: Client, page: str, name: str) -> dict[str, str]:
    form = client.get(page).context[name]
    return {"stand": str(form["stand"].value()), "form_key": str(form["form_key"].value())}


def plan(client: Client, page: str, name: str, typed: dict[str, str], action: str = "save") -> HttpResponse:
    return client.post(page, {**typed, **hidden(client, page, name), "action": action})  # type: ignore[return-value]


def open_group(client: Client, day: str, at: str, group: str = "3", action: str = "save") -> HttpResponse:
    typed = {"what": "open", "group": group, "begins": day, "at": at}
    return plan(client, GROUPS, "opening", typed, action)


def close_group(client: Client, row: PriorityOrder, day: str) -> HttpResponse:
    return plan(client, GROUPS, "opening", {"what": "close", "row": str(row.pk), "ends": day})


def asked_groups(moment: datetime) -> list[int]:
    return sorted(Campaign.objects.get().group_order(moment).open)


# --- groups


def test_a_group_opens_at_its_hour(world: World, client: Client) -> None:
    entries = world.entries(3, priority_group=4)
    StandbyEntry.objects.filter(pk__in=[one.pk for one in entries]).update(priority_group=3)
    said = text_of(open_group(client, "25.4.2021", "6:00", action="check"))
    assert "Ab morgen 6:00 Uhr werden auch Menschen der Gruppe 3 gefragt: 3 Personen." in said
    assert not PriorityOrder.objects.filter(group=3).exists()
    assert open_group(client, "25.4.2021", "6:00").status_code == 302
    sunday = datetime(2021, 4, 25, tzinfo=BERLIN)
    assert asked_groups(NOON) == asked_groups(sunday.replace(hour=5, minute=59)) == [1, 2]
    assert asked_groups(sunday.replace(hour=6)) == asked_groups(sunday + timedelta(days=3)) == [1, 2, 3]
    version = SettingVersion.objects.get()
    assert version.after["3 2021-04-25 06:00"] is None
    assert AuditEvent.objects.get(action="setting_changed").subject == f"setting-groups-{world.campaign.pk}"
    assert "Gruppe 3 ab 25.04.2021, 06:00 Uhr" in text_of(client.get(GROUPS))


def test_a_group_opens_at_once_on_the_day_itself(client: Client) -> None:
    assert "Ab sofort werden auch Menschen der Gruppe 3 gefragt" in text_of(
        open_group(client, "24.4.2021", "", action="check")
    )
    open_group(client, "24.4.2021", "")
    assert asked_groups(NOON) == [1, 2, 3]


def test_the_past_is_not_touched(client: Client) -> None:
    for answer in (open_group(client, "23.4.2021", ""), open_group(client, "24.4.2021", "11:59")):
        assert answer.status_code == 422
    row = PriorityOrder.objects.get(group=2)
    assert close_group(client, row, "23.4.2021").status_code == 422
    assert close_group(client, row, "26.4.2021").status_code == 302
    row.refresh_from_db()
    assert (row.valid_from, row.valid_until) == (date(2021, 2, 8), date(2021, 4, 25))
    assert asked_groups(NOON) == asked_groups(NOON + timedelta(days=1)) == [1, 2]
    assert asked_groups(NOON + timedelta(days=2)) == [1]


def test_a_plan_is_taken_back_before_it_begins(client: Client) -> None:
    open_group(client, "1.5.2021", "")
    row = PriorityOrder.objects.get(group=3)
    assert close_group(client, row, "24.4.2021").status_code == 302
    assert not PriorityOrder.objects.filter(group=3).exists()
    assert "zurückgenommen" in text_of(client.get(GROUPS))
    again = close_group(client, row, "24.4.2021")
    assert again.status_code == 409
    assert "nicht mehr geplant" in text_of(again)


def test_what_is_open_is_not_opened_twice_but_a_plan_may_come_earlier(client: Client) -> None:
    assert open_group(client, "25.4.2021", "", group="2").status_code == 409
    open_group(client, "3.5.2021", "")
    open_group(client, "26.4.2021", "")
    assert PriorityOrder.objects.get(group=3, valid_from=date(2021, 4, 26)).valid_until == date(2021, 5, 2)


def test_the_order_of_groups_ends_at_midnight(world: World, client: Client) -> None:
    assert "um 0 Uhr" in text_of(open_group(client, "7.6.2021", "6:00", group="all"))
    assert open_group(client, "7.6.2021", "", group="all").status_code == 302
    assert world.campaign.group_order(NOON).ranked
    assert not world.campaign.group_order(datetime(2021, 6, 7, tzinfo=BERLIN)).ranked


def test_two_plans_on_one_sight(client: Client) -> None:
    mine = hidden(client, GROUPS, "opening")
    open_group(client, "1.5.2021", "")
    typed = {"what": "open", "group": "4", "begins": "9.5.2021", "at": "7:30", "action": "save", **mine}
    clash = client.post(GROUPS, typed)
    assert clash.status_code == 409
    assert "wurde inzwischen geändert" in text_of(clash)
    assert 'value="9.5.2021"' in clash.content.decode()
    again = {**typed, "stand": str(clash.context["opening"]["stand"].value())}
    assert [client.post(GROUPS, again).status_code for _ in range(2)] == [302, 302]
    assert PriorityOrder.objects.filter(group=4).count() == 1
    assert PriorityOrder.objects.get(group=4).opens_at == time(7, 30)


def test_a_pinned_campaign_says_that_it_never_comes_to_a_later_day(world: World, client: Client) -> None:
    Campaign.objects.update(rules_as_of=date(2021, 4, 24))
    said = text_of(open_group(client, "1.5.2021", "", action="check"))
    assert "bleibt auf dem Regelstand vom 24.04.2021: Was später beginnt, gilt hier nicht." in said


# --- vaccines


def test_an_own_rule_goes_before_the_common_one_from_its_day_on(world: World, client: Client) -> None:
    page = f"{ROOT}impfstoffe/{world.vaccine.pk}/"
    world.entries(2)
    world.entry(birth_date=date(1990, 1, 1))
    asked = text_of(plan(client, page, "form", RULE, "check"))
    assert "Ab 01.05.2021, 0:00 Uhr kommen für Comirnaty vom Alter her 2 Personen in Frage, bisher 3." in asked
    assert plan(client, page, "form", RULE).status_code == 302
    common = VaccineRule.objects.get(campaign=None)
    assert (common.age_min, common.valid_until) == (16, None), "the common rule is untouched"
    ages = [world.campaign.vaccine_rules(day).get().age_min for day in (date(2021, 4, 30), date(2021, 5, 1))]
    assert ages == [16, 60]
    assert "ab 60 Jahren" in text_of(client.get(page))
    assert "neue Regel ab 01.05.2021" in text_of(client.get(f"{ROOT}impfstoffe/"))
    own = VaccineRule.objects.get(campaign=world.campaign)
    plan(client, page, "form", {"what": "end", "row": str(own.pk), "ends": "10.5.2021"})
    assert world.campaign.vaccine_rules(date(2021, 5, 10)).get() == common
    assert world.campaign.vaccine_rules(date(2021, 5, 9)).get() == own


def test_a_vaccine_is_suspended_and_only_here(world: World, client: Client) -> None:
    other = Campaign.objects.create(county=world.county, rule_set=world.campaign.rule_set, name="Andere")
    page = f"{ROOT}impfstoffe/{world.vaccine.pk}/"
    today = {**RULE, "begins": "24.4.2021", "suspended": "on"}
    assert "Ab sofort wird Comirnaty nicht mehr freigegeben." in text_of(plan(client, page, "form", today, "check"))
    plan(client, page, "form", today)
    assert not world.campaign.vaccine_rules(NOON.date()).exists()
    assert other.vaccine_rules(NOON.date()).exists()
    assert "ausgesetzt" in text_of(client.get(f"{ROOT}impfstoffe/"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"source": ""}, "source"),
        ({"begins": "1.4.2021"}, "begins"),
        ({"until": "30.4.2021"}, "until"),
        ({"age_max": "59"}, "age_max"),
        ({"interval_min_weeks": "", "interval_max_weeks": "12"}, "interval_min_weeks"),
        ({"begins": "übermorgen"}, "begins"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(
    world: World, client: Client, typed: dict[str, str], field: str
) -> None:
    answer = plan(client, f"{ROOT}impfstoffe/{world.vaccine.pk}/", "form", {**RULE, **typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]  # type: ignore[attr-defined]
    assert not VaccineRule.objects.filter(campaign=world.campaign).exists()


# --- criteria


def test_a_criterion_rests_and_counts_again(world: World, client: Client) -> None:
    person = world.entry()
    found = person.criterion
    assert found is not None
    page = f"{ROOT}kriterien/{found.pk}/"
    typed = {"what": "pause", "begins": "24.4.2021", "until": "", "source": "Erlass"}
    asked = text_of(plan(client, page, "form", typed, "check"))
    assert "Ab sofort zählt dieses Kriterium nicht. Auf der Liste angegeben: 1 Person." in asked
    plan(client, page, "form", typed)
    release = world.release()
    assert not StandbyEntry.objects.eligible_for(release, NOON).exists()
    assert "ausgesetzt" in text_of(client.get(f"{ROOT}kriterien/"))
    pause = world.campaign.criterion_pauses.get()
    assert plan(client, page, "form", {"what": "end", "row": str(pause.pk), "ends": "24.4.2021"}).status_code == 302
    assert StandbyEntry.objects.eligible_for(release, NOON).exists()


# --- all of them


def test_an_auditor_reads_and_plans_nothing(world: World, saturday_noon: Traveller) -> None:
    client = log_in(make_member(world.centre, Role.COUNTY_AUDITOR))
    criterion = world.campaign.rule_set.criteria.first()
    assert criterion is not None
    for page in (
        "gruppen/",
        "impfstoffe/",
        "kriterien/",
        f"kriterien/{criterion.pk}/",
        f"impfstoffe/{world.vaccine.pk}/",
    ):
        answer = client.get(ROOT + page)
        assert answer.status_code == 200
        assert 'class="form' not in answer.content.decode()
    for page in ("gruppen/", f"kriterien/{criterion.pk}/", f"impfstoffe/{world.vaccine.pk}/"):
        assert client.post(ROOT + page, {"what": "open"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for number in range(rows):
        open_group(client, f"{1 + 2 * number}.5.2021", "", group=str(3 + number % 2))
        PriorityOrder.objects.filter(group__in=[3, 4], valid_until=None).update(
            valid_until=date(2021, 5, 1 + 2 * number)
        )
    page = f"{ROOT}impfstoffe/{world.vaccine.pk}/"
    for day in range(rows):
        plan(client, page, "form", {**RULE, "begins": f"{1 + day}.5.2021"})
    with django_assert_num_queries(10):
        client.get(GROUPS)
    with django_assert_num_queries(9):
        client.get(f"{ROOT}impfstoffe/")
    with django_assert_num_queries(12):
        assert len(client.get(page).context["own"]) == rows
    with django_assert_num_queries(9):
        client.get(f"{ROOT}kriterien/")
