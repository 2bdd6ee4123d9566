"""Element strings whose separators a scanner dropped: the lot then swallows the elements behind it."""

import re
from datetime import date

from labels.calendar_dates import day_of
from labels.elements import SEPARATOR, Elements, open_end, split

_OPEN_IDENTIFIERS = ("10", "21")
_DATE_WITHIN = re.compile(r"(?=(1[157])([0-9]{6})(?:(?:10|21|240|30).+|1[157][0-9]{6}.*)?$)")
_YEARS_BACK, _YEARS_AHEAD = 10, 10


def before_swallowing(text: str, today: date) -> Elements | None:
    """The elements before a lot or serial that holds what reads as a date and its identifier; None: it holds none.

    Only where no separator arrived at all, and only dates within ten years of `today` that the label does not
    carry elsewhere: a lot may well end in digits that look like a date.
    """
    ends = None if SEPARATOR in text.strip(SEPARATOR) else open_end(text.strip(SEPARATOR))
    if ends is None or ends[1] not in _OPEN_IDENTIFIERS:
        return None
    before, _, value = ends
    known = split(before) if before else ()
    carried = {ai for ai, _ in known}
    for found in _DATE_WITHIN.finditer(value, 1):
        if found[1] not in carried and _plausible(found[1], found[2], today):
            return known
    return None


def _plausible(ai: str, digits: str, today: date) -> bool:
    try:
        distance = day_of(digits, today).year - today.year
    except ValueError:
        return False
    return -_YEARS_BACK <= distance <= (0 if ai == "11" else _YEARS_AHEAD)
