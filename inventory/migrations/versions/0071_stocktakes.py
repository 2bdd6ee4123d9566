"""Stocktakes, their scans and what they said"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, refuse, same_but

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

SCAN = (
    "id", "clinic_id", "stocktake_id", "location_id", "lot_id", "round", "quantity", "scanned", "at", "by_id", "by_name",
    "taken_back_at",
)


def upgrade() -> None:
    op.create_table('stocktake',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('counting', 'recounting', 'counted', 'approved', 'cancelled', name='stocktake_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('started_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('started_by_name', sa.String(), nullable=False),
    sa.Column('first_counted_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('closed_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('closed_by_name', sa.String(), nullable=True),
    sa.Column('close_reason', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(state IN ('approved', 'cancelled')) = (closed_at IS NOT NULL)", name=op.f('ck_stocktake_ends_at_a_moment')),
    sa.CheckConstraint('round >= 1', name=op.f('ck_stocktake_rounds_are_counted')),
    sa.ForeignKeyConstraint(['clinic_id', 'location_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_stocktake_clinic_id_location_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_stocktake_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stocktake')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_stocktake_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'number', name=op.f('uq_stocktake_clinic_id_number'))
    )
    op.create_index('uq_stocktake_open', 'stocktake', ['clinic_id'], unique=True, sqlite_where=sa.text("state IN ('counting', 'recounting', 'counted')"), postgresql_where=sa.text("state IN ('counting', 'recounting', 'counted')"))
    op.create_table('count_scan',
    sa.Column('stocktake_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('scanned', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('taken_back_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('lot_id IS NOT NULL OR quantity = 0', name=op.f('ck_count_scan_only_known_lots_are_counted')),
    sa.CheckConstraint('quantity BETWEEN 0 AND 100000', name=op.f('ck_count_scan_quantity_is_counted')),
    sa.ForeignKeyConstraint(['clinic_id', 'location_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_count_scan_clinic_id_location_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'lot_id'], ['lot.clinic_id', 'lot.id'], name=op.f('fk_count_scan_clinic_id_lot_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'stocktake_id'], ['stocktake.clinic_id', 'stocktake.id'], name=op.f('fk_count_scan_clinic_id_stocktake_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_count_scan_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_count_scan')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_count_scan_clinic_id_id')
    )
    op.create_index('ix_count_scan_clinic_id_stocktake_id', 'count_scan', ['clinic_id', 'stocktake_id'], unique=False)
    op.create_table('stocktake_line',
    sa.Column('stocktake_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('counted', sa.Integer(), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('counted_by', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('counted >= 0', name=op.f('ck_stocktake_line_counted_is_not_negative')),
    sa.ForeignKeyConstraint(['clinic_id', 'location_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_stocktake_line_clinic_id_location_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'lot_id'], ['lot.clinic_id', 'lot.id'], name=op.f('fk_stocktake_line_clinic_id_lot_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'stocktake_id'], ['stocktake.clinic_id', 'stocktake.id'], name=op.f('fk_stocktake_line_clinic_id_stocktake_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_stocktake_line_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stocktake_line')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_stocktake_line_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'stocktake_id', 'lot_id', 'location_id', name=op.f('uq_stocktake_line_clinic_id_stocktake_id_lot_id_location_id'))
    )
    refuse("stocktake_never_deleted", "stocktake", "DELETE", "TRUE", "stocktake is append-only")
    refuse(
        "stocktake_stays_closed",
        "stocktake",
        "UPDATE",
        "OLD.state IN ('approved', 'cancelled')",
        "a closed stocktake is not changed",
    )
    append_only("count_scan", allow="OLD.taken_back_at IS NULL AND " + same_but(("taken_back_at",), SCAN))
    refuse(
        "count_scan_while_counting",
        "count_scan",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM stocktake WHERE stocktake.id = NEW.stocktake_id "
        "AND stocktake.state IN ('counting', 'recounting') AND stocktake.round = NEW.round)",
        "this stocktake takes no scan",
    )
    append_only("stocktake_line")


def downgrade() -> None:
    for table in ("stocktake_line", "count_scan", "stocktake"):
        drop_triggers_of(table)
        op.drop_table(table)
