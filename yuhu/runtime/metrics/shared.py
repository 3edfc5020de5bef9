"""All processes of a machine as one: each counts in files of its own in ``PROMETHEUS_MULTIPROC_DIR``.

Web servers and workers come and go, so files of processes that have ended are folded into one: numbers go on, and
asking does not get slower with every restart. A process killed between the two halves of folding would let one dead
process count twice: numbers for alarms, not for accounts.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Process 0 is the kernel's: no file of a living process has this number.
_FOLDED = "0"
_KINDS = ("counter", "histogram")


def exposition() -> bytes:
    """What was counted, in Prometheus' format."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    with _locked(Path(folder)):
        fold(Path(folder))
        MultiProcessCollector(registry, path=folder)
        return generate_latest(registry)


def fold(folder: Path) -> int:
    """Add the numbers of ended processes to those of process 0; returns how many files went."""
    gone = 0
    for kind in _KINDS:
        ended = [path for path in sorted(folder.glob(f"{kind}_*.db")) if not _is_alive(path)]
        if not ended:
            continue
        kept = MmapedDict(str(folder / f"{kind}_{_FOLDED}.db"))
        try:
            for path in ended:
                for key, value, _stamp, _place in MmapedDict.read_all_values_from_file(str(path)):
                    kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
                path.unlink()
                gone += 1
        finally:
            kept.close()
    return gone


def _is_alive(path: Path) -> bool:
    """Whether the process that writes the file is there."""
    number = path.stem.rpartition("_")[2]
    if number == _FOLDED:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # of another user, and there
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
