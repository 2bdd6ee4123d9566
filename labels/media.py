"""Label media as data. To add one, add an entry to `_ALL`; the tests check that it is possible."""

import math
from dataclasses import dataclass

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
LONGEST_MM = 1000
MOST_A_PAGE = 500
FINEST = 0.25
"""mm: no module of ours is smaller. It is two dots of a 203 dpi printer and three of a 300 dpi one, where one dot
more or less of ink still leaves a module nearer to its own size than to none or two."""
COMFORTABLE = (0.33, 0.51)
"""mm: the modules tried first. Phones read 0.33 mm at arm's length; above 0.51 mm a symbol only takes room."""
SMALLEST_SYMBOL = 22
"""Modules a side of the least symbol with its quiet zone: a DataMatrix of a bare code."""
_PRINTERS = (150, 1200)
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Medium:
    """A page of equal labels. Lengths in mm; a margin reaches from the page's edge to the first label, a pitch from
    one label's edge to the same edge of the next. A roll is a page of one label, with `is_sheet` False; of a
    continuous one the page's height is where it is cut. `dpi` is the printer's: modules are whole dots of it.
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
    dpi: int = 300
    continuous: bool = False

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    @property
    def size_text(self) -> str:
        """As a person reads it on the packet: `63.5 x 38.1 mm`."""
        return f"{self.label_width:g} x {self.label_height:g} mm"

    @property
    def dot(self) -> float:
        """mm."""
        return 25.4 / self.dpi

    def corner(self, position: int) -> tuple[float, float]:
        """Top left of label `position` (1 to `per_page`, row by row), mm from the page's top left."""
        row, column = divmod(position - 1, self.columns)
        return (
            self.left_margin + column * self.horizontal_pitch,
            self.top_margin + row * self.vertical_pitch,
        )


class MediumImpossible(ValueError):
    """Measures that no sheet or roll can have; the sentence names the one to correct."""

    def __init__(self, sentence: str, medium: Medium) -> None:
        super().__init__(sentence)
        self.medium = medium


def smallest_module(medium: Medium) -> float:
    """mm: the fewest whole dots of the printer that are not below `FINEST`."""
    return math.ceil(FINEST / medium.dot) * medium.dot


def checked(medium: Medium) -> Medium:
    """`medium` itself, where labels can be printed on it. Raises `MediumImpossible`."""
    fault = _wrong_measure(medium) or _wrong_grid(medium) or _wrong_size(medium)
    if fault:
        raise MediumImpossible(f"{fault} Measure again and correct it.", medium)
    return medium


def _wrong_measure(medium: Medium) -> str | None:
    counts = {"columns": medium.columns, "rows": medium.rows}
    lengths = {
        "page width": medium.page_width,
        "page height": medium.page_height,
        "label width": medium.label_width,
        "label height": medium.label_height,
        "horizontal pitch": medium.horizontal_pitch,
        "vertical pitch": medium.vertical_pitch,
    }
    margins = {"left margin": medium.left_margin, "top margin": medium.top_margin}
    for what, count in counts.items():
        if count < 1:
            return f"The number of {what} is {count}, but a page has at least one label."
    for what, length in lengths.items():
        if not 0 < length <= LONGEST_MM:
            return f"The {what} is {length:g} mm, but must be above 0 and at most {LONGEST_MM} mm."
    for what, length in margins.items():
        if not 0 <= length <= LONGEST_MM:
            return f"The {what} is {length:g} mm, but must be from 0 to {LONGEST_MM} mm."
    least, most = _PRINTERS
    if not least <= medium.dpi <= most:
        return f"The printer's resolution is {medium.dpi} dpi, but must be from {least} to {most}."
    if medium.per_page > MOST_A_PAGE:
        return f"{medium.columns} columns of {medium.rows} are {medium.per_page} labels, above {MOST_A_PAGE} a page."
    return None


def _wrong_grid(medium: Medium) -> str | None:
    if medium.columns > 1 and medium.horizontal_pitch < medium.label_width - _TOLERANCE:
        return (
            f"The horizontal pitch of {medium.horizontal_pitch:g} mm is less than the label width of "
            f"{medium.label_width:g} mm: labels side by side would overlap."
        )
    if medium.rows > 1 and medium.vertical_pitch < medium.label_height - _TOLERANCE:
        return (
            f"The vertical pitch of {medium.vertical_pitch:g} mm is less than the label height of "
            f"{medium.label_height:g} mm: labels one below the other would overlap."
        )
    x, y = medium.corner(medium.per_page)
    right, bottom = x + medium.label_width, y + medium.label_height
    if right > medium.page_width + _TOLERANCE:
        return (
            f"Left margin, pitches and label width reach {right:g} mm, beyond the page width of "
            f"{medium.page_width:g} mm."
        )
    if bottom > medium.page_height + _TOLERANCE:
        return (
            f"Top margin, pitches and label height reach {bottom:g} mm, beyond the page height of "
            f"{medium.page_height:g} mm."
        )
    return None


def _wrong_size(medium: Medium) -> str | None:
    least = SMALLEST_SYMBOL * smallest_module(medium)
    for what, length in (("width", medium.label_width), ("height", medium.label_height)):
        if length < least:
            return f"The label {what} is {length:g} mm, but the smallest code that scanners read is {least:.1f} mm."
    return None


def _roll(key: str, name: str, width: float, height: float) -> Medium:
    """Die-cut labels one behind the other, for a thermal printer of 203 dpi, the usual one."""
    return Medium(key, name, width, height, 1, 1, width, height, 0, 0, width, height, is_sheet=False, dpi=203)


# Sizes, counts and pitches as on the packets and in the makers' template sheets (5160: 1 x 2 5/8 in, side margin
# 3/16 in, pitch 2 3/4 in; 5163: margin 5/32, pitch 4 3/16 in; 5167: margin 9/32, pitch 2 1/16 in). Where published
# margins differ by some tenths, the symmetrical one stands here: for L7651 210 - 5 x 38.1 - 4 x 2.5 = 2 x 4.75, for
# L4731 210 - 7 x 25.4 - 6 x 2.5 = 2 x 8.6. A printer's own error is larger: hence `offset_mm` in pdf.py.
# The continuous rolls are Brother's DK, whose printers have 300 dpi and leave 1.5 mm aside and 3 mm before a cut.
_ALL = (
    Medium("avery-l7160", "Avery L7160", *A4, 3, 7, 63.5, 38.1, 7.2, 15.1, 66.0, 38.1),
    Medium("avery-l7651", "Avery L7651", *A4, 5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 21.2),
    Medium("avery-l7159", "Avery L7159", *A4, 3, 8, 63.5, 33.9, 7.2, 12.9, 66.0, 33.9),
    Medium("avery-l7163", "Avery L7163", *A4, 2, 7, 99.1, 38.1, 4.65, 15.1, 101.6, 38.1),
    Medium("avery-l4731", "Avery L4731", *A4, 7, 27, 25.4, 10.0, 8.6, 13.5, 27.9, 10.0),
    Medium("avery-5160", "Avery 5160", *LETTER, 3, 10, 66.675, 25.4, 4.7625, 12.7, 69.85, 25.4),
    Medium("avery-5163", "Avery 5163", *LETTER, 2, 5, 101.6, 50.8, 3.96875, 12.7, 106.3625, 50.8),
    Medium("avery-5167", "Avery 5167", *LETTER, 4, 20, 44.45, 12.7, 7.14375, 12.7, 52.3875, 12.7),
    Medium("roll-62", "62 mm roll, cut every 35 mm", 62, 35, 1, 1, 59, 29, 1.5, 3, 59, 29, False, 300, True),
    Medium("roll-29", "29 mm roll, cut every 48 mm", 29, 48, 1, 1, 26, 42, 1.5, 3, 26, 42, False, 300, True),
    _roll("roll-54x25", "Roll 54 x 25 mm", 54, 25),
    _roll("roll-50x25", "Roll 50 x 25 mm", 50, 25),
    _roll("roll-57x32", "Roll 57 x 32 mm", 57, 32),
    _roll("roll-2x1in", "Roll 2 x 1 inch", 50.8, 25.4),
    _roll("roll-25x25", "Roll 25 x 25 mm", 25, 25),
)
MEDIA = {medium.key: medium for medium in _ALL}
