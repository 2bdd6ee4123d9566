"""GS1 element strings, read strictly over biip's table of application identifiers (AI).

biip knows each AI's length and characters. What it lets pass is refused here: wrong check digits, impossible dates,
values that run past their length, repeated AIs with other values, AIs that exclude one another.
"""

import re
from collections.abc import Iterable
from datetime import date

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from labels import element_checks
from labels.calendar_dates import day_of
from labels.element_rules import EXCLUDED, REQUIRED, matches

SEPARATOR = "\x1d"
Elements = tuple[tuple[str, str], ...]
_NAMES = {"00": "SSCC", "01": "GTIN", "02": "GTIN", "03": "GTIN", "10": "lot (10)", "21": "serial (21)"}
_TRADE_ITEMS = ("01", "02", "03")
_BRACKET = re.compile(r" ?\(([0-9]{2,4})\) ?")


class BadElement(ValueError):
    """The sentence names the element and what is wrong with it."""


def split(text: str) -> Elements:
    """(AI, value) pairs of a text whose FNC1 are `SEPARATOR`, leading and superfluous ones ignored.

    Raises `BadElement`.
    """
    rest = text.lstrip(SEPARATOR)
    if not rest:
        raise BadElement("The barcode holds no data. Scan again.")
    found: list[tuple[str, str]] = []
    while rest:
        ai = _identifier(rest)
        if ai.separator_required:
            whole, _, rest = rest.partition(SEPARATOR)
        else:
            length = _fixed_length(ai)
            whole, rest = rest[:length], rest[length:]
        found.append((ai.ai, _value(ai, whole[len(ai.ai) :])))
        rest = rest.lstrip(SEPARATOR)
    check_together(found)
    return tuple(found)


def open_end(text: str) -> tuple[str, str, str] | None:
    """What stands before the first element of open length, its AI, and all that follows it; None: there is none."""
    place = 0
    while place < len(text):
        try:
            ai = _identifier(text[place:])
        except BadElement:
            return None
        if ai.separator_required:
            return text[:place], ai.ai, text[place + len(ai.ai) :]
        place += _fixed_length(ai)
    return None


def bracketed(text: str) -> Elements:
    """`(01)...(10)...` as printed below a barcode, with or without a space beside a bracket. Raises `BadElement`."""
    # A lot may hold brackets itself: only those around a number that is an AI begin the next element.
    starts = [found for found in _BRACKET.finditer(text) if _named(found[1])]
    if not starts or starts[0].start() != 0:
        raise BadElement("The brackets do not hold an application identifier such as (01). Type them as printed.")
    ends = [following.start() for following in starts[1:]] + [len(text)]
    found = [(start[1], check(start[1], text[start.end() : end])) for start, end in zip(starts, ends, strict=True)]
    check_together(found)
    return tuple(found)


def check(ai: str, value: str) -> str:
    """The value if it is one this AI may have. Raises `BadElement`."""
    known = _named(ai)
    if known is None:
        raise BadElement(f"({ai[:4]}) is no application identifier.")
    return _value(known, value)


def check_digit(name: str, digits: str) -> None:
    """Raises `BadElement` where the last digit is not the GS1 check digit of the others, or all are zero."""
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()):
        raise BadElement(f"{name} {digits[:40]!r} must hold digits only. Scan again.")
    expected = gs1_standard_check_digit(digits[:-1])
    if int(digits[-1]) != expected:
        raise BadElement(
            f"The check digit of {name} {digits} is {digits[-1]} but should be {expected}. "
            "Scan again or type it from the box."
        )
    if not digits.strip("0"):
        raise BadElement(f"{name} {digits} is a placeholder, not a number. Type it from the box.")


def check_together(found: Iterable[tuple[str, str]]) -> None:
    """The same AI twice must repeat the same value, and some exclude one another. Raises `BadElement`."""
    seen: dict[str, str] = {}
    for ai, value in found:
        if seen.setdefault(ai, value) != value:
            raise BadElement(
                f"({ai}) stands twice with different values, {seen[ai]} and {value}. Scan one label at a time."
            )
    for one, others in EXCLUDED:
        for ai in seen:
            if matches(ai, one):
                for other in seen:
                    if other != ai and matches(other, others):
                        raise BadElement(f"({ai}) and ({other}) exclude one another. Scan one label at a time.")


def missing_companion(found: Iterable[tuple[str, str]]) -> str | None:
    """A sentence where an element needs another one: on packs with two barcodes the other barcode holds it."""
    have = {ai for ai, _ in found}
    for ai in sorted(have):
        for needing, needed in REQUIRED:
            if matches(ai, needing) and not _stands(needed, have - {ai}):
                wanted = " or ".join(f"({other.replace('+', ') with (')})" for other in needed.split())
                return f"({ai}) needs {wanted} beside it. Scan the other barcode of the pack too."
    return None


def check_days(found: Iterable[tuple[str, str]], today: date) -> None:
    """Every date must exist in the century meant from `today`. Raises `BadElement`."""
    for ai, value in found:
        for start, day_zero in element_checks.DATES.get(ai, ()):
            digits = value[start : start + 6]
            try:
                if digits:
                    day_of(digits, today, day_zero=day_zero)
            except ValueError as fault:
                raise BadElement(f"The date {digits} (YYMMDD) of ({ai}) cannot be: {fault}. Scan again.") from None


def _named(ai: str) -> GS1ApplicationIdentifier | None:
    try:
        known = GS1ApplicationIdentifier.extract(ai)
    except ParseError:
        return None
    return known if known.ai == ai else None


def _identifier(text: str) -> GS1ApplicationIdentifier:
    try:
        return GS1ApplicationIdentifier.extract(text)
    except ParseError:
        raise BadElement(f"No application identifier begins with {text[:4]!r}. Scan again.") from None


def _fixed_length(ai: GS1ApplicationIdentifier) -> int:
    """Of identifier and value; biip writes the format of a fixed length as `N2+N14`."""
    return sum(int(part) for part in re.findall(r"[NX]([0-9]+)", ai.format))


def _value(ai: GS1ApplicationIdentifier, value: str) -> str:
    if not value:
        raise BadElement(f"({ai.ai}) {ai.data_title} holds no value. Scan again.")
    for symbol in value:
        if symbol not in element_checks.CSET82 and not (ai.ai == "8010" and symbol == "#"):
            raise BadElement(f"({ai.ai}) {ai.data_title} holds {symbol!r}, which no value can hold. Scan again.")
    # Without its anchor and then measured: biip's patterns of percent-encoded text backtrack without end.
    shape = re.match(ai.pattern.removesuffix("$"), ai.ai + value)
    if shape is None or shape.end() != len(ai.ai + value):
        form = f"{ai.format}, a day as YYMMDD" if ai.ai in element_checks.DATES else ai.format
        raise BadElement(
            f"({ai.ai}) {ai.data_title} holds {value[:40]!r} of {len(value)} characters, "
            f"which does not fit its form {form}. Scan again."
        )
    _check_content(ai, value)
    return value


def _check_content(ai: GS1ApplicationIdentifier, value: str) -> None:
    checks = element_checks.CHECKS
    name = _NAMES.get(ai.ai, f"({ai.ai})")
    for start, end, test in checks.get(ai.ai) or checks.get(f"{ai.ai[:3]}n", ()):
        part = value[start:end]
        if test is element_checks.check_digit and (ai.ai in _TRADE_ITEMS or part.strip("0")):
            check_digit(name, part)
        elif part and (fault := test(part)):
            raise BadElement(f"({ai.ai}) {ai.data_title} {value[:40]} cannot be: {fault}. Scan again.")


def _stands(needed: str, have: set[str]) -> bool:
    return any(
        all(any(matches(ai, pattern) for ai in have) for pattern in group.split("+")) for group in needed.split()
    )
