"""Changing a text of a county: saying it in other words, going back, and what has been said so far."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max, prefetch_related_objects

from impfzentrum.models import County, MessageText, Vaccine
from impfzentrum.models.text import pick_in_force
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.phrasing import builtin_wording
from impfzentrum.procedures.writing import link_address
from impfzentrum.rules.linting import Wording, find_faults
from impfzentrum.rules.text_kinds import TextKey, list_replaceable
from impfzentrum.text_refusals import NoPlan, TextChangedMeanwhile, TextFault, TextRefused

_BACK = Wording("", "")


@dataclass(frozen=True, slots=True)
class TextState:
    """How one text of a county stands. `number` is that of its last version, 0 without one.

    `own` is the version in force, None where the built-in text is; `plan` the one that comes next; `faults` what the
    linter says of the text in force today, after an address or a list of words has changed.
    """

    key: TextKey
    own: MessageText | None
    plan: MessageText | None
    number: int
    faults: tuple[TextFault, ...]

    @property
    def wording(self) -> Wording:
        """What is sent now."""
        return self.own.wording if self.own is not None else builtin_wording(self.key)

    @property
    def next_wording(self) -> Wording:
        """What will be sent once nothing is planned any more: what an admin goes on writing from."""
        if self.plan is None:
            return self.wording
        return builtin_wording(self.key) if self.plan.built_in else self.plan.wording


def list_texts(county: County, *, now: datetime) -> list[TextState]:
    """Every text that the county may replace, in the order of the pages; the number of queries is fixed."""
    versions = MessageText.objects.read_not_over(now, counties=[county.pk])
    vaccines = _list_vaccines()
    return [
        _tell_state(key, [version for version in versions if version.key == key], vaccines, now=now)
        for key in list_replaceable()
    ]


def find_text(county: County, key: TextKey, *, now: datetime) -> TextState:
    """How this text stands."""
    occasions, channels = [key.occasion], [key.channel]
    read = MessageText.objects.read_not_over(now, counties=[county.pk], occasions=occasions, channels=channels)
    versions = [version for version in read if version.key == key]
    prefetch_related_objects(versions, "set_by")
    return _tell_state(key, versions, _list_vaccines(), now=now)


def _tell_state(key: TextKey, versions: list[MessageText], vaccines: list[str], *, now: datetime) -> TextState:
    in_force = pick_in_force(versions, now)
    last = max(versions, key=lambda version: version.number, default=None)
    own = None if in_force is None or in_force.built_in else in_force
    faults = _find_faults(own.wording, key, vaccines) if own is not None else []
    return TextState(
        key=key,
        own=own,
        plan=last if last is not in_force else None,
        number=last.number if last is not None else 0,
        faults=tuple(faults),
    )


def list_versions(county: County, key: TextKey) -> list[MessageText]:
    """Every version of a text, the newest first."""
    return list(MessageText.objects.filter(county=county).of(key).select_related("set_by").order_by("-number"))


def lint_text(wording: Wording, key: TextKey) -> list[TextFault]:
    """What is wrong with these words, as the links look here and with the vaccines that there are."""
    return _find_faults(wording, key, _list_vaccines())


def _find_faults(wording: Wording, key: TextKey, vaccines: Iterable[str]) -> list[TextFault]:
    return find_faults(wording, key, address=link_address(key.channel), vaccines=tuple(vaccines))


def _list_vaccines() -> list[str]:
    return list(Vaccine.objects.order_by("name").values_list("name", flat=True))


def replace_text(
    county: County, key: TextKey, wording: Wording, *, begins: datetime | None, stand: int, by: User, now: datetime
) -> MessageText:
    """Say it in these words from `begins` on, or from now; a plan made before is dropped.

    `stand` is the number of the version that the author saw. Raises TextRefused with every fault, TextChangedMeanwhile
    when somebody saved a version since, also by a second tap.
    """
    if faults := lint_text(wording, key):
        raise TextRefused(faults)
    valid_from = max(begins or now, now)
    return _add_version(county, key, wording, "text_replaced", valid_from=valid_from, stand=stand, by=by, now=now)


def restore_builtin(county: County, key: TextKey, *, stand: int, by: User, now: datetime) -> MessageText:
    """Back to the built-in text from now on; what was planned is dropped. Raises TextChangedMeanwhile."""
    return _add_version(county, key, _BACK, "text_restored", valid_from=now, stand=stand, by=by, now=now)


def drop_plan(county: County, key: TextKey, *, stand: int, by: User, now: datetime) -> MessageText:
    """Leave it at what is in force. Raises NoPlan when nothing is planned any more, TextChangedMeanwhile."""
    state = find_text(county, key, now=now)
    if state.plan is None:
        raise NoPlan
    kept = state.own.wording if state.own is not None else _BACK
    return _add_version(county, key, kept, "text_plan_dropped", valid_from=now, stand=stand, by=by, now=now)


def _add_version(
    county: County,
    key: TextKey,
    wording: Wording,
    action: str,
    *,
    valid_from: datetime,
    stand: int,
    by: User,
    now: datetime,
) -> MessageText:
    """The next version, with its row in the record. Its number is the lock: of two at once the database refuses one."""
    try:
        with transaction.atomic():
            version = MessageText(
                county=county,
                occasion=key.occasion,
                channel=key.channel,
                language=key.language,
                number=stand + 1,
                subject=wording.subject,
                body=wording.body,
                valid_from=valid_from,
                set_by=by,
                set_at=now,
            )
            _refuse_other_stand(version, stand)
            version.save(force_insert=True)
            _note(version, action)
    except IntegrityError as clash:
        if "text_number_once" not in str(clash):
            raise
        raise TextChangedMeanwhile from clash
    return version


def _refuse_other_stand(version: MessageText, stand: int) -> None:
    versions = MessageText.objects.filter(county=version.county).of(version.key)
    if (versions.aggregate(last=Max("number"))["last"] or 0) != stand:
        raise TextChangedMeanwhile


def _note(version: MessageText, action: str) -> None:
    """The record keeps a digest, not the words: they stand in the version, which nobody can change."""
    words = f"{version.subject}\n{version.body}"
    record(
        version.county_id,
        action,
        version.key,
        now=version.set_at,
        actor=version.set_by,
        number=version.number,
        valid_from=version.valid_from.isoformat(),
        digest=hashlib.sha256(words.encode()).hexdigest(),
    )
