"""The reporter's private page: no account, the own words, a plain state, one answer, one second try."""

import pytest
from django.test import Client

from cases.actions import attach
from cases.models import Case, Rating, Reporter
from cases.photos import prepare
from cases.states import State
from cases.views.public import PLAIN
from tests.pages.conftest import Clock, jpeg
from tests.pages.forms import Page
from tests.world import (
    AT,
    IN_STATE,
    World,
    a_dispatched,
    a_handled,
    a_signed,
    a_suspended,
    an_evaluated,
    as_reporter,
    do,
)
from yuhu.journal.models import Entry

pytestmark = pytest.mark.django_db

GOOD = {"solved": "solved", "satisfaction": "satisfied"}
BAD = {"solved": "unsolved", "satisfaction": "dissatisfied"}


def link(case: Case) -> str:
    return f"/f/{Reporter.objects.get(case=case).token}/"


def answer(client: Client, case: Case, **values):
    form = Page(client.get(link(case))).form("/rate/")
    return client.post(form.action, form.data(**values))


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_plain_words_the_number_and_the_own_text(
    world: World, anybody: Client, state: State
) -> None:
    case = IN_STATE[state](world)
    page = Page(anybody.get(link(case)))
    assert case.number in page.text
    assert case.description in page.text
    assert str(PLAIN[state]) in page.html


def test_it_names_nobody_who_works_or_lives_there(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    html = anybody.get(link(case)).content.decode()
    for person in world.people.values():
        assert person.name not in html, person.name
    for secret in ("张三", "张*", "13800005678", "138****5678"):
        assert secret not in html


def test_it_says_until_when(world: World, anybody: Client) -> None:
    assert "2026-11-24 15:00" in Page(anybody.get(link(a_dispatched(world)))).text
    assert "2026-12-10" in Page(anybody.get(link(a_suspended(world)))).text


def test_nothing_of_it_is_kept_found_or_told_onward(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    attach(case_id=case.pk, photo=prepare(jpeg()), stage="after", by=world.by("governor"), at=AT)
    image = next(img["src"] for img in Page(anybody.get(link(case))).all("img") if "/photos/" in img["src"])
    for path in (link(case), image):
        head = anybody.get(path).headers
        assert head["Referrer-Policy"] == "same-origin"
        assert "noindex" in head["X-Robots-Tag"]
        assert "private" in head["Cache-Control"]
    assert "no-store" in anybody.get(link(case))["Cache-Control"]


def test_the_result_and_its_photos_are_shown_once_it_was_found_effective(
    world: World, anybody: Client
) -> None:
    case = a_handled(world)
    for stage in ("before", "after", "evidence"):
        photo = prepare(jpeg((9, 9, len(stage))))
        attach(case_id=case.pk, photo=photo, stage=stage, by=world.by("governor"), at=AT)
    address = link(case)
    assert "已清运" not in Page(anybody.get(address)).text
    assert all("/photos/" not in img["src"] for img in Page(anybody.get(address)).all("img"))
    after = case.attachments.get(stage="after")
    assert anybody.get(f"{address}photos/{after.pk}/").status_code == 404
    do(world, case, "evaluate", "supervisor", effective=True)
    page = Page(anybody.get(address))
    assert "已清运" in page.text
    shown = [img["src"] for img in page.all("img") if "/photos/" in img["src"]]
    assert shown == [f"{address}photos/{after.pk}/small/"]
    assert anybody.get(shown[0])["Content-Type"] == "image/jpeg"
    for other in case.attachments.exclude(pk=after.pk):
        assert anybody.get(f"{address}photos/{other.pk}/").status_code == 404


def test_a_link_opens_no_photo_of_another_case(world: World, anybody: Client) -> None:
    one, other = an_evaluated(world), an_evaluated(world, description="另一件")
    photo = attach(case_id=other.pk, photo=prepare(jpeg()), stage="after", by=world.by("governor"), at=AT)
    assert anybody.get(f"{link(one)}photos/{photo.pk}/").status_code == 404


def test_a_resident_rates_without_an_account_and_the_case_closes(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    got = answer(anybody, case, **GOOD, comment="很快，谢谢")
    assert got["Location"] == link(case)
    case.refresh_from_db()
    assert case.state == State.CLOSED
    page = Page(anybody.get(link(case)))
    assert "Thank you" in page.text
    assert "Solved, Satisfied" in page.text
    assert not page.has_form("/rate/")
    entry = Entry.objects.for_subject("case", case.number).last()
    assert (entry.kind, entry.actor_id, entry.actor_address) == ("case.rated", None, ""), (
        "no trace of the resident"
    )


def test_a_second_press_and_a_second_device_change_nothing(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    form = Page(anybody.get(link(case))).form("/rate/")
    anybody.post(form.action, form.data(**GOOD))
    got = anybody.post(form.action, form.data(**BAD), follow=True)
    assert "was taken already" in Page(got).text
    assert Rating.objects.get(case=case).satisfaction == "satisfied"


def test_without_an_answer_to_both_questions_nothing_is_recorded(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    got = answer(anybody, case, solved="solved", comment="还行")
    assert got.status_code == 400
    assert Page(got).form("/rate/").values["comment"] == ["还行"]
    assert not case.ratings.exists()


@pytest.mark.parametrize("state", [state for state in State if state != State.EVALUATED])
def test_rating_is_offered_when_it_is_asked_for_and_only_then(
    world: World, anybody: Client, state: State
) -> None:
    case = IN_STATE[state](world)
    assert not Page(anybody.get(link(case))).has_form("/rate/")
    got = anybody.post(f"{link(case)}rate/", GOOD)
    assert got.status_code == 302, "the page says how it stands"
    case.refresh_from_db()
    assert case.state == state


def test_who_is_dissatisfied_and_unsolved_reopens_once(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    answer(anybody, case, **BAD)
    form = Page(anybody.get(link(case))).form("/reopen/")
    anybody.post(form.action, form.data(reason="还是很脏"))
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
    assert case.reopened
    do(world, case, "hand-back", "governor", result="重新清理")
    do(world, case, "evaluate", "supervisor", effective=True)
    answer(anybody, case, **BAD)
    assert not Page(anybody.get(link(case))).has_form("/reopen/")
    got = anybody.post(form.action, form.data(reason="第三次"))
    assert got.status_code == 403
    assert "reopened once" in Page(got).text


def test_who_is_satisfied_is_not_offered_to_reopen(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    answer(anybody, case, **GOOD)
    assert not Page(anybody.get(link(case))).has_form("/reopen/")
    assert anybody.post(f"{link(case)}reopen/", {"reason": "再来"}).status_code == 403


def test_reopening_ends_with_its_window(world: World, anybody: Client, time: Clock) -> None:
    case = an_evaluated(world)
    as_reporter(case, "rate", solved="unsolved", satisfaction="dissatisfied")
    time.go(days=16)
    assert not Page(anybody.get(link(case))).has_form("/reopen/")


@pytest.mark.parametrize("move", ["void", "close", "evaluate", "hand-back", "nonsense"])
def test_the_link_makes_no_move_of_staff(world: World, anybody: Client, move: str) -> None:
    case = a_signed(world)
    before = case.state
    assert anybody.post(f"{link(case)}{move}/", {"reason": "x"}).status_code == 404
    case.refresh_from_db()
    assert case.state == before


def test_reading_an_answers_address_leads_to_the_page(world: World, anybody: Client) -> None:
    case = an_evaluated(world)
    assert anybody.get(f"{link(case)}rate/")["Location"] == link(case)


def test_it_speaks_chinese_by_default(world: World) -> None:
    page = Client().get(link(an_evaluated(world)))
    assert '<html lang="zh-hans"' in page.content.decode()
