"""A case's own page: where it stands, what was reported and done, and the story in sentences."""

import pytest

from cases.actions import attach_all, escalate, unmask, warn
from cases.models import Case, Deadline, Note
from cases.photos import prepare
from cases.states import State
from tests.pages.conftest import Clock, jpeg
from tests.pages.forms import Page
from tests.world import (
    AT,
    IN_STATE,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    a_suspended,
    do,
    held_by_office,
)

pytestmark = pytest.mark.django_db


def page_of(client, case: Case) -> Page:
    return Page(client.get(case.get_absolute_url()))


def test_the_head_says_what_where_and_by_when(world: World, as_) -> None:
    case = a_dispatched(world, address="雨湖路1号院")
    text = page_of(as_("governor"), case).text
    for words in (
        case.number,
        "Exposed garbage",
        "Dispatched",
        "Due 11-24 15:00",
        world.b1.name,
        "雨湖路1号院",
        case.description,
    ):
        assert words in text
    assert "Next: Sign for the order, by 2026-11-24" in text


@pytest.mark.parametrize(
    ("state", "now"),
    [
        (State.REPORTED, "report"),
        (State.DISPATCHED, "dispatch"),
        (State.IN_PROGRESS, "dispatch"),
        (State.SUSPENDED, "dispatch"),
        (State.HANDLED, "evaluate"),
        (State.EVALUATED, "feedback"),
    ],
)
def test_the_stepper_marks_the_phase(world: World, as_, state: State, now: str) -> None:
    case = IN_STATE[state](world)
    page = page_of(as_("governor"), case)
    marked = [
        index
        for index, (tag, said) in enumerate(page.tags)
        if tag == "li" and said.get("aria-current") == "step"
    ]
    steps = [
        index
        for index, (tag, said) in enumerate(page.tags)
        if tag == "li" and "stepper__step" in said.get("class", "")
    ]
    assert [steps.index(index) for index in marked] == [
        ["report", "dispatch", "evaluate", "feedback"].index(now)
    ]


@pytest.mark.parametrize("state", [State.REJECTED, State.VOID, State.MERGED])
def test_a_case_that_ended_without_handling_shows_its_state_instead_of_steps(
    world: World, as_, state: State
) -> None:
    page = page_of(as_("dispatcher"), IN_STATE[state](world))
    assert "stepper" not in page.html
    assert str(state.label) in page.text
    assert "The case has ended." in page.text


def test_the_explanation_names_item_and_receiver(world: World, as_) -> None:
    text = page_of(as_("governor"), a_dispatched(world)).text
    assert "Item R1101 of the published duty lists covers it" in text
    assert f"An ordinary matter goes to the block's governor, {world.governor.name}." in text


def test_the_story_tells_who_did_what_when_and_why_newest_first(world: World, as_) -> None:
    case = a_handled(world)
    do(world, case, "evaluate", "supervisor", effective=False, comment="还有一堆")
    text = page_of(as_("streetleader"), case).text
    story = text[text.index("What happened") :]
    expected = (
        "Found not effective: it must be done again",
        "还有一堆",
        "Handed back the result",
        "已清运",
        "Signed for the order",
        f"Dispatched to {world.governor.name}, to be done by 2026-11-24 15:00",
        "Reported",
    )
    places = [story.index(words) for words in expected]
    assert places == sorted(places)
    assert world.supervisor.name in story


def test_automatic_steps_are_told_as_the_systems(world: World, as_, time: Clock) -> None:
    case = a_signed(world)
    clock = Deadline.objects.get(case=case, step="handle")
    assert clock.warn_at is not None
    warn(deadline_id=clock.pk, at=clock.warn_at)
    escalate(deadline_id=clock.pk, at=clock.due_at)
    text = page_of(as_("governor"), case).text
    assert "Warned: three quarters of the time for “Handle” have passed" in text
    assert "The time for “Handle” is over: told the head of the unit (level 1)" in text
    assert "· System" in text


def test_what_somebody_asks_for_stands_beside_the_decision(world: World, as_) -> None:
    case = do(
        world, a_signed(world), "request-suspension", "governor", reason="等配件到货", until="2026-12-10"
    )
    text = page_of(as_("dispatcher"), case).text
    assert "Awaits a decision" in text
    assert text.count("等配件到货") == 3, "beside the form, in the box, and in the story"


def test_photos_of_trouble_and_result_stand_apart_and_with_what_they_were_sent_with(
    world: World, as_
) -> None:
    case = a_report(world)
    for stage, at_hand in (("before", 2), ("after", 1)):
        photos = [prepare(jpeg((number * 90, 9, 40 * len(stage)))) for number in range(at_hand)]
        attach_all(case_id=case.pk, photos=photos, stage=stage, by=world.by("governor"), at=AT)
    page = page_of(as_("governor"), case)
    thumbnails = [image["src"] for image in page.all("img") if "/photos/" in image["src"]]
    assert len(thumbnails) == 6, "each once above and once in the story"
    assert page.text.count("Photos added") == 0, "they were sent together with the report"


def test_photos_that_came_later_have_a_line_of_their_own(world: World, as_, time: Clock) -> None:
    case = a_signed(world)
    later = time.go(minutes=30)
    attach_all(case_id=case.pk, photos=[prepare(jpeg())], stage="evidence", by=world.by("governor"), at=later)
    assert "Photos added" in page_of(as_("governor"), case).text


def test_what_the_reporter_said_is_told_without_a_name(world: World, as_) -> None:
    case = a_closed(world)
    page = page_of(as_("streetleader"), case)
    assert "Rated by the reporter: Solved, Satisfied" in page.text
    assert "张*" in page.text
    assert "138****5678" in page.text
    assert "张三" not in page.html
    assert "13800005678" not in page.html


def test_an_erased_text_says_that_it_was_erased(world: World, as_) -> None:
    case = a_handled(world)
    Note.objects.filter(case=case, field="result").update(text="", erased_at=AT)
    assert "(erased)" in page_of(as_("governor"), case).text


def test_a_look_at_the_clear_phone_is_part_of_the_story(world: World, as_) -> None:
    case = a_signed(world)
    unmask(case_id=case.pk, reason="回电核实", by=world.by("governor"), at=AT)
    text = page_of(as_("streetleader"), case).text
    assert "Looked at the reporter's name and phone" in text
    assert "回电核实" in text


def test_who_has_nothing_to_do_reads_who_is_in_charge(world: World, as_) -> None:
    case = held_by_office(world)
    text = page_of(as_("auditor"), case).text
    assert f"Nothing at the moment: {world.unit('city_management_office').name} is in charge." in text


def test_a_suspended_case_says_when_it_is_looked_at_again(world: World, as_) -> None:
    assert "2026-12-10" in page_of(as_("governor"), a_suspended(world)).text


def test_the_page_for_paper_has_no_forms_and_tells_the_story_from_the_beginning(world: World, as_) -> None:
    case = a_handled(world)
    page = Page(as_("governor").get(f"/cases/{case.number}/print/"))
    assert not any("/moves/" in form.action for form in page.forms)
    story = page.text[page.text.index("What happened") :]
    assert story.index("Reported") < story.index("Handed back the result")
    assert f"by {world.governor.name}" in page.text


def test_pages_hold_nothing_inline_and_ask_nothing_from_outside(world: World, as_, anybody) -> None:
    case = a_handled(world)
    paths = [
        "/cases/",
        "/cases/new/",
        case.get_absolute_url(),
        f"{case.get_absolute_url()}print/",
        f"/f/{case.reporter.token}/",
    ]
    client = as_("supervisor")
    for path in paths:
        page = Page(client.get(path))
        for tag, said in page.tags:
            assert "style" not in said, path
            assert not any(name.startswith("on") for name in said), path
            assert not said.get("src", "").startswith(("http", "//")), path
            if tag == "script":  # data for a script of ours is read, never run
                assert said.get("src") or said.get("type") == "application/json", path


def test_every_control_has_a_name_and_every_picture_words(world: World, as_) -> None:
    case = a_signed(world)
    client = as_("governor")
    for path in ("/cases/", "/cases/new/", case.get_absolute_url()):
        page = Page(client.get(path))
        labelled = {label.get("for") for label in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for said in page.all(tag):
                if said.get("type") not in ("hidden", "radio"):
                    assert said.get("id") in labelled or said.get("aria-label"), f"{path}: {said}"
        assert all("alt" in image for image in page.all("img")), path


def test_ids_are_unique_although_many_forms_have_the_same_fields(world: World, as_) -> None:
    case = a_dispatched(world)
    page = page_of(as_("dispatcher"), case)
    ids = [said["id"] for _tag, said in page.tags if "id" in said]
    assert sorted(ids) == sorted(set(ids))


def test_the_head_names_the_clock_of_the_state_before_the_first_contact(world: World, as_) -> None:
    assert "Next: Evaluate, by" in page_of(as_("supervisor"), a_handled(world)).text
    assert "Next: First contact with the person, by" in page_of(as_("governor"), a_signed(world)).text
