"""Names as they compare."""

from __future__ import annotations

import unicodedata

_WITHOUT_MARK = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o"})


def fold_name(text: str) -> str:
    """A name without marks, case and odd spaces: "Yılmaz" as "yilmaz"."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_MARK))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
