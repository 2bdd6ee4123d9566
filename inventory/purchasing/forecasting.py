"""Demand that comes now and then, such as five-pin heads: its kind, and its rate per day. Pure.

Croston, "Forecasting and stock control for intermittent demands", Operational Research Quarterly 23 (1972): size and
interval are smoothed apart, and only when something is used. Syntetos and Boylan, "The accuracy of intermittent demand
estimates", International Journal of Forecasting 21 (2005): Croston's quotient is too high by about alpha / 2, so it is
multiplied by 1 - alpha / 2 (SBA). Kinds by Syntetos, Boylan and Croston, "On the categorization of demand patterns",
Journal of the Operational Research Society 56 (2005): cut-offs 1.32 and 0.49.
"""

from collections.abc import Sequence
from enum import StrEnum

ALPHA = 0.1
"""Croston's own range is 0.1 to 0.2."""
INTERVAL_CUT_OFF = 1.32
SIZE_CUT_OFF = 0.49


class Pattern(StrEnum):
    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"


def pattern(interval: float, squared_variation: float) -> Pattern:
    """By the mean days between days of use (ADI) and the squared coefficient of variation of their sizes (CV2)."""
    if interval < INTERVAL_CUT_OFF:
        return Pattern.SMOOTH if squared_variation < SIZE_CUT_OFF else Pattern.ERRATIC
    return Pattern.INTERMITTENT if squared_variation < SIZE_CUT_OFF else Pattern.LUMPY


def croston(periods: Sequence[int], sizes: Sequence[int], alpha: float = ALPHA) -> float:
    """Units per period, from the numbers (1, 2, ...) of the periods with demand, in order, and what was used in each.

    Size and interval begin with their first values: the first interval is the number of the first period.
    """
    if not sizes:
        return 0.0
    size, interval, earlier = float(sizes[0]), float(periods[0]), periods[0]
    for period, used in zip(periods[1:], sizes[1:], strict=True):
        size += alpha * (used - size)
        interval += alpha * (period - earlier - interval)
        earlier = period
    return size / interval


def sba(periods: Sequence[int], sizes: Sequence[int], alpha: float = ALPHA) -> float:
    """Croston's rate with the correction of Syntetos and Boylan, in units per period."""
    return (1 - alpha / 2) * croston(periods, sizes, alpha)
