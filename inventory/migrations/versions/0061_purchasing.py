"""Suppliers, orders, receipts, booked sessions, and use rolled up per day"""

import sqlalchemy as sa
from alembic import op

import inventory.db
from inventory.migrations.triggers import after_insert, append_only, drop_trigger, drop_triggers_of, refuse

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

MOMENT = inventory.db.Moment(timezone=True)


def one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def owned(table, *others, **references):
    keys = [
        sa.ForeignKeyConstraint(['clinic_id', column], [f'{target}.clinic_id', f'{target}.id'], name=op.f(f'fk_{table}_clinic_id_{column}'))
        for column, target in references.items()
    ]
    op.create_table(
        table,
        *[part for part in others if isinstance(part, sa.Column)],
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('clinic_id', sa.Uuid(), nullable=False),
        *[part for part in others if not isinstance(part, sa.Column)],
        *keys,
        sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f(f'fk_{table}_clinic_id')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
        sa.UniqueConstraint('clinic_id', 'id', name=f'uq_{table}_clinic_id_id'),
    )


def column(name, kind, nullable=False):
    return sa.Column(name, kind, nullable=nullable)


def check(table, name, condition):
    return sa.CheckConstraint(condition, name=op.f(f'ck_{table}_{name}'))


def unique(table, *columns):
    return sa.UniqueConstraint(*columns, name=op.f(f'uq_{table}_' + '_'.join(columns)))


CURRENCY = ('EUR', 'USD', 'GBP', 'CHF')
TECHNIQUES = ('epidermal', 'nappage', 'papule', 'point_by_point', 'linear')


def upgrade() -> None:
    text, number = sa.String(), sa.Integer()
    owned('purchasing_terms',
        column('writing', one_of('writing', 'european', 'us')),
        column('currency', one_of('currency', *CURRENCY)),
        column('service', number), column('review_days', number), column('manager_limit', number),
        unique('purchasing_terms', 'clinic_id'),
        check('purchasing_terms', 'service_is_a_chance', 'service BETWEEN 500 AND 999'),
        check('purchasing_terms', 'review_is_within_a_quarter', 'review_days BETWEEN 1 AND 90'),
        check('purchasing_terms', 'limit_is_an_amount', 'manager_limit >= 0'))
    owned('supplier',
        column('name', text), column('email', text, True), column('customer_number', text, True),
        column('currency', one_of('currency', *CURRENCY)),
        column('minimum_order', number), column('lead_days', number), column('active', sa.Boolean()),
        unique('supplier', 'clinic_id', 'name'),
        check('supplier', 'minimum_is_an_amount', 'minimum_order >= 0'),
        check('supplier', 'lead_time_is_within_a_year', 'lead_days BETWEEN 0 AND 365'))
    owned('supplier_offer',
        column('supplier_id', sa.Uuid()), column('product_id', sa.Uuid()), column('reference', text),
        column('pack_units', number), column('price', number), column('minimum_packs', number), column('preferred', sa.Boolean()),
        unique('supplier_offer', 'clinic_id', 'supplier_id', 'product_id'),
        check('supplier_offer', 'a_pack_holds_something', 'pack_units BETWEEN 1 AND 100000'),
        check('supplier_offer', 'minimum_is_a_pack', 'minimum_packs BETWEEN 1 AND 10000'),
        check('supplier_offer', 'price_is_an_amount', 'price BETWEEN 0 AND 99999999'),
        supplier_id='supplier', product_id='product')
    op.create_index('uq_supplier_offer_preferred', 'supplier_offer', ['clinic_id', 'product_id'], unique=True, sqlite_where=sa.text('preferred'), postgresql_where=sa.text('preferred'))
    owned('purchase_order',
        column('number', number), column('supplier_id', sa.Uuid()),
        column('state', one_of('order_state', 'draft', 'approved', 'sent', 'partly_received', 'closed', 'cancelled')),
        column('currency', one_of('currency', *CURRENCY)), column('version', number),
        column('made_at', MOMENT), column('made_by_name', text), column('changed_by_name', text),
        column('approved_at', MOMENT, True), column('approved_by_name', text, True), column('sent_at', MOMENT, True),
        column('expected_on', sa.Date(), True), column('ended_at', MOMENT, True), column('end_reason', text, True),
        unique('purchase_order', 'clinic_id', 'number'),
        check('purchase_order', 'what_was_sent_has_a_time', "state NOT IN ('sent', 'partly_received') OR sent_at IS NOT NULL"),
        check('purchase_order', 'what_is_sent_was_approved', "state NOT IN ('approved', 'sent', 'partly_received') OR approved_at IS NOT NULL"),
        supplier_id='supplier')
    op.create_index('uq_purchase_order_draft', 'purchase_order', ['clinic_id', 'supplier_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
    owned('order_line',
        column('order_id', sa.Uuid()), column('product_id', sa.Uuid()), column('reference', text), column('pack_units', number),
        column('packs', number), column('price', number), column('received_units', number), column('why', text),
        unique('order_line', 'clinic_id', 'order_id', 'product_id'),
        check('order_line', 'packs_are_counted', 'packs BETWEEN 0 AND 10000'),
        check('order_line', 'a_pack_holds_something', 'pack_units BETWEEN 1 AND 100000'),
        check('order_line', 'price_is_an_amount', 'price BETWEEN 0 AND 99999999'),
        check('order_line', 'received_is_counted', 'received_units >= 0'),
        order_id='purchase_order', product_id='product')
    op.create_index('ix_order_line_clinic_id_product_id', 'order_line', ['clinic_id', 'product_id'], unique=False)
    owned('order_receipt',
        column('line_id', sa.Uuid()), column('lot_id', sa.Uuid()), column('units', number), column('price', number),
        column('lead_days', number), column('at', MOMENT), column('by_name', text),
        check('order_receipt', 'something_came', 'units BETWEEN 1 AND 100000'),
        check('order_receipt', 'it_came_after_it_was_sent', 'lead_days >= 0'),
        line_id='order_line', lot_id='lot')
    op.create_index('ix_order_receipt_clinic_id_line_id', 'order_receipt', ['clinic_id', 'line_id'], unique=False)
    owned('planned_sessions',
        column('day', sa.Date()), column('technique', one_of('technique', *TECHNIQUES)), column('sessions', number), column('needles_each', number, True),
        unique('planned_sessions', 'clinic_id', 'day', 'technique'),
        check('planned_sessions', 'sessions_are_counted', 'sessions BETWEEN 0 AND 1000'),
        check('planned_sessions', 'needles_are_few', 'needles_each BETWEEN 1 AND 100'))
    op.create_table('daily_use',
        column('clinic_id', sa.Uuid()), column('product_id', sa.Uuid()), column('day', sa.Date()),
        column('used', number), column('wasted', number), column('received', number), column('corrected', number),
        sa.ForeignKeyConstraint(['clinic_id', 'product_id'], ['product.clinic_id', 'product.id'], name=op.f('fk_daily_use_clinic_id_product_id')),
        sa.ForeignKeyConstraint(['clinic_id'], ['clinic.id'], name=op.f('fk_daily_use_clinic_id')),
        sa.PrimaryKeyConstraint('clinic_id', 'product_id', 'day', name=op.f('pk_daily_use')))
    append_only('order_receipt')
    refuse('purchase_order_never_deleted', 'purchase_order', 'DELETE', 'TRUE', 'purchase orders are kept')
    _roll_up()


def _roll_up() -> None:
    """Every movement adds to its product's day; what moved before is summed up once."""
    sqlite = op.get_bind().dialect.name == 'sqlite'

    def day(of):
        return f'substr({of}at, 1, 10)' if sqlite else f"CAST({of}at AT TIME ZONE 'UTC' AS date)"

    def sums(of, wrap):
        kinds = (('consumption', '-'), ('write_off', '-'), ('receipt', ''), ('adjustment', ''))
        return ', '.join(wrap.format(f"CASE WHEN {of}kind = '{kind}' THEN {sign}{of}quantity ELSE 0 END") for kind, sign in kinds)

    columns = 'clinic_id, product_id, day, used, wasted, received, corrected'
    op.execute(
        f"INSERT INTO daily_use ({columns}) SELECT m.clinic_id, l.product_id, {day('m.')}, {sums('m.', 'SUM({})')} "
        f"FROM movement m JOIN lot l ON l.id = m.lot_id WHERE m.kind <> 'transfer' "
        f"GROUP BY m.clinic_id, l.product_id, {day('m.')}"
    )
    grown = ', '.join(f'{name} = daily_use.{name} + excluded.{name}' for name in ('used', 'wasted', 'received', 'corrected'))
    after_insert('movement_adds_to_its_day', 'movement', [
        f"INSERT INTO daily_use ({columns}) SELECT NEW.clinic_id, l.product_id, {day('NEW.')}, {sums('NEW.', '{}')} "
        f"FROM lot l WHERE l.id = NEW.lot_id AND NEW.kind <> 'transfer' "
        f"ON CONFLICT (clinic_id, product_id, day) DO UPDATE SET {grown}",
    ])


def downgrade() -> None:
    drop_trigger('movement_adds_to_its_day', 'movement')
    for table in ('daily_use', 'planned_sessions', 'order_receipt', 'order_line', 'purchase_order', 'supplier_offer', 'supplier', 'purchasing_terms'):
        drop_triggers_of(table)
        op.drop_table(table)
