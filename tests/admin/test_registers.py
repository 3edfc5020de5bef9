"""Trainings, the reserve and legal counsel at the desk: verbs, who may use them, figures above the lists, own pages."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from blocks.models import Street
from staffing.actions import (
    appoint_counsel,
    join,
    note_attendance,
    plan_training,
    put_in_reserve,
    relieve,
)
from staffing.models import CounselAppointment, Reserve, Training, Unit, User
from staffing.policies import may_note_attendance
from tests.admin.desk import enter, errors, listed, page, said
from tests.world import AT, OTHER_STREET, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

TRAINING, RESERVE, COUNSEL = "staffing.training", "staffing.reserve", "staffing.counselappointment"
DISTRICT, TODAY, DAY = "430302", dt.date(2026, 11, 24), dt.timedelta(days=1)
MATCHING = "admin:staffing_reserve_matching"
COVERAGE, SHEET = "admin:staffing_training_coverage", "admin:staffing_training_sheet"
WITHOUT = "admin:staffing_counselappointment_without"


def training(world: World, **changes: Any) -> Training:
    facts: dict[str, Any] = {
        "title": "岗前培训", "kind": "course", "held_on": TODAY, "hours": 4, "place": "", "area": STREET,
        "organiser": world.unit("coordination"),
    }  # fmt: skip
    return plan_training(**{**facts, **changes}, at=AT, actor=SYSTEM)


def reserve(world: World, who: str = "stranger", street: str = STREET, tier: int = 2) -> Reserve:
    place = Street.objects.get(code=street)
    since = TODAY - 30 * DAY
    return put_in_reserve(
        person=world.people[who], tier=tier, street=place, starts_on=since, at=AT, actor=SYSTEM
    )


def counsel(unit: Unit, name: str = "唐律") -> CounselAppointment:
    facts: dict[str, Any] = {"name": name, "firm": "莲城律师事务所", "phone": "13800000001", "licence": ""}
    return appoint_counsel(unit=unit, starts_on=TODAY - DAY, at=AT, actor=SYSTEM, **facts)


def community(world: World) -> Unit:
    return Unit.objects.get(code=world.b1.community_id)


@pytest.fixture
def desk(world):
    return enter(world.streetleader)


# Which verb works for whom: on a training, an entry of the reserve and an appointment of counsel of the street.
MAY = """
                handler  head  duty  street  district  department  auditor  system  other
plan            -        -     x     x       x         -           -        -       -
note            -        -     x     x       x         -           -        -       -
correct         -        -     x     x       x         -           -        -       -
cancel          -        -     x     x       x         -           -        -       -
put_in          -        -     x     x       x         -           -        -       -
tier            -        -     x     x       x         -           -        -       -
leave           -        -     x     x       x         -           -        -       -
retain          -        -     x     x       x         -           -        -       -
follow          -        -     x     x       x         -           -        -       -
end             -        -     x     x       x         -           -        -       -
retain_dept     -        -     -     -       x         -           -        -       -
"""
WHO = ["handler", "office_head", "dispatcher", "streetleader", "leader", "department", "auditor", "admin"]
WHO += ["dispatcher9"]
VERBS = [line.split() for line in MAY.strip().splitlines()[1:]]


def attempts(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    """The address of every verb, and what is sent."""
    one, entry = training(world), reserve(world)
    row = counsel(community(world))
    plain = {"title": "新", "kind": "course", "held_on": "2026-11-20", "hours": 2, "place": ""}
    lawyer = {"name": "蒋律", "firm": "白石", "phone": "0731-58001234", "starts_on": "2026-11-24"}
    free = Unit.objects.filter(kind="community", street=STREET).exclude(pk=row.unit_id)[0]
    department = Unit.objects.get(name="区市场监督管理局")
    who = world.stand_in.pk
    return {
        "plan": (page(TRAINING, "add"), plain | {"organiser": one.organiser_id, "area": STREET}),
        "note": (page(TRAINING, "do", one.pk, "note"), {"state": "attended", "governors_of": STREET}),
        "correct": (page(TRAINING, "do", one.pk, "correct"), plain),
        "cancel": (page(TRAINING, "do", one.pk, "cancel"), {}),
        "put_in": (
            page(RESERVE, "add"),
            {"person": who, "tier": 1, "street": STREET, "starts_on": "2026-11-24"},
        ),
        "tier": (page(RESERVE, "do", entry.pk, "tier"), {"tier": 1, "on": "2026-11-24"}),
        "leave": (page(RESERVE, "do", entry.pk, "leave"), {"ends_on": "2026-11-24"}),
        "retain": (page(COUNSEL, "add"), lawyer | {"unit": free.pk}),
        "follow": (page(COUNSEL, "do", row.pk, "follow"), lawyer),
        "end": (page(COUNSEL, "do", row.pk, "end"), {"ends_on": "2026-11-24"}),
        "retain_dept": (page(COUNSEL, "add"), lawyer | {"unit": department.pk}),
    }


@pytest.mark.parametrize("column", range(len(WHO)), ids=WHO)
def test_every_verb_works_for_whom_the_table_says(world, column):
    """Each attempt is undone, so that all begin with the same rows."""
    browser, found = enter(world.people[WHO[column]]), {}
    for verb, (address, sent) in attempts(world).items():
        with transaction.atomic():
            before = Entry.objects.count()
            browser.post(address, sent)
            found[verb] = "x" if Entry.objects.count() > before else "-"
            transaction.set_rollback(True)
    assert found == {line[0]: line[1 + column] for line in VERBS}


def test_a_training_is_planned_from_the_form_and_its_page_tells_what_can_be_done(world, desk):
    form = desk.get(page(TRAINING, "add"))
    assert f'<option value="{STREET}">' in form.content.decode()
    assert DISTRICT not in [key for key, _name in form.context["adminform"].form.fields["area"].choices]
    unit = world.unit("coordination").pk
    sent = {
        "title": "讲座",
        "kind": "lecture",
        "held_on": "2026-11-25",
        "hours": 2,
        "organiser": unit,
        "area": STREET,
    }
    assert desk.post(page(TRAINING, "add"), sent).status_code == 302
    assert "title" in errors(desk.post(page(TRAINING, "add"), sent))
    row = Training.objects.get()
    text = desk.get(page(TRAINING, "change", row.pk)).content.decode()
    assert page(TRAINING, "do", row.pk, "cancel") in text
    assert page(TRAINING, "do", row.pk, "note") not in text
    assert str(may_note_attendance(world.streetleader, row, on=TODAY).reason) in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"hours": "0"}, "hours"),
        ({"hours": "x"}, "hours"),
        ({"held_on": "0001-01-01"}, "held_on"),
        ({"area": OTHER_STREET}, "area"),
        ({"area": "'"}, "area"),
        ({"organiser": ""}, "organiser"),
    ],
    ids=str,
)
def test_what_cannot_be_planned_is_told_beside_its_field(world, desk, wrong, field):
    unit = world.unit("coordination").pk
    sent = {
        "title": "讲座",
        "kind": "lecture",
        "held_on": "2026-11-25",
        "hours": 2,
        "organiser": unit,
        "area": STREET,
    }
    assert field in errors(desk.post(page(TRAINING, "add"), {**sent, **wrong}))
    assert not Training.objects.exists()


def test_attendance_is_noted_by_names_and_by_street_and_stands_on_the_page(world, desk):
    row = training(world)
    address = page(TRAINING, "do", row.pk, "note")
    desk.post(address, {"state": "absent", "people": [world.governor2.pk]})
    answer = desk.post(address, {"state": "attended", "governors_of": STREET}, follow=True)
    assert said(answer)
    states = {one.person.name: one.state for one in answer.context["people"]}
    assert states == {"高志远": "attended", "龚明": "absent"}
    again = desk.post(address, {"state": "attended", "governors_of": STREET})
    (verb,) = [one for one in again.context["possible"] if one.verb.name == "note"]
    assert "governors_of" in verb.form.errors
    assert "governors_of" in _refused(desk, address, {"state": "attended", "governors_of": OTHER_STREET})
    assert "people" in _refused(desk, address, {"state": "attended"})
    assert "state" in _refused(desk, address, {"people": [world.governor.pk]})


def _refused(desk, address, sent):
    answer = desk.post(address, sent)
    return next(one.form.errors for one in answer.context["possible"] if one.is_open)


def test_lists_are_narrowed_by_year_state_street_and_question(world, desk):
    now, then = training(world), training(world, title="去年", held_on=dt.date(2025, 5, 5))
    later = training(world, title="以后", held_on=TODAY + 20 * DAY)
    all_of = training(world, title="全区", area=DISTRICT, held_on=TODAY - 30 * DAY)
    note_attendance(training=then, state="attended", people=[world.governor], at=AT, actor=SYSTEM)
    gone = training(world, title="作废")
    desk.post(page(TRAINING, "do", gone.pk, "cancel"))
    assert listed(desk, TRAINING) == [later, now, all_of, then]
    assert listed(desk, TRAINING, year="2025") == [then]
    assert listed(desk, TRAINING, when="week") == [now]
    assert listed(desk, TRAINING, when="coming") == [later]
    assert listed(desk, TRAINING, when="unnoted") == [now]
    assert listed(desk, TRAINING, when="cancelled") == [gone]
    assert listed(desk, TRAINING, street="district") == [all_of]
    assert listed(desk, TRAINING, street=STREET, q="去年") == [then]
    assert listed(desk, TRAINING, year="x", when="'") == [later, now, all_of, then]


def test_another_street_sees_neither_row_nor_page_nor_sheet(world):
    row = training(world)
    browser = enter(world.dispatcher9)
    assert listed(browser, TRAINING) == []
    assert browser.get(page(TRAINING, "change", row.pk)).status_code == 302
    assert browser.post(page(TRAINING, "do", row.pk, "cancel")).status_code == 302
    assert browser.get(reverse(SHEET, args=[row.pk])).status_code == 403
    entry = reserve(world)
    assert listed(browser, RESERVE) == []
    assert browser.get(page(RESERVE, "change", entry.pk)).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_at is None


def test_the_sheet_is_a_list_to_sign(world, desk):
    row = training(world)
    note_attendance(training=row, state="excused", people=[world.governor], at=AT, actor=SYSTEM)
    answer = desk.get(reverse(SHEET, args=[row.pk]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][3] == "姓名"
    assert [line[3] for line in rows[1:]] == ["高志远", "龚明"]
    assert rows[1][5]
    assert not rows[2][5]


def test_the_coverage_stands_above_the_list_and_opens_the_blocks_behind_it(world, desk):
    row = training(world)
    note_attendance(training=row, state="attended", people=[world.governor], at=AT, actor=SYSTEM)
    found = desk.get(page(TRAINING)).context["coverage"]
    assert (found.share.numerator.number, found.share.denominator.number) == (1, 2)
    for count in (found.share.numerator, found.share.denominator, found.lacking):
        answer = desk.get(f"{reverse(COVERAGE)}?{count.query}")
        assert answer.context["page"].paginator.count == count.number
    assert desk.get(reverse(COVERAGE), {"area": OTHER_STREET}).status_code == 404
    for bad in ({"year": "0"}, {"year": "99999"}, {"trained": "'"}, {"page": "x"}):
        assert desk.get(reverse(COVERAGE), bad).status_code == 200
    for name in ("handler", "department_head", "admin"):
        browser = enter(world.people[name])
        assert browser.get(reverse(COVERAGE)).status_code == 403
        assert "coverage" not in browser.get(page(TRAINING)).context


def test_an_entry_of_the_reserve_moves_and_leaves_on_its_page(world, desk):
    entry = reserve(world)
    answer = desk.post(page(RESERVE, "do", entry.pk, "tier"), {"tier": 1, "on": "2026-11-24"}, follow=True)
    newest = Reserve.objects.get(ends_on=None)
    assert answer.redirect_chain[-1][0] == page(RESERVE, "change", newest.pk)
    assert len(answer.context["story"]) == 2
    assert [row.pk for row in listed(desk, RESERVE)] == [newest.pk]
    assert [row.pk for row in listed(desk, RESERVE, on="2026-11-01")] == [entry.pk]
    assert listed(desk, RESERVE, tier__exact="3") == []
    assert listed(desk, RESERVE, q="莫人", on="all", street=STREET)
    refused = desk.post(page(RESERVE, "do", entry.pk, "leave"), {"ends_on": "2026-12-01"}, follow=True)
    assert said(refused)
    assert Reserve.objects.get(ends_on=None) == newest


def test_the_reserve_opens_where_one_appoints_and_nowhere_else(world):
    community9 = Unit.objects.get(code=world.b9.community_id)
    for unit in (community9, world.unit("rapid_response", OTHER_STREET)):
        join(unit=unit, user=world.dispatcher, role="member", starts_on=START, at=AT, actor=SYSTEM)
    own, others = reserve(world), reserve(world, "stand_in", OTHER_STREET)
    browser = enter(world.dispatcher)
    assert listed(browser, RESERVE) == [own]
    assert browser.get(page(RESERVE, "change", others.pk)).status_code == 302
    assert set(listed(enter(world.leader), RESERVE)) == {own, others}
    assert set(listed(enter(world.auditor), RESERVE)) == {own, others}


def test_the_form_of_the_reserve_offers_the_streets_in_which_one_appoints(world, desk):
    sent = {"person": world.stranger.pk, "tier": 1, "street": OTHER_STREET, "starts_on": "2026-11-24"}
    assert "street" in errors(desk.post(page(RESERVE, "add"), sent))
    assert desk.post(page(RESERVE, "add"), {**sent, "street": STREET}).status_code == 302
    assert "person" in errors(desk.post(page(RESERVE, "add"), {**sent, "street": STREET}))


def test_matching_shows_the_rate_each_block_and_links_that_fill_the_form(world, desk):
    reserve(world)
    relieve(block=world.b1, post="governor", starts_on=TODAY, at=AT, actor=SYSTEM)
    answer = desk.get(reverse(MATCHING))
    whole = answer.context["whole"]
    assert whole.complete.numerator.number == 0
    assert answer.context["page"].paginator.count == whole.complete.denominator.number
    link = f"{page('staffing.tenure', 'add')}?block={world.b1.pk}&amp;post=governor&amp;change=appoint"
    assert f"{link}&amp;holder={world.stranger.pk}" in answer.content.decode()
    form = desk.get(f"{link}&holder={world.stranger.pk}".replace("&amp;", "&")).content.decode()
    assert "莫人" in form
    assert f'value="{world.stranger.pk}" selected' in form
    assert f"{page('staffing.assistant', 'add')}?block={world.b2.pk}&amp;user={world.stranger.pk}" in (
        answer.content.decode()
    )


def test_matching_is_for_those_who_appoint_and_for_their_area(world, desk):
    assert desk.get(reverse(MATCHING), {"area": world.b1.community_id}).status_code == 200
    for area in (OTHER_STREET, DISTRICT, "x", "'"):
        assert desk.get(reverse(MATCHING), {"area": area}).status_code == 404
    for name in ("handler", "department", "auditor", "admin"):
        assert enter(world.people[name]).get(reverse(MATCHING)).status_code == 403
    district = enter(world.leader).get(reverse(MATCHING))
    assert len(district.context["below"]) == 8


def test_counsel_follows_counsel_and_who_has_none_is_listed(world, desk):
    unit = community(world)
    assert unit in [row for row, _may in desk.get(reverse(WITHOUT), {"mine": "1"}).context["rows"]]
    row = counsel(unit)
    sent = {
        "name": "蒋律",
        "firm": "白石",
        "phone": "0731-58001234",
        "licence": "",
        "starts_on": "2026-11-24",
    }
    answer = desk.post(page(COUNSEL, "do", row.pk, "follow"), sent, follow=True)
    newest = CounselAppointment.objects.get(ends_on=None)
    assert answer.redirect_chain[-1][0] == page(COUNSEL, "change", newest.pk)
    assert [one.name for one in listed(desk, COUNSEL)] == ["蒋律"]
    assert [one.name for one in listed(desk, COUNSEL, on="2026-11-23")] == ["唐律"]
    assert listed(desk, COUNSEL, of="units") == []
    assert unit not in [row for row, _may in desk.get(reverse(WITHOUT)).context["rows"]]
    assert enter(world.handler).get(page(COUNSEL, "change", newest.pk)).status_code == 200


def test_the_link_to_appoint_stands_where_one_may(world, desk):
    rows = desk.get(reverse(WITHOUT)).context["rows"]
    assert {may for unit, may in rows if unit.code.startswith(STREET)} == {True}
    assert {may for unit, may in rows if not unit.code.startswith(STREET)} == {False}
    assert {may for _unit, may in enter(world.handler).get(reverse(WITHOUT)).context["rows"]} == {False}


def items(browser) -> dict[str, int]:
    answer = browser.get(reverse("admin:index"))
    return {item.url: item.number for _label, held in answer.context["day"] for item in held}


def test_every_number_of_the_day_opens_the_list_with_exactly_its_rows(world, desk):
    training(world)
    training(world, title="另一场", held_on=TODAY - 20 * DAY)
    training(world, title="他街", area=OTHER_STREET)
    counsel(community(world))
    found = items(desk)
    week, note = (f"{page(TRAINING)}?when={what}" for what in ("week", "unnoted"))
    assert (found[week], found[note]) == (1, 2)
    assert len(listed(desk, TRAINING, when="week")) == 1
    assert len(listed(desk, TRAINING, when="unnoted")) == 2
    without = f"{reverse(WITHOUT)}?mine=1&of=communities"
    assert len(desk.get(without).context["rows"]) == found[without] > 0
    assert not [url for url in items(enter(world.handler)) if "training" in url or "counsel" in url]


def test_lists_and_pages_cost_the_same_however_many_rows_they_hold(world, desk):
    def costs() -> list[int]:
        counts = []
        for address in (page(TRAINING), page(TRAINING, "change", first.pk), page(RESERVE), page(COUNSEL),
                        reverse(COVERAGE), reverse(MATCHING), reverse(WITHOUT)):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    first = training(world)
    note_attendance(training=first, state="attended", people=[world.governor], at=AT, actor=SYSTEM)
    reserve(world)
    counsel(community(world))
    costs()  # the session's own first queries
    before = costs()
    for number in range(8):
        training(world, title=f"第{number}期")
        world.people[f"p{number}"] = User.objects.create(username=f"p{number}", name=f"人{number}")
        reserve(world, f"p{number}")
    people = [world.people[f"p{number}"] for number in range(8)]
    note_attendance(training=first, state="attended", people=people, at=AT, actor=SYSTEM)
    for unit in Unit.objects.filter(kind="community", street=OTHER_STREET):
        counsel(unit)
    assert costs() == before
