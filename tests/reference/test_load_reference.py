"""Loading may be repeated, corrects facts, respects what is the county's, and refuses bad files by name and line."""

from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from impfzentrum.models import Campaign, Centre, County, Postcode, PriorityCriterion, PriorityOrder, SwitchRule, Vaccine
from impfzentrum.reference.loading import load_reference
from impfzentrum.reference.reading import ReferenceDataError
from impfzentrum.reference.storing import Tally
from tests.reference.conftest import Edit

pytestmark = pytest.mark.django_db

EVERYTHING = (PriorityCriterion, Vaccine, County, Centre, Postcode, Campaign, PriorityOrder, SwitchRule)


def test_a_second_load_changes_nothing() -> None:
    first = load_reference()
    rows = [list(model.objects.order_by("pk").values()) for model in EVERYTHING]
    second = load_reference()
    assert [list(model.objects.order_by("pk").values()) for model in EVERYTHING] == rows
    for kind, tally in second.items():
        assert tally == Tally(unchanged=first[kind].added), kind


def test_the_command_says_what_it_did() -> None:
    for expected in ("Kriterien       45 neu, 0 geändert, 0 unver", "Kriterien       0 neu, 0 geändert, 45 unver"):
        out = StringIO()
        call_command("load_reference", stdout=out)
        assert expected in out.getvalue()


@pytest.mark.usefixtures("loaded")
def test_a_corrected_row_is_updated(folder: Path, edit: Edit) -> None:
    before = PriorityCriterion.objects.get(code="erkr_asthma")
    line = 2 + list(PriorityCriterion.objects.values_list("code", flat=True)).index("erkr_asthma")
    edit("criteria.csv", line, "plain_de", "Ich habe schweres Asthma")
    edit("vaccines.csv", 2, "maker", "Pfizer")
    edit("postcodes.csv", 2, "place", "Arolsen")
    tallies = load_reference(folder)
    assert PriorityCriterion.objects.get(pk=before.pk).plain_de == "Ich habe schweres Asthma"
    assert Vaccine.objects.get(name="Comirnaty").maker == "Pfizer"
    assert Postcode.objects.get(code="34454").place == "Arolsen"
    assert sum(tallies.values(), Tally()).changed == 3


@pytest.mark.usefixtures("loaded")
def test_a_corrected_start_moves_the_row(folder: Path, edit: Edit) -> None:
    before = PriorityCriterion.objects.get(code="alter_80")
    edit("criteria.csv", 2, "valid_from", "2021-02-01")
    tallies = load_reference(folder)
    assert tallies["Kriterien"] == Tally(changed=1, unchanged=44)
    assert PriorityCriterion.objects.get(code="alter_80").pk == before.pk
    assert PriorityCriterion.objects.get(code="alter_80").valid_from == date(2021, 2, 1)


@pytest.mark.usefixtures("loaded")
def test_a_new_version_of_a_criterion_is_added(folder: Path, edit: Edit) -> None:
    lines = (folder / "criteria.csv").read_text(encoding="utf-8").splitlines()
    edit("criteria.csv", 2, "valid_until", "2021-03-07")
    with (folder / "criteria.csv").open("a", encoding="utf-8") as file:
        file.write(lines[1].replace("2021-02-08", "2021-03-08") + "\n")
    assert load_reference(folder)["Kriterien"] == Tally(added=1, changed=1, unchanged=44)


@pytest.mark.usefixtures("loaded")
def test_a_row_that_no_file_has_stays_and_is_named(folder: Path) -> None:
    path = folder / "vaccine_rules.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    tally = load_reference(folder)["Impfregeln"]
    assert tally == Tally(unchanged=10, unknown=1)
    assert "1 in keiner Datei (bleiben)" in str(tally)


@pytest.mark.usefixtures("loaded")
def test_what_a_county_has_set_survives() -> None:
    County.objects.filter(ags="06635").update(name="Kreis W-F", hotline="05631 954-0", sms_sender="KreisWF")
    Centre.objects.filter(slug="korbach").update(slug="hauer", street="Auf der Hauer 1", closes_at=time(22))
    Campaign.objects.filter(county__ags="06635").update(rules_as_of=None, name="Auffrischung")
    PriorityOrder.objects.filter(campaign__county__ags="06635", group=2).delete()
    Vaccine.objects.filter(name="Comirnaty").update(leaflet_url="https://example.org/bogen.pdf")
    tallies = load_reference()
    assert sum(tallies.values(), Tally()).added == sum(tallies.values(), Tally()).changed == 0
    county = County.objects.get(ags="06635")
    assert (county.name, county.hotline, county.sms_sender) == ("Kreis W-F", "05631 954-0", "KreisWF")
    centre = county.centres.get()
    assert (centre.slug, centre.street, centre.closes_at) == ("hauer", "Auf der Hauer 1", time(22))
    campaign = county.campaigns.get()
    assert (campaign.name, campaign.rules_as_of) == ("Auffrischung", None)
    assert set(campaign.orders.values_list("group", flat=True)) == {1, 3, None}
    assert Vaccine.objects.get(name="Comirnaty").leaflet_url == "https://example.org/bogen.pdf"


@pytest.mark.parametrize(
    ("file", "line", "column", "content", "problem"),
    [
        ("criteria.csv", 3, "group", "9", "group"),
        ("criteria.csv", 3, "group", "eins", "eine ganze Zahl"),
        ("criteria.csv", 4, "valid_from", "08.02.2021", "ein Datum"),
        ("criteria.csv", 4, "valid_until", "2020-01-01", "liegt vor"),
        ("criteria.csv", 5, "theme", "garden", "theme"),
        ("criteria.csv", 6, "proof", "", "proof fehlt"),
        ("criteria.csv", 7, "rule_set", "other", "unbekannt"),
        ("criteria.csv", 7, "code", "alter_80", "gilt am 2021-02-08 schon nach Zeile 2"),
        ("vaccine_rules.csv", 2, "vaccine", "Sputnik", "unbekannt"),
        ("vaccine_rules.csv", 2, "evidence", "X", "evidence"),
        ("vaccine_rules.csv", 3, "valid_from", "2021-03-07", "schon nach Zeile 2"),
        ("postcodes.csv", 2, "code", "99999", "keine Koordinaten"),
        ("postcodes.csv", 2, "county", "01001", "unbekannt"),
        ("postcodes.csv", 3, "code", "34454", "schon in Zeile 2"),
        ("counties.csv", 2, "ags", "6635", "ags"),
        ("centres.csv", 2, "opens_at", "acht", "eine Uhrzeit"),
        ("centres.csv", 2, "opens_at", "21:00", "centre_opens_before_closing"),
        ("campaigns.csv", 2, "state", "asleep", "state"),
        ("orders.csv", 2, "group", "7", "group"),
        ("orders.csv", 2, "evidence", "", "F oder K"),
    ],
)
def test_a_bad_cell_names_file_and_line(
    folder: Path, edit: Edit, file: str, line: int, column: str, content: str, problem: str
) -> None:
    edit(file, line, column, content)
    with pytest.raises(ReferenceDataError) as refused:
        load_reference(folder)
    assert (refused.value.file, refused.value.line) == (file, line)
    assert problem in str(refused.value)
    assert not County.objects.exists(), "all or nothing"


def test_a_wrong_header_and_a_short_line_are_refused(folder: Path) -> None:
    path = folder / "vaccines.csv"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("maker", "producer"), encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"vaccines\.csv, Zeile 1: die Spalten"):
        load_reference(folder)
    path.write_text(good + "Sputnik,V\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=r"vaccines\.csv, Zeile 7: 2 statt 6 Spalten"):
        load_reference(folder)
