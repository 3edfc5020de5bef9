"""Keeps a few child processes alive and ends them cleanly: the embedded default's whole operations department.

Production has systemd, supervisor or a platform for this (``Procfile``). Leaves to others: what the children do.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a child that died is started again
HEALTHY_AFTER = 20.0  # a child that lived so long starts again with the first pause
STOP_SECONDS = 6.0  # then children that have not ended are killed
_TICK = 0.1
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """In the child, before it starts: on Linux ask for SIGTERM when the parent dies, however it dies."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One command to keep running, in a process group of its own (Ctrl-C reaches the keeper only)."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    start_again_at: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the command."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # The keeper has one thread, so nothing can hold a lock in the child before exec.
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def signal(self, number: int) -> None:
        """Send a signal to the child and to everything that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Keeper:
    """Starts the children, starts again those that die, ends all of them on SIGINT or SIGTERM."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    say: Callable[[str], object]
    stopping: bool = field(default=False, init=False)

    def watch_signals(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP mean: stop. Call it from the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start(self.environment)

    def keep(self, *, on_ready: Callable[[], bool]) -> None:
        """Watch until told to stop. ``on_ready`` is asked every tick until it says that it is done."""
        announced = False
        while not self.stopping:
            for child in self.children:
                self._revive(child)
            if not announced:
                announced = on_ready()
            time.sleep(_TICK)

    def stop(self) -> None:
        """Ask every child to end, wait, then end those that did not; also what a child left behind."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(child.is_running for child in self.children):
            time.sleep(_TICK / 2)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _revive(self, child: Child) -> None:
        if child.is_running:
            return
        now = time.monotonic()
        if child.start_again_at <= child.started_at:  # it has just died
            code = child.process.returncode if child.process is not None else None
            child.pause = (
                FIRST_PAUSE if now - child.started_at > HEALTHY_AFTER else min(child.pause * 2, LONGEST_PAUSE)
            )
            child.start_again_at = now + child.pause
            child.signal(signal.SIGKILL)  # a dead gunicorn may leave workers that hold the port
            self.say(f"{child.name} ended (code {code}); starting it again in {child.pause:.0f} s")
        elif now >= child.start_again_at:
            child.start(self.environment)
