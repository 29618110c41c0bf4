"""What a transaction of the database could see: the snapshots of PostgreSQL, read from their text "xmin:xmax:list"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Transactions below `start` were over, those from `end` on not begun, those in `running` were under way."""

    start: int
    end: int
    running: frozenset[int]

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """The snapshot that pg_current_snapshot() wrote. Raises ValueError for anything else."""
        start, end, running = text.split(":")
        return cls(int(start), int(end), frozenset(int(one) for one in running.split(",") if one))

    def sees(self, transaction: int) -> bool:
        """Whether what this transaction wrote was visible."""
        return transaction < self.start or (transaction < self.end and transaction not in self.running)
