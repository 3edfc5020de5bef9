"""The map of the board: classes of values, points of open cases, the base layer from outside that is off by itself."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cases.figures import points as points_figures
from tests.dashboard.boards import DISTRICT, board
from tests.world import AT, STREET, World, a_dispatched, a_report
from yuhu.dashboard.board.places import CLASSES, classes_of, places

pytestmark = pytest.mark.django_db
EVERYWHERE = "west=70&south=0&east=140&north=60"


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


@given(st.lists(st.integers(0, 30).map(Decimal), max_size=80))
def test_every_value_lies_in_one_class_and_equal_ones_in_the_same(values: list[Decimal]):
    borders = classes_of(values)
    assert borders == sorted(set(borders))
    assert len(borders) <= CLASSES
    assert not values or max(values) == borders[-1]


def test_every_block_of_the_area_has_its_class_and_the_legend_counts_them(world: World):
    a_dispatched(world)
    shown = places(board(world, area=STREET, tab="map"))
    fills: Any = shown.more["fills"]
    legend: Any = shown.more["legend"]
    assert len(fills) == sum(one.blocks for one in legend) == len(shown.tables["blocks"].rows) == 43
    assert fills[world.b1.code]["tone"] != fills[world.b2.code]["tone"]
    assert fills[world.b1.code]["mark"], "the class is written, not only coloured"


def test_few_cases_are_grey_and_without_a_rank(world: World):
    a_dispatched(world)
    shown = places(board(world, area=STREET, tab="map", kept={"indicator": "acceptance_rate"}))
    fills: Any = shown.more["fills"]
    assert (fills[world.b1.code]["tone"], fills[world.b2.code]["tone"]) == ("small", "none")
    assert {row.rank for row in shown.tables["blocks"].rows} == {None}


def test_map_and_table_lead_to_the_same_area_one_level_down(world: World):
    shown = places(board(world, tab="map"))
    fills: Any = shown.more["fills"]
    assert fills[world.b1.code]["url"].startswith(f"/board/{STREET}/map/")
    (row,) = [row for row in shown.tables["blocks"].rows if row.key == world.b1.code]
    assert row.url.startswith(f"/board/{world.b1.code}/map/")


# --- Points ---------------------------------------------------------------------------------------


def points(client: Client, area: str, box: str = EVERYWHERE) -> dict[str, Any]:
    answer = client.get(f"/board/{area}/map/points/?{box}")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_points_are_the_open_cases_of_the_area_and_the_box(client: Client, world: World):
    x, y = world.b1.centroid
    mine = a_dispatched(world, longitude=x, latitude=y)
    far_x, far_y = world.b9.centroid
    away = a_dispatched(world, name="governor9", block=world.b9.code, longitude=far_x, latitude=far_y)
    a_report(world, category="1204", longitude=x, latitude=y)
    client.force_login(world.streetleader)
    (only,) = points(client, STREET)["points"]
    assert mine.number in only["label"]
    assert only["url"] == f"/cases/{mine.number}/"
    assert "垃圾堆" not in json.dumps(only, ensure_ascii=False), "nothing that somebody wrote"
    assert points(client, STREET, "west=0&south=0&east=1&north=1")["points"] == []
    assert client.get(f"/board/{DISTRICT}/map/points/?{EVERYWHERE}").status_code == 404
    client.force_login(world.leader)
    assert {away.number, mine.number} == {
        one["url"].split("/")[2] for one in points(client, DISTRICT)["points"]
    }


def test_more_points_than_are_drawn_are_told(client: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(points_figures, "MOST_POINTS", 2)
    x, y = world.b1.centroid
    for _case in range(3):
        a_dispatched(world, longitude=x, latitude=y)
    client.force_login(world.leader)
    found = points(client, DISTRICT)
    assert (len(found["points"]), found["more"]) == (2, True)


NO_BOXES = ("", "west=1&south=2&east=3", "west=a&south=2&east=3&north=4", "west=nan&south=0&east=inf&north=1")


@pytest.mark.parametrize("box", NO_BOXES)
def test_a_box_that_is_none_is_refused(client: Client, world: World, box: str):
    client.force_login(world.leader)
    assert client.get(f"/board/{DISTRICT}/map/points/?{box}").status_code == 400


# --- The base layer -------------------------------------------------------------------------------


def test_without_a_key_no_address_outside_stands_anywhere(client: Client, world: World):
    client.force_login(world.leader)
    answer = client.get(f"/board/{DISTRICT}/map/")
    assert b"tianditu" not in answer.content
    assert "tianditu" not in answer.headers["Content-Security-Policy"]
    assert "https://" not in answer.headers["Content-Security-Policy"]


def test_with_a_key_the_page_names_the_layers_and_the_approval(client: Client, world: World, settings: Any):
    settings.TIANDITU_KEY, settings.MAP_APPROVAL = "abc123", "GS(2026)0001号"
    client.force_login(world.leader)
    text = client.get(f"/board/{DISTRICT}/map/").content.decode()
    assert "https://t{s}.tianditu.gov.cn/vec_w/wmts?" in text
    assert "https://t{s}.tianditu.gov.cn/cva_w/wmts?" in text
    assert "tk=abc123" in text
    assert "GS(2026)0001号" in text


@pytest.mark.parametrize("key, hosts", [("", 0), ("abc123", 8)])
def test_the_policy_lets_in_exactly_the_hosts_of_the_map(key: str, hosts: int, tmp_path: Any):
    """Settings are read once: another process reads them anew."""
    code = "from yuhu import settings; print(*settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    surroundings = {**os.environ, "TIANDITU_KEY": key, "VAR_DIR": str(tmp_path)}
    where: Any = {"cwd": django_settings.BASE_DIR, "env": surroundings, "text": True}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, **where).stdout
    outside = [word for word in said.split() if word.startswith("http")]
    assert outside == [f"https://t{number}.tianditu.gov.cn" for number in range(hosts)]
