"""Finding a person on a centre's list by what they say at the counter. Names are sealed, so the birth date leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from impfzentrum.models import Release, StandbyEntry
from impfzentrum.procedures.judging import ON_LIST, judge_people
from impfzentrum.rules.names import fold_name

SHOWN = 20
"""People with one birth date. Where there are more, letters of the name are needed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could be meant, so many minutes away. `obstacles`: what keeps them from this release, in words."""

    entry: StandbyEntry
    minutes: int
    obstacles: tuple[str, ...]

    @property
    def eligible(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, the eligible first. `more`: there are people beyond those shown."""

    people: list[Candidate]
    more: bool


def find_people(release: Release, *, birth_date: date, letters: str, now: datetime) -> Found:
    """Everybody on the list of this release's centre who was born that day and whose family name begins so.

    Each part of a name counts as its beginning, so that "Schulenburg" finds "von der Schulenburg". Reads only.
    """
    born_then = StandbyEntry.objects.of(release).filter(birth_date=birth_date, state__in=ON_LIST)
    wanted = fold_name(letters)
    people = [
        entry
        for entry in born_then.prefetch_related("further_centres").order_by("pk")
        if _begins(entry.family_name, wanted)
    ]
    people.sort(key=lambda entry: (fold_name(entry.family_name), fold_name(entry.given_name), entry.pk))
    judged = judge_people([entry.pk for entry in people[:SHOWN]], release, now=now)
    no_rule = (gettext("für den Impfstoff ist keine Impfregel in Kraft"),)
    candidates = [
        Candidate(
            entry,
            entry.minutes_to(release.centre_id),
            no_rule if judged is None else tuple(str(one.obstacle.label) for one in judged[entry.pk] if not one.met),
        )
        for entry in people[:SHOWN]
    ]
    return Found(sorted(candidates, key=lambda one: not one.eligible), more=len(people) > SHOWN)


def _begins(name: str, wanted: str) -> bool:
    folded = fold_name(name)
    return folded.startswith(wanted) or any(part.startswith(wanted) for part in folded.replace("-", " ").split())
