"""Whether a lot number lies in a range such as a recall notice names. Pure."""

import re


def shape(number: str) -> tuple[str | int, ...]:
    """`A0012-B` as ('A', 12, '-B'): letters without their case, digits as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", number.strip().upper())
    return tuple(int(part) if part.isdigit() else part for part in parts)


def in_range(number: str, first: str, last: str) -> bool:
    """Whether `number` is `first`, `last` or between them.

    Only a number built as both ends are, letters and digits in the same places, can be between them: A0150 is in
    A0100 to A0200, B0150 and A0150-2 are not.
    """
    built, low, high = shape(number), shape(first), shape(last)
    if not _kinds(low) == _kinds(built) == _kinds(high):
        return False
    return low <= built <= high


def is_range(first: str, last: str) -> bool:
    """Whether the ends are built alike and in order."""
    return in_range(first, first, last)


def _kinds(parts: tuple[str | int, ...]) -> list[type]:
    return [type(part) for part in parts]
