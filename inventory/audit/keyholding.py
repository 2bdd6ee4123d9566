"""A folder with a key and a file of what was signed with it: used by one process at a time, whole after a power cut."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock, Timeout

from inventory.errors import DomainError

KEY, LOCK = "ed25519_key", "lock"
WAIT_SECONDS = 10


class KeyUnavailable(DomainError):
    """Nothing is signed; the sentence says what an administrator has to see to."""

    code = "SIGNER_UNAVAILABLE"
    status = 503


class KeyHolder:
    """`whose` names the owner in sentences, such as `signer`; `high_water` is the file that says what was signed."""

    def __init__(self, folder: Path, high_water: str, whose: str) -> None:
        self.folder, self.whose = folder, whose
        self._high_water = folder / high_water

    @contextmanager
    def held(self) -> Iterator[None]:
        """One at a time, also among processes. The folder is made on first use."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.folder / LOCK, timeout=WAIT_SECONDS):
                yield
        except (OSError, Timeout) as fault:
            raise KeyUnavailable(f"The {self.whose}'s folder cannot be used: {fault}. Nothing is signed.") from fault

    def key(self) -> Ed25519PrivateKey:
        """Made on first use, readable by its owner only."""
        path = self.folder / KEY
        if not path.exists():
            if self._high_water.exists():
                raise KeyUnavailable(
                    f"The {self.whose}'s key is gone. Put it back from its copy; a new one would prove nothing."
                )
            _written(path, b64encode(os.urandom(32)), 0o400)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeyUnavailable(f"Others can read the {self.whose}'s key. Take that from them: chmod 400 {path}")
        try:
            return Ed25519PrivateKey.from_private_bytes(b64decode(path.read_bytes(), validate=True))
        except ValueError:
            raise KeyUnavailable(f"The {self.whose}'s key is damaged. Put it back from its copy.") from None

    def said(self) -> dict[str, Any]:
        """What the file holds; empty where there is none."""
        if not self._high_water.exists():
            return {}
        try:
            found: dict[str, Any] = json.loads(self._high_water.read_text())
            return dict(found)
        except (ValueError, TypeError):
            raise self.damaged() from None

    def keep(self, said: Mapping[str, object]) -> None:
        _written(self._high_water, json.dumps(said, indent=1).encode(), 0o600)

    def damaged(self) -> KeyUnavailable:
        return KeyUnavailable(f"The {self.whose}'s own file is damaged. Put it back from its copy.")


def _written(path: Path, content: bytes, mode: int) -> None:
    """The whole file or the one before it, also after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
