"""Looking back and ahead at the desk: vacancies on a map, a block and a unit on any day, a person's career."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staffing.actions import appoint, end_assistant, join, leave, relieve, stand_in, take_leave
from staffing.figures import Standing, career_of, holders_of, lacking
from staffing.models import Assistant, Membership, Tenure
from staffing.posts import PostKind
from tests.admin.desk import enter, listed, page
from tests.world import AT, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit.scope import Scope

TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)
Post = Tenure.Seat
STREET_SCOPE = Scope(areas=frozenset({STREET}), has_post=True)


@pytest.fixture
def desk(world):
    return enter(world.streetleader)


def vacancies(browser, **query):
    answer = browser.get(reverse("admin:blocks_block_vacancies"), query)
    assert answer.status_code == 200
    return answer


def standing(answer, world: World, block: str = "b1") -> Standing:
    found: dict[str, Standing] = {
        state.roster.code: state.standing for state in answer.context["found"].blocks
    }
    return found[world.blocks[block].code]


def away(world: World, who: str, act: str | None = None) -> None:
    take_leave(
        person=world.people[who],
        kind="annual",
        starts_on=TODAY,
        ends_on=TODAY + 3 * DAY,
        stand_in=world.people[act] if act else None,
        by=None,
        at=AT,
        actor=SYSTEM,
    )


def empty(world: World, post: str, on: dt.date = TODAY) -> None:
    relieve(block=world.b1, post=post, starts_on=on, at=AT, actor=SYSTEM)


def nobody_helps(world: World) -> None:
    for row in Assistant.objects.filter(block=world.b1):
        end_assistant(assistant=row, ends_on=TODAY, at=AT, actor=SYSTEM)


def acts_for_the_vacant_post(world: World) -> None:
    empty(world, Post.GOVERNOR)
    stand_in(
        block=world.b1,
        post=Post.GOVERNOR,
        person=world.stand_in,
        starts_on=TODAY,
        ends_on=None,
        at=AT,
        actor=SYSTEM,
    )


def closed(world: World) -> None:
    type(world.governor).objects.filter(pk=world.governor.pk).update(is_active=False)


STANDINGS = [
    ("everybody is there", lambda world: None, Standing.COMPLETE),
    ("no governor", lambda world: empty(world, Post.GOVERNOR), Standing.GOVERNOR),
    ("no supervisor", lambda world: empty(world, Post.SUPERVISOR), Standing.SUPERVISOR),
    ("no assistant", nobody_helps, Standing.ASSISTANT),
    ("on leave, and nobody acts", lambda world: away(world, "governor"), Standing.IDLE),
    ("on leave, and somebody acts", lambda world: away(world, "governor", "stand_in"), Standing.ACTING),
    ("vacant, and somebody acts", acts_for_the_vacant_post, Standing.ACTING),
    ("the account is closed", closed, Standing.GOVERNOR),
]


@pytest.mark.parametrize("what, change, expected", STANDINGS, ids=[row[0] for row in STANDINGS])
def test_the_map_and_its_table_tell_how_a_block_stands(world, desk, what, change, expected):
    change(world)
    answer = vacancies(desk, show=expected.value)
    assert standing(answer, world) is expected
    assert answer.context["fills"][world.b1.code]["tone"] == expected.value
    assert world.b1.code in {row["state"].roster.code for row in answer.context["rows"]}


def test_a_stand_in_who_is_away_leaves_the_block_idle(world, desk):
    away(world, "governor", "stand_in")
    away(world, "stand_in")
    assert standing(vacancies(desk), world) is Standing.IDLE


def test_another_day_is_another_map(world, desk):
    empty(world, Post.GOVERNOR, TODAY + 10 * DAY)
    assert standing(vacancies(desk), world) is Standing.COMPLETE
    assert standing(vacancies(desk, on="2026-12-04"), world) is Standing.GOVERNOR


def test_before_the_blocks_there_is_no_map_and_the_page_says_so(world, desk):
    answer = vacancies(desk, on="2021-06-01")
    assert answer.context["fills"] is None
    assert "data-map" not in answer.content.decode()


@pytest.mark.parametrize(
    "query", [{"on": "never"}, {"show": "king"}, {"page": "x"}, {"page": "999"}, {"on": ""}]
)
def test_what_is_no_question_is_today_and_everything(world, desk, query):
    assert vacancies(desk, **query).context["on"] == TODAY


def test_everybody_sees_the_blocks_of_the_own_area(world):
    def codes(who: str) -> set[str]:
        return {
            state.roster.code[:9] for state in vacancies(enter(world.people[who])).context["found"].blocks
        }

    assert codes("streetleader") == codes("handler") == {STREET}
    assert codes("dispatcher9") == {"430302008"}
    assert len(codes("leader")) > 5


def test_names_in_the_map_are_data_and_no_markup(world, desk):
    type(world.b1).objects.filter(pk=world.b1.pk).update(name="</script><b>")
    text = vacancies(desk).content.decode()
    assert "</script><b>" not in text
    data = text.split('<script id="vacancies-fills" type="application/json">')[1].split("</script>")[0]
    assert json.loads(data)[world.b1.code]["label"].startswith("</script><b>")


def test_the_page_asks_no_more_for_more_blocks(world):
    counts = []
    for who in ("streetleader", "leader"):
        browser = enter(world.people[who])
        vacancies(browser)
        with CaptureQueriesContext(connection) as asked:
            vacancies(browser)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_numbers_of_vacancies_are_those_of_the_list(world, desk):
    empty(world, Post.SUPERVISOR)
    found = lacking(STREET_SCOPE, TODAY)
    listing = {kind: len(listed(desk, "blocks.block", vacant=kind, area="own")) for kind in found}
    assert listing == {kind: min(number, 50) for kind, number in found.items()}
    assert found[PostKind.GOVERNOR] + 2 == found[PostKind.SUPERVISOR]


# --- a block, a unit, a person ------------------------------------------------------------------------------------


def test_a_block_tells_who_answered_for_it_on_a_day(world, desk):
    appoint(block=world.b1, post=Post.GOVERNOR, holder=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM)
    address = page("blocks.block", "change", world.b1.pk)

    def governor(**query):
        return desk.get(address, query).context["block_day"].posts[0].holder.person

    assert (governor(), governor(on="2022-06-01")) == (world.stand_in, world.governor)
    assert governor(on="rubbish") == world.stand_in
    day = desk.get(address).context["block_day"]
    people = {one.person for office in day.offices for one in office.people}
    assert {world.dispatcher, world.streetleader, world.coordinator, world.block_head} <= people
    assert desk.get(address, {"on": "2021-01-01"}).context["block_day"].posts[0].holder is None


def test_a_block_tells_of_leave_and_of_a_planned_day(world, desk):
    away(world, "governor", "stand_in")
    address = page("blocks.block", "change", world.b1.pk)
    post = desk.get(address).context["block_day"].posts[0]
    assert (post.holder.away, post.acting.person) == (True, world.stand_in)
    later = desk.get(address, {"on": "2026-12-24"}).context["block_day"].posts[0]
    assert (later.holder.away, later.acting) == (False, None)


def test_everybody_who_ever_had_a_post_of_the_block_newest_first(world):
    appoint(block=world.b1, post=Post.GOVERNOR, holder=world.stand_in, starts_on=TODAY, at=AT, actor=SYSTEM)
    empty(world, Post.GOVERNOR, TODAY + 5 * DAY)
    lines = holders_of(world.b1, TODAY)
    assert (lines[0].person, lines[0].when) == ("戴班", "now")
    before = next(line for line in lines if line.person == "高志远")
    assert (before.starts_on, before.ends_on, before.when) == (START, TODAY, "past")
    assert lines[0].ends_on == TODAY + 5 * DAY


def test_a_career_holds_every_seat_also_those_planned_and_acting(world, desk):
    join(
        unit=world.unit("coordination"),
        user=world.governor,
        role=Membership.Role.MEMBER,
        starts_on=TODAY + 9 * DAY,
        at=AT,
        actor=SYSTEM,
    )
    dates = {"starts_on": TODAY, "ends_on": TODAY + 4 * DAY}
    stand_in(block=world.b2, post=Post.SUPERVISOR, person=world.governor, at=AT, actor=SYSTEM, **dates)
    found = [(line.place, line.acting, line.when, line.ends_on) for line in career_of(world.governor, TODAY)]
    assert found == [
        (world.unit("coordination").name, False, "planned", None),
        (world.b2.name, True, "now", TODAY + 4 * DAY),
        (world.b1.name, False, "now", None),
    ]
    text = desk.get(page("staffing.user", "change", world.governor.pk)).content.decode()
    assert page("blocks.block", "change", world.b2.pk) in text


def test_rows_that_follow_each_other_in_one_post_are_one_line(world):
    appoint(block=world.b1, post=Post.GOVERNOR, holder=world.governor, starts_on=TODAY, at=AT, actor=SYSTEM)
    assert [(line.starts_on, line.ends_on) for line in career_of(world.governor, TODAY)] == [(START, None)]


def test_a_unit_tells_who_sat_there_on_a_day(world, desk):
    seat = Membership.objects.get(user=world.handler2)
    leave(seat=seat, ends_on=TODAY, at=AT, actor=SYSTEM)
    address = page("staffing.unit", "change", seat.unit_id)

    def people(**query):
        return {one.person for one in desk.get(address, query).context["sittings"]}

    assert people() == {world.handler, world.office_head}
    assert people(on="2022-06-01") == {world.handler, world.handler2, world.office_head}
    assert people(on="2021-06-01") == set()


def test_pages_of_a_block_ask_no_more_for_more_people(world, desk):
    address = page("blocks.block", "change", world.b1.pk)
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    away(world, "governor", "stand_in")
    for offset, who in enumerate(("handler", "handler2", "stranger")):
        start = TODAY - (90 - offset) * DAY
        appoint(
            block=world.b1,
            post=Post.SUPERVISOR,
            holder=world.people[who],
            starts_on=start,
            at=AT,
            actor=SYSTEM,
        )
    with CaptureQueriesContext(connection) as many:
        desk.get(address)
    assert len(many) == len(few)
