"""What the database must not be able to read: sealed fields, blind indexes, derived tokens.

Contact and name are stored encrypted (Fernet, keys outside the database; the first key of `FIELD_KEYS` seals, all
of them open). Look-ups go over a blind index: a keyed hash. Links carry tokens that are derived, never stored: the
database holds only their hash, so a stolen dump opens nobody's page, and a message can be written again without
keeping its link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

TOKEN_BYTES = 16
_SPOKEN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class SealedTextField(_Text):
    """Text that is encrypted at rest. The empty string stays empty, so that "nothing given" needs no key."""

    description = "encrypted text"

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return ""
        return _box(tuple(settings.FIELD_KEYS)).encrypt(str(value).encode()).decode("ascii")

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        if not value:
            return ""
        return _box(tuple(settings.FIELD_KEYS)).decrypt(value.encode("ascii")).decode()


def _keyed_hash(purpose: str, value: str) -> bytes:
    return hmac.new(settings.INDEX_KEY, f"{purpose}\x1f{value}".encode(), hashlib.sha256).digest()


def blind_index(purpose: str, value: str) -> str:
    """Keyed hash under which a contact is found again; empty for an empty value. 64 hex digits."""
    return _keyed_hash(f"index:{purpose}", value).hex() if value else ""


def derive_token(purpose: str, subject: str) -> str:
    """The secret of a link: 128 bit, the same for the same subject, 22 letters of base64url."""
    digest = _keyed_hash(f"token:{purpose}", subject)[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def derive_code(subject: str) -> str:
    """Six digits for an SMS. Guessing is limited by tries and minutes, not by length."""
    return f"{int.from_bytes(_keyed_hash('code', subject)[:8], 'big') % 1_000_000:06d}"


def derive_check_in_code(subject: str) -> str:
    """Six letters and digits to read out at the door; without I, L, O and U, which are misheard or misread."""
    number = int.from_bytes(_keyed_hash("check-in", subject)[:8], "big")
    return "".join(_SPOKEN[number >> shift & 31] for shift in range(0, 30, 5))


def hash_token(token: str) -> str:
    """What the database keeps of a token. Tokens are random to 128 bit, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
