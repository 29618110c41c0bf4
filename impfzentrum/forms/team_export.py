"""Who of the team gets the numbers of the day by e-mail, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import OneEmailField
from impfzentrum.models import Centre, Membership, TeamExport
from impfzentrum.models.team_export import EARLIEST, LATEST, SHORTEST_PASSWORD, ListKind
from impfzentrum.procedures.choosing_export import ExportChoice
from impfzentrum.procedures.wording import name_staff

MOST_ADDRESSES = 10


class TeamExportForm(forms.Form):
    """What a centre chooses. Staff without an e-mail address are not offered."""

    active = forms.BooleanField(label=_("Vor der Öffnung eine E-Mail an das Team schicken"), required=False)
    minutes_before = forms.IntegerField(
        label=_("Minuten vor der Öffnung"),
        min_value=EARLIEST,
        max_value=LATEST,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie die Minuten an, zum Beispiel 60."),
            "invalid": _("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 60."),
            "min_value": _("Bitte mindestens %(limit_value)s Minuten, sonst liest es niemand mehr."),
            "max_value": _("Bitte höchstens %(limit_value)s Minuten."),
        },
    )
    members = forms.MultipleChoiceField(label=_("An diese Konten"), required=False, widget=forms.CheckboxSelectMultiple)
    addresses = forms.CharField(
        label=_("Weitere E-Mail-Adressen"),
        required=False,
        help_text=_("Eine in jeder Zeile, höchstens zehn."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    list_kind = forms.ChoiceField(
        label=_("Die Liste mit Namen kommt"),
        choices=ListKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, wie die Liste mit Namen kommt.")},
    )
    password = forms.CharField(
        label=_("Kennwort für das PDF"),
        required=False,
        help_text=_("Mindestens 12 Zeichen. Es steht in keiner E-Mail: Bitte sagen Sie es dem Team selbst."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, centre: Centre, export: TeamExport | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_password = export is not None and bool(export.password)
        team = Membership.objects.filter(centres=centre).exclude(user__email="").select_related("user").order_by("pk")
        self.team = {str(member.pk): member for member in team}
        members = self.fields["members"]
        assert isinstance(members, forms.MultipleChoiceField)  # noqa: S101  # declared above
        members.choices = [(key, f"{name_staff(one.user)}, {one.user.email}") for key, one in self.team.items()]
        if not self.team:
            del self.fields["members"]
        if self.has_password:
            self.fields["password"].help_text = _("Ein Kennwort ist gesetzt. Leer lassen heißt: es bleibt.")

    def clean_addresses(self) -> list[str]:
        lines = [line.strip(" ,;") for line in self.cleaned_data["addresses"].replace(",", "\n").splitlines()]
        typed = list(dict.fromkeys(line for line in lines if line))
        if len(typed) > MOST_ADDRESSES:
            raise ValidationError(_now("Das sind mehr als zehn Adressen."))
        return [self._read_address(one) for one in typed]

    def _read_address(self, typed: str) -> str:
        try:
            address: str = OneEmailField().clean(typed)
        except ValidationError as fault:
            raise ValidationError(f"{typed}: {fault.messages[0]}") from fault
        return address

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password and len(password) < SHORTEST_PASSWORD:
            raise ValidationError(_now("Das Kennwort ist zu kurz: bitte mindestens 12 Zeichen."))
        return password

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        file = data.get("list_kind") == ListKind.FILE
        if file and not (self.has_password or data.get("password")) and "password" not in self.errors:
            self.add_error("password", _now("Für das PDF fehlt ein Kennwort."))
        if data.get("active") and "addresses" not in self.errors and not (data.get("members") or data.get("addresses")):
            self.add_error("addresses", _now("Bitte nennen Sie wenigstens eine Adresse oder ein Konto."))
        return data

    def choice(self) -> ExportChoice:
        """What a valid form chooses."""
        data = self.cleaned_data
        return ExportChoice(
            active=data["active"],
            minutes_before=data["minutes_before"],
            members=[self.team[key] for key in data.get("members", [])],
            addresses=data["addresses"],
            list_kind=ListKind(data["list_kind"]),
            password=data["password"],
        )


def initial_of(export: TeamExport | None) -> dict[str, object]:
    """What the form shows before anybody types. The password stays where it is."""
    if export is None:
        return {"minutes_before": 60, "list_kind": ListKind.LINK}
    return {
        "active": export.active,
        "minutes_before": export.minutes_before,
        "members": [str(pk) for pk in export.members.values_list("pk", flat=True)],
        "addresses": export.addresses,
        "list_kind": export.list_kind,
    }
