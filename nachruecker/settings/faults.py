"""What production must be told, and what is wrong with what it was told."""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from nachruecker.settings.directory import list_directory_faults
from nachruecker.settings.environment import broker_url, read_database_url, split_list
from nachruecker.settings.gateways import needed_variables


def list_faults(environ: Mapping[str, str]) -> list[str]:
    """One sentence for every setting that is missing or too weak; empty when production may start.

    Looks at the words only: whether a server answers is for the health checks to find out.
    """
    faults = []
    for name, find_fault in FINDERS.items():
        value = environ.get(name, "").strip()
        fault = find_fault(value) if value else f"is missing: {MEANINGS[name]}"
        if fault:
            faults.append(f"{name} {fault}")
    if fault := find_short_link_fault(environ):
        faults.append(f"SHORT_LINK_HOST {fault}")
    if (token := environ.get("METRICS_TOKEN", "").strip()) and (fault := find_callback_secret_fault(token)):
        faults.append(f"METRICS_TOKEN {fault}")
    if environ.get("SECOND_FACTOR", "").strip() not in {"", "required"}:
        faults.append("SECOND_FACTOR must be required: names and health data lie behind these passwords")
    return faults + list_directory_faults(environ) + list_gateway_faults(environ) + list_mail_faults(environ)


def list_gateway_faults(environ: Mapping[str, str]) -> list[str]:
    """What the chosen SMS provider still needs to be told."""
    backend = environ.get("SMS_BACKEND", "").strip()
    needed = needed_variables(backend)
    faults = [f"{name} is missing: {backend} needs it" for name in needed if not environ.get(name, "").strip()]
    for name, find_fault in GATEWAY_FINDERS.items():
        value = environ.get(name, "").strip()
        if name in needed and value and (fault := find_fault(value)):
            faults.append(f"{name} {fault}")
    return faults


def list_mail_faults(environ: Mapping[str, str]) -> list[str]:
    """What is wrong with the ways on which undelivered e-mails are reported. None of them has to be there."""
    given = {name: environ.get(name, "").strip() for name in MAIL_FINDERS}
    faults = [f"{name} {fault}" for name, value in given.items() if value and (fault := MAIL_FINDERS[name](value))]
    if bool(given["MAILGUN_SIGNING_KEY"]) != bool(given["MAILGUN_CALLBACK_SECRET"]):
        faults.append(
            "MAILGUN_SIGNING_KEY and MAILGUN_CALLBACK_SECRET go together: one without the other lets nobody in"
        )
    return faults


def refuse_faults(environ: Mapping[str, str]) -> None:
    """Raises ImproperlyConfigured with all faults at once, so that nobody mends them one start at a time."""
    if faults := list_faults(environ):
        raise ImproperlyConfigured("Production cannot start:\n" + "\n".join(f"  - {fault}" for fault in faults))


MEANINGS = {
    "DATABASE_URL": "postgresql://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0",
    "SECRET_KEY": "at least 50 random characters",
    "FIELD_KEYS": "Fernet keys, newest first, separated by commas; names and contacts are encrypted with them",
    "INDEX_KEY": "32 random bytes in hexadecimal; contacts are found again by hashes keyed with it",
    "PUBLIC_URL": "the address in messages, https://...",
    "ALLOWED_HOSTS": "host names of the site, separated by commas",
    "SMS_BACKEND": "dotted path of the gateway that sends SMS; several, separated by commas, share the work by weights",
    "EMAIL_HOST": "the mail server",
    "EMAIL_FROM": "the sender of e-mails",
}


def find_database_fault(value: str) -> str | None:
    try:
        read_database_url(value)
    except ImproperlyConfigured as wrong:
        return f"cannot be read: {wrong}"
    except ValueError:  # its own words may quote a piece of the password
        return "cannot be read; special characters in it must be percent-encoded"
    return None


def find_redis_fault(value: str) -> str | None:
    try:
        broker_url(value)
    except ImproperlyConfigured as wrong:
        return f"cannot be read: {wrong}"
    except ValueError:  # its own words may quote a piece of the password
        return "cannot be read; special characters in it must be percent-encoded"
    return None


def find_secret_fault(value: str) -> str | None:
    if len(value) < 50 or len(set(value)) < 10:
        return "is too weak: at least 50 random characters"
    return None


def find_field_keys_fault(value: str) -> str | None:
    for key in split_list(value):
        try:
            Fernet(key)
        except ValueError:
            return "holds something that is no Fernet key (32 bytes in URL-safe base64)"
        if len(set(key)) < 10:
            return "holds a key that is not random"
    return None


def find_index_key_fault(value: str) -> str | None:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        return "is not hexadecimal"
    if len(key) != 32 or len(set(key)) < 10:
        return "must be 32 random bytes, that is 64 hexadecimal digits"
    return None


def find_public_url_fault(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        return "must be https:// and a host name, without a path"
    return None


def find_hosts_fault(value: str) -> str | None:
    return "must name hosts, not '*'" if "*" in split_list(value) else None


def find_short_link_fault(environ: Mapping[str, str]) -> str | None:
    """Optional. Whether links under it are short enough is for the system checks to say, which know the texts."""
    host = environ.get("SHORT_LINK_HOST", "").strip()
    if not host:
        return None
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host):
        return "must be a host name in small letters, without https:// and without a path"
    if host not in split_list(environ.get("ALLOWED_HOSTS", "")):
        return "must stand in ALLOWED_HOSTS as well: people open our pages under it"
    return None


def find_sms_backend_fault(value: str) -> str | None:
    if not split_list(value):
        return "names no gateway"
    if any(name in value.lower() for name in ("postfach", "console")):
        return "is the simulated phone of the demo, or the console: messages would reach nobody"
    return None


def find_callback_secret_fault(value: str) -> str | None:
    return "is too weak: at least 32 random characters" if len(value) < 32 or len(set(value)) < 10 else None


def find_networks_fault(value: str) -> str | None:
    try:
        networks = [ip_network(network) for network in split_list(value)]
    except ValueError:
        return "holds something that is no network such as 10.0.0.0/24"
    return "would let everybody in" if any(network.prefixlen == 0 for network in networks) else None


def find_bounce_address_fault(value: str) -> str | None:
    return None if value.count("@") == 1 and not set(value) & set(" <>") else "is no plain address"


def find_mailbox_fault(value: str) -> str | None:
    return (
        None
        if value.startswith(("imaps://", "maildir:///", "mbox:///"))
        else "must be imaps://, maildir:/// or mbox:///"
    )


def find_no_fault(value: str) -> str | None:
    """For values that only a try can judge."""
    return None


FINDERS: dict[str, Callable[[str], str | None]] = {
    "DATABASE_URL": find_database_fault,
    "REDIS_URL": find_redis_fault,
    "SECRET_KEY": find_secret_fault,
    "FIELD_KEYS": find_field_keys_fault,
    "INDEX_KEY": find_index_key_fault,
    "PUBLIC_URL": find_public_url_fault,
    "ALLOWED_HOSTS": find_hosts_fault,
    "SMS_BACKEND": find_sms_backend_fault,
    "EMAIL_HOST": find_no_fault,
    "EMAIL_FROM": find_no_fault,
}

GATEWAY_FINDERS: dict[str, Callable[[str], str | None]] = {
    "KANNEL_CALLBACK_SECRET": find_callback_secret_fault,
    "KANNEL_CALLBACK_NETWORKS": find_networks_fault,
}

MAIL_FINDERS: dict[str, Callable[[str], str | None]] = {
    "EMAIL_BOUNCES_TO": find_bounce_address_fault,
    "BOUNCES_MAILBOX": find_mailbox_fault,
    "MAILGUN_SIGNING_KEY": find_no_fault,
    "MAILGUN_CALLBACK_SECRET": find_callback_secret_fault,
    "MAIL_HOOK_KEY": find_callback_secret_fault,
}
