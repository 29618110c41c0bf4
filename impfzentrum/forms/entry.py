"""What people on the list may change: for how long they pause."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

OPEN_END = 0
DAYS = (3, 7, 14)


def _list_lengths() -> list[tuple[int, str]]:
    # Asked for with every form: a lazy "%d Tage" would be formatted once, in the language of the start.
    days = [(days, ngettext("%d Tag", "%d Tage", days) % days) for days in DAYS]
    return [*days, (OPEN_END, gettext("Bis ich mich wieder melde"))]


class PauseForm(forms.Form):
    """A few lengths to choose from, or until the person comes back."""

    days = forms.TypedChoiceField(
        label=_("Wie lange sollen wir Sie nicht fragen?"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=DAYS[1],
        choices=_list_lengths,
        error_messages={"required": _("Bitte wählen Sie, wie lange die Pause dauern soll.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "form sheet"
        button = Submit("", _("Pause beginnen"), css_id="pause-submit")
        self.helper.layout = Layout("days", Div(button, css_class="actions"))

    def until(self, now: datetime) -> datetime | None:
        """When the pause ends by itself; None for an open end."""
        days: int = self.cleaned_data["days"]
        return None if days == OPEN_END else now + timedelta(days=days)
