"""Hold a pack whose use was taken back until a manager releases it."""

import sqlalchemy as sa
from alembic import op

from inventory.db import Moment

revision = "0171"
down_revision = "0170"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("pack", sa.Column("held_at", Moment(), nullable=True))


def downgrade():
    op.drop_column("pack", "held_at")
