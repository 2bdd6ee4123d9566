"""Print jobs, network printers, own label media, and how far printers are off"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import drop_triggers_of, refuse, same_but

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JOB = (
    "id",
    "clinic_id",
    "what",
    "medium",
    "start",
    "labels",
    "language",
    "payload",
    "reason",
    "made_at",
    "by_id",
    "by_name",
    "printer_id",
    "state",
    "tries",
    "sent_at",
    "failure",
)


def upgrade() -> None:
    op.create_table('medium_offset',
    sa.Column('medium', sa.String(), nullable=False),
    sa.Column('right_hundredths', sa.Integer(), nullable=False),
    sa.Column('down_hundredths', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('right_hundredths BETWEEN -2000 AND 2000 AND down_hundredths BETWEEN -2000 AND 2000', name=op.f('ck_medium_offset_within_20_mm')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_medium_offset_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_medium_offset')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_medium_offset_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'medium', name=op.f('uq_medium_offset_clinic_id_medium'))
    )
    op.create_table('own_medium',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('is_sheet', sa.Boolean(), nullable=False),
    sa.Column('dpi', sa.Integer(), nullable=False),
    sa.Column('columns', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('page_width', sa.Integer(), nullable=False),
    sa.Column('page_height', sa.Integer(), nullable=False),
    sa.Column('label_width', sa.Integer(), nullable=False),
    sa.Column('label_height', sa.Integer(), nullable=False),
    sa.Column('left_margin', sa.Integer(), nullable=False),
    sa.Column('top_margin', sa.Integer(), nullable=False),
    sa.Column('horizontal_pitch', sa.Integer(), nullable=False),
    sa.Column('vertical_pitch', sa.Integer(), nullable=False),
    sa.Column('ended_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('rows > 0 AND columns > 0', name=op.f('ck_own_medium_it_has_labels')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_own_medium_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_medium')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_own_medium_clinic_id_id')
    )
    op.create_index('uq_own_medium_name', 'own_medium', ['clinic_id', 'name'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('printer',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('host', sa.String(), nullable=False),
    sa.Column('port', sa.Integer(), nullable=False),
    sa.Column('language', sa.Enum('zpl', 'pdf', name='language', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('dpi', sa.Integer(), nullable=False),
    sa.Column('medium', sa.String(), nullable=False),
    sa.Column('ended_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('port BETWEEN 1 AND 65535', name=op.f('ck_printer_port_is_one')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_printer_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_printer')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_printer_clinic_id_id')
    )
    op.create_index('uq_printer_name', 'printer', ['clinic_id', 'name'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('print_job',
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('medium', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('labels', sa.Integer(), nullable=False),
    sa.Column('language', sa.Enum('zpl', 'pdf', name='language', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('made_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('printer_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('made', 'queued', 'sent', 'failed', name='job_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('failure', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(printer_id IS NULL) = (state = 'made')", name=op.f('ck_print_job_a_printer_takes_what_is_queued')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_print_job_sent_at_a_moment')),
    sa.CheckConstraint('labels > 0', name=op.f('ck_print_job_it_has_labels')),
    sa.ForeignKeyConstraint(['clinic_id', 'printer_id'], ['printer.clinic_id', 'printer.id'], name=op.f('fk_print_job_clinic_id_printer_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_print_job_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_print_job_clinic_id_id')
    )
    op.create_index('ix_print_job_clinic_id_medium', 'print_job', ['clinic_id', 'medium'], unique=False)
    delivery = same_but(("state", "tries", "sent_at", "failure"), JOB)
    refuse("print_job_never_deleted", "print_job", "DELETE", "TRUE", "print_job is append-only")
    refuse(
        "print_job_only_delivered",
        "print_job",
        "UPDATE",
        f"OLD.state IN ('made', 'sent') OR NOT ({delivery})",
        "only the delivery of a print job changes",
    )


def downgrade() -> None:
    for table in ("print_job", "printer", "own_medium", "medium_offset"):
        drop_triggers_of(table)
        op.drop_table(table)
