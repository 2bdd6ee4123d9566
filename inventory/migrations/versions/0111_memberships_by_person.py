"""Find a person's memberships by the person: every request asks for them."""

from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_membership_person_id", "membership", ["person_id"])


def downgrade():
    op.drop_index("ix_membership_person_id", "membership")
