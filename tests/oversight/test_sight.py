"""Compliance seen: control limits, groups, distributions, and the pages that show them."""

from datetime import date, timedelta
from math import isclose
from uuid import UUID

import pytest

from inventory.compliance.rules import FindingCode
from inventory.oversight.control import RUN, Week, p_chart
from inventory.oversight.measures import By, Measured, Needle, bundles_weekly, distribution, grouped, scattered, weekly
from inventory.oversight.sheets import View, sheet_of
from inventory.people.actors import PersonAtWork
from inventory.sessions import operations as sessions
from tests.conftest import NOW
from tests.factories.sessions import make_ready, start_session

MONDAY = date(2026, 9, 7)
OVERDUE = frozenset({FindingCode.NEEDLE_OVERDUE})


def session(number: int, day: date = MONDAY, **said: object) -> Measured:
    plain: dict[str, object] = {
        "places": {By.ROOM: ["Room 1"], By.REGION: ["Face", "Abdomen"]},
        "outside": frozenset(),
        "used": 2,
        "required": 2,
        "large": True,
        "needles": [Needle(90, 100, False)],
        "bundle": 5,
    }
    return Measured(id=UUID(int=number), number=number, day=day, **{**plain, **said})  # type: ignore[arg-type]


def weeks(*outside: int, sessions: int = 50) -> list[Week]:
    return [Week(MONDAY + timedelta(weeks=place), sessions, count) for place, count in enumerate(outside)]


def test_the_limits_of_a_p_chart_are_those_of_the_book() -> None:
    """Montgomery, Introduction to Statistical Quality Control, example 7.1: 30 samples of 50, 347 found, p = 0.2313,
    limits 0.4102 and 0.0524; samples 15 and 23 lie outside.
    """
    found = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
    chart = p_chart(weeks(*found))
    assert chart is not None and isclose(chart.mean, 0.2313, abs_tol=5e-5)
    assert isclose(chart.points[0].upper, 0.4102, abs_tol=5e-5) and isclose(chart.points[0].lower, 0.0524, abs_tol=5e-5)
    assert [place + 1 for place, point in enumerate(chart.points) if "limit" in point.signal] == [15, 23]


def test_a_week_with_fewer_sessions_has_wider_limits_and_one_without_is_left_out() -> None:
    chart = p_chart([*weeks(5, 5), Week(MONDAY + timedelta(weeks=2), 5, 1), Week(MONDAY + timedelta(weeks=3), 0, 0)])
    assert chart is not None and len(chart.points) == 3
    assert chart.points[2].upper > chart.points[0].upper
    assert p_chart([Week(MONDAY, 0, 0)]) is None and p_chart([]) is None


def test_eight_weeks_in_a_row_on_one_side_are_a_signal_and_seven_are_not() -> None:
    chart = p_chart(weeks(*[6] * RUN, *[4] * (RUN - 1)))
    assert chart is not None
    assert [point.signal for point in chart.points if point.signal] == ["8 weeks in a row on one side of the mean"]
    assert chart.points[RUN - 1].signal


def test_all_or_none_outside_has_no_width_and_no_signal() -> None:
    for count in (0, 50):
        chart = p_chart(weeks(*[count] * 10))
        assert chart is not None and not chart.signals and chart.points[0].lower == chart.points[0].upper


def test_sessions_are_counted_by_group_week_needle_and_bundle() -> None:
    there = [
        session(1),
        session(2, MONDAY + timedelta(days=6), outside=OVERDUE, used=1, needles=[Needle(101, 100, True)], bundle=4),
        session(3, MONDAY + timedelta(days=7), large=False, needles=[Needle(0, 100, False)], bundle=None),
    ]
    assert [(group.name, group.sessions, group.kept, group.percent) for group in grouped(there, By.REGION)] == [
        ("Abdomen", 3, 2, 67),
        ("Face", 3, 2, 67),
    ]
    assert [(week.begins, week.sessions, week.outside) for week in weekly(there)] == [
        (MONDAY, 2, 1),
        (MONDAY + timedelta(days=7), 1, 0),
    ]
    assert scattered(there) == {(2, 1): 1, (2, 2): 1}
    bars = distribution(there)
    assert [(bar.low, bar.high, bar.needles, bar.past) for bar in (bars[0], bars[8], bars[10])] == [
        (0, 10, 1, 0),
        (81, 90, 1, 0),
        (101, 110, 1, 1),
    ]
    assert sum(bar.needles for bar in bars) == 3 and distribution([]) == []
    assert [(week.sessions, week.whole, week.mean_tenths) for week in bundles_weekly(there, 5)] == [(2, 1, 45)]


@pytest.mark.parametrize("view", list(View))
def test_every_view_has_words_a_table_and_a_drawing_of_it(view: View) -> None:
    sheet = sheet_of(view, [session(1), session(2, outside=OVERDUE, used=1)], By.ROOM)
    assert sheet.drawing is not None and sheet.said and all(len(row) == len(sheet.header) for row in sheet.rows)
    empty = sheet_of(view, [], By.ROOM)
    assert empty.drawing is None and not empty.rows


@pytest.fixture
def seen(nurse: PersonAtWork) -> PersonAtWork:
    ready = make_ready(nurse, NOW)
    treatment = start_session(nurse, NOW, ready, area_cm2=450)
    sessions.close(treatment, nurse, NOW + timedelta(minutes=31), shots=150)
    return nurse


@pytest.mark.parametrize("view", list(View))
def test_each_page_keeps_its_dates_in_the_address_and_says_the_same_as_csv(
    seen: PersonAtWork, manager: PersonAtWork, client_for, view: View
) -> None:
    client = client_for(manager)
    page = client.open(f"/compliance?view={view.value}&first_day=2026-11-01&last_day=2026-11-30&by=room")
    assert page.control("From").get("value") == "2026-11-01" and page.has("figure", class_="plot")
    link = page.one("a", text="CSV").get("href", "")
    text = client.raw("GET", link).get_data(as_text=True)
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [row[0] for row in page.rows()]
    assert [line.rsplit(",", 1)[1] for line in text.splitlines()] == ["policy versions", *["1"] * len(page.rows())]
    assert "by the policy it began under: version 1." in page.main
    assert "No closed session" in client.open("/compliance?first_day=2020-01-01&last_day=2020-01-31").main


def test_only_who_may_sees_compliance_by_practitioner(
    seen: PersonAtWork, lead_nurse, manager, auditor, administrator, client_for
) -> None:
    address = "/compliance?view=groups&by=practitioner&first_day=2026-11-01&last_day=2026-11-30"
    for person in (lead_nurse, manager):
        assert [row[0] for row in client_for(person).open(address).rows()] == [seen.name]
    for person in (auditor, administrator):
        client_for(person).open(address, status=403)
        assert client_for(person).raw("GET", address.replace("?", ".csv?")).status_code == 403
        assert seen.name not in client_for(person).open("/compliance?view=groups").main
    client_for(seen).open("/compliance", status=403)
