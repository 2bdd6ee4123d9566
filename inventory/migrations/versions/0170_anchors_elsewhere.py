"""Keep what others say of our checkpoints, whom they are mailed to, and the close of each day."""

import sqlalchemy as sa
from alembic import op

from inventory.db import Moment
from inventory.migrations.triggers import append_only, drop_triggers_of

revision = "0170"
down_revision = "0160"
branch_labels = None
depends_on = None

CHECKPOINT = ("chain", "epoch", "size")
COUNTS = ("sessions_closed", "sessions_open", "needles_used", "scans_refused", "flags_raised")


def upgrade():
    for table, last, what in (("cosignature", "witness", sa.Column("signature", sa.String(), nullable=False)),
                              ("time_seal", "authority", sa.Column("response", sa.LargeBinary(), nullable=False))):
        op.create_table(
            table,
            sa.Column("chain", sa.Uuid(), nullable=False),
            sa.Column("epoch", sa.Integer(), nullable=False),
            sa.Column("size", sa.Integer(), nullable=False),
            sa.Column(last, sa.String(), nullable=False),
            what,
            sa.Column("at", Moment(), nullable=False),
            sa.ForeignKeyConstraint(
                CHECKPOINT, [f"signed_checkpoint.{name}" for name in CHECKPOINT], name=op.f(f"fk_{table}_chain_epoch_size")
            ),
            sa.PrimaryKeyConstraint(*CHECKPOINT, last, name=op.f(f"pk_{table}")),
        )
        append_only(table, key=(*CHECKPOINT, last))
    op.create_table(
        "anchor_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_anchor_address_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_address")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_anchor_address_clinic_id_id"),
    )
    op.create_index(
        "uq_anchor_address_in_use", "anchor_address", ["clinic_id", "address"], unique=True,
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "checkpoint_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_checkpoint_mail_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "address_id"], ["anchor_address.clinic_id", "anchor_address.id"],
            name=op.f("fk_checkpoint_mail_clinic_id_address_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint_mail")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_checkpoint_mail_clinic_id_id"),
        sa.UniqueConstraint(
            "clinic_id", "address_id", "day", name=op.f("uq_checkpoint_mail_clinic_id_address_id_day")
        ),
    )
    append_only("checkpoint_mail")
    op.create_table(
        "day_close",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS],
        sa.CheckConstraint("number >= 1", name=op.f("ck_day_close_numbers_count_from_one")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_day_close_clinic_id")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "membership_id"], ["membership.clinic_id", "membership.id"],
            name=op.f("fk_day_close_clinic_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close")),
        sa.UniqueConstraint("clinic_id", "id", name="uq_day_close_clinic_id_id"),
        sa.UniqueConstraint("clinic_id", "day", "number", name=op.f("uq_day_close_clinic_id_day_number")),
    )
    append_only("day_close")


def downgrade():
    for table in ("day_close", "checkpoint_mail", "anchor_address", "time_seal", "cosignature"):
        drop_triggers_of(table)
        op.drop_table(table)
