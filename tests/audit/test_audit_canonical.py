"""The one spelling of a record, against an independent implementation of RFC 8785."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from inventory.audit.canonical import LARGEST, canonical, leaf, plain


class Colour(StrEnum):
    RED = "red"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
RECORDS = st.dictionaries(TEXTS, VALUES, max_size=6)


@given(RECORDS)
def test_the_spelling_is_that_of_rfc_8785(record: dict[str, object]) -> None:
    assert canonical(record) == rfc8785.dumps(record)


@given(RECORDS)
def test_spelling_again_what_was_read_changes_nothing(record: dict[str, object]) -> None:
    written = canonical(record)
    assert canonical(json.loads(written)) == written


@given(RECORDS)
def test_the_order_of_the_keys_does_not_matter(record: dict[str, object]) -> None:
    assert canonical(dict(reversed(record.items()))) == canonical(record)


def test_names_are_sorted_by_utf_16_units() -> None:
    """A name beyond U+FFFF comes before U+FFFD, unlike in the order of code points."""
    assert canonical({"\ufffd": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufffd":1}'.encode()


def test_values_of_the_clinic_have_one_spelling() -> None:
    brussels = timezone(timedelta(hours=1))
    record = {
        "moment": datetime(2026, 11, 23, 10, 0, 0, 123999, tzinfo=brussels),
        "day": date(2026, 11, 23),
        "id": UUID("01a207b7-31d4-7749-8edf-fe58bb895abc"),
        "kind": Colour.RED,
        "several": (1, "e\u0301"),
    }
    assert canonical(record) == (
        '{"day":"2026-11-23","id":"01a207b7-31d4-7749-8edf-fe58bb895abc","kind":"red",'
        '"moment":"2026-11-23T09:00:00.123Z","several":[1,"é"]}'.encode()
    )
    assert plain(datetime(2026, 11, 23, 9, tzinfo=UTC)) == "2026-11-23T09:00:00.000Z"


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert canonical({"\ud800": "\udfff"}) == b'{"?":"?"}'


@pytest.mark.parametrize("value", [1.5, float("nan"), LARGEST + 1, -LARGEST - 1, b"bytes", object(), {1, 2}])
def test_what_has_no_single_spelling_cannot_stand_in_a_record(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"value": [value]})


def test_a_leaf_is_hashed_as_in_rfc_6962() -> None:
    assert leaf(b"{}") == sha256(b"\x00{}").digest()
