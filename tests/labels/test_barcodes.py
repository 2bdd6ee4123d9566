"""Published barcodes read as expected; each invalid one refused with a sentence that names the fault."""

import json
from datetime import date
from pathlib import Path

import pytest

from labels import barcodes, elements
from labels.barcodes import BarcodeKind, SupplierCode, UnreadableBarcode

TODAY = date(2026, 11, 23)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
NAMED = {
    "X05": "'~'", "X07": "A2345678901231", "X09": "is 4 but should be 1", "X11": "begins with '2'", "X15": "1234567",
    "X17": "29 characters", "X19": "(10) BATCH/LOT holds no value", "X31": "'^'", "X37": "check pair",
    "X39": "company prefix", "X41": "987 is no country", "X43": "day 00", "X45": "2360", "X47": "piece 00 of 99",
    "X49": "is 2 but should be 3", "X51": "no day 29 in 1999-02", "X53": "23 characters", "X55": "no month 00",
    "X57": "09520123456789 is 9 but should be 8", "X59": "21 characters", "X61": "'Ö'",
}  # fmt: skip


def _cases(name: str) -> list:
    return [pytest.param(case, id=case["id"]) for case in VECTORS[name]]


def _read(text: str, today: date = TODAY) -> SupplierCode:
    return barcodes.read(text, today=today)


def _sentence(text: str, today: date = TODAY) -> str:
    with pytest.raises(UnreadableBarcode) as refused:
        _read(text, today)
    assert refused.value.sentence.endswith(".") and len(refused.value.sentence) > 15
    return refused.value.sentence


@pytest.mark.parametrize("case", _cases("element_string_valid"))
def test_a_valid_element_string_reads_as_published(case: dict) -> None:
    assert " ".join(f"({ai}) {value}" for ai, value in _read(case["text"]).elements) == case["expect"]


@pytest.mark.parametrize("case", _cases("element_string_invalid"))
def test_an_invalid_element_string_is_refused_and_the_fault_is_named(case: dict) -> None:
    assert NAMED.get(case["id"], "") in _sentence(case["text"])


@pytest.mark.parametrize("case", _cases("association_rules"))
def test_elements_that_do_not_go_together_are_noticed(case: dict) -> None:
    if case["rule"] == "required companion AI":
        # A second barcode of the pack may hold the companion, so the label is read and said to be incomplete.
        assert bool(_read(case["text"]).incomplete) == (case["verdict"] == "reject")
    elif case["verdict"] == "reject":
        assert _sentence(case["text"])
    else:
        assert _read(case["text"]).incomplete is None


@pytest.mark.parametrize("lead", ["", "^", "]C1"])
@pytest.mark.parametrize("case", _cases("dates"))
def test_dates_follow_the_century_rule_and_the_end_of_the_month(case: dict, lead: str) -> None:
    today = TODAY if case["today"] == "any" else date(int(case["today"]), 6, 1)
    if case["expect"].startswith("error"):
        _sentence(lead + case["text"], today)
    else:
        read = _read(lead + case["text"], today)
        assert (read.expires_on or read.produced_on) == date.fromisoformat(case["expect"][:10])


@pytest.mark.parametrize("case", _cases("check_digits"))
def test_a_number_is_read_only_with_its_right_check_digit(case: dict) -> None:
    if case["valid"] == "yes":
        assert _read(case["text"]).elements[0][1].endswith(case["text"])
    else:
        assert "placeholder" in _sentence(case["text"]) or "should be 8" in _sentence(case["text"])


@pytest.mark.parametrize("case", _cases("scanner_output"))
def test_what_a_scanner_sends_is_read_or_refused(case: dict) -> None:
    if case["verdict"] == "ok":
        assert _read(case["text"]).gtin in ("12312312312333", "00000002345673")
    else:
        _sentence(case["text"])


@pytest.mark.parametrize("case", _cases("digital_link"))
def test_a_digital_link_holds_the_elements_it_should(case: dict) -> None:
    if case["id"].startswith("G"):
        assert "".join(f"({ai}){value}" for ai, value in _read(case["text"]).elements) == case["text"]
    elif case["expect"].startswith("error"):
        _sentence(case["text"])
    else:
        expected = case["expect"].split("`")[1].split(" ")[0].replace("^", "\x1d")
        assert _read(case["text"]).elements == elements.split(expected)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("(421)987AB12", "987 is no country"),
        ("(423)056987", "987 is no country"),
        ("(4300)A%G1", "percent-encoded"),
        ("(4307)XX", "XX is no country"),
        ("(4309)18000000010000000000", "beyond"),
        ("(3910)0001", "000 is no currency"),
        ("(7030)998ABC", "998 is no country"),
        ("(7040)1AB(", "importer index"),
        ("(7241)11", "11 is none of"),
        ("(8001)00010000000110", "00000 must not be zero"),
        ("(8001)00010000200150", "5 is none of"),
        ("(8006)123456789012310605", "piece 06 of 05"),
        ("(8007)DE89370400440532013001", "check digits"),
        ("(8011)012", "begin with 0"),
        ("(8014)95212345673C", "check pair"),
        ("(7003)2601012460", "2460 is no time"),
        ("(11)260230", "no day 30"),
        ("(30)", "no value"),
        ("(7007)260101260230", "no day 30"),
        ("(414)9520123456789", "should be 8"),
    ],
)
def test_a_part_that_cannot_be_is_named(text: str, fault: str) -> None:
    assert fault in _sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "(422)056", "(423)056250", "(7030)999ABC", "(8007)DE89370400440532013000", "(8011)0", "(8001)00010000200110",
        "(4309)02790858483015297971", "(4300)A%20B", "(7040)1ABC", "(4324)2612319999", "(8006)123456789012310505",
        "(3912)978150", "(8013)1987654Ad4X4bL5ttr2310c2K",
    ],
)  # fmt: skip
def test_a_part_within_its_limits_is_read(text: str) -> None:
    assert _read(text).kind is BarcodeKind.GS1


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        ("01/09520123456788/22/A/10/B/21/C", True),
        ("01/09520123456788/10/B/22/A", False),
        ("01/09520123456788/235/T", True),
        ("01/09520123456788/235/T/10/B", False),
        ("01/09520123456788/10/B?21=C", False),
        ("01/09520123456788/235/T?10=B", True),
        ("8006/095201234567880102/22/A/10/B/21/C", True),
        ("414/9520123456788/254/X", True),
        ("414/9520123456788/7040/1ABC", True),
        ("414/9520123456788/254/X/7040/1ABC", False),
        ("415/9520123456788/8020/REF", True),
        ("417/9520123456788/7040/1ABC", True),
        ("8004/9520123GUN01/7040/1ABC", True),
        ("8010/9520123A/8011/12", True),
        ("8017/952012345678912345/8019/1", True),
        ("8018/952012345678912345/8019/1", True),
        ("253/9520123456788A/10/B", False),
        ("255/9520123456788?10=B", True),
        ("01/09520123456788?17=281231%", False),
        ("01/09520123456788/", False),
    ],
)
def test_qualifiers_of_a_link_stand_in_their_order_and_in_the_path(path: str, accepted: bool) -> None:
    text = f"https://id.gs1.org/{path}"
    assert _read(text).kind is BarcodeKind.DIGITAL_LINK if accepted else _sentence(text)


def test_a_full_label_gives_all_that_a_delivery_needs() -> None:
    read = _read("]d20109520123456788" + "11260101" + "17281200" + "30100\x1d" + "10A/1-2\x1d" + "21SER7")
    assert (read.gtin, read.lot, read.serial, read.quantity) == ("09520123456788", "A/1-2", "SER7", 100)
    assert (read.produced_on, read.expires_on) == (date(2026, 1, 1), date(2028, 12, 31))
    assert (read.lot_unread, read.incomplete) == (False, None)


@pytest.mark.parametrize("written", ["\x1d", "<GS>", "{GS}", "[GS]", "^", "␝", "\x1d\x1d"])
def test_the_separator_is_understood_however_it_was_sent(written: str) -> None:
    read = _read(f"010952012345678810LOT1{written}17280131\r\n")
    assert (read.lot, read.expires_on) == ("LOT1", date(2028, 1, 31))


@pytest.mark.parametrize("gap", ["", " "])
def test_what_is_printed_below_a_barcode_may_be_typed_with_its_spaces(gap: str) -> None:
    read = _read(f"(01){gap}09520123456788{gap}(17){gap}281231{gap}(10){gap}A213B1")
    assert (read.gtin, read.expires_on, read.lot) == ("09520123456788", date(2028, 12, 31), "A213B1")


@pytest.mark.parametrize(
    "tail", ["10LOT117280131", "10LOT11728013121SER", "10LONGLOT123456789017280131", "21SER17280131", "10LOT111250131"]
)
def test_a_lot_that_swallowed_its_neighbour_asks_for_a_rescan(tail: str) -> None:
    read = _read("0109520123456788" + tail)
    assert read.lot_unread and read.gtin == "09520123456788"
    assert (read.lot, read.serial, read.expires_on) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "0109520123456788" + "17280131" + "10LOT117290131",
        "0109520123456788" + "10LOT117280131\x1d" + "21SER",
        "(01)09520123456788(10)LOT117280131",
        "0109520123456788" + "10LOT117991331",
        "0109520123456788" + "10LOT117750131",
    ],
)
def test_a_lot_that_merely_looks_so_is_kept(text: str) -> None:
    read = _read(text)
    assert read.lot is not None and not read.lot_unread


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("=W00001234567800", "ICCBBA"),
        ("[)>\x1e06\x1d17V1234", "ISO 15434"),
        ("A" * 513, "too long"),
        ("]E41234567", "8 digits, not 7"),
    ],
)
def test_a_label_of_another_kind_is_named(text: str, fault: str) -> None:
    assert fault in _sentence(text)
