"""Changing a setting of a county: what stood there, what stands there now, who did it, and the way back."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Model
from django.utils.text import slugify

from impfzentrum.models import Campaign, Centre, County, Release, SettingVersion
from impfzentrum.procedures.auditing import record
from impfzentrum.setting_refusals import (
    AnotherCampaignRuns,
    NothingChanged,
    ReleaseStillRunning,
    SettingChangedMeanwhile,
    SettingImpossible,
)
from impfzentrum.states import CampaignState, ReleaseState
from impfzentrum.vocabulary import SettingKind

Values = dict[str, Any]
"""Plain values by the names of the fields, as they stand in JSON."""

FIELDS: Mapping[SettingKind, tuple[str, ...]] = {
    SettingKind.LIST: ("list_state", "list_text", "list_text_en", "list_cap", "residents_only"),
    SettingKind.CONTACT: ("hotline", "email"),
    SettingKind.ASKING: (
        "order_policy",
        "widens",
        "offer_validity",
        "cap_per_day",
        "cap_per_week",
        "cool_down",
        "unanswered_limit",
    ),
    SettingKind.SENDING: ("sms_sender", "sms_abroad", "sms_per_day", "quiet_from", "quiet_until"),
    SettingKind.CENTRE: ("name", "street", "postcode", "town", "directions", "phone", "opens_at", "closes_at"),
    SettingKind.CAMPAIGN: ("name", "state"),
}
"""What belongs to a setting and is changed, versioned and taken back together."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a county with the row in which it is stored."""

    kind: SettingKind
    county: County
    row: Model

    @property
    def fields(self) -> tuple[str, ...]:
        return FIELDS[self.kind]

    def read(self) -> Values:
        """Its values now, plain."""
        return {name: make_plain(getattr(self.row, name)) for name in self.fields}

    @property
    def stamp(self) -> str:
        """Says whether it still stands as somebody saw it, wherever it was changed."""
        return stamp_values(self.read())


def make_plain(value: object) -> object:
    """A value as it stands in JSON; times of day as 08:00, durations in minutes."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return int(value.total_seconds() // 60)
    return value


def stamp_values(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def change_setting(
    setting: Setting,
    wanted: Mapping[str, Any],
    *,
    stand: str,
    form_key: uuid.UUID,
    by: User,
    now: datetime,
    restores: int | None = None,
) -> SettingVersion:
    """Save these values of the setting from now on, with their version and a row in the record.

    `stand` is the stamp of what the author saw. A second tap (the same `form_key`) changes nothing and returns the
    version of the first. Raises SettingChangedMeanwhile, NothingChanged, or what the row itself refuses:
    SettingImpossible, ReleaseStillRunning, AnotherCampaignRuns.
    """
    with transaction.atomic():
        # Two admins at once: the second waits here, then sees the first's values and hears of them.
        row = type(setting.row)._default_manager.select_for_update(no_key=True).get(pk=setting.row.pk)
        if (done := find_done(form_key)) is not None:
            return done
        locked = Setting(setting.kind, setting.county, row)
        before = locked.read()
        for name in locked.fields:
            setattr(row, name, wanted[name])
        after = locked.read()
        if after == before:
            raise NothingChanged
        if stamp_values(before) != stand:
            raise SettingChangedMeanwhile
        _refuse_impossible(row)
        row.save(update_fields=list(locked.fields))
        return keep_version(
            setting.county,
            setting.kind,
            row.pk,
            before=before,
            after=after,
            form_key=form_key,
            by=by,
            now=now,
            restores=restores,
        )


def find_done(form_key: uuid.UUID) -> SettingVersion | None:
    """What a form with this key has changed already."""
    return SettingVersion.objects.filter(form_key=form_key).first()


def _refuse_impossible(row: Model) -> None:
    if isinstance(row, Campaign):
        _refuse_campaign(row)
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as faults:
        raise SettingImpossible(why=" ".join(faults.messages)) from faults


def _refuse_campaign(campaign: Campaign) -> None:
    running = Release.objects.filter(campaign=campaign, state__in=[ReleaseState.RUNNING, ReleaseState.FILLED])
    if campaign.state != CampaignState.RUNNING and running.exists():
        raise ReleaseStillRunning
    others = Campaign.objects.filter(county=campaign.county_id, state=CampaignState.RUNNING).exclude(pk=campaign.pk)
    if campaign.state == CampaignState.RUNNING and (other := others.first()) is not None:
        raise AnotherCampaignRuns(name=other.name)


def keep_version(
    county: County,
    kind: SettingKind,
    subject: int,
    *,
    before: Values,
    after: Values,
    form_key: uuid.UUID,
    by: User,
    now: datetime,
    restores: int | None = None,
) -> SettingVersion:
    """The next version of a setting with its row in the record; the caller holds the lock of what was changed."""
    versions = SettingVersion.objects.filter(county=county, kind=kind, subject=subject)
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = SettingVersion.objects.create(
        county=county,
        kind=kind,
        subject=subject,
        number=number,
        before=before,
        after=after,
        restores=restores,
        form_key=form_key,
        set_by=by,
        set_at=now,
    )
    changed = {name: [before.get(name), after.get(name)] for name in after if before.get(name) != after.get(name)}
    record(
        county.pk,
        "setting_changed",
        f"setting-{kind}-{subject}",
        now=now,
        actor=by,
        kind=str(kind),
        number=number,
        changed=changed,
    )
    return version


def open_centre(
    county: County, wanted: Mapping[str, Any], *, form_key: uuid.UUID, by: User, now: datetime
) -> tuple[Centre, SettingVersion]:
    """A new centre of the county. A second tap returns the first's."""
    with transaction.atomic():
        County.objects.select_for_update(no_key=True).get(pk=county.pk)
        if (done := find_done(form_key)) is not None:
            return Centre.objects.get(pk=done.subject), done
        centre = Centre(county=county, slug=_name_address(str(wanted["name"])), **wanted)
        _refuse_impossible(centre)
        centre.save(force_insert=True)
        after = Setting(SettingKind.CENTRE, county, centre).read()
        version = keep_version(
            county, SettingKind.CENTRE, centre.pk, before={}, after=after, form_key=form_key, by=by, now=now
        )
        return centre, version


def _name_address(name: str) -> str:
    """The word of a new centre in addresses: its name, with a number where that is taken."""
    for german, plain in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items():
        name = name.lower().replace(german, plain)
    word = slugify(name).removeprefix("impfzentrum-")[:40] or "zentrum"
    taken = set(Centre.objects.filter(slug__startswith=word).values_list("slug", flat=True))
    numbered = (f"{word}-{number}" for number in range(2, len(taken) + 3))
    return word if word not in taken else next(one for one in numbered if one not in taken)


def list_versions(county: County, kind: SettingKind, subject: int) -> list[SettingVersion]:
    """Every change of a setting, the newest first."""
    versions = SettingVersion.objects.filter(county=county, kind=kind, subject=subject)
    return list(versions.select_related("set_by").order_by("-number"))


def recall_values(setting: Setting, number: int) -> Values:
    """What stood in the setting after its change `number`; for 0, before the first. Raises SettingImpossible.

    The values are those of the fields of the row again, so that they can be saved.
    """
    versions = SettingVersion.objects.filter(county=setting.county, kind=setting.kind, subject=setting.row.pk)
    version = versions.filter(number=max(number, 1)).first()
    kept = None if version is None else version.after if number else version.before
    if not kept:
        raise SettingImpossible(why="")
    now = {name: getattr(setting.row, name) for name in setting.fields}
    return {name: _restore(setting.row, name, kept[name]) if name in kept else now[name] for name in setting.fields}


def _restore(row: Model, name: str, value: object) -> object:
    current = type(getattr(row, name))
    field = row._meta.get_field(name)
    if value is not None and (current is timedelta or field.get_internal_type() == "DurationField"):
        return timedelta(minutes=int(str(value)))
    return field.to_python(value)  # type: ignore[union-attr]
