"""Asking others over the network for what they say of a checkpoint: a witness, a time-stamp authority.

Only a command does this, never a page: with the mail server these are the only hosts that Sterilog ever talks to.
"""

import re
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from inventory.audit.cosigning import PublicKey
from inventory.audit.evidence import Noted
from inventory.errors import DomainError

try:
    import rfc3161_client
except ModuleNotFoundError:
    rfc3161_client = None  # type: ignore[assignment]

SECONDS = 15
MOST_BYTES = 64 * 1024
_GRANTED = (0, 1)


class Unanswered(DomainError):
    """Who was asked did not answer, or not with what was asked for; the record goes on, and it is tried again."""

    code = "UNANSWERED"

    def __init__(self, whom: str, why: str) -> None:
        super().__init__(f"{whom}: {why}. Nothing is lost; it is asked again the next time.")


def cosignature(
    url: str, witness: PublicKey, noted: Noted, known: int, proof_from: Callable[[int], Sequence[bytes]]
) -> str:
    """The witness's signature over the checkpoint, in base64 (C2SP tlog-witness, add-checkpoint).

    `known` is the size it is thought to have seen last; it says so where that is wrong, and is asked once more.
    Raises `Unanswered`.
    """
    status, answer = _asked(url, noted, known, proof_from)
    if status == 409 and re.fullmatch(rb"(0|[1-9]\d{0,15})\n", answer):
        seen = int(answer)
        if seen > noted.checkpoint.size:
            raise Unanswered(url, f"it has seen {seen} entries of this record, which has {noted.checkpoint.size}")
        status, answer = _asked(url, noted, seen, proof_from)
    if status != 200:
        said = answer[:200].decode("utf-8", "replace").strip()
        raise Unanswered(url, f"it refused this checkpoint ({status}): {said}")
    line = re.search(rf"^\u2014 {re.escape(witness.name)} ([A-Za-z0-9+/=]+)$", answer.decode("utf-8", "replace"), re.M)
    if line is None:
        raise Unanswered(url, "its answer bears no signature of the witness that was named")
    return line[1]


def time_seal(url: str, noted: Noted) -> tuple[bytes, datetime]:
    """A time-stamp authority's answer over the note (RFC 3161), and the time in it.

    That the token speaks of this note and this request is checked here; whose it is, by whoever holds the
    authority's certificate. Raises `Unanswered`.
    """
    if rfc3161_client is None:
        raise Unanswered(url, "the package rfc3161-client is missing: pip install 'sterilog[seal]'")
    builder = rfc3161_client.TimestampRequestBuilder().data(noted.note.encode())
    request = builder.hash_algorithm(rfc3161_client.base.HashAlgorithm.SHA256).build()
    status, answer = _post(url, request.as_bytes(), "application/timestamp-query")
    if status != 200:
        raise Unanswered(url, f"it answered {status}")
    try:
        found = rfc3161_client.decode_timestamp_response(answer)
        if found.status not in _GRANTED:
            raise Unanswered(url, "it refused to stamp: " + ", ".join(found.status_string)[:200])
        token = found.tst_info
        if token.message_imprint.message != sha256(noted.note.encode()).digest() or token.nonce != request.nonce:
            raise Unanswered(url, "its stamp speaks of something else")
        return answer, token.gen_time
    except ValueError:
        raise Unanswered(url, "its answer is no time-stamp") from None


def _asked(url: str, noted: Noted, known: int, proof_from: Callable[[int], Sequence[bytes]]) -> tuple[int, bytes]:
    steps = proof_from(known) if 0 < known < noted.checkpoint.size else ()
    lines = [f"old {known}", *(b64encode(step).decode() for step in steps)]
    body = "\n".join(lines) + "\n\n" + noted.note
    return _post(f"{url.rstrip('/')}/add-checkpoint", body.encode(), "text/plain; charset=utf-8")


def _post(url: str, body: bytes, kind: str) -> tuple[int, bytes]:
    """No redirect is followed: what is said goes to the host that was named, or to none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unanswered(url, "this is no address like https://witness.example/witness")
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        if parts.scheme == "https":
            safe = ssl.create_default_context()
            way: HTTPConnection = HTTPSConnection(parts.hostname, parts.port, timeout=SECONDS, context=safe)
        else:
            way = HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
        try:
            way.request("POST", path, body, {"Content-Type": kind})
            answer = way.getresponse()
            return answer.status, answer.read(MOST_BYTES)
        finally:
            way.close()
    except (OSError, HTTPException, ValueError) as fault:
        raise Unanswered(url, str(fault) or type(fault).__name__) from None
