"""Settings in words: what a value says, what changed, and what a change will do and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impfzentrum.models import Dose, SettingVersion
from impfzentrum.procedures.budgeting import read_budgets
from impfzentrum.procedures.listing import view_list
from impfzentrum.procedures.setting_up import FIELDS, Setting, Values, make_plain
from impfzentrum.states import CampaignState, DoseState, ListState
from impfzentrum.vocabulary import OrderPolicy, SettingKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A version in words."""

    version: SettingVersion
    differences: list[Difference]


def tell_value(field: models.Field[object, object], value: object) -> str:
    """A plain value as people read it."""
    if value is None or value == "":
        return _("leer")
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DurationField):
        return ngettext("{n} Minute", "{n} Minuten", int(str(value))).format(n=value)
    return number_format(value, force_grouping=True) if isinstance(value, int) else str(value)


def list_values(setting: Setting) -> list[tuple[str, str]]:
    """Every field of the setting with what stands in it."""
    values = setting.read()
    return [(_label(setting, name), tell_value(_field(setting, name), values[name])) for name in setting.fields]


def list_differences(setting: Setting, before: Values, after: Values) -> list[Difference]:
    """What the one says otherwise than the other."""
    return [
        Difference(
            _label(setting, name),
            tell_value(_field(setting, name), before.get(name)),
            tell_value(_field(setting, name), after.get(name)),
        )
        for name in FIELDS[setting.kind]
        if before.get(name) != after.get(name)
    ]


def tell_versions(setting: Setting, versions: list[SettingVersion]) -> list[Change]:
    return [Change(one, list_differences(setting, one.before, one.after)) for one in versions]


def _field(setting: Setting, name: str) -> models.Field[object, object]:
    field = setting.row._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101  # settings hold no relations
    return field


def _label(setting: Setting, name: str) -> str:
    label = str(_field(setting, name).verbose_name)
    return label[:1].upper() + label[1:]


def foretell(setting: Setting, wanted: Mapping[str, object], *, now: datetime) -> list[str]:
    """What saving these values will do, in plain sentences; none where it does what it says."""
    before = setting.read()
    after = {name: make_plain(wanted[name]) for name in setting.fields}
    changed = {name for name in setting.fields if before[name] != after[name]}
    tell = {
        SettingKind.LIST: _foretell_list,
        SettingKind.ASKING: _foretell_asking,
        SettingKind.SENDING: _foretell_sending,
        SettingKind.CENTRE: _foretell_centre,
        SettingKind.CAMPAIGN: _foretell_campaign,
    }.get(setting.kind)
    return [] if tell is None else list(tell(setting, after, changed, now))


Sentences = Iterator[str]


def _foretell_list(setting: Setting, after: Values, changed: set[str], now: datetime) -> Sentences:
    people = view_list(setting.county, now=now).people
    on_list = ngettext(
        "Die {n} Person auf der Liste behält ihren Platz.",
        "Die {n} Personen auf der Liste behalten ihren Platz.",
        people,
    ).format(n=number_format(people, force_grouping=True))
    if "list_state" in changed and after["list_state"] == ListState.OPEN:
        yield _("Ab sofort können sich Menschen eintragen. Wer darum gebeten hat, bekommt eine Nachricht.")
    elif "list_state" in changed:
        yield _("Ab sofort nimmt die Liste niemanden mehr auf.") + (" " + on_list if people else "")
    cap = after["list_cap"]
    if "list_cap" in changed and cap is not None:
        values = {name: number_format(value, force_grouping=True) for name, value in (("people", people), ("cap", cap))}
        if people >= cap:
            yield _(
                "Auf der Liste stehen {people} Personen, die Höchstzahl ist {cap}: Ab sofort wird niemand aufgenommen, "
                "bis wieder Plätze frei sind. Niemand verliert den Platz."
            ).format(**values)
        else:
            yield _("Auf der Liste stehen {people} von dann höchstens {cap} Personen.").format(**values)
    if "residents_only" in changed:
        yield (
            _(
                "Ab sofort können sich nur noch Menschen eintragen, die im Landkreis wohnen. "
                "Wer schon auf der Liste steht, bleibt."
            )
            if after["residents_only"]
            else _("Ab sofort können sich auch Menschen eintragen, die anderswo wohnen.")
        )


def _foretell_asking(setting: Setting, after: Values, changed: set[str], now: datetime) -> Sentences:
    if "order_policy" in changed:
        yield (
            _("Ab morgen 0 Uhr wird jeden Tag neu gelost. Heute bleibt die Reihenfolge, wie sie ist.")
            if after["order_policy"] == OrderPolicy.DRAW
            else _(
                "Ab morgen 0 Uhr wird in der Reihenfolge der Anmeldung gefragt. "
                "Heute bleibt die Reihenfolge, wie sie ist."
            )
        )
    if "offer_validity" in changed:
        yield _("Gilt für Angebote, die ab jetzt verschickt werden. Wer schon gefragt ist, behält seine Frist.")
    if changed & {"cap_per_day", "cap_per_week", "cool_down", "unanswered_limit"}:
        yield _("Die Grenzen für eine Person gelten ab dem nächsten Angebot.")
    if "widens" in changed:
        yield (
            _("Ab sofort werden mehr Menschen gefragt, als Dosen da sind, sobald sonst Dosen verfallen würden.")
            if after["widens"]
            else _("Ab sofort wird für jede Dosis nur eine Person gefragt. Es können mehr Dosen verfallen.")
        )


def _foretell_sending(setting: Setting, after: Values, changed: set[str], now: datetime) -> Sentences:
    if "sms_sender" in changed:
        yield _("Ab der nächsten SMS steht „{sender}“ als Absender.").format(sender=after["sms_sender"])
        if not str(after["sms_sender"]).lstrip("+").isdigit():
            yield _("Auf einen Namen kann niemand antworten; JA und NEIN per SMS brauchen eine Nummer.")
    if changed & {"quiet_from", "quiet_until"}:
        if after["quiet_from"] is None:
            yield _("Ab sofort gibt es keine Ruhezeit: Nachrichten gehen auch nachts hinaus.")
        else:
            yield _("Ab sofort gehen von {start} bis {end} Uhr keine Angebote hinaus.").format(
                start=after["quiet_from"], end=after["quiet_until"]
            )
    if "sms_per_day" in changed:
        yield _foretell_budget(setting, after["sms_per_day"], now)
    if "sms_abroad" in changed and not after["sms_abroad"]:
        yield _("Menschen mit ausländischer Nummer bekommen ab sofort nur noch E-Mails.")


def _foretell_budget(setting: Setting, limit: int | None, now: datetime) -> str:
    if limit is None:
        return _("Ab sofort gibt es keine Grenze für die Zahl der SMS.")
    known = read_budgets(now=now, county=setting.county).get(setting.county.pk)
    words = {"limit": number_format(limit, force_grouping=True)}
    if known is None:
        return _("Ab sofort gehen höchstens {limit} SMS am Tag hinaus.").format(**words)
    words["used"] = number_format(known.used, force_grouping=True)
    if known.used >= limit:
        return _("Heute sind schon {used} SMS verschickt: Mit {limit} geht heute keine mehr hinaus.").format(**words)
    return _("Ab sofort gehen höchstens {limit} SMS am Tag hinaus. Heute sind es bisher {used}.").format(**words)


def _foretell_centre(setting: Setting, after: Values, changed: set[str], now: datetime) -> Sentences:
    if changed & {"opens_at", "closes_at"}:
        yield _("Die neuen Zeiten gelten für Freigaben ab jetzt. Was zugesagt ist, bleibt zugesagt.")
    if changed & {"name", "street", "postcode", "town"}:
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        promised = Dose.objects.filter(
            release__centre=setting.row.pk, state=DoseState.CONFIRMED, release__use_by__gte=midnight
        ).count()
        yield _("Neue Nachrichten nennen ab sofort die neue Anschrift.")
        if promised:
            yield ngettext(
                "{n} Person hat schon eine Zusage mit der alten Anschrift.",
                "{n} Personen haben schon eine Zusage mit der alten Anschrift.",
                promised,
            ).format(n=promised)


def _foretell_campaign(setting: Setting, after: Values, changed: set[str], now: datetime) -> Sentences:
    if "state" not in changed:
        return
    if after["state"] == CampaignState.RUNNING:
        yield _("Ab sofort läuft die Impfaktion: Die Liste nimmt Menschen auf, und Impfzentren können Dosen freigeben.")
    else:
        yield _("Ab sofort können keine Dosen mehr freigegeben werden, und die Liste nimmt niemanden mehr auf.")
