"""Our own codes: what a label's QR says, and the text printed below it.

A code is 16 random symbols (80 bits) and one check symbol, in Crockford's base 32 without I, L, O, U. The check is
a sum over GF(2^5) with a different non-zero weight for each place, so that every single wrong symbol and every two
symbols that changed places are noticed. No code begins with two digits: every GS1 element string does, and one in 32
of those of the same length would pass the check.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS = 16
LENGTH = RANDOM_SYMBOLS + 1
LONGEST_INPUT = 512
LAST_COPY = 999
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_ADDRESS = re.compile(r"(?:HTTPS?://([^/?#\s]+))?/([PGCBTRL])/([0-9A-Z-]+(?:\.[^/?#\s]*)?)/?", re.ASCII | re.IGNORECASE)
_COPY = re.compile(r"[2-9]|[1-9][0-9]{1,2}", re.ASCII)
_REDUCING = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): its root 2 generates all 31 non-zero elements."""


class CodeKind(Enum):
    """What a code stands on; the letter is part of its address."""

    PACK = "P"
    GUN = "G"
    CONTAINER = "C"
    BADGE = "B"
    PART = "T"
    ROOM = "R"
    LOAD = "L"


class UnreadableCode(ValueError):
    """No code of ours, with a sentence saying what to do next."""


class CopyOutOfRange(ValueError):
    """A label is printed once and reprinted at most 998 times."""

    def __init__(self, copy: int) -> None:
        super().__init__(f"A label has copies 1 to {LAST_COPY}, no copy {copy}. Make a new code instead.")
        self.copy = copy


@dataclass(frozen=True)
class OwnCode:
    """`kind` and `host` are None where only the code itself was typed. `copy` is 1 until a label is reprinted."""

    kind: CodeKind | None
    code: str
    host: str | None = None
    copy: int = 1

    @property
    def bare(self) -> str:
        """The code without hyphens, with the number of its copy: what a DataMatrix holds."""
        return _copied(self.code, self.copy)


def new_code(source: Callable[[int], int] = secrets.randbits) -> str:
    """17 symbols; `source` gives as many random bits as it is asked for."""
    bits = source(5 * RANDOM_SYMBOLS)
    body = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(RANDOM_SYMBOLS))
    if body[:2].isdigit():
        # Costs less than a bit: of the 1,024 ways to begin, 100 are written as another.
        body = ALPHABET[10 + int(body[0])] + body[1:]
    return body + _check_symbol(body)


def grouped(code: str, copy: int = 1) -> str:
    """As printed and typed: `7K2Q-9XMD-4WTN-8B3CZ`, a reprint `7K2Q-9XMD-4WTN-8B3CZ.2`. Raises `CopyOutOfRange`."""
    return _copied("-".join((code[0:4], code[4:8], code[8:12], code[12:])), copy)


def address(host: str, kind: CodeKind, code: str, *, scheme: str = "https", copy: int = 1) -> str:
    """What the QR holds: upper case, so that it fits the alphanumeric mode. Raises `CopyOutOfRange`."""
    return f"{scheme}://{host}/{kind.value}/{_copied(code, copy)}".upper()


def beginning(text: str) -> str:
    """The symbols of a code that was typed in part, as they are kept; empty where it can be the beginning of none."""
    begun = _normal(_trimmed(text))
    return begun if len(begun) < LENGTH and all(symbol in _VALUE for symbol in begun) else ""


def looks_like_own(text: str) -> bool:
    """Whether `text` is meant as one of our codes: by its address, or by its shape with a check that holds."""
    if len(text) > LONGEST_INPUT or not text.isascii():
        return False
    shown = _trimmed(text)
    if _ADDRESS.fullmatch(shown):
        return True
    code = _normal(shown.partition(".")[0])
    return len(code) == LENGTH and not code[:2].isdigit() and _valid(code)


def is_badge(text: str) -> bool:
    """Whether `text` is the address on somebody's badge, right or wrong: it must not be kept where others read it."""
    found = _ADDRESS.fullmatch(_trimmed(text[:LONGEST_INPUT]))
    return found is not None and CodeKind(found[2].upper()) is CodeKind.BADGE


def parse(text: str) -> OwnCode:
    """Read an address in any case, or a typed code with or without hyphens. Raises `UnreadableCode`."""
    if len(text) > LONGEST_INPUT:
        raise UnreadableCode("That is too long for a label. Scan one label at a time.")
    if not text.isascii():
        raise UnreadableCode("A code of ours holds plain letters and digits only. Scan again, or type it as printed.")
    shown = _trimmed(text)
    found = _ADDRESS.fullmatch(shown)
    host, kind, written = (found[1], CodeKind(found[2].upper()), found[3]) if found else (None, None, shown)
    before, dot, after = written.partition(".")
    code = _normal(before)
    if len(code) != LENGTH or any(symbol not in _VALUE for symbol in code):
        raise UnreadableCode(f"A code of ours has {LENGTH} letters and digits. Scan again, or type it as printed.")
    if not _valid(code):
        raise UnreadableCode("One character of this code is wrong. Scan again, or type it as printed.")
    if dot and not _COPY.fullmatch(after):
        raise UnreadableCode(
            f"After the dot stands which copy of a label this is, 2 to {LAST_COPY}. Scan again, or type it as printed."
        )
    return OwnCode(kind, code, host.lower() if host else None, int(after) if dot else 1)


def _copied(code: str, copy: int) -> str:
    if not 1 <= copy <= LAST_COPY:
        raise CopyOutOfRange(copy)
    return code if copy == 1 else f"{code}.{copy}"


def _trimmed(text: str) -> str:
    return _AIM.sub("", text.strip())


def _normal(text: str) -> str:
    return text.upper().replace("-", "").replace(" ", "").translate(_LOOKALIKE)


def _valid(code: str) -> bool:
    return all(symbol in _VALUE for symbol in code) and _check_symbol(code[:-1]) == code[-1]


def _check_symbol(body: str) -> str:
    total, weight = 0, 1
    for symbol in body:
        weight = _times(weight, 2)
        total ^= _times(weight, _VALUE[symbol])
    return ALPHABET[total]


def _times(left: int, right: int) -> int:
    """Product in GF(2^5)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = left << 1, right >> 1
        if left & 32:
            left ^= _REDUCING
    return product
