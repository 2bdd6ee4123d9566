"""What a scanned carton means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stock.models import CodeScheme
from inventory.stock.receiving import (
    Carton,
    as_query,
    base_units,
    carton_of,
    is_next_box,
    merged,
    starts_over,
    with_next_box,
)
from labels import barcodes

TODAY = date(2026, 11, 23)
GTIN = "09521101530001"
OTHER = "19521101530008"
BOX = Carton(CodeScheme.GTIN, GTIN, "A1", date(2027, 12, 31))


def _scanned(text: str) -> Carton:
    return carton_of(barcodes.read(text, today=TODAY))


def test_one_code_says_it_all() -> None:
    assert _scanned(f"]d201{GTIN}1727123110A1") == BOX


def test_a_plain_gtin_names_the_package_only() -> None:
    assert _scanned(GTIN[1:]) == Carton(CodeScheme.GTIN, GTIN)


def test_the_second_code_of_a_pack_completes_the_first_in_any_order() -> None:
    first, second = Carton(CodeScheme.GTIN, GTIN), Carton(lot="A1", expires_on=date(2027, 12, 31))
    assert merged(first, second) == BOX
    assert merged(second, first) == BOX


def test_a_blank_never_overwrites_a_known_value() -> None:
    assert merged(BOX, Carton(CodeScheme.GTIN, GTIN)) == BOX
    assert merged(BOX, Carton()) == BOX


def test_another_package_or_lot_starts_over() -> None:
    for scanned in (Carton(CodeScheme.GTIN, OTHER), Carton(CodeScheme.GTIN, GTIN, "B2")):
        assert starts_over(BOX, scanned)
        assert merged(BOX, scanned) == scanned


def test_the_expiry_of_a_replaced_lot_is_not_given_to_the_next() -> None:
    assert merged(BOX, Carton(lot="B2")) == Carton(CodeScheme.GTIN, GTIN, "B2", None)


def test_an_unread_lot_leaves_a_known_one_alone() -> None:
    assert merged(BOX, Carton(CodeScheme.GTIN, GTIN, lot_unread=True)) == BOX
    assert merged(Carton(), Carton(CodeScheme.GTIN, GTIN, lot_unread=True)).lot_unread


@pytest.mark.parametrize(
    ("text", "package", "units"),
    [
        (f"01{GTIN}10A1", 100, 100),
        (f"01{GTIN}10A1\x1d3024", 100, 24),
        (f"02{GTIN}3712", 100, 1200),
        (f"02{GTIN}379999", 100_000, 100_000),
    ],
)
def test_the_count_in_the_code_is_respected(text: str, package: int, units: int) -> None:
    assert base_units(_scanned(text), package) == units


@given(st.builds(Carton, scheme=st.just(CodeScheme.GTIN), code=st.just(GTIN), lot=st.text(max_size=5)))
def test_merging_a_carton_with_itself_changes_nothing(carton: Carton) -> None:
    assert merged(carton, carton) == carton


def test_what_is_known_travels_in_the_address_without_blanks() -> None:
    assert as_query(BOX) == {"scheme": "gtin", "package": GTIN, "lot": "A1", "expires_on": "2027-12-31"}


def test_a_box_of_the_known_lot_is_one_more_and_its_second_code_is_not() -> None:
    again = _scanned(f"]d201{GTIN}1727123110A1")
    assert is_next_box(BOX, again)
    assert is_next_box(BOX, Carton(CodeScheme.GTIN, GTIN))
    assert not is_next_box(BOX, Carton(lot="A1", expires_on=date(2027, 12, 31)))
    assert not is_next_box(BOX, Carton(CodeScheme.GTIN, GTIN, "B2"))
    assert not is_next_box(BOX, Carton(CodeScheme.GTIN, OTHER, "A1"))
    assert not is_next_box(BOX, Carton(CodeScheme.GTIN, GTIN, "A1", date(2028, 1, 1)))
    assert not is_next_box(BOX, Carton(CodeScheme.GTIN, GTIN, lot_unread=True))
    assert not is_next_box(Carton(CodeScheme.GTIN, GTIN), Carton(CodeScheme.GTIN, GTIN))
    assert base_units(with_next_box(with_next_box(BOX, again), again), 100) == 300


def test_a_box_with_a_serial_number_is_counted_once() -> None:
    one, two = _scanned(f"01{GTIN}10A1\x1d21S1"), _scanned(f"01{GTIN}10A1\x1d21S2")
    assert not is_next_box(one, one)
    assert is_next_box(one, two)
    assert with_next_box(one, two).serial == "S2"


CARTONS = st.builds(
    Carton,
    scheme=st.just(CodeScheme.GTIN),
    code=st.sampled_from([GTIN, OTHER]),
    lot=st.sampled_from(["", "A1", "B2"]),
    expires_on=st.sampled_from([None, date(2027, 12, 31)]),
)


@given(CARTONS, CARTONS)
def test_a_blank_of_any_scan_leaves_what_is_known(known: Carton, scanned: Carton) -> None:
    then = with_next_box(known, scanned) if is_next_box(known, scanned) else merged(known, scanned)
    if not starts_over(known, scanned):
        assert then.code == known.code
        assert then.lot == known.lot or scanned.lot == then.lot
        assert then.expires_on or not known.expires_on or then.lot != known.lot
