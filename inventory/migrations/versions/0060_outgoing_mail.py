"""Mail that waits until a server took it"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import drop_triggers_of, refuse

revision = "0060"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outgoing_message',
    sa.Column('to_address', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('reply_to', sa.String(), nullable=True),
    sa.Column('cause_id', sa.Uuid(), nullable=True),
    sa.Column('queued_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('due_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sending', 'sent', 'refused', name='message_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('failure', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_outgoing_message_tries_are_counted')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_outgoing_message_sent_at_a_moment')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_outgoing_message_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_message')),
    sa.UniqueConstraint('clinic_id', 'cause_id', name=op.f('uq_outgoing_message_clinic_id_cause_id')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_outgoing_message_clinic_id_id')
    )
    op.create_index('ix_outgoing_message_state_due_at', 'outgoing_message', ['state', 'due_at'], unique=False)
    op.create_table('outgoing_attachment',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('mimetype', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'message_id'], ['outgoing_message.clinic_id', 'outgoing_message.id'], name=op.f('fk_outgoing_attachment_clinic_id_message_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_outgoing_attachment_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_attachment')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_outgoing_attachment_clinic_id_id')
    )
    refuse("outgoing_message_never_deleted", "outgoing_message", "DELETE", "TRUE", "outgoing mail is kept")
    refuse("outgoing_message_sent_once", "outgoing_message", "UPDATE", "OLD.state = 'sent'", "a sent message stays")


def downgrade() -> None:
    op.drop_table("outgoing_attachment")
    drop_triggers_of("outgoing_message")
    op.drop_table("outgoing_message")
