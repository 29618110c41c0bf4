"""The tests against Kannel are skipped with a reason where there is none, and never on CI."""

import pytest

from tests import plugin
from tests.peers import finding


def as_peer_test(request: pytest.FixtureRequest) -> pytest.Item:
    item: pytest.Item = request.node
    item.add_marker("peer")
    return item


def test_without_kannel_the_skip_says_why(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    item = as_peer_test(request)
    monkeypatch.setattr(plugin, "find_kannel", lambda: False)
    monkeypatch.delenv("CI", raising=False)
    plugin.pytest_collection_modifyitems([item])
    skip = item.get_closest_marker("skip")
    assert skip is not None
    assert "no Kannel" in skip.kwargs["reason"]


def test_on_ci_it_is_a_failure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "find_kannel", lambda: False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.UsageError, match="must not be skipped"):
        plugin.pytest_collection_modifyitems([as_peer_test(request)])


def test_half_a_kannel_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "FAKE_SMSC", "/nowhere/fakesmsc")
    assert not finding.find_kannel()
