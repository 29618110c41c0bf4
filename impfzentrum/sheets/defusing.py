"""Text that a spreadsheet would run as a formula, made harmless. The only place that decides this."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
"""Spreadsheets take a cell that begins so for a formula or a command; the full-width forms count as well."""
INVISIBLE = " \u00a0\u200b\u2060\ufeff"
"""What may stand before a formula without anybody seeing it."""


def is_formula(text: str) -> bool:
    return text.lstrip(INVISIBLE).startswith(FORMULA_STARTS)


def defuse(text: str) -> str:
    """The text as it may stand in a file that has no types: with an apostrophe in front where it could run."""
    return f"'{text}" if is_formula(text) else text
