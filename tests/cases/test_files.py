"""Where photos are kept: whole or not at all, in a folder or in a bucket, and what is said when there is no room."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.config import Config
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError

from cases.models import Attachment, Case
from tests.api.callers import Caller, errors
from tests.api.test_attachments import photo, picture
from tests.faults.partners import FileStore, file_store
from tests.world import World, a_dispatched
from yuhu.kit import env
from yuhu.kit.away import is_away
from yuhu.kit.breaker import Breaker
from yuhu.kit.exceptions import FilesAway
from yuhu.kit.files import WholeFiles
from yuhu.kit.s3 import CLIENT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def files(folder: Path) -> WholeFiles:
    return WholeFiles(location=folder)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has no room when the file shall be on it."""

    def fsync(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("yuhu.kit.files.os.fsync", fsync)


def test_a_file_has_its_name_only_when_it_is_whole(files: WholeFiles, folder: Path, monkeypatch) -> None:
    seen: list[list[str]] = []
    link = os.link

    def watched(source: str, target: str) -> None:
        seen.append([path.name for path in folder.iterdir() if not path.name.startswith(".")])
        assert Path(source).read_bytes() == b"photo"
        link(source, target)

    monkeypatch.setattr("yuhu.kit.files.os.link", watched)
    assert files.save("a.jpg", ContentFile(b"photo")) == "a.jpg"
    assert seen == [[]]
    assert [path.name for path in folder.iterdir()] == ["a.jpg"]
    assert (folder / "a.jpg").read_bytes() == b"photo"


def test_two_files_of_one_name_at_once_are_two_files(files: WholeFiles, folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(WholeFiles, "exists", lambda self, name: Path(self.path(name)).exists())
    first = files.save("a.jpg", ContentFile(b"1"))
    # The other process takes the name after it was found to be free.
    monkeypatch.setattr("django.core.files.storage.base.Storage.get_available_name", _stale(first))
    second = files.save("a.jpg", ContentFile(b"2"))
    assert first != second
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"1", b"2"]


def _stale(taken: str):
    names = iter([taken, "b.jpg"])
    return lambda self, name, max_length=None: next(names)


def test_without_room_nothing_is_left_and_it_is_said(files: WholeFiles, folder: Path, full_disk) -> None:
    with pytest.raises(FilesAway):
        files.save("a.jpg", ContentFile(b"photo"))
    assert list(folder.iterdir()) == []


def test_a_full_disk_and_a_database_that_is_away_pass_and_a_missing_file_does_not() -> None:
    assert is_away(OSError(errno.ENOSPC, "full"))
    assert is_away(OperationalError("database or disk is full"))
    assert not is_away(FileNotFoundError(errno.ENOENT, "no such file"))
    assert not is_away(None)


@pytest.fixture
def case(world: World) -> Case:
    return a_dispatched(world)


@pytest.fixture
def me(world: World) -> Caller:
    caller = Caller(world.governor)
    caller.client.raise_request_exception = False  # the answer is what counts
    return caller


def test_the_api_says_503_and_when_to_come_back_and_keeps_nothing_half(
    me: Caller, case: Case, full_disk
) -> None:
    version = case.version
    answer = me.upload(f"cases/{case.number}/attachments/", file=photo(), stage="before")
    assert (answer.status_code, errors(answer)) == (503, [("files_unavailable", None)])
    assert answer["Retry-After"] == "5"
    case.refresh_from_db()
    assert (case.version, Attachment.objects.count()) == (version, 0)


def test_a_temporary_file_that_finds_no_room_is_503_too(me: Caller, case: Case, monkeypatch) -> None:
    def full(self, *args, **kwargs) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.new_file", full)
    answer = me.upload(f"cases/{case.number}/attachments/", file=photo(), stage="before")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    page = me.client.post("/cases/new/", {"photos": photo()})
    assert (page.status_code, page["Retry-After"]) == (503, "5")


# --- S3 -----------------------------------------------------------------------------------------


@pytest.fixture
def bucket(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileStore]:
    monkeypatch.setattr("yuhu.kit.files.store", Breaker(failures=3, rest=5, longest=30))
    with file_store() as found:
        settings.STORAGES = {**settings.STORAGES, "default": env.files(found.url)}
        yield found


def test_photos_go_to_a_bucket_and_come_back(bucket: FileStore, me: Caller, case: Case) -> None:
    answer = me.upload(f"cases/{case.number}/attachments/", file=photo(), stage="before")
    assert answer.status_code == 201, answer.content
    assert len(bucket.objects) == 2
    assert all(path.startswith("/photos/") for path in bucket.objects)
    assert picture(me.get(answer.json()["file"])).size == (64, 48)


def test_a_bucket_that_hangs_costs_bounded_time_and_then_none(
    bucket: FileStore, me: Caller, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yuhu.kit.s3.CLIENT", CLIENT.merge(Config(read_timeout=1)))  # 5 s for people
    bucket.mode = "hangs"
    path, took = f"cases/{case.number}/attachments/", []
    for _try in range(4):
        began = time.monotonic()
        answer = me.upload(path, file=photo(), stage="before")
        took.append(time.monotonic() - began)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 1 < max(took) < 8
    assert took[3] < 1, "after three failures nobody waits"
    assert Attachment.objects.count() == 0


def test_a_bucket_that_refuses_is_503_and_once_it_works_again_the_photo_is_stored(
    bucket: FileStore, me: Caller, case: Case
) -> None:
    bucket.mode = "refuses"
    path = f"cases/{case.number}/attachments/"
    assert me.upload(path, file=photo(), stage="before").status_code == 503
    bucket.mode = "works"
    stored = me.upload(path, file=photo(), stage="before")
    assert stored.status_code == 201
    bucket.mode = "refuses"
    shown = me.get(stored.json()["file"])
    assert (shown.status_code, shown["Retry-After"]) == (503, "5")


def test_what_is_not_in_the_bucket_is_404(bucket: FileStore, me: Caller, case: Case) -> None:
    stored = me.upload(f"cases/{case.number}/attachments/", file=photo(), stage="before").json()
    bucket.objects.clear()
    assert me.get(stored["file"]).status_code == 404


def test_no_file_in_a_bucket_is_overwritten(bucket: FileStore) -> None:
    first = default_storage.save("a.jpg", ContentFile(b"1"))
    second = default_storage.save("a.jpg", ContentFile(b"2"))
    assert first != second
    assert sorted(bucket.objects.values()) == [b"1", b"2"]


@pytest.mark.parametrize(
    "url", ["http://k:s@h/b", "s3://h/b", "s3://k:s@h/", "s3://k:s@h/b?tsl=no", "s3://k:s@h/b?tls=no"]
)
def test_an_address_that_is_not_understood_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        env.files(url)


def test_an_address_says_everything_that_a_bucket_needs() -> None:
    options = env.files("s3://key:se%2Fcret@s3.example:9000/photos?region=cn-north-1")["OPTIONS"]
    assert options == {
        "access_key": "key",
        "secret_key": "se/cret",
        "bucket_name": "photos",
        "endpoint_url": "https://s3.example:9000",
        "region_name": "cn-north-1",
    }
