"""`manage.py explain ENTRY RELEASE`: may this person be asked for this release, and if not, why not?"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impfzentrum.models import Release, StandbyEntry
from impfzentrum.procedures.judging import judge_person


class Command(BaseCommand):
    help = "Sagt Bedingung für Bedingung, warum eine Person für eine Freigabe gefragt werden kann oder nicht."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("entry", help="öffentliche Nummer des Eintrags (UUID)")
        parser.add_argument("release", type=int, help="Nummer der Freigabe in der Datenbank")

    def handle(self, *args: Any, entry: str, release: int, **options: Any) -> None:
        """Print a line for each condition, never a name or contact. Raises CommandError for unknown numbers."""
        try:
            person = StandbyEntry.objects.get(public_id=entry)
            wanted = Release.objects.select_related("campaign__rule_set", "vaccine", "centre").get(pk=release)
        except (StandbyEntry.DoesNotExist, ValidationError) as unknown:
            raise CommandError(f"Diesen Eintrag gibt es nicht: {entry}") from unknown
        except Release.DoesNotExist as unknown:
            raise CommandError(f"Diese Freigabe gibt es nicht: {release}") from unknown
        if not StandbyEntry.objects.of(wanted).filter(pk=person.pk).exists():
            raise CommandError("Dieser Eintrag steht auf der Liste eines anderen Impfzentrums.")
        verdicts = judge_person(person, wanted, now=timezone.now())
        if verdicts is None:
            raise CommandError(f"Für {wanted.vaccine} ist keine Impfregel in Kraft.")
        for verdict in verdicts:
            mark = self.style.SUCCESS("ja  ") if verdict.met else self.style.ERROR("nein")
            self.stdout.write(
                f"{mark}  {verdict.obstacle.value}" + ("" if verdict.met else f": {verdict.obstacle.label}")
            )
        kept = [verdict for verdict in verdicts if not verdict.met]
        self.stdout.write(
            "Kann gefragt werden." if not kept else f"Kann nicht gefragt werden: {kept[0].obstacle.label}."
        )
