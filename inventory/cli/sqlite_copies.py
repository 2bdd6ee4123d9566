"""SQLite files: a copy of one in use, and one put in the place of another while it is in use."""

import os
import shutil
from contextlib import closing, suppress
from pathlib import Path

import click
from sqlalchemy.pool import PoolProxiedConnection

from inventory.sqlite import File, opened

HEADER = b"SQLite format 3\x00"
BESIDE = ("-wal", "-shm", "-journal")
WAITS = 6
"""How often five seconds are waited for a writer before the restore gives up."""
WAIT_MS = 5000
PAUSE = 0.05
"""Seconds between tries."""
ROOM = 16 * 1024 * 1024


def copy_whole(source: PoolProxiedConnection, target: Path) -> None:
    """One moment of the database, compact, and on the disk when this returns."""
    source.cursor().execute("VACUUM INTO ?", (str(target),))
    settle(target)


def settle(path: Path) -> None:
    """SQLite does not wait until a copy is on the disk; a backup must."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def check_is_backup(source: Path) -> None:
    """Raises `click.ClickException` for what is no SQLite file, or one that is in use."""
    with source.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise click.ClickException(f"{source} is no backup of Sterilog. Nothing was changed.")
    wal = source.with_name(source.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise click.ClickException(
            f"{source} is a database in use, and part of it stands in {wal.name}. Restore what sterilog backup made; "
            "nothing was changed."
        )


def check_room(source: Path, live: Path) -> None:
    """The staged copy, the old database that is kept and the log of the change: three times the larger one."""
    size = max(path.stat().st_size for path in (source, live) if path.exists())
    free = shutil.disk_usage(live.parent).free
    if free < 3 * size + ROOM:
        raise click.ClickException(
            f"The disk of {live.parent} has {free // 2**20} MB left, and a restore needs {(3 * size + ROOM) // 2**20}. "
            "Make room and try again; nothing was changed."
        )


def stage(source: Path, live: Path) -> Path:
    """A copy of the backup beside the live database, to be checked and brought up to date. The backup is only read."""
    staged = live.with_name(f".restoring-{os.getpid()}.sqlite3")
    os.close(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        shutil.copyfile(source, staged)
    except BaseException:
        discard(staged)
        raise
    return staged


def discard(path: Path) -> None:
    for each in (path, *(path.with_name(path.name + ending) for ending in BESIDE)):
        each.unlink(missing_ok=True)


def put_in_place(staged: Path, live: Path, kept: Path) -> None:
    """Make `live` what `staged` is, in one transaction, and keep what it was as `kept`.

    The file stays the same one, so that servers that have it open neither write into a file that was replaced nor
    have to be stopped: to them it is one large change by somebody else. Whatever goes wrong rolls back.
    Raises `click.ClickException`, and what the driver raises.
    """
    with suppress(FileExistsError):
        os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    swap = _Swap(live, kept)
    try:
        with closing(_opened(staged)) as source, closing(_opened(live)) as target:
            swap.wal = target.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            if not swap.wal:
                target.execute("PRAGMA journal_mode=TRUNCATE")
                swap.keep_before(target)
            pages = int(source.execute("PRAGMA page_count").fetchone()[0])
            # More than one step: between the first, which takes the lock, and the last, which commits, the old is kept.
            source.backup(target, pages=max(1, min(1000, pages // 4)), progress=swap.step, sleep=PAUSE)
            if not swap.wal:
                target.execute("PRAGMA locking_mode=NORMAL")
                target.execute("SELECT count(*) FROM sqlite_master").fetchone()
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except BaseException:
        discard(kept)
        raise
    settle(kept)


def put_aside(live: Path, kept: Path) -> None:
    """A database that cannot be read, and that no server has open, under another name with what lies beside it."""
    for ending in ("", *BESIDE):
        path = live.with_name(live.name + ending)
        if path.exists():
            path.replace(kept.with_name(kept.name + ending))


class _Swap:
    """Keeps the old database at the one moment at which nobody can change it any more and it is still there."""

    def __init__(self, live: Path, kept: Path) -> None:
        self.live, self.kept = live, kept
        self.wal, self._is_kept, self._waited = True, False, 0

    def keep_before(self, target: File) -> None:
        """Without WAL nobody can read while the lock is held, so the one that holds it copies."""
        target.execute("PRAGMA locking_mode=EXCLUSIVE")
        target.execute("BEGIN EXCLUSIVE")
        target.execute("COMMIT")  # the lock stays
        with closing(_opened(self.kept)) as kept:
            target.backup(kept, sleep=PAUSE)
        self._is_kept = True

    def step(self, _status: int, remaining: int, total: int) -> None:
        if remaining == total:  # a writer was faster: each try waits for it
            self._waited += 1
            if self._waited >= WAITS:
                raise click.ClickException(
                    "Somebody writes to the database without a pause. Stop sterilog serve and try again; nothing was "
                    "changed."
                )
            return
        if not self._is_kept:
            with closing(_opened(self.live)) as old, closing(_opened(self.kept)) as kept:
                old.backup(kept, sleep=PAUSE)
            self._is_kept = True


def _opened(path: Path) -> File:
    connection = opened(str(path), wait_ms=WAIT_MS)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    return connection
