"""Consultations at the desk: who may use which verb, what waits for whom, who is told, and who reads what."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duties import actions, tasks
from duties.models import Consultation, StreetAnswer
from staffing.actions import join
from staffing.models import Membership, Unit
from tests.admin.desk import enter, errors, listed, page
from tests.admin.desk import said as messages_of
from tests.delivery.makers import feed, last, told
from tests.duties.hearings import (
    AFTER,
    DUE,
    a_closed_one,
    a_draft,
    an_open,
    plan,
    replied,
    row_of,
    said,
    who,
)
from tests.world import AT, OTHER_STREET, START, STREET, World
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden

ASKED, ANSWERS = "duties.consultation", "duties.streetanswer"
PEOPLE = (
    "handler", "office_head", "dispatcher", "coordinator", "block_head", "streetleader", "dispatcher9",
    "leader", "department", "department_head", "auditor", "admin",
)  # fmt: skip
# y: may; "-": the page says nothing or the reason; ".": the row is not there for the person.
VERBS = """
                  member head duty coord block street other district dep dephead auditor system
draft/open        .      .    .    .     .     .      .     .        y   y       .       .
draft/amend       .      .    .    .     .     .      .     .        y   y       .       .
draft/discard     .      .    .    .     .     .      .     .        y   y       .       .
draft/close       .      .    .    .     .     .      .     .        -   -       .       .
open/open         .      .    -    -     -     -      -     -        -   -       -       .
open/close        .      .    -    -     -     -      -     -        -   -       -       .
late/close        .      .    -    -     -     -      -     -        y   y       -       .
closed/erase      .      .    -    -     -     -      .     y        -   -       -       .
silent/answer     .      .    y    y     y     y      .     -        -   -       -       .
silent/sign       .      .    -    -     -     -      .     -        -   -       -       .
prepared/answer   .      .    y    y     y     y      .     -        -   -       -       .
prepared/sign     .      .    -    -     -     y      .     -        -   -       -       .
prepared/reply    .      .    -    -     -     -      .     -        -   -       -       .
answered/answer   .      .    -    -     -     -      .     -        -   -       -       .
answered/reply    .      .    -    -     -     -      .     -        y   y       -       .
ended/assess      .      .    -    -     -     y      .     -        -   -       -       .
ended/reply       .      .    -    -     -     -      .     -        -   -       -       .
"""
ROWS = [line.split() for line in VERBS.strip().splitlines()[1:]]


def _late(world: World) -> Consultation:
    """Everybody's day has passed."""
    return an_open(world, STREET, OTHER_STREET, at=AT)


MAKERS: dict[str, Callable[[World], Any]] = {
    "draft": a_draft,
    "open": an_open,
    "late": _late,
    "closed": a_closed_one,
    "silent": lambda world: row_of(an_open(world)),
    "prepared": lambda world: said(world, an_open(world), "coordinator"),
    "answered": lambda world: said(world, an_open(world)),
    "ended": lambda world: row_of(a_closed_one(world)),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_verb_is_for_those_whom_the_table_names(world: World, monkeypatch, row: list[str]) -> None:
    state, verb = row[0].split("/")
    obj = MAKERS[state](world)
    if state == "late":
        monkeypatch.setattr(clock, "now", lambda: AFTER)
    model = ASKED if isinstance(obj, Consultation) else ANSWERS
    found = []
    for name in PEOPLE:
        answer = enter(world.people[name]).get(page(model, "change", obj.pk))
        if answer.status_code != 200:
            found.append(".")
            continue
        found.append("y" if verb in {one.verb.name for one in answer.context["possible"]} else "-")
    assert dict(zip(PEOPLE, found, strict=True)) == dict(zip(PEOPLE, row[1:], strict=True))


@pytest.mark.parametrize("verb", ["answer", "sign", "reply", "assess"])
def test_who_may_not_does_nothing_by_a_forged_form(world: World, verb: str) -> None:
    row = said(world, an_open(world), "coordinator")
    before = StreetAnswer.objects.filter(pk=row.pk).values().get()
    sent = {"position": "agree", "outcome": "adopted", "score": "5"}
    for name in ("handler", "dispatcher9", "leader", "auditor", "admin"):
        answer = enter(world.people[name]).post(page(ANSWERS, "do", row.pk, verb), sent)
        assert answer.status_code in (302, 403)
    assert StreetAnswer.objects.filter(pk=row.pk).values().get() == before


def form(**changes: Any) -> dict[str, Any]:
    unit = Unit.objects.get(name="区市场监督管理局")
    given = {
        "unit": unit.pk,
        "title": "疏导点设置方案",
        "about": "拟设六处疏导点",
        "basis": "",
        "due_on": DUE.isoformat(),
        "streets": [STREET, OTHER_STREET],
    }
    return {**given, **changes}


def test_a_department_drafts_and_opens_at_the_desk(world: World) -> None:
    desk = enter(world.department)
    answer = desk.post(page(ASKED, "add"), form())
    draft = Consultation.objects.get()
    assert answer["Location"] == page(ASKED, "change", draft.pk)
    answer = desk.post(page(ASKED, "do", draft.pk, "open"), follow=True)
    assert messages_of(answer)
    draft.refresh_from_db()
    assert (draft.state, draft.answers.count(), draft.made_by) == ("open", 2, world.department)
    again = desk.post(page(ASKED, "do", draft.pk, "open"), follow=True)
    assert "error" in {message.level_tag for message in again.context["messages"]}


def test_all_streets_are_asked_unless_one_is_unticked(world: World) -> None:
    answer = enter(world.department).get(page(ASKED, "add"))
    assert answer.content.decode().count("checked") == 8


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"about": "长" * 5001}, "about"),
        ({"due_on": "bald"}, "due_on"),
        ({"due_on": "1899-01-01"}, "due_on"),
        ({"streets": []}, "streets"),
        ({"streets": ["430302999"]}, "streets"),
        ({"unit": ""}, "unit"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_form_with_faults_comes_back_with_what_was_typed(world: World, wrong: Any, field: str) -> None:
    answer = enter(world.department).post(page(ASKED, "add"), form(**wrong))
    assert field in errors(answer)
    assert not Consultation.objects.exists()
    if field != "about":
        assert "拟设六处疏导点" in answer.content.decode()


def test_nobody_asks_in_the_name_of_another_department(world: World) -> None:
    other = Unit.objects.get(name="区民政局")
    answer = enter(world.department).post(page(ASKED, "add"), form(unit=other.pk))
    assert "unit" in errors(answer)
    assert not Consultation.objects.exists()


def test_an_answer_is_given_and_a_refusal_keeps_the_words(world: World) -> None:
    row, desk = row_of(an_open(world)), enter(world.coordinator)
    address = page(ANSWERS, "do", row.pk, "answer")
    sent = {"position": "object", "comment": "", "proposal": "改设体育场西侧"}
    answer = desk.post(address, sent)
    assert answer.status_code == 200
    assert "改设体育场西侧" in answer.content.decode()
    assert desk.post(address, {**sent, "comment": "占用消防通道"}).status_code == 302
    assert row_of(row.consultation).position == "object"


def test_a_street_reads_no_other_streets_answer(world: World) -> None:
    consultation = an_open(world)
    mine = said(world, consultation)
    desk = enter(world.dispatcher9)
    assert desk.get(page(ANSWERS, "change", mine.pk)).status_code == 302
    assert [row.street_id for row in listed(desk, ANSWERS)] == [OTHER_STREET]
    text = desk.get(page(ASKED, "change", consultation.pk)).content.decode()
    assert "经费由区级承担" not in text
    assert listed(desk, ANSWERS, street=STREET) == []


def test_the_department_reads_an_answer_once_it_is_signed_off(world: World) -> None:
    row = said(world, an_open(world), "coordinator")
    desk, address = enter(world.department), page(ANSWERS, "change", row.pk)
    assert "经费由区级承担" not in desk.get(address).content.decode()
    assert listed(desk, ANSWERS, position="conditions") == []
    actions.sign_answer(answer=row, **who(world.streetleader))
    assert "经费由区级承担" in desk.get(address).content.decode()
    assert listed(desk, ANSWERS, position="conditions") == [row]


def waits(world: World, name: str) -> dict[str, tuple[int, int]]:
    """What the first page says of consultations, and that each number opens exactly its rows."""
    desk, found = enter(world.people[name]), {}
    for _label, items in desk.get("/admin/").context["day"]:
        for item in items:
            if "streetanswer" in item.url:
                assert len(desk.get(item.url).context["cl"].result_list) == item.number
                found[item.url.partition("todo=")[2]] = (item.number, item.late)
    return found


def test_each_person_sees_what_waits_for_him_or_her(world: World, monkeypatch) -> None:
    an_open(world)
    said(world, an_open(world, STREET), "coordinator")
    said(world, an_open(world))
    a_closed_one(world)
    assert waits(world, "coordinator") == {"answer": (1, 0)}
    assert waits(world, "streetleader") == {"answer": (1, 0), "sign": (1, 0), "assess": (1, 0)}
    assert waits(world, "department") == {"reply": (1, 0)}
    assert waits(world, "dispatcher9") == {"answer": (2, 0)}
    for name in ("handler", "leader", "auditor", "admin"):
        assert waits(world, name) == {}
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    assert waits(world, "coordinator") == {"answer": (1, 1), "late": (2, 2)}
    assert waits(world, "streetleader") == {
        "answer": (1, 1),
        "sign": (1, 1),
        "assess": (1, 0),
        "late": (2, 2),
    }
    assert waits(world, "department") == {"reply": (1, 0), "late": (4, 4)}


def test_what_is_late_is_seen_on_both_desks(world: World, monkeypatch) -> None:
    consultation = an_open(world)
    said(world, consultation)
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    for name, streets in (
        ("department", [OTHER_STREET]),
        ("dispatcher9", [OTHER_STREET]),
        ("streetleader", []),
    ):
        assert [row.street_id for row in listed(enter(world.people[name]), ANSWERS, todo="late")] == streets
    assert "admin-vacant" in enter(world.department).get(page(ASKED)).content.decode()


def test_those_whom_it_concerns_are_told(world: World) -> None:
    join(
        unit=Unit.objects.get(code=OTHER_STREET), user=world.stand_in, role=Membership.Role.LEADER,
        starts_on=START, at=AT, actor=SYSTEM,
    )  # fmt: skip
    feed()
    seen = last()

    def news() -> dict[str, set[str]]:
        nonlocal seen
        feed()
        before, seen = seen, last()
        return {kind.removeprefix("consultation_"): names for kind, names in told(world, before).items()}

    consultation = an_open(world)
    assert news() == {"opened": {"streetleader", "coordinator", "stand_in"}}
    said(world, consultation, "coordinator")
    assert news() == {"prepared": {"streetleader"}}
    row = actions.sign_answer(answer=row_of(consultation), **who(world.streetleader))
    assert news() == {"answered": {"department", "department_head"}}
    replied(world, row)
    assert news() == {"replied": {"streetleader", "coordinator"}}
    tasks.sweep_silence(AFTER)
    assert news() == {"overdue": {"stand_in"}}
    tasks.sweep_silence(AFTER)
    assert news() == {}
    actions.close_consultation(consultation=consultation, **who(world.department_head, AFTER))
    assert news() == {"closed": {"streetleader", "stand_in"}}
    actions.assess(answer=row, score=5, remark="", **who(world.streetleader, AFTER))
    assert news() == {"assessed": {"department", "department_head"}}


def test_a_notice_opens_the_page_that_it_speaks_of(world: World) -> None:
    said(world, an_open(world), "coordinator")
    feed()
    text = enter(world.streetleader).get("/inbox/").content.decode()
    row = StreetAnswer.objects.get(street=STREET)
    assert row.get_absolute_url() in text


@pytest.mark.parametrize("name", ["department", "streetleader", "leader"])
def test_more_rows_cost_no_more_queries(world: World, name: str) -> None:
    desk = enter(world.people[name])

    def cost(address: str) -> int:
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    first = an_open(world)
    places = [page(ASKED), page(ANSWERS), page(ASKED, "change", first.pk), f"{page(ANSWERS)}?todo=answer"]
    before = [cost(place) for place in places]
    for _number in range(5):
        said(world, an_open(world))
    assert [cost(place) for place in places] == before
    assert max(before) <= 20


HOSTILE = ["todo=x", "todo=%00", "street=%27", "position=maybe", "outcome__exact=zz", "consultation__state=zz", "o=99",
           "p=999999", "q=" + "字" * 5000, "due_on__year=x", "state__exact=zz", "salt__startswith=a",
           "signed_by__password__startswith=m", "all="]  # fmt: skip


@pytest.mark.parametrize("model", [ASKED, ANSWERS, "duties.certificaterule"])
def test_no_address_breaks_the_lists(world: World, model: str) -> None:
    an_open(world)
    desk = enter(world.department)
    found = {query: desk.get(f"{page(model)}?{query}").status_code for query in HOSTILE}
    assert {query: code for query, code in found.items() if code not in (200, 302, 400)} == {}


def test_the_story_is_told_in_words(world: World) -> None:
    row = said(world, an_open(world), "coordinator")
    for model, key in ((ASKED, row.consultation_id), (ANSWERS, row.pk)):
        story = enter(world.streetleader).get(page(model, "change", key)).context["story"]
        assert story
        assert not [line for line in story if line.sentence.startswith("consultation.")]


def test_nobody_asks_for_another_department(world: World) -> None:
    other = (
        Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).exclude(pk=a_draft(world).unit_id).order_by("code")[0]
    )
    with pytest.raises(Forbidden):
        actions.draft_consultation(unit=other, plan=plan(), **who(world.department))
