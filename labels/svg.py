"""A QR symbol as one path of an SVG, for screens and printed pages; for labels see `pdf`."""

from dataclasses import dataclass

from labels import qr


@dataclass(frozen=True, slots=True)
class Drawing:
    """`path` outlines the dark modules; the drawing is `size` units wide and high, quiet zone included."""

    path: str
    size: int


def drawing(text: str) -> Drawing:
    """Raises `qr.Unencodable`."""
    symbol, quiet = qr.matrix(text), qr.QUIET_ZONE
    path = "".join(f"M{run.start + quiet} {run.row + quiet}h{run.length}v1h-{run.length}z" for run in qr.runs(symbol))
    return Drawing(path, symbol.size_with_quiet_zone)
