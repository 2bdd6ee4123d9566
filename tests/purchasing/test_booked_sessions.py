"""Booked sessions: what a file may say, and that nothing is saved before it was seen."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from inventory.people.actors import PersonAtWork
from inventory.purchasing import queries
from inventory.purchasing.amounts import Unreadable, Writing
from inventory.purchasing.booking import LARGEST_FILE, MOST_ROWS, Booked, decoded, read
from inventory.sessions.models import Technique
from tests.pages import Page, PageClient

Clients = Callable[[PersonAtWork | None], PageClient]
TECHNIQUES = frozenset(technique.value for technique in Technique)
EUROPEAN, US = Writing.EUROPEAN, Writing.US
HEAD = "date,technique,sessions,needles\n"


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Iterator[None]:
    with time_machine.travel(now + timedelta(minutes=5), tick=True):
        yield


@pytest.mark.parametrize(
    ("text", "writing", "day"),
    [
        (HEAD + "01/02/2027,nappage,6,\n", EUROPEAN, date(2027, 2, 1)),
        (HEAD + "01/02/2027,nappage,6,\n", US, date(2027, 1, 2)),
        (HEAD + "2027-02-01,Nappage,6,\n", US, date(2027, 2, 1)),
        (HEAD.replace(",", ";") + "1.2.2027; nappage ;6;\n", EUROPEAN, date(2027, 2, 1)),
        (HEAD.replace("\n", "\r") + "01/02/2027,nappage,6,\r", EUROPEAN, date(2027, 2, 1)),
        ("Date,Technique,Sessions\n\n01-02-2027,nappage,6\n\n", EUROPEAN, date(2027, 2, 1)),
    ],
)
def test_days_are_read_as_the_clinic_writes_them(text: str, writing: Writing, day: date) -> None:
    assert read(text, TECHNIQUES, writing) == ([Booked(day, "nappage", 6, None)], [])


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("31/02/2027,nappage,6,", "date"),
        ("12/31/2027,nappage,6,", "date"),
        ("01/02/2027,acupuncture,6,", "technique"),
        ("01/02/2027,nappage,,", "sessions"),
        ("01/02/2027,nappage,1001,", "sessions"),
        ("01/02/2027,nappage,-1,", "sessions"),
        ("01/02/2027,nappage,٣,", "sessions"),
        ("01/02/2027,nappage,6,0", "needles"),
        ("01/02/2027,nappage,6,=1+1", "needles"),
        ("01/02/2027", "technique"),
    ],
)
def test_what_cannot_be_used_is_named_by_row_and_column(row: str, column: str) -> None:
    found, faults = read(HEAD + "02/02/2027,papule,1,2\n" + row + "\n", TECHNIQUES, EUROPEAN)
    assert found == [Booked(date(2027, 2, 2), "papule", 1, 2)]
    assert (faults[0].row, faults[0].column) == (3, column) and faults[0].reason.endswith(".")


def test_a_day_booked_twice_for_a_technique_names_the_first_row() -> None:
    rows = "01/02/2027,nappage,6,\n01/02/2027,papule,6,\n2027-02-01,nappage,7,\n"
    _, (fault,) = read(HEAD + rows, TECHNIQUES, EUROPEAN)
    assert (fault.row, fault.column) == (4, "date") and "Row 2" in fault.reason


def test_a_file_without_its_header_or_with_too_many_rows_is_refused_whole() -> None:
    assert read("01/02/2027,nappage,6\n", TECHNIQUES, EUROPEAN)[1][0].column == "header"
    assert read("", TECHNIQUES, EUROPEAN)[1][0].column == "header"
    many = HEAD + "01/02/2027,nappage,6,\n" * (MOST_ROWS + 1)
    assert [fault.column for fault in read(many, TECHNIQUES, EUROPEAN)[1]] == ["row"]


def test_a_quotation_mark_that_is_not_closed_is_told() -> None:
    (fault,) = read(HEAD + '01/02/2027,"nappage' + "x" * 140_000, TECHNIQUES, EUROPEAN)[1]
    assert "quotation mark" in fault.reason


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"\xe9t\xe9", b"x" * (LARGEST_FILE + 1)])
def test_what_is_no_text_or_too_large_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"Save it as|Send fewer"):
        decoded(content)


@given(st.text(max_size=200), st.sampled_from(Writing))
def test_whatever_a_file_says_it_is_read_or_named(text: str, writing: Writing) -> None:
    found, faults = read(HEAD + text, TECHNIQUES, writing)
    assert all(row.technique in TECHNIQUES and 0 <= row.sessions <= 1000 for row in found)
    assert all(fault.row >= 1 and fault.reason for fault in faults)


def test_a_file_is_read_first_and_saved_on_the_second_tap(manager, client_for: Clients) -> None:
    seen = _handed_in(client_for(manager), HEAD + "01/12/2026,nappage,6,\n02/12/2026,papule,3,9\n")
    assert [row[:3] for row in seen.rows()] == [["01/12/2026", "nappage", "6"], ["02/12/2026", "papule", "3"]]
    assert queries.planned_from(manager.clinic_id, date(2026, 11, 1)) == []
    saved = seen.submit("Save 2 rows")
    assert "2 rows were booked." in saved.messages[0] and len(saved.rows()) == 2
    planned = queries.planned_from(manager.clinic_id, date(2026, 11, 1))
    assert [(row.day, row.sessions, row.needles_each) for row in planned] == [
        (date(2026, 12, 1), 6, None),
        (date(2026, 12, 2), 3, 9),
    ]


def test_one_fault_in_a_file_saves_nothing_and_is_shown(manager, client_for: Clients) -> None:
    rows = HEAD + "01/12/2026,nappage,6,\n02/12/2026,massage,3,\n"
    refused = _handed_in(client_for(manager), rows, status=422)
    assert refused.rows()[0][:2] == ["3", "technique"]
    assert not refused.has("button", text="Save 1 rows")
    assert queries.planned_from(manager.clinic_id, date(2026, 11, 1)) == []


def test_a_file_that_is_no_text_is_refused(manager, client_for: Clients) -> None:
    page = client_for(manager).open("/orders/booked/import")
    refused = page.submit("Read the file", status=422, file=(BytesIO(b"\xff\xfe\x00"), "booked.csv"))
    assert "UTF-8" in refused.main


def test_a_booking_said_again_replaces_it_and_none_takes_it_away(manager, client_for: Clients) -> None:
    client = client_for(manager)
    for sessions in (5, 8):
        client.open("/orders/booked").submit("Book", day="24/12/2026", technique="nappage", sessions=sessions)
    assert [row[2] for row in client.open("/orders/booked").rows()] == ["8"]
    gone = client.open("/orders/booked").submit("Book", day="24/12/2026", technique="nappage", sessions=0)
    assert gone.rows() == []


def _handed_in(client: PageClient, text: str, status: int = 200) -> Page:
    page = client.open("/orders/booked/import")
    return page.submit("Read the file", status=status, file=(BytesIO(text.encode()), "booked.csv"))
