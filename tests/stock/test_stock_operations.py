"""What the stock's operations do and what they refuse."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from inventory.audit.queries import entries_of, verify
from inventory.errors import Invalid, NotHere
from inventory.people.actors import PersonAtWork
from inventory.stock import ledger, operations, queries
from inventory.stock.errors import (
    CodeTaken,
    DeliveryExpired,
    ExpiryDiffers,
    LotExpired,
    LotNotQuarantined,
    LotNumberMissing,
    LotQuarantined,
    LotRecalled,
    MovedAlready,
    NameTaken,
    NotEnough,
    NothingToCorrect,
    QuantityOutOfRange,
    ReasonMissing,
    SameLocation,
)
from inventory.stock.models import CodeScheme, LifeUnit, LocationKind, LotStatus, MovementKind
from inventory.stock.trade_codes import UnusableCode
from tests.factories.stock import make_location, make_lot, make_product, make_trade_item

EXPIRY = date(2027, 12, 31)


def test_a_delivery_is_booked_and_recorded(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = operations.receive(make_product(manager, now), "aB-1/x", EXPIRY, 100, store, manager, now)
    assert (lot.number, lot.expires_on, queries.on_hand(lot, store)) == ("aB-1/x", EXPIRY, 100)
    (entry,) = entries_of(manager.clinic_id, lot.id)
    assert (entry.action, entry.actor_name) == ("lot.received", manager.name)
    assert verify(manager.clinic_id).whole


def test_a_second_box_adds_to_its_lot_whatever_the_case_it_is_typed_in(manager: PersonAtWork, now: datetime) -> None:
    product, store = make_product(manager, now), make_location(manager, now)
    first = operations.receive(product, "LOT-a", EXPIRY, 100, store, manager, now)
    second = operations.receive(product, "lot-A", EXPIRY, 50, store, manager, now)
    assert second is first
    assert first.number == "LOT-a"
    assert queries.on_hand(first, store) == 150


def test_an_unknown_expiry_is_filled_in_and_a_blank_never_overwrites_it(manager: PersonAtWork, now: datetime) -> None:
    product, store = make_product(manager, now), make_location(manager, now)
    lot = operations.receive(product, "A1", None, 1, store, manager, now)
    assert lot.expires_on is None
    operations.receive(product, "A1", EXPIRY, 1, store, manager, now)
    assert lot.expires_on == EXPIRY
    operations.receive(product, "A1", None, 1, store, manager, now)
    assert lot.expires_on == EXPIRY
    assert queries.on_hand(lot, store) == 3


def test_another_expiry_of_a_known_lot_is_refused_naming_both(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now, expires_on=EXPIRY)
    other = EXPIRY + timedelta(days=1)
    with pytest.raises(ExpiryDiffers) as refused:
        operations.receive(lot.product, lot.number, other, 1, make_location(manager, now), manager, now)
    assert (refused.value.known, refused.value.given) == (EXPIRY, other)
    assert str(EXPIRY) in refused.value.sentence
    assert str(other) in refused.value.sentence


def test_an_expired_delivery_is_refused_and_one_on_its_last_day_is_not(manager: PersonAtWork, now: datetime) -> None:
    product, store = make_product(manager, now), make_location(manager, now)
    with pytest.raises(DeliveryExpired):
        operations.receive(product, "OLD", now.date() - timedelta(days=1), 1, store, manager, now)
    assert operations.receive(product, "LAST", now.date(), 1, store, manager, now).expires_on == now.date()


def test_a_blank_expiry_does_not_smuggle_in_a_lot_known_as_expired(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now, expires_on=now.date() - timedelta(days=3))
    with pytest.raises(DeliveryExpired):
        operations.receive(lot.product, lot.number, None, 1, make_location(manager, now), manager, now)


def test_a_recalled_lot_is_not_received_again(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now)
    operations.recall(lot, "Field safety notice", manager, now)
    with pytest.raises(LotRecalled):
        operations.receive(lot.product, lot.number, lot.expires_on, 1, make_location(manager, now), manager, now)


def test_a_delivery_needs_a_lot_number(manager: PersonAtWork, now: datetime) -> None:
    with pytest.raises(LotNumberMissing):
        operations.receive(make_product(manager, now), "  ", EXPIRY, 1, make_location(manager, now), manager, now)


@pytest.mark.parametrize("quantity", [0, -1, 100_001, 2**70, True, 1.5])
def test_an_impossible_quantity_is_refused(manager: PersonAtWork, now: datetime, quantity: int) -> None:
    product, store = make_product(manager, now), make_location(manager, now)
    with pytest.raises(QuantityOutOfRange):
        operations.receive(product, "A1", EXPIRY, quantity, store, manager, now)


def test_more_than_there_is_cannot_be_taken(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=3, location=store)
    with pytest.raises(NotEnough) as refused:
        operations.consume(lot, store, 4, manager, now, source_id=uuid4())
    assert (refused.value.lot, refused.value.location) == (lot, store)
    assert (refused.value.on_hand, refused.value.wanted) == (3, 4)
    assert queries.on_hand(lot, store) == 3
    assert [entry.action for entry in entries_of(manager.clinic_id, lot.id)] == ["lot.received"]


def test_stock_of_another_place_does_not_help(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now)
    with pytest.raises(NotEnough) as refused:
        operations.consume(lot, make_location(manager, now), 1, manager, now, source_id=uuid4())
    assert refused.value.on_hand == 0


def test_inv_08_one_use_makes_exactly_one_movement(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=10, location=store)
    source = uuid4()
    operations.consume(lot, store, 1, manager, now, source_id=source)
    with pytest.raises(MovedAlready):
        operations.consume(lot, store, 1, manager, now, source_id=source)
    assert queries.on_hand(lot, store) == 9
    caused = [line.movement for line in ledger.ledger_page(lot).lines if line.movement.source_id == source]
    assert [movement.quantity for movement in caused] == [-1]


def test_a_transfer_is_two_movements_of_one_source_with_sum_zero(manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now, kind=LocationKind.ROOM)
    lot = make_lot(manager, now, quantity=10, location=store)
    taken, brought = operations.transfer(lot, store, room, 4, manager, now)
    assert taken.source_id == brought.source_id
    assert taken.quantity + brought.quantity == 0
    assert (queries.on_hand(lot, store), queries.on_hand(lot, room)) == (6, 4)
    assert entries_of(manager.clinic_id, lot.id)[0].action == "lot.transferred"


def test_a_transfer_of_too_many_moves_nothing(manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now)
    lot = make_lot(manager, now, quantity=10, location=store)
    for from_, to in ((store, room), (room, store)):
        with pytest.raises(NotEnough) as refused:
            operations.transfer(lot, from_, to, 11, manager, now)
        assert refused.value.location is from_
    assert (queries.on_hand(lot, store), queries.on_hand(lot, room)) == (10, 0)


def test_a_transfer_to_the_same_place_is_refused(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    with pytest.raises(SameLocation):
        operations.transfer(make_lot(manager, now, location=store), store, store, 1, manager, now)


def test_a_correction_keeps_its_reason(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=10, location=store)
    lost = operations.write_off(lot, store, 2, " Dropped ", manager, now)
    found = operations.adjust(lot, store, 5, "Found behind the shelf", manager, now)
    counted = operations.correct_to(lot, store, 12, "Yearly count", manager, now)
    assert [(row.kind, row.quantity, row.reason) for row in (lost, found, counted)] == [
        (MovementKind.WRITE_OFF, -2, "Dropped"),
        (MovementKind.ADJUSTMENT, 5, "Found behind the shelf"),
        (MovementKind.ADJUSTMENT, -1, "Yearly count"),
    ]
    assert queries.on_hand(lot, store) == 12


def test_a_correction_without_a_reason_is_refused(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, location=store)
    for act in (operations.write_off, operations.adjust):
        with pytest.raises(ReasonMissing):
            act(lot, store, 1, " ", manager, now)


def test_a_write_off_or_adjustment_below_zero_is_refused(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=2, location=store)
    with pytest.raises(NotEnough):
        operations.write_off(lot, store, 3, "Broken", manager, now)
    with pytest.raises(NotEnough):
        operations.adjust(lot, store, -3, "Missing", manager, now)


def test_a_count_that_fits_the_books_corrects_nothing(manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=7, location=store)
    with pytest.raises(NothingToCorrect):
        operations.correct_to(lot, store, 7, "Count", manager, now)


def test_a_lot_is_refused_for_the_gravest_reason(manager: PersonAtWork, now: datetime) -> None:
    today = now.date()
    lot = make_lot(manager, now, expires_on=today - timedelta(days=1))
    with pytest.raises(LotExpired):
        operations.check_lot(lot, today)
    operations.quarantine(lot, "Box was wet", manager, now)
    with pytest.raises(LotQuarantined):
        operations.check_lot(lot, today)
    operations.recall(lot, "Field safety notice", manager, now)
    with pytest.raises(LotRecalled):
        operations.check_lot(lot, today)


def test_a_lot_is_good_through_its_last_day(manager: PersonAtWork, now: datetime) -> None:
    operations.check_lot(make_lot(manager, now, expires_on=now.date()), now.date())


def test_a_quarantine_is_released_once(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now)
    operations.quarantine(lot, "Box was wet", manager, now)
    with pytest.raises(LotQuarantined):
        operations.quarantine(lot, "Again", manager, now)
    operations.release_from_quarantine(lot, "Inner seal is dry", manager, now)
    assert (lot.status, lot.status_reason) == (LotStatus.USABLE, "Inner seal is dry")
    with pytest.raises(LotNotQuarantined):
        operations.release_from_quarantine(lot, "Again", manager, now)
    actions = [entry.action for entry in entries_of(manager.clinic_id, lot.id)]
    assert actions == ["lot.released", "lot.quarantined", "lot.received"]


def test_a_recall_is_never_undone(manager: PersonAtWork, now: datetime) -> None:
    lot = make_lot(manager, now)
    operations.recall(lot, "Field safety notice", manager, now)
    for act in (operations.release_from_quarantine, operations.quarantine, operations.recall):
        with pytest.raises(LotRecalled):
            act(lot, "Reason", manager, now)
    assert lot.status is LotStatus.RECALLED


def test_names_and_codes_are_taken_once_in_a_clinic(
    manager: PersonAtWork, stranger: PersonAtWork, now: datetime
) -> None:
    product = make_product(manager, now, name="Needle")
    make_location(manager, now, name="Store")
    make_trade_item(manager, now, product=product)
    with pytest.raises(NameTaken):
        make_product(manager, now, name="Needle")
    with pytest.raises(NameTaken):
        make_location(manager, now, name="Store")
    with pytest.raises(CodeTaken):
        make_trade_item(manager, now, product=product)
    make_trade_item(stranger, now, product=make_product(stranger, now, name="Needle"))


def test_a_product_changes_and_its_old_values_are_recorded(manager: PersonAtWork, now: datetime) -> None:
    product = make_product(manager, now, name="Needle", reorder_point=10)
    change = {
        "reference": "M30",
        "needle_gauge": 30,
        "needle_length_mm": 4,
        "pins": 1,
        "contact_seconds": None,
        "opened_life": None,
        "opened_life_unit": None,
        "needs_test_strip": False,
        "active": False,
    }
    operations.change_product(product, "As on the box", manager, now, name="Needle 30G", reorder_point=20, **change)
    assert (product.name, product.reorder_point, product.active) == ("Needle 30G", 20, False)
    newest = entries_of(manager.clinic_id, product.id)[0]
    assert newest.action == "product.changed"
    assert '"reorder_point":[10,20]' in newest.record
    make_product(manager, now, name="Other")
    with pytest.raises(NameTaken):
        operations.change_product(product, "As on the box", manager, now, name="Other", reorder_point=20, **change)
    assert product.name == "Needle 30G"


def test_impossible_figures_of_a_product_are_refused_at_their_field(manager: PersonAtWork, now: datetime) -> None:
    for field, figures in (
        ("reorder_point", {"reorder_point": -1}),
        ("pins", {"pins": 0}),
        ("contact_seconds", {"contact_seconds": 90_000}),
        ("opened_life", {"opened_life": 5}),
        ("opened_life", {"opened_life_unit": LifeUnit.DAYS}),
        ("name", {"name": " "}),
    ):
        with pytest.raises(Invalid) as refused:
            make_product(manager, now, **{"name": f"Needle {field}", **figures})
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("scheme", "code", "kept"),
    [
        (CodeScheme.GTIN, "9521101530001", "09521101530001"),
        (CodeScheme.GTIN, " 0952 1101 530001 ", "09521101530001"),
        (CodeScheme.HIBC, "+a999bjc5d6e71", "A999BJC5D6E71"),
    ],
)
def test_a_package_code_is_kept_in_one_spelling(
    manager: PersonAtWork, now: datetime, scheme: CodeScheme, code: str, kept: str
) -> None:
    item = make_trade_item(manager, now, scheme=scheme, code=code)
    assert item.code == kept
    assert queries.trade_item_for(manager.clinic_id, scheme, kept) is item


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        (CodeScheme.GTIN, "9521101530002"),
        (CodeScheme.GTIN, "12345"),
        (CodeScheme.GTIN, "٩521101530001"),
        (CodeScheme.HIBC, "1234567"),
        (CodeScheme.HIBC, "A;DROP"),
    ],
)
def test_a_misread_package_code_is_refused(manager: PersonAtWork, now: datetime, scheme: CodeScheme, code: str) -> None:
    with pytest.raises(UnusableCode):
        make_trade_item(manager, now, scheme=scheme, code=code)


def test_nothing_of_another_clinic_can_be_touched(manager: PersonAtWork, stranger: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, location=store)
    theirs = make_location(stranger, now)
    for act in (
        lambda: operations.receive(lot.product, "A", EXPIRY, 1, store, stranger, now),
        lambda: operations.consume(lot, store, 1, stranger, now, source_id=uuid4()),
        lambda: operations.transfer(lot, store, theirs, 1, stranger, now),
        lambda: operations.transfer(lot, store, theirs, 1, manager, now),
        lambda: operations.adjust(lot, store, 1, "x", stranger, now),
        lambda: operations.correct_to(lot, store, 1, "x", stranger, now),
        lambda: operations.write_off(lot, store, 1, "x", stranger, now),
        lambda: operations.recall(lot, "x", stranger, now),
        lambda: operations.add_trade_item(lot.product, CodeScheme.GTIN, "09521101530001", 1, stranger, now),
        lambda: queries.lot_of(stranger.clinic_id, lot.id),
        lambda: queries.product_of(stranger.clinic_id, lot.product_id),
        lambda: queries.location_of(stranger.clinic_id, store.id),
    ):
        with pytest.raises(NotHere):
            act()
    assert queries.on_hand(lot, store) == 100
