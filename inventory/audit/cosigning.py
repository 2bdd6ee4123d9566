"""Cosignatures of a witness (C2SP tlog-cosignature, Ed25519): it saw this and nothing that contradicts it. Pure.

A cosignature is kept as base64 of 4 bytes key id, 8 bytes POSIX seconds (big-endian) and 64 bytes signature over
`cosignature/v1`, the time, and the checkpoint's text.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from inventory.audit.checkpoints import ED25519, public_bytes

COSIGNATURE = b"\x04"
"""The signature type of an Ed25519 cosignature."""


class UnusableKey(ValueError):
    """The line is no public key of the kind that was asked for."""


@dataclass(frozen=True)
class PublicKey:
    """A verifier key as it is handed out: `name+id+base64`."""

    line: str
    name: str
    key_id: bytes
    key: Ed25519PublicKey


def witness_key(key: Ed25519PrivateKey) -> str:
    """The line that a witness hands out; named by its own fingerprint, as the signers of records are."""
    public = public_bytes(key)
    name = f"sterilog-witness/{sha256(public).hexdigest()[:16]}"
    return f"{name}+{_key_id(name, COSIGNATURE + public).hex()}+{b64encode(COSIGNATURE + public).decode()}"


def log_key_of(line: str) -> PublicKey:
    """The key that a record is signed with. Raises `UnusableKey`."""
    return _key_of(line, ED25519)


def witness_key_of(line: str) -> PublicKey:
    """The key that a witness signs with. Raises `UnusableKey`."""
    return _key_of(line, COSIGNATURE)


def is_signed(note: str, by: PublicKey) -> bool:
    """Whether one of the note's signatures is `by`'s, over its text."""
    text, _, signatures = note.partition("\n\n")
    return any(
        line.startswith(f"\u2014 {by.name} ") and _verified(by, line.rpartition(" ")[2], f"{text}\n".encode(), 0)
        for line in signatures.splitlines()
    )


def cosigned(text: str, key: Ed25519PrivateKey, at: datetime) -> str:
    """The cosignature of a checkpoint's text, in base64."""
    seconds = int(at.timestamp())
    key_id = bytes.fromhex(witness_key(key).split("+")[1])
    return b64encode(key_id + seconds.to_bytes(8, "big") + key.sign(_message(text, seconds))).decode()


def cosigned_at(text: str, signature: str, witness: PublicKey) -> datetime | None:
    """When the witness says it saw the checkpoint; None where the signature is not its own."""
    try:
        seconds = int.from_bytes(b64decode(signature, validate=True)[4:12], "big")
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if _verified(witness, signature, _message(text, seconds), 8) else None


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _verified(by: PublicKey, signature: str, message: bytes, time_bytes: int) -> bool:
    try:
        raw = b64decode(signature, validate=True)
        by.key.verify(raw[4 + time_bytes :], message)
    except (ValueError, InvalidSignature):
        return False
    return raw[:4] == by.key_id


def _key_of(line: str, kind: bytes) -> PublicKey:
    name, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
        if not name or " " in name or raw[:1] != kind or _key_id(name, raw).hex() != key_id:
            raise UnusableKey
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError:
        wanted = "sterilog/...+1a2b3c4d+AQ..." if kind == ED25519 else "sterilog-witness/...+1a2b3c4d+BA..."
        raise UnusableKey(f"This is no such public key. It looks like {wanted}") from None
    return PublicKey(line.strip(), name, bytes.fromhex(key_id), key)


def _key_id(name: str, typed: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed).digest()[:4]
