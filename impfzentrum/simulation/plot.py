"""Fill against late share as a drawing: one mark a policy, told apart by shape and name, not by colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 480
LEFT, RIGHT, TOP, BOTTOM = 70, 730, 60, 420
LINE = 16
GAP = 12
LETTER = 7
"""Pixels: height of a line, distance of a name from its mark, width of a letter."""
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(slots=True)
class Mark:
    """A policy's place in the drawing, in pixels, and where its name stands."""

    name: str
    fill: float
    late: float
    label_y: float = 0.0

    @property
    def x(self) -> float:
        return LEFT + self.late * (RIGHT - LEFT)

    @property
    def y(self) -> float:
        return BOTTOM - self.fill * (BOTTOM - TOP)

    @property
    def label_left(self) -> bool:
        """Near the right edge the name stands left of the mark."""
        return self.late > 0.85

    @property
    def label_x(self) -> float:
        """Left end of the name."""
        return self.x - GAP - self.label_width if self.label_left else self.x + GAP

    @property
    def label_width(self) -> float:
        return float(LETTER * len(self.name))

    def covers(self, x: float, y: float) -> bool:
        """Whether the name would touch a mark at this place."""
        return self.label_x - GAP < x < self.label_x + self.label_width + GAP and abs(self.label_y - y) < LINE

    def overlaps(self, other: Mark) -> bool:
        """Whether the two names would touch."""
        first, second = sorted((self, other), key=lambda mark: mark.label_x)
        return second.label_x < first.label_x + first.label_width and abs(self.label_y - other.label_y) < LINE


def draw_policies(figures: Mapping[str, tuple[float, float]], *, ours: str, subject: str) -> str:
    """An SVG of (fill, late) by policy. `ours` is a filled square, the others are hollow circles.

    `subject` says in words what was simulated; it is the drawing's description for screen readers, with every value.
    """
    marks = [Mark(name, fill, late) for name, (fill, late) in figures.items()]
    _spread_labels(marks)
    values = "; ".join(f"{mark.name}: fill {mark.fill:.3f}, late {mark.late:.3f}" for mark in marks)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title desc" font-family="sans-serif" font-size="13">',
        '<title id="title">Doses filled against people who came too late, by policy</title>',
        f'<desc id="desc">{escape(subject)}. {escape(values)}.</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" font-size="16">{escape(subject)}</text>',
        *_draw_axes(),
        *(part for mark in marks for part in _draw_mark(mark, ours=mark.name == ours)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _spread_labels(marks: list[Mark]) -> None:
    """Move names down until they touch neither another name nor another mark."""
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark.y):
        mark.label_y = mark.y
        others = [other for other in marks if other is not mark]
        while any(mark.covers(other.x, other.y) for other in others) or any(map(mark.overlaps, placed)):
            mark.label_y += LINE
        placed.append(mark)


def _draw_axes() -> list[str]:
    lines = []
    for tick in TICKS:
        x, y = LEFT + tick * (RIGHT - LEFT), BOTTOM - tick * (BOTTOM - TOP)
        lines += [
            f'<path d="M{x:.1f} {TOP}V{BOTTOM}M{LEFT} {y:.1f}H{RIGHT}" stroke="#d0d0d0"/>',
            f'<text x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{tick:.0%}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:.0%}</text>',
        ]
    middle = (TOP + BOTTOM) / 2
    return [
        *lines,
        f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">late: said yes and got nothing</text>',
        f'<text x="18" y="{middle}" text-anchor="middle" transform="rotate(-90 18 {middle})">doses filled</text>',
    ]


def _draw_mark(mark: Mark, *, ours: bool) -> list[str]:
    if ours:
        shape = f'<rect x="{mark.x - 6:.1f}" y="{mark.y - 6:.1f}" width="12" height="12" fill="#000000"/>'
    else:
        shape = f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="5" fill="#ffffff" stroke="#000000" stroke-width="2"/>'
    if mark.label_y != mark.y:
        leader = f'<path d="M{mark.x:.1f} {mark.y:.1f}L{mark.label_x - 2:.1f} {mark.label_y:.1f}" stroke="#000000"/>'
        shape = leader + shape
    side = -GAP if mark.label_left else GAP
    anchor = "end" if mark.label_left else "start"
    weight = ' font-weight="bold"' if ours else ""
    return [
        shape,
        f'<text x="{mark.x + side:.1f}" y="{mark.label_y + 4:.1f}" text-anchor="{anchor}"{weight}>'
        f"{escape(mark.name)}</text>",
    ]
