"""Every text that we send: it renders, it fits, and it tells a lock screen nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from impfzentrum.gateways.letters import Letter
from impfzentrum.models import County, Message, MessageTemplate, Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.proving import start_proof
from impfzentrum.procedures.writing import write_letter
from impfzentrum.rules.sms import count_parts, is_gsm7
from impfzentrum.vocabulary import WRITTEN, Channel, Language
from tests import factories
from tests.conftest import World
from tests.factories import NOON

ONLY_BY_EMAIL = [MessageTemplate.READY_TODAY]
TO_WATCHERS = [MessageTemplate.OPENING_PROOF, MessageTemplate.LIST_OPEN]  # tests/procedures/test_watching_openings.py
BY_SMS = [template for template in MessageTemplate if template not in [*ONLY_BY_EMAIL, *TO_WATCHERS]]
BY_EMAIL = [one for one in MessageTemplate if one not in [MessageTemplate.REPLY, *TO_WATCHERS]]
EVERY_TEXT = [(one, Channel.EMAIL) for one in BY_EMAIL] + [(one, Channel.SMS) for one in BY_SMS]
SAID = {
    Language.GERMAN: {"offer": "noch kein Termin", "by": "bis ", "bring": "Mitbringen: Ausweis"},
    Language.ENGLISH: {"offer": "not yet an appointment", "by": "answer by ", "bring": "Please bring: Photo ID"},
    Language.TURKISH: {"offer": "henüz randevu", "by": "son saat ", "bring": "Getirilecekler: Kimlik"},
    Language.ARABIC: {"offer": "ليس موعدا بعد", "by": "حتى ", "bring": "يرجى إحضار: بطاقة الهوية"},
    Language.RUSSIAN: {"offer": "ещё не запись", "by": "до ", "bring": "Взять с собой: Удостоверение личности"},
    Language.UKRAINIAN: {"offer": "ще не запис", "by": "до ", "bring": "Взяти з собою: Посвідчення особи"},
}
GERMAN = re.compile(r"[äßÄ]|\b(?:Uhr|Sie|Ihre?|heute|bitte)\b")
PUBLIC_URL = "https://impfliste.kreis-waldeck-frankenb.de"[:40]


@pytest.fixture(params=Language)
def accepted(world: World, settings: Settings, request: pytest.FixtureRequest) -> Offer:
    """Somebody with both contacts and an appointment, under an address of 40 letters; once in every language."""
    settings.PUBLIC_URL = PUBLIC_URL
    world.entry(email="erika.muster@example.org", given_name="Erika", family_name="Mustermann", language=request.param)
    [offer] = factories.ask(world.release())
    accept_offer(offer, now=NOON)
    return Offer.objects.select_related("entry", "dose", "release__centre__county").get()


def said(offer: Offer, what: str) -> str:
    """The words for it in the person's language."""
    return SAID[Language(offer.entry.language)][what]


def write(offer: Offer, template: MessageTemplate, channel: Channel) -> Letter:
    entry = offer.entry
    proof = start_proof(entry, channel, now=NOON) if template == MessageTemplate.CONTACT_PROOF else None
    about = offer if template in ("offer", "place_and_time", "times_changed", "cancelled") else None
    message = Message(
        entry=entry,
        offer=about,
        proof=proof,
        template=template,
        channel=channel,
        expires_at=NOON + timedelta(hours=1),
    )
    return write_letter(message, now=NOON)


def test_every_text_is_written_out_whole(accepted: Offer) -> None:
    for template, channel in EVERY_TEXT:
        letter = write(accepted, template, channel)
        assert letter.to == accepted.entry.address(channel)
        assert letter.text == letter.text.strip() != ""
        assert "{" not in letter.text
        assert "None" not in letter.text
        assert (letter.subject != "") == (channel == Channel.EMAIL), template
        assert "\n" not in letter.subject


def count_all_parts(offer: Offer) -> dict[str, int]:
    texts = {template.value: write(offer, template, Channel.SMS).text for template in BY_SMS}
    foreign = {letter for text in texts.values() for letter in text if not is_gsm7(letter)}
    assert foreign == set(), "one letter outside GSM-7 makes every SMS twice as dear"
    return {template: count_parts(text) for template, text in texts.items() if count_parts(text) > 1}


@pytest.mark.parametrize("accepted", [Language.GERMAN, Language.ENGLISH], indirect=True)
def test_every_sms_is_one_part_only_place_and_time_may_have_two(accepted: Offer) -> None:
    assert count_all_parts(accepted) in ({}, {"place_and_time": 2})


@pytest.mark.parametrize("accepted", [Language.GERMAN, Language.ENGLISH], indirect=True)
def test_the_longest_names_of_counties_and_centres_fit_too(accepted: Offer) -> None:
    centre = accepted.release.centre
    centre.county.name = "Landkreis Neustadt an der Aisch-Bad Windsheim"
    centre.name, centre.street = "Impfzentrum Gießen-Friedberg in der Stadthalle", "Otto-von-Bismarck-Straße 127"
    accepted.entry.centre = centre
    assert count_all_parts(accepted) == {"place_and_time": 2}


def test_no_text_names_person_vaccine_group_or_birth_date(accepted: Offer) -> None:
    """An SMS lies open on a lock screen, and a mail travels like a postcard."""
    entry = accepted.entry
    private = [entry.given_name, entry.family_name, "Comirnaty", "BioNTech", "alter_70", "1950", "04.01."]
    private += ["Gruppe", "group"]
    for template, channel in EVERY_TEXT:
        letter = write(accepted, template, channel)
        assert [word for word in private if word in letter.subject + letter.text] == [], (template, channel)


def test_an_offer_says_that_it_is_none_yet_and_until_when(accepted: Offer) -> None:
    accepted.answer_by = None
    for channel in WRITTEN:
        letter = write(accepted, MessageTemplate.OFFER, channel)
        assert said(accepted, "offer") in letter.subject + letter.text
        assert "12:15" in letter.text
        assert f"{PUBLIC_URL}/a/{accepted.token}/" in letter.text
        assert "Südring" not in letter.text, "the place is told after the yes"


def test_the_told_end_is_never_later_than_the_real_one(accepted: Offer) -> None:
    accepted.answer_by = None
    message = Message(
        entry=accepted.entry,
        offer=accepted,
        template=MessageTemplate.OFFER,
        channel=Channel.SMS,
        expires_at=NOON + timedelta(hours=5),
    )
    for second in (0, 1, 29, 59):
        written = NOON + timedelta(seconds=second)
        hour, minute = write_letter(message, now=written).text.split(said(accepted, "by"))[1][:5].split(":")
        real = timezone.localtime(accepted.end_after(written + timedelta(seconds=2)))
        assert real.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0) <= real


def test_after_the_yes_place_time_code_proof_and_a_way_back_are_told(accepted: Offer) -> None:
    assert accepted.dose is not None
    letter = write(accepted, MessageTemplate.PLACE_AND_TIME, Channel.EMAIL)
    for part in ("Impfzentrum Korbach, Südring 2, 34497 Korbach", "12:30", "17:45", accepted.dose.check_in_code):
        assert part in letter.text
    assert said(accepted, "bring") in letter.text
    assert f"/a/{accepted.token}/storno/" in letter.text
    [calendar] = letter.attachments
    assert calendar.name == "termin.ics"
    content = calendar.content.decode()
    assert "DTSTART:20210424T103000Z" in content
    assert "Comirnaty" not in content
    assert "Mustermann" not in content


def test_who_waits_without_a_criterion_is_told_to_bring_a_passport(accepted: Offer) -> None:
    accepted.entry.criterion = None
    assert f"{said(accepted, 'bring')}\n" in write(accepted, MessageTemplate.PLACE_AND_TIME, Channel.EMAIL).text


def test_the_sender_is_the_countys(accepted: Offer) -> None:
    assert write(accepted, MessageTemplate.WELCOME, Channel.SMS).sender == County.objects.get().sms_sender


def test_a_person_gets_their_language_whatever_the_worker_speaks(accepted: Offer) -> None:
    centre, spoken = accepted.release.centre, accepted.entry.language
    german, english = spoken == Language.GERMAN, spoken == Language.ENGLISH
    for template, channel in EVERY_TEXT:
        with translation.override("en" if german else "de"):
            letter = write(accepted, template, channel)
        text = (letter.subject + letter.text).replace(centre.street, "")
        assert bool(GERMAN.search(text)) is german, (template, text)
        for calendar in letter.attachments:
            assert (b"Appointment at" in calendar.content) is english
