"""Limit what an auditor's account sees, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0130"
branch_labels = None
depends_on = None

CHECKS = {
    "limits_come_together": (
        "(sees_from IS NULL) = (expires_on IS NULL) AND (sees_until IS NULL) = (expires_on IS NULL)"
    ),
    "the_seen_days_are_in_order": "sees_until >= sees_from",
    "only_an_auditor_is_limited": "expires_on IS NULL OR role = 'auditor'",
}


def upgrade():
    op.add_column("membership", sa.Column("sees_from", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("sees_until", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # With the column itself: a check added later would rebuild the table.
        checks = " ".join(f"CONSTRAINT ck_membership_{name} CHECK ({check})" for name, check in CHECKS.items())
        op.execute(f"ALTER TABLE membership ADD COLUMN expires_on DATE {checks}")
    else:
        op.add_column("membership", sa.Column("expires_on", sa.Date(), nullable=True))
        for name, check in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_membership_{name}"), "membership", check)


def downgrade():
    for column in ("expires_on", "sees_until", "sees_from"):
        op.drop_column("membership", column)
