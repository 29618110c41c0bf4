"""Between the two steps of the login: the password was right, the code is still to come. Ten minutes, no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import load_backend, login
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as login_device
from django_otp.models import Device

from impfzentrum.procedures.logging_in import record_account
from impfzentrum.procedures.second_factor import begin_authenticator, find_authenticator, is_demanded
from impfzentrum.sessions import DIRECTORY_FACTOR

KEY = "halfway"
LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody whose password was right, how they were known, and where they want to go."""

    user: User
    backend: str
    back: str


def needs_code(user: User) -> bool:
    """Whether this person is asked for a code: always where it is demanded, else if they have set one up."""
    return is_demanded() or find_authenticator(user) is not None


def remember_halfway(request: HttpRequest, user: User, *, back: str, now: datetime) -> str:
    """Keep who it is until the code comes, under a new session key; return the name of the page that comes next."""
    request.session.flush()
    backend: str = user.backend
    request.session[KEY] = {"user": user.pk, "backend": backend, "back": back, "until": (now + LASTS).timestamp()}
    if find_authenticator(user) is not None:
        return "account:code"
    begin_authenticator(user, now=now)
    return "account:set_up"


def find_halfway(request: HttpRequest, *, now: datetime) -> Halfway | None:
    """Who is between the two steps here, unless they took too long or the account was closed meanwhile."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < now.timestamp():
        return None
    user = load_backend(kept["backend"]).get_user(kept["user"])
    return Halfway(user, kept["backend"], kept["back"]) if isinstance(user, User) and user.is_active else None


def complete_login(
    request: HttpRequest, user: User, *, backend: str, device: Device | None = None, by_directory: bool = False
) -> None:
    """Both steps are done, or there is only one: from here on the session counts. Recorded."""
    request.session.pop(KEY, None)
    login(request, user, backend=backend)
    if device is not None:
        login_device(request, device)
    if by_directory:
        request.session[DIRECTORY_FACTOR] = True
    how = "directory" if by_directory else type(device).__name__.lower() if device is not None else "none"
    record_account(user, "logged_in", by=user, now=timezone.now(), factor=how)
