"""Browser tests are skipped with a reason where there is no Chromium, and never on CI."""

import pytest

from tests import chromium, plugin


def as_browser_test(request: pytest.FixtureRequest) -> pytest.Item:
    item: pytest.Item = request.node
    item.add_marker("browser")
    return item


def test_without_chromium_the_skip_says_why(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    item = as_browser_test(request)
    monkeypatch.setattr(plugin, "find_chromium", lambda: None)
    monkeypatch.delenv("CI", raising=False)
    plugin.pytest_collection_modifyitems([item])
    skip = item.get_closest_marker("skip")
    assert skip is not None
    assert "no Chromium" in skip.kwargs["reason"]


def test_on_ci_it_is_a_failure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "find_chromium", lambda: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.UsageError, match="must not be skipped"):
        plugin.pytest_collection_modifyitems([as_browser_test(request)])


def test_a_named_chromium_that_is_none_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert chromium.find_chromium() is None
