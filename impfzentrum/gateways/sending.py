"""Handing a letter to the configured gateway: django-sms for SMS, Django's mail for e-mail. Knows no model."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import get_connection as get_email_connection
from sms import get_connection as get_sms_connection

from impfzentrum.gateways.bounces import is_address_dead, name_status
from impfzentrum.gateways.composing import compose_mail
from impfzentrum.gateways.letters import (
    AddressDead,
    GatewayFault,
    GatewayRefused,
    GatewayUncertain,
    GatewayUnreachable,
    HandOver,
    Letter,
    OutgoingSms,
)
from impfzentrum.gateways.mail_server import NoAnswerToContent
from impfzentrum.gateways.provider import ProviderBackend


def send_sms(letter: Letter, *, provider: str = "") -> HandOver:
    """Hand one SMS over, to the `provider` of SMS_BACKENDS if one is named, else to SMS_BACKEND.

    Raises GatewayRefused, GatewayUnreachable or GatewayUncertain.
    """
    message = OutgoingSms(letter)
    try:
        get_sms_connection(settings.SMS_BACKENDS.get(provider)).send_messages([message])
    except OSError as fault:
        raise GatewayUnreachable(type(fault).__name__) from fault
    if message.hand_over is None:
        raise GatewayRefused("the backend did not say whether it took the message")
    return message.hand_over


def find_sms(letter: Letter) -> HandOver | None:
    """The hand-over of an SMS that one of the providers has already; None if none has it or can tell.

    Raises GatewayUnreachable or GatewayUncertain.
    """
    for path in settings.SMS_BACKENDS.values() or [None]:
        backend = get_sms_connection(path)
        if isinstance(backend, ProviderBackend) and (found := backend.find(letter)):
            return found
    return None


def send_email(letter: Letter) -> HandOver:
    """Hand one e-mail over. Raises GatewayRefused (AddressDead), GatewayUnreachable or GatewayUncertain.

    A mail server cannot be asked whether it has a letter: after a doubt it gets the same one again (composing).
    """
    if not letter.to:
        raise GatewayRefused("this address is not to be written to")
    try:
        mail = compose_mail(letter)
        mail.connection = get_email_connection()
        mail.send()
    except NoAnswerToContent as fault:
        raise GatewayUncertain(f"no answer to the content, {fault}") from fault
    except smtplib.SMTPRecipientsRefused as fault:
        [(code, answer)] = fault.recipients.values()
        raise _read_refusal(code, answer.decode("ascii", "replace")) from fault
    except smtplib.SMTPDataError as fault:
        kind = GatewayRefused if fault.smtp_code >= 500 else GatewayUnreachable
        raise kind(f"SMTP {fault.smtp_code}") from fault
    except smtplib.SMTPResponseException as fault:  # our login, our sender, our name: another letter fares no better
        raise GatewayUnreachable(f"{type(fault).__name__} {fault.smtp_code}") from fault
    except OSError as fault:
        raise GatewayUnreachable(type(fault).__name__) from fault
    except ValueError as fault:  # an address or a header that no e-mail can hold
        raise GatewayRefused("the e-mail cannot be written") from fault
    return HandOver(provider="email", provider_id=letter.reference, parts=1)


def _read_refusal(code: int, answer: str) -> GatewayFault:
    """The answer to one recipient. Its words stay out: they quote the address."""
    sentence = f"recipient refused, {name_status(code, answer)}"
    if code < 500:
        return GatewayUnreachable(sentence)
    return AddressDead(sentence) if is_address_dead(code, answer) else GatewayRefused(sentence)
