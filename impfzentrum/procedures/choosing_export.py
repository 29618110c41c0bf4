"""What a centre chooses about the e-mail to its team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.models import Centre, Membership, TeamExport
from impfzentrum.models.team_export import ListKind
from impfzentrum.procedures.auditing import record


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """`password` empty keeps the one that is there."""

    active: bool
    minutes_before: int
    members: Collection[Membership]
    addresses: Collection[str]
    list_kind: ListKind
    password: str = ""


def find_export(centre: Centre) -> TeamExport | None:
    return TeamExport.objects.filter(centre=centre).first()


def choose_export(centre: Centre, choice: ExportChoice, *, by: User, now: datetime) -> TeamExport:
    """Put the choice in place of the one before. The record says what changed, but neither addresses nor password."""
    with transaction.atomic():
        # Two at once change one after the other: the row of the centre lets the second wait.
        Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        before = find_export(centre)
        export = before or TeamExport(centre=centre)
        export.active, export.minutes_before = choice.active, choice.minutes_before
        export.addresses, export.list_kind = "\n".join(choice.addresses), choice.list_kind
        export.password = choice.password or export.password
        export.changed_at, export.changed_by = now, by
        export.save()
        export.members.set(choice.members)
        record(
            centre.county_id,
            "team_export_changed",
            f"centre-{centre.pk}",
            now=now,
            actor=by,
            active=choice.active,
            minutes_before=choice.minutes_before,
            members=len(choice.members),
            addresses=len(choice.addresses),
            list_kind=str(choice.list_kind),
            new_password=bool(choice.password),
        )
    return export
