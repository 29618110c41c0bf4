"""Classes of people who are eligible together: nobody who could come is in a class that is not asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.places import ALL_PARTS, BANDS, find_band, find_class, list_classes

MINUTES, PARTS = st.integers(0, 240), st.integers(0, ALL_PARTS)


@given(minutes=MINUTES)
def test_a_band_holds_its_minutes(minutes: int) -> None:
    band = find_band(minutes)
    assert minutes <= BANDS[band]
    assert band == 0 or minutes > BANDS[band - 1]


@given(minutes=MINUTES, own=st.integers(1, ALL_PARTS), longest=st.integers(-5, 300), parts=PARTS)
def test_whoever_can_come_is_in_a_class_that_is_asked(minutes: int, own: int, longest: int, parts: int) -> None:
    asked = list_classes([find_class(minutes, own)], longest=longest, parts=parts)
    if minutes <= longest and own & parts:
        assert asked == [find_class(minutes, own)]
    if longest < 0 or not own & parts:
        assert asked == []


def test_classes_are_told_apart_and_fit_their_column() -> None:
    every = {find_class(minutes, parts) for minutes in BANDS for parts in range(ALL_PARTS + 1)}
    assert len(every) == len(BANDS) * (ALL_PARTS + 1)
    assert max(every) < 2**15
