"""Reusable parts, packs made of packs, and how long a pack may stay."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.errors import NotHere
from inventory.packs import errors, parts, queries, remaking
from inventory.packs import operations as packs
from inventory.packs.lifecycle import NO_DATE, ShelfMode, Spoilt
from inventory.packs.models import Pack, PackState, Part
from inventory.people.actors import PersonAtWork
from inventory.sterilising.models import LoadState
from inventory.stock import operations as stock
from inventory.stock.models import ProductKind
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import make_ready, open_session
from tests.factories.stock import make_location, make_lot, make_product
from tests.pages import PageClient

HOUR = timedelta(hours=1)
LATER = date(2027, 1, 31)


def holder(by: PersonAtWork, now: datetime, number: str = "H-1", most: int | None = None) -> Part:
    return parts.add_part("Holder, Pistor", number, most, by, now)


def sterile(pack: Pack, by: PersonAtWork, now: datetime, name: str = "Autoclave") -> None:
    load = make_load(by, now - 2 * HOUR, now - HOUR, name=name)
    packs.put_in_load([pack], load, by, now)
    packs.mark_labelled([pack], "avery-l7160", 1, by, now)
    decide(load, LoadState.RELEASED, by, now)


def test_a_part_goes_through_pack_load_session_and_into_a_new_pack(lead_nurse: PersonAtWork, now: datetime) -> None:
    part = holder(lead_nurse, now, most=2)
    first = parts.pack_parts([part], LATER, lead_nurse, now)
    with pytest.raises(errors.PartNotFree):
        parts.pack_parts([part], LATER, lead_nurse, now)
    sterile(first, lead_nurse, now)
    assert (first.state, part.cycles) == (PackState.AVAILABLE, 1)
    treatment = open_session(lead_nurse, now, make_ready(lead_nurse, now))
    packs.open_pack(first, treatment.id, lead_nurse, now)
    packs.finish_pack(first, lead_nurse, now)
    second = remaking.remake(first, LATER, lead_nurse, now)
    assert (queries.made_of(first), queries.source_of(second)) == ([second], first)
    assert (second.state, second.needs_load, second.code != first.code) == (PackState.MADE_UP, True, True)
    later = now + 3 * HOUR
    sterile(second, lead_nurse, later, "Second")
    packs.discard(second, "Wet", lead_nurse, later, spoilt=Spoilt.WET)
    with pytest.raises(errors.PartWornOut):
        remaking.remake(second, LATER, lead_nurse, later)
    assert [pack.id for pack in queries.packs_with(part)] == [second.id, first.id]


def test_every_load_counts_as_a_cycle_whatever_is_decided(lead_nurse: PersonAtWork, now: datetime) -> None:
    part = holder(lead_nurse, now)
    pack = parts.pack_parts([part], LATER, lead_nurse, now)
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    packs.put_in_load([pack], load, lead_nurse, now)
    decide(load, LoadState.REJECTED, lead_nurse, now)
    assert part.cycles == 1


def test_a_retired_part_is_packed_no_more(lead_nurse: PersonAtWork, now: datetime) -> None:
    part = holder(lead_nurse, now)
    with pytest.raises(errors.ReasonMissing):
        parts.retire(part, " ", lead_nurse, now)
    parts.retire(part, "Thread worn", lead_nurse, now)
    for attempt in (
        lambda: parts.pack_parts([part], LATER, lead_nurse, now),
        lambda: parts.retire(part, "Again", lead_nurse, now),
    ):
        with pytest.raises(errors.PartRetired):
            attempt()
    with pytest.raises(errors.PartTaken):
        holder(lead_nurse, now)


def test_a_pack_without_a_date_says_until_when(lead_nurse: PersonAtWork, now: datetime) -> None:
    part = holder(lead_nurse, now)
    with pytest.raises(errors.NoSuchMakeUp):
        parts.pack_parts([part], None, lead_nurse, now)
    assert parts.pack_parts([part], None, lead_nurse, now, shelf_mode=ShelfMode.EVENT).use_by == NO_DATE


def test_an_event_related_pack_is_still_bound_by_its_lots(lead_nurse: PersonAtWork, now: datetime) -> None:
    store, expires = make_location(lead_nurse, now), now.date() + timedelta(days=5)
    lot = make_lot(lead_nurse, now, location=store, quantity=10, expires_on=expires)
    (pack,) = packs.make_up([(lot, 2)], 1, store, None, False, lead_nurse, now, shelf_mode=ShelfMode.EVENT)
    assert pack.use_by == expires
    packs.mark_labelled([pack], "avery-l7160", 1, lead_nurse, now)
    with pytest.raises(packs.PackExpired):
        packs.check_openable(pack, lead_nurse, now + timedelta(days=6))


def test_a_split_pack_loses_and_gains_nothing(lead_nurse: PersonAtWork, now: datetime) -> None:
    (pack,) = make_packs(lead_nurse, now, each=7)
    made = remaking.split(pack, 3, lead_nurse, now)
    assert sorted(content.quantity for new in made for content in new.contents) == [2, 2, 3]
    assert (pack.state, pack.spoilt) == (PackState.DISCARDED, Spoilt.SPLIT)
    assert len({new.code for new in made} | {pack.code}) == 4
    assert entries_of(lead_nurse.clinic_id, pack.id)[0].action == "pack.split"
    assert {queries.source_of(new) for new in made} == {pack}
    with pytest.raises(packs.ImpossibleStep):
        remaking.split(pack, 2, lead_nurse, now)


def test_what_cannot_be_split(lead_nurse: PersonAtWork, now: datetime) -> None:
    (single,) = make_packs(lead_nurse, now, each=1)
    (loaded,) = make_packs(lead_nurse, now, each=4, load=make_load(lead_nurse, now - 2 * HOUR, now - HOUR))
    parted = parts.pack_parts([holder(lead_nurse, now)], LATER, lead_nurse, now)
    for pack in (single, loaded, parted):
        assert not remaking.is_splittable(pack)
        with pytest.raises(errors.NotSplittable):
            remaking.split(pack, 2, lead_nurse, now)


def test_needles_are_never_made_up_anew(lead_nurse: PersonAtWork, now: datetime) -> None:
    (pack,) = make_packs(lead_nurse, now)
    with pytest.raises(packs.ImpossibleStep):
        remaking.remake(pack, LATER, lead_nurse, now)
    packs.discard(pack, "Opened by mistake", lead_nurse, now, spoilt=Spoilt.OPENED_UNUSED)
    with pytest.raises(errors.NotReusable):
        remaking.remake(pack, LATER, lead_nurse, now)


def test_gun_parts_of_a_lot_are_made_up_anew_once(lead_nurse: PersonAtWork, now: datetime) -> None:
    spacers = make_product(lead_nurse, now, kind=ProductKind.GUN_PART)
    lot = make_lot(lead_nurse, now, product=spacers, quantity=2, expires_on=now.date() + timedelta(days=900))
    (pack,) = make_packs(lead_nurse, now, lot, needs_load=True)
    packs.discard(pack, "Torn", lead_nurse, now, spoilt=Spoilt.TORN)
    new = remaking.remake(pack, LATER, lead_nurse, now)
    assert (new.needs_load, new.load, new.use_by) == (True, None, LATER)
    with pytest.raises(errors.NotReusable):
        remaking.remake(pack, LATER, lead_nurse, now)


def test_what_was_just_used_was_in_no_earlier_load(lead_nurse: PersonAtWork, now: datetime) -> None:
    early = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    decide(early, LoadState.RELEASED, lead_nurse, now)
    pack = parts.pack_parts([holder(lead_nurse, now)], LATER, lead_nurse, now)
    sterile(pack, lead_nurse, now, "Second")
    packs.discard(pack, "Opened by mistake", lead_nurse, now, spoilt=Spoilt.OPENED_UNUSED)
    again = remaking.remake(pack, LATER, lead_nurse, now)
    with pytest.raises(errors.LoadTooEarly):
        packs.put_in_load([again], early, lead_nurse, now)
    late = make_load(lead_nurse, now + HOUR, now + 2 * HOUR, name="Third")
    packs.put_in_load([again], late, lead_nurse, now + 2 * HOUR)


def test_the_parts_of_a_recalled_pack_are_taken_apart_and_sterilised_again(
    lead_nurse: PersonAtWork, now: datetime
) -> None:
    part = holder(lead_nurse, now)
    pack = parts.pack_parts([part], LATER, lead_nurse, now)
    sterile(pack, lead_nurse, now)
    assert pack.load is not None
    decide(pack.load, LoadState.RECALLED, lead_nurse, now)
    with pytest.raises(errors.PartNotFree):
        parts.pack_parts([part], LATER, lead_nurse, now)
    again = remaking.remake(pack, LATER, lead_nurse, now)
    assert (pack.state, again.state, again.load) == (PackState.RECALLED, PackState.MADE_UP, None)


def test_pieces_of_a_recalled_lot_are_not_made_up_anew(lead_nurse: PersonAtWork, now: datetime) -> None:
    spacers = make_product(lead_nurse, now, kind=ProductKind.GUN_PART)
    lot = make_lot(lead_nurse, now, product=spacers, quantity=1, expires_on=now.date() + timedelta(days=900))
    (pack,) = make_packs(lead_nurse, now, lot, needs_load=True)
    packs.discard(pack, "Wet", lead_nurse, now, spoilt=Spoilt.WET)
    stock.recall(lot, "Cracks", lead_nurse, now)
    with pytest.raises(stock.LotRecalled):
        remaking.remake(pack, LATER, lead_nurse, now)


def test_a_load_in_quarantine_takes_its_packs_off_the_shelf_until_it_is_freed(
    lead_nurse: PersonAtWork, now: datetime
) -> None:
    pack = parts.pack_parts([holder(lead_nurse, now)], LATER, lead_nurse, now)
    sterile(pack, lead_nurse, now)
    load = pack.load
    assert load is not None
    decide(load, LoadState.QUARANTINED, lead_nurse, now)
    assert pack.state is PackState.MADE_UP
    with pytest.raises(packs.PackNotReleased, match="quarantine"):
        packs.check_openable(pack, lead_nurse, now)
    decide(load, LoadState.RELEASED, lead_nurse, now)
    packs.check_openable(pack, lead_nurse, now)
    decide(load, LoadState.RECALLED, lead_nurse, now)
    with pytest.raises(packs.PackRecalled):
        packs.check_openable(pack, lead_nurse, now)


def test_an_opened_pack_gives_no_needle_more_once_its_load_is_in_quarantine(
    lead_nurse: PersonAtWork, now: datetime
) -> None:
    (pack,) = make_packs(lead_nurse, now, each=2, needs_load=True, labelled=False)
    sterile(pack, lead_nurse, now)
    treatment = open_session(lead_nurse, now, make_ready(lead_nurse, now))
    packs.open_pack(pack, treatment.id, lead_nurse, now)
    packs.check_late(pack, lead_nurse, now)
    assert pack.load is not None
    decide(pack.load, LoadState.QUARANTINED, lead_nurse, now)
    with pytest.raises(packs.PackNotReleased, match="quarantine"):
        packs.check_late(pack, lead_nurse, now)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM part",
        "UPDATE part SET cycles = 0",
        "DELETE FROM pack_part",
        "UPDATE pack_part SET freed_at = NULL",
        "DELETE FROM pack_origin",
        "UPDATE part SET retired_at = '2026-01-01T00:00:00.000Z'",
        "INSERT INTO pack_part (id, clinic_id, pack_id, part_id) SELECT pack_id, clinic_id, pack_id, part_id "
        "FROM pack_part WHERE freed_at IS NULL",
    ],
)
def test_the_database_keeps_the_history_of_parts(lead_nurse: PersonAtWork, now: datetime, statement: str) -> None:
    pack = parts.pack_parts([holder(lead_nurse, now)], LATER, lead_nurse, now)
    sterile(pack, lead_nurse, now)
    packs.discard(pack, "Wet", lead_nurse, now)
    remaking.remake(pack, LATER, lead_nurse, now)
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(statement))


def test_another_clinics_parts_and_packs_are_not_here(
    lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime
) -> None:
    part = holder(lead_nurse, now)
    (pack,) = make_packs(lead_nurse, now, each=4)
    attempts: list[Callable[[], object]] = [
        lambda: parts.pack_parts([part], LATER, strange_nurse, now),
        lambda: parts.retire(part, "Mine", strange_nurse, now),
        lambda: remaking.split(pack, 2, strange_nurse, now),
        lambda: remaking.remake(pack, LATER, strange_nurse, now),
        lambda: queries.part_of(strange_nurse.clinic_id, part.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotHere):
            attempt()
    assert queries.part_coded(strange_nurse.clinic_id, part.code) is None


def test_parts_and_packs_are_worked_on_their_pages(
    lead_nurse: PersonAtWork, client_for: Callable[[PersonAtWork | None], PageClient]
) -> None:
    client = client_for(lead_nurse)
    page = client.open("/packs/parts/new").submit("Add the part", name="Holder", serial_number="H-9", most_cycles=50)
    assert page.h1 == "Holder H-9"
    again = client.open("/packs/parts/new").submit("Add the part", status=422, name="Holder", serial_number="H-9")
    assert "here already" in again.errors()[0]
    (part,) = (part for part, _ in queries.parts_in(lead_nurse.clinic_id))
    packing = client.open("/packs/parts/pack")
    undated = packing.submit("Make up the pack", status=422, parts=[str(part.id)], shelf_mode="time")
    assert "until when" in undated.errors()[0]
    pack = undated.submit("Make up the pack", parts=[str(part.id)], shelf_mode="event")
    assert "until opened or damaged" in pack.main and "Holder H-9" in pack.main
    gone = pack.submit("Discard", spoilt="dropped")
    assert "Discarded: Dropped" in gone.main
    new = gone.submit("Cleaned: make up anew", shelf_mode="time", use_by="2099-01-31")
    assert new.url != gone.url and "Made of pack" in new.main
    listed = client.open("/packs/parts")
    assert [row[1] for row in listed.rows()] == ["packed"]


def test_a_pack_is_split_on_its_page(
    lead_nurse: PersonAtWork, now: datetime, client_for: Callable[[PersonAtWork | None], PageClient]
) -> None:
    (pack,) = make_packs(lead_nurse, now, each=4)
    page = client_for(lead_nurse).open(f"/packs/{pack.id}")
    labels = page.submit("Split", count=2)
    assert labels.url == "/packs/labels" and len(queries.unlabelled(lead_nurse.clinic_id)) == 2
