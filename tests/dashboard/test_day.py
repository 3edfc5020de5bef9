"""My day: what waits for my hands in the order of its clocks, whatever is to be done; my visits, notices, ways on."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.actions import attach_all
from cases.figures import turns
from cases.models import Case, Deadline
from cases.photos import prepare
from staffing.models import User
from tests.pages.conftest import jpeg
from tests.staffing.visit_makers import DAY, TODAY, a_done, a_visit
from tests.world import AT, World, a_dispatched, a_handled, a_signed, a_suspended
from yuhu.dashboard.home import Home
from yuhu.delivery.actions import fan_out
from yuhu.journal.actions import relay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuhu.kit.clock.now", lambda: AT)


def page(client: Client, user: User) -> str:
    client.force_login(user)
    client.cookies["django_language"] = "en"
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def home(client: Client, user: User) -> Home:
    page(client, user)
    found: Home = client.get("/").context["page"]
    return found


def test_late_comes_first_then_soon_then_the_rest_and_what_stands_last(client: Client, world: World) -> None:
    stands = a_suspended(world)
    fresh = a_signed(world)
    soon = a_dispatched(world)
    Deadline.objects.filter(case=soon, step="sign").update(due_at=AT + dt.timedelta(minutes=20), warn_at=AT)
    late = a_signed(world, at=AT - dt.timedelta(days=5))
    day = home(client, world.governor).day
    assert [turn.case.number for turn in day] == [one.number for one in (late, soon, fresh, stands)]
    assert [turn.tone for turn in day] == ["overdue", "soon", "open", "open"]
    text = page(client, world.governor)
    assert "Overdue by" in text
    assert "20\xa0minutes left" in text
    assert "looked at again on 12-10" in text


def test_the_clock_is_said_in_words(client: Client, world: World) -> None:
    case = a_signed(world)
    for due, words in (
        (AT + dt.timedelta(hours=3), "by 13:00 today"),
        (AT + dt.timedelta(days=1), "by 10:00 tomorrow"),
        (AT + dt.timedelta(days=9), "by 12-03 10:00"),
    ):
        Deadline.objects.filter(case=case, step="handle").update(due_at=due, warn_at=due)
        assert words in page(client, world.governor)


def test_a_leader_s_order_counts_when_it_ends_first(client: Client, world: World) -> None:
    case = a_signed(world)
    handle = Deadline.objects.get(case=case, step="handle")
    sooner = handle.due_at - dt.timedelta(hours=1)
    Deadline.objects.create(case=case, step="supervise", started_at=AT, due_at=sooner)
    assert turns([case], AT)[0].due_at == sooner


def test_a_supervisor_s_day_is_what_awaits_evaluation(client: Client, world: World) -> None:
    case = a_handled(world)
    found = home(client, world.supervisor)
    assert [(turn.case.number, turn.show) for turn in found.day] == [(case.number, "to_evaluate")]
    assert found.waiting == 1
    assert home(client, world.governor).day == []


def test_a_line_shows_the_first_photo_of_before(client: Client, world: World) -> None:
    case = a_signed(world)
    photos = [prepare(jpeg(colour)) for colour in ((1, 2, 3), (9, 9, 9))]
    first, _second = attach_all(
        case_id=case.pk, photos=photos, stage="before", by=world.by("governor"), at=AT
    )
    attach_all(
        case_id=case.pk, photos=[prepare(jpeg((7, 7, 7)))], stage="after", by=world.by("governor"), at=AT
    )
    assert [turn.photo for turn in home(client, world.governor).day] == [first.pk]
    assert f"/cases/{case.number}/photos/{first.pk}/small/" in page(client, world.governor)


def test_my_visits_of_the_week_stand_there_until_they_are_recorded(client: Client, world: World) -> None:
    late = a_visit(world, planned_for=TODAY - DAY)
    coming = a_visit(world, planned_for=TODAY + 5 * DAY)
    a_visit(world, planned_for=TODAY + 30 * DAY)
    a_done(world, role="publicity")
    assert home(client, world.handler).visits == [late, coming]
    assert home(client, world.handler2).visits == []


def test_unread_notices_lead_to_them(client: Client, world: World) -> None:
    assert "unread=1" not in page(client, world.governor)
    a_dispatched(world)
    while relay(at=AT):
        pass
    while fan_out(at=AT):
        pass
    assert "/inbox/?unread=1" in page(client, world.governor)


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("governor", {"/off-list/", "/certificates/", "/services/"}),
        ("supervisor", {"/certificates/", "/services/"}),
        ("liaison", {"/visits/", "/certificates/", "/services/"}),
        ("dispatcher", {"/visits/", "/off-list/", "/certificates/", "/services/"}),
    ],
)
def test_the_ways_on_are_those_of_the_post_and_all_open(
    client: Client, world: World, name: str, ways: set[str]
) -> None:
    page(client, world.people[name])
    found = {entry.url for entry in client.get("/").context["shortcuts"]}
    assert found == ways
    assert {client.get(url).status_code for url in found} == {200}


def test_the_page_asks_as_much_for_many_cases_as_for_one(client: Client, world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    a_signed(world)
    page(client, world.governor)
    few = queries()
    for _case in range(5):
        a_signed(world)
    assert Case.objects.count() == 6
    assert queries() == few
