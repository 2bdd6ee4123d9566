"""`sterilog serve --lan`: what a phone is asked to trust, and what the server does with it."""

import stat
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from click import ClickException, UsageError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from inventory.cli import authority
from inventory.cli.authority import Names, Signed, authority_in, server_in
from inventory.cli.lan_names import names_for
from tests.conftest import NOW

DESK = IPv4Address("192.168.1.20")
NAMES = Names((DESK, IPv4Address("127.0.0.1")), ("desk.local", "localhost"))
YEAR = timedelta(days=365)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lan"


@pytest.fixture
def made(folder: Path) -> Signed:
    return authority_in(folder, "desk", NOW)


def _believed(server: x509.Certificate, by: Signed, name: str, moment: datetime = NOW) -> bool:
    """Whether a browser that trusts `by` believes that `server` is `name`."""
    try:
        subject: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        subject = x509.DNSName(name)
    verifier = PolicyBuilder().store(Store([by.certificate])).time(moment).build_server_verifier(subject)
    try:
        verifier.verify(server, [])
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("name", ["192.168.1.20", "127.0.0.1", "desk.local", "localhost"])
def test_a_phone_that_trusts_the_clinic_believes_its_server(folder: Path, made: Signed, name: str) -> None:
    server = server_in(folder, NAMES, made, NOW).certificate
    assert _believed(server, made, name)
    assert not _believed(server, made, name, NOW + timedelta(days=400))
    assert not _believed(server, made, "192.168.1.21") and not _believed(server, made, "other.local")


@pytest.mark.parametrize("name", ["192.168.1.20", "desk.local"])
def test_a_phone_that_trusts_another_clinic_does_not(folder: Path, made: Signed, tmp_path: Path, name: str) -> None:
    other = authority_in(tmp_path / "other", "desk", NOW)
    assert not _believed(server_in(folder, NAMES, made, NOW).certificate, other, name)


@pytest.mark.parametrize("name", ["bank.example", "8.8.8.8", "desk", "2001:db8::1"])
def test_a_stolen_key_vouches_for_no_place_on_the_internet(folder: Path, made: Signed, name: str) -> None:
    try:
        claimed = Names((ip_address(name),), ())  # type: ignore[arg-type]
    except ValueError:
        claimed = Names((), (name,))
    assert not _believed(server_in(folder, claimed, made, NOW).certificate, made, name)


def test_the_authority_is_small_and_lasts_ten_years(made: Signed) -> None:
    said = made.certificate.extensions
    assert isinstance(made.key.curve, ec.SECP256R1)
    assert said.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    assert said.get_extension_for_class(x509.NameConstraints).critical
    assert said.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert made.certificate.not_valid_after_utc - NOW == timedelta(days=3652)


def test_a_servers_certificate_is_as_short_as_phones_ask(folder: Path, made: Signed) -> None:
    server = server_in(folder, NAMES, made, NOW).certificate
    assert server.not_valid_after_utc - server.not_valid_before_utc <= timedelta(days=398)
    assert server.not_valid_before_utc < NOW, "a phone's clock may be slow"


def test_keys_are_for_their_owners_eyes(folder: Path, made: Signed) -> None:
    server = server_in(folder, NAMES, made, NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(found.path.stat().st_mode) for found in (made, server)} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["authority.pem", "server.pem"]


def test_the_next_start_uses_the_same_certificates(folder: Path, made: Signed) -> None:
    server = server_in(folder, NAMES, made, NOW)
    tomorrow = NOW + timedelta(days=1)
    again = authority_in(folder, "desk", tomorrow)
    assert again.pem == made.pem and server_in(folder, NAMES, again, tomorrow).pem == server.pem


@pytest.mark.parametrize(
    ("names", "later"),
    [
        (Names((IPv4Address("192.168.1.77"),), NAMES.hosts), timedelta(0)),
        (Names(NAMES.addresses, ("office.local",)), timedelta(0)),
        (NAMES, timedelta(days=310)),
        (NAMES, timedelta(days=500)),
        (NAMES, timedelta(hours=-36)),
    ],
    ids=["another address", "another name", "near its end", "ended", "the clock was ahead"],
)
def test_a_servers_certificate_is_made_anew_when_it_must(
    folder: Path, tmp_path: Path, names: Names, later: timedelta
) -> None:
    made = authority_in(folder, "desk", NOW - timedelta(days=30))
    server = server_in(folder, NAMES, made, NOW)
    anew = server_in(folder, names, made, NOW + later)
    assert anew.pem != server.pem
    assert _believed(anew.certificate, made, str(names.addresses[0]), NOW + later)


def test_a_servers_certificate_of_another_authority_is_made_anew(folder: Path, made: Signed) -> None:
    server = server_in(folder, NAMES, made, NOW)
    made.path.unlink()
    other = authority_in(folder, "desk", NOW)
    assert server_in(folder, NAMES, other, NOW).pem != server.pem


def test_a_servers_certificate_that_cannot_be_read_is_made_anew(folder: Path, made: Signed) -> None:
    (folder / "server.pem").write_text("half of a file")
    assert _believed(server_in(folder, NAMES, made, NOW).certificate, made, "desk.local")


def test_no_servers_certificate_outlives_its_authority(folder: Path, made: Signed) -> None:
    late = NOW + 10 * YEAR - timedelta(days=100)
    ends = server_in(folder, NAMES, made, late).certificate.not_valid_after_utc
    assert ends == made.certificate.not_valid_after_utc


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=NOW.tzinfo), NOW - timedelta(days=2)])
def test_a_clock_that_stands_in_the_past_is_named(folder: Path, made: Signed, now: datetime) -> None:
    with pytest.raises(authority.ClockIsWrong, match="Set the clock right"):
        authority_in(folder, "desk", now)


def test_a_machine_that_lost_its_clock_makes_no_authority(folder: Path) -> None:
    with pytest.raises(authority.ClockIsWrong):
        authority_in(folder, "desk", datetime(1970, 1, 1, tzinfo=NOW.tzinfo))
    assert not folder.exists()


def test_an_authority_that_ended_is_not_replaced_unasked(folder: Path, made: Signed) -> None:
    with pytest.raises(authority.AuthorityEnded, match="every phone must then trust the new one"):
        authority_in(folder, "desk", NOW + 11 * YEAR)
    assert authority_in(folder, "desk", NOW).pem == made.pem


@pytest.mark.parametrize("content", ["", "half of a file"])
def test_an_authority_that_cannot_be_read_is_not_replaced_unasked(folder: Path, made: Signed, content: str) -> None:
    made.path.write_text(content)
    with pytest.raises(authority.AuthorityUnreadable, match="Bring it back from a backup"):
        authority_in(folder, "desk", NOW)
    assert made.path.read_text() == content


def test_a_machine_is_reached_by_its_local_addresses_and_its_name() -> None:
    found = map(IPv4Address, ("127.0.0.1", "203.0.113.9", "192.168.1.20", "10.0.0.4", "192.168.1.20"))
    names = names_for(None, found, "Desk.clinic.example")
    assert [str(address) for address in names.addresses] == ["192.168.1.20", "10.0.0.4", "127.0.0.1"]
    assert names.hosts == ("desk.local", "localhost")


@pytest.mark.parametrize("machine", ["", "localhost", "my_pc", "-", "x" * 64])
def test_a_machine_with_no_name_for_the_network_is_reached_by_address(machine: str) -> None:
    assert names_for(None, [DESK], machine).hosts == ("localhost",)


def test_without_a_local_network_the_command_says_so() -> None:
    with pytest.raises(ClickException, match="Connect it to the clinic's network") as refused:
        names_for(None, map(IPv4Address, ("127.0.0.1", "203.0.113.9")), "desk")
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("host", ["8.8.8.8", "clinic.example", "fd00::2", "192.168.1"])
def test_an_address_of_the_internet_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="reverse proxy"):
        names_for(host, [], "desk")
