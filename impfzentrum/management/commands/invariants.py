"""`manage.py invariants`: is everything true that must be true? Exit 1 with a list where not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from impfzentrum.procedures.inspecting import find_violations


class Command(BaseCommand):
    help = (
        "Prüft, was in jeder Datenbank gelten muss: keine Dosis doppelt, kein Versprechen ohne Dosis, Protokoll ganz."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print nothing but a line where all is well; raise CommandError (exit 1) with every violation."""
        violations = list(find_violations())
        if violations:
            raise CommandError("\n".join(violations), returncode=1)
        self.stdout.write(self.style.SUCCESS("Alles in Ordnung."))
