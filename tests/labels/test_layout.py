"""Nothing overlaps, leaves its label or is cut where it must not be, whatever the content and the sheet."""

from itertools import combinations, islice, repeat
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from labels import codes
from labels.arranging import SMALLEST_POINTS, padding
from labels.codes import CodeKind
from labels.items import ASCENT, LEADING, POINT
from labels.layout import (
    Face,
    Label,
    LabelTooSmall,
    Line,
    StartOutOfRange,
    face,
    place,
)
from labels.lettering import CODE, ELLIPSIS, printable
from labels.marks import SHAPES, SMALLEST_MM, Mark
from labels.media import FINEST, MEDIA, Medium, MediumImpossible, checked

L7160, L7651 = MEDIA["avery-l7160"], MEDIA["avery-l7651"]
ROLL = MEDIA["roll-2x1in"]
PACK = Label(
    "HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ",
    "7K2Q-9XMD-4WTN-8B3CZ",
    "5 x needle 30G x 4 mm, 1 luer adapter",
    ("LOT A123", "USE BY 2028-01-31", "LOAD S1-2026-0042"),
    "Room 2",
)
EPSILON = 1e-9

# Lengths are drawn first: left to itself hypothesis writes short texts, and nothing would ever be tight.
words = st.text(st.characters(codec="utf-8"), max_size=60)
long_words = st.tuples(st.sampled_from(["W", "Å", "i", "m 4 ", "needle 30G x 4 mm, "]), st.integers(1, 60)).map(
    lambda drawn: drawn[0] * drawn[1]
)
lots = st.integers(1, 20).map(lambda length: "LOT " + "A1B2C3D4E5-/W8M9N0WW"[-length:])
marked = st.builds(Line, words | lots | st.just("2028-01-31"), st.sampled_from([*Mark, None]))
labels = st.builds(
    Label,
    address=st.integers(1, 200).map("HTTPS://STERILOG.EXAMPLE.ORG/P/".ljust)
    | st.integers(0, 2**80 - 1).map(
        lambda bits: codes.address("H.EXAMPLE", CodeKind.PACK, codes.new_code(lambda _: bits))
    ),
    code=st.sampled_from(["", "7K2Q-9XMD-4WTN-8B3CZ", "7K2Q-9XMD-4WTN-8B3CZ.12", "GUN-12"]),
    title=words | long_words,
    lines=st.integers(0, 8).flatmap(
        lambda count: st.tuples(
            *repeat(lots | lots | marked | marked | st.just("USE BY 2028-01-31") | words | long_words, count)
        )
    ),
    note=words | long_words,
    marks=st.lists(st.sampled_from(Mark), unique=True, max_size=3).map(tuple),
)


def _own_roll(width: float, height: float, dpi: int) -> Medium:
    medium = Medium("own", "Own roll", width, height, 1, 1, width, height, 0, 0, width, height, False, dpi)
    try:
        return checked(medium)
    except MediumImpossible:
        return ROLL


own_rolls = st.builds(_own_roll, st.floats(5, 110), st.floats(5, 60), st.sampled_from([150, 203, 300, 600, 1200]))
media = st.sampled_from(list(MEDIA.values())) | own_rolls


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right - EPSILON
            and other.left < self.right - EPSILON
            and self.top < other.bottom - EPSILON
            and other.top < self.bottom - EPSILON
        )


def _boxes(laid_out: Face) -> list[Box]:
    """The symbol with its quiet zone first, then each row of type with its full height, then each mark."""
    quiet = laid_out.symbol.quiet * laid_out.module
    side = laid_out.symbol.size_with_quiet_zone * laid_out.module
    left, top = laid_out.qr_x - quiet, laid_out.qr_y - quiet
    boxes = [Box(left, top, left + side, top + side)]
    for text, font, size, x, y in laid_out.rows:
        em = size * POINT
        width = stringWidth(text, font, size) * POINT
        boxes.append(Box(x, y - ASCENT * em, x + width, y + (LEADING - ASCENT) * em))
    boxes += [Box(x, y, x + SHAPES[mark].width * height, y + height) for mark, height, x, y in laid_out.marks]
    return boxes


@given(labels, media)
def test_everything_stays_inside_its_label_and_apart(label: Label, medium: Medium) -> None:
    try:
        boxes = _boxes(face(label, medium))
    except LabelTooSmall:
        assume(False)
    for number, box in enumerate(boxes):
        margin = (padding(medium) if number else 0) - EPSILON  # the quiet zone, box 0, is white itself
        assert margin <= box.left and box.right <= medium.label_width - margin
        assert margin <= box.top and box.bottom <= medium.label_height - margin
    for one, other in combinations(boxes, 2):
        assert not one.meets(other)


@given(labels, media)
def test_code_fields_and_marks_are_printed_whole_or_the_label_is_refused(label: Label, medium: Medium) -> None:
    try:
        laid_out = face(label, medium)
    except LabelTooSmall as refused:
        assert str(refused).endswith("Choose a larger label.")
        return
    shown = [row.text for row in laid_out.rows]
    shown.append("".join(row.text for row in laid_out.rows if row.font == CODE))  # a code may stand on two rows
    drawn = [placed.mark for placed in laid_out.marks]
    for field in (label.code, *label.lines, *(Line("", mark) for mark in label.marks)):
        line = field if isinstance(field, Line) else Line(field)
        text = printable(line.text)
        if line.mark is None:
            assert not text or text in shown
        else:
            in_words = f"{line.mark.value} {text}".rstrip() in shown
            assert in_words or (line.mark in drawn and (not text or text in shown))


@given(labels, media)
def test_type_modules_and_marks_never_go_below_the_smallest_legible_size(label: Label, medium: Medium) -> None:
    try:
        laid_out = face(label, medium)
    except LabelTooSmall:
        assume(False)
    assert laid_out.module >= FINEST
    assert all(row.size >= SMALLEST_POINTS for row in laid_out.rows)
    assert all(placed.height >= SMALLEST_MM - EPSILON for placed in laid_out.marks)


@given(labels, media)
def test_modules_lie_on_whole_dots_of_the_printer(label: Label, medium: Medium) -> None:
    try:
        laid_out = face(label, medium)
    except LabelTooSmall:
        assume(False)
    for length in (laid_out.module, laid_out.qr_x, laid_out.qr_y):
        assert length / medium.dot == pytest.approx(round(length / medium.dot), abs=1e-6)


@given(labels)
def test_contents_lose_words_only_at_the_end_and_say_so(label: Label) -> None:
    try:
        rows = face(label, L7160).rows
    except LabelTooSmall:
        assume(False)
    shown = "".join(row.text for row in rows if row.font == "Helvetica-Bold").replace(" ", "")
    whole = printable(label.title).replace(" ", "")
    assert shown == whole or (shown.endswith(ELLIPSIS) and whole.startswith(shown.removesuffix(ELLIPSIS)))


@given(words)
def test_no_control_or_direction_character_is_printed(text: str) -> None:
    shown = printable("LOT \u202e" + text)
    assert shown.startswith("LOT")
    assert shown.isprintable()
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("LOT A\u202e321", "LOT A321"),
        ("LOT\tA1\nB2", "LOT A1 B2"),
        ("Crème à l’œil, 0,3 µm, 5 €", "Crème à l’œil, 0,3 µm, 5 €"),
        ("Zoe\u0308", "Zoë"),
        ("Łódź 針", "?ód? ?"),
    ],
)
def test_text_is_printed_as_far_as_the_type_goes(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("medium", MEDIA.values(), ids=lambda medium: medium.key)
def test_a_usual_pack_fits_every_medium_but_the_smallest_sheet(medium: Medium) -> None:
    if medium.key == "avery-l4731":
        with pytest.raises(LabelTooSmall, match="The code and 3 fields do not fit at 5 pt"):
            face(PACK, medium)
        return
    shown = [row.text for row in face(PACK, medium).rows]
    assert " ".join(shown).startswith(PACK.title)
    assert {*PACK.lines, PACK.note, PACK.code} <= set(shown)


@pytest.mark.parametrize("medium", MEDIA.values(), ids=lambda medium: medium.key)
def test_the_longest_lot_a_supplier_may_print_fits_every_medium_it_can(medium: Medium) -> None:
    """GS1 lots have up to 20 characters; on a small label such a field moves below the symbol."""
    lot = "LOT ABCDEFGHKM0123456789"
    label = Label(PACK.address, PACK.code, "Needles", (lot,))
    if medium.key in ("roll-25x25", "roll-29", "avery-l4731"):  # this lot is 24.2 mm wide at 5 pt
        with pytest.raises(LabelTooSmall, match=f"'{lot}' does not fit at 5 pt"):
            face(label, medium)
    else:
        assert lot in [row.text for row in face(label, medium).rows]


def test_contents_that_cannot_fit_end_in_an_ellipsis() -> None:
    label = Label(PACK.address, PACK.code, "needle 30G x 4 mm and " * 20, PACK.lines)
    rows = [row.text for row in face(label, L7651).rows]
    assert any(row.endswith(ELLIPSIS) for row in rows)
    assert set(PACK.lines) <= set(rows)


def test_a_field_that_cannot_fit_is_refused_by_name() -> None:
    label = Label(PACK.address, PACK.code, "Needles", ("LOT " + "W" * 40,))
    with pytest.raises(LabelTooSmall, match=r"'LOT W+' does not fit at 5 pt on Avery L7651 \(38.1 x 21.2 mm\)"):
        face(label, L7651)


def test_too_many_fields_are_refused() -> None:
    with pytest.raises(LabelTooSmall, match="The code and 40 fields do not fit at 5 pt"):
        face(Label(PACK.address, PACK.code, "", ("LOT A1",) * 40), L7651)


@pytest.mark.parametrize(
    ("length", "key", "obstacle"),
    [
        (1200, "avery-l7651", r"A QR code 26.7 mm wide, 97 modules of 0.25 mm, does not fit"),
        (150, "avery-l4731", r"A DataMatrix 13.2 mm wide, 48 modules of 0.25 mm, does not fit"),
        (280, "avery-l4731", r"This address does not fit a DataMatrix, and a QR code does not fit"),
    ],
)
def test_a_symbol_too_fine_to_scan_is_refused(length: int, key: str, obstacle: str) -> None:
    with pytest.raises(LabelTooSmall, match=obstacle):
        face(Label("HTTPS://STERILOG.EXAMPLE.ORG/".ljust(length, "A"), "", ""), MEDIA[key])


def test_the_first_page_begins_at_the_first_free_label() -> None:
    first, second = place(repeat(PACK, 22), L7160, start=20)
    assert [(placed.x, placed.y) for placed in first] == [L7160.corner(20), L7160.corner(21)]
    assert (second[0].x, second[0].y) == L7160.corner(1)
    assert (len(first), len(second)) == (2, 20)


@pytest.mark.parametrize("start", [0, 22, -1])
def test_a_start_off_the_sheet_is_refused_before_anything_is_laid_out(start: int) -> None:
    with pytest.raises(StartOutOfRange, match=rf"from 1 to 21: Avery L7160 has no label {start}\."):
        place([PACK], L7160, start)


def test_labels_are_taken_only_as_pages_are_asked_for() -> None:
    endless = place(repeat(PACK), L7651)
    assert [len(page) for page in islice(endless, 2)] == [65, 65]


def test_a_roll_has_one_label_a_page() -> None:
    assert [len(page) for page in place([PACK, PACK], ROLL)] == [1, 1]
