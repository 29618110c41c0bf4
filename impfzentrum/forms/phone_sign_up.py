"""The sign-up that staff type while the person is on the phone: the citizen's questions, read aloud, on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import HTML, Field
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.assistance import AssistanceForm
from impfzentrum.forms.coming import ComingForm
from impfzentrum.forms.consent import CONSENT_VERSION
from impfzentrum.forms.contact import ContactForm
from impfzentrum.forms.fields import tidy
from impfzentrum.forms.guided import TAKEN_AS_TYPED
from impfzentrum.forms.numbers import CallNumberField
from impfzentrum.forms.parts import Circumstances, PartForm
from impfzentrum.forms.reason import ReasonForm
from impfzentrum.forms.vaccination import VaccinationForm
from impfzentrum.forms.way import WayForm
from impfzentrum.models import Campaign, Centre
from impfzentrum.procedures.prechecking import precheck
from impfzentrum.procedures.registering import SignUp
from impfzentrum.procedures.registering_by_phone import PhoneSignUp
from impfzentrum.vocabulary import Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

HINT_LIMIT = 60

_ONE_NUMBER = HTML('{% include "centre/one_number.html" %}')


class SpokenContactForm(ContactForm):
    """Name, and numbers that are read back. One contact of any kind is enough."""

    phone = CallNumberField(
        label=_("Nummer für Anrufe"),
        required=False,
        help_text=_("Auch Festnetz. Unter dieser Nummer rufen wir an, wenn eine Dosis frei ist."),
    )
    second_phone = CallNumberField(
        label=_("Zweite Nummer für Anrufe"), required=False, help_text=_("Zum Beispiel von Angehörigen.")
    )
    call_hint = forms.CharField(
        label=_("Wann ist die Person gut zu erreichen?"),
        required=False,
        max_length=HINT_LIMIT,
        help_text=_("Zum Beispiel: nach 9 Uhr, lange klingeln lassen. Bitte nichts über die Gesundheit."),
        error_messages={"max_length": _("Bitte höchstens %(limit_value)d Zeichen.")},
    )
    read_back = forms.BooleanField(
        label=_("Ich habe die Nummern vorgelesen, und die Person hat sie bestätigt."), required=False
    )
    language = forms.ChoiceField(label=_("Sprache der Person"), choices=Language.choices, initial=Language.GERMAN)

    field_order = (
        *("given_name", "family_name", "phone", "second_phone", "call_hint", "mobile", "email"),
        *("read_back", "language"),
    )

    def adapt(self) -> None:
        self.fields["mobile"].help_text = _("Wer SMS liest, wird am schnellsten gefragt, und niemand muss anrufen.")
        self.fields["email"].help_text = _("Die Person bekommt einen Link, mit dem sie die Adresse bestätigt.")

    def lay_out(self) -> Iterable[object]:
        return ["given_name", "family_name", _ONE_NUMBER, *self.field_order[2:]]

    def clean_call_hint(self) -> str:
        return tidy(self.cleaned_data["call_hint"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data  # what ContactForm demands is too much here: a telephone is enough
        contacts = ("phone", "mobile", "email")
        if data.get("second_phone") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Bitte tragen Sie die erste Nummer hier ein."))
        elif not any(data.get(name) for name in contacts) and not self.errors.keys() & set(contacts):
            self.add_error("phone", _("Bitte geben Sie eine Nummer an, unter der die Person zu erreichen ist."))
        if data.get("phone") and not data.get("read_back"):
            self.add_error(
                "read_back", _("Bitte lesen Sie die Nummer vor. Stimmt sie nicht, geht jedes Angebot verloren.")
            )
        return data


class SpokenReasonForm(ReasonForm):
    """All criteria, the ages too: the birth date is typed on the same page."""

    search = None  # type: ignore[assignment]  # takes the field away

    def adapt(self) -> None:
        criteria = self.circumstances.campaign.criteria(self.circumstances.rules_day)
        self.fields["criterion"].queryset = criteria  # type: ignore[attr-defined]  # a ModelChoiceField

    def lay_out(self) -> Iterable[object]:
        return [Field("criterion", template="citizen/fields/criterion.html")]

    @property
    def words(self) -> str:
        return ""


class SpokenAssistanceForm(AssistanceForm):
    """Without a companion's code: who could read it out is not on this phone."""

    def lay_out(self) -> Iterable[object]:
        return ["interpreter", "needs"]


class SpokenConsentForm(PartForm):
    """Consents are given in words, and staff tick that they were."""

    consent_data = forms.BooleanField(
        label=_(
            "Die Person ist einverstanden, dass der Landkreis diese Angaben speichert, um ihr eine Dosis anzubieten."
        ),
        error_messages={"required": _("Ohne Einverständnis dürfen wir die Angaben nicht speichern.")},
    )
    consent_contact = forms.BooleanField(
        label=_("Die Person ist einverstanden, kurzfristig angerufen oder angeschrieben zu werden."),
        error_messages={"required": _("Ohne Einverständnis dürfen wir die Person nicht fragen.")},
    )


_PARTS: tuple[tuple[StrPromise, type[PartForm]], ...] = (
    (_("Alter und Wohnort"), ComingForm),
    (_("Wie wir Sie erreichen"), SpokenContactForm),
    (_("Ihre Gruppe"), SpokenReasonForm),
    (_("Die Impfung"), VaccinationForm),
    (_("Zeit und Weg"), WayForm),
    (_("Hilfe vor Ort"), SpokenAssistanceForm),
    (_("Einverständnis"), SpokenConsentForm),
)


class PhoneSignUpForm:
    """The parts of the sign-up on one page, for the list of one centre. To templates it is a form like any other."""

    def __init__(
        self, campaign: Campaign, data: Mapping[str, Any] | None = None, *, centre: Centre, now: datetime
    ) -> None:
        self.campaign, self.centre, self.is_bound = campaign, centre, data is not None
        circumstances = Circumstances(campaign, now)
        circumstances.centres = [centre]
        self.parts: list[tuple[StrPromise, PartForm]] = []
        for title, form in _PARTS:
            if form is SpokenReasonForm and not circumstances.ranked:
                continue
            part = form(circumstances, data)
            for field in part.fields.values():
                field.widget.attrs["autocomplete"] = "off"  # neither the caller before nor who types
            self.parts.append((title, part))
            if isinstance(part, ComingForm) and part.is_valid():
                _take_home(circumstances, part)

    def __iter__(self) -> Iterator[BoundField]:
        return (field for _title, part in self.parts for field in part)

    @property
    def errors(self) -> dict[str, Any]:
        return {name: faults for _title, part in self.parts for name, faults in part.errors.items()}

    @property
    def non_field_errors(self) -> list[str]:
        return []

    def is_valid(self) -> bool:
        return self.is_bound and not self.errors

    def to_phone_sign_up(self) -> PhoneSignUp:
        """The checked answers, for the procedure."""
        data: dict[str, Any] = {"criterion": None}
        for _title, part in self.parts:
            data |= part.cleaned_data
        said = SignUp(
            campaign=self.campaign,
            vaccines=list(data["vaccines"]),
            language=data["language"],
            consent_version=CONSENT_VERSION,
            **{name: data[name] for name in TAKEN_AS_TYPED},
        )
        names = ("phone", "second_phone", "call_hint", "read_back")
        return PhoneSignUp(said=said, **{name: data[name] for name in names})


def _take_home(circumstances: Circumstances, coming: ComingForm) -> None:
    """What the other parts must know. Who lives elsewhere hears it beside the postcode, not on a page of its own."""
    born, postcode = coming.cleaned_data["birth_date"], coming.cleaned_data["postcode"]
    circumstances.birth_date, circumstances.postcode = born, postcode
    campaign, rules = circumstances.campaign, circumstances.rules.values()
    found = precheck(campaign, birth_date=born, postcode=postcode, chosen=None, rules=rules, now=circumstances.now)
    if found.elsewhere:
        sentence = _("%(code)s liegt nicht im %(county)s. Diese Liste ist für Menschen, die hier wohnen.")
        coming.add_error(
            "postcode", ValidationError(sentence, params={"code": postcode, "county": campaign.county.name})
        )
