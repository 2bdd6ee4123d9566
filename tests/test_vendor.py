"""Files of others that we serve: exactly the listed ones, unchanged, with their licence."""

import base64
import hashlib
import json
from pathlib import Path

STATIC = Path(__file__).parent.parent / "inventory" / "static"
LISTED = json.loads((STATIC / "vendor.json").read_text())


def test_every_vendored_file_is_the_one_that_was_taken() -> None:
    for entry in LISTED.values():
        content = (STATIC / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert entry["integrity"] == f"sha384-{digest}"


def test_no_vendored_file_is_unlisted_or_without_licence() -> None:
    listed = {entry[kind] for entry in LISTED.values() for kind in ("file", "licence_file")}
    found = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert found == listed
