"""Accounts at the desk: made with a first password, corrected, closed, opened; hashes are never asked about."""

import pytest
from django.test import Client

from staffing.models import User
from tests.admin.desk import enter, errors, listed, page
from tests.world import a_dispatched
from yuhu.journal.models import Entry

PEOPLE = "staffing.user"
FIRST = "Erste-Anmeldung-2026"


def account(**fields: object) -> dict[str, object]:
    given = {"username": "xin.lai", "password": FIRST, "name": "新来", "employee_number": "YH90001"}
    return {**given, "phone": "138 0000 5678", "email": "", **fields}


def facts(user: User, **fields: object) -> dict[str, object]:
    given = {"name": user.name, "employee_number": user.employee_number or "", "phone": user.phone}
    return {**given, "email": user.email, "is_active": "on", "password": "", **fields}


@pytest.fixture(params=["security", "admin"])
def desk(world, request):
    return enter(world.people[request.param])


@pytest.fixture
def security(world):
    return enter(world.security)


def kinds(user: User) -> list[str]:
    return list(Entry.objects.for_subject("user", user.pk).values_list("kind", flat=True))


def test_an_account_is_made_and_opens_nothing_but_the_log_in(world, desk):
    assert desk.post(page(PEOPLE, "add"), account()).status_code == 302
    user = User.objects.get(username="xin.lai")
    assert (user.phone, user.is_staff, user.is_superuser, user.password_changed_at) == (
        "13800005678",
        False,
        False,
        None,
    )
    assert kinds(user) == ["user.created"]
    browser = Client()
    answer = browser.post("/login/", {"username": "xin.lai", "password": FIRST})
    assert answer.status_code == 302
    assert browser.get("/admin/")["Location"].startswith("/password/"), "the first password is not one's own"
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    assert browser.get("/admin/").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "12345678901234"}, "password"),
        ({"password": "xin.lai.2026"}, "password"),
        ({"username": "governor"}, "username"),
        ({"username": "两个字"}, "username"),
        ({"username": "a" * 65}, "username"),
        ({"employee_number": "E-governor"}, "employee_number"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "字" * 51}, "name"),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_typed_is_lost(world, security, wrong, field):
    before = User.objects.count()
    answer = security.post(page(PEOPLE, "add"), account(**wrong))
    assert field in errors(answer)
    assert 'value="138 0000 5678"' in answer.content.decode() or field == "phone"
    assert User.objects.count() == before


def test_facts_are_corrected_and_the_journal_keeps_which_not_what(world, security):
    answer = security.post(
        page(PEOPLE, "change", world.handler.pk), facts(world.handler, phone="13900001111")
    )
    assert answer.status_code == 302
    entry = Entry.objects.for_subject("user", world.handler.pk).latest("seq")
    assert (entry.kind, entry.data) == ("user.corrected", {"fields": ["phone"]})
    world.handler.refresh_from_db()
    assert world.handler.phone == "13900001111"
    assert world.handler.check_password("correct-horse-battery")


def test_closing_an_account_ends_its_session_and_passes_its_cases_on(world, security):
    case = a_dispatched(world)
    assert case.assignee == world.governor
    browser = enter(world.governor)
    fields = facts(world.governor)
    del fields["is_active"]
    assert security.post(page(PEOPLE, "change", world.governor.pk), fields).status_code == 302
    assert kinds(world.governor)[-1] == "user.deactivated"
    case.refresh_from_db()
    assert case.assignee == world.liaison
    assert browser.get("/").status_code == 302
    security.post(page(PEOPLE, "change", world.governor.pk), facts(world.governor))
    assert kinds(world.governor)[-1] == "user.activated"


def test_nobody_closes_his_own_account_or_gives_himself_a_first_password(world, security):
    fields = facts(world.security)
    del fields["is_active"]
    assert "is_active" in errors(security.post(page(PEOPLE, "change", world.security.pk), fields))
    again = facts(world.security, password=FIRST)
    assert "password" in errors(security.post(page(PEOPLE, "change", world.security.pk), again))
    world.security.refresh_from_db()
    assert world.security.is_active
    assert world.security.check_password("correct-horse-battery")


def test_a_forgotten_password_is_replaced_and_old_sessions_end(world, security):
    browser = enter(world.handler)
    assert (
        security.post(
            page(PEOPLE, "change", world.handler.pk), facts(world.handler, password=FIRST)
        ).status_code
        == 302
    )
    world.handler.refresh_from_db()
    assert world.handler.check_password(FIRST)
    assert kinds(world.handler)[-1] == "user.password_reset"
    assert browser.get("/admin/").status_code == 302


def test_a_refused_password_changes_nothing_else_either(world, security):
    answer = security.post(
        page(PEOPLE, "change", world.handler.pk), facts(world.handler, name="韩二", password="kurz")
    )
    assert "password" in errors(answer)
    world.handler.refresh_from_db()
    assert world.handler.name == "韩立"


def test_pages_of_people_never_hold_a_hash(world, security):
    for address in (page(PEOPLE), page(PEOPLE, "change", world.handler.pk), page(PEOPLE, "add")):
        text = security.get(address).content.decode()
        assert world.handler.password not in text
        assert "md5$" not in text


def test_hashes_are_found_by_no_search_and_no_filter(world, security):
    piece = world.handler.password[:12]
    assert listed(security, PEOPLE, q=piece) == []
    for lookup in (
        "password__startswith",
        "password",
        "password__isnull",
        "tenures__holder__password__startswith",
    ):
        assert security.get(page(PEOPLE), {lookup: piece}).status_code == 400


def test_colleagues_see_names_and_posts_and_no_log_in_names(world):
    browser = enter(world.handler)
    text = browser.get(page(PEOPLE), {"q": "高志远"}).content.decode()
    assert world.b1.name in text
    opened = browser.get(page(PEOPLE, "change", world.governor.pk)).content.decode()
    assert "field-username" not in opened
    assert "field-password" not in opened


def test_what_an_account_did_is_told_to_its_keepers_and_the_auditor_only(world, desk):
    desk.post(page(PEOPLE, "change", world.handler.pk), facts(world.handler, phone="13900001111"))
    address = page(PEOPLE, "history", world.handler.pk)
    assert desk.get(address).status_code == 200
    assert enter(world.auditor).get(address).status_code == 200
    assert enter(world.handler2).get(address).status_code == 302


def test_people_are_filtered_by_whether_they_hold_a_post(world, security):
    assert {user.username for user in listed(security, PEOPLE, post="none")} == {"stranger", "stand_in"}
    assert "governor" in {user.username for user in listed(security, PEOPLE, post="block")}
    assert "handler" in {user.username for user in listed(security, PEOPLE, post="unit")}
