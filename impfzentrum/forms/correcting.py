"""The questions of the sign-up on one's own page: the same forms, filled with what was said before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.assistance import AssistanceForm
from impfzentrum.forms.availability import tick_times
from impfzentrum.forms.contact import ContactForm
from impfzentrum.forms.parts import Circumstances, PartForm, for_any_fault
from impfzentrum.forms.reason import ReasonForm
from impfzentrum.forms.vaccination import VaccinationForm
from impfzentrum.forms.way import WayForm
from impfzentrum.models import StandbyEntry
from impfzentrum.procedures import correcting
from impfzentrum.vocabulary import Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class HelpForm(AssistanceForm):
    """Help on site, and the language of our messages."""

    language = forms.ChoiceField(
        label=_("In welcher Sprache sollen wir Ihnen schreiben?"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        error_messages=for_any_fault(_("Bitte wählen Sie eine Sprache.")),
    )

    def lay_out(self) -> Iterable[object]:
        return ["language", *super().lay_out()]


@dataclass(frozen=True, slots=True)
class Part:
    """One group of questions. `fill` gives what was said before, `store` keeps what is said now."""

    slug: str
    form: type[PartForm]
    title: StrPromise
    fill: Callable[[StandbyEntry], dict[str, Any]]
    store: Callable[[StandbyEntry, dict[str, Any], datetime], Any]


def _fill_contact(entry: StandbyEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ("given_name", "family_name", "mobile", "email")}


def _store_contact(entry: StandbyEntry, data: dict[str, Any], now: datetime) -> Any:
    names = ("given_name", "family_name", "mobile", "email")
    return correcting.correct_contact(entry, **{name: data[name] for name in names}, now=now)


def _store_way(entry: StandbyEntry, data: dict[str, Any], now: datetime) -> None:
    names = ("centre", "travel_minutes", "availability")
    correcting.correct_way(entry, **{name: data[name] for name in names}, now=now)


def _store_vaccination(entry: StandbyEntry, data: dict[str, Any], now: datetime) -> None:
    names = ("vaccines", "dose_wanted", "last_vaccine", "last_dose_on")
    correcting.correct_vaccination(entry, **{name: data[name] for name in names}, now=now)


def _store_help(entry: StandbyEntry, data: dict[str, Any], now: datetime) -> None:
    names = ("interpreter", "needs", "comes_with", "language")
    correcting.correct_help(entry, **{name: data[name] for name in names}, now=now)


PARTS = {
    part.slug: part
    for part in (
        Part("kontakt", ContactForm, _("Name und Kontakt ändern"), _fill_contact, _store_contact),
        Part(
            "grund",
            ReasonForm,
            _("Grund und Gruppe ändern"),
            lambda entry: {"criterion": entry.criterion_id} if entry.criterion and not entry.criterion.age_from else {},
            lambda entry, data, now: correcting.correct_reason(entry, data["criterion"], now=now),
        ),
        Part(
            "weg",
            WayForm,
            _("Impfzentrum, Weg und Zeiten ändern"),
            lambda entry: {
                "centre": entry.centre_id,
                "travel_minutes": entry.travel_minutes,
                **tick_times(entry.availability),
            },
            _store_way,
        ),
        Part(
            "impfung",
            VaccinationForm,
            _("Impfstoffe und Impfung ändern"),
            lambda entry: {
                "vaccines": list(entry.vaccines.values_list("pk", flat=True)),
                "dose_wanted": entry.dose_wanted,
                "last_vaccine": entry.last_vaccine_id,
                "last_dose_on": entry.last_dose_on,
            },
            _store_vaccination,
        ),
        Part(
            "hilfe",
            HelpForm,
            _("Hilfe vor Ort und Sprache ändern"),
            lambda entry: {
                "interpreter": entry.interpreter,
                "needs": [need for need in entry.needs.split(",") if need],
                "comes_with": entry.comes_with,
                "language": entry.language,
            },
            _store_help,
        ),
    )
}


def open_part(part: Part, entry: StandbyEntry, typed: Mapping[str, Any] | None, *, now: datetime) -> PartForm:
    """The form of a part, filled with what was said before, or with what was typed."""
    known = Circumstances(
        entry.campaign,
        now,
        birth_date=entry.birth_date,
        postcode=entry.postcode,
        called=entry.phone_confirmed_at is not None,
    )
    return part.form(known, typed, initial=part.fill(entry))
