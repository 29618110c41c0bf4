"""The SMS providers: which there are, and which variables of the environment hold their addresses and secrets."""

from collections.abc import Mapping
from dataclasses import dataclass

from nachruecker.settings.environment import split_list


@dataclass(frozen=True)
class Provider:
    """`backend` is the dotted path for SMS_BACKEND; `needs` and `may` name variable and key in the configuration."""

    backend: str
    needs: dict[str, str]
    may: dict[str, tuple[str, str]]
    """Key in the configuration: (variable, value where it is not set)."""


PROVIDERS = {
    "seven": Provider(
        "impfzentrum.gateways.seven.SevenSmsBackend",
        needs={"api_key": "SEVEN_API_KEY", "signing_key": "SEVEN_SIGNING_KEY"},
        may={"url": ("SEVEN_URL", "https://gateway.seven.io/api"), "callback_url": ("SEVEN_CALLBACK_URL", "")},
    ),
    "kannel": Provider(
        "impfzentrum.gateways.kannel.KannelSmsBackend",
        needs={
            "url": "KANNEL_URL",
            "username": "KANNEL_USERNAME",
            "password": "KANNEL_PASSWORD",
            "callback_secret": "KANNEL_CALLBACK_SECRET",
            "callback_networks": "KANNEL_CALLBACK_NETWORKS",
        },
        may={"callback_url": ("KANNEL_CALLBACK_URL", "")},
    ),
    "twilio": Provider(
        "impfzentrum.gateways.twilio.TwilioSmsBackend",
        needs={"account_sid": "TWILIO_ACCOUNT_SID", "auth_token": "TWILIO_AUTH_TOKEN"},
        may={
            "url": ("TWILIO_URL", "https://api.twilio.com"),
            "messaging_service": ("TWILIO_MESSAGING_SERVICE", ""),
            "callback_url": ("TWILIO_CALLBACK_URL", ""),
        },
    ),
}


def read_gateways(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """SMS_GATEWAYS: the configuration of every provider whose credentials are all there."""
    return {
        name: {key: environ[variable].strip() for key, variable in provider.needs.items()}
        | {key: environ.get(variable, "").strip() or usual for key, (variable, usual) in provider.may.items()}
        for name, provider in PROVIDERS.items()
        if all(environ.get(variable, "").strip() for variable in provider.needs.values())
    }


MAIL_HOOKS = {
    "mailgun": {"signing_key": "MAILGUN_SIGNING_KEY", "callback_secret": "MAILGUN_CALLBACK_SECRET"},
    "mailhook": {"key": "MAIL_HOOK_KEY"},
}
"""Who may report what became of e-mails, and the variables of the environment with the secrets."""


def read_mail_hooks(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """MAIL_HOOKS: the secrets of every hook whose secrets are all there."""
    return {
        name: {key: environ[variable].strip() for key, variable in needs.items()}
        for name, needs in MAIL_HOOKS.items()
        if all(environ.get(variable, "").strip() for variable in needs.values())
    }


def read_backends(value: str) -> dict[str, str]:
    """SMS_BACKENDS from SMS_BACKEND: dotted paths separated by commas, by the names of the providers."""
    ours = {provider.backend: name for name, provider in PROVIDERS.items()}
    return {ours.get(path, path.rpartition(".")[0][-20:]): path for path in split_list(value)}


def needed_variables(backends: str) -> tuple[str, ...]:
    """What must be set for this SMS_BACKEND; nothing for backends that are not ours."""
    chosen = split_list(backends)
    return tuple(variable for one in PROVIDERS.values() if one.backend in chosen for variable in one.needs.values())
