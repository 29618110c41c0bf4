"""Going the way of the sign-up by its pages, for tests: what a person of 40 types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import QueryDict
from django.test import Client

from impfzentrum.forms.guided import STEPS as STEPS_OF_FORMS
from impfzentrum.forms.guided import pick_typed
from impfzentrum.models import Campaign, SignUpDraft, Vaccine
from impfzentrum.procedures.drafting import keep_answers, start_draft

SIGN_UP = "/waldeck-frankenberg/anmelden/"
STEPS = ["alter", "grund", "kontakt", "zeit", "impfung", "hilfe", "pruefen"]

Typed = dict[str, Any]


def answers_of(campaign: Campaign, **changed: Any) -> dict[str, Typed]:
    """What a 40 year old who works in a day nursery types; `changed` replaces or (None) leaves out fields."""
    typed: dict[str, Typed] = {
        "alter": {"birth_date": "9.3.1981", "postcode": "34497", "website": ""},
        "grund": {"search": "", "criterion": str(campaign.rule_set.criteria.get(code="kita_grundschule").pk)},
        "kontakt": {"given_name": "Erika", "family_name": "Muster", "mobile": "0171 392 0001", "email": ""},
        "zeit": {"any_time": "always", "travel_minutes": "25"},
        "impfung": {
            "vaccines": [str(Vaccine.objects.get(name="Comirnaty").pk)],
            "dose_wanted": "1",
            "last_vaccine": "",
            "last_dose_on": "",
        },
        "hilfe": {"interpreter": "", "comes_with": ""},
        "pruefen": {"consent_data": "on", "consent_contact": "on"},
    }
    known = {"times": "zeit", "centre": "zeit", "needs": "hilfe"}
    for name, value in changed.items():
        page = known.get(name) or next(page for page, fields in typed.items() if name in fields)
        typed[page] = {key: one for key, one in {**typed[page], name: value}.items() if one is not None}
    return typed


def go(client: Client, answers: Mapping[str, Typed], *, until: str = "code", start: str = SIGN_UP) -> Any:
    """Send page after page as far as `until` (not sent); return the answer to the last one that was sent.

    Stops at a page that is not accepted. The clock of the draft is set back, as if a minute had passed.
    """
    answer: Any = client.post(start, answers["alter"])
    for page in [step for step in STEPS[1:] if step in answers]:
        if answer.status_code != 303 or page == until:
            return answer
        here = answer["Location"]
        if here.endswith("/ergebnis/"):
            return answer
        if page == "pruefen":
            age_drafts()
        answer = client.post(f"{here.rsplit('/', 2)[0]}/{page}/", answers[page])
    return answer


def age_drafts() -> None:
    """As if everybody had typed for a minute."""
    SignUpDraft.objects.update(created_at=F("created_at") - timedelta(minutes=1))


def draft_path(page: str, county: str = "waldeck-frankenberg") -> str:
    """The address of a page of the newest draft."""
    return f"/{county}/anmelden/{SignUpDraft.objects.latest('pk').token}/{page}/"


def typed_on(slug: str, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a page as a draft keeps them."""
    sent = QueryDict(mutable=True)
    for name, value in fields.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return pick_typed(next(step.form for step in STEPS_OF_FORMS if step.slug == slug), sent)


def fill_draft(campaign: Campaign, *, now: datetime, until: str = "pruefen", **changed: Any) -> SignUpDraft:
    """A draft whose pages are answered as far as `until`, without the pages."""
    answers = answers_of(campaign, **changed)
    draft = start_draft(campaign, "alter", typed_on("alter", answers["alter"]), now=now)
    for step in STEPS_OF_FORMS[1:]:
        if step.slug == until:
            break
        keep_answers(draft, step.slug, typed_on(step.slug, answers[step.slug]), sent=True, now=now)
    return draft
