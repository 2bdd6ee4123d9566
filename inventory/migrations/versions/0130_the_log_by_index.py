"""Index what the log is asked for; keep views of it; say what form an export has"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, same_but

revision = "0130"
down_revision = "0111"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_treatment_session_clinic_id_started_at", "treatment_session", ("clinic_id", "started_at", "id")),
    ("ix_treatment_session_clinic_id_gun_id_started_at", "treatment_session", ("clinic_id", "gun_id", "started_at", "id")),
    ("ix_treatment_session_clinic_id_room_id_started_at", "treatment_session", ("clinic_id", "room_id", "started_at", "id")),
    ("ix_needle_use_clinic_id_pack_id", "needle_use", ("clinic_id", "pack_id")),
    ("ix_flag_clinic_id_code_treatment_id", "flag", ("clinic_id", "code", "treatment_id")),
    ("ix_container_clinic_id_lot_id", "container", ("clinic_id", "lot_id")),
    ("ix_lot_clinic_id_search_key", "lot", ("clinic_id", "search_key")),
)
EXPORT = ("id", "clinic_id", "at", "by_id", "by_name", "filters")
NEW_OF_EXPORT = ("shape", "format", "with_references")
FINISHED = ("finished_at", "row_count", "sha256")


def upgrade() -> None:
    bind = op.get_bind()
    op.add_column("lot", sa.Column("search_key", inventory.db.Prefixed, nullable=False, server_default=""))
    for row_id, number in bind.execute(sa.text("SELECT id, number FROM lot")).all():
        bind.execute(sa.text("UPDATE lot SET search_key = :key WHERE id = :id"), {"key": number.casefold(), "id": row_id})
    # Written with the column, a check needs no rebuilt table, which on SQLite would lose its triggers.
    for column, kinds, default in (
        ("shape", ("events", "sessions"), "events"),
        ("format", ("csv", "xlsx", "jsonl", "pdf"), "csv"),
    ):
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        name = {"shape": "shape", "format": "export_format"}[column]
        op.execute(
            f"ALTER TABLE export ADD COLUMN {column} VARCHAR(32) DEFAULT '{default}' NOT NULL "
            f"CONSTRAINT ck_export_{name} CHECK ({column} IN ({listed}))"
        )
    op.add_column("export", sa.Column("with_references", sa.Boolean(), nullable=False, server_default=sa.text("FALSE")))
    drop_triggers_of("export")
    _export_kept(EXPORT + NEW_OF_EXPORT)
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns))
    _keep_views()


def downgrade() -> None:
    op.drop_table("saved_view")
    for name, table, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    drop_triggers_of("export")
    for column in reversed(NEW_OF_EXPORT):
        op.execute(f"ALTER TABLE export DROP COLUMN {column}")
    _export_kept(EXPORT)
    op.execute("ALTER TABLE lot DROP COLUMN search_key")


def _export_kept(columns: tuple[str, ...]) -> None:
    append_only("export", allow="OLD.finished_at IS NULL AND " + same_but(FINISHED, columns))


def _keep_views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("kept_at", inventory.db.Moment(timezone=True), nullable=False),
        sa.Column("kept_by_name", sa.String(), nullable=False),
        sa.Column("removed_at", inventory.db.Moment(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_has_a_name")),
        sa.ForeignKeyConstraint(["clinic_id", "membership_id"], ["membership.clinic_id", "membership.id"], name=op.f("fk_saved_view_clinic_id_membership_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_saved_view_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_saved_view_clinic_id_id"),
    )
    kept = sa.text("removed_at IS NULL")
    op.create_index("uq_saved_view_kept", "saved_view", ["clinic_id", "membership_id", "name"], unique=True, sqlite_where=kept, postgresql_where=kept)
