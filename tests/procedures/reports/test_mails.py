"""Word of the reports: on its day, once, to who may read them, and without a figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from impfzentrum.gateways.letters import GatewayRefused, GatewayUnreachable, Letter
from impfzentrum.models import ReportSchedule, Rhythm
from impfzentrum.procedures.reports import mails
from impfzentrum.procedures.reports.mails import (
    LEASE,
    end_schedule,
    list_readers,
    next_day,
    period_before,
    schedule_reports,
    send_report_mails,
)
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import BERLIN, NOON
from tests.views.staff import make_member

MONDAY = datetime(2021, 4, 26, 7, 0, tzinfo=BERLIN)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    letters: list[Letter] = []
    monkeypatch.setattr(mails, "send_email", letters.append)
    return letters


@pytest.fixture
def schedule(world: World) -> ReportSchedule:
    reader = make_member(world.centre, Role.COUNTY_AUDITOR, username="pruefung")
    reader.email = "pruefung@example.org"
    reader.save()
    make_member(world.centre, Role.COUNTY_ADMIN, username="ohne-adresse")
    assert list_readers(world.county) == [reader]
    return schedule_reports(world.county, reader, Rhythm.WEEKLY, by=world.staff, now=NOON)


@pytest.mark.parametrize(
    ("rhythm", "today", "due", "first"),
    [
        (Rhythm.WEEKLY, date(2021, 4, 24), date(2021, 4, 26), date(2021, 4, 19)),
        (Rhythm.WEEKLY, date(2021, 4, 26), date(2021, 5, 3), date(2021, 4, 26)),
        (Rhythm.MONTHLY, date(2021, 1, 31), date(2021, 2, 1), date(2021, 1, 1)),
        (Rhythm.MONTHLY, date(2021, 12, 1), date(2022, 1, 1), date(2021, 12, 1)),
    ],
)
def test_days(rhythm: Rhythm, today: date, due: date, first: date) -> None:
    assert next_day(rhythm, today) == due
    assert period_before(rhythm, due) == (first, due - timedelta(days=1))


def test_on_monday_once_and_not_before_six(schedule: ReportSchedule, sent: list[Letter]) -> None:
    for early in (NOON, MONDAY - timedelta(hours=2)):
        assert send_report_mails(now=early) == 0
    assert send_report_mails(now=MONDAY) == 1
    assert send_report_mails(now=MONDAY + timedelta(hours=1)) == 0
    [letter] = sent
    assert letter.to == "pruefung@example.org"
    assert "/kreis/waldeck-frankenberg/berichte/dosen/?start=2021-04-19&end=2021-04-25" in letter.text
    assert "Guten Tag,\n\ndie Berichte" in letter.text
    schedule.refresh_from_db()
    assert schedule.next_on == date(2021, 5, 3)


def test_a_server_out_of_reach_is_asked_again_with_the_same_letter(
    schedule: ReportSchedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[Letter] = []

    def fail_once(letter: Letter) -> Any:
        letters.append(letter)
        if len(letters) == 1:
            raise GatewayUnreachable("SMTP 451")

    monkeypatch.setattr(mails, "send_email", fail_once)
    assert send_report_mails(now=MONDAY) == 0
    schedule.refresh_from_db()
    assert schedule.last_error == "SMTP 451"
    assert send_report_mails(now=MONDAY + timedelta(minutes=1)) == 0, "it rests until the lease is over"
    assert send_report_mails(now=MONDAY + LEASE) == 1
    assert letters[0].reference == letters[1].reference
    schedule.refresh_from_db()
    assert schedule.last_error == ""


def test_a_refusal_is_shown_and_waits_for_the_next_date(
    schedule: ReportSchedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(letter: Letter) -> Any:
        raise GatewayRefused("SMTP 550")

    monkeypatch.setattr(mails, "send_email", refuse)
    assert send_report_mails(now=MONDAY) == 0
    schedule.refresh_from_db()
    assert (schedule.last_error, schedule.next_on) == ("SMTP 550", date(2021, 5, 3))


def test_who_may_not_read_them_any_more_hears_nothing(schedule: ReportSchedule, sent: list[Letter]) -> None:
    schedule.user.membership.delete()
    assert send_report_mails(now=MONDAY) == 0
    schedule.refresh_from_db()
    assert sent == []
    assert "nicht mehr" in schedule.last_error


def test_ended_is_ended(schedule: ReportSchedule, sent: list[Letter], world: World) -> None:
    for _ in range(2):
        end_schedule(schedule, by=world.staff, now=NOON)
    assert send_report_mails(now=MONDAY) == 0
