"""The commands say what they did, print errors by row, and keep nothing when anything is wrong."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from blocks.actions import DATA
from blocks.models import Block, District, Division, Street
from tests.blocks.places import DISTRICT, box, feature, make_areas, quarters

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection(tmp_path: Path):
    """Writes features to a file and gives its path."""

    def write(features: list[object], **members: object) -> str:
        path = tmp_path / "blocks.geojson"
        path.write_text(
            json.dumps({"type": "FeatureCollection", **members, "features": features}), encoding="utf-8"
        )
        return str(path)

    return write


def run(*arguments: str) -> tuple[str, str]:
    """Standard output and standard error of the command."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def test_the_demo_district_is_loaded_and_divided_by_two_commands():
    out, err = run("load_areas")
    assert "60" in out
    out, err = run("import_blocks", str(DATA / "blocks.geojson"), "--effective-from", "2022-01-01")
    assert "326" in out
    assert err == ""
    assert Block.objects.count() == 326
    assert Division.objects.get().source == "demo"


def test_a_dry_run_says_what_it_would_do(collection):
    make_areas()
    out, _ = run("import_blocks", collection(quarters()), "--effective-from", "2022-01-01", "--dry-run")
    assert "8" in out
    assert not Division.objects.exists()


def test_errors_are_printed_by_row_and_the_command_fails(collection):
    make_areas()
    rows = [*quarters(), feature("43030200100101", box(8, 8)), feature("x", None)]
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="4"):
        call_command(
            "import_blocks",
            collection(rows),
            "--effective-from",
            "2022-01-01",
            stdout=out,
            stderr=err,
            no_color=True,
        )
    lines = err.getvalue().splitlines()
    codes = ["code_duplicate", "number_duplicate", "code_invalid", "geometry_missing"]
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in lines] == codes
    assert "9" in lines[0]
    assert out.getvalue() == ""
    assert not Division.objects.exists()


def test_the_source_is_the_argument_or_the_files_word_or_the_district(collection):
    make_areas()
    run("import_blocks", collection(quarters(), source="demo"), "--effective-from", "2022-01-01")
    run("import_blocks", collection(quarters(), source="who knows"), "--effective-from", "2022-01-02")
    run(
        "import_blocks",
        collection(quarters(), source="demo"),
        "--effective-from",
        "2022-01-03",
        "--source",
        "standard",
    )
    assert list(Division.objects.order_by("number").values_list("source", flat=True)) == [
        "demo",
        "district",
        "standard",
    ]


@pytest.mark.parametrize("day", ["2022-13-01", "tomorrow", "", "20220101x"])
def test_a_day_that_is_none_is_refused(collection, day):
    with pytest.raises(CommandError):
        run("import_blocks", collection(quarters()), "--effective-from", day)


def test_refusals_and_unreadable_files_are_told_in_words(collection, tmp_path):
    make_areas()
    with pytest.raises(CommandError, match=r"nowhere\.geojson"):
        run("import_blocks", str(tmp_path / "nowhere.geojson"), "--effective-from", "2022-01-01")
    with pytest.raises(CommandError):
        run("import_blocks", str(DATA / "streets.csv"), "--effective-from", "2022-01-01")
    path = collection(quarters())
    run("import_blocks", path, "--effective-from", "2022-01-01")
    with pytest.raises(CommandError):
        run("import_blocks", path, "--effective-from", "2022-01-01")
    with pytest.raises(CommandError):
        run("import_blocks", path, "--effective-from", "2023-01-01", "--district", "999999")
    assert Division.objects.count() == 1


def test_with_several_districts_one_must_be_named(collection):
    make_areas()
    District.objects.create(code="430304", name="岳塘区", source="standard")
    path = collection(quarters())
    with pytest.raises(CommandError, match="--district"):
        run("import_blocks", path, "--effective-from", "2022-01-01")
    run("import_blocks", path, "--effective-from", "2022-01-01", "--district", DISTRICT)
    assert Division.objects.get().district_id == DISTRICT


def test_a_directory_with_errors_loads_nothing(tmp_path):
    (tmp_path / "district.csv").write_text("code,name_zh,source\n430302,雨湖区,standard\n", encoding="utf-8")
    (tmp_path / "streets.csv").write_text("code,name_zh,source\n43030X001,街道,standard\n", encoding="utf-8")
    (tmp_path / "communities.csv").write_text("code,name_zh,source\n", encoding="utf-8")
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("load_areas", str(tmp_path), stderr=err)
    assert "streets.csv" in err.getvalue()
    assert not Street.objects.exists()


def test_a_directory_that_is_not_there_is_told_in_words(tmp_path):
    with pytest.raises(CommandError, match=r"district\.csv"):
        run("load_areas", str(tmp_path / "nowhere"))
