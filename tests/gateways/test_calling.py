"""One request within its time: what surely was not taken is told apart from what may have been."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from impfzentrum.gateways.calling import LONGEST_BODY, TOTAL, _spare, _trust, call_provider
from impfzentrum.gateways.letters import GatewayUncertain, GatewayUnreachable
from impfzentrum.procedures.leasing import LEASE
from tests.gateways.loopback import Provider, Say
from tests.gateways.mail_server import server_context


def call(url: str, *, total: float = 0.5) -> tuple[int, bytes]:
    answer = call_provider("POST", url, headers={"X-Test": "1"}, body=b"text", total=total)
    return answer.status, answer.body


def test_a_request_arrives_whole_and_its_answer_comes_back(provider: Provider) -> None:
    provider.will_say(Say(201, "taken"))
    assert call(provider.url + "/sms?a=1") == (201, b"taken")
    [asked] = provider.asked
    assert (asked.method, asked.path, asked.body, asked.headers["x-test"]) == ("POST", "/sms?a=1", b"text", "1")


def test_the_connection_is_used_again(provider: Provider) -> None:
    provider.will_say(Say(200, "ok"))
    begun = time.monotonic()
    for _ in range(50):
        call(provider.url)
    assert time.monotonic() - begun < 2
    assert len(provider.asked) == 50


@pytest.mark.parametrize(
    "say",
    [
        Say(200, "late", silence=2),
        Say(200, "slow" * 10, drip=0.05),
        Say(200, "cut in the body", cut=50),
        Say(200, "cut in the head", cut=5),
        Say(200, cut=0),
        Say(504),
        Say(200, "x" * (LONGEST_BODY + 1)),
    ],
    ids=["silent", "dripping", "cut body", "cut head", "closed", "timeout behind it", "endless"],
)
def test_after_the_request_went_out_a_missing_answer_is_no_no(provider: Provider, say: Say) -> None:
    provider.will_say(say)
    begun = time.monotonic()
    with pytest.raises(GatewayUncertain):
        call(provider.url)
    assert time.monotonic() - begun < 1
    assert len(provider.asked) == 1


def test_nobody_there_has_taken_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening
        with pytest.raises(GatewayUnreachable) as raised:
            call(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert str(raised.value) == "ConnectionRefusedError"


def test_no_time_left_sends_nothing(provider: Provider) -> None:
    with pytest.raises(GatewayUnreachable):
        call(provider.url, total=-1)
    assert provider.asked == []


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_provider_in_trouble_has_taken_nothing_and_may_say_for_how_long(provider: Provider, status: int) -> None:
    provider.will_say(Say(status, headers={"Retry-After": "30"}))
    with pytest.raises(GatewayUnreachable) as raised:
        call(provider.url)
    assert raised.value.retry_after == timedelta(seconds=30)


@pytest.mark.parametrize("header", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "99999999999"])
def test_a_wish_that_cannot_be_read_is_none(provider: Provider, header: str) -> None:
    provider.will_say(Say(429, headers={"Retry-After": header}))
    with pytest.raises(GatewayUnreachable) as raised:
        call(provider.url)
    assert raised.value.retry_after is None


@pytest.mark.parametrize("body", ["<html>", "[1]", '{"half":'])
def test_an_answer_that_is_no_object_leaves_it_open(provider: Provider, body: str) -> None:
    provider.will_say(Say(200, body))
    answer = call_provider("GET", provider.url, headers={}, total=0.5)
    with pytest.raises(GatewayUncertain):
        answer.json()
    provider.will_say(Say(200, json.dumps({"a": 1})))
    assert call_provider("GET", provider.url, headers={}, total=0.5).json() == {"a": 1}


def test_redirections_are_not_followed(provider: Provider) -> None:
    """A captive portal or a moved address must not get people's numbers."""
    provider.will_say(Say(302, headers={"Location": provider.url}))
    assert call(provider.url)[0] == 302
    assert len(provider.asked) == 1


def test_a_request_ends_before_its_lease_does() -> None:
    assert timedelta(seconds=TOTAL) < LEASE


def test_over_tls_the_provider_is_known_and_the_deadline_holds(
    provider: Provider, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.server.socket = server_context(certificate).wrap_socket(provider.server.socket, server_side=True)
    address = provider.url.replace("http:", "https:")
    with pytest.raises(GatewayUnreachable, match="SSLCertVerificationError"):
        call(address)
    monkeypatch.setattr("certifi.where", lambda: str(certificate))
    _trust.cache_clear()
    try:
        provider.will_say(Say(200, "ok"), Say(200, "ok"), Say(200, "slow" * 10, drip=0.05))
        assert [call(address), call(address)] == [(200, b"ok")] * 2
        begun = time.monotonic()
        with pytest.raises(GatewayUncertain):
            call(address)
        assert time.monotonic() - begun < 3, "the answer takes five seconds"
        assert len(provider.asked) == 3
    finally:
        _trust.cache_clear()


def test_a_connection_that_the_provider_has_closed_is_not_used_again(provider: Provider) -> None:
    """Nobody could say whether a request that was written into it has arrived."""
    provider.will_say(Say(200, "ok", headers={"Connection": "close"}), Say(200, "ok"))
    assert [call(provider.url) for _ in range(3)] == [(200, b"ok")] * 3
    [warm] = _spare[os.getpid(), "http", provider.url.removeprefix("http://")]
    assert warm.sock is not None
    warm.sock.shutdown(socket.SHUT_WR)  # the provider sees the end and closes
    while warm.is_warm:
        time.sleep(0.01)
    assert call(provider.url) == (200, b"ok")
    assert len(provider.asked) == 4
