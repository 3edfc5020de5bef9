"""Visits on the phone: check in, record, findings, the case of a finding; for cadres without a desk too."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Attachment, Case
from staffing.models import Finding, Visit
from tests.pages.conftest import Clock, photo
from tests.pages.forms import Page
from tests.staffing.visit_makers import DAY, DEMAND, HAZARD, TODAY, a_done, a_finding, a_talk, a_visit
from tests.world import AT, World
from yuhu.delivery.actions import fan_out
from yuhu.journal.actions import relay

pytestmark = pytest.mark.django_db

LIST, NEW = "/visits/", "/visits/new/"
VISIT_BLOCK = {"role": "liaison", "planned_for": "2026-11-24", "kind": "visit"}


def page(visit: Visit) -> str:
    return reverse("cases:visit", args=[visit.pk])


def verb(visit: Visit, name: str) -> str:
    return reverse("cases:visit_do", args=[visit.pk, name])


def begin(client, world: World, **changes):
    longitude, latitude = world.b1.centroid
    where = {"block": world.b1.code, "longitude": str(longitude), "latitude": str(latitude)}
    return client.post(NEW, {**VISIT_BLOCK, **where, "now": "1", **changes}, follow=True)


# --- Who ---


@pytest.mark.parametrize(
    ("name", "lists", "begins"),
    [
        *[
            (name, 200, 200)
            for name in ("handler", "liaison", "dispatcher", "streetleader", "department", "leader")
        ],
        *[(name, 200, 403) for name in ("governor", "supervisor", "assistant", "auditor")],
        *[(name, 403, 403) for name in ("admin", "security", "stranger")],
    ],
)
def test_everybody_gets_the_pages_of_the_table(world: World, as_, name: str, lists: int, begins: int) -> None:
    client = as_(name)
    assert (client.get(LIST).status_code, client.get(NEW).status_code) == (lists, begins)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("handler", 200),
        ("governor", 200),
        ("streetleader", 200),
        ("governor9", 404),
        ("admin", 404),
        ("stranger", 404),
    ],
)
def test_a_visit_opens_for_its_cadres_and_its_area(world: World, as_, name: str, status: int) -> None:
    visit = a_visit(world)
    assert as_(name).get(page(visit)).status_code == status


# --- Check in ---


def test_a_cadre_without_a_desk_does_everything_on_the_phone(world: World, as_) -> None:
    client = as_("liaison")
    assert client.get("/admin/").status_code != 200
    answer = begin(client, world)
    visit = Visit.objects.get()
    assert answer.redirect_chain[-1][0] == page(visit)
    assert "Checked in at 10:00: inside the block." in Page(answer).text
    form = Page(answer).form("/record/")
    sent = form.data(
        **{
            "households": "12",
            "summary": "总体满意",
            "finding_2-kind": "demand",
            "finding_2-text": "路灯不亮",
        }
    )
    answer = client.post(verb(visit, "record"), sent, follow=True)
    visit.refresh_from_db()
    assert (visit.is_done, visit.households) == (True, 12)
    finding = visit.findings.get()
    assert "路灯不亮" in Page(answer).text
    made = client.get(reverse("cases:finding_case", args=[finding.pk]))
    form = Page(made).form("/case/")
    sent = form.data(category="0302", photos=[photo()])
    answer = client.post(reverse("cases:finding_case", args=[finding.pk]), sent)
    case = Case.objects.get()
    assert answer["Location"] == reverse("cases:sent", args=[case.number])
    assert (case.description, case.channel, case.finding_id) == ("路灯不亮", "visit", finding.pk)
    assert Attachment.objects.get().stage == "before"


def test_outside_is_told_and_no_obstacle(world: World, as_) -> None:
    _longitude, latitude = world.b1.centroid
    text = Page(begin(as_("liaison"), world, latitude=str(latitude + 0.1))).text
    assert "m from the block" in text
    assert Visit.objects.filter(arrived_metres__gt=10_000).count() == 1


@pytest.mark.parametrize(
    "place", [{}, {"longitude": "x", "latitude": "27.8"}, {"longitude": "1e9", "latitude": "27"}]
)
def test_without_a_place_that_helps_one_checks_in_all_the_same(
    world: World, as_, place: dict[str, str]
) -> None:
    text = Page(begin(as_("liaison"), world, **{"longitude": "", "latitude": "", **place})).text
    assert "place not known" in text


def test_pressed_twice_it_is_one_visit(world: World, as_) -> None:
    client = as_("liaison")
    for _press in range(2):
        begin(client, world)
    assert Visit.objects.count() == 1


def test_a_role_is_asked_for_and_everything_comes_back(world: World, as_) -> None:
    answer = begin(as_("liaison"), world, role="", address="村口")
    assert answer.status_code == 400
    assert "four roles" in Page(answer).text
    assert Page(answer).form(NEW).values["address"] == ["村口"]
    assert not Visit.objects.exists()


def test_a_block_of_another_area_is_not_offered_and_not_taken(world: World, as_) -> None:
    client = as_("liaison")
    assert world.b9.code not in client.get(NEW).content.decode()
    assert begin(client, world, block=world.b9.code).status_code == 400
    assert not Visit.objects.exists()


def test_a_visit_for_another_day_and_a_meeting_are_planned(world: World, as_) -> None:
    client = as_("liaison")
    tomorrow = (TODAY + DAY).isoformat()
    sent = {**VISIT_BLOCK, "block": world.b1.code, "planned_for": tomorrow, "plan": "1"}
    assert client.post(NEW, sent).status_code == 302
    talk = {**sent, "kind": "open_talk", "role": "", "address": "老年活动室"}
    assert client.post(NEW, talk).status_code == 302
    assert set(Visit.objects.values_list("kind", "role", "arrived_at")) == {
        ("visit", "liaison", None),
        ("open_talk", "", None),
    }
    text = Page(client.get(page(Visit.objects.get(kind="visit")))).text
    assert "Check in: I am here" not in text, "its day has not come"


def test_a_planned_visit_is_checked_in_on_its_day(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    longitude, latitude = world.b1.centroid
    form = Page(client.get(page(visit))).form("/check-in/")
    sent = form.data(longitude=str(longitude), latitude=str(latitude))
    assert "inside the block" in Page(client.post(verb(visit, "check-in"), sent, follow=True)).text
    assert not Page(client.get(page(visit))).has_form("/check-in/")


# --- Record ---


def test_an_unused_finding_is_no_finding_and_a_wrong_one_is_named(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    sent = (
        Page(client.get(page(visit)))
        .form("/record/")
        .data(**{"households": "3", "summary": "好", "finding_1-text": "有话没类型"})
    )
    answer = client.post(verb(visit, "record"), sent)
    assert answer.status_code == 400
    visit.refresh_from_db()
    assert visit.is_planned
    assert "有话没类型" in Page(answer).html
    answer = client.post(
        verb(visit, "record"), {**sent, "summary": "好好", "finding_1-text": ""}, follow=True
    )
    visit.refresh_from_db()
    assert visit.is_done
    assert not visit.findings.exists()


def test_more_households_than_the_block_has_are_refused_beside_the_field(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    sent = {"held_on": "2026-11-24", "households": "9999", "summary": "走访"}
    answer = client.post(verb(visit, "record"), sent)
    assert answer.status_code == 400
    assert "households. Please check the number" in Page(answer).text


def test_recorded_twice_is_told_and_stored_once(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    sent = {"held_on": "2026-11-24", "households": "3", "summary": "走访"}
    client.post(verb(visit, "record"), sent)
    answer = client.post(verb(visit, "record"), {**sent, "households": "4"}, follow=True)
    assert "stored already" in Page(answer).text
    visit.refresh_from_db()
    assert visit.households == 3


def test_a_finding_that_was_added_twice_is_one(world: World, as_) -> None:
    visit, client = a_done(world), as_("handler")
    for _press in range(2):
        answer = client.post(verb(visit, "finding"), {"kind": "demand", "text": "路灯不亮"}, follow=True)
        assert answer.status_code == 200
    assert Finding.objects.count() == 1


def test_cancelling_needs_a_reason(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    assert client.post(verb(visit, "cancel"), {"reason": ""}).status_code == 400
    assert client.post(verb(visit, "cancel"), {"reason": "下雨"}).status_code == 302
    visit.refresh_from_db()
    assert visit.state == "cancelled"


@pytest.mark.parametrize("name", ["record", "cancel", "check-in"])
def test_who_takes_no_part_is_refused_in_words(world: World, as_, name: str) -> None:
    visit = a_visit(world)
    sent = {"held_on": "2026-11-24", "households": "3", "summary": "走访", "reason": "下雨"}
    answer = as_("governor").post(verb(visit, name), sent)
    assert answer.status_code == 403
    visit.refresh_from_db()
    assert (visit.state, visit.arrived_at) == ("planned", None)


def test_an_unknown_verb_and_a_look_at_its_address_change_nothing(world: World, as_) -> None:
    visit, client = a_visit(world), as_("handler")
    assert client.post(verb(visit, "explode")).status_code == 404
    assert client.get(verb(visit, "record"))["Location"] == page(visit)


# --- Findings and cases ---


def test_a_finding_becomes_one_case_however_often_it_is_pressed(world: World, as_) -> None:
    finding = a_finding(world, DEMAND)
    address = reverse("cases:finding_case", args=[finding.pk])
    sent = {"category": "0302", "description": "路灯不亮"}
    assert as_("handler").post(address, sent).status_code == 302
    answer = as_("governor").post(address, sent, follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == case.get_absolute_url()
    assert "already" in Page(answer).text


def test_a_hazard_is_offered_categories_of_safety_only_and_an_error_keeps_the_photo(
    world: World, as_
) -> None:
    finding, client = a_finding(world, HAZARD), as_("handler")
    address = reverse("cases:finding_case", args=[finding.pk])
    html = client.get(address).content.decode()
    assert 'value="0701"' in html
    assert 'value="0101"' not in html
    answer = client.post(address, {"category": "", "description": "堵住消防门", "photos": [photo()]})
    assert answer.status_code == 400
    kept = Page(answer).form("/case/").values["kept_photos"]
    client.post(address, {"category": "0701", "description": "堵住消防门", "kept_photos": kept})
    assert Case.objects.get().attachments.count() == 1


def test_the_visit_names_the_case_and_the_case_the_visit(world: World, as_) -> None:
    finding, client = a_finding(world, DEMAND), as_("governor")
    client.post(
        reverse("cases:finding_case", args=[finding.pk]), {"category": "0302", "description": "路灯不亮"}
    )
    case = Case.objects.get()
    assert case.get_absolute_url() in Page(client.get(page(finding.visit))).links
    assert f"{page(finding.visit)}#finding-1" in Page(client.get(case.get_absolute_url())).links


def test_a_case_that_one_does_not_see_is_not_named(world: World, as_) -> None:
    """韩 of an office took part; the case went to the governor, and the office sees nothing of it."""
    finding = a_finding(world, DEMAND)
    as_("governor").post(
        reverse("cases:finding_case", args=[finding.pk]), {"category": "0302", "description": "路灯不亮"}
    )
    number = Case.objects.get().number
    client = as_("handler")
    assert client.get(f"/cases/{number}/").status_code == 404
    text = Page(client.get(page(finding.visit))).text
    assert "It became a case." in text
    assert number not in text


# --- The list ---


def test_the_list_has_what_is_late_first_and_others_of_ones_block_last(
    world: World, as_, time: Clock
) -> None:
    a_visit(world, planned_for=TODAY - DAY)
    a_visit(world, role="publicity")
    a_talk(world, planned_for=TODAY + DAY)
    groups = as_("handler").get(LIST).context["groups"]
    assert [label for label, _rows in groups] == ["Past their day, not recorded", "Today", "Coming"]
    governor = as_("governor").get(LIST).context["groups"]
    assert [(label, len(rows)) for label, rows in governor] == [("Others in my block", 3)]


def test_the_list_asks_as_much_for_many_visits_as_for_one(world: World, as_) -> None:
    client = as_("handler")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    a_visit(world)
    queries()
    few = queries()
    for days in range(1, 9):
        a_visit(world, planned_for=TODAY + dt.timedelta(days=days))
    assert queries() == few


def test_a_visit_asks_as_much_for_many_findings_as_for_one(world: World, as_) -> None:
    client = as_("handler")

    def queries(visit: Visit) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(visit)).status_code == 200
        return len(asked)

    one = a_done(world, DEMAND)
    many = a_done(world, *[DEMAND] * 6, planned_for=TODAY - DAY)
    queries(one)
    assert queries(many) == queries(one)


# --- Notices ---


@pytest.mark.parametrize(("name", "to_desk"), [("liaison", False), ("handler2", True)])
def test_a_notice_leads_to_the_page_that_the_person_has(world: World, as_, name: str, to_desk: bool) -> None:
    """Somebody who appoints plans a visit for others: they are told, with the desk or with the phone's page."""
    visit = a_visit(world, "dispatcher", cadres=[world.people[name], world.dispatcher])
    while relay(at=AT):
        pass
    while fan_out(at=AT):
        pass
    links = Page(as_(name).get("/inbox/")).links
    assert (visit.get_absolute_url() in links, page(visit) in links) == (to_desk, not to_desk)
