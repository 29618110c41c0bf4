"""/readyz: whether everything works that doses need. For who watches; a proxy goes by /healthz.

Without Redis or workers people can still sign up and answer, so the web must go on being asked.
"""

from typing import Any

from celery import current_app
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from impfzentrum.procedures.living import Finding, judge_life


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when all is well, else 503; one line for each part, nothing secret.

    Database, broker, the workers of each queue, the sweep, and how long the oldest message has waited that could leave.
    """
    findings = [Finding("broker", broker_answers(), None), *_judge_workers()]
    well = all(finding.well for finding in findings)
    lines = [_tell(finding) for finding in findings]
    return HttpResponse("\n".join([*lines, ""]), status=200 if well else 503, content_type="text/plain")


def _judge_workers() -> list[Finding]:
    try:
        return [Finding("database", well=True, age=None), *judge_life(now=timezone.now())]
    except DatabaseError:
        return [Finding("database", well=False, age=None)]


def _tell(finding: Finding) -> str:
    age = "" if finding.age is None else f" {finding.age:.0f} s"
    return f"{'ok' if finding.well else 'NOT WELL'}: {finding.name}{age}"


def broker_answers() -> bool:
    """Whether Redis answers within its short time limits (CELERY_BROKER_TRANSPORT_OPTIONS)."""
    try:
        with current_app.connection_for_read() as broker:
            channel: Any = broker.default_channel  # kombu's own, of the transport
            return bool(channel.client.ping())
    except (OperationalError, RedisError, OSError):
        return False
