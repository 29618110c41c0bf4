"""What is wrong with a text that a county would like to send, each with a sentence for whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from impfzentrum.errors import Refusal

Field = Literal["subject", "body"]


class TextFault(Refusal):
    """One thing that is wrong; `field` says where."""

    code: ClassVar[str] = "text_fault"

    def __init__(self, field: Field = "body", **values: object) -> None:
        super().__init__(**values)
        self.field: Field = field


class UnknownPlaceholder(TextFault):
    code = "unknown_placeholder"
    sentence = _("Den Platzhalter {name} gibt es in diesem Text nicht. Möglich sind: {known}.")


class LoneBrace(TextFault):
    code = "lone_brace"
    sentence = _("Eine geschweifte Klammer steht allein. Platzhalter schreiben Sie so: {example}.")


class PlaceholderMissing(TextFault):
    code = "placeholder_missing"
    sentence = _("Der Platzhalter {name} darf nicht fehlen ({meaning}).")


class StatementMissing(TextFault):
    code = "statement_missing"
    sentence = _("Der Text muss sagen, {what}, zum Beispiel mit den Worten „{example}“.")


class ForeignLetters(TextFault):
    """One letter outside GSM-7 leaves 70 letters a part instead of 160."""

    code = "foreign_letters"
    sentence = _(
        "Diese Zeichen machen die SMS mindestens doppelt so teuer: {letters}. "
        'Bitte schreiben Sie sie anders, zum Beispiel - statt – und " statt „.'
    )


class TooManyParts(TextFault):
    """Longer than it may be with the longest values filled in."""

    code = "too_many_parts"

    def __str__(self) -> str:
        sentence = ngettext(
            "Das sind im längsten Fall {parts} SMS-Teile, erlaubt ist hier {limit}. "
            "Bitte kürzen Sie um mindestens {over} Zeichen.",
            "Das sind im längsten Fall {parts} SMS-Teile, erlaubt sind hier {limit}. "
            "Bitte kürzen Sie um mindestens {over} Zeichen.",
            int(str(self.values["limit"])),
        )
        return sentence.format(**self.values)


class WordInTheOpen(TextFault):
    """A word about a name, health or vaccination where it lies open on a lock screen."""

    code = "word_in_the_open"
    sentence = _(
        "„{word}“ gehört nicht in eine SMS oder einen Betreff: Beides liegt offen auf dem Bildschirm, "
        "auch für andere. Erlaubt ist nichts über Namen, Gesundheit oder Impfung."
    )


class WordInAMessage(TextFault):
    """A word about a person's group or health, or a vaccine: it stands on the page behind the link, or nowhere."""

    code = "word_in_a_message"
    sentence = _("„{word}“ gehört in keine Nachricht: Impfstoff, Gruppe und Gesundheit stehen nur auf der Seite.")


class ForeignLink(TextFault):
    code = "foreign_link"
    sentence = _("Die Adresse „{address}“ gehört nicht in den Text. Links stehen nur als Platzhalter darin.")


class TextRefused(Refusal):
    """The text may not be sent like this; `faults` says why."""

    code = "text_refused"
    sentence = _("Dieser Text kann so nicht verschickt werden.")

    def __init__(self, faults: Sequence[TextFault] = (), **values: object) -> None:
        super().__init__(**values)
        self.faults = tuple(faults)


class TextChangedMeanwhile(Refusal):
    """A colleague was faster, or it was a second tap."""

    code = "text_changed_meanwhile"
    sentence = _("Dieser Text wurde inzwischen geändert. Bitte vergleichen Sie und speichern Sie dann noch einmal.")


class NoPlan(Refusal):
    """Nothing is planned, or it has come into force already."""

    code = "no_plan"
    sentence = _("Für diesen Text ist keine Änderung mehr geplant.")
