"""A stocktake as it is seen: blind while it is counted, then its differences, then its approval."""

from datetime import datetime

from inventory.people.actors import PersonAtWork
from inventory.stock import queries as stock_queries
from tests.conftest import PASSWORD
from tests.pages import Page, words
from tests.stocktaking.counting import BOX, element_string, make_shelf


def _begin(client, shelf) -> Page:
    return client.open("/stocktakes").submit("Begin", location=shelf.store.id)


def _verdict(page: Page) -> str:
    return words(page.one("section", id="verdict"))


def test_a_stocktake_from_its_begin_to_its_approval(
    client_for, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork, now: datetime
) -> None:
    shelf = make_shelf(manager, now)
    managers, first, second = client_for(manager), client_for(nurse), client_for(second_nurse)
    overview = _begin(managers, shelf)
    counting = first.open(overview.url).follow(f"Count {shelf.store.name}")
    page = counting.submit("Count", text=element_string("L1", BOX))
    assert "+ 50" in _verdict(page) and "Counted here: 50" in _verdict(page)
    page = page.submit("Count", text=element_string("L1"), pieces=49)
    assert "Counted here: 99" in _verdict(page)
    page = page.follow("Count without a code").submit("Add to the count", lot=shelf.lots[1].id, pieces=100)

    overview = first.open(overview.url).submit("The count is complete")
    assert "another person" in " ".join(overview.messages)
    assert [row[0] for row in overview.rows() if row[0] == "L1"] == ["L1"]
    assert "99" not in overview.main
    page = second.open(counting.url).submit("Count", text=element_string("L1"), pieces=99)
    overview = second.open(overview.url).submit("The count is complete")
    assert [cell for cell in overview.rows()[0] if cell in ("L1", "100", "99", "-1")] == ["L1", "100", "99", "-1"]

    approved = managers.open(overview.url).submit("Approve and correct the books", secret=PASSWORD)
    assert "1 of 2 lines were corrected" in " ".join(approved.messages)
    assert stock_queries.on_hand(shelf.lots[0], shelf.store) == 99


def test_nothing_of_the_books_is_shown_while_somebody_counts(
    client_for, nurse: PersonAtWork, manager: PersonAtWork, now: datetime
) -> None:
    shelf = make_shelf(manager, now)
    overview = _begin(client_for(manager), shelf)
    counting = client_for(nurse).open(overview.url).follow(f"Count {shelf.store.name}")
    for page in (counting, client_for(manager).open(overview.url)):
        assert "100" not in page.main and not page.has("button", text="Approve")


def test_an_unknown_lot_is_counted_after_one_more_tap(
    client_for, nurse: PersonAtWork, manager: PersonAtWork, now: datetime
) -> None:
    shelf = make_shelf(manager, now)
    overview = _begin(client_for(manager), shelf)
    counting = client_for(nurse).open(overview.url).follow(f"Count {shelf.store.name}")
    asked = counting.submit("Count", status=422, text=element_string("L9", BOX))
    assert "Unknown lot" in _verdict(asked)
    counted = asked.submit("It lies here: count it")
    assert "+ 50" in _verdict(counted)
    unknown = counted.submit("Count", text=element_string("X", "09521101539998"))
    assert "Unknown" in _verdict(unknown) and "1 unknown" in unknown.main


def test_a_scan_sent_twice_counts_once(client_for, nurse: PersonAtWork, manager: PersonAtWork, now: datetime) -> None:
    shelf = make_shelf(manager, now)
    overview = _begin(client_for(manager), shelf)
    counting = client_for(nurse).open(overview.url).follow(f"Count {shelf.store.name}")
    counting.submit("Count", text=element_string("L1", BOX))
    again = counting.submit("Count", text=element_string("L1", BOX))
    assert "Counted here: 50" in _verdict(again)


def test_ones_own_scan_is_taken_back_from_the_list(
    client_for, nurse: PersonAtWork, second_nurse: PersonAtWork, manager: PersonAtWork, now: datetime
) -> None:
    shelf = make_shelf(manager, now)
    overview = _begin(client_for(manager), shelf)
    counting = client_for(nurse).open(overview.url).follow(f"Count {shelf.store.name}")
    page = counting.submit("Count", text=element_string("L1", BOX))
    assert not client_for(second_nurse).open(counting.url).has("button", text="Take back")
    assert "0 pieces" in page.submit("Take back").main


def test_a_cancelled_stocktake_says_why(client_for, manager: PersonAtWork, now: datetime) -> None:
    overview = _begin(client_for(manager), make_shelf(manager, now))
    page = overview.submit("Cancel it, correct nothing", reason="Fire drill")
    assert "Fire drill" in page.main and not page.has("button", text="The count is complete")
