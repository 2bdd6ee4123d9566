"""`sterilog read` and `sterilog judge`: the readers and rules of the pages, on lines of text."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import click

from inventory import clock
from inventory.compliance.facts import Thresholds
from inventory.compliance.judging import BadFacts, finding_as_mapping, session_facts_from
from inventory.compliance.rules import judge as judged
from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode
from labels.codes import UnreadableCode

PART_REFUSED = 3


@click.command()
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Count centuries from this day, not from today.")
def read(today: object) -> None:
    """Read barcode texts on standard input, one a line; <GS>, {GS} and ^ stand for the separator.

    One JSON line each: kind, gtin, hibc, lot, expires_on, serial, quantity, or error. Exit code 3 when some
    line could not be read.
    """
    day = today.date() if hasattr(today, "date") else clock.utc_now().date()
    _each_line(lambda text: _read_one(text, day))


@click.command()
@click.option(
    "--policy",
    type=click.Path(exists=True, path_type=Path),
    help="Thresholds as JSON; default: the default policy.",
)
def judge(policy: Path | None) -> None:
    """Judge sessions on standard input, one JSON object a line; findings come out as JSON, one line each.

    Fields: area_cm2, punctures, minutes, regions (a number or a list of names), syringes, needles (how many were
    used) or needle_uses (a list; each: punctures, minutes, area_cm2, regions, pins). Exit code 3 when some line
    could not be judged.
    """
    try:
        given = json.loads(policy.read_text()) if policy else {}
        thresholds = Thresholds.from_mapping({**Thresholds().as_mapping(), **given})
    except ValueError as fault:
        raise click.UsageError(f"The policy cannot be used: {fault}") from None
    _each_line(lambda text: _judge_one(text, thresholds))


def _each_line(answer: Callable[[str], Mapping[str, object]]) -> None:
    refused = False
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        said = answer(text)
        refused = refused or "error" in said
        click.echo(json.dumps(said, ensure_ascii=False))
    if refused:
        sys.exit(PART_REFUSED)


def _read_one(text: str, today: date) -> dict[str, object]:
    try:
        if codes.looks_like_own(text):
            own = codes.parse(text)
            return {"kind": "own", "of": own.kind.name.lower() if own.kind else None, "code": own.code}
        found = barcodes.read(text, today=today)
    except UnreadableBarcode as unreadable:
        return {"text": text, "error": unreadable.sentence}
    except UnreadableCode as unreadable:
        return {"text": text, "error": str(unreadable)}
    return {
        "kind": found.kind.value,
        "gtin": found.gtin,
        "hibc": found.hibc_id,
        "lot": found.lot,
        "expires_on": found.expires_on.isoformat() if found.expires_on else None,
        "serial": found.serial,
        "quantity": found.quantity,
        "lot_unread": found.lot_unread,
        "incomplete": found.incomplete,
    }


def _judge_one(text: str, thresholds: Thresholds) -> dict[str, object]:
    try:
        facts = session_facts_from(json.loads(text))
    except json.JSONDecodeError as fault:
        return {"text": text, "error": f"This line is no JSON: {fault.msg} at character {fault.pos + 1}."}
    except BadFacts as fault:
        return {"text": text, "error": str(fault)}
    return {"findings": [finding_as_mapping(finding) for finding in judged(facts, thresholds)]}
