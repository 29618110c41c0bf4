"""Production: everything from the environment, nothing guessed. A proxy in front ends TLS."""

import os
from pathlib import Path
from typing import Any

from nachruecker.settings.base import *  # noqa: F403
from nachruecker.settings.base import LOGGING, keep_connections
from nachruecker.settings.directory import read_directory
from nachruecker.settings.environment import broker_url, read_database_url, read_flag, split_list
from nachruecker.settings.faults import refuse_faults
from nachruecker.settings.gateways import read_backends, read_gateways, read_mail_hooks
from nachruecker.settings.static_files import STATIC_ROOT, STORAGES

__all__ = ["STATIC_ROOT", "STORAGES"]

refuse_faults(os.environ)

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
SECRET_KEY_FALLBACKS = split_list(os.environ.get("SECRET_KEY_FALLBACKS", ""))
FIELD_KEYS: list[str] = split_list(os.environ["FIELD_KEYS"])
INDEX_KEY: bytes = bytes.fromhex(os.environ["INDEX_KEY"])
PUBLIC_URL = os.environ["PUBLIC_URL"].rstrip("/")
SHORT_LINK_HOST = os.environ.get("SHORT_LINK_HOST", "").strip()
ALLOWED_HOSTS = split_list(os.environ["ALLOWED_HOSTS"])

DATABASES: dict[str, dict[str, Any]] = {"default": keep_connections(read_database_url(os.environ["DATABASE_URL"]))}
CELERY_BROKER_URL = broker_url(os.environ["REDIS_URL"])

SECOND_FACTOR = os.environ.get("SECOND_FACTOR", "").strip() or "required"  # anything else is a fault

globals().update(read_directory(os.environ))  # OIDC_… and DIRECTORY_FACTOR_…, where there is a directory

POSTFACH_DIR: Path | None = None  # no simulated phone
SMS_BACKENDS = read_backends(os.environ["SMS_BACKEND"])
SMS_BACKEND = next(iter(SMS_BACKENDS.values()))
SMS_GATEWAYS = read_gateways(os.environ)
EMAIL_BACKEND = "impfzentrum.gateways.mail_server.SmtpBackend"
EMAIL_HOST = os.environ["EMAIL_HOST"]
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = read_flag(os.environ, "EMAIL_USE_SSL")
EMAIL_USE_TLS = not EMAIL_USE_SSL and not read_flag(os.environ, "EMAIL_PLAIN")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or (465 if EMAIL_USE_SSL else 587))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ["EMAIL_FROM"]
EMAIL_BOUNCES_TO = os.environ.get("EMAIL_BOUNCES_TO", "").strip()
MAIL_HOOKS = read_mail_hooks(os.environ)
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "").strip()
BOUNCES_MAILBOX = os.environ.get("BOUNCES_MAILBOX", "").strip()
ERASED_FILE = os.environ.get("ERASED_FILE", "").strip()

# --- one JSON object a line, with the number of the request and the release; a line for every request
LOGGING["handlers"]["console"]["formatter"] = "json"
LOGGING["loggers"]["nachruecker.access"]["level"] = "INFO"

# --- TLS ends at the proxy, which must set X-Forwarded-Proto itself and pass on none that it was sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Asked from inside, without the proxy: health and figures, and what a Kannel beside us reports (secret and allow-list).
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$", r"^gateway/kannel/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- The prefix makes browsers refuse these cookies from a sister domain or without TLS.
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SEEN_COOKIE_NAME = "__Host-seen"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
