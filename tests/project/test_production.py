"""Production refuses to start with missing or weak secrets, and says all of it at once."""

import os
import secrets
import subprocess
import sys

import pytest
from django.utils.module_loading import import_string

from nachruecker.embedded.run_folder import PROJECT
from nachruecker.settings.directory import NEEDED
from nachruecker.settings.faults import FINDERS, list_faults
from nachruecker.settings.gateways import PROVIDERS, Provider, read_backends, read_gateways, read_mail_hooks
from tests.project.production import gateway_environ, strong_environ


def run_check(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` with nothing from our own environment but the way to programs."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "nachruecker.settings.production", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_strong_settings_pass_the_deployment_check() -> None:
    done = run_check(strong_environ())
    assert done.returncode == 0, done.stderr


def test_an_empty_environment_is_refused_with_the_whole_list() -> None:
    done = run_check({})
    assert done.returncode != 0
    for name in FINDERS:
        assert f"- {name} is missing" in done.stderr


def test_a_strong_environment_has_no_faults() -> None:
    assert list_faults(strong_environ()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///somewhere.db"),
        ("DATABASE_URL", "postgresql://host-without-name"),
        ("DATABASE_URL", "postgresql://user@host:port/name"),
        ("REDIS_URL", "amqp://host"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "ab" * 40),
        ("FIELD_KEYS", "no-fernet-key"),
        ("FIELD_KEYS", "A" * 43 + "="),
        ("INDEX_KEY", "xyz"),
        ("INDEX_KEY", "00" * 32),
        ("INDEX_KEY", "0123456789abcdef"),
        ("PUBLIC_URL", "http://nachruecker.example"),
        ("PUBLIC_URL", "https://nachruecker.example/path"),
        ("SHORT_LINK_HOST", "https://nachruecker.example"),
        ("SHORT_LINK_HOST", "nachruecker.example/a"),
        ("SHORT_LINK_HOST", "nr.example"),
        ("SECOND_FACTOR", "off"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", " "),
        ("SMS_BACKEND", ","),
        ("SMS_BACKEND", "impfzentrum.gateways.postfach.PostfachSmsBackend"),
        ("SMS_BACKEND", "impfzentrum.gateways.console.ConsoleSmsBackend"),
    ],
)
def test_a_weak_value_is_named_alone(name: str, value: str) -> None:
    faults = list_faults(strong_environ() | {name: value})
    assert [fault.split()[0] for fault in faults] == [name]


def test_a_directory_is_whole_and_safe_or_not_there() -> None:
    whole = dict.fromkeys(NEEDED, "https://directory.example/x")
    assert list_faults(strong_environ() | whole) == []
    assert [fault.split()[0] for fault in list_faults(strong_environ() | whole | {"OIDC_CLIENT_ID": ""})] == [
        "OIDC_CLIENT_ID"
    ]
    open_line = {"OIDC_TOKEN_ENDPOINT": "http://directory.example/token"}
    assert [fault.split()[0] for fault in list_faults(strong_environ() | whole | open_line)] == ["OIDC_TOKEN_ENDPOINT"]


def test_a_short_host_for_links_that_leads_here_is_fine() -> None:
    hosts = strong_environ()["ALLOWED_HOSTS"] + ", nr.example"
    assert list_faults(strong_environ() | {"SHORT_LINK_HOST": "nr.example", "ALLOWED_HOSTS": hosts}) == []


def test_an_address_that_doubles_the_price_of_an_offer_is_refused_at_start() -> None:
    long = "impf-nachruecker.landkreis-neustadt-aisch.example"
    environ = strong_environ() | {"PUBLIC_URL": f"https://{long}", "ALLOWED_HOSTS": f"{long}, nr.example"}
    done = run_check(environ)
    assert done.returncode != 0
    assert "takes more SMS parts than it may and costs more" in done.stderr
    assert "Set SHORT_LINK_HOST to a host of at most 33 letters" in done.stderr
    assert run_check(environ | {"SHORT_LINK_HOST": "nr.example"}).returncode == 0


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_the_chosen_sms_provider_needs_its_credentials(provider: Provider) -> None:
    chosen = strong_environ() | {"SMS_BACKEND": provider.backend}
    assert [fault.split()[0] for fault in list_faults(chosen)] == list(provider.needs.values())
    complete = chosen | gateway_environ()
    assert list_faults(complete) == []
    assert set(read_gateways(complete)) == set(PROVIDERS)
    assert getattr(import_string(provider.backend), "name", None) in PROVIDERS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KANNEL_CALLBACK_SECRET", "short"),
        ("KANNEL_CALLBACK_SECRET", "ab" * 20),
        ("KANNEL_CALLBACK_NETWORKS", "everywhere"),
        ("KANNEL_CALLBACK_NETWORKS", "10.0.0.0/24, 0.0.0.0/0"),
    ],
)
def test_a_weak_door_for_kannel_is_named(name: str, value: str) -> None:
    chosen = strong_environ() | gateway_environ() | {"SMS_BACKEND": PROVIDERS["kannel"].backend, name: value}
    assert [fault.split()[0] for fault in list_faults(chosen)] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMAIL_BOUNCES_TO", "Nobody <bounces@example.org>"),
        ("BOUNCES_MAILBOX", "imap://user:password@mail.example/INBOX"),
        ("MAILGUN_CALLBACK_SECRET", "short"),
        ("MAIL_HOOK_KEY", "a" * 40),
    ],
)
def test_a_weak_way_for_bounces_is_named(name: str, value: str) -> None:
    given = strong_environ() | {"MAILGUN_SIGNING_KEY": "k", "MAILGUN_CALLBACK_SECRET": secrets.token_hex(32)}
    [fault] = list_faults(given | {name: value})
    assert fault.startswith(name)
    assert value not in fault


def test_half_of_mailgun_is_named() -> None:
    [fault] = list_faults(strong_environ() | {"MAILGUN_SIGNING_KEY": "k"})
    assert "MAILGUN_CALLBACK_SECRET" in fault


def test_all_ways_for_bounces_are_read() -> None:
    given = {
        name: secrets.token_hex(32) for name in ("MAILGUN_SIGNING_KEY", "MAILGUN_CALLBACK_SECRET", "MAIL_HOOK_KEY")
    }
    boxes = {
        "EMAIL_BOUNCES_TO": "bounces+{reference}@example.org",
        "BOUNCES_MAILBOX": "imaps://bounces:p%40ss@mail.example/INBOX",
    }
    assert list_faults(strong_environ() | given | boxes) == []
    assert read_mail_hooks(given) == {
        "mailgun": {
            "signing_key": given["MAILGUN_SIGNING_KEY"],
            "callback_secret": given["MAILGUN_CALLBACK_SECRET"],
        },
        "mailhook": {"key": given["MAIL_HOOK_KEY"]},
    }
    assert read_mail_hooks({"MAILGUN_SIGNING_KEY": "k"}) == {}


def test_several_providers_need_the_credentials_of_each() -> None:
    both = ", ".join(PROVIDERS[name].backend for name in ("seven", "twilio"))
    chosen = strong_environ() | {"SMS_BACKEND": both}
    needed = [*PROVIDERS["seven"].needs.values(), *PROVIDERS["twilio"].needs.values()]
    assert [fault.split()[0] for fault in list_faults(chosen)] == needed
    assert list(read_backends(both)) == ["seven", "twilio"]
    assert read_backends("sms.backends.dummy.SmsBackend") == {"sms.backends.dummy": "sms.backends.dummy.SmsBackend"}


def test_a_provider_that_is_not_chosen_needs_nothing() -> None:
    assert read_gateways(strong_environ()) == {}


def test_a_secret_is_never_repeated_in_a_fault() -> None:
    weak = strong_environ() | {"SECRET_KEY": "hunter2", "FIELD_KEYS": "hunter2", "INDEX_KEY": "hunter2"}
    assert len(list_faults(weak)) == 3
    assert "hunter2" not in " ".join(list_faults(weak))
