"""Databases, Redis and processes of a run: its own names, its own ports, ended by their process ids only.

Everything is started with the lines of the ``Procfile``, so that what is measured is what is run.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2

BASE = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("BENCH_SERVER", "postgres://postgres@127.0.0.1:5432").rstrip("/")
PREFIX = os.environ.get("BENCH_PREFIX", "yuhu_bench")
VAR = BASE / "var" / "bench"
START_SECONDS, STOP_SECONDS = 60.0, 25.0
SECRETS = {
    # The same in every run, so that kept databases stay readable. They protect nothing but synthetic rows.
    "SECRET_KEY": "bench" * 12,
    "JOURNAL_KEY": "journal" * 8,
    "PERSON_KEYS": "person" * 8,
    "PERSON_INDEX_KEY": "index" * 10,
}


class Failed(RuntimeError):
    """Something could not be started or prepared: the run ends and says why."""


def url_of(name: str) -> str:
    """Where the run's database of this name is."""
    return f"{SERVER}/{PREFIX}_{name}"


def connect(name: str) -> Any:
    """A connection of psycopg2; every statement commits by itself."""
    connection = psycopg2.connect(f"{SERVER}/{name}")
    connection.autocommit = True
    return connection


@contextlib.contextmanager
def asking(name: str) -> Iterator[Any]:
    """A cursor in the run's database of this name."""
    connection = connect(f"{PREFIX}_{name}")
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def names() -> set[str]:
    """The run's databases that exist, without the prefix."""
    connection = connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        found = {row[0] for row in cursor.fetchall()}
    connection.close()
    return {name.removeprefix(f"{PREFIX}_") for name in found if name.startswith(f"{PREFIX}_")}


def create(name: str, *, template: str | None = None) -> None:
    """Make a database, empty or as a copy of another one of the run (which nobody may be using)."""
    _administer(
        f'CREATE DATABASE "{PREFIX}_{name}"' + (f' TEMPLATE "{PREFIX}_{template}"' if template else "")
    )


def drop(name: str) -> None:
    """Remove a database of the run."""
    _administer(f'DROP DATABASE IF EXISTS "{PREFIX}_{name}"')


def _administer(statement: str) -> None:
    connection = connect("postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def environment(database: str, **more: str) -> dict[str, str]:
    """Variables for a process of the product on one of the run's databases."""
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "PYTHONPATH")
    }
    VAR.mkdir(parents=True, exist_ok=True)
    return {
        **kept,
        **SECRETS,
        "PATH": f"{Path(sys.executable).parent}:{kept.get('PATH', '')}",
        "VAR_DIR": str(VAR),
        "DATABASE_URL": url_of(database),
        "REDIS_URL": "",
        "LOG_LEVEL": "ERROR",
        # What is measured is the work, not how soon somebody is told to wait.
        "API_REQUESTS_PER_MINUTE": "100000000",
        "API_CLIENT_REQUESTS_PER_MINUTE": "100000000",
        **more,
    }


def manage(database: str, *arguments: str, **more: str) -> str:
    """Run a management command; its output."""
    return run([sys.executable, "manage.py", *arguments], environment(database, **more))


def inside(database: str, what: str, *arguments: str, **more: str) -> Any:
    """Run one of ``bench.inside`` in a process of the product; its answer."""
    output = run([sys.executable, "-m", "bench.inside", what, *arguments], environment(database, **more))
    return json.loads(output.rstrip().rpartition("\n")[2])


def run(command: Sequence[str], variables: dict[str, str]) -> str:
    """Run a command to its end; its output.

    Raises:
        Failed: it ended with another code than 0.
    """
    done = subprocess.run(command, cwd=BASE, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command[1:4])}: {done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@dataclass
class Process:
    """One started command, in a process group of its own."""

    popen: "subprocess.Popen[bytes]"
    started: float

    @property
    def children(self) -> list[int]:
        """Process ids of its direct children."""
        path = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children")
        return [int(word) for word in path.read_text().split()] if path.exists() else []

    def stop(self) -> None:
        """Ask it to end, then make it."""
        for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(seconds)
                return


@dataclass
class House:
    """Processes of one system: started by name, all ended at the end."""

    variables: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_exception: object) -> None:
        for process in reversed(self.processes):
            process.stop()

    def start(self, command: str) -> Process:
        """A shell line, replaced by what it runs."""
        log = (VAR / "log.txt").open("ab")
        popen = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=BASE,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        process = Process(popen, time.perf_counter())
        self.processes.append(process)
        return process

    def redis(self) -> None:
        """A Redis of the run's own; the processes started from now on use it."""
        if shutil.which("redis-server") is None:
            raise Failed("redis-server is not installed")
        port = free_port()
        self.start(f"redis-server --port {port} --bind 127.0.0.1 --save '' --appendonly no")
        _wait_for(port)
        self.variables["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"

    def web(self, *, bare: bool = False) -> tuple[int, Process]:
        """The web server of the Procfile; ``bare``: the same with the smallest project."""
        port = free_port()
        line = procfile()["web"]
        if bare:
            line = re.sub(r"--worker-class \S+", "--worker-class gthread", line)
            line = line.replace("yuhu.wsgi", "bench.bare.wsgi")
        self.variables["PORT"] = str(port)
        process = self.start(line)
        _wait_for(port)
        return port, process

    def role(self, name: str) -> Process:
        """Worker or beat, as the Procfile starts it."""
        return self.start(procfile()[name].replace("var/", f"{VAR}/"))


def procfile() -> dict[str, str]:
    """Command by role."""
    lines = (BASE / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise Failed(f"nothing listens on port {port}: see {VAR / 'log.txt'}")


def memory_of(pid: int) -> tuple[float, float]:
    """(proportional, resident) memory of a process in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = {name: int(value) / 1024 for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return found["Pss"], found["Rss"]


def server_settings() -> str:
    """What of PostgreSQL's settings matters for the figures."""
    wanted = "shared_buffers", "work_mem", "fsync", "synchronous_commit", "autovacuum", "max_wal_size", "jit"
    connection = connect("postgres")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split(" ", 1)[0]
        cursor.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [[*wanted]]
        )
        values = dict(cursor.fetchall())
    connection.close()
    place = urlsplit(SERVER)
    return f"{version} at {place.hostname} ({', '.join(f'{name} {values[name]}' for name in wanted)})"
