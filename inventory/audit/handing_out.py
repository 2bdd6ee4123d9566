"""A clinic's record as an export that proves itself: log, verifier, public key and how to use them, in one file."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import Select, select

from inventory.audit import verify
from inventory.audit.checkpoints import Checkpoint
from inventory.audit.evidence import Noted, part_of_log, whole_log
from inventory.audit.merkle import Tree
from inventory.audit.models import AuditEntry, Cosignature, SignedCheckpoint, TimeSeal
from inventory.db import db

LOG, CHECKSUMS, SEALS = "log.ndjson", "SHA256SUMS", "seals"
READ_ME = """\
The record of {name}, {size} entries, {records} of them in this file.

To check it, with Python 3.11 and its package cryptography:

    python verify.py THIS_FILE.zip --key public_key.txt --anchor CHECKPOINT.txt

Take the verifier and the public key from somewhere else than this file if you can: whoever could alter the record
could hand you others with it. An anchor is a checkpoint that you kept yourself, from the QR code of a printed page or
from a mail; a receipt is what a phone or tablet kept of an act. Without one of them nothing is proven.

What witnesses elsewhere say of a checkpoint stands beside it; --witness KEY, from the witness itself, makes each of
those an anchor. In the folder seals, where there is one, are time-stamps (RFC 3161) over checkpoints; with the
certificate of their authority: openssl ts -verify -in seals/NAME.tsr -data seals/NAME.txt -CAfile CERTIFICATE

log.ndjson holds one line each: a header, the signed checkpoints, then the entries. An entry is hashed as it stands:
SHA-256 of a zero byte and the line. The hashes form the Merkle tree of RFC 6962; a checkpoint is a signed note with
Ed25519 in the form of C2SP tlog-checkpoint.
"""


def noted_of(chain: UUID) -> list[Noted]:
    """Every checkpoint of the chain, oldest first."""
    rows = db.session.scalars(_checkpoints(chain).order_by(SignedCheckpoint.epoch, SignedCheckpoint.size))
    seen: dict[tuple[int, int], list[tuple[str, str]]] = {}
    order = (Cosignature.epoch, Cosignature.size, Cosignature.witness)
    for each in db.session.scalars(select(Cosignature).where(Cosignature.chain == chain).order_by(*order)):
        seen.setdefault((each.epoch, each.size), []).append((each.witness, each.signature))
    return [_noted(row, tuple(seen.get((row.epoch, row.size), ()))) for row in rows]


def seals_of(chain: UUID) -> dict[str, bytes]:
    """Files for an export: each time-stamped note, and the stamp over it."""
    query = (
        select(TimeSeal.epoch, TimeSeal.size, TimeSeal.response, SignedCheckpoint.note)
        .join_from(TimeSeal, SignedCheckpoint)
        .where(TimeSeal.chain == chain)
        .order_by(TimeSeal.epoch, TimeSeal.size, TimeSeal.authority.desc())
    )
    found: dict[str, bytes] = {}
    for row in db.session.execute(query):
        name = f"{SEALS}/{row.epoch}-{row.size}"
        found |= {f"{name}.txt": row.note.encode(), f"{name}.tsr": row.response}
    return found


def newest_noted(chain: UUID) -> Noted | None:
    newest = _checkpoints(chain).order_by(SignedCheckpoint.epoch.desc(), SignedCheckpoint.size.desc()).limit(1)
    row = db.session.scalars(newest).first()
    return _noted(row) if row else None


def whole_record(chain: UUID, noted: list[Noted]) -> Iterator[bytes]:
    """All that the newest checkpoint speaks of; what was written since belongs to the next one."""
    size = noted[-1].checkpoint.size
    return whole_log(chain, size, noted, _texts(chain, size))


def part_of_record(chain: UUID, noted: list[Noted], chosen: Iterable[int]) -> Iterator[bytes]:
    """The entries numbered in `chosen`, proven to belong to the whole; nothing of the others is handed out."""
    size = noted[-1].checkpoint.size
    numbers = sorted({seq for seq in chosen if 0 <= seq < size})
    return part_of_log(chain, tree_of(chain, size), noted, ((seq, _text(chain, seq)) for seq in numbers), len(numbers))


def tree_of(chain: UUID, size: int) -> Tree:
    """The tree over the first `size` entries, for proofs: 64 bytes an entry."""
    hashes = select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.seq < size).order_by(AuditEntry.seq)
    return Tree(db.session.scalars(hashes.execution_options(yield_per=5000)))


def packed(
    name: str, size: int, records: int, log: Iterable[bytes], public_key: str, seals: Mapping[str, bytes]
) -> IO[bytes]:
    """The export as an open temporary file, at its beginning. Stored and not deflated, so that it cannot be a bomb."""
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it, when it was sent
    digests: list[tuple[str, str]] = []
    with ZipFile(file, "w", ZIP_STORED) as archive:
        beside = {
            "README.txt": READ_ME.format(name=name, size=size, records=records).encode(),
            "public_key.txt": f"{public_key}\n".encode(),
            "verify.py": Path(verify.__file__).read_bytes(),
            **seals,
        }
        for title, pieces in [(LOG, log), *((title, [content]) for title, content in beside.items())]:
            digests.append((title, _store(archive, title, pieces)))
        _store(archive, CHECKSUMS, ["".join(f"{digest}  {title}\n" for title, digest in digests).encode()])
    file.seek(0)
    return file


def _store(archive: ZipFile, title: str, pieces: Iterable[bytes]) -> str:
    found = sha256()
    # The same record gives the same file: no time of its making stands in it.
    with archive.open(ZipInfo(title), "w", force_zip64=True) as stored:
        for piece in pieces:
            found.update(piece)
            stored.write(piece)
    return found.hexdigest()


def _texts(chain: UUID, size: int) -> Iterator[str]:
    texts = select(AuditEntry.record).where(AuditEntry.chain == chain, AuditEntry.seq < size).order_by(AuditEntry.seq)
    yield from db.session.scalars(texts.execution_options(yield_per=2000))


def _text(chain: UUID, seq: int) -> str:
    return db.session.scalars(select(AuditEntry.record).where(AuditEntry.chain == chain, AuditEntry.seq == seq)).one()


def _checkpoints(chain: UUID) -> Select[SignedCheckpoint]:
    return select(SignedCheckpoint).where(SignedCheckpoint.chain == chain)


def _noted(row: SignedCheckpoint, cosigned: tuple[tuple[str, str], ...] = ()) -> Noted:
    return Noted(Checkpoint(row.chain, row.epoch, row.size, row.root), row.note, cosigned)
