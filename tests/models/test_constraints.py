"""The database has the last word: what must not be cannot be written, whatever code tries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from impfzentrum.models import Dose, Message, Offer, Release, StandbyEntry, SwitchRule
from impfzentrum.rules.availability import ALWAYS
from tests import factories
from tests.conftest import World
from tests.factories import NOON


def rewrite(row: Any, **values: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def refused(constraint: str, write: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("entry_state_known", {"state": "dreaming"}),
        ("entry_group_known", {"priority_group": 5}),
        ("entry_travel_possible", {"travel_minutes": 241}),
        ("entry_waits_only_with_confirmed_contact", {"mobile_confirmed_at": None}),
        ("entry_last_dose_goes_with_later_doses", {"dose_wanted": 2}),
        ("entry_last_dose_goes_with_later_doses", {"last_dose_on": date(2021, 3, 1)}),
        ("entry_birth_date_while_on_list", {"birth_date": None}),
        ("entry_available_sometimes", {"availability": 0}),
        ("entry_available_sometimes", {"availability": ALWAYS + 1}),
    ],
)
def test_an_entry_refuses(world: World, constraint: str, values: dict[str, Any]) -> None:
    entry = world.entry()
    refused(constraint, lambda: rewrite(entry, **values))


@pytest.mark.parametrize("values", [{"cap_per_day": 0}, {"cap_per_day": 4, "cap_per_week": 3}])
def test_a_county_refuses_caps_that_ask_nobody_or_contradict(world: World, values: dict[str, Any]) -> None:
    refused("county_caps_in_order", lambda: rewrite(world.county, **values))


def test_a_switch_is_between_two_products_and_its_interval_in_order(world: World) -> None:
    other = factories.make_vaccine(world.campaign, "Vaxzevria")
    rule: dict[str, Any] = {
        "rule_set": world.campaign.rule_set,
        "vaccine": world.vaccine,
        "after": other,
        "valid_from": NOON.date(),
        "interval_min_weeks": 4,
        "evidence": "K",
    }
    SwitchRule.objects.create(**rule)
    refused("switch_rule_once_a_start", lambda: SwitchRule.objects.create(**rule))
    same = {**rule, "after": world.vaccine}
    refused("switch_rule_between_two_products", lambda: SwitchRule.objects.create(**same))
    turned = {**rule, "valid_from": date(2021, 7, 1), "interval_max_weeks": 3}
    refused("switch_rule_interval_in_order", lambda: SwitchRule.objects.create(**turned))


def test_one_person_holds_one_dose(world: World) -> None:
    entry = world.entry()
    first, second = world.release(doses=2).doses.all()
    rewrite(first, state="held", holder=entry)
    refused("dose_one_live_a_person", lambda: rewrite(second, state="confirmed", holder=entry))


@pytest.mark.parametrize("state", ["held", "confirmed", "arrived", "vaccinated", "deferred", "missed"])
def test_a_dose_that_is_taken_names_its_holder(world: World, state: str) -> None:
    dose = world.release().doses.get()
    refused("dose_holder_goes_with_state", lambda: rewrite(dose, state=state, holder=None))


@pytest.mark.parametrize("state", ["free", "lapsed", "withdrawn"])
def test_a_dose_of_nobody_names_nobody(world: World, state: str) -> None:
    dose, entry = world.release().doses.get(), world.entry()
    refused("dose_holder_goes_with_state", lambda: rewrite(dose, state=state, holder=entry))


def test_nobody_is_asked_twice_at_once_or_twice_for_one_release(world: World) -> None:
    world.entries(1)
    release, other = world.release(), world.release()
    [offer] = factories.ask(release)
    twin = {
        "entry": offer.entry,
        "state_since": NOON,
        "created_at": NOON,
        "priority_group": 2,
        "ticket": 1,
        "travel_minutes": 20,
    }
    refused("offer_one_live_a_person", lambda: Offer.objects.create(release=other, **twin))
    refused("offer_once_a_person_and_release", lambda: Offer.objects.create(release=release, state="late", **twin))


def test_a_dose_belongs_to_one_offer(world: World) -> None:
    world.entries(2)
    first, second = factories.ask(world.release(doses=2))
    refused("offer_one_live_a_dose", lambda: rewrite(second, dose=first.dose_id))


def test_no_promise_without_a_dose_and_no_open_offer_without_an_end(world: World) -> None:
    world.entries(1)
    [offer] = factories.ask(world.release())
    refused("offer_accepted_has_dose", lambda: rewrite(offer, state="accepted", dose=None))
    refused("offer_open_has_end", lambda: rewrite(offer, answer_by=None))


def test_people_arrive_before_the_dose_has_to_be_used(world: World) -> None:
    release = world.release()
    late = F("use_by") + timedelta(minutes=1)
    refused("release_arrival_before_use_by", lambda: rewrite(release, arrive_until=late))
    refused("release_arrival_before_use_by", lambda: rewrite(release, arrive_from=F("arrive_until")))
    other = world.release()
    refused("release_number_once_a_centre", lambda: rewrite(other, number=release.number))


def test_a_message_on_its_way_is_leased(world: World) -> None:
    world.entries(1)
    factories.ask(world.release())
    message = Message.objects.get()
    refused("message_sending_is_leased", lambda: rewrite(message, state="sending", lease_until=None))


def test_one_campaign_runs_in_a_county(world: World) -> None:
    refused("campaign_one_running_a_county", lambda: factories.make_campaign(world.county))


@pytest.mark.parametrize("model", [StandbyEntry, Release, Dose, Offer, Message])
def test_an_unknown_state_is_refused_by_every_model(world: World, model: type[Any]) -> None:
    world.entries(1)
    factories.ask(world.release(doses=2))
    refused("state_known", lambda: rewrite(model._base_manager.order_by("pk").last(), state="dreaming"))
