"""Label media as data: one entry each. Millimetres, the manufacturers' published dimensions."""

from collections.abc import Mapping
from dataclasses import dataclass

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


@dataclass(frozen=True)
class Medium:
    """A sheet of `columns` x `rows` labels; margins are to the first label, pitches from label to label."""

    key: str
    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Left and top of label `place` (0 is the first), in mm from the page's upper left."""
        row, column = divmod(place % self.per_page, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y


_ALL = (
    Medium("L7160", "Avery L7160, 63.5 x 38.1 mm, 21 a sheet", A4, 3, 7, 63.5, 38.1, 7.2, 15.15, 66.04, 38.1),
    Medium("L7651", "Avery L7651, 38.1 x 21.2 mm, 65 a sheet", A4, 5, 13, 38.1, 21.2, 4.7, 10.7, 40.6, 21.2),
    Medium("L7159", "Avery L7159, 63.5 x 33.9 mm, 24 a sheet", A4, 3, 8, 63.5, 33.9, 6.4, 12.9, 66.0, 33.9),
    Medium("L7163", "Avery L7163, 99.1 x 38.1 mm, 14 a sheet", A4, 2, 7, 99.1, 38.1, 4.7, 15.1, 101.6, 38.1),
    Medium(
        "5160", "Avery 5160, 2 5/8 x 1 inch, 30 a sheet", LETTER, 3, 10, 66.7, 25.4, 4.8, 12.7, 69.9, 25.4
    ),
)
MEDIA: Mapping[str, Medium] = {medium.key: medium for medium in _ALL}
