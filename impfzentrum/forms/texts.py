"""A text of the county: what an admin types."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import ForgivingDateField, tidy
from impfzentrum.models import MessageText
from impfzentrum.rules.linting import Wording
from impfzentrum.rules.text_kinds import TextKey
from impfzentrum.text_refusals import TextFault
from impfzentrum.vocabulary import Channel

SUBJECT_LIMIT, SMS_LIMIT, EMAIL_LIMIT = 100, 600, 5_000
LAST_DAY = timedelta(days=366)


class ComingDayField(ForgivingDateField):
    """A day from today on, within a year."""

    default_error_messages = {
        "unreadable": _("Bitte schreiben Sie den Tag so: 24.4.2021."),
        "short_year": _("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2021."),
        "over": _("Dieser Tag ist schon vorbei. Leer gilt der Text ab sofort."),
        "far": _("Bitte höchstens ein Jahr im Voraus."),
    }

    def to_python(self, value: Any) -> Any:
        text = tidy(forms.CharField.to_python(self, value) or "").rstrip(".")
        if not text:
            return None
        given, today = self._read(text), timezone.localdate()
        if given < today:
            raise forms.ValidationError(self.error_messages["over"], code="over")
        if given > today + LAST_DAY:
            raise forms.ValidationError(self.error_messages["far"], code="far")
        return given


class TextForm(forms.Form):
    """Subject (e-mail alone), text, and from when on. `stand` is the number of the version that was shown."""

    subject = forms.CharField(
        label=_("Betreff"),
        max_length=SUBJECT_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie einen Betreff ein."),
            "max_length": _("Bitte höchstens 100 Zeichen."),
        },
    )
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"spellcheck": "true"}),
        error_messages={"required": _("Bitte geben Sie einen Text ein.")},
    )
    begins = ComingDayField(
        label=_("Gilt ab"),
        required=False,
        help_text=_("Tag, zum Beispiel 24.4.2021. Leer: ab sofort."),
    )
    stand = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, key: TextKey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        for name in ("subject", "body"):
            self.fields[name].widget.attrs |= {"lang": key.language.value, "dir": "auto"}
        self.fields["body"].widget.attrs["rows"] = 5 if key.channel == Channel.SMS else 16
        if key.channel == Channel.SMS:
            del self.fields["subject"]

    def clean_subject(self) -> str:
        return unicodedata.normalize("NFC", " ".join(self.cleaned_data["subject"].split()))

    def clean_body(self) -> str:
        """Composed letters and plain line breaks: what a browser adds to them would cost a place each in an SMS."""
        text = tidy_text(self.cleaned_data["body"])
        limit = SMS_LIMIT if self.key.channel == Channel.SMS else EMAIL_LIMIT
        if len(text) > limit:
            sentence = _("Das sind %(length)d Zeichen. Bitte kürzen Sie den Text auf höchstens %(limit)d.")
            raise forms.ValidationError(sentence, params={"length": len(text), "limit": limit})
        return text

    def typed(self) -> Wording:
        """What stands in the form as it is, for the preview of what may still have faults."""
        subject, body = (str(self.data.get(name, "")) for name in ("subject", "body"))
        return Wording(" ".join(subject.split())[:SUBJECT_LIMIT], tidy_text(body)[:EMAIL_LIMIT])

    def wording(self) -> Wording:
        """What a valid form says."""
        return Wording(self.cleaned_data.get("subject", ""), self.cleaned_data["body"])

    def begin(self) -> datetime | None:
        """Midnight in Berlin of the day that was typed; None for "from now on"."""
        day: date | None = self.cleaned_data["begins"]
        if day is None or day == timezone.localdate():
            return None
        return timezone.make_aware(datetime.combine(day, time()))

    def stand_shown(self) -> int:
        """The version that the author saw; nothing readable counts as none, and is refused where there is one."""
        stand = self.cleaned_data["stand"]
        return int(stand) if stand.isascii() and stand.isdigit() and len(stand) < 10 else -1

    def tell_faults(self, faults: Iterable[TextFault]) -> None:
        """Put each fault beside its field."""
        for fault in faults:
            self.add_error(fault.field, str(fault))


def tidy_text(text: str) -> str:
    """Without spaces at the ends of lines and of the whole; composed letters, plain line breaks."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def begin_form(wording: Wording, *, key: TextKey, stand: int, plan: MessageText | None) -> TextForm:
    """The form as it is opened: the words that an admin goes on from, and the day of what is planned."""
    begins = f"{timezone.localtime(plan.valid_from):%d.%m.%Y}" if plan is not None else ""
    initial = {"subject": wording.subject, "body": wording.body, "begins": begins, "stand": str(stand)}
    return TextForm(key=key, initial=initial)
