"""What an e-mail has besides its text: the same in HTML, calendar file, who reads answers, a way to end all e-mails."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import get_language, get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _

from impfzentrum.gateways.letters import Letter
from impfzentrum.models import Message, MessageTemplate, OpeningWatch
from impfzentrum.models.sealed import derive_token
from impfzentrum.procedures.appointment import attach_calendar

WITHOUT_WAY_OUT = (MessageTemplate.CONTACT_PROOF,)
"""To an address that nobody has confirmed: it gets nothing more unless somebody types it in again."""

DESPITE_OFF = (
    MessageTemplate.CONTACT_PROOF,
    MessageTemplate.LOST_LINK,
    MessageTemplate.PLACE_AND_TIME,
    MessageTemplate.TIMES_CHANGED,
    MessageTemplate.CANCELLED,
)
"""What still goes to somebody who wants no e-mails: what they ask for, and what concerns a promise of theirs."""

LABELS = {
    "offer:answer": _("Zum Angebot: Ja oder Nein"),
    "offer:cancel": _("Termin absagen"),
    "entry:prove": _("E-Mail-Adresse bestätigen"),
    "entry:status": _("Meine Seite öffnen"),
    "citizen:opening": _("E-Mail-Adresse bestätigen"),
    "citizen:sign_up": _("Zur Anmeldung"),
}
APPOINTMENT_LABEL = _("Meinen Termin ansehen")
BUTTONS = ("offer:answer", "entry:prove", "entry:status", "citizen:opening", "citizen:sign_up")
"""What becomes a button where its address stands alone on a line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line; with an `address` it is a link."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of pieces, or one button."""

    lines: tuple[tuple[Piece, ...], ...]
    button: Piece | None = None


def complete_mail(letter: Letter, message: Message) -> Letter:
    """The letter of an e-mail with everything but its text, in the person's language.

    Who wants no e-mails has no address here any more, so that nothing queued before goes out after all.
    """
    entry = message.entry
    if entry is None:
        raise ValueError("an e-mail to nobody on the list")
    link = "" if message.template in WITHOUT_WAY_OUT else unsubscribe_link(message)
    county = entry.centre.county
    with translation.override(entry.language):
        return replace(
            letter,
            to="" if entry.email_off and message.template not in DESPITE_OFF else letter.to,
            text=letter.text + ("\n\n" + gettext("Keine E-Mails mehr bekommen:") + " " + link if link else ""),
            html=_lay_out(letter, message, county.name, link),
            reply_to=county.email,
            unsubscribe=link,
            attachments=attach_calendar(message),
        )


def complete_mail_to_watcher(letter: Letter, message: Message, watch: OpeningWatch) -> Letter:
    """The same for somebody who is on no list: nothing more will come, so there is nothing to unsubscribe from."""
    with translation.override(watch.language):
        return replace(letter, html=_lay_out(letter, message, watch.county.name, ""), reply_to=watch.county.email)


def unsubscribe_link(message: Message) -> str:
    """Where this e-mail can be answered with "no more e-mails"."""
    path = reverse("entry:unsubscribe", args=[message.reference, unsubscribe_token(message)])
    return settings.PUBLIC_URL.rstrip("/") + path


def unsubscribe_token(message: Message) -> str:
    """The secret of that address: good for this one thing, and tied to this one e-mail."""
    return derive_token("unsubscribe", str(message.reference))


def _lay_out(letter: Letter, message: Message, county: str, link: str) -> str:
    values = {
        "subject": letter.subject,
        "paragraphs": cut_into_paragraphs(letter.text, message.template),
        "county": county,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "unsubscribe_link": link,
    }
    return render_to_string("messages/email/layout.html", values)


def cut_into_paragraphs(text: str, template: str) -> list[Paragraph]:
    """The text as the layout shows it: our own addresses become links that say where they lead."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines: list[tuple[Piece, ...]] = []
        for line in block.splitlines():
            pieces = tuple(_cut_line(line.strip(), template))
            if len(pieces) == 1 and _name_of(pieces[0].address) in BUTTONS:
                paragraphs += [Paragraph(tuple(lines))] if lines else []
                paragraphs.append(Paragraph((), pieces[0]))
                lines = []
            else:
                lines.append(pieces)
        paragraphs += [Paragraph(tuple(lines))] if lines else []
    return paragraphs


def _cut_line(line: str, template: str) -> list[Piece]:
    pieces = []
    for part in re.split(r"(https?://\S+)", line):
        label = _label_of(part, template)
        pieces.append(Piece(label, part) if label else Piece(part))
    return [piece for piece in pieces if piece.text]


def _label_of(address: str, template: str) -> str:
    name = _name_of(address)
    if name == "offer:answer" and template != MessageTemplate.OFFER:
        return str(APPOINTMENT_LABEL)
    return str(LABELS.get(name, ""))


def _name_of(address: str) -> str:
    """Which page of ours an address leads to; empty for any other text."""
    if not address.startswith(settings.PUBLIC_URL.rstrip("/") + "/"):
        return ""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
