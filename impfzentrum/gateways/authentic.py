"""Whether a callback really comes from the provider: signatures, secrets, networks. Everything else is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from impfzentrum.gateways.kannel import sign_reference
from impfzentrum.gateways.provider import gateway_config

WINDOW = timedelta(seconds=300)
"""A signature of seven is good for so long; what was recorded on the way cannot be sent again later."""

MAILGUN_WINDOW = timedelta(hours=12)
"""Mailgun tries a failed call again for eight hours. A replay finds the receipt stored."""


class NotAuthentic(Exception):
    """The callback is not from the provider, or too old. The sentence is for the log and quotes nothing of it."""


def check_seven(*, url: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """X-Signature: HMAC-SHA256 over timestamp, nonce, verb, address and MD5 of the body (docs.seven.io, "Signing")."""
    timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise NotAuthentic("seven: the signature is too old")
    content = hashlib.md5(body, usedforsecurity=False).hexdigest()
    signed = "\n".join([timestamp, nonce, "POST", url, content])
    expected = hmac.new(gateway_config("seven")["signing_key"].encode(), signed.encode(), hashlib.sha256).hexdigest()
    _compare(expected, headers.get("X-Signature", "").lower(), "seven")


def check_twilio(*, url: str, form: Iterable[tuple[str, str]], signature: str) -> None:
    """X-Twilio-Signature: HMAC-SHA1 over the address and all fields in the order of their names."""
    signed = url + "".join(name + value for name, value in sorted(form))
    digest = hmac.new(gateway_config("twilio")["auth_token"].encode(), signed.encode(), hashlib.sha1).digest()
    _compare(base64.b64encode(digest).decode("ascii"), signature, "twilio")


def check_kannel_receipt(*, reference: str, secret: str, addresses: Iterable[str]) -> None:
    """Each receipt has a secret of its own in its address: knowing one opens no other."""
    _check_addresses(addresses)
    _compare(sign_reference(reference), secret, "kannel")


def check_kannel_reply(*, secret: str, addresses: Iterable[str]) -> None:
    """Replies come to one address that stands in Kannel's configuration, with the secret of ours."""
    _check_addresses(addresses)
    _compare(gateway_config("kannel")["callback_secret"], secret, "kannel")


def check_mailgun(*, secret: str, signature: Mapping[str, object], now: datetime) -> None:
    """HMAC-SHA256 over timestamp and token (Mailgun, "Securing Webhooks"), and the secret in the address.

    The signature does not cover what is reported: whoever saw one could report anything with it. So both are asked for.
    """
    config = hook_config("mailgun")
    timestamp, token = str(signature.get("timestamp") or ""), str(signature.get("token") or "")
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > MAILGUN_WINDOW.total_seconds():
        raise NotAuthentic("mailgun: the signature is too old")
    expected = hmac.new(config["signing_key"].encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    _compare(expected, str(signature.get("signature") or ""), "mailgun")
    _compare(config["callback_secret"], secret, "mailgun")


def check_mail_hook(*, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """X-Signature: HMAC-SHA256 in hexadecimal over X-Timestamp (seconds), a dot and the body."""
    key, timestamp = hook_config("mailhook")["key"], headers.get("X-Timestamp", "")
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise NotAuthentic("mail hook: the signature is too old")
    expected = hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    _compare(expected, headers.get("X-Signature", "").lower(), "mail hook")


def hook_config(name: str) -> Mapping[str, str]:
    """The secrets of a hook for e-mail. Raises ImproperlyConfigured where the settings have none."""
    config: Mapping[str, str] | None = settings.MAIL_HOOKS.get(name)
    if config is None:
        raise ImproperlyConfigured(f"MAIL_HOOKS has no {name!r}: its secrets are missing in the environment")
    return config


def _check_addresses(addresses: Iterable[str]) -> None:
    """Everybody on the way must be allowed: who calls us, and whom a proxy names as its caller."""
    networks = [ip_network(one.strip()) for one in gateway_config("kannel")["callback_networks"].split(",")]
    for address in addresses:
        try:
            allowed = any(ip_address(address) in network for network in networks)
        except ValueError as fault:
            raise NotAuthentic("kannel: the caller's address cannot be read") from fault
        if not allowed:
            raise NotAuthentic("kannel: not from an allowed network")


def _compare(expected: str, given: str, provider: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotAuthentic(f"{provider}: the signature or secret is wrong")
