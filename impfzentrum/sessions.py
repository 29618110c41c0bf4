"""When a session of staff ends by itself, and who counts as logged in until then.

Half an hour without a click, or a whole shift, and the person is asked again. The time of the last click stands in a
signed cookie and not in the session's row: a GET writes nothing. A page that asks by itself (htmx, GET) is no click.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from impfzentrum.procedures.second_factor import is_demanded

BEGAN, DIRECTORY_FACTOR = "began_at", "directory_factor"
"""In the session: when it began; that the county's own directory has asked for a second factor."""

IDLE, TOO_LONG = "ruhe", "lange"
"""Why a session is over, as it stands in the address of the login."""

OVER = "ende"
"""The parameter of the login that says so."""

SALT = "impfzentrum.seen"


def end_sessions(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware after that of django-otp: whoever's session is over, or lacks its second factor, is nobody."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given, seen = request.user, _Seen()
        request.user = SimpleLazyObject(lambda: seen.look(request, given))  # type: ignore[assignment]
        response = get_response(request)
        if seen.user is not None:
            _remember(request, response, seen.user)
        return response

    return middleware


class _Seen:
    """Whether anybody asked who the user is, and who it was. Pages that do not ask read no session."""

    user: User | None = None

    def look(self, request: HttpRequest, given: User | AnonymousUser) -> User | AnonymousUser:
        if not given.is_authenticated:
            return given
        over = find_end(request, now=timezone.now())
        if over:
            request.session.flush()
            request.session_over = over  # type: ignore[attr-defined]
            return AnonymousUser()
        if is_demanded() and not is_verified(request, given):
            return AnonymousUser()
        self.user = given
        return given


def is_verified(request: HttpRequest, user: User) -> bool:
    """Whether this session has seen a second factor: a device of ours, or the directory's own."""
    return bool(user.is_verified()) or request.session.get(DIRECTORY_FACTOR) is True  # type: ignore[attr-defined]


def find_end(request: HttpRequest, *, now: datetime) -> str:
    """Why this session is over, or nothing. One that does not know when it began is over."""
    began = request.session.get(BEGAN)
    if began is None or now - _moment(began) > settings.SESSION_LONGEST:
        return TOO_LONG
    seen = max(began, _read_seen(request))
    return IDLE if now - _moment(seen) > settings.SESSION_IDLE else ""


def why_over(request: HttpRequest) -> str:
    """Why somebody without a session has none: it just ended, or another tab was told so already."""
    over: str = getattr(request, "session_over", "")
    return over or (IDLE if request.COOKIES.get(settings.SEEN_COOKIE_NAME) else "")


def _moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, tz=timezone.get_current_timezone())


def _salt(request: HttpRequest) -> str:
    return f"{SALT}:{request.session.session_key}"


def _read_seen(request: HttpRequest) -> float:
    value = request.get_signed_cookie(settings.SEEN_COOKIE_NAME, default=None, salt=_salt(request))
    return float(value) if value else 0.0


def _remember(request: HttpRequest, response: Any, user: User) -> None:
    if not request.user.is_authenticated:  # has just logged out
        response.delete_cookie(settings.SEEN_COOKIE_NAME, samesite=settings.SESSION_COOKIE_SAMESITE)
        return
    asks_by_itself = request.method in {"GET", "HEAD"} and request.headers.get("HX-Request") == "true"
    if asks_by_itself or request.session.session_key is None:
        return
    response.set_signed_cookie(
        settings.SEEN_COOKIE_NAME,
        str(timezone.now().timestamp()),
        salt=_salt(request),
        max_age=timedelta(seconds=settings.SESSION_COOKIE_AGE),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )


def note_begin(request: HttpRequest | None, **_signal: object) -> None:
    """From this moment a session counts."""
    if request is not None:
        request.session[BEGAN] = timezone.now().timestamp()


user_logged_in.connect(note_begin, dispatch_uid="impfzentrum.note_begin")
