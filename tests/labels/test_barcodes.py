"""Published barcodes read as expected; each invalid one refused with a sentence."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import barcodes, elements
from labels.barcodes import BarcodeKind, SupplierCode, UnreadableBarcode

TODAY = date(2026, 11, 23)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())


def _cases(name: str) -> list:
    return [pytest.param(case, id=case.get("id", case["text"])) for case in VECTORS[name]]


def _read(text: str, today: date = TODAY) -> SupplierCode:
    return barcodes.read(text.replace("<GS>", "\x1d"), today=today)


@pytest.mark.parametrize("case", _cases("element_string_valid"))
def test_a_valid_element_string_reads_as_published(case: dict) -> None:
    assert " ".join(f"({ai}) {value}" for ai, value in _read(case["text"]).elements) == case["expect"]


@pytest.mark.parametrize("case", _cases("element_string_invalid"))
def test_an_invalid_element_string_is_refused_with_a_sentence(case: dict) -> None:
    with pytest.raises(UnreadableBarcode) as refused:
        _read(case["text"])
    assert refused.value.sentence.endswith(".") and len(refused.value.sentence) > 15


@pytest.mark.parametrize("case", _cases("association_rules"))
def test_elements_that_do_not_go_together_are_noticed(case: dict) -> None:
    try:
        refused = _read(case["text"]).incomplete
    except UnreadableBarcode as unreadable:
        refused = unreadable.sentence
    assert bool(refused) == (case["verdict"] == "reject")


@pytest.mark.parametrize("case", _cases("dates"))
def test_dates_follow_the_century_rule_and_the_end_of_the_month(case: dict) -> None:
    today = TODAY if case["today"] == "any" else date(int(case["today"]), 6, 1)
    if case["expect"].startswith("error"):
        with pytest.raises(UnreadableBarcode):
            _read("^" + case["text"], today)
    else:
        read = _read("^" + case["text"], today)
        expected = date.fromisoformat(case["expect"][:10])
        assert {read.expires_on, read.produced_on} & {expected} or read.elements[0][0] in (
            "15",
            "7003",
            "8008",
        )


@pytest.mark.parametrize("case", _cases("check_digits"))
def test_check_digits_are_checked(case: dict) -> None:
    if case["valid"] == "yes":
        elements.check_digit("GTIN", case["text"])
    else:
        with pytest.raises(elements.BadElement):
            elements.check_digit("GTIN", case["text"])


@pytest.mark.parametrize("case", _cases("scanner_output"))
def test_what_a_scanner_sends_is_read_or_refused(case: dict) -> None:
    if case["verdict"] == "ok":
        assert _read(case["text"]).gtin in ("12312312312333", "00000002345673")
    else:
        with pytest.raises(UnreadableBarcode):
            _read(case["text"])


@pytest.mark.parametrize("case", _cases("digital_link"))
def test_a_digital_link_holds_the_elements_it_should(case: dict) -> None:
    if case["expect"].startswith("error"):
        with pytest.raises(UnreadableBarcode):
            _read(case["text"])
    elif case["id"].startswith("G"):
        assert _read(case["text"]).kind is BarcodeKind.GS1
    else:
        expected = case["expect"].split("`")[1].split(" ")[0].replace("^", "\x1d")
        assert _read(case["text"]).elements == elements.split(expected)


HIBC = {
    "H01": ("A123BJC5D6E71", None, None),
    "H03": ("H123ABC01234567890", None, None),
    "H05": ("X999123ABC0", "1234AB", date(2019, 5, 15)),
    "H07": ("X999123ABC0", "1234AB", date(2019, 5, 15)),
    "H09": ("X999123ABC0", "1234AB", date(2019, 5, 15)),
    "H11": ("A99912345", "10X3", date(2020, 1, 15)),
    "H13": ("A123BJC5D6E71", "10X3", date(2020, 1, 15)),
}


@pytest.mark.parametrize("case", _cases("hibc"))
def test_a_hibc_label_is_read_or_refused(case: dict) -> None:
    if case["id"] in HIBC:
        read = _read(case["text"])
        assert (read.hibc_id, read.lot, read.expires_on) == HIBC[case["id"]]
    else:
        with pytest.raises(UnreadableBarcode):
            _read(case["text"])


def test_a_lot_that_swallowed_its_neighbour_asks_for_a_rescan() -> None:
    read = _read("010952012345678810LOT117280131")
    assert read.lot_unread and read.lot is None and read.expires_on is None
    assert not _read("0109520123456788" + "17280131" + "10LOT1").lot_unread


@pytest.mark.parametrize("written", ["\x1d", "<GS>", "{GS}", "^"])
def test_the_separator_is_understood_however_it_was_sent(written: str) -> None:
    read = barcodes.read(f"010952012345678810LOT1{written}17280131", today=TODAY)
    assert (read.lot, read.expires_on) == ("LOT1", date(2028, 1, 31))


@given(st.text(max_size=700) | st.binary(max_size=700).map(lambda raw: raw.decode("latin-1")))
def test_no_text_of_any_length_or_bytes_crashes_the_reader(text: str) -> None:
    try:
        barcodes.read(text, today=TODAY)
    except UnreadableBarcode as unreadable:
        assert unreadable.sentence


@given(
    st.sampled_from(["]d2", "]C1", "(01)", "+", "https://a/01/", "^01", "(8013)", "$$"]),
    st.text("0123456789()^]/ABC$+", max_size=60),
)
def test_no_text_that_begins_well_crashes_the_reader(start: str, rest: str) -> None:
    try:
        barcodes.read(start + rest, today=TODAY)
    except UnreadableBarcode as unreadable:
        assert unreadable.sentence


@given(
    st.integers(1, 10**12 - 1),
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-/", min_size=1, max_size=9).filter(
        lambda lot: "17" not in lot
    ),
    st.dates(date(2020, 1, 1), date(2070, 12, 31)),
    st.permutations(["01", "10", "17", "21"]),
)
def test_what_is_written_in_any_order_is_read_back(
    number: int, lot: str, expires: date, order: list[str]
) -> None:
    body = f"{number:013d}"
    gtin = body + str(elements.gs1_standard_check_digit(body))
    parts = {"01": f"01{gtin}", "10": f"10{lot}\x1d", "17": f"17{expires:%y%m%d}", "21": "21SER7\x1d"}
    read = barcodes.read("]d2" + "".join(parts[ai] for ai in order).rstrip("\x1d"), today=TODAY)
    assert (read.gtin, read.lot, read.expires_on, read.serial) == (gtin, lot, expires, "SER7")
