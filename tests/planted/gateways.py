"""Imported by the worker (`--include`): a provider that breaks for some numbers and quotes what it was given."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from impfzentrum.gateways.letters import OutgoingSms
from impfzentrum.gateways.postfach import PostfachSmsBackend

BROKEN_FOR = ("8", "9")
"""The last digits of the number."""


class QuotingSmsBackend(PostfachSmsBackend):
    """The simulated phone, but for some numbers: then everything that it knows stands in the error."""

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            if message.letter.to.endswith(BROKEN_FOR):
                raise ValueError(f"no route to {message.letter.to}: {message.letter.text}")
        return super().send_messages(messages)


settings.SMS_BACKEND = f"{__name__}.QuotingSmsBackend"
