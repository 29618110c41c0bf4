"""The tests: real PostgreSQL and Valkey (tests/plugin.py starts them), cheap passwords, strict templates."""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from nachruecker.settings.base import *  # noqa: F403
from nachruecker.settings.base import BASE_DIR, TEMPLATES
from nachruecker.settings.environment import broker_url, read_database_url

# Every process of a parallel run has its own Redis database; 0 stays free for what people do by hand, 15 is the
# bench's (impfzentrum/bench/first.py).
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
_redis_database = 1 + int(_worker) % 14

DEBUG = False
SECRET_KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"
FIELD_KEYS: list[str] = ["dGVzdC1rZXktb25lLTAxMjM0NTY3ODktYWJjZGVmZ2g=", "dGVzdC1rZXktdHdvLTAxMjM0NTY3ODktYWJjZGVmZ2g="]
INDEX_KEY: bytes = bytes(range(32))
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://testserver")  # a worker of a browser test is told the real address
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]

DATABASES = {
    "default": read_database_url(os.environ.get("DATABASE_URL", "postgresql://nachruecker@127.0.0.1/nachruecker")),
}
CELERY_BROKER_URL = broker_url(os.environ.get("REDIS_URL", "redis://127.0.0.1/0"), database=_redis_database)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests travel in time with one login; those of the session's end set both back (tests/views/test_session_end.py).
SESSION_IDLE = SESSION_LONGEST = timedelta(days=50_000)
SESSION_COOKIE_AGE = 14 * 24 * 3600

# A worker process that a test starts inherits both names and so writes into the same folder.
POSTFACH_DIR: Path | None = Path(os.environ.get("TEST_FOLDER", tempfile.gettempdir())) / f"postfach-gw{_worker}"
SMS_BACKEND = "impfzentrum.gateways.postfach.PostfachSmsBackend"
EMAIL_BACKEND = "impfzentrum.gateways.postfach.PostfachEmailBackend"
DEFAULT_FROM_EMAIL = "Nachrücker <nachruecker@example.org>"

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # find a file when it is asked for; else every test client looks at all of them first


class UndefinedVariable(Exception):
    """A template of ours names a variable that its view did not give."""


class RefuseUndefined(str):
    """`string_if_invalid` that fails in our own templates and stays empty in those of Django and its packages.

    Django formats it with the missing name from a frame that holds the context: the only way to learn which
    template is at fault.
    """

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, missing: object) -> str:
        context = sys._getframe(1).f_locals.get("context")
        template: Any = getattr(getattr(context, "render_context", None), "template", None)
        origin = str(getattr(getattr(template, "origin", None), "name", ""))
        if origin and not Path(origin).is_relative_to(BASE_DIR / "templates"):
            return ""
        raise UndefinedVariable(f"{missing} is not defined in {origin or 'a template without a name'}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = RefuseUndefined()
