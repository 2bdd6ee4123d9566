"""Sharps containers"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import drop_triggers_of, refuse

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sharps_container',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('room_id', sa.Uuid(), nullable=False),
    sa.Column('size_ml', sa.Integer(), nullable=True),
    sa.Column('needles_to_line', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('in_use', 'closed', 'sealed', 'picked_up', name='sharps_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opened_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('opened_by_name', sa.String(), nullable=False),
    sa.Column('closed_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('closed_by_name', sa.String(), nullable=True),
    sa.Column('sealed_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('sealed_by_name', sa.String(), nullable=True),
    sa.Column('picked_up_on', sa.Date(), nullable=True),
    sa.Column('carrier', sa.String(), nullable=True),
    sa.Column('document', sa.String(), nullable=True),
    sa.Column('picked_up_by_name', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state = 'in_use') = (closed_at IS NULL)", name=op.f('ck_sharps_container_closed_at_a_moment')),
    sa.CheckConstraint("(state = 'picked_up') = (picked_up_on IS NOT NULL AND carrier IS NOT NULL AND document IS NOT NULL)", name=op.f('ck_sharps_container_picked_up_with_proof')),
    sa.CheckConstraint("(state IN ('in_use', 'closed')) = (sealed_at IS NULL)", name=op.f('ck_sharps_container_sealed_at_a_moment')),
    sa.CheckConstraint('length(code) = 17', name=op.f('ck_sharps_container_code_is_ours')),
    sa.CheckConstraint('needles_to_line BETWEEN 1 AND 100000', name=op.f('ck_sharps_container_it_holds_needles')),
    sa.ForeignKeyConstraint(['clinic_id', 'room_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_sharps_container_clinic_id_room_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_sharps_container_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sharps_container')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_sharps_container_clinic_id_id'),
    sa.UniqueConstraint('code', name=op.f('uq_sharps_container_code'))
    )
    op.create_index('uq_sharps_container_in_use', 'sharps_container', ['clinic_id', 'room_id'], unique=True, sqlite_where=sa.text("state = 'in_use'"), postgresql_where=sa.text("state = 'in_use'"))
    refuse("sharps_container_never_deleted", "sharps_container", "DELETE", "TRUE", "sharps_container is append-only")
    refuse(
        "sharps_container_stays_picked_up",
        "sharps_container",
        "UPDATE",
        "OLD.state = 'picked_up'",
        "a container that was picked up is not changed",
    )


def downgrade() -> None:
    for table in ("sharps_container",):
        drop_triggers_of(table)
        op.drop_table(table)
