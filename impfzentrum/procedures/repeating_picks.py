"""Repeating picks: who stood ready in front and was not asked, and was each step down to a next group needed?

The record of the draw and the log of places (models.PlaceChange) are brought forward to each pick (rules.replay). What
a pick could see is said by its snapshot; who was just being changed when it looked is excused. Nothing here asks who
stands ready today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from impfzentrum.models import AuditEvent, Centre, DrawRecord, Offer, PlaceChange, Release, StandbyEntry
from impfzentrum.models.offer import BY_HAND
from impfzentrum.rules.draw_record import read_line, unpack
from impfzentrum.rules.replay import Change, Pick, Replay, Skipped, Standing
from impfzentrum.rules.snapshot import Snapshot

AT_ONCE = 5_000
KEPT = 2
"""So many orders of a centre are kept in memory: a matcher that began before a new draw ends by the one before."""


class CentrePicks:
    """All picks of a centre in their order. `count` tells how many were repeated."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.count = 0
        self._releases = {one.pk: one for one in Release.objects.filter(centre=centre).select_related("campaign")}
        self._asked: dict[int, set[int]] = defaultdict(set)
        self._lowest: dict[int, int] = {}
        self._needed: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._noted: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._replays: dict[int, Replay] = {}

    def find_faults(self) -> Iterator[str]:
        """Walk through the audit of the centre's releases. May be called once."""
        actions = ("asked", "nobody_left", "stepped_down")
        subjects = [str(pk) for pk in self._releases]
        events = AuditEvent.objects.filter(county=self.centre.county_id, action__in=actions, subject__in=subjects)
        for event in events.order_by("pk").iterator(AT_ONCE):
            release = self._releases[int(event.subject)]
            if event.action == "stepped_down":
                self._noted[release.pk].append((event.detail["before"], event.detail["group"]))
            elif event.detail.get("pick"):
                yield from self._repeat(release, event)
        yield from self._find_false_steps()
        yield from self._find_unpicked()

    def _repeat(self, release: Release, event: AuditEvent) -> Iterator[str]:
        self.count += 1
        detail = event.detail["pick"]
        what = f"Freigabe {release.number} ({self.centre}), Auswahl vom {event.at:%Y-%m-%d %H:%M:%S} UTC"
        offers = {offer.pk: offer for offer in Offer.objects.filter(pk__in=detail["offers"], release=release)}
        if len(offers) != len(detail["offers"]) or any(offer.draw_id != detail["draw"] for offer in offers.values()):
            yield f"{what}: Angebote fehlen oder gehören zu einer anderen Auslosung"
        replay = self._replay_of(detail["draw"])
        if replay is None:
            yield f"{what}: Zu dieser Auslosung gibt es keine lesbare Aufzeichnung"
            return
        yield from self._find_missing_groups(release, event, what)
        pick = _read_pick(event, offers)
        by_hand = set(Offer.objects.filter(release=release, wave=BY_HAND).values_list("entry", flat=True))
        skipped = list(replay.find_skipped(pick, asked_before=self._asked[release.pk] | by_hand))
        yield from _tell(what, pick, skipped)
        self._asked[release.pk].update(pick.asked)
        self._note_steps(release.pk, pick)

    def _replay_of(self, draw_id: int) -> Replay | None:
        replay = self._replays.pop(draw_id, None) or _start_replay(draw_id)
        if replay is not None:
            self._replays[draw_id] = replay
            while len(self._replays) > KEPT:
                del self._replays[next(iter(self._replays))]
        return replay

    def _find_missing_groups(self, release: Release, event: AuditEvent, what: str) -> Iterator[str]:
        """A group that is open and comes first, and was not looked at. A group opened later is below and no fault."""
        order = release.campaign.group_order(event.at)
        looked = {group for groups in event.detail["pick"]["tiers"] for group in groups}
        missing = [group for group in sorted(order.open) if group < max(looked) and group not in looked]
        if order.ranked and missing:
            yield f"{what}: Gruppe {missing[0]} war geöffnet und wurde übergangen"

    def _note_steps(self, release_id: int, pick: Pick) -> None:
        for group in sorted({group for _, group in pick.asked.values()}):
            lowest = self._lowest.setdefault(release_id, group)
            if group > lowest:
                self._needed[release_id].append((lowest, group))
                self._lowest[release_id] = group

    def _find_false_steps(self) -> Iterator[str]:
        for pk, release in self._releases.items():
            if sorted(self._needed[pk]) != sorted(self._noted[pk]):
                yield (
                    f"Freigabe {release.number} ({self.centre}): Die vermerkten Schritte zur nächsten Gruppe sind nicht"
                    " die, die gegangen wurden"
                )

    def _find_unpicked(self) -> Iterator[str]:
        """Offers that no pick in the audit made, and no hand-pick (wave 0) either."""
        offers = Offer.objects.filter(release__centre=self.centre).exclude(wave=BY_HAND).values_list("release", "entry")
        unpicked = sum(entry not in self._asked[release] for release, entry in offers.iterator(AT_ONCE))
        if unpicked:
            yield f"{self.centre}: {unpicked} Angebote stammen aus keiner Auswahl, die im Protokoll steht"


def _read_pick(event: AuditEvent, offers: dict[int, Offer]) -> Pick:
    detail: dict[str, Any] = event.detail["pick"]
    return Pick(
        at=event.at.timestamp(),
        vaccine=detail["vaccine"],
        tiers=detail["tiers"],
        classes=frozenset(detail["classes"]),
        longest=detail["longest"],
        touched=detail["touched"],
        arrive_from=datetime.fromisoformat(detail["arrive_from"]).timestamp(),
        wanted=detail["wanted"],
        asked={offer.entry_id: (offer.ticket, offer.priority_group) for offer in offers.values()},
        seen=Snapshot.read(detail["seen"]),
        ended=datetime.fromisoformat(detail["ended"]).timestamp(),
    )


def _tell(what: str, pick: Pick, skipped: list[Skipped]) -> Iterator[str]:
    if not skipped:
        return
    tier_of = {group: tier for tier, groups in enumerate(pick.tiers) for group in groups}
    lowest = max((tier_of.get(group, len(pick.tiers)) for _, group in pick.asked.values()), default=-1)
    above = [one for one in skipped if one.tier < lowest]
    if above:
        first = above[0]
        yield (
            f"{what}: Schritt zur nächsten Gruppe, obwohl aus Gruppe {first.group} noch {len(above)} bereitstanden"
            f" (zuerst Losnummer {first.ticket})"
        )
    level = [one for one in skipped if one.tier >= lowest]
    if level:
        first = level[0]
        yield f"{what}: {len(level)} standen weiter vorn bereit und wurden übergangen (zuerst Losnummer {first.ticket})"


def _start_replay(draw_id: int) -> Replay | None:
    """The order as it was drawn, with the log that follows; None without a readable record."""
    record = DrawRecord.objects.filter(draw=draw_id).select_related("draw__centre").first()
    if record is None:
        return None
    try:
        return Replay(iter(list(_read_places(record))), _read_changes(draw_id))
    except ValueError:
        return None


def _read_places(record: DrawRecord) -> Iterator[tuple[int, int, Standing]]:
    """Who was not waiting at the draw, or was found not to be right after it, did not stand ready."""
    county = record.draw.centre.county_id
    people = StandbyEntry.objects.filter(campaign__county=county).values_list("public_id", "pk")
    entries = {public_id.hex: pk for public_id, pk in people.iterator(AT_ONCE)}
    cleared = PlaceChange.objects.filter(draw=record.draw_id, clears_hint=True)
    unready = set(cleared.values_list("entry", flat=True))
    for line in unpack(bytes(record.compressed)):
        place = read_line(line)
        entry = entries.get(place.public_id, 0)
        ready = place.waiting and entry not in unready
        standing = Standing(
            place.group,
            place.place_class,
            place.travel,
            place.ticket,
            ready,
            place.rests_until,
            place.availability,
            place.ready_until,
        )
        yield entry, place.vaccine, standing


def _read_changes(draw_id: int) -> Iterator[Change]:
    rows = PlaceChange.objects.filter(draw=draw_id).order_by("id")
    for row in rows.iterator(AT_ONCE):
        standing = None
        if row.ready is not None:
            rests, until = _seconds(row.rests_until), _seconds(row.ready_until)
            standing = Standing(
                row.priority_group,
                row.place_class,
                row.travel_minutes,
                row.ticket,
                row.ready,
                rests,
                row.availability,
                until,
            )
        yield Change(row.pk, row.at.timestamp(), row.transaction, row.entry_id, row.vaccine_id, standing)


def _seconds(moment: datetime | None) -> float:
    return 0 if moment is None else moment.astimezone(UTC).timestamp()
