"""Which languages a page can be read in, and what must keep its direction in a language from right to left."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.translation import get_language, get_language_bidi, get_language_from_request

from impfzentrum.languages import is_for_citizens, list_spoken

register = template.Library()

_ISOLATE, _END = "\u2066", "\u2069"


def _view_name(context: Context) -> str:
    match = getattr(context.get("request"), "resolver_match", None)
    return match.view_name if match else ""


@register.simple_tag(takes_context=True)
def spoken_languages(context: Context) -> list[tuple[str, str]]:
    """Code and own name of each language of this page but the one it is in."""
    return [(code, name) for code, name in list_spoken(_view_name(context)) if code != get_language()]


@register.simple_tag(takes_context=True)
def unspoken_language(context: Context) -> str:
    """The language that a citizen has chosen and this page is not told in; empty for most."""
    request: Any = context.get("request")
    if request is None or not is_for_citizens(_view_name(context)):
        return ""
    chosen = get_language_from_request(request)
    return chosen if chosen != get_language() else ""


@register.filter
def ltr(value: str) -> str:
    """A number or address so that a text from right to left leaves its order alone; unchanged in other languages."""
    return f"{_ISOLATE}{value}{_END}" if value and get_language_bidi() else value
