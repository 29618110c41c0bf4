"""`manage.py load_reference`: criteria, vaccines and postcodes; may be repeated at any time."""

from django.core.management.base import BaseCommand, CommandError

from impfzentrum.reference.loading import load_reference
from impfzentrum.reference.reading import ReferenceDataError
from impfzentrum.reference.storing import Tally


class Command(BaseCommand):
    help = "Lädt die Stammdaten: Kriterien, Impfstoffe, Postleitzahlen und womit ein Landkreis beginnt. Wiederholbar."

    def handle(self, *args: object, **options: object) -> None:
        try:
            tallies = load_reference()
        except ReferenceDataError as refused:
            raise CommandError(str(refused)) from refused
        if options["verbosity"]:
            for kind, tally in tallies.items():
                self.stdout.write(f"{kind:<16}{tally}")
            self.stdout.write(f"{'Zusammen':<16}{sum(tallies.values(), Tally())}")
