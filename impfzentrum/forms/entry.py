"""What people on the list may change: for how long they pause."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.forms.fields import ComingDayField

OPEN_END, A_DAY = 0, -1
DAYS = (3, 7, 14)
LONGEST = timedelta(days=366)


def _list_lengths() -> list[tuple[int, str]]:
    # Asked for with every form: a lazy "%d Tage" would be formatted once, in the language of the start.
    days = [(days, ngettext("%d Tag", "%d Tage", days) % days) for days in DAYS]
    return [
        *days,
        (A_DAY, gettext("Bis zu einem Tag, den ich nenne")),
        (OPEN_END, gettext("Bis ich mich wieder melde")),
    ]


class PauseForm(forms.Form):
    """A few lengths to choose from, a day, or until the person comes back. The pause ends by itself in the morning."""

    days = forms.TypedChoiceField(
        label=_("Wie lange sollen wir Sie nicht fragen?"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=DAYS[1],
        choices=_list_lengths,
        error_messages={"required": _("Bitte wählen Sie, wie lange die Pause dauern soll.")},
    )

    until_day = ComingDayField(
        label=_("Tag, ab dem wir Sie wieder fragen"),
        required=False,
        help_text=_("Nur, wenn Sie oben „Bis zu einem Tag“ wählen. Zum Beispiel 3.5.2021."),
        longest=LONGEST,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form sheet"
        button = Submit("", _("Pause beginnen"), css_id="pause-submit")
        self.helper.layout = Layout("days", "until_day", Div(button, css_class="actions"))

    def until(self, now: datetime) -> datetime | None:
        """When the pause ends by itself; None for an open end."""
        days: int = self.cleaned_data["days"]
        if days == A_DAY:
            return datetime.combine(self.cleaned_data["until_day"], time(0), timezone.get_current_timezone())
        return None if days == OPEN_END else now + timedelta(days=days)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("days") == A_DAY and data.get("until_day") is None and "until_day" not in self.errors:
            self.add_error("until_day", _("Bitte nennen Sie den Tag, zum Beispiel 3.5.2021."))
        return data
