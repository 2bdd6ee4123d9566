"""Amounts and days as clinics in Europe and the United States write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.purchasing.amounts import (
    LARGEST_AMOUNT,
    Unreadable,
    Writing,
    amount,
    day,
    decimal,
    money,
    plain,
    written_day,
)

EUROPEAN, US = Writing.EUROPEAN, Writing.US


@pytest.mark.parametrize(
    ("text", "writing", "minor"),
    [
        ("12,50", EUROPEAN, 1250),
        ("12,5", EUROPEAN, 1250),
        ("1.234,50", EUROPEAN, 123450),
        ("1 234,50", EUROPEAN, 123450),
        ("1.234", EUROPEAN, 123400),
        ("0", EUROPEAN, 0),
        ("12.50", US, 1250),
        ("1,234.50", US, 123450),
        ("1,234", US, 123400),
    ],
)
def test_amounts_are_read(text, writing, minor) -> None:
    assert amount(text, writing) == minor


@pytest.mark.parametrize(
    ("text", "writing"),
    [
        ("12.50", EUROPEAN),
        ("12,50", US),
        ("1,234.50", EUROPEAN),
        ("1.234,50", US),
        ("-1", EUROPEAN),
        ("", US),
        ("12,555", EUROPEAN),
        ("12.345.6", EUROPEAN),
        ("1e3", US),
        ("١٢", EUROPEAN),
        ("1000000", US),
    ],
)
def test_no_amount_is_guessed(text, writing) -> None:
    with pytest.raises(Unreadable):
        amount(text, writing)


@given(minor=st.integers(0, LARGEST_AMOUNT), writing=st.sampled_from(Writing))
def test_what_is_shown_is_read_back(minor: int, writing: Writing) -> None:
    assert amount(money(minor, writing), writing) == minor
    assert amount(plain(minor, writing), writing) == minor


@given(value=st.dates(date(1900, 1, 1), date(2999, 12, 31)), writing=st.sampled_from(Writing))
def test_a_day_that_is_shown_is_read_back(value: date, writing: Writing) -> None:
    assert day(written_day(value, writing), writing) == day(value.isoformat(), writing) == value


def test_the_same_text_is_another_day_across_the_ocean() -> None:
    assert day("03/04/2027", EUROPEAN) == date(2027, 4, 3)
    assert day("03/04/2027", US) == date(2027, 3, 4)
    with pytest.raises(Unreadable):
        day("31/12/2027", US)


def test_decimals_and_currencies_stand_where_they_are_looked_for() -> None:
    assert money(123450, EUROPEAN, "EUR") == "1\u202f234,50 EUR"
    assert money(123450, US, "USD") == "USD 1,234.50"
    assert decimal(3.0, EUROPEAN) == "3" and decimal(3.46, EUROPEAN) == "3,5" and decimal(3.46, US) == "3.5"
