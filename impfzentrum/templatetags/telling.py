"""How the pages tell times and numbers: one filter each, Berlin wall-clock time, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext, pgettext
from phonenumbers import PhoneNumberFormat

from impfzentrum.models import PriorityCriterion, StandbyEntry
from impfzentrum.rules.availability import Days, Part
from impfzentrum.templatetags.speaking import ltr
from impfzentrum.vocabulary import Interpreter, Need

register = template.Library()


def _local(moment: date | datetime) -> date | datetime:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def clock(moment: datetime) -> str:
    """16:42 Uhr. Seconds are cut off, so that an end is never told too late."""
    return gettext("%(time)s Uhr") % {"time": time(moment)}


@register.filter
def time(moment: datetime) -> str:
    """16:42"""
    return f"{_local(moment):%H:%M}"


@register.filter
def day(moment: date | datetime) -> str:
    """Samstag, 24. April"""
    return date_format(_local(moment), pgettext("Datumsformat von Django, ohne Jahr", "l, j. F"))


@register.filter
def day_of_year(moment: date | datetime) -> str:
    """24. April 2021"""
    return date_format(_local(moment), pgettext("Datumsformat von Django, mit Jahr", "j. F Y"))


@register.filter
def short_day(moment: date | datetime) -> str:
    """24.04.2021"""
    return date_format(_local(moment), pgettext("Datumsformat von Django, in Ziffern", "d.m.Y"))


@register.filter
def which_day(moment: datetime, now: datetime) -> str:
    """heute, morgen, or Samstag, 24. April."""
    ahead = (timezone.localdate(moment) - timezone.localdate(now)).days
    if ahead == 0:
        return gettext("heute")
    return gettext("morgen") if ahead == 1 else day(moment)


@register.filter
def until(end: datetime, now: datetime) -> str:
    """The time left in words, whole minutes: 14 Minuten, 1 Stunde 46 Minuten, weniger als eine Minute."""
    minutes = max(end - now, timedelta(0)) // timedelta(minutes=1)
    return gettext("weniger als eine Minute") if minutes == 0 else span(minutes)


@register.filter
def age(begin: datetime, now: datetime) -> str:
    """How long ago, short enough for a large figure: 40 s, 12 min, 3 h."""
    seconds = max(int((now - begin).total_seconds()), 0)
    if seconds < 120:
        return gettext("%(n)d s") % {"n": seconds // 10 * 10}
    return (
        gettext("%(n)d min") % {"n": seconds // 60} if seconds < 7200 else gettext("%(n)d h") % {"n": seconds // 3600}
    )


@register.filter
def span(minutes: int) -> str:
    """1 Stunde 46 Minuten"""
    hours, rest = divmod(int(minutes), 60)
    words = [ngettext("%(n)d Stunde", "%(n)d Stunden", hours) % {"n": hours}] if hours else []
    if rest or not hours:
        words.append(ngettext("%(n)d Minute", "%(n)d Minuten", rest) % {"n": rest})
    return " ".join(words)


@register.filter
def days_and_hours(days: Days) -> str:
    """Montag bis Freitag ab 17 Uhr; Sonntag ganztags."""
    names = WEEKDAYS[days.first], WEEKDAYS[days.last]
    if days.first == days.last:
        which = str(names[0])
    else:
        two = days.last == days.first + 1
        pattern = gettext("%(first)s und %(last)s") if two else gettext("%(first)s bis %(last)s")
        which = pattern % {"first": names[0], "last": names[1]}
    if len(days.parts) == len(Part):
        return gettext("%(days)s ganztags") % {"days": which}
    hours = {
        (Part.MORNING,): gettext("bis 12 Uhr"),
        (Part.AFTERNOON,): gettext("12 bis 17 Uhr"),
        (Part.EVENING,): gettext("ab 17 Uhr"),
        (Part.MORNING, Part.AFTERNOON): gettext("bis 17 Uhr"),
        (Part.AFTERNOON, Part.EVENING): gettext("ab 12 Uhr"),
        (Part.MORNING, Part.EVENING): gettext("bis 12 und ab 17 Uhr"),
    }
    return gettext("%(days)s %(hours)s") % {"days": which, "hours": hours[days.parts]}


@register.filter
def number(value: int) -> str:
    """1.942"""
    return number_format(value, force_grouping=True)


@register.filter
def phone(e164: str) -> str:
    """0171 39000052, and with its country code a number from abroad; always from left to right."""
    parsed = phonenumbers.parse(e164, "DE")
    german = parsed.country_code == phonenumbers.country_code_for_region("DE")
    kind = PhoneNumberFormat.NATIONAL if german else PhoneNumberFormat.INTERNATIONAL
    return ltr(phonenumbers.format_number(parsed, kind))


@register.filter
def plain(criterion: PriorityCriterion) -> str:
    """A criterion in simple words, in the language of the page."""
    return criterion.plain


@register.filter
def assistance(entry: StandbyEntry) -> list[str]:
    """What staff prepare for a person, and with whom they would like to come; empty for most."""
    lines = []
    if entry.interpreter:
        lines.append(gettext("Dolmetschen: %(language)s") % {"language": Interpreter(entry.interpreter).label})
    lines += [str(Need(need).label) for need in entry.needs.split(",") if need]
    if entry.comes_with:
        codes = {"theirs": entry.companion_code, "other": entry.comes_with}
        lines.append(gettext("Begleit-Code %(theirs)s, möchte kommen mit %(other)s") % codes)
    return lines


@register.filter
def stored(value: object) -> str:
    """A stored value as people read it: days, times, yes and no; a dash for nothing."""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nein")
    if isinstance(value, datetime):
        return f"{day_of_year(value)}, {clock(value)}"
    if isinstance(value, date):
        return day_of_year(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


@register.filter
def stored_values(values: list[tuple[str, object]]) -> str:
    """What belongs to one line of stored data, one a line; what is empty is left out, and all empty is a dash."""
    told = [stored(value) for _name, value in values]
    return "\n".join(one for one in told if one != "–") or "–"
