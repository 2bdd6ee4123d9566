"""A witness for records kept elsewhere: it cosigns a checkpoint only where that extends the last one it saw.

C2SP tlog-witness. What was seen stands in a folder of its own and not in the database: restoring a backup here does
not make the witness forget what it signed for others.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory.audit.cosigning import PublicKey, cosigned, is_signed, log_key_of, witness_key
from inventory.audit.keyholding import KeyHolder
from inventory.audit.verify import Tampered, roots_by_consistency
from inventory.errors import DomainError

FOLDER = "witness"
MOST_PROOF_LINES = 63
_ORIGIN = re.compile(r"(sterilog/[0-9a-f]{32})/([1-9]\d{0,8})")
_SIZE = re.compile(r"0|[1-9]\d{0,15}")


class Refused(DomainError):
    """A checkpoint that is not cosigned; `size` is what the witness knows, where that is what differs."""

    def __init__(self, status: int, sentence: str, size: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.size = status, size


@dataclass(frozen=True)
class Submitted:
    """What a log asks to have cosigned: its text and signatures, and the proof that it extends `old` entries."""

    old: int
    proof: Sequence[bytes]
    text: str
    note: str
    log: str
    epoch: int
    size: int
    root: bytes


@dataclass(frozen=True)
class Trusted:
    """A log whose checkpoints are cosigned, and the newest of each record it sent, as (record, entries)."""

    name: str
    key: str
    seen: Sequence[tuple[str, int]]


class Witness:
    def __init__(self, data: Path) -> None:
        self._holder = KeyHolder(data / FOLDER, "seen.json", "witness")

    @property
    def public_key(self) -> str:
        """The line to hand out: `verify.py --witness` takes it."""
        with self._holder.held():
            return witness_key(self._holder.key())

    def trust(self, name: str, key: str) -> None:
        """Cosign from now on what is signed with `key`, a record's public key. Raises `UnusableKey`."""
        line = log_key_of(key).line
        with self._holder.held():
            said = self._said()
            said["logs"][line] = name
            self._holder.key()
            self._holder.keep(said)

    def trusted(self) -> Sequence[Trusted]:
        said = self._said()
        return [
            Trusted(name, key, [(origin, seen["size"]) for origin, seen in said["seen"].items() if seen["key"] == key])
            for key, name in said["logs"].items()
        ]

    def newest(self) -> Sequence[str]:
        """The newest note of each record, as its owner signed it: an anchor for whoever checks that record."""
        return [seen["note"] for seen in self._said()["seen"].values()]

    def cosign(self, asked: Submitted, now: datetime) -> str:
        """The signature line. What was seen is kept before it is handed out. Raises `Refused`."""
        with self._holder.held():
            said = self._said()
            by = self._signer_of(asked, said)
            known = said["seen"].get(asked.log, {"key": by.line, "epoch": asked.epoch, "size": 0, "root": ""})
            if known["key"] != by.line:
                raise Refused(403, "This record was signed with another key before.")
            _check_extends(asked, known)
            said["seen"][asked.log] = {
                "key": by.line,
                "epoch": asked.epoch,
                "size": asked.size,
                "root": asked.root.hex(),
                "note": asked.note,
            }
            key = self._holder.key()
            self._holder.keep(said)
        name = witness_key(key).partition("+")[0]
        return f"\u2014 {name} {cosigned(asked.text, key, now)}\n"

    def _signer_of(self, asked: Submitted, said: dict[str, Any]) -> PublicKey:
        if not said["logs"]:
            raise Refused(404, "This witness knows no record.")
        for line in said["logs"]:
            by = log_key_of(line)
            if is_signed(asked.note, by):
                return by
        raise Refused(403, "No key that this witness trusts has signed the checkpoint.")

    def _said(self) -> dict[str, Any]:
        said = {"logs": {}, "seen": {}, **self._holder.said()}
        if not all(isinstance(part, dict) for part in said.values()):
            raise self._holder.damaged()
        return said


def submitted(body: str) -> Submitted:
    """A request of tlog-witness: `old` and size, proof lines, an empty line, the checkpoint. Raises `Refused` (400)."""
    head, _, note = body.partition("\n\n")
    old, *lines = head.split("\n")
    text = note.partition("\n\n")[0] + "\n"
    origin, size, encoded, *rest = (*text.split("\n"), "", "", "")
    named, begun = _ORIGIN.fullmatch(origin), re.fullmatch(r"old (0|[1-9]\d{0,15})", old)
    try:
        proof, root = [b64decode(line, validate=True) for line in lines], b64decode(encoded, validate=True)
    except ValueError:
        raise Refused(400, "The request is not in base64 where it has to be.") from None
    shaped = len(root) == 32 and all(len(step) == 32 for step in proof) and len(lines) <= MOST_PROOF_LINES
    if not (named and begun and shaped and _SIZE.fullmatch(size) and not any(rest)):
        raise Refused(400, "This is no request for a cosignature: old size, proof, empty line, checkpoint.")
    if int(begun[1]) > int(size):
        raise Refused(400, "The old size is beyond the checkpoint.")
    return Submitted(int(begun[1]), proof, text, note, named[1], int(named[2]), int(size), root)


def _check_extends(asked: Submitted, known: dict[str, Any]) -> None:
    if asked.epoch < known["epoch"]:
        raise Refused(409, "This record was given up for a later epoch.", known["size"])
    # A later epoch began from a backup, as its first entry says; it is a tree of its own.
    size, root = (known["size"], known["root"]) if asked.epoch == known["epoch"] else (0, "")
    if asked.old != size:
        raise Refused(409, f"The newest checkpoint seen here has {size} entries.", size)
    if size == asked.size and size:
        if asked.root.hex() != root:
            raise Refused(409, "Another checkpoint of as many entries was seen here.", size)
        return
    if size == 0:
        if asked.proof:
            raise Refused(422, "Nothing was seen before, so there is nothing to prove.")
        return
    try:
        found = roots_by_consistency(size, asked.size, asked.root, list(asked.proof))
    except Tampered:
        raise Refused(422, "The proof does not fit.") from None
    if found != (bytes.fromhex(root), asked.root):
        raise Refused(422, "The checkpoint does not extend the one seen before.")
