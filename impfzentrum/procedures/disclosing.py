"""Everything we have about a person, for the person (Art. 15 and 20 DSGVO): the inventory of data, filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Field, Manager, Model, QuerySet
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.data_inventory import INVENTORY
from impfzentrum.data_kinds import Item
from impfzentrum.models import (
    Attendance,
    ContactProof,
    Dose,
    FurtherCentre,
    HandPick,
    Message,
    Offer,
    Place,
    Reply,
    StandbyEntry,
)
from impfzentrum.rules.availability import Days, Part, summarize_week

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

Value: TypeAlias = str | int | float | bool | datetime | date | list[str] | None


@dataclass(frozen=True, slots=True)
class Section:
    """What one model holds about the person; `rows` in the order of time."""

    model: str
    title: str
    rows: list[list[tuple[Item, list[tuple[str, Value]]]]]


TITLES: Mapping[str, StrPromise] = {
    "StandbyEntry": _("Ihr Eintrag"),
    "FurtherCentre": _("Weitere Impfzentren"),
    "ContactProof": _("Bestätigungen Ihrer Kontakte"),
    "Offer": _("Angebote"),
    "Dose": _("Dosen"),
    "Attendance": _("Am Einlass"),
    "HandPick": _("Vorschläge des Impfzentrums"),
    "Place": _("Plätze in der Reihenfolge"),
    "Message": _("Nachrichten an Sie"),
    "Reply": _("Ihre Antworten per SMS"),
}


def disclose(entry: StandbyEntry) -> list[Section]:
    """Everything about the owner of this entry, but secrets and search keys. One query a model, however many rows."""
    rows: dict[str, Sequence[Model]] = {
        "StandbyEntry": [entry],
        "FurtherCentre": _all(FurtherCentre.objects.filter(entry=entry).select_related("centre").order_by("pk")),
        "ContactProof": _all(ContactProof.objects.filter(entry=entry).order_by("pk")),
        "Offer": _all(
            Offer.objects.filter(entry=entry)
            .select_related("release__vaccine", "dose__release", "draw__centre")
            .order_by("pk")
        ),
        "Dose": _all(Dose.objects.filter(holder=entry).select_related("release").order_by("pk")),
        "Attendance": _all(Attendance.objects.filter(offer__entry=entry).order_by("pk")),
        "HandPick": _all(HandPick.objects.filter(entry=entry).select_related("release").order_by("pk")),
        "Place": _all(
            Place.objects.filter(entry=entry).select_related("draw__centre", "vaccine").order_by("draw", "vaccine")
        ),
        "Message": _all(Message.objects.filter(entry=entry).order_by("pk")),
        "Reply": _all(Reply.objects.filter(entry=entry).order_by("pk")),
    }
    return [
        Section(model, str(title), [_tell(row, _items(model)) for row in rows[model]])
        for model, title in TITLES.items()
        if rows[model]
    ]


def _all(rows: QuerySet[Any]) -> list[Model]:
    return list(rows)


def _items(model: str) -> list[Item]:
    return [item for item in INVENTORY if item.model == model and item.told]


def _tell(row: Model, items: list[Item]) -> list[tuple[Item, list[tuple[str, Value]]]]:
    return [(item, [(name, _value(row, name)) for name in item.fields]) for item in items]


def _value(row: Model, name: str) -> Value:
    """Choices in words, other rows by their name, hours as days and parts of them."""
    value = getattr(row, name)
    if isinstance(value, Manager):
        return [str(one) for one in value.all()]
    field = row._meta.get_field(name)
    if isinstance(field, Field) and field.choices and value not in (None, ""):
        return str(dict(field.flatchoices).get(value, value))
    if name == "availability":
        return [_name_days(days) for days in summarize_week(value)]
    if value is None or isinstance(value, bool | int | float | date):
        return value
    return str(value)


def _name_days(days: Days) -> str:
    names = {
        Part.MORNING: gettext("bis 12 Uhr"),
        Part.AFTERNOON: gettext("12 bis 17 Uhr"),
        Part.EVENING: gettext("ab 17 Uhr"),
    }
    first, last = str(WEEKDAYS[days.first]), str(WEEKDAYS[days.last])
    which = first if first == last else f"{first} – {last}"
    return f"{which}: {', '.join(names[part] for part in days.parts)}"


def export_data(entry: StandbyEntry, *, now: datetime) -> dict[str, Any]:
    """The same for a program: by model and field, with the moment of the export."""
    return {
        "exported_at": timezone.localtime(now).isoformat(timespec="seconds"),
        "county": entry.campaign.county.name,
        "data": {
            section.model: [
                {name: _for_program(value) for _, values in row for name, value in values} for row in section.rows
            ]
            for section in disclose(entry)
        },
    }


def _for_program(value: Value) -> str | int | float | bool | list[str] | None:
    """Times in ISO 8601, those of the clock as in Berlin."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
