"""What stands in the sterility log: which rows, of which day, of whose clinic, and always in the same bytes."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.db import db
from inventory.errors import Invalid
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason
from inventory.sessions.undoing import undo_swap
from inventory.signatures.signer import Signer
from inventory.sterilising.biological import place_indicator, read_indicator, recall
from inventory.sterilising.models import Control, Growth, LoadState, RecallScope
from inventory.sterility import log_queries
from inventory.sterility.filters import LogFilter
from tests.factories.packs import decide, make_load, make_packs
from tests.factories.sessions import make_ready, start_session
from tests.sterility.treating import MINUTE, exported, numbers, treat, use_of

BRUSSELS = ZoneInfo("Europe/Brussels")
SECOND = timedelta(seconds=1)


def _rows(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8"), newline="")))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 11, 23), 24)], ids=str
)
def test_a_day_is_the_clinics_from_midnight_to_midnight(nurse: PersonAtWork, day: date, hours: int) -> None:
    """On the days the clocks change it has 25 and 23 hours."""
    begins = datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)
    ends = begins + timedelta(hours=hours)
    ready = make_ready(nurse, begins - timedelta(hours=1), packs=5)
    moments = [begins - SECOND, begins + 10 * MINUTE, begins + 3 * 60 * MINUTE, ends - SECOND, ends + 10 * MINUTE]
    before, *within, after = [treat(nurse, ready, moment).number for moment in moments]
    assert numbers(nurse, first_day=day, last_day=day) == within
    assert numbers(nurse, last_day=day - timedelta(days=1)) == [before]
    assert numbers(nurse, first_day=day + timedelta(days=1)) == [after]
    assert numbers(nurse) == [before, *within, after]


def test_the_first_moment_of_a_day_belongs_to_it(nurse: PersonAtWork) -> None:
    midnight = datetime(2026, 10, 25, tzinfo=BRUSSELS).astimezone(UTC)
    ready = make_ready(nurse, midnight - timedelta(hours=1))
    number = treat(nurse, ready, midnight).number
    assert numbers(nurse, first_day=date(2026, 10, 25)) == [number]
    assert numbers(nurse, last_day=date(2026, 10, 24)) == []


def test_the_log_is_found_by_room_gun_lot_and_flag(nurse: PersonAtWork, now: datetime) -> None:
    here, there = make_ready(nurse, now, packs=2), make_ready(nurse, now + SECOND, packs=1)
    sound, other = treat(nurse, here, now + 10 * MINUTE), treat(nurse, there, now + 20 * MINUTE)
    worn = treat(nurse, here, now + 30 * MINUTE, shots=150)
    assert numbers(nurse, room_id=here.room.id) == [sound.number, worn.number]
    assert numbers(nurse, gun_id=there.gun.id) == numbers(nurse, lot_id=there.lot.id) == [other.number]
    assert numbers(nurse, flag="any") == numbers(nurse, flag="NEEDLE_OVERDUE") == [worn.number]
    assert numbers(nurse, flag="REGION_CARRYOVER") == []
    assert numbers(nurse, room_id=here.room.id, flag="any", lot_id=there.lot.id) == []


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ((date(2026, 11, 2), date(2026, 11, 1)), "last_day"),
        ((date.min, None), "first_day"),
        ((None, date.max), "last_day"),
    ],
)
def test_days_no_log_could_have_are_refused(days: tuple[date | None, date | None], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        LogFilter(*days)
    assert refused.value.field == field


def test_a_row_says_what_happened_in_the_same_words_on_every_engine(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    code = ready.packs[0].code
    treatment = treat(nurse, ready, now + 10 * MINUTE, shots=150)
    (row,) = _rows(exported(nurse))
    assert row == {
        "session": str(treatment.number), "started_at": "2026-11-23T09:10:00.000Z",
        "closed_at": "2026-11-23T09:12:00.000Z", "room": ready.room.name, "practitioner": nurse.name,
        "technique": "point_by_point", "gun_model": "Pistor 4", "gun_serial_number": ready.gun.serial_number,
        "gun_disinfected_at": "2026-11-23T09:00:00.000Z", "gun_disinfectant": ready.disinfectant.lot.product.name,
        "gun_disinfection_agent": "", "gun_contact_seconds": "300", "gun_rinse_water": "sterile",
        "antiseptic": f"{ready.antiseptic.lot.product.name}, lot {ready.antiseptic.lot.number}, "
        f"container {ready.antiseptic.code}", "needle": "1", "product": ready.lot.product.name,
        "lot": ready.lot.number, "lot_expires_on": "2027-12-28", "pack": code, "load": "",
        "load_signed_by": "", "load_signed_at": "", "load_meaning": "",
        "fitted_at": "2026-11-23T09:10:00.000Z", "removed_at": "2026-11-23T09:12:00.000Z", "minutes": "2.0",
        "removal_reason": "session_end", "regions": "abdomen:midline", "area_cm2": "", "shots": "150",
        "pins": "1", "punctures": "150", "shots_counted": "yes", "policy": "1", "flags": "NEEDLE_OVERDUE",
        "flag_reviews": "NEEDLE_OVERDUE policy 1 open",
    }  # fmt: skip


def test_a_row_names_who_signed_the_load_of_its_needle(nurse: PersonAtWork, lead_nurse: Signer, now: datetime) -> None:
    ready = make_ready(nurse, now, packs=0)
    load = make_load(nurse, now - 120 * MINUTE, now - 60 * MINUTE)
    ready.packs.extend(make_packs(nurse, now, ready.lot, ready.store, load=load))
    decide(load, LoadState.RELEASED, lead_nurse, now)
    treat(nurse, ready, now + 10 * MINUTE)
    (row,) = _rows(exported(nurse))
    assert (row["load"], row["load_signed_by"]) == (load.number, lead_nurse.name)
    assert (row["load_signed_at"], row["load_meaning"]) == ("2026-11-23T09:00:00.000Z", "released in a test")
    grown = place_indicator(load, product="BI", lot="L1", incubation_hours=1, by=nurse, now=now + 20 * MINUTE)
    read_indicator(grown, Growth.POSITIVE, Control.GREW, nurse, now + 90 * MINUTE)
    (row,) = _rows(exported(nurse))
    assert (row["load_signed_by"], row["load_signed_at"], row["load_meaning"]) == ("", "", ""), "a rule decided"
    recall(load, RecallScope.THIS_LOAD, "It grew twice", lead_nurse, now + 100 * MINUTE)
    (row,) = _rows(exported(nurse))
    assert (row["load_signed_by"], row["load_meaning"]) == (lead_nurse.name, "It grew twice")


def test_no_patient_reference_is_in_the_log(nurse: PersonAtWork, now: datetime) -> None:
    treat(nurse, make_ready(nurse, now), now + 10 * MINUTE)
    assert b"C-1001" not in exported(nurse)


def test_an_estimated_count_is_said_to_be_none(nurse: PersonAtWork, now: datetime) -> None:
    treatment = start_session(nurse, now, make_ready(nurse, now))
    sessions.close(treatment, nurse, now + 5 * MINUTE)
    (row,) = _rows(exported(nurse))
    assert row["shots"] and row["shots_counted"] == "no"


def test_flags_stand_once_each_and_in_order(nurse: PersonAtWork, now: datetime) -> None:
    """Two needles overdue are one code; the engine's own order would make two files of one log differ."""
    ready = make_ready(nurse, now)
    treatment = start_session(nurse, now, ready, area_cm2=850)
    swap = Swap(RemovalReason.LIMIT_REACHED, 150)
    assert scan_in(treatment, ready.packs[1].code, nurse, now + 5 * MINUTE, swap=swap).tone == "green"
    sessions.close(treatment, nurse, now + 25 * MINUTE, shots=180)
    first, second = _rows(exported(nurse))
    codes = first["flags"].split()
    assert codes == sorted(set(codes)) and {"NEEDLE_CHANGE_TOO_FEW", "NEEDLE_OVERDUE"} <= set(codes)
    assert first["flags"] == second["flags"]


def test_a_swap_taken_back_is_no_row_of_the_log(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    treatment = start_session(nurse, now, ready)
    swap = Swap(RemovalReason.COMFORT, 10)
    assert scan_in(treatment, ready.packs[1].code, nurse, now + 5 * MINUTE, swap=swap).tone == "green"
    undo_swap(treatment, nurse, now + 5 * MINUTE + 5 * SECOND)
    assert [row["needle"] for row in _rows(exported(nurse))] == ["1"]


def test_the_same_log_is_the_same_file(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    for step in range(3):
        treat(nurse, ready, now + (step + 1) * 10 * MINUTE, shots=40 * step)
    day = date(2026, 11, 23)
    first = exported(nurse, first_day=day, last_day=day)
    db.session.commit()
    assert exported(nurse, first_day=day, last_day=day) == first


def test_another_clinics_rows_never_appear(nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime) -> None:
    ours, theirs = make_ready(nurse, now), make_ready(strange_nurse, now)
    treat(nurse, ours, now + 10 * MINUTE)
    foreign = treat(strange_nurse, theirs, now + 10 * MINUTE, shots=150)
    file = exported(nurse)
    assert len(_rows(file)) == 1 and theirs.gun.serial_number.encode() not in file
    for wanted in ({"room_id": theirs.room.id}, {"gun_id": theirs.gun.id}, {"lot_id": theirs.lot.id}):
        assert numbers(nurse, **wanted) == []
    assert numbers(nurse, flag="any") == []
    assert numbers(strange_nurse) == [foreign.number]


def test_pages_of_the_log_show_each_needle_once_even_of_one_moment(nurse: PersonAtWork, now: datetime) -> None:
    here, there = make_ready(nurse, now), make_ready(nurse, now + SECOND)
    moment = now + 10 * MINUTE
    uses = [use_of(treat(nurse, ready, moment)) for ready in (here, there)]
    uses.append(use_of(treat(nurse, here, moment + 10 * MINUTE)))
    seen, older = [], None
    while True:
        page = log_queries.page_of_log(nurse.clinic_id, nurse.time_zone, LogFilter(), older=older, limit=1)
        seen += [row.needle_use_id for row in page.rows]
        older = page.older
        if older is None:
            break
    assert len(seen) == 3 and set(seen) == {use.id for use in uses} and seen[0] == uses[2].id


@pytest.mark.parametrize("older", ["", "x", "~", "2026-11-23~x", "2026-11-23~00000000-0000-0000-0000-000000000000~1"])
def test_a_key_that_is_none_begins_at_the_newest_row(nurse: PersonAtWork, now: datetime, older: str) -> None:
    treat(nurse, make_ready(nurse, now), now + 10 * MINUTE)
    assert len(log_queries.page_of_log(nurse.clinic_id, nurse.time_zone, LogFilter(), older=older).rows) == 1
