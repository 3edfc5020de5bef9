"""What a request costs in queries: bounded, and the same for ten rows and for sixty."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from tests.api.callers import Caller
from tests.api.partners import partner
from tests.world import AT, World, a_closed, a_dispatched, a_handled, a_report, a_signed, an_evaluated
from yuhu.journal.actions import relay

pytestmark = pytest.mark.django_db

GOOD = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
POINT = {
    "category": "0101",
    "description": "楼下垃圾堆了三天",
    "longitude": 112.910419,
    "latitude": 27.86644,
    "reporter": {"name": "张三", "phone": "13800005678"},
}
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


@contextmanager
def at_most(limit: int) -> Iterator[list[str]]:
    """Counts what asks or writes rows; beginning and ending a transaction is no query."""
    queries: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield queries
    queries += [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(TRANSACTION)]
    assert len(queries) <= limit, "\n".join(query[:150] for query in queries)


@pytest.fixture(autouse=True)
def nudges_are_lost(settings) -> None:
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_nowhere"


def warm(me: Caller) -> Caller:
    """The first request of a session stamps it; every process reads the calendar and the outlines once."""
    assert me.get("cases/").status_code == 200
    assert me.get("blocks/locate/", longitude=112.910419, latitude=27.86644).status_code == 200
    return me


@pytest.fixture
def ten(world: World) -> list[Case]:
    """In every state that asks something different of the guards."""
    makers = [a_report, a_dispatched, a_signed, a_handled, an_evaluated, a_closed, a_dispatched, a_signed]
    return [maker(world) for maker in makers] + [an_evaluated(world), a_dispatched(world, category="0401")]


def more(cases: list[Case], count: int) -> None:
    """Copies of the cases with all that hangs on them, as rows: quick, and equal in every guard."""
    for number in range(count):
        case = Case.objects.get(pk=cases[number % len(cases)].pk)
        children = [
            list(getattr(case, name).all()) for name in ("orders", "requests", "deadlines", "parties")
        ]
        reporter = getattr(case, "reporter", None)
        case.pk, case.number = None, f"430302-20261123-{number:06d}"
        case.save(force_insert=True)
        for row in [row for rows in children for row in rows]:
            row.pk, row.case = None, case
            row.save(force_insert=True)
        if reporter:
            reporter.pk, reporter.case, reporter.token = None, case, f"token-{number}"
            reporter.save(force_insert=True)


@pytest.mark.parametrize("who", ["governor", "supervisor", "dispatcher", "leader"])
def test_a_page_of_50_cases_costs_8_queries_like_one_of_10(as_, ten, who):
    me = warm(as_(who))
    with at_most(8) as few:
        assert len(me.get("cases/").json()["results"]) == 10
    more(ten, 50)
    with at_most(8) as many:
        assert len(me.get("cases/").json()["results"]) == 50
    assert len(few) == len(many)


def test_filters_cost_nothing_more(as_, ten):
    me = warm(as_("leader"))
    with at_most(8):
        me.get(
            "cases/",
            q="垃圾",
            category="01",
            unit="430302-D01",
            overdue="false",
            street="430302001",
            open="true",
        )


@pytest.mark.parametrize("who", ["governor", "supervisor", "dispatcher", "leader"])
def test_a_case_costs_at_most_12_queries(as_, ten, who):
    me = warm(as_(who))
    for case in ten:
        with at_most(12):
            assert me.get(f"cases/{case.number}/").status_code == 200


def test_a_report_costs_at_most_15_queries(as_, world: World):
    me = warm(as_("governor"))
    for body in (GOOD, POINT):
        with at_most(15):
            assert me.post("cases/", body).status_code == 201


def test_a_key_costs_two_more(as_, world: World):
    me = warm(as_("governor"))
    with at_most(17):
        assert me.post("cases/", POINT, headers={"Idempotency-Key": "a"}).status_code == 201
    with at_most(4):
        assert me.post("cases/", POINT, headers={"Idempotency-Key": "a"}).status_code == 201


LISTS = ["streets/", "communities/", "blocks/", "units/", "duty-lists/", "categories/", "service-items/"]
OTHERS = [
    ("blocks/43030200100101/", 6),
    ("blocks/locate/?longitude=112.910419&latitude=27.86644", 6),
    ("blocks.geojson", 5),
]


def test_lists_of_reference_data_cost_the_same_however_long_the_page(as_):
    me = warm(as_("governor"))
    for path in LISTS:
        with at_most(4) as short:
            assert me.get(path, page_size=2).status_code == 200
        with at_most(4) as long:
            assert me.get(path, page_size=200).status_code == 200
        assert len(short) == len(long), path


def test_a_block_a_point_and_the_map_cost_few_queries(as_):
    me = warm(as_("governor"))
    for path, limit in OTHERS:
        with at_most(limit):
            assert me.get(path).status_code == 200


def test_items_events_and_photos_do_not_cost_more_with_more_rows(as_, world: World):
    me = warm(as_("leader"))
    case = a_closed(world)
    lists = me.results("duty-lists/")
    for path in (
        f"duty-lists/{lists[0]['id']}/items/",
        f"cases/{case.number}/events/",
        f"cases/{case.number}/attachments/",
    ):
        with at_most(7) as short:
            me.get(path, page_size=4)
        with at_most(7) as long:
            me.get(path, page_size=200)
        assert len(short) == len(long), path


def test_a_report_by_a_partners_system_costs_at_most_12_queries_with_its_token(world: World):
    me = warm(partner())
    assert me.post("cases/", POINT).status_code == 201, "the calendar is read once in a process"
    for body in (GOOD, POINT):
        with at_most(12):
            assert me.post("cases/", body).status_code == 201
    with at_most(14):
        assert me.post("cases/", POINT, headers={"Idempotency-Key": "a"}).status_code == 201


def test_a_token_costs_one_query(world: World):
    me = warm(partner())
    with at_most(2) as queries:
        assert me.get("streets/", page_size=2).status_code == 200
    # PostgreSQL knows the query by its name.
    assert "oauth2_provider_accesstoken" in queries[0] or "yuhu_api_authentication__token" in queries[0]


def test_a_page_of_the_feed_costs_the_same_however_long_it_is(ten):
    me = warm(partner())
    while relay(at=AT):
        pass
    with at_most(5) as few:
        assert len(me.get("events/", limit=2).json()["results"]) == 2
    with at_most(5) as many:
        assert len(me.get("events/", limit=500).json()["results"]) > 20
    assert len(few) == len(many)
