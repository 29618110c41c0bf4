"""Refusals around accounts of staff: logging in, the second factor, invitations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from impfzentrum.errors import Refusal


class FactorWrong(Refusal):
    """One sentence, whatever was wrong: an old code, a used one, a typing error."""

    code = "factor_wrong"
    sentence = _(
        "Dieser Code stimmt nicht oder ist schon verbraucht. Bitte nehmen Sie den Code, der jetzt angezeigt wird."
    )


class FactorTooSoon(Refusal):
    code = "factor_too_soon"
    sentence = _("Nach falschen Codes muss der nächste Versuch warten, noch {seconds} Sekunden.")


class FactorNotBegun(Refusal):
    code = "factor_not_begun"
    sentence = _("Bitte beginnen Sie das Einrichten noch einmal.")


class LinkOver(Refusal):
    """Unknown, used, replaced by a later one, too old: nobody learns which."""

    code = "link_over"
    sentence = _("Dieser Link gilt nicht mehr. Jeder Link geht nur einmal und nur für begrenzte Zeit.")


class EmailTaken(Refusal):
    code = "email_taken"
    sentence = _("Zu dieser E-Mail-Adresse gibt es schon ein Konto.")


class LastAdmin(Refusal):
    code = "last_admin"
    sentence = _("Das ist das letzte Konto, das den Landkreis verwalten darf. Bitte laden Sie erst jemand anderen ein.")


class OwnAccount(Refusal):
    code = "own_account"
    sentence = _("Das eigene Konto kann nur eine Kollegin oder ein Kollege ändern.")


class CentresMissing(Refusal):
    code = "centres_missing"
    sentence = _("Bitte wählen Sie mindestens ein Impfzentrum.")
