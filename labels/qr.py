"""QR codes as matrices, and as the fewest rectangles that draw them."""

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData, RE_ALPHA_NUM  # isort: skip

MASK = 0
"""Any mask is legal; choosing the best of eight costs six times as much. The decoding tests keep it honest."""
QUIET_MODULES = 4
_CAPACITY_ALPHANUMERIC = (0, 20, 38, 61, 90, 122, 154, 178, 221, 262, 311)
"""Characters that fit version 1 to 10 at level M, alphanumeric (ISO/IEC 18004, table 7)."""
_CAPACITY_BYTES = (0, 14, 26, 42, 62, 84, 106, 122, 152, 180, 213)


class TooLongForLabel(ValueError):
    """More text than a label's QR is meant to hold."""


@dataclass(frozen=True)
class Matrix:
    """`rows[y][x]` is true for a dark module; a square of `size` modules without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        return len(self.rows)


def matrix_of(text: str) -> Matrix:
    """The smallest version that holds `text` at level M. Raises `TooLongForLabel` past version 10."""
    raw = text.encode()
    alphanumeric = RE_ALPHA_NUM.match(raw) is not None
    capacity = _CAPACITY_ALPHANUMERIC if alphanumeric else _CAPACITY_BYTES
    version = next((number for number, most in enumerate(capacity) if len(raw) <= most and number), None)
    if version is None:
        raise TooLongForLabel(f"{len(raw)} characters are too many for a label's QR code.")
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    code.add_data(QRData(raw, mode=MODE_ALPHA_NUM if alphanumeric else MODE_8BIT_BYTE), optimize=0)
    code.make(fit=False)
    return Matrix(tuple(tuple(bool(module) for module in row) for row in code.modules))


def runs_of(matrix: Matrix) -> list[tuple[int, int, int]]:
    """Dark runs as (row from the top, column, length)."""
    runs = []
    for y, row in enumerate(matrix.rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            runs.append((y, start, x - start))
    return runs
