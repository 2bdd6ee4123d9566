"""The record's time never runs back: the head knows the newest entry's time, and a trigger refuses an earlier one."""

import sqlalchemy as sa
from alembic import op

from inventory.db import Moment
from inventory.migrations.triggers import after_insert, drop_trigger, refuse

revision = "0100"
down_revision = "0090"
branch_labels = None
depends_on = None

# Entries written before this revision may run back, and stay as they are: only new ones are held to it.
RUNS_BACK = (
    "EXISTS (SELECT 1 FROM audit_entry before WHERE before.chain = NEW.chain AND before.seq = NEW.prev_seq "
    "AND before.at > NEW.at)"
)
NEWEST = (
    "UPDATE audit_head SET at = (SELECT newest.at FROM audit_entry newest "
    "WHERE newest.chain = audit_head.chain AND newest.seq = audit_head.seq)"
)


def upgrade():
    op.add_column("audit_head", sa.Column("at", Moment(), nullable=True))
    drop_trigger("audit_head_only_grows", "audit_head")
    op.execute(NEWEST)
    _only_grows()
    drop_trigger("audit_entry_moves_head", "audit_entry")
    _moves_head("seq = NEW.seq, hash = NEW.hash, at = NEW.at")
    refuse("audit_entry_never_runs_back", "audit_entry", "INSERT", RUNS_BACK, "the time of audit_entry never runs back")


def downgrade():
    drop_trigger("audit_entry_never_runs_back", "audit_entry")
    drop_trigger("audit_entry_moves_head", "audit_entry")
    _moves_head("seq = NEW.seq, hash = NEW.hash")
    op.drop_column("audit_head", "at")


def _only_grows():
    grows = "NEW.seq <> OLD.seq + 1 OR NEW.chain <> OLD.chain"
    refuse("audit_head_only_grows", "audit_head", "UPDATE", grows, "audit_head is append-only")


def _moves_head(values):
    statement = f"UPDATE audit_head SET {values} WHERE chain = NEW.chain"
    after_insert("audit_entry_moves_head", "audit_entry", [statement])
