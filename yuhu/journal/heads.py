"""The file outside the database that remembers, day by day, where the feed ended.

One line per day: time, feed number, chain. Whoever removes the feed's tail in the database has to find and
change this file as well; keep it where database administrators cannot write (docs/operations.md).
"""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Head:
    """Where the feed ended at a moment."""

    at: dt.datetime
    feed_no: int
    chain: str

    def line(self) -> str:
        """The head as one line of the file, without the line's end."""
        return f"{self.at.astimezone(dt.UTC).isoformat(timespec='seconds')} {self.feed_no} {self.chain}"

    @classmethod
    def parse(cls, line: str) -> "Head":
        """Read what ``line`` wrote.

        Raises:
            ValueError: not a line of a head file.
        """
        moment, number, chain = line.split()
        at = dt.datetime.fromisoformat(moment)
        if at.utcoffset() is None or len(chain) != 64 or int(number) < 1:
            raise ValueError(f"not a head: {line!r}")
        return cls(at=at, feed_no=int(number), chain=chain)


@dataclass(frozen=True)
class HeadFile:
    """All readable heads, oldest first, and the numbers of the lines that could not be read."""

    heads: tuple[Head, ...] = ()
    unreadable: tuple[int, ...] = ()


def read(path: Path) -> HeadFile:
    """Read a head file; a missing one is empty."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return HeadFile()
    heads: list[Head] = []
    unreadable: list[int] = []
    for number, line in enumerate(lines, start=1):
        try:
            heads.append(Head.parse(line))
        except ValueError:
            unreadable.append(number)
    return HeadFile(tuple(heads), tuple(unreadable))


def append(path: Path, head: Head) -> None:
    """Add a line and have it on the disk before returning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        size = os.fstat(handle).st_size
        # A line that a power cut tore must not swallow this one.
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (("\n" if torn else "") + head.line() + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
