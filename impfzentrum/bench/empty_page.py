"""The floor of the pages: an address behind the same middleware that does nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("empty", content_type="text/plain")


urlpatterns = [path("", empty)]
