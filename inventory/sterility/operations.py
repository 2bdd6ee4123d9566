"""Handing out the log, and keeping views of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inventory.audit.actors import Actor
from inventory.audit.canonical import canonical
from inventory.audit.operations import record
from inventory.db import db
from inventory.errors import DomainError, NotAllowed
from inventory.sterility.making import Asked, Made
from inventory.sterility.models import Export, SavedView
from inventory.sterility.subjects import Thing


class NameTaken(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"You keep a view named {name} already. Choose another name, or remove that one.", field="name"
        )


class NotYours(NotAllowed):
    def __init__(self, view: SavedView) -> None:
        super().__init__(f"{view.name} was kept by {view.kept_by_name}. Ask them, or a manager, to remove it.")


def begin_export(asked: Asked, by: Actor, now: datetime) -> Export:
    """Note who asks for which part of the log, before the first row is read."""
    export = Export(
        clinic_id=by.clinic_id,
        at=now,
        by_id=by.id,
        by_name=by.name,
        filters=canonical(asked.wanted.as_mapping()).decode(),
        shape=asked.shape,
        format=asked.format,
        with_references=asked.with_references,
    )
    db.session.add(export)
    record(by, "export.begun", export, now=now)
    return export


def resolve_references(
    subject: Thing, first_day: date | None, last_day: date | None, form: str, by: Actor, now: datetime
) -> None:
    """Record who is told the references of all patients that `subject` reached; `form` is page or file."""
    record(by, "references.resolved", subject, now=now, first_day=first_day, last_day=last_day, form=form)


def finish_export(export: Export, made: Made, by: Actor, now: datetime) -> None:
    """Record how many rows are in the file and the checksum by which it is recognised later."""
    export.finished_at = now
    export.row_count = made.rows
    export.sha256 = made.sha256
    record(
        by,
        "export.finished",
        export,
        now=now,
        format=export.format.value,
        shape=export.shape.value,
        filters=export.filters,
        with_references=export.with_references,
    )


def keep_view(
    name: str, asked: str, membership_id: UUID, by: Actor, now: datetime, *, shared: bool = False
) -> SavedView:
    """Raises `NameTaken`."""
    view = SavedView(
        clinic_id=by.clinic_id,
        membership_id=membership_id,
        name=name,
        asked=asked,
        shared=shared,
        kept_at=now,
        kept_by_name=by.name,
    )
    db.session.add(view)
    try:
        record(by, "view.kept", view, now=now)
    except IntegrityError:
        raise NameTaken(name) from None
    return view


def remove_view(view: SavedView, membership_id: UUID, by: Actor, now: datetime, *, may_share: bool) -> None:
    """One's own; those of everybody only by whoever may share one. Raises `NotYours`."""
    if view.membership_id != membership_id and not (view.shared and may_share):
        raise NotYours(view)
    view.removed_at = now
    record(by, "view.removed", view, now=now)
