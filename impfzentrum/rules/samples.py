"""Invented values for the preview of a text: nobody's name, nobody's appointment."""

from __future__ import annotations

from collections.abc import Mapping

from impfzentrum.text_vocabulary import Placeholder
from impfzentrum.vocabulary import Language

_ENDING = "BeispielBeispielBeispi"

_SAMPLES: Mapping[Placeholder, str] = {
    Placeholder.UNTIL: "16:42",
    Placeholder.ARRIVE_FROM: "17:00",
    Placeholder.ARRIVE_UNTIL: "18:15",
    Placeholder.CENTRE: "Impfzentrum Musterstadt",
    Placeholder.STREET: "Am Beispiel 12",
    Placeholder.TOWN: "12345 Musterstadt",
    Placeholder.CODE: "K7M2QX",
    Placeholder.COUNTY: "Landkreis Musterland",
}
_TO_BRING = {
    Language.GERMAN: "Ausweis",
    Language.ENGLISH: "Photo ID",
    Language.TURKISH: "Kimlik",
    Language.ARABIC: "بطاقة الهوية",
    Language.RUSSIAN: "Удостоверение личности",
    Language.UKRAINIAN: "Посвідчення особи",
}


def sample_values(address: str, language: Language) -> dict[str, str]:
    """A value for every placeholder; links lie under `address`, the site's in messages."""
    personal = f"{address.rstrip('/')}/a/{_ENDING}/"
    return {placeholder.value: value for placeholder, value in _SAMPLES.items()} | {
        Placeholder.TO_BRING.value: _TO_BRING[language],
        Placeholder.LINK.value: personal,
        Placeholder.CANCEL_LINK.value: f"{personal}storno/",
    }
