"""Several workers at the minute at which the team's e-mail is due."""

from __future__ import annotations

from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from impfzentrum.models import TeamExportRun, TeamMail
from impfzentrum.procedures import exporting_to_team
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.exporting_to_team import make_team_exports, send_team_mails
from tests.conftest import World, run_together
from tests.procedures.test_exporting_to_team import SEVEN, choose
from tests.races.guards import without_constraint

pytestmark = pytest.mark.race


@pytest.fixture(autouse=True)
def mails_in_memory(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def export_all() -> None:
    make_team_exports(now=SEVEN)
    send_team_mails(now=SEVEN)


def test_four_workers_send_it_once(committed_world: World) -> None:
    choose(committed_world)
    run_together([export_all] * 4)
    send_team_mails(now=SEVEN)
    assert sorted(one.to[0] for one in mail.outbox) == ["lead@example.org", "team@example.org"]
    assert TeamExportRun.objects.count() == 1


def test_without_the_unique_day_there_would_be_two_runs(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(unguarded_world)
    both = Barrier(2)

    def write_together(*args: Any, **named: Any) -> None:
        both.wait(timeout=30)  # neither has committed yet, so neither sees the other's run
        record(*args, **named)

    monkeypatch.setattr(exporting_to_team, "record", write_together)
    with without_constraint(TeamExportRun, "team_export_once_a_day"):
        run_together([partial(make_team_exports, now=SEVEN)] * 2)
        assert TeamExportRun.objects.count() == 2


def test_without_the_lease_it_would_go_out_several_times(unguarded_world: World) -> None:
    choose(unguarded_world, addresses="team@example.org")
    make_team_exports(now=SEVEN)
    [waiting] = TeamMail.objects.all()
    run_together([partial(exporting_to_team._send, waiting, now=SEVEN)] * 4)
    assert len(mail.outbox) > 1
