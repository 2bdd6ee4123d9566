"""A label printer on this machine's network, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server
from threading import Thread


class LabelPrinter:
    """A label printer that keeps what it was sent."""

    def __init__(self) -> None:
        self.jobs: list[bytes] = []
        self.server = create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]

    def work(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection:
                taken = b""
                while part := connection.recv(65_536):
                    taken += part
            self.jobs.append(taken)


@contextmanager
def plugged_in() -> Iterator[LabelPrinter]:
    paper = LabelPrinter()
    worker = Thread(target=paper.work)
    worker.start()
    try:
        yield paper
    finally:
        paper.server.shutdown(2)
        paper.server.close()
        worker.join()
