"""Whole systems of a drill's own: web, worker, beat with PostgreSQL and Redis, or the embedded default.

Everything listens on free loopback ports and lives in one temporary folder. What dies is started again as systemd
would; at the end every process is ended by its number. Leaves to others: single processes and servers (``servers``),
what is loaded (``cast``), who calls (``clients``), what is broken (``havoc``).
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.faults.servers import Postgres, Process, Redis
from tests.runtime.machine import BASE, environment, free_port, wait_until

BIN = Path(sys.executable).parent
RESTART_SECONDS = 0.3  # systemd's RestartSec= is 0.1 s by default
LOAD_THE_CAST = "from tests.faults.cast import load; load()"


class System:
    """The system as processes, with what they need. End it with ``close``; better, use ``Mould.cast``."""

    def __init__(self, folder: Path, logs: Path) -> None:
        self.folder, self.logs, self.port = folder, logs, free_port()
        self.servers: dict[str, Process] = {}
        self.processes: dict[str, Process] = {}
        self.variables: dict[str, str] = {}
        self._closing = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def postgres(self) -> Postgres:
        """Its own database; an embedded system has none."""
        found = self.servers["postgres"]
        assert isinstance(found, Postgres)
        return found

    @property
    def redis(self) -> Redis:
        """Its own broker and cache; an embedded system has none."""
        found = self.servers["redis"]
        assert isinstance(found, Redis)
        return found

    def serve_with(self, server: Process) -> None:
        """Start a database or broker that the processes shall use."""
        self.servers[server.name] = server
        server.start()

    @property
    def environment(self) -> dict[str, str]:
        """What every process of it gets."""
        more = {
            "PORT": str(self.port),
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }
        if "postgres" in self.servers:
            more["DATABASE_URL"] = self.postgres.url
        if "redis" in self.servers:
            more["REDIS_URL"] = self.redis.url
        return environment(self.folder / "var", **more | self.variables)

    def add(self, name: str, command: Sequence[str]) -> Process:
        """Make a process known; nothing is started."""
        process = Process(name, command, self.environment, self.logs / f"{name}.log")
        self.processes[name] = process
        return process

    def add_from_procfile(self, line: str, name: str = "") -> Process:
        """A process exactly as the Procfile has it; under another ``name`` a second one of the kind."""
        lines = (BASE / "Procfile").read_text(encoding="utf-8").splitlines()
        commands = dict(text.split(": ", 1) for text in lines)
        return self.add(name or line, ["bash", "-c", f"exec {commands[line]}"])

    def add_serve(self) -> Process:
        """The embedded default: one command that keeps its own children."""
        return self.add("serve", [sys.executable, "manage.py", "serve", f"--port={self.port}"])

    def start(self, *names: str) -> None:
        """Start these processes (without names: all), keep them alive, and wait until the web server answers."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep_alive, daemon=True)
            self._keeper.start()
        for name in names or self.processes:
            self.processes[name].kept = True
        if any(self.processes[name].name in ("web", "serve") for name in names or self.processes):
            wait_until(self.answers, seconds=60, what="the web server answers")

    def answers(self) -> bool:
        """Whether the web server answers."""
        from tests.faults.clients import BREAK, once

        try:
            return once(self.port, "GET", "/healthz", timeout=5).status == 200
        except BREAK:  # nobody listens, or whoever did was killed before the answer's end
            return False

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query returns, on either engine."""
        if "postgres" in self.servers:
            return self.postgres.rows(sql)
        address = f"file:{self.folder / 'var' / 'yuhu.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
            return connection.execute(sql).fetchall()

    def manage(self, *arguments: str, timeout: float = 180) -> "subprocess.CompletedProcess[str]":
        """Run one management command of the system to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def python(self, code: str, **variables: str) -> str:
        """Run Python inside the system, as ``manage.py shell`` does; returns what it printed. Fails if it fails."""
        self.variables |= variables
        done = self.manage("shell", "--verbosity=0", "-c", code)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def close(self) -> None:
        """End every process by its number, whatever state the drill left it in."""
        self._closing.set()
        for process in self.processes.values():
            process.kept = False
        if self._keeper is not None:
            self._keeper.join(timeout=20)
        for process in [*self.processes.values(), *self.servers.values()]:
            process.kill()

    def _keep_alive(self) -> None:
        """Starts all processes and starts again what died."""
        while not self._closing.wait(0.05):
            for process in self.processes.values():
                if process.kept and not process.is_running:
                    process.bury()
                    if process.starts and self._closing.wait(RESTART_SECONDS):
                        return
                    process.start()


class Mould:
    """A system with the cast loaded, made once; each drill gets a copy of its files."""

    def __init__(self, folder: Path, *, embedded: bool = False) -> None:
        self.folder, self.embedded = folder, embedded

    def make(self) -> Self:
        """Migrate, load the cast (``tests.faults.cast``), collect static files."""
        (self.folder / "var").mkdir()
        system = System(self.folder, self.folder)
        try:
            if not self.embedded:
                system.serve_with(Postgres.make(self.folder / "postgres", self.folder / "postgres.log"))
                system.postgres.rows("CREATE DATABASE yuhu", database="postgres")
            for command in (["migrate", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]):
                done = system.manage(*command)
                assert done.returncode == 0, done.stdout + done.stderr
            system.python(LOAD_THE_CAST)
            if not self.embedded:
                system.postgres.finish()
        finally:
            system.close()
        return self

    @contextmanager
    def cast(self, logs: Path, **variables: str) -> Iterator[System]:
        """A fresh system, its database and broker running, its own processes known and not started.

        ``variables`` go into the environment of all its processes. Afterwards nothing of it is left.
        """
        with own_folder() as folder:
            subprocess.run(["cp", "-a", f"{self.folder}/.", str(folder)], check=True, timeout=120)
            system = System(folder, logs)
            system.variables |= variables
            try:
                if not self.embedded:
                    system.serve_with(Postgres(folder / "postgres", logs / "postgres.log"))
                    system.serve_with(Redis(folder, logs / "redis.log"))
                    for name in ("web", "worker", "courier", "beat"):
                        system.add_from_procfile(name)
                else:
                    system.add_serve()
                yield system
            finally:
                system.close()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A temporary folder into which PostgreSQL's own user may look; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yuhu-drill-"))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
