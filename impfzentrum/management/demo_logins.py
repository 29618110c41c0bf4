"""Who may log in to the demo. The passwords are public: only `seed_demo` uses them, and it refuses in production."""

from __future__ import annotations

from dataclasses import dataclass

from impfzentrum.vocabulary import Role


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`centre` names the place of work; the county's administration and who watches over its sending have none."""

    label: str
    username: str
    password: str
    role: Role
    county_ags: str
    centre: str = ""


DEMO_ACCOUNTS = (
    DemoAccount("Impfzentrum Korbach", "korbach", "korbach-demo", Role.CENTRE_STAFF, "06635", "korbach"),
    DemoAccount("Impfzentrum Soltau", "soltau", "soltau-demo", Role.CENTRE_STAFF, "03358", "soltau"),
    DemoAccount("Kreis Waldeck-Frankenberg", "waldeck", "waldeck-demo", Role.COUNTY_ADMIN, "06635"),
    DemoAccount("Heidekreis", "heidekreis", "heidekreis-demo", Role.COUNTY_ADMIN, "03358"),
    DemoAccount("Versand Waldeck-Frankenberg", "versand", "versand-demo", Role.OPERATOR, "06635"),
)

DEMO_LOGINS = [(account.label, account.username, account.password) for account in DEMO_ACCOUNTS]
"""Role label, user name, password: what `make run` prints."""
