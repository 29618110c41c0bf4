"""Changing one part of what one told us: filled in, checked as at sign-up, and an offer keeps what it hangs on."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from impfzentrum.models import AuditEvent, Message, PlaceDue, StandbyEntry
from impfzentrum.procedures.writing import write_letter
from tests import factories
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import text_of

pytestmark = pytest.mark.usefixtures("saturday_noon")

NAME = {"given_name": "Erika", "family_name": "Muster"}
OLD, NEW = "+491713920001", "+491713920002"


def path(entry: StandbyEntry, part: str) -> str:
    return f"/s/{entry.token}/aendern/{part}/"


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


@pytest.mark.parametrize("part", ["kontakt", "grund", "weg", "impfung", "hilfe"])
def test_each_part_opens_with_what_was_said_and_writes_nothing(
    client: Client, world: World, part: str, nothing_is_written: object
) -> None:
    entry = world.entry(mobile=OLD, birth_date=date(1986, 3, 9), travel_minutes=35, interpreter="tr", language="en")
    entry.criterion = world.campaign.rule_set.criteria.get(code="kita_grundschule")
    entry.save()
    with nothing_is_written():  # type: ignore[operator]
        page = client.get(path(entry, part))
    assert page.status_code == 200
    html = page.content.decode()
    said = {
        "kontakt": OLD,
        "grund": f'value="{entry.criterion_id}"',
        "weg": 'value="35"',
        "impfung": f'value="{world.vaccine.pk}"',
        "hilfe": 'value="tr" selected',
    }
    assert said[part] in html
    assert client.get(path(entry, "anderes")).status_code == 404


def test_a_new_number_counts_from_its_code_on_and_the_old_one_until_then(client: Client, world: World) -> None:
    entry = world.entry(mobile=OLD)
    answer = client.post(path(entry, "kontakt"), {**NAME, "mobile": "0171 392 0002", "email": ""})
    proof = entry.proofs.get()
    assert answer["Location"] == f"/b/{proof.token}/"
    assert (again(entry).mobile, again(entry).state) == (OLD, "waiting")
    assert write_letter(Message.objects.get(), now=NOON).to == NEW
    assert client.post(f"/b/{proof.token}/", {"code": proof.code}).status_code == 303
    assert (again(entry).mobile, again(entry).mobile_confirmed_at) == (NEW, NOON)
    proof.refresh_from_db()
    assert proof.new_contact == ""


def test_a_new_address_waits_for_its_link(client: Client, world: World) -> None:
    entry = world.entry(mobile=OLD)
    typed = {**NAME, "mobile": OLD, "email": "erika@example.org"}
    page = client.post(path(entry, "kontakt"), typed, follow=True)
    assert "An die neue E-Mail-Adresse geht ein Link." in text_of(page)
    assert again(entry).email == ""
    proof = entry.proofs.get()
    assert write_letter(Message.objects.get(), now=NOON).to == "erika@example.org"
    client.post(f"/b/{proof.token}/")
    assert [str(channel) for channel in again(entry).channels] == ["sms", "email"]


def test_the_last_confirmed_contact_stays(client: Client, world: World) -> None:
    entry = world.entry(mobile=OLD)
    page = client.post(path(entry, "kontakt"), {**NAME, "mobile": "", "email": "erika@example.org"})
    assert (page.status_code, "mindestens einen bestätigten Kontakt" in text_of(page)) == (422, True)
    assert 'value="erika@example.org"' in page.content.decode()
    assert again(entry).mobile == OLD
    both = world.entry(mobile=NEW, email="otto@example.org")
    client.post(path(both, "kontakt"), {**NAME, "mobile": "", "email": "otto@example.org"})
    assert (again(both).mobile, again(both).mobile_index, again(both).state) == ("", "", "waiting")


def test_a_strangers_number_is_not_written_to_all_day(client: Client, world: World) -> None:
    entry = world.entry(mobile=OLD)
    typed = {**NAME, "mobile": NEW, "email": ""}
    assert [client.post(path(entry, "kontakt"), typed).status_code for _ in range(6)] == [303] * 5 + [429]


def test_another_reason_is_another_group(client: Client, world: World) -> None:
    entry = world.entry(birth_date=date(1986, 3, 9), priority_group=4)
    kita = world.campaign.rule_set.criteria.get(code="kita_grundschule")
    assert client.post(path(entry, "grund"), {"criterion": kita.pk}).status_code == 303
    assert (again(entry).priority_group, again(entry).criterion) == (2, kita)
    assert AuditEvent.objects.get(action="corrected").detail == {"part": "reason"}
    assert client.post(path(entry, "grund"), {"criterion": 0}).status_code == 422


def test_another_centre_and_way(client: Client, world: World) -> None:
    other = factories.make_centre(world.county, slug="bad-wildungen", name="Impfzentrum Bad Wildungen")
    entry = world.entry()
    entry.further_centres.create(centre=other, travel_minutes=50)
    typed = {"any_time": "always", "centre": other.pk, "travel_minutes": "45"}
    assert client.post(path(entry, "weg"), typed).status_code == 303
    assert (again(entry).centre, again(entry).travel_minutes) == (other, 45)
    assert not entry.further_centres.exists()
    assert PlaceDue.objects.filter(entry=entry, centre=other).exists(), "their place in the order follows"


def test_another_vaccine(client: Client, world: World) -> None:
    more = factories.make_vaccine(world.campaign, name="Spikevax")
    entry = world.entry()
    assert client.post(path(entry, "impfung"), {"vaccines": [more.pk], "dose_wanted": 1}).status_code == 303
    assert list(entry.vaccines.all()) == [more]
    page = client.post(path(entry, "impfung"), {"vaccines": [], "dose_wanted": 1})
    assert (page.status_code, "mindestens einen Impfstoff" in text_of(page)) == (422, True)


def test_help_and_language(client: Client, world: World) -> None:
    entry = world.entry()
    typed = {"language": "en", "interpreter": "tr", "needs": [], "comes_with": "7k2m9x"}
    assert client.post(path(entry, "hilfe"), typed).status_code == 303
    assert (again(entry).language, again(entry).interpreter, again(entry).comes_with) == ("en", "tr", "7K2M9X")


@pytest.mark.parametrize(("part", "status"), [("grund", 409), ("weg", 409), ("impfung", 409), ("kontakt", 200)])
def test_while_an_offer_is_open_what_it_hangs_on_stays(client: Client, world: World, part: str, status: int) -> None:
    entry = world.entry()
    ask(world.release())
    assert client.get(path(entry, part)).status_code == status
    assert client.post(path(entry, part), {}).status_code == (409 if status == 409 else 422)


def test_who_has_left_changes_nothing(client: Client, world: World) -> None:
    entry = world.entry(state="left")
    assert client.post(path(entry, "hilfe"), {"language": "en"}).status_code == 409
