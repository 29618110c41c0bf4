"""`manage.py rotate_keys [--check]`: seal everything with the first key of FIELD_KEYS, so that older ones can go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from impfzentrum.procedures.resealing import count_column, list_sealed_columns, reseal_column


class Command(BaseCommand):
    help = (
        "Versiegelt alle verschlüsselten Felder mit dem ersten Schlüssel von FIELD_KEYS neu, im laufenden Betrieb und"
        " unterbrechbar. Danach dürfen ältere Schlüssel weg; --check sagt, ob noch einer gebraucht wird."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="nur zählen, nichts ändern")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """A line a field; raise CommandError (exit 1) while an older key is needed or a value opens with none."""
        faults: list[str] = []
        for column in list_sealed_columns():
            found = count_column(column) if check else reseal_column(column)
            self.stdout.write(
                f"{column.name}: {found.looked_at} versiegelt, {found.resealed} neu, {found.waiting} mit altem"
                f" Schlüssel, {found.lost} nicht zu öffnen"
            )
            if found.waiting or found.lost:
                faults.append(f"{column.name}: {found.waiting} brauchen einen älteren Schlüssel, {found.lost} sind zu")
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
        self.stdout.write(self.style.SUCCESS("Nur der erste Schlüssel wird gebraucht, ältere dürfen entfernt werden."))
