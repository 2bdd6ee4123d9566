"""Writers of one process take turns, first come first served."""

from pathlib import Path
from threading import Thread

from flask import Flask
from sqlalchemy import text

from inventory import create_app
from inventory.db import begin_write, db
from inventory.sqlite import Turns


def test_the_writer_who_came_first_goes_first() -> None:
    turns, served = Turns(), list[int]()

    def write(number: int) -> None:
        assert turns.take()
        served.append(number)
        turns.give_up()

    assert turns.take()
    writers = [Thread(target=write, args=(number,)) for number in range(8)]
    for place, writer in enumerate(writers, start=2):
        writer.start()
        while turns.length < place:
            pass
    turns.give_up()
    for writer in writers:
        writer.join()
    assert served == list(range(8))
    assert turns.length == 0


def test_who_waited_too_long_leaves_the_queue_and_blocks_nobody() -> None:
    turns = Turns()
    assert turns.take()
    assert not turns.take(timeout=0.001)
    turns.give_up()
    assert turns.take(timeout=0)


def test_a_turn_ends_with_its_transaction_however_it_ends(tmp_path: Path) -> None:
    app = create_app(
        {"DATABASE_URL": f"sqlite:///{tmp_path / 'turns.sqlite3'}", "SECRET_KEY": "turns" * 8, "DEMO": False}
    )
    turns = app.extensions["write_turns"]
    with app.app_context():
        for end in (db.session.commit, db.session.rollback, db.session.remove):
            begin_write()
            assert turns.length == 1
            end()
            assert turns.length == 0
        db.engine.dispose()


def test_many_writers_lose_no_update(tmp_path: Path) -> None:
    app = create_app(
        {"DATABASE_URL": f"sqlite:///{tmp_path / 'turns.sqlite3'}", "SECRET_KEY": "turns" * 8, "DEMO": False}
    )
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE tally (n INTEGER)"))
        connection.execute(text("INSERT INTO tally VALUES (0)"))
    writers = [Thread(target=_tally, args=(app,)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with app.app_context():
        assert db.session.scalar(text("SELECT n FROM tally")) == 80
        db.session.remove()
        db.engine.dispose()


def _tally(app: Flask) -> None:
    for _ in range(10):
        with app.app_context():
            begin_write()
            seen = db.session.scalar(text("SELECT n FROM tally"))
            db.session.execute(text("UPDATE tally SET n = :n"), {"n": seen + 1})
            db.session.commit()
