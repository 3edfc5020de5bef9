"""Another version of a street's platforms by data alone: four centres from a day on, three platforms before."""

import csv
import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from blocks.models import District, Street
from staffing.actions import join, load_platforms, load_units, plan_shifts
from staffing.actions.rota import Pattern
from staffing.actions.units import DATA
from staffing.exceptions import AlreadyThere, WrongDates, WrongUnit
from staffing.models import Membership, PlatformFunction, PlatformLink, Shift, Unit
from staffing.policies import forget_posts, posts_of
from staffing.posts import Function
from tests.world import AT, OTHER_STREET, START, STREET
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.excel.lines import RowsRefused

FILE = DATA / "platforms_2023.csv"
EVE = dt.date(2026, 12, 14)
FIRST = EVE + dt.timedelta(days=1)
ROWS = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))


def load(rows=ROWS, *, starts_on=FIRST, street=STREET):
    where = Street.objects.get(code=street)
    return load_platforms(street=where, rows=rows, starts_on=starts_on, at=AT, actor=SYSTEM)


def names(day, street=STREET):
    return sorted(
        unit.name.removeprefix("雨湖路街道") for unit in Unit.objects.platforms(day).filter(street=street)
    )


def performing(function, day):
    return Unit.objects.performing(function, street=STREET, day=day).get().office_code


def test_the_street_has_four_centres_from_the_day_on_and_three_platforms_before(world):
    load()
    assert names(FIRST) == ["快速处置中心", "民生事务中心", "经济发展中心", "综合指导中心"]
    assert names(EVE) == ["区块服务平台", "快速处置平台", "综合协调平台"]
    assert len(names(FIRST, OTHER_STREET)) == 3
    assert [performing(function, EVE) for function in Function] == [
        "coordination",
        "block_service",
        "rapid_response",
    ]
    assert [performing(function, FIRST) for function in Function] == [
        "general_guidance_centre",
        "livelihood_affairs_centre",
        "rapid_response_centre",
    ]


def test_every_office_belongs_where_its_row_says(world):
    load()
    office = world.unit("economic_office")
    assert PlatformLink.objects.on(EVE).get(office=office).platform == world.unit("coordination")
    assert PlatformLink.objects.on(FIRST).get(office=office).platform == world.unit(
        "economic_development_centre"
    )
    for row in ROWS:
        link = PlatformLink.objects.on(FIRST).get(office=world.unit(row["office_code"]))
        assert link.platform.office_code == row["platform_code"]


def test_people_go_with_the_function_on_the_day(world):
    load()
    for name, before, after in (
        ("coordinator", "coordination", "general_guidance_centre"),
        ("dispatcher", "rapid_response", "rapid_response_centre"),
        ("block_head", "block_service", "livelihood_affairs_centre"),
    ):
        person = world.people[name]
        forget_posts(person)
        assert [post.unit_id for post in posts_of(person, EVE)] == [world.unit(before).pk]
        assert [post.unit_id for post in posts_of(person, FIRST)] == [world.unit(after).pk]


def test_seats_that_are_planned_for_later_and_those_with_an_end_go_along(world):
    later, end = FIRST + dt.timedelta(days=5), FIRST + dt.timedelta(days=30)
    unit = world.unit("coordination")
    join(unit=unit, user=world.stand_in, role="head", starts_on=later, at=AT, actor=SYSTEM)
    Membership.objects.filter(user=world.coordinator).update(ends_on=end)
    load()
    moved = Membership.objects.filter(unit=world.unit("general_guidance_centre"))
    rows = set(moved.values_list("user__username", "role", "starts_on", "ends_on"))
    assert rows == {("coordinator", "duty_officer", FIRST, end), ("stand_in", "head", later, None)}
    assert not Membership.objects.not_over(FIRST).filter(unit=unit).exists()


def test_nobody_takes_a_seat_in_a_platform_that_the_street_no_longer_has(world):
    load()
    old, new = world.unit("coordination"), world.unit("general_guidance_centre")
    where = {"user": world.stand_in, "role": "duty_officer", "at": AT, "actor": SYSTEM}
    with pytest.raises(WrongUnit) as refusal:
        join(unit=old, starts_on=FIRST, **where)
    assert refusal.value.code == "no_platform"
    with pytest.raises(WrongUnit):
        join(unit=new, starts_on=EVE, **where)
    join(unit=new, starts_on=FIRST, **where)


def test_shifts_of_a_former_platform_end_with_it(world):
    every = Pattern(begins=dt.time(8), ends=dt.time(8))
    who: dict[str, Any] = {"officers": [world.coordinator], "at": AT, "actor": SYSTEM}
    span: dict[str, Any] = {"first_on": EVE - dt.timedelta(days=2), "last_on": FIRST + dt.timedelta(days=2)}
    plan_shifts(platform=world.unit("coordination"), pattern=every, **span, **who)
    load()
    assert [shift.day for shift in Shift.objects.all()] == [
        EVE - dt.timedelta(days=2),
        EVE - dt.timedelta(days=1),
        EVE,
    ]
    with pytest.raises(WrongUnit):
        plan_shifts(platform=world.unit("coordination"), pattern=every, first_on=EVE, last_on=FIRST, **who)


def test_the_journal_tells_of_the_version_once(world):
    load()
    entry = Entry.objects.get(kind="unit.platforms_loaded")
    assert entry.data["starts_on"] == FIRST.isoformat()
    assert len(entry.data["platforms"]) == 4
    assert len(entry.data["ended"]) == 3
    with pytest.raises(WrongDates):
        load()
    with pytest.raises(WrongDates):
        load(starts_on=EVE)
    with pytest.raises(AlreadyThere):
        load(starts_on=FIRST + dt.timedelta(days=1))


def test_the_three_platforms_come_back_by_data(world):
    load()
    with (DATA / "offices_platforms.csv").open(encoding="utf-8") as source:
        former = list(csv.DictReader(source))
    load(former, starts_on=FIRST + dt.timedelta(days=10))
    assert names(FIRST + dt.timedelta(days=10)) == names(EVE)
    assert performing(Function.RESPONDS, FIRST + dt.timedelta(days=9)) == "rapid_response_centre"
    assert performing(Function.RESPONDS, FIRST + dt.timedelta(days=10)) == "rapid_response"
    assert [post.unit_kind for post in posts_of(world.dispatcher, FIRST + dt.timedelta(days=10))] == [
        "platform"
    ]


def test_loading_the_units_again_does_not_bring_the_former_platforms_back(world):
    load()
    load_units(district=District.objects.get(), starts_on=FIRST + dt.timedelta(days=3), at=AT, actor=SYSTEM)
    assert len(names(FIRST + dt.timedelta(days=4))) == 4


def test_a_system_from_before_gets_its_functions_from_the_day_of_the_first_office(world):
    PlatformFunction.objects.all().delete()
    load_units(district=District.objects.get(), starts_on=AT.date(), at=AT, actor=SYSTEM)
    assert set(PlatformFunction.objects.values_list("starts_on", flat=True)) == {START}
    assert PlatformFunction.objects.filter(street=STREET).count() == len(Function)


def changed(number, **cells):
    return [{**row, **cells} if place == number else row for place, row in enumerate(ROWS)]


FAULTS = {
    "unknown": changed(0, office_code="tea_office"),
    "office_missing": ROWS[1:],
    "office_twice": [*ROWS, ROWS[0]],
    "platform": changed(4, platform_code="Wrong Code"),
    "name": changed(4, platform_zh=""),
    "platform_differs": changed(0, platform_zh="另一个名字"),
    "functions": changed(4, platform_functions="flies"),
    "function_twice": changed(4, platform_functions="coordinates"),
    "function_missing": [
        {**row, "platform_functions": row["platform_functions"].replace("responds", "")} for row in ROWS
    ],
    "other_unit": changed(4, platform_code="coordination"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_faulty_sheet_is_refused_as_a_whole(world, code):
    before = Unit.objects.count(), PlatformLink.objects.count()
    with pytest.raises(RowsRefused) as refusal, transaction.atomic():
        load(FAULTS[code])
    assert code in {error.code for error in refusal.value.errors}
    assert (Unit.objects.count(), PlatformLink.objects.count()) == before


def test_a_function_is_one_platforms_at_a_time(world):
    row = PlatformFunction.objects.filter(street=STREET).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlatformFunction.objects.create(
            street_id=STREET,
            function=row.function,
            platform=world.unit("coordination"),
            starts_on=row.starts_on,
        )


def test_the_command_loads_all_streets_or_those_that_are_named(world, capsys):
    call_command("load_platforms", str(FILE), "--starts-on", FIRST.isoformat(), "--street", STREET)
    assert (len(names(FIRST)), len(names(FIRST, OTHER_STREET))) == (4, 3)
    with pytest.raises(CommandError, match="430302999"):
        call_command("load_platforms", str(FILE), "--starts-on", FIRST.isoformat(), "--street", "430302999")
    with pytest.raises(CommandError):
        call_command("load_platforms", str(FILE), "--starts-on", FIRST.isoformat())
    assert len(names(FIRST, OTHER_STREET)) == 3, "all streets or none"


def test_posted_teams_know_their_home_department_and_others_have_none(world):
    teams = Unit.objects.filter(street=STREET, kind=Unit.Kind.TEAM).select_related("home_department")
    assert {team.office_code: team.home_department.name for team in teams} == {
        "enforcement_city": "区城市管理和综合执法局",
        "enforcement_market": "区市场监督管理局",
        "enforcement_police": "市公安局雨湖分局",
    }
    others = Unit.objects.exclude(kind=Unit.Kind.TEAM)
    assert not others.filter(home_department__isnull=False).exists()
