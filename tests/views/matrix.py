"""Who may open which address: one row a route. `test_matrix.py` tries every cell and fails on a route without a row.

A new page is one line in ROWS: its name, and `at_centre(roles)`, `in_county(roles)`, `logged_in()`, `public()`,
`by_token()` or `by_secret()`. `post=` says who may change something there; without it nobody may, a POST has to be
refused. Where a keyword of the address is not one of those that `Scene.values` gives by its own name, `fill` says which
it is: `at_centre(CENTRE_ROLES, number="release")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from impfzentrum.access import (
    ACCOUNT_ROLES,
    CENTRE_READERS,
    CENTRE_ROLES,
    COUNTY_ROLES,
    DAY_LIST_ROLES,
    FEEDBACK_ROLES,
    INTERFACE_ROLES,
    OPERATOR_ROLES,
    PUBLISH_ROLES,
    REDRAW_ROLES,
    SETUP_ROLES,
    TEAM_EXPORT_ROLES,
    TEXT_ROLES,
)
from impfzentrum.vocabulary import Role

Roles = frozenset[Role | None]
NOBODY: Roles = frozenset()
ALL_ROLES: Roles = frozenset(Role)
ANYBODY: Roles = frozenset({*Role, None})


class Scope(Enum):
    """Within which bounds a role counts at an address."""

    CENTRE = "centre"
    COUNTY = "county"
    LOGGED_IN = "logged in"
    PUBLIC = "public"
    TOKEN = "token"
    """Whoever has the link; a made-up one opens nothing for anybody, whatever their role."""
    SECRET = "secret"
    """Other programs with a secret of theirs."""
    ADMIN = "admin"
    HALFWAY = "halfway"
    """Only between the two steps of the login; everybody else is sent to the login, or away."""


@dataclass(frozen=True, slots=True)
class Row:
    """Who may GET and who may POST; for PUBLIC rows everybody or nobody."""

    scope: Scope
    get: Roles
    post: Roles
    fill: Mapping[str, str] = field(default_factory=dict)
    of_one: bool = False
    """Something that belongs to one person: all others of the role hear that it is not there."""


def at_centre(get: Roles, post: Roles = NOBODY, **fill: str) -> Row:
    """A page of a centre, for these roles at their own centres."""
    return Row(Scope.CENTRE, get, post, fill)


def in_county(get: Roles, post: Roles = NOBODY, **fill: str) -> Row:
    """A page of a county, for these roles of the county."""
    return Row(Scope.COUNTY, get, post, fill)


def of_one_person(get: Roles, **fill: str) -> Row:
    """Something in a county that one person asked for, seen by all the others."""
    return Row(Scope.COUNTY, get, NOBODY, fill, of_one=True)


def logged_in(get: Roles = ALL_ROLES, post: Roles = NOBODY) -> Row:
    """A page for these roles wherever they work; ANYBODY: for an account without a role as well."""
    return Row(Scope.LOGGED_IN, get, post)


def public(*, get: bool = True, post: bool = False, **fill: str) -> Row:
    return Row(Scope.PUBLIC, ALL_ROLES if get else NOBODY, ALL_ROLES if post else NOBODY, fill)


def by_token() -> Row:
    return Row(Scope.TOKEN, NOBODY, NOBODY)


def by_halfway() -> Row:
    return Row(Scope.HALFWAY, NOBODY, NOBODY)


def by_secret() -> Row:
    return Row(Scope.SECRET, NOBODY, NOBODY)


ROWS: dict[str, Row] = {
    # --- the house itself
    "healthz": public(),
    "readyz": public(),
    "metrics": by_secret(),
    "admin:*": Row(Scope.ADMIN, NOBODY, NOBODY),
    "set_language": public(post=True),
    "postfach": public(post=False),
    # --- people who work here
    "own_place": logged_in(),
    "login": public(post=True),
    "logout": public(get=False, post=True),
    "account:code": by_halfway(),
    "account:set_up": by_halfway(),
    "account:factor": logged_in(ANYBODY),
    "account:begin": logged_in(NOBODY, ANYBODY),
    "account:renew_codes": logged_in(NOBODY, ANYBODY),
    "account:invitation": by_token(),
    "account:new_password": by_token(),
    "account:forgotten": public(post=True),
    "account:forgotten_sent": public(),
    "account:directory": by_token(),
    "account:directory_back": by_token(),
    # --- a centre
    "centre:today": at_centre(CENTRE_READERS),
    "centre:sign_up_by_phone": at_centre(CENTRE_ROLES, CENTRE_ROLES),
    "centre:call": at_centre(CENTRE_ROLES, CENTRE_ROLES, reference="call"),
    "centre:draw_anew": at_centre(REDRAW_ROLES, REDRAW_ROLES),
    "centre:release": at_centre(CENTRE_ROLES, CENTRE_ROLES),
    "centre:reach": at_centre(CENTRE_ROLES),
    "centre:live": at_centre(CENTRE_READERS, number="release"),
    "centre:add_doses": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release"),
    "centre:take_back_doses": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release"),
    "centre:change_times": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release"),
    "centre:stop": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release"),
    "centre:hand_pick": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release"),
    "centre:decide_hand_pick": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="release", public_id="hand_pick"),
    "cancelling:cancel": at_centre(CENTRE_ROLES, CENTRE_ROLES, number="accepted", dose="first"),
    "daylist:list": at_centre(DAY_LIST_ROLES, DAY_LIST_ROLES),
    "daylist:open": at_centre(NOBODY, DAY_LIST_ROLES),
    "daylist:print": at_centre(NOBODY, DAY_LIST_ROLES),
    "daylist:download": at_centre(NOBODY, DAY_LIST_ROLES),
    "daylist:team_export": at_centre(TEAM_EXPORT_ROLES, TEAM_EXPORT_ROLES),
    "daylist:check_in": at_centre(DAY_LIST_ROLES, DAY_LIST_ROLES),
    "daylist:person": at_centre(DAY_LIST_ROLES, DAY_LIST_ROLES, public_id="hand_pick"),
    "daylist:undo": at_centre(NOBODY, DAY_LIST_ROLES, public_id="hand_pick", step="call"),
    "day:check_release": at_centre(CENTRE_ROLES),
    "day:open_vials": at_centre(CENTRE_ROLES, CENTRE_ROLES),
    "day:vials": at_centre(CENTRE_ROLES, CENTRE_ROLES, public_id="vials"),
    # --- its booked appointments
    "bookings:day": at_centre(CENTRE_ROLES, CENTRE_ROLES),
    "bookings:day_csv": at_centre(CENTRE_ROLES),
    "bookings:mark": at_centre(NOBODY, CENTRE_ROLES, public_id="booking"),
    "bookings:release": at_centre(CENTRE_ROLES, CENTRE_ROLES, vaccine="vaccine"),
    "bookings:bring": at_centre(CENTRE_ROLES, CENTRE_ROLES),
    "bookings:file": at_centre(CENTRE_ROLES, CENTRE_ROLES, public_id="file"),
    "bookings:keys": at_centre(INTERFACE_ROLES, INTERFACE_ROLES),
    "bookings:revoke_key": at_centre(NOBODY, INTERFACE_ROLES, public_id="key"),
    "bookings:report_cancelled": by_secret(),
    # --- a county
    "protection:terms": in_county(COUNTY_ROLES),
    "entry:rights": by_token(),
    "entry:restrict": by_token(),
    "entry:object": by_token(),
    "entry:keep_waiting": by_token(),
    "county:releases": in_county(COUNTY_ROLES),
    "county:releases_csv": in_county(COUNTY_ROLES),
    "county:hand_picks_csv": in_county(COUNTY_ROLES),
    "county:inbox": in_county(COUNTY_ROLES),
    "county:mark_feedback": in_county(NOBODY, FEEDBACK_ROLES, number="feedback"),
    "county:texts": in_county(COUNTY_ROLES),
    "county:text": in_county(COUNTY_ROLES, TEXT_ROLES),
    "county:restore_text": in_county(TEXT_ROLES, TEXT_ROLES),
    "county:drop_text_plan": in_county(NOBODY, TEXT_ROLES),
    "reports:index": in_county(COUNTY_ROLES),
    "reports:switch_figures": in_county(NOBODY, PUBLISH_ROLES),
    "reports:order_export": in_county(NOBODY, COUNTY_ROLES),
    "reports:export": of_one_person(COUNTY_ROLES, public_id="export"),
    "reports:export_file": of_one_person(COUNTY_ROLES, public_id="export"),
    "reports:schedule": in_county(NOBODY, PUBLISH_ROLES),
    "reports:end_schedule": in_county(NOBODY, PUBLISH_ROLES, public_id="schedule"),
    "reports:report": in_county(COUNTY_ROLES, name="report"),
    "reports:file": in_county(COUNTY_ROLES, name="report", number="table"),
    "accounts:list": in_county(ACCOUNT_ROLES),
    "accounts:invite": in_county(ACCOUNT_ROLES, ACCOUNT_ROLES),
    "accounts:account": in_county(ACCOUNT_ROLES, ACCOUNT_ROLES, number="account"),
    "setup:overview": in_county(COUNTY_ROLES),
    "setup:new_centre": in_county(SETUP_ROLES, SETUP_ROLES),
    "setup:setting": in_county(COUNTY_ROLES, SETUP_ROLES, topic="of_the_list"),
    "setup:restore": in_county(SETUP_ROLES, SETUP_ROLES, topic="of_the_list"),
    "setup:one": in_county(COUNTY_ROLES, SETUP_ROLES, topic="of_a_centre", subject="centre_id"),
    "setup:restore_one": in_county(SETUP_ROLES, SETUP_ROLES, topic="of_a_centre", subject="centre_id"),
    "setup:groups": in_county(COUNTY_ROLES, SETUP_ROLES),
    "setup:vaccines": in_county(COUNTY_ROLES),
    "setup:vaccine": in_county(COUNTY_ROLES, SETUP_ROLES, vaccine="vaccine_id"),
    "setup:criteria": in_county(COUNTY_ROLES),
    "setup:criterion": in_county(COUNTY_ROLES, SETUP_ROLES, criterion="criterion_id"),
    "record:search": in_county(COUNTY_ROLES),
    "record:why": in_county(COUNTY_ROLES),
    "record:check": in_county(NOBODY, COUNTY_ROLES),
    "record:export": in_county(NOBODY, COUNTY_ROLES),
    # --- its sending
    "operations:watch": in_county(OPERATOR_ROLES),
    "operations:stop": in_county(OPERATOR_ROLES, OPERATOR_ROLES),
    "operations:resume": in_county(OPERATOR_ROLES, OPERATOR_ROLES),
    "operations:retry": in_county(OPERATOR_ROLES, OPERATOR_ROLES),
    # --- a person's own pages
    "offer:answer": by_token(),
    "offer:cancel": by_token(),
    "offer:vaccinated": by_token(),
    "offer:calendar": by_token(),
    "entry:prove": by_token(),
    "entry:prove_again": by_token(),
    "entry:unsubscribe": by_token(),
    "entry:status": by_token(),
    "entry:request_proof": by_token(),
    "entry:data": by_token(),
    "entry:data_file": by_token(),
    "entry:correct": by_token(),
    "entry:pause": by_token(),
    "entry:email_again": by_token(),
    "entry:come_back": by_token(),
    "entry:ready": by_token(),
    "entry:not_ready": by_token(),
    "entry:morning": by_token(),
    "entry:hours": by_token(),
    "entry:further_centres": by_token(),
    "entry:vaccinated": by_token(),
    "entry:leave": by_token(),
    "citizen:opening": by_token(),
    "citizen:sign_up_resume": by_token(),
    "citizen:sign_up_result": by_token(),
    "citizen:sign_up_summary": by_token(),
    "citizen:sign_up_code": by_token(),
    "citizen:sign_up_code_again": by_token(),
    "citizen:sign_up_step": by_token(),
    # --- providers
    "gateway:seven": by_secret(),
    "gateway:mailgun": by_secret(),
    "gateway:mail_report": by_secret(),
    "gateway:twilio_reply": by_secret(),
    "gateway:twilio_receipt": by_secret(),
    "gateway:kannel_reply": by_secret(),
    "gateway:kannel_receipt": by_secret(),
    # --- everybody
    "citizen:home": public(),
    "citizen:lost_link": public(post=True),
    "citizen:lost_link_sent": public(),
    "citizen:privacy": public(),
    "citizen:imprint": public(),
    "citizen:accessibility": public(),
    "citizen:draws": public(),
    "citizen:county": public(),
    "citizen:choosing": public(),
    "citizen:easy": public(),
    "citizen:figures": public(),
    "citizen:feedback": public(post=True),
    "citizen:feedback_given": public(),
    "citizen:watch": public(post=True),
    "citizen:watch_sent": public(),
    "citizen:sign_up": public(post=True),
    "citizen:link_sent": public(),
}


def row_of(name: str, namespaces: tuple[str, ...], rows: Mapping[str, Row] = ROWS) -> Row | None:
    """The row of a route, or of its whole namespace ("admin:*")."""
    return rows.get(name) or next((rows[f"{one}:*"] for one in namespaces if f"{one}:*" in rows), None)
