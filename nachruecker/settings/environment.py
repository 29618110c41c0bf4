"""Turns what the environment says into what Django wants to hear."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured


def read_database_url(url: str) -> dict[str, Any]:
    """The DATABASES entry for a libpq address such as postgresql://user:secret@host:5432/name?sslmode=require.

    A socket folder stands in the host, percent-encoded, or in the query as `host=`. Everything else in
    the query goes to libpq as it is. Raises ImproperlyConfigured for any other kind of database.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme!r}.")
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def broker_url(redis_url: str, *, database: int | None = None) -> str:
    """The same Redis in Celery's words; `database` replaces the number in the address.

    unix:///run/redis.sock?db=1 becomes redis+socket:///run/redis.sock?virtual_host=1; redis:// and rediss://
    stay as they are. Raises ImproperlyConfigured for other schemes.
    """
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme in {"unix", "redis+socket"}:
        named = query.pop("db", query.pop("virtual_host", "0"))
        query["virtual_host"] = str(named if database is None else database)
        return f"redis+socket://{parts.path}?{urlencode(query)}"
    if parts.scheme in {"redis", "rediss"}:
        path = parts.path if database is None else f"/{database}"
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
    raise ImproperlyConfigured(f"REDIS_URL must start with redis://, rediss:// or unix://, not {parts.scheme!r}.")


def split_list(text: str) -> list[str]:
    """The non-empty items of a comma separated list."""
    return [item.strip() for item in text.split(",") if item.strip()]


def read_flag(environ: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on: 1, true, yes or on, in any case."""
    return environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}
