"""The hash chain: the order of keys does not matter, everything else does."""

from __future__ import annotations

import hashlib

from hypothesis import assume, given
from hypothesis import strategies as st

from impfzentrum.rules.chain import START, link_digest

VALUES = st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "ä", "1"]) | st.none()
CONTENTS = st.dictionaries(st.sampled_from(["at", "id", "people", "ü"]), VALUES, min_size=1, max_size=4)


@given(content=CONTENTS)
def test_the_order_of_keys_does_not_matter(content: dict[str, object]) -> None:
    turned = dict(reversed(content.items()))
    assert link_digest(START, content) == link_digest(START, turned)


@given(content=CONTENTS, other=CONTENTS)
def test_other_content_is_another_digest(content: dict[str, object], other: dict[str, object]) -> None:
    assume(content != other)
    assert link_digest(START, content) != link_digest(START, other)


@given(content=CONTENTS)
def test_another_past_is_another_digest(content: dict[str, object]) -> None:
    first = link_digest(START, content)
    assert link_digest(first, content) != first


def test_the_digest_is_what_the_manual_says() -> None:
    expected = hashlib.sha256(f'{START}\n{{"a":1,"b":"\\u00fc"}}'.encode()).hexdigest()
    assert link_digest(START, {"b": "ü", "a": 1}) == expected
    assert len(START) == len(expected) == 64
