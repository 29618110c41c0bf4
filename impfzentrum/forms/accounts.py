"""Accounts of staff: inviting, changing, and the password somebody sets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.asking import TrapMixin
from impfzentrum.forms.fields import NameField, OneEmailField
from impfzentrum.models import Centre, County, Membership
from impfzentrum.procedures.staffing import Invitee
from impfzentrum.vocabulary import Role

USER_NAME_LIMIT = 150


class RoleForm(forms.Form):
    """What somebody may do, and where."""

    role = forms.ChoiceField(
        label=_("Rolle"),
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie eine Rolle.")},
    )
    centres = forms.ModelMultipleChoiceField(
        label=_("Impfzentren"),
        help_text=_("Nur für Team und Leitung eines Impfzentrums. Die anderen Rollen gelten für den ganzen Landkreis."),
        queryset=Centre.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, county: County, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = self.fields["centres"]
        assert isinstance(centres, forms.ModelMultipleChoiceField)  # noqa: S101 - for mypy
        centres.queryset = Centre.objects.filter(county=county).order_by("name")

    @classmethod
    def of(cls, membership: Membership, county: County) -> RoleForm:
        return cls(initial={"role": membership.role, "centres": membership.centres.all()}, county=county)

    def chosen(self) -> tuple[Role, list[Centre]]:
        return Role(self.cleaned_data["role"]), list(self.cleaned_data["centres"])


class InviteForm(RoleForm):
    """Who is invited."""

    given_name = NameField(label=_("Vorname"), error_messages={"required": _("Bitte geben Sie den Vornamen ein.")})
    family_name = NameField(label=_("Nachname"), error_messages={"required": _("Bitte geben Sie den Nachnamen ein.")})
    email = OneEmailField(
        label=_("E-Mail-Adresse"),
        max_length=USER_NAME_LIMIT,
        help_text=_("Die dienstliche Adresse. Dorthin geht die Einladung, und damit meldet sich die Person an."),
        error_messages={"required": _("Bitte geben Sie die E-Mail-Adresse ein.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["given_name", "family_name", "email", "role", "centres", "form_key"]

    def invitee(self) -> Invitee:
        role, centres = self.chosen()
        data = self.cleaned_data
        return Invitee(data["given_name"], data["family_name"], data["email"], role, centres, data["form_key"])


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # cannot be subscripted at run time
    """The password, twice. What is wrong with it stands beside its field (validators of the settings)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, again = self.fields["new_password1"], self.fields["new_password2"]
        first.label, again.label = _("Neues Passwort"), _("Noch einmal dasselbe")
        first.help_text = _(
            "Mindestens 10 Zeichen, nicht Ihr Name und keines der bekannten Passwörter. Lang ist besser als bunt."
        )
        again.help_text = ""
        for field in (first, again):
            field.error_messages["required"] = _("Bitte geben Sie das Passwort ein.")
        self.error_messages["password_mismatch"] = _("Die beiden Passwörter sind nicht gleich.")


class ForgottenForm(TrapMixin):
    email = OneEmailField(
        label=_("E-Mail-Adresse"),
        help_text=_("Die Adresse, an die Ihre Einladung ging."),
        error_messages={"required": _("Bitte geben Sie Ihre E-Mail-Adresse ein.")},
    )
