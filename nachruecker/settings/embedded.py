"""`make run`: everything on this machine, in the folder `.run`.

DATABASE_URL and REDIS_URL win over the embedded servers.
"""

import os
from pathlib import Path

from nachruecker.embedded.run_folder import RunFolder
from nachruecker.settings.base import *  # noqa: F403
from nachruecker.settings.base import INSTALLED_APPS, keep_connections
from nachruecker.settings.directory import read_directory
from nachruecker.settings.environment import broker_url, read_database_url, read_flag, split_list

RUN_FOLDER = RunFolder.of_project()
_keys = RUN_FOLDER.keys()

DEBUG = read_flag(os.environ, "DEBUG")
SECRET_KEY = _keys["SECRET_KEY"]
FIELD_KEYS: list[str] = split_list(_keys["FIELD_KEYS"])
INDEX_KEY: bytes = bytes.fromhex(_keys["INDEX_KEY"])

PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
SHORT_LINK_HOST = os.environ.get("SHORT_LINK_HOST", "").strip()
ALLOWED_HOSTS = [*split_list(os.environ.get("ALLOWED_HOSTS", "")), "127.0.0.1", "localhost", "[::1]"]

DATABASES = {
    "default": keep_connections(read_database_url(os.environ.get("DATABASE_URL") or RUN_FOLDER.database_url)),
}
CELERY_BROKER_URL = broker_url(os.environ.get("REDIS_URL") or RUN_FOLDER.redis_url)
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_FOLDER.path / "beat-schedule")

ERASED_FILE = str(RUN_FOLDER.path / "erased.txt")

POSTFACH_DIR: Path | None = RUN_FOLDER.path / "postfach"
SMS_BACKEND = "impfzentrum.gateways.postfach.PostfachSmsBackend"
EMAIL_BACKEND = "impfzentrum.gateways.postfach.PostfachEmailBackend"
DEFAULT_FROM_EMAIL = "Nachrücker <nachruecker@example.org>"

globals().update(read_directory(os.environ))  # OIDC_…: for trying a directory out
SECOND_FACTOR = os.environ.get("SECOND_FACTOR", "").strip() or "off"

INSTALLED_APPS = [*INSTALLED_APPS, "nachruecker.embedded"]

WHITENOISE_USE_FINDERS = True  # no collectstatic before the first page
