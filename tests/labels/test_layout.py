"""What a label shows on each medium, and what is refused with which words."""

from itertools import islice, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.layout import Label, LabelTooSmall, StartOutOfRange, face, place
from labels.lettering import ELLIPSIS, printable
from labels.media import MEDIA, Medium

L7160, L7651, ROLL = MEDIA["avery-l7160"], MEDIA["avery-l7651"], MEDIA["roll-2x1in"]
PACK = Label(
    "HTTPS://STERILOG.EXAMPLE.ORG/P/7K2Q9XMD4WTN8B3CZ",
    "7K2Q-9XMD-4WTN-8B3CZ",
    "5 x needle 30G x 4 mm, 1 luer adapter",
    ("LOT A123", "USE BY 2028-01-31", "LOAD S1-2026-0042"),
    "Room 2",
)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
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
        ("Łódź 針", "Łódź ?"),
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
