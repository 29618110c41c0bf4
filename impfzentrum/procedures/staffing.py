"""Who works for a county: inviting, changing the role, closing and opening an account. Each step is audited.

Whoever changes an account locks the memberships of the county's administration first, in the order of their ids: two
administrators who remove each other at once would else leave nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from impfzentrum.account_refusals import CentresMissing, EmailTaken, LastAdmin, OwnAccount
from impfzentrum.models import AccountLink, Centre, County, Membership
from impfzentrum.models.account import LinkPurpose
from impfzentrum.procedures.account_links import make_link
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.second_factor import reset_second_factor
from impfzentrum.vocabulary import Role

AT_CENTRES = frozenset({Role.CENTRE_STAFF, Role.CENTRE_LEAD})
"""Roles that need a centre."""


@dataclass(frozen=True, slots=True)
class Invitee:
    given_name: str
    family_name: str
    email: str
    role: Role
    centres: Sequence[Centre]
    form_key: uuid.UUID


def invite(county: County, invitee: Invitee, *, by: User | None, now: datetime) -> Membership:
    """Open an account without a password and mail the link with which the person sets one.

    The same form sent twice invites once. Raises EmailTaken, CentresMissing.
    """
    _need_centres(invitee.role, invitee.centres)
    again = AccountLink.objects.filter(form_key=invitee.form_key, user__membership__county=county).first()
    if again is not None:
        return Membership.objects.get(user_id=again.user_id)
    email = invitee.email.lower()
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken
    try:
        with transaction.atomic():
            user = User(username=email, email=email, first_name=invitee.given_name, last_name=invitee.family_name)
            user.set_unusable_password()
            user.save(force_insert=True)
            membership = Membership.objects.create(user=user, county=county, role=invitee.role)
            membership.centres.set(_centres_for(invitee.role, invitee.centres))
            make_link(user, LinkPurpose.INVITATION, now=now, form_key=invitee.form_key)
            record(
                county.pk,
                "account_invited",
                f"account:{user.pk}",
                now=now,
                actor=by,
                role=invitee.role,
                centres=_slugs(membership),
            )
    except IntegrityError as clash:  # two at once: the name, which is the address, is there once
        raise EmailTaken from clash
    return membership


def invite_again(membership: Membership, *, by: User, now: datetime) -> None:
    """A new link; the old one ends. For who has not set a password yet."""
    with transaction.atomic():
        _lock(membership)
        make_link(membership.user, LinkPurpose.INVITATION, now=now)
        _note(membership, "account_invited_again", by=by, now=now)


def change_role(membership: Membership, role: Role, centres: Sequence[Centre], *, by: User, now: datetime) -> None:
    """Another role or other centres, from the next click on. Raises OwnAccount, LastAdmin, CentresMissing."""
    _need_centres(role, centres)
    with transaction.atomic():
        held = _lock(membership)
        _keep_somebody(held, by=by, leaves=role != Role.COUNTY_ADMIN)
        before = {"role": held.role, "centres": _slugs(held)}
        held.role = role
        held.save(update_fields=["role"])
        held.centres.set(_centres_for(role, centres))
        after = {"role": role, "centres": _slugs(held)}
        if before != after:
            _note(held, "account_changed", by=by, now=now, before=before, after=after)


def close_account(membership: Membership, *, by: User, now: datetime) -> None:
    """Nobody logs in with it any more, its sessions and links end. Raises OwnAccount, LastAdmin."""
    with transaction.atomic():
        held = _lock(membership)
        _keep_somebody(held, by=by, leaves=True)
        if User.objects.filter(pk=held.user_id, is_active=True).update(is_active=False):
            AccountLink.objects.filter(user_id=held.user_id, ended_at=None).update(ended_at=now)
            _note(held, "account_closed", by=by, now=now)


def open_account(membership: Membership, *, by: User, now: datetime) -> None:
    """Let somebody in again whose account was closed."""
    with transaction.atomic():
        held = _lock(membership)
        if User.objects.filter(pk=held.user_id, is_active=False).update(is_active=True):
            _note(held, "account_opened", by=by, now=now)


def reset_factor_of(membership: Membership, *, by: User, now: datetime) -> None:
    """Phone and codes are lost. Raises OwnAccount: nobody takes the second step away from themselves."""
    if membership.user_id == by.pk:
        raise OwnAccount
    reset_second_factor(membership, by=by, now=now)


def _lock(membership: Membership) -> Membership:
    """All administrators of the county and this membership, locked in the order of their ids."""
    county = Membership.objects.filter(county_id=membership.county_id)
    rows = county.filter(role=Role.COUNTY_ADMIN) | county.filter(pk=membership.pk)
    list(rows.select_for_update(no_key=True).order_by("pk"))
    return Membership.objects.select_related("user").get(pk=membership.pk)


def _keep_somebody(membership: Membership, *, by: User, leaves: bool) -> None:
    """Raises LastAdmin if nobody would be left to administrate the county, OwnAccount for one's own account."""
    if leaves and membership.role == Role.COUNTY_ADMIN and membership.user.is_active:
        admins = Membership.objects.filter(county_id=membership.county_id, role=Role.COUNTY_ADMIN, user__is_active=True)
        if not admins.exclude(pk=membership.pk).exists():
            raise LastAdmin
    if membership.user_id == by.pk:
        raise OwnAccount


def _need_centres(role: Role, centres: Sequence[Centre]) -> None:
    if role in AT_CENTRES and not centres:
        raise CentresMissing


def _centres_for(role: Role, centres: Sequence[Centre]) -> Sequence[Centre]:
    """County roles reach every centre; none is named for them."""
    return centres if role in AT_CENTRES else []


def _slugs(membership: Membership) -> list[str]:
    return sorted(membership.centres.values_list("slug", flat=True))


def _note(membership: Membership, action: str, *, by: User, now: datetime, **detail: object) -> None:
    record(membership.county_id, action, f"account:{membership.user_id}", now=now, actor=by, **detail)
