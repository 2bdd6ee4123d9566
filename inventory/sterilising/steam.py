"""Saturated steam: the pressure that belongs to a temperature, and what another pressure tells. Pure.

IAPWS-IF97, region 4 (the saturation line), equation 30 with the coefficients of its table 34; to 0.03 % it gives
2.05 bar at 121 C, 2.87 bar at 132 C and 3.04 bar at 134 C. It is computed only, never recorded.
"""

from enum import StrEnum

_N = (
    0.11670521452767e4,
    -0.72421316703206e6,
    -0.17073846940092e2,
    0.12020824702470e5,
    -0.32325550322333e7,
    0.14915108613530e2,
    -0.48232657361591e4,
    0.40511340542057e6,
    -0.23855557567849,
    0.65017534844798e3,
)
_KELVIN = 273.15
_MILLIBAR_A_MEGAPASCAL = 10_000
TOLERANCE_TENTHS = 20
"""Measured temperature and that of saturated steam at the measured pressure differ by 2 K at most (EN 285)."""


class Steam(StrEnum):
    SATURATED = "saturated"
    AIR = "air"
    """More pressure than steam of this temperature has: air is in the chamber."""
    SUPERHEATED = "superheated"
    """Less: the steam is superheated, or the temperature is not that of steam."""


def saturation_millibar(temperature_tenths: int) -> int:
    """Absolute pressure of saturated steam in mbar, for 0 to 3500 tenths of a degree Celsius."""
    kelvin = temperature_tenths / 10 + _KELVIN
    theta = kelvin + _N[8] / (kelvin - _N[9])
    a = theta * theta + _N[0] * theta + _N[1]
    b = _N[2] * theta * theta + _N[3] * theta + _N[4]
    c = _N[5] * theta * theta + _N[6] * theta + _N[7]
    root: float = (2 * c / (-b + (b * b - 4 * a * c) ** 0.5)) ** 4
    return round(root * _MILLIBAR_A_MEGAPASCAL)


def judged(temperature_tenths: int, pressure_millibar: int) -> Steam:
    """What a temperature and an absolute pressure measured together tell."""
    if pressure_millibar > saturation_millibar(temperature_tenths + TOLERANCE_TENTHS):
        return Steam.AIR
    if pressure_millibar < saturation_millibar(temperature_tenths - TOLERANCE_TENTHS):
        return Steam.SUPERHEATED
    return Steam.SATURATED
