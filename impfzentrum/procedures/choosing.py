"""Where else people would come: further centres of their county, each with the minutes it takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from impfzentrum.errors import NotPossibleNow
from impfzentrum.models import Centre, FurtherCentre, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.readying import ON_LIST, wake_releases


def list_other_centres(entry: StandbyEntry) -> QuerySet[Centre]:
    """The centres of the county that are not the person's own, by name."""
    return Centre.objects.filter(county=entry.campaign.county_id).exclude(pk=entry.centre_id)


def may_choose_centres(entry: StandbyEntry) -> bool:
    """Whether the person is on the list, so that other centres are a matter for them."""
    return entry.state in ON_LIST


def choose_further_centres(entry: StandbyEntry, chosen: Mapping[int, int], *, now: datetime) -> None:
    """From now on the person accepts these further centres (primary key to minutes door to door) and no others.

    An open offer and an appointment stay what they are. The same choice again changes and records nothing. Their own
    centre and those of other counties are left out. Raises NotPossibleNow for who is not on the list.
    """
    with transaction.atomic():
        # Two devices at once would each add to what the other just chose. Who leaves meanwhile leaves no row behind.
        person = StandbyEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if person.state not in ON_LIST:
            raise NotPossibleNow(state=person.get_state_display())
        others = list_other_centres(person).filter(pk__in=chosen).values_list("pk", flat=True)
        if _store(person, {centre: chosen[centre] for centre in others}):
            # Where somebody would come is nobody's business but theirs: the record says only how many there are.
            record(person.campaign.county_id, "further_centres_changed", person.public_id, now=now, centres=len(others))
            wake_releases(person)


def _store(person: StandbyEntry, wanted: Mapping[int, int]) -> bool:
    """Bring the rows of a locked person in line; whether there was anything to change."""
    stored = {row.centre_id: row for row in person.further_centres.all()}
    if {centre: row.travel_minutes for centre, row in stored.items()} == wanted:
        return False
    person.further_centres.exclude(centre__in=wanted).delete()
    for centre, minutes in wanted.items():
        row = stored.get(centre) or FurtherCentre(entry=person, centre_id=centre)
        if row.travel_minutes != minutes:
            row.travel_minutes = minutes
            row.save()
    return True
