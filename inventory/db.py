"""The model base, column types, and how a transaction is begun."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    event,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    SessionTransaction,
    mapped_column,
)
from uuid6 import uuid7

from inventory import sqlite

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC with milliseconds; on SQLite the text `2026-11-23T05:00:00.000Z`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(24) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return as_text(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class IdText(TypeDecorator[str]):
    """An id read as its usual text, with `type_coerce`: where thousands are read and few are looked at."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else Uuid())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if type(value) is str:
            return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
        return None if value is None else str(value)


Prefixed = String().with_variant(String(collation="C"), "postgresql")
"""Text whose beginnings an index finds: ordered by its code points, whatever language the database was made for."""


def as_text(moment: datetime) -> str:
    """`2026-11-23T05:00:00.000Z`: how a moment is written in records, exports and on SQLite."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Model(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment()}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"


class Owned(MappedAsDataclass, kw_only=True, eq=False, repr=False):
    """A row of one clinic. Its references carry `clinic_id` too, so none can cross a clinic's border."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    clinic_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("clinic.id"))


def in_clinic(table: str, *others: Any, **references: str) -> tuple[Any, ...]:
    """Table arguments of an owned table: each column named in `references` points to a row of the same clinic."""
    keys = [
        ForeignKeyConstraint(["clinic_id", column], [f"{target}.clinic_id", f"{target}.id"])
        for column, target in references.items()
    ]
    return (UniqueConstraint("clinic_id", "id", name=f"uq_{table}_clinic_id_id"), *keys, *others)


def one_of(kind: type[StrEnum], *, constraint_of: str = "") -> Any:
    """A column type holding the values of `kind`, checked by the database.

    `constraint_of` names the second such column of a table, whose check needs a name of its own.
    """
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).strip("_")
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=f"{name}_{constraint_of}".strip("_"),
        values_callable=lambda members: [member.value for member in members],
    )


def listed(kind: Iterable[StrEnum]) -> str:
    """The values of `kind` as an SQL list, for check constraints and partial indexes."""
    return ", ".join(f"'{member.value}'" for member in kind)


class RequestSession(FlaskSession):
    """One of a request, or one of the several that serve it: a streamed answer reads with another than its view.

    Whoever limits what the request may read puts a function into `g.narrow`, and each of them is narrowed.
    """

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        if g and "narrow" in g:
            g.narrow(self)


db = SQLAlchemy(metadata=Model.metadata, session_options={"class_": RequestSession})


def init_app(app: Flask) -> None:
    """Connect the application and its engine; SQLite is opened as `sqlite.opener` says."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        in_memory = engine.url.database in (None, "", ":memory:")
        event.listen(engine, "connect", sqlite.opener(in_memory=in_memory))
        event.listen(engine, "begin", _begin)
        app.extensions["write_turns"] = sqlite.Turns()
        if not event.contains(db.session, "after_transaction_end", _end_turn):
            event.listen(db.session, "after_transaction_end", _end_turn)


def begin_write() -> None:
    """Open this unit of work for writing. On SQLite it queues for the one write lock now, not halfway."""
    turns: sqlite.Turns | None = current_app.extensions.get("write_turns")
    if turns is not None and "turns" not in db.session.info and turns.take():
        db.session.info["turns"] = turns
    db.session.connection(execution_options={"write": True})


def _end_turn(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None and "turns" in session.info:
        session.info.pop("turns").give_up()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
