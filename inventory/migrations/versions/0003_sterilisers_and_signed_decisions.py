"""Programmes, daily tests and logs of sterilisers; biological indicators; signed decisions on loads"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import append_only, drop_trigger, drop_triggers_of, refuse, same_but

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIOLOGICAL = (
    "id",
    "clinic_id",
    "load_id",
    "product",
    "lot",
    "incubation_hours",
    "placed_at",
    "placed_by_name",
    "result",
    "control",
    "read_at",
    "read_by_name",
)
PROGRAMME = (
    "id",
    "clinic_id",
    "steriliser_id",
    "name",
    "cycle_type",
    "gravity",
    "set_temperature_tenths",
    "hold_seconds",
    "drying_seconds",
    "ended_at",
)
# Old columns, and those that come here: what was measured stays as it was recorded.
MEASURED = (
    "steriliser_id",
    "number",
    "cycle_type",
    "programme",
    "set_temperature_tenths",
    "set_hold_seconds",
    "set_drying_seconds",
    "started_at",
    "ended_at",
    "temperature_tenths",
    "highest_temperature_tenths",
    "pressure_millibar",
    "hold_seconds",
    "drying_seconds",
    "log_name",
    "log_sha256",
    "contents",
    "wrapped_or_hollow",
    "external_indicator",
    "internal_indicator",
    "internal_indicator_type",
    "dry",
    "loaded_by_id",
    "loaded_by_name",
)


def upgrade() -> None:
    op.create_table('programme',
    sa.Column('steriliser_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('cycle_type', sa.Enum('B', 'N', 'S', name='cycle_type', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('gravity', sa.Boolean(), nullable=False),
    sa.Column('set_temperature_tenths', sa.Integer(), nullable=False),
    sa.Column('hold_seconds', sa.Integer(), nullable=False),
    sa.Column('drying_seconds', sa.Integer(), nullable=False),
    sa.Column('ended_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('drying_seconds BETWEEN 0 AND 86400', name=op.f('ck_programme_drying_is_within_a_day')),
    sa.CheckConstraint('hold_seconds BETWEEN 1 AND 86400', name=op.f('ck_programme_hold_is_within_a_day')),
    sa.CheckConstraint('set_temperature_tenths BETWEEN 1000 AND 1500', name=op.f('ck_programme_temperature_is_of_steam')),
    sa.ForeignKeyConstraint(['clinic_id', 'steriliser_id'], ['steriliser.clinic_id', 'steriliser.id'], name=op.f('fk_programme_clinic_id_steriliser_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_programme_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_programme_clinic_id_id')
    )
    op.create_index('uq_programme_name', 'programme', ['clinic_id', 'steriliser_id', 'name'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('start_up_test',
    sa.Column('steriliser_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('bowie_dick', 'helix', 'vacuum_leak', name='test_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('leak_rate_tenths', sa.Integer(), nullable=True),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(kind = 'vacuum_leak') = (leak_rate_tenths IS NOT NULL)", name=op.f('ck_start_up_test_a_leak_has_its_rate')),
    sa.CheckConstraint('leak_rate_tenths >= 0', name=op.f('ck_start_up_test_leak_rate_is_positive')),
    sa.ForeignKeyConstraint(['clinic_id', 'steriliser_id'], ['steriliser.clinic_id', 'steriliser.id'], name=op.f('fk_start_up_test_clinic_id_steriliser_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_start_up_test_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_start_up_test')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_start_up_test_clinic_id_id')
    )
    op.create_index('ix_start_up_test_clinic_id_steriliser_id', 'start_up_test', ['clinic_id', 'steriliser_id', 'at'], unique=False)

    op.create_table('biological_indicator',
    sa.Column('load_id', sa.Uuid(), nullable=False),
    sa.Column('product', sa.String(), nullable=False),
    sa.Column('lot', sa.String(), nullable=False),
    sa.Column('incubation_hours', sa.Integer(), nullable=False),
    sa.Column('placed_at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('placed_by_name', sa.String(), nullable=False),
    sa.Column('result', sa.Enum('pending', 'negative', 'positive', name='growth', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('control', sa.Enum('pending', 'grew', 'did_not_grow', name='control', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('read_at', inventory.db.Moment(timezone=True), nullable=True),
    sa.Column('read_by_name', sa.String(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(result = 'pending') = (read_at IS NULL) AND (result = 'pending') = (control = 'pending')", name=op.f('ck_biological_indicator_a_result_was_read')),
    sa.CheckConstraint('incubation_hours BETWEEN 1 AND 336', name=op.f('ck_biological_indicator_incubation_is_within_two_weeks')),
    sa.ForeignKeyConstraint(['clinic_id', 'load_id'], ['load.clinic_id', 'load.id'], name=op.f('fk_biological_indicator_clinic_id_load_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_biological_indicator_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_biological_indicator')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_biological_indicator_clinic_id_id'),
    sa.UniqueConstraint('clinic_id', 'load_id', name=op.f('uq_biological_indicator_clinic_id_load_id'))
    )
    op.create_table('load_decision',
    sa.Column('load_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('awaiting', 'quarantined', 'released', 'rejected', 'recalled', name='load_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('meaning', sa.String(), nullable=False),
    sa.Column('warnings', sa.String(), nullable=False),
    sa.Column('at', inventory.db.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('by_name', sa.String(), nullable=False),
    sa.Column('signed_with', sa.Enum('password', 'pin', 'rule', name='signed_with', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope', sa.Enum('this_load', 'since_last_negative', name='recall_scope', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('because_of_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('clinic_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('length(meaning) > 0', name=op.f('ck_load_decision_a_decision_has_a_meaning')),
    sa.ForeignKeyConstraint(['clinic_id', 'because_of_id'], ['load.clinic_id', 'load.id'], name=op.f('fk_load_decision_clinic_id_because_of_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'load_id'], ['load.clinic_id', 'load.id'], name=op.f('fk_load_decision_clinic_id_load_id')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_load_decision_clinic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_load_decision')),
    sa.UniqueConstraint('clinic_id', 'id', name='uq_load_decision_clinic_id_id')
    )
    op.create_index('ix_load_decision_clinic_id_load_id', 'load_decision', ['clinic_id', 'load_id'], unique=False)

    op.add_column('load', sa.Column('set_temperature_tenths', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('set_hold_seconds', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('set_drying_seconds', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('highest_temperature_tenths', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('pressure_millibar', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('drying_seconds', sa.Integer(), nullable=True))
    op.add_column('load', sa.Column('log_name', sa.String(), nullable=True))
    op.add_column('load', sa.Column('log_sha256', sa.String(), nullable=True))
    op.create_index('uq_load_log_sha256', 'load', ['clinic_id', 'log_sha256'], unique=True)

    op.add_column('steriliser', sa.Column('log_format', sa.String(), nullable=True))
    append_only("start_up_test")
    append_only("load_decision")
    read_once = "OLD.result = 'pending' AND " + same_but(("result", "control", "read_at", "read_by_name"), BIOLOGICAL)
    append_only("biological_indicator", allow=read_once)
    append_only("programme", allow="OLD.ended_at IS NULL AND " + same_but(("ended_at",), PROGRAMME))
    refuse("load_never_deleted", "load", "DELETE", "TRUE", "load is append-only")
    refuse("load_measured_once", "load", "UPDATE", f"NOT ({same_but((), MEASURED)})", "a measured load is not changed")
    refuse(
        "load_ended_stays",
        "load",
        "UPDATE",
        "OLD.state IN ('rejected', 'recalled') AND NEW.state <> OLD.state",
        "a rejected or recalled load stays so",
    )


def downgrade() -> None:
    for name in ("load_never_deleted", "load_measured_once", "load_ended_stays"):
        drop_trigger(name, "load")
    for table in ("load_decision", "biological_indicator", "start_up_test", "programme"):
        drop_triggers_of(table)
        op.drop_table(table)
    op.drop_index("uq_load_log_sha256", "load")
    for column in ("log_sha256", "log_name", "drying_seconds", "pressure_millibar", "highest_temperature_tenths"):
        op.drop_column("load", column)
    for column in ("set_drying_seconds", "set_hold_seconds", "set_temperature_tenths"):
        op.drop_column("load", column)
    op.drop_column("steriliser", "log_format")
