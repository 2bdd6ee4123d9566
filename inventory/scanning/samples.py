"""The two codes a scanner is tested with, drawn as QR. Pure."""

from dataclasses import dataclass

from labels import qr

SEPARATOR = "\x1d"


@dataclass(frozen=True)
class Sample:
    """`path` is an SVG path of dark modules; the drawing is `size` units wide and high, quiet zone included."""

    name: str
    about: str
    text: str
    path: str
    size: int


def _drawn(name: str, about: str, text: str) -> Sample:
    symbol = qr.matrix(text)
    quiet = qr.QUIET_ZONE
    path = "".join(f"M{run.start + quiet} {run.row + quiet}h{run.length}v1h-{run.length}z" for run in qr.runs(symbol))
    return Sample(name, about, text, path, symbol.size_with_quiet_zone)


LABEL = _drawn(
    "Our label",
    "Every letter, digit and sign that our own labels use.",
    "HTTPS://TEST/P/0123456789ABCDEFGHJKMNPQRSTVWXYZ",
)
SUPPLIER = _drawn(
    "A supplier's code",
    "As GS1 writes it: a lot, the separator, an expiry date.",
    f"010952123454321310TEST1{SEPARATOR}17281231",
)
SAMPLES = (LABEL, SUPPLIER)
