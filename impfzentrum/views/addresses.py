"""From which network a request comes, for limits on tries alone: it is never stored as it is."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def network_of(request: HttpRequest) -> str:
    """The client's IPv4 address, or the first 64 bit of an IPv6 address: a household gets that many at once.

    Behind PROXIES proxies of ours it is so many from the end of X-Forwarded-For; what stands before, anybody may write.
    """
    given: str = request.META.get("REMOTE_ADDR", "")
    passed_on = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.PROXIES and len(passed_on) >= settings.PROXIES:
        given = passed_on[-settings.PROXIES]
    try:
        address = ip_address(given)
    except ValueError:
        return given  # a unix socket has none
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
