"""Places in the queue: made from the lasting conditions of models.eligible, kept in step with what people change.

The database notes what no longer fits (models.PlaceDue, by triggers). Notes are worked off before each matching; a draw
makes all places anew. Two advisory locks of the centre keep them apart. Who works off notes waits for another who does
(`_REFRESHING`), but never for a draw (`_PLACING`, only tried): while the order is drawn the notes stay until it is in
force, so nobody who changes something meanwhile is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    BinaryField,
    BooleanField,
    Case,
    F,
    Func,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils import timezone

from impfzentrum.models import Campaign, Centre, Draw, FurtherCentre, Place, PlaceDue, StandbyEntry, Vaccine
from impfzentrum.models.eligible import list_lasting_conditions
from impfzentrum.rules.availability import PARTS
from impfzentrum.rules.draw import hmac_pads
from impfzentrum.rules.places import ALL_PARTS, BANDS, NO_GROUP
from impfzentrum.states import CampaignState, EntryState
from impfzentrum.vocabulary import Obstacle, OrderPolicy

_PLACING, _REFRESHING = 0x4E50, 0x4E51  # first keys of advisory locks; the second is the centre

KEEPS_PLACE = (EntryState.WAITING, EntryState.OFFERED, EntryState.APPOINTED, EntryState.PAUSED)
"""Who may be asked again today stays in the queue, though not ready."""

NOTES_AT_ONCE = 500


def place_everybody(draw: Draw, *, now: datetime) -> None:
    """Give everybody on the list of a centre their places in this draw. Belongs in its transaction.

    These places are not logged one by one: the record of the draw has them. All are taken as ready: a change of state
    that is just being committed cannot see these rows. `clear_hints` puts that right afterwards, and who is not ready
    is passed by anyway.
    """
    tell_triggers("silent", "on")
    classes = _insert_places(draw, Q(state__in=KEEPS_PLACE), Value(True), now=now)
    tell_triggers("silent", "off")
    draw.classes = sorted(classes)


def tell_triggers(name: str, value: str) -> None:
    """Tell the triggers of the log of places, for this transaction (migration 0018)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"impfzentrum.{name}", value])


def is_anything_due(centre: Centre) -> bool:
    """Whether places of a centre no longer fit."""
    return PlaceDue.objects.filter(centre=centre).exists()


def are_rules_due(centre: Centre) -> bool:
    """Whether the rules changed since everybody was placed."""
    return PlaceDue.objects.filter(centre=centre, entry=None).exists()


def refresh_places(centre: Centre, *, now: datetime) -> bool:
    """Work off the notes of a centre whose order is in force; False when the rules changed, so that it must be renewed.

    While the order is just being drawn nothing is done: the notes wait until it is in force.
    """
    while True:
        with transaction.atomic():
            # Another matcher that works off notes is waited for: what it places, this one must see. A draw is not.
            _lock(_REFRESHING, centre)
            if not _no_draw_is_running(centre):
                return True
            if are_rules_due(centre):
                return False
            due = PlaceDue.objects.filter(centre=centre).order_by("pk")[:NOTES_AT_ONCE]
            notes = [(note.pk, note.entry_id or 0) for note in due]
            if not notes:
                return True
            PlaceDue.objects.filter(pk__in=[pk for pk, _ in notes]).delete()
            _renew_places(centre, {entry_id for _, entry_id in notes}, now=now)


def _renew_places(centre: Centre, entry_ids: set[int], *, now: datetime) -> None:
    draw = find_order(centre)
    if draw is None:
        return
    # The person is locked first, as by whoever changes their state: then `ready` cannot be older than that change.
    people = StandbyEntry.objects.filter(pk__in=entry_ids).order_by("pk")
    locked = list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    Place.objects.filter(draw__centre=centre, entry__in=locked).delete()
    here = Q(pk__in=locked, state__in=KEEPS_PLACE)
    classes = _insert_places(draw, here, _is_ready(), now=now)
    if not classes <= set(draw.classes):
        draw.classes = sorted(classes | set(draw.classes))
        draw.save(update_fields=["classes"])


READY = Q(state=EntryState.WAITING, cool_down_until=None, capped_until=None)
"""Who could be asked at this moment; the trigger `place_follows` says the same. The sweep ends rests that are over."""


def _is_ready() -> Combinable:
    return Case(When(READY, then=Value(True)), default=Value(False), output_field=BooleanField())


def _insert_places(draw: Draw, people: Q, ready: Combinable, *, now: datetime) -> set[int]:
    """Insert the places of these people in a draw, vaccine by vaccine; return the classes that occur."""
    classes: set[int] = set()
    for campaign, vaccine, rows, travel in _find_people(draw.centre, people, now=now):
        classes |= _insert(rows, draw, campaign, vaccine, travel, ready, now=now)
    return classes


def _find_people(
    centre: Centre, people: Q, *, now: datetime
) -> Iterator[tuple[Campaign, Vaccine, QuerySet[StandbyEntry], str]]:
    """Those of these people who may have each vaccine at a centre today, with the column of their minutes of travel."""
    campaign = Campaign.objects.filter(county=centre.county_id, state=CampaignState.RUNNING).first()
    if campaign is None:
        return
    rules = campaign.vaccine_rules(campaign.rules_on(now)).select_related("vaccine")
    others_come = FurtherCentre.objects.filter(centre=centre).exists()
    for vaccine in [rule.vaccine for rule in rules]:
        conditions = _lasting_conditions(campaign, vaccine, now=now)
        on_list = StandbyEntry.objects.filter(people, *conditions, campaign=campaign)
        yield campaign, vaccine, on_list.filter(centre=centre), "travel_minutes"
        if others_come:
            further = on_list.exclude(centre=centre).filter(further_centres__centre=centre)
            yield campaign, vaccine, further, "further_centres__travel_minutes"


def find_unplaced(centre: Centre) -> Iterator[tuple[int, int]]:
    """Vaccine and person wherever somebody could be asked but has no ready place and no note says so."""
    draw = find_order(centre)
    if draw is None or draw.drawn_at is None or PlaceDue.objects.filter(centre=centre, entry=None).exists():
        return
    noted = PlaceDue.objects.filter(centre=centre).values("entry")
    ready = Place.objects.filter(draw=draw, ready=True)
    for _, vaccine, people, _ in _find_people(centre, READY, now=draw.drawn_at):
        placed = ready.filter(vaccine=vaccine).values("entry")
        for entry in people.exclude(pk__in=noted).exclude(pk__in=placed).values_list("pk", flat=True):
            yield vaccine.pk, entry


def _lasting_conditions(campaign: Campaign, vaccine: Vaccine, *, now: datetime) -> list[Q]:
    """All but the criterion: without one in force people stand in a group of their own, NO_GROUP."""
    conditions = list_lasting_conditions(StandbyEntry, campaign, vaccine.pk, campaign.group_order(now), now=now)
    return [condition.q for condition in conditions or [] if condition.obstacle != Obstacle.CRITERION_OVER]


def _insert(
    people: QuerySet[StandbyEntry],
    draw: Draw,
    campaign: Campaign,
    vaccine: Vaccine,
    travel: str,
    ready: Combinable,
    *,
    now: datetime,
) -> set[int]:
    chosen = people.order_by().values_list(
        "pk",
        Value(draw.pk),
        Value(vaccine.pk),
        _class_of(travel, now=now),
        _group_of(campaign, now=now),
        ticket_in(draw),
        travel,
        ready,
    )
    sql, params = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.replace("CHOSEN", sql), params)
        return {place_class for (place_class,) in cursor.fetchall()}


_INSERT = """
WITH placed AS (
    INSERT INTO impfzentrum_place (
        entry_id, draw_id, vaccine_id, place_class, priority_group, ticket, travel_minutes, ready
    ) CHOSEN RETURNING place_class
) SELECT DISTINCT place_class FROM placed
"""


def _class_of(travel: str, *, now: datetime) -> Combinable:
    """rules.places.find_class for these minutes of travel and the parts of today, in SQL."""
    bands = [When(**{f"{travel}__lte": minutes}, then=Value(band)) for band, minutes in enumerate(BANDS)]
    band = Case(*bands, default=Value(len(BANDS)), output_field=SmallIntegerField())
    return band * Value(2**PARTS) + _parts_on(now)


def _parts_on(now: datetime) -> Combinable:
    """The ticked parts of this Berlin day; all for who said today that they are ready, until whenever that is."""
    today = timezone.localdate(now)
    midnight = datetime.combine(today, time(0), timezone.get_current_timezone())
    ticked = F("availability").bitrightshift(today.weekday() * PARTS).bitand(ALL_PARTS)
    ready_today = When(ready_until__gte=midnight, then=Value(ALL_PARTS))
    return Case(ready_today, default=ticked, output_field=SmallIntegerField())


def _group_of(campaign: Campaign, *, now: datetime) -> Combinable:
    criteria = campaign.criteria(campaign.rules_on(now)).values("pk")
    with_reason = When(criterion__in=criteria, then=F("priority_group"))
    return Case(with_reason, default=Value(NO_GROUP), output_field=SmallIntegerField())


def ticket_in(draw: Draw) -> Combinable:
    """rules.draw.draw_ticket, or the moment of sign-up by policy; below zero for who came too late before. In SQL."""
    late_first = Case(When(pk__in=draw.late, then=Value(-(2**63))), default=Value(0), output_field=BigIntegerField())
    if draw.policy == OrderPolicy.FIRST_COME:
        arrival = Func("created_at", template="(extract(epoch FROM %(expressions)s) * 1000000)::bigint")
        return Func(arrival, late_first, arg_joiner=" + ", template="%(expressions)s", output_field=BigIntegerField())
    inner, outer = (Value(pad, output_field=BinaryField()) for pad in hmac_pads(bytes(draw.seed)))
    drawn = Func(outer, inner, F("public_id"), function="impfzentrum_draw_ticket", output_field=BigIntegerField())
    return Func(drawn, late_first, arg_joiner=" + ", template="%(expressions)s", output_field=BigIntegerField())


def find_order(centre: Centre | int) -> Draw | None:
    """The draw whose order is in force at a centre: the latest one that was drawn."""
    pk = centre if isinstance(centre, int) else centre.pk
    drawn = Draw.objects.filter(centre=pk, drawn_at__isnull=False).select_related("centre")
    return drawn.order_by("-drawn_at", "-pk").first()


def lock_places(centre: Centre) -> None:
    """Wait for the places of a centre; until the transaction ends nobody else makes or renews them."""
    _lock(_PLACING, centre)


def _lock(what: int, centre: Centre) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, centre.pk])


def _no_draw_is_running(centre: Centre) -> bool:
    """Whether nobody draws at the centre; until the transaction ends a draw waits for us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s, %s)", [_PLACING, centre.pk])
        return bool(cursor.fetchone()[0])


def forget_notes(centre: Centre) -> None:
    """Everybody is about to be placed anew: what was noted until now is seen by that."""
    PlaceDue.objects.filter(centre=centre).delete()
