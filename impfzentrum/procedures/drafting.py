"""Keeping what people type in the sign-up until they are done: sealed, for two days, behind a link of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from impfzentrum.errors import DraftOver, DraftTooLong
from impfzentrum.models import Campaign, SignUpDraft
from impfzentrum.models.sealed import hash_token

KEPT_FOR = timedelta(hours=48)
"""After the last word; a link that nobody uses any more opens nothing."""

LIMIT = 10_000
"""Characters of all answers together; an honest sign-up has about one thousand."""

REMOVED_AT_ONCE = 1_000

Typed = dict[str, list[str]]
"""Fields of a page with their values, exactly as they were sent."""


@dataclass(slots=True)
class Answers:
    """What was typed on each page. `sent`: pages that the person has left with "Weiter", right or wrong."""

    typed: dict[str, Typed] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, draft: SignUpDraft) -> Answers:
        """The answers in a draft."""
        kept = json.loads(draft.answers) if draft.answers else {}
        return cls(kept.get("typed", {}), set(kept.get("sent", [])))

    def as_text(self) -> str:
        """How they are sealed. Raises DraftTooLong."""
        text = json.dumps({"typed": self.typed, "sent": sorted(self.sent)}, ensure_ascii=False)
        if len(text.encode()) > LIMIT:
            raise DraftTooLong
        return text


def start_draft(campaign: Campaign, page: str, typed: Typed, *, now: datetime) -> SignUpDraft:
    """A new draft with its first page. Raises DraftTooLong."""
    text = Answers({page: typed}, {page}).as_text()
    return SignUpDraft.objects.create(campaign=campaign, created_at=now, expires_at=now + KEPT_FOR, answers=text)


def find_draft(token: str, *, now: datetime) -> SignUpDraft:
    """The draft behind a link. Raises DraftOver for an unknown one and for one that is over: nobody learns which."""
    drafts = SignUpDraft.objects.select_related("campaign__county", "campaign__rule_set", "proof__entry__campaign")
    draft = drafts.filter(token_hash=hash_token(token), expires_at__gt=now).first()
    if draft is None:
        raise DraftOver
    return draft


def keep_answers(
    draft: SignUpDraft, page: str, typed: Mapping[str, list[str]], *, sent: bool | None, now: datetime
) -> Answers:
    """Put the answers of one page into the draft and return all. Raises DraftTooLong, DraftOver.

    `sent`: whether the page is left for judgement; None leaves that as it was.
    The row is locked: what another device sends for another page at the same moment is not lost.
    """
    with transaction.atomic():
        kept = lock_draft(draft)
        answers = Answers.of(kept)
        answers.typed[page] = dict(typed)
        if sent:
            answers.sent.add(page)
        elif sent is False:
            answers.sent.discard(page)
        kept.answers, kept.expires_at = answers.as_text(), now + KEPT_FOR
        kept.save(update_fields=["answers", "expires_at"])
    draft.answers, draft.expires_at = kept.answers, kept.expires_at
    return answers


def lock_draft(draft: SignUpDraft) -> SignUpDraft:
    """The draft as it stands, for one change at a time. Raises DraftOver where it was finished meanwhile."""
    locked = SignUpDraft.objects.select_for_update(no_key=True).filter(pk=draft.pk).first()
    if locked is None:
        raise DraftOver
    return locked


def forget_drafts(*, now: datetime) -> int:
    """Delete drafts that are over and those whose contact is confirmed; return how many."""
    over = SignUpDraft.objects.filter(Q(expires_at__lte=now) | Q(proof__used_at__isnull=False)).values("pk")
    return SignUpDraft.objects.filter(pk__in=over[:REMOVED_AT_ONCE]).delete()[0]
