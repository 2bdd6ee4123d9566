"""HIBC labels of suppliers that do not use GS1."""

import json
from datetime import date
from pathlib import Path

import pytest

from labels import barcodes
from labels.barcodes import SupplierCode, UnreadableBarcode
from labels.hibc import check_symbol

TODAY = date(2026, 11, 23)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["hibc"]
DAY, PRODUCED = date(2019, 5, 15), date(2015, 10, 1)
EXPECTED = {
    "H01": ("A123BJC5D6E71", None, None, None, None),
    "H03": ("H123ABC01234567890", None, None, None, None),
    "H05": ("X999123ABC0", "1234AB", DAY, "5678EDFG", PRODUCED),
    "H07": ("X999123ABC0", "1234AB", DAY, "5678EDFG", PRODUCED),
    "H09": ("X999123ABC0", "1234AB", DAY, "5678EDFG", PRODUCED),
    "H11": ("A99912345", "10X3", date(2020, 1, 15), None, None),
    "H13": ("A123BJC5D6E71", "10X3", date(2020, 1, 15), None, None),
}
REFUSED = {"H15": "lacks the +", "H17": "13 characters at most", "H19": "check character", "H21": "','"}


def _read(text: str) -> SupplierCode:
    return barcodes.read(text, today=TODAY)


def _checked(text: str) -> str:
    return text + check_symbol(text)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in VECTORS])
def test_a_published_hibc_label_is_read_or_refused(case: dict) -> None:
    if case["id"] in EXPECTED:
        read = _read(case["text"])
        assert (read.hibc_id, read.lot, read.expires_on, read.serial, read.produced_on) == EXPECTED[case["id"]]
    else:
        with pytest.raises(UnreadableBarcode) as refused:
            _read(case["text"])
        assert REFUSED[case["id"]] in refused.value.sentence


@pytest.mark.parametrize(
    ("secondary", "lot", "serial", "expires_on", "quantity"),
    [
        ("$LOT1", "LOT1", None, None, None),
        ("$+SER1", None, "SER1", None, None),
        ("28015LOT1", "LOT1", None, date(2028, 1, 15), None),
        ("$$0228LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$2022928LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$3280229LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$428022923LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$528060LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$62806023LOT1", "LOT1", None, date(2028, 2, 29), None),
        ("$$7LOT1", "LOT1", None, None, None),
        ("$$8103280229LOT1", "LOT1", None, date(2028, 2, 29), 10),
        ("$$9001001228LOT1", "LOT1", None, date(2028, 12, 31), 100),
        ("$$8107LOT1", "LOT1", None, None, 10),
        ("$$+3280229SER1", None, "SER1", date(2028, 2, 29), None),
        ("$$3280229", None, None, date(2028, 2, 29), None),
        ("$LOT1/14D20280229/SSER1/Q25", "LOT1", "SER1", date(2028, 2, 29), 25),
        ("14D20280229", None, None, date(2028, 2, 29), None),
    ],
)
def test_every_form_of_expiry_lot_serial_and_quantity_is_read(
    secondary: str, lot: str | None, serial: str | None, expires_on: date | None, quantity: int | None
) -> None:
    read = _read(_checked(f"+A123BJC5D6E71/{secondary}"))
    assert (read.hibc_id, read.lot, read.serial) == ("A123BJC5D6E71", lot, serial)
    assert (read.expires_on, read.quantity) == (expires_on, quantity)


@pytest.mark.parametrize(
    "secondary",
    ["$$1328LOT", "$$2023028LOT", "$$3280230LOT", "$$428022924LOT", "$$527366LOT", "$$62800001LOT", "$$8X03280229LOT",
     "14D20280230", "16D2028", "$LOT/XYZ", "$$", "$" + "A" * 19, "LOT"],
)  # fmt: skip
def test_a_date_or_part_that_cannot_be_is_refused(secondary: str) -> None:
    text = _checked(f"+A123BJC5D6E71/{secondary}")
    if secondary == "$$":
        assert _read(text).lot is None
    else:
        with pytest.raises(UnreadableBarcode):
            _read(text)


def test_a_second_label_read_alone_asks_for_the_first() -> None:
    read = _read(_checked("+$$52001510X3G"))
    assert (read.hibc_id, read.lot, read.expires_on) == (None, "10X3", date(2020, 1, 15))
    assert read.incomplete is not None


def test_a_check_character_that_is_a_space_survives_trimming() -> None:
    bodies = (f"+A123BJC5D6E71/$LOT{first}{second}" for first in "ABCXYZ" for second in "0123456789KLMNO")
    body = next(body for body in bodies if check_symbol(body) == " ")
    for sent in (f"{body} ", body, f"{body} \r\n", f"*{body}_*"):
        assert _read(sent).lot == body.partition("$")[2]


def test_every_single_wrong_character_of_a_label_is_noticed() -> None:
    label = "+X999123ABC0/$$20515191234AB/S5678EDFG/16D20151001I"
    for place in range(1, len(label)):
        for symbol in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if symbol != label[place]:
                with pytest.raises(UnreadableBarcode):
                    _read(label[:place] + symbol + label[place + 1 :])
