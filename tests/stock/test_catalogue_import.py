"""A file is brought into the catalogue whole or not at all, and what is wrong with it is named."""

import csv
import io
from datetime import datetime

import pytest
from sqlalchemy import func, select

from inventory.audit.models import AuditEntry
from inventory.audit.queries import entries_of, verify
from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.stock import exporting, importing, operations, queries
from inventory.stock.catalogue_columns import HEADER
from inventory.stock.catalogue_plan import Plan
from inventory.stock.importing import Check, HasFaults
from inventory.stock.models import CodeScheme, LifeUnit, PackageLevel, Product, ProductKind, TradeItem
from inventory.tables.cells import FileRefused
from tests.factories.stock import make_product, make_trade_item

EACH, BOX, CARTON = "09521101530001", "19521101530008", "29521101530005"
LIST = f"""Name;Kind;Counted in;Manufacturer;REF;Gauge;Length in mm;Package code;Package;Pieces in it
Needle 30G x 4 mm;needle;needle;Maker;M30-04;30;4,0;{EACH};each;1
Needle 30G x 4 mm;;;;;;;{BOX};box;100
Needle 30G x 4 mm;;;;;;;{CARTON};carton;1.000
OPA 0,55 %;Disinfectant;canister;;;;;;;
"""


def planned(data: bytes, by: PersonAtWork) -> Plan:
    check = Check(data, by.clinic_id)
    for _ in check.read():
        pass
    for _ in check.compare():
        pass
    return check.plan


def applied(data: bytes, by: PersonAtWork, now: datetime) -> Plan:
    plan = planned(data, by)
    for _ in importing.apply(plan, by, now):
        pass
    return plan


def faults(data: bytes, by: PersonAtWork) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.why) for fault in planned(data, by).wanted.faults]


def _count(model: type[Product] | type[TradeItem]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_list_becomes_products_with_all_their_packages(manager: PersonAtWork, now: datetime) -> None:
    plan = applied(LIST.encode(), manager, now)
    assert (len(plan.created), len(plan.changed), plan.same) == (2, 0, 0)
    needle = db.session.scalars(select(Product).where(Product.name == "Needle 30G x 4 mm")).one()
    assert (needle.manufacturer, needle.reference, needle.needle_gauge, needle.needle_length_mm) == (
        "Maker",
        "M30-04",
        30,
        4,
    )
    packages = [(item.level, item.code, item.base_units) for item in queries.trade_items_of(needle)]
    assert packages == [
        (PackageLevel.EACH, EACH, 1),
        (PackageLevel.BOX, BOX, 100),
        (PackageLevel.CARTON, CARTON, 1000),
    ]


def test_each_product_leaves_its_own_entry_and_the_chain_holds(manager: PersonAtWork, now: datetime) -> None:
    applied(LIST.encode(), manager, now)
    needle = db.session.scalars(select(Product).where(Product.name == "Needle 30G x 4 mm")).one()
    (entry,) = entries_of(manager.clinic_id, needle.id)
    assert entry.action == "product.added"
    assert all(code in entry.record for code in (EACH, BOX, CARTON))
    applied(b"Name,Gauge\nNeedle 30G x 4 mm,31\n", manager, now)
    newest = entries_of(manager.clinic_id, needle.id)[0]
    assert newest.action == "product.changed" and '"needle_gauge":[30,31]' in newest.record
    db.session.commit()
    assert verify(manager.clinic_id).whole


def test_the_same_file_twice_changes_nothing(manager: PersonAtWork, now: datetime) -> None:
    applied(LIST.encode(), manager, now)
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    again = applied(LIST.encode(), manager, now)
    assert (again.steps, again.same) == ([], 2)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_a_file_with_one_fault_changes_nothing(manager: PersonAtWork, now: datetime) -> None:
    bad = LIST.replace("1.000", "minus ten")
    with pytest.raises(HasFaults) as refused:
        applied(bad.encode(), manager, now)
    assert [(fault.row, fault.column) for fault in refused.value.plan.wanted.faults] == [(4, "Pieces in it")]
    assert _count(Product) == 0 and _count(TradeItem) == 0


def test_a_blank_keeps_what_is_known_and_a_hyphen_empties_it(manager: PersonAtWork, now: datetime) -> None:
    product = make_product(manager, now, name="Needle", reference="M30", reorder_point=40)
    applied(b"Name,REF,Order again at\nNeedle,,\n", manager, now)
    assert (product.reference, product.reorder_point) == ("M30", 40)
    applied(b"Name,REF\nNeedle,-\n", manager, now)
    db.session.refresh(product)
    assert product.reference is None
    assert [column for _, column, _ in faults(b"Name,Order again at\nNeedle,-\n", manager)] == ["Order again at"]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("Name,Kind,Counted in\n,needle,needle\n", (2, "Name", "name is missing")),
        ("Name,Kind,Counted in\nA,spoon,needle\n", (2, "Kind", "Write needle, gun part")),
        ("Name,Kind\nA,needle\n", (2, "", "A new product needs it")),
        ("Name,Kind,Counted in,Gauge\nA,needle,needle,-4\n", (2, "Gauge", "less than nothing")),
        ("Name,Kind,Counted in,Gauge\nA,needle,needle,1e400\n", (2, "Gauge", "no whole number")),
        ("Name,Kind,Counted in,Gauge\nA,needle,needle,99\n", (2, "Gauge", "from 10 to 40")),
        ("Name,Kind,Counted in,Gauge\nA,antiseptic,bottle,30\n", (2, "Gauge", "not asked of")),
        ("Name,Kind,Counted in\n=1+1,needle,needle\n", (2, "Name", "formula")),
        ("Name,Kind,Counted in\nA\u202eB,needle,needle\n", (2, "Name", "invisible character")),
        (f"Name,Kind,Counted in\n{'A' * 2001},needle,needle\n", (2, "Name", "more than 2,000")),
        (f"Name,Kind,Counted in\n{'A' * 201},needle,needle\n", (2, "Name", "At most 200")),
        ("Name,Kind,Counted in,Usable after opening\nA,antiseptic,bottle,5\n", (2, "Usable after opening", "its unit")),
        ("Name,Kind,Counted in,GTIN,Pieces\nA,needle,needle,09521101530002,5\n", (2, "GTIN", "last digit")),
        ("Name,Kind,Counted in,GTIN,Pieces\nA,needle,needle,9.52E+12,5\n", (2, "GTIN", "rounded the code")),
        (f"Name,Kind,Counted in,GTIN\nA,needle,needle,{BOX}\n", (2, "", "how many single pieces")),
        ("Name,Kind,Counted in,Pieces\nA,needle,needle,5\n", (2, "Pieces", "code of this package is missing")),
        (f"Name,Kind,Counted in,GTIN,Pieces\nA,needle,needle,{BOX},100001\n", (2, "Pieces", "to 100,000")),
        (f"Name,Kind,Counted in,GTIN,Pieces\nA,needle,needle,{BOX},5\nA,,,{BOX},5\n", (3, "GTIN", "twice")),
        ("Name,Kind,Counted in,REF\nA,needle,needle,X\nA,,,Y\n", (3, "REF", "Row 2 says something else")),
        ("Name,Kind,Counted in\nA,needle,needle,stray\n", (2, "", "no column above")),
    ],
)
def test_every_fault_names_its_row_column_and_reason(
    manager: PersonAtWork, rows: str, named: tuple[int, str, str]
) -> None:
    found = faults(rows.encode(), manager)
    assert found, "no fault"
    row, column, why = found[0]
    assert (row, column) == named[:2] and named[2] in why, found


def test_what_was_settled_and_what_belongs_to_another_product_is_refused(manager: PersonAtWork, now: datetime) -> None:
    make_trade_item(manager, now, product=make_product(manager, now, name="Needle"), code=BOX)
    found = faults(
        f"Name,Kind,Counted in,GTIN,Pieces\nNeedle,other,,,\nNew,needle,needle,{BOX},100\n".encode(), manager
    )
    assert [(row, column) for row, column, _ in found] == [(2, "Kind"), (3, "GTIN")]


def test_another_clinics_catalogue_is_neither_read_nor_touched(
    manager: PersonAtWork, stranger: PersonAtWork, now: datetime
) -> None:
    theirs = make_trade_item(stranger, now, product=make_product(stranger, now, name="Needle 30G x 4 mm"), code=BOX)
    plan = applied(LIST.encode(), manager, now)
    assert len(plan.created) == 2
    assert theirs.product.manufacturer is None
    assert [row[0] for row in exporting.catalogue_rows(stranger.clinic_id)] == ["Needle 30G x 4 mm"]


def test_a_package_is_put_right_by_a_file(manager: PersonAtWork, now: datetime) -> None:
    item = make_trade_item(manager, now, product=make_product(manager, now, name="Needle"), code=BOX, base_units=10)
    plan = applied(f"Name,GTIN,Pieces,Package\nNeedle,{BOX},100,carton\n".encode(), manager, now)
    assert len(plan.changed) == 1
    assert (item.base_units, item.level) == (100, PackageLevel.CARTON)


def _full_catalogue(by: PersonAtWork, now: datetime) -> None:
    operations.add_product(
        by,
        now,
        name='=HYPERLINK("x"), 2 %; "é"',
        kind=ProductKind.ANTISEPTIC,
        base_unit="bottle",
        manufacturer="-",
        storage="15 to 25 C; dark",
        agent="'Chlorhexidine",
        concentration="2 % in 70 %",
        skin_contact_seconds=30,
        opened_life=6,
        opened_life_unit=LifeUnit.MONTHS,
        active=False,
    )
    needle = make_product(by, now, name="Needle", reference="0012", pins=5, reorder_point=1200)
    for code, units in ((EACH, 1), (BOX, 100), (CARTON, 1000)):
        operations.add_trade_item(needle, CodeScheme.GTIN, code, units, by, now)
    operations.add_trade_item(needle, CodeScheme.HIBC, "A999BJC5D6E71", 1, by, now)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_imported_again_changes_nothing_and_builds_the_same_elsewhere(
    manager: PersonAtWork, stranger: PersonAtWork, now: datetime, form: str
) -> None:
    def exported(by: PersonAtWork) -> bytes:
        return b"".join(exporting.as_csv(by.clinic_id)) if form == "csv" else exporting.as_xlsx(by.clinic_id)

    _full_catalogue(manager, now)
    file = exported(manager)
    again = planned(file, manager)
    assert (again.wanted.faults, again.steps, again.same) == ([], [], 2)
    built = applied(file, stranger, now)
    assert len(built.created) == 2
    assert list(exporting.catalogue_rows(stranger.clinic_id)) == list(exporting.catalogue_rows(manager.clinic_id))


def test_no_cell_of_an_export_can_be_run(manager: PersonAtWork, now: datetime) -> None:
    _full_catalogue(manager, now)
    text = b"".join(exporting.as_csv(manager.clinic_id)).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == HEADER
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_file_without_names_or_with_one_column_twice_is_refused(manager: PersonAtWork) -> None:
    for data, word in (
        (b"Kind,Gauge\nneedle,30\n", "no column Name"),
        (b"Name,REF,Reference\nA,1,2\n", "Two columns say REF"),
        (b"hello", "no column Name"),
    ):
        with pytest.raises(FileRefused, match=word):
            planned(data, manager)


def test_columns_come_in_any_order_and_unknown_ones_are_told(manager: PersonAtWork, now: datetime) -> None:
    plan = applied(b"price,COUNTED_IN,kind,product name\n1,needle,Needles,A\n", manager, now)
    assert plan.wanted.ignored == ("price",)
    assert db.session.scalars(select(Product.base_unit)).all() == ["needle"]


def test_a_file_is_applied_once_and_an_earlier_one_is_let_go(manager: PersonAtWork, now: datetime) -> None:
    first = importing.hand_in("a.csv", LIST.encode(), manager, now)
    second = importing.hand_in("b.csv", LIST.encode(), manager, now)
    db.session.flush()
    db.session.refresh(first)
    with pytest.raises(importing.FileGone):
        importing.file_of(first)
    plan = applied(importing.file_of(second), manager, now)
    importing.finish(second, plan, manager, now)
    with pytest.raises(importing.AppliedAlready):
        importing.file_of(second)
    assert (second.created, second.changed, second.payload) == (2, 0, None)
