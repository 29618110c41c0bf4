"""The second factor of who works here: a code from their phone, and codes on paper for the day the phone is gone.

Devices of django-otp, so that its session handling and its throttling hold; kept here instead of in its own tables,
because there the secret would stand readable in a dump.
"""

from __future__ import annotations

import secrets
from base64 import b32decode, b32encode
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin
from django_otp.oath import TOTP

from impfzentrum.models.sealed import SealedTextField, blind_index

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ISSUER = "Impf-Nachrücker"
SECRET_BYTES = 20
"""160 bit, as RFC 4226 (section 4, R6) recommends."""

DIGITS = 6
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are misread."""
CODE_LENGTH = 10
CODES = 10


def new_secret() -> str:
    """A fresh secret as apps want it typed: base32."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


class Authenticator(ThrottlingMixin, Device):  # type: ignore[misc]  # django-otp has no types
    """An app that shows a new code every 30 seconds (RFC 6238). Unconfirmed until its first right code.

    `last_step` is the step of the last right code: none counts twice. After n wrong codes in a row the next try has to
    wait 2^(n-1) seconds, up to an hour or so.
    """

    secret = SealedTextField(default=new_secret)
    last_step = models.BigIntegerField(default=-1)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(Device.Meta):  # type: ignore[misc]
        verbose_name = _("Anmelde-App")
        verbose_name_plural = _("Anmelde-Apps")
        constraints = [
            models.UniqueConstraint(fields=["user", "confirmed"], name="authenticator_once_a_user"),
            models.CheckConstraint(condition=~models.Q(secret=""), name="authenticator_has_a_secret"),
        ]

    def verify_token(self, token: str) -> bool:
        """Whether this is the code of now, of 30 seconds ago or ahead. A wrong one counts against the next try."""
        if not self.verify_is_allowed()[0]:
            return False
        clock = TOTP(b32decode(self.secret), digits=DIGITS)
        clock.time = timezone.now().timestamp()
        right = is_app_code(token) and clock.verify(int(token), tolerance=1, min_t=self.last_step + 1)
        if right:
            self.last_step = clock.t()
            self.throttle_reset(commit=False)
            self.save()
        else:
            self.throttle_increment()
        return bool(right)

    def get_throttle_factor(self) -> int:
        return 1

    def address(self) -> str:
        """What the QR code says (Key URI format): the account's name, us, and the secret."""
        label = quote(f"{ISSUER}:{self.user.get_username()}")
        values = urlencode({"secret": self.secret, "issuer": ISSUER, "digits": DIGITS, "period": 30}, quote_via=quote)
        return f"otpauth://totp/{label}?{values}"


class RecoveryCodes(ThrottlingMixin, Device):  # type: ignore[misc]
    """What is left of a person's ten codes. Each counts once; only keyed hashes are kept."""

    digests = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(Device.Meta):  # type: ignore[misc]
        verbose_name = _("Ersatzcodes")
        verbose_name_plural = _("Ersatzcodes")
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_codes_once_a_user")]

    def verify_token(self, token: str) -> bool:
        """Whether this code is one of those left; it is none afterwards."""
        if not self.verify_is_allowed()[0]:
            return False
        digest = digest_code(self.user, token)
        if digest not in self.digests:
            self.throttle_increment()
            return False
        self.digests = [one for one in self.digests if one != digest]
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        return 1


def is_app_code(token: str) -> bool:
    return len(token) == DIGITS and token.isascii() and token.isdigit()


def new_codes() -> list[str]:
    """Ten codes of 50 bit each."""
    return ["".join(secrets.choice(CODE_SIGNS) for _n in range(CODE_LENGTH)) for _c in range(CODES)]


def digest_code(user: User, code: str) -> str:
    return blind_index(f"recovery:{user.pk}", code)
