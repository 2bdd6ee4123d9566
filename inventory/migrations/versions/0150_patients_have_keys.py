"""Patients get a key each, and no hash of their reference is kept.

Going back keeps the keys: thrown away, nobody could ever show again whom the record speaks of.
"""

import secrets

import sqlalchemy as sa
from alembic import op
from uuid6 import uuid7

from inventory.migrations.triggers import drop_trigger, refuse, same_but

revision = "0150"
down_revision = "0141"
branch_labels = None
depends_on = None

KEYS = sa.table("patient_subject", *(sa.column(name, kind) for name, kind in (
    ("id", sa.Uuid()), ("clinic_id", sa.Uuid()), ("reference", sa.String()), ("key", sa.LargeBinary()),
)))  # fmt: skip
SESSIONS = sa.table("session_subject", sa.column("clinic_id", sa.Uuid()), sa.column("patient_reference", sa.String()))


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("patient_subject"):
        op.create_table(
            "patient_subject",
            sa.Column("reference", sa.String(), nullable=False),
            sa.Column("key", sa.LargeBinary(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("clinic_id", sa.Uuid(), nullable=False),
            sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_patient_subject_clinic_id")),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_subject")),
            sa.UniqueConstraint("clinic_id", "id", name="uq_patient_subject_clinic_id_id"),
            sa.UniqueConstraint("clinic_id", "reference", name=op.f("uq_patient_subject_clinic_id_reference")),
        )
    _make_keys()
    with op.batch_alter_table("session_subject") as batch:
        batch.add_column(sa.Column("event_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_session_subject_clinic_id_patient_reference"),
            "patient_subject",
            ["clinic_id", "patient_reference"],
            ["clinic_id", "reference"],
        )
    op.create_index(
        "ix_session_subject_clinic_id_patient_reference", "session_subject", ["clinic_id", "patient_reference"]
    )
    op.create_index("ix_session_subject_clinic_id_event_id", "session_subject", ["clinic_id", "event_id"])
    _forget_hashes()


def downgrade() -> None:
    op.drop_index("ix_session_subject_clinic_id_event_id", "session_subject")
    op.drop_index("ix_session_subject_clinic_id_patient_reference", "session_subject")
    with op.batch_alter_table("session_subject") as batch:
        batch.drop_constraint(op.f("fk_session_subject_clinic_id_patient_reference"), type_="foreignkey")
        batch.drop_column("event_id")


def _make_keys() -> None:
    """One for each patient that has none."""
    bind = op.get_bind()
    known = sa.exists().where(
        KEYS.c.clinic_id == SESSIONS.c.clinic_id, KEYS.c.reference == SESSIONS.c.patient_reference
    )
    patients = sa.select(SESSIONS.c.clinic_id, SESSIONS.c.patient_reference).distinct().where(~known)
    rows = [
        {"id": uuid7(), "clinic_id": clinic, "reference": reference, "key": secrets.token_bytes(32)}
        for clinic, reference in bind.execute(patients).all()
    ]
    if rows:
        bind.execute(KEYS.insert(), rows)


def _forget_hashes() -> None:
    """Of the forms that opened a session, or were refused and may have asked for one: case numbers can be tried out."""
    nothing = "zeroblob(32)" if op.get_bind().dialect.name == "sqlite" else r"decode(repeat('00', 32), 'hex')"
    drop_trigger("stored_answer_never_changed", "stored_answer")
    op.execute(
        f"UPDATE stored_answer SET request_hash = {nothing} "
        "WHERE answer LIKE '{\"message\": \"Session % is open.%' OR answer LIKE '%\"accepted\": false%'"
    )
    refuse(
        "stored_answer_never_changed",
        "stored_answer",
        "UPDATE",
        "NOT (OLD.answer IS NULL AND " + same_but(("answer",), ("clinic_id", "event_id", "request_hash", "at")) + ")",
        "stored_answer is append-only",
    )
