"""Kinds of answers that the citizens' views share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from impfzentrum.errors import LinkUnknown

Params = ParamSpec("Params")


class SeeOther(HttpResponseRedirect):
    """After a POST: go and look there, with GET. Reloading that page repeats nothing."""

    status_code = 303


def see_other(name: str, *args: str, **kwargs: str) -> SeeOther:
    return SeeOther(reverse(name, args=args, kwargs=kwargs))


def personal(
    view: Callable[Concatenate[HttpRequest, Params], HttpResponse],
) -> Callable[..., HttpResponse]:
    """For pages behind a personal link: nobody keeps a copy, no search engine lists them, no other site learns it.

    `same-origin` and not `no-referrer`: with the latter browsers send `Origin: null`, and every form would be refused.
    An unknown link gets a page that helps, with status 404.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except LinkUnknown:
            response = render(request, "parts/link_unknown.html", status=404)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded
