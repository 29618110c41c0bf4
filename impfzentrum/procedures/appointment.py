"""The appointment after a yes: as a calendar file (RFC 5545) that follows what happens to it (RFC 5546)."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext
from icalendar import Alarm, Calendar, Event, vCalAddress

from impfzentrum.gateways.letters import Attachment
from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.states import OfferState
from impfzentrum.vocabulary import Channel

WITH_CALENDAR = (MessageTemplate.PLACE_AND_TIME, MessageTemplate.TIMES_CHANGED, MessageTemplate.CANCELLED)


def write_calendar(offer: Offer, *, changed: datetime | None = None) -> bytes:
    """The arrival window as an event with a reminder half an hour before. Names no person and no vaccine.

    The same event all its life: new times and its end are told under the same UID with a higher SEQUENCE, so that a
    calendar moves or removes what it has. `changed`: when it became what it is, where that is known already. Written
    twice without a change between, it is the same to the letter.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Nachrücker//DE")
    calendar.add("version", "2.0")
    calendar.add("method", _method(offer))
    calendar.add_component(_write_event(offer, changed=changed or _last_change(offer)))
    return bytes(calendar.to_ical())


def _write_event(offer: Offer, *, changed: datetime) -> Event:
    release, centre = offer.release, offer.release.centre
    cancelled, since = offer.state == OfferState.CANCELLED, changed - _promised(offer)
    event = Event()
    event.add("uid", f"{offer.public_id}@nachruecker")
    event.add("sequence", since // timedelta(milliseconds=1))
    event.add("dtstamp", changed)
    event.add("dtstart", release.arrive_from)
    event.add("dtend", release.arrive_until)
    event.add("summary", gettext("Termin im {centre}").format(centre=centre.name))
    event.add("location", f"{centre.name}, {centre.street}, {centre.postcode} {centre.town}")
    event.add("organizer", _organizer(offer))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add_component(_write_alarm())
    return event


def _promised(offer: Offer) -> datetime:
    return offer.answered_at or offer.release.released_at


def _last_change(offer: Offer) -> datetime:
    """When this appointment last became what it is: by the yes, by new times, by its end."""
    if offer.state == OfferState.CANCELLED:
        return offer.state_since
    told = offer.messages.filter(template=MessageTemplate.TIMES_CHANGED).aggregate(last=Max("created_at"))["last"]
    return max(_promised(offer), told or _promised(offer))


def _told_change(message: Message, offer: Offer) -> datetime:
    """The same as this message tells it. It needs no query, and what is sent late does not pass for newer."""
    if offer.state == OfferState.CANCELLED:
        return offer.state_since
    return message.created_at if message.template == MessageTemplate.TIMES_CHANGED else _promised(offer)


def _organizer(offer: Offer) -> vCalAddress:
    """RFC 5546 wants one, or calendars take no cancellation: the county, as the e-mails name it."""
    county = offer.release.centre.county
    organizer = vCalAddress(f"mailto:{county.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = county.name
    return organizer


def _write_alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", gettext("Bitte losfahren"))
    alarm.add("trigger", timedelta(minutes=-30))
    return alarm


def attach_calendar(message: Message) -> tuple[Attachment, ...]:
    """The calendar file that belongs to an e-mail about an appointment."""
    if message.channel != Channel.EMAIL or message.template not in WITH_CALENDAR or message.offer is None:
        return ()
    content = write_calendar(message.offer, changed=_told_change(message, message.offer))
    mimetype = f"text/calendar; charset=utf-8; method={_method(message.offer)}"
    return (Attachment("termin.ics", content, mimetype),)


def _method(offer: Offer) -> str:
    return "CANCEL" if offer.state == OfferState.CANCELLED else "PUBLISH"
