"""The number a package is scanned by, in the one spelling it is stored in. Pure."""

from inventory.errors import Invalid
from inventory.stock.models import CodeScheme, PackageLevel


class UnusableCode(Invalid):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="code")


def scheme_of(code: str) -> CodeScheme:
    """A GTIN is digits only; a HIBC's labeller code begins with a letter."""
    return CodeScheme.GTIN if "".join(code.split()).isdigit() else CodeScheme.HIBC


def usual_level(base_units: int) -> PackageLevel:
    """What a package is where nobody said it."""
    return PackageLevel.EACH if base_units == 1 else PackageLevel.BOX


def stored(scheme: CodeScheme, code: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits, or the identity of a HIBC. Raises `UnusableCode`."""
    compact = "".join(code.split())
    if scheme is CodeScheme.GTIN:
        return _gtin(compact)
    identity = compact.removeprefix("+").upper()
    if not (identity.isascii() and identity.isalnum() and 6 <= len(identity) <= 23 and identity[0].isalpha()):
        raise UnusableCode("A HIBC begins with a letter and has 6 to 23 letters and digits. Scan it again.")
    return identity


def _gtin(digits: str) -> str:
    if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14)):
        raise UnusableCode("A GTIN has 8, 12, 13 or 14 digits. Type the digits below the barcode.")
    padded = digits.zfill(14)
    # GS1 General Specifications 7.9: weights 3 and 1 alternating, the sum completed to a multiple of ten.
    total = 3 * sum(map(int, padded[::2])) + sum(map(int, padded[1::2]))
    if total % 10:
        raise UnusableCode("The last digit does not fit the GTIN: one digit was misread. Type it again.")
    return padded
