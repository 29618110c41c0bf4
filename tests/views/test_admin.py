"""Django's admin is for reference data. No page of it shows a person on the list."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from impfzentrum import models
from tests.conftest import World
from tests.views.staff import log_in

REFERENCE = [model for model in admin.site._registry if model._meta.app_label == "impfzentrum"]


def test_only_reference_data_is_there() -> None:
    persons = {
        models.AuditEvent, models.ContactProof, models.Dose, models.Message, models.Offer, models.Release,
        models.StandbyEntry, models.Draw,
    }  # fmt: skip
    assert not persons & set(REFERENCE)
    assert len(REFERENCE) == 11


@pytest.mark.parametrize("model", REFERENCE, ids=lambda model: model._meta.model_name)
def test_lists_and_forms_open(world: World, model: type[object]) -> None:
    client = log_in(User.objects.create_superuser("root", password="demo-password"))
    name = model._meta.model_name  # type: ignore[attr-defined]
    for page in ("changelist", "add"):
        assert client.get(reverse(f"admin:impfzentrum_{name}_{page}")).status_code == 200


def test_staff_have_no_way_in(world: World, client: Client) -> None:
    client.force_login(world.staff)
    assert client.get("/verwaltung/").status_code == 302
