"""`manage.py invariants`: quiet over a day that was played through, and loud about each kind of planted fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from impfzentrum.models import AuditEvent, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.models.offer import BY_HAND
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.hand_picking import consent_to_hand_pick
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.staying import leave_list, pause_entry
from impfzentrum.procedures.sweeping import sweep, tend
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import propose
from tests.procedures.played import SOON, accepted_offer, fresh, open_offer


def plant(model: type[models.Model], constraint: str, **values: object) -> None:
    """Write what the database would refuse, inside the test's transaction."""
    drop(model, constraint)
    model._base_manager.update(**values)


def drop(model: type[models.Model], *constraints: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in constraints:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def test_a_day_that_was_played_through_breaks_nothing(world: World) -> None:
    world.entries(12)
    release = world.release(doses=6)
    offers = factories.ask(release)
    for offer in offers[:3]:
        accept_offer(offer, now=SOON)
    decline_offer(offers[3], now=SOON)
    cancel_dose(offers[0], now=SOON)
    pause_entry(offers[4].entry, until=None, now=SOON)
    leave_list(fresh(offers[1]).entry, now=SOON)
    assert list(find_violations()) == []
    for minutes in (10, 20, 40, 400):
        now = NOON + timedelta(minutes=minutes)
        sweep(now=now)
        deliver_messages(clock=iter([now] * 100).__next__)
        assert list(find_violations()) == []
    tend(now=now)
    call_command("invariants", verbosity=0)


def dose_with_two_offers(world: World) -> None:
    world.entries(2)
    first, second = factories.ask(world.release(doses=2))
    drop(Offer, "offer_one_live_a_dose")
    Offer.objects.filter(pk=second.pk).update(dose=first.dose)


def offer_for_the_dose_of_another(world: World) -> None:
    open_offer(world)
    Dose.objects.update(holder=world.entry())


def two_open_offers(world: World) -> None:
    offer = open_offer(world)
    other = open_offer(world)
    drop(Offer, "offer_one_live_a_person")
    Offer.objects.filter(pk=other.pk).update(entry=offer.entry)


def two_doses(world: World) -> None:
    offer = accepted_offer(world)
    drop(Dose, "dose_one_live_a_person")
    Dose.objects.filter(release=world.release()).update(state="held", holder=offer.entry)


def promise_without_dose(world: World) -> None:
    accepted_offer(world)
    plant(Offer, "offer_accepted_has_dose", dose=None)


def promise_of_a_free_dose(world: World) -> None:
    accepted_offer(world)
    Dose.objects.update(state="free", holder=None)


def asked_without_offer(world: World) -> None:
    world.entry(state="offered")


def offer_to_somebody_who_is_not_asked(world: World) -> None:
    open_offer(world)
    StandbyEntry.objects.update(state="waiting")


def appointment_without_offer(world: World) -> None:
    world.entry(state="appointed")


def held_without_offer(world: World) -> None:
    open_offer(world)
    Offer.objects.update(state="expired")


def confirmed_without_offer(world: World) -> None:
    accepted_offer(world)
    Offer.objects.update(state="cancelled")


def over_with_free_doses(world: World) -> None:
    world.release()
    Release.objects.update(state="ended")


def over_with_open_offers(world: World) -> None:
    open_offer(world)
    Release.objects.update(state="withdrawn")


def picked(world: World) -> HandPick:
    second = factories.make_staff(world.centre, "second")
    return consent_to_hand_pick(propose(world, world.release(), world.entry()), by=second, now=SOON)


def picked_and_consented_by_one(world: World) -> None:
    picked(world)
    plant(HandPick, "handpick_decided_by_a_second", decided_by=world.staff)


def picked_for_somebody_else(world: World) -> None:
    picked(world)
    HandPick.objects.update(entry=world.entry())


def consent_at_another_time(world: World) -> None:
    picked(world)
    HandPick.objects.update(decided_at=NOON)


def picked_without_consent(world: World) -> None:
    accepted_offer(world)
    Offer.objects.update(wave=BY_HAND)


def unknown_state(world: World) -> None:
    world.release()
    plant(Dose, "dose_state_known", state="dreaming")


def changed_record(world: World) -> None:
    world.release()
    seal_events(world.county)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_is_append_only ON impfzentrum_auditevent")
    AuditEvent.objects.update(subject="4711")


FAULTS: list[tuple[Callable[[World], None], str]] = [
    (dose_with_two_offers, "gehört zu 2 Angeboten zugleich"),
    (offer_for_the_dose_of_another, "nennt eine Dosis, die jemand anderes hat"),
    (two_open_offers, "hat 2 offene Angebote"),
    (two_doses, "hat 2 Dosen zugleich"),
    (promise_without_dose, "ist angenommen, aber ohne Dosis"),
    (promise_of_a_free_dose, "ist angenommen, seine Dosis aber nicht vergeben"),
    (asked_without_offer, "gilt als gefragt, hat aber kein offenes Angebot"),
    (offer_to_somebody_who_is_not_asked, "ist offen, die Person aber nicht als gefragt geführt"),
    (appointment_without_offer, "hat zugesagt, aber kein angenommenes Angebot"),
    (held_without_offer, "ist für jemanden reserviert, der kein offenes Angebot hat"),
    (confirmed_without_offer, "ist zugesagt, aber kein angenommenes Angebot nennt sie"),
    (over_with_free_doses, "ist vorbei, hat aber noch freie oder angebotene Dosen"),
    (over_with_open_offers, "ist vorbei, hat aber noch offene Angebote"),
    (picked_and_consented_by_one, "hat dieselbe Person vorgeschlagen und entschieden"),
    (picked_for_somebody_else, "hat Zustimmung, aber keine Zusage, die zu ihr gehört"),
    (consent_at_another_time, "hat Zustimmung, aber keine Zusage, die zu ihr gehört"),
    (picked_without_consent, "ist von Hand vergeben, aber niemand hat zugestimmt"),
    (unknown_state, "steht auf „dreaming“, das es nicht gibt"),
    (changed_record, "passt nicht zu seiner Prüfsumme"),
]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
def test_a_planted_fault_is_named_and_the_command_fails(
    world: World, fault: Callable[[World], None], sentence: str
) -> None:
    assert list(find_violations()) == []
    fault(world)
    with pytest.raises(CommandError, match=sentence) as raised:
        call_command("invariants")
    assert raised.value.returncode == 1
