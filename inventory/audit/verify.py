#!/usr/bin/env python3
"""Check a Sterilog record without Sterilog: one file, Python 3.11 and the package `cryptography`.

    python verify.py log.ndjson --key KEY --anchor CHECKPOINT --receipt CHAIN:ENTRY:HASH --witness KEY

LOG is an export (`.zip`), the `log.ndjson` in it, or a part of the record. KEY is the clinic's public key, as printed
on its certificate. An anchor is a checkpoint that you kept yourself: from the QR code of a printed page, from a mail. A
receipt is what a phone or tablet kept of an act. A witness's key, from the witness itself, makes an anchor of each
checkpoint that it cosigned. Without something of your own nothing is proven: whoever owns the
database can write a whole new record that agrees with itself.

Exit codes: 0  everything agrees with what you hold
            1  the log was altered or is damaged; the first fault is named
            2  nothing is wrong, but you hold too little to tell
            3  used wrongly
"""

import argparse
import binascii
import io
import json
import re
import sys
import unicodedata
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED_EVERY = 100
SIGNATURE, COSIGNATURE = b"\x01", b"\x04"
LONGEST_LINE = 16 * 1024 * 1024
EMPTY_ROOT = sha256(b"").digest()
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HEX_32 = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ACTION = re.compile(r"[a-z][a-z_0-9]*(\.[a-z][a-z_0-9]*)+")
RECORD = {"v", "chain", "seq", "prev", "at", "actor", "action", "subject", "changes", "facts"}


class Tampered(Exception):
    """The log is not what was written; the sentence names the first fault."""


class Unusable(Exception):
    """What was given beside the log (a key, an anchor, a receipt) cannot be read."""


@dataclass(frozen=True)
class Checkpoint:
    chain: str
    epoch: int
    size: int
    root: bytes


@dataclass(frozen=True)
class Receipt:
    chain: str
    seq: int
    leaf: str


@dataclass(frozen=True)
class Held:
    """What the person who checks brings along."""

    key: tuple[str, bytes, Ed25519PublicKey] | None = None
    """Name, key id, key."""
    anchors: tuple[Checkpoint, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    witnesses: tuple[str, ...] = ()
    """Their public keys, as `name+id+base64`."""


@dataclass
class Report:
    records: int = 0
    size: int = 0
    """Entries of the log that was proven; more than `records` where only a part was handed out."""
    first_at: str = ""
    last_at: str = ""
    signed_to: int = 0
    checkpoints: int = 0
    anchored_to: int = 0
    matched: int = 0
    missing: list[str] = field(default_factory=list)
    restores: list[str] = field(default_factory=list)
    late: int = 0
    clocks: int = 0
    erased: int = 0


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """The tree as far as it was read: the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        found = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            found = node_hash(left, found)
        return found


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2. Raises `Tampered`."""
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Tampered(f"entry {index}: its proof is too long")
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Tampered(f"entry {index}: its proof is too short")
    return found


def roots_by_consistency(earlier: int, size: int, root: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    """The roots at `earlier` and at `size` that the proof leads to (RFC 9162, 2.1.4.2). Raises `Tampered`."""
    path = list(proof)
    if earlier & (earlier - 1) == 0:
        path.insert(0, root)
    if not path:
        raise Tampered(f"the proof from {earlier} to {size} entries is empty")
    at, last = earlier - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            raise Tampered(f"the proof from {earlier} to {size} entries is too long")
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Tampered(f"the proof from {earlier} to {size} entries is too short")
    return old, new


def _no_floats(text: str) -> None:
    raise ValueError(f"{text} is no whole number")


_DECODER = json.JSONDecoder(parse_float=_no_floats, parse_constant=_no_floats)
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_object(line: bytes, where: str) -> dict[str, Any]:
    """The object in one line that has one spelling only. Raises `Tampered`."""
    try:
        text = line.decode()
        found = _DECODER.decode(text)
        same = _ENCODER.encode(found) == text
    except (ValueError, RecursionError):
        raise Tampered(f"{where} cannot be read") from None
    if not same or not isinstance(found, dict):
        raise Tampered(f"{where} is not in canonical form")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise Tampered(f"{where} is not in canonical form")
    return found


def note_parts(note: str, held: Held, where: str) -> Checkpoint:
    """The checkpoint in a signed note; signed by the held key, where there is one. Raises `Tampered`."""
    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    matched = re.fullmatch(r"sterilog/([0-9a-f]{32})/([1-9]\d{0,8})", lines[0]) if len(lines) == 3 else None
    if matched is None or not re.fullmatch(r"0|[1-9]\d{0,15}", lines[1]):
        raise Tampered(f"{where} is no checkpoint of a Sterilog record")
    root = strict_base64(lines[2], where)
    if len(root) != 32:
        raise Tampered(f"{where} has no root of 32 bytes")
    _check_signature(text + "\n", signatures, held, where)
    raw = matched[1]
    chain = f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"
    return Checkpoint(chain, int(matched[2]), int(lines[1]), root)


def _check_signature(text: str, signatures: str, held: Held, where: str) -> None:
    """Exactly one signature line in the one spelling of a note, by the held key."""
    matched = re.fullmatch("\u2014 ([^ \n]+) ([A-Za-z0-9+/=]+)\n", signatures)
    if matched is None:
        raise Tampered(f"{where} bears no signature")
    signature = strict_base64(matched[2], where)
    if held.key is None:
        return
    name, key_id, key = held.key
    if matched[1] != name or signature[:4] != key_id:
        raise Tampered(f"{where} was signed by another key ({matched[1]})")
    try:
        key.verify(signature[4:], text.encode())
    except InvalidSignature:
        raise Tampered(f"{where} bears a wrong signature") from None


def strict_base64(text: str, where: str) -> bytes:
    """Only the one spelling: the unused bits of the last character are zero."""
    try:
        found = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Tampered(f"{where} cannot be read") from None
    if b64encode(found).decode() != text:
        raise Tampered(f"{where} is not in canonical form")
    return found


def _hashes(given: object, where: str) -> list[bytes]:
    if not isinstance(given, list) or not all(isinstance(step, str) and HEX_32.fullmatch(step) for step in given):
        raise Tampered(f"{where} cannot be read")
    return [bytes.fromhex(step) for step in given]


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    while True:
        line = file.readline(LONGEST_LINE)
        if not line:
            return
        if not line.endswith(b"\n"):
            raise Tampered("the file ends in the middle of a line")
        yield line[:-1]


def verify(lines: Iterable[bytes], held: Held) -> Report:
    """Read a log once, in constant memory. Raises `Tampered`."""
    reading = iter(lines)
    header = canonical_object(next(reading, b""), "the first line")
    if set(header) != {"sterilog", "v", "chain", "checkpoints", "records", "size"} or header["v"] != 1:
        raise Tampered("the first line is no header of a Sterilog record")
    numbers = [header[name] for name in ("checkpoints", "records", "size")]
    if not all(type(number) is int and number >= 0 for number in numbers) or header["sterilog"] not in (
        "whole",
        "part",
    ):
        raise Tampered("the first line is no header of a Sterilog record")
    chain = header["chain"]
    if not isinstance(chain, str) or not UUID.fullmatch(chain):
        raise Tampered("the first line names no record")
    for other in {item.chain for item in held.anchors} | {item.chain for item in held.receipts}:
        if other != chain:
            raise Tampered(f"what you hold is of the record {other}, this is {chain}")
    checkpoints = [_checkpoint(next(reading, b""), chain, held) for _ in range(header["checkpoints"])]
    held = replace(held, anchors=(*held.anchors, *(found for found, _, seen in checkpoints if seen)))
    order = [(found.epoch, found.size) for found, *_ in checkpoints]
    if order != sorted(set(order)):
        raise Tampered("the checkpoints are out of order")
    report = Report(size=header["size"], checkpoints=len(checkpoints))
    body = _whole if header["sterilog"] == "whole" else _part
    body(reading, header, [(found, proof) for found, proof, _ in checkpoints], held, report)
    if report.records != header["records"]:
        raise Tampered(f"{header['records']} entries are announced, {report.records} are there")
    if held.key is not None and report.size - report.signed_to > SIGNED_EVERY:
        behind = report.size - report.signed_to
        raise Tampered(f"the newest {behind} entries are not signed; no more than {SIGNED_EVERY} ever are")
    return report


def _checkpoint(line: bytes, chain: str, held: Held) -> tuple[Checkpoint, list[bytes], bool]:
    """The checkpoint, its proof, and whether a witness that is held cosigned it."""
    given = canonical_object(line, "a checkpoint")
    cosigned = given.pop("cosigned", [])
    if set(given) != {"note", "proof"} or not isinstance(given["note"], str) or not isinstance(cosigned, list):
        raise Tampered("a checkpoint cannot be read")
    found = note_parts(given["note"], held, "a checkpoint")
    if found.chain != chain:
        raise Tampered("a checkpoint is of another record")
    text = given["note"].partition("\n\n")[0] + "\n"
    seen = [_check_cosignature(each, text) in held.witnesses for each in cosigned]
    return found, _hashes(given["proof"], "the proof of a checkpoint"), any(seen)


def _check_cosignature(given: object, text: str) -> str:
    """The key of the witness that cosigned the checkpoint (C2SP tlog-cosignature). Raises `Tampered`."""
    where = "a cosignature"
    if not isinstance(given, dict) or set(given) != {"key", "signature"} or type(given["key"]) is not str:
        raise Tampered(f"{where} cannot be read")
    raw = strict_base64(str(given["signature"]), where)
    try:
        _, key_id, key = key_of(given["key"], COSIGNATURE)
        seconds = int.from_bytes(raw[4:12], "big")
        if raw[:4] != key_id:
            raise Tampered(f"{where} is of another key")
        key.verify(raw[12:], f"cosignature/v1\ntime {seconds}\n{text}".encode())
    except (ValueError, InvalidSignature):
        raise Tampered(f"{where} is wrong") from None
    return str(given["key"])


def _whole(
    lines: Iterator[bytes],
    header: dict[str, Any],
    checkpoints: list[tuple[Checkpoint, list[bytes]]],
    held: Held,
    report: Report,
) -> None:
    chain, tree, previous, epoch = header["chain"], Growing(), "0" * 64, 1
    begun = {1: 0}
    wanted: dict[int, list[tuple[str, Checkpoint]]] = {}
    for found, proof in checkpoints:
        if proof:
            raise Tampered("a whole log needs no proofs")
        wanted.setdefault(found.size, []).append(("a checkpoint", found))
    for anchor in held.anchors:
        wanted.setdefault(anchor.size, []).append(("your anchor", anchor))
    receipts = {receipt.seq: receipt for receipt in held.receipts}
    roots: list[tuple[str, Checkpoint, bytes]] = [(kind, found, EMPTY_ROOT) for kind, found in wanted.pop(0, ())]
    for line in lines:
        record = canonical_object(line, f"entry {tree.size}")
        _check_record(record, chain, tree.size, previous)
        leaf = leaf_hash(line)
        if record["action"] == "epoch.begun":
            epoch += 1
            begun[epoch] = tree.size
            _check_epoch(record, epoch, tree.size, report)
        tree.append(leaf)
        previous = leaf.hex()
        receipt = receipts.pop(tree.size - 1, None)
        if receipt is not None:
            if receipt.leaf != previous:
                raise Tampered(f"entry {receipt.seq} is not the one that your receipt was given for")
            report.anchored_to, report.matched = max(report.anchored_to, tree.size), report.matched + 1
        if tree.size in wanted:
            roots += [(kind, found, tree.root()) for kind, found in wanted.pop(tree.size)]
        _note(record, report)
    report.records = tree.size
    if tree.size != report.size:
        raise Tampered(f"{report.size} entries are announced, {tree.size} are there")
    _settle(roots, wanted, receipts, begun, held, report)


def _settle(
    roots: list[tuple[str, Checkpoint, bytes]],
    wanted: dict[int, list[tuple[str, Checkpoint]]],
    receipts: dict[int, Receipt],
    begun: dict[int, int],
    held: Held,
    report: Report,
) -> None:
    """What was to be found at some size or number, against what was there."""
    left = [item for found in wanted.values() for item in found]
    for kind, found, root in roots:
        if _given_up(found.epoch, found.size, begun):
            left.append((kind, found))
        elif found.root != root:
            raise Tampered(f"{kind} of {found.size} entries does not agree with the log: something in them was changed")
        elif kind == "your anchor":
            report.anchored_to, report.matched = max(report.anchored_to, found.size), report.matched + 1
        elif held.key is not None:
            report.signed_to = max(report.signed_to, found.size)
    for kind, found in left:
        if kind == "a checkpoint" or not _given_up(found.epoch, found.size, begun):
            raise Tampered(f"{kind} speaks of {found.size} entries, the log has {report.size}: entries are missing")
        report.missing.append(f"your anchor of {found.size} entries: they were given up in a restore the log declares")
    for seq in sorted(receipts):
        raise Tampered(f"your receipt is for entry {seq}, the log ends before it: entries are missing")


def _given_up(epoch: int, size: int, begun: dict[int, int]) -> bool:
    """Whether a later epoch began, from a backup, before that many entries were there again."""
    return epoch + 1 in begun and size > begun[epoch + 1]


def _part(
    lines: Iterator[bytes],
    header: dict[str, Any],
    checkpoints: list[tuple[Checkpoint, list[bytes]]],
    held: Held,
    report: Report,
) -> None:
    if not checkpoints or checkpoints[-1][0].size != report.size or checkpoints[-1][1]:
        raise Tampered("a part of a record needs the checkpoint of the whole as its last one")
    newest = checkpoints[-1][0]
    _check_extends(checkpoints, held, report)
    receipts, last = {receipt.seq: receipt for receipt in held.receipts}, -1
    for line in lines:
        given = canonical_object(line, f"what follows entry {last}")
        if set(given) != {"index", "path", "record"} or not isinstance(given["record"], str):
            raise Tampered(f"what follows entry {last} is no entry with its proof")
        index = given["index"]
        if type(index) is not int or not last < index < newest.size:
            raise Tampered(f"what follows entry {last} is out of order")
        raw = given["record"].encode("utf-8", "surrogatepass")
        record = canonical_object(raw, f"entry {index}")
        _check_record(record, header["chain"], index, None)
        leaf = leaf_hash(raw)
        if root_by_path(leaf, index, newest.size, _hashes(given["path"], f"the proof of entry {index}")) != newest.root:
            raise Tampered(f"entry {index} does not belong to the record that was signed")
        receipt = receipts.pop(index, None)
        if receipt is not None:
            if receipt.leaf != leaf.hex():
                raise Tampered(f"entry {index} is not the one that your receipt was given for")
            # Every leaf below it is in the same signed tree, but only this entry is shown to be as it was.
            report.matched += 1
        _note(record, report)
        last = index
        report.records += 1
    if held.key is not None:
        report.signed_to = newest.size
    report.missing += [f"your receipt for entry {seq}: that entry was not handed out" for seq in sorted(receipts)]


def _check_extends(checkpoints: list[tuple[Checkpoint, list[bytes]]], held: Held, report: Report) -> None:
    """Each earlier checkpoint of the file, and each anchor that is among them, is a beginning of the newest."""
    newest, proven = checkpoints[-1][0], dict[tuple[int, int], bytes]()
    for found, proof in checkpoints:
        if found.epoch == newest.epoch and 0 < found.size < newest.size:
            old, new = roots_by_consistency(found.size, newest.size, found.root, proof)
            if (old, new) != (found.root, newest.root):
                raise Tampered(f"the checkpoint of {found.size} entries is no beginning of the record")
        elif found.size > newest.size or (found.size == newest.size and found.root != newest.root):
            raise Tampered("the checkpoints contradict each other")
        proven[found.epoch, found.size] = found.root
    for anchor in held.anchors:
        root = proven.get((anchor.epoch, anchor.size))
        if root is None:
            report.missing.append(f"your anchor of {anchor.size} entries: the file holds no proof for it")
        elif root != anchor.root:
            raise Tampered(f"your anchor of {anchor.size} entries does not agree with the record")
        else:
            report.anchored_to, report.matched = max(report.anchored_to, anchor.size), report.matched + 1


def _check_record(record: dict[str, Any], chain: str, seq: int, previous: str | None) -> None:
    shaped = (
        set(record) == RECORD
        and record["v"] == 1
        and isinstance(record["at"], str)
        and MOMENT.fullmatch(record["at"])
        and isinstance(record["action"], str)
        and ACTION.fullmatch(record["action"])
        and isinstance(record["actor"], dict)
        and set(record["actor"]) == {"id", "name"}
        and isinstance(record["subject"], dict)
        and set(record["subject"]) == {"id", "kind"}
        and isinstance(record["prev"], str)
        and HEX_32.fullmatch(record["prev"])
    )
    if not shaped:
        raise Tampered(f"entry {seq} is no entry of a record")
    if record["chain"] != chain:
        raise Tampered(f"entry {seq} is of another record")
    if record["seq"] != seq:
        raise Tampered(f"where entry {seq} belongs stands entry {record['seq']}")
    if previous is not None and record["prev"] != previous:
        raise Tampered(f"entry {seq} does not follow the one before it")


def _check_epoch(record: dict[str, Any], epoch: int, size: int, report: Report) -> None:
    if record["facts"].get("epoch") != epoch:
        raise Tampered(f"entry {size} begins no epoch that follows")
    lost = record["facts"].get("signed_before", size)
    report.restores.append(f"at entry {size}, {record['at']}: restored from a backup; {lost} entries had been signed")


def _note(record: dict[str, Any], report: Report) -> None:
    # A clock that was set back is no proof of anything; order follows from the chain.
    report.clocks += record["at"] < report.last_at or record["action"] == "clock.anomaly"
    report.first_at = report.first_at or record["at"]
    report.last_at = max(report.last_at, record["at"])
    report.late += bool(record["facts"].get("late"))
    report.erased += record["action"] == "subject.erased"


def read_key(given: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """`name+id+base64`, or the file that holds it. Raises `Unusable`."""
    try:
        return key_of(_text_or_file(given).strip(), SIGNATURE)
    except ValueError:
        raise Unusable("This is no public key of a Sterilog. It looks like sterilog/...+1a2b3c4d+AQ...") from None


def read_witness(given: str) -> str:
    """A witness's public key, or the file that holds it. Raises `Unusable`."""
    text = _text_or_file(given).strip()
    try:
        key_of(text, COSIGNATURE)
    except ValueError:
        raise Unusable("This is no key of a witness. It looks like sterilog-witness/...+1a2b3c4d+BA...") from None
    return text


def key_of(text: str, kind: bytes) -> tuple[str, bytes, Ed25519PublicKey]:
    """Name, id and key of a line `name+id+base64` in its one spelling. Raises `ValueError`."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = b64decode(encoded, validate=True)
    expected = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != kind or expected.hex() != key_id or b64encode(raw).decode() != encoded:
        raise ValueError("the key does not fit its id")
    return name, expected, Ed25519PublicKey.from_public_bytes(raw[1:])


def read_receipt(given: str) -> Receipt:
    matched = re.fullmatch(rf"({UUID.pattern}):(\d{{1,15}}):({HEX_32.pattern})", given.strip())
    if matched is None:
        raise Unusable(f"This is no receipt: {given[:80]!r}. It looks like CHAIN:ENTRY:HASH.")
    return Receipt(matched[1], int(matched[2]), matched[3])


def read_anchor(given: str, held: Held) -> Checkpoint:
    text = _text_or_file(given).replace("\r\n", "\n")
    try:
        return note_parts(text if text.endswith("\n") else text + "\n", held, "your anchor")
    except Tampered as fault:
        raise Unusable(f"An anchor cannot be used: {fault}.") from None


def _text_or_file(given: str) -> str:
    try:
        path = Path(given)
        return path.read_text() if path.is_file() else given
    except (OSError, ValueError):
        return given


def opened(path: Path) -> BinaryIO:
    """The log itself. In an export every other file must fit the list of checksums. Raises `Tampered`."""
    if not zipfile.is_zipfile(path):
        return path.open("rb")
    archive = zipfile.ZipFile(path)
    if len(set(archive.namelist())) != len(archive.namelist()):
        raise Tampered("the export holds two files of one name")
    lines = archive.read("SHA256SUMS").decode().splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if set(listed) | {"SHA256SUMS"} != set(archive.namelist()):
        raise Tampered("the export does not hold the files that it lists")
    for name, digest in listed.items():
        found = sha256()
        with archive.open(name) as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        if found.hexdigest() != digest:
            raise Tampered(f"{name} in the export was changed")
    return io.BufferedReader(archive.open("log.ndjson"))  # type: ignore[type-var]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path)
    parser.add_argument("--key", help="the clinic's public key, or a file with it")
    parser.add_argument("--anchor", action="append", default=[], help="a checkpoint you kept, or a file with it")
    parser.add_argument("--receipt", action="append", default=[], help="chain:entry:hash, from a phone or tablet")
    parser.add_argument("--witness", action="append", default=[], help="a witness's public key, or a file with it")
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stopped:
        return 3 if stopped.code else 0
    try:
        held = Held(read_key(given.key) if given.key else None)
        anchors = tuple(read_anchor(text, held) for text in given.anchor)
        receipts = tuple(read_receipt(text) for text in given.receipt)
        held = Held(held.key, anchors, receipts, tuple(read_witness(text) for text in given.witness))
        if not given.log.is_file():
            raise Unusable(f"There is no file {given.log}.")
    except Unusable as fault:
        print(fault, file=sys.stderr)
        return 3
    try:
        with opened(given.log) as file:
            report = verify(lines_of(file), held)
    except Tampered as fault:
        print(f"NOT AS IT WAS WRITTEN: {fault}.")
        return 1
    except (OSError, ValueError, KeyError, TypeError, RecursionError, zipfile.BadZipFile, EOFError) as fault:
        print(f"NOT AS IT WAS WRITTEN: the log is damaged ({type(fault).__name__}).")
        return 1
    return told(report, held)


def told(report: Report, held: Held) -> int:
    """Print what was found; 0 where it agrees with something held, else 2."""
    part = "" if report.records == report.size else f" of {report.size}"
    print(f"Entries        {report.records}{part}, from {report.first_at or '-'} to {report.last_at or '-'}")
    print(f"Signed         up to {report.signed_to}, by {report.checkpoints} checkpoints; {_rest(report)} after that")
    print(f"You hold       {report.matched} that agree, for everything up to {report.anchored_to}")
    print(f"Late entries   {report.late}; clock anomalies {report.clocks}; references erased {report.erased}")
    for restore in report.restores:
        print(f"Restored       {restore}")
    for gap in report.missing:
        print(f"Not shown      {gap}")
    lacking = []
    if held.key is None:
        lacking.append("the clinic's public key (--key)")
    if not report.matched:
        lacking.append("an anchor, a receipt or a witness of your own (--anchor, --receipt, --witness)")
    if lacking or report.missing or report.signed_to < report.size:
        print(f"NOT ENOUGH TO TELL: nothing is wrong with it, but you need {' and '.join(lacking) or 'more'}.")
        return 2
    print("AGREES with everything you hold. Later entries rest on the clinic's signature alone.")
    return 0


def _rest(report: Report) -> str:
    return f"{report.size - report.signed_to} entries"


if __name__ == "__main__":
    sys.exit(main())
