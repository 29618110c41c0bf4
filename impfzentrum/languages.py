"""Which pages speak which languages: those of people on the list all six, every other page German and English."""

from __future__ import annotations

from django.conf import settings

FOR_EVERYBODY = ("de", "en")
"""Languages of every page. Staff work in them, and the county answers for its legal texts in them."""

_AREAS = frozenset({"citizen", "offer", "entry"})

_GERMAN_AND_ENGLISH = frozenset(
    {
        *("citizen:privacy", "citizen:imprint", "citizen:accessibility"),
        *("citizen:choosing", "citizen:draws", "citizen:easy"),
        *("entry:data", "entry:data_file"),
    }
)
"""Pages for citizens that are not told in more: legal texts, the figures of the draw, the file of stored data."""


def list_spoken(view_name: str) -> list[tuple[str, str]]:
    """Code and own name of each language in which this page can be read; an address without a page speaks all."""
    area = view_name.partition(":")[0]
    everything = not view_name or (area in _AREAS and view_name not in _GERMAN_AND_ENGLISH)
    return [(code, str(name)) for code, name in settings.LANGUAGES if everything or code in FOR_EVERYBODY]


def is_for_citizens(view_name: str) -> bool:
    """Whether people on the list read this page, in whatever language."""
    return view_name.partition(":")[0] in _AREAS
