"""HIBC supplier labels (ANSI/HIBC 2.6): primary, secondary and both in one. No maintained library reads them."""

import re
from dataclasses import dataclass
from datetime import date

from labels.calendar_dates import day_of, julian_day_of, long_day_of, month_of

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_PRIMARY = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,13})([0-9])")
_LONGEST_PRODUCT = 18
_LOT = re.compile(r"[A-Z0-9 .%-]{0,18}")
_SUPPLEMENT = re.compile(r"(S|14D|16D|Q)(.+)")
_QUANTITY_DIGITS = {"8": 2, "9": 5}
_DATE_DIGITS = {"0": 4, "1": 4, "2": 7, "3": 7, "4": 9, "5": 6, "6": 8}
"""By the first character after `$$` and a quantity: how many digits the expiry takes, that character included."""


class BadHibc(ValueError):
    """The sentence names what is wrong."""


@dataclass
class Hibc:
    """`product` is LIC, PCN and unit of measure; None for a secondary label read alone."""

    product: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    produced_on: date | None = None
    quantity: int | None = None

    @property
    def elements(self) -> tuple[tuple[str, str], ...]:
        """LIC, PCN and UM of the primary label."""
        if self.product is None:
            return ()
        return (("LIC", self.product[:4]), ("PCN", self.product[4:-1]), ("UM", self.product[-1]))


def read(text: str, today: date) -> Hibc:
    """A label beginning with `+`; two-digit years lie within 49 years back and 50 ahead of `today`.

    Raises `BadHibc`.
    """
    body = _checked(text)[1:]
    label = Hibc()
    if body[:1] == "$" or body[:1].isdigit():
        # Alone, a secondary label ends with the link character: the check character of its primary.
        first, *supplements = body[:-1].split("/")
        _secondary(label, first, today)
    else:
        first, *others = body.split("/")
        label.product = _primary(first)
        if others and not _SUPPLEMENT.fullmatch(others[0]):
            _secondary(label, others[0], today)
            others = others[1:]
        supplements = others
    for part in supplements:
        _supplement(label, part)
    return label


def check_symbol(text: str) -> str:
    """The check character of `text`, its leading plus included: the sum of the values modulo 43."""
    return ALPHABET[sum(ALPHABET.index(symbol) for symbol in text) % 43]


def _checked(text: str) -> str:
    """The text without its check character."""
    for symbol in text:
        if symbol not in ALPHABET:
            raise BadHibc(f"{symbol!r} cannot stand in a HIBC label. Scan again, or type capital letters.")
    if not text.startswith("+") or len(text) < 4:
        raise BadHibc("This HIBC label is too short. Scan again.")
    product, slash, _ = text[1:].partition("/")
    if product[:1].isalpha() and len(product) > _LONGEST_PRODUCT + (not slash):
        raise BadHibc(f"The product {product[:30]} of this HIBC label is too long: 13 characters at most. Scan again.")
    body, sent = text[:-1], text[-1]
    if sent == check_symbol(body):
        return body
    # The check character may be a space, which scanners and forms like to drop.
    if check_symbol(text) == " ":
        return text
    raise BadHibc(
        f"The check character of this HIBC label is {sent!r} but should be {check_symbol(body)!r}. Scan again."
    )


def _primary(text: str) -> str:
    if not _PRIMARY.fullmatch(text):
        raise BadHibc(
            f"{text[:30]!r} is no HIBC product: 4 characters of labeler beginning with a letter, 1 to 13 of "
            "product, 1 digit of unit. Scan again."
        )
    return text


def _secondary(label: Hibc, text: str, today: date) -> None:
    if text.startswith("$$+"):
        label.serial = _lot(_quantity_and_expiry(label, text[3:], today))
    elif text.startswith("$$"):
        label.lot = _lot(_quantity_and_expiry(label, text[2:], today))
    elif text.startswith("$+"):
        label.serial = _lot(text[2:])
    elif text.startswith("$"):
        label.lot = _lot(text[1:])
    elif re.match(r"[0-9]{5}", text):
        label.expires_on = _day("5" + text[:5], today)
        label.lot = _lot(text[5:])
    else:
        raise BadHibc(f"The second part {text[:30]!r} of this HIBC label has no known form.")


def _quantity_and_expiry(label: Hibc, text: str, today: date) -> str:
    """What is left of the text after the quantity and the expiry, either of which may be absent."""
    if text[:1] in _QUANTITY_DIGITS and text:
        end = 1 + _QUANTITY_DIGITS[text[0]]
        label.quantity = _number(text[1:end], end - 1)
        text = text[end:]
    flag = text[:1]
    if flag == "7":
        return text[1:]
    if flag in _DATE_DIGITS and flag:
        label.expires_on = _day(text[: _DATE_DIGITS[flag]], today)
        return text[_DATE_DIGITS[flag] :]
    if text and label.quantity is None:
        raise BadHibc(f"The expiry {text[:10]!r} of this HIBC label has no known form.")
    return text


def _supplement(label: Hibc, text: str) -> None:
    found = _SUPPLEMENT.fullmatch(text)
    if found is None:
        raise BadHibc(f"The part /{text[:20]} of this HIBC label is not known.")
    what, value = found[1], found[2]
    if what == "S":
        label.serial = _lot(value)
    elif what == "Q":
        label.quantity = _number(value, len(value))
    elif what == "14D":
        label.expires_on = _long_day(value)
    else:
        label.produced_on = _long_day(value)


def _lot(text: str) -> str | None:
    if not _LOT.fullmatch(text):
        raise BadHibc(f"The lot or serial {text[:30]!r} of this HIBC label cannot be: 18 letters and digits at most.")
    return text or None


def _number(text: str, digits: int) -> int:
    if not text.isdigit() or len(text) != digits or digits > 5:
        raise BadHibc(f"The quantity {text[:10]!r} of this HIBC label is no number.")
    return int(text)


def _day(written: str, today: date) -> date:
    """An expiry with its leading format digit: MMYY, 2MMDDYY, 3YYMMDD, 4YYMMDDHH, 5YYJJJ or 6YYJJJHH."""
    if not written.isdigit() or len(written) != _DATE_DIGITS[written[0]]:
        raise BadHibc(f"The expiry {written!r} of this HIBC label is too short or no number.")
    flag, digits = written[0], written[1:]
    try:
        if flag in "01":
            return month_of(written, today)
        if flag == "2":
            return day_of(digits[4:6] + digits[:4], today, day_zero=False)
        hour = digits[6:] if flag == "4" else digits[5:] if flag == "6" else ""
        if hour and int(hour) > 23:
            raise ValueError(f"there is no hour {hour}")
        return day_of(digits[:6], today, day_zero=False) if flag in "34" else julian_day_of(digits[:5], today)
    except ValueError as fault:
        raise BadHibc(f"The expiry {written} of this HIBC label cannot be: {fault}.") from None


def _long_day(text: str) -> date:
    try:
        if len(text) != 8 or not text.isdigit():
            raise ValueError("it must have 8 digits YYYYMMDD")
        return long_day_of(text)
    except ValueError as fault:
        raise BadHibc(f"The date {text[:20]} of this HIBC label cannot be: {fault}.") from None
