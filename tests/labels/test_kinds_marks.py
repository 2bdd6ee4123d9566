"""The table of label kinds, and the marks as drawn."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random

import pypdfium2
import pytest

import labels
from labels import codes
from labels.codes import CodeKind
from labels.kinds import KINDS, LabelKind, label
from labels.layout import Label, Line, face
from labels.marks import SHAPES, STROKE, Mark
from labels.media import MEDIA
from labels.pdf import write_pdf

ADDRESS, CODE = "HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ", "7K2Q-9XMD-4WTN-8B3CZ"
MARKED = Label(
    ADDRESS,
    CODE,
    "5 x needle",
    (Line("A12", Mark.BATCH), Line("2028-01-31", Mark.USE_BY), Line("77", Mark.SERIAL)),
    marks=(Mark.DO_NOT_REUSE, Mark.DAMAGED),
)


def _shown(key: str) -> tuple[list[Mark], list[str]]:
    laid_out = face(MARKED, MEDIA[key])
    return [placed.mark for placed in laid_out.marks], [row.text for row in laid_out.rows]


def test_every_kind_has_its_entry() -> None:
    assert set(KINDS) == set(LabelKind)


@pytest.mark.parametrize("kind", LabelKind)
def test_a_label_says_what_its_kind_says(kind: LabelKind) -> None:
    plain = label(kind, ADDRESS, CODE)
    assert (plain.title, plain.note, plain.marks) == (KINDS[kind].title, KINDS[kind].note, KINDS[kind].marks)


def test_a_name_and_a_note_of_its_own_stand_with_those_of_the_kind() -> None:
    record = label(LabelKind.RECORD, ADDRESS, CODE, "5 x needle", ["LOT A1"], "Room 2")
    assert record == Label(ADDRESS, CODE, "5 x needle", ("LOT A1",), "Record. Room 2", ())


def test_no_word_of_the_library_calls_anything_sterile() -> None:
    said = [*(mark.value for mark in Mark), *(f"{kind.title} {kind.note}" for kind in KINDS.values())]
    assert not re.search(r"steril(?!iser)", " ".join(said), re.IGNORECASE)
    source = (Path(labels.__file__).parent / "layout.py").read_text()
    assert "sterile" not in source.lower()


def test_a_large_label_draws_its_marks() -> None:
    marks, texts = _shown("avery-l7160")
    assert marks == [Mark.BATCH, Mark.USE_BY, Mark.SERIAL, Mark.DO_NOT_REUSE, Mark.DAMAGED]
    assert {"A12", "2028-01-31", "77"} <= set(texts)


def test_a_small_label_says_them_in_words_and_draws_those_that_stand_alone() -> None:
    marks, texts = _shown("avery-l7651")
    assert marks == [Mark.DO_NOT_REUSE, Mark.DAMAGED]
    assert {"LOT A12", "USE BY 2028-01-31", "SN 77"} <= set(texts)


def test_where_no_mark_can_be_drawn_the_words_stand() -> None:
    code = codes.new_code(Random(1).getrandbits)
    cup = Label(
        codes.address("h.example", CodeKind.CONTAINER, code), codes.grouped(code), "Cup", (), "", (Mark.DAMAGED,)
    )
    assert [placed.mark for placed in face(cup, MEDIA["avery-l4731"]).marks] == [Mark.DAMAGED]
    fuller = face(replace(cup, lines=("OPENED 2026-11-23",)), MEDIA["avery-l4731"])
    assert fuller.marks == ()
    assert "Do not use if damaged" in [row.text for row in fuller.rows]


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_with_its_strokes_stays_in_its_own_square(mark: Mark) -> None:
    shape = SHAPES[mark]
    for x, y in (point for stroke in shape.strokes for point in stroke):
        assert STROKE / 2 - 1e-4 <= x <= shape.width - STROKE / 2 + 1e-4
        assert STROKE / 2 - 1e-4 <= y <= 1 - STROKE / 2 + 1e-4


def test_marks_are_inked_where_the_layout_puts_them() -> None:
    medium, out = MEDIA["avery-l7160"], BytesIO()
    write_pdf([MARKED], medium, out)
    with pypdfium2.PdfDocument(out) as document:
        image = document[0].render(scale=600 / 72, grayscale=True).to_pil()
    left, top = medium.corner(1)
    for placed in face(MARKED, medium).marks:
        x, y, width = left + placed.x, top + placed.y, SHAPES[placed.mark].width * placed.height
        cut = image.crop(tuple(round(edge * 600 / 25.4) for edge in (x, y, x + width, y + placed.height)))
        inked = cut.point(lambda value: 255 if value < 128 else 0).getbbox()
        assert inked == pytest.approx((0, 0, *cut.size), abs=3)
