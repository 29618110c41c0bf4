"""The record of an order: how a line of it is read, and whether the lines are what the seed gives.

A line is what COPY of PostgreSQL writes, ten columns with tabs between them: vaccine, group, class, minutes of travel,
ticket, public id without dashes, 1 for who was waiting at the draw, end of their cool-down (seconds since 1970) or
nothing, parts of the week they have time in, end of their readiness of today (the same) or nothing. Sorted by vaccine,
group and ticket: the order of asking.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

LEVEL = 1
"""Of compression: tickets and ids are random, so trying harder costs seconds and saves little."""

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class RecordedPlace:
    """One line. `rests_until` and `ready_until` in seconds since 1970; 0 for none."""

    vaccine: int
    group: int
    place_class: int
    travel: int
    ticket: int
    public_id: str
    waiting: bool
    rests_until: int
    availability: int
    ready_until: int


@dataclass(slots=True)
class Packer:
    """A file to write lines to: compresses, digests and counts them as they come, so that not all are in memory."""

    count: int = 0
    _lines: bytearray = field(default_factory=bytearray)
    _packed: list[bytes] = field(default_factory=list)
    _press: Any = field(default_factory=lambda: zlib.compressobj(LEVEL))
    _hash: Any = field(default_factory=hashlib.sha256)

    def write(self, lines: bytes) -> int:
        self._lines += lines
        if len(self._lines) >= CHUNK:  # COPY hands over line by line
            self._pack_lines()
        return len(lines)

    def _pack_lines(self) -> None:
        self.count += self._lines.count(b"\n")
        self._hash.update(self._lines)
        self._packed.append(self._press.compress(self._lines))
        self._lines.clear()

    @property
    def digest(self) -> str:
        """Of all lines; known once the packer is closed, like their count."""
        return str(self._hash.hexdigest())

    def close(self) -> bytes:
        """Everything that was written, compressed."""
        self._pack_lines()
        return b"".join([*self._packed, self._press.flush()])


def unpack(compressed: bytes) -> Iterator[bytes]:
    """The lines of a record, one after the other. Raises ValueError for what was never packed, or not to its end."""
    press = zlib.decompressobj()
    rest, waiting = b"", compressed
    while not press.eof:
        try:
            piece = press.decompress(waiting, CHUNK)
        except zlib.error as fault:
            raise ValueError("this is no record") from fault
        waiting = press.unconsumed_tail
        if not piece and not waiting and not press.eof:
            raise ValueError("the record breaks off")
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        raise ValueError("the record ends in the middle of a line")


def read_line(line: bytes) -> RecordedPlace:
    """What a line says. Raises ValueError for one that is no line of a record."""
    vaccine, group, place_class, travel, ticket, public_id, waiting, rests, availability, until = line.decode(
        "ascii"
    ).split("\t")
    return RecordedPlace(
        int(vaccine),
        int(group),
        int(place_class),
        int(travel),
        int(ticket),
        public_id,
        waiting == "1",
        int(rests or 0),
        int(availability),
        int(until or 0),
    )
