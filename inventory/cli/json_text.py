"""JSON from outside, strictly: every way it can be wrong is one sentence."""

import json
from collections.abc import Sequence


class BadJson(ValueError):
    """The text says what is wrong."""


def from_json(text: str) -> object:
    """Read one JSON value. A name said twice is refused: which of the two counts would be a guess. Raises `BadJson`."""
    try:
        found: object = json.loads(text, object_pairs_hook=_named_once, parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        raise BadJson(f"This is no JSON: {fault.msg} at character {fault.pos + 1}.") from None
    except RecursionError:
        raise BadJson("This is no JSON that is meant: it is nested too deep.") from None
    except BadJson:
        raise
    except ValueError:
        raise BadJson("A number in this JSON has too many digits.") from None
    return found


def _named_once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"{twice} stands there twice. Say it once.")
    return found


def _no_number(name: str) -> object:
    raise BadJson(f"{name} is no number of JSON. Leave out what is not known.")
