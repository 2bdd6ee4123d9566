"""`sterilog reorder backtest`: how our reorder rule does against a fixed reorder point."""

import click

from inventory.purchasing.backtest import Outcome, compared


@click.group()
def reorder() -> None:
    """When to order again."""


@reorder.command()
@click.option("--years", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many are lived.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the first invented year.")
def backtest(years: int, seed: int) -> None:
    """Live invented years on the same demand: by our rule, and at a reorder point set once from the first quarter.

    The years are simulated from seeds, as the demo clinic has 90 days only. The third column is the fixed point set
    with hindsight so that it holds as much stock as ours. Whatever comes out is printed.

    \b
    Exit codes: 0  printed
                2  used wrongly
    """
    rows = compared(range(seed, seed + years))
    click.echo(f"Mean of {years} invented years from seed {seed}: days with something missing / mean stock / orders")
    click.echo(f"{'use':20}{'our rule':>20}{'fixed point':>20}{'fixed, as much stock':>28}")
    for row in rows:
        level = f"{_said(row.level)} x{row.times:.1f}"
        click.echo(f"{row.name:20}{_said(row.ours):>20}{_said(row.fixed):>20}{level:>28}")
    sums = [_sum([getattr(row, name) for row in rows]) for name in ("ours", "fixed", "level")]
    click.echo(f"{'all':20}{sums[0]:>20}{sums[1]:>20}{sums[2]:>23}")


def _said(outcome: Outcome) -> str:
    return f"{outcome.days_out:.1f} / {outcome.mean_stock:.0f} / {outcome.orders:.0f}"


def _sum(outcomes: list[Outcome]) -> str:
    days_out, held = sum(each.days_out for each in outcomes), sum(each.mean_stock for each in outcomes)
    return f"{days_out:.1f} / {held:.0f} / {sum(each.orders for each in outcomes):.0f}"
