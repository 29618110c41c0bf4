"""How likely an asked person says yes: what is believed before a release and how its own answers change it.

The belief is a mixture of two Beta distributions: "as in the last releases" and "it has changed". The first is sharp
when the past was steady; the second is wide. Answers of the running release shift the weight between them, so that a
sudden drop (7.2 % to 2.8 % within weeks was seen in 2021) is followed within one release, not within ten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

NOTHING_KNOWN = (0.5, 2.5)
"""Beta(yes, no) for a county without any release: mean 1 in 6, anything from 1 % to 60 % is plausible."""

CHANGED = (0.5, 4.0)
"""Beta(yes, no) for "it has changed": wide, and rather for the worse, for that is what loses doses."""

CHANCE_OF_CHANGE = 0.25
"""So likely does a new release not resemble the ones before."""

FADE_PER_RELEASE = 0.9
"""Each older release counts so much less than the one after it …"""

FADE_PER_DAY = 0.98
"""… and so much less for each day that has passed since (half after five weeks)."""

MOST_REMEMBERED = 200.0
"""The past never weighs more than so many fully waited-for offers: nothing stays as sure as its count suggests."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a release's offers have brought.

    `yes`: people who said yes, also those who came too late. `unanswered`: offers without a yes, each counted by the
    share of the response curve that has passed since its hand-over (0.45 after 10 minutes). A refusal counts 1.
    """

    yes: float
    unanswered: float


@dataclass(frozen=True, slots=True)
class PastRelease:
    """Answers of an earlier release, and how many days ago it was."""

    answers: Answers
    days_ago: float


@dataclass(frozen=True, slots=True)
class Component:
    """One Beta distribution of the mixture with its weight."""

    weight: float
    yes: float
    no: float

    @property
    def mean(self) -> float:
        return self.yes / (self.yes + self.no)

    @property
    def variance(self) -> float:
        total = self.yes + self.no
        return self.yes * self.no / (total * total * (total + 1))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is believed about the chance that an asked person says yes, given all the time in the world."""

    components: tuple[Component, ...]

    @property
    def mean(self) -> float:
        return sum(component.weight * component.mean for component in self.components)

    def update(self, answers: Answers) -> Acceptance:
        """The belief after more answers. Updating twice with halves is the same as once with the whole."""
        learned = [
            (component, _log_evidence(component, answers)) for component in self.components if component.weight > 0
        ]
        best = max(evidence for _, evidence in learned)
        weights = [component.weight * math.exp(evidence - best) for component, evidence in learned]
        total = sum(weights)
        return Acceptance(
            tuple(
                Component(weight / total, component.yes + answers.yes, component.no + answers.unanswered)
                for weight, (component, _) in zip(weights, learned, strict=True)
            )
        )


def learn_acceptance(past: Iterable[PastRelease]) -> Acceptance:
    """What to believe before the next release, from the county's earlier ones in any order.

    Newer releases count more, by rank and by days. Without any the belief is NOTHING_KNOWN.
    """
    yes = no = 0.0
    for rank, release in enumerate(sorted(past, key=lambda release: release.days_ago)):
        fade = FADE_PER_RELEASE**rank * FADE_PER_DAY**release.days_ago
        yes += fade * release.answers.yes
        no += fade * release.answers.unanswered
    if yes + no > MOST_REMEMBERED:
        yes, no = (count * MOST_REMEMBERED / (yes + no) for count in (yes, no))
    steady = Component(1 - CHANCE_OF_CHANGE, NOTHING_KNOWN[0] + yes, NOTHING_KNOWN[1] + no)
    return Acceptance((steady, Component(CHANCE_OF_CHANGE, *CHANGED)))


def _log_evidence(component: Component, answers: Answers) -> float:
    """Log of how well a component foretold the answers, up to a term that is the same for all components."""
    return _log_beta(component.yes + answers.yes, component.no + answers.unanswered) - _log_beta(
        component.yes, component.no
    )


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
