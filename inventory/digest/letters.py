"""The text of one digest. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Part:
    title: str
    address: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


def compose(clinic: str, day: date, parts: Sequence[Part], settings: str) -> Letter:
    """Plain text; `parts` without lines are left out. `settings` is the address where the choice is changed."""
    said = [part for part in parts if part.lines]
    blocks = [
        "\n".join([f"{part.title} ({len(part.lines)})", *(f"- {_line(line)}" for line in part.lines), part.address])
        for part in said
    ]
    summary = ", ".join(f"{part.title.lower()} {len(part.lines)}" for part in said)
    foot = f"You asked for this in Sterilog. Change it: {settings}"
    return Letter(_line(f"{clinic}: {summary}"), "\n\n".join([f"{_line(clinic)}, {day}", *blocks, foot]) + "\n")


def _line(text: str) -> str:
    """One line whatever was typed into a name: a line end would begin another header or a line of its own."""
    return " ".join(text.split())
