"""The keys of booking systems: made and revoked by people, shown once, known here by their hash only."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from impfzentrum.models import Centre, InterfaceKey
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.auditing import record

PREFIX = "nr_"
"""By it a key is recognized that lies where it should not."""

USE_NOTED_EVERY = timedelta(minutes=1)


def make_key(centre: Centre, name: str, *, form_key: UUID, by: User, now: datetime) -> str | None:
    """A new key of 256 bit, told this once; None for a second tap, whose key was shown before."""
    secret = PREFIX + secrets.token_urlsafe(32)
    values = {"centre": centre, "name": name, "hint": secret[:7][3:], "secret_hash": hash_token(secret)}
    with transaction.atomic():
        key, new = InterfaceKey.objects.get_or_create(
            form_key=form_key, defaults={**values, "created_by": by, "created_at": now}
        )
        if not new:
            return None
        record(centre.county_id, "interface_key_made", key.public_id, now=now, actor=by)
    return secret


def revoke_key(key: InterfaceKey, *, by: User, now: datetime) -> None:
    """From now on the key opens nothing. A second tap changes nothing."""
    with transaction.atomic():
        if InterfaceKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now, revoked_by=by):
            record(key.centre.county_id, "interface_key_revoked", key.public_id, now=now, actor=by)


def find_key(secret: str, *, now: datetime) -> InterfaceKey | None:
    """Whose key this is; None for an unknown or revoked one. Notes once a minute that it is in use."""
    keys = InterfaceKey.objects.filter(secret_hash=hash_token(secret), revoked_at=None)
    key = keys.select_related("centre__county").first()
    if key is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
        InterfaceKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key
