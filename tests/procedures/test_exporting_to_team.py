"""The e-mail to the team: once a day before opening, without names, whatever crashes or runs twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from impfzentrum.gateways.letters import GatewayRefused, GatewayUnreachable, Letter
from impfzentrum.models import AuditEvent, Membership, StandbyEntry, TeamExport, TeamExportRun, TeamMail
from impfzentrum.procedures import exporting_to_team
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.exporting_to_team import forget_team_mails, make_team_exports, send_team_mails
from impfzentrum.procedures.sweeping import tend
from tests import factories
from tests.conftest import World
from tests.factories import NOON

SEVEN = NOON.replace(hour=7)
PASSWORD = "sieben-birken-4711"  # of a test


@pytest.fixture(autouse=True)
def mails_in_memory(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def choose(world: World, **values: Any) -> TeamExport:
    defaults = {"active": True, "addresses": "team@example.org\nlead@example.org", "changed_at": SEVEN}
    return TeamExport.objects.create(centre=world.centre, changed_by=world.staff, **{**defaults, **values})


def morning(world: World) -> list[StandbyEntry]:
    """Two who have accepted before the centre opens at eight."""
    before = SEVEN - timedelta(hours=1)
    people = [world.entry(given_name="Ayşe", family_name="Yılmaz", interpreter="tr"), world.entry(family_name="Emde")]
    release = factories.make_release(
        world.centre, world.campaign, world.vaccine, world.staff, doses=2, now=before, use_by=NOON
    )
    for offer in factories.ask(release, now=before):
        accept_offer(offer, now=before)
    mail.outbox = []
    return people


def export_all(now: Any = SEVEN) -> None:
    make_team_exports(now=now)
    send_team_mails(now=now)


def test_it_goes_out_an_hour_before_opening_and_once_a_day(world: World) -> None:
    choose(world)
    tend(now=SEVEN - timedelta(seconds=1))
    assert mail.outbox == []
    for minutes in (0, 1, 30, 170, 300):
        tend(now=SEVEN + timedelta(minutes=minutes))
    assert [one.to for one in mail.outbox] == [["team@example.org"], ["lead@example.org"]]
    tend(now=SEVEN + timedelta(days=1))
    assert len(mail.outbox) == 4


def test_it_counts_and_names_nobody(world: World) -> None:
    people = morning(world)
    choose(world, addresses="team@example.org")
    export_all()
    [letter] = mail.outbox
    assert letter.subject == "Impfzentrum Korbach: Nachrücker am 24.04.2021"
    assert "2 Personen haben zugesagt:" in letter.body
    assert "06:30 bis 11:45 Uhr: 2 × Comirnaty, 1. Dosis" in letter.body
    assert "Davon mit Dolmetschen oder Hilfe vor Ort: 1" in letter.body
    assert "/zentrum/korbach/tagesliste/" in letter.body
    for person in people:
        assert person.family_name not in letter.body + letter.subject
        assert person.mobile not in letter.body
    assert letter.attachments == []
    assert AuditEvent.objects.get(action="team_export_sent").detail == {"kind": "link", "people": 2}


def test_the_list_goes_along_locked_and_its_password_does_not(world: World) -> None:
    morning(world)
    choose(world, addresses="team@example.org", list_kind="file", password=PASSWORD)
    export_all()
    [letter] = mail.outbox
    assert PASSWORD not in letter.message().as_string()
    [part] = letter.attachments
    content = part.get_payload(decode=True)
    paper = PdfReader(io.BytesIO(content))
    assert paper.is_encrypted
    assert b"/AESV3" in content
    assert not paper.decrypt("anders")
    assert paper.decrypt(PASSWORD)
    assert "Yılmaz" in paper.pages[0].extract_text()


def test_staff_with_an_address_get_it_too_and_everybody_once(world: World) -> None:
    world.staff.email = "team@example.org"
    world.staff.save()
    choose(world).members.add(Membership.objects.get(user=world.staff))
    export_all()
    assert sorted(one.to[0] for one in mail.outbox) == ["lead@example.org", "team@example.org"]


@pytest.mark.parametrize("values", [{"active": False}, {"changed_at": SEVEN + timedelta(hours=4)}])
def test_it_stays_quiet_where_nobody_wants_it_or_only_from_tomorrow(world: World, values: dict[str, Any]) -> None:
    choose(world, **values)
    export_all(SEVEN + timedelta(hours=4))
    assert mail.outbox == []
    assert not TeamExportRun.objects.exists()


def test_a_morning_on_which_nobody_worked_is_told(world: World) -> None:
    choose(world, changed_at=SEVEN - timedelta(days=1))
    export_all(SEVEN + timedelta(hours=4))
    assert mail.outbox == []
    assert AuditEvent.objects.get(action="team_export_missed").detail == {"mails": 0}


def failing(fault: Exception) -> Callable[[Letter], None]:
    def send(letter: Letter) -> None:
        raise fault

    return send


def test_a_server_that_is_away_is_tried_again_and_a_refusal_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(world, addresses="team@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(exporting_to_team, "send_email", failing(GatewayUnreachable("away")))
        export_all()
        send_team_mails(now=SEVEN)
    row = TeamMail.objects.get()
    assert (row.attempts, row.sent_at, row.last_error) == (1, None, "away")
    export_all(SEVEN + timedelta(minutes=1))
    [letter] = mail.outbox
    assert letter.extra_headers["Message-ID"].startswith(f"<{row.reference}@")
    tomorrow = SEVEN + timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(exporting_to_team, "send_email", failing(GatewayRefused("no such address")))
        export_all(tomorrow)
    assert TeamMail.objects.filter(given_up_at=tomorrow, last_error="no such address").count() == 1
    assert AuditEvent.objects.get(action="team_export_failed").detail == {"why": "no such address"}


def test_a_worker_that_died_while_sending_is_followed_by_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(world, addresses="team@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(exporting_to_team, "send_email", failing(KeyboardInterrupt()))  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            export_all()
    export_all(SEVEN + timedelta(minutes=4))
    assert mail.outbox == [], "somebody may still be sending"
    export_all(SEVEN + timedelta(minutes=6))
    assert len(mail.outbox) == 1
    assert TeamMail.objects.get().attempts == 2


def test_old_addresses_are_forgotten(world: World) -> None:
    choose(world)
    export_all()
    assert forget_team_mails(now=SEVEN + timedelta(days=29)) == 0
    assert forget_team_mails(now=SEVEN + timedelta(days=31)) == 3
