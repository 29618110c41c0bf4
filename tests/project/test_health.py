"""Health: the web asks the database, worker and beat show signs of life."""

import os
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client

from nachruecker.health import find_silence, show_life


@pytest.mark.django_db
def test_healthz_is_ok_with_a_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.expects_errors
def test_healthz_says_when_the_database_is_away(client: Client) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(refuse):
        assert client.get("/healthz").status_code == 503


def test_sign_of_life_grows_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive = tmp_path / "alive"
    monkeypatch.setenv("HEARTBEAT_FILE", str(alive))
    assert find_silence(30) is not None
    show_life()
    assert find_silence(30) is None
    os.utime(alive, (time.time() - 60, time.time() - 60))
    assert find_silence(30) == "last sign of life 60 s ago"
