"""What an admin of a county types to set it up: one form a setting, with the fields of procedures/setting_up.py."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.clock import ClockField
from impfzentrum.models import County
from impfzentrum.procedures.setting_up import FIELDS, Setting
from impfzentrum.states import CampaignState, ListState
from impfzentrum.vocabulary import SettingKind


class WholeNumberField(forms.IntegerField):
    """A whole number as people write it, with or without a full stop between the thousands."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"invalid": _("Bitte geben Sie eine ganze Zahl ein, zum Beispiel 300.")}
        kwargs["error_messages"] = words | kwargs.pop("error_messages", {})
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str("" if value is None else value).strip()
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,3}([. ][0-9]{3}){1,2}", text):
            text = re.sub(r"[. ]", "", text)
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)


class SpanField(WholeNumberField):
    """Whole minutes, stored as a duration."""

    def prepare_value(self, value: Any) -> Any:
        return int(value.total_seconds() // 60) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> Any:
        minutes = super().clean(value)
        return None if minutes is None else timedelta(minutes=minutes)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


def between(low: int, high: int) -> dict[str, Any]:
    """Limits of a WholeNumberField with one sentence for all that is wrong with them."""
    sentence = _("Bitte geben Sie eine Zahl von {low} bis {high} ein.")
    limits = {"low": f"{low:,}".replace(",", "."), "high": f"{high:,}".replace(",", ".")}
    told = format_lazy(sentence, **limits)
    return {
        "min_value": low,
        "max_value": high,
        "error_messages": {"min_value": told, "max_value": told, "required": told},
    }


class SettingForm(forms.Form):
    """`stand`: the stamp of the values that were shown. `form_key`: a double tap saves once."""

    kind: SettingKind
    stand = forms.CharField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """What a valid form says, by the names of the fields."""
        return {name: self.cleaned_data[name] for name in FIELDS[self.kind]}

    def typed(self) -> list[tuple[str, str]]:
        """What stands in the form as it was sent, for the page that asks to confirm."""
        return [(name, str(value)) for name in self.fields for value in [self.data.get(name)] if value is not None]

    def clean(self) -> dict[str, Any]:
        if self.errors.pop("form_key", None):
            self.add_error(None, _("Das Formular kam unvollständig an. Bitte senden Sie es noch einmal."))
        return self.cleaned_data

    def visible(self) -> list[forms.BoundField]:
        return self.visible_fields()


class ListForm(SettingForm):
    kind = SettingKind.LIST
    list_state = forms.ChoiceField(
        label=_("Die Liste ist"),
        widget=forms.RadioSelect,
        choices=[
            (ListState.OPEN, _("offen")),
            (ListState.PAUSED, _("pausiert, öffnet später wieder")),
            (ListState.CLOSED, _("geschlossen, öffnet nicht wieder")),
        ],
        error_messages={
            "required": _("Bitte wählen Sie, ob die Liste offen ist."),
            "invalid_choice": _("Bitte wählen Sie offen, pausiert oder geschlossen."),
        },
    )
    list_text = forms.CharField(
        label=_("Hinweis auf Deutsch, wenn niemand aufgenommen wird"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "de"}),
        help_text=_("Leer: unser eingebauter Hinweis."),
        error_messages={"max_length": _("Bitte höchstens 600 Zeichen.")},
    )
    list_text_en = forms.CharField(
        label=_("derselbe Hinweis auf Englisch"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        error_messages={"max_length": _("Bitte höchstens 600 Zeichen.")},
    )
    list_cap = WholeNumberField(
        label=_("Höchstzahl auf der Liste"),
        required=False,
        help_text=_("Leer: ohne Grenze. Ist sie erreicht, nimmt die Liste von selbst niemanden mehr auf."),
        **between(0, 999_999),
    )
    residents_only = forms.BooleanField(label=_("Nur für Menschen, die im Landkreis wohnen"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("list_text_en") and not data.get("list_text"):
            self.add_error("list_text", _("Bitte schreiben Sie den Hinweis auch auf Deutsch."))
        return data


class ContactForm(SettingForm):
    kind = SettingKind.CONTACT
    hotline = forms.RegexField(
        r"^[0-9+ /()-]*$",
        label=_("Telefon für Fragen"),
        required=False,
        max_length=40,
        help_text=_("Steht auf den Seiten für die Bürger. Leer: keine Nummer."),
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"invalid": _("Eine Telefonnummer besteht aus Ziffern, zum Beispiel 05631 954-800.")},
    )
    email = forms.EmailField(
        label=_("E-Mail für Fragen"),
        required=False,
        error_messages={"invalid": _("Das ist keine E-Mail-Adresse. Bitte prüfen Sie sie.")},
    )


class AskingForm(SettingForm):
    kind = SettingKind.ASKING
    order_policy = forms.ChoiceField(
        label=_("Reihenfolge in einer Gruppe"),
        widget=forms.RadioSelect,
        choices=County._meta.get_field("order_policy").choices or [],
        error_messages={"required": _("Bitte wählen Sie eine Reihenfolge.")},
    )
    widens = forms.BooleanField(
        label=_("Mehr Menschen fragen, als Dosen da sind, wenn sonst Dosen verfallen"), required=False
    )
    offer_validity = SpanField(label=_("Ein Angebot gilt höchstens so viele Minuten"), **between(5, 240))
    cap_per_day = WholeNumberField(label=_("Angebote an eine Person in 24 Stunden höchstens"), **between(1, 20))
    cap_per_week = WholeNumberField(label=_("Angebote an eine Person in 7 Tagen höchstens"), **between(1, 100))
    cool_down = SpanField(
        label=_("Pause nach einem Angebot ohne Antwort, in Minuten"),
        help_text=_("240 sind vier Stunden."),
        **between(0, 10_080),
    )
    unanswered_limit = WholeNumberField(
        label=_("Angebote ohne Antwort, nach denen der Eintrag pausiert"), **between(1, 20)
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day, week = data.get("cap_per_day"), data.get("cap_per_week")
        if day and week and week < day:
            self.add_error("cap_per_week", _("In 7 Tagen können es nicht weniger sein als in 24 Stunden."))
        return data


class SendingForm(SettingForm):
    kind = SettingKind.SENDING
    sms_sender = forms.CharField(
        label=_("Absender der SMS"),
        max_length=16,
        validators=County._meta.get_field("sms_sender").validators[:1],
        help_text=_("Ein Name aus höchstens 11 Zeichen, auf den niemand antworten kann, oder eine Nummer."),
        error_messages={"required": _("Bitte geben Sie einen Absender an.")},
    )
    sms_per_day = WholeNumberField(
        label=_("SMS am Tag höchstens"),
        required=False,
        help_text=_("Ohne Angabe gibt es keine Grenze."),
        **between(1, 999_999),
    )
    quiet_from = ClockField(label=_("Ruhezeit ab"), required=False, help_text=_("Zum Beispiel 21:00. Leer: keine."))
    quiet_until = ClockField(label=_("Ruhezeit bis"), required=False, help_text=_("Zum Beispiel 7:00."))
    sms_abroad = forms.BooleanField(
        label=_("SMS auch an ausländische Nummern"), required=False, help_text=_("Sie kosten mehr.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if (start is None) != (end is None) and not self.errors.keys() & {"quiet_from", "quiet_until"}:
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, _("Eine Ruhezeit braucht Anfang und Ende."))
        elif start is not None and start == end:
            self.add_error("quiet_until", _("Anfang und Ende sind gleich. Für keine Ruhezeit bitte beide leeren."))
        return data


class CentreForm(SettingForm):
    kind = SettingKind.CENTRE
    name = forms.CharField(
        label=_("Name"), max_length=100, error_messages={"required": _("Bitte geben Sie den Namen an.")}
    )
    street = forms.CharField(
        label=_("Straße und Hausnummer"),
        max_length=100,
        error_messages={"required": _("Bitte geben Sie Straße und Hausnummer an.")},
    )
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postleitzahl"),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        error_messages={
            "required": _("Bitte geben Sie die Postleitzahl an."),
            "invalid": _("Eine Postleitzahl hat fünf Ziffern."),
        },
    )
    town = forms.CharField(
        label=_("Ort"), max_length=100, error_messages={"required": _("Bitte geben Sie den Ort an.")}
    )
    directions = forms.CharField(
        label=_("Anfahrt und Eingang"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    phone = forms.RegexField(
        r"^[0-9+ /()-]*$",
        label=_("Telefon des Impfzentrums"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=_("Steht bei denen, die zugesagt haben. Leer: keine Nummer."),
        error_messages={"invalid": _("Eine Telefonnummer besteht aus Ziffern, zum Beispiel 05631 954-800.")},
    )
    opens_at = ClockField(label=_("Öffnet um"), error_messages={"required": _("Bitte geben Sie eine Uhrzeit an.")})
    closes_at = ClockField(label=_("Schließt um"), error_messages={"required": _("Bitte geben Sie eine Uhrzeit an.")})

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if isinstance(opens, time) and isinstance(closes, time) and closes <= opens:
            self.add_error("closes_at", _("Das Impfzentrum schließt nach dem Öffnen, am selben Tag."))
        return data


class CampaignForm(SettingForm):
    kind = SettingKind.CAMPAIGN
    name = forms.CharField(
        label=_("Name"), max_length=100, error_messages={"required": _("Bitte geben Sie den Namen an.")}
    )
    state = forms.ChoiceField(
        label=_("Die Impfaktion ist"),
        widget=forms.RadioSelect,
        choices=CampaignState.choices,
        error_messages={"required": _("Bitte wählen Sie, wie es um die Impfaktion steht.")},
    )


FORMS: Mapping[SettingKind, type[SettingForm]] = {
    form.kind: form for form in (ListForm, ContactForm, AskingForm, SendingForm, CentreForm, CampaignForm)
}


def begin_setting(setting: Setting) -> SettingForm:
    """The form as it is opened, with what stands there now."""
    initial = {name: getattr(setting.row, name) for name in setting.fields}
    return FORMS[setting.kind](initial={**initial, "stand": setting.stamp, "form_key": uuid.uuid4()})


def begin_centre() -> CentreForm:
    """An empty form for a new centre."""
    return CentreForm(initial={"form_key": uuid.uuid4()})
