"""Operators read why something failed in words; the code of the gateway stands beside them."""

from __future__ import annotations

import pytest

from impfzentrum.gateways import reasons, receipts, seven, twilio
from impfzentrum.gateways.reasons import explain_reason


@pytest.mark.parametrize(
    ("provider", "reason", "words"),
    [
        ("seven", "seven 202: number", reasons.NUMBER),
        ("seven", "seven 900", reasons.ACCESS),
        ("seven", "seven 500", reasons.CREDIT),
        ("seven", "HTTP 500", reasons.TROUBLE),
        ("seven", "NOTDELIVERED", reasons.UNDELIVERED),
        ("seven", "EXPIRED", reasons.EXPIRED),
        ("seven", "seven took a message without giving its number", reasons.UNCLEAR),
        ("twilio", "Twilio 21211: number", reasons.NUMBER),
        ("twilio", "Twilio 30001, status failed", reasons.LIMIT),
        ("twilio", "Twilio 20003, HTTP 401", reasons.ACCESS),
        ("twilio", "undelivered 30005", reasons.NUMBER),
        ("twilio", "undelivered 30003", reasons.OFF),
        ("twilio", "failed", reasons.UNDELIVERED),
        ("kannel", "2", reasons.UNDELIVERED),
        ("kannel", "16", reasons.BLOCKED),
        ("kannel", "Kannel: HTTP 400", reasons.NUMBER),
        ("kannel", "Kannel: HTTP 503, Te", reasons.TROUBLE),
        ("kannel", "HTTP 503", reasons.TROUBLE),
        ("seven", "HTTP 429", reasons.LIMIT),
        ("seven", "HTTP 504", reasons.NO_ANSWER),
        ("twilio", "ConnectTimeout", reasons.UNREACHABLE),
        ("kannel", "ReadTimeout", reasons.NO_ANSWER),
        ("seven", "the answer cannot be read", reasons.UNCLEAR),
        ("email", "recipient refused, 550 5.1.1", reasons.NO_MAILBOX),
        ("email", "recipient refused, 550", reasons.NO_MAILBOX),
        ("email", "recipient refused, 450 4.2.1", reasons.MAILBOX_CLOSED),
        ("email", "undeliverable 552 5.2.2", reasons.MAILBOX_FULL),
        ("email", "undeliverable 554 5.7.1", reasons.POLICY),
        ("email", "SMTP 554", reasons.MAIL_REFUSED),
        ("email", "SMTP 421", reasons.MAIL_LATER),
        ("email", "SMTPAuthenticationError 535", reasons.OUR_MAIL),
        ("email", "SMTPServerDisconnected", reasons.UNREACHABLE),
        ("email", "no answer to the content, SMTPServerDisconnected", reasons.NO_ANSWER),
        ("email", "this address is not to be written to", reasons.MAIL_REFUSED),
        ("", "TemplateSyntaxError", reasons.OUR_FAULT),
        ("seven", "something new", ""),
        ("another", "2", ""),
    ],
)
def test_a_reason_in_words(provider: str, reason: str, words: reasons.Words) -> None:
    assert str(explain_reason(reason, provider)) == str(words)


def test_every_code_that_our_backends_know_has_words() -> None:
    known = [("seven", f"seven {code}: {said}") for code, said in seven.REFUSED.items()]
    known += [("twilio", f"Twilio {code}: {said}") for code, said in twilio.REFUSED.items()]
    for provider, table in (("seven", receipts._SEVEN), ("twilio", receipts._TWILIO), ("kannel", receipts._KANNEL)):
        known += [(provider, str(word)) for word, outcome in table.items() if outcome == "undeliverable"]
    silent = [reason for provider, reason in known if not explain_reason(reason, provider)]
    assert silent == []
