"""Punctures nobody counted. Always shown as estimated. Pure."""


def from_area(area_cm2: int, spacing_mm: int) -> int:
    """Punctures on a square grid: area divided by the square of the spacing, rounded half up."""
    return (area_cm2 * 100 * 2 + spacing_mm**2) // (2 * spacing_mm**2)


def from_time(seconds: int, shots_per_minute: int) -> int:
    """Shots at a steady rate, rounded half up."""
    return (seconds * shots_per_minute * 2 + 60) // 120
