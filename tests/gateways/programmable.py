"""The provider's side of a test: it takes letters, refuses, is out of reach, or lets something happen meanwhile.

A backend for django-sms and one for Django's mail; everything of ours in front of them is real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django.fixtures import Settings as SettingsWrapper
from sms.backends.base import BaseSmsBackend

from impfzentrum.gateways.letters import HandOver, OutgoingSms
from impfzentrum.rules.sms import count_parts


class AtOnce(Executor):
    """In place of threads: each call is made by the caller itself, one after the other.

    So what happens `meanwhile` sees what an uncommitted test has in the database.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class Gateway:
    """`sms_fault` and `mail_fault` are raised at each attempt; `meanwhile` runs while the letter is on its way."""

    sms: list[OutgoingSms] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    sms_fault: Exception | None = None
    mail_fault: Exception | None = None
    meanwhile: Callable[[], object] | None = None
    attempts: int = 0

    def try_to_take(self, fault: Exception | None) -> None:
        self.attempts += 1
        if self.meanwhile is not None:
            self.meanwhile()
        if fault is not None:
            raise fault

    @property
    def texts(self) -> list[str]:
        return [one.letter.text for one in self.sms] + [str(mail.body) for mail in self.mails]


_gateway = Gateway()


class ProgrammableSms(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            _gateway.try_to_take(_gateway.sms_fault)
            _gateway.sms.append(message)
            parts = count_parts(message.letter.text)
            message.hand_over = HandOver("programmable", f"id-{len(_gateway.sms)}", parts)
        return len(messages)


class ProgrammableMail(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            _gateway.try_to_take(_gateway.mail_fault)
            _gateway.mails.append(mail)
        return len(email_messages)


@pytest.fixture
def gateway(settings: SettingsWrapper) -> Iterator[Gateway]:
    """The programmable gateway in place of the simulated phone."""
    global _gateway
    _gateway = Gateway()
    settings.SMS_BACKEND = "tests.gateways.programmable.ProgrammableSms"
    settings.EMAIL_BACKEND = "tests.gateways.programmable.ProgrammableMail"
    yield _gateway
    _gateway = Gateway()
