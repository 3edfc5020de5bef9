"""Leave at the desk: recorded, covered, ended and cancelled by those who appoint; seen in one's own area."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staffing.actions import appoint, join, relieve, take_leave
from staffing.models import Absence, Tenure, Unit, User
from tests.admin.desk import enter, errors, listed, page, rows_behind, said
from tests.world import AT, START, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit.desk import day

ABSENCE = "staffing.absence"
TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(world):
    return enter(world.streetleader)


def form(world: World, **fields: object) -> dict[str, object]:
    """高 is on annual leave from today for a week; 戴 acts."""
    given = {
        "person": world.governor.pk,
        "kind": "annual",
        "starts_on": "2026-11-24",
        "ends_on": "2026-12-01",
        "stand_in": world.stand_in.pk,
    }
    return {**given, **fields}


def a_leave(world: World, who: str = "governor", act: str | None = "stand_in", *, start: int = 0) -> Absence:
    return take_leave(
        person=world.people[who],
        kind=Absence.Kind.SICK,
        starts_on=TODAY + start * DAY,
        ends_on=TODAY + (start + 7) * DAY,
        stand_in=world.people[act] if act else None,
        by=None,
        at=AT,
        actor=SYSTEM,
    )


def acting(world: World, on: dt.date = TODAY) -> User | None:
    row = Tenure.objects.on(on).filter(block=world.b1, post="acting_governor").first()
    return row.holder if row else None


def test_leave_is_recorded_and_its_page_says_who_acts(world, desk):
    answer = desk.post(page(ABSENCE, "add"), form(world), follow=True)
    absence = Absence.objects.get()
    assert answer.redirect_chain[-1][0] == page(ABSENCE, "change", absence.pk)
    assert "高志远" in said(answer)
    assert [turn.person for turn in answer.context["turns"]] == [world.stand_in]
    assert not answer.context["gap"]
    assert acting(world) == world.stand_in


def test_leave_without_a_stand_in_is_warned_of(world, desk):
    answer = desk.post(page(ABSENCE, "add"), form(world, stand_in=""), follow=True)
    assert answer.context["gap"]
    assert "errornote" in answer.content.decode()


def test_who_may_not_yet_be_the_stand_in_of_a_stand_in_is_told(world, desk):
    a_leave(world, "stand_in", act=None)
    assert "stand_in" in errors(desk.post(page(ABSENCE, "add"), form(world)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"person": ""}, "person"),
        ({"person": "\x00"}, "person"),
        ({"kind": "party"}, "kind"),
        ({"starts_on": "morgen"}, "starts_on"),
        ({"ends_on": "2026-11-24"}, "ends_on"),
        ({"ends_on": "9999-01-01"}, "ends_on"),
        ({"stand_in": "99999999"}, "stand_in"),
        ({"starts_on": "2026-11-01", "ends_on": "2026-11-05"}, "stand_in"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_beside_its_field(world, desk, wrong, field):
    assert field in errors(desk.post(page(ABSENCE, "add"), form(world, **wrong)))
    assert not Absence.objects.exists()


def test_twice_is_refused_and_says_which_leave(world, desk):
    desk.post(page(ABSENCE, "add"), form(world))
    answer = desk.post(page(ABSENCE, "add"), form(world))
    assert "2026-11-30" in errors(answer)["starts_on"][0]
    assert Absence.objects.count() == 1


def test_nobody_records_leave_of_another_street(world):
    answer = enter(world.dispatcher9).post(page(ABSENCE, "add"), form(world))
    assert "person" in errors(answer)
    assert not Absence.objects.exists()


def test_no_stand_in_is_named_for_a_block_of_another_street(world, desk):
    post = Tenure.Seat.SUPERVISOR
    appoint(block=world.b9, post=post, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert "stand_in" in errors(desk.post(page(ABSENCE, "add"), form(world)))
    assert not Absence.objects.exists()
    assert not Tenure.objects.filter(post__startswith="acting").exists()


def test_the_form_is_filled_in_from_the_page_of_a_person(world, desk):
    text = desk.get(page("staffing.user", "change", world.governor.pk)).content.decode()
    address = f"{page(ABSENCE, 'add')}?person={world.governor.pk}"
    assert address in text
    assert "高志远" in desk.get(address).content.decode()


def do(browser, absence, verb, **data):
    return browser.post(page(ABSENCE, "do", absence.pk, verb), data, follow=True)


def test_a_stand_in_is_named_for_a_post(world, desk):
    absence = a_leave(world, act=None)
    answer = do(desk, absence, "stand-in", seat=f"{world.b1.pk}-governor", stand_in=world.stand_in.pk)
    assert "戴班" in answer.content.decode()
    assert acting(world) == world.stand_in


@pytest.mark.parametrize("seat", ["", "abc", "1-1", "{b2}-governor", "{b1}-supervisor", "{b1}-governor-x"])
def test_only_the_persons_own_posts_can_be_chosen(world, desk, seat):
    absence = a_leave(world, act=None)
    key = seat.format(b1=world.b1.pk, b2=world.b2.pk)
    answer = do(desk, absence, "stand-in", seat=key, stand_in=world.stand_in.pk)
    assert answer.status_code == 200
    assert acting(world) is None


def test_of_two_blocks_one_offers_those_in_which_one_appoints(world):
    post = Tenure.Seat.SUPERVISOR
    appoint(block=world.b9, post=post, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    absence = a_leave(world, act=None)
    offered = {}
    for who in ("streetleader", "dispatcher9", "leader"):
        answer = enter(world.people[who]).get(page(ABSENCE, "change", absence.pk))
        shown = next(one for one in answer.context["possible"] if one.verb.name == "stand-in")
        offered[who] = [key for key, _label in shown.form.fields["seat"].choices]
    b1, b9 = f"{world.b1.pk}-governor", f"{world.b9.pk}-supervisor"
    assert offered == {"streetleader": [b1], "dispatcher9": [b9], "leader": [b1, b9]}


def test_back_earlier_and_pressed_twice(world, desk):
    absence = a_leave(world, start=-2)
    assert "stand_in" in str(acting(world).username)
    do(desk, absence, "end", ends_on="2026-11-24")
    assert acting(world) is None
    assert said(do(desk, absence, "end", ends_on="2026-11-24"))
    absence.refresh_from_db()
    assert absence.ends_on == TODAY


def test_a_day_that_cannot_be_stands_beside_its_field_with_what_was_typed(world, desk):
    absence = a_leave(world)
    answer = do(desk, absence, "end", ends_on="2027-03-03")
    shown = next(one for one in answer.context["possible"] if one.verb.name == "end")
    assert "ends_on" in shown.form.errors
    assert "2027-03-03" in answer.content.decode()


def test_a_cancelled_leave_is_on_no_day_and_stands_in_the_history(world, desk):
    absence = a_leave(world, start=3)
    do(desk, absence, "cancel")
    assert listed(desk, ABSENCE) == listed(desk, ABSENCE, on="planned") == []
    assert listed(desk, ABSENCE, on="all") == [absence]
    assert acting(world, TODAY + 4 * DAY) is None


PEOPLE = [
    "streetleader",
    "dispatcher",
    "coordinator",
    "leader",
    "block_head",
    "handler",
    "auditor",
    "dispatcher9",
]
# +: possible now, -: shown with the reason, .: not on the page; "gone": the page does not open.
VERBS = """
          streetleader dispatcher coordinator leader block_head handler auditor dispatcher9
stand-in  +            +          +           +      .          gone    .       gone
end       +            +          +           +      .          gone    .       gone
cancel    +            +          +           +      .          gone    .       gone
"""


def test_the_verbs_are_for_those_who_appoint_in_the_area(world):
    absence = a_leave(world)
    head, *rows = [line.split() for line in VERBS.strip().splitlines()]
    assert head == PEOPLE
    found: dict[str, list[str]] = {row[0]: [] for row in rows}
    for who in PEOPLE:
        answer = enter(world.people[who]).get(page(ABSENCE, "change", absence.pk))
        if answer.status_code != 200:
            found = {verb: [*marks, "gone"] for verb, marks in found.items()}
            continue
        possible = {one.verb.name for one in answer.context["possible"]}
        refused = {one.verb.name for one in answer.context["impossible"]}
        for verb, marks in found.items():
            marks.append("+" if verb in possible else "-" if verb in refused else ".")
    assert found == {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("verb", ["stand-in", "end", "cancel"])
@pytest.mark.parametrize("who", ["block_head", "dispatcher9", "auditor"])
def test_whoever_may_not_does_nothing_by_the_address_either(world, who, verb):
    absence = a_leave(world, act=None)
    data = {"seat": f"{world.b1.pk}-governor", "stand_in": world.stand_in.pk, "ends_on": "2026-11-26"}
    do(enter(world.people[who]), absence, verb, **data)
    absence.refresh_from_db()
    assert (absence.ends_on, absence.cancelled_at, acting(world)) == (TODAY + 7 * DAY, None, None)


def test_the_list_shows_today_a_day_what_is_planned_and_everything(world, desk):
    now, later = a_leave(world), a_leave(world, "supervisor", act=None, start=9)
    before = take_leave(
        person=world.handler,
        kind="annual",
        starts_on=TODAY - 9 * DAY,
        ends_on=TODAY - 5 * DAY,
        by=None,
        at=AT,
        actor=SYSTEM,
    )
    assert listed(desk, ABSENCE) == [now]
    assert listed(desk, ABSENCE, on="2026-11-16") == [before]
    assert listed(desk, ABSENCE, on="planned") == [later]
    assert listed(desk, ABSENCE, on="all") == [later, now, before]
    assert listed(desk, ABSENCE, on="planned", cover="none") == [later]
    assert listed(desk, ABSENCE, on="all", q="韩立") == [before]


def test_another_street_sees_nothing_and_an_office_its_own_people(world):
    a_leave(world)
    own = a_leave(world, "handler2", act=None)
    assert listed(enter(world.dispatcher9), ABSENCE, on="all") == []
    assert listed(enter(world.handler), ABSENCE, on="all") == [own]


def test_why_somebody_is_away_is_for_those_who_appoint_and_the_auditor(world):
    absence = a_leave(world, "handler2", act=None)
    sees = {}
    for who in ("streetleader", "dispatcher", "auditor", "block_head", "handler"):
        browser = enter(world.people[who])
        listing = browser.get(page(ABSENCE)).context["cl"]
        fields = (
            browser.get(page(ABSENCE, "change", absence.pk)).context["adminform"].fieldsets[0][1]["fields"]
        )
        sees[who] = "why" in listing.list_display
        assert sees[who] == ("kind" in fields)
    assert sees == {
        "streetleader": True,
        "dispatcher": True,
        "auditor": True,
        "block_head": False,
        "handler": False,
    }
    assert enter(world.handler).get(page(ABSENCE), {"kind": "annual"}).status_code == 400


def test_whoever_appoints_in_a_street_does_not_read_why_colleagues_of_a_department_are_away(world):
    department = Unit.objects.get(name="区市场监督管理局")
    join(unit=department, user=world.dispatcher, role="member", starts_on=START, at=AT, actor=SYSTEM)
    colleague, own = a_leave(world, "department", act=None), a_leave(world, "handler2", act=None)
    browser = enter(world.dispatcher)
    answer = browser.get(page(ABSENCE))
    rows = {row.pk: row for row in answer.context["cl"].result_list}
    assert set(rows) == {colleague.pk, own.pk}, "both are seen, but not why"
    shown = {key: answer.context["cl"].model_admin.why(row) for key, row in rows.items()}
    assert shown == {colleague.pk: "—", own.pk: "病假"}
    assert listed(browser, ABSENCE, kind="sick") == [own]
    fields = {}
    for row in (colleague, own):
        form = browser.get(page(ABSENCE, "change", row.pk)).context["adminform"]
        fields[row.pk] = "kind" in form.fieldsets[0][1]["fields"]
    assert fields == {colleague.pk: False, own.pk: True}


@pytest.mark.parametrize(
    "asked", [{"kind__exact": "sick"}, {"kind__startswith": "s"}, {"o": "5"}, {"o": "6"}]
)
def test_no_address_asks_why_somebody_is_away(world, asked):
    department = Unit.objects.get(name="区市场监督管理局")
    join(unit=department, user=world.dispatcher, role="member", starts_on=START, at=AT, actor=SYSTEM)
    first, second = a_leave(world, "department", act=None), a_leave(world, "department_head", act=None)
    answers = []
    for kinds in (("sick", "annual"), ("annual", "sick")):
        for row, kind in zip((first, second), kinds, strict=True):
            Absence.objects.filter(pk=row.pk).update(kind=kind)
        answer = enter(world.dispatcher).get(page(ABSENCE), asked)
        answers.append(
            [row.pk for row in answer.context["cl"].result_list] if answer.status_code == 200 else []
        )
    assert answers[0] == answers[1]


def numbers(browser) -> dict[str, tuple[int, int | None]]:
    """The items about people on the first page: the number, and the rows that its list shows."""
    items = [item for _label, held in browser.get("/admin/").context["day"] for item in held]
    people = [item for item in items if item.part is day.Part.PEOPLE]
    return {str(item.url): (item.number, rows_behind(browser, item.url)) for item in people}


def test_every_number_of_the_day_opens_exactly_its_rows(world, desk):
    a_leave(world)
    a_leave(world, "supervisor", act=None)
    a_leave(world, "governor9", act=None)
    relieve(block=world.b2, post="governor", starts_on=TODAY, at=AT, actor=SYSTEM)
    found = numbers(desk)
    assert all(number == rows for number, rows in found.values())
    leave = page(ABSENCE)
    assert {url: number for url, (number, _rows) in found.items() if url.startswith(leave)} == {
        leave: 2,
        f"{leave}?cover=none": 1,
    }
    assert len(found) >= 5


@pytest.mark.parametrize("who", ["handler", "admin", "dispatcher9"])
def test_the_day_tells_nobody_of_what_he_does_not_see(world, who):
    a_leave(world)
    assert not any(ABSENCE.replace(".", "/") in url for url in numbers(enter(world.people[who])))


def test_the_list_asks_no_more_for_more_rows(world, desk):
    a_leave(world)
    desk.get(page(ABSENCE))
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(page(ABSENCE))
    for who in ("supervisor", "governor2", "handler", "coordinator", "dispatcher"):
        a_leave(world, who, act=None)
    with CaptureQueriesContext(connection) as many:
        assert len(listed(desk, ABSENCE)) == 6
    assert len(many) == len(one)


def test_whoever_stands_in_reads_it_without_a_desk(world):
    absence = a_leave(world)
    address = absence.get_absolute_url()
    for who, status in (("stand_in", 200), ("governor", 200), ("supervisor", 200), ("governor2", 404)):
        answer = enter(world.people[who]).get(address)
        assert answer.status_code == status, who
    text = enter(world.stand_in).get(address).content.decode()
    assert world.b1.name in text
    assert str(absence.get_kind_display()) not in text
