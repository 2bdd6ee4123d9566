"""`sterilog mail send`: for cron, beside what views send right after a commit."""

import sys
from pathlib import Path

import click

from inventory.cli.opening import DATA, database
from inventory.mail import smtp
from inventory.mail.views import deliver_waiting


@click.group()
def mail() -> None:
    """Mail that waits to be sent."""


@mail.command()
@DATA
def send(data: Path | None) -> None:
    """Hand every message that is due to the server at STERILOG_SMTP_URL.

    \b
    Exit codes: 0  nothing waits any more, or nothing was due
                1  some messages were not taken; they stay in the queue
                2  used wrongly, such as without STERILOG_SMTP_URL
    """
    with database(data) as app:
        if not app.config["SMTP_URL"]:
            raise click.UsageError("Set STERILOG_SMTP_URL, such as smtp+starttls://user:password@mail.example:587.")
        try:
            sent, failed = deliver_waiting()
        except smtp.UnusableAddress as fault:
            raise click.UsageError(str(fault)) from None
    click.echo(f"{sent} sent, {failed} not taken")
    sys.exit(1 if failed else 0)
