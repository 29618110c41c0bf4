"""The draw of the day: once a day, and when staff ask for it, each centre's people are put in a new order.

The seed is fixed, and its hash is in the audit, before the list is read: the day before, or at the latest in front of
the draw itself (procedures.committing). The new order is written beside the one in force and replaces it at the commit:
nobody is locked, no offer waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from impfzentrum.day_refusals import DrawnMeanwhile
from impfzentrum.errors import NewDayBegun, ReasonMissing
from impfzentrum.models import Centre, Draw, DrawRecord, StandbyEntry
from impfzentrum.models.eligible import comes_to
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.clearing import clear_hints
from impfzentrum.procedures.committing import commit_again, commit_to_seed, find_committed, keep_commitment
from impfzentrum.procedures.placing import (
    are_rules_due,
    find_order,
    forget_notes,
    is_anything_due,
    lock_places,
    place_everybody,
    refresh_places,
)
from impfzentrum.procedures.recording import record_order
from impfzentrum.procedures.wording import name_staff_and_role
from impfzentrum.states import EntryState

RULES_CHANGED = "Regeln geändert, gleicher Startwert"

SHORTEST_REASON = 10
"""Letters of a reason that can be called one."""

SLOW_COMMIT = timedelta(minutes=10)
"""A late yes that was being committed while the order before was drawn, so that this did not see it, is no older."""

LEFT_BEHIND = timedelta(minutes=2)
"""A redraw that was announced so long ago and is not done was broken off: nobody is still at it."""


def ensure_draw(centre: Centre, *, now: datetime, seed: bytes | None = None) -> Draw:
    """The order of this Berlin day for a centre; drawn now if nobody did before.

    The seed that was committed to the day before is used, whatever is given; without one `seed` (32 random bytes), or a
    fresh one. Two at once: the second waits for the places and then reads the first's draw.
    """
    draw, day = find_order(centre), timezone.localdate(now)
    if draw is not None and draw.day >= day:
        return draw
    with transaction.atomic():
        lock_places(centre)
        before = find_order(centre)
        if before is not None and before.day >= day:
            return before
        draw = find_committed(centre, day) or commit_to_seed(centre, day, now=now, seed=seed)
        _carry_out(draw, before, late=_find_late(centre, before), now=now)
    clear_hints(draw)
    return draw


def order_in_force(centre: Centre, *, now: datetime) -> Draw:
    """The order to ask by at this moment: of this day, with everything people and rules have changed until now."""
    draw = ensure_draw(centre, now=now)
    if not is_anything_due(centre):
        return draw
    if not refresh_places(centre, now=now):
        return _renew_order(centre, now=now)
    return find_order(centre) or draw  # read again: who joined may have brought a new class


def order_for(release_id: int, *, now: datetime) -> Draw:
    """`order_in_force` at the centre of a release; one query when, as almost always, nothing has changed."""
    draw = next(iter(Draw.objects.raw(_LAST_DRAWN, [release_id])), None)
    if draw is not None and draw.day >= timezone.localdate(now) and not vars(draw)["is_due"]:
        return draw
    return order_in_force(Centre.objects.get(releases=release_id), now=now)


# placing.find_order and is_anything_due, written out: everybody who is asked waits for this.
_LAST_DRAWN = """
SELECT draw.*, EXISTS (SELECT 1 FROM impfzentrum_placedue AS due WHERE due.centre_id = draw.centre_id) AS is_due
FROM impfzentrum_release AS release JOIN impfzentrum_draw AS draw ON draw.centre_id = release.centre_id
WHERE release.id = %s AND draw.drawn_at IS NOT NULL
ORDER BY draw.drawn_at DESC, draw.id DESC LIMIT 1
"""


def count_redraws(centre: Centre, *, now: datetime) -> int:
    """How often staff have drawn anew today, also what is still under way."""
    return _redraws_today(centre, now=now).count()


def _redraws_today(centre: Centre, *, now: datetime) -> QuerySet[Draw]:
    return Draw.objects.filter(centre=centre, day=timezone.localdate(now), requested_by__isnull=False)


def _refuse_drawn_meanwhile(centre: Centre, stand: int | None, *, now: datetime) -> None:
    if stand is None or count_redraws(centre, now=now) == stand:
        return
    last = _redraws_today(centre, now=now).select_related("requested_by").latest("round")
    assert last.requested_by is not None  # noqa: S101  # only those are looked for
    who = name_staff_and_role(last.requested_by)
    raise DrawnMeanwhile(who=who, at=f"{timezone.localtime(last.committed_at):%H:%M}")


def redraw(centre: Centre, *, reason: str, by: User, now: datetime, stand: int | None = None) -> Draw:
    """Draw lots anew within the day, with a new seed. `reason` is for the record and the public.

    `stand`: how often staff had drawn anew when the form was shown (`count_redraws`); a colleague who was quicker makes
    it DrawnMeanwhile. Raises ReasonMissing for a reason that says nothing; NewDayBegun when the order of a later day is
    in force meanwhile. The commitment is in the audit for good before the list is read, in a transaction of its own.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing(letters=SHORTEST_REASON)
    ensure_draw(centre, now=now)  # the seed announced for this day is never passed over
    with transaction.atomic(durable=True):
        lock_places(centre)
        _refuse_drawn_meanwhile(centre, stand, now=now)
        draw = commit_again(centre, timezone.localdate(now), reason=reason, by=by, now=now)
    return _carry_out_redraw(draw, now=now)


def finish_redraws(centre: Centre, *, now: datetime) -> int:
    """Carry out what staff asked for today and a failure broke off after the commitment; return how many."""
    announced = Draw.objects.filter(centre=centre, day=timezone.localdate(now), drawn_at=None, round__gt=1)
    left = announced.filter(committed_at__lte=now - LEFT_BEHIND).order_by("round")
    return len([_carry_out_redraw(draw, now=now) for draw in left.select_related("centre__county")])


def _carry_out_redraw(draw: Draw, *, now: datetime) -> Draw:
    with transaction.atomic():
        lock_places(draw.centre)
        draw.refresh_from_db(fields=["drawn_at"])
        if draw.drawn_at is not None:  # it was thought to be left behind, and somebody else has finished it
            return draw
        before = find_order(draw.centre)
        if before is not None and before.day > draw.day:
            raise NewDayBegun
        _carry_out(draw, before, late=_find_late(draw.centre, before), now=now)
    clear_hints(draw)
    return draw


def _renew_order(centre: Centre, *, now: datetime) -> Draw:
    """Place everybody anew by new rules; the seed stays, and with it the order of those who were in it before."""
    with transaction.atomic():
        lock_places(centre)
        before = find_order(centre)
        # Read under the lock: a colleague may have drawn anew meanwhile, and the seed before must not come back.
        if before is None or not are_rules_due(centre):
            return before or ensure_draw(centre, now=now)
        draw = keep_commitment(before, reason=RULES_CHANGED)
        _carry_out(draw, before, late=list(before.late), now=now)
    clear_hints(draw)
    return draw


def _carry_out(draw: Draw, before: Draw | None, *, late: list[int], now: datetime) -> None:
    """Put everybody in order by the seed of this draw. The caller has locked the places."""
    # In force is the one drawn last, whatever the clocks of two hosts say.
    at_least = now if before is None or before.drawn_at is None else before.drawn_at + timedelta(microseconds=1)
    draw.drawn_at, draw.late = max(now, at_least), late
    draw.save()
    forget_notes(draw.centre)
    place_everybody(draw, now=now)
    waiting = StandbyEntry.objects.filter(comes_to(StandbyEntry, draw.centre.pk), state=EntryState.WAITING)
    draw.people = waiting.count()
    draw.save()
    _note_draw(draw, record_order(draw, now=now), now=now)


def _find_late(centre: Centre, before: Draw | None) -> list[int]:
    """Who said yes too late since the order before, and was not first in that one for it."""
    if before is None or before.drawn_at is None:
        since = Q(late_since__isnull=False)
    else:
        missed = Q(late_since__gte=before.drawn_at - SLOW_COMMIT) & ~Q(pk__in=before.late)
        since = Q(late_since__gte=before.drawn_at) | missed
    late = StandbyEntry.objects.filter(comes_to(StandbyEntry, centre.pk), since)
    return sorted(late.values_list("pk", flat=True))


def _note_draw(draw: Draw, order: DrawRecord, *, now: datetime) -> None:
    # Those who came first because they were late stand in the record: else nobody could repeat the order.
    people = StandbyEntry.objects.filter(pk__in=draw.late).values_list("public_id", flat=True)
    detail: dict[str, object] = {
        "commitment": draw.commitment,
        "people": draw.people,
        "late": sorted(str(public_id) for public_id in people),
        "order": order.digest,
        "places": order.places,
    }
    if draw.reason:
        detail["reason"] = draw.reason
    record(draw.centre.county_id, "drawn", draw.subject, now=now, actor=draw.requested_by, policy=draw.policy, **detail)
