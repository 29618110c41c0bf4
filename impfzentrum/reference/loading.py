"""Loading all of it, in the order in which one file needs another."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from impfzentrum.reference.beginnings import start_campaigns, start_centres, start_counties
from impfzentrum.reference.places import load_postcodes
from impfzentrum.reference.rules import (
    load_criteria,
    load_rule_sets,
    load_switch_rules,
    load_vaccine_rules,
    load_vaccines,
)
from impfzentrum.reference.storing import Tally

DATA = Path(__file__).parent / "data"


def load_reference(folder: Path = DATA) -> dict[str, Tally]:
    """Bring the reference files into the database; what happened, by the German name of the kind.

    All or nothing. A second run changes nothing. Raises ReferenceDataError, naming file and line.
    """
    with transaction.atomic():
        return {
            "Regelwerke": load_rule_sets(folder),
            "Kriterien": load_criteria(folder),
            "Impfstoffe": load_vaccines(folder),
            "Impfregeln": load_vaccine_rules(folder),
            "Kreuzimpfungen": load_switch_rules(folder),
            "Landkreise": start_counties(folder),
            "Postleitzahlen": load_postcodes(folder),
            "Impfzentren": start_centres(folder),
            "Impfaktionen": start_campaigns(folder),
        }
