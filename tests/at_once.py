"""Several people at the same moment, each with a connection of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from inventory.db import begin_write, db
from inventory.errors import DomainError
from tests import databases


@contextmanager
def shared_app(engine: str, request: pytest.FixtureRequest, folder: Path, name: str) -> Iterator[Flask]:
    """A migrated database, called `name`, that several connections open at once."""
    if engine == "postgresql":
        with databases.fresh_database(request.getfixturevalue("postgresql_url"), f"sterilog_{name}") as url:
            app = databases.postgresql_app(url)
            yield app
            with app.app_context():
                db.engine.dispose()
        return
    app = databases.file_app(folder / f"{name}.sqlite3")
    yield app
    with app.app_context():
        db.engine.dispose()


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """Each act in a thread and a transaction of its own; a refusal is told by its name."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        with app.app_context():
            together.wait(60)
            begin_write()
            try:
                act()
            except DomainError as refused:
                db.session.rollback()
                return type(refused).__name__
            else:
                db.session.commit()
                return "done"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(one, acts))
