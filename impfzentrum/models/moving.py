"""State changes as compare-and-set: update where the old state still holds, act only if a row changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, TextChoices

from impfzentrum.states import Moves


class IllegalMove(Exception):
    """The table of states has no such arrow."""


class LostRace(Exception):
    """A row under lock was not in the state just read: a lock is missing. The transaction must not go on."""


class Moving(models.Model):
    """A row with a state. The database refuses states outside the table (constraint `…_state_known`)."""

    MOVES: ClassVar[Moves[Any]]
    state: Any
    state_since = models.DateTimeField()

    class Meta:
        abstract = True

    def move(self, old: TextChoices, new: TextChoices, *, now: datetime, **also: object) -> bool:
        """Take this row from `old` to `new` if it is still `old`; say whether it was.

        `also` names further columns to set in the same statement. Raises IllegalMove for an arrow that the table of
        states does not have.
        """
        changed = move_rows(type(self)._base_manager.filter(pk=self.pk), old, new, now=now, **also)
        if changed:
            self.state, self.state_since = new, now
            for name, value in also.items():
                setattr(self, name, value)
        return changed == 1

    def move_for_sure(self, old: TextChoices, new: TextChoices, *, now: datetime, **also: object) -> None:
        """`move` for a row whose lock the caller holds. Raises LostRace if it was not `old` after all."""
        if not self.move(old, new, now=now, **also):
            raise LostRace(f"{type(self).__name__} {self.pk}: {old} -> {new}")


def move_rows(rows: models.QuerySet[Any], old: TextChoices, new: TextChoices, *, now: datetime, **also: object) -> int:
    """Take all `rows` that are still `old` to `new`; return how many were."""
    if new not in rows.model.MOVES[old]:
        raise IllegalMove(f"{rows.model.__name__}: {old} -> {new}")
    return rows.filter(state=old).update(state=new, state_since=now, **also)


def state_is_known(states: type[TextChoices], name: str) -> models.CheckConstraint:
    """The constraint that keeps states outside the table of states out of the database."""
    return models.CheckConstraint(condition=Q(state__in=sorted(states.values)), name=name)
