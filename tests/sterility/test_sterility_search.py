"""What is found by a code, in which shape, by whom; and that no answer reads the whole log."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from inventory.db import db
from inventory.disinfection.models import Container
from inventory.errors import Invalid
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from inventory.sessions.admission import Swap, scan_in
from inventory.sessions.models import RemovalReason
from inventory.sterility.code_queries import MOST_FOUND, TooMany, found_by
from inventory.sterility.filters import LogFilter, Shape
from inventory.sterility.log_queries import log_rows, page_of_log, page_query, whole_query
from inventory.stock.models import Lot
from labels.codes import grouped
from tests.factories.sessions import Ready, make_ready, start_session
from tests.factories.stock import make_lot
from tests.pages import PageClient
from tests.sterility.treating import MINUTE, numbers, treat

ClientFor = Callable[[PersonAtWork | None], PageClient]
SECOND = timedelta(seconds=1)


def _two(nurse: PersonAtWork, now: datetime) -> tuple[Ready, Ready]:
    here, there = make_ready(nurse, now), make_ready(nurse, now + SECOND)
    treat(nurse, here, now + 10 * MINUTE)
    treat(nurse, there, now + 20 * MINUTE)
    return here, there


def test_a_lot_is_found_whole_or_by_how_it_begins_in_any_case(nurse: PersonAtWork, now: datetime) -> None:
    here, _ = _two(nurse, now)
    here_number = here.lot.number
    assert numbers(nurse, code=here_number) == [1]
    assert numbers(nurse, code=here_number.lower()) == numbers(nurse, code=here_number.upper()) == [1]
    assert 1 in numbers(nurse, code=here_number[:3])
    assert numbers(nurse, code=here_number[1:]) in ([], [2])


def test_a_pack_is_found_by_its_code_as_printed_typed_or_scanned(nurse: PersonAtWork, now: datetime) -> None:
    here = make_ready(nurse, now)
    code = here.packs[0].code
    treat(nurse, here, now + 10 * MINUTE)
    treat(nurse, here, now + 20 * MINUTE)
    for typed in (code, code.lower(), grouped(code), grouped(code)[:9], f"HTTPS://STERILOG.EXAMPLE/P/{code}"):
        assert numbers(nurse, code=typed) == [1], typed


def test_an_antiseptic_leads_to_the_sessions_it_was_used_in(nurse: PersonAtWork, now: datetime) -> None:
    here, _ = _two(nurse, now)
    assert numbers(nurse, code=here.antiseptic.code) == [1]
    # The bottles of both are of a lot called so.
    assert numbers(nurse, code=here.antiseptic.lot.number) == [1, 2]


def test_a_code_of_another_clinic_finds_nothing(
    nurse: PersonAtWork, strange_nurse: PersonAtWork, now: datetime
) -> None:
    theirs = make_ready(strange_nurse, now)
    code = theirs.packs[0].code
    treat(strange_nurse, theirs, now + 10 * MINUTE)
    assert numbers(nurse, code=code) == numbers(nurse, code=theirs.antiseptic.code) == []
    assert numbers(strange_nurse, code=code) == [1]


def test_a_beginning_of_too_many_codes_is_refused_and_says_so_at_its_field(
    client_for: ClientFor, nurse: PersonAtWork, auditor: PersonAtWork, now: datetime
) -> None:
    lot = make_lot(nurse, now)
    for number in range(MOST_FOUND + 1):
        db.session.add(Lot(clinic_id=nurse.clinic_id, product=lot.product, number=f"ZZZ{number:04}", created_at=now))
    db.session.flush()
    db.session.info["recorded"] = True
    with pytest.raises(TooMany):
        found_by(nurse.clinic_id, "zzz")
    page = client_for(auditor).open("/log?code=zzz", status=422)
    assert "Type more of it" in page.main


@pytest.mark.parametrize("code", ["x", "x" * 201])
def test_a_code_too_short_or_too_long_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        LogFilter(code=code)
    assert refused.value.field == "code"


def _sessions(nurse: PersonAtWork, **wanted: object) -> list[dict[str, object]]:
    found = log_rows(nurse.clinic_id, nurse.time_zone, LogFilter(**wanted), Shape.SESSIONS)  # type: ignore[arg-type]
    return [dict(row._mapping) for row in found]  # type: ignore[attr-defined]


def test_a_session_is_one_row_with_all_its_needles(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    first, second = (pack.code for pack in ready.packs[:2])
    treatment = start_session(nurse, now, ready, area_cm2=120)
    assert scan_in(treatment, second, nurse, now + 5 * MINUTE, swap=Swap(RemovalReason.BENT, 30)).tone == "green"
    sessions.close(treatment, nurse, now + 9 * MINUTE, shots=45)
    (row,) = _sessions(nurse)
    assert (row["needle_count"], row["punctures"], row["area_cm2"], row["minutes"]) == (2, 75, 120, "8.0")
    one, two = str(row["needles"]).split("; ")
    assert one == f"1: {ready.lot.product.name}, lot {ready.lot.number}, pack {first}, 30 punctures, 4.0 min, bent"
    assert f"pack {second}, 45 punctures, 4.0 min, session end" in two


@pytest.mark.parametrize("shape", list(Shape))
def test_pages_of_either_shape_show_each_row_once(nurse: PersonAtWork, now: datetime, shape: Shape) -> None:
    here, there = make_ready(nurse, now), make_ready(nurse, now + SECOND)
    for ready in (here, there):
        treat(nurse, ready, now + 10 * MINUTE)
    treat(nurse, here, now + 20 * MINUTE)
    seen, older = [], None
    while True:
        page = page_of_log(nurse.clinic_id, nurse.time_zone, LogFilter(), shape=shape, older=older, limit=1)
        seen += [row.session for row in page.rows]
        older = page.older
        if older is None:
            break
    assert seen[0] == 3 and sorted(seen) == [1, 2, 3]


def test_a_session_that_never_began_is_in_neither_shape(nurse: PersonAtWork, now: datetime) -> None:
    ready = make_ready(nurse, now)
    treat(nurse, ready, now + 10 * MINUTE)
    from_setup = start_session(nurse, now + 30 * MINUTE, ready)
    assert len(_sessions(nurse)) == 2
    assert from_setup.number in [row["session"] for row in _sessions(nurse)]


def test_who_was_treated_is_shown_to_those_only_who_may_treat(
    client_for: ClientFor, nurse: PersonAtWork, lead_nurse: PersonAtWork, auditor: PersonAtWork, manager: PersonAtWork,
    now: datetime,
) -> None:  # fmt: skip
    treat(nurse, make_ready(nurse, now), now + 10 * MINUTE)
    for shape in Shape:
        assert "C-1001" in client_for(lead_nurse).open(f"/log?shape={shape}").main
        assert "C-1001" not in client_for(auditor).open(f"/log?shape={shape}").main
        assert "C-1001" not in client_for(manager).open(f"/log?shape={shape}").main


def test_the_page_says_with_what_the_gun_was_disinfected_and_how_flags_stand(
    client_for: ClientFor, nurse: PersonAtWork, auditor: PersonAtWork, now: datetime
) -> None:
    ready = make_ready(nurse, now)
    treat(nurse, ready, now + 10 * MINUTE, shots=150)
    for shape in Shape:
        page = client_for(auditor).open(f"/log?shape={shape}")
        assert "300 s, rinsed: sterile" in page.main and ready.disinfectant.lot.product.name in page.main
        assert ready.antiseptic.code in page.main and "needle overdue policy 1 open" in page.main


def _plan(query) -> list[str]:
    """The loops of the query itself, outermost first, without those of its cells; a row found by its id is no loop."""
    compiled = query.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True})
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    return [row[3] for row in rows if row[1] == 0 and not row[3].endswith("(id=?)")]


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("narrowed", ["nothing", "gun", "room", "days", "older"])
def test_a_page_is_a_range_of_an_index_and_nothing_is_sorted_or_scanned(
    nurse: PersonAtWork, now: datetime, shape: Shape, narrowed: str, engine: str
) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL plans by the size of its tables: the benchmark looks at large ones")
    ready = make_ready(nurse, now)
    treat(nurse, ready, now + 10 * MINUTE)
    wanted = {
        "gun": LogFilter(gun_id=ready.gun.id),
        "room": LogFilter(room_id=ready.room.id),
        "days": LogFilter(first_day=now.date(), last_day=now.date()),
    }.get(narrowed, LogFilter())
    key = "2026-11-23T09:10:00.000Z~00000000-0000-7000-8000-000000000000" + ("~1" if shape is Shape.EVENTS else "")
    older = key if narrowed == "older" else None
    clinic = (nurse.clinic_id, nurse.time_zone, wanted)
    for query in (
        page_query(*clinic, shape=shape, with_references=True, older=older).limit(51),
        whole_query(*clinic, shape, with_references=True),
    ):
        plan = _plan(query)
        assert plan[0].startswith("SEARCH treatment_session USING INDEX ix_treatment_session_clinic_id_"), plan
        assert not [line for line in plan if line.startswith("SCAN")], plan
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_a_code_is_looked_up_by_index(nurse: PersonAtWork, now: datetime, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL scans tables of a few rows")
    seen: list[str] = []
    connection = db.session.connection()
    from_clinic = {"clinic": nurse.clinic_id.hex}
    for sql in (
        "SELECT id FROM lot WHERE clinic_id = :clinic AND search_key >= 'ab' AND search_key < 'ab~'",
        "SELECT id FROM needle_use WHERE clinic_id = :clinic AND pack_id IN ('a', 'b')",
        "SELECT id FROM container WHERE clinic_id = :clinic AND lot_id IN ('a', 'b')",
    ):
        seen += [row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), from_clinic)]
    assert all(line.startswith("SEARCH") for line in seen), seen
    assert any("ix_lot_clinic_id_search_key" in line for line in seen)


def test_the_key_of_a_lot_is_kept_with_it(nurse: PersonAtWork, now: datetime) -> None:
    lot = make_lot(nurse, now)
    db.session.flush()
    assert lot.search_key == lot.number.casefold()
    assert db.session.get(Container, lot.id) is None
