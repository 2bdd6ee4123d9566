"""By which addresses and names the phones of the local network reach this machine."""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address

import click

from inventory.cli.authority import Names, is_local

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
LOOPBACK = IPv4Address("127.0.0.1")
ELSEWHERE = ("192.0.2.1", "192.168.255.254", "10.255.255.254", "172.31.255.254")
"""Where a packet might go: to the internet first, since the card that leads there is the clinic's own, then to each
private network."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def names_for(host: str | None, found: Iterable[IPv4Address], machine: str) -> Names:
    """The names of a certificate: of `host` alone where it is given, else of every address found that is local.

    IPv4 only: the names that Flask trusts cannot be IPv6 addresses, and every phone has both. Raises click's errors.
    """
    if host is not None and host not in EVERYWHERE:
        addresses = [_given(host)]
    else:
        addresses = [address for address in found if is_local(address) and not address.is_loopback]
    if not addresses:
        raise click.ClickException(
            "This machine has no address in a local network, such as 192.168.1.20. Connect it to the clinic's network, "
            "or name the address with --host."
        )
    # Without network there is nobody to look the machine's name up.
    named = () if addresses == [LOOPBACK] else _named(machine)
    return Names(tuple(dict.fromkeys([*addresses, LOOPBACK])), (*named, "localhost"))


def addresses() -> Iterator[IPv4Address]:
    """This machine's own, the one that leads to the internet first. Nothing is sent."""
    for target in ELSEWHERE:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            yield IPv4Address(probe.getsockname()[0])
    with suppress(OSError):
        for *_, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield IPv4Address(place[0])


def _given(host: str) -> IPv4Address:
    with suppress(AddressValueError):
        address = IPv4Address(host)
        if is_local(address):
            return address
    raise click.UsageError(
        f"--host {host} is no IPv4 address of a local network, such as 192.168.1.20. A server with a name on the "
        "internet stands behind a reverse proxy: see STERILOG_PROXY_HOPS."
    )


def _named(machine: str) -> tuple[str, ...]:
    """As the machine is announced in the local network (RFC 6762), where its name can be one."""
    label = machine.partition(".")[0].lower()
    return (f"{label}.local",) if _LABEL.fullmatch(label) and label != "localhost" else ()
