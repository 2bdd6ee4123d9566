"""Our own codes: random, checked, typed and scanned."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.codes import (
    ALPHABET,
    LAST_COPY,
    LENGTH,
    CodeKind,
    CopyOutOfRange,
    UnreadableCode,
    address,
    grouped,
    looks_like_own,
    new_code,
    parse,
)

CODES = st.integers(0, 2**80 - 1).map(lambda bits: new_code(lambda _: bits))


@given(CODES)
def test_a_code_reads_back_however_it_is_typed(code: str) -> None:
    for typed in (
        code,
        grouped(code),
        grouped(code).lower(),
        f" {code}\r\n",
        code.replace("0", "O").replace("1", "I"),
    ):
        assert parse(typed).code == code


@given(CODES, st.sampled_from(CodeKind))
def test_a_label_reads_back_in_any_case(code: str, kind: CodeKind) -> None:
    text = address("Sterilog.example", kind, code)
    for sent in (text, text.lower(), f"]Q1{text}\r"):
        read = parse(sent)
        assert (read.kind, read.code, read.host) == (kind, code, "sterilog.example")
        assert looks_like_own(sent)


@given(CODES)
def test_every_single_wrong_symbol_is_noticed(code: str) -> None:
    for place in range(LENGTH):
        for symbol in ALPHABET:
            if symbol != code[place]:
                with pytest.raises(UnreadableCode):
                    parse(code[:place] + symbol + code[place + 1 :])


@given(CODES)
def test_every_two_symbols_that_changed_places_are_noticed(code: str) -> None:
    for left in range(LENGTH):
        for right in range(left):
            if code[left] != code[right]:
                swapped = list(code)
                swapped[left], swapped[right] = swapped[right], swapped[left]
                with pytest.raises(UnreadableCode):
                    parse("".join(swapped))


@given(st.text(max_size=600))
def test_no_text_crashes_the_reader(text: str) -> None:
    looks_like_own(text)
    try:
        parse(text)
    except UnreadableCode as unreadable:
        assert str(unreadable).endswith(".")


def test_inv_05_codes_are_distinct_and_of_80_random_bits() -> None:
    made = {new_code() for _ in range(10_000)}
    assert len(made) == 10_000
    assert all(len(code) == 17 and set(code) <= set(ALPHABET) for code in made)
    asked: list[int] = []
    new_code(lambda bits: asked.append(bits) or 0)
    assert asked == [80]


def test_a_supplier_barcode_is_not_taken_for_ours() -> None:
    for text in ("09520123456788", "+A123BJC5D6E71G", "010952012345678817281231", "12345678901234567"):
        assert not looks_like_own(text)


@given(st.dates(), st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=7, max_size=7), st.sampled_from(["11", "17"]))
def test_a_lot_and_expiry_of_the_length_of_a_code_is_not_taken_for_ours(day: date, lot: str, ai: str) -> None:
    assert not looks_like_own(f"{ai}{day:%y%m%d}10{lot}")


@given(CODES)
def test_no_code_begins_like_a_supplier_barcode(code: str) -> None:
    assert not code[:2].isdigit()


def test_the_host_and_scheme_of_a_label_are_told_apart() -> None:
    code = new_code()
    assert address("localhost:8642", CodeKind.GUN, code, scheme="http") == f"HTTP://LOCALHOST:8642/G/{code}"
    assert parse(f"http://elsewhere.example/g/{code.lower()}").host == "elsewhere.example"
    assert parse(f"/P/{code}").host is None and parse(code).kind is None


@pytest.mark.parametrize("text", ["", "7K2Q", "x" * 513, "HTTPS://A/P/7K2Q", "K2Q9-XMD4-WTN8-B3CZ\u0131", "]Q1"])
def test_what_cannot_be_a_code_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(UnreadableCode, match=r"(Scan|type) "):
        parse(text)


@given(CODES, st.sampled_from(CodeKind), st.integers(2, LAST_COPY))
def test_a_reprint_reads_back_with_the_number_of_its_copy(code: str, kind: CodeKind, copy: int) -> None:
    scanned = parse(address("sterilog.example", kind, code, copy=copy))
    assert (scanned.kind, scanned.code, scanned.copy) == (kind, code, copy)
    for typed in (grouped(code, copy), grouped(code, copy).lower(), f"]d1{code}.{copy}", scanned.bare):
        read = parse(typed)
        assert (read.code, read.copy) == (code, copy)
        assert looks_like_own(typed)


@given(CODES, st.sampled_from(CodeKind))
def test_a_first_label_says_nothing_of_copies(code: str, kind: CodeKind) -> None:
    for text in (address("sterilog.example", kind, code), code):
        assert parse(text).copy == 1
    assert grouped(code, 1) == grouped(code) and parse(code).bare == code


@given(CODES, st.from_regex(r"0[0-9]*|1|[0-9]{4,6}|[0-9]*[A-Z.+-][0-9]*|", fullmatch=True))
def test_anything_but_a_copy_after_the_dot_is_refused_and_said(code: str, after: str) -> None:
    for text in (f"{code}.{after}", f"HTTPS://STERILOG.EXAMPLE/P/{code}.{after}"):
        assert looks_like_own(text)
        with pytest.raises(UnreadableCode, match="which copy"):
            parse(text)


@pytest.mark.parametrize("copy", [0, -1, LAST_COPY + 1])
def test_a_copy_that_cannot_be_read_back_is_not_made(copy: int) -> None:
    with pytest.raises(CopyOutOfRange, match=f"no copy {copy}"):
        address("sterilog.example", CodeKind.PACK, new_code(), copy=copy)
