"""What the three providers are told and what their answers mean, over real HTTP."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.kannel import sign_reference
from impfzentrum.gateways.letters import GatewayFault, GatewayRefused, GatewayUncertain, GatewayUnreachable, Letter
from impfzentrum.gateways.sending import find_sms, send_sms
from tests.gateways.loopback import PATIENCE, Provider, Say, configure, taken_by

REFERENCE = "7d9f4c1e-0f0e-4b7e-9a53-4ed2f0a6d001"
LETTER = Letter("+491713920001", "Impfliste", "", "Grüße bis 12:15 Uhr", REFERENCE, timedelta(minutes=15, seconds=40))
NAMES = ("seven", "kannel", "twilio")


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest, settings: SettingsWrapper, provider: Provider) -> str:
    configure(settings, provider.url, request.param)
    return str(request.param)


@pytest.fixture
def seven(settings: SettingsWrapper, provider: Provider) -> Provider:
    configure(settings, provider.url, "seven")
    return provider


@pytest.fixture
def kannel(settings: SettingsWrapper, provider: Provider) -> Provider:
    configure(settings, provider.url, "kannel")
    return provider


@pytest.fixture
def twilio(settings: SettingsWrapper, provider: Provider) -> Provider:
    configure(settings, provider.url, "twilio")
    return provider


def test_seven_is_told_reference_sender_and_end(seven: Provider) -> None:
    seven.will_say(taken_by("seven"))
    hand_over = send_sms(LETTER)
    [asked] = seven.asked
    assert (asked.method, asked.path, asked.headers["x-api-key"]) == ("POST", "/sms", "seven-key")
    assert asked.content == {
        "to": LETTER.to,
        "from": "Impfliste",
        "text": LETTER.text,
        "foreign_id": REFERENCE,
        "ttl": 15,
    }
    assert (hand_over.provider, hand_over.provider_id, hand_over.parts) == ("seven", "77149843739", 1)
    assert (hand_over.price, hand_over.currency) == (Decimal("0.075"), "EUR")


def test_kannel_is_told_by_headers_and_where_to_send_receipts(kannel: Provider) -> None:
    kannel.will_say(taken_by("kannel"))
    hand_over = send_sms(LETTER)
    [asked] = kannel.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/cgi-bin/sendsms", LETTER.text.encode())
    told = {key.removeprefix("x-kannel-"): value for key, value in asked.headers.items() if "kannel" in key}
    assert told == {
        "username": "tester",
        "password": "secret",
        "from": "Impfliste",
        "to": LETTER.to,
        "coding": "0",
        "validity": "15",
        "dlr-mask": "27",
        "dlr-url": f"http://testserver/gateway/kannel/beleg/{REFERENCE}/{sign_reference(REFERENCE)}/?type=%d",
        "charset": "UTF-8",
    }
    assert (hand_over.provider, hand_over.provider_id, hand_over.parts) == ("kannel", "", 1)


def test_kannel_sends_what_gsm_does_not_know_as_ucs2(kannel: Provider) -> None:
    kannel.will_say(taken_by("kannel"))
    send_sms(Letter("+491713920001", "Impfliste", "", "„Zitat“", REFERENCE, timedelta(seconds=30)))
    assert kannel.asked[0].headers["x-kannel-coding"] == "2"
    assert kannel.asked[0].headers["x-kannel-validity"] == "1", "the shortest it knows"


def test_twilio_is_told_by_a_form(twilio: Provider) -> None:
    twilio.will_say(taken_by("twilio", "SM1"))
    hand_over = send_sms(LETTER)
    [asked] = twilio.asked
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:twilio-token").decode()
    assert asked.form == {
        "To": LETTER.to,
        "From": "Impfliste",
        "Body": LETTER.text,
        "ValidityPeriod": "940",
        "StatusCallback": f"http://testserver/gateway/twilio/beleg/{REFERENCE}/",
    }
    assert (hand_over.provider, hand_over.provider_id, hand_over.parts, hand_over.price) == ("twilio", "SM1", 1, None)


def test_twilio_may_send_through_a_service_and_names_its_price(twilio: Provider, settings: SettingsWrapper) -> None:
    settings.SMS_GATEWAYS["twilio"] |= {"messaging_service": "MG1", "callback_url": "https://hooks.example"}
    sms = {"sid": "SM1", "status": "accepted", "num_segments": "2", "price": "-0.0750", "price_unit": "USD"}
    twilio.will_say(Say(201, json.dumps(sms)))
    hand_over = send_sms(LETTER)
    assert (hand_over.parts, hand_over.price, hand_over.currency) == (2, Decimal("0.0750"), "USD")
    form = twilio.asked[0].form
    assert form["MessagingServiceSid"] == "MG1"
    assert "From" not in form
    assert form["StatusCallback"].startswith("https://hooks.example/gateway/twilio/")


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say(429, headers={"Retry-After": "7"}), GatewayUnreachable),
        (Say(500), GatewayUnreachable),
        (Say(200, "", silence=PATIENCE * 2), GatewayUncertain),
        (Say(200, "x" * 99, drip=0.05), GatewayUncertain),
        (Say(202, "0: Accepted for delivery", cut=40), GatewayUncertain),
        (Say(403, "{}"), GatewayUnreachable),
        (Say(200, "{}"), (GatewayUnreachable, GatewayUncertain)),
    ],
    ids=["429", "500", "timeout", "slow bytes", "cut", "key refused", "error in a 200"],
)
def test_troubles_of_any_provider(
    name: str, provider: Provider, say: Say, kind: type[GatewayFault] | tuple[type[GatewayFault], ...]
) -> None:
    provider.will_say(say)
    with pytest.raises(kind) as raised:
        send_sms(LETTER)
    assert LETTER.to not in str(raised.value)
    assert len(provider.asked) == 1, "trying again is for the outbox"


def in_a_200(code: str) -> str:
    return json.dumps({"success": "101", "messages": [{"id": None, "success": False, "error": code}]})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (in_a_200("202"), GatewayRefused),
        ("202", GatewayRefused),
        ("900", GatewayUnreachable),
        ('{"success":"500"}', GatewayUnreachable),
        (in_a_200("600"), GatewayUnreachable),
        ('{"success":"100","messages":[]}', GatewayUnreachable),
        ('{"success":"100","messages":[{"id":null,"success":true}]}', GatewayUncertain),
        ("<html>", GatewayUncertain),
    ],
)
def test_seven_hides_its_no_in_a_200(seven: Provider, body: str, kind: type[GatewayFault]) -> None:
    seven.will_say(Say(200, body))
    with pytest.raises(kind):
        send_sms(LETTER)


def test_what_seven_has_sent_already_is_sent(seven: Provider) -> None:
    seven.will_say(Say(200, in_a_200("402")))
    assert send_sms(LETTER).provider == "seven"


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say(400, '{"code":21211,"message":"..."}'), GatewayRefused),
        (Say(400, '{"code":21606,"message":"..."}'), GatewayUnreachable),
        (Say(401, '{"code":20003}'), GatewayUnreachable),
        (Say(201, '{"sid":"SM1","status":"failed","error_code":21614}'), GatewayRefused),
        (Say(201, '{"sid":"SM1","status":"failed","error_code":30001}'), GatewayUnreachable),
        (Say(201, '{"status":"queued"}'), GatewayUncertain),
    ],
)
def test_twilio_tells_a_wrong_number_from_trouble_with_the_account(
    twilio: Provider, say: Say, kind: type[GatewayFault]
) -> None:
    twilio.will_say(say)
    with pytest.raises(kind):
        send_sms(LETTER)


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say(202, "3: Queued for later delivery"), None),
        (Say(202, "Sorry"), GatewayUnreachable),
        (Say(503, "Temporal failure, try again later."), GatewayUnreachable),
        (Say(400, "Empty receiver number not allowed, rejected"), GatewayRefused),
        (Say(202, ""), GatewayUncertain),
    ],
)
def test_kannel_speaks_in_words(kannel: Provider, say: Say, kind: type[GatewayFault] | None) -> None:
    kannel.will_say(say)
    if kind is None:
        assert send_sms(LETTER).provider == "kannel"
        return
    with pytest.raises(kind):
        send_sms(LETTER)


@pytest.mark.parametrize(
    ("price", "kept"), [("NaN", None), ("1e99", None), (None, None), ("-0.075", "0.07500"), (0.0751234567, "0.07512")]
)
@pytest.mark.parametrize("parts", [-1, 10**9, "many", None])
def test_what_a_provider_makes_up_breaks_nothing(
    seven: Provider, price: object, kept: str | None, parts: object
) -> None:
    entry = {"id": "77", "success": True, "parts": parts, "price": price}
    seven.will_say(Say(200, json.dumps({"success": "100", "messages": [entry]})))
    hand_over = send_sms(LETTER)
    assert (hand_over.parts, hand_over.price) == (1, Decimal(kept) if kept else None)


@pytest.mark.parametrize("provider_id", ["x" * 101, "\0", "7 7", ["77"]])
def test_a_number_that_cannot_be_one_leaves_it_open(seven: Provider, provider_id: object) -> None:
    entry = {"id": provider_id, "success": True}
    seven.will_say(Say(200, json.dumps({"success": "100", "messages": [entry]})))
    with pytest.raises(GatewayUncertain):
        send_sms(LETTER)


def test_the_reload_lock_and_the_journal_of_seven_know_a_letter(seven: Provider) -> None:
    other = {"id": "1", "foreign_id": "another", "price": "0.075"}
    mine = {"id": "2", "foreign_id": REFERENCE, "price": "0.075"}
    seven.will_say(Say(200, json.dumps([other, mine])))
    found = find_sms(LETTER)
    assert found is not None
    assert (found.provider_id, found.price) == ("2", Decimal("0.075"))
    assert seven.asked[0].query == {"to": "491713920001", "limit": "50"}
    for body in ([other], {"error": 1}, []):
        seven.will_say(Say(200, json.dumps(body)))
        assert find_sms(LETTER) is None
    seven.will_say(Say(200, "<html>"))
    with pytest.raises(GatewayUncertain):
        find_sms(LETTER)


def test_twilio_knows_a_letter_by_its_text(twilio: Provider) -> None:
    mine = {"sid": "SM2", "body": LETTER.text, "num_segments": "1"}
    twilio.will_say(Say(200, json.dumps({"messages": [{"sid": "SM1", "body": "other"}, mine]})))
    found = find_sms(LETTER)
    assert found is not None
    assert found.provider_id == "SM2"
    twilio.will_say(Say(200, '{"messages":[]}'))
    assert find_sms(LETTER) is None


def test_kannel_cannot_tell(kannel: Provider) -> None:
    assert find_sms(LETTER) is None
    assert kannel.asked == []


def test_a_provider_without_credentials_says_so(settings: SettingsWrapper) -> None:
    configure(settings, "http://127.0.0.1:1", "seven")
    settings.SMS_GATEWAYS = {}
    with pytest.raises(ImproperlyConfigured, match="'seven'"):
        send_sms(LETTER)
