"""How the sign-up is laid out: groups of fields as sheets, in the order in which people know the answers."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.availability import TIMES

_ONE_CONTACT = HTML('{% include "citizen/fields/one_contact.html" %}')
_SUGGESTIONS = HTML('{% include "citizen/fields/minutes_suggested.html" %}')


def lay_out(form: forms.Form) -> FormHelper:
    """The helper for a sign-up form; fields that the form does not have are left out."""
    reason = [Field("criterion", template="citizen/fields/criterion.html")] if "criterion" in form.fields else []
    place = ["centre"] if "centre" in form.fields else []
    helper = FormHelper()
    helper.form_class = "form"
    helper.form_id = "sign-up"
    helper.layout = Layout(
        _group(_("Wer Sie sind"), "given_name", "family_name", "birth_date", "postcode"),
        _group(_("Wie wir Sie erreichen"), _ONE_CONTACT, "mobile", "email"),
        *([_group(_("Ihre Gruppe"), *reason)] if reason else []),
        _group(
            _("Die Impfung"),
            "vaccines",
            "dose_wanted",
            Div("last_vaccine", "last_dose_on", css_class="form__group later-dose"),
        ),
        _group(_("Ihr Weg"), *place, "travel_minutes", _SUGGESTIONS),
        _group(_("Ihre Zeit"), "any_time", TIMES),
        _group(_("Ihr Einverständnis"), "consent_data", "consent_contact"),
        Field("website", template="citizen/fields/trap.html"),
        Div(Submit("", _("Auf die Liste"), css_id="sign-up-submit"), css_class="actions"),
    )
    return helper


def _group(legend: object, *fields: object) -> Fieldset:
    return Fieldset(legend, *fields, css_class="sheet")
