"""What the pages about sending tell."""

from __future__ import annotations

from django import template

from impfzentrum.gateways.reasons import Words, explain_reason

register = template.Library()


@register.filter
def in_words(reason: str, provider: str) -> Words:
    """The plain words for a provider's reason, or nothing."""
    return explain_reason(reason, provider)
