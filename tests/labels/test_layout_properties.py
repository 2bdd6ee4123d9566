"""Nothing overlaps, leaves its label or is cut where it must not be, whatever the content and the sheet."""

from itertools import combinations, repeat
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labels import codes
from labels.arranging import SMALLEST_POINTS, padding
from labels.codes import CodeKind
from labels.items import ASCENT, LEADING, POINT
from labels.layout import (
    Face,
    Label,
    LabelTooSmall,
    Line,
    face,
)
from labels.lettering import BOLD, CODE, ELLIPSIS, measured, printable
from labels.marks import SHAPES, SMALLEST_MM, Mark
from labels.media import FINEST, MEDIA, Medium, MediumImpossible, checked

L7160 = MEDIA["avery-l7160"]
ROLL = MEDIA["roll-2x1in"]
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
        width = measured(text, font).ems * em
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
    shown = "".join(row.text for row in rows if row.font == BOLD).replace(" ", "")
    whole = printable(label.title).replace(" ", "")
    assert shown == whole or (shown.endswith(ELLIPSIS) and whole.startswith(shown.removesuffix(ELLIPSIS)))
