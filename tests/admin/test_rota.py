"""The rota at the desk: the week, planning, the verbs by whom, exchanges, the day; another street sees nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from staffing.actions import ask_swap, join, plan_shifts, remove_shift
from staffing.actions.rota import Pattern
from staffing.admin.rota import ShiftAdmin, ShiftSwapAdmin
from staffing.models import Absence, Shift, ShiftSwap, User
from tests.admin.desk import enter, errors, listed, page, said
from tests.world import AT, START, World, by
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock

SHIFT, SWAP = "staffing.shift", "staffing.shiftswap"
DAY = dt.timedelta(days=1)
TODAY = clock.local_date(AT)
MORNING = clock.day_start(TODAY)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def rota(world: World) -> list[Shift]:
    """邓 and 戴 in turn, 24 hours each, for a week from today on."""
    unit = world.unit("rapid_response")
    join(unit=unit, user=world.stand_in, role="duty_officer", starts_on=START, at=AT, actor=SYSTEM)
    return plan_shifts(
        platform=unit, first_on=TODAY, last_on=TODAY + 6 * DAY, officers=[world.dispatcher, world.stand_in],
        pattern=Pattern(begins=dt.time(8, 30), ends=dt.time(8, 30)), at=MORNING, actor=SYSTEM,
    )  # fmt: skip


def swap_of(world: World, rota: list[Shift]) -> ShiftSwap:
    return ask_swap(shift=rota[2], theirs=rota[3], at=AT, actor=by(world.dispatcher).actor)


def sheet(world: World, **fields: object) -> dict[str, object]:
    """What the form for a period sends: next week, in turn."""
    given = {
        "platform": world.unit("coordination").pk,
        "first_on": (TODAY + DAY).isoformat(),
        "last_on": (TODAY + 2 * DAY).isoformat(),
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "begins": "08:30",
        "ends": "08:30",
        "parts": "2",
        "officers": [],
    }
    return {**given, **fields}


# --- planning and the week ---------------------------------------------------------------------------------------


def test_a_period_is_planned_and_one_is_led_to_its_week(world):
    answer = enter(world.streetleader).post(page(SHIFT, "add"), sheet(world), follow=True)
    assert "4" in said(answer)
    assert answer.request["PATH_INFO"] == reverse("admin:staffing_shift_week")
    assert Shift.objects.count() == 4
    assert answer.content.decode().count("柯协") == 4


def test_officers_take_turns_in_the_order_in_which_they_were_named(world, rota):
    sent = sheet(
        world,
        platform=world.unit("rapid_response").pk,
        first_on=(TODAY + 10 * DAY).isoformat(),
        last_on=(TODAY + 10 * DAY).isoformat(),
        officers=[world.stand_in.pk, world.dispatcher.pk],
    )
    assert enter(world.streetleader).post(page(SHIFT, "add"), sent).status_code == 302
    planned = Shift.objects.filter(day__gte=TODAY + 10 * DAY).select_related("officer")
    assert [shift.officer.username for shift in planned] == ["stand_in", "dispatcher"]


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"last_on": TODAY.isoformat()}, "last_on"),
        ({"first_on": "2026-11-01", "last_on": "2026-11-30"}, "first_on"),
        ({"weekdays": []}, "weekdays"),
        ({"begins": ""}, "begins"),
        ({"begins": "25:00"}, "begins"),
        ({"parts": "9"}, "parts"),
        ({"platform": ""}, "platform"),
        ({"officers": ["99999999"]}, "officers"),
        ({"last_on": "2027-11-30"}, "last_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_stays(world, fields, field):
    answer = enter(world.streetleader).post(page(SHIFT, "add"), sheet(world, **fields))
    assert set(errors(answer)) == {field}
    assert 'value="08:30"' in answer.content.decode()
    assert not Shift.objects.exists()


def test_the_same_plan_twice_is_refused_with_the_shift_that_is_there(world):
    browser = enter(world.streetleader)
    assert browser.post(page(SHIFT, "add"), sheet(world)).status_code == 302
    answer = browser.post(page(SHIFT, "add"), sheet(world))
    assert "2026-11-25 08:30" in errors(answer)["first_on"][0]
    assert Shift.objects.count() == 4


def test_the_form_offers_the_platforms_that_the_person_plans_and_no_others(world):
    def offered(person):
        form = enter(person).get(page(SHIFT, "add")).context["adminform"].form
        return {unit.code.partition("-")[2] for unit in form.fields["platform"].queryset}

    assert offered(world.block_head) == {"block_service"}
    assert offered(world.streetleader) == {"coordination", "block_service", "rapid_response"}
    answer = enter(world.block_head).post(page(SHIFT, "add"), sheet(world))
    assert set(errors(answer)) == {"platform"}


def test_the_week_shows_every_day_and_who_is_on_duty_and_that_nobody_is(world, rota):
    Shift.objects.filter(pk=rota[1].pk).update(officer=None)
    answer = enter(world.handler).get(reverse("admin:staffing_shift_week"))
    assert answer.context["week"] is None, "a member of an office sees no rota"
    answer = enter(world.streetleader).get(reverse("admin:staffing_shift_week"))
    week = answer.context["week"]
    assert [unit.office_code for unit in week.platforms] == [
        "coordination",
        "block_service",
        "rapid_response",
    ]
    column = [[shift.officer and shift.officer.username for shift in cells[2]] for _day, cells in week.days]
    assert column == [[], ["dispatcher"], [None], ["dispatcher"], ["stand_in"], ["dispatcher"], ["stand_in"]]
    assert answer.content.decode().count("admin-vacant") == 1


@pytest.mark.parametrize(
    "asked", ["?on=abc&street=xyz", "?on=0001-01-01", "?on=9999-12-31", "?street=430302008"]
)
def test_an_impossible_week_or_anothers_street_shows_the_own_one(world, rota, asked):
    answer = enter(world.streetleader).get(reverse("admin:staffing_shift_week") + asked)
    assert answer.context["street"] == "430302001"
    assert answer.context["on"] == TODAY


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_an_impossible_day_shows_the_shifts_of_today(world, rota, on):
    assert listed(enter(world.streetleader), SHIFT, on=on) == [rota[0]]


def test_the_list_and_the_week_ask_the_same_number_of_questions_however_many_shifts(
    world, rota, django_assert_max_num_queries
):
    browser = enter(world.streetleader)
    places = [page(SHIFT) + "?on=all", reverse("admin:staffing_shift_week")]

    def asked():
        counts = []
        for place in places:
            with django_assert_max_num_queries(40) as found:
                assert browser.get(place).status_code == 200
            counts.append(len(found))
        return counts

    asked()
    before = asked()
    plan_shifts(
        platform=world.unit("coordination"), first_on=TODAY, last_on=TODAY + 9 * DAY, officers=[],
        pattern=Pattern(begins=dt.time(8), ends=dt.time(8), parts=3), at=MORNING, actor=SYSTEM,
    )  # fmt: skip
    assert asked() == before


# --- verbs -------------------------------------------------------------------------------------------------------

# People × verbs on a shift of 邓 (today is before it): y possible, n not; and on an exchange that 邓 asked of 戴.
VERBS = """
               assign free remove ask   agree decline withdraw
block_head     n      n    n      n     n     n       n
dispatcher     y      y    y      y     n     n       y
stand_in       y      y    y      n     y     y       n
coordinator    y      y    y      n     y     y       n
streetleader   y      y    y      n     y     y       n
leader         y      y    y      n     y     y       n
auditor        n      n    n      n     n     n       n
"""
NAMES, *LINES = [line.split() for line in VERBS.strip().splitlines()]


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_every_verb_is_possible_for_whom_the_table_says(world, rota, line):
    swap = swap_of(world, rota)
    person = world.people[line[0]]
    verdicts = {verb.name: verb.may(person, rota[2], AT) for verb in ShiftAdmin.verbs}
    verdicts |= {verb.name: verb.may(person, swap, AT) for verb in ShiftSwapAdmin.verbs}
    found = ["y" if verdicts[name] else "n" for name in NAMES]
    assert found == line[1:]
    assert all(str(verdict.reason) for verdict in verdicts.values() if not verdict)


def test_a_head_of_another_platform_plans_his_own_only(world, rota):
    mine = plan_shifts(
        platform=world.unit("block_service"), first_on=TODAY + DAY, last_on=TODAY + DAY, officers=[world.block_head],
        pattern=Pattern(begins=dt.time(8), ends=dt.time(8)), at=AT, actor=SYSTEM,
    )[0]  # fmt: skip
    assert all(verb.may(world.block_head, mine, AT) for verb in ShiftAdmin.verbs)


def test_the_list_and_the_week_say_that_somebody_on_duty_is_on_leave_or_has_left(world, rota):
    days = {"starts_on": rota[1].day, "ends_on": rota[2].day}
    Absence.objects.create(person=rota[1].officer, kind="sick", **days)
    User.objects.filter(pk=rota[2].officer_id).update(is_active=False)
    browser = enter(world.streetleader)
    week = browser.get(reverse("admin:staffing_shift_week")).content.decode()
    assert "戴班 请假" in week
    assert "邓值 已不在本平台任职" in week
    assert "请假" in browser.get(page(SHIFT), {"on": str(rota[1].day)}).content.decode().partition("戴班")[2]


def act(browser, model, row, verb, **sent):
    return browser.post(page(model, "do", row.pk, verb), sent, follow=True)


def test_a_free_shift_is_given_and_only_the_platforms_people_are_offered(world, rota):
    browser = enter(world.streetleader)
    answer = browser.get(page(SHIFT, "change", rota[2].pk))
    form = next(one.form for one in answer.context["possible"] if one.verb.name == "assign")
    assert [user.username for user in form.fields["officer"].queryset] == ["stand_in"]
    assert "officer" in act_errors(act(browser, SHIFT, rota[2], "assign", officer=world.coordinator.pk))
    act(browser, SHIFT, rota[2], "assign", officer=world.stand_in.pk)
    rota[2].refresh_from_db()
    assert rota[2].officer == world.stand_in


def act_errors(answer):
    return next(one.form.errors for one in answer.context["possible"] if one.is_open)


def test_leave_frees_the_shifts_of_its_days(world, rota):
    days = {"first_on": (TODAY + DAY).isoformat(), "last_on": (TODAY + 4 * DAY).isoformat()}
    act(enter(world.streetleader), SHIFT, rota[2], "free", **days)
    assert Shift.objects.filter(officer=None).count() == 2
    answer = act(enter(world.streetleader), SHIFT, rota[4], "free", **days)
    assert said(answer), "nobody has it any more, and the page says so"


def test_a_removed_shift_leads_to_its_week_and_is_not_removed_twice(world, rota):
    browser = enter(world.streetleader)
    answer = act(browser, SHIFT, rota[2], "remove")
    assert answer.request["PATH_INFO"] == reverse("admin:staffing_shift_week")
    assert Shift.objects.count() == 6
    assert act(browser, SHIFT, rota[2], "remove").status_code == 200
    assert Shift.objects.count() == 6


def test_two_officers_exchange_their_shifts(world, rota):
    act(enter(world.dispatcher), SHIFT, rota[2], "ask", theirs=rota[3].pk)
    swap = ShiftSwap.objects.get()
    other = enter(world.stand_in)
    assert [row.pk for row in listed(other, SWAP, state="mine")] == [swap.pk]
    assert listed(enter(world.dispatcher), SWAP, state="mine") == []
    act(other, SWAP, swap, "agree")
    rota[2].refresh_from_db()
    assert rota[2].officer == world.stand_in
    text = other.get(page(SWAP, "change", swap.pk)).content.decode()
    assert 'class="admin-verb"' not in text, "nothing is left to be decided"


def test_the_page_of_a_shift_shows_the_open_exchanges_that_name_it(world, rota):
    swap = swap_of(world, rota)
    for number, shown in ((2, True), (3, True), (4, False)):
        text = enter(world.streetleader).get(page(SHIFT, "change", rota[number].pk)).content.decode()
        assert (swap.get_absolute_url() in text) is shown


# --- scope -------------------------------------------------------------------------------------------------------


def test_an_exchange_whose_shifts_were_removed_is_listed_and_its_page_opens(world, rota):
    swap = swap_of(world, rota)
    for gone in (rota[3], rota[2]):
        remove_shift(shift=gone, at=AT, actor=SYSTEM)
        browser = enter(world.dispatcher)
        assert listed(browser, SWAP) == [swap]
        answer = browser.get(page(SWAP, "change", swap.pk))
        assert answer.status_code == 200
        assert not answer.context["possible"]
        assert "已移出值班表" in answer.content.decode()


def test_another_street_sees_neither_shifts_nor_exchanges(world, rota):
    swap = swap_of(world, rota)
    browser = enter(world.dispatcher9)
    assert listed(browser, SHIFT, on="all") == []
    assert listed(browser, SWAP) == []
    for model, row in ((SHIFT, rota[2]), (SWAP, swap)):
        assert browser.get(page(model, "change", row.pk)).status_code == 302
        assert browser.get(page(model, "history", row.pk)).status_code == 302
    assert act(browser, SHIFT, rota[2], "remove").status_code == 200
    assert act(browser, SWAP, swap, "agree").status_code == 200
    assert (
        "邓值" not in browser.get(reverse("admin:staffing_shift_week") + "?street=430302001").content.decode()
    )
    assert Shift.objects.count() == 7
    swap.refresh_from_db()
    assert swap.outcome == ""


def test_the_search_box_for_officers_offers_those_who_decide_in_platforms(world, rota):
    where = {"app_label": "staffing", "model_name": "shift", "field_name": "officer", "term": ""}
    answer = enter(world.streetleader).get(reverse("admin:autocomplete"), where)
    found = {row["text"] for row in answer.json()["results"]}
    assert any("邓值" in text for text in found)
    assert not any("高志远" in text for text in found)


# --- the day -----------------------------------------------------------------------------------------------------


def items(person):
    answer = enter(person).get(reverse("admin:index"))
    return {item.url: item for _label, held in answer.context["day"] for item in held}


WEEK = reverse("admin:staffing_shift_week")


def test_the_day_says_who_is_on_duty_and_what_nobody_covers_and_what_is_asked(world, rota):
    Shift.objects.filter(pk__in=[rota[1].pk, rota[6].pk]).update(officer=None)
    swap_of(world, rota)
    found = items(world.stand_in)
    assert "邓值" in str(found[WEEK].label)
    assert found[WEEK].number == 1
    browser = enter(world.stand_in)
    for part in ("staffing/shift/?", "staffing/shiftswap/"):
        item = next(item for url, item in found.items() if part in url)
        rows = browser.get(item.url).context["cl"].result_list
        assert item.number == len(rows) > 0
    assert not any("shiftswap" in url for url in items(world.dispatcher)), (
        "one's own request waits for others"
    )


def test_whoever_sees_no_rota_is_told_nothing_of_one(world, rota):
    for name in ("dispatcher9", "handler", "department", "admin"):
        assert not any("shift" in url for url in items(world.people[name])), name


def test_when_nobody_covers_today_that_is_said(world, rota):
    Shift.objects.update(officer=None)
    assert items(world.streetleader)[WEEK].number == 0


def test_a_platforms_page_says_what_it_does_and_a_teams_page_where_it_comes_from(world):
    browser = enter(world.streetleader)
    text = browser.get(page("staffing.unit", "change", world.unit("rapid_response").pk)).content.decode()
    assert WEEK in text
    team = browser.get(page("staffing.unit", "change", world.unit("enforcement_market").pk)).content.decode()
    assert "区市场监督管理局" in team
