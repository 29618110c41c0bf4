"""The two consents without which nobody is written down."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.parts import PartForm

CONSENT_VERSION = "2026-11"
"""Changes whenever the wording of a consent or of the privacy notice changes."""


class ConsentForm(PartForm):
    consent_data = forms.BooleanField(
        label=_("Ich bin einverstanden, dass der Landkreis diese Angaben speichert, um mir eine Restdosis anzubieten."),
        error_messages={"required": _("Ohne Ihr Einverständnis dürfen wir Ihre Angaben nicht speichern.")},
    )
    consent_contact = forms.BooleanField(
        label=_("Ich bin einverstanden, kurzfristig per SMS oder E-Mail gefragt zu werden."),
        error_messages={"required": _("Ohne Ihr Einverständnis dürfen wir Ihnen kein Angebot schicken.")},
    )
