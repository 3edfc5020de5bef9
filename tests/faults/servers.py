"""One process of a drill, and the two servers that a production system needs: PostgreSQL and Redis of its own.

A process is found by the session that it was started in, so that orphans of a killed parent end too. Leaves to others:
what makes a whole system (``machines``).
"""

import contextlib
import os
import pwd
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import redis

from tests.runtime.machine import BASE, descendants, free_port, is_alive, wait_until

# To the kernel the parent is the thread that started a process: one thread, which lives as long as the drills do.
_STARTER = ThreadPoolExecutor(1, thread_name_prefix="starter")


def in_session(session: int) -> list[int]:
    """Every living process of a session, its leader first."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(entry.name))
    return sorted(found, key=lambda pid: (pid != session, pid))


@dataclass
class Process:
    """One command in a session of its own, with a log; ``kept`` says that it is started again when it dies."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    kept: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    session: int | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it. When whoever runs the drill dies, the kernel kills it too."""
        self.process = _STARTER.submit(self._open).result()
        self.session = self.process.pid
        self.starts += 1

    def _open(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as output:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *self.command],
                cwd=BASE, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def is_running(self) -> bool:
        """Whether its first process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def pids(self) -> list[int]:
        """The first process and everything that it started, also what outlives it."""
        found = in_session(self.session) if self.session is not None else []
        # PostgreSQL's children make sessions of their own.
        return list(dict.fromkeys([*found, *(child for pid in found for child in descendants(pid))]))

    @property
    def said(self) -> str:
        """All output so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def signal(self, number: int) -> None:
        """Send a signal to its first process, if it is there."""
        if self.process is not None:
            self.process.send_signal(number)

    def bury(self) -> None:
        """End whatever is left of it, as systemd does with a control group, and forget its number: it may soon be
        that of a stranger."""
        pids = self.pids
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=20)
        wait_until(lambda: not any(map(is_alive, pids)), seconds=20, what=f"{self.name} ends")
        self.session = None

    def kill(self) -> None:
        """End it and everything that it started, at once and for good."""
        self.kept = False
        self.bury()


class Postgres(Process):
    """A cluster of its own, with everything on disk that PostgreSQL promises (``fsync`` stays on)."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data, self.port = data, free_port()
        options = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
            "max_connections": 80, "shared_buffers": "96MB", "max_wal_size": "512MB", "log_min_messages": "fatal",
        }  # fmt: skip
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [*_as_postgres(), _pg("postgres"), "-D", str(data), *flags]
        super().__init__("postgres", command, {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, log)

    @classmethod
    def make(cls, folder: Path, log: Path) -> "Postgres":
        """A new, empty cluster in ``folder``."""
        folder.mkdir()
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        command = [*_as_postgres(), _pg("initdb"), "-D", str(folder), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120, cwd="/")
        return cls(folder, log)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/yuhu"

    def start(self) -> None:
        """Start it and wait until it takes connections: after a crash it replays its log first."""
        super().start()
        wait_until(self.answers, seconds=60, what="PostgreSQL answers")

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            self.rows("SELECT 1", database="postgres")
        except psycopg2.OperationalError:
            return False
        return True

    def rows(self, sql: str, *parameters: object, database: str = "yuhu") -> list[tuple[Any, ...]]:
        """What a statement returns, on a connection of its own."""
        with contextlib.closing(
            psycopg2.connect(
                host="127.0.0.1", port=self.port, user="postgres", dbname=database, connect_timeout=5
            )
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []

    def cut(self, rng: random.Random, share: float) -> int:
        """Cut a share of the connections of the system, whatever they are at; returns how many."""
        found = self.rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'yuhu' AND pid <> pg_backend_pid() ORDER BY pid"
        )
        chosen = [pid for (pid,) in found if rng.random() < share]
        for pid in chosen:
            self.rows("SELECT pg_terminate_backend(%s)", pid)
        return len(chosen)

    def crash(self) -> None:
        """``pg_ctl stop -m immediate``: no farewell, nothing is written any more."""
        self.signal(signal.SIGQUIT)
        assert self.process is not None
        self.process.wait(timeout=30)
        self.bury()

    def finish(self) -> None:
        """``pg_ctl stop -m fast``: an orderly end, after which the folder may be copied."""
        self.signal(signal.SIGINT)
        assert self.process is not None
        assert self.process.wait(timeout=60) == 0, self.said
        self.bury()


class Redis(Process):
    """A broker and cache that keeps nothing on disk: stopped and started it is another, empty one."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.port = free_port()
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                   "--dir", str(folder)]  # fmt: skip
        super().__init__("redis", command, {"PATH": os.environ["PATH"]}, log)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def client(self) -> "Iterator[redis.Redis]":
        """A connection for the drill itself."""
        with redis.Redis.from_url(self.url, socket_timeout=5, socket_connect_timeout=5) as found:
            yield found

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        super().start()
        wait_until(self.answers, seconds=20, what="Redis answers")

    def answers(self) -> bool:
        """Whether it answers."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """End it with everything that it held."""
        self.kill()

    def hang(self) -> None:
        """It takes connections and answers nobody."""
        self.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It answers again."""
        self.signal(signal.SIGCONT)


def _pg(program: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    located = str(found[-1]) if found else shutil.which(program)
    assert located, f"{program} is not installed"
    return located


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root: become its own user then. The parent's death is asked for once more,
    since the kernel forgets it when the user changes."""
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig", "QUIT", "--"]
