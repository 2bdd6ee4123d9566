"""Signing the record as it grows, and saying so when it was restored from a backup."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from inventory.audit.actors import Actor
from inventory.audit.canonical import GENESIS
from inventory.audit.checkpoints import SIGNED_EVERY, SIGNED_WITHIN_SECONDS
from inventory.audit.evidence import Noted
from inventory.audit.models import AuditEntry, AuditHead, SignedCheckpoint
from inventory.audit.operations import Act, Subject, record_all
from inventory.audit.signer import Contradiction, Signer
from inventory.audit.standby import check_standby
from inventory.db import db
from inventory.errors import DomainError

FOLDER = "signing"
"""Of the signer, in the data folder."""


class NothingRestored(DomainError):
    def __init__(self) -> None:
        super().__init__("The record goes on from what was signed, so nothing was restored. Nothing was changed.")


def signer_in(data: Path) -> Signer:
    """The installation's signer: in its data folder."""
    return Signer(data / FOLDER)


def sign(chain: UUID, signer: Signer, now: datetime) -> Noted | None:
    """Sign everything the record holds now; None where that is signed already.

    Called with nothing uncommitted: the signer remembers what it signed, whatever becomes of this transaction.
    Raises `Contradiction` where the record is not the one that was signed, `KeyUnavailable`, `StandbyBehind`.
    """
    check_standby()
    stood = signer.stood(chain)
    noted = signer.sign(chain, _leaf_before(chain, stood.size), _leaves(chain, stood.size))
    if noted is not None:
        _keep(noted, now)
    return noted


def is_due(chain: UUID, now: datetime) -> bool:
    """Whether a hundred entries wait, or one since a minute."""
    newest = db.session.scalar(select(AuditHead.seq).where(AuditHead.chain == chain))
    size = signed_size(chain)
    if newest is None or newest < size:
        return False
    if newest + 1 - size >= SIGNED_EVERY:
        return True
    oldest = db.session.scalar(select(AuditEntry.at).where(AuditEntry.chain == chain, AuditEntry.seq == size))
    return oldest is not None and now - oldest >= timedelta(seconds=SIGNED_WITHIN_SECONDS)


def signed_size(chain: UUID) -> int:
    """How many entries the newest checkpoint in the database speaks of."""
    newest = (
        select(SignedCheckpoint.size)
        .where(SignedCheckpoint.chain == chain)
        .order_by(SignedCheckpoint.epoch.desc(), SignedCheckpoint.size.desc())
        .limit(1)
    )
    return db.session.scalar(newest) or 0


def begin_epoch(clinic: Subject, signer: Signer, reason: str, by: Actor, now: datetime) -> Noted:
    """Say in the record itself that it was restored from a backup, and sign it anew from there.

    The entry names how far and to what the lost record had been signed. Raises `NothingRestored`.
    """
    stood = signer.stood(by.clinic_id)
    if _leaf_before(by.clinic_id, stood.size) == stood.head:
        raise NothingRestored
    return sign_epoch(by.clinic_id, signer, note_restore(clinic, signer, reason, by, now), now)


def note_restore(clinic: Subject, signer: Signer, reason: str, by: Actor, now: datetime, **facts: object) -> int:
    """Only the entry: for a backup that is not in place yet. The number of the epoch that begins with it."""
    stood = signer.stood(by.clinic_id)
    known = select(func.max(SignedCheckpoint.epoch)).where(SignedCheckpoint.chain == by.clinic_id)
    # On a new machine the signer knows nothing, and the backup remembers the epochs that were.
    epoch = max(stood.epoch, db.session.scalar(known) or 0) + 1
    lost = {"signed_before": stood.size, "head_before": stood.head.hex()}
    record_all(by, [Act("epoch.begun", clinic, (), {"epoch": epoch, "reason": reason, **lost, **facts})], now=now)
    return epoch


def sign_epoch(chain: UUID, signer: Signer, epoch: int, now: datetime) -> Noted:
    """Sign everything the record holds now as the beginning of `epoch`. Raises `Contradiction`."""
    noted = signer.begin_epoch(chain, _leaves(chain, 0), epoch)
    if noted is None:
        raise Contradiction(signer.stood(chain))
    _keep(noted, now)
    return noted


def _keep(noted: Noted, now: datetime) -> None:
    signed = noted.checkpoint
    db.session.add(
        SignedCheckpoint(
            chain=signed.chain, epoch=signed.epoch, size=signed.size, root=signed.root, note=noted.note, at=now
        )
    )
    db.session.flush()


def _leaf_before(chain: UUID, size: int) -> bytes:
    """The leaf of entry `size` - 1; empty where the record does not reach that far."""
    if size == 0:
        return GENESIS
    found = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.seq == size - 1))
    return found or b""


def _leaves(chain: UUID, size: int) -> Iterator[bytes]:
    """The leaves from entry `size` on. From the stored hashes: whoever verifies computes them from the text."""
    rows = select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.seq >= size).order_by(AuditEntry.seq)
    yield from db.session.scalars(rows.execution_options(yield_per=5000))
