"""The own page of somebody whom staff call: their number stands on it, and it is contact enough."""

from __future__ import annotations

import pytest
from django.test import Client

from impfzentrum.models import Message, StandbyEntry
from impfzentrum.procedures.disclosing import export_data
from impfzentrum.procedures.doubling import tell_first_of_name
from impfzentrum.procedures.staying import leave_list
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.calling import LANDLINE, callable_entry
from tests.views.citizens import text_of

pytestmark = pytest.mark.usefixtures("saturday_noon")

SHOWN = "069 90009123"


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_page_tells_the_number_and_whether_we_call_it(client: Client, world: World, confirmed: bool) -> None:
    entry = callable_entry(world, email="erika@example.org", email_confirmed_at=NOON)
    if not confirmed:
        StandbyEntry.objects.filter(pk=entry.pk).update(phone_confirmed_at=None)
    text = text_of(client.get(f"/s/{entry.token}/"))
    says = "bestätigt" if confirmed else "nicht bestätigt, wir rufen hier nicht an"
    assert f"Nummer für Anrufe {SHOWN}, {says}" in text
    assert "Mobilnummer" not in text


def test_with_a_number_for_calls_the_address_may_go(client: Client, world: World) -> None:
    entry = callable_entry(world, email="erika@example.org", email_confirmed_at=NOON)
    typed = {"given_name": "Erika", "family_name": "Muster", "mobile": "", "email": ""}
    client.post(f"/s/{entry.token}/aendern/kontakt/", typed)
    entry.refresh_from_db()
    assert (entry.state, entry.email, entry.channels) == ("waiting", "", ["call"])


def test_the_file_holds_numbers_and_hint_and_leaving_erases_them(world: World) -> None:
    entry = callable_entry(world, second_phone="+491713920002", call_hint="nach 9 Uhr")
    told = export_data(entry, now=NOON)["data"]["StandbyEntry"][0]
    assert (told["phone"], told["second_phone"], told["call_hint"]) == (LANDLINE, "+491713920002", "nach 9 Uhr")
    leave_list(entry, now=NOON)
    entry.refresh_from_db()
    assert (entry.phone, entry.second_phone, entry.call_hint, entry.phone_confirmed_at) == ("", "", "", None)


def test_nobody_is_called_because_their_name_was_typed(world: World) -> None:
    callable_entry(world)
    tell_first_of_name(world.entry(mobile="+491713920002"), now=NOON)
    assert not Message.objects.exists()
