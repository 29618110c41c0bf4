"""From which address a request comes, for limits only, and the answer to too many. It is not logged; a locked login
keeps it for fifteen minutes (django-axes), nothing else stores it.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from impfzentrum.errors import TooManyRequests
from impfzentrum.procedures.limiting import Limit, count_request, name_network


def count_visitor(request: HttpRequest, limit: Limit, *, now: datetime) -> None:
    """Count this request for the network it comes from. Raises TooManyRequests."""
    count_request(limit, name_network(find_address(request)), now=now)


def show_too_many(request: HttpRequest, refusal: TooManyRequests, *, again: str) -> HttpResponse:
    """429, with the time from which it works again and the address at which to go on then."""
    now = timezone.now()
    values = {"refusal": refusal, "now": now, "again": again, "return_to": again, "county": None}
    response = render(request, "citizen/too_many.html", values, status=429)
    response["Retry-After"] = str(max(1, int((refusal.until - now).total_seconds())))
    return response


def find_address(request: HttpRequest) -> str:
    """The caller, or whom the proxy in front names as its caller (the last entry is the proxy's own).

    The header counts only from a private address: whoever reaches us directly cannot pretend to be somebody else.
    """
    caller: str = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return forwarded if forwarded and _is_near(caller) else caller


def _is_near(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return True  # a unix socket has no address: only the proxy can be at its end
