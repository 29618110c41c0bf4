"""The second factor: setting it up, checking a code, new codes on paper, and the way out when all is lost."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.models import Device

from impfzentrum.account_refusals import FactorNotBegun, FactorTooSoon, FactorWrong
from impfzentrum.models import Authenticator, Membership, RecoveryCodes
from impfzentrum.models.second_factor import digest_code, is_app_code, new_codes, new_secret
from impfzentrum.procedures.logging_in import record_account


def is_demanded() -> bool:
    """Whether nobody gets in without a second factor (setting SECOND_FACTOR; production: always)."""
    return bool(settings.SECOND_FACTOR == "required")


def find_authenticator(user: User, *, confirmed: bool = True) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=confirmed).first()
    return found


def begin_authenticator(user: User, *, now: datetime) -> Authenticator:
    """A fresh secret for an app that has yet to show its first code. The one in use stays until then."""
    begun: Authenticator = Authenticator.objects.update_or_create(
        user=user,
        confirmed=False,
        defaults={
            "secret": new_secret(),
            "made_at": now,
            "last_step": -1,
            "throttling_failure_count": 0,
            "throttling_failure_timestamp": None,
        },
    )[0]
    return begun


def confirm_authenticator(user: User, code: str, *, now: datetime) -> tuple[Authenticator, list[str]]:
    """The app has shown its first code: it counts from now on, with ten new recovery codes, which nobody sees again.

    Raises FactorNotBegun, FactorWrong, FactorTooSoon. A wrong code counts, so nothing may roll it back.
    """
    begun = find_authenticator(user, confirmed=False)
    if begun is None:
        raise FactorNotBegun
    _check(begun, code, now=now)
    with transaction.atomic():
        Authenticator.objects.filter(user=user, confirmed=True).delete()
        begun.confirmed = True
        begun.save()
        codes = _make_codes(user, now=now)
        record_account(user, "second_factor_set", by=user, now=now)
    return begun, codes


def check_code(user: User, code: str, *, now: datetime) -> Device:
    """The device that knows this code: six digits of the app, or one of the codes on paper.

    Raises FactorWrong, FactorTooSoon. A failure is recorded.
    """
    tidy = "".join(code.split()).replace("-", "").upper()
    kind = Authenticator if is_app_code(tidy) else RecoveryCodes
    device = kind.objects.filter(user=user, confirmed=True).first()
    try:
        if device is None:
            raise FactorWrong
        _check(device, tidy, now=now)
    except FactorWrong:
        record_account(user, "second_factor_failed", now=now)
        raise
    if isinstance(device, RecoveryCodes):
        record_account(user, "recovery_code_used", by=user, now=now, left=len(device.digests))
    return device


def _check(device: Device, code: str, *, now: datetime) -> None:
    # The row is locked while its code is compared: the same code sent twice at once counts once.
    with transaction.atomic():
        locked = type(device).objects.select_for_update(no_key=True).get(pk=device.pk)
        allowed, why = locked.verify_is_allowed()
        right = allowed and locked.verify_token(code.strip())
    if not allowed:
        raise FactorTooSoon(seconds=max(1, ceil((why["locked_until"] - now).total_seconds())))
    if not right:
        raise FactorWrong
    device.refresh_from_db()


def renew_codes(user: User, *, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    with transaction.atomic():
        codes = _make_codes(user, now=now)
        record_account(user, "recovery_codes_renewed", by=user, now=now)
    return codes


def _make_codes(user: User, *, now: datetime) -> list[str]:
    codes = new_codes()
    digests = [digest_code(user, code) for code in codes]
    defaults = {"digests": digests, "made_at": now, "throttling_failure_count": 0, "throttling_failure_timestamp": None}
    RecoveryCodes.objects.update_or_create(user=user, defaults=defaults)
    return codes


def count_codes(user: User) -> int:
    """How many recovery codes are left."""
    found = RecoveryCodes.objects.filter(user=user).first()
    return len(found.digests) if found else 0


def reset_second_factor(membership: Membership, *, by: User, now: datetime) -> None:
    """The phone is lost, and the codes too: at the next login the person sets up a new one. Open sessions end."""
    with transaction.atomic():
        Authenticator.objects.filter(user_id=membership.user_id).delete()
        RecoveryCodes.objects.filter(user_id=membership.user_id).delete()
        record_account(membership.user, "second_factor_reset", by=by, now=now)
