"""Canonical bytes of a record (RFC 8785 on a subset without floats) and their hash. Pure.

A leaf is SHA-256(0x00 || bytes), as in RFC 6962, so that a Merkle tree can be built over the same leaves.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"

LARGEST = 2**53 - 1
GENESIS = bytes(32)
_encoded = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def plain(value: object) -> Plain:  # noqa: C901 - one case a type
    """`value` as JSON that has one spelling only. Raises `TypeError` for floats and anything unknown."""
    if type(value) is str:
        return _spelled(value)
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value)
        case int():
            if abs(value) > LARGEST:
                raise TypeError(f"{value} is too large for a record.")
            return value
        case str():
            return _spelled(value)
        case datetime():
            moment = value.astimezone(UTC)
            return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            named = [(_spelled(str(key)), plain(item)) for key, item in value.items()]
            return dict(sorted(named, key=_utf_16))
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} cannot stand in a record.")


def canonical(record: Mapping[str, object]) -> bytes:
    """The one spelling of `record` in UTF-8: keys sorted, no spaces."""
    return _encoded(plain(record)).encode()


def _spelled(text: str) -> str:
    if text.isascii():
        return text
    # A lone surrogate has no UTF-8 form; a hostile barcode may hold one.
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def _utf_16(member: tuple[str, object]) -> bytes:
    """RFC 8785 sorts names by UTF-16 code units, which is not the order of code points beyond U+FFFF."""
    return member[0].encode("utf-16-be")


def leaf(record: bytes) -> bytes:
    """The 32 bytes that name a record in its chain."""
    return sha256(b"\x00" + record).digest()
