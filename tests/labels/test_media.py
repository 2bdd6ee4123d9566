"""Every medium's grid against its page."""

import pytest

from labels.media import MEDIA, Medium

every_medium = pytest.mark.parametrize("medium", MEDIA.values(), ids=lambda medium: medium.key)


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
    assert {medium.name: medium.per_page for medium in MEDIA.values()} == {
        "Avery L7160": 21,
        "Avery L7651": 65,
        "Avery L7159": 24,
        "Avery L7163": 14,
        "Avery 5160": 30,
    }


def test_labels_are_counted_row_by_row() -> None:
    medium = MEDIA["avery-l7160"]
    assert medium.corner(1) == (7.2, 15.1)
    assert medium.corner(2) == (7.2 + 66.0, 15.1)
    assert medium.corner(4) == (7.2, 15.1 + 38.1)


@every_medium
def test_a_medium_is_found_by_its_own_key(medium: Medium) -> None:
    assert MEDIA[medium.key] is medium
