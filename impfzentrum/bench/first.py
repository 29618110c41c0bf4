"""From a release to its first and its last message: through a real broker and a real Celery worker.

The floor is a bare process at Redis that claims by one statement. Both start from a release that is there; what is
timed begins with the commit of its doses and ends where the gateway has read a request.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from impfzentrum.bench.claim import FLOOR
from impfzentrum.bench.copying import sweep_out, tidy
from impfzentrum.bench.database import other_broker
from impfzentrum.bench.ground import lay_ground, put_on_lists
from impfzentrum.bench.loopback import PORT, Gateway, loopback_gateway
from impfzentrum.bench.queue import NEAR_CLASS
from impfzentrum.bench.raw_worker import DONE, WORK
from impfzentrum.bench.timing import Figure, Goal, WorkNotDone
from impfzentrum.models import Campaign, County, Dose, Draw, Message, Offer, Place, Release, StandbyEntry, Vaccine
from impfzentrum.procedures.delivering import LINES
from impfzentrum.procedures.drawing import order_in_force
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import ReleaseState
from impfzentrum.vocabulary import Channel, ReleaseReason

FEW = 10
RUNS = 8
"""Runs of few people for each repetition: enough for a 95th percentile."""

FIRST, SURELY = Goal(least_ratio=1 / 5), Goal(most_seconds=0.06)
FIRST_OF_MANY, LAST = Goal(least_ratio=1 / 1.5), Goal(least_ratio=1 / 3)

ANSWERS_AFTER = 0.05
DATABASE_OF_OURS = 15
"""The number of the Redis database: a worker that is up listens to another one."""

PATIENCE = 60.0
LOOK_EVERY = 0.1
"""Seconds between two looks whether everything is sent: each takes time from what is measured. The floor tells us."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is released to, and all workers at work."""

    common: Release
    gateway: Gateway
    redis: Redis

    def release(self, people: int, wake: Callable[[int], object]) -> float:
        """Release so many doses and let `wake` know on commit; the moment of the commit."""
        with transaction.atomic():
            release = Release.objects.get(pk=self.common.pk)
            release.pk, release.form_key, release.state = None, uuid.uuid4(), ReleaseState.RUNNING
            release.number = (Release.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
            release.save(force_insert=True)
            now = timezone.now()
            Dose.objects.bulk_create(
                Dose(release=release, number=number, state_since=now) for number in range(1, people + 1)
            )
            wake(release.pk)
            return time.monotonic()


def measure_first(size: int, repeat: int) -> Iterator[Figure]:
    """First and last of few and of `size` messages. Needs a database of the bench; what is in it goes."""
    with loopback_gateway(answers_after=ANSWERS_AFTER) as gateway, _all_workers(size, gateway) as scene:
        few: dict[str, list[tuple[float, float]]] = {"ours": [], "raw": []}
        many: dict[str, list[tuple[float, float]]] = {"ours": [], "raw": []}
        for kind, people, runs in ((few, FEW, repeat * RUNS), (many, size, repeat)):
            for turn in range(runs + 1):
                both = _time_ours(scene, people), _time_raw(scene, people)
                if turn:  # the first one only warms up
                    kind["ours"].append(both[0])
                    kind["raw"].append(both[1])
    first = {side: [one for one, _ in few[side]] for side in few}
    first_of_many = median(one for one, _ in many["ours"])
    last = {side: median(one for _, one in many[side]) for side in many}
    runs = repeat * RUNS
    ours, raw = median(first["ours"]), median(first["raw"])
    yield _figure(f"release to first message of {FEW}, median of {runs}", size, 1, ours, raw).against(FIRST)
    late = [quantiles(first[side], n=20)[-1] for side in ("ours", "raw")]
    yield _figure(f"release to first message of {FEW}, 95th percentile of {runs}", size, 1, *late).against(SURELY)
    case = f"release to first message of {size}, floor is our first of {FEW}"
    yield _figure(case, size, 1, first_of_many, ours).against(FIRST_OF_MANY)
    yield _figure(f"release to last message of {size}", size, size, last["ours"], last["raw"]).against(LAST)


def _figure(case: str, size: int, n: int, ours: float, floor: float) -> Figure:
    return Figure("deliver", case, size, n, round(ours, 6), round(floor, 6), round(floor / ours, 3), round(n / ours, 1))


def _time_ours(scene: Scene, people: int) -> tuple[float, float]:
    begun = scene.release(people, wake_match)
    _wait(lambda: Message.objects.filter(state="sent").count() == people)
    return _read_arrivals(scene, begun, people)


def _time_raw(scene: Scene, people: int) -> tuple[float, float]:
    common = scene.common

    def wake(release: int) -> None:
        work = json.dumps([release, common.draw_id, common.vaccine_id, NEAR_CLASS, people])
        transaction.on_commit(lambda: scene.redis.rpush(WORK, work))

    begun = scene.release(people, wake)
    if scene.redis.blpop([DONE], timeout=PATIENCE) is None:
        raise WorkNotDone("the raw worker did not end")
    return _read_arrivals(scene, begun, people)


def _read_arrivals(scene: Scene, begun: float, people: int) -> tuple[float, float]:
    """Seconds until the first and until the last message; then nothing of this run is left."""
    arrivals = scene.gateway.arrivals()
    if len(arrivals) != people:
        raise WorkNotDone(f"deliver: {len(arrivals)} messages came instead of {people}")
    _clear()
    return arrivals[0] - begun, arrivals[-1] - begun


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        time.sleep(LOOK_EVERY)
        if holds():
            return
        if time.monotonic() > end:
            raise WorkNotDone("the Celery worker did not send everything")


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE impfzentrum_auditevent, impfzentrum_message, impfzentrum_placechange CASCADE")
        cursor.execute("UPDATE impfzentrum_standbyentry SET state = 'waiting' WHERE state = 'offered'")
        cursor.execute("DELETE FROM impfzentrum_offer")
        cursor.execute("DELETE FROM impfzentrum_dose")
        cursor.execute("DELETE FROM impfzentrum_releasedue")
        cursor.execute("DELETE FROM impfzentrum_release WHERE number > 1")
    tidy(Offer, Dose, Release, Message)
    sweep_out(StandbyEntry, Place)


def _lay_scene(size: int) -> Release:
    """Twice as many people as are asked at once, in the order of today; a release of theirs to be copied."""
    tables = ", ".join(model._meta.db_table for model in (County, Vaccine, StandbyEntry, Draw, Release, Message))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}, auth_user, impfzentrum_ruleset, impfzentrum_auditevent CASCADE")
    ground = lay_ground()
    Campaign.objects.update(rules_as_of=date(2021, 4, 24))
    County.objects.update(widens=False)
    centre, centres = ground.centres[0], len(ground.centres)
    put_on_lists(ground, range(0, 2 * max(size, 200) * centres, centres))
    now = timezone.now()
    draw = order_in_force(centre, now=now)
    release = Release(
        centre=centre,
        campaign=ground.campaign_of(centre),
        number=1,
        state=ReleaseState.ENDED,
        state_since=now,
        vaccine=ground.vaccine,
        use_by=now + timedelta(hours=6),
        arrive_from=now,
        arrive_until=now + timedelta(hours=5),
        reason=ReleaseReason.VIAL,
        released_by=ground.staff,
        released_at=now,
        draw=draw,
    )
    release.save()
    return release


@contextmanager
def _all_workers(size: int, gateway: Gateway) -> Iterator[Scene]:
    common = _lay_scene(size)
    broker = _broker_url()
    redis_url = broker.replace("redis+socket", "unix").replace("virtual_host", "db")
    redis = Redis.from_url(redis_url, socket_timeout=None)
    redis.flushdb()
    raw = {
        "dsn": _database_url(),
        "redis_url": redis_url,
        "port": gateway.port,
        "claim": FLOOR,
        "lines": LINES[Channel.SMS],
    }
    environ = {**os.environ, "DATABASE_URL": _database_url(), "CELERY_BROKER_URL": broker, PORT: str(gateway.port)}
    celery = [sys.executable, "-m", "celery", "--app", "nachruecker", "worker", "--loglevel", "WARNING"]
    celery += ["--include", "impfzentrum.bench.sending_there", "--without-gossip", "--without-mingle"]
    commands = [
        [sys.executable, "-m", "impfzentrum.bench.raw_worker", json.dumps(raw)],
        # As everywhere (nachruecker.embedded.programs): sending has a worker of its own.
        [*celery, "--hostname", "worker@bench", "--queues", "match,sweep", "--concurrency", "1"],
        [*celery, "--hostname", "sender@bench", "--queues", "deliver", "--concurrency", "1"],
    ]
    # Celery greets on its standard output: ours is for figures.
    running = [subprocess.Popen(command, env=environ, stdout=2) for command in commands]
    try:
        with other_broker(broker):
            yield Scene(common, gateway, redis)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()
        redis.close()


def _broker_url() -> str:
    """The configured Redis, another number."""
    parts = urlsplit(settings.CELERY_BROKER_URL)
    if parts.scheme == "redis+socket":
        return f"redis+socket://{parts.path}?virtual_host={DATABASE_OF_OURS}"
    return urlunsplit(parts._replace(path=f"/{DATABASE_OF_OURS}"))


def _database_url() -> str:
    """The bench's database in the words of libpq."""
    known = connection.settings_dict
    login = f"{quote(known['USER'])}:{quote(known['PASSWORD'])}"
    where = {name: known[name.upper()] for name in ("host", "port") if known[name.upper()]}
    return f"postgresql://{login}@/{quote(known['NAME'])}?{urlencode(where)}"
