"""A time-stamp authority on this machine: OpenSSL behind a door of HTTP."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

SETTINGS = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[req]
distinguished_name = named
x509_extensions = stamping
prompt = no
[named]
CN = Time-stamps for tests
[stamping]
extendedKeyUsage = critical,timeStamping
"""


class Authority:
    """`wrong` gives a stamp over something else than was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wrong = folder, False
        (folder / "settings").write_text(SETTINGS.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self._run(
            "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem",
            "-days", "2", "-config", "settings",
        )  # fmt: skip

    def stamped(self, asked: bytes) -> bytes:
        if self.wrong:
            (self.folder / "else").write_bytes(b"something else")
            self._run("ts", "-query", "-data", "else", "-sha256", "-cert", "-out", "asked.tsq")
        else:
            (self.folder / "asked.tsq").write_bytes(asked)
        self._run("ts", "-reply", "-config", "settings", "-queryfile", "asked.tsq", "-out", "answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def approves(self, stamp: Path, data: Path) -> bool:
        """Whether OpenSSL, as an auditor runs it, takes the stamp for that of this authority over `data`."""
        arguments = ["openssl", "ts", "-verify", "-in", stamp, "-data", data, "-CAfile", self.folder / "tsa.pem"]
        return subprocess.run(arguments, capture_output=True, check=False).returncode == 0

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = authority.stamped(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/stamp"
        finally:
            server.shutdown()
            thread.join()
