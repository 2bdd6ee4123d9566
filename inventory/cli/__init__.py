"""The command line. Exit codes: 0 fine, 1 found something wrong, 2 used wrongly."""

import click

from inventory.cli.anchoring import anchors, witness
from inventory.cli.backing_up import backup
from inventory.cli.catalogue import import_
from inventory.cli.digesting import digest
from inventory.cli.log import export_log
from inventory.cli.mailing import mail
from inventory.cli.reading import judge, read
from inventory.cli.records import audit, export, labels
from inventory.cli.reordering import reorder
from inventory.cli.restoring import restore
from inventory.cli.retaining import retention
from inventory.cli.serving import demo, init, serve
from inventory.cli.signing import sign


@click.group()
@click.version_option(package_name="sterilog")
def main() -> None:
    """Sterilog: needle lots, guns, disinfection and needle changes, kept traceable.

    Exit codes, of every command: 0 fine, 1 something was found wrong or refused, 2 used wrongly. What is wrong is
    said in a sentence on standard error; results go to standard output.
    """


COMMANDS = (
    demo,
    serve,
    init,
    audit,
    sign,
    backup,
    restore,
    export,
    import_,
    labels,
    read,
    judge,
    reorder,
    digest,
    mail,
    anchors,
    witness,
    retention,
)
export.add_command(export_log)
for command in COMMANDS:
    main.add_command(command)
