"""The appointment after a yes: as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from icalendar import Alarm, Calendar, Event

from impfzentrum.models import Offer


def write_calendar(offer: Offer) -> bytes:
    """The arrival window as an event with a reminder half an hour before. Names no person and no vaccine."""
    release, centre = offer.release, offer.release.centre
    event = Event()
    event.add("uid", f"{offer.public_id}@nachruecker")
    event.add("dtstamp", offer.answered_at or release.released_at)
    event.add("dtstart", release.arrive_from)
    event.add("dtend", release.arrive_until)
    event.add("summary", gettext("Termin im {centre}").format(centre=centre.name))
    event.add("location", f"{centre.name}, {centre.street}, {centre.postcode} {centre.town}")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", gettext("Bitte losfahren"))
    alarm.add("trigger", timedelta(minutes=-30))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Nachrücker//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
