"""`manage.py document_privacy [--check]`: the tables of docs/privacy.md as the models are today."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from impfzentrum.data_tables import put_tables

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "privacy.md"


class Command(BaseCommand):
    help = "Schreibt die Tabellen in docs/privacy.md neu; --check sagt nur, ob sie noch stimmen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="nur vergleichen (Rückgabe 1, wenn veraltet)")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Raise CommandError (exit 1) with --check where the document is older than the inventory."""
        written = DOCUMENT.read_text(encoding="utf-8")
        fresh = put_tables(written)
        if check and written != fresh:
            raise CommandError("docs/privacy.md ist älter als die Modelle: manage.py document_privacy", returncode=1)
        DOCUMENT.write_text(fresh, encoding="utf-8")
