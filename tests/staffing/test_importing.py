"""A whole roster from a sheet: shown first, then applied by the same verbs, all of it or nothing."""

import datetime as dt
import io
from typing import Any

import pytest

from staffing.actions import apply_roster, applying_roster, appoint, forget_proposals, plan_of, propose_roster
from staffing.exceptions import AlreadyApplied, RosterMoved
from staffing.figures import roster_rows
from staffing.models import Assistant, RosterImport, Tenure, User
from staffing.posts import PostKind
from staffing.sheets import COLUMNS, NEEDED, read_seats, row_of
from tests.world import AT, World
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit.excel.lines import Line, Row, RowsRefused
from yuhu.kit.excel.reading import read_table
from yuhu.kit.excel.writing import Page, workbook
from yuhu.kit.verdicts import Allowed, Denied, Verdict

TODAY = dt.date(2026, 11, 24)
HEADINGS = [headings[0] for headings in COLUMNS.values()]


def anywhere(area: str) -> Verdict:
    return Allowed()


def row(block: Any, post: str, name: str = "", **more: str) -> Row:
    given = {"block": block.code if hasattr(block, "code") else block, "post": post, "name": name, **more}
    return {COLUMNS[key][0]: value for key, value in given.items()}


def propose(world: World, *rows: Row | Line, replaces: bool = False, may: Any = anywhere) -> RosterImport:
    return propose_roster(
        rows=rows,
        effective_on=TODAY,
        replaces=replaces,
        file_name="花名册.xlsx",
        may=may,
        by=world.leader,
        at=AT,
    )


def apply(proposal: RosterImport) -> RosterImport:
    return apply_roster(proposal_id=proposal.pk, may=anywhere, at=AT, actor=SYSTEM)


def counted(proposal: RosterImport) -> dict[str, int]:
    return {kind: count for kind, count in proposal.counts.items() if count}


def faults(refusal: Any) -> list[tuple[str, str]]:
    return [(error.cell, error.code) for error in refusal.value.errors]


def holder(block: Any, post: str, on: dt.date = TODAY) -> User | None:
    tenure = Tenure.objects.on(on).filter(block=block, post=post).first()
    return tenure.holder if tenure else None


def test_what_is_written_out_and_read_back_changes_nothing(world: World) -> None:
    file = io.BytesIO(workbook(Page("花名册", HEADINGS, roster_rows(TODAY))))
    lines = read_table(file, columns=COLUMNS, needed=NEEDED).lines
    assert len(lines) >= 6
    proposal = propose(world, *lines, replaces=True)
    assert counted(proposal) == {"unchanged": len(lines)}
    before = Entry.objects.filter(subject_type="block").count()
    apply(proposal)
    assert Entry.objects.filter(subject_type="block").count() == before


def test_a_proposal_changes_nothing_of_the_roster(world: World) -> None:
    before = list(Tenure.objects.values_list("pk", "holder"))
    proposal = propose(world, row(world.b1, "治理员", "新人", number="N1"))
    assert counted(proposal) == {"account": 1, "hand_over": 1}
    assert list(Tenure.objects.values_list("pk", "holder")) == before
    assert not User.objects.filter(employee_number="N1").exists()


def test_applied_a_new_person_takes_the_post_with_an_account_that_opens_nothing(world: World) -> None:
    proposal = propose(world, row(world.b1, "治理员", "新人", number="N1", phone="138 0013 8000"))
    steps = applying_roster(proposal_id=proposal.pk, may=anywhere, at=AT, actor=SYSTEM)
    assert list(steps) == [(1, 1)]
    person = holder(world.b1, "governor")
    assert person is not None
    assert (person.name, person.username, person.phone) == ("新人", "n1", "13800138000")
    assert not person.has_usable_password()
    assert person.must_change_password
    kinds = set(
        Entry.objects.filter(subject_type="block", subject_id=world.b1.code).values_list("kind", flat=True)
    )
    assert "roster.appointed" in kinds
    assert Entry.objects.filter(kind="roster.imported", subject_id=str(proposal.pk)).exists()


def test_names_and_phones_of_an_applied_sheet_are_not_kept(world: World) -> None:
    proposal = propose(world, row(world.b1, "治理员", "新人", number="N1"))
    apply(proposal)
    proposal.refresh_from_db()
    assert proposal.lines == []
    assert "新人" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_a_sheet_that_nobody_applied_is_emptied(world: World) -> None:
    proposal = propose(world, row(world.b1, "治理员", "新人", number="N1"))
    assert forget_proposals(before=AT, limit=10) == 0
    assert forget_proposals(before=AT + dt.timedelta(seconds=1), limit=10) == 1
    proposal.refresh_from_db()
    assert proposal.lines == []
    assert forget_proposals(before=AT + dt.timedelta(seconds=1), limit=10) == 0


def test_governor_and_supervisor_may_change_places(world: World) -> None:
    governor, supervisor = holder(world.b1, "governor"), holder(world.b1, "supervisor")
    assert governor is not None
    assert supervisor is not None
    apply(propose(world, row(world.b1, "治理员", supervisor.name), row(world.b1, "监督员", governor.name)))
    assert (holder(world.b1, "governor"), holder(world.b1, "supervisor")) == (supervisor, governor)


def test_a_vacancy_is_said_and_not_guessed(world: World) -> None:
    governor = holder(world.b1, "governor")
    apply(propose(world, row(world.b1, "监督员", "空缺"), replaces=True))
    assert holder(world.b1, "supervisor") is None
    assert holder(world.b1, "governor") == governor


def test_helpers_who_are_not_named_leave_only_when_that_was_asked_for(world: World) -> None:
    helpers = Assistant.objects.on(TODAY).filter(block=world.b1)
    stays = helpers.first()
    assert stays is not None
    assert helpers.count() > 1
    line = row_of(
        street="", community="", block_name="", block=world.b1.code, post=PostKind.ASSISTANT, kind=stays.kind,
        name=stays.user.name, number=stays.user.employee_number, phone="", starts_on=None,
    )  # fmt: skip
    named: Row = dict(zip(HEADINGS, (str(cell or "") for cell in line), strict=True))
    assert counted(propose(world, named)) == {"unchanged": 1}
    elsewhere = Assistant.objects.on(TODAY).exclude(block=world.b1).count()
    apply(propose(world, named, replaces=True))
    assert [one.pk for one in Assistant.objects.on(TODAY).filter(block=world.b1)] == [stays.pk]
    assert Assistant.objects.on(TODAY).exclude(block=world.b1).count() == elsewhere


def test_a_day_in_the_row_counts_before_the_day_of_the_sheet(world: World) -> None:
    later = TODAY + dt.timedelta(days=10)
    before = holder(world.b1, "governor")
    apply(propose(world, row(world.b1, "治理员", "新人", number="N1", starts_on=later.isoformat())))
    assert holder(world.b1, "governor") == before
    assert str(holder(world.b1, "governor", later)) == "新人"


@pytest.mark.parametrize(
    "more, fault",
    [
        ({"block": "43"}, ("A2", "block")),
        ({"block": "43030200199999"}, ("A2", "unknown")),
        ({"post": "主任"}, ("B2", "post")),
        ({"post": "协理员"}, ("", "kind")),
        ({"name": "长" * 51}, ("C2", "name")),
        ({"phone": "12345"}, ("D2", "phone")),
        ({"starts_on": "明天"}, ("D2", "starts_on")),
        ({"name": "张无名"}, ("C2", "who")),
    ],
)
def test_each_fault_is_named_by_its_cell_and_nothing_is_kept(
    world: World, more: dict[str, str], fault: Any
) -> None:
    given = {"block": world.b1, "post": "治理员", "name": "高某", **more}
    with pytest.raises(RowsRefused) as refusal:
        propose(world, row(**given))
    assert faults(refusal) == [fault]
    assert not RosterImport.objects.exists()


def test_rows_that_contradict_each_other_are_named(world: World) -> None:
    with pytest.raises(RowsRefused) as refusal:
        propose(
            world,
            row(world.b1, "治理员", "甲", number="1"),
            row(world.b1, "治理员", "乙", number="2"),
            row(world.b1, "监督员", "甲", number="1"),
            row(world.b1, "协理员", "丙", number="3", kind="居民代表"),
            row(world.b1, "协理员", "丙", number="3", kind="居民代表"),
        )
    assert [(error.row, error.code) for error in refusal.value.errors] == [
        (3, "twice"),
        (4, "same_person"),
        (6, "twice"),
    ]


def test_a_number_that_belongs_to_somebody_else_and_a_closed_account_are_named(world: World) -> None:
    User.objects.create_user("old", name="旧人", employee_number="N7", is_active=False)
    for name, code in (("别人", "other_person"), ("旧人", "closed")):
        with pytest.raises(RowsRefused) as refusal:
            propose(world, row(world.b1, "治理员", name, number="N7"))
        assert [error.code for error in refusal.value.errors] == [code]


def test_a_namesake_elsewhere_is_not_taken_for_the_person(world: World) -> None:
    User.objects.create_user("other", name="张伟", phone="13800000001")
    apply(propose(world, row(world.b1, "治理员", "张伟", phone="13800000002")))
    person = holder(world.b1, "governor")
    assert person is not None
    assert person.phone == "13800000002"
    assert User.objects.filter(name="张伟").count() == 2


def test_a_number_that_the_system_did_not_know_yet_makes_no_second_account(world: World) -> None:
    governor = holder(world.b1, "governor")
    assert governor is not None
    User.objects.filter(pk=governor.pk).update(employee_number=None)
    assert counted(propose(world, row(world.b1, "治理员", governor.name, number="N5"))) == {"unchanged": 1}


def test_a_namesake_who_bears_another_number_is_somebody_else(world: World) -> None:
    governor = holder(world.b1, "governor")
    assert governor is not None
    sheet = row(world.b1, "治理员", governor.name, number="N5")
    assert counted(propose(world, sheet)) == {"account": 1, "hand_over": 1}


@pytest.mark.parametrize("number", ["ADMIN", "治字1号"])
def test_a_number_that_cannot_be_a_log_in_name_gets_one_of_the_block(world: World, number: str) -> None:
    User.objects.get_or_create(username="admin", defaults={"name": "别人"})
    apply(propose(world, row(world.b1, "治理员", "新人", number=number)))
    person = holder(world.b1, "governor")
    assert person is not None
    assert (person.username, person.employee_number) == (f"{world.b1.code}-1", number)


def test_one_new_person_in_two_rows_gets_one_account(world: World) -> None:
    given = {"name": "丙", "phone": "13800000003", "kind": "居民代表"}
    proposal = propose(world, row(world.b1, "协理员", **given), row(world.b2, "协理员", **given))
    assert counted(proposal) == {"account": 1, "add": 2}
    apply(proposal)
    assert User.objects.filter(name="丙").count() == 1


def test_blocks_outside_the_persons_area_are_named(world: World) -> None:
    def here(area: str) -> Verdict:
        return Allowed() if area.startswith(world.b1.code) else Denied("not yours", code="outside_area")

    with pytest.raises(RowsRefused) as refusal:
        propose(
            world,
            row(world.b1, "治理员", "甲", number="1"),
            row(world.b9, "治理员", "乙", number="2"),
            may=here,
        )
    assert [(error.row, error.code) for error in refusal.value.errors] == [(3, "outside_area")]


def test_left_half_way_it_changes_nothing(world: World) -> None:
    rows = [row(world.b1, "治理员", "甲", number="N1"), row(world.b2, "治理员", "乙", number="N2")]
    steps = applying_roster(proposal_id=propose(world, *rows).pk, may=anywhere, at=AT, actor=SYSTEM)
    assert next(steps) == (1, 2)
    steps.close()
    assert not User.objects.filter(employee_number="N1").exists()
    assert not RosterImport.objects.exclude(applied_at=None).exists()


def test_a_sheet_is_applied_once(world: World) -> None:
    proposal = propose(world, row(world.b1, "治理员", "新人", number="N1"))
    apply(proposal)
    with pytest.raises(AlreadyApplied):
        apply(proposal)


def test_a_sheet_that_would_now_do_something_else_is_not_applied(world: World) -> None:
    proposal = propose(world, row(world.b1, "治理员", "空缺"))
    apply(propose(world, row(world.b1, "治理员", "空缺")))
    with pytest.raises(RosterMoved):
        apply(proposal)
    assert plan_of(proposal, may=anywhere).unchanged == 1


def test_a_rule_that_forbids_one_row_undoes_all_of_them(world: World) -> None:
    """Somebody else is appointed from the very day of the second row on."""
    later = dt.date(2027, 3, 1)
    appoint(block=world.b2, post="governor", holder=world.liaison, starts_on=later, at=AT, actor=SYSTEM)
    proposal = propose(
        world,
        row(world.b1, "治理员", "甲", number="N1"),
        row(world.b2, "治理员", "乙", number="N2", starts_on=later.isoformat()),
    )
    before = Tenure.objects.count(), User.objects.count(), Entry.objects.count()
    with pytest.raises(RowsRefused) as refusal:
        apply(proposal)
    assert [(error.row, error.code) for error in refusal.value.errors] == [(3, "seat_taken")]
    assert (Tenure.objects.count(), User.objects.count(), Entry.objects.count()) == before


def test_words_of_a_sheet_are_read_as_people_write_them() -> None:
    seats, errors = read_seats(
        [
            row(
                "４３０３０２００１００１０１",
                "区块治理员 ",
                "高建国",
                phone="13800138000.0",
                starts_on="46350",
            )
        ]
    )
    assert errors == []
    assert (seats[0].block, seats[0].post, seats[0].phone) == (
        "43030200100101",
        PostKind.GOVERNOR,
        "13800138000",
    )
    assert seats[0].starts_on == TODAY
