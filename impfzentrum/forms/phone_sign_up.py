"""The sign-up that staff type while the person is on the phone: the citizen's questions, read aloud, on one page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.availability import TIMES
from impfzentrum.forms.fields import CallNumberField, tidy
from impfzentrum.forms.sign_up import SignUpForm
from impfzentrum.models import Campaign, Centre
from impfzentrum.procedures.registering import SignUp
from impfzentrum.procedures.registering_by_phone import PhoneSignUp
from impfzentrum.vocabulary import Language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

HINT_LIMIT = 60

_ONE_NUMBER = HTML('{% include "centre/one_number.html" %}')


class PhoneSignUpForm(SignUpForm):
    """One page. The centre is that of the staff; consents are given in words, and staff tick that they were."""

    CONTACTS: ClassVar[tuple[str, ...]] = ("phone", "mobile", "email")
    NO_CONTACT: ClassVar[StrPromise] = _("Bitte geben Sie eine Nummer an, unter der die Person zu erreichen ist.")

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

    field_order = (
        "given_name", "family_name", "birth_date", "postcode", "phone", "second_phone", "call_hint", "mobile", "email",
        "read_back", "language", "criterion", "vaccines", "dose_wanted", "last_vaccine", "last_dose_on",
        "travel_minutes", "any_time", "times",
    )  # fmt: skip

    def __init__(self, campaign: Campaign, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(campaign, *args, **kwargs)
        self.at_centre = centre
        for name in ("website", "centre"):
            self.fields.pop(name, None)
        self.fields["mobile"].help_text = _("Wer SMS liest, wird am schnellsten gefragt, und niemand muss anrufen.")
        self.fields["email"].help_text = _("Die Person bekommt einen Link, mit dem sie die Adresse bestätigt.")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # neither the caller before nor who types
        self.helper = _lay_out(self)

    def clean_call_hint(self) -> str:
        return tidy(self.cleaned_data["call_hint"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("phone") and not data.get("read_back"):
            self.add_error(
                "read_back", _("Bitte lesen Sie die Nummer vor. Stimmt sie nicht, geht jedes Angebot verloren.")
            )
        if data.get("second_phone") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Bitte tragen Sie die erste Nummer hier ein."))
        return data

    def to_phone_sign_up(self) -> PhoneSignUp:
        """The checked answers, for the procedure."""
        data = self.cleaned_data
        return PhoneSignUp(
            said=self.to_sign_up(),
            **{name: data[name] for name in ("phone", "second_phone", "call_hint", "read_back")},
        )

    def to_sign_up(self) -> SignUp:
        """The page's language is that of the staff; the person's was asked for."""
        self.cleaned_data["centre"] = self.at_centre
        return replace(super().to_sign_up(), language=self.cleaned_data["language"])


def _lay_out(form: forms.Form) -> FormHelper:
    reason = [Field("criterion", template="citizen/fields/criterion.html")] if "criterion" in form.fields else []
    helper = FormHelper()
    helper.form_class = "form"
    helper.form_id = "phone-sign-up"
    helper.layout = Layout(
        _group(_("Wer Sie sind"), "given_name", "family_name", "birth_date", "postcode"),
        _group(
            _("Wie wir Sie erreichen"),
            _ONE_NUMBER,
            *("phone", "second_phone", "call_hint", "mobile", "email", "read_back", "language"),
        ),
        *([_group(_("Ihre Gruppe"), *reason)] if reason else []),
        _group(
            _("Die Impfung"),
            "vaccines",
            "dose_wanted",
            Div("last_vaccine", "last_dose_on", css_class="form__group later-dose"),
        ),
        _group(_("Ihr Weg"), "travel_minutes"),
        _group(_("Ihre Zeit"), "any_time", TIMES),
        _group(_("Einverständnis"), "consent_data", "consent_contact"),
        Div(Submit("", _("Auf die Liste setzen"), css_id="phone-sign-up-submit"), css_class="actions"),
    )
    return helper


def _group(legend: object, *fields: object) -> Fieldset:
    return Fieldset(legend, *fields, css_class="sheet")
