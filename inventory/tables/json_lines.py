"""Rows as JSON Lines: UTF-8, one object a line, nothing left out. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence

ROWS_A_CHUNK = 1000


def json_chunks(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[tuple[bytes, int]]:
    """The file in pieces, each with its number of rows. Text is as it was entered: JSON is run by nobody."""
    waiting: list[str] = []
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        waiting.append(encode(dict(zip(header, row, strict=True))))
        if len(waiting) == ROWS_A_CHUNK:
            yield _lines(waiting), len(waiting)
            waiting = []
    yield _lines(waiting), len(waiting)


def _lines(waiting: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in waiting).encode()
