"""``manage.py serve`` as a person meets it: real processes, a real port, Ctrl-C."""

import http.client
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from tests.runtime.machine import descendants, environment, free_port, is_alive, manage, serving, wait_until

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.xdist_group("serve"),
]

MAKE_A_LOGIN = (
    "from django.contrib.auth import get_user_model as m; u = m()(username='governor');"
    "u.set_password('demo-yuhu-2022'); u.save()"
)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database and one of the demo's people."""
    folder = tmp_path_factory.mktemp("embedded")
    for arguments in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "-c", MAKE_A_LOGIN]):
        done = manage(folder, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def folder(migrated: Path, tmp_path: Path) -> Path:
    """A copy of the migrated folder."""
    target = tmp_path / "var"
    shutil.copytree(migrated, target)
    return target


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_starts_in_seconds_says_where_and_who_and_stops_on_ctrl_c_with_its_children(folder):
    with serving(folder) as served:
        began = time.monotonic()
        served.wait_for("governor ")
        assert time.monotonic() - began < 20  # 5 s on a quiet machine; this one runs tests beside it
        assert f"http://127.0.0.1:{served.port}/" in served.said
        assert "demo-yuhu-2022" in served.said
        assert get(served.port, "/login/") == 200
        children = descendants(served.process.pid)
        assert any("sweep" in command for command in children.values()), children
        assert any("gunicorn" in command for command in children.values()), children

        os.kill(served.process.pid, signal.SIGINT)
        assert served.process.wait(timeout=12) == 0
        wait_until(lambda: not any(map(is_alive, children)), seconds=2, what="all children end")
        assert "Stopped." in served.said
        assert "Traceback" not in served.said


def test_a_child_that_is_killed_is_started_again(folder):
    with serving(folder) as served:
        served.wait_for("Running at")
        first = next(pid for pid, command in descendants(served.process.pid).items() if "sweep" in command)
        os.kill(first, signal.SIGKILL)
        served.wait_for("starting it again")
        wait_until(
            lambda: any("sweep" in command for command in descendants(served.process.pid).values()),
            seconds=20,
            what="the sweeper runs again",
        )


def test_when_it_is_killed_itself_nothing_goes_on_without_it(folder):
    with serving(folder) as served:
        served.wait_for("Running at")
        children = descendants(served.process.pid)
        os.kill(served.process.pid, signal.SIGKILL)
        wait_until(lambda: not any(map(is_alive, children)), seconds=10, what="all children end")


def test_some_who_send_slowly_do_not_keep_others_waiting(folder):
    """Half of the threads wait for the end of a request that never comes; whoever is quick is served at once."""
    with serving(folder) as served:
        served.wait_for("governor ")
        slow = [socket.create_connection(("127.0.0.1", served.port), timeout=20) for _ in range(4)]
        try:
            for one in slow:
                one.sendall(b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\nX-Slow: ")
            began = time.monotonic()
            assert [get(served.port, "/healthz") for _ in range(8)] == [200] * 8
            assert time.monotonic() - began < 10
        finally:
            for one in slow:
                one.close()


def test_a_taken_port_is_told_in_words_before_anything_is_touched(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = manage(tmp_path, "serve", f"--port={port}")
    assert done.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert f"PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "yuhu.sqlite3").exists()


def test_one_sweep_ends_by_itself_and_says_what_it_did(folder):
    done = manage(folder, "sweep", "--once")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.strip().splitlines()
    assert lines
    assert all(line.rpartition(": ")[2].isdigit() for line in lines), lines


def test_the_address_served_is_the_one_in_links(tmp_path):
    from yuhu.runtime.management.commands.serve import Command

    command = Command()
    command.host, command.port = "127.0.0.1", free_port()
    had = os.environ.pop("SITE_URL", None)
    try:
        assert command._environment()["SITE_URL"] == f"http://127.0.0.1:{command.port}"
    finally:
        if had is not None:
            os.environ["SITE_URL"] = had
    assert "REDIS_URL" not in environment(tmp_path)
