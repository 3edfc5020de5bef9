"""Every move through its own form: what the page offers works, and what goes wrong costs nobody a word."""

import datetime as dt
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, PhotoDraft
from cases.policies import MACHINES, Look, offers
from cases.states import MOVES, State
from tests.pages.conftest import Clock, photo
from tests.pages.forms import Form, Page
from tests.pages.move_table import BY_FORM
from tests.world import (
    AT,
    IN_STATE,
    World,
    a_closed,
    a_dispatched,
    a_handled,
    a_report,
    a_signed,
    an_evaluated,
    as_reporter,
    do,
    held_by_office,
)

pytestmark = pytest.mark.django_db

WORDS = {"reason": "理由如下"}


def form_of(client: Client, case: Case, move: str) -> Form:
    """The move's form as the case's page shows it; behind a link where it lists units or people."""
    page = Page(client.get(case.get_absolute_url()))
    if page.has_form(f"/moves/{move}/"):
        return page.form(f"/moves/{move}/")
    address = f"/cases/{case.number}/moves/{move}/"
    assert f"{address}#todo" in page.links, f"{move} is not offered: {page.text}"
    return Page(client.get(address)).form(f"/moves/{move}/")


def make(client: Client, case: Case, move: str, **values):
    form = form_of(client, case, move)
    return client.post(form.action, form.data(**values))


def test_every_move_of_staff_is_tried() -> None:
    by_staff = {name for name, move in MOVES.items() if not move.who <= MACHINES}
    # Closing before the reporter's time is over is offered only afterwards: it has a test of its own below.
    assert set(BY_FORM) == by_staff - {"close"}


@pytest.mark.parametrize("move", BY_FORM)
def test_each_move_goes_through_its_form_and_the_page_says_so(world: World, as_, move: str) -> None:
    who, make_case, values, leads_to = BY_FORM[move]
    case = make_case(world)
    client = as_(who)
    answer = make(client, case, move, **values(world))
    assert answer.status_code == 302, Page(answer).text
    case.refresh_from_db()
    assert case.state == leads_to
    page = Page(client.get(answer["Location"]))
    assert "Done: " in page.text
    assert any(attributes.get("data-message") == "success" for _tag, attributes in page.tags)


def test_a_case_that_nobody_rated_can_be_closed_by_hand_after_the_time_to_rate(
    world: World, as_, time: Clock
) -> None:
    case = an_evaluated(world)
    client = as_("dispatcher")
    assert not Page(client.get(case.get_absolute_url())).has_form("/moves/close/")
    time.go(days=30)
    make(client, case, "close", reason="电话无人接听")
    case.refresh_from_db()
    assert case.state == State.CLOSED


@pytest.mark.parametrize("state", list(State))
def test_the_page_offers_exactly_what_the_policy_allows_and_explains_the_rest(
    world: World, as_, state: State
) -> None:
    case = IN_STATE[state](world)
    for name in ("governor", "supervisor", "dispatcher", "streetleader", "leader", "auditor"):
        page = Page(as_(name).get(case.get_absolute_url()))
        known = offers(Look(Case.objects.get(pk=case.pk), world.people[name], AT))
        for offer in known:
            address = f"/cases/{case.number}/moves/{offer.move.name}/"
            offered = page.has_form(address) or f"{address}#todo" in page.links
            assert offered == bool(offer.verdict), f"{name} {offer.move.name}"
            if not offer.verdict and not offer.move.who <= MACHINES:
                assert str(offer.verdict.reason) in page.text
        moves = {form.action for form in page.forms if "/moves/" in form.action}
        assert len(moves) <= len(known), "nothing is offered that the state does not know"


def test_who_handled_it_cannot_evaluate_it(world: World, as_) -> None:
    case = a_handled(world)
    client = as_("governor")
    page = Page(client.get(case.get_absolute_url()))
    assert not page.has_form("/moves/evaluate/")
    assert "never by somebody who did the work" in page.text
    answer = client.post(f"/cases/{case.number}/moves/evaluate/", {"effective": "yes", "version": case.etag})
    assert answer.status_code == 403
    assert "never by somebody who did the work" in Page(answer).text
    case.refresh_from_db()
    assert case.state == State.HANDLED


def test_a_failed_evaluation_needs_a_word_and_keeps_the_page(world: World, as_) -> None:
    case = a_handled(world)
    client = as_("supervisor")
    answer = make(client, case, "evaluate", effective="no")
    assert answer.status_code == 400
    assert "what must be done again" in Page(answer).text
    assert make(client, case, "evaluate", effective="no", comment="还有一堆").status_code == 302
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS


def test_evaluation_and_decisions_have_a_button_for_each_answer(world: World, as_) -> None:
    buttons = form_of(as_("supervisor"), a_handled(world), "evaluate").buttons
    assert buttons == [("effective", "yes"), ("effective", "no")]


def test_a_form_without_an_answer_is_told_so(world: World, as_) -> None:
    case = a_handled(world)
    answer = make(as_("supervisor"), case, "evaluate", comment="看过了")
    assert answer.status_code == 400
    assert Page(answer).form("/moves/evaluate/").values["comment"] == ["看过了"]


@pytest.mark.parametrize("move", [name for name, move in MOVES.items() if move.confirm])
def test_what_cannot_be_taken_back_asks_to_be_confirmed(world: World, as_, move: str) -> None:
    who, make_case, values, _state = BY_FORM[move]
    case, client = make_case(world), as_(who)
    answer = make(client, case, move, **{**values(world), "confirmed": None})
    assert answer.status_code == 400
    assert "Please confirm" in Page(answer).text
    before = case.state
    case.refresh_from_db()
    assert case.state == before


def test_a_result_comes_with_its_photos(world: World, as_) -> None:
    case = a_signed(world)
    make(as_("governor"), case, "hand-back", result="已清运", attachments=[photo(), photo(colour=(3, 3, 3))])
    assert case.attachments.filter(stage="after").count() == 2
    case.refresh_from_db()
    assert case.state == State.HANDLED


def test_an_error_keeps_words_and_photos_and_the_next_try_sends_them(world: World, as_) -> None:
    case, client = a_signed(world), as_("governor")
    liar = SimpleUploadedFile("liar.jpg", b"no photo", content_type="image/jpeg")
    answer = make(client, case, "hand-back", result="已清运", attachments=[photo(), liar])
    page = Page(answer)
    assert answer.status_code == 400
    assert "liar.jpg: This file is not a photo" in page.text
    form = page.form("/moves/hand-back/")
    assert form.values["result"] == ["已清运"]
    assert len(form.values["kept_photos"]) == 1
    assert not case.attachments.exists()
    assert client.post(form.action, form.data()).status_code == 302
    assert case.attachments.filter(stage="after").count() == 1
    assert not PhotoDraft.objects.exists()


def test_photos_of_a_refused_move_are_not_stored_with_the_case(world: World, as_, time: Clock) -> None:
    case = a_handled(world)
    time.go(minutes=10)
    client = as_("governor")
    values = {"result": "再来一次", "attachments": [photo()], "version": case.etag}
    answer = client.post(f"/cases/{case.number}/moves/hand-back/", values)
    assert answer.status_code == 409
    assert not case.attachments.exists()


# --- Somebody was faster -----------------------------------------------------------------------------------


def test_a_second_press_does_nothing_and_is_told_as_done(world: World, as_) -> None:
    case, client = a_dispatched(world), as_("governor")
    form = form_of(client, case, "sign")
    first, second = client.post(form.action, form.data()), client.post(form.action, form.data())
    assert first.status_code == second.status_code == 302
    assert second["Location"] == case.get_absolute_url()
    assert _kinds(case).count("case.signed") == 1


def test_a_second_press_of_a_move_that_stays_is_recorded_once(world: World, as_) -> None:
    case, client = a_dispatched(world), as_("streetleader")
    form = form_of(client, case, "urge")
    for _press in range(2):
        assert client.post(form.action, form.data(comment="请抓紧")).status_code == 302
    assert _kinds(case).count("case.urged") == 1


def test_the_same_move_later_is_meant(world: World, as_, time: Clock) -> None:
    case, client = a_dispatched(world), as_("streetleader")
    for _press in range(2):
        assert make(client, case, "urge", comment="请抓紧").status_code == 302
        time.go(minutes=10)
    assert _kinds(case).count("case.urged") == 2


def test_who_was_too_late_sees_the_case_as_it_is_and_what_was_typed(world: World, as_) -> None:
    case = held_by_office(world)
    slow, fast = as_("handler"), as_("handler2")
    make(fast, case, "sign")
    form = form_of(slow, case, "hand-back")
    make(fast, case, "hand-back", result="何勇已办")
    answer = slow.post(form.action, form.data(result="韩立也办了"))
    page = Page(answer)
    assert answer.status_code in (409, 412)
    assert "Somebody was faster" in page.text
    assert "韩立也办了" in page.text, "what was typed is still there to copy"
    assert "何勇已办" in page.text
    assert not page.has_form("/moves/hand-back/")


def test_a_change_in_between_asks_again_and_the_filled_form_needs_one_more_press(world: World, as_) -> None:
    case, client = a_signed(world), as_("governor")
    form = form_of(client, case, "hand-back")
    do(world, case, "urge", "dispatcher", comment="快点")
    answer = client.post(form.action, form.data(result="已清运", attachments=[photo()]))
    page = Page(answer)
    assert answer.status_code == 412
    assert "Somebody was faster" in page.text
    again = page.form("/moves/hand-back/")
    assert again.values["result"] == ["已清运"]
    assert again.values["kept_photos"]
    assert client.post(again.action, again.data()).status_code == 302
    assert case.attachments.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_handlers_at_the_same_time_one_wins_and_the_other_is_told(world: World, as_) -> None:
    office = world.unit("city_management_office").code
    case = do(world, a_dispatched(world), "reassign", "dispatcher", reason="归城管办", unit=office)
    forms = {name: (as_(name), form_of(as_(name), case, "sign")) for name in ("handler", "handler2")}
    got: dict[str, int] = {}

    def press(name: str) -> None:
        from django.db import connections

        client, form = forms[name]
        got[name] = client.post(form.action, form.data()).status_code
        connections.close_all()

    threads = [threading.Thread(target=press, args=[name]) for name in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got.values()) in ([302, 409], [302, 412])
    assert _kinds(case).count("case.signed") == 1


# --- Where a form lives ------------------------------------------------------------------------------------


def test_the_address_of_a_move_shows_its_form_unfolded(world: World, as_) -> None:
    case = a_signed(world)
    page = Page(as_("governor").get(f"/cases/{case.number}/moves/return/"))
    unfolded = [details["id"] for details in page.all("details") if "open" in details and "id" in details]
    assert unfolded == ["move-return"]


def test_a_post_after_the_session_ended_comes_back_to_the_same_form(world: World, anybody: Client) -> None:
    case = a_signed(world)
    address = f"/cases/{case.number}/moves/hand-back/"
    answer = anybody.post(address, {"result": "已清运"})
    assert answer["Location"] == f"/login/?next={address}"
    anybody.force_login(world.governor)
    page = Page(anybody.get(address))
    assert page.has_form(address)
    assert f"hand-back-{case.number}" in [form.get("data-draft") for form in page.all("form")]


def test_who_has_no_part_in_the_case_any_more_is_led_to_the_list(world: World, as_) -> None:
    """The department sends it away and does not see it then."""
    case = do(world, a_report(world), "dispatch", "dispatcher", unit=str(_department(world).pk))
    do(world, case, "return", "department", reason="不归我局")
    answer = make(as_("dispatcher"), case, "decide-return", approve="yes", reason="同意")
    assert answer["Location"] == case.get_absolute_url()
    assert as_("department").get(case.get_absolute_url()).status_code == 404


def _department(world: World):
    from staffing.models import Unit

    return Unit.objects.get(name="区市场监督管理局")


def test_every_kind_of_field_of_the_table_has_a_control(world: World, as_) -> None:
    """Nothing that the table asks for is forgotten by the page."""
    for name, (who, make_case, _values, _state) in BY_FORM.items():
        form = form_of(as_(who), make_case(world), name)
        named = form.names | {button for button, _value in form.buttons}
        assert {field.name for field in MOVES[name].fields} <= named, name


def test_receivers_are_offered_by_name_and_from_the_cases_street(world: World, as_) -> None:
    case = a_report(world)
    html = as_("dispatcher").get(f"/cases/{case.number}/moves/dispatch/").content.decode()
    assert world.governor2.name in html
    assert world.governor9.name not in html, "the governor of another street"
    assert "R1101" in html
    assert world.unit("city_management_office").name in html


def test_a_reopened_case_is_worked_on_again(world: World, as_) -> None:
    case = a_closed(world, satisfied=False)
    as_reporter(case, "reopen", reason="又有了")
    assert make(as_("governor"), case, "hand-back", result="再次清运").status_code == 302


def test_the_due_time_of_an_extension_is_local_time(world: World, as_) -> None:
    case = a_signed(world)
    make(as_("governor"), case, "request-extension", reason="等配件", until="2026-11-24T16:00")
    assert case.requests.get().until == dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


def _kinds(case: Case) -> list[str]:
    from tests.world import kinds_of

    return kinds_of(case)
