"""Signatures bound to what was signed, decisions on lots, and corrections that show what was corrected.

Decisions on loads that were signed before have no signature here: nobody can say now what exactly was seen then.
"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of

revision = "0160"
down_revision = "0151"
branch_labels = None
depends_on = None

LOT_STATUSES = ('usable', 'quarantined', 'recalled')


def upgrade() -> None:
    op.create_table('signature',
    sa.Column('meaning', sa.Enum('release', 'quarantine', 'rejection', 'recall', 'approval', 'correction', 'review', name='meaning', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('membership_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('how', sa.Enum('password', 'pin', name='how', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('content_sha256', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('length(content_sha256) = 64', name=op.f('ck_signature_digest_is_sha256')),
    sa.ForeignKeyConstraint(['clinic_id', 'membership_id'], ['membership.clinic_id', 'membership.id'], name=op.f('fk_signature_clinic_id_membership_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_signature_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_signature_clinic_id_id')
    )
    op.create_index('ix_signature_clinic_id_at', 'signature', ['clinic_id', 'at'])
    op.create_table('signed_subject',
    sa.Column('signature_id', sa.Uuid(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'signature_id'], ['signature.clinic_id', 'signature.id'], name=op.f('fk_signed_subject_clinic_id_signature_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_signed_subject_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_subject')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_signed_subject_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'signature_id', 'subject_id', name=op.f('uq_signed_subject_clinic_id_signature_id_subject_id'))
    )
    op.create_index('ix_signed_subject_clinic_id_subject_id', 'signed_subject', ['clinic_id', 'subject_id'])
    op.create_table('lot_decision',
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('before', sa.Enum(*LOT_STATUSES, name='lot_status_before', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum(*LOT_STATUSES, name='lot_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('notice_id', sa.Uuid(), nullable=True),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_lot_decision_has_a_reason')),
    sa.ForeignKeyConstraint(['clinic_id', 'lot_id'], ['lot.clinic_id', 'lot.id'], name=op.f('fk_lot_decision_clinic_id_lot_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'notice_id'], ['recall_notice.clinic_id', 'recall_notice.id'], name=op.f('fk_lot_decision_clinic_id_notice_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_lot_decision_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lot_decision')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_lot_decision_clinic_id_id')
    )
    op.create_index('ix_lot_decision_clinic_id_lot_id', 'lot_decision', ['clinic_id', 'lot_id'])
    op.create_table('reaction_correction',
    sa.Column('wrong_id', sa.Uuid(), nullable=False),
    sa.Column('right_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_reaction_correction_has_a_reason')),
    sa.CheckConstraint('wrong_id <> right_id', name=op.f('ck_reaction_correction_another_report_takes_its_place')),
    sa.ForeignKeyConstraint(['clinic_id', 'wrong_id'], ['adverse_reaction.clinic_id', 'adverse_reaction.id'], name=op.f('fk_reaction_correction_clinic_id_wrong_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'right_id'], ['adverse_reaction.clinic_id', 'adverse_reaction.id'], name=op.f('fk_reaction_correction_clinic_id_right_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_reaction_correction_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reaction_correction')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_reaction_correction_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'right_id', name=op.f('uq_reaction_correction_clinic_id_right_id')),
    sa.UniqueConstraint('clinic_id', 'wrong_id', name=op.f('uq_reaction_correction_clinic_id_wrong_id'))
    )
    # Not in a batch: rebuilding the table on SQLite would take its triggers away.
    op.add_column('movement', sa.Column('on_hand_before', sa.Integer(), nullable=True))
    for table in ("signature", "signed_subject", "lot_decision", "reaction_correction"):
        append_only(table)


def downgrade() -> None:
    op.drop_column('movement', 'on_hand_before')
    for table in ("reaction_correction", "lot_decision", "signed_subject", "signature"):
        drop_triggers_of(table)
        op.drop_table(table)
