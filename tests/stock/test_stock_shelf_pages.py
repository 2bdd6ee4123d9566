"""Places with their levels, lots out of order, returns, and the expiry board, as they are seen."""

from datetime import date, datetime, timedelta

from inventory.clock import utc_now
from inventory.people.actors import PersonAtWork
from inventory.stock import operations, queries
from inventory.stock.models import LocationKind
from tests.conftest import PASSWORD
from tests.factories.stock import make_location, make_lot


def test_a_trolley_is_added_given_a_level_and_filled_in_one_tap(
    client_for, manager: PersonAtWork, now: datetime
) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, quantity=50, location=store)
    client = client_for(manager)
    page = client.open("/stock/locations").submit("Add the location", name="Trolley A", kind="trolley")
    page = page.follow("Trolley A").submit("Set the level", product=lot.product.id, quantity=20)
    assert f"20 of lot {lot.number} from {store.name}" in page.main
    filled = page.submit("Fill it")
    assert "20 pieces of 1 lots" in " ".join(filled.messages) and "Full" in filled.main
    trolley = next(row for row in queries.locations_in(manager.clinic_id) if row.name == "Trolley A")
    assert (trolley.kind, queries.on_hand(lot, trolley)) == (LocationKind.TROLLEY, 20)


def test_a_nurse_reads_the_list_and_changes_nothing(
    client_for, manager: PersonAtWork, nurse: PersonAtWork, now: datetime
) -> None:
    store = make_location(manager, now)
    page = client_for(nurse).open(f"/stock/locations/{store.id}")
    assert not page.has("button", text="Set the level") and not page.has("button", text="Fill it")


def test_moving_a_later_lot_is_asked_about_on_the_page(client_for, manager: PersonAtWork, now: datetime) -> None:
    store, room = make_location(manager, now), make_location(manager, now, kind=LocationKind.ROOM)
    early = make_lot(manager, now, expires_on=date(2027, 3, 31), location=store)
    late = make_lot(manager, now, product=early.product, expires_on=date(2028, 3, 31), location=store)
    page = client_for(manager).open(f"/stock/lots/{late.id}/transfer")
    assert early.number in page.main
    asked = page.submit("Move it", status=422, location=store.id, to=room.id, quantity=3)
    assert any(early.number in error for error in asked.errors())
    moved = asked.submit("Move it", location=store.id, to=room.id, quantity=3, out_of_order="Front of the shelf")
    assert any("Front of the shelf" in cell for row in moved.rows() for cell in row)


def test_packs_of_a_later_lot_are_asked_about_on_the_page(client_for, lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    early = make_lot(lead_nurse, now, expires_on=date(2099, 3, 31), location=store)
    late = make_lot(lead_nurse, now, product=early.product, expires_on=date(2100, 3, 31), location=store)
    page = client_for(lead_nurse).open("/packs/make-up")
    asked = page.submit("Make up", status=422, lot=f"{late.id}~{store.id}", count=1)
    assert any(early.number in error for error in asked.errors())
    asked.submit("Make up", lot=f"{late.id}~{store.id}", count=1, out_of_order="Early ones are set aside")
    assert queries.on_hand(late, store) == 99


def test_a_lot_goes_back_to_its_supplier_with_a_number(client_for, manager: PersonAtWork, now: datetime) -> None:
    store = make_location(manager, now)
    lot = make_lot(manager, now, location=store)
    client = client_for(manager)
    client.open(f"/stock/lots/{lot.id}/return").submit(
        "Send it back", secret=PASSWORD, location=store.id, quantity=30, reference="RMA-7", reason="Wrong length"
    )
    assert queries.on_hand(lot, store) == 70
    assert client.open("/stock/returns").rows()[0][0] == "RMA-7"


def test_the_board_says_what_will_be_left(client_for, manager: PersonAtWork) -> None:
    now = utc_now()
    past, soon = now - timedelta(days=80), now.date() + timedelta(days=20)
    store = make_location(manager, past)
    lot = make_lot(manager, past, expires_on=soon, quantity=400, location=store)
    operations.adjust(lot, store, -80, "Used", manager, now - timedelta(hours=1))
    (row,) = client_for(manager).open("/stock/expiring").rows()
    assert lot.number in row[0] and "left" in row[-1]
