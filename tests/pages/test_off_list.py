"""Off-list tasks told from the phone: by whom, what comes back, once, and nobody of the department ever sees it."""

import pytest

from duties.actions import confirm_report, take_up_report
from duties.models import OffListReport
from staffing.models import Unit
from tests.pages.forms import Page
from tests.world import AT, World

pytestmark = pytest.mark.django_db

LIST, NEW = "/off-list/", "/off-list/new/"
WHAT = "要求区块每周报送一次餐饮单位台账"


def sent(**changes: object) -> dict[str, object]:
    department = Unit.objects.get(name="区市场监督管理局")
    values = {"department": department.pk, "what": WHAT, "received_on": "2026-11-23", "way": "phone"}
    return {**values, "not_listed": "on", **changes}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *[(name, 200) for name in ("governor", "governor2", "dispatcher", "streetleader", "office_head")],
        *[
            (name, 403)
            for name in ("supervisor", "assistant", "handler", "department", "leader", "auditor", "stranger")
        ],
    ],
)
def test_who_gets_the_pages(world: World, as_, name: str, status: int) -> None:
    client = as_(name)
    assert (client.get(LIST).status_code, client.get(NEW).status_code) == (status, status)


def test_a_governor_tells_of_a_task_and_sees_how_it_stands(world: World, as_) -> None:
    client = as_("governor")
    form = Page(client.get(NEW)).form(NEW)
    answer = client.post(NEW, {**form.data(), **sent()}, follow=True)
    report = OffListReport.objects.get()
    assert answer.redirect_chain[-1][0] == f"/off-list/{report.pk}/"
    assert (report.reported_by, report.level, report.area) == (
        world.governor,
        "community",
        world.b1.code[:12],
    )
    assert WHAT in Page(answer).text
    who = {"by": world.leader, "at": AT, "actor": world.by("leader").actor}
    take_up_report(report=report, **who)
    confirm_report(report=report, finding="确属清单外事项", **who)
    text = Page(client.get(f"/off-list/{report.pk}/")).text
    assert "确属清单外事项" in text
    assert f"/off-list/{report.pk}/" in Page(client.get(LIST)).links


@pytest.mark.parametrize("name", ["governor2", "department", "leader", "auditor", "streetleader", "stranger"])
def test_ones_report_is_for_oneself(world: World, as_, name: str) -> None:
    as_("governor").post(NEW, sent())
    report = OffListReport.objects.get()
    assert as_(name).get(f"/off-list/{report.pk}/").status_code == 404


def test_pressed_twice_it_is_one_report(world: World, as_) -> None:
    client = as_("governor")
    client.post(NEW, sent())
    answer = client.post(NEW, sent(), follow=True)
    report = OffListReport.objects.get()
    assert answer.redirect_chain[-1][0] == f"/off-list/{report.pk}/"
    assert "reported this already" in Page(answer).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"received_on": "2026-11-25"}, "has not come yet"),
        ({"what": ""}, "required"),
        ({"department": "0"}, "valid choice"),
        ({"way": "pigeon"}, "valid choice"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(
    world: World, as_, changes: dict[str, object], words: str
) -> None:
    answer = as_("governor").post(NEW, sent(**changes))
    assert answer.status_code == 400
    assert words in Page(answer).text
    assert ("what" in changes) or WHAT in Page(answer).html
    assert not OffListReport.objects.exists()


def test_what_looks_listed_is_asked_about_before_it_goes(world: World, as_) -> None:
    """The tick stands on the page only when it is needed."""
    client = as_("governor")
    assert "not_listed" not in Page(client.get(NEW)).form(NEW).names
    listed = sent(what="食品安全巡查和隐患报告", not_listed="")
    answer = client.post(NEW, listed)
    assert answer.status_code == 400, "or the demo's lists hold nothing like it any more"
    assert "not_listed" in Page(answer).form(NEW).names
    assert client.post(NEW, {**listed, "not_listed": "on"}).status_code == 302
