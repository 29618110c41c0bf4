"""/readyz says what does not work, /metrics gives figures to who may have them, and both stay cheap."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import Message, SendingStop, SignOfLife
from impfzentrum.procedures.living import SILENT_AFTER, note_life
from tests.conftest import World
from tests.factories import ask

pytestmark = pytest.mark.expects_errors  # an answer of 503 is logged as one

TOKEN = "only-for-tests-0123456789-abcdefgh"


def everybody_lives() -> None:
    for queue in SILENT_AFTER:
        note_life(queue, now=timezone.now())


def told(client: Client) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    return answer.status_code, [line for line in answer.content.decode().splitlines() if line.startswith("NOT")]


@pytest.mark.django_db
def test_a_site_whose_workers_live_is_ready(client: Client) -> None:
    everybody_lives()
    assert told(client) == (200, [])


@pytest.mark.django_db
def test_workers_that_were_never_seen_are_named(client: Client) -> None:
    assert told(client) == (
        503,
        ["NOT WELL: worker of match", "NOT WELL: worker of deliver", "NOT WELL: sweep"],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("queue", SILENT_AFTER)
def test_a_silent_worker_is_named_with_its_age(client: Client, queue: str) -> None:
    everybody_lives()
    note_life(queue, now=timezone.now() - SILENT_AFTER[queue] - timedelta(seconds=2))
    status, lines = told(client)
    assert (status, len(lines)) == (503, 1)
    assert queue in lines[0]
    assert SignOfLife.objects.count() == len(SILENT_AFTER)


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_named(client: Client) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("server closed the connection")

    with connection.execute_wrapper(refuse):
        assert told(client) == (503, ["NOT WELL: database"])


def test_a_message_that_waits_too_long_is_named_unless_sending_is_stopped(client: Client, world: World) -> None:
    world.entry()
    ask(world.release())
    everybody_lives()
    Message.objects.update(state="queued", due_at=timezone.now() - timedelta(minutes=3))
    status, lines = told(client)
    assert (status, lines) == (503, ["NOT WELL: oldest unsent message 180 s"])
    SendingStop.objects.create(
        county=world.county, stopped_at=timezone.now(), stopped_by=world.staff, reason="Probe", in_flight=0
    )
    assert told(client)[0] == 200


@pytest.mark.django_db
def test_without_a_token_there_are_no_metrics(client: Client, settings: SettingsWrapper) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


def test_metrics_count_what_is_there(client: Client, world: World, settings: SettingsWrapper) -> None:
    settings.METRICS_TOKEN = TOKEN
    world.entries(3)
    release = world.release(2)
    ask(release)
    release.released_at = timezone.now()
    release.save()
    everybody_lives()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert len(queries) == 15
    families = {one.name: one for one in text_string_to_metric_families(answer.content.decode())}
    assert set(families) == METRICS
    county = {"county": "waldeck-frankenberg"}
    assert value(families["nachruecker_people"], county) == 3
    assert value(families["nachruecker_doses_last_day"], {**county, "state": "held"}) == 2
    assert value(families["nachruecker_offers_last_day"], {**county, "state": "open"}) == 2
    assert value(families["nachruecker_well"], {"part": "sweep"}) == 1


def value(family: object, labels: dict[str, str]) -> float:
    [found] = [one.value for one in vars(family)["samples"] if one.labels == labels]
    return float(found)


METRICS = {
    f"nachruecker_{name}"
    for name in (
        "people",
        "releases",
        "doses_last_day",
        "offers_last_day",
        "messages_waiting",
        "message_oldest_seconds",
        "messages_sent_last_hour",
        "messages_lost_last_hour",
        "sending_stopped",
        "audit_unsealed",
        "hand_over_seconds_last_hour",
        "answer_seconds_last_day",
        "age_seconds",
        "well",
    )
}
