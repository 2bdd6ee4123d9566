"""`sterilog reorder backtest`: how our reorder rule does against a fixed reorder point."""

import click

from inventory.purchasing.backtest import Outcome, compared


@click.group()
def reorder() -> None:
    """When to order again."""


@reorder.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Of the invented year.")
def backtest(seed: int) -> None:
    """Live an invented year twice on the same demand: by our rule, and at a reorder point set once.

    The year is simulated from a seed, as the demo clinic has 90 days only. Whatever comes out is printed.

    \b
    Exit codes: 0  printed
                2  used wrongly
    """
    click.echo(f"Invented year, seed {seed}; days with something missing / mean stock / orders")
    click.echo(f"{'use':20}{'our rule':>24}{'fixed reorder point':>26}")
    rows = compared(seed)
    for name, ours, fixed in rows:
        click.echo(f"{name:20}{_said(ours):>24}{_said(fixed):>26}")
    click.echo(f"{'all':20}{_sum([ours for _, ours, _ in rows]):>24}{_sum([fixed for _, _, fixed in rows]):>26}")


def _said(outcome: Outcome) -> str:
    return f"{outcome.days_out} / {outcome.mean_stock:.0f} / {outcome.orders}"


def _sum(outcomes: list[Outcome]) -> str:
    days_out, held = sum(each.days_out for each in outcomes), sum(each.mean_stock for each in outcomes)
    return f"{days_out} / {held:.0f} / {sum(each.orders for each in outcomes)}"
