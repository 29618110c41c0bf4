"""Bringing a file: the upload, the preview with its faults, the choice of columns, the decision."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from impfzentrum.models import Booking, BookingImport
from impfzentrum.procedures.importing import work_on
from tests.conftest import World
from tests.factories import NOON
from tests.tables import ugly
from tests.views.staff import find_version, log_in

pytestmark = pytest.mark.usefixtures("saturday_noon")
PAGE = "/zentrum/korbach/termine/einlesen/"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def upload(client: Client, content: bytes, **changes: object) -> str:
    """Send a file; the address of its page."""
    file = SimpleUploadedFile("termine.csv", content)
    values = {"file": file, "day": "2021-04-24", "form_key": str(uuid.uuid4()), **changes}
    response = client.post(PAGE, values)
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def let_a_worker_do_it() -> None:
    for work in BookingImport.objects.filter(state__in=["waiting", "confirmed"]):
        work_on(work.pk, now=NOON)


def test_from_the_upload_to_the_rows(world: World, client: Client) -> None:
    address = upload(client, ugly.windows_1252())
    waiting = client.get(address).content.decode()
    assert "Die Datei wird gelesen" in waiting
    assert f'hx-get="{address}"' in waiting
    let_a_worker_do_it()
    preview = client.get(address).content.decode()
    assert "2 Zeilen gut, 5 mit Fehlern" in preview
    assert "hx-get" not in preview.split('id="now"')[1]
    for sentence in [
        "„25:00“ ist keine Uhrzeit.",
        "Bei „04/24/2021“ ist nicht klar",
        "Die Nummer „KB-1001“ steht schon in Zeile 2.",
        "Hier steht nichts.",
        "Den Impfstoff „Wundermittel“ kennen wir nicht.",
    ]:
        assert sentence in preview
    assert "Zeile 5, Uhrzeit" in " ".join(preview.split())
    assert "Müller; geb. Straßer, Jörg" in preview
    client.post(address, {"action": "take_good", "good": "2"})
    assert "Die Termine werden übernommen" in client.get(address).content.decode()
    let_a_worker_do_it()
    assert Booking.objects.count() == 2
    done = client.get(address).content.decode()
    assert "Die Termine sind übernommen" in done
    assert "Müller" not in done


def test_a_poll_brings_only_what_is_new(world: World, client: Client) -> None:
    address = upload(client, ugly.windows_1252())
    version = find_version(client.get(address).content.decode())
    again = {"HX-Request": "true"}
    assert client.get(f"{address}?stand={version}", headers=again).status_code == 204
    let_a_worker_do_it()
    moved = client.get(f"{address}?stand={version}", headers=again)
    assert "2 Zeilen gut" in moved.content.decode()
    assert "<html" not in moved.content.decode()


def test_thrown_away_nothing_is_taken_in(world: World, client: Client) -> None:
    address = upload(client, ugly.windows_1252())
    let_a_worker_do_it()
    page = client.post(address, {"action": "discard"}, follow=True).content.decode()
    assert "verworfen" in page
    assert not Booking.objects.exists()
    page = client.post(address, {"action": "take_good", "good": "2"}, follow=True).content.decode()
    assert "schon übernommen oder verworfen" in page


@pytest.mark.parametrize("values", [{"action": "take", "good": "2"}, {"action": "take_good", "good": "7"}, {}])
def test_without_a_clear_word_nothing_is_taken_in(world: World, client: Client, values: dict[str, str]) -> None:
    address = upload(client, ugly.windows_1252())
    let_a_worker_do_it()
    client.post(address, values)
    assert BookingImport.objects.get().state == "read"


def test_other_columns_can_be_chosen(world: World, client: Client) -> None:
    address = upload(client, b"Lfd;Code;Wann;Mittel\r\n1;X-1;14:00;Comirnaty\r\n")
    let_a_worker_do_it()
    page = client.get(address).content.decode()
    assert "Bitte wählen Sie unten zuerst die Spalten." in page
    assert "Wann (14:00)" in page
    wrong = client.post(address, {"action": "columns", "column-reference": "1", "column-clock": "1"})
    assert wrong.status_code == 422
    assert "schon für etwas anderes gewählt" in wrong.content.decode()
    chosen = {"column-reference": "1", "column-clock": "2", "column-vaccine": "3"}
    client.post(address, {"action": "columns", **chosen})
    let_a_worker_do_it()
    assert "1 Zeile gut" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7", "Das ist keine Tabelle."), (b"\xd0\xcf\x11\xe0" * 9, "alten Excel"), (b"a\n", "keine Spalten")],
)
def test_a_file_that_cannot_be_read_says_why(world: World, client: Client, content: bytes, sentence: str) -> None:
    address = upload(client, content)
    let_a_worker_do_it()
    page = client.get(address).content.decode()
    assert sentence in page
    assert "Es wurde nichts übernommen." in page


def test_what_is_no_upload_is_told_beside_its_field(world: World, client: Client) -> None:
    form = client.get(PAGE).content.decode()
    assert 'enctype="multipart/form-data"' in form
    assert "heute (Sa, 24.04.2021)" in form
    page = client.post(PAGE, {"day": "2021-04-24", "form_key": str(uuid.uuid4())})
    assert (page.status_code, "Bitte wählen Sie eine Datei." in page.content.decode()) == (422, True)
    values = {"file": SimpleUploadedFile("x.csv", b"x" * 5_000_001), "day": "2021-04-24"}
    page = client.post(PAGE, {**values, "form_key": str(uuid.uuid4())})
    assert "größer als 5 MB" in page.content.decode()
    assert not BookingImport.objects.exists()


def test_a_second_tap_is_the_same_file(world: World, client: Client) -> None:
    key = str(uuid.uuid4())
    first = upload(client, b"a;b", form_key=key)
    assert upload(client, b"a;b", form_key=key) == first
    assert BookingImport.objects.count() == 1


def test_what_a_cell_says_is_text_on_the_page(world: World, client: Client) -> None:
    address = upload(client, b"Nummer;Uhrzeit;Impfstoff\r\nA;<script>1</script>;<b>x</b>\r\n")
    let_a_worker_do_it()
    page = client.get(address).content.decode()
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script>1|<b>x", page)
