"""`manage.py seed_demo`: demo accounts and a synthetic population. Never in production."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from impfzentrum.management.demo_logins import DEMO_ACCOUNTS
from impfzentrum.models import Campaign
from impfzentrum.seeding.accounts import PlaceUnknown, open_accounts
from impfzentrum.seeding.booking_day import book_day
from impfzentrum.seeding.planting import ListNotEmpty, SettingIncomplete, seed_population
from impfzentrum.states import CampaignState


def read_people(text: str) -> int:
    """How many people, 1 to 200,000."""
    if not text.isdecimal() or not 1 <= int(text) <= 200_000:
        raise ArgumentTypeError(f"muss eine Zahl von 1 bis 200000 sein, nicht {text!r}")
    return int(text)


class Command(BaseCommand):
    help = "Legt die Zugänge der Vorführung an und füllt eine leere Liste mit erfundenen Menschen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=read_people, default=2000, help="wie viele Menschen warten")
        parser.add_argument("--seed", type=int, default=1, help="gleiche Zahl, gleiche Menschen")
        parser.add_argument("--county", default="waldeck-frankenberg", help="Kurzname des Landkreises")
        parser.add_argument("--if-empty", action="store_true", help="eine Liste, auf der jemand steht, so lassen")

    def handle(self, *args: object, **options: Any) -> None:
        if settings.POSTFACH_DIR is None:
            raise CommandError("Nur für die Vorführung: Hier gehen Nachrichten wirklich hinaus.")
        campaign = find_campaign(options["county"])
        try:
            opened = open_accounts(DEMO_ACCOUNTS)
            now = timezone.now()
            groups = seed_population(campaign, people=options["people"], seed=options["seed"], now=now)
            book_day(campaign, seed=options["seed"], now=now)
        except ListNotEmpty:
            self.leave(campaign, if_empty=options["if_empty"])
            return
        except (PlaceUnknown, SettingIncomplete) as missing:
            raise CommandError(f"Es fehlt: {missing}. Zuerst: manage.py load_reference") from missing
        if options["verbosity"]:
            shares = ", ".join(f"Gruppe {group}: {count}" for group, count in sorted(groups.items()))
            self.stdout.write(f"{campaign.county}: {groups.total()} erfundene Menschen warten ({shares}).")
            self.stdout.write(f"{opened} Zugänge neu angelegt.")

    def leave(self, campaign: Campaign, *, if_empty: bool) -> None:
        """Say that nothing was done. Raises CommandError unless that was asked for."""
        sentence = f"{campaign.county}: Auf der Liste steht schon jemand; es kommt niemand dazu."
        if not if_empty:
            raise CommandError(f"{sentence} Mit --if-empty ist das kein Fehler.")
        self.stdout.write(sentence)


def find_campaign(county: str) -> Campaign:
    """The running campaign of a county. Raises CommandError."""
    running = Campaign.objects.filter(county__slug=county, state=CampaignState.RUNNING)
    campaign = running.select_related("county", "rule_set").first()
    if campaign is None:
        raise CommandError(f"Im Landkreis {county!r} läuft keine Impfaktion. Zuerst: manage.py load_reference")
    return campaign
