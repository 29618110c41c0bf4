"""The hidden key of a form, so that a second tap does nothing twice (impfzentrum/once.py)."""

from __future__ import annotations

import uuid

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from impfzentrum.once import FIELD

register = template.Library()


@register.simple_tag
def form_key() -> SafeString:
    """A new key each time the form is shown. Belongs beside the CSRF token, outside of parts that update themselves."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())
