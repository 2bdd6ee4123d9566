"""Give each way of a trace its index, so that its cost follows its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

WAYS = (
    ("ix_treatment_session_clinic_id_room_id_opened_at", "treatment_session", ("room_id", "opened_at")),
    ("ix_treatment_session_practitioner", "treatment_session", ("practitioner_membership_id", "opened_at")),
    ("ix_pack_use_person", "pack_use", ("used_by_id", "used_at", "treatment_id")),
    ("ix_pack_content_clinic_id_lot_id_pack_id", "pack_content", ("lot_id", "pack_id")),
    ("ix_disinfection_clinic_id_container_id_finished_at", "disinfection", ("container_id", "finished_at")),
    ("ix_disinfection_clinic_id_room_id_finished_at", "disinfection", ("room_id", "finished_at")),
)
REPLACED = (("ix_needle_use_clinic_id_lot_id", "needle_use"), ("ix_pack_content_clinic_id_lot_id", "pack_content"))


def upgrade():
    for name, table, columns in WAYS:
        op.create_index(name, table, ["clinic_id", *columns])
    kept = sa.text("undone_at IS NULL")
    columns = ["clinic_id", "lot_id", "fitted_at", "treatment_id"]
    op.create_index("ix_needle_use_lot", "needle_use", columns, sqlite_where=kept, postgresql_where=kept)
    for name, table in REPLACED:
        op.drop_index(name, table)


def downgrade():
    for name, table in REPLACED:
        op.create_index(name, table, ["clinic_id", "lot_id"])
    op.drop_index("ix_needle_use_lot", "needle_use")
    for name, table, _ in WAYS:
        op.drop_index(name, table)
