"""Every address of the site, read from a URL configuration: all namespaces, the admin's as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Route:
    """An address with its name ("centre:today"); one that has no name is called by its pattern."""

    name: str
    pattern: str
    keywords: tuple[str, ...]
    namespaces: tuple[str, ...]


def list_routes(urlconf: str) -> list[Route]:
    return list(_walk(get_resolver(urlconf), "", (), ()))


def _walk(resolver: URLResolver, prefix: str, keys: tuple[str, ...], namespaces: tuple[str, ...]) -> Iterator[Route]:
    for one in resolver.url_patterns:
        pattern = prefix + str(one.pattern)
        keywords = (*keys, *one.pattern.converters, *getattr(one.pattern.regex, "groupindex", {}))
        if isinstance(one, URLPattern):
            name = ":".join((*namespaces, one.name)) if one.name else pattern
            yield Route(name, pattern, tuple(dict.fromkeys(keywords)), namespaces)
        else:
            within = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from _walk(one, pattern, keywords, within)
