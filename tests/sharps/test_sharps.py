"""Sharps containers: filled by the sessions of their room, closed, sealed, handed over."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from inventory.db import db
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.admission import scan_in
from inventory.sharps import operations, queries
from inventory.sharps.errors import PickedUpBeforeSealed, PickedUpInTheFuture, RoomHasContainer, SizeMissing
from inventory.sharps.lifecycle import (
    ALLOWED,
    Fill,
    ImpossibleSharpsStep,
    SharpsState,
    check_step,
    fill_of,
    needles_to_line,
)
from inventory.stock.models import LocationKind
from tests.factories.sessions import make_ready, start_session
from tests.factories.stock import make_location
from tests.pages import words


@pytest.mark.parametrize(
    ("needles", "fill"),
    [
        (0, Fill.ROOM_LEFT),
        (79, Fill.ROOM_LEFT),
        (80, Fill.NEARLY_FULL),
        (99, Fill.NEARLY_FULL),
        (100, Fill.FULL),
        (130, Fill.FULL),
    ],
)
def test_a_container_is_amber_near_its_line_and_red_at_it(needles: int, fill: Fill) -> None:
    assert fill_of(needles, 100) is fill


def test_a_size_in_millilitres_stands_for_needles() -> None:
    assert [needles_to_line(ml) for ml in (1, 600, 1500)] == [1, 400, 1000]


@pytest.mark.parametrize("state", list(SharpsState))
@pytest.mark.parametrize("wanted", list(SharpsState))
def test_the_steps_follow_one_another(state: SharpsState, wanted: SharpsState) -> None:
    if ALLOWED[state] is wanted:
        check_step(state, wanted)
    else:
        with pytest.raises(ImpossibleSharpsStep):
            check_step(state, wanted)


def _needles(by: PersonAtWork) -> list[int]:
    return [each.needles for each in queries.standing(by.clinic_id)]


def test_needles_removed_in_a_room_fill_its_container_while_it_is_in_use(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now, packs=4)
    treatment = start_session(nurse, now, ready)
    elsewhere = make_location(nurse, now, kind=LocationKind.ROOM)
    operations.place(elsewhere, nurse, now, needles=10)
    before = now + timedelta(minutes=3)
    scan_in(treatment, ready.packs[1].code, nurse, before)
    here = operations.place(ready.room, nurse, now + timedelta(minutes=4), needles=10)
    assert queries.container_of(nurse.clinic_id, here.id).needles == 0
    scan_in(treatment, ready.packs[2].code, nurse, now + timedelta(minutes=6))
    assert queries.container_of(nurse.clinic_id, here.id).needles == 1
    operations.close(here, nurse, now + timedelta(minutes=8))
    next_one = operations.place(ready.room, nurse, now + timedelta(minutes=8), needles=10)
    sessions.close(treatment, nurse, now + timedelta(minutes=10))
    assert queries.container_of(nurse.clinic_id, here.id).needles == 1
    assert queries.container_of(nurse.clinic_id, next_one.id).needles == 1
    assert sorted(_needles(nurse)) == [0, 1, 1]


def test_a_scan_neither_reads_nor_writes_a_sharps_container(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now, packs=3)
    treatment = start_session(nurse, now, ready)
    operations.place(ready.room, nurse, now, needles=10)
    seen: list[str] = []

    def see(_connection, _cursor, statement: str, *_rest) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    try:
        scan_in(treatment, ready.packs[1].code, nurse, now + timedelta(minutes=3))
    finally:
        event.remove(db.engine, "before_cursor_execute", see)
    assert seen and not [statement for statement in seen if "sharps" in statement]


def test_a_room_has_one_container_in_use(nurse: PersonAtWork, now: datetime) -> None:
    room = make_location(nurse, now, kind=LocationKind.ROOM)
    first = operations.place(room, nurse, now, size_ml=600)
    assert first.needles_to_line == 400
    with pytest.raises(RoomHasContainer):
        operations.place(room, nurse, now, needles=10)
    with pytest.raises(SizeMissing):
        operations.place(room, nurse, now)
    operations.close(first, nurse, now)
    operations.place(room, nurse, now, needles=10)


def test_a_container_is_handed_over_sealed_and_with_proof(nurse: PersonAtWork, now: datetime) -> None:
    room = make_location(nurse, now, kind=LocationKind.ROOM)
    container = operations.place(room, nurse, now, needles=10)
    today: date = now.date()
    with pytest.raises(ImpossibleSharpsStep):
        operations.hand_over(container, "Carrier", "D-1", today, nurse, now)
    operations.close(container, nurse, now)
    operations.seal(container, nurse, now)
    with pytest.raises(PickedUpInTheFuture):
        operations.hand_over(container, "Carrier", "D-1", today + timedelta(days=1), nurse, now)
    with pytest.raises(PickedUpBeforeSealed):
        operations.hand_over(container, "Carrier", "D-1", today - timedelta(days=1), nurse, now)
    operations.hand_over(container, "Carrier", "D-1", today, nurse, now)
    assert queries.standing(nurse.clinic_id) == [] and list(queries.picked_up(nurse.clinic_id)) == [container]
    db.session.commit()
    for statement in ("UPDATE sharps_container SET document = 'x'", "DELETE FROM sharps_container"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(statement))
        db.session.rollback()


def test_a_container_from_its_place_to_its_pickup_on_the_pages(client_for, nurse: PersonAtWork, now: datetime) -> None:
    room = make_location(nurse, now, kind=LocationKind.ROOM)
    client = client_for(nurse)
    page = client.open("/sharps/new").submit("Place it", room=room.id, needles=200)
    assert "Room left" in words(page.one("section", id="verdict"))
    page = page.submit("Close it").submit("It is sealed")
    page = page.submit("It was picked up", carrier="MediWaste", document="WT-5512")
    assert "WT-5512" in page.main
    assert "MediWaste" in client.open("/sharps").rows()[0]
