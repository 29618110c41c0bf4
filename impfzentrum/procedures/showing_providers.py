"""The SMS providers as an admin may see them: names, shares and whether their credentials are there, never these."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from impfzentrum.models import SmsProvider


@dataclass(frozen=True, slots=True)
class ProviderState:
    """`weight` and `resting` in percent, None where there is nothing to draw. `ready`: its credentials are there."""

    name: str
    weight: int | None
    resting: int | None
    ready: bool


def list_providers() -> list[ProviderState]:
    """The providers of the settings, by name. They are the same for all counties of this installation."""
    rows = {row.name: row for row in SmsProvider.objects.filter(name__in=settings.SMS_BACKENDS)}
    names = sorted({*settings.SMS_BACKENDS, *settings.SMS_GATEWAYS})
    return [
        ProviderState(
            name=name,
            weight=rows[name].weight if name in rows else None,
            resting=rows[name].resting if name in rows else None,
            ready=name in settings.SMS_GATEWAYS,
        )
        for name in names
    ]
