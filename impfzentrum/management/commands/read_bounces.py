"""`manage.py read_bounces`: what came back as undeliverable becomes receipts. Can be repeated."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from impfzentrum.gateways.mailboxes import MailboxOutOfReach
from impfzentrum.procedures.bouncing import read_bounces


class Command(BaseCommand):
    help = "Leert das Postfach für unzustellbare E-Mails (BOUNCES_MAILBOX): jede Meldung wird ein Zustellbeleg."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mailbox", help="imaps://…, maildir:///… oder mbox:///… statt BOUNCES_MAILBOX")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many notices were taken and how many mails were left; CommandError without a mailbox in reach."""
        address = options["mailbox"] or settings.BOUNCES_MAILBOX
        if not address:
            raise CommandError("Es ist kein Postfach eingestellt: BOUNCES_MAILBOX oder --mailbox.")
        try:
            emptied = read_bounces(address, now=timezone.now())
        except MailboxOutOfReach as fault:
            raise CommandError(f"Das Postfach ist nicht erreichbar: {fault}") from fault
        self.stdout.write(f"{emptied.taken} Meldungen übernommen, {emptied.left} andere E-Mails liegen gelassen.")
