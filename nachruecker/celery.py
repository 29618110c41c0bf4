"""The Celery app: every queue and the whole beat schedule on one screen.

Celery only wakes workers. What has to be done stands in PostgreSQL, so a lost message costs one sweep.
"""

import os
from collections.abc import Sequence
from typing import Any

from celery import Celery, Task, signals
from django.db import close_old_connections
from kombu import Queue

from nachruecker.health import show_life
from nachruecker.log_context import RELEASE, REQUEST_ID, name_request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nachruecker.settings.embedded")

# The anonymous exchange routes by queue name alone. A named exchange keeps its bindings in Redis: after a
# FLUSHALL every publish would go nowhere until the worker is restarted.
QUEUES = [Queue(name, exchange="", routing_key=name) for name in ("match", "deliver", "sweep", "reports")]

TASK_ROUTES: dict[str, dict[str, str]] = {
    "impfzentrum.match": {"queue": "match"},
    "impfzentrum.deliver": {"queue": "deliver"},
    "impfzentrum.sweep": {"queue": "sweep"},
    "impfzentrum.tend": {"queue": "sweep"},
    "impfzentrum.export": {"queue": "reports"},
    "impfzentrum.keep_terms": {"queue": "reports"},
    "impfzentrum.read_bounces": {"queue": "sweep"},
    "impfzentrum.show_life": {"queue": "sweep"},  # sent to each queue by the schedule
    "impfzentrum.import_bookings": {"queue": "reports"},
    "impfzentrum.send_account_links": {"queue": "deliver"},
    "impfzentrum.check_record": {"queue": "reports"},
}

# Seconds between two runs, and seconds after which a run nobody picked up is dropped, so that runs cannot pile up.
# Intervals only: an hour of the day exists twice or not at all when the clocks change.
BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "impfzentrum.sweep", "schedule": 2.0, "options": {"expires": 10}},
    "tend": {"task": "impfzentrum.tend", "schedule": 60.0, "options": {"expires": 120}},
    "keep_terms": {"task": "impfzentrum.keep_terms", "schedule": 900.0, "options": {"expires": 900}},
    "read_bounces": {"task": "impfzentrum.read_bounces", "schedule": 30.0, "options": {"expires": 30}},
    "life of match": {
        "task": "impfzentrum.show_life",
        "schedule": 10.0,
        "args": ("match",),
        "options": {"queue": "match", "expires": 10},
    },
    "life of deliver": {
        "task": "impfzentrum.show_life",
        "schedule": 10.0,
        "args": ("deliver",),
        "options": {"queue": "deliver", "expires": 10},
    },
    "send_account_links": {"task": "impfzentrum.send_account_links", "schedule": 30.0, "options": {"expires": 30}},
}

app = Celery("nachruecker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=QUEUES,
    task_default_queue="sweep",
    task_default_exchange="",
    task_default_routing_key="sweep",
    task_create_missing_queues=False,
    task_routes=TASK_ROUTES,
    beat_schedule=BEAT_SCHEDULE,
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def leave_logging_to_django(**_: object) -> None:
    """Celery configures no logging of its own where this signal has a receiver: LOGGING in the settings holds."""


@signals.task_prerun.connect
def drop_dead_connections(task: "Task[Any, Any]", **_: object) -> None:
    """A kept connection that died with a restart of the database is noticed before the task uses it.

    CELERY_DB_REUSE_MAX keeps connections over tasks, and nothing else looks at them.
    """
    if not task.request.is_eager:
        close_old_connections()


@signals.before_task_publish.connect
def pass_request_on(headers: dict[str, Any], **_: object) -> None:
    """The worker logs under the number of the request that woke it."""
    headers["request_number"] = REQUEST_ID.get()


@signals.task_prerun.connect
def name_task(task: "Task[Any, Any]", args: Sequence[Any], **_: object) -> None:
    """A task without a request, as from the clock, goes by a number of its own."""
    REQUEST_ID.set(name_request(vars(task.request).get("request_number")))
    RELEASE.set(str(args[0]) if task.name == "impfzentrum.match" and args else "")


signals.heartbeat_sent.connect(show_life)  # the worker, every two seconds while it has the broker
signals.beat_init.connect(show_life)
signals.before_task_publish.connect(show_life)  # beat, at each wake-up
