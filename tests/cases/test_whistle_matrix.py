"""Every verb in every stage of a whistle, and by everybody: two tables."""

import pytest

from cases.models import Whistle
from cases.policies import Look
from cases.policies.whistles import RULES, WhistleLook, may_act, may_ask
from tests.cases.whistle_makers import STAGES, call_of, fresh, second_department
from tests.world import AT, World, a_signed
from yuhu.kit.verdicts import Verdict

pytestmark = pytest.mark.django_db

# Whoever could: y: allowed; -: the state says no; g: a guard says no. One department is called.
STATES = """
                    asked emergency called checked_in explained excused reported cleared done declined ended
approve             y     y         g      g          g         g       g        -       -    -        -
decline             y     y         g      g          g         g       g        -       -    -        -
call                y     y         y      y          y         y       y        -       -    -        -
clear               -     g         g      g          g         y       y        -       -    -        -
take-back           y     -         -      -          -         -       -        -       -    -        -
call-off            -     y         y      y          y         y       y        -       -    -        -
withdraw            y     y         y      -          -         -       -        -       -    -        -
check-in            -     y         y      -          y         -       -        -       -    -        -
explain             -     y         y      -          -         -       -        -       -    -        -
decide-explanation  -     -         -      -          y         -       -        -       -    -        -
attend              -     -         -      y          -         -       y        -       -    -        -
result              -     -         -      y          -         -       -        -       -    -        -
rate-department     -     -         -      -          -         -       -        y       -    -        -
rate-street         -     -         -      -          -         -       -        y       -    -        -
"""
# Who can: o duty officer, h head of a platform, s leader of the street, l leader of the district, d the department's
# people. In the stage in which the verb is possible at all.
PEOPLE = {
    "o": ("dispatcher", "coordinator"),
    "h": ("block_head",),
    "s": ("streetleader",),
    "l": ("leader",),
    "d": ("department", "department_head"),
}
NOBODY = (
    "dispatcher9", "governor", "supervisor", "assistant", "handler", "office_head", "auditor", "admin", "security",
    "stand_in", "stranger",
)  # fmt: skip
WHO = {
    "approve": ("asked", "sl"),
    "decline": ("asked", "sl"),
    "call": ("called", "ohs"),
    "clear": ("reported", "ohs"),
    "take-back": ("asked", "oh"),
    "call-off": ("called", "sl"),
    "withdraw": ("called", "ohs"),
    "check-in": ("called", "d"),
    "explain": ("called", "d"),
    "decide-explanation": ("explained", "ohs"),
    "attend": ("checked in", "ohsd"),
    "result": ("checked in", "d"),
    "rate-department": ("cleared", "ohs"),
    "rate-street": ("cleared", "d"),
}
ROWS = [line.split() for line in STATES.strip().splitlines()]
COLUMNS = [name.replace("_", " ") for name in ROWS[0]]


def verdict(world: World, whistle: Whistle, verb: str, who: str) -> Verdict:
    row = fresh(whistle)
    return may_act(verb, WhistleLook(row, world.people[who], AT, call_of(row)))


def somebody(verb: str) -> str:
    """One who can, and did not ask."""
    return PEOPLE[WHO[verb][1][0]][0]


def test_the_tables_know_every_verb_and_every_stage() -> None:
    assert {row[0] for row in ROWS[1:]} == set(RULES) == set(WHO)
    assert list(STAGES) == COLUMNS


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_allows_what_the_table_says(world: World, stage: str) -> None:
    whistle = STAGES[stage](world)
    found = {}
    for verb in RULES:
        answer = verdict(world, whistle, verb, somebody(verb))
        found[verb] = "y" if answer else "-" if answer.code == "state" else "g"
    column = 1 + COLUMNS.index(stage)
    assert found == {row[0]: row[column] for row in ROWS[1:]}


@pytest.mark.parametrize("verb", RULES)
def test_each_verb_belongs_to_those_whom_the_table_names(world: World, verb: str) -> None:
    second_department(world)
    stage, letters = WHO[verb]
    whistle = STAGES[stage](world)
    allowed = {name for letter in letters for name in PEOPLE[letter]}
    everybody = {name for names in PEOPLE.values() for name in names} | set(NOBODY)
    assert {name for name in everybody if verdict(world, whistle, verb, name)} == allowed


def test_every_no_has_a_sentence(world: World) -> None:
    for stage in STAGES.values():
        whistle = stage(world)
        for verb in RULES:
            for who in ("dispatcher", "streetleader", "department", "stranger"):
                answer = verdict(world, whistle, verb, who)
                assert answer or len(str(answer.reason)) > 3
    refused = [may_ask_of(world, name) for name in ("governor", "leader", "stranger")]
    assert all(not one and str(one.reason) for one in refused)


def may_ask_of(world: World, name: str) -> Verdict:
    return may_ask(Look(a_signed(world), world.people[name], AT))
