"""`manage.py invite`: the first account of a county. All later ones are invited on its page of accounts."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from impfzentrum.errors import Refusal
from impfzentrum.models import County
from impfzentrum.procedures.staffing import Invitee, invite
from impfzentrum.vocabulary import Role


class Command(BaseCommand):
    help = "Lädt jemanden per E-Mail ein, einen Landkreis zu verwalten. Diese Person lädt alle weiteren selbst ein."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("county", help="Kurzname des Landkreises, zum Beispiel waldeck-frankenberg")
        parser.add_argument("email", help="dienstliche E-Mail-Adresse; damit meldet sich die Person an")
        parser.add_argument("given_name", help="Vorname")
        parser.add_argument("family_name", help="Nachname")

    def handle(self, *args: object, **options: Any) -> None:
        """Raises CommandError for a county that is not there and an address that has an account."""
        county = County.objects.filter(slug=options["county"]).first()
        if county is None:
            raise CommandError(f"Einen Landkreis {options['county']!r} gibt es nicht.")
        invitee = Invitee(
            given_name=options["given_name"],
            family_name=options["family_name"],
            email=options["email"],
            role=Role.COUNTY_ADMIN,
            centres=[],
            form_key=uuid.uuid4(),
        )
        try:
            validate_email(invitee.email)
            invite(county, invitee, by=None, now=timezone.now())
        except ValidationError as wrong:
            raise CommandError(f"{invitee.email!r} ist keine E-Mail-Adresse.") from wrong
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Eingeladen. Ein Worker schickt den Link; er gilt 72 Stunden.")
