"""Backup and restore as they are needed: of a living system, elsewhere, after a kill, and never of a spoilt archive."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.runtime.drill import KEY, System, a_system, asked, at_work
from tests.runtime.machine import wait_until
from yuhu.runtime.backup import BackupError
from yuhu.runtime.backup.archive import verify

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("backup")]
POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]
WRITERS = 2


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A migrated system with people, which nobody uses yet."""
    with a_system(tmp_path_factory.mktemp("drill") / "first") as system:
        done = system.manage("migrate", "--verbosity=0")
        assert done.returncode == 0, done.stderr
        system.life("build")
        yield system


@pytest.fixture(scope="module")
def archive(living: System) -> tuple[Path, dict[str, int]]:
    """An archive made while two writers report cases with photos, and what they had written before and after."""
    stop = living.folder / "stop"
    writers = [living.start("-m", "tests.runtime.drill_life", "write", str(stop)) for _ in range(WRITERS)]
    try:
        wait_until(lambda: written(living) >= 30, seconds=180, what="30 cases are written")
        before = written(living)
        done = living.manage("backup")
        assert done.returncode == 0, done.stdout + done.stderr
        during = written(living)
        wait_until(lambda: written(living) > during, seconds=120, what="the writers go on")
    finally:
        stop.touch()
        ends = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, ends
    assert during > before, "nobody was kept waiting until the backup's end"
    found = list((living.folder / "backups").glob("*.yuhubak"))
    assert len(found) == 1
    return found[0], {"before": before, "after": written(living)}


def written(system: System) -> int:
    return sum(int(path.read_text()) for path in system.folder.glob("written-*"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[System]:
    """An empty installation on the same keys."""
    with a_system(tmp_path / "elsewhere") as system:
        yield system


def has_a_database(system: System) -> bool:
    if POSTGRES:
        return bool(asked(system, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'"))
    return (system.folder / "yuhu.sqlite3").exists()


def test_a_living_system_comes_back_elsewhere_whole(archive, elsewhere):
    path, wrote = archive
    done = elsewhere.manage("restore", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as the archive says" in done.stdout
    assert "核验通过" in done.stdout, "verify_journal has looked"
    said = elsewhere.life("check")
    assert said["wrong_photos"] == 0
    assert said["missing_triggers"] == []
    assert said["new_number_is_new"] is True
    assert said["persons"] == ["13800005678"]
    # One moment between the two: what was there before is there; not everything that came later is.
    assert wrote["before"] - WRITERS <= said["cases"] < wrote["after"]
    assert said["cases"] - WRITERS <= said["photos"] <= said["cases"]

    again = elsewhere.manage("restore", str(path))
    assert again.returncode == 1
    assert "not empty" in again.stderr
    # What was written since is lost, as was asked; the head file outside remembers that there was more.
    replaced = elsewhere.manage("restore", "--replace", "--no-input", str(path))
    assert "as the archive says" in replaced.stdout, replaced.stderr
    assert replaced.returncode == 3
    assert "removed:" in replaced.stdout


def kill_when(system: System, condition: Callable[[], object], *arguments: str) -> None:
    """Start a command and kill it as soon as ``condition`` holds."""
    process = system.start("manage.py", *arguments)
    try:
        deadline = time.monotonic() + 180
        while not condition():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.001)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL, "it was not over yet"


def test_a_killed_backup_leaves_nothing_that_looks_like_one(living, archive, tmp_path):
    folder = tmp_path / "killed"
    kill_when(living, lambda: list(folder.glob(".*.part")), "backup", "--to", str(folder))
    assert list(folder.glob("*.yuhubak")) == []
    (left,) = folder.glob(".*.part")
    with left.open("rb") as source, pytest.raises(BackupError):
        verify(source, KEY, tell=len_of)
    for day in (1, 2, 3):
        (folder / f"yuhu-2022010{day}T000000Z.yuhubak").touch()

    # The next one clears up, keeps as many as it was told, and names a photo that has been lost meanwhile.
    lost = next((living.files / "cases").rglob("*.jpg"))
    kept = lost.read_bytes()
    lost.unlink()
    try:
        done = living.manage("backup", "--to", str(folder), "--keep", "2")
    finally:
        lost.write_bytes(kept)
    assert done.returncode == 3, done.stderr
    assert lost.name in done.stderr
    assert list(folder.glob(".*.part")) == []
    oldest, newest = sorted(folder.glob("*.yuhubak"))
    assert oldest.name == "yuhu-20220103T000000Z.yuhubak"
    with newest.open("rb") as source:
        assert verify(source, KEY, tell=len_of)["missing_files"] == 1


def len_of(size: int) -> int:
    return size


def test_a_killed_restore_leaves_no_half_a_database_and_can_be_repeated(archive, elsewhere):
    path, _wrote = archive
    kill_when(elsewhere, lambda: list(elsewhere.files.glob("cases/*/*/*")), "restore", str(path))
    assert not has_a_database(elsewhere)
    if POSTGRES:
        kill_when(elsewhere, lambda: at_work(elsewhere, "pg_restore"), "restore", str(path))
        wait_until(lambda: not at_work(elsewhere, "pg_restore"), seconds=90, what="pg_restore ends")
        assert not has_a_database(elsewhere), "a single transaction"
    done = elsewhere.manage("restore", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
