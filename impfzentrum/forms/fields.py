"""Fields that forgive how people write, and say in one sentence what they could not understand."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from impfzentrum.rules.eligibility import age_on

OLDEST = 120
"""Years. Nobody in Germany was ever older; a greater age is a slip of the finger."""

NAME_LIMIT = 120

EMAIL_LIMIT = 254
"""What a mail server has to accept (RFC 5321)."""

_NUMERIC_DATE = re.compile(r"^(\d{1,2})[\s./,-]+(\d{1,2})[\s./,-]+(\d{4})$")
_PACKED_DATE = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_WORD_DATE = re.compile(r"^(\d{1,2})[\s.]*([^\W\d]+)[\s.,]*(\d{4}|\d{2})$")
_SHORT_YEAR = re.compile(r"^(\d{1,2}[\s./,-]+\d{1,2}[\s./,-]+|\d{4})(\d{2})$")
_MONTHS = (
    ("jan",), ("feb",), ("mar", "mär", "mrz"), ("apr",), ("mai", "may"), ("jun",), ("jul",), ("aug",), ("sep",),
    ("okt", "oct"), ("nov",), ("dez", "dec"),
)  # fmt: skip
"""How the names of the months begin, in German and English."""
_NAME_SIGNS = set(" -'’ʼ‘`´.,·‐–")


def tidy(text: str) -> str:
    """Without what a paste brings along: invisible marks, odd spaces, spaces at the ends. Composed letters (NFC)."""
    visible = (" " if unicodedata.category(sign) == "Zs" else sign for sign in text)
    kept = "".join(sign for sign in visible if unicodedata.category(sign) not in {"Cf", "Cc"})
    return unicodedata.normalize("NFC", " ".join(kept.split()))


class NameField(forms.CharField):
    """A name as it stands in the identity card: every Latin letter (DIN 91379), no digits, no signs."""

    default_error_messages = {
        "digits": _("In diesem Feld stehen Ziffern. Bitte geben Sie nur den Namen ein."),
        "signs": _("Das Zeichen „%(sign)s“ gehört nicht in einen Namen."),
        "script": _("Bitte schreiben Sie den Namen mit lateinischen Buchstaben, wie in Ihrem Ausweis."),
        "no_letter": _("Bitte geben Sie einen Namen mit mindestens einem Buchstaben ein."),
        "long": _("Das sind %(length)d Zeichen. Bitte kürzen Sie den Namen auf höchstens %(limit)d."),
    }

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        if len(value) > NAME_LIMIT:
            raise self._refuse("long", length=len(value), limit=NAME_LIMIT)
        for sign in value:
            self._check(sign)
        if not any(sign.isalpha() for sign in value):
            raise self._refuse("no_letter")

    def _check(self, sign: str) -> None:
        category = unicodedata.category(sign)
        if category.startswith("N"):
            raise self._refuse("digits")
        if category.startswith("L") and category != "Lm":
            if not unicodedata.name(sign, "").startswith("LATIN"):
                raise self._refuse("script")
        elif not (category in {"Mn", "Lm"} or sign in _NAME_SIGNS):
            raise self._refuse("signs", sign=sign)

    def _refuse(self, code: str, **values: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=values)


class ForgivingDateField(forms.CharField):
    """A date in one text field: 1.4.1950, 01.04.1950, 1 4 1950, 01041950, 1950-04-01 or 1. April 1950."""

    widget = forms.TextInput(attrs={"class": "short", "inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "unreadable": _("Bitte schreiben Sie das Datum so: 1.4.1950."),
        "short_year": _("Bitte geben Sie das Jahr mit vier Ziffern an, zum Beispiel 1950."),
        "impossible": _("Diesen Tag gibt es nicht: %(given)s. Bitte prüfen Sie Tag und Monat."),
        "future": _("Dieses Datum liegt in der Zukunft."),
    }

    def to_python(self, value: Any) -> Any:
        text = self.read_text(value)
        if not text:
            return None
        given = self._read(text.removesuffix("?").rstrip())
        if given > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        return given

    def read_text(self, value: Any) -> str:
        """What was typed, without the blanks and the full stop around it."""
        return tidy(forms.CharField.to_python(self, value) or "").rstrip(".")

    def _read(self, text: str) -> date:
        if iso := _ISO_DATE.match(text):
            year, month, day = map(int, iso.groups())
        elif numeric := _NUMERIC_DATE.match(text) or _PACKED_DATE.match(text):
            day, month, year = map(int, numeric.groups())
        elif (words := _WORD_DATE.match(text)) and (found := _find_month(words[2])):
            return self._read(f"{words[1]}.{found}.{words[3]}")
        elif short := _SHORT_YEAR.match(text):
            return self._read(f"{short[1]}{self.century(int(short[2]))}")
        else:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        try:
            return date(year, month, day)
        except ValueError:
            raise ValidationError(
                self.error_messages["impossible"], code="impossible", params={"given": text}
            ) from None

    def century(self, year: int) -> int:
        """The whole year for its last two digits. Raises ValidationError: here nobody guesses."""
        raise ValidationError(self.error_messages["short_year"], code="short_year")

    def prepare_value(self, value: Any) -> Any:
        return f"{value.day}.{value.month}.{value.year}" if isinstance(value, date) else value


def _find_month(word: str) -> int | None:
    """The number of a month by the beginning of its name."""
    folded = word.casefold()
    return next((number for number, names in enumerate(_MONTHS, 1) if folded.startswith(names)), None)


class ComingDayField(ForgivingDateField):
    """A day to come, tomorrow or later, at most `longest` ahead."""

    default_error_messages = {
        "over": _("Dieser Tag ist schon vorbei oder heute. Bitte nennen Sie einen späteren."),
        "far": _("Das ist länger als ein Jahr. Bitte wählen Sie „Bis ich mich wieder melde“."),
    }

    def __init__(self, *, longest: timedelta, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def to_python(self, value: Any) -> Any:
        text = self.read_text(value)
        if not text:
            return None
        given = self._read(text)
        today = timezone.localdate()
        if given <= today:
            raise ValidationError(self.error_messages["over"], code="over")
        if given > today + self.longest:
            raise ValidationError(self.error_messages["far"], code="far")
        return given


class BirthDateField(ForgivingDateField):
    """The date of birth of a person who may be alive. 1.4.50 is understood where only one century is possible."""

    default_error_messages = {
        "too_old": _("Danach wären Sie über %(oldest)d Jahre alt. Bitte prüfen Sie das Jahr."),
        "future": _("Ihr Geburtsdatum liegt in der Zukunft. Bitte prüfen Sie das Jahr."),
    }

    def to_python(self, value: Any) -> Any:
        born = super().to_python(value)
        if born is not None and age_on(born, timezone.localdate()) > OLDEST:
            raise ValidationError(self.error_messages["too_old"], code="too_old", params={"oldest": OLDEST})
        return born

    def century(self, year: int) -> int:
        """1950 for 50. In 2021, 15 may be 1915 or 2015: then the person has to say it."""
        if year <= timezone.localdate().year % 100:
            return super().century(year)
        return timezone.localdate().year // 100 * 100 - 100 + year


class OneEmailField(forms.EmailField):
    """One e-mail address."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    default_error_messages = {
        "invalid": _("Das ist keine vollständige E-Mail-Adresse. Sie sieht so aus: name@beispiel.de."),
        "several": _("Bitte geben Sie nur eine E-Mail-Adresse an."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": EMAIL_LIMIT, **kwargs})

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "").replace(" @", "@").replace("@ ", "@")

    def validate(self, value: str) -> None:
        if value.count("@") > 1:
            raise ValidationError(self.error_messages["several"], code="several")
        super().validate(value)


class MinutesField(forms.CharField):
    """Whole minutes: 25, "25 min" or "25 Minuten"."""

    default_error_messages = {
        "unreadable": _("Bitte geben Sie die Minuten als ganze Zahl an, zum Beispiel 25."),
        "too_far": ngettext_lazy(
            "Bitte geben Sie höchstens %(limit)d Minute an. Wer länger braucht, kann eine Restdosis nicht erreichen.",
            "Bitte geben Sie höchstens %(limit)d Minuten an. Wer länger braucht, kann eine Restdosis nicht erreichen.",
            "limit",
        ),
        "too_near": _("Bitte geben Sie mindestens eine Minute an."),
    }

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit

    def to_python(self, value: Any) -> Any:
        text = tidy(super().to_python(value) or "")
        if not text:
            return None
        match = re.match(r"^(\d{1,4})\s*(min\.?|minuten?|minutes?|['′])?$", text, re.IGNORECASE)
        if match is None:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        minutes = int(match[1])
        if minutes > self.limit:
            raise ValidationError(self.error_messages["too_far"], code="too_far", params={"limit": self.limit})
        if minutes < 1:
            raise ValidationError(self.error_messages["too_near"], code="too_near")
        return minutes
