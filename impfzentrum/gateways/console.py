"""SMS on the standard output, for development without the simulated phone. It shows numbers: never in production."""

from __future__ import annotations

from collections.abc import Sequence

from sms.backends.console import SmsBackend

from impfzentrum.gateways.letters import HandOver, OutgoingSms
from impfzentrum.rules.sms import count_parts


class ConsoleSmsBackend(SmsBackend):  # type: ignore[misc]  # django-sms has no types
    """The backend of django-sms, which besides says that it took the message."""

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        count: int = super().send_messages(messages)
        for message in messages:
            letter = message.letter
            message.hand_over = HandOver("console", letter.reference, count_parts(letter.text))
        return count
