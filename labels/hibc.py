"""HIBC supplier labels (ANSI/HIBC 2.6): primary, secondary and both in one. No maintained library reads them."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_PRIMARY = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,13})([0-9])")
_QUANTITY = {"8": 2, "9": 5}
_DATE_LENGTH = {"2": 6, "3": 6, "4": 8, "5": 5, "6": 7}


class BadHibc(ValueError):
    """The sentence names what is wrong."""


@dataclass(frozen=True)
class Hibc:
    """`product` is LIC, PCN and unit of measure; None for a secondary label read alone."""

    product: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    produced_on: date | None = None
    quantity: int | None = None


@dataclass
class _Fields:
    product: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    produced_on: date | None = None
    quantity: int | None = None
    rest: str = field(default="", repr=False)


def read(text: str) -> Hibc:
    """A label beginning with `+`. Raises `BadHibc`."""
    if not text.startswith("+") or len(text) < 4:
        raise BadHibc("A HIBC label begins with + and holds at least a product.")
    for symbol in text:
        if symbol not in ALPHABET:
            raise BadHibc(f"{symbol!r} cannot stand in a HIBC label. Scan again.")
    body, sent = text[1:-1], text[-1]
    expected = ALPHABET[sum(ALPHABET.index(symbol) for symbol in text[:-1]) % 43]
    if sent != expected:
        raise BadHibc(f"The check character is {sent!r} but should be {expected!r}. Scan again.")
    fields = _Fields()
    if body[0] == "$" or body[0].isdigit():
        # Alone, a secondary label ends with the link character: the check character of its primary.
        _secondary(fields, body[:-1])
    else:
        first, *others = body.split("/")
        fields.product = _primary(first)
        for place, part in enumerate(others):
            (_secondary if place == 0 and not _is_supplement(part) else _supplement)(fields, part)
    return Hibc(
        fields.product, fields.lot, fields.serial, fields.expires_on, fields.produced_on, fields.quantity
    )


def _primary(text: str) -> str:
    if not _PRIMARY.fullmatch(text):
        raise BadHibc(
            "The product has a letter and 3 characters of labeler, 1 to 13 of product, 1 digit of unit."
        )
    return text


def _is_supplement(text: str) -> bool:
    return bool(re.match(r"(S|14D|16D|Q)", text))


def _secondary(fields: _Fields, text: str) -> None:
    if text.startswith("$$"):
        _dated(fields, text[2:])
    elif text.startswith("$+"):
        fields.serial = text[2:] or None
    elif text.startswith("$"):
        fields.lot = text[1:] or None
    elif re.match(r"\d{5}", text):
        fields.expires_on = _julian(text[:5])
        fields.lot = text[5:] or None
    else:
        raise BadHibc("The second part of this HIBC label has no known form.")


def _dated(fields: _Fields, text: str) -> None:
    serial = text.startswith("+")
    text = text.removeprefix("+")
    if text[:1] in _QUANTITY and text:
        digits = _QUANTITY[text[0]]
        fields.quantity = _number(text[1 : 1 + digits], digits)
        text = text[1 + digits :]
    flag = text[:1]
    if flag in _DATE_LENGTH and flag:
        length = _DATE_LENGTH[flag]
        fields.expires_on = _day(flag, text[1 : 1 + length])
        text = text[1 + length :]
    elif flag == "7":
        text = text[1:]
    elif text[:1] in ("0", "1"):
        fields.expires_on = _month(text[:4])
        text = text[4:]
    elif text and fields.quantity is None:
        raise BadHibc("The expiry of this HIBC label has no known form.")
    if serial:
        fields.serial = text or None
    else:
        fields.lot = text or None


def _supplement(fields: _Fields, text: str) -> None:
    if text.startswith("S"):
        fields.serial = text[1:] or None
    elif text.startswith("16D"):
        fields.produced_on = _whole_day(text[3:])
    elif text.startswith("14D"):
        fields.expires_on = _whole_day(text[3:])
    elif text.startswith("Q"):
        fields.quantity = _number(text[1:], len(text) - 1)
    else:
        raise BadHibc(f"The part /{text[:10]} of this HIBC label is not known.")


def _number(text: str, digits: int) -> int:
    if not text.isdigit() or len(text) != digits:
        raise BadHibc("The quantity of this HIBC label is no number.")
    return int(text)


def _day(flag: str, text: str) -> date:
    if not text.isdigit() or len(text) != _DATE_LENGTH[flag]:
        raise BadHibc("The expiry of this HIBC label is too short or no number.")
    if flag in "56":
        _hour(text[5:])
        return _julian(text[:5])
    if flag == "2":
        text = text[4:6] + text[:4]
    _hour(text[6:])
    return _whole_day("20" + text[:6])


def _hour(text: str) -> None:
    if text and int(text) > 23:
        raise BadHibc(f"{text} is no hour of the day.")


def _month(text: str) -> date:
    """MMYY: good through the month's last day."""
    if not text.isdigit() or len(text) != 4 or not 1 <= int(text[:2]) <= 12:
        raise BadHibc(f"{text} is no month and year (MMYY).")
    month, year = int(text[:2]), 2000 + int(text[2:])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _julian(text: str) -> date:
    """YYJJJ: the year and the day within it."""
    year, number = 2000 + int(text[:2]), int(text[2:])
    found = date(year, 1, 1) + timedelta(days=number - 1)
    if number < 1 or found.year != year:
        raise BadHibc(f"Day {number} does not exist in {year}.")
    return found


def _whole_day(text: str) -> date:
    try:
        if len(text) != 8:
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise BadHibc(f"{text} is no day that exists.") from None
