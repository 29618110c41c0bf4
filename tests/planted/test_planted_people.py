"""Fifty planted people go through everything; then they are looked for where nobody may be found."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import Feedback, LinkRequest, Message, Offer, Postcode, Reply, StandbyEntry
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.retaining import keep_terms
from impfzentrum.procedures.sweeping import sweep, tend
from nachruecker.embedded.account import server_account
from nachruecker.embedded.binaries import find_postgres
from tests.conftest import World
from tests.crash.test_lost_wake_up import release_now, wait_until
from tests.gateways.loopback import configure
from tests.planted.listening import ListeningClient, Monitor, logs_kept, read_valkey
from tests.planted.people import PEOPLE, POSTCODE, birth_date_of, find_cells, find_leaks, mobile_of, plant, tag_of
from tests.views.callbacks import post_seven, sms_mo
from tests.views.signing_up import answers_of, go
from tests.views.test_mail_hooks import HOOK_KEY, post_report
from tests.workers import broker, database_url_of_the_test, running_workers

PLAIN = {("impfzentrum_standbyentry", "birth_date"), ("impfzentrum_standbyentry", "postcode")}
"""The matching asks the database for ages, and the list for residents: neither could be done on a sealed value. Both
name nobody: the name is sealed."""

pytestmark = [pytest.mark.worker, pytest.mark.expects_errors, pytest.mark.django_db(transaction=True)]


class Visit:
    """One browser that goes through the pages as each of the people."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, ListeningClient()

    def sign_up(self, number: int, **changed: Any) -> Any:
        born = birth_date_of(number)
        typed = {
            "birth_date": f"{born:%d.%m.%Y}",
            "postcode": POSTCODE,
            "given_name": f"Zwaxolind{tag_of(number)}",
            "family_name": f"Quarnbeisel{tag_of(number)}",
            "mobile": f"0{mobile_of(number)[3:]}",
            "email": f"quarnbeisel{number:02}x@example.org",
        }
        return go(self.client, answers_of(self.world.campaign, **{**typed, **changed}))

    def prove(self, number: int) -> None:
        entry = StandbyEntry.objects.filter(birth_date=birth_date_of(number)).latest("pk")
        proof = entry.proofs.get(channel="sms")
        for code in ("000000", proof.code):
            self.client.post(reverse("entry:prove", args=[proof.token]), {"code": code})
        entry.refresh_from_db()
        assert entry.state == "waiting"

    def look_around(self, entry: StandbyEntry) -> None:
        for name in ("status", "data", "data_file", "leave", "pause", "hours"):
            self.client.get(reverse(f"entry:{name}", args=[entry.token]))
        self.client.get(reverse("entry:rights", args=[entry.token]))
        contact = {"given_name": entry.given_name, "family_name": entry.family_name, "mobile": "0171", "email": "@"}
        self.client.post(reverse("entry:correct", args=[entry.token, "kontakt"]), contact)

    def call(self, message: Message, staff: User) -> None:
        staff_client = ListeningClient()
        staff_client.force_login(staff)
        page = reverse("centre:call", args=[self.world.centre.slug, message.reference])
        staff_client.post(page, {"action": "take"})
        assert "Quarnbeisel" in staff_client.get(page).content.decode()
        staff_client.post(page, {"action": "yes"})
        self.client.asked += staff_client.asked
        self.client.error_pages += staff_client.error_pages


@contextmanager
def birthday_refused(number: int) -> Iterator[None]:
    """Meanwhile the database refuses a row, and quotes the whole of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE impfzentrum_standbyentry ADD CONSTRAINT planted CHECK (birth_date <> %s) NOT VALID",
            [birth_date_of(number)],
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE impfzentrum_standbyentry DROP CONSTRAINT planted")


def dump() -> str:
    program = str(find_postgres(server_account()) / "pg_dump")
    command = [program, "--no-owner", "--dbname", database_url_of_the_test()]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def test_nobody_is_found_where_nobody_may_be(
    committed_world: World, tmp_path: Path, settings: SettingsWrapper, record_property: Any
) -> None:
    world, visit = committed_world, Visit(committed_world)
    postfach = settings.SMS_BACKEND
    configure(settings, "http://127.0.0.1:1", "seven")
    settings.SMS_BACKEND = postfach
    settings.MAIL_HOOKS = {"mailhook": {"key": HOOK_KEY}}
    settings.ERASED_FILE = str(tmp_path / "erased.txt")
    Postcode.objects.create(county=world.county, code=POSTCODE, place="Planthausen", latitude=51.2, longitude=8.9)
    with logs_kept() as log, running_workers(tmp_path, "--loglevel", "INFO", "--include", "tests.planted.gateways"):
        monitor = Monitor()
        go_through(world, visit)
        valkey = read_valkey()
        monitor.stop()

    worker_log = (tmp_path / "worker.log").read_text() + (tmp_path / "beat.log").read_text()
    commands = "\n".join(monitor.commands)
    assert "Traceback" in worker_log, "the provider has quoted a person"
    assert "[number]" in worker_log
    assert "DETAIL: [left out]" in log.getvalue(), "the database has quoted a person"
    assert "impfzentrum.deliver" in commands
    assert 500 in visit.client.statuses
    found = {
        "log of the web": find_leaks(log.getvalue()),
        "log of the workers": find_leaks(worker_log),
        "commands to Valkey": find_leaks(commands),
        "keys in Valkey": find_leaks(valkey),
        "addresses, referrers, headers": find_leaks("\n".join(visit.client.asked)),
        "error pages": find_leaks("\n".join(visit.client.error_pages)),
        "pages that may be kept": set(visit.client.kept),
        "file of tombstones": find_leaks(Path(settings.ERASED_FILE).read_text()),
        "database": set(find_cells(dump())) - PLAIN - {("impfzentrum_postcode", "code")},
    }
    assert not any(found.values()), found
    assert StandbyEntry.objects.exclude(given_name="").count() > PEOPLE // 2, "the dump had people to find"
    record_property("planted people", f"{PEOPLE}, {len(visit.client.asked)} requests, {len(monitor.commands)} commands")

    plant_a_leak_everywhere()
    with logs_kept() as log:
        logging.getLogger("impfzentrum").warning("asked %s", StandbyEntry.objects.exclude(given_name="")[0].family_name)
    assert find_leaks(log.getvalue())
    assert find_leaks(read_valkey())
    assert ("impfzentrum_message", "last_error") in set(find_cells(dump()))


def plant_a_leak_everywhere() -> None:
    """The control: a plain column, a queue; the same search finds them."""
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(last_error=f"no route to {mobile_of(1)}")
    with broker() as store:
        store.lpush("deliver-planted", f'{{"args": ["{mobile_of(1)}"]}}')


def go_through(world: World, visit: Visit) -> None:
    for number in range(4):
        visit.sign_up(number)
        visit.prove(number)
    visit.sign_up(4, mobile="nicht-zwaxolind")  # refused, and shown again
    for number in range(5, PEOPLE):
        plant(world, number, **({"phone": "+496990009177"} if number == 5 else {}))
    with birthday_refused(4):
        visit.sign_up(4)
    release = release_now(world, doses=30)
    wait_until(lambda: release.offers.filter(state="open").count() >= 20, seconds=60)
    answer(world, visit, list(release.offers.filter(state="open").select_related("entry").order_by("pk")))
    calls = Message.objects.filter(channel="call", state="queued", template="offer")
    if call := calls.first():
        visit.call(call, world.staff)
    visit.client.post("/link/", {"contact": f"0{mobile_of(7)[3:]}"})
    visit.client.post("/link/", {"contact": "Zwaxolind Quarnbeisel"})
    said = {"rating": "2", "text": "Ich bin Zwaxolind Quarnbeisel, 1713907701.", "page": "status"}
    visit.client.post(f"/{world.county.slug}/rueckmeldung/", said)
    visit.client.get(f"/s/{'A' * 22}/")
    assert Feedback.objects.exists()
    wait_until(lambda: not LinkRequest.objects.exists(), seconds=30)
    now = timezone.now()
    stop_release(release, by=world.staff, now=now)
    for step in (sweep, tend):
        step(now=now + timedelta(minutes=20))
    keep_terms(now=now + timedelta(days=4))


def answer(world: World, visit: Visit, offers: list[Offer]) -> None:
    """Yes and no on the page and by SMS, a yes given back, an e-mail that bounces, somebody who is vaccinated."""
    pages = [reverse("offer:answer", args=[offer.token]) for offer in offers]
    for page in pages[:8]:
        visit.client.get(page)
        visit.client.post(page, {"answer": "yes"}, headers={"Referer": f"http://testserver{page}"})
    for page in pages[8:11]:
        visit.client.post(page, {"answer": "no"})
    visit.client.post(reverse("offer:cancel", args=[offers[0].token]))
    visit.client.post(reverse("offer:vaccinated", args=[offers[11].token]))
    for offer, words in zip(offers[12:15], ("JA", "NEIN", "Hier ist Zwaxolind Quarnbeisel"), strict=True):
        hook = sms_mo(words, offer.entry.mobile)
        hook["data"]["id"] = str(offer.pk)  # type: ignore[index]
        assert post_seven(visit.client, hook).status_code == 204
    mail = Message.objects.filter(channel="email").exclude(entry=None).select_related("entry").first()
    if mail is not None and mail.entry is not None:
        report = {
            "message_id": f"<{mail.reference}@example.org>",
            "event": "failed",
            "code": "550",
            "status": "5.1.1",
            "reason": f"550 5.1.1 <{mail.entry.email}> {mail.entry.family_name} unknown",
        }
        assert post_report(visit.client, report).status_code == 204
    visit.look_around(offers[16].entry)
    visit.client.post(reverse("entry:leave", args=[offers[17].entry.token]))
    visit.client.post(reverse("entry:restrict", args=[offers[18].entry.token]))
    assert Reply.objects.count() == 3
    assert Offer.objects.filter(state="accepted").count() >= 7
