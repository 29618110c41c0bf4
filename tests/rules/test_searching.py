"""Finding a criterion by what people call it, comparing names, and estimating a way."""

from __future__ import annotations

import pytest

from impfzentrum.rules.names import fold_name
from impfzentrum.rules.searching import find_matches
from impfzentrum.rules.travel import distance_km, estimate_minutes

TEXTS = [
    "Ich arbeite in einer Kita, Kindertagespflege, Grund- oder Förderschule",
    "Ich habe Diabetes ohne weitere Beschwerden",
    "Ich habe Diabetes, und er hat schon zu anderen Beschwerden geführt",
    "Ich arbeite oder lebe in einem Pflegeheim",
]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kita", [0]),
        ("KINDERGARTEN", [0]),
        ("Lehrerin Grundschule", [0]),
        ("Zuckerkrankheit", [1, 2]),
        ("diabetes beschwerden geführt", [2]),
        ("forderschule", [0]),
        ("Altenheim", [3]),
        ("arbeite diabetes", [0, 1, 2, 3]),
        ("xyzzy", []),
        ("   ", []),
        ("😀", []),
        ("%_\\", []),
    ],
)
def test_what_is_found(words: str, found: list[int]) -> None:
    assert find_matches(words, TEXTS) == found


@pytest.mark.parametrize("written", ["Łącki", "LACKI", " lacki ", "La\u0328cki"])
def test_names_compare_without_marks(written: str) -> None:
    assert fold_name(written) == "lacki"


def test_the_way_from_postcode_to_postcode() -> None:
    korbach, rosenthal = (51.2662, 8.8426), (50.9753, 8.8686)
    assert distance_km(korbach, korbach) == 0
    assert 32 < distance_km(korbach, rosenthal) < 33
    assert estimate_minutes(korbach, korbach) == 10
    assert estimate_minutes(korbach, rosenthal) == 55, "43 minutes at 45 km/h and ten, rounded up to five"
