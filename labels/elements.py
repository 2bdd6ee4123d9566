"""GS1 element strings, read strictly over biip's table of application identifiers (AI).

biip splits and matches; what it lets pass is refused here: wrong check digits, impossible dates and times, values
too long, counts of zero, repeated AIs with other values. Sources: GS1 General Specifications and the component
checks of the GS1 syntax dictionary.
"""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import date

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

SEPARATOR = "\x1d"
Elements = tuple[tuple[str, str], ...]
_DIGITS_WITH_CHECK = {
    **dict.fromkeys(("00", "01", "02", "03", "402", "8017", "8018"), None),
    **dict.fromkeys((f"41{last}" for last in "01234567"), None),
    **dict.fromkeys(("253", "255"), 13),
    **dict.fromkeys(("8006", "8026"), 14),
}
"""How many leading digits carry a check digit as their last; None: all."""
_STARTS_WITH_PREFIX = ("401", "8004", "8010", "8013", "253", "255", "402")
_DATES = ("11", "12", "13", "15", "16", "17", "7006", "7007", "4326", "7003", "8008", "4324", "4325", "7011")
_NO_DAY_ZERO = ("4324", "4325", "4326", "7003", "7006", "7007", "7011", "8008")
_COUNTRY = ("421", "422", "423", "424", "425", "426", "427")
_CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
EXCLUSIVE = (("01", "02"), ("01", "37"), ("21", "235"), ("01", "03"), ("02", "03"))
"""Pairs that cannot describe one thing (GS1 General Specifications, 4.13)."""
COMPANIONS = {
    "02": (("00",), ("37",)),
    "37": (("02", "8026"), ("00",)),
    "10": (("01", "02", "03", "8006", "8026"),),
    "17": (("01", "02", "03", "8006", "8026", "255"),),
    "11": (("01", "02", "03", "8006", "8026"),),
    "21": (("01", "03", "8006"),),
    "22": (("01",),),
    "235": (("01",),),
    "250": (("01", "8006"), ("21",)),
    "254": (("414",),),
    "8011": (("8010",),),
    "8019": (("8018",),),
    "8020": (("415",),),
}
"""For an AI: of each group at least one other must stand beside it (syntax dictionary, `req`)."""


class BadElement(ValueError):
    """The sentence names the element and what is wrong with it."""


def split(text: str) -> Elements:
    """(AI, value) pairs of a text whose FNC1 are `SEPARATOR`; a leading one is no data. Raises `BadElement`."""
    rest = text.removeprefix(SEPARATOR)
    if not rest:
        raise BadElement("The barcode holds no data.")
    found: list[tuple[str, str]] = []
    while rest:
        ai = _identifier(rest)
        if ai.separator_required:
            whole, _, after = rest.partition(SEPARATOR)
        else:
            shape = re.match(ai.pattern.removesuffix("$"), rest)
            if shape is None:
                raise BadElement(
                    f"({ai.ai}) {ai.data_title}: the value is too short or holds a wrong character."
                )
            whole, after = rest[: shape.end()], rest[shape.end() :].removeprefix(SEPARATOR)
        found.append((ai.ai, _value(ai, whole)))
        rest = after
    check_repeats(found)
    return tuple(found)


def check(ai: str, value: str) -> str:
    """The value if it is one this AI may have. Raises `BadElement`."""
    return _value(_identifier(ai + value), ai + value)


def bracketed(text: str) -> Elements:
    """`(01)...(10)...` as printed below a barcode. Raises `BadElement`."""
    parts = re.split(r"\((\d{2,4})\)", text)
    if parts[0] or len(parts) < 3:
        raise BadElement("The brackets do not each hold an application identifier such as (01).")
    found = []
    for ai, value in zip(parts[1::2], parts[2::2], strict=True):
        known = _identifier(ai + value)
        if known.ai != ai:
            raise BadElement(f"({ai}) is no application identifier.")
        found.append((ai, _value(known, ai + value)))
    check_repeats(found)
    return tuple(found)


def check_repeats(found: Sequence[tuple[str, str]]) -> None:
    """The same AI twice must repeat the same value, and some do not go together. Raises `BadElement`."""
    seen: dict[str, str] = {}
    for ai, value in found:
        if seen.setdefault(ai, value) != value:
            raise BadElement(f"({ai}) stands twice with different values: {seen[ai]} and {value}.")
    for one, other in EXCLUSIVE:
        if one in seen and other in seen and not (one == "01" and other == "37" and "02" in seen):
            raise BadElement(f"({one}) and ({other}) cannot stand in one barcode.")


def missing_companion(found: Sequence[tuple[str, str]]) -> str | None:
    """A sentence where an element needs another one that is not there: on packs with two barcodes it is on the other."""
    have = {ai for ai, _ in found}
    for ai in have:
        for group in COMPANIONS.get(ai, ()):
            if not have & set(group):
                wanted = " or ".join(f"({other})" for other in group)
                return f"({ai}) needs {wanted} beside it. Scan the other barcode of the pack too."
    return None


def day_of(value: str, today: date) -> date:
    """YYMMDD as a date: day 00 is the month's last; the century lies within 49 years back and 50 ahead of today.

    Raises `ValueError` for a day that does not exist.
    """
    year, month, day = (int(value[place : place + 2]) for place in (0, 2, 4))
    distance = year - today.year % 100
    century = today.year // 100 - (1 if distance >= 51 else -1 if distance <= -50 else 0)
    year += century * 100
    if day == 0:
        day = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    return date(year, month, day)


def _identifier(text: str) -> GS1ApplicationIdentifier:
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        raise BadElement(f"No application identifier begins with {text[:4]!r}.") from None


def _value(ai: GS1ApplicationIdentifier, whole: str) -> str:
    value = whole[len(ai.ai) :]
    if not re.fullmatch(ai.pattern, whole) or not value:
        raise BadElement(f"({ai.ai}) {ai.data_title}: {value[:40]!r} has a wrong length or character.")
    for applies, test in _TESTS:
        if applies(ai.ai):
            test(ai.ai, value)
    return value


def _check_digits(ai: str, value: str) -> None:
    digits = value[: _DIGITS_WITH_CHECK[ai]]
    check_digit(f"({ai})", digits)


def check_digit(name: str, digits: str) -> None:
    """Raises `BadElement` where the last digit is not the GS1 check digit of the others, or all are zero."""
    if not digits.isascii() or not digits.isdigit():
        raise BadElement(f"{name} must hold digits only.")
    expected = gs1_standard_check_digit(digits[:-1])
    if int(digits[-1]) != expected:
        raise BadElement(
            f"The check digit of {name} {digits} is {digits[-1]} but should be {expected}. Scan again."
        )
    if not digits.strip("0"):
        raise BadElement(f"{name} {digits} is a placeholder, not a number.")


def _check_prefix(ai: str, value: str) -> None:
    if not value[:4].isdigit() or len(value) < 4:
        raise BadElement(f"({ai}) must begin with a company prefix of digits.")


def _check_moment(ai: str, value: str) -> None:
    for part in (
        (value[:6], value[6:12]) if ai == "7007" or (ai == "7011" and len(value) == 12) else (value[:6],)
    ):
        if part:
            _check_day(ai, part)
    if ai in ("7003", "8008", "4324", "4325") or (ai == "7011" and len(value) == 10):
        clock = value[6:]
        if ai in ("4324", "4325") and clock == "9999":
            return
        limits = ((clock[0:2], 23), (clock[2:4], 59), (clock[4:6], 59))
        if any(part and int(part) > most for part, most in limits):
            raise BadElement(f"({ai}): {clock} is no time of day.")


def _check_day(ai: str, value: str) -> None:
    if value[4:6] == "00" and ai in _NO_DAY_ZERO:
        raise BadElement(f"({ai}): day 00 is not allowed here.")
    try:
        day_of(value, _REFERENCE)
    except ValueError:
        raise BadElement(f"({ai}): {value} is no day that exists (YYMMDD).") from None


# Only whether 29 February exists depends on the century, and that for one year in a hundred.
_REFERENCE = date(2026, 1, 1)


def _check_country(ai: str, value: str) -> None:
    if not 4 <= int(value[:3]) <= 894:
        raise BadElement(f"({ai}): {value[:3]} is no country number (ISO 3166).")


def _check_piece(ai: str, value: str) -> None:
    piece, total = int(value[14:16]), int(value[16:18])
    if not 1 <= piece <= total:
        raise BadElement(f"({ai}): piece {piece} of {total} cannot be.")


def _check_pair(ai: str, value: str) -> None:
    body, pair = value[:-2], value[-2:]
    total = sum(prime * _CSET82.index(symbol) for prime, symbol in zip(_PRIMES, reversed(body), strict=False))
    total %= 1021
    if len(body) > len(_PRIMES) or pair != _CSET32[total >> 5] + _CSET32[total & 31]:
        raise BadElement(f"({ai}): the check pair {pair} does not fit.")


_TESTS: tuple[tuple[Callable[[str], bool], Callable[[str, str], None]], ...] = (
    (_DIGITS_WITH_CHECK.__contains__, _check_digits),
    (_STARTS_WITH_PREFIX.__contains__, _check_prefix),
    (_DATES.__contains__, _check_moment),
    (_COUNTRY.__contains__, _check_country),
    (("8006", "8026").__contains__, _check_piece),
    (("8013",).__contains__, _check_pair),
)
