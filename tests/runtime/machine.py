"""Runs the system's own commands as processes of this machine, embedded, with a folder and a free port of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The embedded default in ``folder``, whatever database the tests themselves run on."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "SITE_URL", "HOST"}
    }
    database = f"sqlite:///{folder / 'yuhu.sqlite3'}"
    return inherited | {"VAR_DIR": str(folder), "DATABASE_URL": database, "SWEEP_SECONDS": "0.2"} | more


def manage(folder: Path, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run one management command to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE, env=environment(folder), capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Ask again and again; fail with ``what`` when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Every process below ``pid`` with its command line."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, pending = {}, [pid]
    while pending:
        for child in parents.get(pending.pop(), []):
            pending.append(child)
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
    return found


def is_alive(pid: int) -> bool:
    """Whether the process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Served:
    """A running ``manage.py serve`` and what it has printed."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log

    @property
    def said(self) -> str:
        """All output so far, the children's included."""
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Wait until ``text`` has been printed."""
        wait_until(
            lambda: text in self.said or self.process.poll() is not None,
            seconds=seconds,
            what=f"{text!r} is printed",
        )
        assert text in self.said, self.said


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Start ``manage.py serve`` on a free port; end it and all its children afterwards, whatever happened."""
    port, log = free_port(), folder / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", f"--port={port}"],
            cwd=BASE, env=environment(folder), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )  # fmt: skip
    try:
        yield Served(process, port, log)
    finally:
        left = [process.pid, *descendants(process.pid)]
        if process.poll() is None:
            process.kill()
        for pid in left[1:]:
            if is_alive(pid):
                os.kill(pid, 9)
        process.wait(timeout=10)
    assert not tells_a_key(folder, log), "no key of the machine stands in what its processes print"


def tells_a_key(folder: Path, log: Path) -> bool:
    """Whether one of the secrets that the system made for itself in ``folder`` was printed."""
    said = log.read_text(encoding="utf-8", errors="replace")
    return any(path.read_text(encoding="utf-8").strip() in said for path in folder.glob("*.key"))
