"""What is stored about a person: each field with its purpose and how long it is kept.

The privacy notice and the file of one's own data are made from this table. A test compares it with the models: a new
field without a line here fails, so the notice cannot fall behind.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from impfzentrum.data_kinds import FIND, Item, Kept, name_item
from impfzentrum.data_of_entries import ABOUT_ENTRIES

_MESSAGE = "Message"

ABOUT_MESSAGES: tuple[Item, ...] = (
    # --- messages
    name_item(
        _MESSAGE,
        "channel template state state_since created_at handed_over_at",
        _("Nachrichten an Sie: welche Art, wann, ob angekommen; der Text wird nicht gespeichert"),
        _("damit keine doppelt oder gar nicht kommt"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _MESSAGE,
        "bounced",
        _("ob eine E-Mail als unzustellbar zurückkam"),
        _("damit wir an tote Adressen nicht weiter schreiben"),
        Kept.WITHOUT_NAME,
    ),
    name_item(
        _MESSAGE,
        "provider_id last_error",
        _("Nummer einer Nachricht beim Dienstleister, und warum sie nicht ankam"),
        _("um Fehler zu finden"),
        Kept.A_MONTH,
        told=False,
    ),
    name_item(
        _MESSAGE,
        "provider parts price currency doubtful_since attempts due_at expires_at lease_until",
        _("Versand der Nachrichten: Dienstleister, Versuche, Preis"),
        _("um Fehler zu finden und abzurechnen"),
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        _MESSAGE,
        "id reference entry offer proof reply watch",
        _("Kennungen der Zeile"),
        FIND,
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        _MESSAGE,
        "taken_by",
        _("wer im Impfzentrum einen Anruf übernommen hat"),
        _("damit nicht zwei zugleich anrufen"),
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        "DeliveryReceipt",
        "provider provider_id reference outcome reason received_at message id",
        _("Belege der Dienstleister über die Zustellung"),
        _("um zu wissen, ob eine Nachricht ankam"),
        Kept.A_MONTH,
        told=False,
    ),
    name_item(
        "Reply",
        "received_at received_by word outcome handled_at answered",
        _("Antworten per SMS: welches Wort und was daraus wurde; der Text wird nicht gespeichert"),
        _("um Ihre Antwort zu befolgen"),
        Kept.A_MONTH,
    ),
    name_item(
        "Reply",
        "sender sender_index",
        _("Absendernummer einer Antwort, die zu keinem Eintrag passt"),
        _("um auf sie zu antworten"),
        Kept.TWO_HOURS,
        told=False,
    ),
    name_item("Reply", "id provider provider_id entry", _("Kennungen der Zeile"), FIND, Kept.A_MONTH, told=False),
)

WITHOUT_ENTRY: tuple[Item, ...] = (
    name_item(
        "LinkRequest",
        "id channel contact_index asked_at",
        _("„Link verloren?“: Suchschlüssel der Nummer oder Adresse"),
        _("um den Link zu schicken"),
        Kept.UNTIL_SENT,
        told=False,
    ),
    name_item(
        "OpeningWatch",
        "id public_id county email email_index language asked_at confirmed_at told_at token_hash",
        _("E-Mail-Adresse für die Nachricht, dass eine Liste wieder öffnet"),
        _("für diese eine Nachricht"),
        Kept.UNTIL_TOLD,
        told=False,
    ),
    name_item(
        "RequestCount",
        "id key count ends_at",
        _("Zähler von Anfragen: verschlüsselte Kennung von Netzadresse oder Kontakt"),
        _("damit niemand Formulare missbraucht"),
        Kept.A_DAY,
        told=False,
    ),
    name_item(
        "FormKey",
        "id digest by sent_at led_to",
        _("abgeschickte Formulare des Impfzentrums: verschlüsselte Kennung, wer und wann; nicht, was darin stand"),
        _("damit zweimal Tippen nichts doppelt tut"),
        Kept.A_DAY,
        told=False,
    ),
    name_item(
        "SignUpDraft",
        "id public_id campaign token_hash created_at expires_at answers proof",
        _("angefangene Anmeldung, verschlüsselt"),
        _("damit nichts Getipptes verloren geht und Sie auf einem anderen Gerät weitermachen können"),
        Kept.DRAFT,
        told=False,
    ),
    name_item(
        "Tombstone",
        "id public_id erased_at written_at",
        _("dass etwas gelöscht wurde: nur die zufällige Kennung"),
        _("damit es gelöscht bleibt, auch wenn eine Sicherung eingespielt wird"),
        Kept.WITHOUT_NAME,
        told=False,
    ),
    name_item(
        "TeamMail",
        "id reference run address lease_until attempts sent_at given_up_at last_error",
        _("Tagesliste für das Team: an welche dienstliche Adresse, wann"),
        _("damit das Team die Liste bekommt"),
        Kept.A_MONTH,
        told=False,
    ),
    name_item(
        "Feedback",
        "id county page rating text language given_at read_at read_by",
        _("Rückmeldungen: Ihre Worte und die Art der Seite, nicht wer Sie sind"),
        _("um die Seiten besser zu machen"),
        Kept.FEEDBACK,
        told=False,
    ),
)

ABOUT_BOOKINGS: tuple[Item, ...] = (
    name_item(
        "Booking",
        "name",
        _("Name zu einem Termin, den Sie anderswo gebucht haben, verschlüsselt"),
        _("damit das Team Ihren Termin findet, wenn Sie absagen oder nicht kommen"),
        Kept.SAME_NIGHT,
        told=False,
    ),
    name_item(
        "Booking",
        "id public_id centre reference at vaccine dose_number state state_since marked_by release",
        _("anderswo gebuchter Termin: Nummer der Buchung, Zeit, Impfstoff, ob abgesagt"),
        _("damit die Dosis nicht verfällt, wenn der Termin ausfällt"),
        Kept.A_WEEK,
        told=False,
    ),
    name_item(
        "BookingImport",
        "content cells outlook",
        _("Datei mit gebuchten Terminen, verschlüsselt"),
        _("um die Termine des Tages zu übernehmen"),
        Kept.UNTIL_TAKEN,
        told=False,
    ),
    name_item(
        "BookingImport",
        "id public_id centre state state_since brought_by brought_at form_key day columns without_faulty lines_read "
        "leased_until tries result",
        _("wer wann eine Datei mit Terminen eingelesen hat, und wie viele Zeilen"),
        _("um Fehler zu finden"),
        Kept.A_WEEK,
        told=False,
    ),
    name_item(
        "CancelReport",
        "id centre event_id reference received_at outcome",
        _("Absage eines anderswo gebuchten Termins, vom Buchungssystem gemeldet"),
        _("damit die Dosis nicht verfällt"),
        Kept.A_WEEK,
        told=False,
    ),
)

INVENTORY = ABOUT_ENTRIES + ABOUT_MESSAGES + WITHOUT_ENTRY + ABOUT_BOOKINGS
