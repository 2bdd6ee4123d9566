"""`sterilog serve --lan` at work: HTTPS for the phones, a plain page to begin with, and why it may refuse to start."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from http.client import HTTPSConnection
from pathlib import Path
from urllib.error import URLError

import pytest

from inventory.cli.https import HANDSHAKE, THREADS
from tests.cli.commands import run
from tests.lan_server import LanServer, fetched, lan_server

pytestmark = pytest.mark.xdist_group("lan")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanServer]:
    with lan_server(tmp_path_factory.mktemp("clinic")) as found:
        yield found


def test_a_device_that_trusts_the_clinic_reads_its_pages(server: LanServer) -> None:
    for host in ("127.0.0.1", "localhost"):
        answer = fetched(f"https://{host}:{server.port}/healthz", server.authority)
        assert answer.status == 200 and b"ok" in answer.body


def test_a_device_that_does_not_trust_it_yet_gets_no_page(server: LanServer) -> None:
    with pytest.raises(URLError) as refused:
        fetched(f"{server.open_at}/healthz")
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)


def test_the_start_says_where_and_what_to_compare(server: LanServer) -> None:
    der = ssl.PEM_cert_to_DER_cert(server.authority.decode())
    fingerprint = sha256(der).digest().hex(":").upper()
    assert fingerprint in server.said and fingerprint.encode() in fetched(server.trust_at).body
    assert server.open_at in server.said and server.trust_at in server.said and "Ctrl-C" in server.said


def test_signing_in_is_never_kept_by_a_cookie_that_travels_in_the_clear(server: LanServer) -> None:
    cookie = fetched(f"{server.open_at}/sign-in", server.authority).headers["Set-Cookie"]
    assert "Secure" in cookie and "HttpOnly" in cookie
    assert "Set-Cookie" not in fetched(server.trust_at).headers


def test_no_phone_is_told_to_insist_on_https(server: LanServer) -> None:
    """It would lock the clinic out of its own name on the day the certificates are made anew."""
    for answer in (fetched(f"{server.open_at}/trust", server.authority), fetched(server.trust_at)):
        assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sessions?page=2", "/trust/other", "/P/ABC"])
def test_all_but_the_page_to_begin_with_leads_to_https(server: LanServer, path: str) -> None:
    plain = server.trust_at.removesuffix("/trust")
    answer = fetched(plain + path)
    assert (answer.status, answer.headers["Location"]) == (303, server.open_at + path)


def test_an_address_typed_without_https_leads_to_it(server: LanServer) -> None:
    answer = fetched(f"http://127.0.0.1:{server.port}/sign-in")
    assert (answer.status, answer.headers["Location"]) == (307, server.open_at)


def test_phones_that_fall_silent_keep_nobody_waiting(server: LanServer) -> None:
    """More of them than the server has threads, and one in the middle of the handshake."""
    with ExitStack() as open_ones:
        for _ in range(3 * THREADS):
            open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(HANDSHAKE)
        assert fetched(f"{server.open_at}/healthz", server.authority, timeout=5).status == 200


def test_a_phone_asks_again_on_the_same_connection(server: LanServer) -> None:
    context = ssl.create_default_context(cadata=server.authority.decode())
    with closing(HTTPSConnection("127.0.0.1", server.port, context=context, timeout=30)) as connection:
        connection.connect()
        opened = connection.sock
        for path in ("/healthz", "/static/app.css", "/sign-in", "/healthz"):
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200 and answer.read() and connection.sock is opened


@pytest.mark.parametrize("secure", [True, False])
def test_a_host_that_is_not_ours_is_not_answered(server: LanServer, secure: bool) -> None:
    connection = socket.create_connection(("127.0.0.1", server.port if secure else server.plain_port), timeout=30)
    if secure:
        context = ssl.create_default_context(cadata=server.authority.decode())
        connection = context.wrap_socket(connection, server_hostname="127.0.0.1")
    with closing(connection):
        connection.sendall(b"GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400" if secure else b"HTTP/1.1 303")
    assert secure or f"Location: {server.open_at}/sign-in".encode() in answer


def test_a_start_again_is_trusted_as_before_and_ends_well(tmp_path: Path) -> None:
    with lan_server(tmp_path) as first:
        trusted = first.authority
    assert first.code == 0 and "The data is kept." in first.said
    with lan_server(tmp_path) as second:
        assert fetched(f"{second.open_at}/healthz", trusted).status == 200


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "lan").write_text("a file in the way")
    result = run("serve", "", "--lan", "--host", "127.0.0.1", "--data", str(tmp_path))
    assert result.exit_code == 2 and "Name a folder that can be written" in result.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        result = run("serve", "", "--lan", "--host", "127.0.0.1", "--data", str(tmp_path), "--port", str(port))
    assert result.exit_code == 1 and f"Port {port} cannot be used" in result.stderr
    assert f"Try --port {port + 1}" in result.stderr


def test_phones_are_served_directly_or_by_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STERILOG_PROXY_HOPS", "1")
    result = run("serve", "", "--lan", "--host", "127.0.0.1", "--data", str(tmp_path))
    assert result.exit_code == 2 and "Use one of them" in result.stderr
