"""/metrics for Prometheus: what the database knows at this moment, so that every process gives the same answer.

Latencies of pages are the proxy's to measure. Docs: docs/operations/.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from impfzentrum.procedures.living import judge_life
from impfzentrum.procedures.measuring import BUCKETS, Count, Durations, read_figures
from nachruecker.readiness import broker_answers

Family = GaugeMetricFamily | HistogramMetricFamily


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for whoever brings METRICS_TOKEN as a bearer; for all others there is no such page."""
    token, brought = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(brought.encode(), f"Bearer {token}".encode()):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class DatabaseCollector(Collector):
    """Reads everything anew at each scrape: some twenty queries, none of them over more than a day."""

    def collect(self) -> Iterable[Family]:
        now = timezone.now()
        figures = read_figures(now=now)
        yield _gauge("people", "People on the lists of running campaigns", ["county"], figures.waiting)
        yield _gauge("releases", "Releases that run or are filled", ["county", "state"], figures.releases)
        yield _gauge("doses_last_day", "Doses released in 24 hours", ["county", "state"], figures.doses)
        yield _gauge("offers_last_day", "Offers of releases of 24 hours", ["county", "state"], figures.offers)
        yield _gauge("messages_waiting", "Messages in the outbox", ["channel", "state"], figures.queued)
        yield _gauge("message_oldest_seconds", "Age of the oldest due message", ["channel"], figures.oldest)
        handed_over = ["channel", "provider"]
        yield _gauge("messages_sent_last_hour", "Messages handed over", handed_over, figures.handed_over)
        yield _gauge("messages_lost_last_hour", "Failed or lapsed", [*handed_over, "state"], figures.failed)
        yield _gauge("sending_stopped", "1 while a county has stopped its sending", ["county"], figures.stopped)
        yield _gauge("audit_unsealed", "Events not yet in the chain", [], [Count((), figures.unsealed)])
        yield _histogram(
            "hand_over_seconds_last_hour", "From an offer to its hand-over", ["channel"], figures.hand_over
        )
        yield _histogram("answer_seconds_last_day", "From hand-over to the answer", ["county"], figures.answer)
        yield from _collect_life()


def _collect_life() -> Iterator[Family]:
    findings = judge_life(now=timezone.now())
    ages = [Count((one.name,), one.age) for one in findings if one.age is not None]
    yield _gauge("age_seconds", "Since the last sign of life, or that the oldest message waits", ["part"], ages)
    well = [Count((one.name,), one.well) for one in findings]
    yield _gauge("well", "1 while a part works as it should", ["part"], [*well, Count(("broker",), broker_answers())])


def _gauge(name: str, told: str, labels: Sequence[str], counts: Iterable[Count]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"nachruecker_{name}", told, labels=labels)
    for count in counts:
        family.add_metric(count.labels, count.value)
    return family


def _histogram(name: str, told: str, labels: Sequence[str], durations: Iterable[Durations]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(f"nachruecker_{name}", told, labels=labels)
    bounds = [*(str(float(bound)) for bound in BUCKETS), "+Inf"]
    for one in durations:
        buckets = list(zip(bounds, map(float, one.counts), strict=True))
        family.add_metric(one.labels, buckets=buckets, sum_value=one.total)
    return family
