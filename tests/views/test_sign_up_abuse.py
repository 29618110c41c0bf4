"""What a stranger can learn from the sign-up (nothing), and how often they may ask: against the real addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impfzentrum.models import Campaign, ContactProof, Message, RequestCount, SignUpDraft, StandbyEntry, Vaccine
from impfzentrum.procedures import limiting
from impfzentrum.procedures.limiting import Limit, count_request, forget_counts, name_network
from tests import factories
from tests.conftest import Together, World
from tests.factories import NOON
from tests.views.citizens import text_of
from tests.views.signing_up import SIGN_UP, STEPS, age_drafts, answers_of, draft_path, fill_draft, go

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

HERE = "127.0.0.1"
KNOWN = {"birth_date": date(1981, 3, 9), "mobile": "+491713920001", "email": "erika@example.org"}


def make_known(campaign: Campaign) -> StandbyEntry:
    vaccine = Vaccine.objects.get(name="Comirnaty")
    return factories.make_entry(
        campaign.county.centres.get(), campaign, vaccine, given_name="Erika", family_name="Muster", **KNOWN
    )


def without_secrets(page: Any) -> tuple[int, list[tuple[str, str]], str]:
    """An answer byte for byte, apart from tokens."""
    hidden = re.compile(r"[A-Za-z0-9_-]{64}|(?<=/)[A-Za-z0-9_-]{22}(?=/)|(?<=%2F)[A-Za-z0-9_-]{22}(?=%2F)")
    headers = sorted((name, hidden.sub("TOKEN", value)) for name, value in page.items() if name != "X-Request-ID")
    return page.status_code, headers, hidden.sub("TOKEN", page.content.decode())


def walk(answers: dict[str, dict[str, Any]]) -> tuple[list[Any], list[int]]:
    """Every answer that somebody sees who signs up with this, guesses wrong codes and asks for more, and the number of
    statements that each took."""
    client, seen, work = Client(), [], []

    def look(call: Callable[..., Any], *arguments: Any) -> None:
        with CaptureQueriesContext(connection) as queries:
            seen.append(without_secrets(call(*arguments)))
        work.append(len(queries))

    look(client.post, SIGN_UP, answers["alter"])
    age_drafts()
    for page in STEPS[1:]:
        look(client.get, draft_path(page))
        look(client.post, draft_path(page), answers[page])
    for code in ("", "12345", "000000", "000001"):
        look(client.post, draft_path("code"), {"code": code})
    look(client.post, f"{draft_path('code')}neu/")
    look(client.get, draft_path("code"))
    look(client.get, draft_path(""))
    return seen, work


@pytest.mark.parametrize(
    "contacts",
    [
        {},
        {"mobile": "", "email": "erika@example.org"},
        {"email": "erika@example.org"},
        {"mobile": "0172 392 0002", "email": "erika@example.org"},
        {"mobile": "0172 392 0002", "email": "stranger@example.org"},
    ],
    ids=["mobile", "mail", "both", "mail beside a number of the stranger's", "name and birthday alone"],
)
def test_the_answers_are_the_same_for_who_is_known_and_who_is_not(campaign: Campaign, contacts: dict[str, str]) -> None:
    known = make_known(campaign)
    answers = answers_of(campaign, **contacts)
    with_entry, work_with = walk(answers)
    messages_with = sorted(Message.objects.values_list("channel", "template"))
    Message.objects.all().delete()
    SignUpDraft.objects.all().delete()
    ContactProof.objects.all().delete()
    StandbyEntry.objects.all().delete()
    RequestCount.objects.all().delete()
    without_entry, work_without = walk(answers)
    assert with_entry == without_entry
    assert work_with == work_without, "the same statements take the same time"
    assert messages_with == sorted(Message.objects.values_list("channel", "template"))
    assert known.pk not in StandbyEntry.objects.values_list("pk", flat=True)


def test_who_proves_a_known_number_is_led_to_the_first_entry(client: Client, campaign: Campaign) -> None:
    known = make_known(campaign)
    go(client, answers_of(campaign))
    code = ContactProof.objects.get().code
    answer = client.post(draft_path("code"), {"code": code}, follow=True)
    assert answer.redirect_chain == [(f"/s/{known.token}/", 303)]
    assert "Sie stehen schon auf der Liste" in text_of(answer)


def use_up(limit: Limit, subject: str = HERE) -> None:
    for _ in range(limit.most):
        count_request(limit, subject, now=timezone.now())


def is_told_to_wait(answer: Any, *, way_on: str) -> bool:
    words = text_of(answer)
    told = "Bitte warten Sie etwas" in words and "Es geht wieder" in words and int(answer["Retry-After"]) > 0
    return bool(answer.status_code == 429 and told and f'href="{way_on}"' in answer.content.decode())


def test_drafts_by_network(client: Client, campaign: Campaign, saturday_noon: time_machine.Traveller) -> None:
    use_up(Limit.START)
    first_page = answers_of(campaign)["alter"]
    assert is_told_to_wait(client.post(SIGN_UP, first_page), way_on=SIGN_UP)
    assert client.get(SIGN_UP).status_code == 200
    assert client.post(SIGN_UP, {**first_page, "birth_date": "31.2."}).status_code == 422, "a fault is no draft"
    assert Client(REMOTE_ADDR="203.0.113.9").post(SIGN_UP, first_page).status_code == 303
    saturday_noon.shift(Limit.START.within)
    assert client.post(SIGN_UP, first_page).status_code == 303


def test_sign_ups_by_network_and_nothing_typed_is_lost(client: Client, campaign: Campaign) -> None:
    use_up(Limit.SIGN_UP)
    answer = go(client, answers_of(campaign))
    assert is_told_to_wait(answer, way_on=draft_path("").replace("//", "/"))
    assert StandbyEntry.objects.count() == 0
    assert "Erika Muster" in text_of(client.get(draft_path("pruefen")))


@pytest.mark.parametrize("contact", [{}, {"mobile": "", "email": "Erika@example.org"}])
def test_sign_ups_by_contact_wherever_they_come_from(campaign: Campaign, contact: dict[str, str]) -> None:
    """Else somebody could ring a stranger's phone from many addresses."""
    statuses = []
    for number in range(Limit.SIGN_UP_OF_CONTACT.most + 1):
        fill_draft(campaign, now=timezone.now(), **contact)
        age_drafts()
        visitor = Client(REMOTE_ADDR=f"203.0.113.{number}")
        statuses.append(visitor.post(draft_path("pruefen"), answers_of(campaign)["pruefen"]).status_code)
    assert statuses == [303] * Limit.SIGN_UP_OF_CONTACT.most + [429]
    fill_draft(campaign, now=timezone.now(), mobile="0172 392 0002", email="")
    age_drafts()
    assert Client().post(draft_path("pruefen"), answers_of(campaign)["pruefen"]).status_code == 303


def test_codes_by_network_on_both_pages(client: Client, campaign: Campaign) -> None:
    go(client, answers_of(campaign))
    use_up(Limit.TRY_CODE)
    proof = ContactProof.objects.get()
    resume = draft_path("").replace("//", "/")
    assert is_told_to_wait(client.post(draft_path("code"), {"code": proof.code}), way_on=resume)
    assert is_told_to_wait(client.post(f"{draft_path('code')}neu/"), way_on=resume)
    assert is_told_to_wait(client.post(f"/b/{proof.token}/", {"code": proof.code}), way_on=f"/b/{proof.token}/")
    proof.refresh_from_db()
    assert (proof.tries, proof.used_at) == (0, None)


def test_the_proxy_in_front_names_the_visitor_and_nobody_else_can(campaign: Campaign) -> None:
    use_up(Limit.START, "9.9.9.9")
    first_page = answers_of(campaign)["alter"]

    def status(address: str, forwarded: str) -> int:
        visitor = Client(REMOTE_ADDR=address, headers={"X-Forwarded-For": forwarded})
        return visitor.post(SIGN_UP, first_page).status_code

    assert status("10.0.0.2", "9.9.9.9") == 429
    assert status("10.0.0.2", "9.9.9.9, 203.0.113.4") == 303, "what came before the proxy's own entry is hearsay"
    assert status("9.9.9.9", "203.0.113.4") == 429, "nobody talks themselves out of it"
    assert status("", "9.9.9.9") == 429, "through a unix socket"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("nonsense", ""),
    ],
)
def test_a_household_is_one_network(address: str, network: str) -> None:
    assert name_network(address) == network


def test_a_limit_is_logged_once_and_names_nobody(campaign: Campaign, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="impfzentrum")
    use_up(Limit.START)
    for _ in range(3):
        Client().post(SIGN_UP, answers_of(campaign)["alter"])
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("impfzentrum")]
    assert ours == [f"limit START reached: {Limit.START.most} requests"]
    assert HERE not in RequestCount.objects.get().key


def test_counts_are_forgotten_when_their_time_is_over(db: None) -> None:
    count_request(Limit.START, HERE, now=NOON)
    assert forget_counts(now=NOON + Limit.START.within - timedelta(seconds=1)) == 0
    assert forget_counts(now=NOON + Limit.START.within) == 1


def test_who_is_too_fast_may_send_again(
    client: Client, campaign: Campaign, saturday_noon: time_machine.Traveller
) -> None:
    fill_draft(campaign, now=timezone.now())
    consents = answers_of(campaign)["pruefen"]
    answer = client.post(draft_path("pruefen"), consents)
    assert (answer.status_code, "Das ging sehr schnell" in text_of(answer)) == (422, True)
    saturday_noon.shift(timedelta(seconds=5))
    assert client.post(draft_path("pruefen"), consents).status_code == 303


@pytest.mark.race
def test_requests_at_once_all_count(committed_world: World, at_the_same_time: Together) -> None:
    at_the_same_time(lambda limit: count_request(limit, HERE, now=NOON), [Limit.START] * 12)
    assert RequestCount.objects.get().count == 12


@pytest.mark.race
def test_counting_by_reading_and_writing_would_lose_some(committed_world: World, at_the_same_time: Together) -> None:
    """The negative control."""
    count_request(Limit.START, HERE, now=NOON)

    def count_in_two_steps(_number: int) -> None:
        row = RequestCount.objects.get()
        connection.cursor().execute("SELECT pg_sleep(0.2)")
        RequestCount.objects.filter(pk=row.pk).update(count=row.count + 1)

    at_the_same_time(count_in_two_steps, list(range(6)))
    assert RequestCount.objects.get().count < 7


def test_the_statement_is_one(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        count_request(Limit.START, HERE, now=NOON)
    assert len(queries) == 1
    assert limiting.REMOVED_AT_ONCE >= 1_000
