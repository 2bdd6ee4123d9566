"""What each person wants to hear every day, and what was sent"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('digest_choice',
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('parts', sa.String(), nullable=False),
    sa.Column('weekdays', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'membership_id'], ['membership.clinic_id', 'membership.id'], name=op.f('fk_digest_choice_clinic_id_membership_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_digest_choice_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_choice')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_digest_choice_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'membership_id', name=op.f('uq_digest_choice_clinic_id_membership_id'))
    )
    op.create_table('digest_sent',
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('lines >= 0', name=op.f('ck_digest_sent_lines_are_counted')),
    sa.ForeignKeyConstraint(['clinic_id', 'membership_id'], ['membership.clinic_id', 'membership.id'], name=op.f('fk_digest_sent_clinic_id_membership_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_digest_sent_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_sent')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_digest_sent_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'membership_id', 'day', name=op.f('uq_digest_sent_clinic_id_membership_id_day'))
    )
    append_only("digest_sent")


def downgrade() -> None:
    for table in ("digest_sent", "digest_choice"):
        drop_triggers_of(table)
        op.drop_table(table)
