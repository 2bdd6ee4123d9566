"""Label media as data. To add one, add an entry to `_ALL`; the tests check that its grid fits its page."""

from dataclasses import dataclass

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


@dataclass(frozen=True, slots=True)
class Medium:
    """A page of equal labels. Lengths in mm; a margin reaches from the page's edge to the first label, a pitch from
    one label's edge to the same edge of the next. A roll is a page of one label, with `is_sheet` False.
    """

    key: str
    name: str
    page_width: float
    page_height: float
    columns: int
    rows: int
    label_width: float
    label_height: float
    left_margin: float
    top_margin: float
    horizontal_pitch: float
    vertical_pitch: float
    is_sheet: bool = True

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def size_text(self) -> str:
        """As a person reads it on the packet: `63.5 x 38.1 mm`."""
        return f"{self.label_width:g} x {self.label_height:g} mm"

    def corner(self, position: int) -> tuple[float, float]:
        """Top left of label `position` (1 to `per_page`, row by row), mm from the page's top left."""
        row, column = divmod(position - 1, self.columns)
        return (
            self.left_margin + column * self.horizontal_pitch,
            self.top_margin + row * self.vertical_pitch,
        )


# Sizes, counts and pitches as on the packets and in the makers' template sheets (5160: 1 x 2 5/8 in, side margin
# 3/16 in, pitch 2 3/4 in). Where published margins differ by some tenths, the symmetrical one stands here: for
# L7651 210 - 5 x 38.1 - 4 x 2.5 = 2 x 4.75. A printer's own error is larger: hence `offset_mm` in pdf.py.
_ALL = (
    Medium("avery-l7160", "Avery L7160", *A4, 3, 7, 63.5, 38.1, 7.2, 15.1, 66.0, 38.1),
    Medium("avery-l7651", "Avery L7651", *A4, 5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 21.2),
    Medium("avery-l7159", "Avery L7159", *A4, 3, 8, 63.5, 33.9, 7.2, 12.9, 66.0, 33.9),
    Medium("avery-l7163", "Avery L7163", *A4, 2, 7, 99.1, 38.1, 4.65, 15.1, 101.6, 38.1),
    Medium("avery-5160", "Avery 5160", *LETTER, 3, 10, 66.675, 25.4, 4.7625, 12.7, 69.85, 25.4),
)
MEDIA = {medium.key: medium for medium in _ALL}
