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

MADE_BY_THE_SITE = (models.SmsProvider, models.WeightChange)
"""Shown, but nobody adds any by hand."""


def test_only_reference_data_is_there() -> None:
    persons = {
        models.AuditEvent, models.ContactProof, models.Dose, models.Message, models.Offer, models.Release,
        models.StandbyEntry, models.Draw, models.Reply, models.DeliveryReceipt,
    }  # fmt: skip
    assert not persons & set(REFERENCE)
    assert len(REFERENCE) == 12
    assert set(admin.site._registry) == set(REFERENCE), "no accounts, no groups, no devices"


@pytest.mark.parametrize("model", REFERENCE, ids=lambda model: model._meta.model_name)
def test_lists_and_forms_open(world: World, model: type[object]) -> None:
    client = log_in(User.objects.create_superuser("root", password="demo-password"))
    name = model._meta.model_name  # type: ignore[attr-defined]
    for page in ("changelist", "add"):
        status = client.get(reverse(f"admin:impfzentrum_{name}_{page}")).status_code
        assert status == (403 if page == "add" and model in MADE_BY_THE_SITE else 200)


@pytest.mark.parametrize("is_staff", [True, False])
def test_staff_have_no_way_in(world: World, client: Client, is_staff: bool) -> None:
    world.staff.is_staff = is_staff
    world.staff.save()
    client.force_login(world.staff)
    assert client.get("/verwaltung/").status_code == 403
    assert client.get("/verwaltung/login/").status_code == 403


def test_strangers_come_to_the_one_login(db: None, client: Client) -> None:
    response = client.get("/verwaltung/", follow=True)
    assert response.redirect_chain[-1] == ("/intern/anmelden/?next=/verwaltung/", 302)
