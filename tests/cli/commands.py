"""Running commands of the program in this process."""

import json

from click.testing import CliRunner, Result

from inventory.cli import main


def run(command: str, sent: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(main, [command, *options], input=sent)


def answered(result: Result) -> list[dict]:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return [json.loads(line) for line in result.stdout_bytes.decode().splitlines()]
