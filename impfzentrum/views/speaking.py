"""The language of a page: the one that was chosen, as far as the page is told in it; otherwise German."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from impfzentrum.languages import list_spoken


class SpeakingMiddleware:
    """Behind LocaleMiddleware. A page that is not told in the chosen language is told in German, and says so.

    The choice stays: the next page that is told in it is in it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        match = request.resolver_match
        spoken = {code for code, _name in list_spoken(match.view_name if match else "")}
        if translation.get_language() not in spoken:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
