"""What holds for every text a scanner could send."""

from datetime import date

from biip.checksums import gs1_standard_check_digit
from hypothesis import assume, given
from hypothesis import strategies as st

from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode
from labels.codes import UnreadableCode

TODAY = date(2026, 11, 23)
LOTS = st.text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijk0123456789-/().%", min_size=1, max_size=20)
BEGINNINGS = st.sampled_from(
    ["]d2", "]C1", "]E0", "]Q1", "(01)", "+", "+A1231/", "https://a/01/", "HTTPS://A/P/", "^01", "(8013)", "(8007)DE",
     "$$", "10", "0109520123456788", "8008", "7007", "4300%", "=", "*+", "[)>"]
)  # fmt: skip
SCANNED = (
    st.text(max_size=700)
    | st.binary(max_size=700).map(lambda raw: raw.decode("latin-1"))
    | st.builds(str.__add__, BEGINNINGS, st.text("0123456789()^]/ABC$+%=?&\x1d -", max_size=80))
)


@given(SCANNED, st.dates())
def test_no_text_of_any_length_or_bytes_crashes_the_reader(text: str, today: date) -> None:
    try:
        barcodes.read(text, today=today)
    except UnreadableBarcode as unreadable:
        assert unreadable.sentence.endswith(".")


@given(SCANNED)
def test_no_text_crashes_the_reader_of_our_codes(text: str) -> None:
    try:
        codes.parse(text)
    except UnreadableCode as unreadable:
        assert str(unreadable).endswith(".")
    assert codes.looks_like_own(text) in (True, False)


@given(SCANNED)
def test_a_text_that_reads_as_a_supplier_barcode_is_never_taken_for_ours(text: str) -> None:
    try:
        barcodes.read(text, today=TODAY)
    except UnreadableBarcode:
        return
    assert not codes.looks_like_own(text)


@given(st.integers(0, 2**80 - 1))
def test_a_code_of_ours_is_never_read_as_a_supplier_barcode(bits: int) -> None:
    code = codes.new_code(lambda _: bits)
    for text in (
        code,
        codes.grouped(code),
        codes.grouped(code, 2),
        codes.address("sterilog.example", codes.CodeKind.PACK, code, copy=999),
    ):
        assert codes.looks_like_own(text)
        try:
            barcodes.read(text, today=TODAY)
        except UnreadableBarcode:
            continue
        raise AssertionError(text)


@given(
    st.integers(1, 10**13 - 1),
    LOTS,
    st.dates(date(1978, 1, 1), date(2076, 12, 31)),
    LOTS,
    st.permutations(["01", "10", "17", "21"]),
    st.sampled_from(["]d2", "]C1", "^", "\x1d", ""]),
)
def test_what_is_written_in_any_order_is_read_back(
    number: int, lot: str, expires: date, serial: str, order: list[str], lead: str
) -> None:
    body = f"{number:013d}"
    gtin = f"{body}{gs1_standard_check_digit(body)}"
    parts = {"01": f"01{gtin}", "10": f"10{lot}\x1d", "17": f"17{expires:%y%m%d}", "21": f"21{serial}\x1d"}
    read = barcodes.read(lead + "".join(parts[ai] for ai in order).removesuffix("\x1d"), today=TODAY)
    assert (read.gtin, read.lot, read.expires_on, read.serial) == (gtin, lot, expires, serial)
    assert not read.lot_unread and read.incomplete is None


@given(st.integers(1, 10**13 - 1), st.integers(0, 13), st.integers(1, 9))
def test_a_gtin_with_one_wrong_digit_is_refused(number: int, place: int, added: int) -> None:
    body = f"{number:013d}"
    gtin = f"{body}{gs1_standard_check_digit(body)}"
    wrong = gtin[:place] + str((int(gtin[place]) + added) % 10) + gtin[place + 1 :]
    assume(not wrong.startswith(("7003", "8008")))
    for text in (wrong, f"]d201{wrong}", f"(01){wrong}", f"https://id.gs1.org/01/{wrong}"):
        try:
            barcodes.read(text, today=TODAY)
        except UnreadableBarcode:
            continue
        raise AssertionError(text)
