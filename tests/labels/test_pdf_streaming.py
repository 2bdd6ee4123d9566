"""A PDF that leaves page by page: early, in flat memory, and whole when it is there."""

import re
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from itertools import islice, repeat

import pypdfium2
import pytest

from labels import layout
from labels.layout import Label, LabelTooSmall, StartOutOfRange
from labels.media import MEDIA
from labels.pdf import NothingToPrint, pdf_chunks, write_pdf

L7160 = MEDIA["avery-l7160"]
PACK = Label("HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ", "7K2Q-9XMD-4WTN-8B3CZ", "5 x needle", ("LOT A1",))
WIDE = Label("HTTPS://H/P/1", "", "", ("W" * 80,))


def test_the_first_page_comes_before_the_second_is_asked_for() -> None:
    taken = 0

    def labels() -> Iterator[Label]:
        nonlocal taken
        while True:
            taken += 1
            yield PACK

    pages = pdf_chunks(labels(), L7160)
    assert next(pages).startswith(b"%PDF-")
    assert taken == L7160.per_page
    assert len(list(islice(pages, 2))) == 2


@pytest.mark.parametrize("count", [1, 21, 22, 100])
def test_the_pieces_are_the_whole_document(count: int) -> None:
    out = BytesIO()
    pages = write_pdf(repeat(PACK, count), L7160, out, start=3)
    pieces = list(pdf_chunks(repeat(PACK, count), L7160, 3))
    assert b"".join(pieces) == out.getvalue()
    assert len(pieces) == pages + 1
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        assert len(document) == pages


def test_every_object_stands_where_the_table_says() -> None:
    """A reader may mend a wrong table in silence: printers do not."""
    document = b"".join(pdf_chunks(repeat(PACK, 50), L7160))
    place = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", document)[0])
    lines = document[place:].split(b"\n")
    assert (lines[0], lines[2]) == (b"xref", b"0000000000 65535 f ")
    count = int(lines[1].split()[1])
    for number in range(1, count):
        entry = lines[2 + number]
        assert len(entry) == 19
        assert document[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert b"/Size %d " % count in document[place:]
    for length, stream in re.findall(
        rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n(.*?)\nendstream", document, re.S
    ):
        assert int(length) == len(stream)


def test_memory_does_not_grow_with_the_number_of_labels() -> None:
    def peak(pages: int) -> int:
        tracemalloc.start()
        for _ in pdf_chunks(repeat(PACK, pages * L7160.per_page), L7160):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(15) < 1.3 * peak(3)


def test_a_label_that_does_not_fit_is_known_before_its_page_where_one_asks() -> None:
    with pytest.raises(LabelTooSmall):
        layout.check([*repeat(PACK, 100), WIDE], L7160)
    out = BytesIO()
    with pytest.raises(LabelTooSmall):
        write_pdf([*repeat(PACK, 100), WIDE], L7160, out)
    assert out.getvalue() == b""


def test_a_start_off_the_sheet_is_refused_without_asking_for_a_page() -> None:
    with pytest.raises(StartOutOfRange):
        pdf_chunks([PACK], L7160, 22)


def test_nothing_to_print_is_no_document() -> None:
    with pytest.raises(NothingToPrint):
        next(pdf_chunks([], L7160))
