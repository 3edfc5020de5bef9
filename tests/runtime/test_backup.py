"""What a backup promises about its bytes: a sealed stream that cannot be spoilt unnoticed, and tools that are named."""

import io
import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

import yuhu
from tests.architecture.sources import BASE
from yuhu.runtime.backup import BackupError, archive, content, engines, making, restoring, sealing

KEY = "a test's key, long enough"
CHUNK = sealing.CHUNK


def nothing(size: int) -> None:
    """A progress bar that nobody sees."""


def sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    writer = sealing.SealedWriter(out, KEY)
    for start in range(0, len(plain), 300_000):
        writer.write(plain[start : start + 300_000])
    writer.finish()
    return out.getvalue()


def opened(data: bytes, key: str = KEY) -> bytes:
    reader, found = sealing.SealedReader(io.BytesIO(data), key), []
    while block := reader.read(70_000):
        found.append(block)
    return b"".join(found)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_what_was_sealed_is_what_is_opened(size):
    plain = bytes(index % 251 for index in range(size))
    assert opened(sealed(plain)) == plain


def test_the_same_data_is_never_sealed_alike():
    assert sealed(b"same") != sealed(b"same")


TWO_CHUNKS = sealed(bytes(CHUNK) + b"the end")


@given(st.integers(0, len(TWO_CHUNKS) - 1), st.integers(0, 7))
def test_every_turned_bit_is_noticed(place, bit):
    spoilt = bytearray(TWO_CHUNKS)
    spoilt[place] ^= 1 << bit
    with pytest.raises(BackupError):
        opened(bytes(spoilt))


def test_chunks_cannot_be_left_out_added_or_swapped():
    whole = sealed(bytes(CHUNK) + bytes([1]) * CHUNK + b"the end")
    head, size = whole[: sealing.HEADER], CHUNK + 16
    first, second, last = (whole[sealing.HEADER + n * size :][:size] for n in range(3))
    assert opened(head + first + second + last)
    for order in (
        [first, second],
        [first, last],
        [second, first, last],
        [first, second, last, last],
        [last],
        [],
    ):
        with pytest.raises(BackupError):
            opened(head + b"".join(order))


def test_a_wrong_key_is_told_apart_from_a_spoilt_archive():
    with pytest.raises(BackupError, match="not the key"):
        opened(TWO_CHUNKS, "another key, long enough")
    with pytest.raises(BackupError, match="cut off or changed"):
        opened(TWO_CHUNKS[:-1])
    with pytest.raises(BackupError, match="not a backup"):
        opened(b"PK\x03\x04 something else")
    with pytest.raises(BackupError, match="missing or shorter"):
        opened(TWO_CHUNKS, "short")


def an_archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with archive.ArchiveWriter(out, KEY, {"release": "1"}, tell=nothing) as writer:
        for name, data in parts.items():
            writer.add(name, io.BytesIO(data), len(data))
        writer.finish(files=len(parts))
    return out.getvalue()


def test_the_list_of_parts_names_each_with_its_checksum():
    data = an_archive({"files/一.jpg": b"one", "files/b": bytes(3 << 20)})
    manifest = archive.verify(io.BytesIO(data), KEY, tell=nothing)
    assert manifest["release"] == "1"
    assert manifest["parts"]["count"] == 2
    found = {name: part.read() for name, part, _size in archive.parts(io.BytesIO(data), KEY)}
    assert found["files/一.jpg"] == b"one"
    first = found["parts.txt"].decode().splitlines()[0]
    assert first == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed 3 files/一.jpg"


def test_a_part_that_is_not_the_listed_one_is_refused(monkeypatch):
    """Somebody who has the key re-made the tar: the manifest still tells."""
    monkeypatch.setattr(archive._PartList, "add", lambda self, name, part: None)
    data = an_archive({"files/a": b"one"})
    monkeypatch.undo()
    with pytest.raises(BackupError, match="not those of its manifest"):
        archive.verify(io.BytesIO(data), KEY, tell=nothing)


def test_a_part_that_shrinks_while_it_is_read_fails_the_archive():
    not_to_its_end = pytest.raises(BackupError, match="files/a could not be read to its end")
    with archive.ArchiveWriter(io.BytesIO(), KEY, {}, tell=nothing) as writer, not_to_its_end:
        writer.add("files/a", io.BytesIO(b"short"), 50)


def test_a_failure_leaves_no_file_behind(tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    half_way = archive.appearing(folder / "x.yuhubak")
    half_way.__enter__().write(b"half")
    assert [path.name for path in folder.iterdir()] == [".x.yuhubak.part"]
    half_way.__exit__(ValueError, ValueError("half-way"), None)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b""])
def test_restore_refuses_before_it_looks_at_its_target(spoil, tmp_path, settings, monkeypatch):
    settings.BACKUP_KEY = KEY
    path = tmp_path / "spoilt.yuhubak"
    path.write_bytes(spoil(an_archive({"files/a": b"one"})))
    monkeypatch.setattr(engines, "target", lambda: pytest.fail("it looked at the database"))
    monkeypatch.setattr(restoring, "restore_files", lambda *a, **k: pytest.fail("it wrote files"))
    with pytest.raises(CommandError):
        call_command("restore", str(path))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"engine": "oracle"}, "holds a oracle database"),
        ({"migrations": ["cases.9999_from_the_future"]}, "install that release first"),
        ({"keys": {"PERSON_KEYS": ["0000"]}}, "PERSON_KEYS of this machine are not"),
    ],
)
@pytest.mark.django_db
def test_an_archive_that_does_not_fit_is_refused_with_what_to_do(change, sentence):
    from django.db import connection

    manifest = {"engine": connection.vendor, "migrations": [], "release": "9", "keys": content.fingerprints()}
    restoring.refuse_unfit(manifest, other_keys=False)
    with pytest.raises(BackupError, match=sentence):
        restoring.refuse_unfit(manifest | change, other_keys=False)


def test_fingerprints_do_not_tell_the_key(settings):
    settings.JOURNAL_KEY = "a journal key"
    told = json.dumps(content.fingerprints())
    assert "a journal key" not in told
    settings.JOURNAL_KEY = "another"
    assert json.dumps(content.fingerprints()) != told


@pytest.mark.django_db
def test_every_kind_of_stored_file_is_known():
    """Photos of unfinished forms live a day and are left out with their rows."""
    asked: list[str] = []

    class Cursor:
        def execute(self, query):
            asked.append(query)

        def fetchmany(self, size):
            return []

    assert list(content.file_names(Cursor)) == []
    assert {query.split('"')[1] for query in asked} == {"file", "thumbnail"}
    assert {query.split('"')[3] for query in asked} == {"cases_attachment"}
    assert "cases_photodraft" not in content.tables()


def test_files_go_back_into_a_storage_that_knows_no_paths(monkeypatch):
    storage = InMemoryStorage()
    monkeypatch.setattr(restoring, "default_storage", storage)
    monkeypatch.setattr(making, "default_storage", storage)
    data = an_archive({"files/cases/2026/11/a.jpg": b"photo", "files/b": b"b"})
    storage.save("b", ContentFile(b"another"))
    no_heads = Path("/nowhere/heads")

    def restore(*, replace: bool) -> None:
        source = io.BytesIO(data)
        restoring.restore_files(source, KEY, head_file=no_heads, replace=replace, tell=nothing)

    with pytest.raises(BackupError, match="nothing was overwritten"):
        restore(replace=False)
    restore(replace=True)
    restore(replace=False)  # what is equal stays
    assert storage.open("cases/2026/11/a.jpg").read() == b"photo"
    assert storage.open("b").read() == b"b"
    assert storage.listdir("")[1] == ["b"]


def a_tool(folder: Path, version: str) -> None:
    path = folder / version / "bin" / "pg_dump"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.3'\n")
    path.chmod(0o755)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_missing_or_too_old_tool_is_told_with_the_package_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "_DEBIAN", tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BackupError, match=r"not on this machine.*postgresql-client-\d+"):
        engines.tool("pg_dump")
    a_tool(tmp_path, "9")
    with pytest.raises(BackupError, match="only version 9 is here"):
        engines.tool("pg_dump")
    a_tool(tmp_path, "99")
    assert engines.tool("pg_dump") == str(tmp_path / "99" / "bin" / "pg_dump")


def test_the_release_is_the_one_of_the_changelog():
    assert f"## {yuhu.VERSION} " in (BASE / "CHANGELOG.md").read_text(encoding="utf-8")
