"""Terms, legal holds, reports of what was removed, and a door in the triggers for the job that removes."""

import sqlalchemy as sa
from alembic import op

from inventory.db import Moment
from inventory.migrations.triggers import append_only, drop_trigger, drop_triggers_of, refuse, same_but

revision = "0151"
down_revision = "0150"
branch_labels = None
depends_on = None

CLASSES = ("references", "mail", "sign_ins", "device_checks")
HELD = (
    "EXISTS (SELECT 1 FROM legal_hold WHERE legal_hold.clinic_id = NEW.clinic_id AND legal_hold.kind = 'clinic' "
    "AND legal_hold.lifted_at IS NULL)"
)


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def owned(table: str) -> tuple[object, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f(f"fk_{table}_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("clinic_id", "id", name=f"uq_{table}_clinic_id_id"),
    )


def upgrade() -> None:
    _terms_and_holds()
    _reports()
    op.create_table(
        "retention_door",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("record_class", one_of("record_class", *CLASSES), nullable=False),
        sa.Column("before", Moment(), nullable=False),
        sa.Column("shut", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_retention_door_clinic_id")),
        sa.ForeignKeyConstraint(
            ["shut"], ["clinic.id"], name=op.f("fk_retention_door_shut"), deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("clinic_id", "record_class", name=op.f("pk_retention_door")),
    )
    refuse("retention_door_shut_by_a_hold", "retention_door", "INSERT", HELD, "a legal hold stops every removal")
    over = " AND OLD.state IN ('sent', 'refused')"
    _replace("outgoing_message", _door("mail", "OLD.queued_at") + over, "outgoing mail is kept")
    _replace("device_check", _door("device_checks", "OLD.at"), "device_check is append-only")
    erased = "EXISTS (SELECT 1 FROM erased_subject e WHERE e.clinic_id = {0}.clinic_id AND e.treatment_id = {0}.treatment_id)"
    sentence = "a reference goes only where its erasure is noted"
    refuse("session_subject_erased_by_note", "session_subject", "DELETE", f"NOT {erased.format('OLD')}", sentence)
    refuse("session_subject_stays_erased", "session_subject", "INSERT", erased.format("NEW"), "it was erased")
    refuse("session_subject_never_changed", "session_subject", "UPDATE", "TRUE", "a reference is not changed")


def downgrade() -> None:
    drop_triggers_of("session_subject")
    _replace("device_check", "FALSE", "device_check is append-only")
    _replace("outgoing_message", "FALSE", "outgoing mail is kept")
    for table in ("retention_door", "erased_subject", "removed_row", "retention_report", "legal_hold", "retention_term"):
        drop_triggers_of(table)
        op.drop_table(table)


def _door(record_class: str, moment: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM retention_door d WHERE d.clinic_id = OLD.clinic_id "
        f"AND d.record_class = '{record_class}' AND {moment} < d.before)"
    )


def _replace(table: str, may_go: str, sentence: str) -> None:
    drop_trigger(f"{table}_never_deleted", table)
    when = "TRUE" if may_go == "FALSE" else f"NOT ({may_go})"
    refuse(f"{table}_never_deleted", table, "DELETE", when, sentence)


def _terms_and_holds() -> None:
    op.create_table(
        "retention_term",
        sa.Column("record_class", one_of("record_class", *CLASSES), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("set_by_name", sa.String(), nullable=False),
        sa.Column("signed_with", sa.String(), nullable=False),
        sa.CheckConstraint("days BETWEEN 7 AND 36500", name=op.f("ck_retention_term_days_are_a_term")),
        sa.CheckConstraint(
            "record_class <> 'references' OR days >= 210",
            name=op.f("ck_retention_term_references_outlast_a_recall"),
        ),
        *owned("retention_term"),
    )
    op.create_index(
        "ix_retention_term_clinic_id_record_class_set_at", "retention_term", ["clinic_id", "record_class", "set_at"]
    )
    append_only("retention_term")
    op.create_table(
        "legal_hold",
        sa.Column("kind", one_of("hold_kind", "clinic", "session", "lot", "patient"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_at", Moment(), nullable=False),
        sa.Column("placed_by_id", sa.Uuid(), nullable=True),
        sa.Column("placed_by_name", sa.String(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by_name", sa.String(), nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=True),
        sa.CheckConstraint("(kind = 'clinic') = (subject_id IS NULL)", name=op.f("ck_legal_hold_covers_something")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lift_reason IS NULL)", name=op.f("ck_legal_hold_lifted_for_a_reason")
        ),
        *owned("legal_hold"),
    )
    op.create_index("ix_legal_hold_clinic_id_lifted_at", "legal_hold", ["clinic_id", "lifted_at"])
    kept = ("id", "clinic_id", "kind", "subject_id", "label", "reason", "placed_at", "placed_by_id", "placed_by_name")
    append_only("legal_hold", allow="OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL AND " + same_but((), kept))


def _reports() -> None:
    op.create_table(
        "retention_report",
        sa.Column("record_class", one_of("record_class", *CLASSES), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("before", Moment(), nullable=False),
        sa.Column("oldest", Moment(), nullable=False),
        sa.Column("newest", Moment(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.CheckConstraint("removed >= 1", name=op.f("ck_retention_report_removed_something")),
        *owned("retention_report"),
    )
    op.create_index("ix_retention_report_clinic_id_made_at", "retention_report", ["clinic_id", "made_at"])
    op.create_table(
        "removed_row",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "report_id"],
            ["retention_report.clinic_id", "retention_report.id"],
            name=op.f("fk_removed_row_clinic_id_report_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_removed_row_clinic_id")),
        sa.PrimaryKeyConstraint("kind", "row_id", "clinic_id", name=op.f("pk_removed_row")),
    )
    op.create_index("ix_removed_row_clinic_id_report_id", "removed_row", ["clinic_id", "report_id"])
    op.create_table(
        "erased_subject",
        sa.Column("treatment_id", sa.Uuid(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "treatment_id"],
            ["treatment_session.clinic_id", "treatment_session.id"],
            name=op.f("fk_erased_subject_clinic_id_treatment_id"),
        ),
        sa.UniqueConstraint("clinic_id", "treatment_id", name=op.f("uq_erased_subject_clinic_id_treatment_id")),
        *owned("erased_subject"),
    )
    append_only("retention_report")
    append_only("removed_row", key=("kind", "row_id", "clinic_id"))
    append_only("erased_subject")
