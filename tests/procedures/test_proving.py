"""Proving a contact: a code that guessing does not open, a link that only the mailbox knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.errors import CodeOver, CodeWrong, NotPossibleNow, TooManyCodes
from impfzentrum.models import ContactProof, Message, StandbyEntry
from impfzentrum.procedures.drawing import order_in_force
from impfzentrum.procedures.proving import (
    PROOFS_A_DAY,
    TRIES,
    prove_contact,
    request_proof,
    send_proof_again,
)
from impfzentrum.procedures.registering import register_person
from impfzentrum.procedures.staying import leave_list
from impfzentrum.rules.draw import draw_ticket
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.people import register, sign_up, wrong_code

MINUTE = timedelta(minutes=1)


def test_the_right_code_puts_the_person_on_the_list_with_a_ticket_of_today(world: World) -> None:
    proof = register(world)
    entry = prove_contact(proof, f" {proof.code} ", now=NOON)
    entry.refresh_from_db()
    assert (entry.state, entry.mobile_confirmed_at, entry.email_confirmed_at) == ("waiting", NOON, None)
    assert entry.channels == [Channel.SMS]
    draw = order_in_force(world.centre, now=NOON)
    assert entry.places.get().ticket == draw_ticket(bytes(draw.seed), entry.public_id)
    assert Message.objects.filter(template="welcome").count() == 1


def test_both_contacts_can_be_proved_and_the_welcome_comes_once(world: World) -> None:
    sms = register(world)
    entry = sms.entry
    email = entry.proofs.get(channel="email")
    prove_contact(email, None, now=NOON)
    prove_contact(sms, sms.code, now=NOON)
    entry.refresh_from_db()
    assert entry.channels == [Channel.SMS, Channel.EMAIL]
    assert Message.objects.filter(template="welcome").count() == 1


def test_a_wrong_code_stays_counted_though_it_is_refused(world: World) -> None:
    proof = register(world)
    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(CodeWrong, match=str(left)):
            prove_contact(proof, wrong_code(proof), now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(proof, wrong_code(proof), now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(proof, proof.code, now=NOON)
    assert ContactProof.objects.get(pk=proof.pk).tries == TRIES
    assert StandbyEntry.objects.get().state == "unconfirmed"


@pytest.mark.parametrize("code", ["", None, "12345", "1234567", "abcdef", "１２３４５６"])
def test_nonsense_is_a_wrong_code(world: World, code: str | None) -> None:
    with pytest.raises(CodeWrong):
        prove_contact(register(world), code, now=NOON)


def test_a_code_ends_after_a_quarter_of_an_hour_and_a_link_after_two_days(world: World) -> None:
    sms = register(world)
    email = sms.entry.proofs.get(channel="email")
    with pytest.raises(CodeOver):
        prove_contact(sms, sms.code, now=NOON + timedelta(minutes=15, seconds=1))
    with pytest.raises(CodeOver):
        prove_contact(email, None, now=NOON + timedelta(hours=48, seconds=1))
    prove_contact(email, None, now=NOON + timedelta(hours=48))


def test_a_second_tap_returns_the_entry_also_when_the_time_is_up(world: World) -> None:
    proof = register(world)
    first = prove_contact(proof, proof.code, now=NOON)
    assert prove_contact(proof, proof.code, now=NOON + timedelta(minutes=20)) == first
    assert Message.objects.filter(template="welcome").count() == 1


def test_a_code_that_worked_once_cannot_be_guessed_afterwards(world: World) -> None:
    """The page of the code may be open at a stranger's, who knew number and birth date and signed up with them."""
    proof = register(world)
    prove_contact(proof, proof.code, now=NOON)
    for _ in range(TRIES - 1):
        with pytest.raises(CodeWrong):
            prove_contact(proof, wrong_code(proof), now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(proof, wrong_code(proof), now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(proof, proof.code, now=NOON)
    assert ContactProof.objects.get(pk=proof.pk).tries == TRIES


@pytest.mark.parametrize("used", [True, False])
def test_code_and_link_of_somebody_who_left_are_over(world: World, used: bool) -> None:
    proof = register(world)
    email = proof.entry.proofs.get(channel="email")
    if used:
        prove_contact(proof, proof.code, now=NOON)
        prove_contact(email, None, now=NOON)
    leave_list(StandbyEntry.objects.get(), now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(proof, proof.code, now=NOON)
    with pytest.raises(CodeOver):
        prove_contact(email, None, now=NOON)


def test_a_new_code_a_minute_and_the_old_one_counts_on(world: World) -> None:
    proof = register(world)
    with pytest.raises(TooManyCodes, match="31 s"):
        send_proof_again(proof, now=NOON + timedelta(seconds=30))
    fresh = send_proof_again(proof, now=NOON + MINUTE)
    assert fresh != proof
    assert fresh.code != proof.code
    assert prove_contact(proof, proof.code, now=NOON + MINUTE).state == "waiting"


def test_nobody_gets_a_code_every_minute_of_the_day(world: World) -> None:
    """Neither a stranger's phone is rung all day, nor do new codes bring new guesses without end."""
    register(world)
    entry = StandbyEntry.objects.get()
    for minute in range(1, PROOFS_A_DAY):
        request_proof(entry, Channel.SMS, now=NOON + minute * MINUTE)
    with pytest.raises(TooManyCodes):
        request_proof(entry, Channel.SMS, now=NOON + PROOFS_A_DAY * MINUTE)
    register_person(sign_up(world), now=NOON + 2 * PROOFS_A_DAY * MINUTE)
    assert Message.objects.filter(channel="sms").count() == PROOFS_A_DAY
    request_proof(entry, Channel.SMS, now=NOON + timedelta(days=1))


def test_guessing_without_end_stays_hopeless(world: World) -> None:
    """A stranger signs up with somebody's number and birth date, and guesses for a day as often as they are let."""
    register(world)
    guesses = 0
    for minute in range(0, 24 * 60, 60):
        now = NOON + minute * MINUTE
        proof = register_person(sign_up(world), now=now)
        for _ in range(TRIES):
            try:
                prove_contact(proof, wrong_code(proof), now=now)
            except CodeWrong:
                guesses += 1
            except CodeOver:
                break
    assert guesses <= TRIES * PROOFS_A_DAY
    assert guesses / 1_000_000 < 1e-4


def test_a_contact_that_was_never_given_gets_no_code(world: World) -> None:
    entry = register(world, email="").entry
    with pytest.raises(NotPossibleNow):
        request_proof(entry, Channel.EMAIL, now=NOON + MINUTE)
