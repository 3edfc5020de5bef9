"""Rosters at the desk: appoint, relieve, stand in by a form that ends in an action; who held what on which day."""

import datetime as dt

import pytest

from staffing.models import Assistant, Membership, PlatformLink, Tenure, User
from tests.admin.desk import enter, errors, listed, page
from tests.world import World, a_dispatched
from yuhu.journal.models import Entry

TENURE, ASSISTANT, SEAT = "staffing.tenure", "staffing.assistant", "staffing.membership"
TODAY = dt.date(2026, 11, 24)


def change(world: World, **fields: object) -> dict[str, object]:
    """What the form for a post sends: 戴 takes over the governor's post of b1 today."""
    given = {
        "change": "appoint",
        "block": world.b1.pk,
        "post": "governor",
        "holder": world.stand_in.pk,
        "starts_on": TODAY.isoformat(),
        "ends_on": "",
    }
    return {**given, **fields}


def holder(world: World, post: str = "governor", on: dt.date = TODAY) -> User | None:
    return Tenure.objects.on(on).get(block=world.b1, post=post).holder


@pytest.fixture
def desk(world):
    return enter(world.streetleader)


def test_somebody_is_appointed_and_the_journal_knows(world, desk):
    case = a_dispatched(world)
    assert desk.post(page(TENURE, "add"), change(world)).status_code == 302
    assert holder(world) == world.stand_in
    assert holder(world, on=TODAY - dt.timedelta(days=1)) == world.governor
    entry = Entry.objects.filter(kind="roster.appointed").latest("pk")
    assert (entry.actor_name, entry.subject_id, entry.data["holder"]) == (
        "史街长",
        world.b1.code,
        world.stand_in.pk,
    )
    case.refresh_from_db()
    assert case.assignee == world.stand_in


def test_the_supervisor_of_a_block_is_not_made_its_governor(world, desk):
    answer = desk.post(page(TENURE, "add"), change(world, holder=world.supervisor.pk))
    assert "holder" in errors(answer)
    assert holder(world) == world.governor


def test_the_same_tenure_twice_is_refused_and_what_was_typed_stays(world, desk):
    assert desk.post(page(TENURE, "add"), change(world)).status_code == 302
    answer = desk.post(page(TENURE, "add"), change(world))
    assert "holder" in errors(answer)
    form = answer.context["adminform"].form
    assert form["block"].value() == str(world.b1.pk)
    assert "戴班" in answer.content.decode()
    assert Tenure.objects.filter(holder=world.stand_in).count() == 1


def test_relieving_leaves_the_post_vacant_once(world, desk):
    away = change(world, change="relieve", holder="")
    assert desk.post(page(TENURE, "add"), away).status_code == 302
    assert holder(world) is None
    assert "post" in errors(desk.post(page(TENURE, "add"), away))


def test_somebody_stands_in_for_some_days(world, desk):
    stand_in = change(world, change="stand_in", ends_on="2026-12-01")
    assert desk.post(page(TENURE, "add"), stand_in).status_code == 302
    assert holder(world, "acting_governor") == world.stand_in
    assert holder(world, "acting_governor", dt.date(2026, 12, 1)) is None
    ended = change(world, change="end_standing_in", holder="", starts_on="2026-11-25")
    assert desk.post(page(TENURE, "add"), ended).status_code == 302
    assert holder(world, "acting_governor", dt.date(2026, 11, 25)) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"holder": ""}, "holder"),
        ({"change": "relieve", "ends_on": "2026-12-01", "holder": ""}, "ends_on"),
        ({"change": "stand_in", "ends_on": "2026-11-24"}, "ends_on"),
        ({"starts_on": "1899-12-31"}, "starts_on"),
        ({"starts_on": "30.11.2026"}, "starts_on"),
        ({"block": "abc"}, "block"),
        ({"block": "9" * 40}, "block"),
        ({"block": "\x00"}, "block"),
        ({"holder": "0"}, "holder"),
        ({"post": "auditor"}, "post"),
        ({"change": "crown"}, "change"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_beside_its_field(world, desk, wrong, field):
    answer = desk.post(page(TENURE, "add"), change(world, **wrong))
    assert field in errors(answer)
    assert holder(world) == world.governor


def test_nobody_appoints_in_another_street(world):
    answer = enter(world.dispatcher9).post(page(TENURE, "add"), change(world))
    assert "block" in errors(answer)
    assert holder(world) == world.governor


@pytest.mark.parametrize("name", ["handler", "department", "auditor", "admin", "security"])
def test_other_posts_appoint_nobody(world, name):
    assert enter(world.people[name]).post(page(TENURE, "add"), change(world)).status_code == 403
    assert holder(world) == world.governor


def test_a_departments_duty_officer_appoints_nobody_though_the_department_works_for_the_district(world):
    seat = Membership.objects.get(user=world.department_head)
    Membership.objects.filter(pk=seat.pk).update(role=Membership.Role.DUTY_OFFICER)
    assert enter(world.department_head).get(page(TENURE, "add")).status_code == 403


def test_an_inactive_person_is_not_appointed(world, desk):
    User.objects.filter(pk=world.stand_in.pk).update(is_active=False)
    assert "holder" in errors(desk.post(page(TENURE, "add"), change(world)))


def test_without_a_script_block_and_person_are_typed(world, desk):
    typed = change(world, block="", holder="") | {"block-typed": world.b1.code, "holder-typed": "E-stand_in"}
    assert desk.post(page(TENURE, "add"), typed).status_code == 302
    assert holder(world) == world.stand_in


def test_a_typed_key_that_nobody_bears_is_told_and_kept(world, desk):
    answer = desk.post(page(TENURE, "add"), change(world, holder="") | {"holder-typed": "E-9999"})
    assert "holder" in errors(answer)
    assert 'value="E-9999"' in answer.content.decode()


def test_the_form_is_filled_in_from_the_address_and_only_with_what_can_be(world, desk):
    good = desk.get(page(TENURE, "add"), {"block": world.b1.pk, "change": "relieve"})
    assert world.b1.name in good.content.decode()
    for bad in ("abc", "-1", "9" * 400, "1 or 1"):
        assert desk.get(page(TENURE, "add"), {"block": bad, "post": bad}).status_code == 200


def test_the_list_shows_who_holds_what_today_or_on_another_day(world, desk):
    desk.post(page(TENURE, "add"), change(world))
    today = {row.holder for row in listed(desk, TENURE, q=world.b1.code)}
    then = {row.holder for row in listed(desk, TENURE, q=world.b1.code, on="2022-06-01")}
    ever = listed(desk, TENURE, q=world.b1.code, on="all")
    assert today == {world.stand_in, world.supervisor}
    assert then == {world.governor, world.supervisor}
    assert len(ever) == 3
    assert listed(desk, TENURE, on="2021-12-31") == []


@pytest.mark.parametrize("day", ["2022-02-30", "yesterday", "", "0000-00-00"])
def test_a_day_that_is_none_is_today(world, desk, day):
    assert len(listed(desk, TENURE, on=day)) == 4


def test_vacancies_are_found(world, desk):
    desk.post(page(TENURE, "add"), change(world, change="relieve", holder=""))
    assert [row.block for row in listed(desk, TENURE, vacant="yes")] == [world.b1]
    without = {row.code for row in listed(desk, "blocks.block", vacant="governor", street="430302001")}
    assert world.b1.code in without
    assert world.b2.code not in without
    assert world.b2.code in {
        row.code for row in listed(desk, "blocks.block", vacant="supervisor", street="430302001")
    }


def test_a_holder_whose_account_is_closed_counts_as_none(world, desk):
    User.objects.filter(pk=world.governor.pk).update(is_active=False)
    assert [row.block for row in listed(desk, TENURE, vacant="yes")] == [world.b1]


def test_the_end_of_a_standing_in_is_no_vacancy(world, desk):
    desk.post(
        page(TENURE, "add"), change(world, change="stand_in", starts_on="2026-11-01", ends_on="2026-11-10")
    )
    assert listed(desk, TENURE, vacant="yes") == []
    assert len(listed(desk, TENURE, on="all", q=world.b1.code)) == 4


def test_the_list_of_blocks_names_the_people_of_today(world, desk):
    desk.post(page(TENURE, "add"), change(world, change="stand_in"))
    row = next(one for one in listed(desk, "blocks.block", q=world.b1.code))
    found = (row.governor_today, row.acting_governor_today, row.supervisor_today, row.helpers_today)
    assert found == ("高志远", "戴班", "简德", 2)


def test_the_history_of_a_block_is_what_the_journal_says(world, desk):
    desk.post(page(TENURE, "add"), change(world))
    row = Tenure.objects.get(block=world.b1, post="supervisor")
    for address in (page(TENURE, "history", row.pk), page("blocks.block", "history", world.b1.pk)):
        lines = desk.get(address).context["lines"]
        assert [line.who for line in lines[:2]] == ["史街长", "系统"]
        assert "戴班" in lines[0].sentence
        assert "高志远" in lines[-1].sentence


def test_an_assistant_is_added_once_and_ended(world, desk):
    fields = {
        "block": world.b1.pk,
        "user": world.stand_in.pk,
        "kind": "liaison_cadre",
        "starts_on": "2026-11-24",
    }
    assert desk.post(page(ASSISTANT, "add"), fields).status_code == 302
    assert errors(desk.post(page(ASSISTANT, "add"), fields))
    row = Assistant.objects.get(user=world.stand_in)
    assert "ends_on" in errors(desk.post(page(ASSISTANT, "change", row.pk), {"ends_on": "2026-11-24"}))
    assert desk.post(page(ASSISTANT, "change", row.pk), {"ends_on": "2026-12-24"}).status_code == 302
    kinds = Entry.objects.filter(subject_id=world.b1.code).order_by("-pk").values_list("kind", flat=True)
    assert list(kinds[:2]) == ["roster.assistant_ended", "roster.assistant_added"]


def test_an_assistant_of_another_street_is_looked_at_and_not_ended(world):
    row = Assistant.objects.get(user=world.assistant)
    browser = enter(world.dispatcher9)
    assert browser.get(page(ASSISTANT, "change", row.pk)).status_code == 200
    assert browser.post(page(ASSISTANT, "change", row.pk), {"ends_on": "2026-12-24"}).status_code == 403


def seat(world: World, **fields: object) -> dict[str, object]:
    office = world.unit("city_management_office").pk
    return {"unit": office, "user": world.stranger.pk, "role": "member", "starts_on": "2026-11-24", **fields}


def test_somebody_joins_an_office_and_leaves_it(world, desk):
    assert desk.post(page(SEAT, "add"), seat(world)).status_code == 302
    row = Membership.objects.get(user=world.stranger)
    assert desk.post(page(SEAT, "change", row.pk), {"ends_on": "2026-12-01"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == dt.date(2026, 12, 1)
    assert list(Entry.objects.order_by("-pk").values_list("kind", flat=True)[:2]) == [
        "unit.left",
        "unit.joined",
    ]


def test_the_same_seat_twice_is_refused(world, desk):
    desk.post(page(SEAT, "add"), seat(world))
    assert errors(desk.post(page(SEAT, "add"), seat(world)))
    assert Membership.objects.filter(user=world.stranger).count() == 1


@pytest.mark.parametrize("role", ["leader", "system_admin", "security_admin", "auditor"])
def test_a_street_makes_nobody_leader_or_administrator(world, desk, role):
    top = Membership.objects.get(user=world.auditor).unit_id
    answer = desk.post(page(SEAT, "add"), seat(world, unit=top, role=role))
    assert "unit" in errors(answer)
    assert not Membership.objects.filter(user=world.stranger).exists()


def test_the_security_administrator_gives_seats_but_never_two_administrators_in_one_hand(world):
    browser, top = enter(world.security), Membership.objects.get(user=world.auditor).unit_id
    assert browser.post(page(SEAT, "add"), seat(world, unit=top, role="auditor")).status_code == 302
    answer = browser.post(page(SEAT, "add"), seat(world, unit=top, role="system_admin"))
    assert "role" in errors(answer)


def test_an_office_moves_to_another_platform_of_its_street(world):
    office, target = world.unit("city_management_office"), world.unit("coordination")
    fields = {"office": office.pk, "platform": target.pk, "starts_on": "2026-12-01"}
    browser = enter(world.admin)
    assert browser.post(page("staffing.platformlink", "add"), fields).status_code == 302
    assert PlatformLink.objects.on(dt.date(2026, 12, 1)).get(office=office).platform == target
    assert PlatformLink.objects.on(TODAY).get(office=office).platform != target
    assert "starts_on" in errors(browser.post(page("staffing.platformlink", "add"), fields))
    elsewhere = world.unit("coordination", "430302008")
    wrong = {**fields, "platform": elsewhere.pk, "starts_on": "2027-01-01"}
    assert "platform" in errors(browser.post(page("staffing.platformlink", "add"), wrong))
    assert Entry.objects.filter(kind="unit.office_moved").count() == 1


def suggestions(browser, model: str, field: str, term: str) -> list[str]:
    app, name = model.split(".")
    query = {"app_label": app, "model_name": name, "field_name": field, "term": term}
    return [row["text"] for row in browser.get("/admin/autocomplete/", query).json()["results"]]


def test_suggestions_tell_namesakes_apart_and_leave_out_who_is_gone(world, desk):
    User.objects.create_user("han2", name="韩立", employee_number="E-2")
    User.objects.create_user("han3", name="韩立", employee_number="E-3", is_active=False)
    found = suggestions(desk, TENURE, "holder", "韩立")
    assert sorted(found) == ["韩立（E-2）", "韩立（E-handler）"]


def test_blocks_are_suggested_within_ones_own_area(world):
    found = suggestions(enter(world.dispatcher), TENURE, "block", "")
    assert found
    assert all("（430302001" in text for text in found)
    assert suggestions(enter(world.dispatcher), TENURE, "block", world.b9.code) == []


def test_suggestions_for_cases_follow_the_scope(world):
    a_dispatched(world)
    query = {"app_label": "cases", "model_name": "case", "field_name": "merged_into", "term": "4303"}
    assert len(enter(world.dispatcher).get("/admin/autocomplete/", query).json()["results"]) == 1
    assert enter(world.dispatcher9).get("/admin/autocomplete/", query).json()["results"] == []
    assert enter(world.admin).get("/admin/autocomplete/", query).status_code == 403
