"""Between clinics there is no way: not by an address, not by a form, not in the database itself."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, Table, select, text
from sqlalchemy.exc import DBAPIError

from inventory.anchors import operations as anchors
from inventory.anchors.models import AnchorAddress
from inventory.compliance.drafting import draft_policy
from inventory.compliance.models import Policy, PolicyDraft
from inventory.compliance.techniques import PolicyNumbers
from inventory.db import Model, db
from inventory.disinfection.models import Container
from inventory.guns.models import Gun
from inventory.keeping import operations as keeping
from inventory.keeping.classes import RecordClass
from inventory.keeping.models import HoldKind, LegalHold, RetentionReport
from inventory.keeping.removing import due, remove
from inventory.mail.models import OutgoingMessage
from inventory.mail.operations import not_taken, queue
from inventory.packs import parts
from inventory.packs.models import Pack, PackUse, Part
from inventory.people.actors import PersonAtWork
from inventory.people.models import Clinic, Membership
from inventory.printing import operations as printing
from inventory.printing.models import Language, OwnMedium, Printer, PrintJob
from inventory.printing.operations import Order
from inventory.purchasing.models import PurchaseOrder, Supplier
from inventory.reactions import operations as reactions
from inventory.reactions.models import AdverseReaction, ReactionKind, ReactionSeverity
from inventory.recalls import operations as recalls
from inventory.sessions.admission import scan_in
from inventory.sessions.models import Flag, TreatedArea, TreatmentSession
from inventory.sharps import operations as sharps
from inventory.sharps.models import SharpsContainer
from inventory.sterilising.models import Load, Programme, Steriliser
from inventory.sterility.filters import LogFilter
from inventory.sterility.making import Asked
from inventory.sterility.models import Export, SavedView
from inventory.sterility.operations import begin_export, keep_view
from inventory.stock import importing
from inventory.stock.models import CatalogueImport, Location, Lot, Product, TradeItem
from inventory.stock.shelf_models import RecallNotice, RecallReach
from inventory.stocktaking import operations as stocktaking
from inventory.stocktaking.models import CountScan, Stocktake
from labels.layout import Label
from tests.factories.purchasing import make_draft
from tests.factories.sessions import make_ready, start_session
from tests.factories.sterilising import make_load
from tests.factories.stock import make_product, make_trade_item

OWNED = [table for table in Model.metadata.sorted_tables if "clinic_id" in table.columns]
NAMED = {
    "product_id": Product,
    "lot_id": Lot,
    "item_id": TradeItem,
    "import_id": CatalogueImport,
    "location_id": Location,
    "container_id": Container,
    "gun_id": Gun,
    "pack_id": Pack,
    "part_id": Part,
    "load_id": Load,
    "steriliser_id": Steriliser,
    "programme_id": Programme,
    "membership_id": Membership,
    "treatment_id": TreatmentSession,
    "job_id": PrintJob,
    "printer_id": Printer,
    "medium_id": OwnMedium,
    "area_id": TreatedArea,
    "flag_id": Flag,
    "policy_id": Policy,
    "draft_id": PolicyDraft,
    "stocktake_id": Stocktake,
    "scan_id": CountScan,
    "sharps_id": SharpsContainer,
    "notice_id": RecallNotice,
    "message_id": OutgoingMessage,
    "supplier_id": Supplier,
    "order_id": PurchaseOrder,
    "use_id": PackUse,
    "export_id": Export,
    "view_id": SavedView,
    "address_id": AnchorAddress,
    "hold_id": LegalHold,
    "report_id": RetentionReport,
    "reaction_id": AdverseReaction,
}
"""What an address may hold the id of."""
NOT_OF_A_CLINIC = {"clinic_id", "name", "subject_id", "number", "code", "kind", "filename", "seq", "key", "ending"}


def _at_work(by: PersonAtWork, now, reference: str) -> TreatmentSession:
    ready = make_ready(by, now)
    treatment = start_session(by, now, ready)
    scan_in(treatment, ready.packs[1].code, by, now)
    reactions.report(
        treatment, ReactionKind.SUSPECTED_INFECTION, ReactionSeverity.SEVERE, now.date(), reference, by, now
    )
    draft_policy(PolicyNumbers(), "A draft", by, now)
    make_load(by, now)
    make_trade_item(by, now)
    importing.hand_in("list.csv", b"Name\n", by, now)
    parts.add_part("Holder", "H-1", None, by, now)
    printer = printing.add_printer("Zebra", "127.0.0.1", 9, Language.ZPL, 203, "roll-50x25", by, now)
    label = Label("HTTPS://STERILOG.EXAMPLE/R/1", "", "Room")
    printing.make_job(Order(what="Label", labels=[label], medium="roll-50x25", printer=printer), by, now)
    measures = dict.fromkeys(("page_width", "page_height", "label_width", "label_height"), 5000)
    measures |= dict.fromkeys(("left_margin", "top_margin"), 0)
    measures |= dict.fromkeys(("horizontal_pitch", "vertical_pitch"), 5000)
    medium = OwnMedium(clinic_id=by.clinic_id, name="Own", is_sheet=False, dpi=203, columns=1, rows=1, **measures)
    printing.add_medium(medium, by, now)
    counted = stocktaking.start(None, by, now)
    stocktaking.count(counted, ready.store, ready.lot, 1, by, now)
    sharps.place(treatment.room, by, now, needles=100)
    begin_export(Asked(LogFilter()), by, now)
    keep_view("Mine", "", by.membership_id, by, now)
    anchors.add_address("notary@elsewhere.example", by, now)
    make_draft(by, now)
    queue("orders@supplier.example", "Order", "Ten boxes", by, now)
    keeping.hold(HoldKind.SESSION, str(treatment.number), "A claim", by, now)
    not_taken(queue("orders@supplier.example", "Order", "Full", by, now), "Full", now, final=True)
    remove(due(by.clinic_id, RecordClass.MAIL, now + timedelta(days=400)), by, now)
    nowhere = make_product(by, now)
    recalls.enter(nowhere, "FSN-1", now.date(), "Seals", RecallReach.ALL, by, now)
    return treatment


@pytest.fixture
def two_clinics(lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now) -> None:
    _at_work(lead_nurse, now, "here")
    _at_work(strange_nurse, now, "there")
    db.session.commit()


def _references(table: Table) -> Iterator[tuple[str, Table]]:
    """Columns of an owned table that name a row of another owned table."""
    for constraint in table.foreign_key_constraints:
        target = constraint.referred_table
        if "clinic_id" in target.columns:
            (column,) = {key.parent.name for key in constraint.elements} - {"clinic_id"} or {"clinic_id"}
            yield column, target


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_inv_11_each_reference_carries_the_clinic(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        assert isinstance(constraint, ForeignKeyConstraint)
        if "clinic_id" in constraint.referred_table.columns and constraint.referred_table.name != "clinic":
            pairs = {(key.parent.name, key.column.name) for key in constraint.elements}
            assert ("clinic_id", "clinic_id") in pairs, f"{table.name}: {pairs}"


def test_inv_11_no_row_can_be_made_to_name_another_clinics(
    two_clinics: None, clinic: Clinic, other_clinic: Clinic
) -> None:
    tried = 0
    for table in (table for table in OWNED if "id" in table.columns):
        mine = db.session.execute(select(table.c.id).where(table.c.clinic_id == clinic.id)).scalars().first()
        for column, target in _references(table) if mine else ():
            theirs = (
                db.session.execute(select(target.c.id).where(target.c.clinic_id == other_clinic.id)).scalars().first()
            )
            if theirs is None:
                continue
            # By the foreign key, or by the trigger that lets nothing of this table be changed.
            with pytest.raises(DBAPIError):
                db.session.execute(table.update().where(table.c.id == mine).values({column: theirs}))
            db.session.rollback()
            tried += 1
    assert tried > 25


def _addresses(app: Flask, theirs: dict[str, UUID], mine: dict[str, UUID]) -> Iterator[tuple[str, str, str]]:
    """Every address with an id in it: with the other clinic's row in one place, and one's own in the others."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        ids = sorted(rule.arguments & NAMED.keys())
        for foreign in ids:
            values: dict[str, object] = {name: mine[name] for name in ids} | {foreign: theirs[foreign]}
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, adapter.build(rule.endpoint, values, method=method), rule.endpoint


def test_every_id_in_an_address_is_of_a_known_kind(app: Flask) -> None:
    used = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert used <= NAMED.keys() | NOT_OF_A_CLINIC


@pytest.mark.parametrize("role", ["nurse", "lead_nurse", "manager", "auditor", "administrator"])
def test_inv_37_another_clinics_rows_do_not_exist_at_any_address(
    app: Flask, two_clinics: None, clinic: Clinic, other_clinic: Clinic, role: str, client_for, request
) -> None:
    person: PersonAtWork = request.getfixturevalue(role)
    theirs = {name: _first(model, other_clinic) for name, model in NAMED.items()}
    mine = {name: _first(model, clinic) for name, model in NAMED.items()}
    client = client_for(person)
    before = _others_rows(other_clinic)
    sent = {"csrf_token": client.token(), "event_id": str(uuid4())}
    checked = 0
    for method, url, endpoint in list(_addresses(app, theirs, mine)):
        status = client.raw(method, url, data=sent if method == "POST" else None).status_code
        permission = app.view_functions[endpoint].permission
        expected = 404 if person.may(permission) else 403
        assert status == expected, f"{method} {url} ({endpoint}) answered {status} to the {role}"
        checked += 1
    assert checked > 40
    assert _others_rows(other_clinic) == before


def _first(model: type[Model], clinic: Clinic) -> UUID:
    found = db.session.scalars(select(model.id).where(model.clinic_id == clinic.id)).first()
    assert found is not None, model
    return found


def _others_rows(clinic: Clinic) -> dict[str, int]:
    return {
        table.name: db.session.execute(
            text(f'SELECT count(*) FROM "{table.name}" WHERE clinic_id = :clinic'), {"clinic": _as_key(clinic.id)}
        ).scalar_one()
        for table in OWNED
    }


def _as_key(clinic_id: UUID) -> str:
    return clinic_id.hex if db.engine.dialect.name == "sqlite" else str(clinic_id)
