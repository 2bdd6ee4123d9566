"""`sterilog read` and `sterilog judge`: the readers and rules of the pages, on lines of text."""

from datetime import date, datetime
from pathlib import Path

import click

from inventory import clock
from inventory.cli.json_text import BadJson, from_json
from inventory.cli.lines import BadLine, answer_each
from inventory.compliance.facts import Thresholds
from inventory.compliance.judging import BadFacts, finding_as_mapping, session_facts_from
from inventory.compliance.rules import judge as judged
from labels import barcodes, codes
from labels.barcodes import UnreadableBarcode
from labels.codes import UnreadableCode


@click.command()
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Count centuries from this day, not from today.")
def read(today: datetime | None) -> None:
    """Read barcode texts on standard input, one a line; <GS>, {GS} and ^ stand for the separator.

    One JSON line each: kind, gtin, hibc, lot, expires_on, serial, quantity, lot_unread (the separator was lost),
    incomplete (a sentence where a second barcode of the pack must be read too); of a label of ours kind "own", of
    and code. A line that cannot be read is answered with line, text and error, a sentence.

    \b
    Exit codes: 0  every line was read
                1  some line could not be read
                2  used wrongly
    """
    day = today.date() if today else clock.utc_now().date()
    answer_each(lambda text: _read_one(text, day))


@click.command()
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Thresholds as a JSON object, those that differ from the default policy.",
)
def judge(policy: Path | None) -> None:
    """Judge closed sessions on standard input, one JSON object a line; findings come out as JSON, one line each.

    \b
    Fields, all optional, whole numbers from 0 unless said otherwise:
      area_cm2           treated area
      punctures          all of them, pins multiplied
      minutes            needle on the gun
      regions            a number, or a list of names such as "thigh_front:left"
      syringes           syringes or vial draws
      needles            how many needles were used (default 1)
      needle_uses        the same, or a list of objects, one a needle:
                         punctures (as the gun counted), minutes, area_cm2,
                         regions, pins (default 1), high_speed (true or false)
      planned_punctures, spacing_mm, shots_per_minute, fastest_shots_per_minute

    \b
    Each line is answered with {"findings": [...]}; a finding has rule, code,
    severity, sentence, subject (the needle, or null) and facts. A line that
    cannot be judged is answered with line, text and error, a sentence.

    \b
    Exit codes: 0  every line was judged, whatever was found
                1  some line could not be judged
                2  used wrongly, such as a policy that cannot be used
    """
    thresholds = _thresholds(policy) if policy else Thresholds()
    answer_each(lambda text: _judge_one(text, thresholds))


def _thresholds(policy: Path) -> Thresholds:
    try:
        given = from_json(policy.read_text("utf-8-sig"))
        if not isinstance(given, dict):
            raise BadJson("It is no JSON object of thresholds.")
        return Thresholds.from_mapping(given)
    except UnicodeDecodeError:
        raise click.UsageError(f"The policy {policy} cannot be used: it is no text in UTF-8.") from None
    except (OSError, ValueError) as fault:
        raise click.UsageError(f"The policy {policy} cannot be used. {fault}") from None


def _read_one(text: str, today: date) -> dict[str, object]:
    try:
        if codes.looks_like_own(text):
            own = codes.parse(text)
            return {"kind": "own", "of": own.kind.name.lower() if own.kind else None, "code": own.code}
        found = barcodes.read(text, today=today)
    except UnreadableBarcode as unreadable:
        raise BadLine(unreadable.sentence) from None
    except UnreadableCode as unreadable:
        raise BadLine(str(unreadable)) from None
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
        facts = session_facts_from(from_json(text))
    except (BadJson, BadFacts) as fault:
        raise BadLine(str(fault)) from None
    return {"findings": [finding_as_mapping(finding) for finding in judged(facts, thresholds)]}
