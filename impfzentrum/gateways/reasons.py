"""What gateways say when something fails, in plain words for operators. Their own codes stay beside the words.

Sources: docs.seven.io ("Status Codes", "Delivery Reports"), twilio.com/docs/api/errors, Kannel's user guide ("Delivery
reports"), RFC 5321 and 3463 for mail servers, and the sentences of our own backends (gateways.letters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

NUMBER: Words = _("Die Nummer gibt es nicht oder sie ist falsch geschrieben.")
NO_SMS: Words = _("Die Nummer kann keine SMS empfangen, etwa ein Festnetzanschluss.")
OFF: Words = _("Das Telefon war aus oder nicht erreichbar.")
BLOCKED: Words = _("Das Netz oder der Anbieter hat die SMS zurückgewiesen.")
OPTED_OUT: Words = _("Die Person hat Nachrichten dieses Absenders beim Anbieter abbestellt.")
TOO_LONG: Words = _("Der Text ist dem Anbieter zu lang.")
TEXT: Words = _("Der Anbieter nimmt diesen Text nicht.")
COUNTRY: Words = _("In dieses Land sendet der Anbieter für uns nicht.")
SENDER: Words = _("Der Anbieter nimmt unseren Absender nicht.")
ACCESS: Words = _("Der Anbieter nimmt unsere Zugangsdaten nicht.")
CREDIT: Words = _("Das Guthaben beim Anbieter reicht nicht.")
LIMIT: Words = _("Wir senden dem Anbieter zu viel auf einmal.")
TROUBLE: Words = _("Störung beim Anbieter.")
UNREACHABLE: Words = _("Der Anbieter war nicht zu erreichen.")
NO_ANSWER: Words = _("Der Anbieter hat nicht rechtzeitig oder nur halb geantwortet; vielleicht hat er die Nachricht.")
UNCLEAR: Words = _("Der Anbieter hat etwas Unverständliches geantwortet; vielleicht hat er die Nachricht.")
UNDELIVERED: Words = _("Konnte nicht zugestellt werden, ohne genauen Grund.")
EXPIRED: Words = _("Kam bis zum Ende der Gültigkeit nicht an: Telefon aus oder ohne Netz.")
NO_MAILBOX: Words = _("Die E-Mail-Adresse gibt es nicht.")
MAILBOX_CLOSED: Words = _("Das Postfach ist geschlossen.")
MAILBOX_FULL: Words = _("Das Postfach ist voll.")
POLICY: Words = _("Der Mailserver der Person weist unsere E-Mails ab.")
MAIL_REFUSED: Words = _("Der Mailserver hat die E-Mail abgelehnt.")
MAIL_LATER: Words = _("Der Mailserver hat die E-Mail vorerst nicht genommen.")
OUR_MAIL: Words = _("Unser Mailserver nimmt unsere Anmeldung oder unseren Absender nicht.")
OUR_FAULT: Words = _("Ein Fehler in diesem Programm; Näheres steht im Log.")

SEVEN: Mapping[str, Words] = {
    "201": COUNTRY, "202": NUMBER, "300": ACCESS, "301": NUMBER, "305": TEXT, "401": TOO_LONG, "403": LIMIT,
    "500": CREDIT, "600": TROUBLE, "900": ACCESS, "901": ACCESS, "902": ACCESS, "903": ACCESS,
    "NOTDELIVERED": UNDELIVERED, "EXPIRED": EXPIRED, "REJECTED": BLOCKED, "FAILED": UNDELIVERED,
}  # fmt: skip
TWILIO: Mapping[str, Words] = {
    "20003": ACCESS, "20429": LIMIT, "21211": NUMBER, "21408": COUNTRY, "21606": SENDER, "21610": OPTED_OUT,
    "21612": NO_SMS, "21614": NO_SMS, "21617": TOO_LONG, "30001": LIMIT, "30002": ACCESS, "30003": OFF,
    "30004": BLOCKED, "30005": NUMBER, "30006": NO_SMS, "30007": BLOCKED, "30008": UNDELIVERED,
}  # fmt: skip
KANNEL: Mapping[str, Words] = {"2": UNDELIVERED, "16": BLOCKED, "HTTP 400": NUMBER, "HTTP 403": ACCESS}

_ANYWHERE: tuple[tuple[str, Words], ...] = (
    (r"[45]\.1\.\d+", NO_MAILBOX),
    (r"[45]\.2\.1", MAILBOX_CLOSED),
    (r"[45]\.2\.2", MAILBOX_FULL),
    (r"[45]\.7\.\d+", POLICY),
    (r"SMTP(Authentication|Sender|Helo|Connect)\w*|SMTPNotSupportedError", OUR_MAIL),
    (r"no answer to the content", NO_ANSWER),
    (r"(recipient refused, |undeliverable )55[013]", NO_MAILBOX),
    (r"552", MAILBOX_FULL),
    (r"(recipient refused, |SMTP |delayed |undeliverable )4\d\d", MAIL_LATER),
    (r"(recipient refused, |SMTP |undeliverable )5\d\d|not to be written to|cannot be written", MAIL_REFUSED),
    (r"HTTP 40[13]", ACCESS),
    (r"HTTP 429", LIMIT),
    (r"HTTP (408|504)|ReadTimeout|ReadError|RemoteProtocolError|TimeoutError|RemoteDisconnected|IncompleteRead"
     r"|BadStatusLine|was cut", NO_ANSWER),
    (r"HTTP 5\d\d", TROUBLE),
    (r"Connect(Error|Timeout)|PoolTimeout|Write(Error|Timeout)|ConnectionRefusedError|gaierror"
     r"|SMTPServerDisconnected|ConnectionResetError|OSError", UNREACHABLE),
    (r"cannot be read|is no object|too long|without giving its number|without a word|did not say whether", UNCLEAR),
    (r"slow receipts", _("Belege kommen spät oder gar nicht.")),
    (r"slow answers", _("Antworten kommen spät.")),
    (r"calm", _("Seit zehn Minuten ruhig: zurück zur Ruhelage.")),
    (r"undelivered|failed|canceled|undeliverable|status ", UNDELIVERED),
    (r"\w+(Error|Exception|Fault)", OUR_FAULT),
)  # fmt: skip
"""What more than one gateway says. The first that fits holds."""


def explain_reason(reason: str, provider: str) -> Words:
    """The words for a reason as it was noted; empty for what we have none for. Decides nothing: for reading only."""
    if found := _by_code(reason, provider):
        return found
    return next((words for pattern, words in _ANYWHERE if re.search(pattern, reason)), "")


def _by_code(reason: str, provider: str) -> Words:
    """By the provider's own code, wherever its name comes from: our sentence or the column."""
    if provider == "kannel" or reason.startswith("Kannel"):
        exact = reason.removeprefix("Kannel: ").partition(",")[0]
        return KANNEL.get(exact, "")
    codes = {"seven": SEVEN, "twilio": TWILIO}.get(provider, {})
    return next((codes[word] for word in re.findall(r"\w+", reason) if word in codes and _is_code(reason, word)), "")


def _is_code(reason: str, word: str) -> bool:
    """Not the number of an HTTP answer: seven's 500 means no credit, that of HTTP is the server's trouble."""
    return f"HTTP {word}" not in reason
