"""Changing the times of a running release. What people have been promised stays promised."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from impfzentrum.errors import EndPromised, TimesChangedMeanwhile
from impfzentrum.models import Message, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.changing import lock_running, lock_undecided
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.outbox import queue_on_all_channels
from impfzentrum.procedures.releasing import refuse_passed_times
from impfzentrum.procedures.waking import wake_match
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.states import DoseState, MessageState, OfferState


@dataclass(frozen=True, slots=True)
class Times:
    """Until when doses may be used, and between which moments people arrive. All aware."""

    use_by: datetime
    arrive_from: datetime
    arrive_until: datetime

    @classmethod
    def of(cls, release: Release) -> Times:
        return cls(release.use_by, release.arrive_from, release.arrive_until)

    def stamp(self) -> str:
        """For a form: what it was shown with."""
        return " ".join(str(int(moment.timestamp())) for moment in (self.use_by, self.arrive_from, self.arrive_until))

    def clocks(self) -> dict[str, str]:
        """The times as a clock in the centre shows them, by the name of their field."""
        return {one.name: f"{timezone.localtime(getattr(self, one.name)):%H:%M}" for one in fields(self)}


def change_times(release: Release, times: Times, *, stand: str, by: User, now: datetime) -> None:
    """Set the times of a running release. Who has accepted is told a new arrival window; nobody's end comes earlier.

    Open offers are never lengthened: they end by the new times, and those that nobody could follow any more are
    withdrawn. Setting the times that stand changes nothing, so a second tap is none. `stand` is the stamp of the times
    that the form showed. Raises TimesChangedMeanwhile when others stand by now, ReleaseNotRunning, UseByPassed, and
    EndPromised when somebody has accepted for longer than arrival is to last.
    """
    with transaction.atomic():
        release = lock_running(release, now=now)
        old = Times.of(release)
        if old == times:
            return
        if old.stamp() != stand:
            raise TimesChangedMeanwhile(**old.clocks())
        refuse_passed_times(use_by=times.use_by, arrive_until=times.arrive_until, now=now)
        # A yes locks its dose: it comes before these locks and is a promise by the old times, or after the commit and
        # is one by the new. Without them somebody would be told the old times and never the new ones.
        lock_undecided(release)
        promised = list_promised(release)
        if promised and times.arrive_until < old.arrive_until:
            raise EndPromised(people=len(promised), until=old.clocks()["arrive_until"])
        _set_times(release, times, now=now)
        offers = _cut_offers(release, now=now) if times.arrive_until < old.arrive_until else 0
        if (times.arrive_from, times.arrive_until) != (old.arrive_from, old.arrive_until):
            _tell_new_times(release, promised, now=now)
        clocks = times.clocks() | {f"old_{name}": clock for name, clock in old.clocks().items()}
        record(release.centre.county_id, "times_changed", release.pk, now=now, actor=by, offers=offers, **clocks)
        wake_match(release.pk)


def list_promised(release: Release) -> list[Offer]:
    """Who has accepted and is still to come."""
    accepted = release.offers.filter(state=OfferState.ACCEPTED, dose__state=DoseState.CONFIRMED)
    return list(accepted.select_related("entry").order_by("pk"))


def _set_times(release: Release, times: Times, *, now: datetime) -> None:
    """`look_again_at` lets the sweep find the change if the wake-up is lost."""
    release.use_by, release.arrive_from, release.arrive_until = times.use_by, times.arrive_from, times.arrive_until
    release.look_again_at = now
    release.save(update_fields=["use_by", "arrive_from", "arrive_until", "look_again_at"])


def _cut_offers(release: Release, *, now: datetime) -> int:
    """End live offers by the new times; withdraw those that could not be followed any more, and return how many."""
    offers = lock_live_offers(release)
    over = [offer.pk for offer in offers if _latest(offer) <= now]
    withdrawn = close_offers(Offer.objects.filter(pk__in=over), OfferState.WITHDRAWN, now=now)
    left = [offer for offer in offers if _latest(offer) > now]
    opened = [offer for offer in left if offer.state == OfferState.OPEN]
    for offer in opened:
        offer.answer_by = min(offer.last_answer, offer.last_start)
    Offer.objects.bulk_update(opened, ["answer_by"])
    _cut_messages([offer for offer in left if offer.state == OfferState.PREPARED])
    return withdrawn


def lock_live_offers(release: Release) -> list[Offer]:
    """The live offers under the locks of their people and their own: neither an end nor a hand-over comes between."""
    people = StandbyEntry.objects.filter(pk__in=release.offers.live().values("entry")).order_by("pk")
    list(people.select_for_update(no_key=True))
    offers = list(
        release.offers.live().select_related("entry").select_for_update(of=("self",), no_key=True).order_by("pk")
    )
    for offer in offers:
        offer.release = release
    return offers


def _latest(offer: Offer) -> datetime:
    """Until when this offer is of any use: who has not been asked yet shall still have the shortest time to answer."""
    return offer.last_start - SHORTEST_ANSWER if offer.state == OfferState.PREPARED else offer.last_start


def _cut_messages(prepared: list[Offer]) -> None:
    latest = {offer.pk: _latest(offer) for offer in prepared}
    messages = list(Message.objects.filter(offer__in=latest, template=MessageTemplate.OFFER).order_by("pk"))
    for message in messages:
        message.expires_at = min(message.expires_at, latest[message.offer_id or 0])
    Message.objects.bulk_update(messages, ["expires_at"])


def _tell_new_times(release: Release, promised: list[Offer], *, now: datetime) -> None:
    """One message with the times that stand now; what an earlier change has queued and nobody has sent is dropped."""
    unsent = Message.objects.filter(offer__in=promised, template=MessageTemplate.TIMES_CHANGED)
    move_rows(unsent, MessageState.QUEUED, MessageState.LAPSED, now=now)
    for offer in promised:
        queue_on_all_channels(
            offer.entry, MessageTemplate.TIMES_CHANGED, now=now, expires_at=release.arrive_until, offer=offer
        )
