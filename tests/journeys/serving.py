"""The program served to a browser as it is served to a clinic."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cheroot import wsgi
from flask import Flask

from inventory.db import db


class Network:
    """The way to one application, at one address: there, or gone as when the wifi is."""

    def __init__(self, app: Flask) -> None:
        # A port of its own from the start: one that the system chose could not be bound again at once.
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.app, self.url = app, f"http://127.0.0.1:{self.port}"
        self.on()

    def on(self) -> None:
        self._server = wsgi.Server(("127.0.0.1", self.port), self.app, numthreads=8, request_queue_size=128)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve)
        self._thread.start()

    def off(self) -> None:
        self._server.stop()
        self._thread.join()


@contextmanager
def networked(app: Flask) -> Iterator[Network]:
    """`app` served by cheroot, as `sterilog serve` does; stopped whatever happens."""
    network = Network(app)
    try:
        yield network
    finally:
        network.off()
        with app.app_context():
            db.engine.dispose()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of `app`, where nothing is switched off."""
    with networked(app) as network:
        yield network.url
