"""What a line of the inventory of personal data says (data_inventory.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Kept(TextChoices):
    """How long something is kept."""

    UNTIL_LEAVING = (
        "until_leaving",
        _("bis Sie sich abmelden, dann sofort gelöscht; sonst bis zum Ende der Frist, die unten steht"),
    )
    WITHOUT_NAME = (
        "without_name",
        _("bleibt nach dem Abmelden ohne Namen und Kontakt, damit sich Auswahl und Zahlen prüfen lassen"),
    )
    WITH_THE_DAY = "with_the_day", _("bis zur nächsten Auslosung")
    A_DAY = "a_day", _("höchstens einen Tag")
    TWO_HOURS = "two_hours", _("höchstens zwei Stunden")
    SAME_NIGHT = "same_night", _("bis in die Nacht nach dem Termin")
    A_WEEK = "a_week", _("eine Woche")
    A_MONTH = "a_month", _("30 Tage")
    UNTIL_TAKEN = "until_taken", _("bis die Zeilen übernommen sind, höchstens zwei Stunden")
    DRAFT = "draft", _("48 Stunden nach der letzten Eingabe, oder bis Sie auf der Liste stehen")
    UNTIL_TOLD = "until_told", _("bis Sie die Nachricht bekommen haben, ohne Bestätigung zwei Tage")
    UNTIL_SENT = "until_sent", _("einige Sekunden, bis der Link verschickt ist")
    FEEDBACK = "feedback", _("180 Tage; sie nennt niemanden")


@dataclass(frozen=True, slots=True)
class Item:
    """Fields of one model that belong together. `told`: in the file of one's own data; what is not told there is a key
    made of something that is, or part of how messages are sent."""

    model: str
    fields: tuple[str, ...]
    label: StrPromise
    purpose: StrPromise
    kept: Kept
    told: bool = True


def name_item(
    model: str, fields: str, label: StrPromise, purpose: StrPromise, kept: Kept, *, told: bool = True
) -> Item:
    """An item; `fields` with blanks between them."""
    return Item(model, tuple(fields.split()), label, purpose, kept, told)


FIND = _("um eine Zeile wiederzufinden; für sich sagt das nichts über Sie")
