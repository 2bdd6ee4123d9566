"""The export's file: whatever people typed, it reads back, and no spreadsheet takes a cell for a formula."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inventory.tables.csv_export import ROWS_A_CHUNK, as_entered, csv_chunks, harmless

TRIGGERS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
HOSTILE = st.text(
    st.sampled_from("=+-@\t\r\n\"',; 0aZ\u00e9\uff1d\uff20\U0001f489") | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


def _file(rows: list[list[str]]) -> bytes:
    return b"".join(chunk for chunk, _ in csv_chunks(["session", "text"], rows, [1]))


def _read(file: bytes, **dialect: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8"), newline=""), **dialect))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "exported"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2 to +2", "'-2 to +2"),
        ("\t=1", "'\t'=1"),
        (' "=1', "' \"=1"),
        ("'=1", "''=1"),
        ("Room 1;=1", "Room 1;'=1"),
        ("Room 1\n=1", "Room 1\n'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("30G x 4 mm", "30G x 4 mm"),
        ("thigh_front:left,abdomen:midline", "thigh_front:left,abdomen:midline"),
        ("L'Oreal", "L'Oreal"),
        ("'s-Gravenhage", "'s-Gravenhage"),
        ("", ""),
    ],
)
def test_only_what_could_be_a_formula_is_marked(typed: str, exported: str) -> None:
    assert harmless(typed) == exported


@given(HOSTILE)
@example("'=")
@example("\t\t\t")
@example("''''=")
@example(";';=")
def test_what_was_typed_can_be_had_back(text: str) -> None:
    assert as_entered(harmless(text)) == text


@given(st.lists(HOSTILE, max_size=8))
def test_every_cell_reads_back_and_none_begins_a_formula(cells: list[str]) -> None:
    header, *rows = _read(_file([["7", cell] for cell in cells]))
    assert header == ["session", "text"]
    assert [as_entered(cell) for _, cell in rows] == cells
    for _, cell in rows:
        assert not cell.startswith(TRIGGERS)


@given(st.lists(HOSTILE, max_size=8))
def test_a_spreadsheet_set_to_semicolons_finds_no_formula_either(cells: list[str]) -> None:
    """In much of Europe the list separator is a semicolon: the quotes of a comma file then mean nothing."""
    for separator in ";\t":
        for line in _file([["7", cell] for cell in cells]).decode().replace("\r", "\n").split("\n"):
            for piece in line.split(separator):
                assert not piece.lstrip(' "').startswith(TRIGGERS), piece


def test_the_file_is_utf_8_with_one_header_and_can_be_recognised() -> None:
    file = _file([[str(number), f"Salle \u00e9t\u00e9 {number}"] for number in range(20)])
    assert not file.startswith(b"\xef\xbb\xbf") and file.count(b"session") == 1
    dialect = csv.Sniffer().sniff(file.decode("utf-8"))
    assert dialect.delimiter == "," and csv.Sniffer().has_header(file.decode("utf-8"))


def test_no_rows_are_a_header_only() -> None:
    assert list(csv_chunks(["session", "text"], [], [1])) == [(b"session,text\r\n", 0)]


def test_a_long_log_comes_in_pieces_that_count_their_rows() -> None:
    rows = ([str(number), "x"] for number in range(2 * ROWS_A_CHUNK + 1))
    assert [count for _, count in csv_chunks(["session", "text"], rows, [1])] == [ROWS_A_CHUNK, ROWS_A_CHUNK, 1]
