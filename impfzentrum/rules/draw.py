"""The drawing of lots: a keyed hash puts people in an order that nobody chose and anybody can repeat."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

SEED_BYTES = 32
_BLOCK = 64
_TOP_BIT = 2**63 - 1


def draw_ticket(seed: bytes, public_id: UUID) -> int:
    """The ticket of a person: the first 63 bits of HMAC-SHA256 over their public id. Lower tickets come first."""
    digest = hmac.new(seed, public_id.bytes, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") & _TOP_BIT


def late_ticket(seed: bytes, public_id: UUID) -> int:
    """The ticket of somebody who said yes and came too late: before everybody else, by lot among themselves."""
    return put_first(draw_ticket(seed, public_id))


def put_first(ticket: int) -> int:
    """The ticket of somebody who comes before everybody else, in the order of these tickets among themselves."""
    return ticket - 2**63


def arrival_ticket(joined: datetime) -> int:
    """The ticket where who came first is first: microseconds since 1970, UTC."""
    return (joined - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def commit_to(seed: bytes) -> str:
    """The hash of a seed, to be published before the order is drawn. 64 hex digits."""
    return hashlib.sha256(seed).hexdigest()


def hmac_pads(seed: bytes) -> tuple[bytes, bytes]:
    """Inner and outer key block of HMAC-SHA256 (RFC 2104), so that the database can draw with its own sha256()."""
    block = seed.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
