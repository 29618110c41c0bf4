"""`manage.py erase_again`: after a restored backup, erase everybody again who had been erased meanwhile."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impfzentrum.procedures.burying import read_tombstones
from impfzentrum.procedures.erasing_again import erase_again
from impfzentrum.procedures.retaining import keep_terms


class Command(BaseCommand):
    help = "Löscht nach dem Einspielen einer Sicherung noch einmal, was seitdem gelöscht wurde. Vor dem Start aufrufen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="file", type=Path, default=settings.ERASED_FILE or None, metavar="DATEI")
        parser.add_argument("--without-file", action="store_true", help="nur die Vermerke in der Sicherung selbst")

    def handle(self, *args: Any, file: Path | None, without_file: bool, **options: Any) -> None:
        """Print what was done; raise CommandError without a file to read, and (exit 1) for whom it could not erase."""
        if file is None and not without_file:
            raise CommandError(
                "Keine Datei mit Löschvermerken: --from DATEI oder ERASED_FILE setzen. Ohne sie kommt zurück, wer nach"
                " der Sicherung gelöscht wurde; wer das weiß und will: --without-file."
            )
        try:
            written = {} if without_file or file is None else read_tombstones(file)
        except (OSError, ValueError) as error:
            raise CommandError(f"Die Datei mit Löschvermerken ist nicht zu lesen: {error}") from error
        now = timezone.now()
        done = erase_again(written, now=now)
        keep_terms(now=now)
        self.stdout.write(
            f"{done.tombstones} Löschvermerke, {done.people} Personen und {done.watches} E-Mail-Adressen noch einmal"
            f" gelöscht, {len(done.refused)} nicht möglich"
        )
        if done.refused:
            raise CommandError("\n".join(done.refused), returncode=1)
