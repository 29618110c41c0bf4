"""Logs name no person."""

import logging
import logging.config
import sys

import pytest
from django.conf import settings
from django.test import Client

from nachruecker.log_masking import MaskingFormatter, mask_people


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("Not Found: /angebot/uX3kq9-Zp_4mT7wLq2Rs8Q/", "Not Found: /angebot/[link]/"),
        ("Conflict: /liste/uX3kq9:1aBcDe:Zp_4mT7wLq2Rs8Q", "Conflict: /liste/[link]"),
        ("no route to +49 170 1234567", "no route to [number]"),
        ("refused: erika@beispiel.example", "refused: [address]"),
        ("Ended release 17 with 12 doses", "Ended release 17 with 12 doses"),
    ],
)
def test_what_identifies_a_person_is_masked(line: str, masked: str) -> None:
    assert mask_people(line) == masked


@pytest.mark.django_db
def test_a_refused_personal_link_is_not_logged(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(settings.LOGGING)  # handlers that write to this test's terminal
    assert client.get("/uX3kq9-Zp_4mT7wLq2Rs8Q/").status_code == 404
    written = capfd.readouterr().err
    assert "Not Found: /[link]/" in written
    assert "uX3kq9" not in written


def test_the_row_that_the_database_quotes_is_left_out() -> None:
    quoted = "new row violates a constraint\nDETAIL:  Failing row contains (1, 1951-03-07, Erika\n\nMuster).\n"
    formatter = MaskingFormatter("{message}", style="{")
    try:
        try:
            raise LookupError(quoted)
        except LookupError as error:
            raise ValueError(quoted) from error
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "refused", None, sys.exc_info())
    text = formatter.format(record)
    assert "1951" not in text
    assert "Muster" not in text
    assert text.count("DETAIL: [left out]") == 2
    assert "direct cause" in text
    assert text.count("new row violates a constraint") == 2


def test_a_traceback_keeps_its_places_and_loses_its_people() -> None:
    formatter = MaskingFormatter("{message}", style="{")
    try:
        raise ValueError("Key (mobile)=(+491701234567) already exists")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "refused", None, sys.exc_info())
    text = formatter.format(record)
    assert f'File "{__file__}"' in text
    assert "Key (mobile)=([number]) already exists" in text
