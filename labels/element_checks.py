"""What the value of one GS1 element may hold beyond its length and kind of character.

Each check takes a part of a value and answers what is wrong with it, or None. Source: the component checks
("linters") named in the gs1-syntax-dictionary; formats in the GS1 General Specifications, chapter 3.
"""

import re
from collections.abc import Callable

from biip.checksums import gs1_standard_check_digit

from labels.calendar_dates import long_day_of
from labels.iso_codes import COUNTRY_LETTERS, COUNTRY_NUMBERS, CURRENCY_NUMBERS

Check = Callable[[str], str | None]
CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def check_digit(part: str) -> str | None:
    """The last digit completes the others modulo 10."""
    expected = gs1_standard_check_digit(part[:-1])
    return None if part[-1] == str(expected) else f"its check digit is {part[-1]} but should be {expected}"


def company_prefix(part: str) -> str | None:
    """At least four digits lead."""
    if re.match(r"[0-9]{4}", part):
        return None
    return f"it must begin with the digits of a company prefix, not with {part[:4]}"


def check_pair(part: str) -> str | None:
    """The last two characters of a global model number, modulo 1021 (GS1 General Specifications 7.9.5)."""
    body, pair = part[:-2], part[-2:]
    if len(body) > len(_PRIMES):
        return "it is too long for its check pair"
    total = sum(prime * CSET82.index(symbol) for prime, symbol in zip(_PRIMES, reversed(body), strict=False))
    expected = _CSET32[total % 1021 >> 5] + _CSET32[total % 1021 & 31]
    return None if pair == expected else f"its check pair is {pair} but should be {expected}"


def hour_minute(part: str) -> str | None:
    """HHMM; with seconds or without minutes where the value is longer or shorter."""
    limits = (24, 60, 60)
    if all(int(part[2 * place : 2 * place + 2] or 0) < limit for place, limit in enumerate(limits)):
        return None
    return f"{part} is no time of day"


def hour_minute_or_none(part: str) -> str | None:
    """HHMM, where 9999 says that no time was given."""
    return None if part == "9999" else hour_minute(part)


def long_date(part: str) -> str | None:
    """YYYYMMDD."""
    try:
        long_day_of(part)
    except ValueError as fault:
        return str(fault)
    return None


def country(part: str) -> str | None:
    """One country number of ISO 3166."""
    return None if part in COUNTRY_NUMBERS else f"{part} is no country number"


def countries(part: str) -> str | None:
    """Up to five country numbers."""
    return next(filter(None, (country(part[at : at + 3]) for at in range(0, len(part), 3))), None)


def country_or_several(part: str) -> str | None:
    """A country number, or 999 for several."""
    return None if part == "999" else country(part)


def country_letters(part: str) -> str | None:
    """Two letters of ISO 3166."""
    return None if part in COUNTRY_LETTERS else f"{part} is no country"


def currency(part: str) -> str | None:
    """A currency number of ISO 4217."""
    return None if part in CURRENCY_NUMBERS else f"{part} is no currency number"


def piece_of_total(part: str) -> str | None:
    """Two digits of piece and two of total."""
    return None if 1 <= int(part[:2]) <= int(part[2:]) else f"piece {part[:2]} of {part[2:]} cannot be"


def not_zero(part: str) -> str | None:
    """A measure above zero."""
    return None if part.strip("0") else f"{part} must not be zero"


def no_leading_zero(part: str) -> str | None:
    """A serial without leading zeros, 0 itself excepted."""
    return "it must not begin with 0" if len(part) > 1 and part[0] == "0" else None


def one_of(allowed: str) -> Check:
    """A part that is one of the space-separated values."""
    return lambda part: None if part in allowed.split() else f"{part} is none of {allowed}"


def percent_encoded(part: str) -> str | None:
    """Every % is followed by two hexadecimal digits other than 00."""
    return f"{part[:40]} is not percent-encoded" if re.search(r"%(?![0-9A-Fa-f]{2})|%00", part) else None


def at_most(limit: int) -> Check:
    """A number up to a limit: latitude and longitude in ten-millionths of a degree."""
    return lambda part: None if int(part) <= limit else f"{part} is beyond {limit}"


def iban(part: str) -> str | None:
    """An account number with its check digits modulo 97 (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{6,30}", part) or part[:2] not in COUNTRY_LETTERS:
        return f"{part} is no international account number"
    number = "".join(str(int(symbol, 36)) for symbol in part[4:] + part[:4])
    return None if int(number) % 97 == 1 else f"the check digits of {part} do not fit"


def importer_index(part: str) -> str | None:
    """One letter, digit, hyphen or underscore (EU 2018/574)."""
    return None if re.fullmatch(r"[A-Za-z0-9_-]", part) else f"{part} is no importer index"


def has_letter(part: str) -> str | None:
    """At least one character that is no digit."""
    return "it must hold a letter" if part.isdigit() else None


def place_of_births(part: str) -> str | None:
    """Position/total of a multiple birth."""
    return None if re.fullmatch(r"[1-9]/[1-9]", part) and part[0] <= part[2] else f"{part} cannot be"


_WHOLE = (0, 99)
_CSUM_WHOLE = (*_WHOLE, check_digit)
_PREFIX = (*_WHOLE, company_prefix)

CHECKS: dict[str, tuple[tuple[int, int, Check], ...]] = {
    **dict.fromkeys("00 01 02 03 402 8017 8018".split(), (_CSUM_WHOLE,)),
    **dict.fromkeys("410 411 412 413 414 415 416 417".split(), (_CSUM_WHOLE,)),
    **dict.fromkeys("253 255".split(), ((0, 13, check_digit),)),
    **dict.fromkeys("391n 393n".split(), ((0, 3, currency),)),
    **dict.fromkeys("401 7023 8004 8010".split(), (_PREFIX,)),
    "421": ((0, 3, country),),
    **dict.fromkeys("422 424 426".split(), ((0, 3, country),)),
    **dict.fromkeys("423 425".split(), ((*_WHOLE, countries),)),
    **dict.fromkeys(
        "4300 4301 4302 4303 4304 4305 4306 4310 4311 4312 4313 4314 4315 4316 4320".split(),
        ((*_WHOLE, percent_encoded),),
    ),
    **dict.fromkeys("7253 7254 7256 7257 7259".split(), ((*_WHOLE, percent_encoded),)),
    **dict.fromkeys("4307 4317".split(), ((*_WHOLE, country_letters),)),
    "4309": ((0, 10, at_most(1_800_000_000)), (10, 20, at_most(3_600_000_000))),
    **dict.fromkeys("4321 4322 4323".split(), ((*_WHOLE, one_of("0 1")),)),
    **dict.fromkeys("4324 4325".split(), ((6, 10, hour_minute_or_none),)),
    **dict.fromkeys("7003 7011".split(), ((6, 10, hour_minute),)),
    **dict.fromkeys("703n".split(), ((0, 3, country_or_several),)),
    "7040": ((3, 4, importer_index),),
    "7241": ((*_WHOLE, one_of("01 02 03 04 05 06 07 08 09 10 " + " ".join(map(str, range(80, 100))))),),
    "7250": ((0, 8, long_date),),
    "7251": ((0, 8, long_date), (8, 12, hour_minute)),
    "7252": ((*_WHOLE, one_of("0 1 2 9")),),
    "7258": ((*_WHOLE, place_of_births),),
    "8001": ((0, 4, not_zero), (4, 9, not_zero), (9, 12, not_zero), (12, 13, one_of("0 1 9"))),
    # The check digit of 8003 is left alone: a published label (vector V35) carries a wrong one.
    "8003": ((0, 1, one_of("0")),),
    "8006": ((0, 14, check_digit), (14, 18, piece_of_total)),
    "8026": ((0, 14, check_digit), (14, 18, piece_of_total)),
    "8007": ((*_WHOLE, iban),),
    "8008": ((6, 12, hour_minute),),
    "8011": ((*_WHOLE, no_leading_zero),),
    "8013": ((*_WHOLE, check_pair), _PREFIX),
    "8014": ((*_WHOLE, check_pair), _PREFIX, (*_WHOLE, has_letter)),
}
"""Per application identifier or pattern: from where to where in the value, and the check of that part."""

DATES: dict[str, tuple[tuple[int, bool], ...]] = {
    **dict.fromkeys("11 12 13 15 16 17 4324 4325".split(), ((0, True),)),
    **dict.fromkeys("4326 7003 7006 7011 8008".split(), ((0, False),)),
    "7007": ((0, False), (6, False)),
}
"""Per application identifier: where six digits YYMMDD begin, and whether day 00 may stand for the month's last."""
