"""The command line. Exit codes: 0 done, 1 found broken or refused, 2 wrong usage, 3 part of the input refused."""

import click

from inventory.cli.reading import judge, read
from inventory.cli.records import audit, backup, export, labels
from inventory.cli.serving import demo, init, serve


@click.group()
@click.version_option(package_name="sterilog")
def main() -> None:
    """Sterilog: needle lots, guns, disinfection and needle changes, kept traceable."""


for command in (demo, serve, init, audit, backup, export, labels, read, judge):
    main.add_command(command)
