"""Which block lies under a point: the answer that fills in the report form."""

import pytest

from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_point_inside_answers_code_and_name(world: World, as_) -> None:
    place = world.b1
    point = {"longitude": place.centroid_longitude, "latitude": place.centroid_latitude}
    answer = as_("governor").get("/here/", point)
    assert answer.json() == {"code": place.code, "name": place.name}


def test_a_point_outside_answers_a_sentence(world: World, as_) -> None:
    answer = as_("governor").get("/here/", {"longitude": "116.4", "latitude": "39.9"})
    assert answer.status_code == 404
    assert "outside every block" in answer.json()["detail"]


def test_half_a_point_is_no_point(world: World, as_) -> None:
    assert as_("governor").get("/here/", {"longitude": "112.9"}).status_code == 400


def test_it_only_reads(world: World, as_) -> None:
    assert as_("governor").post("/here/", {"longitude": "112.9", "latitude": "27.8"}).status_code == 405
