"""`manage.py audit verify [COUNTY]`: does the record hold?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from impfzentrum.models import County
from impfzentrum.procedures.verifying import verify_record


class Command(BaseCommand):
    help = "Prüft das Protokoll: Prüfsummenkette, Auslosungen, jede Auswahl und die Losnummern aller Gefragten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])
        parser.add_argument("county", nargs="?", help="Kurzname des Landkreises; ohne ihn alle")

    def handle(self, *args: Any, county: str | None, **options: Any) -> None:
        """A line for each county with what was looked at; raise CommandError (exit 1) with every fault."""
        counties = County.objects.filter(slug=county) if county else County.objects.all()
        if county and not counties.exists():
            raise CommandError(f"Diesen Landkreis gibt es nicht: {county}")
        faults: list[str] = []
        for one in counties:
            found = verify_record(one)
            faults += found.faults
            self.stdout.write(
                f"{one}: {found.events} Protokolleinträge, {found.draws} Auslosungen, {found.picks} Auswahlen,"
                f" {found.offers} Angebote geprüft, {len(found.faults)} Fehler"
            )
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
