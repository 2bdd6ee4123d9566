"""Devices that work without network, reactions after a session, badges, swaps taken back"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_trigger, drop_triggers_of, refuse, same_but

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NEEDLE_USE = (
    "id",
    "clinic_id",
    "treatment_id",
    "sequence",
    "pack_id",
    "lot_id",
    "pins",
    "fitted_at",
    "regions",
    "shots",
    "estimated",
    "area_cm2",
    "must_change",
    "removed_at",
    "removal_reason",
)
# A count missing at removal is estimated when the session closes.
ESTIMATED_AT_CLOSE = "OLD.shots IS NULL AND OLD.estimated AND " + same_but(("shots", "area_cm2"), NEEDLE_USE)
# A swap taken back puts the needle before it on the gun again.
PUT_BACK = (
    "NEW.removed_at IS NULL AND EXISTS (SELECT 1 FROM needle_use later WHERE later.clinic_id = OLD.clinic_id "
    "AND later.treatment_id = OLD.treatment_id AND later.fitted_at = OLD.removed_at AND later.undone_at IS NOT NULL) "
    "AND " + same_but(("removed_at", "removal_reason", "shots", "estimated", "area_cm2"), NEEDLE_USE)
)
ENDED_ONCE_BEFORE = f"OLD.removed_at IS NOT NULL AND NOT ({ESTIMATED_AT_CLOSE})"
ENDS_ONCE = (
    "(OLD.removed_at IS NOT NULL AND "
    "NOT (OLD.undone_at IS NOT DISTINCT FROM NEW.undone_at AND OLD.late_reason IS NOT DISTINCT FROM NEW.late_reason "
    f"AND (({ESTIMATED_AT_CLOSE}) OR ({PUT_BACK}))))"
)


def upgrade() -> None:
    op.create_table('device',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('registered_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('registered_by_id', sa.Uuid(), nullable=True),
    sa.Column('registered_by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_device_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_device_clinic_id_id')
    )
    op.create_table('device_check',
    sa.Column('device_id', sa.Uuid(), nullable=True),
    sa.Column('device_name', sa.String(), nullable=False),
    sa.Column('scanned', sa.String(), nullable=False),
    sa.Column('faults', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'device_id'], ['device.clinic_id', 'device.id'], name=op.f('fk_device_check_clinic_id_device_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_device_check_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device_check')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_device_check_clinic_id_id')
    )
    with op.batch_alter_table('device_check', schema=None) as batch_op:
        batch_op.create_index('ix_device_check_clinic_id_at', ['clinic_id', 'at'], unique=False)

    op.create_table('adverse_reaction',
    sa.Column('treatment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('rash', 'pain', 'haematoma', 'suspected_infection', 'other', name='reaction_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('severity', sa.Enum('mild', 'moderate', 'severe', name='reaction_severity', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('onset_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('reported_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('length(note) <= 500', name=op.f('ck_adverse_reaction_note_is_short')),
    sa.ForeignKeyConstraint(['clinic_id', 'treatment_id'], ['treatment_session.clinic_id', 'treatment_session.id'], name=op.f('fk_adverse_reaction_clinic_id_treatment_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_adverse_reaction_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adverse_reaction')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_adverse_reaction_clinic_id_id')
    )
    with op.batch_alter_table('adverse_reaction', schema=None) as batch_op:
        batch_op.create_index('ix_adverse_reaction_clinic_id_reported_at', ['clinic_id', 'reported_at'], unique=False)
        batch_op.create_index('ix_adverse_reaction_clinic_id_treatment_id', ['clinic_id', 'treatment_id'], unique=False)

    op.create_table('aftercare',
    sa.Column('treatment_id', sa.Uuid(), nullable=False),
    sa.Column('how', sa.Enum('printed', 'shown', 'spoken', name='how_given', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sheet', sa.String(), nullable=False),
    sa.Column('given_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'treatment_id'], ['treatment_session.clinic_id', 'treatment_session.id'], name=op.f('fk_aftercare_clinic_id_treatment_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_aftercare_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aftercare')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_aftercare_clinic_id_id')
    )
    with op.batch_alter_table('aftercare', schema=None) as batch_op:
        batch_op.create_index('ix_aftercare_clinic_id_treatment_id', ['clinic_id', 'treatment_id'], unique=False)

    op.create_table('device_event',
    sa.Column('device_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('treatment_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('scan', 'count', 'region', 'must_change', 'syringe', 'undo', 'close', name='event_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('device_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('offset_ms', sa.Integer(), nullable=False),
    sa.Column('happened_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('received_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('outcome', sa.Enum('applied', 'refused', 'conflict', 'late', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('seq >= 1', name=op.f('ck_device_event_seq_counts_from_one')),
    sa.ForeignKeyConstraint(['clinic_id', 'device_id'], ['device.clinic_id', 'device.id'], name=op.f('fk_device_event_clinic_id_device_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'treatment_id'], ['treatment_session.clinic_id', 'treatment_session.id'], name=op.f('fk_device_event_clinic_id_treatment_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_device_event_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device_event')),
    sa.UniqueConstraint('clinic_id', 'device_id', 'seq', name=op.f('uq_device_event_clinic_id_device_id_seq')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_device_event_clinic_id_id')
    )
    with op.batch_alter_table('device_event', schema=None) as batch_op:
        batch_op.create_index('ix_device_event_clinic_id_treatment_id', ['clinic_id', 'treatment_id'], unique=False)

    op.create_table('pack_use_conflict',
    sa.Column('pack_id', sa.Uuid(), nullable=False),
    sa.Column('treatment_id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('sentence', sa.String(), nullable=False),
    sa.Column('used_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('used_by_id', sa.Uuid(), nullable=True),
    sa.Column('used_by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'event_id'], ['device_event.clinic_id', 'device_event.id'], name=op.f('fk_pack_use_conflict_clinic_id_event_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'pack_id'], ['pack.clinic_id', 'pack.id'], name=op.f('fk_pack_use_conflict_clinic_id_pack_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'treatment_id'], ['treatment_session.clinic_id', 'treatment_session.id'], name=op.f('fk_pack_use_conflict_clinic_id_treatment_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_pack_use_conflict_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pack_use_conflict')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_pack_use_conflict_clinic_id_id')
    )
    with op.batch_alter_table('pack_use_conflict', schema=None) as batch_op:
        batch_op.create_index('ix_pack_use_conflict_clinic_id_pack_id', ['clinic_id', 'pack_id'], unique=False)

    op.add_column("membership", sa.Column("pin", sa.String(), nullable=True))
    op.add_column("membership", sa.Column("badge_code", sa.String(), nullable=True))
    op.create_index("uq_membership_badge_code", "membership", ["badge_code"], unique=True)
    op.add_column("needle_use", sa.Column("undone_at", inventory.db.Moment(timezone=True), nullable=True))
    op.add_column("needle_use", sa.Column("late_reason", sa.String(), nullable=True))
    for table in ("device_event", "device_check", "pack_use_conflict", "adverse_reaction", "aftercare"):
        append_only(table)
    drop_trigger("needle_use_ends_once", "needle_use")
    refuse("needle_use_ends_once", "needle_use", "UPDATE", ENDS_ONCE, "a removed needle is not changed")
    refuse(
        "needle_use_after_close",
        "needle_use",
        "INSERT",
        "NEW.late_reason IS NULL AND EXISTS (SELECT 1 FROM treatment_session t "
        "WHERE t.id = NEW.treatment_id AND t.closed_at IS NOT NULL)",
        "a needle recorded after the close needs a reason",
    )


def downgrade() -> None:
    for table in ("pack_use_conflict", "device_event", "device_check", "device", "aftercare", "adverse_reaction"):
        drop_triggers_of(table)
        op.drop_table(table)
    drop_trigger("needle_use_after_close", "needle_use")
    drop_trigger("needle_use_ends_once", "needle_use")
    op.drop_column("needle_use", "late_reason")
    op.drop_column("needle_use", "undone_at")
    op.drop_index("uq_membership_badge_code", "membership")
    op.drop_column("membership", "badge_code")
    op.drop_column("membership", "pin")
    refuse("needle_use_ends_once", "needle_use", "UPDATE", ENDED_ONCE_BEFORE, "a removed needle is not changed")
