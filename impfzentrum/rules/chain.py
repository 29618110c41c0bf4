"""The hash chain of the audit: each link covers the one before, so that no row can be changed or taken out unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

START = "0" * 64


def link_digest(previous: str, content: Mapping[str, object]) -> str:
    """Digest of a link: SHA-256 over the digest before it and the content as canonical JSON. 64 hex digits."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
