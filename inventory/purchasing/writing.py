"""How the clinic at work writes amounts and days, for templates."""

from dataclasses import dataclass
from datetime import date

from inventory.purchasing.amounts import Writing, decimal, money, written_day


@dataclass(frozen=True)
class Written:
    writing: Writing

    def money(self, minor: int, currency: str = "") -> str:
        return money(minor, self.writing, currency)

    def day(self, value: date | None) -> str:
        return written_day(value, self.writing)

    def decimal(self, value: float) -> str:
        return decimal(value, self.writing)
