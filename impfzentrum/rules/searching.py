"""Finding a criterion by what people call it."""

from __future__ import annotations

from collections.abc import Sequence

from impfzentrum.rules.names import fold_name

CALLED_OTHERWISE = {
    "zucker": "diabetes",
    "sugar": "diabetes",
    "herzinfarkt": "herz",
    "altenheim": "pflegeheim",
    "altersheim": "pflegeheim",
    "seniorenheim": "pflegeheim",
    "kindergarten": "kita",
    "krippe": "kita",
    "tagesmutter": "kita",
    "erzieher": "kita",
    "nursery": "kita",
    "lehrer": "schule",
    "teacher": "schule",
    "school": "schule",
    "krankenschwester": "pflege",
    "pfleger": "pflege",
    "nurse": "medizin",
    "arzt": "medizin",
    "doctor": "medizin",
    "arztpraxis": "praxis",
    "feuerwehr": "einsatz",
    "fire": "einsatz",
    "supermarkt": "lebensmittel",
    "supermarket": "lebensmittel",
    "verkauf": "lebensmittel",
    "pregnant": "schwanger",
    "mutter": "jemanden da",
    "vater": "jemanden da",
    "dick": "ubergewicht",
    "gefluchtet": "unterkunft",
    "fluchtling": "unterkunft",
    "refugee": "unterkunft",
    "obdachlos": "wohnungslos",
}
"""What people say (folded, as a beginning of a word), and a word that our texts use for it."""


def find_matches(words: str, texts: Sequence[str]) -> list[int]:
    """The places of those texts in which every word is found; if there are none, in which any is. Best first."""
    wanted = [_ways_to_say(word) for word in fold_name(words).replace(",", " ").split()]
    if not wanted:
        return []
    found = [sum(any(way in folded for way in ways) for ways in wanted) for folded in map(fold_name, texts)]
    best = [place for place, count in enumerate(found) if count == len(wanted)]
    return best or [place for place, count in sorted(enumerate(found), key=lambda one: -one[1]) if count]


def _ways_to_say(word: str) -> set[str]:
    return {word} | {ours for theirs, ours in CALLED_OTHERWISE.items() if word.startswith(theirs)}
