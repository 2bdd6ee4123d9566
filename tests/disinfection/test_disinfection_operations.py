"""Opening, testing, ending and using containers."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.disinfection import operations as disinfection
from inventory.disinfection import queries
from inventory.disinfection.lifetimes import last_day
from inventory.disinfection.models import Container, DisinfectionOf, RinseWater
from inventory.errors import DomainError, NotHere
from inventory.people.actors import PersonAtWork
from inventory.stock import operations as stock
from inventory.stock import queries as stock_queries
from inventory.stock.models import CodeScheme, LifeUnit, ProductKind
from tests.factories.disinfection import make_container, make_liquid, make_room

GUN, ROOM, SKIN = DisinfectionOf.GUN, DisinfectionOf.ROOM_SURFACE, DisinfectionOf.SKIN_SITE


def actions(nurse: PersonAtWork, subject_id: object) -> list[str]:
    return [entry.action for entry in entries_of(nurse.clinic_id, subject_id)]  # type: ignore[arg-type]


def check(container: Container, by: PersonAtWork, moment: datetime, **keywords: str) -> None:
    from_zone = disinfection.day_in(by.time_zone, moment)
    disinfection.check_usable(container, moment, from_zone, **keywords)


def use_on_room(container: Container, by: PersonAtWork, now: datetime, seconds: int = 300) -> object:
    return disinfection.disinfect(ROOM, container, seconds, RinseWater.NONE, by, now, room_id=make_room(by, now).id)


def test_opening_takes_exactly_one_unit_from_stock(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, quantity=2)
    container = disinfection.open_container(lot, store, nurse, now)
    assert stock_queries.on_hand(lot, store) == 1
    assert len(container.code) == 17
    assert (container.opened_at, container.opened_by_name) == (now, nurse.name)
    assert last_day(container.usable_until, nurse.time_zone) == date(2026, 12, 7)
    assert actions(nurse, container.id) == ["container.opened"]


def test_nothing_is_opened_that_is_not_in_stock(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, quantity=1)
    disinfection.open_container(lot, store, nurse, now)
    with pytest.raises(stock.NotEnough):
        disinfection.open_container(lot, store, nurse, now)
    assert len(queries.open_containers(nurse.clinic_id)) == 1


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [(stock.recall, stock.LotRecalled), (stock.quarantine, stock.LotQuarantined)],
    ids=["recalled", "quarantined"],
)
def test_a_bad_lot_is_not_opened(nurse: PersonAtWork, now: datetime, spoil, refusal: type[DomainError]) -> None:
    lot, store = make_liquid(nurse, now)
    spoil(lot, "told by the supplier", nurse, now)
    with pytest.raises(refusal):
        disinfection.open_container(lot, store, nurse, now)
    assert stock_queries.on_hand(lot, store) == 5


def test_an_expired_lot_is_not_opened(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, expires_on=date(2026, 11, 24))
    disinfection.open_container(lot, store, nurse, now + timedelta(days=1))
    with pytest.raises(stock.LotExpired):
        disinfection.open_container(lot, store, nurse, now + timedelta(days=2))


def test_a_needle_is_no_container(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, kind=ProductKind.NEEDLE, contact_seconds=None)
    with pytest.raises(disinfection.NotOpenable):
        disinfection.open_container(lot, store, nurse, now)


def test_without_opened_life_and_expiry_nothing_is_opened(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, opened_life=None, opened_life_unit=None, expires_on=None)
    with pytest.raises(disinfection.OpenedLifeUnknown):
        disinfection.open_container(lot, store, nurse, now)


def test_an_open_life_ends_with_the_clinics_day(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, opened_life=1)
    last_moment = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Brussels
    check(container, nurse, last_moment)
    with pytest.raises(disinfection.OpenLifeExceeded) as refused:
        check(container, nurse, last_moment + timedelta(seconds=1))
    assert refused.value.code == "OPEN_LIFE_EXCEEDED"


def test_a_printed_expiry_ends_a_container_too(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, opened_life=28, expires_on=date(2026, 11, 25))
    check(container, nurse, now + timedelta(days=2))
    with pytest.raises(stock.LotExpired):
        check(container, nurse, now + timedelta(days=3))


def test_a_lot_recalled_after_opening_stops_its_containers(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now)
    stock.recall(container.lot, "told by the supplier", nurse, now)
    with pytest.raises(stock.LotRecalled):
        check(container, nurse, now)
    with pytest.raises(stock.LotRecalled):
        check(container, nurse, now, override_reason="in a hurry")


def test_a_lot_quarantined_after_opening_stops_its_containers(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now)
    stock.quarantine(container.lot, "a leak", nurse, now)
    with pytest.raises(stock.LotQuarantined):
        check(container, nurse, now)


def test_a_reason_passes_a_date_or_a_quarantine_but_never_both(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, opened_life=1)
    later, reason = now + timedelta(days=2), "nothing else left"
    check(container, nurse, later, override_reason=reason)
    stock.quarantine(container.lot, "a leak", nurse, later)
    check(container, nurse, now, override_reason=reason)
    with pytest.raises(stock.LotQuarantined):
        check(container, nurse, later, override_reason=reason)


def test_a_missing_test_strip_is_passed_by_no_reason(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, needs_test_strip=True)
    with pytest.raises(disinfection.TestStripMissing):
        check(container, nurse, now, override_reason="nothing else left")


def test_a_recall_is_named_before_what_may_be_overridden(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, opened_life=1)
    stock.recall(container.lot, "told by the supplier", nurse, now)
    with pytest.raises(stock.LotRecalled):
        check(container, nurse, now + timedelta(days=30))


def test_an_ended_container_is_not_used_again(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now)
    disinfection.end_container(container, "Used up", nurse, now)
    assert actions(nurse, container.id)[0] == "container.ended"
    with pytest.raises(disinfection.ContainerEnded):
        check(container, nurse, now)
    with pytest.raises(disinfection.ContainerEnded):
        use_on_room(container, nurse, now)
    with pytest.raises(disinfection.ContainerEnded):
        disinfection.end_container(container, "Used up", nurse, now)
    with pytest.raises(disinfection.ContainerEnded):
        disinfection.record_strip(container, True, nurse, now)


def test_a_failed_strip_ends_a_container_whatever_its_date(nurse: PersonAtWork, now: datetime) -> None:
    container = make_container(nurse, now, needs_test_strip=True)
    disinfection.record_strip(container, True, nurse, now)
    check(container, nurse, now)
    strip = disinfection.record_strip(container, False, nurse, now)
    assert container.ended_at == now
    assert actions(nurse, strip.id) == ["test_strip.failed"]
    with pytest.raises(disinfection.ContainerEnded) as refused:
        check(container, nurse, now, override_reason="in a hurry")
    assert refused.value.code == "CONTAINER_ENDED"
    assert "Test strip failed" in refused.value.sentence


def test_a_strip_is_needed_on_each_of_the_clinics_days(nurse: PersonAtWork) -> None:
    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 23:30 in Brussels
    container = make_container(nurse, evening, needs_test_strip=True)
    with pytest.raises(disinfection.TestStripMissing) as refused:
        use_on_room(container, nurse, evening)
    assert refused.value.code == "TEST_STRIP_MISSING"
    disinfection.record_strip(container, True, nurse, evening)
    use_on_room(container, nurse, evening + timedelta(minutes=29))
    with pytest.raises(disinfection.TestStripMissing):
        use_on_room(container, nurse, evening + timedelta(minutes=30))


def test_what_is_open_is_listed_with_the_first_to_go_on_top(nurse: PersonAtWork, now: datetime) -> None:
    late = make_container(nurse, now, opened_life=20)
    soon = make_container(nurse, now, kind=ProductKind.ANTISEPTIC, opened_life=24, opened_life_unit=LifeUnit.HOURS)
    ended = make_container(nurse, now)
    disinfection.end_container(ended, "Used up", nurse, now)
    assert queries.open_containers(nurse.clinic_id) == [soon, late]
    assert queries.open_containers(nurse.clinic_id, {ProductKind.DISINFECTANT}) == [late]
    assert queries.ended_containers(nurse.clinic_id) == [ended]


def test_closed_bottles_are_offered_by_expiry_without_bad_lots(nurse: PersonAtWork, now: datetime) -> None:
    good, store = make_liquid(nurse, now, name="A", number="L1", quantity=3)
    bad, _ = make_liquid(nurse, now, name="B", number="L2")
    make_liquid(nurse, now, name="C", kind=ProductKind.NEEDLE)
    make_liquid(nurse, now, name="D", expires_on=date(2026, 11, 23))
    stock.quarantine(bad, "a leak", nurse, now)
    assert queries.openable(nurse.clinic_id, date(2026, 11, 24)) == [(good, store, 3)]


def test_a_container_of_another_clinic_is_not_here(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime
) -> None:
    container = make_container(nurse, now)
    assert queries.container_coded(nurse.clinic_id, container.code) is container
    assert queries.container_coded(strange_nurse.clinic_id, container.code) is None
    assert queries.container_scanned(nurse.clinic_id, container.code.lower()) is container
    with pytest.raises(NotHere):
        queries.container_of(strange_nurse.clinic_id, container.id)
    with pytest.raises(queries.NotRecognised):
        queries.container_scanned(strange_nurse.clinic_id, container.code)
    assert queries.open_containers(strange_nurse.clinic_id) == []


@pytest.mark.parametrize("nonsense", ["", "not a label", "4006501003003", "\x00\x1d", "x" * 5000])
def test_nonsense_in_the_scan_field_names_no_container(nurse: PersonAtWork, nonsense: str) -> None:
    with pytest.raises(queries.NotRecognised):
        queries.container_scanned(nurse.clinic_id, nonsense)


def test_inv_28_times_are_utc_and_expiry_is_the_clinics_day(nurse: PersonAtWork) -> None:
    before_the_change = datetime(2026, 10, 24, 21, 30, 0, 250_000, tzinfo=UTC)  # 23:30 in Brussels, summer time
    container = make_container(nurse, before_the_change, opened_life=1)
    db.session.expire(container)
    assert container.opened_at == before_the_change
    assert container.opened_at.tzinfo is UTC
    # Through the end of 25 October, a day of 25 hours.
    assert container.usable_until == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert container.usable_until - container.opened_at == timedelta(hours=25, minutes=29, seconds=59, milliseconds=750)
    if db.engine.dialect.name == "sqlite":
        stored = db.session.execute(text("SELECT opened_at, usable_until FROM container")).one()
        assert tuple(stored) == ("2026-10-24T21:30:00.250Z", "2026-10-25T23:00:00.000Z")
    written = json.loads(entries_of(nurse.clinic_id, container.id)[0].record)
    (fields,) = [row["fields"] for row in written["changes"] if row["kind"] == "container"]
    assert fields["opened_at"] == [None, "2026-10-24T21:30:00.250Z"]


def test_a_suppliers_barcode_names_the_lot_and_its_place(nurse: PersonAtWork, now: datetime) -> None:
    lot, store = make_liquid(nurse, now, number="LOT7")
    stock.add_trade_item(lot.product, CodeScheme.GTIN, "04012345000016", 1, nurse, now)
    today = date(2026, 11, 23)
    assert queries.lot_scanned(nurse.clinic_id, "01040123450000161727123110LOT7", today) == (lot, store)
    for other in ("010401234500001617271231", "010401234500001617271231" + "10OTHER", "4012345000023"):
        with pytest.raises(queries.NotRecognised):
            queries.lot_scanned(nurse.clinic_id, other, today)
