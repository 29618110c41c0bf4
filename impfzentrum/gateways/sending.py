"""Handing a letter to the configured gateway: django-sms for SMS, Django's mail for e-mail. Knows no model."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail import get_connection as get_email_connection
from sms import get_connection as get_sms_connection

from impfzentrum.gateways.letters import GatewayRefused, GatewayUnreachable, HandOver, Letter, OutgoingSms
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
    """Hand one e-mail over. Raises GatewayRefused or GatewayUnreachable."""
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        letter.sender,
        [letter.to],
        headers={"X-Reference": letter.reference, "Auto-Submitted": "auto-generated"},
        connection=get_email_connection(),
    )
    for attachment in letter.attachments:
        mail.attach(attachment.name, attachment.content, attachment.mimetype)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as fault:
        codes = [code for code, _ in fault.recipients.values()]
        kind = GatewayRefused if all(code >= 500 for code in codes) else GatewayUnreachable
        raise kind(f"recipient refused, {codes}") from fault
    except smtplib.SMTPResponseException as fault:
        kind = GatewayRefused if fault.smtp_code >= 500 else GatewayUnreachable
        raise kind(f"SMTP {fault.smtp_code}") from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise GatewayUnreachable(type(fault).__name__) from fault
    return HandOver(provider="email", provider_id=letter.reference, parts=1)
