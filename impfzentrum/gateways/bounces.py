"""What mail servers say about an address: codes of SMTP (RFC 5321) and of delivery status (RFC 3463)."""

from __future__ import annotations

import re

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_DEAD = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1|4\.4)")
"""No such mailbox, host, spelling; moved; null MX · mailbox closed · no way to the host. Not: full, too big, policy."""

_DEAD_PLAIN = (550, 551, 553)
"""What servers say without a status of their own: no such mailbox, moved, name not allowed."""


def is_address_dead(code: int | None, text: str) -> bool:
    """Whether a final refusal blames the address and not our letter, our server or a full mailbox."""
    found = ENHANCED.search(text)
    if found is not None:
        return _DEAD.fullmatch(found[0]) is not None
    return code in _DEAD_PLAIN


def name_status(code: int | None, text: str) -> str:
    """The codes alone, as a reason for operators: what a server adds in words quotes the address."""
    found = ENHANCED.search(text)
    return " ".join(part for part in (str(code or ""), found[0] if found else "") if part)
