"""What a text looks like when it goes out, on invented values, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from impfzentrum.procedures.writing import link_address
from impfzentrum.rules.linting import SmsSize, Wording, measure, measure_longest
from impfzentrum.rules.placeholders import fill, list_placeholders
from impfzentrum.rules.samples import sample_values
from impfzentrum.rules.text_kinds import TextKey, kind_of
from impfzentrum.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Preview:
    """The text with invented values. `example` and `longest` are the sizes of an SMS, None for an e-mail."""

    key: TextKey
    subject: str
    text: str
    example: SmsSize | None
    longest: SmsSize | None
    limit: int

    @property
    def too_dear(self) -> bool:
        """Whether it costs more than this text may."""
        return self.longest is not None and (self.longest.parts > self.limit or not self.longest.gsm7)


def preview_text(wording: Wording, key: TextKey) -> Preview:
    """Fill in invented values. A placeholder that does not exist stays as it was typed."""
    address = link_address(key.channel)
    subject, text = (_fill(part, key, address) for part in (wording.subject, wording.body))
    if key.channel == Channel.EMAIL:
        return Preview(key, subject, text, example=None, longest=None, limit=0)
    longest = measure_longest(wording.body, address=address)
    return Preview(key, "", text, example=measure(text), longest=longest, limit=kind_of(key).parts)


def _fill(text: str, key: TextKey, address: str) -> str:
    typed = {name: f"{{{name}}}" for name in list_placeholders(text)}
    return fill(text, typed | sample_values(address, key.language))
