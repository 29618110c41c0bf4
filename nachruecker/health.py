"""Whether the site is well: /healthz for the web, the age of a file for worker and beat."""

import os
import sys
import time
from pathlib import Path

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when this process reaches the database, else 503. Redis is not asked: without it the web goes on."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def show_life(**_: object) -> None:
    """Touch the file that HEARTBEAT_FILE names, if it names one. Called by worker and beat as long as they work."""
    if name := os.environ.get("HEARTBEAT_FILE"):
        Path(name).touch()


def ask_web() -> str | None:
    """What is wrong with the web server in this container, asked by the name it answers to."""
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    try:
        with urlopen(Request("http://127.0.0.1:8000/healthz", headers={"Host": host}), timeout=4):
            return None
    except (URLError, OSError) as wrong:
        return f"/healthz: {wrong}"


def find_silence(seconds: float) -> str | None:
    """What is wrong when the last sign of life is older than `seconds`."""
    path = Path(os.environ["HEARTBEAT_FILE"])
    age = time.time() - path.stat().st_mtime if path.exists() else float("inf")
    return f"last sign of life {age:.0f} s ago" if age > seconds else None


if __name__ == "__main__":
    # Health checks of the containers: `web`, or `heartbeat SECONDS`. Ends with 1 and a sentence when not well.
    sys.exit(ask_web() if sys.argv[1] == "web" else find_silence(float(sys.argv[2])))
