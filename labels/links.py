"""GS1 Digital Link URIs: the same elements as in a barcode, written as a web address (GS1 Digital Link 1.4)."""

import re
from collections.abc import Sequence
from urllib.parse import unquote, unquote_plus

from labels.element_rules import LINK_KEYS
from labels.elements import BadElement, Elements, check, check_together

_SHAPE = re.compile(
    r"(?:https?|HTTPS?)://(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(/[^?#]*)(?:\?([^#]*))?(?:#.*)?"
)
_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*")
_ATTRIBUTE = re.compile(r"[0-9]{2,4}")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def looks_like_link(text: str) -> bool:
    """Whether the text begins as a web address, in any case."""
    return text[:8].lower().startswith(("http://", "https://"))


def read(text: str) -> Elements:
    """The elements of the path, then those of the query, in their order. Raises `BadElement`.

    The host is not judged: whoever prints a label chooses it.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None or not _CHARACTERS.fullmatch(text) or _BROKEN_PERCENT.search(text):
        raise BadElement("This web address holds a character or a form that a GS1 link cannot have.")
    found = _path(shape[1])
    sequence = [ai for ai, _ in found]
    named = set(sequence)
    for part in (shape[2] or "").split("&"):
        name, equals, value = part.partition("=")
        if not equals or not _ATTRIBUTE.fullmatch(name):
            continue
        if name in named:
            raise BadElement(f"({name}) stands twice in this web address.")
        if _belongs_into_path(name, sequence):
            raise BadElement(f"({name}) belongs into the path of this web address, not after the question mark.")
        named.add(name)
        found.append((name, check(name, _decoded(name, unquote_plus(value)))))
    check_together(found)
    return tuple(found)


def _path(path: str) -> list[tuple[str, str]]:
    # Read from the right: what stands before the key is the stem of the address and may hold anything.
    segments = path.split("/")[1:]
    for start in range(len(segments) - 2, -1, -2):
        if segments[start] in LINK_KEYS:
            pairs = list(zip(segments[start::2], segments[start + 1 :: 2], strict=True))
            _check_sequence([ai for ai, _ in pairs])
            return [(ai, check(ai, _decoded(ai, unquote(value)))) for ai, value in pairs]
    raise BadElement(
        "This web address names no product: its path does not end in a GS1 key such as /01/ and its value."
    )


def _check_sequence(sequence: Sequence[str]) -> None:
    primary, *qualifiers = sequence
    alternatives = LINK_KEYS[primary]
    for ai in qualifiers:
        if not any(ai in alternative for alternative in alternatives):
            raise BadElement(f"({ai[:20]}) cannot follow ({primary}) in the path of a web address.")
    if not _may_follow(primary, qualifiers):
        raise BadElement(f"The parts after ({primary}) do not go together in this order: {', '.join(qualifiers)[:40]}.")


def _may_follow(primary: str, qualifiers: Sequence[str]) -> bool:
    return not qualifiers or any(
        list(qualifiers) == [ai for ai in alternative if ai in qualifiers] for alternative in LINK_KEYS[primary]
    )


def _belongs_into_path(name: str, sequence: Sequence[str]) -> bool:
    """Whether the attribute could have stood among the path's qualifiers, where the standard then wants it."""
    primary, *qualifiers = sequence
    return any(
        _may_follow(primary, [*qualifiers[:place], name, *qualifiers[place:]]) for place in range(len(qualifiers) + 1)
    )


def _decoded(ai: str, value: str) -> str:
    if not value:
        raise BadElement(f"({ai}) of this web address is empty.")
    return value
