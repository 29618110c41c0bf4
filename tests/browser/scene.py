"""A county on a busy afternoon: one page of every kind that citizens can meet, by name."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from impfzentrum.forms.correcting import PARTS
from impfzentrum.forms.guided import STEPS, GuidedSignUp
from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    GroupFigures,
    Message,
    MessageTemplate,
    Offer,
    OpeningWatch,
    SignUpDraft,
    StandbyEntry,
    Vaccine,
)
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.drafting import Answers, keep_answers
from impfzentrum.procedures.figuring import refresh_figures
from impfzentrum.procedures.mailing import unsubscribe_link
from impfzentrum.procedures.proving import start_proof
from impfzentrum.procedures.registering import FASTEST, register_draft
from impfzentrum.procedures.unsubscribing import stop_email
from impfzentrum.reference.loading import load_reference
from impfzentrum.rules.availability import Part, bit_of, bits_of_day
from impfzentrum.states import EntryState, MessageState, OfferState
from impfzentrum.vocabulary import Channel, EmailOff
from tests import factories
from tests.views.signing_up import fill_draft


class Scene:
    """Builds its rows on the real reference data, at the real time: the pages are shown by a running server."""

    def __init__(self) -> None:
        load_reference()
        self.county = County.objects.get(slug="waldeck-frankenberg")
        County.objects.filter(pk=self.county.pk).update(hotline="05631 00 00 00", email="impfliste@example.org")
        self.centre: Centre = self.county.centres.get()
        self.campaign: Campaign = self.county.campaigns.get()
        self.vaccine = Vaccine.objects.get(name="Comirnaty")
        self.staff: User = factories.make_staff(self.centre)
        self.now = timezone.now()

    def entry(self, **values: object) -> StandbyEntry:
        kita = self.campaign.rule_set.criteria.get(code="kita_grundschule")
        born = date(1986, 3, 9)
        defaults = {"criterion": kita, "birth_date": born, "travel_minutes": 25, "given_name": "Erika"}
        return factories.make_entry(self.centre, self.campaign, self.vaccine, **{**defaults, **values})

    def offers(self, count: int) -> list[Offer]:
        """So many people, each with an open offer of one release."""
        for _one in range(count):
            self.entry()
        release = factories.make_release(
            self.centre, self.campaign, self.vaccine, self.staff, doses=count, now=self.now
        )
        return factories.ask(release, now=self.now)

    def pages(self) -> dict[str, str]:
        """Name and path of every page, each in a state of its own."""
        return {**self._public(), **self._offers(), **self._entries()}

    def _public(self) -> dict[str, str]:
        county = {"county": self.county.slug}
        return {
            "home": reverse("citizen:home"),
            "county": reverse("citizen:county", kwargs=county),
            "sign-up": reverse("citizen:sign_up", kwargs=county),
            **self._sign_up(),
            "link-sent": reverse("citizen:link_sent", kwargs=county),
            "lost-link": reverse("citizen:lost_link"),
            "lost-link-sent": reverse("citizen:lost_link_sent"),
            "choosing": reverse("citizen:choosing", kwargs=county),
            "easy": reverse("citizen:easy", kwargs=county),
            "feedback": reverse("citizen:feedback", kwargs=county),
            "feedback-given": reverse("citizen:feedback_given", kwargs=county),
            **self._paused(),
            "privacy": reverse("citizen:privacy"),
            "imprint": reverse("citizen:imprint"),
            "accessibility": reverse("citizen:accessibility"),
            "not-found": "/gibt/es/nicht/",
            "link-unknown": reverse("offer:answer", args=["abcdefghijklmnopqrstuv"]),
            "postfach": reverse("postfach"),
        }

    def _sign_up(self) -> dict[str, str]:
        """Every page of the guided sign-up, and its ends."""
        there = Campaign.objects.get(county__slug="heidekreis")
        ready = fill_draft(self.campaign, now=self.now)
        pages = {f"sign-up-{step.slug}": self._page_of(ready, step.slug) for step in STEPS}
        finished = fill_draft(self.campaign, now=self.now, email="e.neu2@example.org", mobile="0171 3920055")
        mailed = fill_draft(self.campaign, now=self.now, email="e.neu3@example.org", mobile="")
        for draft in (finished, mailed):
            person = GuidedSignUp(draft.campaign, Answers.of(draft), now=self.now).to_sign_up()
            register_draft(draft, person, now=self.now + FASTEST)
        searched = fill_draft(self.campaign, now=self.now, until="grund")
        words = {"search": ["Diabetes"], "criterion": []}
        keep_answers(searched, "grund", words, sent=False, now=self.now)
        three = fill_draft(there, now=self.now, postcode="29614", until="zeit")
        young = fill_draft(self.campaign, now=self.now, birth_date="1.4.2018")
        none = str(self.campaign.rule_set.criteria.get(code="uebrige").pk)
        return {
            **pages,
            "sign-up-search": self._page_of(searched, "grund"),
            "sign-up-three-centres": self._page_of(three, "zeit"),
            "sign-up-summary": self._page_of(ready, "pruefen"),
            "sign-up-code": self._page_of(finished, "code"),
            "sign-up-code-by-mail": self._page_of(mailed, "code"),
            "sign-up-too-young": self._page_of(young, "ergebnis"),
            "sign-up-elsewhere": self._page_of(fill_draft(self.campaign, now=self.now, postcode="10115"), "ergebnis"),
            "sign-up-later-group": self._page_of(fill_draft(self.campaign, now=self.now, criterion=none), "ergebnis"),
            "sign-up-over": f"/{self.county.slug}/anmelden/abcdefghijklmnopqrstuv/",
        }

    def _page_of(self, draft: SignUpDraft, slug: str) -> str:
        return reverse("citizen:sign_up_step", args=[draft.campaign.county.slug, draft.token, slug])

    def _paused(self) -> dict[str, str]:
        """A county whose list takes nobody, and what waits for it to open."""
        paused = factories.make_county("musterland", "06999", name="Landkreis Musterland", list_state="paused")
        County.objects.filter(pk=paused.pk).update(list_text="Wir sortieren gerade, am Montag geht es weiter.")
        factories.make_campaign(paused)
        county = {"county": paused.slug}
        watch = OpeningWatch.objects.create(
            county=paused, email="erika@example.org", email_index="x", asked_at=self.now
        )
        return {
            "county-paused": reverse("citizen:county", kwargs=county),
            "watch": reverse("citizen:watch", kwargs=county),
            "watch-sent": reverse("citizen:watch_sent", kwargs=county),
            "opening": reverse("citizen:opening", args=[watch.token]),
        }

    def _offers(self) -> dict[str, str]:
        offers = self.offers(7)
        names = ["open", "accepted", "declined", "expired", "late", "withdrawn", "cancelled"]
        by_name = dict(zip(names, offers, strict=True))
        for name in ("accepted", "cancelled"):
            accept_offer(by_name[name], now=self.now)
        decline_offer(by_name["declined"], now=self.now)
        cancel_dose(by_name["cancelled"], now=self.now)
        for name in ("expired", "late", "withdrawn"):
            with transaction.atomic():
                close_offers(Offer.objects.filter(pk=by_name[name].pk), OfferState(name), now=self.now)
        deliver_messages(clock=lambda: self.now)
        pages = {f"offer-{name}": reverse("offer:answer", args=[offer.token]) for name, offer in by_name.items()}
        return {
            **pages,
            "offer": pages.pop("offer-open"),
            "offer-cancel": reverse("offer:cancel", args=[by_name["accepted"].token]),
            "offer-vaccinated": reverse("offer:vaccinated", args=[by_name["open"].token]),
            "status-offered": reverse("entry:status", args=[by_name["open"].entry.token]),
            "status-appointed": reverse("entry:status", args=[by_name["accepted"].entry.token]),
        }

    def _entries(self) -> dict[str, str]:
        soon = self.now + timedelta(days=3)
        self._count()
        waiting = self.entry(email="erika.muster@example.org", email_confirmed_at=None)
        after_work = bits_of_day(date(2021, 4, 24)) | sum(bit_of(day, Part.EVENING) for day in range(5))
        busy = self.entry(
            email="erika.bereit@example.org",
            morning_mail=True,
            availability=after_work,
            ready_until=self.now + timedelta(hours=1, minutes=32),
        )
        not_ready = self.entry(email="erika.abends@example.org", availability=after_work)
        paused = self.entry(state=EntryState.PAUSED, paused_until=soon)
        gone = self.entry(state=EntryState.LEFT)
        only_mail = self.entry(mobile="", email="erika.post@example.org")
        no_mails = self.entry(mobile="", email="erika.ruhe@example.org")
        bounced = self.entry(email="erika.weg@example.org")
        stop_email(no_mails, EmailOff.UNSUBSCRIBED, now=self.now)
        stop_email(bounced, EmailOff.BOUNCED, now=self.now)
        new = self.entry(state=EntryState.UNCONFIRMED, mobile_confirmed_at=None, email="e.neu@example.org")
        mobile, email = (start_proof(new, channel, now=self.now) for channel in (Channel.SMS, Channel.EMAIL))
        soltau = Centre.objects.get(slug="soltau")
        travels = factories.make_entry(soltau, Campaign.objects.get(county=soltau.county_id), self.vaccine)
        for centre in soltau.county.centres.exclude(pk=soltau.pk)[:1]:
            travels.further_centres.create(centre=centre, travel_minutes=35)
        return {
            "further-centres": reverse("entry:further_centres", args=[travels.token]),
            "status-further-centres": reverse("entry:status", args=[travels.token]),
            "prove-mobile": reverse("entry:prove", args=[mobile.token]),
            "prove-email": reverse("entry:prove", args=[email.token]),
            "status": reverse("entry:status", args=[waiting.token]),
            "unsubscribe": self._way_out(only_mail),
            "unsubscribed": self._way_out(no_mails),
            "status-no-mails": reverse("entry:status", args=[no_mails.token]),
            "status-bounced": reverse("entry:status", args=[bounced.token]),
            "status-paused": reverse("entry:status", args=[paused.token]),
            "status-left": reverse("entry:status", args=[gone.token]),
            "status-unconfirmed": reverse("entry:status", args=[new.token]),
            "hours": reverse("entry:hours", args=[busy.token]),
            "status-not-ready": reverse("entry:status", args=[not_ready.token]),
            "status-ready": reverse("entry:status", args=[busy.token]),
            **{f"correct-{slug}": reverse("entry:correct", args=[waiting.token, slug]) for slug in PARTS},
            "data": reverse("entry:data", args=[waiting.token]),
            "pause": reverse("entry:pause", args=[waiting.token]),
            "vaccinated": reverse("entry:vaccinated", args=[waiting.token]),
            "leave": reverse("entry:leave", args=[waiting.token]),
        }

    def _count(self) -> None:
        """Four busy weeks, so that figures and a range are shown."""
        refresh_figures(self.centre, now=self.now)
        begun = self.now - timedelta(days=40)
        GroupFigures.objects.filter(centre=self.centre, priority_group=2).update(
            waiting=1942, asked=[61, 48, 55, 70], taken=[20, 17, 19, 25], released=33, first_release_at=begun
        )

    def _way_out(self, entry: StandbyEntry) -> str:
        """Where an e-mail to this person leads that wants none any more."""
        mail = {
            "entry": entry,
            "template": MessageTemplate.WELCOME,
            "channel": Channel.EMAIL,
            "state": MessageState.SENT,
        }
        now = self.now
        message = Message.objects.create(**mail, created_at=now, due_at=now, expires_at=now, state_since=now)
        return urlsplit(unsubscribe_link(message)).path
