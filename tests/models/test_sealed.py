"""A stolen dump reads no name and opens no page."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import StandbyEntry
from impfzentrum.models.sealed import (
    blind_index,
    derive_check_in_code,
    derive_code,
    derive_token,
    hash_token,
)
from tests.conftest import World


def stored_row(entry: StandbyEntry) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM impfzentrum_standbyentry e WHERE id = %s", [entry.pk])
        return str(cursor.fetchone()[0])


def test_the_table_shows_neither_name_nor_contact_nor_link(world: World) -> None:
    entry = world.entry(given_name="Žofia", family_name="Großmüller", email="zofia@example.org")
    row = stored_row(entry)
    for secret in ("Žofia", "fia", "Großmüller", "Gro", entry.mobile, entry.mobile[-6:], "zofia@", entry.token):
        assert secret not in row
    again = StandbyEntry.objects.get(pk=entry.pk)
    assert (again.given_name, again.family_name, again.email) == ("Žofia", "Großmüller", "zofia@example.org")


def test_the_same_name_is_sealed_differently_each_time(world: World) -> None:
    first, second = world.entries(2, family_name="Muster", given_name="Erika")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT family_name FROM impfzentrum_standbyentry")
        assert len(cursor.fetchall()) == 2
    assert first.family_name == second.family_name


def test_after_a_change_of_keys_old_rows_open_and_new_ones_are_sealed_with_the_new_key(
    world: World, settings: SettingsWrapper
) -> None:
    old = world.entry(given_name="Alt")
    new_key = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    new = world.entry(given_name="Neu")
    assert StandbyEntry.objects.get(pk=old.pk).given_name == "Alt"
    settings.FIELD_KEYS = [new_key]
    assert StandbyEntry.objects.get(pk=new.pk).given_name == "Neu"
    with pytest.raises(InvalidToken):
        StandbyEntry.objects.get(pk=old.pk)


def test_an_empty_field_stays_empty_and_needs_no_key(world: World, settings: SettingsWrapper) -> None:
    entry = world.entry(email="")
    settings.FIELD_KEYS = []
    assert StandbyEntry.objects.values_list("email", flat=True).get(pk=entry.pk) == ""


def test_blind_indexes_differ_by_purpose_and_value() -> None:
    assert blind_index("mobile", "+491713920001") == blind_index("mobile", "+491713920001")
    found = {blind_index(purpose, value) for purpose in ("mobile", "email") for value in ("a", "b")}
    assert len(found) == 4
    assert blind_index("mobile", "") == ""


def test_tokens_are_derived_differ_by_purpose_and_only_their_hash_is_stored(world: World) -> None:
    entry = world.entry()
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", entry.token)
    assert entry.token_hash == hash_token(entry.token)
    subject = str(entry.public_id)
    assert len({derive_token(purpose, subject) for purpose in ("entry", "offer", "proof")}) == 3


def test_another_secret_makes_other_tokens(world: World, settings: SettingsWrapper) -> None:
    entry = world.entry()
    before = entry.token
    settings.INDEX_KEY = b"another secret of 32 bytes......"
    assert entry.token != before


def test_codes_are_easy_to_type_and_spread_over_their_range() -> None:
    subjects = [str(uuid4()) for _ in range(300)]
    assert all(re.fullmatch(r"\d{6}", derive_code(subject)) for subject in subjects)
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", derive_check_in_code(subject)) for subject in subjects)
    assert len({derive_code(subject) for subject in subjects}) > 290
    assert len({derive_check_in_code(subject) for subject in subjects}) > 295
