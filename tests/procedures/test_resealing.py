"""A new key: every sealed field of every model, while others write; then the old key may go."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import (
    Authenticator,
    Booking,
    BookingImport,
    Feedback,
    OpeningWatch,
    Reply,
    SignUpDraft,
    StandbyEntry,
    TeamExport,
    TeamExportRun,
    TeamMail,
)
from impfzentrum.models.sealed import SealedTextField
from impfzentrum.procedures.resealing import count_column, list_sealed_columns, reseal_column
from tests.conftest import World
from tests.factories import NOON

SEALED = {
    f"{model.__name__}.{field.name}"
    for model in apps.get_models()
    for field in model._meta.get_fields()
    if isinstance(field, SealedTextField)
}


def fill(world: World) -> dict[str, models.Model]:
    """A row with every sealed field filled, of each model that has one."""
    entry = world.entry(
        email="erika@example.org", phone="+495631", second_phone="+495632", call_hint="abends", interpreter="tr",
        needs="more_time",
    )  # fmt: skip
    run = TeamExportRun.objects.create(centre=world.centre, day=NOON.date(), due_at=NOON, made_at=NOON)
    return {
        "StandbyEntry": entry,
        "ContactProof": entry.proofs.create(
            channel="sms", new_contact="+491719", created_at=NOON, expires_at=NOON + timedelta(hours=1)
        ),
        "Reply": Reply.objects.create(
            provider="seven", provider_id="1", received_at=NOON, word="help", sender="+491718"
        ),
        "OpeningWatch": OpeningWatch.objects.create(
            county=world.county, email="w@example.org", email_index="w", asked_at=NOON
        ),
        "SignUpDraft": SignUpDraft.objects.create(
            campaign=world.campaign, answers="{}", created_at=NOON, expires_at=NOON
        ),
        "Feedback": Feedback.objects.create(
            county=world.county, page="left", rating=1, text="Danke", language="de", given_at=NOON
        ),
        "Authenticator": Authenticator.objects.create(user=world.staff, name="app"),
        "Booking": Booking.objects.create(
            centre=world.centre, reference="B1", at=NOON, vaccine=world.vaccine, name="Muster", state_since=NOON
        ),
        "BookingImport": BookingImport.objects.create(
            centre=world.centre,
            brought_by=world.staff,
            brought_at=NOON,
            state_since=NOON,
            form_key=uuid4(),
            day=NOON.date(),
            content="a",
            cells="b",
            outlook="c",
        ),
        "TeamExport": TeamExport.objects.create(
            centre=world.centre, addresses="team@example.org", password="geheim-1234", changed_at=NOON,
            changed_by=world.staff,
        ),
        "TeamMail": TeamMail.objects.create(run=run, address="team@example.org"),
    }  # fmt: skip


def values_of(rows: dict[str, models.Model]) -> dict[str, Any]:
    found = {}
    for name in sorted(SEALED):
        model, _, field = name.partition(".")
        found[name] = getattr(type(rows[model])._base_manager.get(pk=rows[model].pk), field)
    return found


def test_every_sealed_field_is_found_and_the_old_key_can_go(world: World, settings: SettingsWrapper) -> None:
    assert {column.name for column in list_sealed_columns()} == SEALED
    rows = fill(world)
    before = values_of(rows)
    assert all(before.values()), "a field without a value would prove nothing"
    old, new = settings.FIELD_KEYS, Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *old]
    with pytest.raises(CommandError, match=r"StandbyEntry\.given_name: 1 brauchen"):
        call_command("rotate_keys", check=True, stdout=StringIO())
    told = StringIO()
    call_command("rotate_keys", stdout=told)
    assert told.getvalue().count("1 versiegelt, 1 neu, 0 mit altem") == len(SEALED)
    settings.FIELD_KEYS = [new]
    call_command("rotate_keys", check=True, stdout=StringIO())
    assert values_of(rows) == before
    again = StringIO()
    call_command("rotate_keys", stdout=again)
    assert again.getvalue().count("1 versiegelt, 0 neu") == len(SEALED), "a second run has nothing to do"


def test_a_key_that_went_too_early_is_noticed_and_nothing_is_overwritten(
    world: World, settings: SettingsWrapper
) -> None:
    entry = world.entry()
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="1 sind zu"):
        call_command("rotate_keys", stdout=StringIO())
    with pytest.raises(InvalidToken):
        StandbyEntry.objects.get(pk=entry.pk)
    settings.FIELD_KEYS = old
    assert StandbyEntry.objects.get(pk=entry.pk).given_name == "Erika"


@pytest.mark.parametrize("many", [3, 1_203])
def test_it_goes_through_all_rows_in_spans(world: World, settings: SettingsWrapper, many: int) -> None:
    Reply.objects.bulk_create(
        Reply(provider="seven", provider_id=str(number), received_at=NOON, word="help", sender="+491718")
        for number in range(many)
    )
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    [column] = [one for one in list_sealed_columns() if one.name == "Reply.sender"]
    assert count_column(column).waiting == many
    done = reseal_column(column)
    assert (done.looked_at, done.resealed, done.waiting, done.lost) == (many, many, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_row_in_use_is_passed_by_and_found_by_the_next_run(committed_world: World, settings: SettingsWrapper) -> None:
    first, second = committed_world.entries(2)
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    [column] = [one for one in list_sealed_columns() if one.name == "StandbyEntry.given_name"]
    locked, done = threading.Event(), threading.Event()

    def rename() -> None:
        with transaction.atomic():
            row = StandbyEntry.objects.select_for_update(no_key=True).get(pk=second.pk)
            locked.set()
            done.wait(60)
            row.given_name = "Anders"
            row.save(update_fields=["given_name"])
        connection.close()

    other = threading.Thread(target=rename)
    other.start()
    locked.wait(60)
    found = reseal_column(column)
    done.set()
    other.join(60)
    assert (found.resealed, found.waiting) == (1, 1)
    assert reseal_column(column).waiting == 0
    assert StandbyEntry.objects.get(pk=second.pk).given_name == "Anders"
    assert StandbyEntry.objects.get(pk=first.pk).given_name == "Erika"
