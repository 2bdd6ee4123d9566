"""Any file is read as a table or refused with a sentence, within memory and time."""

import io
import struct
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from inventory.tables.cells import LARGEST_FILE, FileRefused, Unusable, whole
from inventory.tables.reading import read_table
from inventory.tables.xlsx_export import xlsx_bytes

HEADER = ["Name", "REF"]
SHEET = "xl/worksheets/sheet1.xml"


def _fits(header: list[str]) -> int:
    return sum(word.lstrip("\ufeff") in HEADER for word in header)


def rows_of(data: bytes) -> list[tuple[str, ...]]:
    table = read_table(data, _fits)
    return [table.header.cells, *(row.cells for row in table.rows)]


def workbook(*rows: list[object]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


TEXT = "Name{0}REF\nChlorhexidin 2 % \u00e9\u00fc{0}A1\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_separators_and_encodings_are_found_out(separator: str, encoding: str) -> None:
    expected = [("Name", "REF"), ("Chlorhexidin 2 % \u00e9\u00fc", "A1")]
    data = TEXT.format(separator).encode(encoding)
    assert rows_of(data) == expected


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_one(ending: str) -> None:
    assert rows_of(TEXT.format(",").replace("\n", ending).encode())[1][1] == "A1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"Name,REF\nA\x00B,1\n", "NUL"),
        (b"\xff\xfe\x00\x00N\x00\x00\x00", "UTF-32"),
        (b"Name\n\x81\x8d\n", "no text in UTF-8 or Windows-1252"),
        (b'Name,REF\nA,1\n"B,2\nC,3\n', "Row 3 .*never closed"),
        (b'Name,REF\n"A"x,1\n', "Row 2 .*after a closing quotation mark"),
        (b"Name," + b"," * 100_000 + b"\n", "more than 60 columns"),
        (b"Name\n" + b"A\n" * 20_001, "more than 20,000 rows"),
        (b"Name\n" + b"A" * (LARGEST_FILE + 1), "larger than 5 MB"),
        (b"Name\n" + b'"' + b"A" * 200_000 + b'"\n', "Row 2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04 and nothing more", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        rows_of(data)


def test_a_cell_that_cannot_be_meant_is_marked_and_the_rest_is_read() -> None:
    _, row = rows_of("Name,REF\nA\u202eB,\u00a0x\u202fy \n".encode())
    assert isinstance(row[0], Unusable) and "right-to-left override" in row[0].why
    assert row[1] == "x y"


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1200", 1200), ("1,200", 1200), ("1.200", 1200), ("1 200", 1200), ("4,0", 4), ("4.00", 4), ("0", 0)],
)
def test_whole_numbers_are_read_as_in_europe_and_america(typed: str, read: int) -> None:
    assert whole(typed) == read


@pytest.mark.parametrize(
    "typed", ["-1", "\u22121", "1e400", "1.5", "4,25", "x", "\u0664", "1,20,0", "1.200,5", "9" * 10]
)
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        whole(typed)


def test_a_workbook_is_read_with_its_numbers_and_its_faults() -> None:
    data = workbook(
        HEADER, ["A", 9521101530001], ["B", 4.0], ["C", "=1+1"], ["D", date(2026, 4, 13)], ["E", True], ["F", 0.5]
    )
    cells = [row[1] for row in rows_of(data)[1:]]
    assert cells == ["9521101530001", "4", "=1+1", "2026-04-13 00:00:00", "yes", "0.5"]
    assert "formula" in cells[2].why and "made a date" in cells[3].why  # type: ignore[attr-defined]


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_it_is() -> None:
    plain = workbook(HEADER, ["A", "1"])
    with pytest.raises(FileRefused, match="more than 50 MB"):
        rows_of(with_part(plain, "xl/media/big.bin", bytes(60 * 1024 * 1024)))
    with pytest.raises(FileRefused, match=r"damaged|more than 50 MB"):
        rows_of(_lying(plain))


def _lying(data: bytes) -> bytes:
    """A part of 60 MB that the directory says is small."""
    bomb = with_part(data, "xl/media/big.bin", bytes(60 * 1024 * 1024))
    return bomb.replace(struct.pack("<I", 60 * 1024 * 1024), struct.pack("<I", 1000))


def test_entities_are_refused_in_every_part_and_encoding() -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><worksheet>&c;</worksheet>'
    for part in (SHEET, "xl/workbook.xml", "xl/styles.xml"):
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(FileRefused, match="entities"):
                rows_of(with_part(workbook(HEADER), part, laughs.encode(encoding)))


def _sheet(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<row r="1">' + "<c><v>1</v></c>" * 100_000 + "</row>", "more than 60 columns"),
        ("<row>" + "<c/>" * 100_000 + "</row>", "more than 60 columns"),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "more than 60 columns"),
        ("<row><c><v>1</v></c></row>" * 20_002, "more than 20,000 rows"),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="9999999"><c><v>1</v></c></row>', "more than 20,000 rows"),
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "damaged"),
        ('<row r="1"><c r="A1" t="s"><v>77</v></c></row>', "damaged"),
        ("", "is empty"),
        ("<row>", "damaged"),
    ],
)
def test_a_sheet_that_no_program_writes_is_refused(body: str, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        rows_of(with_part(workbook(HEADER), SHEET, _sheet(body)))


def test_an_infinite_number_is_marked() -> None:
    body = '<row><c t="inlineStr"><is><t>Name</t></is></c></row><row><c><v>1e400</v></c></row>'
    ((_, *_), (cell, *_)) = rows_of(with_part(workbook(HEADER), SHEET, _sheet(body)))
    assert isinstance(cell, Unusable)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for whole_file in (data, b"Name,REF\n" + data, b"PK\x03\x04" + data):
        try:
            rows_of(whole_file)
        except FileRefused as refused:
            assert refused.sentence.endswith(".") or refused.sentence.endswith("?")


WHOLE = workbook(HEADER, ["A", "1"])
"""Made once: the time of its making stands in it, and with it its length differs."""


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_broken_workbook_does_more_than_be_refused(data: st.DataObject) -> None:
    book = bytearray(WHOLE)
    for place in data.draw(st.lists(st.integers(0, len(book) - 1), min_size=1, max_size=20)):
        book[place] = data.draw(st.integers(0, 255))
    with suppress(FileRefused):
        rows_of(bytes(book))


def test_a_workbook_of_ours_holds_no_formula_and_no_link() -> None:
    data = xlsx_bytes("Catalogue", HEADER, [["=1+1", "http://x.example"], ["+A", "@B"]], [0])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read(SHEET).decode()
        assert "<f>" not in sheet and "hyperlink" not in sheet
    assert rows_of(data)[1] == ("'=1+1", "http://x.example")
