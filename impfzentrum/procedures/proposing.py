"""What a centre will probably release next: the last release once more, at times that are still ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from impfzentrum.models import Campaign, Centre, Release, Vaccine
from impfzentrum.procedures.releasing import Reach, estimate_reach
from impfzentrum.rules.arrival import first_arrival, last_arrival, propose_use_by
from impfzentrum.vocabulary import ReleaseReason


@dataclass(frozen=True, slots=True)
class Proposal:
    """Values for the next release; what cannot be guessed is None."""

    vaccine: Vaccine | None
    doses: int | None
    use_by: datetime
    reason: ReleaseReason

    @property
    def arrive_until(self) -> datetime:
        return last_arrival(self.use_by)

    @property
    def complete(self) -> bool:
        """Whether one tap is enough."""
        return self.vaccine is not None and self.doses is not None


def propose_release(centre: Centre, campaign: Campaign, *, now: datetime) -> Proposal:
    """Vaccine, doses and reason of the centre's last release, its time of day or closing time as use-by time.

    A vaccine whose rule is no longer in force is not proposed.
    """
    last = Release.objects.filter(centre=centre).select_related("vaccine").order_by("-released_at", "-pk").first()
    usual = [centre.closes_at]
    if last is None:
        use_by = propose_use_by(usual=usual, now=timezone.localtime(now))
        return Proposal(vaccine=None, doses=None, use_by=use_by, reason=ReleaseReason.VIAL)
    usual.insert(0, timezone.localtime(last.use_by).time())
    rules = campaign.vaccine_rules(campaign.rules_on(now)).filter(vaccine=last.vaccine)
    return Proposal(
        vaccine=last.vaccine if rules.exists() else None,
        doses=last.doses.count(),
        use_by=propose_use_by(usual=usual, now=timezone.localtime(now)),
        reason=ReleaseReason(last.reason),
    )


def estimate_proposal(centre: Centre, campaign: Campaign, proposal: Proposal, *, now: datetime) -> Reach | None:
    """Whom the proposed release would reach; None while it lacks a vaccine."""
    if proposal.vaccine is None:
        return None
    arrival = first_arrival(timezone.localtime(now)), proposal.arrive_until
    return estimate_reach(centre, campaign, proposal.vaccine, arrival, now=now)


def find_last_number(centre: Centre) -> int:
    """The number of the centre's last release; 0 for none."""
    return Release.objects.filter(centre=centre).aggregate(last=Max("number"))["last"] or 0
