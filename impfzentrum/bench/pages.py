"""What people on the list open: the server's time for each page with short and with very long lists.

Two processes answer at once, as in production, each through the whole of Django from the request to the last byte. The
floor is an empty view behind the same middleware in the same run. Told are 95th percentiles, not medians.
"""

from __future__ import annotations

import io
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from impfzentrum.bench.copying import tidy
from impfzentrum.bench.ground import NEAR, Ground, lay_ground, put_on_lists
from impfzentrum.bench.offers import make_releases
from impfzentrum.bench.timing import Figure, Goal, WorkNotDone
from impfzentrum.models import County, Dose, Offer, Release, StandbyEntry
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.drafting import start_draft
from impfzentrum.procedures.figuring import refresh_figures
from impfzentrum.states import DoseState, EntryState, OfferState

SIZES = (1_000, 1_000_000)
WORKERS = 2
REQUESTS = 30
"""Of each page, by each worker, in one turn."""

EMPTY = "impfzentrum.bench.empty_page"
GOAL = Goal(most_seconds=0.06)
OK = "200 OK"


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    path: str


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` people wait, spread over all centres; one of them has an offer, one is signing up."""
    ground = lay_ground()
    put_on_lists(ground, range(size))
    pages = _set_the_scene(ground, now=timezone.now())
    tidy(StandbyEntry, Release, Dose, Offer)
    for page in pages:
        try:
            with CaptureQueriesContext(connection) as queries:
                _answer(page.path)
        except WorkNotDone as fault:
            raise WorkNotDone(f"{page.name}: {fault}") from fault
        yield _measure_page(page, f"{page.name}, {len(queries)} queries", size, repeat)


def _measure_page(page: Page, case: str, size: int, repeat: int) -> Figure:
    ours: list[float] = []
    floor: list[float] = []
    for turn in range(repeat + 1):
        sides = [(page.path, settings.ROOT_URLCONF, ours), ("/", EMPTY, floor)]
        for path, addresses, seconds in sides if turn % 2 else reversed(sides):
            taken = _ask_two_workers(path, addresses)
            seconds += taken if turn else []  # the first turn only warms up
    page_95, floor_95 = _percentile(ours), _percentile(floor)
    figure = Figure(
        name="pages",
        case=case,
        size=size,
        n=len(ours),
        seconds=round(page_95, 6),
        floor_seconds=round(floor_95, 6),
        ratio=round(floor_95 / page_95, 3),
        per_second=round(WORKERS / (sum(ours) / len(ours)), 1),
    )
    return figure.against(GOAL)


def _percentile(seconds: list[float]) -> float:
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]


def _ask_two_workers(path: str, addresses: str) -> list[float]:
    """The seconds of every request; raises WorkNotDone when a page was not there."""
    connections.close_all()  # a connection must not be shared with the children
    forking = multiprocessing.get_context("fork")
    pipes = []
    for _worker in range(WORKERS):
        here, there = forking.Pipe(duplex=False)
        child = forking.Process(target=_work, args=(there, path, addresses), daemon=True)
        child.start()
        there.close()
        pipes.append((here, child))
    taken: list[float] = []
    for here, child in pipes:
        told = here.recv()
        child.join()
        if isinstance(told, str):
            raise WorkNotDone(f"a page {told}")
        taken += told
    return taken


def _work(pipe: Any, path: str, addresses: str) -> None:
    settings.ROOT_URLCONF = addresses
    try:
        _answer(path), _answer(path)  # opens the connection, reads the templates
        seconds = []
        for _ in range(REQUESTS):
            begun = time.perf_counter()
            _answer(path)
            seconds.append(time.perf_counter() - begun)
        pipe.send(seconds)
    except WorkNotDone as fault:
        pipe.send(str(fault))
    finally:
        connections.close_all()


@cache
def _handler_of(_addresses: str) -> WSGIHandler:
    """Made once for each list of addresses: it loads the middleware, which looks at every static file."""
    return WSGIHandler()


def _answer(path: str) -> bytes:
    """One GET through Django, to the last byte."""
    handler = _handler_of(settings.ROOT_URLCONF)
    statuses: list[str] = []

    def begin(status: str, _headers: object, _fault: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _piece: None

    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": next((host for host in settings.ALLOWED_HOSTS if host.strip("*.") == host), "localhost"),
        "HTTP_ACCEPT_LANGUAGE": "de",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    answer = handler(environ, begin)
    body = b"".join(answer)
    answer.close()
    if statuses != [OK]:
        raise WorkNotDone(f"answered {statuses}")
    return body


def _set_the_scene(ground: Ground, *, now: datetime) -> list[Page]:
    """Somebody waits, somebody is asked, somebody is signing up; the figures of their groups are counted."""
    waiting, asked = StandbyEntry.objects.order_by("pk")[:2]
    for entry in (waiting, asked):
        StandbyEntry.objects.filter(pk=entry.pk).update(token_hash=hash_token(entry.token))
    refresh_figures(waiting.centre, now=now)
    offer = _ask(ground, asked, now=now)
    County.objects.update(residents_only=False)
    draft = start_draft(
        ground.campaign_of(ground.centres[0]), "alter", {"birth_date": ["4.1.1950"], "postcode": ["34497"]}, now=now
    )
    county = ground.centres[0].county
    return [
        Page("home", reverse("citizen:home")),
        Page("county", reverse("citizen:county", args=[county.slug])),
        Page("how we choose", reverse("citizen:choosing", args=[county.slug])),
        Page("sign-up, first step", reverse("citizen:sign_up", args=[county.slug])),
        Page("sign-up, reason", reverse("citizen:sign_up_step", args=[county.slug, draft.token, "grund"])),
        Page("lost link", reverse("citizen:lost_link")),
        Page("offer", reverse("offer:answer", args=[offer.token])),
        Page("status, waiting", reverse("entry:status", args=[waiting.token])),
        Page("status, asked", reverse("entry:status", args=[asked.token])),
        Page("own data", reverse("entry:data", args=[asked.token])),
    ]


def _ask(ground: Ground, person: StandbyEntry, *, now: datetime) -> Offer:
    make_releases(ground, len(ground.centres))
    release = Release.objects.get(centre=person.centre)
    held = {"state": DoseState.HELD, "state_since": now, "holder": person}
    dose = Dose.objects.create(release=release, number=1, **held)
    StandbyEntry.objects.filter(pk=person.pk).update(state=EntryState.OFFERED)
    return Offer.objects.create(
        entry=person,
        release=release,
        dose=dose,
        state=OfferState.OPEN,
        state_since=now,
        created_at=now,
        handed_over_at=now,
        answer_by=now + timedelta(hours=3),
        priority_group=person.priority_group,
        travel_minutes=NEAR,
        ticket=1,
    )
