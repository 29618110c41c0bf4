"""What staff should know at once, as plain sentences with what helps. Made of what the dashboard has read already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impfzentrum.models import County, Message
from impfzentrum.procedures.opening_vials import VialsView
from impfzentrum.procedures.reporting import ReleaseView
from impfzentrum.procedures.watching import SendingState
from impfzentrum.states import DoseState, MessageState
from impfzentrum.vocabulary import Channel

DEADLINE_NEAR = 45
"""Minutes before the use-by time from which doses that nobody has taken are warned of."""

TOO_LONG = timedelta(minutes=2)
"""A message that may go and waits longer says that no worker sends: usually it leaves within seconds."""

NOT_LOOKED_AT = timedelta(seconds=45)
"""The sweep looks at every running release within seconds when its time has come."""

Kind = Literal["silent", "waiting", "deadline", "nobody", "vials", "budget"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning. `number`: the release it is about. `vials`: the vials it is about."""

    kind: Kind
    level: Literal["danger", "warning"]
    title: str
    text: str
    number: int | None = None
    vials: VialsView | None = None


def find_waiting_since(county: County, *, now: datetime) -> datetime | None:
    """Since when the oldest message of a county waits that should have left long ago. One query down an index."""
    late = Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now - TOO_LONG, expires_at__gt=now)
    ours = late.filter(entry__centre__county=county).exclude(channel=Channel.CALL)
    return ours.order_by("due_at").values_list("due_at", flat=True).first()


def list_alerts(
    running: Sequence[ReleaseView],
    vials: Sequence[VialsView],
    sending: SendingState,
    waiting_since: datetime | None,
    *,
    now: datetime,
) -> list[Alert]:
    """The warnings of this moment, the worst first. While sending is stopped or quiet, waiting is no fault."""
    held = sending.stop is not None or sending.quiet_until is not None or sending.short
    silent = None if held else _warn_of_silence(running, waiting_since, now=now)
    return [
        *([] if silent is None else [silent]),
        *(alert for view in running for alert in _warn_of_release(view, now=now)),
        *(_warn_of_vials(view) for view in vials if view.ends_soon),
        *_warn_of_budget(sending),
    ]


def _warn_of_silence(running: Sequence[ReleaseView], waiting_since: datetime | None, *, now: datetime) -> Alert | None:
    helps = _(
        "Bitte sagen Sie dem Betrieb Bescheid. Nichts geht verloren: Danach geht es von selbst weiter. "
        "Drängt die Zeit, vergeben Sie Dosen von Hand."
    )
    if any(_is_overdue(view, now=now) for view in running):
        return Alert("silent", "danger", _("Der Hintergrunddienst antwortet nicht, niemand wird gefragt"), helps)
    if waiting_since is None:
        return None
    minutes = (now - waiting_since) // timedelta(minutes=1)
    title = _("Nachrichten gehen nicht hinaus, die älteste wartet seit {minutes} Min.").format(minutes=minutes)
    return Alert("waiting", "danger", title, helps)


def _is_overdue(view: ReleaseView, *, now: datetime) -> bool:
    """Whether nobody has looked at a release whose time had come."""
    release = view.release
    due = release.released_at if release.looked_at is None else release.look_again_at
    return due is not None and due <= now - NOT_LOOKED_AT and view.outlook not in ("filled", "nobody_left")


def _warn_of_release(view: ReleaseView, *, now: datetime) -> Iterator[Alert]:
    number, free = view.release.number, view.counts.get(DoseState.FREE, 0)
    minutes = (view.release.use_by - now) // timedelta(minutes=1)
    if view.undecided and minutes <= DEADLINE_NEAR:
        title = ngettext(
            "Freigabe {number} endet in {minutes} Min., {doses} Dosis ist noch nicht vergeben",
            "Freigabe {number} endet in {minutes} Min., {doses} Dosen sind noch nicht vergeben",
            view.undecided,
        ).format(number=number, minutes=minutes, doses=view.undecided)
        text = _(
            "Sind die Dosen länger verwendbar, ändern Sie die Uhrzeit. "
            "Ist jemand schon da, vergeben Sie eine Dosis von Hand."
        )
        yield Alert("deadline", "warning", title, text, number)
    elif free and view.nobody_left:
        title = ngettext(
            "Freigabe {number}: {doses} Dosis ist frei, und niemand passt",
            "Freigabe {number}: {doses} Dosen sind frei, und niemand passt",
            free,
        ).format(number=number, doses=free)
        text = _(
            "Auf der Seite der Freigabe steht, woran es liegt. Oft hilft eine längere Zeit zum Ankommen. "
            "Kommt jemand auf die Liste, fragen wir von selbst."
        )
        yield Alert("nobody", "warning", title, text, number)


def _warn_of_vials(view: VialsView) -> Alert:
    vaccine = view.opened.vaccine.name
    if view.over:
        title = _("{vaccine}: Die Zeit des geöffneten Fläschchens ist um").format(vaccine=vaccine)
        text = _("Bitte tragen Sie ein, ob es leer ist. Reste bitte nicht mehr verwenden.")
        return Alert("vials", "danger", title, text, vials=view)
    title = _("{vaccine}: Das geöffnete Fläschchen ist noch {minutes} Min. verwendbar").format(
        vaccine=vaccine, minutes=view.minutes_left
    )
    text = _("Bleiben Dosen übrig, geben Sie sie jetzt frei: Wer gefragt wird, braucht Zeit für den Weg.")
    return Alert("vials", "warning", title, text, vials=view)


def _warn_of_budget(sending: SendingState) -> Iterator[Alert]:
    if sending.warned and sending.budget is not None:
        title = _("{percent} Prozent des SMS-Budgets für heute sind verbraucht").format(percent=sending.budget.percent)
        text = _(
            "Ist es aufgebraucht, gehen Angebote nur noch per E-Mail oder als Anruf. "
            "Rechnen Sie heute noch mit vielen Dosen, sagen Sie es dem Landkreis: Er kann die Grenze anheben."
        )
        yield Alert("budget", "warning", title, text)
