"""The day list of the vaccination team: who comes when, for what, with which proof. Reads only, in fixed queries.

Here names and contacts are opened; whoever asks has opened the list of the day before (opening_list.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from impfzentrum.models import Attendance, AttendanceStep, Centre, Offer, PriorityCriterion, Release, StandbyEntry
from impfzentrum.models.sealed import derive_check_in_code
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.rules.names import fold_name
from impfzentrum.states import AttendanceState, OfferState
from impfzentrum.vocabulary import Proof

ON_THE_LIST = (OfferState.ACCEPTED, OfferState.UNUSED)
RELEASED_BEFORE = timedelta(days=2)
"""Doses are released for hours, so nothing older can be on today's list; it keeps the query on its index."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed at the door, read in every way it can be meant: a code, a birth date, letters of a name."""

    text: str
    code: str = ""
    born: date | None = None

    @property
    def letters(self) -> list[str]:
        return fold_name(self.text).replace(",", " ").split()


@dataclass(frozen=True, slots=True)
class DayRow:
    """One appointment. `state` is that at the door; `last` the step that led there, if nobody took it back."""

    offer: Offer
    attendance: Attendance | None
    last: AttendanceStep | None

    @property
    def release(self) -> Release:
        return self.offer.release

    @property
    def entry(self) -> StandbyEntry:
        return self.offer.entry

    @property
    def state(self) -> AttendanceState:
        return AttendanceState(self.attendance.state) if self.attendance else AttendanceState.EXPECTED

    @property
    def proof_checked(self) -> bool:
        return self.attendance is not None and self.attendance.proof_checked

    @property
    def batch(self) -> str:
        return self.attendance.batch if self.attendance else ""

    @property
    def code(self) -> str:
        """The code of the confirmation, also after the dose went on and bears it no more."""
        return derive_check_in_code(str(self.offer.public_id))

    @property
    def phone(self) -> str:
        return self.entry.mobile or self.entry.phone

    @property
    def proof(self) -> str:
        criterion: PriorityCriterion | None = self.entry.criterion
        return str(Proof(criterion.proof).label if criterion else Proof.IDENTITY.label)

    def is_overdue(self, now: datetime) -> bool:
        return self.state == AttendanceState.EXPECTED and now > self.release.arrive_until


def list_day(centre: Centre, *, now: datetime) -> list[DayRow]:
    """Everybody who has accepted for the Berlin day of `now`, by arrival window and name. Two queries, however many."""
    return _rows(_offers_of(centre, now=now))


def find_row(centre: Centre, public_id: object, *, now: datetime) -> DayRow | None:
    """One appointment of today by the public id of its offer."""
    rows = _rows(_offers_of(centre, now=now).filter(public_id=public_id))
    return rows[0] if rows else None


def _offers_of(centre: Centre, *, now: datetime):  # type: ignore[no-untyped-def]
    begin, end = bounds_of_days(timezone.localdate(now), timezone.localdate(now))
    offers = Offer.objects.filter(
        release__centre=centre,
        release__released_at__gte=begin - RELEASED_BEFORE,
        release__arrive_until__gte=begin,
        release__arrive_from__lt=end,
        state__in=ON_THE_LIST,
    )
    return offers.select_related("release__vaccine", "release__centre", "entry__criterion", "dose", "attendance")


def _rows(offers: Iterable[Offer]) -> list[DayRow]:
    found = list(offers)
    attended = [offer.attendance for offer in found if hasattr(offer, "attendance")]
    steps = AttendanceStep.objects.filter(attendance__in=attended, undone_at=None).select_related("by").order_by("pk")
    last = {step.attendance_id: step for step in steps}
    rows = [_row(offer, last) for offer in found]
    return sorted(rows, key=_by_arrival_and_name)


def _row(offer: Offer, last: dict[int, AttendanceStep]) -> DayRow:
    attendance: Attendance | None = getattr(offer, "attendance", None)
    return DayRow(offer, attendance, last.get(attendance.pk) if attendance else None)


def _by_arrival_and_name(row: DayRow) -> tuple[datetime, datetime, str, str, int]:
    entry, release = row.entry, row.release
    return (
        release.arrive_from,
        release.arrive_until,
        fold_name(entry.family_name),
        fold_name(entry.given_name),
        row.offer.pk,
    )


def find_rows(rows: Sequence[DayRow], wanted: Wanted) -> list[DayRow]:
    """Those who can be meant: by their code alone if it is one, else by birth date, else by the name's beginnings."""
    if not wanted.text:
        return list(rows)
    if wanted.code and (by_code := [row for row in rows if row.code == wanted.code]):
        return by_code
    if wanted.born is not None:
        return [row for row in rows if row.entry.birth_date == wanted.born]
    return [row for row in rows if _is_named(row.entry, wanted.letters)]


def _is_named(entry: StandbyEntry, letters: list[str]) -> bool:
    parts = fold_name(f"{entry.given_name} {entry.family_name}").replace("-", " ").split()
    typed = [part for word in letters for part in word.split("-") if part]
    return bool(typed) and all(any(part.startswith(word) for part in parts) for word in typed)


def recall_batches(centre: Centre, *, now: datetime) -> dict[int, str]:
    """The batch that was last written down today at this centre, by vaccine: the next one probably has it too."""
    begin, _ = bounds_of_days(timezone.localdate(now), timezone.localdate(now))
    given = Attendance.objects.filter(
        offer__release__centre=centre, state=AttendanceState.VACCINATED, state_since__gte=begin
    )
    return dict(given.order_by("state_since", "pk").values_list("offer__release__vaccine", "batch"))


def find_elsewhere(centre: Centre, code: str, *, now: datetime) -> Offer | None:
    """The appointment of this code on another day or at another centre of the county, the latest; None if unknown.

    Only for the sentence at the door: it opens nobody's name.
    """
    offers = Offer.objects.filter(
        release__centre__county=centre.county_id,
        release__released_at__gte=now - timedelta(days=LOOK_ELSEWHERE),
        dose__isnull=False,
        answered_at__isnull=False,
    )
    for offer in offers.select_related("release__centre").order_by("-release__arrive_until", "-pk"):
        if derive_check_in_code(str(offer.public_id)) == code:
            return offer
    return None


LOOK_ELSEWHERE = 14
"""Days back; a slip that is older is told as unknown."""
