"""A letter as an e-mail: two parts of the same text, the calendar file, and headers that mail servers trust.

What DKIM signs must not change on the way: no line is left for a server to break, and every header is ours. `From` is
in the domain that signs, Message-ID as well (RFC 5322, 3.6.4).
"""

from __future__ import annotations

from email import encoders
from email.mime.base import MIMEBase
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from impfzentrum.gateways.letters import Attachment, Letter


def compose_mail(letter: Letter) -> EmailMultiAlternatives:
    """The e-mail for a letter. A second try has the same Message-ID: mailboxes that compare show it once.

    Where EMAIL_BOUNCES_TO is set, what cannot be delivered goes back there; `{reference}` in it becomes our number.
    """
    headers = {
        "Message-ID": f"<{letter.reference}@{domain_of(letter.sender)}>",
        "X-Reference": letter.reference,
        "Auto-Submitted": "auto-generated",  # RFC 3834: absence notes stay away
    }
    if letter.unsubscribe:
        headers |= {
            "List-Unsubscribe": f"<{letter.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    envelope = settings.EMAIL_BOUNCES_TO.replace("{reference}", letter.reference)
    if envelope:
        headers["From"] = letter.sender
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        envelope or letter.sender,
        [letter.to],
        headers=headers,
        reply_to=[letter.reply_to] if letter.reply_to else None,
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments:
        mail.attach(pack(attachment))
    return mail


def pack(attachment: Attachment) -> MIMEBase:
    """As base64: what mail servers do to the ends and the length of lines must not reach a file."""
    maintype, _, rest = attachment.mimetype.partition("/")
    subtype, *parameters = (one.strip() for one in rest.split(";"))
    part = MIMEBase(maintype, subtype)
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        part.set_param(name, value)
    part.set_payload(attachment.content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def domain_of(sender: str) -> str:
    """The domain of an address such as `Name <somebody@example.org>`."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
