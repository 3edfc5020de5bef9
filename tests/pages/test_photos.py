"""Photos leave the house privately, as what they are, and only once."""

import pytest

from cases.actions import attach
from cases.models import Attachment
from cases.photos import prepare
from tests.pages.conftest import jpeg
from tests.world import AT, World, a_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(world: World) -> Attachment:
    case = a_report(world)
    big = prepare(jpeg(size=(900, 600)))
    return attach(case_id=case.pk, photo=big, stage="before", by=world.by("governor"), at=AT)


def address(stored: Attachment, small: str = "") -> str:
    return f"/cases/{stored.case.number}/photos/{stored.pk}/{small}"


def test_a_photo_is_a_jpeg_that_nobody_else_may_keep(world: World, as_, stored: Attachment) -> None:
    answer = as_("governor").get(address(stored))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert len(answer.content) == stored.size


def test_its_thumbnail_is_smaller(world: World, as_, stored: Attachment) -> None:
    client = as_("governor")
    assert len(client.get(address(stored, "small/")).content) < len(client.get(address(stored)).content)


def test_what_the_browser_has_is_not_sent_again(world: World, as_, stored: Attachment) -> None:
    client = as_("governor")
    tag = client.get(address(stored))["ETag"]
    again = client.get(address(stored), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address(stored, "small/"), headers={"If-None-Match": tag}).status_code == 200


def test_the_tag_opens_nothing_to_those_who_do_not_see_the_case(
    world: World, as_, stored: Attachment
) -> None:
    tag = as_("governor").get(address(stored))["ETag"]
    assert as_("governor9").get(address(stored), headers={"If-None-Match": tag}).status_code == 404


def test_a_photo_belongs_to_the_case_in_its_address(world: World, as_, stored: Attachment) -> None:
    other = a_report(world, description="另一件")
    assert as_("governor").get(f"/cases/{other.number}/photos/{stored.pk}/").status_code == 404


def test_a_jpeg_is_not_compressed_once_more(world: World, as_, stored: Attachment) -> None:
    answer = as_("governor").get(address(stored), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer


def test_a_file_that_is_gone_is_not_found(world: World, as_, stored: Attachment) -> None:
    stored.file.storage.delete(str(stored.file.name))
    assert as_("governor").get(address(stored)).status_code == 404
