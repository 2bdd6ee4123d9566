"""Text to a DataMatrix (ISO/IEC 16022, ECC 200), for labels that are too small for a QR code.

Always in the ASCII encodation: our codes need 18 x 18 modules in it as in C40, and ppf.datamatrix ends a C40 string
with half of a shifted character where a dot falls on the border of two codewords.
"""

from bisect import bisect_left

from ppf.datamatrix import DataMatrix

from labels.qr import Matrix, Unencodable

QUIET_ZONE = 2
"""Modules; the standard asks for 1, and a printer's smear takes some of it."""
# Square symbols of one Reed-Solomon block: codewords of data, modules a side (ISO/IEC 16022, table 7).
_CAPACITIES = (3, 5, 8, 12, 18, 22, 30, 36, 44, 62, 86, 114, 144, 174)
_SIZES = (10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48)


def size(text: str) -> int:
    """Modules a side of `matrix(text)`. Raises `Unencodable`."""
    if not text:
        raise Unencodable("A label needs an address for its code.")
    if not text.isascii():
        raise Unencodable("A DataMatrix of ours holds plain letters and digits only. Choose a larger label.")
    codewords = len(text.encode("datamatrix.ascii"))
    if codewords > _CAPACITIES[-1]:
        raise Unencodable(f"A DataMatrix of ours cannot hold {len(text)} characters. Choose a larger label.")
    return _SIZES[bisect_left(_CAPACITIES, codewords)]


def matrix(text: str) -> Matrix:
    """The smallest square symbol. Raises `Unencodable`."""
    expected = size(text)
    rows = DataMatrix(text, codecs=["ascii"]).matrix
    return Matrix(expected, b"\0".join(map(bytes, rows)) + b"\0", QUIET_ZONE)
