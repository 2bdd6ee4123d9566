"""The signer signs what follows from what it signed, and nothing else."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from inventory.audit import signing, verify
from inventory.audit.actors import Program
from inventory.audit.evidence import whole_log
from inventory.audit.keyholding import KeyUnavailable
from inventory.audit.models import AuditEntry, SignedCheckpoint
from inventory.audit.operations import record
from inventory.audit.signer import Contradiction, Signer
from inventory.db import db
from inventory.people.models import Clinic
from tests.conftest import NOW

CHAIN = UUID(int=7)
LEAVES = [bytes([number]) * 32 for number in range(1, 9)]
GENESIS = bytes(32)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(tmp_path / "signing")


def _entries(clinic: Clinic, number: int, *, first: int = 0) -> None:
    for step in range(first, first + number):
        record(Program(clinic.id, clinic.time_zone), "clinic.looked_at", clinic, now=NOW, step=step)


def _texts(clinic: Clinic) -> list[str]:
    return [entry.record for entry in db.session.query(AuditEntry).filter_by(chain=clinic.id).order_by(AuditEntry.seq)]


def test_inv_33_no_smaller_and_no_other_record_is_ever_signed(signer: Signer) -> None:
    assert signer.sign(CHAIN, GENESIS, LEAVES[:5]) is not None
    for head, since in ((GENESIS, LEAVES[:3]), (GENESIS, LEAVES[:5]), (LEAVES[2], LEAVES[3:]), (LEAVES[6], LEAVES[7:])):
        with pytest.raises(Contradiction):
            signer.sign(CHAIN, head, since)
    assert signer.stood(CHAIN).size == 5
    grown = signer.sign(CHAIN, LEAVES[4], LEAVES[5:])
    assert grown is not None and grown.checkpoint.size == 8


def test_a_signer_that_goes_on_signs_the_root_of_the_whole_record(tmp_path: Path) -> None:
    in_steps, at_once = Signer(tmp_path / "a"), Signer(tmp_path / "b")
    head = GENESIS
    for leaf in LEAVES:
        in_steps.sign(CHAIN, head, [leaf])
        head = leaf
    whole = at_once.sign(CHAIN, GENESIS, LEAVES)
    assert whole is not None and in_steps.stood(CHAIN) == at_once.stood(CHAIN)


def test_inv_33_the_signer_remembers_over_a_restart(signer: Signer) -> None:
    signer.sign(CHAIN, GENESIS, LEAVES[:5])
    again = Signer(signer.folder)
    assert again.public_key == signer.public_key
    with pytest.raises(Contradiction):
        again.sign(CHAIN, GENESIS, LEAVES[:5])


def test_nothing_new_is_nothing_to_sign(signer: Signer) -> None:
    signer.sign(CHAIN, GENESIS, LEAVES)
    assert signer.sign(CHAIN, LEAVES[-1], []) is None


@pytest.mark.parametrize("fault", ["gone", "damaged", "readable by others", "file damaged"])
def test_a_signer_without_its_key_or_file_says_what_to_do(signer: Signer, fault: str) -> None:
    signer.sign(CHAIN, GENESIS, LEAVES[:5])
    key, kept = signer.folder / "ed25519_key", signer.folder / "signed_so_far.json"
    key.chmod(0o600)
    if fault == "gone":
        key.unlink()
    elif fault == "damaged":
        key.write_text("nonsense")
    elif fault == "readable by others":
        key.chmod(0o644)
    else:
        key.chmod(0o400)
        kept.write_text(kept.read_text()[:-20])
    with pytest.raises(KeyUnavailable):
        signer.sign(CHAIN, LEAVES[4], LEAVES[5:])


def test_what_was_signed_of_a_clinics_record_is_verified_by_the_file_alone(clinic: Clinic, signer: Signer) -> None:
    _entries(clinic, 120)
    first = signing.sign(clinic.id, signer, NOW)
    _entries(clinic, 30)
    second = signing.sign(clinic.id, signer, NOW)
    assert first and second and signing.signed_size(clinic.id) == second.checkpoint.size
    texts = _texts(clinic)
    lines = b"".join(whole_log(clinic.id, len(texts), [first, second], texts)).split(b"\n")[:-1]
    held = verify.Held(verify.read_key(signer.public_key))
    held = verify.Held(held.key, (verify.read_anchor(first.note, held),))
    report = verify.verify(lines, held)
    assert (report.signed_to, report.anchored_to) == (len(texts), first.checkpoint.size)


def test_a_record_is_due_after_a_minute_or_a_hundred_entries(clinic: Clinic, signer: Signer) -> None:
    signing.sign(clinic.id, signer, NOW)
    assert not signing.is_due(clinic.id, NOW)
    _entries(clinic, 1)
    assert not signing.is_due(clinic.id, NOW.replace(second=59))
    assert signing.is_due(clinic.id, NOW.replace(minute=1))
    _entries(clinic, 99)
    assert signing.is_due(clinic.id, NOW)


def test_inv_33_a_restored_database_is_signed_no_more_until_the_record_says_so(clinic: Clinic, signer: Signer) -> None:
    _entries(clinic, 3)
    with db.session.begin_nested() as later:
        _entries(clinic, 5)
        signing.sign(clinic.id, signer, NOW)
        later.rollback()
    _entries(clinic, 7, first=50)
    with pytest.raises(Contradiction):
        signing.sign(clinic.id, signer, NOW)
    by = Program(clinic.id, clinic.time_zone)
    noted = signing.begin_epoch(clinic, signer, "The disk failed", by, NOW)
    assert noted.checkpoint.epoch == 2
    texts = _texts(clinic)
    lines = b"".join(whole_log(clinic.id, len(texts), [noted], texts)).split(b"\n")[:-1]
    report = verify.verify(lines, verify.Held(verify.read_key(signer.public_key)))
    assert len(report.restores) == 1 and "9 entries had been signed" in report.restores[0]


def test_nothing_is_declared_restored_that_was_not(clinic: Clinic, signer: Signer) -> None:
    _entries(clinic, 3)
    signing.sign(clinic.id, signer, NOW)
    with pytest.raises(signing.NothingRestored):
        signing.begin_epoch(clinic, signer, "By mistake", Program(clinic.id, clinic.time_zone), NOW)


@pytest.mark.parametrize("statement", ["UPDATE signed_checkpoint SET note = 'x'", "DELETE FROM signed_checkpoint"])
def test_inv_31_a_checkpoint_stays_as_it_was_signed(clinic: Clinic, signer: Signer, statement: str) -> None:
    signing.sign(clinic.id, signer, NOW)
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(statement))
    assert db.session.query(SignedCheckpoint).count() == 1
