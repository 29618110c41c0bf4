"""What must be true of any database, whatever ran on it. Each check yields sentences about what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from impfzentrum.models import Attendance, Centre, County, Dose, HandPick, Message, Offer, Release, StandbyEntry
from impfzentrum.models.moving import Moving
from impfzentrum.models.offer import BY_HAND
from impfzentrum.procedures.auditing import find_broken_links
from impfzentrum.procedures.placing import find_unplaced
from impfzentrum.states import (
    DOSE_GIVEN_BACK,
    HELD_BY_SOMEBODY,
    LIVE_OFFER,
    AttendanceState,
    DoseState,
    EntryState,
    HandPickState,
    OfferState,
    ReleaseState,
)

LIVE_DOSE = (DoseState.HELD, DoseState.CONFIRMED, DoseState.ARRIVED)


def find_violations() -> Iterator[str]:
    """Every broken invariant of the database as a sentence with ids; nothing where all is well."""
    yield from _illegal_states()
    yield from _doses_with_two_holders()
    yield from _people_with_two_promises()
    yield from _offers_without_dose()
    yield from _people_out_of_step()
    yield from _doses_out_of_step()
    yield from _releases_out_of_step()
    for centre in Centre.objects.all():
        yield from _people_without_place(centre)
    yield from _hand_picks_out_of_step()
    yield from _attendance_out_of_step()
    for county in County.objects.all():
        yield from find_broken_links(county)


def _illegal_states() -> Iterator[str]:
    models: list[type[Moving]] = [StandbyEntry, Release, Dose, Offer, Attendance, HandPick, Message]
    for model in models:
        known = [state.value for state in model.MOVES]
        for pk, state in _rows(model).exclude(state__in=known).values_list("pk", "state"):
            yield f"{model.__name__} {pk} steht auf „{state}“, das es nicht gibt"


def _rows(model: type[Moving]) -> QuerySet[Any]:
    return model._base_manager.all()


def _doses_with_two_holders() -> Iterator[str]:
    holding = Offer.objects.filter(state__in=[*LIVE_OFFER, OfferState.ACCEPTED], dose__isnull=False)
    for dose, count in holding.values_list("dose").annotate(count=Count("pk")).filter(count__gt=1):
        yield f"Dosis {dose} gehört zu {count} Angeboten zugleich"
    for pk in holding.filter(~Q(dose__holder=F("entry")) | Q(dose__holder=None)).values_list("pk", flat=True):
        yield f"Angebot {pk} nennt eine Dosis, die jemand anderes hat"


def _people_with_two_promises() -> Iterator[str]:
    live = Offer.objects.live().values_list("entry").annotate(count=Count("pk")).filter(count__gt=1)
    for entry, count in live:
        yield f"Eintrag {entry} hat {count} offene Angebote"
    doses = Dose.objects.filter(state__in=LIVE_DOSE).values_list("holder").annotate(count=Count("pk"))
    for holder, count in doses.filter(count__gt=1):
        yield f"Eintrag {holder} hat {count} Dosen zugleich"


def _offers_without_dose() -> Iterator[str]:
    accepted = Offer.objects.filter(state=OfferState.ACCEPTED)
    for pk in accepted.filter(dose=None).values_list("pk", flat=True):
        yield f"Angebot {pk} ist angenommen, aber ohne Dosis"
    for pk in accepted.exclude(dose=None).exclude(dose__state__in=HELD_BY_SOMEBODY).values_list("pk", flat=True):
        yield f"Angebot {pk} ist angenommen, seine Dosis aber nicht vergeben"


def _people_out_of_step() -> Iterator[str]:
    offered = StandbyEntry.objects.filter(state=EntryState.OFFERED)
    for pk in offered.exclude(offers__state__in=LIVE_OFFER).values_list("pk", flat=True):
        yield f"Eintrag {pk} gilt als gefragt, hat aber kein offenes Angebot"
    live = Offer.objects.live().exclude(entry__state=EntryState.OFFERED)
    for pk in live.values_list("pk", flat=True):
        yield f"Angebot {pk} ist offen, die Person aber nicht als gefragt geführt"
    appointed = StandbyEntry.objects.filter(state=EntryState.APPOINTED)
    for pk in appointed.exclude(offers__state=OfferState.ACCEPTED).values_list("pk", flat=True):
        yield f"Eintrag {pk} hat zugesagt, aber kein angenommenes Angebot"


def _doses_out_of_step() -> Iterator[str]:
    held = Dose.objects.filter(state=DoseState.HELD).exclude(offers__state__in=LIVE_OFFER)
    for pk in held.values_list("pk", flat=True):
        yield f"Dosis {pk} ist für jemanden reserviert, der kein offenes Angebot hat"
    confirmed = Dose.objects.filter(state=DoseState.CONFIRMED).exclude(offers__state=OfferState.ACCEPTED)
    for pk in confirmed.values_list("pk", flat=True):
        yield f"Dosis {pk} ist zugesagt, aber kein angenommenes Angebot nennt sie"


def _releases_out_of_step() -> Iterator[str]:
    over = Release.objects.filter(state__in=[ReleaseState.ENDED, ReleaseState.WITHDRAWN])
    for pk in over.filter(doses__state__in=[DoseState.FREE, DoseState.HELD]).distinct().values_list("pk", flat=True):
        yield f"Freigabe {pk} ist vorbei, hat aber noch freie oder angebotene Dosen"
    open_offers = over.filter(offers__state__in=LIVE_OFFER).distinct()
    for pk in open_offers.values_list("pk", flat=True):
        yield f"Freigabe {pk} ist vorbei, hat aber noch offene Angebote"


def _people_without_place(centre: Centre) -> Iterator[str]:
    """Who could be asked but does not stand ready in the order in force: they would be passed over in silence."""
    for vaccine, entry in find_unplaced(centre):
        yield f"Eintrag {entry} wartet und hat für Impfstoff {vaccine} keinen Platz in der Reihenfolge"


def _hand_picks_out_of_step() -> Iterator[str]:
    for pk in HandPick.objects.filter(decided_by=F("proposed_by")).values_list("pk", flat=True):
        yield f"Vergabe von Hand {pk} hat dieselbe Person vorgeschlagen und entschieden"
    consented = HandPick.objects.filter(state=HandPickState.CONSENTED)
    given = Q(
        offer__wave=BY_HAND,
        offer__state__in=[OfferState.ACCEPTED, OfferState.CANCELLED, OfferState.UNUSED],
        offer__dose__isnull=False,
        offer__entry=F("entry"),
        offer__release=F("release"),
        offer__created_at=F("decided_at"),
    )
    for pk in consented.exclude(pk__in=consented.filter(given)).values_list("pk", flat=True):
        yield f"Vergabe von Hand {pk} hat Zustimmung, aber keine Zusage, die zu ihr gehört"
    by_hand = Offer.objects.filter(wave=BY_HAND).exclude(hand_pick__state=HandPickState.CONSENTED)
    for pk in by_hand.values_list("pk", flat=True):
        yield f"Angebot {pk} ist von Hand vergeben, aber niemand hat zugestimmt"


def _attendance_out_of_step() -> Iterator[str]:
    """What was noted at the door, and where dose, offer and person stand."""
    rows = Attendance.objects.order_by("pk")
    given_back = Q(state__in=DOSE_GIVEN_BACK)
    for pk in rows.filter(given_back).exclude(offer__state=OfferState.UNUSED).values_list("pk", flat=True):
        yield f"Erscheinen {pk}: die Dosis wurde nicht gegeben, das Angebot gilt aber als eingelöst"
    for pk in rows.filter(~given_back, offer__state=OfferState.UNUSED).values_list("pk", flat=True):
        yield f"Erscheinen {pk}: das Angebot gilt als nicht eingelöst, die Person aber nicht als abgewiesen"
    unused = Offer.objects.filter(state=OfferState.UNUSED, attendance=None)
    for pk in unused.values_list("pk", flat=True):
        yield f"Angebot {pk} ist nicht eingelöst, aber niemand hat etwas eingetragen"
    for state, dose in [
        (AttendanceState.ARRIVED, DoseState.ARRIVED),
        (AttendanceState.VACCINATED, DoseState.VACCINATED),
    ]:
        own = Q(offer__dose__state=dose, offer__dose__holder=F("offer__entry"))
        noted = rows.filter(state=state)
        for pk in noted.exclude(pk__in=noted.filter(own).values("pk")).values_list("pk", flat=True):
            yield f"Erscheinen {pk} steht auf „{state.label}“, die Dosis nicht"
