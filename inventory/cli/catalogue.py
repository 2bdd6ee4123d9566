"""`sterilog import catalogue` and `sterilog export catalogue`: the file of the page, without the page."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from inventory.audit.actors import Program
from inventory.cli.opening import CLINIC, DATA, OUTPUT, database, the_clinic, written_whole
from inventory.cli.records import export
from inventory.clock import utc_now
from inventory.db import begin_write, db
from inventory.stock import exporting, importing
from inventory.stock.catalogue_plan import Plan
from inventory.stock.importing import Check, Progress
from inventory.tables.cells import LARGEST_FILE

MOST_TOLD = 1_000


@click.group("import")
def import_() -> None:
    """Files from outside."""


@import_.command("catalogue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@CLINIC
@DATA
def import_catalogue(file: Path, dry_run: bool, name: str | None, data: Path | None) -> None:
    """Bring the products and packages of a CSV or XLSX file into the catalogue, all of them or none.

    The first row names the columns, in any order, as an export does; Name is needed always, Kind and Counted in for
    new products. A blank cell leaves what is known as it is, a hyphen empties it. What cannot be used is told with
    row, column and reason on standard error.

    \b
    Exit codes: 0  imported, or there was nothing to change
                1  refused: some cell cannot be used; nothing was changed
                2  used wrongly, such as a file that is no table
    """
    with database(data):
        by = the_clinic(name)
        with file.open("rb") as opened:
            check = Check(opened.read(LARGEST_FILE + 1), by.clinic_id)
        _shown(check.read(), "Reading")
        db.session.rollback()
        if not dry_run:
            begin_write()
        _shown(check.compare(), "Comparing")
        _tell_faults(check.plan)
        if not dry_run:
            _apply(check.plan, by)
    plan = check.plan
    if plan.wanted.faults:
        click.echo(f"{file}: {len(plan.wanted.faults)} cells cannot be used. Nothing was changed.", err=True)
        sys.exit(1)
    verb = "would be" if dry_run else "were"
    click.echo(
        f"{file}: {plan.wanted.rows} rows, {plan.wanted.form}. {len(plan.created)} products {verb} added, "
        f"{len(plan.changed)} changed, {plan.same} are so already."
    )


@export.command("catalogue")
@CLINIC
@OUTPUT
@DATA
def export_catalogue(name: str | None, output: Path, data: Path | None) -> None:
    """Write products and packages as CSV, or as XLSX where OUTPUT ends so. Imported again it changes nothing.

    An apostrophe stands before whatever a spreadsheet could take for a formula; an import takes it off again.

    \b
    Exit codes: 0  written
                1  the database cannot be read
                2  used wrongly
    """
    with database(data), written_whole(output) as part, part.open("wb") as file:
        by = the_clinic(name)
        workbook = output.suffix.lower() == ".xlsx"
        file.writelines([exporting.as_xlsx(by.clinic_id)] if workbook else exporting.as_csv(by.clinic_id))
    click.echo(f"{output}: written")


def _apply(plan: Plan, by: Program) -> None:
    if not plan.wanted.faults:
        _shown(importing.apply(plan, by, utc_now()), "Writing")
        db.session.commit()


def _shown(steps: Iterable[Progress], label: str) -> None:
    """A bar where somebody looks; a line a phase of the work otherwise."""
    first = next(iterator := iter(steps), None)
    if first is None:
        return
    with click.progressbar(length=first.of, label=label, file=sys.stderr) as bar:
        done = first.done
        bar.update(done)
        for step in iterator:
            bar.update(step.done - done)
            done = step.done


def _tell_faults(plan: Plan) -> None:
    for fault in plan.wanted.faults[:MOST_TOLD]:
        where = f"row {fault.row}" + (f", column {fault.column}" if fault.column else "")
        click.echo(f"{where}: {fault.why}" + (f" ({fault.text})" if fault.text else ""), err=True)
    if plan.wanted.ignored:
        click.echo(f"Left out, as they mean nothing here: {', '.join(plan.wanted.ignored[:20])}.", err=True)
