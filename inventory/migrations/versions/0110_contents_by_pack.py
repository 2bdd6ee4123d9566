"""Find what a pack holds by the pack, whatever the clinic has been through."""

from alembic import op

revision = "0110"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_pack_content_pack_id", "pack_content", ["pack_id"])
    op.drop_index("ix_pack_part_clinic_id_pack_id", "pack_part")
    op.create_index("ix_pack_part_pack_id", "pack_part", ["pack_id"])


def downgrade():
    op.drop_index("ix_pack_part_pack_id", "pack_part")
    op.create_index("ix_pack_part_clinic_id_pack_id", "pack_part", ["clinic_id", "pack_id"])
    op.drop_index("ix_pack_content_pack_id", "pack_content")
