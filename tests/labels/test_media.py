"""Every medium's grid against its page, and the measures people type."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.media import FINEST, MEDIA, MOST_A_PAGE, Medium, MediumImpossible, checked, smallest_module

L7160 = MEDIA["avery-l7160"]
every_medium = pytest.mark.parametrize("medium", MEDIA.values(), ids=lambda medium: medium.key)
lengths = st.floats(-10, 400) | st.sampled_from([0.0, 25.4, 38.1, 63.5, 210.0, 297.0, math.nan, math.inf])
counts = st.integers(-1, 40)
typed = st.builds(
    Medium,
    st.just("own"),
    st.just("Own"),
    *(lengths, lengths, counts, counts, lengths, lengths, lengths, lengths, lengths, lengths),
    is_sheet=st.booleans(),
    dpi=st.sampled_from([0, -1, 150, 203, 300, 600, 5000]),
)


@every_medium
def test_every_medium_of_ours_is_possible(medium: Medium) -> None:
    assert checked(medium) is medium


@every_medium
def test_the_grid_fits_the_page(medium: Medium) -> None:
    for position in range(1, medium.per_page + 1):
        x, y = medium.corner(position)
        assert x >= 0 and y >= 0
        assert x + medium.label_width <= medium.page_width
        assert y + medium.label_height <= medium.page_height


@every_medium
def test_labels_of_a_sheet_do_not_overlap(medium: Medium) -> None:
    assert medium.horizontal_pitch >= medium.label_width
    assert medium.vertical_pitch >= medium.label_height


@every_medium
def test_the_grid_stands_in_the_middle_of_its_page(medium: Medium) -> None:
    """All these sheets are symmetrical within a millimetre: a mistyped margin would show."""
    x, y = medium.corner(medium.per_page)
    assert medium.page_width - x - medium.label_width == pytest.approx(medium.left_margin, abs=1)
    assert medium.page_height - y - medium.label_height == pytest.approx(medium.top_margin, abs=1)


def test_the_sheets_hold_as_many_labels_as_their_packets_say() -> None:
    assert {medium.name: medium.per_page for medium in MEDIA.values() if medium.is_sheet} == {
        "Avery L7160": 21,
        "Avery L7651": 65,
        "Avery L7159": 24,
        "Avery L7163": 14,
        "Avery L4731": 189,
        "Avery 5160": 30,
        "Avery 5163": 10,
        "Avery 5167": 80,
    }


def test_a_roll_is_a_page_of_one_label_and_says_where_it_is_cut() -> None:
    rolls = [medium for medium in MEDIA.values() if not medium.is_sheet]
    assert {medium.per_page for medium in rolls} == {1}
    for medium in rolls:
        assert f"{medium.page_height:g} mm" in medium.name or not medium.continuous


def test_labels_are_counted_row_by_row() -> None:
    assert L7160.corner(1) == (7.2, 15.1)
    assert L7160.corner(2) == (7.2 + 66.0, 15.1)
    assert L7160.corner(4) == (7.2, 15.1 + 38.1)


@every_medium
def test_a_medium_is_found_by_its_own_key(medium: Medium) -> None:
    assert MEDIA[medium.key] is medium


@pytest.mark.parametrize(("dpi", "dots"), [(203, 2), (300, 3), (600, 6), (1200, 12), (150, 2)])
def test_the_smallest_module_is_whole_dots_of_the_printer(dpi: int, dots: int) -> None:
    least = smallest_module(replace(L7160, dpi=dpi))
    assert least / 25.4 * dpi == pytest.approx(dots)
    assert least >= FINEST


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"columns": 0}, "The number of columns is 0"),
        ({"rows": -1}, "The number of rows is -1"),
        ({"page_width": 0}, "The page width is 0 mm"),
        ({"label_height": 1000.5}, "The label height is 1000.5 mm"),
        ({"label_width": math.nan}, "The label width is nan mm"),
        ({"left_margin": -0.1}, "The left margin is -0.1 mm"),
        ({"dpi": 72}, "resolution is 72 dpi"),
        ({"columns": 20, "rows": 26}, f"520 labels, above {MOST_A_PAGE} a page"),
        ({"horizontal_pitch": 60}, "horizontal pitch of 60 mm is less than the label width of 63.5 mm"),
        ({"vertical_pitch": 30}, "vertical pitch of 30 mm is less than the label height"),
        ({"left_margin": 20}, "reach 215.5 mm, beyond the page width of 210 mm"),
        ({"rows": 8}, "reach 319.9 mm, beyond the page height of 297 mm"),
        ({"label_height": 5}, "The label height is 5 mm, but the smallest code that scanners read is 5.6 mm"),
    ],
)
def test_a_measure_that_cannot_be_is_named(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(MediumImpossible) as refused:
        checked(replace(L7160, **wrong))
    assert sentence in str(refused.value)
    assert str(refused.value).endswith("Measure again and correct it.")


@given(typed)
def test_a_medium_that_passes_has_its_labels_on_the_page_and_apart(medium: Medium) -> None:
    try:
        checked(medium)
    except MediumImpossible as refused:
        assert refused.medium is medium
        return
    assert 1 <= medium.per_page <= MOST_A_PAGE
    for position in range(1, medium.per_page + 1):
        x, y = medium.corner(position)
        assert x >= 0 and x + medium.label_width <= medium.page_width + 0.011
        assert y >= 0 and y + medium.label_height <= medium.page_height + 0.011
