"""What stands German on a page for somebody who has chosen English."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from impfzentrum.models import Campaign, Centre, County, Release, StandbyEntry
from impfzentrum.vocabulary import Language
from tests.views.citizens import Answer

GERMAN = re.compile(
    r"[äöüßÄÖÜ„]|\b(?:und|oder|nicht|noch|Sie|Ihre?[nrms]?|der|das|dem|den|eine?[nrm]?|mit|von|zum?|zur|im|auf|wir|ist|"
    r"sind|wird|werden|haben|bitte|keine?|heute|Uhr|Dosis|Dosen|Gruppe|Freigabe|Impf\w*|Termin|Liste|Angebot)\b",
    re.IGNORECASE,
)
SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-doses", "data-dose")
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,de;q=0.5"}


class _Words(HTMLParser):
    """What a page says, shown or spoken; what is marked as German is not collected."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.german: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = given.get("lang") == "de" and tag != "html"
        if marked or tag in {"script", "style"} or (self.german and tag == self.german[0]):
            self.german.append(tag)
        if not self.german:
            self.said += [given[name] or "" for name in SPOKEN if name in given]

    def handle_endtag(self, tag: str) -> None:
        if self.german and tag == self.german[0]:
            self.german.pop()

    def handle_data(self, data: str) -> None:
        if not self.german:
            self.said.append(data)


def names() -> list[str]:
    """Everything that keeps its German name: places, people, notes of the staff."""
    found = [name for county in County.objects.all() for name in (county.name, county.email)]
    found += [part for one in Centre.objects.all() for part in (one.name, one.street, one.town)]
    found += [part for one in StandbyEntry.objects.all() for part in (one.given_name, one.family_name)]
    found += [campaign.name for campaign in Campaign.objects.all()]
    found += [release.note for release in Release.objects.all()]
    found += Language.labels
    return sorted(filter(None, found), key=len, reverse=True)


def german_in(page: Answer) -> list[str]:
    """The pieces of a page that look German."""
    words = _Words()
    words.feed(page.content.decode())
    found, given = [], names()
    for piece in words.said:
        rest = re.sub(
            r"§ \d+ Abs\. \d+(?: Nr\. [\d-]+)?(?: [a-z]\b)? CoronaImpfV|BioNTech", "", " ".join(piece.split())
        )
        for name in given:
            rest = rest.replace(name, "")
        if GERMAN.search(rest):
            found.append(rest)
    return found
