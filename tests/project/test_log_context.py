"""Every line says which request it belongs to, from the browser to the worker."""

import json
import logging
import re

import pytest
from celery import signals
from django.conf import settings
from django.test import Client

from impfzentrum import tasks
from nachruecker.celery import name_task
from nachruecker.log_context import RELEASE, REQUEST_ID, AddContext, logged_as, name_request
from nachruecker.log_json import JsonFormatter


def log(message: str, *values: object) -> dict[str, str]:
    record = logging.LogRecord("impfzentrum", logging.INFO, "somewhere.py", 1, message, values, None)
    AddContext().filter(record)
    told: dict[str, str] = json.loads(JsonFormatter().format(record))
    return told


@pytest.mark.parametrize("given", [None, "", "short", "x" * 65, "two words", "line\nbreak-0123456789", '"quoted-text"'])
def test_a_number_that_could_harm_the_log_is_replaced(given: str | None) -> None:
    assert re.fullmatch("[0-9a-f]{16}", name_request(given))


@pytest.mark.django_db
def test_the_number_of_the_proxy_is_kept_and_given_back(client: Client) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "proxy-0123456789"})
    assert answer["X-Request-ID"] == "proxy-0123456789"
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]
    assert REQUEST_ID.get() == ""


def test_a_line_names_request_and_release_and_nobody() -> None:
    with logged_as("request-1", "korbach/17"):
        told = log("no route to %s", "+49 170 1234567")
    assert (told["request"], told["release"]) == ("request-1", "korbach/17")
    assert told["message"] == "no route to [number]"


def test_a_traceback_in_a_line_names_nobody() -> None:
    try:
        raise ValueError("Key (mobile)=(+491701234567) already exists")
    except ValueError as fault:
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "broke", (), (type(fault), fault, fault.__traceback__)
        )
    written = JsonFormatter().format(record)
    assert "1701234567" not in written
    assert "already exists" in json.loads(written)["traceback"]
    assert len(written.splitlines()) == 1


@pytest.mark.django_db
def test_a_request_is_logged_by_the_name_of_its_page(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "nachruecker.access"):
        client.get("/healthz?contact=nobody")
    [line] = [one.getMessage() for one in caplog.records if one.name == "nachruecker.access"]
    assert re.fullmatch(r"GET healthz \d+ in \d+ ms", line)


def test_a_worker_goes_by_the_request_that_woke_it() -> None:
    headers: dict[str, str] = {}
    with logged_as("request-7"):
        signals.before_task_publish.send("impfzentrum.match", headers=headers)
    task = tasks.match
    task.push_request(request_number=headers["request_number"])  # type: ignore[call-arg]  # as of any header
    try:
        with logged_as(""):
            name_task(task=task, args=(17,))
            assert (REQUEST_ID.get(), RELEASE.get()) == ("request-7", "17")
    finally:
        task.pop_request()


def test_production_writes_json_and_the_demo_lines() -> None:
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
