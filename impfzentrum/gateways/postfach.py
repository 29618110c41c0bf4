"""The simulated phone of the demo: every message becomes a file in `POSTFACH_DIR`, and a page shows them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.message import Message as MimeMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from sms.backends.base import BaseSmsBackend

from impfzentrum.gateways.letters import HandOver, OutgoingSms
from impfzentrum.rules.sms import count_parts


@dataclass(frozen=True, slots=True)
class PostfachMessage:
    """A message as it lies on the simulated phone."""

    channel: str
    to: str
    sender: str
    subject: str
    text: str
    attachments: list[str]
    sent_at: datetime
    reference: str


class PostfachSmsBackend(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    """django-sms backend that keeps SMS on the simulated phone."""

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            letter = message.letter
            _keep("sms", to=letter.to, sender=letter.sender, subject="", text=letter.text, reference=letter.reference)
            message.hand_over = HandOver(
                provider="postfach", provider_id=letter.reference, parts=count_parts(letter.text)
            )
        return len(messages)


class PostfachEmailBackend(BaseEmailBackend):
    """Django mail backend that keeps e-mails on the simulated phone."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            for to in mail.recipients():
                _keep(
                    "email",
                    to=to,
                    sender=mail.from_email,
                    subject=str(mail.subject),
                    text=str(mail.body),
                    reference=mail.extra_headers.get("X-Reference", ""),
                    attachments=[_name_of(attachment) for attachment in mail.attachments],
                )
        return len(email_messages)


def _name_of(attachment: Any) -> str:
    name = attachment.get_filename() if isinstance(attachment, MimeMessage) else attachment[0]
    return str(name or "")


def _keep(
    channel: str, *, to: str, sender: str, subject: str, text: str, reference: str, attachments: Sequence[str] = ()
) -> None:
    folder = postfach_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    message = PostfachMessage(
        channel, to, sender, subject, text, list(attachments), sent_at=timezone.now(), reference=reference
    )
    content = {**asdict(message), "sent_at": message.sent_at.isoformat()}
    name = f"{time.time_ns()}-{os.getpid()}-{threading.get_ident()}"
    # Written aside and renamed, so that the page never reads half a message.
    draft = folder / f"{name}.part"
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    draft.rename(folder / f"{name}.json")


def postfach_folder() -> Path:
    """The folder of the simulated phone. Raises RuntimeError where the settings have none (production)."""
    if settings.POSTFACH_DIR is None:
        raise RuntimeError("these settings have no Postfach")
    return Path(settings.POSTFACH_DIR)


def read_postfach(limit: int = 100) -> list[PostfachMessage]:
    """The newest messages on the simulated phone, newest first."""
    files = sorted(postfach_folder().glob("*.json"), key=lambda file: file.name, reverse=True)[:limit]
    contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [PostfachMessage(**{**one, "sent_at": datetime.fromisoformat(one["sent_at"])}) for one in contents]
