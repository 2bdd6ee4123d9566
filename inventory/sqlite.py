"""The one place that knows which SQLite this process is linked with, and how it is opened.

Two copies of SQLite in one process break each other's POSIX locks, so nothing else imports a driver.
"""

import sqlite3 as _bundled
from collections import deque
from collections.abc import Callable
from threading import Lock
from types import ModuleType
from typing import Protocol

try:
    from pysqlite3 import dbapi2 as _wheel
except ImportError:  # no wheel for this platform: the gate below then decides the journal
    _wheel = None

driver: ModuleType = _wheel or _bundled
version: tuple[int, ...] = tuple(int(part) for part in driver.sqlite_version.split("."))


class DriverConnection(Protocol):
    isolation_level: str | None

    def execute(self, statement: str) -> object: ...


class Row(Protocol):
    def fetchone(self) -> tuple[str | int, ...]: ...


class File(Protocol):
    """A connection of the driver itself, for work on whole files."""

    def execute(self, statement: str) -> Row: ...
    def backup(
        self, target: "File", *, pages: int = -1, progress: Callable[[int, int, int], None] | None = None, sleep: float
    ) -> None: ...
    def close(self) -> None: ...


def opened(path: str, *, wait_ms: int) -> File:
    """Without transactions of its own. Closing the last connection folds the write-ahead log into the file."""
    connection: File = driver.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout={wait_ms}")
    return connection


def has_wal_reset_bug(linked: tuple[int, ...]) -> bool:
    """SQLite 3.7.0 to 3.51.2 can lose committed pages when two writers meet a checkpoint in WAL mode.

    Fixed in 3.51.3 and back-ported to 3.50.7 and 3.44.6 (SQLite documentation, "Write-Ahead Logging").
    """
    if linked >= (3, 51, 3) or linked < (3, 7, 0):
        return False
    return not ((3, 50, 7) <= linked < (3, 51, 0) or (3, 44, 6) <= linked < (3, 45, 0))


def journal_mode(linked: tuple[int, ...] = version) -> str:
    """WAL where it is safe, else TRUNCATE; both keep every confirmed commit with synchronous=FULL."""
    return "TRUNCATE" if has_wal_reset_bug(linked) else "WAL"


class Turns:
    """The queue of a process's writers, first come first served.

    SQLite lets one write at a time and has the others ask again at growing intervals, so that under load the unlucky
    wait for seconds (measured with 4 writers: the slowest of a hundred took 640 ms, in turns 40 ms).
    """

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Lock] = deque()

    @property
    def length(self) -> int:
        """Who writes and who waits to."""
        return len(self._waiting)

    def take(self, timeout: float = 10) -> bool:
        """Wait for the turn. False after `timeout` seconds: then SQLite itself decides, as between processes."""
        mine = Lock()
        mine.acquire()
        with self._guard:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                return True
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if self._waiting[0] is mine:
                return True
            self._waiting.remove(mine)
        return False

    def give_up(self) -> None:
        """The turn is over: the next writer's."""
        with self._guard:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].release()


def opener(*, in_memory: bool) -> Callable[[DriverConnection, object], None]:
    """A listener for new connections: transactions are begun by us, and the settings are the durable ones."""
    pragmas = [
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
        "secure_delete=ON",
    ]
    if not in_memory:
        pragmas += [f"journal_mode={journal_mode()}", "synchronous=FULL"]

    def opened(connection: DriverConnection, _record: object) -> None:
        connection.isolation_level = None
        # The timeout first: setting the journal mode may itself have to wait.
        connection.execute("PRAGMA busy_timeout=10000")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    return opened
