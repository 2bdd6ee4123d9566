"""The program served to a browser as it is served to a clinic."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cheroot import wsgi
from flask import Flask

from inventory.db import db


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address under which cheroot serves `app`, as `sterilog serve` does; stopped whatever happens."""
    server = wsgi.Server(("127.0.0.1", 0), app, numthreads=8, request_queue_size=128)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()
        with app.app_context():
            db.engine.dispose()
