"""For the show: a vial that was opened two hours ago, whose rest can be given free."""

from __future__ import annotations

from datetime import datetime, timedelta

from impfzentrum.models import Campaign, Membership
from impfzentrum.procedures.opening_vials import note_vials
from impfzentrum.vocabulary import Role

OPENED_AGO = timedelta(hours=2)


def open_a_vial(campaign: Campaign, *, now: datetime) -> None:
    """Note one vial of the campaign's first vaccine at each centre that has staff. Belongs to a list just filled."""
    rules = campaign.vaccine_rules(campaign.rules_on(now)).select_related("vaccine")
    rule = rules.order_by("vaccine__name").first()
    staff = Membership.objects.filter(county=campaign.county, role=Role.CENTRE_STAFF).select_related("user")
    if rule is None:
        return
    for member in staff.order_by("pk"):
        for centre in member.centres.select_related("county"):
            note_vials(centre, campaign, rule.vaccine, 1, now - OPENED_AGO, by=member.user, now=now)
