"""Canonical bytes of a record (RFC 8785 on a subset without floats) and their hash. Pure.

A leaf is SHA-256(0x00 || bytes), as in RFC 6962, so that a Merkle tree can be built over the same leaves.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID

import uuid6

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"

LARGEST = 2**53 - 1
GENESIS = bytes(32)
_encoded = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def plain(value: object) -> Plain:
    """`value` as JSON that has one spelling only. Raises `TypeError` for floats and anything unknown."""
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        return value if value.isascii() else _spelled(value)
    known = _OF_TYPE.get(type(value))
    return known(value) if known else _of_kind(value)


def canonical(record: Mapping[str, object]) -> bytes:
    """The one spelling of `record` in UTF-8: keys sorted, no spaces."""
    return _encoded(plain(record)).encode()


def _of_kind(value: object) -> Plain:
    """What is of no type in the table, but of a kind: an enum, a subclass."""
    match value:
        case UUID():
            return str(value)
        case Enum():
            return plain(value.value)
        case int():
            return _counted(value)
        case str():
            return _spelled(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Mapping():
            return _named(value)
        case list() | tuple():
            return _listed(value)
        case _:
            raise TypeError(f"{type(value).__name__} cannot stand in a record.")


def _counted(value: int) -> int:
    if abs(value) > LARGEST:
        raise TypeError(f"{value} is too large for a record.")
    return value


def _moment(value: datetime) -> str:
    moment = value.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _spelled(text: str) -> str:
    if text.isascii():
        return text
    # A lone surrogate has no UTF-8 form; a hostile barcode may hold one.
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())


def _named(values: Mapping[Any, object]) -> dict[str, Plain]:
    return {name: plain(values[key]) for name, key in _in_order(*values)}


def _listed(items: Iterable[object]) -> list[Plain]:
    return [item if item is None or (type(item) is str and item.isascii()) else plain(item) for item in items]


@lru_cache(maxsize=1024, typed=True)
def _in_order(*keys: object) -> list[tuple[str, object]]:
    """Names with their keys by UTF-16 code units (RFC 8785), beyond U+FFFF not the order of code points."""
    named = [(_spelled(str(key)), key) for key in keys]
    return sorted(named, key=lambda member: member[0].encode("utf-16-be"))


_OF_TYPE: Mapping[type, Callable[[Any], Plain]] = {
    int: _counted,
    dict: _named,
    list: _listed,
    tuple: _listed,
    UUID: str,
    uuid6.UUID: str,
    datetime: _moment,
    date: date.isoformat,
}


def leaf(record: bytes) -> bytes:
    """The 32 bytes that name a record in its chain."""
    return sha256(b"\x00" + record).digest()
