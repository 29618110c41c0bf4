"""Keeps what belongs to a person out of the log."""

import logging
import re

DETAIL = re.compile(
    r"DETAIL: .*?(?=\n(?:HINT: |CONTEXT: |\s*\n(?:The above exception|During handling)|Traceback )|\Z)", re.DOTALL
)
"""What the database adds to a refusal: the whole row, or the key that was there already. It may have several lines."""

# A personal link is a key: whoever reads it can answer for the person. Django logs the path of every refused request.
MASKS = (
    (re.compile(r"/[A-Za-z0-9_:=-]{16,}"), "/[link]"),
    (re.compile(r"\+\d[\d ]{6,}\d"), "[number]"),
    (re.compile(r"[^\s<>\"'=]+@[^\s<>\"']+\.\w+"), "[address]"),
)


class MaskingFormatter(logging.Formatter):
    """Masks the finished text, traceback included: the database quotes values in its errors.

    What no pattern can know (a name) must not be logged in the first place.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = DETAIL.sub("DETAIL: [left out]", super().format(record))
        return "\n".join(mask_people(line) for line in text.splitlines())


def mask_people(line: str) -> str:
    """The line without personal links, phone numbers and e-mail addresses; places in the code stay."""
    if line.startswith('  File "'):
        return line
    for pattern, mask in MASKS:
        line = pattern.sub(mask, line)
    return line
