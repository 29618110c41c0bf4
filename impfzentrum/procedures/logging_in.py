"""What the record of a county keeps of accounts: who logged in, what failed, what was changed. Numbers, no names."""

from __future__ import annotations

import logging
from datetime import datetime

from django.contrib.auth.models import User

from impfzentrum.models import Membership
from impfzentrum.procedures.auditing import record

logger = logging.getLogger(__name__)


def record_account(user: User, action: str, *, now: datetime, by: User | None = None, **detail: object) -> None:
    """Note in the record of the user's county what happened to their account.

    An account without a county (a superuser) has no record: its logins are counted in the log.
    """
    membership = Membership.objects.filter(user_id=user.pk).first()
    if membership is None:
        logger.info("account without a county: %s", action)
        return
    record(membership.county_id, action, f"account:{user.pk}", now=now, actor=by, **detail)


def record_failed_login(username: str, *, now: datetime) -> None:
    """A wrong password. An unknown name is counted in the log alone: what was typed may be anybody's."""
    user = User.objects.filter(username=username).first()
    if user is None:
        logger.info("login with an unknown name")
        return
    record_account(user, "login_failed", now=now)
