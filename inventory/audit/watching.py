"""What holds for every transaction: nothing changes without an entry, and who changed something gets its receipt."""

from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from inventory.db import db


class UnrecordedChange(RuntimeError):
    """Rows were about to be committed without any entry in the record: a fault of the program."""


def watch(_app: object) -> None:
    """Refuse to commit changed rows that no entry speaks of."""
    if not event.contains(db.session, "after_flush", _note_changes):
        event.listen(db.session, "after_flush", _note_changes)
        event.listen(db.session, "before_commit", _refuse_unrecorded)
        event.listen(db.session, "after_commit", _note_receipt)
        event.listen(db.session, "after_soft_rollback", _forget)
        event.listen(db.session, "after_transaction_end", _let_go)


def receipt() -> str | None:
    """`chain:entry:hash` of the newest entry that this session committed, once: an anchor for whoever keeps it."""
    committed: tuple[UUID, int, bytes] | None = db.session.info.pop("receipt", None)
    return f"{committed[0]}:{committed[1]}:{committed[2].hex()}" if committed else None


def _note_changes(session: Session, _context: UOWTransaction) -> None:
    if "changed" in session.info:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if getattr(row, "__audited__", True) and session.is_modified(row):
            session.info["changed"] = type(row).__name__
            return


def _refuse_unrecorded(session: Session) -> None:
    session.flush()
    changed = session.info.pop("changed", None)
    if changed and not session.info.pop("recorded", False):
        raise UnrecordedChange(f"{changed} was changed without an entry in the record.")
    session.info.pop("recorded", None)


def _note_receipt(session: Session) -> None:
    if "head" in session.info:
        session.info["receipt"] = session.info["head"]


def _forget(session: Session, _previous: object) -> None:
    session.info.pop("head", None)
    if not session.in_nested_transaction():
        session.info.pop("changed", None)
        session.info.pop("recorded", None)


def _let_go(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("head", None)
