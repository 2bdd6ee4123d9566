"""Where a person may be sent after signing in: only to a path of ours. Pure."""

from urllib.parse import urlsplit


def own_path(wanted: str | None) -> str | None:
    """A path of ours to go on to; anything that could lead elsewhere is dropped."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    parts = urlsplit(wanted)
    plain = all(symbol.isprintable() and symbol != "\\" for symbol in wanted)
    return wanted if plain and not parts.scheme and not parts.netloc else None
