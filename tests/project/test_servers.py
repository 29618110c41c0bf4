"""The tests run on the real servers, with the database's locale as in production."""

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis


@pytest.mark.django_db
def test_database_is_postgresql_18_with_pinned_locale() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, datlocprovider, datlocale "
            "FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == (18, "b", "C.UTF-8")


def test_broker_answers() -> None:
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host", "db")
    assert Redis.from_url(address).ping()
