"""Making up packs and labelling them."""

import json
from datetime import date, datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from inventory.audit.models import AuditEntry
from inventory.audit.queries import entries_of
from inventory.db import db
from inventory.errors import NotHere
from inventory.packs import errors, queries
from inventory.packs import operations as packs
from inventory.packs.models import Pack, PackState
from inventory.people.actors import PersonAtWork
from inventory.sterilising.models import LoadState
from inventory.stock import errors as stock_errors
from inventory.stock import operations as stock
from inventory.stock.models import Movement, MovementKind, ProductKind
from inventory.stock.queries import on_hand
from labels.codes import ALPHABET, LENGTH, RANDOM_SYMBOLS, new_code, parse
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.stock import make_location, make_lot, make_product

HOUR = timedelta(hours=1)


def test_making_up_takes_the_needles_from_the_stock(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lot = make_lot(lead_nurse, now, location=store, quantity=50, expires_on=date(2027, 12, 31))
    made = packs.make_up([(lot, 2)], 20, store, None, False, lead_nurse, now)
    assert on_hand(lot, store) == 10
    assert {(pack.state, pack.use_by) for pack in made} == {(PackState.MADE_UP, date(2027, 12, 31))}
    assert [(content.lot, content.quantity) for content in made[7].contents] == [(lot, 2)]


def test_inv_08_one_make_up_takes_each_lot_once(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lots = [make_lot(lead_nurse, now, location=store, quantity=60) for _ in range(2)]
    packs.make_up([(lots[0], 2), (lots[1], 1)], 10, store, None, False, lead_nurse, now)
    taken = db.session.scalars(select(Movement).where(Movement.kind == MovementKind.CONSUMPTION)).all()
    assert {(movement.lot_id, movement.quantity) for movement in taken} == {(lots[0].id, -20), (lots[1].id, -10)}
    assert len({movement.source_id for movement in taken}) == 1
    source = taken[0].source_id
    assert source is not None
    with pytest.raises(stock_errors.MovedAlready):
        stock.consume(taken[0].lot, store, 1, lead_nurse, now, source_id=source)


def test_a_make_up_is_one_entry_that_names_every_pack(lead_nurse: PersonAtWork, now: datetime) -> None:
    made = make_packs(lead_nurse, now, count=12, labelled=False)
    (entry,) = entries_of(lead_nurse.clinic_id, made[0].id)
    assert entry.action == "pack.made_up"
    assert json.loads(entry.record)["facts"]["packs"] == [str(pack.id) for pack in made]


def test_five_hundred_packs_are_made_up_in_one_go(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lot = make_lot(lead_nurse, now, location=store, quantity=1000)
    began = perf_counter()
    made = packs.make_up([(lot, 2)], 500, store, None, False, lead_nurse, now)
    packs.mark_labelled(made, "avery-l7160", 1, lead_nurse, now)
    assert perf_counter() - began < 5
    longest = db.session.scalar(select(func.max(func.length(AuditEntry.record))))
    assert longest is not None and longest < 60_000


def test_more_than_there_is_cannot_be_made_up(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lot = make_lot(lead_nurse, now, location=store, quantity=19)
    with pytest.raises(stock.NotEnough) as refused:
        packs.make_up([(lot, 2)], 10, store, None, False, lead_nurse, now)
    assert (refused.value.on_hand, refused.value.wanted) == (19, 20)
    assert on_hand(lot, store) == 19 and queries.packs_in(lead_nurse.clinic_id) == []


def test_a_second_lot_that_does_not_suffice_gives_back_the_first(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lots = [make_lot(lead_nurse, now, location=store, quantity=held) for held in (50, 3)]
    with pytest.raises(stock.NotEnough), db.session.begin_nested():
        packs.make_up([(lot, 1) for lot in lots], 10, store, None, False, lead_nurse, now)
    assert [on_hand(lot, store) for lot in lots] == [50, 3]


def test_the_earliest_expiry_is_the_packs(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lots = [make_lot(lead_nurse, now, location=store, expires_on=day) for day in (date(2027, 5, 1), date(2027, 3, 1))]
    made = packs.make_up([(lot, 1) for lot in lots], 1, store, None, False, lead_nurse, now)
    assert made[0].use_by == date(2027, 3, 1)
    with pytest.raises(errors.UseByTooLate) as refused:
        packs.make_up([(lot, 1) for lot in lots], 1, store, date(2027, 3, 2), False, lead_nurse, now)
    assert refused.value.lot is lots[1]
    with pytest.raises(errors.NoSuchMakeUp):
        packs.make_up([(lots[0], 1)], 1, store, date(2026, 11, 22), False, lead_nurse, now)
    today = packs.make_up([(lots[0], 1)], 1, store, date(2026, 11, 23), False, lead_nurse, now)
    assert today[0].use_by == date(2026, 11, 23)


def test_a_lot_without_expiry_needs_a_use_by_date(lead_nurse: PersonAtWork, now: datetime) -> None:
    lot = make_lot(lead_nurse, now, expires_on=None)
    with pytest.raises(errors.NoSuchMakeUp) as refused:
        make_packs(lead_nurse, now, lot)
    assert refused.value.field == "use_by"
    assert make_packs(lead_nurse, now, lot, use_by=date(2027, 1, 1))[0].use_by == date(2027, 1, 1)


@pytest.mark.parametrize(("count", "each"), [(0, 1), (501, 1), (1, 0), (1, 101), (-3, 2)])
def test_a_make_up_has_its_limits(lead_nurse: PersonAtWork, now: datetime, count: int, each: int) -> None:
    lot = make_lot(lead_nurse, now, quantity=1000)
    with pytest.raises(errors.NoSuchMakeUp):
        make_packs(lead_nurse, now, lot, count=count, each=each)


def test_only_good_lots_of_solid_things_go_into_packs(lead_nurse: PersonAtWork, now: datetime) -> None:
    quarantined, recalled = (make_lot(lead_nurse, now) for _ in range(2))
    stock.quarantine(quarantined, "Wet box", lead_nurse, now)
    stock.recall(recalled, "Notice", lead_nurse, now)
    expired = make_lot(lead_nurse, now, expires_on=date(2026, 11, 22))
    liquid = make_lot(
        lead_nurse, now, product=make_product(lead_nurse, now, kind=ProductKind.ANTISEPTIC, base_unit="bottle")
    )
    for lot, refusal in (
        (quarantined, stock.LotQuarantined),
        (recalled, stock.LotRecalled),
        (expired, stock.LotExpired),
        (liquid, errors.NotPackable),
    ):
        with pytest.raises(refusal):
            make_packs(lead_nurse, now, lot)
    twice = make_lot(lead_nurse, now)
    with pytest.raises(errors.NoSuchMakeUp):
        packs.make_up([(twice, 1), (twice, 2)], 1, make_location(lead_nurse, now), None, False, lead_nurse, now)


def test_what_a_make_up_would_take_is_known_before(lead_nurse: PersonAtWork, now: datetime) -> None:
    store = make_location(lead_nurse, now)
    lot = make_lot(lead_nurse, now, location=store, quantity=50, expires_on=date(2027, 12, 31))
    plan = packs.plan([(lot, 2)], 20, store, None, lead_nurse, now)
    assert [(taking.pieces, taking.left) for taking in plan.takings] == [(40, 10)]
    assert (plan.use_by, on_hand(lot, store)) == (date(2027, 12, 31), 50)
    with pytest.raises(stock.NotEnough):
        packs.plan([(lot, 2)], 26, store, None, lead_nurse, now)


def test_inv_05_pack_codes_are_unique_random_and_checked(lead_nurse: PersonAtWork, now: datetime) -> None:
    made = [new_code() for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert RANDOM_SYMBOLS * 5 >= 80
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) and parse(code).code == code for code in made)
    # Every place takes every symbol but the first two, which are not both digits: nothing counts up.
    assert all(len({code[place] for code in made}) == len(ALPHABET) for place in range(2, LENGTH))
    first = make_packs(lead_nurse, now, count=2, labelled=False)
    for wrong in (first[0].code, "SHORT", ""):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(Pack.__table__.update().where(Pack.id == first[1].id).values(code=wrong))  # type: ignore[attr-defined]


def test_the_first_label_makes_a_bought_sterile_pack_available(lead_nurse: PersonAtWork, now: datetime) -> None:
    made = make_packs(lead_nurse, now, count=3, labelled=False)
    assert [pack.id for pack in queries.unlabelled(lead_nurse.clinic_id)] == [pack.id for pack in made]
    packs.mark_labelled(made, "avery-l7160", 5, lead_nurse, now)
    assert {(pack.state, pack.labelled_at, pack.label_copies) for pack in made} == {(PackState.AVAILABLE, now, 1)}
    assert queries.unlabelled(lead_nurse.clinic_id) == []


def test_a_second_label_needs_a_reason(lead_nurse: PersonAtWork, now: datetime) -> None:
    (pack,) = make_packs(lead_nurse, now)
    for reason in (None, "", "  "):
        with pytest.raises(errors.ReasonMissing):
            packs.mark_labelled([pack], "avery-l7160", 1, lead_nurse, now, reason=reason)
    packs.mark_labelled([pack], "avery-l7160", 1, lead_nurse, now + HOUR, reason="Smeared")
    assert (pack.label_copies, pack.labelled_at) == (2, now)
    record = json.loads(entries_of(lead_nurse.clinic_id, pack.id)[0].record)
    assert (record["action"], record["facts"]["reason"]) == ("pack.labelled", "Smeared")


def test_a_pack_whose_seal_is_gone_gets_no_label(lead_nurse: PersonAtWork, now: datetime) -> None:
    (discarded,) = make_packs(lead_nurse, now)
    packs.discard(discarded, "Torn", lead_nurse, now)
    with pytest.raises(packs.ImpossibleStep):
        packs.mark_labelled([discarded], "avery-l7160", 1, lead_nurse, now, reason="Again")
    with pytest.raises(errors.NothingToLabel):
        packs.mark_labelled([], "avery-l7160", 1, lead_nurse, now)


def test_a_pack_waits_for_its_load(lead_nurse: PersonAtWork, now: datetime) -> None:
    waiting = make_packs(lead_nurse, now - 3 * HOUR, count=2, needs_load=True)
    assert {pack.state for pack in waiting} == {PackState.MADE_UP}
    assert len(queries.without_load(lead_nurse.clinic_id)) == 2
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    packs.put_in_load(waiting, load, lead_nurse, now)
    assert {pack.state for pack in waiting} == {PackState.MADE_UP}
    assert queries.without_load(lead_nurse.clinic_id) == []
    decide(load, LoadState.RELEASED, lead_nurse, now)
    assert {pack.state for pack in waiting} == {PackState.AVAILABLE}
    decide(load, LoadState.RECALLED, lead_nurse, now)
    assert {pack.state for pack in waiting} == {PackState.RECALLED}
    assert [entry.action for entry in entries_of(lead_nurse.clinic_id, load.id)] == [
        "pack.load_decided",
        "load.recalled",
        "pack.load_decided",
        "load.released",
        "pack.put_in_load",
        "load.recorded",
    ]


def test_a_released_load_frees_only_labelled_packs(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    (bare,) = make_packs(lead_nurse, now, load=load, labelled=False)
    decide(load, LoadState.RELEASED, lead_nurse, now)
    assert bare.state is PackState.MADE_UP
    packs.mark_labelled([bare], "avery-l7160", 1, lead_nurse, now)
    assert bare.state is PackState.AVAILABLE


def test_a_pack_goes_into_one_load_and_no_bad_one(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    rejected = make_load(lead_nurse, now - 2 * HOUR, now - HOUR, name="Second")
    decide(rejected, LoadState.REJECTED, lead_nurse, now)
    (pack,) = make_packs(lead_nurse, now, needs_load=True)
    with pytest.raises(errors.LoadNotSterile):
        packs.put_in_load([pack], rejected, lead_nurse, now)
    with pytest.raises(errors.LoadNotSterile):
        make_packs(lead_nurse, now, load=rejected)
    packs.put_in_load([pack], load, lead_nurse, now)
    with pytest.raises(packs.ImpossibleStep):
        packs.put_in_load([pack], load, lead_nurse, now)
    with pytest.raises(packs.ImpossibleStep):
        packs.put_in_load(make_packs(lead_nurse, now), load, lead_nurse, now)


def test_a_discarded_pack_keeps_why(lead_nurse: PersonAtWork, now: datetime) -> None:
    (pack,) = make_packs(lead_nurse, now)
    with pytest.raises(errors.ReasonMissing):
        packs.discard(pack, " ", lead_nurse, now)
    packs.discard(pack, "Dropped", lead_nurse, now)
    assert (pack.state, pack.discard_reason) == (PackState.DISCARDED, "Dropped")
    assert entries_of(lead_nurse.clinic_id, pack.id)[0].action == "pack.discarded"
    with pytest.raises(packs.ImpossibleStep):
        packs.discard(pack, "Again", lead_nurse, now)


def test_another_clinic_has_no_part_in_it(lead_nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    (pack,) = make_packs(lead_nurse, now)
    lot, store = make_lot(strange_nurse, now), make_location(strange_nurse, now)
    for attempt in (
        lambda: packs.make_up([(pack.contents[0].lot, 1)], 1, store, None, False, strange_nurse, now),
        lambda: make_packs(strange_nurse, now, lot, load=load),
        lambda: packs.mark_labelled([pack], "avery-l7160", 1, strange_nurse, now, reason="Mine"),
        lambda: packs.put_in_load([pack], load, strange_nurse, now),
        lambda: packs.refresh_load(load, strange_nurse, now),
        lambda: packs.discard(pack, "Mine", strange_nurse, now),
        lambda: packs.check_openable(pack, strange_nurse, now),
        lambda: packs.finish_pack(pack, strange_nurse, now),
        lambda: queries.pack_of(strange_nurse.clinic_id, pack.id),
    ):
        with pytest.raises(NotHere):
            attempt()
    assert queries.pack_coded(strange_nurse.clinic_id, pack.code) is None
    assert queries.packs_named(strange_nurse.clinic_id, [pack.id]) == []
    assert queries.packs_in(strange_nurse.clinic_id) == []


def test_the_list_goes_on_where_the_page_ended(lead_nurse: PersonAtWork, now: datetime) -> None:
    """All packs of one make-up have one moment: the next page begins after the last one shown, not after it."""
    made = make_packs(lead_nurse, now, count=7)
    first = queries.packs_in(lead_nurse.clinic_id, limit=4)
    second = queries.packs_in(lead_nurse.clinic_id, before=first[-1].id, limit=4)
    assert [pack.id for pack in (*first, *second)] == [pack.id for pack in reversed(made)]


def test_packs_are_found_by_lot_load_state_and_date(lead_nurse: PersonAtWork, now: datetime) -> None:
    load = make_load(lead_nurse, now - 2 * HOUR, now - HOUR)
    lot = make_lot(lead_nurse, now, number="Ab-1")
    by_lot = make_packs(lead_nurse, now, lot)
    by_load = make_packs(lead_nurse, now, load=load)
    soon = make_packs(lead_nurse, now, use_by=date(2026, 11, 30))
    for wanted, found in (
        (queries.PackFilter(lot="aB-1"), by_lot),
        (queries.PackFilter(load=load.number.lower()), by_load),
        (queries.PackFilter(state=PackState.MADE_UP), by_load),
        (queries.PackFilter(due_by=date(2026, 12, 23)), soon),
    ):
        assert [pack.id for pack in queries.packs_in(lead_nurse.clinic_id, wanted=wanted)] == [found[0].id]
    shelf = queries.shelf(lead_nurse.clinic_id, date(2026, 11, 23), 30)
    assert shelf == queries.Shelf(to_label=0, to_release=1, available=2, expiring=1)
