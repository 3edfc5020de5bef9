"""A new release without a gap: the web server of the Procfile reloads in the middle of a stream of requests."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.sources import BASE
from tests.runtime.machine import descendants, environment, free_port, wait_until

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.xdist_group("serve"),
]
CLIENTS = 4


class Stream:
    """Clients that ask again and again, each on a connection of its own; what they got is counted."""

    def __init__(self, port: int) -> None:
        self.port, self.got, self.over = port, Counter[str](), threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]

    def _ask(self) -> None:
        while not self.over.is_set():
            self.got[once(self.port)] += 1

    def __enter__(self) -> "Stream":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=30)


def once(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, http.client.HTTPException) as problem:
        return type(problem).__name__
    finally:
        connection.close()


def command_of_web() -> str:
    line = re.search(r"^web: (.+)$", (BASE / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    return line[1]


def test_a_reload_in_the_middle_of_a_stream_loses_no_request(tmp_path: Path):
    port = free_port()
    surroundings = environment(tmp_path, PORT=str(port), HOST="127.0.0.1", WEB_WORKERS="2", WEB_THREADS="4")
    surroundings["PATH"] = f"{Path(sys.executable).parent}:{surroundings['PATH']}"
    with (tmp_path / "web.log").open("w") as log, subprocess.Popen(
        ["bash", "-c", f"exec {command_of_web()}"],
        cwd=BASE, env=surroundings, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            wait_until(lambda: once(port) == "200", seconds=60, what="the server answers")
            with Stream(port) as stream:
                wait_until(lambda: stream.got["200"] > 50, seconds=60, what="requests flow")
                before = set(descendants(server.pid))
                os.kill(server.pid, signal.SIGHUP)
                wait_until(
                    lambda: not before & set(descendants(server.pid)),
                    seconds=60,
                    what="the old workers have ended",
                )
                seen = stream.got["200"]
                wait_until(lambda: stream.got["200"] > seen + 50, seconds=60, what="requests flow again")
            assert set(stream.got) == {"200"}, stream.got
            assert server.poll() is None, "the same master"
        finally:
            os.kill(server.pid, signal.SIGTERM)
            server.wait(timeout=30)
