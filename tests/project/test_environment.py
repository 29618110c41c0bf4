"""What addresses of servers become."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from nachruecker.settings.environment import broker_url, read_database_url


def test_database_address_with_every_part() -> None:
    read = read_database_url("postgresql://us%40er:p%2Fw@db.example:6432/name?sslmode=require&connect_timeout=3")
    assert read == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "name",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require", "connect_timeout": "3"},
    }


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@%2FTmp%2FSockets/name",
        "postgresql://me@/name?host=/Tmp/Sockets",
        "postgres:///name?host=/Tmp/Sockets",
    ],
)
def test_socket_folder_as_host(url: str) -> None:
    assert read_database_url(url)["HOST"] == "/Tmp/Sockets"


@pytest.mark.parametrize(
    ("redis", "number", "broker"),
    [
        ("unix:///run/valkey.sock?db=3", None, "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", None, "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock?db=3", 5, "redis+socket:///run/valkey.sock?virtual_host=5"),
        ("redis+socket:///run/valkey.sock?virtual_host=2", None, "redis+socket:///run/valkey.sock?virtual_host=2"),
        ("redis://:pw@host:6379/1", None, "redis://:pw@host:6379/1"),
        ("rediss://:pw@host:6379/1", 7, "rediss://:pw@host:6379/7"),
    ],
)
def test_broker_is_the_same_server(redis: str, number: int | None, broker: str) -> None:
    assert broker_url(redis, database=number) == broker


def test_other_brokers_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        broker_url("amqp://host")
