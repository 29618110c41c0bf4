"""Every form of staff has a key of its own, and what is sent twice happens once."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from impfzentrum import once
from impfzentrum.models import AuditEvent, FormKey
from impfzentrum.procedures.changing import stamp_doses
from impfzentrum.procedures.tapping import forget_forms
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import text_of
from tests.views.staff import log_in

pytestmark = pytest.mark.usefixtures("saturday_noon")

ADD = "/zentrum/korbach/freigabe/1/dosen-dazu/"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
PUBLIC = {"citizen", "entry", "kern", "login", "messages", "offer", "pages", "parts", "postfach", "registration"}
STAFF = [folder for folder in TEMPLATES.iterdir() if folder.is_dir() and folder.name not in PUBLIC]
"""A new folder is one of staff, until somebody says here that it is not."""

ONLY_SHOWS = {"bookings/day.html 1", "centre/hand_pick.html 1", "county/text_form.html 1", "daylist/list.html 1"}
"""Forms that never change anything: they search, show a preview, or lead to the form that does."""

AMONG_FIELDS = {"centre/check_release.html 1"}
"""The key is one of the fields that are written in a loop."""


@pytest.fixture
def client(world: World) -> Client:
    world.release(doses=2)
    return log_in(world.staff)


def test_every_form_of_staff_has_a_key() -> None:
    without = set()
    for path in (path for folder in STAFF for path in folder.rglob("*.html")):
        forms = re.findall(r'<form [^>]*method="post".*?</form>', path.read_text(), re.DOTALL)
        name = path.relative_to(TEMPLATES)
        without |= {f"{name} {number}" for number, form in enumerate(forms, start=1) if "form_key" not in form}
    assert without == ONLY_SHOWS | AMONG_FIELDS


def typed(world: World, doses: int = 3) -> dict[str, str]:
    return {"doses": str(doses), "stand": stamp_doses(world.centre.releases.get()), "form_key": str(uuid.uuid4())}


def test_the_second_tap_goes_where_the_first_one_led(world: World, client: Client) -> None:
    values = typed(world)
    first, second = client.post(ADD, values), client.post(ADD, values)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"] == "/zentrum/korbach/freigabe/1/"
    page = text_of(client.get(second.headers["Location"]))
    assert "3 Dosen sind dazugekommen." in page
    assert "Das haben Sie um 12:00 Uhr schon abgeschickt. Das zweite Mal hat nichts geändert." in page
    assert world.centre.releases.get().doses.count() == 5
    assert AuditEvent.objects.filter(action="doses_added").count() == 1


def test_what_was_shown_with_mistakes_may_be_sent_again(world: World, client: Client) -> None:
    values = typed(world, doses=0)
    for _tap in range(2):
        assert client.post(ADD, values).status_code == 422
    assert not FormKey.objects.exists()
    assert client.post(ADD, values | {"doses": "1"}).status_code == 302, "the key is still good"


def test_other_words_are_another_form(world: World, client: Client) -> None:
    values = typed(world)
    client.post(ADD, values)
    page = text_of(client.post(ADD, values | {"doses": "4"}, follow=True))
    assert "jetzt sind es 5" in page, "the form's own guard answers"


def test_somebody_elses_form_is_another_one(world: World, client: Client) -> None:
    values = typed(world)
    client.post(ADD, values)
    lead = log_in(world.staff.__class__.objects.get(pk=world.staff.pk))
    assert "schon abgeschickt" in text_of(lead.post(ADD, values, follow=True)), "the same person in another browser"


def test_what_broke_off_is_told_as_it_is(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    values = typed(world)
    client.post(ADD, values)
    FormKey.objects.update(led_to="")
    monkeypatch.setattr(once, "PATIENCE", 0.0)
    page = text_of(client.post(ADD, values, follow=True))
    assert "Ob es angekommen ist, wissen wir noch nicht" in page
    assert "Wie viele Dosen kommen dazu?" in page, "the form once more, with a new key"


def test_what_is_not_there_leaves_no_claim(world: World, client: Client) -> None:
    client.post(ADD.replace("/1/", "/9/"), typed(world))
    assert not FormKey.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "a\x00b"])
def test_a_form_without_a_readable_key_is_answered_as_it_is(world: World, client: Client, key: str) -> None:
    assert client.post(ADD, typed(world) | {"form_key": key}).status_code == 302
    assert not FormKey.objects.exists()


def test_forms_are_forgotten_after_a_day_and_hold_no_words(world: World, client: Client) -> None:
    client.post(ADD, typed(world))
    [row] = FormKey.objects.values()
    assert set(row) == {"id", "digest", "by_id", "sent_at", "led_to"}
    with time_machine.travel(NOON, tick=False):
        assert forget_forms(now=NOON + timedelta(hours=23)) == 0
        assert forget_forms(now=NOON + timedelta(hours=24)) == 1
