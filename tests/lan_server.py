"""`sterilog serve --lan` as a clinic runs it: a process of its own, on this machine's loopback address."""

import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener

ROOT = Path(__file__).parent.parent


@dataclass
class LanServer:
    """`said` is what it printed at the start; `code` its exit code once it was stopped."""

    folder: Path
    said: str
    open_at: str
    trust_at: str
    code: int | None = None

    @property
    def authority(self) -> bytes:
        """The certificate that a phone downloads, PEM."""
        return fetched(f"{self.trust_at}/ca.crt").body

    @property
    def port(self) -> int:
        return int(self.open_at.rpartition(":")[2])

    @property
    def plain_port(self) -> int:
        return int(self.trust_at.removesuffix("/trust").rpartition(":")[2])


@dataclass
class Fetched:
    status: int
    headers: dict[str, str]
    body: bytes


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None

    def http_error_303(self, _request, answer, *_: object):  # type: ignore[no-untyped-def]
        return answer

    http_error_302 = http_error_307 = http_error_400 = http_error_303


def fetched(url: str, trusting: bytes | None = None, timeout: int = 30) -> Fetched:
    """One answer, a redirect not followed. By HTTPS only the authority `trusting` is believed."""
    context = ssl.create_default_context(cadata=trusting.decode()) if trusting else ssl.create_default_context()
    with build_opener(_Stay, HTTPSHandler(context=context)).open(url, timeout=timeout) as answer:
        return Fetched(answer.status, dict(answer.headers.items()), answer.read())


@contextmanager
def lan_server(folder: Path, *options: str) -> Iterator[LanServer]:
    command = [sys.executable, "-u", "-m", "inventory.cli", "serve", "--lan", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--data", str(folder), *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line.decode()
        if line.startswith(b"Stop with"):
            break
    secure, plain = re.search(r"https://\S+", said), re.search(r"http://\S+/trust", said)
    assert secure and plain, said
    server = LanServer(folder, said, secure[0], plain[0])
    try:
        yield server
    finally:
        # Not SIGINT: a test run in the background ignores it, and so do the processes it starts.
        process.terminate()
        try:
            server.said += process.communicate(timeout=30)[0].decode()
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        server.code = process.returncode
