"""Keep the signed checkpoints of each record."""

import sqlalchemy as sa
from alembic import op

from inventory.db import Moment
from inventory.migrations.triggers import append_only, drop_triggers_of

revision = "0090"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "signed_checkpoint",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("size >= 1", name=op.f("ck_signed_checkpoint_size_counts_entries")),
        sa.CheckConstraint("epoch >= 1", name=op.f("ck_signed_checkpoint_epoch_counts_from_one")),
        sa.ForeignKeyConstraint(["chain"], ["clinic.id"], name=op.f("fk_signed_checkpoint_chain")),
        sa.PrimaryKeyConstraint("chain", "epoch", "size", name=op.f("pk_signed_checkpoint")),
    )
    append_only("signed_checkpoint", key=("chain", "epoch", "size"))


def downgrade():
    drop_triggers_of("signed_checkpoint")
    op.drop_table("signed_checkpoint")
