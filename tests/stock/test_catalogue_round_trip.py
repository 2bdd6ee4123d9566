"""Whatever a catalogue holds, its file says it, and read again it changes nothing."""

from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.demo.catalogue import gtin
from inventory.stock import kinds
from inventory.stock.catalogue_columns import COLUMNS, GUARDED, HEADER, OF_PRODUCT, known, shown
from inventory.stock.catalogue_plan import Known, KnownPackage, KnownProduct, Plan, planned
from inventory.stock.catalogue_rows import wanted_in
from inventory.stock.models import LifeUnit, PackageLevel, ProductKind
from inventory.tables.cells import FileRefused
from inventory.tables.csv_export import csv_chunks
from inventory.tables.reading import read_table
from inventory.tables.xlsx_export import xlsx_bytes

NOTHING_KNOWN = Known({}, {})
SPACE = UUID(int=7)
TEXT = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" =+-@'\",;|"), max_size=20)
LINE = TEXT.map(str.strip).filter(str.isprintable)
OPTIONAL = st.none() | LINE.filter(bool)
SECONDS = st.none() | st.integers(0, kinds.SECONDS_A_DAY)


@st.composite
def held(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(list(ProductKind)))
    life = draw(st.none() | st.tuples(st.integers(1, 1000), st.sampled_from(list(LifeUnit))))
    everything: dict[str, object] = {
        "manufacturer": draw(OPTIONAL),
        "reference": draw(OPTIONAL),
        "storage": draw(OPTIONAL),
        "reorder_point": draw(st.integers(0, 100_000)),
        "needle_gauge": draw(st.none() | st.integers(10, 40)),
        "needle_length_mm": draw(st.none() | st.integers(1, 200)),
        "pins": draw(st.integers(1, 100)),
        "agent": draw(OPTIONAL),
        "concentration": draw(OPTIONAL),
        **{f"{target}contact_seconds": draw(SECONDS) for target in ("", "skin_", "gun_", "surface_")},
        "opened_life": life[0] if life else None,
        "opened_life_unit": life[1] if life else None,
        "needs_test_strip": draw(st.booleans()),
        "active": draw(st.booleans()),
    }
    asked = {name: value if kinds.asked_of(kind, name) else kinds.BLANK[name] for name, value in everything.items()}
    return {"kind": kind, "base_unit": draw(LINE.filter(bool)), **asked}


PACKAGES = st.lists(st.tuples(st.sampled_from(list(PackageLevel)), st.integers(1, 100_000)), max_size=3)
CATALOGUES = st.dictionaries(LINE.filter(bool), st.tuples(held(), PACKAGES), min_size=1, max_size=5)


def _known(catalogue: dict) -> Known:
    products, packages, number = {}, {}, 0
    for name, (values, levels) in catalogue.items():
        products[name] = KnownProduct(uuid5(SPACE, name), {**values, "name": name})
        for level, units in levels:
            number += 1
            packages[gtin(number)] = KnownPackage(UUID(int=number), products[name].id, level, units)
    return Known(products, packages)


def _rows(catalogue: Known) -> list[list[object]]:
    """As `exporting.catalogue_rows` gives them."""
    rows = []
    for product in catalogue.products.values():
        own = [shown(product.held[column.field]) for column in OF_PRODUCT]
        mine = [(code, item) for code, item in catalogue.packages.items() if item.product_id == product.id]
        rows += [[*own, code, shown(item.level), item.base_units] for code, item in mine] or [[*own, "", "", ""]]
    return rows


def _planned(data: bytes, known_already: Known) -> Plan:
    wanted, rows = wanted_in(read_table(data, known))
    for _ in rows:
        pass
    plan, products = planned(wanted, known_already)
    for _ in products:
        pass
    return plan


@settings(max_examples=120, deadline=None)
@given(CATALOGUES, st.booleans())
def test_a_catalogue_comes_back_from_its_file_as_it_was(catalogue: dict, workbook: bool) -> None:
    before = _known(catalogue)
    rows = _rows(before)
    data = (
        xlsx_bytes("Catalogue", HEADER, rows, GUARDED)
        if workbook
        else b"".join(chunk for chunk, _ in csv_chunks(HEADER, rows, GUARDED))
    )
    again = _planned(data, before)
    assert (again.wanted.faults, again.steps, again.same) == ([], [], len(catalogue))
    anew = _planned(data, NOTHING_KNOWN)
    assert anew.wanted.faults == []
    made = {step.name: step.held for step in anew.created}
    assert made == {name: product.held for name, product in before.products.items()}
    packages = {item.code: (item.level, item.base_units) for step in anew.created for item in step.packages}
    assert packages == {code: (item.level, item.base_units) for code, item in before.packages.items()}


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(st.text(max_size=15), max_size=6), max_size=6), st.permutations([c.header for c in COLUMNS]))
def test_whatever_the_rows_hold_each_fault_stands_in_a_row_and_column_of_the_file(
    rows: list[list[str]], header: list[str]
) -> None:
    data = b"".join(chunk for chunk, _ in csv_chunks(header, rows, range(0)))
    try:
        plan = _planned(data, NOTHING_KNOWN)
    except FileRefused:
        return
    for fault in plan.wanted.faults:
        assert 2 <= fault.row <= len(rows) + 1 and (fault.column == "" or fault.column in header) and fault.why
