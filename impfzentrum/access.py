"""Who may see which centre and county. Every staff view begins here.

A role that has no business with a kind of page hears "not allowed" before anything is looked up; a place outside the
user's scope does not exist for them. So neither answer tells whether another centre or county is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from impfzentrum.models import Centre, County, Membership
from impfzentrum.once import answer_once
from impfzentrum.sessions import OVER, why_over
from impfzentrum.vocabulary import Role

CENTRE_ROLES = frozenset({Role.CENTRE_STAFF, Role.CENTRE_LEAD, Role.COUNTY_ADMIN})
"""May see the day of a centre, release doses, change a release and stop it."""

DAY_LIST_ROLES = frozenset({Role.CENTRE_STAFF, Role.CENTRE_LEAD})
"""May see who comes today, with name and phone, and note what became of them: the team of the centre, nobody else."""

TEAM_EXPORT_ROLES = frozenset({Role.CENTRE_LEAD, Role.COUNTY_ADMIN})
"""May choose who gets the numbers of the day before a centre opens."""

COUNTY_ROLES = frozenset({Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR})
"""May read the county's reports."""

TEXT_ROLES = frozenset({Role.COUNTY_ADMIN})
"""May change what the county's messages say."""

SETUP_ROLES = frozenset({Role.COUNTY_ADMIN})
"""May change the county's settings; all who read the county's reports may read them and the record."""

FEEDBACK_ROLES = frozenset({Role.COUNTY_ADMIN})
"""May mark as read what people said of the site; all who read the county's reports may read it."""

PUBLISH_ROLES = frozenset({Role.COUNTY_ADMIN})
"""May show the county's figures to everybody, and choose who gets word of its reports by e-mail."""

REDRAW_ROLES = frozenset({Role.CENTRE_LEAD, Role.COUNTY_ADMIN})
"""May have the order of the day drawn anew."""

INTERFACE_ROLES = frozenset({Role.CENTRE_LEAD, Role.COUNTY_ADMIN})
"""May give a booking system a key to a centre, and take it back."""

OPERATOR_ROLES = frozenset({Role.OPERATOR, Role.COUNTY_ADMIN})
"""May see the county's messages (never people), stop and resume sending, and have failed messages tried again."""

ACCOUNT_ROLES = frozenset({Role.COUNTY_ADMIN})
"""May invite people, change what they may do, and close their accounts."""

Params = ParamSpec("Params")


class StaffRequest(HttpRequest):
    """A request of a person who is logged in and has a role, as the decorators below hand it on."""

    user: User
    membership: Membership
    htmx: HtmxDetails


def membership_of(user: User | AnonymousUser) -> Membership:
    """The role of this user with their county. Raises PermissionDenied for who has none."""
    if not user.is_authenticated:
        raise PermissionDenied
    membership = Membership.objects.select_related("county").filter(user=user).first()
    if membership is None:
        raise PermissionDenied
    return membership


def centres_of(membership: Membership) -> QuerySet[Centre]:
    """The centres in which this role may act: named ones for a centre, all of the county for its administration."""
    if membership.role not in CENTRE_ROLES:
        return Centre.objects.none()
    centres = Centre.objects.filter(county=membership.county_id)
    return centres if membership.role == Role.COUNTY_ADMIN else centres.filter(memberships=membership)


def centre_for(user: User | AnonymousUser, slug: str) -> Centre:
    """The centre of this name, if the user works there. Raises PermissionDenied or Http404."""
    return _centre_within(membership_of(user), slug, CENTRE_ROLES)


def _centre_within(membership: Membership, slug: str, roles: frozenset[Role]) -> Centre:
    if membership.role not in roles:
        raise PermissionDenied
    return get_object_or_404(centres_of(membership).select_related("county"), slug=slug)


def county_for(user: User | AnonymousUser, slug: str) -> County:
    """The county of this name, if the user may read its reports. Raises PermissionDenied or Http404."""
    return _county_within(membership_of(user), slug, COUNTY_ROLES)


def _county_within(membership: Membership, slug: str, roles: frozenset[Role]) -> County:
    if membership.role not in roles:
        raise PermissionDenied
    return get_object_or_404(County, pk=membership.county_id, slug=slug)


CentreView = Callable[Concatenate[StaffRequest, Centre, Params], HttpResponseBase]
CountyView = Callable[Concatenate[StaffRequest, County, Params], HttpResponseBase]
StaffView = Callable[Concatenate[StaffRequest, Params], HttpResponseBase]
ScopedView = Callable[..., HttpResponseBase]


def for_centre(roles: frozenset[Role]) -> Callable[[CentreView[Params]], ScopedView]:
    """Only these roles, only at their centres: the view gets the centre itself instead of its name.

    Everybody else is answered here: log in, not allowed, not found. A form with a key is answered once.
    """

    def decorate(view: CentreView[Params]) -> ScopedView:
        @never_cache
        @wraps(view)
        def scoped(request: StaffRequest, centre: str, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_log_in(request)
            request.membership = membership_of(request.user)
            place = _centre_within(request.membership, centre, roles)
            return answer_once(request, request.user, lambda: view(request, place, *args, **kwargs))

        return scoped

    return decorate


def for_county(roles: frozenset[Role]) -> Callable[[CountyView[Params]], ScopedView]:
    """Only these roles, only in their county: the view gets the county itself instead of its name."""

    def decorate(view: CountyView[Params]) -> ScopedView:
        @never_cache
        @wraps(view)
        def scoped(request: StaffRequest, county: str, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_log_in(request)
            request.membership = membership_of(request.user)
            place = _county_within(request.membership, county, roles)
            return answer_once(request, request.user, lambda: view(request, place, *args, **kwargs))

        return scoped

    return decorate


def for_staff(view: StaffView[Params]) -> ScopedView:
    """Everybody who is logged in, whatever their role: pages about one's own account."""

    @never_cache
    @wraps(view)
    def scoped(request: StaffRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _ask_to_log_in(request)
        return view(request, *args, **kwargs)

    return scoped


def _ask_to_log_in(request: StaffRequest) -> HttpResponse:
    """To the login, with the way back, and with a word why if a session has just ended."""
    over = why_over(request)
    if request.htmx:
        # A poll whose session is over must not put a login form into the middle of the page: the whole page goes.
        shown = request.htmx.current_url_abs_path
        return (
            HttpResponseClientRedirect(address_of_login(shown, over)) if over and shown else HttpResponseClientRefresh()
        )
    return redirect(address_of_login(request.get_full_path(), over))


def address_of_login(back: str, over: str = "") -> str:
    """The login that leads back to this address afterwards; `over`: why the session ended, if one did."""
    target = redirect_to_login(back).headers["Location"]
    return f"{target}&{urlencode({OVER: over})}" if over else target
