"""Limits on what strangers may ask for: drafts, sign-ups and codes, by address and by contact.

They stand in PostgreSQL: two web workers count together, a flush of Redis forgives nobody, and a counter is one
statement on a row of its own. Of addresses and numbers only a keyed hash is kept, and only until the window ends.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address

from django.db import connection

from impfzentrum.errors import TooManyRequests
from impfzentrum.models import RequestCount
from impfzentrum.models.sealed import blind_index

logger = logging.getLogger(__name__)

REMOVED_AT_ONCE = 10_000


class Limit(Enum):
    """A kind of request: how many of them within which time.

    Mobile networks put hundreds of phones behind one address, so limits by address stop programs, not crowds; those by
    contact keep a stranger's phone quiet.
    """

    START = (100, timedelta(hours=1))
    SIGN_UP = (60, timedelta(hours=1))
    TRY_CODE = (150, timedelta(hours=1))
    SIGN_UP_OF_CONTACT = (6, timedelta(days=1))
    LOST_LINK = (40, timedelta(hours=1))
    LOST_LINK_TO_CONTACT = (3, timedelta(hours=1))
    OPENING = (50, timedelta(hours=1))
    OPENING_TO_CONTACT = (3, timedelta(days=1))
    NEW_CONTACT = (5, timedelta(days=1))
    INTERFACE = (600, timedelta(minutes=10))
    INTERFACE_REFUSED = (60, timedelta(minutes=10))
    FEEDBACK = (30, timedelta(hours=1))
    PASSWORD_LINK = (20, timedelta(hours=1))
    PASSWORD_LINK_TO_ADDRESS = (4, timedelta(hours=1))

    def __init__(self, most: int, within: timedelta) -> None:
        self.most, self.within = most, within


_COUNT = """
    INSERT INTO impfzentrum_requestcount AS counter (key, count, ends_at) VALUES (%(key)s, 1, %(ends_at)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counter.ends_at <= %(now)s THEN 1 ELSE counter.count + 1 END,
        ends_at = CASE WHEN counter.ends_at <= %(now)s THEN excluded.ends_at ELSE counter.ends_at END
    RETURNING count, ends_at
"""


def count_request(limit: Limit, subject: str, *, now: datetime) -> None:
    """Count one request of `subject`, an address or a contact; nothing for an empty one.

    Raises TooManyRequests above the limit, with when it works again. Two at once both count: the row is locked by the
    statement itself. The first above the limit is logged, without saying who.
    """
    if not subject:
        return
    values: dict[str, str | datetime] = {
        "key": blind_index(f"limit:{limit.name}", subject),
        "now": now,
        "ends_at": now + limit.within,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        count, ends_at = cursor.fetchone()
    if count == limit.most + 1:
        logger.warning("limit %s reached: %d requests", limit.name, limit.most)
    if count > limit.most:
        raise TooManyRequests(until=ends_at)


def name_network(address: str) -> str:
    """Whose address this is, as far as limits care: an IPv4 address, or the /64 that a household gets in IPv6."""
    try:
        number = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(number, IPv6Address):
        return str(number)
    return str(number.ipv4_mapped or IPv6Address(int(number) >> 64 << 64))


def forget_counts(*, now: datetime) -> int:
    """Delete what no longer counts; return how many rows."""
    over = RequestCount.objects.filter(ends_at__lte=now).values("pk")[:REMOVED_AT_ONCE]
    return RequestCount.objects.filter(pk__in=over).delete()[0]
