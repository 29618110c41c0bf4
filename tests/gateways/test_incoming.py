"""SMS to us, read from what the providers post."""

from __future__ import annotations

import pytest

from impfzentrum.gateways.incoming import normalise_number, read_kannel_sms, read_seven_sms, read_twilio_sms


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+491713920001", "+491713920001"),
        ("491713920001", "+491713920001"),
        ("00491713920001", "+491713920001"),
        ("01713920001", "+491713920001"),
        ("+49 171 3920001", "+491713920001"),
        ("+436641234567", "+436641234567"),
        ("Telekom", ""),
        ("72400", ""),
        ("", ""),
        ("+49", ""),
        ("+999999999999999", ""),
        ("1; DROP TABLE", ""),
    ],
)
def test_numbers_are_written_in_many_ways(written: str, number: str) -> None:
    assert normalise_number(written) == number


def test_seven() -> None:
    data = {"id": "681590", "sender": "491713920001", "system": "491771783130", "text": "Ja", "time": "1605878104"}
    sms = read_seven_sms(data)
    assert (sms.provider, sms.provider_id, sms.sender, sms.text) == ("seven", "681590", "+491713920001", "Ja")
    assert sms.received_by == "+491771783130"


def test_twilio() -> None:
    sms = read_twilio_sms({"MessageSid": "SM1", "From": "+491713920001", "To": "+49561900", "Body": "Ja"})
    assert (sms.provider_id, sms.sender, sms.text) == ("SM1", "+491713920001", "Ja")


@pytest.mark.parametrize("charset", ["UTF-8", "UTF-16BE", "ISO-8859-1"])
def test_kannel_in_several_alphabets(charset: str) -> None:
    headers = {"Content-Type": f'text/plain; charset="{charset}"', "X-Kannel-From": "491713920001"}
    assert read_kannel_sms("1", headers, "löschen".encode(charset)).text == "löschen"


def test_what_has_no_number_or_no_alphabet_is_refused() -> None:
    for broken in ({}, {"id": "x" * 101}):
        with pytest.raises(ValueError, match="number"):
            read_seven_sms(broken)
    with pytest.raises(ValueError, match="alphabet"):
        read_kannel_sms("1", {"Content-Type": "text/plain; charset=klingon"}, b"x")
