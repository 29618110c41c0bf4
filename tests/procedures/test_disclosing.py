"""The inventory names every field there is, and the file of one's own data is made from it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Manager, Model
from django.test.utils import CaptureQueriesContext

from impfzentrum.data_inventory import INVENTORY
from impfzentrum.data_kinds import Kept
from impfzentrum.models import StandbyEntry
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.disclosing import TITLES, disclose, export_data
from impfzentrum.procedures.proving import start_proof
from impfzentrum.procedures.staying import leave_list
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON, ask

NAMED = {item.model for item in INVENTORY}
NOT_ABOUT_ANYBODY = {"PlaceDue"}
"""A note for the matching, gone within seconds; it holds nothing but which entry to look at."""


def fields_of(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields() if field.concrete}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_field_is_named_once_with_purpose_and_retention(name: str) -> None:
    told = Counter(field for item in INVENTORY if item.model == name for field in item.fields)
    assert set(told) == fields_of(apps.get_model("impfzentrum", name))
    assert max(told.values()) == 1


def test_every_model_that_hangs_on_a_person_is_named() -> None:
    hang = {relation.related_model.__name__ for relation in StandbyEntry._meta.related_objects}
    assert hang - NAMED <= NOT_ABOUT_ANYBODY


def empty(value: Any) -> bool:
    return not value.exists() if isinstance(value, Manager) else value in (None, "", False)


def test_what_is_promised_to_go_with_the_person_goes(world: World) -> None:
    entry = world.entry(email="erika@example.org", morning_mail=True, morning_asked_on=date(2021, 4, 24))
    entry.further_centres.create(centre=world.centre, travel_minutes=5)
    leave_list(entry, now=NOON)
    entry = StandbyEntry.objects.get()
    promised = [
        field
        for item in INVENTORY
        for field in item.fields
        if item.model == "StandbyEntry" and item.kept == Kept.UNTIL_LEAVING
    ]
    usual = {"dose_wanted": 1, "availability": StandbyEntry._meta.get_field("availability").default}
    left = {name for name in promised if not empty(getattr(entry, name)) and getattr(entry, name) != usual.get(name)}
    assert left == set()
    assert not entry.further_centres.exists()


@pytest.fixture
def person(world: World) -> StandbyEntry:
    entry = world.entry(email="erika@example.org")
    accept_offer(ask(world.release())[0], now=NOON)
    start_proof(entry, Channel.EMAIL, now=NOON)
    entry.replies.create(
        provider="seven", provider_id="1", received_at=NOON, word="yes", outcome="accepted", handled_at=NOON
    )
    return StandbyEntry.objects.select_related("campaign__county", "centre").get()


def test_the_file_holds_what_there_is_and_no_secret(person: StandbyEntry) -> None:
    told = export_data(person, now=NOON)
    text = json.dumps(told, ensure_ascii=False)
    assert set(told["data"]) == {"StandbyEntry", "ContactProof", "Offer", "Dose", "Place", "Message", "Reply"}
    [entry] = told["data"]["StandbyEntry"]
    assert (entry["given_name"], entry["email"], entry["vaccines"]) == ("Erika", "erika@example.org", ["Comirnaty"])
    assert entry["mobile_confirmed_at"] == "2021-04-24T12:00:00+02:00"
    assert told["data"]["Offer"][0]["state"] == "angenommen"
    offer = person.offers.get()
    for secret in (person.token, person.token_hash, person.mobile_index, offer.token, offer.token_hash):
        assert secret not in text


@pytest.mark.parametrize("offers", [1, 3])
def test_reading_it_all_takes_as_many_queries_as_there_are_kinds(world: World, offers: int) -> None:
    entry = world.entry()
    for _ in range(offers):
        now = {"created_at": NOON, "state_since": NOON}
        values = {"priority_group": 2, "ticket": 1, "travel_minutes": 20, **now}
        entry.offers.create(release=world.release(), state="declined", **values)
        entry.proofs.create(channel="sms", created_at=NOON, expires_at=NOON, token_hash=str(entry.proofs.count()))
    entry = StandbyEntry.objects.select_related("campaign__county", "centre").get()
    with CaptureQueriesContext(connection) as queries:
        disclose(entry)
    assert len(queries) == 11


def test_titles_and_inventory_agree() -> None:
    assert set(TITLES) == {item.model for item in INVENTORY if item.told}
