"""The phone of the demo: every SMS and e-mail that would have gone out, readable for whoever plays all roles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from impfzentrum.gateways.postfach import PostfachMessage, read_postfach
from impfzentrum.procedures.writing import link_address
from impfzentrum.vocabulary import Channel


class PostfachRequest(HttpRequest):
    htmx: HtmxDetails


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `link` is the path on our own site where it leads, or empty."""

    text: str
    link: str


@never_cache
@require_safe
def inbox(request: PostfachRequest) -> HttpResponse:
    """All messages, newest first, or those to one recipient (`?an=`).

    htmx asks for the list alone, every two seconds, and gets nothing while it is as it was (`stand`): whoever reads or
    tabs through it keeps their place.
    """
    all_messages = read_postfach()
    chosen = request.GET.get("an", "")
    shown = [message for message in all_messages if chosen in {"", message.to}]
    newest = _name_of_newest(shown)
    if request.htmx and request.GET.get("stand") == newest:
        return HttpResponse(status=204)
    values = {
        "shown": [(message, cut_at_links(message.text)) for message in shown],
        "recipients": sorted({message.to for message in all_messages} | ({chosen} if chosen else set())),
        "chosen": chosen,
        "newest": newest,
    }
    page = "postfach/list.html" if request.htmx else "postfach/inbox.html"
    return render(request, page, values)


def cut_at_links(text: str) -> list[Piece]:
    """The text with the addresses of our own site as links; any other address stays text."""
    addresses = "|".join(re.escape(link_address(channel)) for channel in Channel)
    pieces = []
    before, *rest = re.split(f"({addresses})/", text)
    pieces.append(Piece(before, ""))
    for own, part in zip(rest[::2], rest[1::2], strict=True):
        path = part.split(maxsplit=1)[0] if part.strip() and not part[0].isspace() else ""
        path = path.rstrip(".,;:!?)")
        pieces.append(Piece(f"{own}/{path}", f"/{path}"))
        pieces.append(Piece(part[len(path) :], ""))
    return [piece for piece in pieces if piece.text]


def _name_of_newest(shown: list[PostfachMessage]) -> str:
    return f"{len(shown)}-{shown[0].sent_at.isoformat()}" if shown else "0"
