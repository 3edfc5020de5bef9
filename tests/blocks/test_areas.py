"""Loading district, streets and communities: complete, idempotent, mended where published outlines are unsound."""

import json
import shutil
from pathlib import Path

import pytest

from blocks.actions import DATA, load_areas
from blocks.exceptions import UnreadableFile
from blocks.geometry import mend, read_polygons
from blocks.geometry.shapes import flaw
from blocks.models import Community, District, Street
from tests.blocks.places import ACTOR, AT
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the demo district's files, to be spoiled."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def load(directory: Path = DATA):
    return load_areas(actor=ACTOR, at=AT, directory=directory)


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rows_in_database() -> int:
    return District.objects.count() + Street.objects.count() + Community.objects.count()


def test_the_demo_district_has_8_streets_and_51_communities():
    report = load()
    assert (report.created, report.changed, report.unchanged) == (60, 0, 0)
    district = District.objects.get()
    assert (district.code, district.name, district.name_en) == ("430302", "雨湖区", "Yuhu District")
    assert Street.objects.count() == 8
    assert Community.objects.count() == 51
    assert Street.objects.get(pk="430302001").communities.count() == 6
    for area in (*District.objects.all(), *Street.objects.all(), *Community.objects.all()):
        assert flaw(read_polygons(area.boundary)) == ""


def test_what_is_demo_says_so():
    load()
    assert District.objects.get().boundary_source == "open_data"
    assert set(Street.objects.values_list("source", "boundary_source")) == {("standard", "demo")}
    assert set(Community.objects.values_list("source", "boundary_source")) == {("standard", "demo")}


def test_a_second_load_changes_nothing_and_journals_nothing():
    load()
    report = load()
    assert (report.created, report.changed, report.unchanged) == (0, 0, 60)
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject_id, entry.area) == ("areas.loaded", "430302", "430302")
    assert entry.data == {"created": 60, "changed": 0}


def test_a_corrected_name_is_corrected_and_journaled(directory):
    load()
    rewrite(directory / "communities.csv", "雨湖路社区居委会", "雨湖路社区居民委员会")
    report = load(directory)
    assert (report.created, report.changed, report.unchanged) == (0, 1, 59)
    assert Community.objects.get(pk="430302001001").name == "雨湖路社区居民委员会"
    assert Entry.objects.count() == 2


def test_areas_that_the_files_do_not_name_stay(directory):
    load()
    path = directory / "communities.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:3]) + "\n", encoding="utf-8")
    assert load(directory).unchanged == 11
    assert Community.objects.count() == 51


def test_an_unsound_outline_is_mended_and_reported(directory):
    crossed = [[[112.8, 27.8], [112.9, 27.9], [112.9, 27.8], [112.8, 27.9], [112.8, 27.8]]]
    geometry = {"type": "Polygon", "coordinates": crossed}
    properties = {"code": "430302"}
    collection = {"source": "open_data", "features": [{"properties": properties, "geometry": geometry}]}
    (directory / "district.geojson").write_text(json.dumps(collection), encoding="utf-8")
    report = load(directory)
    assert [(warning.row, warning.code) for warning in report.warnings] == [(1, "geometry_mended")]
    assert "112.85 27.85" in report.warnings[0].message
    assert District.objects.get().boundary == mend(geometry)[0]


def test_outlines_may_be_missing(directory):
    (directory / "streets.geojson").unlink()
    assert load(directory).ok
    assert set(Street.objects.values_list("boundary", "boundary_source")) == {(None, "")}


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "code"),
    [
        ("streets.csv", "430302002,", "4303020O2,", 2, "code_invalid"),
        ("streets.csv", "430302002,", "430304002,", 2, "parent_unknown"),
        ("streets.csv", "430302002,", "430302001,", 2, "code_duplicate"),
        ("streets.csv", "城正街街道", "", 2, "name_invalid"),
        ("communities.csv", "430302001002,", "430302009002,", 2, "parent_unknown"),
        ("communities.csv", "关圣殿社区居委会", "名" * 61, 2, "name_invalid"),
        ("streets.geojson", "112.900768,", "912.900768,", 1, "geometry_outside_range"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_kept(directory, file, old, new, row, code):
    rewrite(directory / file, old, new)
    report = load(directory)
    assert (row, code) in [(error.row, error.code) for error in report.errors]
    assert any(error.message.startswith(file.replace("geojson", "csv")) for error in report.errors)
    assert rows_in_database() == 0
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("district.csv", "code,name_zh,source\n"),
        ("district.csv", "code,name_zh,source\n430302,雨湖区,standard\n430304,岳塘区,standard\n"),
        ("streets.csv", "number,name_zh,source\n1,雨湖路街道,standard\n"),
        ("streets.geojson", "[]"),
        ("streets.geojson", '{"features": [{"properties": {}}]}'),
        ("streets.geojson", '{"features": [7]}'),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_in_words(directory, file, content):
    (directory / file).write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile):
        load(directory)
    assert rows_in_database() == 0


def test_a_missing_table_and_another_encoding_are_refused(directory):
    (directory / "streets.csv").write_bytes(
        "code,name_zh,source\n430302001,雨湖路街道,standard\n".encode("gb18030")
    )
    with pytest.raises(UnreadableFile) as caught:
        load(directory)
    assert caught.value.field == "streets.csv"
    (directory / "streets.csv").unlink()
    with pytest.raises(UnreadableFile):
        load(directory)
