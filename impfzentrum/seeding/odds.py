"""How often what occurs in the synthetic population. All of it is estimated (K): it shapes a demo, no decision."""

from __future__ import annotations

from dataclasses import dataclass

from impfzentrum.rules.availability import Part

AGE_WEIGHTS = (
    *((16, 17, 10), (18, 29, 120), (30, 39, 150), (40, 49, 165), (50, 59, 235)),
    *((60, 69, 175), (70, 79, 105), (80, 89, 35), (90, 99, 5)),
)
"""From age, to age (both included), weight: a rural county's pyramid; most people over 80 had their turn before."""

ACCEPTED = (
    (("Comirnaty",), 33),
    (("Comirnaty", "Spikevax"), 27),
    ((), 38),
    (("Vaxzevria",), 2),
)
"""Vaccines that a person accepts, with weight; an empty tuple is "whatever fits"."""

SECOND_DOSE_SHARE = 0.08
ONLY_SMS_SHARE = 0.30
ONLY_EMAIL_SHARE = 0.12
CALLED_FROM, CALLED_SHARE = 70, 0.4
"""From this age on, and so many of them: people with a telephone and nothing else."""

OTHER_LANGUAGE_SHARE = 0.3
"""Of the people whose name is not German."""


WORKDAYS, WEEKEND = range(5), range(5, 7)
HOURS = (
    ((), 62),
    (((WORKDAYS, (Part.EVENING,)), (WEEKEND, tuple(Part))), 14),
    (((WORKDAYS, (Part.AFTERNOON, Part.EVENING)), (WEEKEND, tuple(Part))), 8),
    (((WORKDAYS, (Part.MORNING, Part.AFTERNOON)),), 7),
    (((range(7), (Part.AFTERNOON, Part.EVENING)),), 6),
    (((WEEKEND, tuple(Part)),), 3),
)
"""When people have time, with weight: days and parts of them; empty is any time."""

RETIRED_FROM = 66
"""From this age on people mostly have time at any hour."""

MORNING_MAIL_SHARE = 0.15
"""Of the people with an e-mail address who do not have time at any hour."""


@dataclass(frozen=True, slots=True)
class Odds:
    """The weight of a criterion among people from `youngest` to `oldest` completed years."""

    code: str
    weight: int
    youngest: int = 18
    oldest: int = 110

    def fits(self, age: int) -> bool:
        return self.youngest <= age <= self.oldest


AGE = (Odds("alter_80", 2200, 80), Odds("alter_70", 1600, 70, 79), Odds("alter_60", 350, 60, 69))

WORK = tuple(
    Odds(code, weight, 18, 66)
    for code, weight in {
        "pflegeheim": 22,
        "ambulante_pflege": 20,
        "med_sehr_hoch": 14,
        "med_vulnerable": 8,
        "behindertenhilfe": 30,
        "med_hoch": 95,
        "polizei_soldaten": 18,
        "ausland": 2,
        "kita_grundschule": 85,
        "oegd_kh": 12,
        "alltagshilfe_45a": 9,
        "staat": 30,
        "kritis": 38,
        "med_niedrig": 12,
        "lebensmittel": 38,
        "jugendhilfe_schule": 40,
    }.items()
)

HEALTH = tuple(
    Odds(code, weight, 16)
    for code, weight in {
        "erkr_trisomie21": 2,
        "erkr_transplantation": 4,
        "erkr_demenz_psych": 9,
        "erkr_krebs_aktiv": 18,
        "erkr_lunge": 18,
        "erkr_neuromuskulaer": 4,
        "erkr_diabetes_kompl": 13,
        "erkr_leber": 6,
        "erkr_niere": 10,
        "erkr_bmi40": 11,
        "einzelfall_hoch": 4,
        "erkr_krebs_remission": 14,
        "erkr_immun": 26,
        "erkr_herz": 62,
        "erkr_neuro": 13,
        "erkr_asthma": 42,
        "erkr_darm": 11,
        "erkr_diabetes": 26,
        "erkr_bmi30": 46,
        "einzelfall_erhoeht": 5,
    }.items()
)

CLOSE = (Odds("kontakt_pflege", 110), Odds("kontakt_schwangere", 32, 18, 60), Odds("kontakt_pflege3", 20))
LIVING = (Odds("obdach_frauenhaus", 6), Odds("lebensumstaende", 6))
OTHERS = (Odds("uebrige", 150, 16, 79),)

CRITERION_ODDS = (*AGE, *WORK, *HEALTH, *CLOSE, *LIVING, *OTHERS)
