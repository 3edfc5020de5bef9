"""How often a page asks the database: bounded, and the same for ten rows and for sixty."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.actions import attach_all
from cases.photos import prepare
from cases.states import State
from tests.pages.conftest import jpeg, photo
from tests.pages.forms import Page
from tests.world import AT, IN_STATE, World, a_report, a_signed, an_evaluated, do

pytestmark = pytest.mark.django_db

LIST, CASE, REPORT = 8, 12, 15
ROLES = ("governor", "supervisor", "dispatcher", "streetleader", "leader", "auditor")


def asked(client: Client, path: str) -> int:
    """Queries of one request; the session has been stamped and the caches are warm."""
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def many(world: World, count: int) -> None:
    for number in range(count):
        a_report(world, at=AT - dt.timedelta(minutes=number), address=f"{number}号")


@pytest.mark.parametrize(
    "query", ["", "?show=mine", "?show=to_evaluate", "?show=my_reports", "?overdue=1", "?q=垃圾"]
)
def test_the_list_costs_the_same_for_ten_cases_and_for_sixty(world: World, as_, query: str) -> None:
    client = as_("leader")
    many(world, 10)
    ten = asked(client, f"/cases/{query}")
    many(world, 50)
    assert asked(client, f"/cases/{query}") == ten <= LIST


@pytest.mark.parametrize("who", ROLES)
def test_the_list_stays_within_its_bound_for_every_post(world: World, as_, who: str) -> None:
    many(world, 3)
    assert asked(as_(who), "/cases/") <= LIST


@pytest.mark.parametrize("state", list(State))
def test_a_case_stays_within_its_bound_for_every_state_and_post(world: World, as_, state: State) -> None:
    case = IN_STATE[state](world)
    for who in ROLES:
        assert asked(as_(who), case.get_absolute_url()) <= CASE, who


def test_a_case_costs_the_same_with_a_long_story_and_many_photos(world: World, as_) -> None:
    case, client = a_signed(world), as_("governor")
    before = asked(client, case.get_absolute_url())
    photos = [prepare(jpeg((number, 0, 0))) for number in range(0, 180, 10)]
    attach_all(case_id=case.pk, photos=photos, stage="before", by=world.by("governor"), at=AT)
    for _time in range(5):
        do(world, case, "hand-back", "governor", result="扫了")
        do(world, case, "evaluate", "supervisor", effective=False, comment="还有")
        do(world, case, "urge", "dispatcher", comment="快")
    assert asked(client, case.get_absolute_url()) == before <= CASE


def test_the_reporters_page_costs_the_same_with_many_photos(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    address = f"/f/{case.reporter.token}/"
    before = asked(anybody, address)
    photos = [prepare(jpeg((number, 0, 0))) for number in range(0, 90, 10)]
    attach_all(case_id=case.pk, photos=photos, stage="after", by=world.by("governor"), at=AT)
    assert asked(anybody, address) == before <= CASE


def test_the_hint_costs_the_same_however_many_cases_are_similar(world: World, as_) -> None:
    client, query = as_("governor"), f"/cases/new/similar/?category=0101&block={world.b1.code}"
    a_report(world)
    one = asked(client, query)
    many(world, 20)
    assert asked(client, query) == one


def test_moves_that_list_receivers_cost_the_same_with_more_of_them(world: World, as_) -> None:
    from staffing.actions import add_assistant, join
    from staffing.models import Membership, User
    from yuhu.journal.actions import SYSTEM

    case, client = a_report(world), as_("dispatcher")
    path = f"/cases/{case.number}/moves/dispatch/"
    before = asked(client, path)
    for number in range(10):
        user = User.objects.create(username=f"new{number}", name=f"新{number}", password="!")
        unit = world.unit("city_management_office")
        join(unit=unit, user=user, role=Membership.Role.MEMBER, starts_on=AT.date(), at=AT, actor=SYSTEM)
        kind = "resident_representative"
        add_assistant(block=world.b2, user=user, kind=kind, starts_on=AT.date(), at=AT, actor=SYSTEM)
    assert asked(client, path) == before


def report(client: Client, **values: object) -> int:
    """Statements that read or write when the form is sent; the marks of transactions are not counted."""
    form = Page(client.get("/cases/new/")).form("/cases/new/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(
            "/cases/new/", form.data(**{"description": "楼下垃圾", "category": "0101", **values})
        )
    assert answer.status_code == 302
    return sum("SAVEPOINT" not in query["sql"] for query in queries)


@pytest.mark.parametrize("who", ["governor", "handler", "leader"])
def test_a_report_stays_within_its_bound(world: World, as_, who: str) -> None:
    client = as_(who)
    client.get("/cases/")
    assert report(client, block=world.b1.code) <= REPORT
    named = {"reporter_name": "张三", "reporter_phone": "13800005678", "category": "0102"}
    assert report(client, block=world.b1.code, **named) <= REPORT


def test_each_further_photo_costs_its_own_row_and_nothing_else(world: World, as_) -> None:
    client = as_("governor")
    client.get("/cases/")
    one = report(client, photos=[photo()])
    nine = report(client, category="0102", photos=[photo(colour=(number * 20, 1, 1)) for number in range(9)])
    assert nine - one <= 8
