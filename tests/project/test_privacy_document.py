"""docs/privacy.md says what the models say; a field nobody explained does not get in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps
from django.core.management import call_command

from impfzentrum.data_inventory import INVENTORY
from impfzentrum.data_kinds import Kept
from impfzentrum.data_tables import put_tables, write_tables
from impfzentrum.data_viewers import who_sees
from impfzentrum.management.commands.document_privacy import DOCUMENT
from impfzentrum.models import Retention
from impfzentrum.models.sealed import SealedTextField

NAMED = {(item.model, field) for item in INVENTORY for field in item.fields}
OF_STAFF = {"TeamExport", "Authenticator"}
"""Sealed settings of a centre and of staff; nothing about people on the list."""


def test_the_tables_are_those_of_today() -> None:
    call_command("document_privacy", check=True)


def test_an_older_document_is_noticed() -> None:
    longer = [*INVENTORY, replace(INVENTORY[0], fields=("shoe_size",))]
    document = DOCUMENT.read_text(encoding="utf-8")
    assert put_tables(document, longer) != document
    assert "`shoe_size`" in write_tables(longer)


def test_nobody_forgot_to_say_who_sees_it() -> None:
    for model, field in NAMED:
        assert who_sees(model, field)
    with pytest.raises(KeyError):
        who_sees("Shoe", "size")


def test_every_sealed_field_is_explained() -> None:
    sealed = {
        (model.__name__, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTextField) and model.__name__ not in OF_STAFF
    }
    assert sealed <= NAMED


def test_the_terms_in_the_text_are_the_defaults() -> None:
    terms, document = Retention(), DOCUMENT.read_text(encoding="utf-8")
    for said in (
        f"| {terms.unconfirmed_hours} hours |",
        f"| {terms.vaccinated_hours} hours |",
        f"after {terms.ask_after_days} days, gone after {terms.gone_after_days}",
        f"| {terms.message_days} days |",
        f"| {terms.feedback_days} days |",
    ):
        assert said in document
    assert str(Kept.A_MONTH.label).startswith(str(terms.message_days))
    assert str(Kept.FEEDBACK.label).startswith(str(terms.feedback_days))
