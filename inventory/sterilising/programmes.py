"""Which programmes sterilise: temperature and shortest hold. Pure."""

from collections.abc import Mapping

SHORTEST_HOLD: Mapping[int, int] = {1340: 180, 1320: 240, 1260: 600, 1210: 900}
"""Set temperature in tenths of a degree Celsius, and the shortest hold in seconds: 134 C 3 min, 126 C 10 min and
121 C 15 min (bands of small steam sterilisers, HTM 01-05 and EN 285), 132 C 4 min after a pre-vacuum (CDC 2008)."""
SHORTEST_BY_GRAVITY: Mapping[int, int] = {1340: 600, 1320: 900, 1210: 1800}
"""Where gravity drives the air out of wrapped goods: 121 C 30 min, 132 C 15 min (CDC 2008, minimum cycle times);
135 C 10 min (ANSI/AAMI ST79) is asked for at 134 C."""
BAND_TENTHS = 30
"""The hold stays within 3 K above the set temperature (HTM 01-05: 134 to 137 C, 121 to 124 C)."""


def shortest_hold(set_temperature_tenths: int, *, gravity: bool = False) -> int | None:
    """Seconds; None where no published programme runs at this temperature."""
    table = SHORTEST_BY_GRAVITY if gravity else SHORTEST_HOLD
    return table.get(set_temperature_tenths)


def against_programme(set_temperature_tenths: int, hold_seconds: int, *, gravity: bool = False) -> str | None:
    """Why a programme set so sterilises nothing, as a sentence; None where it does."""
    needed = shortest_hold(set_temperature_tenths, gravity=gravity)
    if needed is None:
        table = SHORTEST_BY_GRAVITY if gravity else SHORTEST_HOLD
        known = ", ".join(f"{tenths // 10} C" for tenths in sorted(table))
        return f"No programme is validated at {degrees(set_temperature_tenths)} C. Choose one of {known}."
    if hold_seconds < needed:
        how = " where gravity drives the air out" if gravity else ""
        return f"{degrees(set_temperature_tenths)} C needs at least {needed} s{how}; {hold_seconds} s are too short."
    return None


def degrees(tenths: int) -> str:
    """`134.5`."""
    return f"{tenths // 10}.{tenths % 10}"
