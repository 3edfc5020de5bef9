"""The list of cases at the desk: scoped, never counted as a whole, and moves for many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.admin import cases as cases_admin
from cases.models import Case, CaseParty
from cases.states import State
from tests.admin.desk import enter, listed, page, said
from tests.world import AT, World, a_closed, a_dispatched, a_report, a_signed
from yuhu.journal.models import Entry
from yuhu.kit.desk.lists import BoundedPages
from yuhu.kit.search import pages

LIST = "cases.case"


def numbers(world: World, name: str, **query: str) -> set[str]:
    return {case.number for case in listed(enter(world.people[name]), LIST, **query)}


@pytest.fixture
def two_streets(world):
    here = a_dispatched(world)
    there = a_report(world, "governor9", block=world.b9.code)
    return here, there


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("dispatcher", "here"),
        ("streetleader", "here"),
        ("dispatcher9", "there"),
        ("leader", "here there"),
        ("auditor", "here there"),
        ("department", ""),
        ("handler", ""),
    ],
)
def test_everybody_sees_the_cases_of_his_area_and_units(world, two_streets, name, sees):
    named = dict(zip(("here", "there"), two_streets, strict=True))
    assert numbers(world, name) == {named[one].number for one in sees.split()}


def test_a_unit_sees_what_it_was_sent_and_nothing_else(world):
    case = a_dispatched(world)
    CaseParty.objects.create(case=case, role="co", unit=world.unit("city_management_office"))
    a_dispatched(world, description="另一件事", category="0102")
    assert numbers(world, "handler") == {case.number}


def test_a_case_about_an_official_is_in_no_list_by_area(world):
    case = a_report(world, category="1204", description="反映工作人员态度")
    assert case.restricted
    CaseParty.objects.filter(case=case).delete()
    assert numbers(world, "dispatcher") == numbers(world, "leader") == set()


def test_a_case_opens_on_its_own_page_and_one_of_another_street_does_not_exist(world, two_streets):
    here, there = two_streets
    browser = enter(world.dispatcher)
    for what in ("change", "history"):
        assert browser.get(page(LIST, what, here.pk)).headers["Location"] == here.get_absolute_url()
        assert browser.get(page(LIST, what, there.pk)).status_code == 404
        assert browser.get(page(LIST, what, "17x")).status_code == 404


def test_filters_narrow_the_list(world):
    late = a_dispatched(world)
    Case.objects.filter(pk=late.pk).update(due_at=AT)
    fresh = a_report(world, category="0203", description="车堵了路")
    Case.objects.filter(pk=fresh.pk).update(waits_for_person=True)
    done = a_closed(world, category="0102", description="渣土")
    found = {
        "state=open": {late, fresh},
        "state=closed": {done},
        "overdue=true": {late},
        "waits=true": {fresh},
        "path=whistle": {fresh},
        "category=02": {fresh},
        "category=01": {late, done},
        "street=430302001": {late, fresh, done},
        "street=430302008": set(),
        "q=堵了": {fresh},
        f"q={done.number[-6:]}": {done},
        "state=nonsense": {late, fresh, done},
    }
    browser = enter(world.leader)
    for query, expected in found.items():
        answer = browser.get(f"{page(LIST)}?{query}")
        assert {row.pk for row in answer.context["cl"].result_list} == {case.pk for case in expected}, query


def test_what_is_late_says_so_in_words(world):
    case = a_dispatched(world)
    Case.objects.filter(pk=case.pk).update(due_at=AT)
    text = enter(world.dispatcher).get(page(LIST)).content.decode()
    assert "admin-clock--overdue" in text
    assert "超期" in text.split("admin-clock--overdue")[1][:20]


def test_many_are_dispatched_at_once_each_by_the_rules_and_in_the_persons_name(world):
    waiting = [a_report(world, description=f"垃圾{number}", category=f"010{number}") for number in (1, 2)]
    signed = a_signed(world, category="0103", description="已签收")
    rows = {"action": "dispatch_by_rule", "_selected_action": [*(case.pk for case in waiting), signed.pk]}
    answer = enter(world.dispatcher).post(page(LIST), rows, follow=True)
    assert set(Case.objects.values_list("state", flat=True)) == {State.DISPATCHED, State.IN_PROGRESS}
    names = Entry.objects.filter(kind="case.dispatched", subject_id=waiting[0].number).values_list(
        "actor_name"
    )
    assert list(names) == [("邓值",)]
    assert "2" in said(answer).splitlines()[0]
    assert signed.number in said(answer).splitlines()[1]


def test_a_case_that_no_rule_can_send_is_named_with_the_reason(world):
    case = a_report(world)
    Case.objects.filter(pk=case.pk).update(block=None, block_code="", community_code="")
    rows = {"action": "dispatch_by_rule", "_selected_action": [case.pk]}
    answer = enter(world.dispatcher).post(page(LIST), rows, follow=True)
    assert case.number in said(answer)
    assert Case.objects.get().state == State.REPORTED


def test_many_are_urged_at_once(world):
    cases = [a_dispatched(world), a_signed(world, category="0102", description="渣土")]
    rows = {"action": "urge", "_selected_action": [case.pk for case in cases]}
    enter(world.streetleader).post(page(LIST), rows)
    assert Entry.objects.filter(kind="case.urged", actor_name="史街长").count() == 2


@pytest.mark.parametrize("action", ["dispatch_by_rule", "urge"])
@pytest.mark.parametrize("name", ["dispatcher9", "handler", "auditor", "department"])
def test_whoever_may_not_moves_nothing(world, action, name):
    case = a_report(world)
    enter(world.people[name]).post(page(LIST), {"action": action, "_selected_action": [case.pk]})
    assert Case.objects.get().version == case.version
    assert not Entry.objects.filter(kind__in=["case.dispatched", "case.urged"]).exists()


def test_more_than_some_hundreds_at_once_are_refused_whole(world, monkeypatch):
    monkeypatch.setattr(cases_admin, "MOST_AT_ONCE", 1)
    cases = [a_report(world), a_report(world, category="0102", description="渣土")]
    rows = {"action": "urge", "_selected_action": [case.pk for case in cases]}
    answer = enter(world.dispatcher).post(page(LIST), rows, follow=True)
    assert "1" in said(answer)
    assert not Entry.objects.filter(kind="case.urged").exists()


def copies(case: Case, count: int) -> None:
    """More rows like this one."""
    rows = []
    for number in range(count):
        row = Case.objects.get(pk=case.pk)
        row.pk, row.number, row.submission_key = None, f"430302-20261101-{number:06d}", None
        rows.append(row)
    Case.objects.bulk_create(rows)


def test_a_page_of_fifty_costs_at_most_eight_queries_and_no_more_than_a_page_of_two(world):
    case = a_dispatched(world)
    a_dispatched(world, category="0203", description="车堵了路")
    browser = enter(world.dispatcher)
    browser.get(page(LIST))  # the session's stamp and the brand are kept from now on
    with CaptureQueriesContext(connection) as few:
        browser.get(page(LIST))
    copies(case, 60)
    with CaptureQueriesContext(connection) as many:
        answer = browser.get(page(LIST))
    assert len(answer.context["cl"].result_list) == 50
    assert len(many) == len(few) <= 8


def test_the_table_is_counted_to_a_bound_only(world, monkeypatch):
    monkeypatch.setattr(BoundedPages, "most", 55)
    copies(a_dispatched(world), 80)
    browser = enter(world.leader)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(page(LIST))
    counts = [
        one["sql"]
        for one in captured.captured_queries
        if "COUNT(" in one["sql"] and "cases_case" in one["sql"]
    ]
    assert len(counts) == 1
    assert "LIMIT 56" in counts[0]
    assert "55" in answer.content.decode().split('class="paginator"')[1][:300]
    assert len(listed(browser, LIST, p="2")) == 5


def test_a_list_within_the_bound_says_how_many_there_are(world):
    a_dispatched(world)
    text = enter(world.leader).get(page(LIST)).content.decode().split('class="paginator"')[1][:200]
    assert "1" in text


def test_a_search_is_paged_counted_and_bounded_within_the_scope(world, monkeypatch):
    monkeypatch.setattr(BoundedPages, "most", 55)
    monkeypatch.setattr(pages, "FENCE", 20)
    case = a_dispatched(world, description="窨井盖松动")
    other = a_dispatched(world, name="governor9", block=world.b9.code, description="窨井盖松动")
    browser = enter(world.dispatcher)
    browser.get(page(LIST))
    with CaptureQueriesContext(connection) as few:
        answer = browser.get(f"{page(LIST)}?q=窨井")
    assert [row.pk for row in answer.context["cl"].result_list] == [case.pk] != [other.pk]
    copies(case, 60)
    with CaptureQueriesContext(connection) as many:
        answer = browser.get(f"{page(LIST)}?q=窨井")
    assert len(answer.context["cl"].result_list) == 50
    assert answer.context["cl"].result_count == 55
    assert answer.context["cl"].paginator.has_more
    assert len(many) <= 9 >= len(few)
    assert len(listed(browser, f"{LIST}", q="窨井", p="2")) == 5
