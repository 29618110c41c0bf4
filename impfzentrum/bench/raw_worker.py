"""The floor of a wake-up: a process that waits at Redis, claims by one statement, and posts to the gateway.

Started as `python -m impfzentrum.bench.raw_worker`, with what it needs as JSON in its argument.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import psycopg2
from redis import Redis

WORK, DONE = "bench-raw-work", "bench-raw-done"
TEXT = b"Angebot, noch kein Termin: Heute ist etwas frei. Bitte antworten: https://impfliste.example/a/0123456789abcdef"
HEADERS = {"X-Kannel-To": "+491713920001", "X-Kannel-Username": "bench", "Content-Type": "text/plain; charset=UTF-8"}

_mine = threading.local()


def run_worker(dsn: str, redis_url: str, port: int, claim: str, lines: int) -> None:
    """Work until killed: claim for the release that Redis names, send one message each, say that it is done."""
    redis = Redis.from_url(redis_url, socket_timeout=None)
    database = psycopg2.connect(dsn)
    database.autocommit = True
    with database.cursor() as cursor, ThreadPoolExecutor(lines) as pool:
        cursor.execute(claim)
        while True:
            _, work = redis.blpop([WORK])  # type: ignore[misc]
            cursor.execute("EXECUTE bench_claim (%s, %s, %s, %s, %s, now())", json.loads(work))
            [people] = cursor.fetchone() or [0]
            list(pool.map(_post, [port] * people))
            redis.rpush(DONE, people)


def _post(port: int) -> None:
    connection: HTTPConnection | None = getattr(_mine, "connection", None)
    if connection is None:
        connection = _mine.connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/", body=TEXT, headers=HEADERS)
    connection.getresponse().read()


if __name__ == "__main__":
    run_worker(**json.loads(sys.argv[1]))
