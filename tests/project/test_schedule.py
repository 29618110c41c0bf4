"""What wakes the workers: every task is routed to a queue that is declared, every beat entry is safe."""

import pytest
from celery.schedules import crontab

from nachruecker.celery import BEAT_SCHEDULE, QUEUES, TASK_ROUTES, app

DECLARED = {queue.name for queue in QUEUES}


def test_every_route_leads_to_a_declared_queue() -> None:
    assert {route["queue"] for route in TASK_ROUTES.values()} <= DECLARED


def test_every_task_of_ours_has_a_route_and_every_route_a_task() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.startswith("impfzentrum.")}
    assert ours == set(TASK_ROUTES)


def test_queues_need_no_binding_in_the_broker() -> None:
    assert {queue.exchange.name for queue in QUEUES} == {""}


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_beat_entry_is_a_task_that_cannot_pile_up(name: str) -> None:
    entry = BEAT_SCHEDULE[name]
    assert entry["task"] in TASK_ROUTES
    assert entry["options"]["expires"] > 0


@pytest.mark.parametrize("name", BEAT_SCHEDULE)
def test_no_beat_entry_in_the_hour_that_exists_twice_or_not_at_all(name: str) -> None:
    schedule = BEAT_SCHEDULE[name]["schedule"]
    if isinstance(schedule, crontab):
        hours: set[int] = vars(schedule)["hour"]
        assert 2 not in hours
    else:
        assert float(schedule) > 0  # an interval does not know the hour
