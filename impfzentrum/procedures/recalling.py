"""Why this person, why not that one? Answered from the record: the order as it was drawn, each pick, each offer.

Nothing here asks how a person stands today. The order of the draw is kept (models.DrawRecord), every change of a place
after it is logged (models.PlaceChange), and each pick says what it saw: the same rows that `audit verify` repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from impfzentrum.models import AuditEvent, DrawRecord, HandPick, Offer, PlaceChange, Release, StandbyEntry
from impfzentrum.procedures.wording import name_staff
from impfzentrum.rules.draw_record import RecordedPlace, read_line, unpack
from impfzentrum.rules.places import NO_GROUP
from impfzentrum.rules.snapshot import Snapshot
from impfzentrum.states import OfferState
from impfzentrum.vocabulary import HandPickReason


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stood at a pick."""

    group: int
    ticket: int
    travel: int
    ready: bool
    rests_until: datetime | None
    availability: int
    ready_until: datetime | None


@dataclass(slots=True)
class Recall:
    """Whether somebody was asked for a release, and why: sentences in the order of telling.

    `place`: their place in their group at the draw, of `people` in it; None where they had none.
    """

    asked: bool
    sentences: list[str] = field(default_factory=list)
    group: int | None = None
    place: int | None = None
    people: int = 0


def recall(entry: StandbyEntry, release: Release) -> Recall:
    """Was this person asked for this release, and why or why not? Reads the kept order once."""
    drawn = _Drawn(release, entry)
    offer = Offer.objects.filter(entry=entry, release=release).select_related("dose").first()
    found = Recall(asked=offer is not None)
    own = drawn.place_of(release.draw_id)
    if own is not None:
        found.group, found.place, found.people = own
    found.sentences = list(_tell_asked(offer, release, found)) if offer is not None else list(drawn.tell_why_not())
    return found


def compare(first: Recall, second: Recall) -> str:
    """One sentence that sets both beside each other; empty where there is nothing to compare."""
    if first.group is None or second.group is None or first.place is None or second.place is None:
        return ""
    if first.group != second.group:
        before = _("die erste") if first.group < second.group else _("die zweite")
        return _("Gruppe {first} und Gruppe {second}: Dran war zuerst {before} Person.").format(
            first=first.group, second=second.group, before=before
        )
    before = _("die erste") if first.place < second.place else _("die zweite")
    return _("Beide in Gruppe {group}: Das Los stellte {before} Person weiter vorn, Platz {a} und Platz {b}.").format(
        group=first.group, before=before, a=_number(first.place), b=_number(second.place)
    )


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y, %H:%M} Uhr"


def _tell_asked(offer: Offer, release: Release, found: Recall) -> Iterator[str]:
    if offer.by_hand:
        yield from _tell_by_hand(offer)
        return
    yield _("Ja: gefragt am {when}, in Welle {wave}, als Person der Gruppe {group}.").format(
        when=_clock(offer.created_at), wave=offer.wave, group=offer.priority_group
    )
    if found.place is not None:
        yield _(
            "In der Auslosung stand sie auf Platz {place} von {people} in Gruppe {group}; davor wurde niemand "
            "übergangen, der bereitstand, sonst meldet es die Prüfung des Protokolls."
        ).format(place=_number(found.place), people=_number(found.people), group=found.group)
    else:
        yield _("Ihren Platz bekam sie erst nach der Auslosung, mit dem Los desselben Tages.")
    if offer.held:
        yield _("Eine Dosis war für sie reserviert.")
    state = OfferState(offer.state).label
    when = offer.answered_at or offer.state_since
    yield _("Stand des Angebots: {state} ({when}).").format(state=state, when=_clock(when))


def _tell_by_hand(offer: Offer) -> Iterator[str]:
    pick = HandPick.objects.filter(offer=offer).select_related("proposed_by", "decided_by").first()
    if pick is None:
        yield _("Die Dosis wurde von Hand vergeben, aber der Vorschlag fehlt. Bitte lassen Sie das Protokoll prüfen.")
        return
    deciding = name_staff(pick.decided_by) if pick.decided_by is not None else "–"
    yield _(
        "Die Dosis wurde am {when} von Hand vergeben, ohne Los. Vorgeschlagen: {proposed}, zugestimmt: {decided}. "
        "Grund: {reason}."
    ).format(
        when=_clock(offer.created_at),
        proposed=name_staff(pick.proposed_by),
        decided=deciding,
        reason=HandPickReason(pick.reason).label,
    )


class _Drawn:
    """The orders that the picks of a release used, as far as one person is concerned."""

    def __init__(self, release: Release, entry: StandbyEntry) -> None:
        self.release, self.entry = release, entry
        self._places: dict[int, tuple[RecordedPlace | None, int, int]] = {}

    def place_of(self, draw_id: int) -> tuple[int, int, int] | None:
        """Group, place in it and people of the group, as they were drawn."""
        place, rank, people = self._find(draw_id)
        return None if place is None or place.group == NO_GROUP else (place.group, rank, people)

    def _find(self, draw_id: int) -> tuple[RecordedPlace | None, int, int]:
        if draw_id not in self._places:
            self._places[draw_id] = self._read(draw_id)
        return self._places[draw_id]

    def _read(self, draw_id: int) -> tuple[RecordedPlace | None, int, int]:
        """The person's line, its place among the lines of their group, and how many these are.

        Lines are sorted by vaccine, group and ticket, so both are counted on the way.
        """
        record = DrawRecord.objects.filter(draw=draw_id).first()
        if record is None:
            return None, 0, 0
        prefix, own = f"{self.release.vaccine_id}\t".encode(), self.entry.public_id.hex.encode()
        found: RecordedPlace | None = None
        group, count, rank = b"", 0, 0
        for line in unpack(bytes(record.compressed)):
            if not line.startswith(prefix):
                continue
            its = line.split(b"\t", 2)[1]
            if its != group:
                if found is not None:
                    break
                group, count = its, 0
            count += 1
            if own in line:
                found, rank = read_line(line), count
        return found, rank, count if found is not None else 0

    def tell_why_not(self) -> Iterator[str]:
        """What kept the person from being asked, pick by pick; the same reason is told once, with its first time."""
        actions = ("asked", "nobody_left")
        events = AuditEvent.objects.filter(
            county=self.release.centre.county_id, subject=str(self.release.pk), action__in=actions
        )
        told: dict[str, tuple[datetime, int]] = {}
        looked = 0
        for event in events.order_by("pk"):
            if event.detail.get("pick"):
                looked += 1
                reason = self._judge(event)
                first, times = told.get(reason, (event.at, 0))
                told[reason] = first, times + 1
        yield _("Nein, sie wurde nicht gefragt.")
        if not looked:
            yield _("Für diese Freigabe wurde überhaupt niemand ausgewählt.")
        for reason, (first, times) in told.items():
            if times == 1:
                yield _("Auswahl vom {when}: {reason}").format(when=_clock(first), reason=reason)
            else:
                yield _("{times} Auswahlen, die erste vom {when}: {reason}").format(
                    times=_number(times), when=_clock(first), reason=reason
                )

    def _judge(self, event: AuditEvent) -> str:
        """The first thing that kept the person from this pick."""
        pick: dict[str, Any] = event.detail["pick"]
        if self.entry.created_at > event.at:
            return _("Sie war noch nicht angemeldet.")
        standing = self._standing_at(pick)
        if standing is None:
            return _(
                "Sie stand in der Reihenfolge dieses Tages nicht für diesen Impfstoff (Alter, Abstand, gewünschter "
                "Impfstoff, Zeiten an diesem Tag oder ein anderes Impfzentrum)."
            )
        tier_of = {group: tier for tier, groups in enumerate(pick["tiers"]) for group in groups}
        if standing.group not in tier_of:
            return (
                _("Für sie galt kein Kriterium, das vor anderen drankommt.")
                if standing.group == NO_GROUP
                else _("Gruppe {group} war nicht geöffnet.").format(group=standing.group)
            )
        if not standing.ready:
            return self._tell_not_ready(event.at)
        if standing.rests_until is not None and standing.rests_until > event.at:
            return _("Sie hatte nach einem Angebot noch Pause bis {until}.").format(until=_clock(standing.rests_until))
        if standing.travel > pick["longest"]:
            return _("Sie braucht {travel} Minuten hierher, möglich waren noch {longest}.").format(
                travel=standing.travel, longest=max(pick["longest"], 0)
            )
        begin = datetime.fromisoformat(pick["arrive_from"])
        if not standing.availability & pick["touched"] and (
            standing.ready_until is None or standing.ready_until <= begin
        ):
            return _("Sie hatte für diese Zeit nicht angegeben, dass sie kann.")
        return self._tell_order(pick, standing, tier_of)

    def _tell_not_ready(self, at: datetime) -> str:
        other = (
            Offer.objects.filter(entry=self.entry, created_at__lte=at, state_since__gte=at)
            .exclude(release=self.release)
            .first()
        )
        if other is not None:
            return _("Sie hatte gerade ein anderes Angebot (seit {since}).").format(since=_clock(other.created_at))
        return _("Sie wartete gerade nicht (pausiert, zugesagt, gerade erst gefragt oder abgemeldet).")

    def _tell_order(self, pick: dict[str, Any], standing: Standing, tier_of: dict[int, int]) -> str:
        asked = list(Offer.objects.filter(pk__in=pick["offers"]).values_list("priority_group", "ticket"))
        last = max(((tier_of.get(group, len(tier_of)), ticket, group) for group, ticket in asked), default=None)
        mine = tier_of[standing.group], standing.ticket
        if last is not None and mine > last[:2]:
            if tier_of[standing.group] > last[0]:
                return _(
                    "Sie stand bereit, aber Gruppe {group} war noch nicht dran: Gefragt wurde bis in Gruppe {last}, "
                    "{asked} Personen."
                ).format(group=standing.group, last=last[2], asked=len(asked))
            return _(
                "Sie stand bereit, aber weiter hinten: Gefragt wurden {asked} Personen, deren Los vor ihrem lag."
            ).format(asked=len(asked))
        return _(
            "Sie stand bereit und vorn. Ihr Eintrag wurde in diesem Augenblick gerade geändert, oder das Protokoll hat "
            "einen Fehler. Bitte lassen Sie es prüfen."
        )

    def _standing_at(self, pick: dict[str, Any]) -> Standing | None:
        """Where the person stood as this pick saw it: the latest change of theirs that it saw, else as drawn."""
        seen = Snapshot.read(pick["seen"])
        changes = PlaceChange.objects.filter(
            draw=pick["draw"], entry=self.entry.pk, vaccine=pick["vaccine"], clears_hint=False
        ).order_by("-id")
        for change in changes:
            if seen.sees(change.transaction):
                return None if change.ready is None else _of_change(change)
        place, _rank, _people = self._find(pick["draw"])
        if place is None:
            return None
        hint = PlaceChange.objects.filter(draw=pick["draw"], entry=self.entry.pk, clears_hint=True).exists()
        return Standing(
            group=place.group,
            ticket=place.ticket,
            travel=place.travel,
            ready=place.waiting and not hint,
            rests_until=_moment(place.rests_until),
            availability=place.availability,
            ready_until=_moment(place.ready_until),
        )


def _of_change(change: PlaceChange) -> Standing:
    return Standing(
        group=change.priority_group,
        ticket=change.ticket,
        travel=change.travel_minutes,
        ready=bool(change.ready),
        rests_until=change.rests_until,
        availability=change.availability,
        ready_until=change.ready_until,
    )


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None
