"""Money and days as a clinic writes them: 1.234,50 and 31/12/2026, or 1,234.50 and 12/31/2026. Pure.

Nothing is guessed: `12.50` where the comma is the decimal sign is refused, not read as 1250.
"""

import re
from datetime import date
from enum import StrEnum

LARGEST_AMOUNT = 99_999_999
"""In minor units, so just below a million."""
NO_BREAK = "\u202f"


class Writing(StrEnum):
    EUROPEAN = "european"
    US = "us"


class Currency(StrEnum):
    EUR = "EUR"
    USD = "USD"
    GBP = "GBP"
    CHF = "CHF"


class Unreadable(ValueError):
    """The text is a sentence that shows how to write it."""


def amount(text: str, writing: Writing) -> int:
    """Minor units of an amount that is zero or more. Raises `Unreadable`."""
    decimal, grouping = (",", r"[.\u202f\u00a0 ]") if writing is Writing.EUROPEAN else (".", ",")
    shape = rf"(\d{{1,3}}(?:{grouping}\d{{3}})+|\d+)(?:{re.escape(decimal)}(\d{{1,2}}))?"
    found = re.fullmatch(shape, text.strip(), re.ASCII)
    example = "1234,50" if writing is Writing.EUROPEAN else "1234.50"
    if not found:
        raise Unreadable(f"Write the amount like {example}.")
    minor = int(re.sub(r"\D", "", found[1])) * 100 + int((found[2] or "0").ljust(2, "0"))
    if minor > LARGEST_AMOUNT:
        raise Unreadable(f"An amount is below a million. Write it like {example}.")
    return minor


def money(minor: int, writing: Writing, currency: str = "") -> str:
    """`1 234,50 EUR` or `EUR 1,234.50`; without its currency where none is given."""
    whole, cents = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    if writing is Writing.EUROPEAN:
        said = f"{sign}{whole:,}".replace(",", NO_BREAK) + f",{cents:02d}"
        return f"{said} {currency}".strip()
    return f"{currency} {sign}{whole:,}.{cents:02d}".strip()


def plain(minor: int, writing: Writing) -> str:
    """As it stands in a field: without grouping."""
    decimal = "," if writing is Writing.EUROPEAN else "."
    return f"{minor // 100}{decimal}{minor % 100:02d}"


def decimal(value: float, writing: Writing, places: int = 1) -> str:
    """`3,5` or `3.5`; a whole number without what stands behind the sign."""
    said = f"{value:.{places}f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return said.replace(".", ",") if writing is Writing.EUROPEAN else said


def day(text: str, writing: Writing) -> date:
    """`31/12/2026`, `31.12.2026` or `31-12-2026`, US `12/31/2026`, and `2026-12-31` for both. Raises `Unreadable`."""
    written = text.strip()
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", written, re.ASCII)
    other = re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", written, re.ASCII)
    example = "31/12/2026" if writing is Writing.EUROPEAN else "12/31/2026"
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if other:
            first, second, year = int(other[1]), int(other[3]), int(other[4])
            return date(year, second, first) if writing is Writing.EUROPEAN else date(year, first, second)
    except ValueError:
        raise Unreadable(f"There is no such day. Write it like {example}.") from None
    raise Unreadable(f"Write the day like {example}.")


def written_day(value: date | None, writing: Writing) -> str:
    if value is None:
        return "-"
    return f"{value:%d/%m/%Y}" if writing is Writing.EUROPEAN else f"{value:%m/%d/%Y}"
