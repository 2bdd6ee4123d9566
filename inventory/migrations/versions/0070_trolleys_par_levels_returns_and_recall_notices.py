"""Trolleys, par levels, returns to suppliers, recall notices"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, refuse

revision = "0070"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _kinds("'store', 'room', 'trolley'")
    op.create_table('par_level',
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('quantity BETWEEN 0 AND 100000', name=op.f('ck_par_level_quantity_is_a_quantity')),
    sa.ForeignKeyConstraint(['clinic_id', 'location_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_par_level_clinic_id_location_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'product_id'], ['product.clinic_id', 'product.id'], name=op.f('fk_par_level_clinic_id_product_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_par_level_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_par_level')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_par_level_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'location_id', 'product_id', name=op.f('uq_par_level_clinic_id_location_id_product_id'))
    )
    op.create_table('supplier_return',
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('location_id', sa.Uuid(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("reference <> ''", name=op.f('ck_supplier_return_has_a_reference')),
    sa.CheckConstraint('quantity BETWEEN 1 AND 100000', name=op.f('ck_supplier_return_quantity_is_positive')),
    sa.ForeignKeyConstraint(['clinic_id', 'location_id'], ['location.clinic_id', 'location.id'], name=op.f('fk_supplier_return_clinic_id_location_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'lot_id'], ['lot.clinic_id', 'lot.id'], name=op.f('fk_supplier_return_clinic_id_lot_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_supplier_return_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplier_return')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_supplier_return_clinic_id_id')
    )
    op.create_table('recall_notice',
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('reach', sa.Enum('lots', 'range', 'all', name='recall_reach', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('first_number', sa.String(), nullable=True),
    sa.Column('last_number', sa.String(), nullable=True),
    sa.Column('entered_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(reach = 'range') = (first_number IS NOT NULL AND last_number IS NOT NULL)", name=op.f('ck_recall_notice_a_range_has_its_ends')),
    sa.ForeignKeyConstraint(['clinic_id', 'product_id'], ['product.clinic_id', 'product.id'], name=op.f('fk_recall_notice_clinic_id_product_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_recall_notice_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall_notice')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_recall_notice_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'product_id', 'reference', name=op.f('uq_recall_notice_clinic_id_product_id_reference'))
    )
    op.create_table('recall_notice_lot',
    sa.Column('notice_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'lot_id'], ['lot.clinic_id', 'lot.id'], name=op.f('fk_recall_notice_lot_clinic_id_lot_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'notice_id'], ['recall_notice.clinic_id', 'recall_notice.id'], name=op.f('fk_recall_notice_lot_clinic_id_notice_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_recall_notice_lot_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall_notice_lot')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_recall_notice_lot_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'notice_id', 'lot_id', name=op.f('uq_recall_notice_lot_clinic_id_notice_id_lot_id'))
    )
    for table in ("supplier_return", "recall_notice", "recall_notice_lot"):
        append_only(table)
    refuse("par_level_never_deleted", "par_level", "DELETE", "TRUE", "a par level is set to 0, never deleted")


def downgrade() -> None:
    for table in ("recall_notice_lot", "recall_notice", "supplier_return", "par_level"):
        drop_triggers_of(table)
        op.drop_table(table)
    op.execute("UPDATE location SET kind = 'store' WHERE kind = 'trolley'")
    _kinds("'store', 'room'")


def _kinds(kinds: str) -> None:
    """Allow these kinds of location. No trigger stands on the table, so that SQLite may build it anew."""
    check = f"CONSTRAINT ck_location_location_kind CHECK (kind IN ({kinds}))"
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE location DROP CONSTRAINT ck_location_location_kind")
        op.execute(f"ALTER TABLE location ADD {check}")
        return
    op.execute(
        "CREATE TABLE location_anew (name VARCHAR NOT NULL, kind VARCHAR(32) NOT NULL, active BOOLEAN NOT NULL, "
        "id CHAR(32) NOT NULL, clinic_id CHAR(32) NOT NULL, CONSTRAINT pk_location PRIMARY KEY (id), "
        "CONSTRAINT fk_location_clinic_id FOREIGN KEY(clinic_id) REFERENCES clinic (id), "
        "CONSTRAINT uq_location_clinic_id_id UNIQUE (clinic_id, id), "
        f"CONSTRAINT uq_location_clinic_id_name UNIQUE (clinic_id, name), {check})"
    )
    op.execute(
        "INSERT INTO location_anew (name, kind, active, id, clinic_id) "
        "SELECT name, kind, active, id, clinic_id FROM location"
    )
    op.execute("DROP TABLE location")
    op.execute("ALTER TABLE location_anew RENAME TO location")
