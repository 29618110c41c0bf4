"""An environment in which production may start, made of values as strong as real ones."""

import secrets

from cryptography.fernet import Fernet

from nachruecker.settings.gateways import PROVIDERS


def strong_environ() -> dict[str, str]:
    """Fresh secrets at every call; no server has to be there."""
    password = secrets.token_hex(12)
    return {
        "DATABASE_URL": f"postgresql://nachruecker:{password}@db.example:5432/nachruecker?sslmode=require",
        "REDIS_URL": f"redis://:{password}@valkey.example:6379/0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "FIELD_KEYS": ",".join(Fernet.generate_key().decode() for _ in range(2)),
        "INDEX_KEY": secrets.token_hex(32),
        "PUBLIC_URL": "https://nachruecker.example",
        "ALLOWED_HOSTS": "nachruecker.example",
        "SMS_BACKEND": "sms.backends.dummy.SmsBackend",
        "EMAIL_HOST": "mail.example",
        "EMAIL_FROM": "Nachrücker <nachruecker@example.org>",
    }


def gateway_environ() -> dict[str, str]:
    """Credentials for every SMS provider."""
    named = {variable: secrets.token_hex(16) for one in PROVIDERS.values() for variable in one.needs.values()}
    return named | {
        "KANNEL_URL": "http://kannel.example:13013/cgi-bin/sendsms",
        "KANNEL_CALLBACK_NETWORKS": "10.0.0.0/24, 127.0.0.1/32",
        "KANNEL_CALLBACK_SECRET": secrets.token_urlsafe(32),
    }
