"""Reusable parts; packs split and made up anew; why a pack left the shelf, and how long it may stay"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_triggers_of, refuse

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SPOILT = "'dropped', 'wet', 'torn', 'punctured', 'opened_unused', 'past_date', 'reprocessed', 'split', 'other'"


def upgrade() -> None:
    # As text: neither engine needs a new table for a new column, and a rebuilt one would lose its triggers on SQLite.
    op.execute(
        "ALTER TABLE pack ADD COLUMN shelf_mode VARCHAR(32) DEFAULT 'time' NOT NULL "
        "CONSTRAINT ck_pack_shelf_mode CHECK (shelf_mode IN ('time', 'event'))"
    )
    op.execute(f"ALTER TABLE pack ADD COLUMN spoilt VARCHAR(32) CONSTRAINT ck_pack_spoilt CHECK (spoilt IN ({SPOILT}))")
    op.create_table('part',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('serial_number', sa.String(), nullable=False),
    sa.Column('most_cycles', sa.Integer(), nullable=True),
    sa.Column('cycles', sa.Integer(), nullable=False),
    sa.Column('retired_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('retired_reason', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(retired_at IS NULL) = (retired_reason IS NULL)', name=op.f('ck_part_a_retired_part_says_why')),
    sa.CheckConstraint('cycles >= 0 AND (most_cycles IS NULL OR most_cycles > 0)', name=op.f('ck_part_cycles_are_counted')),
    sa.CheckConstraint('length(code) = 17', name=op.f('ck_part_code_is_ours')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_part_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_part')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_part_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'serial_number', name=op.f('uq_part_clinic_id_serial_number')),
    sa.UniqueConstraint('code', name=op.f('uq_part_code'))
    )
    op.create_table('pack_origin',
    sa.Column('pack_id', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('pack_id <> source_id', name=op.f('ck_pack_origin_no_pack_is_its_own_source')),
    sa.ForeignKeyConstraint(['clinic_id', 'pack_id'], ['pack.clinic_id', 'pack.id'], name=op.f('fk_pack_origin_clinic_id_pack_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'source_id'], ['pack.clinic_id', 'pack.id'], name=op.f('fk_pack_origin_clinic_id_source_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_pack_origin_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pack_origin')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_pack_origin_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'pack_id', name=op.f('uq_pack_origin_clinic_id_pack_id'))
    )
    op.create_index('ix_pack_origin_clinic_id_source_id', 'pack_origin', ['clinic_id', 'source_id'], unique=False)

    op.create_table('pack_part',
    sa.Column('pack_id', sa.Uuid(), nullable=False),
    sa.Column('part_id', sa.Uuid(), nullable=False),
    sa.Column('freed_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'pack_id'], ['pack.clinic_id', 'pack.id'], name=op.f('fk_pack_part_clinic_id_pack_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'part_id'], ['part.clinic_id', 'part.id'], name=op.f('fk_pack_part_clinic_id_part_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_pack_part_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pack_part')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_pack_part_clinic_id_id')
    )
    op.create_index('ix_pack_part_clinic_id_pack_id', 'pack_part', ['clinic_id', 'pack_id'], unique=False)
    op.create_index('uq_pack_part_live', 'pack_part', ['clinic_id', 'part_id'], unique=True, sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
    refuse("part_never_deleted", "part", "DELETE", "TRUE", "a part is retired, never deleted")
    refuse("part_cycles_only_grow", "part", "UPDATE", "NEW.cycles < OLD.cycles", "cycles are not taken back")
    refuse(
        "pack_part_fit_to_pack",
        "pack_part",
        "INSERT",
        "EXISTS (SELECT 1 FROM part WHERE part.id = NEW.part_id "
        "AND (part.retired_at IS NOT NULL OR part.cycles >= part.most_cycles))",
        "a retired or worn out part is not packed",
    )
    append_only("pack_origin")
    refuse("pack_part_never_deleted", "pack_part", "DELETE", "TRUE", "pack_part is append-only")
    refuse(
        "pack_part_freed_once",
        "pack_part",
        "UPDATE",
        "OLD.freed_at IS NOT NULL OR OLD.pack_id <> NEW.pack_id OR OLD.part_id <> NEW.part_id",
        "a part is freed once",
    )


def downgrade() -> None:
    for table in ("pack_origin", "pack_part", "part"):
        drop_triggers_of(table)
        op.drop_table(table)
    op.execute("ALTER TABLE pack DROP COLUMN spoilt")
    op.execute("ALTER TABLE pack DROP COLUMN shelf_mode")
