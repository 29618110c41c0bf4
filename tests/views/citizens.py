"""What the tests of the citizens' pages share: what a page says."""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol


class Answer(Protocol):
    """What these functions need of an answer; Django's test client has types of its own."""

    content: bytes


def text_of(response: Answer) -> str:
    """The words of a page, without markup and line breaks."""
    body = re.sub(r"<head>.*?</head>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def error_beside(response: Answer, field: str) -> str:
    """The sentence that stands with this field; empty where none does."""
    found = re.search(rf'<div id="id_{field}_error">(.*?)</div>', response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""
