"""Login by the county's own directory (OpenID Connect), where the installation has one.

The directory says who somebody is. Whether they may come in, and as what, says the account they were invited to: a
directory never makes one. The e-mail address that the directory has checked leads to it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from jwt import PyJWTError
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from requests.exceptions import RequestException

logger = logging.getLogger(__name__)


def is_there() -> bool:
    """Whether this installation knows a directory."""
    return bool(settings.OIDC_OP_AUTHORIZATION_ENDPOINT)


class DirectoryBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # mozilla-django-oidc has no types
    """What the library leaves open: the token is for us and from our directory, the address is checked, nobody new."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Only for the way back from the directory, never for a name and a password."""
        if not is_there() or credentials.get("nonce") is None:
            return None
        try:
            user: User | None = super().authenticate(request, **credentials)
        except (RequestException, PyJWTError, KeyError, ValueError) as fault:
            # Out of reach, or an answer that cannot be read: the person hears it, and nobody wakes up for it.
            logger.warning("no usable answer from the directory: %s", type(fault).__name__)
            return None
        return user

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """The library checks signature, time and nonce; whom the token is for and who gave it is checked here.

        Raises SuspiciousOperation (OpenID Connect Core 1.0, 3.1.3.7).
        """
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        if settings.OIDC_RP_CLIENT_ID not in _as_list(payload.get("aud")):
            raise SuspiciousOperation("the token is for somebody else")
        if payload.get("iss") != settings.OIDC_ISSUER:
            raise SuspiciousOperation("the token is not from our directory")
        return payload

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """An address that the directory has not checked could be anybody's."""
        return bool(claims.get("email")) and claims.get("email_verified") is True

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """Whoever was invited with this address and is not closed. Superusers stay out: their way is the password."""
        found = User.objects.filter(email__iexact=claims["email"], is_active=True, membership__isnull=False)
        return found.filter(is_superuser=False)

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> User | None:
        """The invited user, with a note on whether the directory asked for a second factor."""
        user: User | None = super().get_or_create_user(access_token, id_token, payload)
        if user is not None:
            user.directory_factor = has_second_factor(payload)  # type: ignore[attr-defined]
        return user


def has_second_factor(payload: dict[str, Any]) -> bool:
    """Whether the token says so in `amr` or `acr` (RFC 8176), in words that the settings accept. Usually none are."""
    methods: Collection[str] = settings.DIRECTORY_FACTOR_AMR
    classes: Collection[str] = settings.DIRECTORY_FACTOR_ACR
    return any(one in methods for one in _as_list(payload.get("amr"))) or payload.get("acr") in classes


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
